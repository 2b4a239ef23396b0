"""Each rule finds what is wide however it is written, and leaves alone what only looks so."""

from dataclasses import replace
from typing import Any

import pytest

from rolecall.lint import RULES, Facts, at_least, lint
from rolecall.policy import PolicyDocument

HOST = "token.actions.githubusercontent.com"
GITHUB = f"arn:aws:iam::333333333333:oidc-provider/{HOST}"
CLUSTER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE9A41D06F3B7C28E540EXAMPLE"
CLUSTER_OF_TES = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
COGNITO = "cognito-identity.amazonaws.com"
POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
AUD = {f"{HOST}:aud": "sts.amazonaws.com"}
SUB = f"{HOST}:sub"
MINE, STRANGER = "999999999999", "444455556666"
STATEMENT = dict[str, Any]


def allow(principal: Any, action: Any = "sts:AssumeRole", **condition: Any) -> STATEMENT:
    found: STATEMENT = {"Effect": "Allow", "Principal": principal, "Action": action}
    if condition:
        found["Condition"] = {name.replace("__", ":"): keys for name, keys in condition.items()}
    return found


def web(host: str = HOST, **condition: Any) -> STATEMENT:
    provider = f"arn:aws:iam::333333333333:oidc-provider/{host}"
    return allow({"Federated": provider}, "sts:AssumeRoleWithWebIdentity", **condition)


def of_pool(**condition: Any) -> STATEMENT:
    return allow({"Federated": COGNITO}, "sts:AssumeRoleWithWebIdentity", **condition)


def pods(**condition: Any) -> STATEMENT:
    return web(CLUSTER, **condition)


def saml(partition: str = "aws", **condition: Any) -> STATEMENT:
    provider = f"arn:{partition}:iam::333333333333:saml-provider/okta"
    return allow({"Federated": provider}, "sts:AssumeRoleWithSAML", **condition)


def deny(principal: Any, action: Any = "sts:*", **condition: Any) -> STATEMENT:
    return {**allow(principal, action, **condition), "Effect": "Deny"}


def document(*statements: STATEMENT) -> PolicyDocument:
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})


def broken(facts: Facts, *statements: STATEMENT) -> dict[str, str]:
    """The rules that are broken, with the worst severity of each."""
    found: dict[str, str] = {}
    for each in lint(document(*statements), facts):
        if not at_least(found.get(each.rule.id, "none"), each.severity):
            found[each.rule.id] = each.severity
    return found


