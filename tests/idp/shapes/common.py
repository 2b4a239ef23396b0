"""What the shapes share: times, identifiers, and claims replaced or left out."""

import time
import uuid
from collections.abc import Mapping
from typing import Any

Claims = dict[str, Any]

STS = "sts.amazonaws.com"
#: A commit that stands in many tokens.
SHA = "9f3182061f1e2cca4702c368cbc039b7dc9d4485"


def made(replaced: Mapping[str, Any], **claims: Any) -> Claims:
    return {name: value for name, value in {**claims, **replaced}.items() if value is not None}


def seconds_of(now: float | None) -> int:
    return int(time.time() if now is None else now)


def iso(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def new_uuid() -> str:
    return str(uuid.uuid4())


def stable_uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"https://rolecall.test/{name}"))
