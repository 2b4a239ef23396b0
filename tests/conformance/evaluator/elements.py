"""Action, NotAction, Resource, NotResource and Effect."""

from tests.conformance.evaluator.case import (
    ALLOW,
    EXPLICIT,
    IMPLICIT,
    Case,
    Json,
    allow,
    deny,
)

_ACTION = "IAM JSON policy elements: Action"
_NOT_ACTION = "IAM JSON policy elements: NotAction"
_RESOURCE = "IAM JSON policy elements: Resource"
_NOT_RESOURCE = "IAM JSON policy elements: NotResource"
_EFFECT = "The difference between explicit and implicit denies"


def action(says: str, pattern: object, called: str, allowed: bool) -> Case:
    return Case(
        _ACTION,
        says,
        ALLOW if allowed else IMPLICIT,
        identity=[allow(Action=pattern)],
        action=called,
    )


def resource(says: str, pattern: object, target: str, allowed: bool) -> Case:
    return Case(
        _RESOURCE,
        says,
        ALLOW if allowed else IMPLICIT,
        identity=[allow(Resource=pattern)],
        target=target,
    )


def not_action(says: str, called: str, allowed: bool) -> Case:
    statement: Json = {"Effect": "Allow", "NotAction": ["iam:*", "sts:AssumeRole"], "Resource": "*"}
    return Case(
        _NOT_ACTION, says, ALLOW if allowed else IMPLICIT, identity=[statement], action=called
    )


def not_resource(says: str, target: str, effect: str, verdict: object) -> Case:
    statement: Json = {
        "Effect": effect,
        "Action": "s3:*",
        "NotResource": ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
    }
    first = [] if effect == "Allow" else [allow()]
    return Case(_NOT_RESOURCE, says, verdict, identity=[*first, statement], target=target)  # type: ignore[arg-type]


BUCKET = "arn:aws:s3:::bucket"
CASES: list[Case] = [
    action("the action itself", "s3:GetObject", "s3:GetObject", True),
    action("another action", "s3:GetObject", "s3:PutObject", False),
    action("another service", "s3:GetObject", "sns:GetObject", False),
    action("prefix and name are case-insensitive", "S3:getOBJECT", "s3:GetObject", True),
    action("an asterisk in the name", "iam:*AccessKey*", "iam:CreateAccessKey", True),
    action("an asterisk in the name, another", "iam:*AccessKey*", "iam:CreateUser", False),
    action("an asterisk and case", "S3:GET*", "s3:GetObject", True),
    action("a question mark", "s3:?etObject", "s3:GetObject", True),
    action("a wildcard in the service", "s?:Get*", "s3:GetObject", True),
    action("wildcards of two services", ["sns:*", "s3:Get*"], "s3:GetObject", True),
    action("a wildcard of another service", "sns:*", "s3:GetObject", False),
    action("the whole service", "s3:*", "s3:PutObject", True),
    action("everything", "*", "anything:AtAll", True),
    action("a list", ["sns:Publish", "s3:GetObject"], "s3:GetObject", True),
    action("no prefix match", "sts:AssumeRole", "sts:AssumeRoleWithSAML", False),
    not_action("an action that is not listed", "s3:GetObject", True),
    not_action("an action that is listed", "sts:AssumeRole", False),
    not_action("an action that a wildcard lists", "iam:CreateUser", False),
    not_action("listed ignoring case", "STS:assumerole", False),
    Case(_NOT_ACTION, "with Deny: everything but the listed", EXPLICIT,
         identity=[allow(), {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}]),
    Case(_NOT_ACTION, "with Deny: the listed stays allowed", ALLOW,
         identity=[allow(), {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"}],
         action="iam:GetUser"),
    resource("the resource itself", BUCKET, BUCKET, True),
    resource("case-sensitive", BUCKET, "arn:aws:s3:::Bucket", False),
    resource("another", BUCKET, "arn:aws:s3:::bucket2", False),
    resource("not what is inside", BUCKET, "arn:aws:s3:::bucket/key", False),
    resource("an asterisk at the end", "arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a/b", True),
    resource("an asterisk in the middle", "arn:aws:s3:::bucket/*/x", "arn:aws:s3:::bucket/a/b/x",
             True),
    resource("a question mark", "arn:aws:s3:::bucket?", "arn:aws:s3:::bucket2", True),
    resource("several wildcards", "arn:aws:iam::*:role/*-deployer",
             "arn:aws:iam::444455556666:role/tes-deployer", True),
    resource("a wildcard for the region", "arn:aws:sns:*:111122223333:topic",
             "arn:aws:sns:eu-west-1:111122223333:topic", True),
    resource("an asterisk that ends a segment can expand beyond the colon", "arn:aws:s3*",
             BUCKET, True),
    resource("an asterisk inside a segment stays there", "arn:aws:*sns:topic",
             "arn:aws:sns:eu-west-1:sns:topic", False),
    Case(_RESOURCE, "in a Deny, an asterisk inside a segment is read widely", EXPLICIT,
         identity=[allow(), deny(Resource="arn:aws:*sns:topic")],
         target="arn:aws:sns:eu-west-1:sns:topic"),
    resource("everything", "*", BUCKET, True),
    resource("a list", ["arn:aws:s3:::a", BUCKET], BUCKET, True),
    not_resource("Allow: what is not listed", "arn:aws:s3:::other", "Allow", ALLOW),
    not_resource("Allow: what is listed", BUCKET, "Allow", IMPLICIT),
    not_resource("Allow: what a wildcard lists", "arn:aws:s3:::bucket/x", "Allow", IMPLICIT),
    not_resource("Deny: what is not listed", "arn:aws:s3:::other", "Deny", EXPLICIT),
    not_resource("Deny: what is listed", "arn:aws:s3:::bucket/x", "Deny", ALLOW),
    Case(_EFFECT, "nothing applies: implicitly denied", IMPLICIT, identity=[allow(Action="sns:*")]),
    Case(_EFFECT, "no policy at all: implicitly denied", IMPLICIT),
    Case(_EFFECT, "an explicit deny overrides an allow", EXPLICIT, identity=[allow(), deny()]),
    Case(_EFFECT, "the order does not matter", EXPLICIT, identity=[deny(), allow()]),
    Case(_EFFECT, "a Deny of something else", ALLOW, identity=[allow(), deny(Action="sns:*")]),
]  # fmt: skip