WIDE: dict[str, tuple[list[STATEMENT], str, str]] = {
    "everybody": ([allow("*")], "RC001", "critical"),
    "everybody in AWS": ([allow({"AWS": "*"})], "RC001", "critical"),
    "a tag of one's own": (
        [allow("*", StringEquals={"aws:PrincipalTag/team": "infra"})],
        "RC001",
        "critical",
    ),
    "any account's Admin": (
        [allow("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"})],
        "RC001",
        "critical",
    ),
    "a Deny of somebody else": (
        [allow("*"), deny("*", StringEquals={"aws:PrincipalAccount": STRANGER})],
        "RC001",
        "critical",
    ),
    "an address": ([allow("*", IpAddress={"aws:SourceIp": "203.0.113.0/24"})], "RC001", "medium"),
    "everybody with the external ID": (
        [allow("*", StringEquals={"sts:ExternalId": "acme"})],
        "RC001",
        "high",
    ),
    "all but one organization": (
        [allow("*", StringNotEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})],
        "RC007",
        "critical",
    ),
    "an organization, if any": (
        [allow("*", StringEqualsIfExists={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})],
        "RC008",
        "critical",
    ),
    "a stranger's account, by a condition": (
        [allow("*", StringEquals={"aws:PrincipalAccount": STRANGER})],
        "RC012",
        "high",
    ),
    "a stranger's role, by a condition": (
        [allow("*", ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{STRANGER}:role/*"})],
        "RC012",
        "high",
    ),
    "another environment, by a condition": (
        [allow("*", StringEquals={"aws:PrincipalAccount": "111111111111"})],
        "RC017",
        "high",
    ),
    "a service for another environment": (
        [
            allow(
                {"Service": "sns.amazonaws.com"},
                StringEquals={"aws:SourceAccount": "111111111111"},
            )
        ],
        "RC017",
        "high",
    ),
    "a service for a stranger": (
        [allow({"Service": "sns.amazonaws.com"}, StringEquals={"aws:SourceAccount": STRANGER})],
        "RC013",
        "medium",
    ),
    "whatever a person of GitHub started": (
        [web(StringEquals={**AUD, SUB.replace(":sub", ":actor"): "alice"})],
        "RC002",
        "critical",
    ),
    "no sub": ([web(StringEquals=AUD)], "RC002", "critical"),
    "sub *": ([web(StringEquals=AUD, StringLike={SUB: "*"})], "RC002", "critical"),
    "sub repo:*": ([web(StringEquals=AUD, StringLike={SUB: "repo:*"})], "RC002", "critical"),
    "sub *:environment:prd": (
        [web(StringEquals=AUD, StringLike={SUB: "*:environment:prd"})],
        "RC002",
        "critical",
    ),
    "one of several patterns": (
        [web(StringEquals=AUD, StringLike={SUB: ["repo:acme/infra:*", "repo:*/infra:*"]})],
        "RC002",
        "critical",
    ),
    "a claim of anybody": (
        [web(StringEquals={**AUD, f"{HOST}:environment": "prd"})],
        "RC002",
        "critical",
    ),
    "a workflow that anybody may call": (
        [web(StringEquals={**AUD, f"{HOST}:job_workflow_ref": "acme/ci/.github/x.yml@v1"})],
        "RC002",
        "medium",
    ),
    "any pod": (
        [pods(StringEquals={f"{CLUSTER}:aud": "sts.amazonaws.com"})],
        "RC002",
        "high",
    ),
    "any namespace": (
        [
            pods(
                StringEquals={f"{CLUSTER}:aud": "sts.amazonaws.com"},
                StringLike={f"{CLUSTER}:sub": "system:serviceaccount:*:app"},
            )
        ],
        "RC002",
        "high",
    ),
    "a good statement first": (
        [web(StringEquals={**AUD, SUB: "repo:acme/infra:x"}), web(StringEquals=AUD)],
        "RC002",
        "critical",
    ),
    "Google without aud": (
        [
            allow(
                {"Federated": "accounts.google.com"},
                "sts:AssumeRoleWithWebIdentity",
                StringEquals={"accounts.google.com:sub": "1101"},
            )
        ],
        "RC003",
        "high",
    ),
    "an audience pattern": (
        [web(StringLike={f"{HOST}:aud": "*"}, StringEquals={SUB: "repo:acme/infra:x"})],
        "RC003",
        "low",
    ),
    "an owner cut short": (
        [web(StringEquals=AUD, StringLike={SUB: "repo:acme*"})],
        "RC004",
        "critical",
    ),
    "an owner cut by one letter": (
        [web(StringEquals=AUD, StringLike={SUB: "repo:acm?/infra:*"})],
        "RC004",
        "critical",
    ),
    "an owner of four letters": (
        [web(StringEquals=AUD, StringLike={SUB: "repo:????/infra:*"})],
        "RC004",
        "critical",
    ),
    "any owner, told first": (
        [web(StringEquals=AUD, StringLike={SUB: "repository_owner:*"})],
        "RC002",
        "critical",
    ),
    "a part of an account": (
        [allow("*", StringLike={"aws:PrincipalAccount": "1*"})],
        "RC004",
        "critical",
    ),
    "a part of an account in an ARN": (
        [allow("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*1:role/ci"})],
        "RC004",
        "critical",
    ),
    "a repository cut short": (
        [web(StringEquals=AUD, StringLike={SUB: "repo:acme/infra*"})],
        "RC004",
        "medium",
    ),
    "a namespace cut short": (
        [
            pods(
                StringEquals={f"{CLUSTER}:aud": "sts.amazonaws.com"},
                StringLike={f"{CLUSTER}:sub": "system:serviceaccount:pay*:app"},
            )
        ],
        "RC004",
        "high",
    ),
    "a role cut short": (
        [allow({"AWS": MINE}, ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{MINE}:role/ci*"})],
        "RC004",
        "medium",
    ),
    "a domain cut short": (
        [
            saml(
                StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
                StringLike={"SAML:mail": "*example.com"},
            )
        ],
        "RC004",
        "high",
    ),
    "ForAllValues on sub": (
        [web(StringEquals=AUD, ForAllValues__StringEquals={SUB: "repo:acme/infra:x"})],
        "RC005",
        "medium",
    ),
    "ForAllValues on an external ID": (
        [allow({"AWS": STRANGER}, ForAllValues__StringEquals={"sts:ExternalId": "acme"})],
        "RC005",
        "high",
    ),
    "ForAllValues on amr": (
        [
            of_pool(
                StringEquals={f"{COGNITO}:aud": POOL},
                ForAllValues__StringLike={f"{COGNITO}:amr": "authenticated"},
            )
        ],
        "RC006",
        "high",
    ),
    "all of an account but": (
        [allow({"AWS": MINE}, StringNotLike={"aws:PrincipalArn": "arn:aws:iam::*:user/*"})],
        "RC007",
        "medium",
    ),
    "not another repository": (
        [web(StringEquals=AUD, StringNotEquals={SUB: "repo:evil/x:y"})],
        "RC007",
        "critical",
    ),
    "an external ID, if any": (
        [allow({"AWS": STRANGER}, StringEqualsIfExists={"sts:ExternalId": "acme"})],
        "RC008",
        "high",
    ),
    "a SAML attribute, if any": (
        [
            saml(
                StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
                StringEqualsIfExists={"SAML:mail": "alice@example.com"},
            )
        ],
        "RC008",
        "medium",
    ),
    "IfExists on sub": (
        [web(StringEquals=AUD, StringEqualsIfExists={SUB: "repo:acme/infra:x"})],
        "RC008",
        "low",
    ),
    "OIDC with AssumeRole": (
        [{**web(StringEquals={**AUD, SUB: "x"}), "Action": "sts:AssumeRole"}],
        "RC009",
        "medium",
    ),
    "users with WithWebIdentity": (
        [allow({"AWS": MINE}, "sts:AssumeRoleWithWebIdentity")],
        "RC009",
        "medium",
    ),
    "SAML without aud": ([saml(StringLike={"SAML:mail": "*@example.com"})], "RC010", "medium"),
    "SAML in GovCloud": (
        [
            saml(
                "aws-us-gov",
                StringEquals={"SAML:aud": "https://us-west-2.signin.aws.amazon.com/saml"},
            )
        ],
        "RC010",
        "medium",
    ),
    "an audience of China": (
        [web(StringEquals={f"{HOST}:aud": "sts.amazonaws.com.cn", SUB: "repo:acme/infra:x"})],
        "RC011",
        "medium",
    ),
    "somebody else's user": (
        [allow({"AWS": f"arn:aws:iam::{STRANGER}:user/vendor"})],
        "RC012",
        "high",
    ),
    "any external ID": (
        [allow({"AWS": STRANGER}, StringLike={"sts:ExternalId": "*"})],
        "RC012",
        "high",
    ),
    "a service": ([allow({"Service": "sns.amazonaws.com"})], "RC013", "medium"),
    "a service for any account": (
        [
            allow(
                {"Service": "sns.amazonaws.com"},
                ArnLike={"aws:SourceArn": "arn:aws:sns:*:*:alarms"},
            )
        ],
        "RC013",
        "medium",
    ),
    "NotPrincipal": (
        [{"Effect": "Allow", "NotPrincipal": {"AWS": MINE}, "Action": "sts:AssumeRole"}],
        "RC015",
        "high",
    ),
    "an audience as a password": (
        [web(StringEquals={f"{HOST}:aud": "my-secret-audience"})],
        "RC016",
        "critical",
    ),
    "an account of tes": ([allow({"AWS": "111111111111"})], "RC017", "high"),
    "a role of stg": ([allow({"AWS": "arn:aws:iam::222222222222:role/ci"})], "RC017", "high"),
    "a cluster of tes": (
        [
            web(
                CLUSTER_OF_TES,
                StringEquals={
                    f"{CLUSTER_OF_TES}:aud": "sts.amazonaws.com",
                    f"{CLUSTER_OF_TES}:sub": "system:serviceaccount:pay:app",
                },
            )
        ],
        "RC017",
        "high",
    ),
    "a namespace of tes": (
        [
            pods(
                StringEquals={
                    f"{CLUSTER}:aud": "sts.amazonaws.com",
                    f"{CLUSTER}:sub": "system:serviceaccount:payments-tes:app",
                }
            )
        ],
        "RC017",
        "high",
    ),
    "an environment of GitHub": (
        [web(StringEquals={**AUD, SUB: "repo:acme/infra:environment:staging"})],
        "RC017",
        "high",
    ),
    "values that contradict": (
        [
            allow(
                {"AWS": MINE},
                StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
                StringLike={"aws:PrincipalOrgID": "o-zzzz*"},
            )
        ],
        "RC014",
        "medium",
    ),
    "presence and absence": (
        [
            allow(
                {"AWS": MINE},
                Null={"aws:PrincipalOrgID": "true"},
                StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
            )
        ],
        "RC019",
        "medium",
    ),
    "everything denied": ([allow({"AWS": MINE}), deny("*")], "RC019", "medium"),
    "a guard beside a hole": (
        [
            {**allow({"AWS": MINE}), "Sid": "Wide"},
            allow({"AWS": MINE}, Bool={"aws:MultiFactorAuthPresent": "true"}),
        ],
        "RC019",
        "medium",
    ),
    "a provider elsewhere": (
        [
            allow(
                {"Federated": f"arn:aws:iam::{MINE}:oidc-provider/{HOST}"},
                "sts:AssumeRoleWithWebIdentity",
                StringEquals={**AUD, SUB: "repo:acme/infra:x"},
            )
        ],
        "RC019",
        "medium",
    ),
    "a Deny of nothing": ([allow({"AWS": MINE}), deny({"AWS": STRANGER})], "RC019", "low"),
    "another issuer's key": (
        [web(StringEquals={**AUD, SUB: "repo:acme/infra:x", "gitlab.com:sub": "x"})],
        "RC020",
        "medium",
    ),
    "a SAML key of a token": (
        [web(StringEquals={**AUD, SUB: "repo:acme/infra:x", "SAML:aud": "x"})],
        "RC020",
        "medium",
    ),
    "a variable in a Principal": (
        [allow({"AWS": f"arn:aws:iam::{MINE}:user/${{aws:username}}"})],
        "RC021",
        "medium",
    ),
    "MFA of a token": (
        [
            web(
                StringEquals={**AUD, SUB: "repo:acme/infra:x"},
                Bool={"aws:MultiFactorAuthPresent": "true"},
            )
        ],
        "RC022",
        "medium",
    ),
    "a claim that is no key": (
        [web(StringEquals={**AUD, SUB: "repo:acme/infra:x", f"{HOST}:repository_owner": "acme"})],
        "RC022",
        "medium",
    ),
    "a mistyped key": (
        [allow({"AWS": MINE}, StringEquals={"aws:PrincipalOrganization": "o-a1b2c3d4e5"})],
        "RC022",
        "medium",
    ),
    "a source of EC2": (
        [allow({"Service": "ec2.amazonaws.com"}, StringEquals={"aws:SourceAccount": MINE})],
        "RC022",
        "medium",
    ),
    "pods without limits": (
        [allow({"Service": "pods.eks.amazonaws.com"}, ["sts:AssumeRole", "sts:TagSession"])],
        "RC023",
        "low",
    ),
    "any pool": (
        [of_pool(ForAnyValue__StringLike={f"{COGNITO}:amr": "authenticated"})],
        "RC024",
        "critical",
    ),
    "a wrong pool": (
        [
            of_pool(
                StringEquals={f"{COGNITO}:aud": "my-pool"},
                ForAnyValue__StringLike={f"{COGNITO}:amr": "authenticated"},
            )
        ],
        "RC024",
        "medium",
    ),
    "a deleted role": ([allow({"AWS": "AROADBQP57FF2AEXAMPLE"})], "RC025", "medium"),
    "a Resource": ([{**allow({"AWS": MINE}), "Resource": "*"}], "RC026", "medium"),
    "an asterisk that is none": (
        [web(StringEquals={**AUD, SUB: "repo:acme/*"})],
        "RC027",
        "medium",
    ),
}


@pytest.mark.parametrize("name", WIDE)
def test_what_is_wrong_is_found(name: str, facts: Facts) -> None:
    statements, rule, severity = WIDE[name]
    assert broken(facts, *statements).get(rule) == severity


FINE: dict[str, list[STATEMENT]] = {
    "users of one's own": [allow({"AWS": [f"arn:aws:iam::{MINE}:user/alice"]})],
    "an account of one's own": [allow({"AWS": f"arn:aws:iam::{MINE}:root"})],
    "everybody, of one account by a Deny": [
        allow("*"),
        deny("*", StringNotEquals={"aws:PrincipalAccount": MINE}),
    ],
    "everybody of one unique id": [
        allow("*", StringLike={"aws:userid": "AROADBQP57FF2AEXAMPLE:*"}),
    ],
    "a repository by its number": [web(StringEquals={**AUD, f"{HOST}:repository_id": "4711"})],
    "an owner, in any case": [
        web(StringEquals=AUD, StringEqualsIgnoreCase={SUB: "repo:acme/infra:ref:refs/heads/main"})
    ],
    "a pattern that a Deny narrows": [
        web(StringEquals=AUD, StringLike={SUB: "repo:acme*"}),
        deny("*", "sts:AssumeRoleWithWebIdentity", StringNotLike={SUB: "repo:acme/*"}),
    ],
    "operators in any case": [
        web(stringequals={HOST.upper() + ":AUD": "sts.amazonaws.com", SUB.upper(): "repo:a/b:c"})
    ],
    "new subjects of GitHub": [
        web(StringEquals=AUD, StringLike={SUB: "repo:acme@12/infra@34:ref:refs/heads/*"})
    ],
    "a part of one's own account": [
        allow({"AWS": MINE}, ArnLike={"aws:PrincipalArn": "arn:aws:iam::9*:role/ci"})
    ],
    "a namespace": [
        pods(
            StringEquals={f"{CLUSTER}:aud": "sts.amazonaws.com"},
            StringLike={f"{CLUSTER}:sub": "system:serviceaccount:payments:*"},
        )
    ],
    "a test beside payments": [
        pods(
            StringEquals={
                f"{CLUSTER}:aud": "sts.amazonaws.com",
                f"{CLUSTER}:sub": "system:serviceaccount:load-test:app",
            }
        )
    ],
    "only these tags": [
        allow(
            {"AWS": MINE},
            ["sts:AssumeRole", "sts:TagSession"],
            ForAllValues__StringEquals={"aws:TagKeys": ["team"]},
        )
    ],
    "a tag that another statement grants": [
        {
            **allow({"AWS": MINE}, StringEquals={"aws:RequestTag/team": "blue"}),
            "Sid": "Main",
        },
        {**allow({"AWS": MINE}, "sts:TagSession"), "Sid": "Tags"},
    ],
    "the second factor": [
        allow(
            {"AWS": MINE},
            Bool={"aws:MultiFactorAuthPresent": "true"},
            NumericLessThan={"aws:MultiFactorAuthAge": "900"},
        )
    ],
    "an organization's account": [
        allow({"AWS": STRANGER}, StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"})
    ],
    "permission sets": [
        allow(
            {"AWS": MINE},
            ArnLike={
                "aws:PrincipalArn": f"arn:aws:iam::{MINE}:role/aws-reserved/sso.amazonaws.com/*/"
                "AWSReservedSSO_Admin_*"
            },
        )
    ],
    "a domain": [
        saml(
            StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml"},
            StringLike={"SAML:mail": "*@example.com"},
        )
    ],
    "every region's endpoint": [
        saml(StringLike={"SAML:aud": "https://*.signin.aws.amazon.com/saml"})
    ],
    "an endpoint of its own": [
        saml(StringEquals={"SAML:aud": "https://signin.aws.amazon.com/saml/acs/SAMLSPABCDEFGHIJ"})
    ],
    "SAML in China": [
        saml(
            "aws-cn",
            StringEquals={"SAML:aud": "https://cn-northwest-1.signin.amazonaws.cn/saml"},
        )
    ],
    "instances": [allow({"Service": "ec2.amazonaws.com"})],
    "functions": [allow({"Service": "lambda.amazonaws.com"})],
    "instances in China": [allow({"Service": "ec2.amazonaws.com.cn"})],
    "a bucket's notifications": [
        allow(
            {"Service": "s3.amazonaws.com"},
            StringEquals={"aws:SourceOrgID": "o-a1b2c3d4e5"},
        )
    ],
    "certificates": [
        allow(
            {"Service": "rolesanywhere.amazonaws.com"},
            ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            StringEquals={"aws:PrincipalTag/x509Subject/CN": "web-1"},
            ArnEquals={
                "aws:SourceArn": "arn:aws:rolesanywhere:eu-central-1:333333333333:trust-anchor/1"
            },
        )
    ],
    "both factors of one's own users": [
        allow({"AWS": f"arn:aws:iam::{MINE}:user/${{aws_iam_user.one.name}}"}),
    ],
    "a provider that is not known yet": [
        allow(
            {"Federated": "${aws_iam_openid_connect_provider.gh.arn}"},
            "sts:AssumeRoleWithWebIdentity",
            StringEquals={**AUD, SUB: "repo:acme/infra:environment:prd"},
        )
    ],
    "a subject that is not known yet": [web(StringEquals={**AUD, SUB: "${var.subject}"})],
    "exact subjects and patterns apart": [
        {**web(StringEquals={**AUD, SUB: "repo:acme/a:x"}), "Sid": "A"},
        {**web(StringEquals=AUD, StringLike={SUB: "repo:acme/b:*"}), "Sid": "B"},
    ],
}


@pytest.mark.parametrize("name", FINE)
def test_what_only_looks_wrong_is_left_alone(name: str, facts: Facts) -> None:
    assert [each.text for each in lint(document(*FINE[name]), facts)] == []


def test_a_provider_that_is_not_known_yet_is_judged_by_the_keys_beside_it(facts: Facts) -> None:
    unknown = {"Federated": "${aws_iam_openid_connect_provider.gh.arn}"}
    wide = allow(unknown, "sts:AssumeRoleWithWebIdentity", StringEquals=AUD)
    assert broken(facts, wide) == {"RC002": "critical"}
    bare = allow(unknown, "sts:AssumeRoleWithWebIdentity")
    assert broken(facts, bare)["RC002"] == "high"


@pytest.mark.parametrize(
    ("known", "severity"),
    [
        (Facts(account="333333333333", own_accounts=frozenset({MINE})), "high"),
        (Facts(account="333333333333"), "medium"),
        (Facts(), "low"),
    ],
)
def test_a_third_party_is_as_certain_as_what_is_known(known: Facts, severity: str) -> None:
    assert broken(known, allow({"AWS": STRANGER})) == {"RC012": severity}


def test_stg_may_be_trusted_by_tes_but_not_by_prd(facts: Facts) -> None:
    statement = allow({"AWS": "222222222222"})
    tes = replace(facts, account="111111111111", environment="tes")
    assert broken(tes, statement) == {}
    stg = replace(facts, account="222222222222", environment="stg")
    assert broken(stg, allow({"AWS": "111111111111"})) == {"RC017": "medium"}
    assert broken(replace(facts, environment=None), statement) == {"RC017": "high"}


@pytest.mark.parametrize(
    ("users", "severity"), [(20, None), (28, "low"), (35, "high"), (80, "high")]
)
def test_size(users: int, severity: str | None, facts: Facts) -> None:
    names = [f"arn:aws:iam::{MINE}:user/the-name-of-somebody-{n:08d}" for n in range(users)]
    assert broken(facts, allow({"AWS": names})).get("RC018") == severity


def test_an_old_version_knows_no_variables(facts: Facts) -> None:
    statement = allow({"AWS": MINE}, StringLike={"sts:RoleSessionName": "${aws:username}"})
    old = PolicyDocument.parse({"Version": "2008-10-17", "Statement": statement})
    assert [each.rule.id for each in lint(old, facts)] == ["RC021"]
    assert broken(facts, statement) == {}


def test_a_finding_says_where_and_what_to_write(facts: Facts) -> None:
    statements = [allow({"AWS": MINE}), {**web(StringEquals=AUD), "Sid": "Deploy"}]
    (found,) = lint(document(*statements), facts)
    assert (found.statement, found.sid) == (1, "Deploy")
    assert found.text.startswith("Statement Deploy: ")
    assert f'compare "{SUB}" by StringEquals' in found.text


def test_what_terminals_obey_is_written_out(facts: Facts) -> None:
    statement = {**allow({"AWS": "\x1b[31m*"}), "Sid": "\x1b[2J"}
    for found in lint(document(statement), facts):
        assert "\x1b" not in found.text


def test_ids_are_forever() -> None:
    """Only ever add to the end: ids stand in suppressions and dashboards."""
    assert {rule.id: rule.title for rule in RULES} == {
        "RC001": "anybody with an AWS account may assume the role",
        "RC002": "tokens of an OIDC issuer are not told apart by their subject",
        "RC003": "tokens of an OIDC issuer are not told apart by their audience",
        "RC004": "a wildcard ends or starts inside a name",
        "RC005": "ForAllValues on a key with one value",
        "RC006": "ForAllValues lets in whoever lacks the key",
        "RC007": "only negated conditions limit who may assume the role",
        "RC008": "only conditions with IfExists limit who may assume the role",
        "RC009": "the action is not the one that this principal calls",
        "RC010": "SAML:aud is missing, or is no sign-in endpoint of the partition",
        "RC011": "the OIDC audience is that of another partition",
        "RC012": "a third party needs no external ID",
        "RC013": "an AWS service may act for anybody",
        "RC014": "an exact and a wildcard comparison of one key are ANDed",
        "RC015": "NotPrincipal in a trust policy",
        "RC016": "an audience that the workload chooses is the only boundary",
        "RC017": "the role trusts another environment",
        "RC018": "the trust policy is near or above its size limit",
        "RC019": "a statement makes no difference",
        "RC020": "a condition key of another issuer than the principal",
        "RC021": "a policy variable that cannot be filled in",
        "RC022": "a condition key that this call does not have",
        "RC023": "EKS Pod Identity without sts:TagSession or without limits",
        "RC024": "Cognito identities are not told apart by pool and sign-in",
        "RC025": "a principal that was deleted",
        "RC026": "AWS refuses the document",
        "RC027": "a wildcard under an operator that knows none",
    }
