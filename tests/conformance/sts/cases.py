"""What AWS documents of AssumeRole, one row a behaviour.

A row: a name, the AWS page that says so, a role's trust policy, a caller, the
parameters, and what comes back: ALLOWED, or code and message. In messages, `{caller}`
and `{role}` are ARNs. `@alice` in a principal is the ARN of that user or session.
"""

from dataclasses import dataclass, field
from random import Random
from string import ascii_letters
from typing import Any

from tests.conformance.sts.conftest import HOME, OTHER, allow, policy

ALLOWED = ("", "")
ASSUME = "AssumeRole (AWS STS API reference)"
PRINCIPAL = "AWS JSON policy elements: Principal"
CROSS = "Cross-account policy evaluation logic"
SINGLE = "Policy evaluation for requests within a single account"
EXTERNAL = "Access to AWS accounts owned by third parties"
KEYS = "AWS global condition context keys"
STS_KEYS = "IAM and AWS STS condition context keys"
CHAIN = "Methods to assume a role"
TAGS = "Pass session tags in AWS STS"
SOURCE = "Monitor and control actions taken with assumed roles"
SESSION = "Session policies"
BOUNDARY = "Permissions boundaries for IAM entities"
MFA = "Configuring MFA-protected API access"
COMPARE = "Compare AWS STS credentials"


def trusts(
    principal: Any = "@alice", action: Any = "sts:AssumeRole", **more: Any
) -> dict[str, Any]:
    who = principal if isinstance(principal, dict) or principal == "*" else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


def given(operator: str, **keys: Any) -> dict[str, Any]:
    """A condition; `__` in a key is a colon, `___` a slash."""
    named = {k.replace("___", "/").replace("__", ":"): v for k, v in keys.items()}
    return {"Condition": {operator: named}}


def denied(action: str = "sts:AssumeRole") -> tuple[str, str]:
    return (
        "AccessDenied",
        f"User: {{caller}} is not authorized to perform: {action} on resource: {{role}}",
    )


def invalid(value: str | None, where: str, constraint: str) -> tuple[str, str]:
    shown = "null" if value is None else f"'{value}'"
    return (
        "ValidationError",
        f"1 validation error detected: Value {shown} at '{where}' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


def tags(**pairs: str) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs.items()]


@dataclass(frozen=True)
class Case:
    name: str
    page: str
    expected: tuple[str, str] = ALLOWED
    trust: Any = field(default_factory=trusts)
    caller: str = "alice"
    account: str = HOME
    params: dict[str, Any] = field(default_factory=dict)
    role: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


TAGGING = ["sts:AssumeRole", "sts:TagSession"]
NAMING = ["sts:AssumeRole", "sts:SetSourceIdentity"]
EVERYTHING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
ROOT, OTHER_ROOT = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root"
NO_RESTRICTION = [{"Key": f"key{n}", "Value": "v"} for n in range(50)]
_dice = Random(4711)
LONG_TAGS = [
    {"Key": f"k{n}", "Value": "".join(_dice.choices(ascii_letters, k=200))} for n in range(50)
]
ALICE = f"arn:aws:iam::{HOME}:user/alice"
RED = f"arn:aws:iam::{HOME}:role/red"

