"""Who may do everything is still refused what could be read in two ways; and what a call brings."""

import json
import time
from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, People, allow, policy, refused, trust
from tests.local.transport.raw import FORM, Reply, query, send, signed

JSON = {"Content-Type": "application/x-amz-json-1.0"}
ALICE = f"arn:aws:iam::{HOME}:user/alice"


def target(name: str) -> dict[str, str]:
    return {**JSON, "X-Amz-Target": name}


@pytest.mark.parametrize(
    ("service", "method", "path", "headers", "body"),
    [
        # A service has its own protocol: these speak JSON or REST, not forms.
        ("dynamodb", "POST", "/", {"Content-Type": FORM}, query("ListTables", "2012-08-10")),
        ("lambda", "POST", "/", {"Content-Type": FORM}, query("ListFunctions", "2015-03-31")),
        # And these forms, not JSON.
        ("sns", "POST", "/", target("AmazonSNS.ListTopics"), b"{}"),
        ("cloudformation", "POST", "/", target("CloudFormation.ListStacks"), b"{}"),
        ("lambda", "POST", "/", target("AWSLambda.ListFunctions"), b"{}"),
        # A target belongs to a POST to the root.
        ("dynamodb", "POST", "/tables", target("DynamoDB_20120810.ListTables"), b"{}"),
        ("dynamodb", "PUT", "/", target("DynamoDB_20120810.ListTables"), b"{}"),
        ("dynamodb", "GET", "/", target("DynamoDB_20120810.ListTables"), b""),
        # An operation in the path belongs to a POST, of a service that speaks so.
        ("monitoring", "GET", "/service/GraniteService/operation/ListMetrics", {}, b""),
        ("dynamodb", "POST", "/service/DynamoDB/operation/ListTables", JSON, b"{}"),
        ("nosuchservice", "POST", "/service/No/operation/ListThings", JSON, b"{}"),
        # A query names its operation.
        ("sqs", "POST", "/", {"Content-Type": FORM}, b"Version=2012-11-05"),
    ],
)
def test_a_call_is_in_its_services_own_words(
    people: People, service: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    caller = people.user("caller", allow("*"))
    sent = signed(
        people.server, caller, service=service, method=method, path=path, body=body, headers=headers
    )
    reply = send(people.server, method, path, sent, body)
    assert reply.status in (400, 403)
    assert "AccessDenied" in reply.text
    assert "ambiguous" in reply.headers["x-rolecall-reason"]


def test_a_stranger_is_held_to_the_same(people: People) -> None:
    s3 = people.admin("s3")
    s3.create_bucket(
        Bucket="open", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="open", Key="k", Body=b"text")
    s3.put_bucket_policy(
        Bucket="open",
        Policy=policy({**allow("s3:*", "arn:aws:s3:::open/*"), "Principal": "*"}),
    )

    def ask(path: str, headers: dict[str, str] | None = None) -> Reply:
        return send(people.server, "GET", path, headers)

    assert ask("/open/k").body == b"text"
    for path, headers in (
        ("/open/k", {"Action": "DeleteBucket"}),
        ("/open/k", {"Content-Type": FORM}),
    ):
        reply = ask(path, headers)
        assert (reply.status, "ambiguous" in reply.headers["x-rolecall-reason"]) == (403, True)
    assert ask("/open/k?Action=DeleteBucket").status == 403


# -- what a call brings --------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "key", "right", "wrong"),
    [
        ("Bool", "aws:SecureTransport", "true", "false"),
        ("Bool", "aws:ViaAWSService", "false", "true"),
        ("StringLike", "aws:UserAgent", "*Boto3*", "curl*"),
        ("IpAddress", "aws:SourceIp", "127.0.0.0/8", "10.0.0.0/8"),
        ("StringEquals", "aws:RequestedRegion", "eu-central-1", "us-east-1"),
        ("StringEquals", "aws:PrincipalAccount", HOME, OTHER),
        ("StringEquals", "aws:PrincipalTag/team", "blue", "red"),
        ("StringEquals", "aws:username", "caller", "somebody"),
        ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z", "2090-01-01T00:00:00Z"),
        ("NumericGreaterThan", "aws:EpochTime", "1577836800", "3786912000"),
    ],
)
def test_what_every_call_brings_is_compared_everywhere(
    people: People, operator: str, key: str, right: str, wrong: str
) -> None:
    def may(value: str) -> tuple[bool, bool, bool]:
        name = "caller"
        statement = allow("*", Condition={operator: {key: value}})
        people.admin().put_user_policy(
            UserName=name, PolicyName="own", PolicyDocument=policy(statement)
        )
        found = []
        for service, operation in (("iam", "list_users"), ("s3", "list_buckets"),
                                   ("sqs", "list_queues")):  # fmt: skip
            client = people.server.client(service, credentials)
            try:
                getattr(client, operation)()
                found.append(True)
            except client.exceptions.ClientError as error:
                assert "AccessDenied" in error.response["Error"]["Code"]
                found.append(False)
        return found[0], found[1], found[2]

    credentials = people.user("caller", Tags=[{"Key": "team", "Value": "blue"}])
    assert may(right) == (True, True, True)
    assert may(wrong) == (False, False, False)


