"""Which operation a call is, as the services' own models say."""

import pytest

from rolecall.local.authorization.operations import (
    Operation,
    is_signing_name,
    operations_of,
    protocols_of,
)
from tests.local.enforcement.direct.conftest import api_call


def names(service: str, method: str, path: str, **params: str) -> list[str]:
    found = operations_of(api_call(service, method=method, path=path, params=params))
    return [operation.name for operation in found]


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("sqs", "SendMessage"),
        ("dynamodb", "GetItem"),
        ("dynamodb", "GetRecords"),  # of the streams, which sign alike
        ("elasticloadbalancing", "DescribeInstanceHealth"),
        ("elasticloadbalancing", "DescribeRules"),
        ("states", "StartExecution"),
        ("no-such-service", "Do"),
        ("no-such-service", "D0It2"),
        ("no-such-service", "d"),
    ],
)
def test_a_protocol_that_names_the_operation(service: str, action: str) -> None:
    assert operations_of(api_call(service, action)) == [Operation(action, {})]


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("sqs", "sendMessage"),
        ("sqs", "send_message"),
        ("sqs", "GetItem"),
        ("dynamodb", "SendMessage"),
        ("no-such-service", "Do-It"),
        ("no-such-service", "Do.It"),
        ("no-such-service", "2Do"),
        ("no-such-service", "Dö"),
        ("no-such-service", "Do:It"),
        ("no-such-service", "*"),
    ],
)
def test_a_name_that_no_policy_would_know(service: str, action: str) -> None:
    assert operations_of(api_call(service, action)) == []


@pytest.mark.parametrize(
    ("service", "method", "path", "operation", "labels"),
    [
        ("lambda", "GET", "/2015-03-31/functions/f", "GetFunction", {"FunctionName": "f"}),
        ("lambda", "GET", "/2015-03-31/functions/f/", "GetFunction", {"FunctionName": "f"}),
        ("lambda", "DELETE", "/2015-03-31/functions/f", "DeleteFunction", {"FunctionName": "f"}),
        ("lambda", "GET", "/2015-03-31/functions/", "ListFunctions", {}),
        ("lambda", "GET", "/2015-03-31/functions", "ListFunctions", {}),
        ("eks", "GET", "/clusters", "ListClusters", {}),
        (
            "eks",
            "GET",
            "/clusters/a/updates/b",
            "DescribeUpdate",
            {"name": "a", "updateId": "b"},
        ),
        # Several models sign alike: any of them may have it.
        ("lex", "GET", "/bots/b/aliases", "GetBotAliases", {"botName": "b"}),
        ("ses", "GET", "/v2/email/account", "GetAccount", {}),
        # A path that says more wins: `/users/count` is no user of that name.
        ("wickr", "GET", "/networks/n/users/count", "GetUsersCount", {"networkId": "n"}),
        (
            "wickr",
            "GET",
            "/networks/n/users/u",
            "GetUser",
            {"networkId": "n", "userId": "u"},
        ),
        ("securityhub", "GET", "/automationrulesv2/list", "ListAutomationRulesV2", {}),
        # A label with a plus takes slashes.
        ("workspaces-web", "GET", "/portals/a/b", "GetPortal", {"portalArn": "a/b"}),
        (
            "workspaces-web",
            "PUT",
            "/portals/a/b/browserSettings",
            "AssociateBrowserSettings",
            {"portalArn": "a/b"},
        ),
    ],
)
def test_a_path_and_what_it_holds(
    service: str, method: str, path: str, operation: str, labels: dict[str, str]
) -> None:
    found = operations_of(api_call(service, method=method, path=path))
    assert found == [Operation(operation, labels)]


@pytest.mark.parametrize(
    ("service", "method", "path"),
    [
        ("lambda", "PATCH", "/2015-03-31/functions/f"),
        ("lambda", "GET", "/2015-03-31/functionsX"),
        ("lambda", "GET", "/x/2015-03-31/functions"),
        ("lambda", "GET", "/2015-03-31/functions/a/b"),
        ("lambda", "GET", "/2015-03-31Xfunctions"),
        ("eks", "GET", "/2015-03-31/functions"),
        ("no-such-service", "GET", "/"),
    ],
)
def test_a_path_that_is_no_operation(service: str, method: str, path: str) -> None:
    assert names(service, method, path) == []


def test_what_the_query_may_make_of_a_call_is_asked_as_well() -> None:
    """With `?find=LayerVersion` moto gets a layer; with another value it lists them all."""
    layers = "/2018-10-31/layers"
    assert names("lambda", "GET", layers) == ["ListLayers"]
    assert names("lambda", "GET", layers, Find="x") == ["ListLayers"]
    for value in ("LayerVersion", "x", ""):
        assert names("lambda", "GET", layers, find=value) == ["GetLayerVersionByArn", "ListLayers"]
    keys = "/apikeys"
    assert names("apigateway", "POST", keys) == ["CreateApiKey"]
    assert names("apigateway", "POST", keys, mode="import") == ["ImportApiKeys", "CreateApiKey"]