# fmt: off
PARAMETERS = [
    Case(
        "session name missing",
        ASSUME,
        invalid(None, "roleSessionName", "not be null"),
        params={"RoleSessionName": None},
    ),
    Case(
        "session name of one character",
        ASSUME,
        invalid("s", "roleSessionName", "have length greater than or equal to 2"),
        params={"RoleSessionName": "s"},
    ),
    Case("session name of 64 characters", ASSUME, params={"RoleSessionName": "s" * 64}),
    Case(
        "session name of 65 characters",
        ASSUME,
        invalid("s" * 65, "roleSessionName", "have length less than or equal to 64"),
        params={"RoleSessionName": "s" * 65},
    ),
    Case(
        "session name with a colon",
        ASSUME,
        invalid(
            "Session1:2", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"
        ),
        params={"RoleSessionName": "Session1:2"},
    ),
    Case(
        "session name with a letter beyond ASCII",
        ASSUME,
        invalid("jürgen", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        params={"RoleSessionName": "jürgen"},
    ),
    Case(
        "session name with every special character", ASSUME, params={"RoleSessionName": "a_+=,.@-"}
    ),
    Case(
        "role ARN missing",
        ASSUME,
        invalid(None, "roleArn", "not be null"),
        params={"RoleArn": None},
    ),
    Case(
        "role ARN too short",
        ASSUME,
        invalid("arn:aws:iam::1:x", "roleArn", "have length greater than or equal to 20"),
        params={"RoleArn": "arn:aws:iam::1:x"},
    ),
    Case(
        "role ARN is no ARN",
        ASSUME,
        ("ValidationError", "nothing-valid-in-here is invalid"),
        params={"RoleArn": "nothing-valid-in-here"},
    ),
    Case(
        "role ARN without partition",
        ASSUME,
        ("ValidationError", "arn::b:::something/test-role is invalid"),
        params={"RoleArn": "arn::b:::something/test-role"},
    ),
    Case(
        "role ARN without resource",
        ASSUME,
        ("ValidationError", "arn:a:a::aaaaaaaaaa: is invalid"),
        params={"RoleArn": "arn:a:a::aaaaaaaaaa:"},
    ),
    Case(
        "899 seconds",
        ASSUME,
        invalid("899", "durationSeconds", "have value greater than or equal to 900"),
        params={"DurationSeconds": 899},
    ),
    Case("900 seconds", ASSUME, params={"DurationSeconds": 900}),
    Case(
        "43201 seconds",
        ASSUME,
        invalid("43201", "durationSeconds", "have value less than or equal to 43200"),
        params={"DurationSeconds": 43201},
        role={"MaxSessionDuration": 43200},
    ),
    Case(
        "43200 seconds where the role allows them",
        ASSUME,
        params={"DurationSeconds": 43200},
        role={"MaxSessionDuration": 43200},
    ),
    Case(
        "longer than the role allows",
        ASSUME,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        params={"DurationSeconds": 3601},
    ),
    Case(
        "as long as the role allows",
        ASSUME,
        params={"DurationSeconds": 7200},
        role={"MaxSessionDuration": 7200},
    ),
    Case(
        "external ID of one character",
        ASSUME,
        invalid("x", "externalId", "have length greater than or equal to 2"),
        params={"ExternalId": "x"},
    ),
    Case(
        "external ID with a space",
        ASSUME,
        invalid("a b", "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        params={"ExternalId": "a b"},
    ),
    Case(
        "external ID of 1225 characters",
        ASSUME,
        invalid("x" * 1225, "externalId", "have length less than or equal to 1224"),
        params={"ExternalId": "x" * 1225},
    ),
    Case(
        "source identity with a slash",
        ASSUME,
        invalid("a/b", "sourceIdentity", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        params={"SourceIdentity": "a/b"},
    ),
    Case(
        "two violations at once",
        ASSUME,
        (
            "ValidationError",
            "2 validation errors detected: Value 's' at 'roleSessionName' failed to satisfy "
            "constraint: Member must have length greater than or equal to 2; Value '1' at "
            "'durationSeconds' failed to satisfy constraint: Member must have value greater than "
            "or equal to 900",
        ),
        params={"RoleSessionName": "s", "DurationSeconds": 1},
    ),
    Case(
        "token code of five digits",
        ASSUME,
        invalid("12345", "tokenCode", "have length greater than or equal to 6"),
        params={"SerialNumber": "arn:aws:iam::111122223333:mfa/x", "TokenCode": "12345"},
    ),
    Case(
        "token code with letters",
        ASSUME,
        invalid("12345a", "tokenCode", r"satisfy regular expression pattern: [\d]*"),
        params={"SerialNumber": "arn:aws:iam::111122223333:mfa/x", "TokenCode": "12345a"},
    ),
]

TRUST = [
    Case(
        "user named, same account, no policy of his own", SINGLE, trust=trusts("@bob"), caller="bob"
    ),
    Case("user named, other account, his policy allows", CROSS, account=OTHER),
    Case(
        "user named, other account, no policy of his own",
        CROSS,
        denied(),
        trust=trusts("@bob"),
        caller="bob",
        account=OTHER,
    ),
    Case("account named, his policy allows", PRINCIPAL, trust=trusts(ROOT)),
    Case(
        "account named, no policy of his own", PRINCIPAL, denied(), trust=trusts(ROOT), caller="bob"
    ),
    Case("account named by its number", PRINCIPAL, trust=trusts(HOME)),
    Case("another account named", PRINCIPAL, denied(), trust=trusts(OTHER_ROOT)),
    Case("another user named", PRINCIPAL, denied(), trust=trusts("@bob")),
    Case(
        "everyone, same account, no policy of his own", PRINCIPAL, trust=trusts("*"), caller="bob"
    ),
    Case("everyone, other account, his policy allows", CROSS, trust=trusts("*"), account=OTHER),
    Case(
        "everyone, other account, no policy of his own",
        CROSS,
        denied(),
        trust=trusts("*"),
        caller="bob",
        account=OTHER,
    ),
    Case(
        "a service named, a user calls",
        PRINCIPAL,
        denied(),
        trust=trusts({"Service": "ec2.amazonaws.com"}),
    ),
    Case("one of several principals", PRINCIPAL, trust=trusts(["@bob", "@alice"])),
    Case(
        "explicit deny beats allow",
        "Policy evaluation logic",
        denied(),
        trust=[trusts(), {**trusts(ROOT), "Effect": "Deny"}],
    ),
    Case(
        "explicit deny of somebody else",
        "Policy evaluation logic",
        trust=[trusts(), {**trusts("@bob"), "Effect": "Deny"}],
    ),
    Case(
        "only the tagging action allowed",
        PRINCIPAL,
        denied(),
        trust=trusts(action="sts:TagSession"),
    ),
    Case(
        "action with a wildcard", "IAM JSON policy elements: Action", trust=trusts(action="sts:*")
    ),
    Case(
        "role that does not exist",
        "Troubleshoot IAM roles",
        denied(),
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/never-made"},
    ),
    Case(
        "role of an account that nobody uses",
        "Troubleshoot IAM roles",
        denied(),
        params={"RoleArn": "arn:aws:iam::999999999999:role/never-made"},
    ),
    Case(
        "role with another path than the ARN says",
        "IAM identifiers",
        denied(),
        role={"Path": "/deep/"},
        params={"RoleArn": "shallow"},
    ),
    Case("role with a path", "IAM identifiers", role={"Path": "/deep/er/"}),
    Case("role session named by its role", PRINCIPAL, trust=trusts("@role-red"), caller="red"),
    Case("role session named by itself", PRINCIPAL, trust=trusts("@red"), caller="red"),
    Case(
        "another session of the role named",
        PRINCIPAL,
        denied(),
        trust=trusts("@red"),
        caller="tagged",
    ),
    Case(
        "role session of a role in another account",
        CROSS,
        trust=trusts("@role-red"),
        caller="red",
        account=OTHER,
    ),
    Case("credentials of GetSessionToken are the user", COMPARE, caller="alice-token"),
]

CONDITIONS = [
    Case(
        "external ID as wanted",
        EXTERNAL,
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-1"},
    ),
    Case(
        "external ID missing",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
    ),
    Case(
        "external ID in another case",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "unique-1"},
    ),
    Case("external ID that nobody asks for", EXTERNAL, params={"ExternalId": "anything"}),
    Case(
        "external ID, one of two",
        EXTERNAL,
        trust=trusts(**given("StringEquals", sts__ExternalId=["one1", "two2"])),
        params={"ExternalId": "two2"},
    ),
    Case(
        "condition key in another case",
        "IAM JSON policy elements: Condition",
        trust=trusts(**given("StringEquals", STS__externalid="x1")),
        params={"ExternalId": "x1"},
    ),
    Case(
        "session name as wanted",
        STS_KEYS,
        trust=trusts(**given("StringLike", sts__RoleSessionName="alice-*")),
        params={"RoleSessionName": "alice-1"},
    ),
    Case(
        "session name not as wanted",
        STS_KEYS,
        denied(),
        trust=trusts(**given("StringLike", sts__RoleSessionName="alice-*")),
        params={"RoleSessionName": "bob-1"},
    ),
    Case(
        "session name must be the user name",
        STS_KEYS,
        trust=trusts(**given("StringLike", sts__RoleSessionName="${aws:username}")),
        params={"RoleSessionName": "alice"},
    ),
    Case(
        "session name is not the user name",
        STS_KEYS,
        denied(),
        trust=trusts(**given("StringLike", sts__RoleSessionName="${aws:username}")),
        params={"RoleSessionName": "bob"},
    ),
    Case(
        "whole account, one ARN",
        KEYS,
        trust=trusts(
            ROOT, **given("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/alice")
        ),
    ),
    Case(
        "whole account, another ARN",
        KEYS,
        denied(),
        caller="frank",
        trust=trusts(
            ROOT, **given("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/alice")
        ),
    ),
    Case(
        "principal ARN of a session is its role",
        KEYS,
        caller="red",
        trust=trusts(ROOT, **given("ArnEquals", aws__PrincipalArn=RED)),
    ),
    Case(
        "principal tag as wanted",
        KEYS,
        trust=trusts(ROOT, **given("StringEquals", aws__PrincipalTag___department="red")),
    ),
    Case(
        "principal tag missing",
        KEYS,
        denied(),
        caller="frank",
        trust=trusts(ROOT, **given("StringEquals", aws__PrincipalTag___department="red")),
    ),
    Case(
        "session tag is a principal tag",
        TAGS,
        caller="tagged",
        trust=trusts(ROOT, TAGGING, **given("StringEquals", aws__PrincipalTag___shift="night")),
    ),
    Case(
        "source address inside",
        KEYS,
        trust=trusts(**given("IpAddress", aws__SourceIp="127.0.0.0/8")),
    ),
    Case(
        "source address outside",
        KEYS,
        denied(),
        trust=trusts(**given("IpAddress", aws__SourceIp="203.0.113.0/24")),
    ),
    Case(
        "before a date to come",
        KEYS,
        trust=trusts(**given("DateLessThan", aws__CurrentTime="2999-01-01T00:00:00Z")),
    ),
    Case(
        "after a date to come",
        KEYS,
        denied(),
        trust=trusts(**given("DateGreaterThan", aws__CurrentTime="2999-01-01T00:00:00Z")),
    ),
    Case(
        "region as wanted",
        KEYS,
        trust=trusts(**given("StringEquals", aws__RequestedRegion="eu-central-1")),
    ),
    Case(
        "region not as wanted",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__RequestedRegion="us-east-1")),
    ),
    Case(
        "organization wanted, the account is in none",
        KEYS,
        denied(),
        trust=trusts("*", **given("StringEquals", aws__PrincipalOrgID="o-a1b2c3d4e5")),
    ),
    Case(
        "tag of the role itself",
        STS_KEYS,
        role={"Tags": tags(stage="tes")},
        trust=trusts(**given("StringEquals", aws__ResourceTag___stage="tes")),
    ),
    Case(
        "another tag of the role itself",
        STS_KEYS,
        denied(),
        role={"Tags": tags(stage="prd")},
        trust=trusts(**given("StringEquals", aws__ResourceTag___stage="tes")),
    ),
]

