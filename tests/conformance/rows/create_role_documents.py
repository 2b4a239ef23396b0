"""Trust policies that CreateRole and UpdateAssumeRolePolicy refuse, and those they take"""

from typing import Any

from tests.conformance.aws_call import Call
from tests.conformance.case import ALLOWED, Case
from tests.conformance.documents import policy, trusts
from tests.conformance.pages import (
    CONDITION,
    CREATE_ROLE,
    EFFECT,
    GRAMMAR,
    NOT_PRINCIPAL,
    OPERATORS,
    PRINCIPAL,
    SHARED_ISSUERS,
    SID,
    UPDATE_TRUST,
    VARIABLES,
    VERSION,
)
from tests.conformance.world import HOME, THIRD

SERVICE = {"Service": "ec2.amazonaws.com"}
EC2 = trusts(SERVICE)
SYNTAX = "Syntax errors in policy."
NO_JSON = "This policy contains invalid Json"
ACTIONS = "AssumeRole policy may only specify STS AssumeRole actions."
FEDERATED = "Federated principals must be valid domain names or SAML metadata ARNs"
SIDS = "Statement IDs (SID) in a single policy must be unique."
SID_LETTERS = (
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular "
    "expression [0-9A-Za-z]*"
)
GITHUB = f"arn:aws:iam::{THIRD}:oidc-provider/token.actions.githubusercontent.com"


def both(name: str, page: str, document: Any, message: str | None = "") -> list[Case]:
    """A row for each of the two operations. A message of '' means: taken."""
    text = document if isinstance(document, str) else policy(*[document])
    expected = ALLOWED if message == "" else ("MalformedPolicyDocument", message)
    made = ("create_role", {"RoleName": "{new}", "AssumeRolePolicyDocument": policy(EC2)})
    return [
        Call(f"{name}: created", page, expected, operation="create_role",
             params={"RoleName": "{new}", "AssumeRolePolicyDocument": text}),
        Call(f"{name}: updated", page if page != CREATE_ROLE else UPDATE_TRUST, expected,
             operation="update_assume_role_policy", before=(made,),
             params={"RoleName": "{new}", "PolicyDocument": text}),
    ]  # fmt: skip


def wrong(principal: str, kind: str = "AWS") -> str:
    return f'Invalid principal in policy: "{kind}":"{principal}"'


def named(name: str, principal: str, message: str | None = "", kind: str = "AWS") -> list[Case]:
    """A principal of a kind; `message` None: AWS's for a principal that is none."""
    shown = kind if kind == "AWS" else kind.upper()
    text = wrong(principal, shown) if message is None else message
    action = "sts:AssumeRoleWithSAML" if kind == "Federated" else "sts:AssumeRole"
    return both(name, PRINCIPAL, trusts({kind: principal}, action), text)


