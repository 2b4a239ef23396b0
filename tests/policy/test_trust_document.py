"""What CreateRole refuses, with the message of AWS."""

from typing import Any

import pytest

from rolecall.policy import PolicyDocument, TrustDocumentError, check_trust_document

ALICE = "arn:aws:iam::111122223333:user/alice"


def document(**elements: object) -> PolicyDocument:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"AWS": ALICE},
        "Action": "sts:AssumeRole",
        **elements,
    }
    members = {k: v for k, v in statement.items() if v is not None}
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": members})


@pytest.mark.parametrize(
    "elements",
    [
        {},
        {"Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]},
        {"Action": "STS:assumerole"},
        {"Action": "sts:*"},
        {"Action": "sts:AssumeRole*"},
        {"Action": "sts:AssumeRoleWithSAML",
         "Principal": {"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}},
        {"Action": "sts:AssumeRoleWithWebIdentity",
         "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/gitlab.com/x"}},
        {"Principal": {"Federated": "cognito-identity.amazonaws.com"}},
        {"Principal": {"Service": ["ec2.amazonaws.com", "ops.apigateway.amazonaws.com",
                                   "ec2.amazonaws.com.cn"]}},
        {"Principal": "*"},
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:root"]}},
        {"Principal": {"AWS": "arn:aws:iam::111122223333:role/a/b/worker"}},
        {"Principal": {"AWS": "arn:aws:sts::111122223333:assumed-role/worker/run"}},
        {"Principal": {"AWS": "arn:aws-us-gov:iam::111122223333:user/alice"}},
        {"Principal": {"AWS": "AROAEXAMPLEWORKER0001"}},
        {"Sid": ""},
        {"Sid": "Alice1"},
    ],
)  # fmt: skip
def test_what_may_stand_in_a_trust_policy(elements: dict[str, Any]) -> None:
    check_trust_document(document(**elements))


@pytest.mark.parametrize(
    ("elements", "where", "message"),
    [
        ({"Resource": "*"}, "Statement[0].Resource", "Has prohibited field Resource"),
        ({"NotResource": "x"}, "Statement[0].NotResource", "Has prohibited field NotResource"),
        ({"Principal": None, "NotPrincipal": {"AWS": ALICE}}, "Statement[0].NotPrincipal",
         "Has prohibited field NotPrincipal"),
        ({"Principal": None}, "Statement[0]", "Missing required field Principal"),
        *(
            ({"Action": action}, "Statement[0].Action",
             "AssumeRole policy may only specify STS AssumeRole actions.")
            for action in ("*", "s3:GetObject", "sts:GetCallerIdentity", "sts:Get*",
                           ["sts:AssumeRole", "sts:GetFederationToken"])
        ),
        ({"Action": None, "NotAction": "s3:*"}, "Statement[0].Action",
         "AssumeRole policy may only specify STS AssumeRole actions."),
        *(
            ({"Principal": {"AWS": name}}, "Statement[0].Principal.AWS",
             f'Invalid principal in policy: "AWS":"{name}"')
            for name in (
                "alice",
                "11112222333",
                "１１１１２２２２３３３３",
                "arn:aws:iam::111122223333:user/älice",
                "arn:aws:sts::111122223333:assumed-role/wörker/run",
                "AROA",
                "aidaexamplealice00001",
                "arn:aws:iam::111122223333:user/*",
                "arn:aws:iam::111122223333:user/",
                "arn:aws:iam::111122223333:group/admins",
                "arn:aws:iam::111122223333:saml-provider/corp",
                "arn:aws:sts::111122223333:assumed-role/worker",
                "arn:aws:sts::111122223333:assumed-role/worker/*",
                "arn:aws:iam::*:root",
                "arn:aws:iam::111122223333:role/a?",
                "${aws:username}",
            )
        ),
        ({"Principal": {"Service": "ec2"}}, "Statement[0].Principal.Service",
         'Invalid principal in policy: "SERVICE":"ec2"'),
        ({"Principal": {"Service": "*"}}, "Statement[0].Principal.Service",
         'Invalid principal in policy: "SERVICE":"*"'),
        *(
            ({"Principal": {"Federated": name}}, "Statement[0].Principal.Federated",
             "Federated principals must be valid domain names or SAML metadata ARNs")
            for name in ("arn:aws:iam::111122223333:saml-provider/cörp",
                         "arn:aws:iam::１１１１２２２２３３３３:saml-provider/corp",
                         "arn:aws:iam::111122223333:saml-provider/",
                         "arn:aws:iam::111122223333:oidc-provider/*",
                         "gitläb.com", ".com", "a..com",
                         "*", "https://gitlab.com", "localhost", ALICE, "arn:aws:iam::1:x")
        ),
        ({"Principal": {"CanonicalUser": "abc"}}, "Statement[0].Principal.CanonicalUser",
         'Invalid principal in policy: "CANONICALUSER":"abc"'),
        ({"Sid": "two words"}, "Statement[0].Sid",
         "Statement IDs (SID) must be alpha-numeric. "
         "Check that your input satisfies the regular expression [0-9A-Za-z]*"),
        ({"Condition": {"StringEquals": {"sts:ExternalId": "${"}}},
         "Statement[0].Condition.StringEquals.sts:ExternalId", "Syntax errors in policy."),
    ],
)  # fmt: skip
def test_what_may_not(elements: dict[str, Any], where: str, message: str) -> None:
    with pytest.raises(TrustDocumentError) as caught:
        check_trust_document(document(**elements))
    assert caught.value.where == where
    assert caught.value.aws_message == message
    assert caught.value.remedy


def test_a_sid_is_used_once() -> None:
    first = document(Sid="One").statements[0]
    with pytest.raises(TrustDocumentError) as caught:
        check_trust_document(PolicyDocument((first, first)))
    assert caught.value.aws_message == "Statement IDs (SID) in a single policy must be unique."
