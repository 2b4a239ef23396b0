"""Where one reading of a policy ends and another begins: a row a side of each edge."""

from typing import Any

import pytest

from rolecall.policy import (
    Authorizer,
    AwsService,
    Caller,
    CompiledPolicy,
    FederatedUserSession,
    IamUser,
    PolicyDocument,
    PolicyError,
    Request,
    RoleSession,
    RootUser,
    WebIdentity,
)

HERE, THERE = "111122223333", "444455556666"
ALICE = IamUser(HERE, "alice", unique_id="AIDAEXAMPLEALICE00001")
WORKER = RoleSession(HERE, "worker", "run", role_id="AROAEXAMPLEWORKER0001")
BUCKET = "arn:aws:s3:::b"


def policy(*statements: dict[str, Any]) -> CompiledPolicy:
    return CompiledPolicy(
        PolicyDocument.parse(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", **each} for each in statements],
            }
        )
    )


def own(statement: dict[str, Any], resource: str, **context: str | tuple[str, ...]) -> bool:
    """Whether Alice's own policy, of this one statement, lets her act on the resource."""
    request = Request.build("s3:GetObject", resource, ALICE, keys(context), resource_account=HERE)
    return Authorizer(identity=[policy(statement)]).decide(request).allowed


def denied(statement: dict[str, Any], resource: str, **context: str | tuple[str, ...]) -> bool:
    """Whether this one Deny refuses what everything else allows."""
    request = Request.build("s3:GetObject", resource, ALICE, keys(context), resource_account=HERE)
    both = policy({"Resource": "*"}, {**statement, "Effect": "Deny"})
    return not Authorizer(identity=[both]).decide(request).allowed


