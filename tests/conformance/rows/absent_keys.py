"""Condition keys that a call of AssumeRole does not have, or never has"""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, refuses, trusts
from tests.conformance.pages import DISABLING, KEYS, OPERATORS, SEVERAL, STS_KEYS
from tests.conformance.world import HOME, OTHER

# Keys that a user's call to STS has not, with a value that an Allow could wait for.
ABSENT = {
    "aws:PrincipalOrgID": ("StringEquals", "o-a1b2c3d4e5"),
    "aws:PrincipalOrgPaths": ("ForAnyValue:StringLike", "o-a1b2c3d4e5/*"),
    "aws:ResourceOrgID": ("StringEquals", "o-a1b2c3d4e5"),
    "aws:ResourceOrgPaths": ("ForAnyValue:StringLike", "*"),
    "aws:SourceOrgID": ("StringEquals", "o-a1b2c3d4e5"),
    "aws:SourceOrgPaths": ("ForAnyValue:StringLike", "*"),
    "aws:SourceAccount": ("StringEquals", HOME),
    "aws:SourceArn": ("ArnLike", f"arn:aws:iam::{HOME}:*"),
    "aws:SourceVpc": ("StringLike", "*"),
    "aws:SourceVpce": ("StringLike", "*"),
    "aws:VpcSourceIp": ("IpAddress", "127.0.0.0/8"),
    "aws:SourceVpcArn": ("ArnLike", "arn:aws:ec2:*:*:vpc/*"),
    "aws:CalledVia": ("ForAnyValue:StringEquals", "cloudformation.amazonaws.com"),
    "aws:CalledViaFirst": ("StringLike", "*"),
    "aws:CalledViaLast": ("StringLike", "*"),
    "aws:PrincipalServiceName": ("StringLike", "*"),
    "aws:PrincipalServiceNamesList": ("ForAnyValue:StringLike", "*"),
    "aws:SourceIdentity": ("StringLike", "*"),
    "aws:FederatedProvider": ("StringLike", "*"),
    "aws:TokenIssueTime": ("DateGreaterThan", "2000-01-01T00:00:00Z"),
    "aws:MultiFactorAuthPresent": ("Bool", "true"),
    "aws:MultiFactorAuthAge": ("NumericGreaterThanEquals", "0"),
    "aws:Ec2InstanceSourceVpc": ("StringLike", "*"),
    "aws:Ec2InstanceSourcePrivateIPv4": ("IpAddress", "0.0.0.0/0"),
    "aws:AssumedRoot": ("Bool", "false"),
    "aws:ChatbotSourceArn": ("ArnLike", "arn:aws:chatbot::*:*"),
    "aws:SourceOwner": ("StringLike", "*"),
    "aws:userName": ("StringEquals", "bob"),
    "aws:RequestTag/team": ("StringLike", "*"),
    "aws:PrincipalTag/clearance": ("StringLike", "*"),
    "aws:ResourceTag/stage": ("StringLike", "*"),
    "aws:NoSuchKey": ("StringLike", "*"),
    "ec2:SourceInstanceARN": ("ArnLike", "arn:aws:ec2:*:*:instance/*"),
    "ec2:RoleDelivery": ("StringLike", "*"),
    "iam:PassedToService": ("StringLike", "*"),
    "lambda:SourceFunctionArn": ("ArnLike", "arn:aws:lambda:*:*:function:*"),
    "sts:ExternalId": ("StringLike", "*"),
    "sts:SourceIdentity": ("StringLike", "*"),
    "sts:DurationSeconds": ("NumericLessThan", "43200"),
    "sts:RequestContext/identitycenter:UserId": ("StringLike", "*"),
    "sts:TaskPolicyArn": ("ArnLike", "arn:aws:iam::aws:policy/*"),
    "sts:AWSServiceName": ("StringLike", "*"),
    "saml:aud": ("StringLike", "*"),
    "accounts.google.com:sub": ("StringLike", "*"),
    "token.actions.githubusercontent.com:sub": ("StringLike", "*"),
    "cognito-identity.amazonaws.com:aud": ("StringLike", "*"),
    "ExternalId": ("StringLike", "*"),
}
HERE = {
    "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalType", "aws:userid", "aws:username",
    "aws:CurrentTime", "aws:EpochTime", "aws:SourceIp", "aws:SecureTransport", "aws:UserAgent",
    "aws:ViaAWSService", "aws:PrincipalIsAWSService", "aws:RequestedRegion",
    "aws:ResourceAccount", "sts:RoleSessionName",
}  # fmt: skip


def _page(key: str) -> str:
    return STS_KEYS if key.startswith(("sts:", "saml:", "accounts.", "token.")) else KEYS


