"""How long the keys of an issuer are remembered, and when it is asked again."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc import keys as room
from rolecall.local.oidc.connections import Connection, connect, disconnect
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.keys import forget_keys, signing_keys
from rolecall.local.oidc.route import Unreachable
from tests.local.oidc.issuer import ec_key, public
from tests.local.sts.conftest import Refusal, refusal

URL = "https://id.example.com/tenant"
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)


def no_key(reason: str) -> Refusal:
    return Refusal("InvalidIdentityToken", NO_KEY, 400, reason)


class Web:
    """What issuers publish, and who was asked for what; `second` is the time."""

    def __init__(self) -> None:
        self.second = 1000.0
        self.asked: list[tuple[str, str, Connection | None]] = []
        self.deadlines: list[Deadline] = []
        self.key_ids: list[str] = ["one"]
        self.members: list[Any] = []
        self.failure = ""
        self.discovery: dict[str, Any] = {}
        self.cloud = Cloud()

    def route(
        self, url: str, issuer: str, connection: Connection | None, deadline: Deadline
    ) -> Any:
        self.asked.append((url, issuer, connection))
        self.deadlines.append(deadline)
        return url, issuer, deadline

    def fetch(self, way: Any, deadline: Deadline) -> dict[str, Any]:
        url, issuer, given = way
        assert deadline is given
        if self.failure:
            raise Unreachable(self.failure)
        if url.endswith("/.well-known/openid-configuration"):
            return {"issuer": issuer, "jwks_uri": "https://keys.example.com/", **self.discovery}
        return {"keys": self.members or [public(ec_key(), kid=name) for name in self.key_ids]}

    def keys(self, url: str = URL, **more: str) -> list[str]:
        return [key.key_id for key in signing_keys(url, self.cloud, **more)]

    @property
    def fetches(self) -> int:
        """How often an issuer was asked; each time for two documents."""
        assert len(self.asked) % 2 == 0
        return len(self.asked) // 2


def replacing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have `web` asked instead of anybody's."""
    monkeypatch.setattr(room, "route", web.route)
    monkeypatch.setattr(room, "fetch_object", web.fetch)
    monkeypatch.setattr(room, "time", SimpleNamespace(monotonic=lambda: web.second))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    made = Web()
    replacing(made, monkeypatch)
    return made


# -- the two documents -----------------------------------------------------------------


@pytest.mark.parametrize("url", [URL, "https://id.example.com", "https://id.example.com/a/"])
def test_where_an_issuer_is_asked(web: Web, url: str) -> None:
    assert web.keys(url) == ["one"]
    assert web.asked == [
        (f"{url.removesuffix('/')}/.well-known/openid-configuration", url, None),
        ("https://keys.example.com/", url, None),
    ]


