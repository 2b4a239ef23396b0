"""Session tokens: what goes in comes out, and nothing else opens."""

import base64
import os
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.embedded_token import is_embedded
from rolecall.local.access_keys import account_of_access_key
from rolecall.local.api import SessionGrant
from rolecall.local.cloud import Cloud, new_key_id, new_secret
from rolecall.local.session_token import Sealer

KEY = bytes(range(32))
NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
TEXTS = st.none() | st.lists(st.text(max_size=40), max_size=3).map(tuple)
GRANTS = st.builds(
    SessionGrant,
    kind=st.sampled_from(["assumed-role", "session-token", "federated-user"]),
    account=st.from_regex(r"[0-9]{12}", fullmatch=True),
    secret_access_key=st.text(max_size=40),
    issued_at=st.just(NOW),
    expires_at=st.timedeltas(timedelta(0), timedelta(days=2)).map(lambda d: NOW + d),
    session_policies=TEXTS,
    session_policy_arns=TEXTS,
    tags=st.dictionaries(st.text(max_size=10), st.text(max_size=10), max_size=5),
    transitive_tag_keys=st.lists(st.text(max_size=10), max_size=3).map(tuple),
    source_identity=st.none() | st.text(max_size=64),
    mfa_at=st.none() | st.just(NOW),
    chained=st.booleans(),
)


@given(GRANTS)
def test_a_token_opens_to_the_grant_that_was_sealed(grant: SessionGrant) -> None:
    assert Sealer(KEY).open(Sealer(KEY).seal(grant)) == grant


@given(GRANTS, st.data())
def test_a_changed_token_does_not_open(grant: SessionGrant, data: st.DataObject) -> None:
    raw = bytearray(base64.b64decode(Sealer(KEY).seal(grant)))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert Sealer(KEY).open(base64.b64encode(raw).decode()) is None


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: base64.b64encode(b).decode()))
def test_no_text_is_a_token_by_chance(text: str) -> None:
    assert Sealer(KEY).open(text) is None


def _grant(**changes: object) -> SessionGrant:
    facts = {"kind": "assumed-role", "account": "1" * 12, "issued_at": NOW, "expires_at": NOW}
    return SessionGrant(**{**facts, **changes})  # type: ignore[arg-type]


@given(GRANTS)
def test_a_token_shows_that_it_is_no_token_of_aws(grant: SessionGrant) -> None:
    assert is_embedded(Sealer(KEY).seal(grant))
    assert not is_embedded("IQoJb3JpZ2luX2VjEXAMPLE")


def test_another_key_opens_nothing() -> None:
    assert Sealer(os.urandom(32)).open(Sealer(KEY).seal(_grant())) is None


def test_another_spelling_of_the_same_bytes_is_not_the_token() -> None:
    token = Sealer(KEY).seal(_grant())
    for other in (token + "\n", " " + token, token + "=", token.rstrip("=") + "===="):
        assert Sealer(KEY).open(other) is None


def test_two_tokens_of_one_grant_differ_and_show_nothing_of_it() -> None:
    grant = _grant(secret_access_key="SECRETSECRET", source_identity="alice")
    one, two = Sealer(KEY).seal(grant), Sealer(KEY).seal(grant)
    assert one != two
    assert b"alice" not in base64.b64decode(one)
    assert 300 < len(one) < 2000
    assert len(Sealer(KEY).seal(_grant(source_identity="bob"))) == len(
        Sealer(KEY).seal(_grant(source_identity="alice"))
    )


@pytest.mark.parametrize("account", ["000000000000", "111122223333", "222233334444", "9" * 12])
def test_a_key_id_tells_its_account(account: str) -> None:
    for prefix in ("AKIA", "ASIA"):
        key_id = new_key_id(prefix, account)
        assert (len(key_id), key_id[:4]) == (20, prefix)
        assert account_of_access_key(key_id) == account


def test_issued_credentials_are_new_each_time_and_hide_their_secrets() -> None:
    cloud = Cloud(sealing_key=KEY)
    one, two = cloud.issue(_grant()), cloud.issue(_grant())
    assert one.access_key_id.startswith("ASIA")
    assert len(one.secret_access_key) == 40
    assert one.secret_access_key != two.secret_access_key
    assert new_secret() != new_secret()
    opened = cloud.sealer.open(one.session_token)
    assert opened is not None
    assert opened.secret_access_key == one.secret_access_key
    for shown in (repr(one), repr(opened)):
        assert one.secret_access_key not in shown
        assert one.session_token not in shown
