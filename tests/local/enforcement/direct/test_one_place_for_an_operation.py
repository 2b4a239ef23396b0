"""A call states its operation in one place only, or it is refused."""

from typing import Any

import pytest

from rolecall.local.authorization.one_reading import refuse_ambiguous
from tests.local.enforcement.direct.conftest import api_call, refusal, told

TARGET = {"x-amz-target": "DynamoDB_20120810.ListTables"}


def why(service: str, action: str = "", **said: Any) -> str:
    error = refusal(refuse_ambiguous, api_call(service, action, **said))
    assert told(error) == ("AccessDenied", "Access Denied", 403)
    return error.reason.removeprefix("the call is ambiguous: ")


def json_call(service: str = "dynamodb", **said: Any) -> Any:
    return api_call(service, "ListTables", protocol="json", headers=TARGET, **said)


def test_a_name_that_no_service_signs_with() -> None:
    assert why("iam.x", "CreateUser") == "AWS has no service that signs as iam.x"
    assert why("queue") == "AWS has no service that signs as queue"


@pytest.mark.parametrize("service", ["iam", "monitoring", "sns"])
def test_the_query_protocol(service: str) -> None:
    params = {"Action": "Do", "Version": "1"}
    form = {"content-type": "application/x-www-form-urlencoded"}
    call = api_call(service, "Do", params=params, headers=form, body=b"Action=Do")
    refuse_ambiguous(call)
    assert why(service, protocol="query") == "it names no Action"


def test_the_protocol_of_ec2() -> None:
    refuse_ambiguous(api_call("ec2", "DescribeVpcs", protocol="ec2", params={"Action": "x"}))
    assert why("ec2", protocol="ec2") == "it names no Action"


@pytest.mark.parametrize("protocol", ["query", "ec2"])
def test_a_service_that_does_not_speak_the_query_protocol(protocol: str) -> None:
    for service in ("dynamodb", "eks", "lambda"):
        told_why = why(service, "ListTables", protocol=protocol)
        assert told_why == f"{service} does not speak the protocol query"


@pytest.mark.parametrize(
    "kind",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        " Application/X-WWW-Form-UrlEncoded",
        "multipart/form-data; boundary=b",
        "\tMULTIPART/FORM-DATA",
    ],
)
@pytest.mark.parametrize("service", ["s3", "eks"])
def test_a_form_for_a_service_without_forms(service: str, kind: str) -> None:
    said = why(service, headers={"content-type": kind})
    assert said == "a form is no body for this service"


@pytest.mark.parametrize("kind", ["", "application/json", "text/multipart/form-data"])
def test_a_body_that_is_no_form(kind: str) -> None:
    refuse_ambiguous(api_call("eks", headers={"content-type": kind}))


@pytest.mark.parametrize("service", ["s3", "eks"])
def test_an_action_beside_the_path(service: str) -> None:
    reason = "it names an Action where its protocol does not look for one"
    assert why(service, params={"Action": ""}) == reason
    assert why(service, headers={"action": ""}) == reason
    refuse_ambiguous(api_call(service, params={"action": "x", "x": "Action"}))
    refuse_ambiguous(api_call(service, headers={"x-action": "x", "Action": "x"}))


@pytest.mark.parametrize(
    "body",
    [b"Action=x", b"a=1&Action=", b'{"x": "&Action=y&"}', b"a&Act%69on=x", b"\xff=&Action=x"],
)
def test_an_action_in_a_body_that_reads_as_a_form(body: bytes) -> None:
    reason = "its body names an Action when it is read as a form"
    assert why("eks", body=body) == reason
    error = refusal(refuse_ambiguous, json_call(body=body))
    assert error.reason == f"the call is ambiguous: {reason}"
    # moto reads bodies of S3 as objects and as XML only.
    refuse_ambiguous(api_call("s3", method="PUT", path="/b/k", body=body))


@pytest.mark.parametrize("body", [b"", b"action=x", b"Action", b"x=Action", b"xAction=1&Actions=2"])
def test_a_body_that_names_none(body: bytes) -> None:
    refuse_ambiguous(api_call("eks", body=body))


def test_a_target_belongs_to_a_post_to_the_root() -> None:
    refuse_ambiguous(json_call())
    reason = "the call is ambiguous: X-Amz-Target belongs to a POST to /"
    assert refusal(refuse_ambiguous, json_call(method="PUT")).reason == reason
    assert refusal(refuse_ambiguous, json_call(path="/x")).reason == reason


def test_a_target_for_a_service_without_targets() -> None:
    for service in ("iam", "eks", "ec2"):
        error = refusal(refuse_ambiguous, json_call(service))
        reason = f"the call is ambiguous: {service} does not speak the protocol json"
        assert error.reason == reason


def rpc(service: str, **said: Any) -> Any:
    path = f"/service/S/operation/{said.get('action', 'ListMetrics')}"
    return api_call(service, "ListMetrics", path=path, **{"protocol": "rest-json", **said})


def test_an_operation_in_the_path() -> None:
    refuse_ambiguous(rpc("monitoring"))
    for error in (
        refusal(refuse_ambiguous, rpc("monitoring", method="GET")),
        refusal(refuse_ambiguous, rpc("monitoring", headers=TARGET)),
    ):
        assert error.reason == "the call is ambiguous: an operation in the path belongs to a POST"
    for service in ("dynamodb", "eks", "sns"):
        error = refusal(refuse_ambiguous, rpc(service))
        reason = f"the call is ambiguous: {service} does not speak the protocol smithy-rpc-v2-cbor"
        assert error.reason == reason


def test_a_rest_call_by_any_method() -> None:
    for method in ("GET", "POST", "DELETE"):
        refuse_ambiguous(api_call("eks", method=method, path="/clusters", body=b'{"a": "b=c"}'))
        refuse_ambiguous(api_call("s3", method=method, path="/b/k", headers=TARGET))
