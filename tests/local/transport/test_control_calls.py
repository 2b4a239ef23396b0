"""The control endpoints by themselves: who may ask, what is answered, what is kept."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.local import accounts
from rolecall.local.cloud import FURTHEST, Cloud
from rolecall.local.control import CONTROL_HEADER, PREFIX, Control
from tests.local.conftest import nothing_in_it

ACCOUNT, OTHER = "111122223333", "444455556666"
NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
BUCKET = {"account": ACCOUNT, "bucket": "state-bucket", "region": "eu-central-1"}


class Asked:
    """A control of its own cloud; what it saved and stopped is noted in order."""

    def __init__(self, **facts: Any) -> None:
        self.done: list[str] = []
        self.cloud = Cloud(clock=lambda: NOW, on_change=lambda: self.done.append("changed"))
        self.control = Control(
            self.cloud,
            "tökén",
            instance="one",
            facts=facts,
            save=lambda: self.done.append("saved"),
            stop=lambda: self.done.append("stopped"),
        )

    def __call__(self, method: str, name: str, given: Any = None) -> tuple[int, Any]:
        self.done.clear()
        body = given if isinstance(given, bytes) else b"" if given is None else (
            json.dumps(given).encode()
        )  # fmt: skip
        headers = {"x-rolecall-token": "tökén"}
        reply = self.control.handle(method, f"/_rolecall/{name}", headers, body)
        assert reply.headers == (
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
        )
        assert reply.body.endswith(b"}\n")
        return reply.status, json.loads(reply.body)

    def problem(self, method: str, name: str, given: Any = None, status: int = 400) -> str:
        found, told = self(method, name, given)
        assert (found, list(told), self.done) == (status, ["problem"], [])
        return str(told["problem"])


@pytest.fixture
def ask() -> Iterator[Asked]:
    with nothing_in_it():
        yield Asked(port=4566)


# -- who may ask ----------------------------------------------------------------------------


def handled(control: Control, name: str, **headers: str) -> tuple[int, Any]:
    given = {key.replace("_", "-"): value for key, value in headers.items()}
    reply = control.handle("GET", PREFIX + name, given, b"")
    return reply.status, json.loads(reply.body)


def test_pages_are_refused_before_anything(ask: Asked) -> None:
    for name in ("health", "status", "x"):
        for origin in ("null", "", "http://localhost"):
            assert handled(ask.control, name, origin=origin, x_rolecall_token="tökén") == (
                403,
                {"problem": "The control endpoints are not for web pages."},
            )


def test_health_is_for_everybody(ask: Asked) -> None:
    for name in ("health", "health/", "health//"):
        assert handled(ask.control, name) == (200, {"ready": True, "instance": "one"})
    assert handled(Control(ask.cloud, ""), "health") == (200, {"ready": True, "instance": ""})
    assert ask("POST", "health")[0] == 404
    for name in ("Health", "healthy", "x/health"):
        assert handled(ask.control, name)[0] == 403


@pytest.mark.parametrize(
    "sent",
    [{}, {"x_rolecall_token": ""}, {"x_rolecall_token": "token"}, {"x_rolecall_token": "tökén "},
     {"x_rolecall_token": "Tökén"}, {"x_rolecall_token": "t\ud800"}, {"x_other": "tökén"}],
)  # fmt: skip
def test_all_else_wants_the_token(ask: Asked, sent: dict[str, str]) -> None:
    told = {"problem": "The header x-rolecall-token is missing or wrong."}
    assert handled(ask.control, "status", **sent) == (403, told)
    assert handled(Control(ask.cloud, ""), "status", **sent) == (403, told)
    assert CONTROL_HEADER == "x-rolecall-token"


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("POST", "status"),
        ("GET", f"accounts/{ACCOUNT}"),
        ("GET", "buckets"),
        ("GET", "clock"),
        ("GET", "trust-policy-quota"),
        ("GET", "save"),
        ("GET", "shutdown"),
        ("PUT", "save"),
        ("POST", "saves"),
        ("POST", "accounts"),
        ("POST", ""),
        ("POST", "Shutdown"),
        ("GET", "oidc"),
        ("GET", "statusX"),
        ("GET", "oidc/nothing"),
        ("POST", "saml"),
        ("POST", "saml/nothing"),
        ("POST", "oidcs/token"),
        ("POST", "x/oidc/token"),
        ("GET", "samls/metadata"),
    ],
)
def test_there_is_nothing_else(ask: Asked, method: str, name: str) -> None:
    assert ask.problem(method, name, {}, 404) == "There is no such control endpoint."


# -- the body -------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"[{}]"])
def test_a_body_is_an_object(ask: Asked, body: bytes) -> None:
    assert ask.problem("POST", "save", body) == "the body must be a JSON object"


@pytest.mark.parametrize("body", [b"{", b"x", b"\xff\xfe", b'{"a": 1} x', b" "])
def test_a_body_is_json(ask: Asked, body: bytes) -> None:
    assert ask.problem("POST", "save", body)


def test_a_body_that_is_nested_without_end_is_refused(ask: Asked) -> None:
    assert ask.problem("POST", "save", b"[" * 100_000)


def test_a_body_has_a_mebibyte(ask: Asked) -> None:
    assert ask("POST", "save", b"{}" + b" " * (2**20 - 2)) == (200, {"saved": True})
    assert ask.problem("POST", "save", b"{}" + b" " * (2**20 - 1)) == "the body is too large"


# -- what is answered -----------------------------------------------------------------------


def test_saving_and_stopping(ask: Asked) -> None:
    assert ask("POST", "save") == (200, {"saved": True})
    assert ask.done == ["saved"]
    assert ask("POST", "save/") == (200, {"saved": True})
    assert ask("POST", "shutdown") == (202, {"stopping": True})
    assert ask.done == ["stopped"]
    bare = Control(ask.cloud, "t")
    for name, status in (("save", 200), ("shutdown", 202)):
        headers = {"x-rolecall-token": "t"}
        assert bare.handle("POST", f"/_rolecall/{name}", headers, b"").status == status


def test_a_state_that_cannot_be_saved_is_told(ask: Asked) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device", "/secret/path")

    object.__setattr__(ask.control, "save", fail)
    for name, given in (("save", None), (f"accounts/{ACCOUNT}", None), ("buckets", BUCKET)):
        status, told = ask("POST", name, given)
        assert status == 507
        assert told == {"problem": "The state could not be saved: No space left on device."}


def test_the_status_tells_who_is_there_and_what_time_it_is(ask: Asked) -> None:
    empty = {"port": 4566, "instance": "one", "accounts": [], "clock_offset_seconds": 0.0}
    assert ask("GET", "status") == (200, {**empty, "now": "2026-11-24T16:00:00+00:00"})
    for account in (OTHER, ACCOUNT):
        accounts.administrator(ask.cloud, account)
    ask.cloud.directory.user("777788889999", "nobody")
    from moto.iam.models import iam_backends

    assert iam_backends["777788889999"]["aws"]  # asked for by the way, and empty
    ask.cloud.advance(90)
    assert ask("GET", "status") == (
        200,
        {
            **empty,
            "accounts": [ACCOUNT, OTHER],
            "now": "2026-11-24T16:01:30+00:00",
            "clock_offset_seconds": 90.0,
        },
    )
    bare = Control(ask.cloud, "t").handle("GET", "/_rolecall/status", {CONTROL_HEADER: "t"}, b"")
    assert "port" not in json.loads(bare.body)
    named = Control(ask.cloud, "t", facts={"instance": "x"})
    told = named.handle("GET", "/_rolecall/status", {CONTROL_HEADER: "t"}, b"")
    assert json.loads(told.body)["instance"] == ""


def test_an_account_gets_its_administrator_and_that_is_saved_at_once(ask: Asked) -> None:
    status, told = ask("POST", f"accounts/{ACCOUNT}")
    key = accounts.administrator(ask.cloud, ACCOUNT)
    assert (status, told) == (
        200,
        {
            "account": ACCOUNT,
            "user": "rolecall-administrator",
            "access_key_id": key.access_key_id,
            "secret_access_key": key.secret_access_key,
        },
    )
    assert (ask.done[0], ask.done[-1]) == ("changed", "saved")
    assert ask("POST", f"accounts/{ACCOUNT}") == (200, told)
    assert ask.done == ["saved"]
    for wrong in ("", "1", "12345678901x", "1234567890123", f"accounts/{ACCOUNT}"):
        assert "is not an AWS account id" in ask.problem("POST", f"accounts/{wrong}/x")


def test_a_bucket_for_the_state_is_made_once(ask: Asked) -> None:
    assert ask("POST", "buckets", BUCKET) == (200, {"made": True})
    assert ask.done == ["changed", "saved"]
    assert ask("POST", "buckets", BUCKET) == (200, {"made": False})
    assert ask.done == ["saved"]
    taken = ask.problem("POST", "buckets", {**BUCKET, "account": OTHER})
    assert taken == (
        "The state bucket state-bucket belongs to another account; choose another name."
    )


@pytest.mark.parametrize("name", ["account", "bucket", "region"])
def test_a_bucket_is_told_whole(ask: Asked, name: str) -> None:
    given = {key: value for key, value in BUCKET.items() if key != name}
    nothing = ask.problem("POST", "buckets", {**BUCKET, name: ""})
    assert ask.problem("POST", "buckets", given) == nothing
    assert (
        nothing
        == {
            "account": "'' is not an AWS account id: write its 12 digits.",
            "bucket": "The state bucket  cannot be made in 'eu-central-1'.",
            "region": "The state bucket state-bucket cannot be made in ''.",
        }[name]
    )


# -- the clock ------------------------------------------------------------------------------


def test_the_clock_goes_ahead_and_back(ask: Asked) -> None:
    moved = {"now": "2026-11-24T16:01:30.500000+00:00", "offset_seconds": 90.5}
    assert ask("POST", "clock", {"advance_seconds": 90.5}) == (200, moved)
    assert ask.done == ["changed"]
    assert ask("POST", "clock", {"advance_seconds": 0}) == (200, moved)
    assert ask("POST", "clock", {"reset": False, "advance_seconds": 0}) == (200, moved)
    back = {"now": "2026-11-24T16:00:00+00:00", "offset_seconds": 0.0}
    assert ask("POST", "clock", {"reset": True, "advance_seconds": 5}) == (200, back)
    far = NOW + timedelta(seconds=FURTHEST)
    assert ask("POST", "clock", {"advance_seconds": FURTHEST}) == (
        200,
        {"now": far.isoformat(), "offset_seconds": float(FURTHEST)},
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "advance_seconds must be a number"),
        ({"reset": False}, "advance_seconds must be a number"),
        ({"reset": 1}, "advance_seconds must be a number"),
        ({"advance_seconds": None}, "advance_seconds must be a number"),
        ({"advance_seconds": True}, "advance_seconds must be a number"),
        ({"advance_seconds": "9"}, "advance_seconds must be a number"),
        (b'{"advance_seconds": NaN}', "advance_seconds must be finite"),
        (b'{"advance_seconds": Infinity}', "advance_seconds must be finite"),
        (b'{"advance_seconds": -Infinity}', "advance_seconds must be finite"),
        ({"advance_seconds": -1}, "The clock goes ahead only"),
        ({"advance_seconds": FURTHEST + 1}, "The clock goes ahead only"),
        ({"advance_seconds": 10**400}, "int too large"),
    ],
)
def test_the_clock_goes_ahead_by_a_number(ask: Asked, given: Any, problem: str) -> None:
    assert ask.problem("POST", "clock", given).startswith(problem)
    assert ask.cloud.clock_offset == 0


# -- the quota of trust policies ------------------------------------------------------------


def test_the_quota_of_trust_policies_goes_as_far_as_aws_raises_it(ask: Asked) -> None:
    for size in (2048, 3000, 4096):
        assert ask("POST", "trust-policy-quota", {"characters": size}) == (
            200,
            {"characters": size},
        )
        assert ask.done == ["changed", "saved"]
        assert ask.cloud.records["quotas"] == {"trust_policy_length": size}
    ask.cloud.records["quotas"] = {"other": 1}
    ask("POST", "trust-policy-quota", {"characters": 2048})
    assert ask.cloud.records["quotas"] == {"other": 1, "trust_policy_length": 2048}


@pytest.mark.parametrize("size", [2047, 4097, True, "2048", 2048.0, None, 0, -3000])
def test_and_no_further(ask: Asked, size: object) -> None:
    told = ask.problem("POST", "trust-policy-quota", {"characters": size})
    assert told == "The quota of a trust policy is 2048 to 4096 characters."
    assert ask.problem("POST", "trust-policy-quota", {}) == told
    assert "quotas" not in ask.cloud.records


# -- rooms that answer for themselves -------------------------------------------------------


def test_a_room_answers_and_what_it_changed_is_saved(ask: Asked) -> None:
    issuer = {"issuer": "https://issuer.example", "subject": "s", "audience": "a"}
    status, told = ask("POST", "oidc/token", issuer)
    assert (status, list(told)) == (200, ["token"])
    assert (ask.done[0], ask.done[-1]) == ("changed", "saved")
    status, told = ask("POST", "oidc/token", issuer)
    assert (status, ask.done) == (200, [])
    status, told = ask("GET", "oidc/connections")
    assert (status, told["connections"], ask.done) == (200, {}, [])
    assert "issuer" in ask.problem("POST", "oidc/token", {})
    assert "provider" in ask.problem("POST", "saml/response", {})


def test_a_call_does_not_let_the_gate_go_before_it_is_done(ask: Asked) -> None:
    """A snapshot must find all of an administrator or none."""
    inside: list[int] = []
    ask.cloud.on_change = lambda: inside.append(ask.cloud.gate._inside)
    for name, given in (
        (f"accounts/{ACCOUNT}", None),
        ("buckets", BUCKET),
        ("clock", {"advance_seconds": 1}),
        ("clock", {"reset": True}),
        ("trust-policy-quota", {"characters": 2048}),
    ):
        inside.clear()
        ask("POST", name, given)
        assert inside
        assert set(inside) == {1}
        assert ask.cloud.gate._inside == 0
