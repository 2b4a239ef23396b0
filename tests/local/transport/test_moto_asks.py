"""Where moto looks for an operation and its parameters: nowhere but where it was authorized."""

from typing import Any

import pytest
from moto.core.responses import BaseResponse
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from rolecall.local import backend, moto_guard


@pytest.fixture(autouse=True)
def guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard is installed once more, over a moto that would decide; gone after the test."""
    backend.configure()
    for name in ("_get_action", "_get_param"):
        monkeypatch.setattr(BaseResponse, name, getattr(BaseResponse, name))
    monkeypatch.setattr(FakeBucket, "get_permission", lambda *_: PermissionResult.DENIED)
    moto_guard.install()


def response(**facts: Any) -> Any:
    """One of moto's, with what a request would have left in it."""
    made: Any = BaseResponse.__new__(BaseResponse)
    made.automated_parameter_parsing = False
    made.headers, made.querystring, made.body, made.uri_match = {}, {}, None, None
    made.normalized_request = "the request"
    for name, value in facts.items():
        setattr(made, name, value)
    return made


ELSEWHERE: dict[str, Any] = {
    "querystring": {"Action": ["DeleteUser"]},
    "body": '{"Action": "DeleteUser"}',
}


def test_the_variable_is_the_header() -> None:
    assert moto_guard.ACTION == "HTTP_X_ROLECALL_ACTION"


def test_an_operation_is_the_one_that_was_authorized() -> None:
    headers = {"X-Rolecall-Action": "GetUser", "X-Amz-Target": "IAM.DeleteUser"}
    assert response(headers=headers, **ELSEWHERE)._get_action() == "GetUser"


def test_of_a_rest_call_it_is_in_method_and_path(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def routed(_response: Any, request: Any) -> str:
        asked.append(request)
        return "ListFunctions"

    monkeypatch.setattr(BaseResponse, "_get_action_from_method_and_request_uri", routed)
    headers = {"X-Rolecall-Action": "", "X-Amz-Target": "IAM.DeleteUser"}
    assert response(headers=headers, **ELSEWHERE)._get_action() == "ListFunctions"
    assert asked == ["the request"]


def test_moto_may_ask_itself() -> None:
    assert response(**ELSEWHERE)._get_action() == "DeleteUser"
    assert response(headers={"X-Amz-Target": "IAM.GetUser"})._get_action() == "GetUser"


def test_a_name_in_the_path_is_the_name() -> None:
    made = response(
        uri_match={"Name": "in-path"},
        querystring={"Name": ["in-query"], "Other": ["1"]},
        body='{"Name": "in-body", "More": "2"}',
    )
    assert made._get_param("Name") == "in-path"
    assert made._get_param("Other") == "1"
    assert made._get_param("More") == "2"
    assert made._get_param("None") is None
    assert made._get_param("None", "else") == "else"
    for without in (dict[str, str](), None):
        made.uri_match = without
        assert made._get_param("Name") == "in-query"
    del made.uri_match
    assert made._get_param("Name") == "in-query"


def test_where_moto_parses_parameters_itself_it_does_so() -> None:
    made = response(automated_parameter_parsing=True, uri_match={"Name": "in-path"})
    made.params = {"Name": "parsed"}
    assert made._get_param("Name") == "parsed"


def test_moto_decides_nothing_about_buckets() -> None:
    bucket: Any = FakeBucket.__new__(FakeBucket)
    bucket.policy = b'{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'
    for action, resource in (("s3:GetObject", "arn:aws:s3:::b/k"), ("", "")):
        assert bucket.get_permission(action, resource) == PermissionResult.PERMITTED
