"""The way of one call through the front: who is asked, in which order, and who is not."""

import json
import logging

import pytest

from rolecall.local.api import ApiReply, AwsError
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Front, Handlers
from tests.local.transport.way import Way
from tests.local.transport.written import FORM, KEY_ID, Signing, environ

STEPS = ("sts", "authorize", "before", "gaps", "account", "moto", "after")


@pytest.fixture
def way() -> Way:
    return Way()


def test_a_signed_call_goes_all_the_way(way: Way) -> None:
    assert way.signed() == (200, b"from moto, and corrected")
    assert way.came == list(STEPS)
    assert {each and each.access_key_id for each in way.identities} == {KEY_ID}
    assert set(way.inside) == {1}
    assert way.cloud.gate._inside == 0


@pytest.mark.parametrize("step", STEPS)
def test_who_answers_is_the_last_to_be_asked(way: Way, step: str) -> None:
    if step not in ("authorize", "account"):
        way.answers[step] = ApiReply(201, b"mine")
        status = 201
        body = b"mine" if step != "moto" else b"mine, and corrected"
        assert way.signed() == (status, body)
        last = STEPS.index(step) + (step == "moto")
        assert way.came == list(STEPS[: last + 1])
    way.answers[step] = AwsError("AccessDenied", "no", 403)
    status, body = way.signed()
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    assert way.came == list(STEPS[: STEPS.index(step) + 1])


def test_a_call_that_nobody_signed_comes_to_sts_and_no_further(way: Way) -> None:
    given = environ("POST", "/", {"Host": "localhost", "X-Amz-Target": "Logs.Get"}, b"{}")
    status, body = way.ask(given)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")
    assert (way.came, way.identities) == (["sts"], [None])


def test_one_for_everybody_comes_to_the_gaps_and_never_to_moto(way: Way) -> None:
    way.answers["public"] = True
    given = environ("POST", "/", {"Host": "localhost", "X-Amz-Target": "Logs.Get"}, b"{}")
    status, body = way.ask(given)
    assert (status, json.loads(body)["__type"]) == (400, "MissingAuthenticationTokenException")
    assert (way.came, way.identities) == (["sts", "gaps"], [None, None])
    way.answers["gaps"] = ApiReply(200, b"mine")
    assert way.ask(given) == (200, b"mine")
    assert way.signed()[0] == 200
    assert "authorize" in way.came


def test_to_a_bucket_a_stranger_may_come_all_the_way(way: Way) -> None:
    given = environ("GET", "/bucket/key", {"Host": "localhost"})
    assert way.ask(given) == (200, b"from moto, and corrected")
    assert way.came == list(STEPS)
    assert set(way.identities) == {None}
    way.answers["account"] = None
    status, body = way.ask(given)
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    assert way.came == list(STEPS[: STEPS.index("account") + 1])


def test_a_signature_that_is_not_good_comes_nowhere(way: Way) -> None:
    given = Signing().environ("GET", "/")
    given["HTTP_AUTHORIZATION"] = given["HTTP_AUTHORIZATION"][:-64] + "0" * 64
    status, body = way.ask(given)
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)
    assert way.came == []


# -- faults ---------------------------------------------------------------------------------