def test_operations_that_the_query_alone_tells_apart_are_both_asked() -> None:
    path = "/2020-05-31/tagging"
    tagging = {"TagResource", "UntagResource"}
    assert set(names("cloudfront", "POST", path, Operation="Tag")) == tagging
    assert names("cloudfront", "POST", path) == []
    assert names("cloudfront", "GET", path, Resource="r") == ["ListTagsForResource"]


def test_every_parameter_that_makes_an_operation_must_be_there() -> None:
    search = "/2013-01-01/search"
    assert names("cloudsearch", "GET", search, format="sdk", pretty="true") == []
    both = {"format": "sdk", "pretty": "true"}
    assert names("cloudsearchdomain", "GET", search, **both) == ["Search"]
    assert names("cloudsearchdomain", "GET", search, format="sdk") == []
    assert names("cloudsearchdomain", "GET", search, pretty="true") == []


@pytest.mark.parametrize(
    "raw",
    ["//clusters", "/./clusters", "/x/../clusters", "/clusters/..", "/clusters/.", "/x//clusters"],
)
def test_a_path_whose_signature_is_that_of_another(raw: str) -> None:
    """ "Create a signed AWS API request": all but S3 sign the path without `..` and `//`."""
    for path in ("/clusters", raw):
        call = api_call("workspaces-web", path=f"/portals{path}", environ={"PATH_INFO": raw})
        assert operations_of(call) == []


def test_dots_and_an_end_that_are_signed_as_they_are() -> None:
    for raw in ("/clusters/", "/clusters"):
        call = api_call("eks", path=raw, environ={"PATH_INFO": raw})
        assert [each.name for each in operations_of(call)] == ["ListClusters"]
    raw = "/clusters/..a"
    call = api_call("eks", path=raw, environ={"PATH_INFO": raw})
    assert operations_of(call) == [Operation("DescribeCluster", {"name": "..a"})]


def test_keys_of_s3_keep_their_dots() -> None:
    for raw in ("/b/a/../k", "/b/a//k", "/b/./k"):
        found = operations_of(api_call("s3", path=raw))
        assert "GetObject" in [each.name for each in found]


@pytest.mark.parametrize("slash", ["%2F", "%2f"])
def test_a_slash_that_was_sent_encoded_separates_nothing(slash: str) -> None:
    arn = "arn:aws:eks:eu-central-1:111122223333:cluster/c"
    raw = f"/tags/{arn.replace('/', slash).replace(':', '%3A')}"
    call = api_call("eks", path=f"/tags/{arn}", environ={"REQUEST_URI": f"{raw}?x=%2F"})
    assert operations_of(call) == [Operation("ListTagsForResource", {"resourceArn": arn})]
    as_it_is = api_call("eks", path=f"/tags/{arn}")
    assert operations_of(as_it_is) == []


def test_a_query_does_not_make_slashes_of_a_path() -> None:
    environ = {"REQUEST_URI": "/clusters/a?x=%2F"}
    call = api_call("eks", path="/clusters/a", environ=environ)
    assert operations_of(call) == [Operation("DescribeCluster", {"name": "a"})]


@pytest.mark.parametrize(
    ("service", "protocols"),
    [
        ("iam", {"query"}),
        ("ec2", {"ec2"}),
        ("eks", {"rest-json"}),
        ("mq", {"rest-json"}),  # its model has the older field alone
        ("s3", {"rest-xml"}),
        ("monitoring", {"smithy-rpc-v2-cbor", "json", "query"}),
        ("ses", {"rest-json", "query"}),  # two models
        ("elasticmapreduce", {"json"}),
    ],
)
def test_the_protocols_of_a_service(service: str, protocols: set[str]) -> None:
    assert protocols_of(service) == frozenset(protocols)


def test_the_protocols_of_a_service_that_is_not_known() -> None:
    assert protocols_of("no-such-service") == frozenset()


@pytest.mark.parametrize("name", ["eks", "mq", "iam", "dynamodb", "ses", "elasticloadbalancing"])
def test_a_name_that_a_service_signs_with(name: str) -> None:
    assert is_signing_name(name) is True


@pytest.mark.parametrize(
    "name", ["emr", "cloudwatch-metrics", "stepfunctions", "IAM", "iam.x", "elbv2", "sesv2", ""]
)
def test_a_name_that_no_service_signs_with(name: str) -> None:
    assert is_signing_name(name) is False
