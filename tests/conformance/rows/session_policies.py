"""Session policies that AssumeRole takes."""

from tests.conformance.assume_role import AssumeRole
from tests.conformance.case import Case, invalid
from tests.conformance.documents import allow, policy
from tests.conformance.pages import SESSION

ROWS: list[Case] = [
    AssumeRole("session policy", SESSION, params={"Policy": policy(allow("s3:*"))}),
    AssumeRole(
        "session policy is no JSON",
        SESSION,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
    AssumeRole(
        "session policy without an effect",
        SESSION,
        ("MalformedPolicyDocument", "Syntax errors in policy."),
        params={"Policy": '{"Version":"2012-10-17","Statement":[{"Action":"*","Resource":"*"}]}'},
    ),
    AssumeRole(
        "session policy with a principal",
        SESSION,
        ("MalformedPolicyDocument", "Policy document should not specify a principal."),
        params={"Policy": policy({**allow("s3:*"), "Principal": "*"})},
    ),
    AssumeRole(
        "session policy of 2049 characters",
        SESSION,
        invalid(" " * 2049, "policy", "have length less than or equal to 2048"),
        params={"Policy": " " * 2049},
    ),
    AssumeRole(
        "managed session policy",
        SESSION,
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]},
    ),
    AssumeRole(
        "managed session policy that does not exist",
        SESSION,
        (
            "InvalidParameterValue",
            "Policy arn:aws:iam::aws:policy/NeverMade does not exist or is not attachable.",
        ),
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/NeverMade"}]},
    ),
    AssumeRole(
        "eleven managed session policies",
        SESSION,
        invalid("[11 ARNs]", "policyArns", "have length less than or equal to 10"),
        params={"PolicyArns": [{"arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}] * 11},
    ),
]
