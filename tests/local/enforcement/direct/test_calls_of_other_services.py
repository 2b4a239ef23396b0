"""Which permissions a call of another service needs, on which resource."""

import json
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.authorization.services import authorize
from rolecall.policy import IamUser
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny
from tests.local.enforcement.direct.conftest import REGION, Place, api_call, refusal, told

ME = f"arn:aws:iam::{HOME}:user/caller"
POOL = f"{REGION}:0000aaaa-12ab-34cd-56ef-1234567890ab"


def here(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{HOME}:{resource}"


def may(place: Place, call: Any, *statements: Any, **more: Any) -> bool:
    try:
        authorize(call, place.caller(*statements, **more), place.cloud)
    except AwsError as error:
        assert (error.code, error.status) == ("AccessDenied", 403)
        return False
    return True


def asks(place: Place, call: Any) -> list[str]:
    """The actions that a call needs, found by giving each one that it lacks."""
    given: list[str] = []
    while True:
        caller = place.caller(allow(["none:Nothing", *given]))
        try:
            authorize(call, caller, place.cloud)
        except AwsError as error:
            lacking = error.message.partition("perform: ")[2].partition(" ")[0]
            assert lacking not in given, error.message
            given.append(lacking)
        else:
            return sorted(given)


def sent(service: str, operation: str, body: object = None) -> Any:
    return api_call(service, operation, protocol="json", body=json.dumps(body or {}).encode())


def rest(service: str, method: str, path: str, body: object = None, **said: Any) -> Any:
    return api_call(service, method=method, path=path, body=json.dumps(body or {}).encode(), **said)


@pytest.mark.parametrize(
    ("service", "operation", "actions"),
    [
        ("ssm", "GetParameters", ["ssm:GetParameters"]),
        ("ec2", "DescribeVpcs", ["ec2:DescribeVpcs"]),
        # Services whose actions do not begin with the name that they sign with.
        ("monitoring", "PutMetricData", ["cloudwatch:PutMetricData"]),
        ("tagging", "GetResources", ["tag:GetResources"]),
        ("ses", "SendEmail", ["ses:SendEmail"]),
        # Operations made of others.
        ("dynamodb", "TransactGetItems", ["dynamodb:GetItem"]),
        (
            "dynamodb",
            "TransactWriteItems",
            [
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:PutItem",
                "dynamodb:UpdateItem",
            ],
        ),
        *(
            (
                "dynamodb",
                operation,
                [f"dynamodb:PartiQL{name}" for name in ("Delete", "Insert", "Select", "Update")],
            )
            for operation in ("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction")
        ),
        ("kms", "ReEncrypt", ["kms:ReEncryptFrom", "kms:ReEncryptTo"]),
        (
            "secretsmanager",
            "BatchGetSecretValue",
            ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"],
        ),
        ("sqs", "DeleteMessageBatch", ["sqs:DeleteMessage"]),
        ("sqs", "SendMessageBatch", ["sqs:SendMessage"]),
        ("sqs", "ChangeMessageVisibilityBatch", ["sqs:ChangeMessageVisibility"]),
        ("sns", "PublishBatch", ["sns:Publish"]),
    ],
)
def test_the_actions_of_an_operation(
    place: Place, service: str, operation: str, actions: list[str]
) -> None:
    """ "Actions, resources, and condition keys" of each service."""
    assert asks(place, api_call(service, operation)) == actions


@pytest.mark.parametrize(
    ("service", "method", "path", "actions"),
    [
        ("lambda", "GET", "/2015-03-31/functions", ["lambda:ListFunctions"]),
        ("lambda", "POST", "/2015-03-31/functions/f/invocations", ["lambda:InvokeFunction"]),
        (
            "lambda",
            "POST",
            "/2014-11-13/functions/f/invoke-async",
            ["lambda:InvokeFunction"],
        ),
        (
            "lambda",
            "POST",
            "/2021-11-15/functions/f/response-streaming-invocations",
            ["lambda:InvokeFunction"],
        ),
        (
            "lambda",
            "GET",
            "/2018-10-31/layers",
            ["lambda:GetLayerVersion", "lambda:ListLayers"],
        ),
        *(
            ("execute-api", method, "/@connections/c", ["execute-api:ManageConnections"])
            for method in ("GET", "POST", "DELETE")
        ),
        ("apigateway", "GET", "/restapis", ["apigateway:GET"]),
        ("apigateway", "DELETE", "/restapis/a", ["apigateway:DELETE"]),
        ("iotdata", "GET", "/things/t/shadow", ["iot:GetThingShadow"]),
        (
            "cloudfront",
            "POST",
            "/2020-05-31/tagging",
            ["cloudfront:TagResource", "cloudfront:UntagResource"],
        ),
    ],
)
def test_the_actions_of_a_path(
    place: Place, service: str, method: str, path: str, actions: list[str]
) -> None:
    params = {"Operation": "Tag", "find": "LayerVersion"}
    assert asks(place, rest(service, method, path, params=params)) == actions


@pytest.mark.parametrize(
    ("call", "member", "tagging"),
    [
        (
            sent("cognito-identity", "CreateIdentityPool", {"IdentityPoolTags": {"a": "1"}}),
            "cognito-identity:CreateIdentityPool",
            "cognito-identity:TagResource",
        ),
        (
            rest("eks", "POST", "/clusters", {"tags": {"a": "1"}}),
            "eks:CreateCluster",
            "eks:TagResource",
        ),
        (
            rest("eks", "POST", "/clusters/c/pod-identity-associations", {"tags": {"a": "1"}}),
            "eks:CreatePodIdentityAssociation",
            "eks:TagResource",
        ),
        (
            rest("rolesanywhere", "POST", "/profiles", {"tags": [{"key": "a"}]}),
            "rolesanywhere:CreateProfile",
            "rolesanywhere:TagResource",
        ),
        (
            rest("rolesanywhere", "POST", "/trustanchors", {"tags": [{"key": "a"}]}),
            "rolesanywhere:CreateTrustAnchor",
            "rolesanywhere:TagResource",
        ),
    ],
)
def test_tags_at_birth_need_a_permission_of_their_own(
    place: Place, call: Any, member: str, tagging: str
) -> None:
    from dataclasses import replace

    assert asks(place, call) == [member, tagging]
    for body in (b"{}", b'{"tags": {}, "IdentityPoolTags": {}}', b"[]", b'{"Tags": {"a": "1"}}'):
        assert asks(place, replace(call, body=body)) == [member]
    # The thing is not there yet, so its ARN is not known.
    of_one = allow(tagging, here(tagging.partition(":")[0], "x/*"))
    assert not may(place, call, allow(member), of_one)


def test_tags_of_an_operation_without_them(place: Place) -> None:
    call = rest("eks", "POST", "/clusters/c/node-groups", {"tags": {"a": "1"}})
    assert asks(place, call) == ["eks:CreateNodegroup"]
    query = api_call("sns", "CreateTopic", params={"tags": "x"}, body=b'{"tags": {"a": "1"}}')
    assert asks(place, query) == ["sns:CreateTopic"]


def test_an_operation_that_the_service_does_not_have(place: Place) -> None:
    for who in (place.caller(allow("*")), place.root()):
        error = refusal(authorize, sent("dynamodb", "get_item"), who, place.cloud)
        assert told(error) == (
            "UnknownOperationException",
            "The embedded AWS does not implement dynamodb:get_item.",
            400,
        )


def test_a_path_that_is_no_operation(place: Place) -> None:
    call = rest("eks", "PATCH", "/nowhere")
    error = refusal(authorize, call, place.caller(allow("*")), place.cloud)
    assert told(error) == (
        "AccessDenied",
        f"User: {ME} is not authorized to perform this operation",
        403,
    )
    assert error.reason == (
        "the embedded AWS does not know which operation of eks PATCH /nowhere is"
    )


TABLE = here("dynamodb", "table/t")
GET_ITEM = sent("dynamodb", "GetItem", {"TableName": "t"})
SCAN_INDEX = sent("dynamodb", "Scan", {"TableName": "t", "IndexName": "i"})


def test_a_resource_that_is_known(place: Place) -> None:
    assert may(place, GET_ITEM, allow("dynamodb:GetItem", TABLE))
    assert not may(place, GET_ITEM, allow("dynamodb:GetItem", f"{TABLE}2"))
    assert may(place, GET_ITEM, allow("*"), deny("dynamodb:*", f"{TABLE}2"))
    assert not may(place, GET_ITEM, allow("*"), deny("dynamodb:*", TABLE))
    error = refusal(authorize, GET_ITEM, place.caller(), place.cloud)
    assert error.message == (
        f"User: {ME} is not authorized to perform: dynamodb:GetItem on resource: {TABLE} "
        "because no identity-based policy allows the dynamodb:GetItem action"
    )


def test_a_resource_that_is_not_known(place: Place) -> None:
    assert may(place, SCAN_INDEX, allow("dynamodb:Scan"))
    assert may(place, SCAN_INDEX, allow("dynamodb:Scan", here("dynamodb", "*")))
    assert not may(place, SCAN_INDEX, allow("dynamodb:Scan", f"{TABLE}*"))
    assert not may(place, SCAN_INDEX, allow("*"), deny("dynamodb:*", f"{TABLE}2"))
    error = refusal(authorize, SCAN_INDEX, place.caller(), place.cloud)
    assert error.message.endswith(
        "dynamodb:Scan on resource: * "
        "because no identity-based policy allows the dynamodb:Scan action"
    )


def test_the_place_of_a_resource_that_is_not_known_is_that_of_its_actions(place: Place) -> None:
    metrics = api_call("monitoring", "PutMetricData")
    assert may(place, metrics, allow("cloudwatch:*", here("cloudwatch", "*")))
    assert not may(place, metrics, allow("cloudwatch:*", here("monitoring", "*")))
    elsewhere = here("cloudwatch", "*").replace(REGION, "us-east-1")
    assert not may(place, metrics, allow("cloudwatch:*", elsewhere))
    theirs = here("cloudwatch", "*").replace(HOME, OTHER)
    assert not may(place, metrics, allow("cloudwatch:*", theirs))


@pytest.mark.parametrize("call", [GET_ITEM, SCAN_INDEX])
def test_every_policy_of_the_caller_counts(place: Place, call: Any) -> None:
    whole, other = [allow("dynamodb:*")], [allow("s3:*")]
    some_table = [allow("dynamodb:*", f"{TABLE}2")]
    hidden = [allow("dynamodb:*", Condition={"Null": {"dynamodb:Select": "true"}})]
    ours = allow("dynamodb:*", Condition={"StringEquals": {"aws:RequestedRegion": REGION}})
    assert may(place, call, ours, boundary=whole, session=whole)
    assert not may(place, call, *hidden)
    for limit in (other, some_table, hidden, [*whole, deny("dynamodb:*")]):
        assert not may(place, call, *whole, boundary=limit)
        assert not may(place, call, *whole, session=limit)
        assert not may(place, call, *whole, boundary=limit, session=whole)
    theirs = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    assert not may(place, call, allow("dynamodb:*", Condition=theirs))


def test_the_calls_are_in_the_callers_account(place: Place) -> None:
    there = place.caller(allow("*"), who=IamUser(OTHER, "x"))
    for call in (GET_ITEM, SCAN_INDEX):
        authorize(call, there, place.cloud)
        authorize(call, place.root(), place.cloud)


def test_a_root_user_is_asked_nothing_that_policies_say(place: Place) -> None:
    """He may even where an ARN of the call could be read as another account's."""
    topic = api_call("sns", "Publish", params={"TopicArn": here("sns", "t")})
    authorize(topic, place.root(), place.cloud)
    other = api_call("sns", "Publish", params={"TopicArn": here("sns", "t").replace(HOME, OTHER)})
    error = refusal(authorize, other, place.root(), place.cloud)
    assert error.reason == "it is a resource of another account"


def test_labels_of_a_path_do_not_reach_another_account(place: Place) -> None:
    arn = here("eks", "cluster/c").replace(HOME, OTHER)
    raw = f"/tags/{arn.replace('/', '%2F')}"
    call = api_call("eks", path=f"/tags/{arn}", environ={"REQUEST_URI": raw})
    error = refusal(authorize, call, place.caller(allow("*")), place.cloud)
    assert error.reason == "it is a resource of another account"
