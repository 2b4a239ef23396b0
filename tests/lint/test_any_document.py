"""Whatever is a policy is answered, and always alike."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.lint import SEVERITIES, Facts, lint
from rolecall.policy import PolicyDocument, PolicyError
from rolecall.policy.operators import OPERATOR_NAMES

GITHUB = "token.actions.githubusercontent.com"
TEXTS = st.one_of(
    st.sampled_from(
        [
            "*",
            "repo:acme*",
            "repo:acme/infra:*",
            "${aws:username}",
            "${aws_iam_role.x.arn}",
            "${",
            "${*}",
            "true",
            "2030-01-01",
            "203.0.113.0/24",
            "3600",
            "YQ==",
            "arn:aws:iam::111122223333:role/*",
            "o-a1b2c3d4e5",
            "sts.amazonaws.com",
            "authenticated",
            "",
        ]
    ),
    st.text(max_size=8),
)
KEYS = st.sampled_from(
    [
        f"{GITHUB}:sub",
        f"{GITHUB}:aud",
        "SAML:aud",
        "saml:edupersonaffiliation",
        "sts:ExternalId",
        "aws:PrincipalArn",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:SourceArn",
        "aws:SourceAccount",
        "aws:TagKeys",
        "aws:RequestTag/a",
        "aws:MultiFactorAuthPresent",
        "cognito-identity.amazonaws.com:amr",
        "a.b:c:d/e",
        ":",
        "x",
        "${aws_x.y.z}:sub",
    ]
)
PRINCIPALS = st.one_of(
    st.just("*"),
    st.dictionaries(
        st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]),
        st.one_of(
            st.sampled_from(
                [
                    "*",
                    "111122223333",
                    "arn:aws:iam::444455556666:user/a",
                    "AROADBQP57FF2AEXAMPLE",
                    "ec2.amazonaws.com",
                    "pods.eks.amazonaws.com",
                    f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}",
                    "arn:aws-cn:iam::111122223333:saml-provider/okta",
                    "cognito-identity.amazonaws.com",
                    "accounts.google.com",
                    "[",
                    "${aws_iam_openid_connect_provider.x.arn}",
                    "${aws:username}",
                ]
            ),
            st.text(min_size=1, max_size=12),
        ),
        min_size=1,
    ),
)
ACTIONS = st.lists(
    st.sampled_from(
        [
            "sts:AssumeRole",
            "sts:AssumeRoleWithWebIdentity",
            "sts:AssumeRoleWithSAML",
            "sts:TagSession",
            "sts:SetSourceIdentity",
            "sts:SetContext",
            "sts:*",
            "*",
            "s3:GetObject",
        ]
    ),
    min_size=1,
    max_size=3,
)
OPERATORS = st.builds(
    lambda prefix, name, suffix: prefix + name + suffix,
    st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from(OPERATOR_NAMES),
    st.sampled_from(["", "", "IfExists"]),
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Principal", "Principal", "Principal", "NotPrincipal"])): draw(
            PRINCIPALS
        ),
        draw(st.sampled_from(["Action", "Action", "Action", "NotAction"])): draw(ACTIONS),
    }
    if draw(st.booleans()):
        found["Condition"] = draw(
            st.dictionaries(
                OPERATORS,
                st.dictionaries(KEYS, st.lists(TEXTS, min_size=1, max_size=2), max_size=2),
                max_size=3,
            )
        )
    return found


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(statements(), min_size=1, max_size=3),
    st.sampled_from([None, "111122223333"]),
    st.sampled_from(["2012-10-17", "2008-10-17"]),
)
def test_every_document_is_answered(
    written: list[dict[str, Any]], account: str | None, version: str
) -> None:
    try:
        document = PolicyDocument.parse(json.dumps({"Version": version, "Statement": written}))
    except PolicyError:
        return
    facts = Facts(account=account, environment="prd", environments={"444455556666": "tes"})
    found = lint(document, facts)
    assert found == lint(document, facts)
    for each in found:
        assert each.severity in SEVERITIES[1:]
        assert each.text.isprintable()
        assert each.text.endswith(".")
        assert each.suppressed is None