def test_a_fault_of_moto_is_told_in_the_words_of_the_service(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    way.answers["moto"] = ValueError("what the client sent")
    status, body = way.signed(action="GetUser")
    assert (status, b"InternalFailure" in body) == (501, True)
    assert b"The embedded AWS failed at iam:GetUser; see server.log." in body
    assert "ValueError while answering POST" in caplog.text
    assert "what the client sent" not in caplog.text
    way.answers["moto"] = AwsError("InvalidAction", "no such", 400)
    status, body = way.signed()
    assert (status, b"InvalidAction" in body) == (400, True)


@pytest.mark.parametrize("step", ["sts", "authorize", "before", "gaps", "account", "after"])
def test_a_fault_of_ours_is_one_of_a_service(
    way: Way, step: str, caplog: pytest.LogCaptureFixture
) -> None:
    way.answers[step] = KeyError("what the client sent")
    given = Signing().environ("GET", "/bucket?Action=GetUser")
    status, body = way.ask(given)
    assert status == 500
    assert b"<Code>InternalFailure</Code>" in body
    assert (
        b"The request processing has failed because of an unknown error, exception or failure."
        in body
    )
    assert "KeyError while answering GET" in caplog.text
    assert "way.py" in caplog.text
    assert "what the client sent" not in caplog.text
    assert way.cloud.gate._inside == 0


def test_a_fault_names_the_target_on_one_line(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    way.answers["sts"] = KeyError()
    given = environ("POST", "/", {"Host": "localhost", "X-Amz-Target": "Logs.Get"}, b"{}")
    status, body = way.ask(given)
    assert (status, json.loads(body)["__type"]) == (500, "InternalFailure")
    assert "KeyError while answering POST Logs.Get\n" in caplog.text
    given = environ("POST", "/", {"X-Amz-Target": "a\nb", "Host": "localhost"}, b"{}")
    assert way.ask({**given, "wsgi.input": "no stream"})[0] == 500
    assert "AttributeError while answering POST a b\n" in caplog.text
    assert way.ask({"HTTP_HOST": "localhost", "PATH_INFO": "/", "REQUEST_URI": "/", "HTTP_A": "b",
                    "wsgi.input": "no stream", "CONTENT_LENGTH": "1"})[0] == 500  # fmt: skip
    assert "AttributeError while answering None \n" in caplog.text


def test_a_refusal_with_a_reason_is_noted_and_one_without_is_not(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "rolecall.local")
    way.answers["authorize"] = AwsError("AccessDenied", "no", 403, "a secret reason")
    way.signed(action="GetUser")
    assert [record.getMessage() for record in caplog.records] == ["iam GetUser: AccessDenied"]
    caplog.clear()
    way.rest("s3", "PUT")
    assert [record.getMessage() for record in caplog.records] == ["s3 PUT: AccessDenied"]
    caplog.clear()
    way.answers["authorize"] = AwsError("AccessDenied", "no", 403)
    way.signed()
    assert not caplog.records


# -- again ----------------------------------------------------------------------------------


def test_a_call_that_is_repeated_for_want_of_an_answer_is_done_once(way: Way) -> None:
    def create(attempt: int, key: Signing | None = None) -> tuple[int, bytes]:
        headers = {
            "Content-Type": FORM,
            "Amz-Sdk-Invocation-Id": "one",
            "Amz-Sdk-Request": f"attempt={attempt}; max=3",
        }
        body = b"Action=CreateUser&Version=2010-05-08&UserName=bob"
        return way.ask((key or Signing()).environ("POST", "/", headers, body))

    assert create(1) == (200, b"from moto, and corrected")
    way.answers["moto"] = AwsError("EntityAlreadyExists", "there", 409)
    assert create(1)[0] == 409
    assert create(2) == (200, b"from moto, and corrected")
    assert way.came == ["sts", "authorize"]
    way.answers["authorize"] = AwsError("AccessDenied", "no", 403)
    assert create(3)[0] == 403


# -- the rooms ------------------------------------------------------------------------------


def test_all_rooms_have_their_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from rolecall.local import authorization, gaps, iam, sts
    from rolecall.local.gaps.public_calls import is_public

    loaded = Handlers.load()
    assert (loaded.sts, loaded.authorize) == (sts.handle, authorization.authorize)
    assert loaded.acting_account == authorization.acting_account
    assert (loaded.iam_before, loaded.iam_after) == (iam.before, iam.after)
    assert (loaded.gaps, loaded.public) == (gaps.handle, is_public)
    cloud = Cloud()
    front = Front(cloud, Control(cloud, "t"))
    assert front._handlers == loaded
    warmed: list[str] = []
    monkeypatch.setattr(type(front._backend), "warm", lambda _self: warmed.append("yes"))
    front.warm()
    assert warmed == ["yes"]


def test_without_a_room_for_it_no_call_is_for_everybody() -> None:
    loaded = Handlers.load()
    assert not Handlers(*[getattr(loaded, name) for name in (
        "sts", "authorize", "acting_account", "iam_before", "gaps", "iam_after")]
    ).public(Signing().call())  # fmt: skip
