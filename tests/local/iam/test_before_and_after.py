"""Which calls the rules of IAM concern, and what is finished behind moto."""

from dataclasses import replace

import pytest

from rolecall.local import iam
from rolecall.local.api import ApiReply, AwsError
from rolecall.local.cloud import new_key_id
from tests.local.iam.conftest import OTHER, Iam, trust

MADE = ApiReply(200, b"<User><UserId>old</UserId></User>", (("a", "b"),))


def test_other_services_and_callers_without_a_name(here: Iam) -> None:
    wrong = here.call("CreateUser", UserName="a/b")
    assert iam.before(replace(wrong, service="sts"), here.root, here.cloud) is None
    assert iam.before(wrong, None, here.cloud) is None
    with pytest.raises(AwsError):
        iam.before(wrong, here.root, here.cloud)


def test_the_model_is_asked_where_no_rule_answered(here: Iam) -> None:
    assert here.code("GetRole", RoleName="a b") == "ValidationError"
    assert here.code("GetRole", RoleName="a") == ""
    here.user()
    # An own rule answers this one, and takes a name that the model would refuse.
    assert here.before("UpdateUser", UserName="ada", NewPath="/x/") is not None
    assert here.before("GetAccountSummary") is None


def made_user(here: Iam) -> str:
    user = here.home.create_user("us-east-1", "ada")
    user.id = "old"
    return "old"


def test_a_new_user_gets_an_id_in_reply_and_table(here: Iam) -> None:
    made_user(here)
    reply = iam.after(here.call("CreateUser", UserName="ada"), MADE, here.cloud)
    user = here.home.users["ada"]
    assert user.id.startswith("AIDA")
    body = f"<User><UserId>{user.id}</UserId></User>".encode()
    assert reply == ApiReply(200, body, (("a", "b"),))


def test_nothing_is_finished_of_what_was_not_done(here: Iam) -> None:
    old, call = made_user(here), here.call("CreateUser", UserName="ada")
    refused = replace(MADE, status=409)
    for unfinished, reply in (
        (call, refused),
        (replace(call, service="sts"), MADE),
        (replace(call, signed=None), MADE),
        (replace(call, action="GetUser"), MADE),
    ):
        assert iam.after(unfinished, reply, here.cloud) is reply
        assert here.home.users["ada"].id == old


def test_whose_account_it_is_in(here: Iam) -> None:
    made_user(here)
    call = here.call("CreateUser", UserName="ada")
    assert call.signed is not None
    elsewhere = replace(call, signed=replace(call.signed, access_key_id=new_key_id("ASIA", OTHER)))
    assert iam.after(elsewhere, MADE, here.cloud) is MADE
    assert here.home.users["ada"].id == "old"
    unknown = replace(call, signed=replace(call.signed, access_key_id="AKIAUNKNOWN"))
    assert iam.after(unknown, MADE, here.cloud) is MADE
    # A key that was put there by hand says nothing of its account.
    key = here.home.users["ada"].create_access_key("AKIA")
    key.access_key_id = "by-hand"
    here.home.access_keys["by-hand"] = key
    own = replace(call, signed=replace(call.signed, access_key_id="by-hand"))
    assert iam.after(own, MADE, here.cloud) is not MADE
    assert here.home.users["ada"].id.startswith("AIDA")


def test_a_role_that_is_gone_again(here: Iam) -> None:
    call = here.call("CreateRole", RoleName="gone")
    assert iam.after(call, MADE, here.cloud) is MADE
    assert "trust_principals" not in here.cloud.records


def test_what_is_deleted_is_named_by_its_id_at_once(here: Iam) -> None:
    user = here.user()
    role = here.role(AssumeRolePolicyDocument=trust(user.arn))
    text = role.assume_role_policy_document
    del here.home.users["ada"]
    reply = ApiReply(200, b"<x/>")
    assert iam.after(here.call("DeleteUser", UserName="ada"), reply, here.cloud) is reply
    assert role.assume_role_policy_document == text.replace(user.arn, user.id)
    del here.home.roles[role.id]
    assert iam.after(here.call("DeleteRole", RoleName="deploy"), reply, here.cloud) is reply
    assert here.cloud.records["trust_principals"] == {}
