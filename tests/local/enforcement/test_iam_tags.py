"""Tag keys of users and roles ignore case, so that one key has one value."""

from typing import Any

import pytest

from tests.local.conftest import CloudServer
from tests.local.enforcement.conftest import HOME, People, allow, deny, refused, trust
from tests.local.transport.raw import FORM, query, send, signed


def pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags}


def tag(key: str, value: str) -> dict[str, str]:
    return {"Key": key, "Value": value}


class Subject:
    def __init__(self, people: People, kind: str) -> None:
        self.iam, self.kind = people.admin(), kind
        if kind == "user":
            people.user("subject")
        else:
            people.role("subject", trust(HOME))
        self.name = {f"{kind.capitalize()}Name": "subject"}

    def add(self, *tags: dict[str, str]) -> None:
        getattr(self.iam, f"tag_{self.kind}")(**self.name, Tags=list(tags))

    def remove(self, *keys: str) -> None:
        getattr(self.iam, f"untag_{self.kind}")(**self.name, TagKeys=list(keys))

    def tags(self) -> dict[str, str]:
        return pairs(getattr(self.iam, f"list_{self.kind}_tags")(**self.name)["Tags"])


@pytest.fixture(params=["user", "role"])
def subject(request: Any, people: People) -> Subject:
    return Subject(people, request.param)


def test_a_key_in_another_case_is_the_same_key(subject: Subject) -> None:
    subject.add(tag("team", "a"), tag("other", "x"))
    subject.add(tag("Team", "b"))
    assert {key.lower(): value for key, value in subject.tags().items()} == {
        "team": "b",
        "other": "x",
    }
    subject.remove("TEAM")
    assert subject.tags() == {"other": "x"}


def test_a_key_given_twice_is_refused(subject: Subject) -> None:
    for first, second in (("team", "Team"), ("team", "team")):
        with pytest.raises(subject.iam.exceptions.InvalidInputException, match="Duplicate tag"):
            subject.add(tag(first, "a"), tag(second, "b"))
    assert subject.tags() == {}


def test_limits_of_tags(subject: Subject) -> None:
    with pytest.raises(subject.iam.exceptions.InvalidInputException, match="reserved"):
        subject.add(tag("AWS:x", "v"))
    subject.add(*(tag(f"a{number}", "v") for number in range(50)))
    subject.add(*(tag(f"A{number}", "w") for number in range(50)))
    with pytest.raises(subject.iam.exceptions.LimitExceededException):
        subject.add(tag("b", "v"))
    assert set(subject.tags().values()) == {"w"}


def test_tags_at_birth_are_given_once(people: People) -> None:
    answer = refused(
        people.admin().create_user, UserName="twice", Tags=[tag("a", "1"), tag("A", "2")]
    )
    assert answer.code == "InvalidInput"
    assert refused(people.admin().get_user, UserName="twice").code == "NoSuchEntity"


def test_a_condition_on_a_requested_tag_is_not_passed_by_a_second_spelling(
    people: People,
) -> None:
    only_dev = {"StringEquals": {"aws:RequestTag/team": "dev"}}
    key = people.user("caller", allow("iam:TagUser", Condition=only_dev))
    server: CloudServer = people.server
    body = query(
        "TagUser",
        "2010-05-08",
        UserName="caller",
        **{
            "Tags.member.1.Key": "Team",
            "Tags.member.1.Value": "admin",
            "Tags.member.2.Key": "team",
            "Tags.member.2.Value": "dev",
        },
    )
    sent = signed(server, key, service="iam", body=body, headers={"Content-Type": FORM})
    assert send(server, "POST", "/", sent, body).status == 400
    assert people.admin().list_user_tags(UserName="caller")["Tags"] == []


def test_a_deny_on_a_principal_tag_ends_with_the_tag(people: People) -> None:
    wants = {"StringEquals": {"aws:PrincipalTag/team": "dev"}}
    s3 = people.server.client(
        "s3",
        people.user(
            "caller", allow("s3:*"), deny("s3:*", Condition=wants), Tags=[tag("Team", "dev")]
        ),
    )
    assert refused(s3.list_buckets).status == 403
    people.admin().tag_user(UserName="caller", Tags=[tag("TEAM", "ops")])
    assert s3.list_buckets()
    people.admin().tag_user(UserName="caller", Tags=[tag("team", "dev")])
    assert refused(s3.list_buckets).status == 403
    people.admin().untag_user(UserName="caller", TagKeys=["tEAM"])
    assert s3.list_buckets()