def keys(context: dict[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    return {name.replace("__", ":"): value for name, value in context.items()}


@pytest.mark.parametrize(
    ("patterns", "resource", "matches"),
    [
        # An asterisk inside a segment stays in it, one that ends a segment may leave it.
        ("arn:aws:iam::*:role/x", "arn:aws:iam::1:2:role/x", True),
        ("arn:aws:iam::1*2:role/x", "arn:aws:iam::1:2:role/x", False),
        ("arn:aws:a*:b*-1:1:x", "arn:aws:am:be-1:1:x", True),
        ("arn:aws:a*:b*-1:1:x", "arn:aws:am:be:c-1:1:x", False),
        # The sixth part is one part, whatever colons are in it.
        ("arn:aws:logs:eu-west-1:1:group:*x", "arn:aws:logs:eu-west-1:1:group:a:x", True),
        ("arn:aws:logs:eu-west-1:1:*x", "arn:aws:logs:eu-west-1:1:group:a:x", True),
        ("arn:aws:logs:eu-west-1:*x", "arn:aws:logs:eu-west-1:1:x", False),
        ("arn:aws:s3:::b*c*e", "arn:aws:s3:::b:xcy:ze", True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/k", True),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/kk", False),
        # Names beside patterns: either will do.
        ([f"{BUCKET}/k", f"{BUCKET}/x/*"], f"{BUCKET}/k", True),
        ([f"{BUCKET}/k", f"{BUCKET}/x/*"], f"{BUCKET}/x/y", True),
        ([f"{BUCKET}/k", f"{BUCKET}/x/*"], f"{BUCKET}/y", False),
        ([f"{BUCKET}/k", f"{BUCKET}/l"], f"{BUCKET}/l", True),
        ([f"{BUCKET}/k", f"{BUCKET}/l"], f"{BUCKET}/K", False),
        ([f"{BUCKET}/x/*", f"{BUCKET}/*/y"], f"{BUCKET}/z/y", True),
        ([f"{BUCKET}/x", f"{BUCKET}/${{aws:username}}"], f"{BUCKET}/x", True),
        ([f"{BUCKET}/x", f"{BUCKET}/${{aws:username}}"], f"{BUCKET}/alice", True),
        ([f"{BUCKET}/x", f"{BUCKET}/${{aws:username}}"], f"{BUCKET}/bob", False),
        ([f"{BUCKET}/${{nobody}}/*", f"{BUCKET}/k"], f"{BUCKET}/k", True),
        ([f"{BUCKET}/${{nobody}}/*", f"{BUCKET}/${{aws:username}}"], f"{BUCKET}/alice", True),
        (f"{BUCKET}/${{nobody}}*", f"{BUCKET}/k", False),
    ],
)  # fmt: skip
def test_a_resource(patterns: str | list[str], resource: str, matches: bool) -> None:
    assert own({"Resource": patterns}, resource) is matches
    if matches:
        assert denied({"Resource": patterns}, resource)
        assert not own({"NotResource": patterns}, resource)


@pytest.mark.parametrize(
    ("patterns", "resource"),
    [
        ("arn:aws:iam::1*2:role/x", "arn:aws:iam::1:2:role/x"),
        ("arn:aws:a*:b*-1:1:x", "arn:aws:am:be:c-1:1:x"),
    ],
)
def test_in_doubt_a_deny_reaches_further(patterns: str, resource: str) -> None:
    assert denied({"Resource": patterns}, resource)
    assert not own({"NotResource": patterns}, resource)
    assert denied({"NotResource": patterns}, resource)


def test_what_is_excepted_by_a_variable_without_value() -> None:
    for patterns in ([f"{BUCKET}/${{nobody}}"], [f"{BUCKET}/x", f"{BUCKET}/${{nobody}}"]):
        # Nobody knows what is excepted: an Allow grants nothing, a Deny denies it all.
        assert not own({"NotResource": patterns}, f"{BUCKET}/k")
        assert denied({"NotResource": patterns}, f"{BUCKET}/k")
    assert not denied({"NotResource": [f"{BUCKET}/${{nobody}}", f"{BUCKET}/k"]}, f"{BUCKET}/k")


@pytest.mark.parametrize(
    ("block", "context", "matches"),
    [
        # Patterns made of variables.
        ({"StringLike": {"k": "${aws:username}*"}}, {"k": "alice-1"}, True),
        ({"StringLike": {"k": "${aws:username}*"}}, {"k": "bob"}, False),
        ({"StringLike": {"k": ["x*", "${aws:username}"]}}, {"k": "x1"}, True),
        ({"StringLike": {"k": ["x*", "${aws:username}"]}}, {"k": "alice"}, True),
        ({"StringLike": {"k": ["x*", "${nobody}"]}}, {"k": "y"}, False),
        ({"StringLike": {"k": ["${nobody}", "y*"]}}, {"k": "y"}, True),
        ({"StringEquals": {"k": ["${nobody}", "${aws:username}"]}}, {"k": "alice"}, True),
        ({"StringEquals": {"k": ["x", "${aws:username}"]}}, {"k": "x"}, True),
        ({"StringEquals": {"k": ["x", "${nobody}"]}}, {"k": "y"}, False),
        ({"StringEquals": {"k": "${a}"}}, {"k": "*", "a": "*"}, True),
        ({"StringLike": {"k": "${a}"}}, {"k": "x", "a": "*"}, False),
        ({"StringEqualsIgnoreCase": {"k": ["${nobody}", "${aws:username}"]}}, {"k": "ALICE"}, True),
        ({"StringEqualsIgnoreCase": {"k": "${nobody}"}}, {"k": "alice"}, False),
        ({"StringEqualsIgnoreCase": {"k": ["${aws:username}", "x"]}}, {"k": "y"}, False),
        ({"Bool": {"k": "${a}"}}, {"k": "true", "a": "TRUE"}, True),
        ({"Bool": {"k": "${a}"}}, {"k": "true", "a": "false"}, False),
        ({"Bool": {"k": "${nobody}"}}, {"k": "true"}, False),
        # Each of an ARN's six parts has to match its own, variables or not.
        ({"ArnLike": {"k": "arn:aws:iam::${a}:user/*"}},
         {"k": f"arn:aws:iam::{HERE}:user/x", "a": HERE}, True),
        ({"ArnLike": {"k": "arn:aws:iam::${a}:user/*"}},
         {"k": f"arn:aws:iam::{THERE}:user/x", "a": HERE}, False),
        ({"ArnLike": {"k": "arn:aws:iam::${a}:user/*"}},
         {"k": f"arn:aws:iam::{HERE}:role/x", "a": HERE}, False),
        ({"ArnLike": {"k": ["arn:aws:iam::${nobody}:user/*", "arn:aws:iam::${a}:role/*"]}},
         {"k": f"arn:aws:iam::{HERE}:role/x", "a": HERE}, True),
        ({"ArnLike": {"k": ["arn:aws:iam::1:user/*", "arn:aws:iam::2:role/*"]}},
         {"k": "arn:aws:iam::2:user/x"}, False),
        ({"ArnEquals": {"k": "arn:aws:iam::1:user/a"}}, {"k": "arn:aws:iam::1:user/a:b"}, False),
        ({"ArnLike": {"k": "arn:aws:iam::1:user/*"}}, {"k": "urn:aws:iam::1:user/a"}, False),
        ({"ArnLike": {"k": "arn:*:*:*:*:*"}}, {"k": "arn:aws:iam::1"}, False),
        # An absent key; a null key is one without a value.
        ({"Null": {"k": "true"}}, {}, True),
        ({"Null": {"k": "true"}}, {"k": ()}, True),
        ({"Null": {"k": "true"}}, {"k": ""}, False),
        ({"Null": {"k": "false"}}, {"k": "x"}, True),
        ({"Null": {"k": "false"}}, {}, False),
        ({"StringEqualsIfExists": {"k": "x"}}, {}, True),
        ({"StringEqualsIfExists": {"k": "x"}}, {"k": "y"}, False),
        ({"StringNotEquals": {"k": "x"}}, {}, True),
        ({"StringEquals": {"k": "x"}}, {"k": ()}, False),
        ({"StringNotEquals": {"k": "x"}}, {"k": ()}, True),
        # Several values.
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ("a", "b")}, True),
        ({"ForAllValues:StringEquals": {"k": ["a", "b"]}}, {"k": ("a", "c")}, False),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {"k": ("", "")}, True),
        ({"ForAllValues:StringEquals": {"k": "a"}}, {"k": ("", "b")}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ("a", "c")}, True),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {"k": ("b", "c")}, False),
        ({"ForAnyValue:StringEquals": {"k": "a"}}, {}, False),
        ({"ForAnyValue:StringEqualsIfExists": {"k": "a"}}, {}, False),
        ({"ForAnyValue:StringNotEquals": {"k": "a"}}, {"k": ("a",)}, False),
        ({"ForAnyValue:StringNotEquals": {"k": "a"}}, {"k": ("a", "b")}, True),
        ({"StringEquals": {"k": "a"}}, {"k": ("a",)}, False),
        # Addresses and their networks.
        ({"IpAddress": {"k": "203.0.113.0/24"}}, {"k": "203.0.113.255"}, True),
        ({"IpAddress": {"k": "203.0.113.0/24"}}, {"k": "203.0.114.0"}, False),
        ({"IpAddress": {"k": "0.0.0.0/0"}}, {"k": "::1"}, False),
        ({"IpAddress": {"k": "::/0"}}, {"k": "203.0.113.1"}, False),
        ({"IpAddress": {"k": ["::/0", "203.0.113.0/24"]}}, {"k": "203.0.113.1"}, True),
        ({"NotIpAddress": {"k": "::/0"}}, {"k": "203.0.113.1"}, True),
        # Numbers and dates at their limits.
        ({"NumericLessThan": {"k": "10"}}, {"k": "9.99"}, True),
        ({"NumericLessThan": {"k": "10"}}, {"k": "10.0"}, False),
        ({"NumericLessThanEquals": {"k": "10"}}, {"k": "10.00"}, True),
        ({"NumericGreaterThan": {"k": "10"}}, {"k": "10"}, False),
        ({"NumericGreaterThanEquals": {"k": "10"}}, {"k": "10"}, True),
        ({"NumericEquals": {"k": ["1", "2"]}}, {"k": "2.0"}, True),
        ({"NumericNotEquals": {"k": ["1", "2"]}}, {"k": "2"}, False),
        ({"DateGreaterThan": {"k": "2030-01-01"}}, {"k": "2030-01-01T00:00:00.1Z"}, True),
        ({"DateGreaterThan": {"k": "2030-01-01"}}, {"k": "2030-01-01T01:00:00+01:00"}, False),
        ({"BinaryEquals": {"k": ["YQ==", "Yg=="]}}, {"k": "Yg=="}, True),
        ({"BinaryEquals": {"k": "YQ=="}}, {"k": "Yg=="}, False),
    ],
)  # fmt: skip
def test_a_condition(
    block: dict[str, Any], context: dict[str, str | tuple[str, ...]], matches: bool
) -> None:
    assert own({"Resource": "*", "Condition": block}, BUCKET, **context) is matches
    if matches:
        assert denied({"Resource": "*", "Condition": block}, BUCKET, **context)


