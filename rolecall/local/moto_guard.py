"""moto does what was authorized, and nothing else.

moto looks for the operation in many places: in `Action` parameters of any query string,
of a form, of a JSON body that happens to hold `&Action=…&`, even in a header. For a
call that states its operation elsewhere those would win, so a call that was authorized
as one operation could run as another. The same goes for a resource's name in the path
against a query parameter of that name. Both questions are answered here instead.

And moto refuses what a Deny in a bucket policy names, whoever is meant and under
whatever condition. Bucket policies were decided before a call comes here.
"""

from typing import Any

#: WSGI variable (a header to moto) with the operation that was authorized; '' for REST.
ACTION = "HTTP_X_ROLECALL_ACTION"
_HEADER = "X-Rolecall-Action"


def install() -> None:
    """Replace moto's look-ups for this process."""
    from moto.core.responses import BaseResponse
    from moto.iam.access_control import PermissionResult
    from moto.s3.models import FakeBucket

    response_class: Any = BaseResponse
    original_param = response_class._get_param

    def get_action(response: Any) -> Any:
        stated = response.headers.get(_HEADER)
        if stated is None:
            # moto calling itself, without a request of ours.
            return original_action(response)
        if stated:
            return stated
        return response._get_action_from_method_and_request_uri(response.normalized_request)

    def get_param(response: Any, param_name: str, if_none: Any = None) -> Any:
        in_path = getattr(response, "uri_match", None) or {}
        if not response.automated_parameter_parsing and param_name in in_path:
            return in_path[param_name]
        return original_param(response, param_name, if_none)

    original_action = response_class._get_action
    response_class._get_action = get_action
    response_class._get_param = get_param
    bucket_class: Any = FakeBucket
    bucket_class.get_permission = lambda _bucket, _action, _resource: PermissionResult.PERMITTED
