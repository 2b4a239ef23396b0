"""This machine's clock and AWS's: what is measured, said, and done about it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import boto3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.session import AssumeRoleRequest, Mfa
from rolecall.session.assumed_role import answer_of
from rolecall.session.clock import date_of, skew_at, skew_in_words
from rolecall.session.failures import Refusal
from rolecall.session.renew import fresh
from tests.session.cache.answers import START, Files, answer
from tests.session.cache.world import DEPLOYER, World
from tests.session.recording_sts import Recorder

pytestmark = pytest.mark.xdist_group("cache")

REQUEST = AssumeRoleRequest(role_arn=DEPLOYER, session_name="alice", duration_seconds=900)


@pytest.mark.parametrize("minutes", [-20, -10, -6, 0, 6, 10, 20])
def test_a_clock_that_differs_is_tolerated_and_reported(
    world: World, files: Files, minutes: int
) -> None:
    """The embedded AWS refuses signatures of more than 15 minutes, as AWS does."""
    world.ahead = timedelta(minutes=minutes)
    place = files.place(900, of_aws=False)
    words: list[str] = []
    session = fresh(place, lambda: answer_of(world.client(), REQUEST), warn=words.append)
    assert world.assumed <= 1
    here = datetime.now(UTC)
    if minutes > 0:
        # By this machine's clock it ends when it ends by AWS's.
        assert session.expiration <= here + timedelta(seconds=905)
    assert session.expiration <= here + timedelta(minutes=15 - min(minutes, 0))
    if minutes == 0:
        assert words == []
    else:
        side = "behind" if minutes > 0 else "ahead of"
        assert f"{abs(minutes)} minutes {side} AWS's" in words[0]


def test_a_code_of_a_device_is_asked_for_once_though_the_call_is_signed_twice(
    world: World,
) -> None:
    world.ahead = timedelta(minutes=30)
    asked: list[str] = []

    def code() -> str:
        asked.append("code")
        return "123456"

    mfa = Mfa("arn:aws:iam::111111111111:mfa/alice", code)
    request = AssumeRoleRequest(role_arn=DEPLOYER, session_name="alice", mfa=mfa)
    with pytest.raises(Refusal) as refused:
        answer_of(world.client(), request)
    # Past the signature, it is the device that the embedded AWS does not know.
    assert refused.value.code == "AccessDenied"
    assert asked == ["code"]


def test_a_signature_that_is_wrong_otherwise_is_not_sent_again(world: World) -> None:
    world.ahead = timedelta(minutes=10)
    client = world.client()
    client._request_signer._credentials.secret_key = "wrong" * 8
    sent: list[object] = []
    client.meta.events.register("before-send.sts", lambda request, **_: sent.append(request.url))
    with pytest.raises(Refusal) as refused:
        answer_of(client, REQUEST)
    assert refused.value.code == "SignatureDoesNotMatch"
    assert len(sent) == 1


def test_a_client_signs_as_before_afterwards(world: World) -> None:
    client = world.client()
    world.ahead = timedelta(minutes=20)
    answer_of(client, REQUEST)
    world.ahead = timedelta(0)
    answer_of(client, REQUEST)
    assert world.assumed == 2


@settings(deadline=None)
@given(st.text(max_size=40) | st.none() | st.integers() | st.just("Sun, 01 Mar 2026 12:00:00 GMT"))
def test_no_date_is_a_fault(header: object) -> None:
    given_answer = answer()
    given_answer["ResponseMetadata"]["HTTPHeaders"]["date"] = header
    date = date_of(given_answer)
    assert date is None or date.tzinfo is UTC
    assert isinstance(skew_at(given_answer, START), timedelta)


def test_what_is_inexact_is_not_taken_for_a_difference() -> None:
    assert skew_at(answer(), START + timedelta(seconds=4)) == timedelta(0)
    assert skew_at(answer(), START - timedelta(seconds=60)) == timedelta(seconds=60)
    assert skew_at(answer(date=None), START) == timedelta(0)
    assert skew_in_words(timedelta(minutes=5)) is None
    assert "timedatectl" in str(skew_in_words(timedelta(minutes=-6)))


def test_how_far_a_clock_is_off_is_said_in_minutes() -> None:
    assert "60 minutes behind AWS's" in str(skew_in_words(timedelta(hours=1)))
    assert "90 minutes ahead of AWS's" in str(skew_in_words(timedelta(minutes=-90)))


def test_only_what_the_other_clock_mends_is_sent_again(
    monkeypatch: pytest.MonkeyPatch, sts: Recorder
) -> None:
    """What is refused for its time by a server whose clock is as ours stays refused."""

    def sent(code: str, minutes_ahead: int) -> int:
        sts.asked.clear()
        date = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes_ahead), usegmt=True)
        monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: date)
        sts.refuse(code, "Signature expired: it is late", 403)
        client = boto3.client(
            "sts",
            endpoint_url=sts.url,
            region_name="eu-central-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="a-key-of-nobody",
        )
        with pytest.raises(Refusal):
            answer_of(client, REQUEST)
        return len(sts.asked)

    assert sent("RequestTimeTooSkewed", 20) == 2
    assert sent("RequestExpired", 20) == 2
    assert sent("InvalidSignatureException", 20) == 2
    assert sent("InvalidSignatureException", 0) == 1
    assert sent("AccessDenied", 20) == 1