@pytest.mark.parametrize(
    ("block", "context"),
    [
        # Equal in capitals only, or in small letters only: AWS does not say how it folds.
        ({"StringEqualsIgnoreCase": {"k": "straße"}}, {"k": "STRASSE"}),
        ({"StringNotEqualsIgnoreCase": {"k": "straße"}}, {"k": "STRASSE"}),
        ({"StringEqualsIgnoreCase": {"k": "ok"}}, {"k": "o\u212a"}),
        ({"StringNotEqualsIgnoreCase": {"k": "ok"}}, {"k": "o\u212a"}),
        ({"StringEqualsIgnoreCase": {"k": ["x", "${a}"]}}, {"k": "STRASSE", "a": "straße"}),
        ({"StringNotEqualsIgnoreCase": {"k": ["${a}", "x"]}}, {"k": "STRASSE", "a": "straße"}),
        ({"StringNotEqualsIgnoreCase": {"k": ["${a}", "${b}"]}},
         {"k": "o\u212a", "a": "ok", "b": "x"}),
        # Not of the operator's type.
        ({"NumericLessThan": {"k": "10"}}, {"k": "few"}),
        ({"NumericNotEquals": {"k": "10"}}, {"k": "few"}),
        ({"DateLessThan": {"k": "2030-01-01"}}, {"k": "soon"}),
        ({"Bool": {"k": "true"}}, {"k": "yes"}),
        ({"IpAddress": {"k": "203.0.113.0/24"}}, {"k": "home"}),
        ({"NotIpAddress": {"k": "203.0.113.0/24"}}, {"k": "home"}),
        ({"BinaryEquals": {"k": "YQ=="}}, {"k": "%"}),
        ({"ArnLike": {"k": "arn:aws:iam::1:user/*"}}, {"k": "alice"}),
        ({"ArnNotLike": {"k": "arn:aws:iam::1:user/*"}}, {"k": "alice"}),
        # A pattern that is no ARN's.
        ({"ArnLike": {"k": "*"}}, {"k": "arn:aws:iam::1:user/a"}),
        ({"ArnNotLike": {"k": "*"}}, {"k": "arn:aws:iam::1:user/a"}),
        ({"ArnNotLike": {"k": ["arn:aws:iam::2:user/*", "${a}"]}},
         {"k": "arn:aws:iam::1:user/a", "a": "*"}),
        # One of several values, asked by a plain operator, would make it.
        ({"StringEquals": {"k": "a"}}, {"k": ("b", "a")}),
        ({"ForAnyValue:StringEqualsIfExists": {"k": "a"}}, {}),
        ({"ForAnyValue:NumericLessThan": {"k": "10"}}, {"k": ("few",)}),
        ({"ForAllValues:NumericLessThan": {"k": "10"}}, {"k": ("few", "1")}),
        ({"ForAnyValue:NumericNotEquals": {"k": "10"}}, {"k": ("few", "10")}),
    ],
)  # fmt: skip
def test_where_it_is_not_sure_an_allow_does_not_apply_and_a_deny_does(
    block: dict[str, Any], context: dict[str, str | tuple[str, ...]]
) -> None:
    assert not own({"Resource": "*", "Condition": block}, BUCKET, **context)
    assert denied({"Resource": "*", "Condition": block}, BUCKET, **context)