def test_iam_acts_in_the_callers_account(people: People) -> None:
    key = "aws:ResourceAccount"
    own = people.user("own", allow("iam:*", Condition={"StringEquals": {key: HOME}}))
    other = people.user("other", allow("iam:*", Condition={"StringEquals": {key: OTHER}}))
    assert people.server.client("iam", own).list_users()["Users"]
    assert refused(people.server.client("iam", other).list_users).code == "AccessDenied"
    # Whatever ARN is written into the call.
    theirs = f"arn:aws:iam::{OTHER}:policy/theirs"
    answer = refused(people.server.client("iam", other).get_policy, PolicyArn=theirs)
    assert answer.code == "AccessDenied"


def test_a_roles_own_tags_are_its_sessions(people: People) -> None:
    people.user("alice", allow("sts:*"))
    alice = people.admin().create_access_key(UserName="alice")["AccessKey"]
    keys = {
        "aws_access_key_id": alice["AccessKeyId"],
        "aws_secret_access_key": alice["SecretAccessKey"],
    }
    by_tag = allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})
    role = people.role("worker", trust(ALICE), by_tag, Tags=[{"Key": "team", "Value": "blue"}])
    s3 = people.server.client("s3", people.session(keys, role))
    assert s3.list_buckets()["Buckets"] == []
    people.admin().tag_role(RoleName="worker", Tags=[{"Key": "team", "Value": "red"}])
    assert refused(s3.list_buckets).code == "AccessDenied"


# -- who somebody is -----------------------------------------------------------------


def test_whoever_takes_the_name_of_a_renamed_user_is_not_him(people: People) -> None:
    bob = people.user("bob")
    token = people.server.client("sts", bob).get_session_token()["Credentials"]
    people.admin().update_user(UserName="bob", NewUserName="robert")
    people.user("bob", allow("*"))
    sts = people.server.client("sts", token)
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{HOME}:user/robert"
    assert refused(people.server.client("s3", token).list_buckets).code == "AccessDenied"


def test_an_id_that_nobody_bears_is_no_principal(people: People) -> None:
    people.role("gone", trust({"Service": "ec2.amazonaws.com"}))
    iam = people.admin()
    number = iam.get_role(RoleName="gone")["Role"]["RoleId"]
    people.role("there", trust(f"arn:aws:iam::{HOME}:role/gone"))
    iam.update_assume_role_policy(RoleName="there", PolicyDocument=policy(trust(number)))
    iam.delete_role(RoleName="gone")
    for nobody in (number, "AROA" + "Q" * 17, "AIDA" + "Q" * 17):
        answer = refused(
            iam.update_assume_role_policy, RoleName="there", PolicyDocument=policy(trust(nobody))
        )
        assert answer.code == "MalformedPolicyDocument"


def test_one_principal_that_is_gone_takes_no_other_along(people: People) -> None:
    people.user("bob")
    alice = people.user("alice", allow("sts:*"))
    both = [ALICE, f"arn:aws:iam::{HOME}:user/bob"]
    role = people.role("worker", trust(both))
    iam = people.admin()
    for key in iam.list_access_keys(UserName="bob")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="bob")
    bob = people.user("bob", allow("sts:*"))
    assert people.session(alice, role)
    sts = people.server.client("sts", bob)
    assert refused(sts.assume_role, RoleArn=role, RoleSessionName="s1").code == "AccessDenied"


