"""What a session token is made of: known by what opens and what does not."""

import base64
import json
import secrets
from dataclasses import fields
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rolecall.local.api import SessionGrant
from rolecall.local.session_token import Sealer

KEY = bytes(range(32))
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
GRANT = SessionGrant(
    kind="assumed-role",
    account="111122223333",
    partition="aws",
    access_key_id="ASIAIOSFODNN7EXAMPLE",
    secret_access_key="secret",
    issued_at=NOW,
    expires_at=NOW.replace(hour=4),
    role_arn="arn:aws:iam::111122223333:role/reader",
    role_id="AROA",
    session_name="work",
    user_name="alice",
    user_id="AIDA",
    session_policies=("{}", ""),
    session_policy_arns=("arn:x",),
    tags=MappingProxyType({"Team": "red"}),
    transitive_tag_keys=("Team",),
    source_identity="alice",
    mfa_at=NOW.replace(hour=2),
    chained=True,
    federation=MappingProxyType({"saml:sub": "a", "saml:groups": ("b", "c")}),
)
#: Sealed with KEY by a version of before: what was handed out must open after an update.
OLD = (
    "RolecallLocalAWSrE0dLMIMGkCemr3bWq1Cal8w2fuiZIZ97d99/7l671Kqg6qXNZjcro/aGgEv+tSwPcY77HkM"
    "QRT+N5SCRK2nZxdr3iE5xNB0P0q0BEbzOZSjI9dwq2P5S75fI5DfB2ZSyY7+uVwMFwZT0tePQOs8Y9Tqxpf3n30k"
    "ADJwYJfY490lnnjR2LXSkU/9a1n/dN9+7usgrBKQitl0vT2nXuq5fNgfnfbklEQF95ROnz5jgwL2Rwezr62x5bel"
    "MXp436gw+zRw5Ch2+3Tb3lDsoRBD7AI9ix9ZhgCHMqQ6nq8nVh7OwJnqGUBIkySyo1QTo3G5nCKM6Ji7sSUk8GaN"
    "EiN9p41Ayi8eBS1Zt0W0xgO7G4+1fy0KUF84vDgv9obuzJ49A+Rkx4ntgFqOhsBf8jqApd9wgC43PLqvIgOcg1kn"
    "Dyqh9XYO1AjOknaWqswpkpOL5si65AxS/GaSv8BhWX+BsjWJlPQrdcnj8mO7tc9BtJ7Q+AO4p11bnbRUduATrOKD"
    "Zd020SxYah5Kr+jFNsHH3W5polfBLZOShYO7CaVpIvaslPkrAipepi03Kb6qJ5Qw4Vt91lRgWZnQWVIB01sOeDgE"
    "cEeBUY2ysIMkpJeo7TSYDpI9p1lPZBTeGD6TlwZpFJsuIAsQG/dzWfafGUw37StDu36HTbz+aPkEA8Dz5eCsCNyF"
    "qMDr2bGGNavKmvPXLRkuf4eQsw4nkWql0aHVHhxeZQzU6iJ81vm91AgOX5bLEtm53CR9YcE5+p6TYamYhAOPrKoS"
    "jMjLJwd16UtDo6ZPjbjh+YYmkL5b6CqhtJ+qhEpU5c8CXXUaoTc6w8DO9985kmfhwx6twohkB0PA5vkHA9nd8gwo"
    "ZeVNCphzWC4sCP/CpJlgkg69kt79mv/0o41sOM+jl8YmqLdH84PJ+J9IjFig70XRsMAAg+G8MWFeP1XtLDHbbew1"
    "l0HeokJLpWCkkVLl/Q5mflMk4P1SEa1X6LUZ8Jeucp0dxyqN+qjWExR7JHNL/e+u2LsaEGb3XZsI8koEYZzbkXSa"
    "rlhZHNjuM84JstlG6yRzzQ=="
)


def sealed(text: bytes, context: bytes = b"rolecall session token 1", nonce: int = 12) -> str:
    """A token with any text inside."""
    begin = base64.b64decode("RolecallLocalAWS")
    random = secrets.token_bytes(nonce)
    return base64.b64encode(begin + random + AESGCM(KEY).encrypt(random, text, context)).decode()


