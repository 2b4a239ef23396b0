"""A boto3 session for long jobs: its credentials are renewed for as long as it is used."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import boto3
from botocore.credentials import RefreshableCredentials
from botocore.session import get_session

from rolecall.session.assumed_role import AssumedRole
from rolecall.session.clock import utc_now

#: How the SDK is told where credentials come from; it shows in its log only.
_METHOD = "rolecall"


def refreshing_session(
    source: Callable[[], AssumedRole], region: str, now: Callable[[], datetime] = utc_now
) -> Any:
    """A `boto3.Session` whose clients always sign with a session that has not ended.

    source: gives a session that lasts a while yet, as `KeptSession.current` does; asked
        when a quarter of an hour is left of the one in use, and then at each call until it
        has a better one. Raises `Problem`, which reaches whoever uses a client.

        kept = KeptSession(lambda: fresh(place, assume))
        s3 = refreshing_session(kept.current, "eu-central-1").client("s3")
    """

    def metadata() -> dict[str, str]:
        session = source()
        return {
            "access_key": session.access_key_id,
            "secret_key": session.secret_access_key,
            "token": session.session_token,
            "expiry_time": session.expiration.isoformat(),
            "account_id": session.account_id,
        }

    first = source()
    inner = get_session()
    inner._credentials = RefreshableCredentials(
        first.access_key_id,
        first.secret_access_key,
        first.session_token,
        first.expiration,
        metadata,
        _METHOD,
        time_fetcher=now,
        account_id=first.account_id,
    )
    return boto3.Session(botocore_session=inner, region_name=region)
