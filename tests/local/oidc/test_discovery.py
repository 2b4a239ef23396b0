"""The two documents of an issuer: where they are asked for, and what they must say."""

from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc import keys as room
from rolecall.local.oidc.connections import connect
from rolecall.local.oidc.deadline import Deadline
from tests.local.oidc.web import URL, Web, no_key
from tests.local.sts.conftest import refusal


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
