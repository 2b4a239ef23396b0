"""Nobody reaches further than his own policies and his own account."""

import json
from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, People, allow, deny, policy, refused

POWER = {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}
STACK = {
    "StackName": "s",
    "TemplateBody": json.dumps(
        {
            "Resources": {
                "U": {"Type": "AWS::IAM::User", "Properties": {"UserName": "mallory"}},
            }
        }
    ),
    "Capabilities": ["CAPABILITY_NAMED_IAM"],
}


def users(people: People, account: str = HOME) -> set[str]:
    return {user["UserName"] for user in people.admin("iam", account).list_users()["Users"]}


@pytest.mark.parametrize(
    "statements",
    [
        (POWER,),
        (allow("cloudformation:*"),),
        (allow("*"), deny("iam:CreateUser")),
        (allow("*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}), POWER),
    ],
)
def test_a_stack_is_made_by_who_may_do_everything(people: People, statements: Any) -> None:
    """CloudFormation acts in the caller's name: the stack must not be a way into IAM."""
    client = people.server.client("cloudformation", people.user("caller", *statements))
    assert refused(client.create_stack, **STACK).code == "AccessDenied"
    change = {**STACK, "ChangeSetName": "c", "ChangeSetType": "CREATE"}
    assert refused(client.create_change_set, **change).code == "AccessDenied"
    assert "mallory" not in users(people)
    people.admin("cloudformation").create_stack(**STACK)
    assert "mallory" in users(people)
    assert refused(client.delete_stack, StackName="s").code == "AccessDenied"
    assert "mallory" in users(people)


def test_a_boundary_or_a_session_policy_limits_stacks(people: People) -> None:
    boundary = people.admin().create_policy(PolicyName="b", PolicyDocument=policy(POWER))["Policy"][
        "Arn"
    ]
    bounded = people.user("bounded", allow("*"), PermissionsBoundary=boundary)
    client = people.server.client("cloudformation", bounded)
    assert refused(client.create_stack, **STACK).code == "AccessDenied"
    assert client.describe_stacks()["Stacks"] == []


def test_stack_sets_stay_in_the_account(people: People) -> None:
    client = people.admin("cloudformation")
    client.create_stack_set(StackSetName="set", **{k: STACK[k] for k in list(STACK)[1:]})
    for where in (
        {"Accounts": [OTHER]},
        {"Accounts": [HOME, OTHER]},
        {"DeploymentTargets": {"Accounts": [OTHER]}},
        {"DeploymentTargets": {"OrganizationalUnitIds": ["ou-abcd-12345678"]}},
    ):
        answer = refused(
            client.create_stack_instances, StackSetName="set", Regions=["eu-central-1"], **where
        )
        assert answer.code == "AccessDenied"
    assert "mallory" not in users(people, OTHER)


def test_topics_of_another_account_are_out_of_reach(people: People) -> None:
    theirs, ours = people.admin("sns", OTHER), people.admin("sns", HOME)
    topic = theirs.create_topic(Name="theirs")["TopicArn"]
    for operation, more in (
        ("get_topic_attributes", {}),
        ("set_topic_attributes", {"AttributeName": "DisplayName", "AttributeValue": "x"}),
        ("publish", {"Message": "x"}),
        ("subscribe", {"Protocol": "email", "Endpoint": "a@example.com"}),
        ("list_subscriptions_by_topic", {}),
        ("delete_topic", {}),
    ):
        answer = refused(getattr(ours, operation), TopicArn=topic, **more)
        assert (answer.code, answer.status) == ("AccessDenied", 403), operation
        assert answer.reason == "it is a resource of another account"
    assert refused(ours.publish, TargetArn=topic, Message="x").code == "AccessDenied"
    assert [each["TopicArn"] for each in theirs.list_topics()["Topics"]] == [topic]
    assert (
        theirs.get_topic_attributes(TopicArn=topic)["Attributes"]["SubscriptionsConfirmed"] == "0"
    )


def test_contacts_of_another_account_are_out_of_reach(people: People) -> None:
    contact = {
        "AlternateContactType": "SECURITY",
        "EmailAddress": "a@example.com",
        "Name": "n",
        "PhoneNumber": "1",
        "Title": "t",
    }
    ours = people.admin("account", HOME)
    answer = refused(ours.put_alternate_contact, AccountId=OTHER, **contact)
    assert answer.code == "AccessDeniedException"
    ours.put_alternate_contact(**contact)
    theirs = people.admin("account", OTHER)
    answer = refused(theirs.get_alternate_contact, AlternateContactType="SECURITY")
    assert answer.code == "ResourceNotFoundException"


def test_an_arn_of_another_service_may_name_another_account(people: People) -> None:
    """A subscription's endpoint, a grantee: only what the call is about must be one's own."""
    sns = people.admin("sns")
    topic = sns.create_topic(Name="ours")["TopicArn"]
    queue = f"arn:aws:sqs:eu-central-1:{OTHER}:theirs"
    assert sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