ROWS: list[Case] = [
    *both("text that is no JSON", GRAMMAR, "{", NO_JSON),
    *both("JSON with a comment", GRAMMAR, policy(EC2).replace("{", "{/* */", 1), NO_JSON),
    *both("JSON with a comma too many", GRAMMAR, policy(EC2).replace("]", ",]"), NO_JSON),
    *both("JSON in single quotes", GRAMMAR, policy(EC2).replace('"', "'"), NO_JSON),
    *both("two documents in one", GRAMMAR, policy(EC2) * 2, NO_JSON),
    *both("an element twice in one object", GRAMMAR,
          policy(EC2).replace('"Effect"', '"Effect": "Deny", "Effect"'), SYNTAX),
    *both("a list of statements without a document", GRAMMAR, f"[{policy(EC2)}]", SYNTAX),
    *both("no Statement", GRAMMAR, '{"Version":"2012-10-17"}', SYNTAX),
    *both("an empty list of statements", GRAMMAR, policy(), SYNTAX),
    *both("a statement that is a text", GRAMMAR, '{"Version":"2012-10-17","Statement":"Allow"}',
          SYNTAX),
    *both("an unknown version", VERSION, policy(EC2).replace("2012", "2013"), SYNTAX),
    *both("a version as a number", VERSION, policy(EC2).replace('"2012-10-17"', "20121017"),
          SYNTAX),
    *both("the old version", VERSION, policy(EC2).replace("2012", "2008")),
    *both("no version", VERSION, policy(EC2).replace('"Version": "2012-10-17", ', "")),
    *both("an element in another case", GRAMMAR, policy(EC2).replace("Statement", "statement"),
          SYNTAX),
    *both("an unknown element of the document", GRAMMAR,
          policy(EC2).replace('"Version"', '"Comment": "x", "Version"'), SYNTAX),
    *both("an unknown element of a statement", GRAMMAR, {**EC2, "Comment": "x"}, SYNTAX),
    *both("no Effect", EFFECT, {"Principal": SERVICE, "Action": "sts:AssumeRole"},
          "Missing required field Effect"),
    *both("an Effect in another case", EFFECT, {**EC2, "Effect": "allow"}, SYNTAX),
    *both("an Effect with a space", EFFECT, {**EC2, "Effect": "Allow "}, SYNTAX),
    *both("no Action", GRAMMAR, {"Effect": "Allow", "Principal": SERVICE},
          "Missing required field Action"),
    *both("NotAction", CREATE_ROLE,
          {"Effect": "Allow", "Principal": SERVICE, "NotAction": "s3:*"}, ACTIONS),
    *both("an action of another service", CREATE_ROLE, trusts(SERVICE, "s3:GetObject"), ACTIONS),
    *both("an action of another service beside a right one", CREATE_ROLE,
          trusts(SERVICE, ["sts:AssumeRole", "iam:PassRole"]), ACTIONS),
    *both("every action", CREATE_ROLE, trusts(SERVICE, "*"), ACTIONS),
    *both("another action of STS", CREATE_ROLE, trusts(SERVICE, "sts:GetCallerIdentity"), ACTIONS),
    *both("every action of STS", CREATE_ROLE, trusts(SERVICE, "sts:*")),
    *both("an action with a space", CREATE_ROLE, trusts(SERVICE, "sts: AssumeRole"), None),
    *both("an action without its service", CREATE_ROLE, trusts(SERVICE, "AssumeRole"), None),
    *both("no Principal", PRINCIPAL, {"Effect": "Allow", "Action": "sts:AssumeRole"},
          "Missing required field Principal"),
    *both("a Resource", CREATE_ROLE, {**EC2, "Resource": "*"}, "Has prohibited field Resource"),
    *both("a NotResource", CREATE_ROLE, {**EC2, "NotResource": "*"},
          "Has prohibited field NotResource"),
    *both("NotPrincipal with Allow", NOT_PRINCIPAL,
          {"Effect": "Allow", "NotPrincipal": SERVICE, "Action": "sts:AssumeRole"},
          "Has prohibited field NotPrincipal"),
    *both("NotPrincipal with Deny", NOT_PRINCIPAL,
          {"Effect": "Deny", "NotPrincipal": SERVICE, "Action": "sts:AssumeRole"},
          "Has prohibited field NotPrincipal"),
    *both("Principal and NotPrincipal", NOT_PRINCIPAL, {**EC2, "NotPrincipal": SERVICE}, SYNTAX),
    *both("everyone", PRINCIPAL, trusts("*")),
    *both("a principal that is a text", PRINCIPAL, {**EC2, "Principal": HOME}, SYNTAX),
    *both("a principal of an unknown kind", PRINCIPAL, trusts({"User": "x"}), SYNTAX),
    *both("a kind of principal in another case", PRINCIPAL, trusts({"aws": HOME}), SYNTAX),
    *both("an empty list of principals", PRINCIPAL, trusts({"AWS": []}), SYNTAX),
    *both("an empty principal", PRINCIPAL, trusts({"AWS": ""}), SYNTAX),
    *both("no principal in the object", PRINCIPAL, trusts({}), SYNTAX),
    *named("an account number", HOME),
    *named("an account number of eleven digits", HOME[:11], None),
    *named("an account number of thirteen digits", HOME + "3", None),
    *named("an account number in fullwidth digits", "１１１１２２２２３３３３", None),
    *named("an account's root", f"arn:aws:iam::{HOME}:root"),
    *named("an account's root in another case", f"arn:aws:iam::{HOME}:Root", None),
    *named("a root of no account", "arn:aws:iam:::root", None),
    *named("every role of an account", f"arn:aws:iam::{HOME}:role/*", None),
    *named("every account", "arn:aws:iam::*:root", None),
    *named("a user that does not exist", f"arn:aws:iam::{HOME}:user/never-made", None),
    *named("a role that does not exist", f"arn:aws:iam::{HOME}:role/never-made", None),
    *named("a role in another case", f"arn:aws:iam::{HOME}:role/RED", None),
    *named("a role with another path", f"arn:aws:iam::{HOME}:role/x/red", None),
    *named("a role that exists", f"arn:aws:iam::{HOME}:role/red"),
    *named("a role with a space before it", f" arn:aws:iam::{HOME}:role/red", None),
    *named("a role with a line feed after it", f"arn:aws:iam::{HOME}:role/red\\n", None),
    *named("a session of a role that exists", f"arn:aws:sts::{HOME}:assumed-role/red/any-name"),
    *named("every session of a role", f"arn:aws:sts::{HOME}:assumed-role/red/*", None),
    *named("a session of a role that does not exist",
           f"arn:aws:sts::{HOME}:assumed-role/never-made/any-name", None),
    *named("a session under IAM", f"arn:aws:iam::{HOME}:assumed-role/red/any-name", None),
    *named("a user under STS", f"arn:aws:sts::{HOME}:user/alice", None),
    *named("a group", f"arn:aws:iam::{HOME}:group/admins", None),
    *named("an instance profile", f"arn:aws:iam::{HOME}:instance-profile/red", None),
    *named("a unique id of nobody", "AROAIOSFODNN7EXAMPLE1", None),
    *named("a bucket", "arn:aws:s3:::bucket", None),
    *named("an ARN of another partition", f"arn:aws-cn:iam::{HOME}:role/red", None),
    *named("a service under AWS", "ec2.amazonaws.com", None),
    *named("a variable", "${aws:username}", None),
    *named("a service", "ec2.amazonaws.com", "", "Service"),
    *named("everything under Service", "*", None, "Service"),
    *named("a service with a wildcard", "*.amazonaws.com", None, "Service"),
    *named("an account under Service", HOME, None, "Service"),
    *named("a service in capitals", "EC2.amazonaws.com", None, "Service"),
    *named("everything under Federated", "*", FEDERATED, "Federated"),
    *named("an account under Federated", f"arn:aws:iam::{HOME}:root", FEDERATED, "Federated"),
    *named("a provider with a wildcard", f"arn:aws:iam::{HOME}:saml-provider/*", FEDERATED,
           "Federated"),
    *named("a SAML provider that does not exist", f"arn:aws:iam::{HOME}:saml-provider/none", "",
           "Federated"),
    *named("a URL under Federated", "https://accounts.google.com", FEDERATED, "Federated"),
    *named("a canonical user",
           "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be", None,
           "CanonicalUser"),
    *both("two statements with one Sid", SID, policy({**EC2, "Sid": "A"}, {**EC2, "Sid": "A"}),
          SIDS),
    *both("two Sids that differ in case", SID, policy({**EC2, "Sid": "A"}, {**EC2, "Sid": "a"})),
    *both("a Sid with a hyphen", SID, {**EC2, "Sid": "a-b"}, SID_LETTERS),
    *both("a Sid with a letter beyond ASCII", SID, {**EC2, "Sid": "ä"}, SID_LETTERS),
    *both("an unknown operator", OPERATORS,
          {**EC2, "Condition": {"StringIs": {"aws:username": "x"}}}, SYNTAX),
    *both("an operator in another case", OPERATORS,
          {**EC2, "Condition": {"stringequals": {"aws:username": "x"}}}),
    *both("a condition that is empty", CONDITION, {**EC2, "Condition": {}}),
    *both("a value that is null", CONDITION,
          {**EC2, "Condition": {"StringEquals": {"sts:ExternalId": None}}}, None),
    *both("a value that is an object", CONDITION,
          {**EC2, "Condition": {"StringEquals": {"sts:ExternalId": {"a": "b"}}}}, None),
    *both("one key twice in two cases", CONDITION, policy(EC2).replace(
        '"Effect"', '"Condition": {"StringEquals": {"sts:ExternalId": "a", '
                    '"STS:externalid": "b"}}, "Effect"'), None),
    *both("an operator twice", CONDITION, policy(EC2).replace(
        '"Effect"', '"Condition": {"StringEquals": {"sts:ExternalId": "a"}, '
                    '"StringEquals": {"aws:username": "b"}}, "Effect"'), None),
    *both("a truth value that is none of a text", OPERATORS,
          {**EC2, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": True}}}),
    *both("a condition that is a list", CONDITION, {**EC2, "Condition": []}, SYNTAX),
    *both("a number that is none", OPERATORS,
          {**EC2, "Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": "soon"}}}, SYNTAX),
    *both("a date that is none", OPERATORS,
          {**EC2, "Condition": {"DateLessThan": {"aws:CurrentTime": "tomorrow"}}}, SYNTAX),
    *both("an address that is none", OPERATORS,
          {**EC2, "Condition": {"IpAddress": {"aws:SourceIp": "300.1.1.1"}}}, SYNTAX),
    *both("a Bool that is none", OPERATORS,
          {**EC2, "Condition": {"Bool": {"aws:SecureTransport": "yes"}}}, SYNTAX),
    *both("a variable that is not closed", VARIABLES,
          {**EC2, "Condition": {"StringLike": {"aws:username": "${aws:username"}}}, SYNTAX),
    *both("GitHub without a subject", SHARED_ISSUERS,
          trusts({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity"), None),
    *both("GitHub with a subject for everybody", SHARED_ISSUERS,
          trusts({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", Condition={
              "StringLike": {"token.actions.githubusercontent.com:sub": "*"}}), None),
    *both("GitHub with a subject", SHARED_ISSUERS,
          trusts({"Federated": GITHUB}, "sts:AssumeRoleWithWebIdentity", Condition={
              "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"}})),
]  # fmt: skip
