"""The directory reads what is there now."""

import random

from hypothesis import given
from hypothesis import strategies as st
from moto.iam.utils import generate_access_key_id_from_account_id

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.directory import overlay_tags
from tests.local.enforcement.conftest import HOME, OTHER, People, allow, trust


@given(st.integers(0, 10**12 - 1), st.sampled_from(["AKIA", "ASIA", "AROA", "AIDA"]))
def test_the_account_is_written_in_the_key_id(number: int, prefix: str) -> None:
    account = f"{number:012d}"
    key = generate_access_key_id_from_account_id(account, prefix=prefix)
    assert account_of_access_key(key) == account


@given(st.text(max_size=24))
def test_any_text_is_a_question(text: str) -> None:
    account = account_of_access_key(text)
    assert account is None or (len(account) == 12 and account.isdigit())


def test_keys_are_found_over_all_accounts(people: People) -> None:
    directory = people.server.cloud.directory
    for account in (HOME, OTHER):
        made = people.user("bob", account=account)
        key = directory.long_lived_key(made["aws_access_key_id"])
        assert key is not None
        assert (key.account, key.user_name, key.active) == (account, "bob", True)
        assert key.secret_access_key == made["aws_secret_access_key"]
        assert made["aws_secret_access_key"] not in repr(key)
    assert directory.long_lived_key("AKIA" + "Q" * 16) is None


def test_a_key_under_an_id_of_its_own_is_found(people: People) -> None:
    from moto.iam.models import iam_backends

    people.user("bob")
    backend = iam_backends[HOME]["aws"]
    key = backend.users["bob"].access_keys[0]
    key.access_key_id = "AKIAIOSFODNN7EXAMPLE"
    backend.access_keys[key.access_key_id] = key
    found = people.server.cloud.directory.long_lived_key("AKIAIOSFODNN7EXAMPLE")
    assert found is not None
    assert found.user_name == "bob"


def test_the_name_index_survives_creation_and_deletion(people: People) -> None:
    directory = people.server.cloud.directory
    service = trust({"Service": "ec2.amazonaws.com"})
    names = [f"role-{n}" for n in range(12)]
    arns = {name: people.role(name, service) for name in names}
    random.Random(1).shuffle(names)
    for name in names:
        assert directory.role(arns[name]) is not None
        people.admin().delete_role(RoleName=name)
        assert directory.role(arns[name]) is None
    again = people.role(names[0], service, allow("s3:*"))
    found = directory.role(again)
    assert found is not None
    assert found.max_session == 3600


def test_an_arn_must_be_exact(people: People) -> None:
    directory = people.server.cloud.directory
    arn = people.role("worker", trust({"Service": "ec2.amazonaws.com"}), Path="/a/b/")
    assert directory.role(arn) is not None
    for other in (
        arn.replace("/a/b/", "/a/"),
        arn.replace("/a/b/", "/"),
        arn.replace("arn:aws:", "arn:aws-cn:"),
        arn.replace("worker", "WORKER"),
        arn.replace(HOME, OTHER),
        arn.replace(":role/", ":user/"),
        arn + "/",
        "worker",
        "",
    ):
        assert directory.role(other) is None


def test_session_tags_win_ignoring_case() -> None:
    assert overlay_tags({"Team": "red", "a": "1"}, {"team": "blue"}) == {"a": "1", "team": "blue"}
