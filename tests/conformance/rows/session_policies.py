"""Session policies that AssumeRole takes."""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case, invalid
from tests.conformance.documents import allow, policy, trusts
from tests.conformance.pages import ACTION, EFFECT, GRAMMAR, LOGIC, OPERATORS, SESSION, VARIABLES
from tests.conformance.world import HOME, OTHER

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
    *(
        AssumeRole(name, page, ("MalformedPolicyDocument", message), params={"Policy": text})
        for name, page, message, text in (
            ("session policy without a resource", SESSION,
             "Policy statement must contain resources.",
             policy({"Effect": "Allow", "Action": "s3:*"})),
            ("session policy with a variable that is not closed", VARIABLES, None,
             policy(allow("s3:*", "arn:aws:s3:::bucket/${aws:username"))),
            ("session policy with an unknown operator", OPERATORS, "Syntax errors in policy.",
             policy(allow("s3:*", Condition={"StringIs": {"aws:username": "x"}}))),
            ("session policy with an element twice", GRAMMAR, None,
             policy(allow("s3:*")).replace('"Action"', '"Action": "s3:Get*", "Action"')),
            ("session policy with an Effect in another case", EFFECT, "Syntax errors in policy.",
             policy({**allow("s3:*"), "Effect": "allow"})),
            ("session policy with NotPrincipal", SESSION,
             "Policy document should not specify a principal.",
             policy({**allow("s3:*"), "NotPrincipal": {"AWS": HOME}})),
            ("session policy with an action without service", ACTION, None,
             policy(allow("GetObject"))),
            ("session policy that is a list", GRAMMAR, "Syntax errors in policy.",
             f"[{policy(allow('s3:*'))}]"),
            ("session policy without statements", GRAMMAR, "Syntax errors in policy.", policy()),
        )
    ),
    AssumeRole("session policy of 2048 characters", SESSION,
               params={"Policy": policy(allow("s3:*")).ljust(2048)}),
    AssumeRole("session policy that is empty", SESSION, ("ValidationError", None),
               params={"Policy": ""}),
    AssumeRole("session policy with a letter beyond Latin 1", SESSION, ("ValidationError", None),
               params={"Policy": policy(allow("s3:*")).replace("s3:*", "s3:\u0430")}),
    AssumeRole("ten managed session policies", SESSION,
               params={"PolicyArns": [{"arn": f"arn:aws:iam::aws:policy/{name}"} for name in (
                   "ReadOnlyAccess", "AmazonS3ReadOnlyAccess", "AmazonS3FullAccess",
                   "IAMReadOnlyAccess", "IAMFullAccess", "AmazonSQSFullAccess",
                   "AmazonSQSReadOnlyAccess", "AmazonSNSFullAccess", "AmazonSNSReadOnlyAccess",
                   "AmazonEC2ReadOnlyAccess")]}),
    AssumeRole("managed session policy of another account", SESSION,
               ("InvalidParameterValue", None), account=OTHER,
               params={"PolicyArns": [{"arn": f"arn:aws:iam::{HOME}:policy/s3-only"}]}),
    AssumeRole("managed session policy of the role's account", SESSION,
               params={"PolicyArns": [{"arn": f"arn:aws:iam::{HOME}:policy/s3-only"}]}),
    AssumeRole("managed session policy in another case", SESSION,
               ("InvalidParameterValue", None),
               params={"PolicyArns": [{"arn": f"arn:aws:iam::{HOME}:policy/S3-Only"}]}),
    AssumeRole("session policy that is malformed, by who is not trusted", LOGIC, denied(),
               trust=trusts("@bob"), params={"Policy": "{"}),
]  # fmt: skip