EC2, GOOGLE = AwsService("ec2.amazonaws.com"), WebIdentity("accounts.google.com")


@pytest.mark.parametrize(
    ("principal", "caller", "context", "means"),
    [
        ("*", GOOGLE, {}, True),
        ({"AWS": "*"}, EC2, {}, True),
        ({"AWS": HERE}, ALICE, {}, True),
        ({"AWS": THERE}, ALICE, {}, False),
        ({"AWS": ALICE.unique_id}, ALICE, {}, True),
        ({"AWS": WORKER.role_arn}, WORKER, {}, True),
        ({"AWS": WORKER.arn}, WORKER, {}, True),
        ({"AWS": WORKER.role_id}, WORKER, {}, True),
        ({"AWS": f"arn:aws:iam::{HERE}:root"}, RootUser(HERE), {}, True),
        ({"Service": EC2.host}, EC2, {}, True),
        ({"Service": "lambda.amazonaws.com"}, EC2, {}, False),
        ({"Federated": GOOGLE.provider}, GOOGLE, {}, True),
        ({"Federated": "gitlab.com"}, GOOGLE, {}, False),
        ({"Federated": "gitlab.com"}, WORKER, {"aws:FederatedProvider": "gitlab.com"}, True),
        ({"Federated": "gitlab.com"}, WORKER, {"aws:FederatedProvider": "x.com"}, False),
        ({"Federated": "gitlab.com"}, WORKER, {}, False),
        # Whose a canonical user id is, is not known: that of any account's caller.
        ({"CanonicalUser": "79a5"}, ALICE, {}, True),
        ({"CanonicalUser": "79a5"}, EC2, {}, False),
        ({"CanonicalUser": "79a5"}, GOOGLE, {}, False),
        ({"Federated": "gitlab.com", "AWS": THERE}, ALICE, {}, False),
    ],
)  # fmt: skip
def test_whom_a_deny_means(
    principal: object, caller: Caller, context: dict[str, str], means: bool
) -> None:
    resource = policy(
        {"Principal": {"AWS": "*", "Federated": GOOGLE.provider}, "Resource": "*"},
        {"Effect": "Deny", "Principal": principal, "Resource": "*"},
    )
    request = Request.build("s3:GetObject", BUCKET, caller, context, resource_account=HERE)
    allowed = Authorizer(identity=[policy({"Resource": "*"})], resource=resource).decide(request)
    assert allowed.allowed is not means


