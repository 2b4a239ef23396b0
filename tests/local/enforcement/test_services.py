"""Services whose protocol states the operation: the action is certain, the resource often not."""

import json
from typing import Any

import pytest

from rolecall.local.api import ApiCall
from rolecall.local.authorization.conservative import conservative
from rolecall.local.authorization.operations import operations_of
from rolecall.local.authorization.pass_role import passed_roles
from rolecall.policy import CompiledPolicy, PolicyDocument
from tests.local.enforcement.conftest import HOME, People, allow, deny, policy, refused, trust

QUEUE = f"arn:aws:sqs:eu-central-1:{HOME}:jobs"


def client(people: People, service: str, *statements: Any) -> Any:
    return people.server.client(service, people.user("caller", *statements))


def test_a_call_without_permission(people: People) -> None:
    answer = refused(client(people, "ssm").describe_parameters)
    assert (answer.code, answer.status) == ("AccessDeniedException", 400)
    assert "ssm:DescribeParameters" in answer.message


def test_a_named_resource(people: People) -> None:
    sqs = client(people, "sqs", allow("sqs:*", QUEUE))
    url = sqs.create_queue(QueueName="jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="x")
    assert "AccessDenied" in refused(sqs.create_queue, QueueName="others").code
    other = people.admin("sqs").create_queue(QueueName="others")["QueueUrl"]
    assert "AccessDenied" in refused(sqs.send_message, QueueUrl=other, MessageBody="x").code


def test_an_unknown_resource_needs_a_permission_for_every_resource(people: People) -> None:
    some = client(people, "sqs", allow("sqs:ListQueues", QUEUE))
    assert "AccessDenied" in refused(some.list_queues).code
    people.admin().put_user_policy(
        UserName="caller", PolicyName="own", PolicyDocument=policy(allow("sqs:ListQueues"))
    )
    assert some.list_queues()


def test_a_deny_of_some_resource_counts_where_the_resource_is_unknown(people: People) -> None:
    sqs = client(people, "sqs", allow("sqs:*"), deny("sqs:ListQueues", QUEUE))
    assert "AccessDenied" in refused(sqs.list_queues).code


def test_a_condition_on_a_key_that_is_not_known(people: People) -> None:
    absent = {"StringNotEquals": {"sqs:SomeKey": "x"}}
    sqs = client(people, "sqs", allow("sqs:*", Condition=absent))
    assert "AccessDenied" in refused(sqs.list_queues).code
    people.admin().put_user_policy(
        UserName="caller",
        PolicyName="own",
        PolicyDocument=policy(
            allow("sqs:*"), deny("sqs:*", Condition={"StringEquals": {"sqs:SomeKey": "x"}})
        ),
    )
    assert "AccessDenied" in refused(sqs.list_queues).code


def test_ec2_has_words_of_its_own(people: People) -> None:
    answer = refused(client(people, "ec2").describe_vpcs)
    assert (answer.code, answer.status) == ("UnauthorizedOperation", 403)


def test_rest_calls_are_recognised(people: People) -> None:
    answer = refused(client(people, "lambda").list_functions)
    assert answer.status == 403
    assert "lambda:ListFunctions" in answer.message


@pytest.mark.parametrize(
    ("service", "method", "path", "params", "names"),
    [
        ("lambda", "GET", "/2015-03-31/functions/", {}, {"ListFunctions"}),
        ("lambda", "GET", "/2015-03-31/functions/f", {}, {"GetFunction"}),
        ("lambda", "POST", "/2015-03-31/functions/f/invocations", {}, {"Invoke"}),
        (
            "eks",
            "POST",
            "/clusters/c/pod-identity-associations",
            {},
            {"CreatePodIdentityAssociation"},
        ),
        ("rolesanywhere", "GET", "/trustanchors", {}, {"ListTrustAnchors"}),
        ("lambda", "GET", "/no/such/path", {}, set()),
        ("no-such-service", "GET", "/", {}, set()),
    ],
)
def test_operation_of_a_rest_call(
    service: str, method: str, path: str, params: dict[str, str], names: set[str]
) -> None:
    call = rest_call(service, method, path, params)
    assert {operation.name for operation in operations_of(call)} == names


def rest_call(
    service: str, method: str, path: str, params: dict[str, str] | None = None, body: bytes = b""
) -> ApiCall:
    return ApiCall(
        method=method,
        path=path,
        query_string="",
        headers={},
        body=body,
        service=service,
        region="eu-central-1",
        action="",
        params=params or {},
        signed=None,
        source_ip="127.0.0.1",
        environ={},
        protocol="rest-json",
    )


def test_passing_a_role(people: People) -> None:
    role = people.role("worker", trust({"Service": "lambda.amazonaws.com"}))
    body = json.dumps({"FunctionName": "f", "Role": role, "Description": role}).encode()
    call = rest_call("lambda", "POST", "/2015-03-31/functions", body=body)
    assert passed_roles(call, HOME, people.server.cloud) == {role}
    awslambda = client(people, "lambda", allow("lambda:*"))
    answer = refused(
        awslambda.create_function,
        FunctionName="f",
        Role=role,
        Runtime="python3.12",
        Handler="f.f",
        Code={"ZipFile": b"x"},
    )
    assert "iam:PassRole" in answer.message


@pytest.mark.parametrize(
    "body",
    [
        {"Roles": {"authenticated": "ROLE"}},
        {"Targets": [{"Id": "1", "RoleArn": "ROLE"}]},
        {"Config": {"Deep": [{"executionRoleArn": "ROLE"}]}},
        {"ServiceRole": "worker"},
        {"ServiceRole": "path/to/worker"},
        {"JobFlowRole": "profile"},
        {"Spec": {"IamInstanceProfile": {"Name": "profile"}}},
    ],
)
def test_a_role_is_passed_wherever_it_stands(people: People, body: dict[str, Any]) -> None:
    role = people.role("worker", trust({"Service": "ec2.amazonaws.com"}))
    iam = people.admin()
    iam.create_instance_profile(InstanceProfileName="profile")
    iam.add_role_to_instance_profile(InstanceProfileName="profile", RoleName="worker")
    text = json.dumps(body).replace("ROLE", role).encode()
    call = rest_call("some-service", "POST", "/", body=text)
    assert passed_roles(call, HOME, people.server.cloud) == {role}


def test_conservative_reading() -> None:
    document = PolicyDocument.parse(
        policy(
            allow("sqs:Some", QUEUE),
            allow("sqs:Every"),
            deny("sqs:Bad", QUEUE, Condition={"StringEquals": {"sqs:Key": "x"}}),
        )
    )
    made = conservative(CompiledPolicy(document), "sqs", HOME, "eu-central-1").document
    assert [statement.actions for statement in made.statements] == [("sqs:Every",), ("sqs:Bad",)]
    assert made.statements[1].resources == ("*",)
    assert made.statements[1].conditions == ()


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        (
            "eks",
            "create_pod_identity_association",
            {
                "clusterName": "c",
                "namespace": "n",
                "serviceAccount": "s",
                "roleArn": f"arn:aws:iam::{HOME}:role/x",
            },
        ),
        (
            "cognito-identity",
            "get_identity_pool_roles",
            {"IdentityPoolId": "eu-central-1:00000000-0000-0000-0000-000000000000"},
        ),
        (
            "iam",
            "tag_saml_provider",
            {
                "SAMLProviderArn": f"arn:aws:iam::{HOME}:saml-provider/x",
                "Tags": [{"Key": "a", "Value": "1"}],
            },
        ),
        (
            "iam",
            "add_client_id_to_open_id_connect_provider",
            {
                "OpenIDConnectProviderArn": f"arn:aws:iam::{HOME}:oidc-provider/x.example.com",
                "ClientID": "c",
            },
        ),
    ],
)
def test_what_moto_lacks_is_answered_at_once(
    people: People, service: str, operation: str, params: dict[str, Any]
) -> None:
    answer = refused(getattr(people.admin(service), operation), **params)
    # 500, 502, 503 and 504 would be repeated by SDKs and by Terraform.
    assert answer.status not in (500, 502, 503, 504)