def test_both_documents_together_have_five_seconds(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[float] = []

    class Watched(Deadline):
        def __init__(self, seconds: float) -> None:
            given.append(seconds)
            super().__init__(seconds)

    monkeypatch.setattr(room, "Deadline", Watched)
    web.keys()
    assert given == [5.0]
    assert web.deadlines[0] is web.deadlines[1]


def test_a_connection_goes_along(web: Web) -> None:
    made = connect(web.cloud, URL, "127.0.0.1:8443", "")
    web.keys()
    assert [asked[2] for asked in web.asked] == [made, made]


@pytest.mark.parametrize("issuer", [None, "", URL + "/", [URL], "https://ID.example.com/tenant"])
def test_a_discovery_document_of_somebody_else(web: Web, issuer: Any) -> None:
    web.discovery = {"issuer": issuer}
    assert refusal(web.keys) == no_key("the issuer in its own discovery document is another one")
    assert len(web.asked) == 1


@pytest.mark.parametrize("address", [None, 7, ["https://keys.example.com/"]])
def test_a_discovery_document_without_an_address_of_keys(web: Web, address: Any) -> None:
    web.discovery = {"jwks_uri": address}
    assert refusal(web.keys) == no_key("the issuer's discovery document has no jwks_uri")


def test_a_key_set_that_cannot_be_used(web: Web) -> None:
    web.key_ids = []
    assert refusal(web.keys) == no_key("the issuer's key set cannot be used: it has no keys")


# -- remembering -----------------------------------------------------------------------


def test_keys_are_remembered_for_five_minutes(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    web.second += 300.0
    assert web.keys() == ["one"]
    assert web.fetches == 1
    web.second += 0.5
    assert web.keys() == ["two"]
    web.second += 300.0
    web.keys()
    assert web.fetches == 2


def test_a_failure_is_not_remembered(web: Web) -> None:
    web.failure = "it is away"
    assert refusal(web.keys) == no_key("it is away")
    web.second += 0.001
    web.failure = ""
    assert web.keys() == ["one"]


def test_a_failure_does_not_spoil_keys_that_are_remembered(web: Web) -> None:
    web.keys()
    web.failure = "it is away"
    web.second += 1
    assert refusal(web.keys, beyond="two").reason == "it is away"
    assert web.keys() == ["one"]


def test_each_issuer_has_its_own_keys(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    assert web.keys("https://other.example.com") == ["two"]
    assert web.keys() == ["one"]


def test_another_place_has_other_keys(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    connect(web.cloud, URL, "127.0.0.1:8443", "")
    assert web.keys() == ["two"]
    disconnect(web.cloud, URL)
    assert web.keys() == ["one"]


def test_another_embedded_aws_remembers_for_itself(web: Web) -> None:
    web.keys()
    web.key_ids = ["two"]
    assert [key.key_id for key in signing_keys(URL, Cloud())] == ["two"]


def test_keys_that_are_to_be_forgotten(web: Web) -> None:
    forget_keys(web.cloud, URL)  # nothing is known yet
    web.keys()
    web.keys("https://other.example.com")
    forget_keys(Cloud(), URL)
    forget_keys(web.cloud, URL)
    web.key_ids = ["two"]
    assert web.keys() == ["two"]
    assert web.keys("https://other.example.com") == ["one"]


def test_of_two_hundred_issuers_the_one_not_asked_longest_is_forgotten(web: Web) -> None:
    web.members = ["no key"]  # it is quicker so
    urls = [f"https://{n}.example.com" for n in range(200)]
    for url in urls:
        web.keys(url)
    web.keys(urls[0])
    assert web.fetches == 200
    web.keys("https://one-more.example.com")
    web.keys(urls[0])
    assert web.fetches == 201
    web.keys(urls[1])
    assert web.fetches == 202
    web.keys(urls[3])
    assert web.fetches == 202


# -- a key that is not among them ------------------------------------------------------


def test_an_unknown_key_makes_an_issuer_be_asked_at_once(web: Web) -> None:
    web.keys()
    web.second += 0.001
    web.key_ids = ["one", "two"]
    assert web.keys(beyond="two") == ["one", "two"]
    assert web.fetches == 2


def test_a_key_that_is_known_by_now_is_not_asked_for(web: Web) -> None:
    web.keys()
    web.second += 1
    assert web.keys(beyond="one") == ["one"]
    assert web.fetches == 1


def test_unknown_keys_are_asked_for_once_in_five_seconds(web: Web) -> None:
    web.keys()
    web.second += 1
    web.keys(beyond="two")
    for _ in range(5):
        web.second += 1
        assert web.keys(beyond="three") == ["one"]
    assert web.fetches == 2
    web.second += 0.5
    web.keys(beyond="three")
    assert web.fetches == 3
    web.second += 5
    web.keys(beyond="three")
    assert web.fetches == 3


def test_a_question_that_failed_counts_as_one(web: Web) -> None:
    web.keys()
    web.second += 1
    web.failure = "it is away"
    refusal(web.keys, beyond="two")
    web.second += 1
    assert web.keys(beyond="two") == ["one"]


def test_the_first_question_of_all_needs_no_second(web: Web) -> None:
    """Who has just been asked is not asked again for what he did not publish."""
    assert web.keys(beyond="two") == ["one"]
    assert web.keys(beyond="two") == ["one"]
    assert web.fetches == 1


def test_an_ordinary_question_is_none_for_an_unknown_key(web: Web) -> None:
    web.keys()
    web.second += 301
    web.keys()
    web.second += 1
    web.keys(beyond="two")
    assert web.fetches == 3


# -- many at once ----------------------------------------------------------------------


class Slow(Web):
    """Answers only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived, self.go = threading.Semaphore(0), threading.Event()

    def fetch(self, way: Any, deadline: Deadline) -> dict[str, Any]:
        self.arrived.release()
        assert self.go.wait(5)
        return super().fetch(way, deadline)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    made = Slow()
    replacing(made, monkeypatch)
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.02)
    yield made
    made.go.set()


def test_four_may_wait_and_no_fifth(slow: Slow) -> None:
    def ask(number: int) -> None:
        slow.keys(f"https://{number}.example.com")

    threads = [threading.Thread(target=ask, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert slow.arrived.acquire(timeout=5)
    assert refusal(slow.keys, "https://fifth.example.com") == no_key(
        "too many calls wait for issuers that do not answer; try again"
    )
    slow.go.set()
    for thread in threads:
        thread.join(5)
    assert slow.keys("https://fifth.example.com") == ["one"]


def test_whoever_waits_holds_up_no_snapshot_and_takes_over_what_another_fetched(
    slow: Slow,
) -> None:
    found: list[Any] = []

    def ask() -> None:
        with slow.cloud.gate.shared():
            found.append(slow.keys())

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert slow.arrived.acquire(timeout=5)
    with slow.cloud.gate.exclusive():
        slow.go.set()
    for thread in threads:
        thread.join(5)
    assert found == [["one"], ["one"]]
    assert slow.fetches == 1


def test_whoever_waited_takes_over_a_failure(slow: Slow) -> None:
    """Not one after the other, five seconds each."""
    slow.failure = "it is away"
    found: list[Refusal] = []
    threads = [threading.Thread(target=lambda: found.append(refusal(slow.keys))) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert slow.arrived.acquire(timeout=5)
    slow.go.set()
    for thread in threads:
        thread.join(5)
    assert found == [no_key("it is away")] * 3
    assert len(slow.asked) == 1