@pytest.mark.parametrize(
    ("principal", "caller", "own_allows", "own_account", "granted"),
    [
        # Named himself: the same account asks for nothing more, another one does.
        ({"AWS": ALICE.arn}, ALICE, False, HERE, True),
        ({"AWS": ALICE.arn}, ALICE, False, THERE, False),
        ({"AWS": ALICE.arn}, ALICE, True, THERE, True),
        ({"AWS": HERE}, ALICE, False, HERE, False),
        ({"AWS": HERE}, ALICE, True, HERE, True),
        ({"AWS": THERE}, ALICE, True, THERE, False),
        ({"AWS": THERE}, ALICE, True, HERE, True),
        ({"AWS": WORKER.role_arn}, WORKER, False, HERE, True),
        ({"AWS": WORKER.arn}, WORKER, False, HERE, True),
        ({"AWS": WORKER.arn}, WORKER, False, THERE, False),
        ("*", WORKER, False, HERE, True),
        ("*", WORKER, False, THERE, False),
        ("*", EC2, False, THERE, True),
        ({"AWS": HERE}, EC2, True, HERE, False),
        ({"AWS": HERE}, RootUser(HERE), False, THERE, True),
        ({"AWS": THERE}, RootUser(HERE), False, THERE, False),
        ({"AWS": THERE}, RootUser(HERE), False, HERE, True),
        ({"Federated": "gitlab.com"}, GOOGLE, True, HERE, False),
        ({"CanonicalUser": "79a5"}, ALICE, False, HERE, False),
        ({"AWS": f"arn:aws:sts::{HERE}:federated-user/carol"},
         FederatedUserSession(HERE, "carol"), False, HERE, True),
    ],
)  # fmt: skip
def test_what_a_resources_policy_grants(
    principal: object, caller: Caller, own_allows: bool, own_account: str, granted: bool
) -> None:
    resource = policy({"Principal": principal, "Resource": "*"})
    identity = [policy({"Resource": "*"})] if own_allows else []
    request = Request.build("s3:GetObject", BUCKET, caller, resource_account=own_account)
    assert Authorizer(identity=identity, resource=resource).decide(request).allowed is granted


def test_the_account_of_a_resource_is_read_from_its_arn() -> None:
    for arn, account in (
        (f"arn:aws:lambda:eu-west-1:{HERE}:function:f:7", HERE),
        (f"arn:aws:iam::{HERE}:role/x", HERE),
        ("arn:aws:s3:::b", ""),
        (f"urn:aws:iam::{HERE}:role/x", ""),
        (f"arn:aws:iam::{HERE}", ""),
    ):
        assert Request.build("x:Y", arn, ALICE).resource_account == account