ROWS: list[Case] = [
    *(
        AssumeRole(
            f"{key} is not in the call",
            _page(key),
            denied(),
            trust=trusts("@frank", Condition={operator: {key: value}}),
            caller="frank",
        )
        for key, (operator, value) in ABSENT.items()
        if key != "aws:userName"
    ),
    AssumeRole(
        "aws:username of somebody else",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__username="bob")),
    ),
    *(
        AssumeRole(
            f"{key} is in the call", _page(key), trust=trusts(Condition={"Null": {key: "false"}})
        )
        for key in sorted(HERE)
    ),
    AssumeRole(
        "aws:username is not in a session's call",
        KEYS,
        denied(),
        caller="red",
        trust=trusts("@role-red", **given("Null", aws__username="false")),
    ),
    AssumeRole(
        "aws:TokenIssueTime is in a session's call",
        KEYS,
        caller="red",
        trust=trusts("@role-red", **given("Null", aws__TokenIssueTime="false")),
    ),
    AssumeRole(
        "a session that was issued before today",
        DISABLING,
        denied(),
        caller="red",
        trust=trusts(
            "@role-red", **given("DateLessThan", aws__TokenIssueTime="2020-01-01T00:00:00Z")
        ),
    ),
    AssumeRole(
        "Deny sessions issued before a day to come",
        DISABLING,
        denied(),
        caller="red",
        trust=[
            trusts("@role-red"),
            refuses("*", **given("DateLessThan", aws__TokenIssueTime="2999-01-01T00:00:00Z")),
        ],
    ),
    AssumeRole(
        "Deny sessions issued before a day to come: a key of long standing is none",
        DISABLING,
        trust=[
            trusts(),
            refuses("*", **given("DateLessThan", aws__TokenIssueTime="2999-01-01T00:00:00Z")),
        ],
    ),
    AssumeRole(
        "an Allow that wants an absent key to be absent",
        OPERATORS,
        trust=trusts(**given("Null", sts__ExternalId="true")),
    ),
    AssumeRole(
        "ForAllValues on an absent key lets in",
        SEVERAL,
        trust=trusts(**given("ForAllValues:StringEquals", aws__TagKeys=["team"])),
    ),
    AssumeRole(
        "ForAllValues on an absent key and Null against it",
        SEVERAL,
        denied(),
        trust=trusts(
            Condition={
                "ForAllValues:StringEquals": {"aws:TagKeys": ["team"]},
                "Null": {"aws:TagKeys": "false"},
            }
        ),
    ),
    AssumeRole(
        "ForAnyValue with IfExists on an absent key",
        SEVERAL,
        denied(),
        trust=trusts(**given("ForAnyValue:StringEqualsIfExists", aws__TagKeys=["team"])),
    ),
    AssumeRole(
        "StringNotEquals on an absent key lets in",
        OPERATORS,
        trust=trusts(**given("StringNotEquals", sts__ExternalId="x1")),
    ),
    AssumeRole(
        "IfExists on an absent key lets in",
        OPERATORS,
        trust=trusts(**given("StringEqualsIfExists", sts__ExternalId="x1")),
    ),
    AssumeRole(
        "IfExists on a key that is there and differs",
        OPERATORS,
        denied(),
        trust=trusts(**given("StringEqualsIfExists", sts__ExternalId="x1")),
        params={"ExternalId": "y1"},
    ),
    AssumeRole(
        "aws:SecureTransport must be false",
        KEYS,
        denied(),
        trust=trusts(**given("Bool", aws__SecureTransport="false")),
    ),
    AssumeRole(
        "aws:ViaAWSService must be true",
        KEYS,
        denied(),
        trust=trusts(**given("Bool", aws__ViaAWSService="true")),
    ),
    AssumeRole(
        "aws:PrincipalIsAWSService must be true",
        KEYS,
        denied(),
        trust=trusts(**given("Bool", aws__PrincipalIsAWSService="true")),
    ),
    AssumeRole(
        "aws:PrincipalType of a user",
        KEYS,
        trust=trusts(**given("StringEquals", aws__PrincipalType="User")),
    ),
    AssumeRole(
        "aws:PrincipalType of a session is not User",
        KEYS,
        denied(),
        caller="red",
        trust=trusts("@role-red", **given("StringEquals", aws__PrincipalType="User")),
    ),
    AssumeRole(
        "aws:PrincipalAccount of another account",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__PrincipalAccount=OTHER)),
    ),
    AssumeRole(
        "aws:ResourceAccount is the role's, not the caller's",
        KEYS,
        denied(),
        account=OTHER,
        trust=trusts(**given("StringEquals", aws__ResourceAccount=HOME)),
    ),
    AssumeRole(
        "aws:UserAgent of another program",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__UserAgent="curl/8.0")),
    ),
]
