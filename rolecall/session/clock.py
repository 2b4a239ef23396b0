"""Two clocks: this machine's, and that of AWS as the Date header of its answers shows it.

Sessions end by AWS's clock, and everybody who uses one goes by the machine's. AWS refuses
what was signed more than five minutes off ("Troubleshooting AWS Signature Version 4",
AWS General Reference).
"""

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from botocore import UNSIGNED
from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth

from rolecall.session.failures import Refusal, ask

#: A difference that is worth a word: AWS takes signatures of five minutes at most.
WORTH_A_WORD = timedelta(minutes=5)
#: The header counts whole seconds, and an answer takes a while.
_NOISE = timedelta(seconds=5)
#: What AWS, or a gateway before it, says of a signature whose time is off.
_TIME_IS_OFF = frozenset({"RequestTimeTooSkewed", "RequestExpired"})
_SIGNATURE_IS_OFF = frozenset({"SignatureDoesNotMatch", "InvalidSignatureException"})
_WORDS_OF_TIME = ("Signature expired", "Signature not yet current")

ZERO = timedelta(0)


def utc_now() -> datetime:
    """The time, aware of its zone."""
    return datetime.now(UTC)


def date_of(answer: Mapping[str, Any]) -> datetime | None:
    """When AWS answered, by its own clock; None where the answer does not say."""
    try:
        header = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        date = parsedate_to_datetime(header)
        return date.astimezone(UTC) if date.tzinfo is not None else None
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None


def skew_at(answer: Mapping[str, Any], received: datetime) -> timedelta:
    """How far this machine's clock was behind AWS's when it got the answer; negative if ahead.

    Zero where the answer has no date, or for the few seconds that it is inexact by.
    """
    date = date_of(answer)
    skew = ZERO if date is None else date - received
    return ZERO if abs(skew) <= _NOISE else skew


def skew_in_words(skew: timedelta) -> str | None:
    """What to tell the machine's owner; None where there is nothing to tell."""
    if abs(skew) <= WORTH_A_WORD:
        return None
    minutes = round(abs(skew).total_seconds() / 60)
    side = "behind" if skew > ZERO else "ahead of"
    return (
        f"this machine's clock is {minutes} minutes {side} AWS's, which allows 5 for its "
        "signatures: set it by the network (`timedatectl set-ntp true`)."
    )


def ask_by_either_clock(
    client: Any,
    operation: str,
    parameters: Mapping[str, Any],
    hide: tuple[str, ...] = (),
    now: Callable[[], datetime] = utc_now,
) -> Any:
    """Call an operation of a boto3 client; once more if only the time of the signature was off.

    The second call is signed with AWS's time. Raises as `ask` does.
    """
    with _dates_of(client, now) as skews:
        try:
            return ask(client, operation, parameters, hide)
        except Refusal as refusal:
            skew = skews[-1] if skews else ZERO
            if not _time_was_off(refusal) or abs(skew) <= timedelta(minutes=1):
                raise
        with _signed_later(client, skew):
            return ask(client, operation, parameters, hide)


def _time_was_off(refusal: Refusal) -> bool:
    if refusal.code in _TIME_IS_OFF:
        return True
    return refusal.code in _SIGNATURE_IS_OFF and any(
        words in str(refusal) for words in _WORDS_OF_TIME
    )


@contextmanager
def _dates_of(client: Any, now: Callable[[], datetime]) -> Any:
    """The skews that the client's answers show, refusals included, while the context lasts."""
    skews: list[timedelta] = []

    def came(parsed: Any, **_: Any) -> None:
        if isinstance(parsed, Mapping):
            skews.append(skew_at(parsed, now()))

    events = client.meta.events
    events.register("after-call.sts", came)
    try:
        yield skews
    finally:
        events.unregister("after-call.sts", came)


@contextmanager
def _signed_later(client: Any, skew: timedelta) -> Any:
    """Let the client sign with a time that differs from this machine's by the skew."""

    def not_as_usual(**_: Any) -> Any:
        return UNSIGNED

    def sign(request: Any, region_name: str, signing_name: str, request_signer: Any, **_: Any):  # type: ignore[no-untyped-def]
        credentials = request_signer._credentials.get_frozen_credentials()
        _SigV4At(credentials, signing_name, region_name, skew).add_auth(request)

    events = client.meta.events
    events.register("choose-signer.sts", not_as_usual)
    events.register("before-sign.sts", sign)
    try:
        yield
    finally:
        events.unregister("choose-signer.sts", not_as_usual)
        events.unregister("before-sign.sts", sign)


class _SigV4At(SigV4Auth):  # type: ignore[misc]
    """Signature Version 4 with a time that differs from this machine's."""

    def __init__(self, credentials: Any, service: str, region: str, skew: timedelta) -> None:
        super().__init__(credentials, service, region)
        self._skew = skew

    def _modify_request_before_signing(self, request: Any) -> None:
        usual = datetime.strptime(request.context["timestamp"], SIGV4_TIMESTAMP)  # noqa: DTZ007
        request.context["timestamp"] = (usual + self._skew).strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)