@pytest.mark.parametrize(
    ("element", "action", "matches"),
    [
        ({"Action": "*"}, "s3:GetObject", True),
        ({"Action": "s3:*"}, "s3:GetObject", True),
        ({"Action": "s3:*"}, "s3express:CreateSession", False),
        ({"Action": "S3:getobject"}, "s3:GetObject", True),
        ({"Action": ["sts:*", "s3:Put*"]}, "s3:GetObject", False),
        ({"Action": ["s3:GetObject", "s3:Put*"]}, "s3:GetObject", True),
        ({"Action": ["s3:GetObject", "s3:Put*"]}, "s3:PutObject", True),
        ({"Action": ["s3:Put*", "s3:Get*"]}, "s3:GetObject", True),
        ({"Action": ["s3:GetObject", "s3:PutObject"]}, "s3:PutObject", True),
        ({"Action": "s?:GetObject"}, "s3:GetObject", True),
        ({"Action": "s*:GetObject"}, "s3:GetObject", True),
        ({"Action": "s3:Get?bject"}, "s3:GetObject", True),
        ({"Action": "s3:a:*"}, "s3:a:b", True),
        ({"NotAction": "*"}, "s3:GetObject", False),
        ({"NotAction": ["*", "s3:GetObject"]}, "s3:GetObject", False),
        ({"NotAction": "s3:*"}, "s3:GetObject", False),
        ({"NotAction": "S3:GetObject"}, "s3:getobject", False),
        ({"NotAction": "s3:PutObject"}, "s3:GetObject", True),
        ({"NotAction": ["s3:Put*", "s?:Get*"]}, "s3:GetObject", False),
    ],
)  # fmt: skip
def test_an_action(element: dict[str, Any], action: str, matches: bool) -> None:
    def decide(*statements: dict[str, Any]) -> bool:
        document = PolicyDocument.parse({"Version": "2012-10-17", "Statement": [*statements]})
        request = Request.build(action, BUCKET, ALICE, resource_account=HERE)
        return Authorizer(identity=[CompiledPolicy(document)]).decide(request).allowed

    assert decide({"Effect": "Allow", "Resource": "*", **element}) is matches
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert decide(everything, {"Effect": "Deny", "Resource": "*", **element}) is not matches


@pytest.mark.parametrize("action", ["s3", "s3:", ":Get", "s3: Get", "s3:Get Object", "**", "", " "])
def test_what_is_no_action(action: str) -> None:
    for element in ("Action", "NotAction"):
        with pytest.raises(PolicyError, match=r"is not an action|empty string"):
            PolicyDocument.parse({"Statement": {"Effect": "Allow", element: action}})


def test_everything_and_nothing_among_resources() -> None:
    for star in ("*", ["*", BUCKET]):
        assert own({"Resource": star}, "arn:aws:sqs:eu-west-1:1:q")
        assert denied({"Resource": star}, "arn:aws:sqs:eu-west-1:1:q")
        assert not own({"NotResource": star}, "arn:aws:sqs:eu-west-1:1:q")
        assert not denied({"NotResource": star}, "arn:aws:sqs:eu-west-1:1:q")


@pytest.mark.parametrize(
    ("listed", "caller", "exempt"),
    [
        ([HERE, ALICE.arn], ALICE, True),
        ([f"arn:aws:iam::{HERE}:root", ALICE.unique_id], ALICE, True),
        ([ALICE.arn], ALICE, False),
        ([HERE], ALICE, False),
        ([THERE, ALICE.arn], ALICE, False),
        ([HERE, WORKER.role_arn, WORKER.arn], WORKER, True),
        ([HERE, WORKER.role_arn], WORKER, False),
        ([HERE, WORKER.arn], WORKER, False),
        (["arn:aws-cn:iam::111122223333:root", "arn:aws-cn:iam::111122223333:user/li"],
         IamUser(HERE, "li", partition="aws-cn"), True),
        (["arn:aws:iam::111122223333:root", "arn:aws-cn:iam::111122223333:user/li"],
         IamUser(HERE, "li", partition="aws-cn"), False),
        ([HERE], RootUser(HERE), True),
        ([HERE, f"arn:aws:sts::{HERE}:federated-user/carol"],
         FederatedUserSession(HERE, "carol"), True),
    ],
)  # fmt: skip
def test_whom_a_deny_exempts(listed: list[str], caller: Caller, exempt: bool) -> None:
    resource = policy(
        {"Principal": "*", "Resource": "*"},
        {"Effect": "Deny", "NotPrincipal": {"AWS": listed}, "Resource": "*"},
    )
    request = Request.build("s3:GetObject", BUCKET, caller, resource_account=HERE)
    everything = policy({"Resource": "*"})
    assert Authorizer(identity=[everything], resource=resource).decide(request).allowed is exempt
    # A boundary makes any such Deny mean its holder.
    bounded = Authorizer(identity=[everything], resource=resource, boundary=everything)
    assert not bounded.decide(request).allowed


def test_several_values_are_kept_as_they_were_given() -> None:
    values = ["a", "b"]
    request = Request.build("s3:GetObject", BUCKET, ALICE, {"AWS:TagKeys": values})  # type: ignore[dict-item]
    values.clear()
    assert request.context["aws:tagkeys"] == ("a", "b")
