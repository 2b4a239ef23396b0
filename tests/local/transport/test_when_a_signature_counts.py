"""From when to when a signature counts."""

from datetime import timedelta

import pytest

from tests.local.transport.written import (
    SIGNED_AT,
    STAMP,
    Signing,
    check,
    presigned,
    refusal,
    signed_differently,
)

IAM, S3 = Signing("iam"), Signing("s3")
MISMATCH = "The request signature we calculated does not match the signature you provided. "
QUARTER = timedelta(minutes=15)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize("off", [-QUARTER, QUARTER, timedelta(0)])
@pytest.mark.parametrize("client", [IAM, S3])
def test_a_clock_may_be_off_by_a_quarter_of_an_hour(client: Signing, off: timedelta) -> None:
    check(client.call(), SIGNED_AT + off)


@pytest.mark.parametrize("off", [-QUARTER - SECOND, QUARTER + SECOND])
def test_not_by_more_for_s3(off: timedelta) -> None:
    assert refusal(S3.call(), SIGNED_AT + off) == (
        "RequestTimeTooSkewed",
        403,
        "The difference between the request time and the current time is too large.",
    )


def test_nor_for_others() -> None:
    assert refusal(IAM.call(), SIGNED_AT + QUARTER + SECOND) == (
        "SignatureDoesNotMatch",
        403,
        "Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z "
        "(20150830T125101Z - 15 min.)",
    )
    assert refusal(IAM.call(), SIGNED_AT - QUARTER - SECOND) == (
        "SignatureDoesNotMatch",
        403,
        "Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z "
        "(20150830T122059Z + 15 min.)",
    )


def test_who_has_no_secret_learns_nothing_of_the_time() -> None:
    late = SIGNED_AT + timedelta(days=9)
    for call in (IAM.call(), S3.call(), presigned(), presigned(expires="0")):
        code, _, message = refusal(signed_differently(call, signature="0" * 64), late)
        assert code == "SignatureDoesNotMatch"
        assert message.startswith(MISMATCH)


@pytest.mark.parametrize("service", ["s3", "sts"])
@pytest.mark.parametrize("seconds", [1, 60, 604_800])
def test_a_presigned_url_counts_from_a_quarter_before_to_its_last_second(
    service: str, seconds: int
) -> None:
    call = presigned(service, str(seconds))
    for good in (SIGNED_AT - QUARTER, SIGNED_AT, SIGNED_AT + timedelta(seconds=seconds)):
        check(call, good)
    expired = "AccessDenied" if service == "s3" else "SignatureDoesNotMatch"
    assert refusal(call, SIGNED_AT + timedelta(seconds=seconds + 1)) == (
        expired,
        403,
        "Request has expired",
    )
    early = SIGNED_AT - QUARTER - SECOND
    assert refusal(call, early) == ("AccessDenied", 403, "Request is not yet valid")


@pytest.mark.parametrize(
    "expires", ["0", "604801", "", "-1", "1.5", "1e3", "x", "00000060", "1 ", "\u0661"]
)
def test_a_presigned_url_says_how_long_it_counts(expires: str) -> None:
    for service in ("s3", "sts"):
        assert refusal(presigned(service, expires)) == (
            "AuthorizationQueryParametersError",
            400,
            "X-Amz-Expires must be between 1 and 604800 seconds",
        )
    check(presigned(expires="0000060"))


def test_a_presigned_url_without_its_time_counts_never() -> None:
    call = signed_differently(presigned(), expires="")
    assert refusal(call)[0] == "AuthorizationQueryParametersError"


@pytest.mark.parametrize(
    "date",
    ["", "x", "Thu, 01 Jan 1970", "20150830T123600", "2015-08-30T12:36:00Z", "20159930T123600Z",
     "Fri, 31 Dec 9999 23:59:59 -2300", "1", ",", "Sun"],
)  # fmt: skip
def test_the_moment_of_signing_is_a_date(date: str) -> None:
    assert refusal(signed_differently(IAM.call(), date=date)) == (
        "IncompleteSignature",
        400,
        "Date must be in ISO-8601 'basic format'.",
    )


@pytest.mark.parametrize(
    ("date", "day", "fine"),
    [
        (STAMP, "20150830", True),
        (STAMP, "20150831", False),
        (STAMP, "", False),
        ("Sun, 30 Aug 2015 12:36:00 GMT", "20150830", True),
        ("Sun, 30 Aug 2015 12:36:00", "20150830", True),
        ("Sun, 30 Aug 2015 12:36:00 -0000", "20150830", True),
        ("Mon, 31 Aug 2015 01:36:00 +1300", "20150830", True),
        ("Mon, 31 Aug 2015 01:36:00 +1300", "20150831", False),
    ],
)
def test_the_day_of_the_scope_is_the_day_of_signing(date: str, day: str, fine: bool) -> None:
    call = signed_differently(IAM.call(), date=date, scope_date=day)
    if day == "20150830" and fine:
        check(call)
    else:
        assert refusal(call) == (
            "SignatureDoesNotMatch",
            403,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            "from HTTP",
        )
