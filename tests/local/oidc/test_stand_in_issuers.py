"""Stand-in issuers: their keys and their tokens."""

import json
from typing import Any

import pytest
from joserfc import jws

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc.connections import connect
from rolecall.local.oidc.stand_in import forget, mint, stand_ins
from rolecall.problems import Problem
from tests.local.oidc.conftest import SECOND, URL, QuickKeys
from tests.local.oidc.issuer import rsa_key


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token whose signature is verified."""
    found = jws.deserialize_compact(token, rsa_key(), algorithms=["RS256"])
    return dict(found.headers()), json.loads(found.payload)


# -- tokens ----------------------------------------------------------------------------


def test_what_a_token_says(cloud: Cloud) -> None:
    header, claims = read(mint(URL, {"sub": "x"}, cloud))
    assert header == {"alg": "RS256", "kid": rsa_key().thumbprint(), "typ": "JWT"}
    assert claims == {"iss": URL, "iat": SECOND, "exp": SECOND + 3600, "sub": "x"}


def test_claims_win_over_what_is_filled_in(cloud: Cloud) -> None:
    said = {"iss": "https://other", "iat": 1, "exp": 2}
    assert read(mint(URL, said, cloud))[1] == said


def test_a_stand_in_has_one_key_which_is_kept(
    cloud: Cloud, quick_keys: QuickKeys, changes: list[bool]
) -> None:
    mint(URL, {}, cloud)
    assert quick_keys.made == [2048]
    assert changes == [True]
    mint(URL, {}, cloud)
    assert (len(quick_keys.made), changes) == (1, [True])
    assert stand_ins(cloud) == (URL,)
    assert list(cloud.records) == ["oidc_stand_ins"]
    pem = cloud.records["oidc_stand_ins"][URL]["key"]
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    mint("https://other.example.com", {}, cloud)
    assert len(quick_keys.made) == 2
    assert stand_ins(cloud) == (URL, "https://other.example.com")


@pytest.mark.parametrize("url", ["", "http://id.example.com", "https://id.example.com:8443"])
def test_what_is_no_issuer_gets_no_key(cloud: Cloud, quick_keys: QuickKeys, url: str) -> None:
    with pytest.raises(Problem, match="is no issuer's URL"):
        mint(url, {}, cloud)
    assert quick_keys.made == []
    assert cloud.records == {}


def test_a_real_issuer_has_no_stand_in(cloud: Cloud, quick_keys: QuickKeys) -> None:
    connect(cloud, URL, "127.0.0.1:1", "")
    with pytest.raises(Problem) as caught:
        mint(URL, {}, cloud)
    assert str(caught.value) == (
        f"{URL} is connected to a real issuer, whose key is not ours; ask that issuer for a "
        f"token, or run `rolecall local issuer disconnect {URL}`."
    )
    assert quick_keys.made == []


def test_two_hundred_stand_ins_and_no_more(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    held = cloud.records["oidc_stand_ins"]
    for number in range(198):
        held[f"https://{number}.example.com"] = held[URL]
    mint("https://last.example.com", {}, cloud)
    assert len(stand_ins(cloud)) == 200
    mint("https://last.example.com", {}, cloud)
    with pytest.raises(Problem, match="There are 200 stand-in issuers already"):
        mint("https://more.example.com", {}, cloud)


def test_a_stand_in_that_is_forgotten(
    cloud: Cloud, changes: list[bool], quick_keys: QuickKeys
) -> None:
    assert forget(cloud, URL) is False
    mint(URL, {}, cloud)
    changes.clear()
    assert forget(cloud, URL) is True
    assert changes == [True]
    assert stand_ins(cloud) == ()
    assert forget(cloud, URL) is False
    mint(URL, {}, cloud)
    assert len(quick_keys.made) == 2, "its old key never comes back"