POLICIES = [
    Case(
        "allowed for this action only", CROSS, caller="carol", trust=trusts("@carol"), account=OTHER
    ),
    Case("explicit deny of his own", CROSS, denied(), caller="erin", trust=trusts("@erin")),
    Case("boundary without STS, named as a user", BOUNDARY, caller="dave", trust=trusts("@dave")),
    Case(
        "boundary without STS, by his account",
        BOUNDARY,
        denied(),
        caller="dave",
        trust=trusts(ROOT),
    ),
    Case(
        "boundary without STS, other account",
        BOUNDARY,
        denied(),
        caller="dave",
        trust=trusts("@dave"),
        account=OTHER,
    ),
    Case(
        "session policy without STS, role named",
        SESSION,
        denied(),
        caller="limited",
        trust=trusts("@role-red"),
    ),
    Case(
        "session policy without STS, session named",
        SESSION,
        caller="limited",
        trust=trusts("@limited"),
    ),
    Case("federated user", COMPARE, denied(), caller="federated", trust=trusts("*")),
]

CHAINING = [
    Case(
        "chained for an hour",
        CHAIN,
        caller="red",
        trust=trusts("@role-red"),
        params={"DurationSeconds": 3600},
        role={"MaxSessionDuration": 43200},
    ),
    Case(
        "chained for longer",
        CHAIN,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        ),
        caller="red",
        trust=trusts("@role-red"),
        params={"DurationSeconds": 3601},
        role={"MaxSessionDuration": 43200},
    ),
    Case(
        "longer with credentials of GetSessionToken",
        CHAIN,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        ),
        caller="alice-token",
        params={"DurationSeconds": 3601},
        role={"MaxSessionDuration": 43200},
    ),
    Case(
        "chained but not trusted, too long",
        CHAIN,
        denied(),
        caller="red",
        trust=trusts("@bob"),
        params={"DurationSeconds": 3601},
    ),
]

