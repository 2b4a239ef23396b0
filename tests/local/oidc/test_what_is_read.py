"""What is read of a token and of the URLs that an issuer gives, one demand at a time."""

from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.api import AwsError
from rolecall.local.oidc.claims import audience_of, subject_of
from rolecall.local.oidc.deadline import Deadline
from rolecall.local.oidc.jwks import SigningKey, read_key_set
from rolecall.local.oidc.route import Unreachable, route
from rolecall.local.sts.token_session import source_identity_of, tags_of

TAGS = "https://aws.amazon.com/tags"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "a\x00"},
        {"aud": ["a\n"]},
        {"aud": ["a", 1]},
        {"aud": ["a"], "azp": "a\x1b"},
        {"aud": ["a"], "azp": ""},
        {"aud": ["a"], "azp": ["a"]},
        {"aud": ["a", "b"]},
        {"aud": {}},
        {"aud": []},
        {"aud": ""},
        {},
    ],
)
def test_an_audience_is_one_plain_text(claims: dict[str, Any]) -> None:
    with pytest.raises(AwsError):
        audience_of(claims, None)


@pytest.mark.parametrize("subject", [None, "", "a\x7f", 7, ["a"], "s" * 256])
def test_a_subject_is_a_plain_text(subject: object) -> None:
    with pytest.raises(AwsError):
        subject_of({"sub": subject})
    assert subject_of({"sub": "s" * 255}) == "s" * 255


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS: {"principal_tags": {"a": "b"}, "transitive_tag_keys": [1]}},
        {TAGS: {"principal_tags": {"a": "b"}, "transitive_tag_keys": "a"}},
        {f"{TAGS}/transitive_tag_keys": [None]},
        {TAGS: {"principal_tags": {"a": "b"}, "other": 1}},
        {TAGS: {"principal_tags": [["a", "b"]]}},
        {TAGS: {"principal_tags": {"a": ["b", "c"]}}},
        {f"{TAGS}/principal_tags/aws:a": "b"},
    ],
)
def test_tags_have_one_form(claims: dict[str, Any]) -> None:
    with pytest.raises(AwsError):
        tags_of(claims)


def test_a_source_identity_is_a_text() -> None:
    for wrong in (7, ["a"], "", "a", "a b", "s" * 65):
        with pytest.raises(AwsError):
            source_identity_of({"https://aws.amazon.com/source_identity": wrong})


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example/keys",
        "https://issuer.example/\x7f",
        "https://issuer.example/a b",
        "https://issuer.example/ä",
        "https://issuer.example/keys#x",
        "https://a@issuer.example/keys",
        "https://issuer.example:8443/keys",
        "https://issuer.example:x/keys",
        "https:///keys",
        "keys",
    ],
)
def test_an_address_of_keys_is_a_plain_url(url: str) -> None:
    with Deadline(5) as deadline, pytest.raises(Unreachable):
        route(url, "https://issuer.example", None, deadline)


def test_a_key_is_named_once_and_of_its_kind(key_set: dict[str, Any]) -> None:
    class Token:
        algorithm, key_id = "ES256", "one"

    def fits(key_id: str, kind: str, algorithm: str) -> bool:
        return SigningKey(key_id, kind, algorithm, key.key).fits(Token)  # type: ignore[arg-type]

    (key,) = read_key_set(key_set)
    assert fits("one", "P-256", "")
    assert fits("one", "P-256", "ES256")
    for other in (("two", "P-256", ""), ("one", "P-384", ""), ("one", "RSA", ""),
                  ("one", "P-256", "ES384")):  # fmt: skip
        assert not fits(*other)


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": 1},
        {"alg": 1},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kty": "oct"},
        {"crv": "secp256k1"},
        {"x": "AAAA"},
        {"y": None},
    ],
)
def test_a_key_that_is_not_for_signatures_is_left_out(
    key_set: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert len(read_key_set(key_set)) == 1
    assert read_key_set({"keys": [{**key_set["keys"][0], **changes}]}) == ()


@pytest.fixture(scope="module")
def key_set() -> dict[str, Any]:
    """One key, as an issuer publishes it."""
    from joserfc.jwk import ECKey

    made = ECKey.generate_key("P-256").as_dict(private=False)
    return {"keys": [{**made, "kid": "one"}]}
