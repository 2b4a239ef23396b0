"""A refusal in the words of AWS and in the codes of the service that was called."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.authorization.decide import cause, decide_with_resource_policy, denied, require
from rolecall.local.authorization.errors import in_protocol
from rolecall.policy import Authorizer, Decision, IamUser, Request, Verdict
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny
from tests.local.enforcement.direct.conftest import Place, api_call, compiled, refusal, told

ME = f"arn:aws:iam::{HOME}:user/caller"
THING = "arn:aws:s3:::b/k"


@pytest.mark.parametrize(
    ("service", "protocol", "code", "status"),
    [
        ("iam", "query", "AccessDenied", 403),
        ("route53", "rest-xml", "AccessDenied", 403),
        ("dynamodb", "json", "AccessDeniedException", 400),
        ("eks", "rest-json", "AccessDeniedException", 403),
    ],
)
def test_access_denied_in_each_protocol(
    service: str, protocol: str, code: str, status: int
) -> None:
    made = in_protocol(
        AwsError("AccessDenied", "why", 403, "reason"), api_call(service, protocol=protocol)
    )
    assert told(made) == (code, "why", status)
    assert made.reason == "reason"


def test_access_denied_of_s3_and_of_ec2() -> None:
    error = AwsError("AccessDenied", "why", 403, "reason")
    s3 = in_protocol(error, api_call("s3"))
    assert (told(s3), s3.reason) == (("AccessDenied", "Access Denied", 403), "reason")
    ec2 = in_protocol(error, api_call("ec2", protocol="ec2"))
    message = "You are not authorized to perform this operation. why"
    assert (told(ec2), ec2.reason) == (("UnauthorizedOperation", message, 403), "reason")


@pytest.mark.parametrize(
    ("service", "protocol", "code", "status"),
    [
        ("iam", "query", "InvalidClientTokenId", 403),
        ("s3", "rest-xml", "InvalidClientTokenId", 403),
        ("ec2", "ec2", "InvalidClientTokenId", 403),
        ("dynamodb", "json", "UnrecognizedClientException", 400),
        ("eks", "rest-json", "UnrecognizedClientException", 403),
    ],
)
def test_dead_credentials_in_each_protocol(
    service: str, protocol: str, code: str, status: int
) -> None:
    error = AwsError("InvalidClientTokenId", "why", 403, "reason")
    assert told(in_protocol(error, api_call(service, protocol=protocol))) == (code, "why", status)


@pytest.mark.parametrize(
    ("service", "protocol"),
    [("s3", "rest-xml"), ("ec2", "ec2"), ("dynamodb", "json"), ("eks", "rest-json")],
)
def test_another_code_is_left_as_it_is(service: str, protocol: str) -> None:
    error = AwsError("MalformedPolicy", "why", 409, "reason")
    made = in_protocol(error, api_call(service, protocol=protocol))
    assert (told(made), made.reason) == (("MalformedPolicy", "why", 409), "reason")


def decided(
    *, identity: Any = (), resource: Any = None, boundary: Any = None, session: Any = None
) -> Decision:
    request = Request.build(
        "s3:GetObject", THING, IamUser(HOME, "caller"), {}, resource_account=HOME
    )
    return Authorizer(
        identity=[compiled(*identity)] if identity else [],
        resource=compiled(*resource) if resource else None,
        boundary=compiled(*boundary) if boundary else None,
        session=[compiled(*session)] if session else None,
    ).decide(request)


ANY, OTHER_ACTION = allow("*"), allow("s3:PutObject")
EVERYBODY = {"Principal": "*"}


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({}, "because no identity-based policy allows the s3:GetObject action"),
        (
            {"identity": [ANY], "boundary": [OTHER_ACTION]},
            "because no permissions boundary allows the s3:GetObject action",
        ),
        (
            {"identity": [ANY], "session": [OTHER_ACTION]},
            "because no session policy allows the s3:GetObject action",
        ),
        ({"identity": [deny("*")]}, "with an explicit deny in an identity-based policy"),
        (
            {"identity": [ANY], "boundary": [deny("*")]},
            "with an explicit deny in a permissions boundary",
        ),
        ({"identity": [ANY], "session": [deny("*")]}, "with an explicit deny in a session policy"),
        (
            {"identity": [ANY], "resource": [deny("*", THING, **EVERYBODY)]},
            "with an explicit deny in a resource-based policy",
        ),
    ],
)
def test_aws_words_for_a_refusal(decision: dict[str, Any], words: str) -> None:
    """ "Troubleshoot access denied (403 Forbidden) error messages"."""
    assert cause("s3:GetObject", decided(**decision)) == words


def test_aws_words_where_another_account_has_not_let_the_caller_in(place: Place) -> None:
    caller = place.caller(allow("*"))
    request = Request.build("s3:GetObject", THING, caller.caller, {}, resource_account=OTHER)
    theirs = compiled(allow("s3:PutObject", THING, **EVERYBODY))
    decision = decide_with_resource_policy(place.cloud, caller, request, theirs)
    assert decision.verdict is Verdict.IMPLICIT_DENY
    error = denied(caller, "s3:GetObject", THING, decision)
    assert told(error) == (
        "AccessDenied",
        f"User: {ME} is not authorized to perform: s3:GetObject on resource: {THING} "
        "because no resource-based policy allows the s3:GetObject action",
        403,
    )
    assert error.reason == decision.explain()
    assert "resource" in error.reason


def test_a_permission_that_is_there(place: Place) -> None:
    some = place.caller(
        allow("iam:GetUser", ME, Condition={"StringEquals": {"aws:a": "1"}}),
        boundary=[allow("iam:*")],
        session=[allow("iam:GetUser")],
    )
    require(place.cloud, some, "iam:GetUser", ME, {"aws:a": "1"})
    for action, resource, facts in (
        ("iam:GetUser", ME, {"aws:a": "2"}),
        ("iam:GetUser", f"{ME}x", {"aws:a": "1"}),
        ("iam:GetRole", ME, {"aws:a": "1"}),
    ):
        assert refusal(require, place.cloud, some, action, resource, facts).status == 403


@pytest.mark.parametrize(
    ("policies", "because"),
    [
        ({}, "because no identity-based policy allows the iam:GetUser action"),
        (
            {"boundary": [allow("s3:*")]},
            "because no permissions boundary allows the iam:GetUser action",
        ),
        ({"session": [allow("s3:*")]}, "because no session policy allows the iam:GetUser action"),
    ],
)
def test_each_policy_of_the_caller_counts(
    place: Place, policies: dict[str, Any], because: str
) -> None:
    caller = place.caller(*([allow("*")] if policies else []), **policies)
    error = refusal(require, place.cloud, caller, "iam:GetUser", ME, {})
    assert told(error) == (
        "AccessDenied",
        f"User: {ME} is not authorized to perform: iam:GetUser on resource: {ME} {because}",
        403,
    )
    request = Request.build("iam:GetUser", ME, caller.caller, {})
    assert not decide_with_resource_policy(place.cloud, caller, request, None).allowed


def test_the_name_that_aws_shows_for_a_resource(place: Place) -> None:
    with pytest.raises(AwsError, match=r"on resource: user caller because no"):
        require(place.cloud, place.caller(), "iam:GetUser", ME, {}, shown="user caller")


def test_the_account_of_a_resource_is_where_the_call_acts(place: Place) -> None:
    theirs = f"arn:aws:iam::{OTHER}:user/x"
    caller = place.caller(allow("*"))
    require(place.cloud, caller, "iam:GetUser", theirs, {}, resource_account=HOME)
    assert refusal(require, place.cloud, caller, "iam:GetUser", theirs, {}).code == "AccessDenied"


def test_a_policy_of_the_resource_lets_its_own_account_in(place: Place) -> None:
    caller = place.caller(boundary=[allow("s3:*")], session=[allow("s3:*")])
    request = Request.build("s3:GetObject", THING, caller.caller, {}, resource_account=HOME)
    open_to_me = compiled(allow("s3:GetObject", THING, Principal={"AWS": ME}))
    assert decide_with_resource_policy(place.cloud, caller, request, open_to_me).allowed
    assert not decide_with_resource_policy(place.cloud, caller, request, None).allowed
