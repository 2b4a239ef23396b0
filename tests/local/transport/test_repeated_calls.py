"""A client that lost an answer asks again, and is not told that its own work stands in the way."""

from collections.abc import Mapping

import pytest

from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT, FORM, Reply, query, send, signed

ALLOWED = (
    '{"Version":"2012-10-17","Statement":'
    '{"Effect":"Allow","Action":"iam:CreateUser","Resource":"*"}}'
)


def ask(
    server: CloudServer, keys: Mapping[str, str], attempt: int, invocation: str, body: bytes
) -> Reply:
    """One attempt of one invocation, as the SDK for Go marks it."""
    marks = {
        "Content-Type": FORM,
        "amz-sdk-invocation-id": invocation,
        "amz-sdk-request": f"attempt={attempt}; max=25",
    }
    headers = signed(server, keys, service="iam", body=body, headers=marks, region="us-east-1")
    return send(server, "POST", "/", headers, body)


def make(name: str, action: str = "CreateUser") -> bytes:
    return query(action, "2010-05-08", UserName=name)


def test_the_second_attempt_gets_the_answer_of_the_first(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    first = ask(cloud_server, keys, 1, "one", make("ann"))
    assert first.status == 200
    assert ask(cloud_server, keys, 2, "one", make("ann")).body == first.body
    users = cloud_server.client("iam", keys).list_users()["Users"]
    assert [each["UserName"] for each in users].count("ann") == 1


@pytest.mark.parametrize(
    ("attempt", "invocation", "name"), [(1, "one", "ann"), (2, "other", "ann"), (2, "one", "Ann")]
)
def test_any_other_call_is_a_call_of_its_own(
    attempt: int, invocation: str, name: str, cloud_server: CloudServer
) -> None:
    keys = cloud_server.admin(ACCOUNT)
    assert ask(cloud_server, keys, 1, "one", make("ann")).status == 200
    again = ask(cloud_server, keys, attempt, invocation, make(name))
    assert again.status == 409
    assert "EntityAlreadyExists" in again.text


def test_another_caller_gets_nothing_of_it(cloud_server: CloudServer) -> None:
    ask(cloud_server, cloud_server.admin(ACCOUNT), 1, "one", make("ann"))
    other = cloud_server.admin("444455556666")
    assert ":444455556666:" in ask(cloud_server, other, 2, "one", make("ann")).text


def test_who_may_no_longer_make_it_is_refused(cloud_server: CloudServer) -> None:
    admin = cloud_server.client("iam", cloud_server.admin(ACCOUNT))
    admin.create_user(UserName="clerk")
    key = admin.create_access_key(UserName="clerk")["AccessKey"]
    admin.put_user_policy(UserName="clerk", PolicyName="p", PolicyDocument=ALLOWED)
    clerk = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    assert ask(cloud_server, clerk, 1, "one", make("ann")).status == 200
    admin.delete_user_policy(UserName="clerk", PolicyName="p")
    assert ask(cloud_server, clerk, 2, "one", make("ann")).status == 403


def test_secrets_are_given_once(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    ask(cloud_server, keys, 1, "one", make("ann"))
    body = make("ann", "CreateAccessKey")
    first = ask(cloud_server, keys, 1, "two", body)
    assert first.status == 200
    assert ask(cloud_server, keys, 2, "two", body).body != first.body