TAGGED = [
    Case("tags allowed", TAGS, trust=trusts(action=TAGGING), params={"Tags": tags(a="1")}),
    Case(
        "tags without sts:TagSession", TAGS, denied("sts:TagSession"), params={"Tags": tags(a="1")}
    ),
    Case(
        "tags, the caller lacks sts:TagSession",
        TAGS,
        denied("sts:TagSession"),
        caller="carol",
        trust=trusts("@carol", TAGGING),
        account=OTHER,
        params={"Tags": tags(a="1")},
    ),
    Case(
        "tag as wanted",
        TAGS,
        params={"Tags": tags(team="blue")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    Case(
        "tag not as wanted",
        TAGS,
        denied(),
        params={"Tags": tags(team="red")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    Case(
        "tag wanted and missing",
        TAGS,
        denied(),
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    Case(
        "only these tag keys",
        TAGS,
        denied(),
        params={"Tags": tags(team="blue", other="x")},
        trust=trusts(action=TAGGING, **given("ForAllValues:StringEquals", aws__TagKeys=["team"])),
    ),
    Case(
        "transitive key as wanted",
        TAGS,
        params={"Tags": tags(team="blue"), "TransitiveTagKeys": ["team"]},
        trust=trusts(
            action=TAGGING, **given("ForAllValues:StringEquals", sts__TransitiveTagKeys=["team"])
        ),
    ),
    Case(
        "transitive key that is no tag",
        TAGS,
        (
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": tags(team="blue"), "TransitiveTagKeys": ["shift"]},
    ),
    Case(
        "keys that differ in case only",
        TAGS,
        (
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": tags(Team="1", team="2")},
    ),
    Case("fifty tags", TAGS, trust=trusts(action=TAGGING), params={"Tags": NO_RESTRICTION}),
    Case(
        "fifty-one tags",
        TAGS,
        invalid("[51 tags]", "tags", "have length less than or equal to 50"),
        trust=trusts(action=TAGGING),
        params={"Tags": [*NO_RESTRICTION, {"Key": "one-more", "Value": "v"}]},
    ),
    Case(
        "tag key of 129 characters",
        TAGS,
        invalid("k" * 129, "tags.1.member.key", "have length less than or equal to 128"),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k" * 129, "Value": "v"}]},
    ),
    Case(
        "tag value of 257 characters",
        TAGS,
        invalid("v" * 257, "tags.1.member.value", "have length less than or equal to 256"),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k", "Value": "v" * 257}]},
    ),
    Case(
        "tag value with letters of any script",
        TAGS,
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "Straße", "Value": "東京 1"}]},
    ),
    Case(
        "tag value with a character that is not allowed",
        TAGS,
        invalid(
            "a*b",
            "tags.1.member.value",
            r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k", "Value": "a*b"}]},
    ),
    Case(
        "tags too large when packed",
        TAGS,
        ("PackedPolicyTooLarge", "Packed size of session tags"),
        trust=trusts(action=TAGGING),
        params={"Tags": LONG_TAGS},
    ),
    Case(
        "inherited tag is a tag of the request",
        TAGS,
        caller="tagged",
        trust=trusts("@role-red", TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    Case(
        "inherited tags need sts:TagSession too",
        TAGS,
        denied("sts:TagSession"),
        caller="tagged",
        trust=trusts("@role-red"),
    ),
    Case(
        "tag that is not transitive is not inherited",
        TAGS,
        denied(),
        caller="tagged",
        trust=trusts(
            "@role-red", TAGGING, **given("StringEquals", aws__RequestTag___shift="night")
        ),
    ),
    Case(
        "inherited tag cannot be overridden",
        TAGS,
        (
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.",
        ),
        caller="tagged",
        trust=trusts("@role-red", TAGGING),
        params={"Tags": tags(TEAM="red")},
    ),
]

IDENTITY = [
    Case(
        "source identity allowed",
        SOURCE,
        trust=trusts(action=NAMING),
        params={"SourceIdentity": "alice"},
    ),
    Case(
        "source identity without sts:SetSourceIdentity",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        params={"SourceIdentity": "alice"},
    ),
    Case(
        "source identity as wanted",
        SOURCE,
        params={"SourceIdentity": "alice"},
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    Case(
        "source identity not as wanted",
        SOURCE,
        denied(),
        params={"SourceIdentity": "mallory"},
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    Case(
        "source identity wanted and missing",
        SOURCE,
        denied(),
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    Case(
        "source identity persists",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    Case(
        "persisting source identity is a key of the caller",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING, **given("StringEquals", aws__SourceIdentity="alice")),
    ),
    Case(
        "persisting source identity needs the permission",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        caller="named",
        trust=trusts("@role-red"),
    ),
    Case(
        "source identity said again",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING),
        params={"SourceIdentity": "alice"},
    ),
    Case(
        "source identity cannot be changed",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        caller="named",
        trust=trusts("@role-red", NAMING),
        params={"SourceIdentity": "mallory"},
    ),
]

SESSION_POLICIES = [
    Case("session policy", SESSION, params={"Policy": policy(allow("s3:*"))}),
    Case(
        "session policy is no JSON",
        SESSION,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
    Case(
        "session policy without an effect",
        SESSION,
        ("MalformedPolicyDocument", "Syntax errors in policy."),
        params={"Policy": '{"Version":"2012-10-17","Statement":[{"Action":"*","Resource":"*"}]}'},
    ),
    Case(
        "session policy with a principal",
        SESSION,
        ("MalformedPolicyDocument", "Policy document should not specify a principal."),
        params={"Policy": policy({**allow("s3:*"), "Principal": "*"})},
    ),
    Case(
        "session policy of 2049 characters",
        SESSION,
        invalid(" " * 2049, "policy", "have length less than or equal to 2048"),
        params={"Policy": " " * 2049},
    ),
    Case(
        "managed session policy",
        SESSION,
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]},
    ),
    Case(
        "managed session policy that does not exist",
        SESSION,
        (
            "InvalidParameterValue",
            "Policy arn:aws:iam::aws:policy/NeverMade does not exist or is not attachable.",
        ),
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/NeverMade"}]},
    ),
    Case(
        "eleven managed session policies",
        SESSION,
        invalid("[11 ARNs]", "policyArns", "have length less than or equal to 10"),
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11},
    ),
]

MULTI_FACTOR = [
    Case(
        "MFA wanted, long-lived key",
        MFA,
        denied(),
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    Case(
        "MFA wanted, GetSessionToken with MFA",
        MFA,
        caller="alice-mfa",
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    Case(
        "MFA wanted, GetSessionToken without MFA",
        MFA,
        denied(),
        caller="alice-token",
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    Case(
        "recent MFA wanted and there",
        MFA,
        caller="alice-mfa",
        trust=trusts(**given("NumericLessThan", aws__MultiFactorAuthAge="3600")),
    ),
    Case(
        "recent MFA wanted, long-lived key",
        MFA,
        denied(),
        trust=trusts(**given("NumericLessThan", aws__MultiFactorAuthAge="3600")),
    ),
    Case(
        "refuse where MFA is false: a long-lived key has no such key",
        MFA,
        trust=[
            trusts(),
            {**trusts(), "Effect": "Deny", **given("Bool", aws__MultiFactorAuthPresent="false")},
        ],
    ),
    Case(
        "refuse unless MFA is true",
        MFA,
        denied(),
        trust=[
            trusts(),
            {
                **trusts(),
                "Effect": "Deny",
                **given("BoolIfExists", aws__MultiFactorAuthPresent="false"),
            },
        ],
    ),
    Case(
        "a role session carries no MFA",
        MFA,
        denied(),
        caller="red",
        trust=trusts("@role-red", **given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    Case(
        "serial number without code",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time "
            "pass code.",
        ),
        params={"SerialNumber": f"arn:aws:iam::{HOME}:mfa/alice"},
    ),
    Case(
        "code without serial number",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time "
            "pass code.",
        ),
        params={"TokenCode": "123456"},
    ),
    Case(
        "device that is not his",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your "
            "MFA serial number is valid and associated with this user.",
        ),
        params={"SerialNumber": f"arn:aws:iam::{HOME}:mfa/nobodys", "TokenCode": "123456"},
    ),
]

CASES = [
    *PARAMETERS,
    *TRUST,
    *CONDITIONS,
    *POLICIES,
    *CHAINING,
    *TAGGED,
    *IDENTITY,
    *SESSION_POLICIES,
    *MULTI_FACTOR,
]
