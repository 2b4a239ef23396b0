"""What IAM refuses of a trust policy when it is saved: grammar, size, who must exist."""

import json

import pytest

from rolecall.local.iam import documents
from tests.local.iam.conftest import HOME, OTHER, Iam, policy, trust

COGNITO = "cognito-identity.amazonaws.com"


def refusal(here: Iam, document: str) -> tuple[str, str]:
    made = {"RoleName": "new", "AssumeRolePolicyDocument": document}
    return here.refused("CreateRole", made)[:2]


def accepted(here: Iam, document: str) -> bool:
    return here.code("CreateRole", RoleName="new", AssumeRolePolicyDocument=document) == ""


def test_who_may_stand_in_a_trust_policy(here: Iam) -> None:
    user, role = here.user(), here.role()
    for principal in (
        HOME,
        OTHER,
        "*",
        f"arn:aws:iam::{HOME}:root",
        f"arn:aws:iam::{OTHER}:root",
        user.arn,
        role.arn,
        user.id,
        role.id,
        f"arn:aws:sts::{HOME}:assumed-role/deploy/any-name",
        f"arn:aws:sts::{HOME}:federated-user/anybody",
    ):
        assert accepted(here, trust(principal)), principal
    assert accepted(here, trust({"Service": "ec2.amazonaws.com"}))
    assert accepted(here, trust({"AWS": [user.arn, role.arn]}))


def test_who_may_not(here: Iam) -> None:
    user, role = here.user(), here.role(Path="/team/")
    for principal in (
        f"arn:aws:iam::{HOME}:user/gone",
        f"arn:aws:iam::{OTHER}:user/ada",
        f"arn:aws:iam::{HOME}:role/deploy",
        f"arn:aws:sts::{HOME}:assumed-role/gone/any-name",
        f"arn:aws:iam::{HOME}:role/ada",
        f"{user.id[:-1]}{'A' if user.id[-1] != 'A' else 'B'}",
        f"{role.id[:-1]}{'A' if role.id[-1] != 'A' else 'B'}",
    ):
        assert refusal(here, trust(principal)) == (
            "MalformedPolicyDocument",
            f'Invalid principal in policy: "AWS":"{principal}"',
        ), principal
    # One who is missing is enough.
    both = trust({"AWS": [user.arn, f"arn:aws:iam::{HOME}:user/gone"]})
    assert refusal(here, both)[1].endswith('user/gone"')
    second = json.loads(trust(user.arn))
    second["Statement"].append(json.loads(trust(f"arn:aws:iam::{HOME}:user/gone"))["Statement"][0])
    assert refusal(here, json.dumps(second))[1].endswith('user/gone"')


def test_principals_that_no_grammar_allows(here: Iam) -> None:
    for principal in ("ada", "1234", f"arn:aws:iam::{HOME}:group/team", f"arn:aws:iam::{HOME}:x"):
        assert refusal(here, trust(principal))[0] == "MalformedPolicyDocument"


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::1:root",
        f"x:aws:iam::{HOME}:root",
        f"arn:aws:s3::{HOME}:root",
        f"arn:aws:iam::{HOME}:federated-user/x",
        f"arn:aws:sts::{HOME}:root",
        f"arn:aws:iam::{HOME}",
        "AIDA",
        "",
    ],
)
def test_who_exists_is_asked_of_itself(here: Iam, principal: str) -> None:
    """Also where the grammar let somebody through."""
    from rolecall.local.iam.documents import _exists

    assert _exists(principal, here.cloud.directory) is False


def test_a_document_is_a_trust_policy(here: Iam) -> None:
    for document in (
        policy(),
        trust(Resource="*"),
        trust().replace("sts:AssumeRole", "s3:GetObject"),
    ):
        assert refusal(here, document)[0] == "MalformedPolicyDocument"
    assert refusal(here, "{") == ("MalformedPolicyDocument", "This policy contains invalid Json")


def test_a_shared_issuer_needs_its_tenant(here: Iam) -> None:
    federated = {
        "Effect": "Allow",
        "Principal": {"Federated": COGNITO},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    assert refusal(here, policy(federated))[0] == "MalformedPolicyDocument"
    tenant = {"StringEquals": {f"{COGNITO}:aud": "eu-central-1:x"}}
    assert accepted(here, policy({**federated, "Condition": tenant}))


def of_size(size: int) -> str:
    bare = json.dumps(json.loads(trust(Sid="")), separators=(",", ":"))
    return trust(Sid="x" * (size - len(bare))) + " \n" * 9


@pytest.mark.parametrize(
    ("raised", "quota"),
    [(None, 2048), (3000, 3000), (4096, 4096), (4097, 4096), (2048, 2048), (10, 2048)],
)
def test_how_long_a_trust_policy_may_be(here: Iam, raised: int | None, quota: int) -> None:
    if raised is not None:
        here.cloud.records["quotas"] = {"trust_policy_length": raised}
    assert documents.trust_size_quota(here.cloud) == quota
    assert accepted(here, of_size(quota))
    words = f"Cannot exceed quota for ACLSizePerRole: {quota}"
    assert refusal(here, of_size(quota + 1)) == ("LimitExceeded", words)


def test_other_quotas_raise_nothing(here: Iam) -> None:
    here.cloud.records["quotas"] = {"other": 4000}
    assert documents.trust_size_quota(here.cloud) == 2048


def test_characters_are_counted_without_white_space_between_tokens() -> None:
    assert documents.compact_size('{ "a" : [ 1 , "b c" ] }\n') == len('{"a":[1,"b c"]}')
    assert documents.compact_size('{"a":"\u00e9\\u00e9"}') == len('{"a":"\u00e9\u00e9"}')
    assert documents.compact_size("no json ") == 8
    assert documents.compact_size("[" * 100_000) == 100_000


def test_everybody_named_under_aws() -> None:
    document = documents.parse(
        json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": [HOME, OTHER], "Service": "ec2.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    },
                    {
                        "Effect": "Deny",
                        "NotPrincipal": {"AWS": "AIDAX"},
                        "Action": "sts:AssumeRole",
                    },
                    {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": "*"},
                ],
            }
        )
    )
    assert documents.aws_principals(document) == (HOME, OTHER, "AIDAX")
