"""Which keys a caller's request can have, has always, and never has.

A condition on a key that is never there changes nothing, or everything; one on a key that is
always there the other way round. Whoever reviews a change is told by this whether it matters.
"""

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy.compare import Outcome, TokenKeys, compare
from tests.policy.compare.labelled import GITHUB, OTHER, OWN, policy

USER = {"AWS": f"arn:aws:iam::{OTHER}:user/bob"}
ROLE = {"AWS": f"arn:aws:iam::{OTHER}:role/hop"}
SERVICE = {"Service": "lambda.amazonaws.com"}
CERTIFICATE = {"Service": "rolesanywhere.amazonaws.com"}
WEB = {"Federated": GITHUB}
OTHER_WEB = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/idp.example.com"}
SAML = {"Federated": f"arn:aws:iam::{OWN}:saml-provider/corp"}
ACTIONS = {
    id(WEB): "sts:AssumeRoleWithWebIdentity",
    id(OTHER_WEB): "sts:AssumeRoleWithWebIdentity",
    id(SAML): "sts:AssumeRoleWithSAML",
}
GITHUB_HOST = "token.actions.githubusercontent.com"

NEVER, MAYBE, ALWAYS = (
    (Outcome.SAME, Outcome.NARROWER),
    (Outcome.NARROWER, Outcome.NARROWER),
    (Outcome.NARROWER, Outcome.SAME),
)
EVERYBODY = (USER, ROLE, SERVICE, WEB, SAML)
ACCOUNT = (USER, ROLE)


def presence(
    principal: dict[str, str], key: str, tokens: TokenKeys = TOKEN_KEYS
) -> tuple[Outcome, Outcome]:
    """What becomes of a policy that asks for the key to be absent, or to be there."""
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": ACTIONS.get(id(principal), "sts:AssumeRole"),
    }
    before = policy(statement)
    absent, present = (
        compare(
            before,
            policy({**statement, "Condition": {"Null": {key: wanted}}}),
            account=OWN,
            tokens=tokens,
        ).verdict
        for wanted in ("true", "false")
    )
    return absent, present


@pytest.mark.parametrize(
    ("key", "always", "maybe"),
    [
        ("aws:CurrentTime", EVERYBODY, ()),
        ("aws:EpochTime", EVERYBODY, ()),
        ("aws:SecureTransport", EVERYBODY, ()),
        ("aws:ViaAWSService", (), EVERYBODY),
        ("aws:SourceIp", (), EVERYBODY),
        ("aws:VpcSourceIp", (), EVERYBODY),
        ("aws:CalledVia", (), EVERYBODY),
        ("aws:CalledViaFirst", (), EVERYBODY),
        ("aws:CalledViaLast", (), EVERYBODY),
        ("aws:UserAgent", (), EVERYBODY),
        ("aws:Referer", (), EVERYBODY),
        ("aws:SourceVpc", (), EVERYBODY),
        ("aws:SourceVpce", (), EVERYBODY),
        ("aws:SourceVpcArn", (), EVERYBODY),
        ("aws:RequestedRegion", (), EVERYBODY),
        ("sts:RoleSessionName", EVERYBODY, ()),
        ("sts:DurationSeconds", (), EVERYBODY),
        ("custom:thing", (), EVERYBODY),
        ("aws:MultiFactorAuthPresent", (), ACCOUNT),
        ("aws:MultiFactorAuthAge", (), ACCOUNT),
        ("aws:TokenIssueTime", (), ACCOUNT),
        ("aws:PrincipalOrgID", (), ACCOUNT),
        ("aws:PrincipalOrgPaths", (), ACCOUNT),
        ("aws:PrincipalArn", ACCOUNT, ()),
        ("aws:PrincipalAccount", ACCOUNT, ()),
        ("aws:PrincipalType", ACCOUNT, ()),
        ("aws:PrincipalIsAWSService", (USER, ROLE, SERVICE), ()),
        ("aws:username", (USER,), ()),
        ("aws:userid", ACCOUNT, ()),
        ("aws:FederatedProvider", (), (ROLE,)),
        ("aws:PrincipalTag/team", (), (USER, ROLE, CERTIFICATE)),
        ("aws:SourceAccount", (), (SERVICE,)),
        ("aws:SourceArn", (), (SERVICE,)),
        ("aws:SourceOrgID", (), (SERVICE,)),
        ("aws:SourceOrgPaths", (), (SERVICE,)),
        ("aws:PrincipalServiceName", (SERVICE,), ()),
        ("aws:PrincipalServiceNamesList", (SERVICE,), ()),
        ("sts:ExternalId", (), (USER, ROLE, SERVICE)),
        (f"{GITHUB_HOST}:sub", (WEB,), (ROLE,)),
        (f"{GITHUB_HOST}:aud", (WEB,), (ROLE,)),
        (f"{GITHUB_HOST}:nothing", (), ()),
        ("idp.example.com:amr", (), (ROLE, OTHER_WEB)),
        ("idp.example.com:sub", (OTHER_WEB,), (ROLE,)),
        ("idp.example.com:email", (), (OTHER_WEB,)),
        ("saml:sub", (SAML,), (ROLE,)),
        ("saml:sub_type", (), (ROLE, SAML)),
        ("saml:namequalifier", (SAML,), (ROLE,)),
        ("saml:aud", (SAML,), ()),
        ("saml:doc", (SAML,), ()),
        ("saml:nothing", (), ()),
    ],
)  # fmt: skip
def test_who_has_a_key(
    key: str, always: tuple[dict[str, str], ...], maybe: tuple[dict[str, str], ...]
) -> None:
    for who in (USER, ROLE, SERVICE, CERTIFICATE, WEB, OTHER_WEB, SAML):
        alike = SERVICE if who is CERTIFICATE and CERTIFICATE not in maybe else who
        alike = WEB if who is OTHER_WEB and key.startswith(("aws:", "sts:", "custom:")) else alike
        expected = ALWAYS if alike in always else MAYBE if alike in maybe else NEVER
        assert presence(who, key) == expected, (who, key)


def test_of_an_unknown_provider_any_claim_may_be_there() -> None:
    for who, key in ((WEB, f"{GITHUB_HOST}:x"), (SAML, "saml:x"), (SAML, "saml:aud")):
        assert presence(who, key, TokenKeys()) == MAYBE
    assert presence(WEB, "accounts.google.com:sub", TokenKeys()) == NEVER
    assert presence(WEB, "saml:x", TokenKeys()) == NEVER