def inside(token: str) -> bytes:
    raw = base64.b64decode(token)[12:]
    return AESGCM(KEY).decrypt(raw[:12], raw[12:], b"rolecall session token 1")


def content(**changes: Any) -> bytes:
    return json.dumps({**json.loads(inside(Sealer(KEY).seal(GRANT))), **changes}).encode()


def test_all_of_a_grant_is_in_its_token() -> None:
    opened = Sealer(KEY).open(Sealer(KEY).seal(GRANT))
    assert opened == GRANT
    assert opened is not None
    for each in fields(SessionGrant):
        value = getattr(opened, each.name)
        assert value == getattr(GRANT, each.name), each.name
        assert not isinstance(value, list), each.name
    assert opened.issued_at.tzinfo is not None
    assert dict(opened.federation) == {"saml:sub": "a", "saml:groups": ("b", "c")}


def test_a_grant_of_the_least_is_in_its_token() -> None:
    least = SessionGrant(kind="session-token", account="1", issued_at=NOW, expires_at=NOW)
    opened = Sealer(KEY).open(Sealer(KEY).seal(least))
    assert opened == least
    assert opened is not None
    assert (opened.mfa_at, opened.session_policies, opened.session_policy_arns) == (
        None,
        None,
        None,
    )
    assert opened.transitive_tag_keys == ()


def test_a_token_of_before_an_update_still_opens() -> None:
    assert Sealer(KEY).open(OLD) == GRANT


def test_a_token_begins_as_ours_do() -> None:
    raw = base64.b64decode(OLD)
    assert Sealer(KEY).open(base64.b64encode(raw[12:]).decode()) is None


def test_a_token_is_as_long_as_its_steps() -> None:
    sizes = set()
    for length in range(0, 520, 4):
        text = inside(Sealer(KEY).seal(SessionGrant(
            kind="x" * length, account="1", issued_at=NOW, expires_at=NOW)))  # fmt: skip
        assert len(text.rstrip(b" ")) + 256 > len(text)
        sizes.add(len(text))
    assert sizes == {512, 768, 1024}


def test_a_key_has_32_bytes() -> None:
    for size in (0, 16, 24, 31, 33, 64):
        with pytest.raises(ValueError, match="32 bytes"):
            Sealer(bytes(size))


def test_what_we_could_have_sealed_opens() -> None:
    assert Sealer(KEY).open(sealed(content())) == GRANT
    for other in (
        sealed(content(), context=b"rolecall session token 2"),
        sealed(content(), context=b""),
        sealed(content(), nonce=13),
        sealed(content(), nonce=16),
    ):
        assert Sealer(KEY).open(other) is None


@pytest.mark.parametrize(
    "text",
    [b"", b"x", b"[]", b"1", b"null", b'"x"', b"\xff", b"{}", content(unknown=1),
     content(issued_at="x"), content(expires_at=1), content(mfa_at=[]), content(session_policies=1),
     content(transitive_tag_keys=5)],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_grant_does_not_open(text: bytes) -> None:
    assert Sealer(KEY).open(sealed(text)) is None


@pytest.mark.parametrize("name", ["issued_at", "federation", "session_policies", "kind"])
def test_a_grant_is_whole(name: str) -> None:
    whole = json.loads(content())
    del whole[name]
    assert Sealer(KEY).open(sealed(json.dumps(whole).encode())) is None


@pytest.mark.parametrize(("size", "opens"), [(65_536, True), (65_540, False)])
def test_a_token_has_65536_characters_at_the_most(size: int, opens: bool) -> None:
    text = content()
    text += b" " * (size // 4 * 3 - 12 - 12 - 16 - len(text))
    token = sealed(text)
    assert len(token) == size
    assert (Sealer(KEY).open(token) == GRANT) is opens


@pytest.mark.parametrize("token", ["", "RolecallLocalAWS", "RolecallLocalAWSAAAA", "x", "ü", "A=="])
def test_what_is_no_token_does_not_open(token: str) -> None:
    assert Sealer(KEY).open(token) is None