def test_the_same_in_the_policy_of_a_bucket(people: People) -> None:
    alice = people.user("alice")
    people.user("bob")
    s3 = people.admin("s3", OTHER)
    s3.create_bucket(
        Bucket="both", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket="both", Key="k", Body=b"text")
    users = [ALICE, f"arn:aws:iam::{HOME}:user/bob"]
    statement = {**allow("s3:GetObject", "arn:aws:s3:::both/*"), "Principal": {"AWS": users}}
    s3.put_bucket_policy(Bucket="both", Policy=policy(statement))
    iam = people.admin()
    for key in iam.list_access_keys(UserName="bob")["AccessKeyMetadata"]:
        iam.delete_access_key(UserName="bob", AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName="bob")
    read = allow("s3:GetObject")
    bob = people.user("bob", read)
    iam.put_user_policy(UserName="alice", PolicyName="own", PolicyDocument=policy(read))
    where = {"Bucket": "both", "Key": "k"}
    assert people.server.client("s3", alice).get_object(**where)["Body"].read() == b"text"
    assert refused(people.server.client("s3", bob).get_object, **where).code == "AccessDenied"


def test_a_number_is_one(people: People) -> None:
    alice = people.user("alice", allow("sts:*"))
    for seconds in ("long", "1e3", "9_00", "", "-", "900.0", "٩٠٠"):
        body = query("GetSessionToken", DurationSeconds=seconds)
        sent = signed(people.server, alice, body=body, headers={"Content-Type": FORM})
        assert send(people.server, "POST", "/", sent, body).status == 400


def test_a_key_of_a_user_made_again_stays_dead(people: People) -> None:
    """However the backend remembers it."""
    from moto.iam.models import iam_backends

    bob = people.user("bob")
    users = iam_backends[HOME]["aws"].users
    del users["bob"]
    people.user("bob", allow("*"))
    answer = refused(people.server.client("sts", bob).get_caller_identity)
    assert answer.code == "InvalidClientTokenId"


def test_a_used_code_is_kept_with_the_state(people: People) -> None:
    alice = people.user("alice", allow("sts:*"))
    serial, totp = people.device("alice")
    changes: list[int] = []
    people.server.cloud.on_change = lambda: changes.append(1)
    people.server.client("sts", alice).get_session_token(
        SerialNumber=serial, TokenCode=totp.at(int(time.time()))
    )
    assert changes, "after a restart it would be good once more"


# -- GetFederationToken and GetAccessKeyInfo -----------------------------------------


def test_what_a_federation_token_may_be_limited_by(people: People) -> None:
    sts = people.server.client("sts", people.user("alice", allow("sts:*")))
    with_principal = policy({**allow("s3:*"), "Principal": "*"})
    for given, code in (
        ({"Policy": "{"}, "MalformedPolicyDocument"),
        ({"Policy": with_principal}, "MalformedPolicyDocument"),
        ({"PolicyArns": [{"arn": f"arn:aws:iam::{HOME}:policy/none"}]}, "InvalidParameterValue"),
    ):
        assert refused(sts.get_federation_token, Name="guest", **given).code == code
    plain = sts.get_federation_token(Name="guest")
    assert plain["PackedPolicySize"] == 0
    limited = sts.get_federation_token(Name="guest", Policy=policy(allow("s3:*")))
    assert limited["PackedPolicySize"] > 0


def test_an_id_that_tells_no_account(people: People) -> None:
    sts = people.server.client("sts", people.user("alice", allow("sts:*")))
    assert sts.get_access_key_info(AccessKeyId="ASIAQAAAAAAAQAAAAAAA")["Account"] == "000000000001"
    for none in ("AKIAI44QH8DHBEXAMPLE"[:12] + "1" * 8, "AKIA" + "1" * 16, "AKIA" + "A" * 16):
        answer = refused(sts.get_access_key_info, AccessKeyId=none)
        assert answer.code == "ValidationError"


def test_targets_of_a_stack_set_are_accounts_of_ones_own(people: People) -> None:
    template = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    client = people.admin("cloudformation")
    client.create_stack_set(StackSetName="set", TemplateBody=template)
    where: dict[str, Any]
    for where in (
        {"DeploymentTargets": {"AccountsUrl": f"s3://bucket/{HOME}"}},
        {"DeploymentTargets": {"OrganizationalUnitIds": ["ou-1"], "Accounts": [HOME]}},
    ):
        answer = refused(
            client.create_stack_instances, StackSetName="set", Regions=["eu-central-1"], **where
        )
        assert answer.code == "AccessDenied"
