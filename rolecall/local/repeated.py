"""Calls that a client repeats because it lost the answer to the first.

The SDK for Go takes an answer that arrives before its own writer has noticed that the request
is complete for a broken connection, and sends the call again. AWS is never that fast; here it
happens on a loaded machine, and Terraform would be told that what it just made exists
already. So for a minute the answer to a call that made something is kept, and given again to
the same caller for the same call (`amz-sdk-invocation-id`) in a later attempt.
"""

import hashlib
import re
import threading
from collections import OrderedDict
from datetime import datetime, timedelta

from rolecall.local.api import ApiCall, ApiReply, Identity

_KEPT_FOR = timedelta(seconds=60)
_MOST = 1000
_AGAIN = re.compile(r"attempt=(?:[2-9]|[1-9][0-9]+)(?:;|$)", re.ASCII)
#: Answers that hold a secret are given once.
_SECRET = frozenset({"CreateAccessKey", "CreateServiceSpecificCredential"})

_Key = tuple[str, str, str]


class Repeated:
    """The answers of the last minute. Thread safe."""

    def __init__(self) -> None:
        self._answers: OrderedDict[_Key, tuple[datetime, ApiReply]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, call: ApiCall, identity: Identity | None, now: datetime) -> ApiReply | None:
        """The answer that an earlier attempt of this call got, if it was kept."""
        key = _key(call, identity)
        if key is None or not _AGAIN.match(call.headers.get("amz-sdk-request", "")):
            return None
        with self._lock:
            since, reply = self._answers.get(key, (now, None))
        return reply if now - since <= _KEPT_FOR else None

    def keep(
        self, call: ApiCall, identity: Identity | None, reply: ApiReply, now: datetime
    ) -> None:
        """Keep the answer to a call that made something."""
        key = _key(call, identity)
        if key is None or reply.status != 200:
            return
        with self._lock:
            self._answers[key] = (now, reply)
            while len(self._answers) > _MOST:
                self._answers.popitem(last=False)


def _key(call: ApiCall, identity: Identity | None) -> _Key | None:
    invocation = call.headers.get("amz-sdk-invocation-id", "")
    makes = call.service == "iam" and call.action.startswith("Create")
    if identity is None or not invocation or not makes or call.action in _SECRET:
        return None
    return identity.access_key_id, invocation, hashlib.sha256(call.body).hexdigest()
