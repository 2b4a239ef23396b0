"""Principal and NotPrincipal in a resource's policy."""

from rolecall.policy import (
    Anonymous,
    AwsService,
    Caller,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    Verdict,
    WebIdentity,
)
from tests.conformance.evaluator.case import (
    ALICE,
    ALLOW,
    EXPLICIT,
    IMPLICIT,
    OTHER,
    OWN,
    Case,
    Context,
    Json,
    allow,
    deny,
)

_PRINCIPAL = "AWS JSON policy elements: Principal"
_NOT = "AWS JSON policy elements: NotPrincipal"

ROOT = f"arn:aws:iam::{OWN}:root"
USER = f"arn:aws:iam::{OWN}:user/alice"
ROLE = f"arn:aws:iam::{OWN}:role/team/worker"
SESSION = f"arn:aws:sts::{OWN}:assumed-role/worker/run"
FEDERATED = f"arn:aws:sts::{OWN}:federated-user/bob"
OIDC = f"arn:aws:iam::{OWN}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{OWN}:saml-provider/corp"
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

WORKER = RoleSession(OWN, "worker", "run", role_path="/team/", role_id="AROAEXAMPLEWORKER0001")
BOB = FederatedUserSession(OWN, "bob")
EC2 = AwsService("ec2.amazonaws.com")


def by(says: str, principal: object, caller: Caller, verdict: Verdict, own: bool = False) -> Case:
    """A resource's Allow; `own`: the caller's identity policies allow as well."""
    return Case(
        _PRINCIPAL,
        says,
        verdict,
        resource=[allow(Principal=principal)],
        identity=[allow()] if own else None,
        caller=caller,
        label="key",
    )


def denied(says: str, principal: object, caller: Caller, verdict: Verdict,
           context: Context | None = None) -> Case:  # fmt: skip
    """A resource's Deny, beside Allows on every side."""
    return Case(
        _PRINCIPAL,
        says,
        verdict,
        resource=[_everyone(caller), deny(Principal=principal)],
        identity=[allow()],
        caller=caller,
        context=context or {},
    )


def _everyone(caller: Caller) -> Json:
    if isinstance(caller, (WebIdentity, SamlIdentity)):
        return allow(Principal={"Federated": caller.provider})
    return allow(Principal="*")


def excepted(says: str, names: object, caller: Caller, verdict: Verdict,
             boundary: bool = False) -> Case:  # fmt: skip
    """A resource's Deny of everyone but the names."""
    return Case(
        _NOT,
        says,
        verdict,
        resource=[
            _everyone(caller),
            {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": names},
        ],
        identity=[allow()],
        boundary=[allow()] if boundary else None,
        caller=caller,
    )


def allowed_but(says: str, names: object, caller: Caller, verdict: Verdict, own: bool) -> Case:
    return Case(
        _NOT,
        says,
        verdict,
        resource=[{"Effect": "Allow", "Action": "*", "Resource": "*", "NotPrincipal": names}],
        identity=[allow()] if own else None,
        caller=caller,
        label="key",
    )


CASES: list[Case] = [
    by("a user's ARN", {"AWS": USER}, ALICE, ALLOW),
    by("another user's ARN", {"AWS": USER}, IamUser(OWN, "bob"), IMPLICIT, own=True),
    by("the name in a user's ARN is case sensitive", {"AWS": USER}, IamUser(OWN, "Alice"),
       IMPLICIT, own=True),
    by("a user's ARN has its path", {"AWS": USER}, IamUser(OWN, "alice", path="/x/"), IMPLICIT,
       own=True),
    by("the same user of another account", {"AWS": USER}, IamUser(OTHER, "alice"), IMPLICIT,
       own=True),
    by("a user's unique id", {"AWS": "AIDAEXAMPLEALICE00001"}, ALICE, ALLOW),
    by("the unique id of a deleted namesake", {"AWS": "AIDAEXAMPLEALICE00000"}, ALICE, IMPLICIT,
       own=True),
    by("a role's ARN, for its sessions", {"AWS": ROLE}, WORKER, ALLOW),
    by("a role's ARN without its path", {"AWS": ROLE.replace("team/", "")}, WORKER, IMPLICIT,
       own=True),
    by("a role's unique id", {"AWS": "AROAEXAMPLEWORKER0001"}, WORKER, ALLOW),
    by("a session's ARN", {"AWS": SESSION}, WORKER, ALLOW),
    by("another session's ARN", {"AWS": SESSION + "2"}, WORKER, IMPLICIT, own=True),
    by("no wildcard for all sessions", {"AWS": SESSION[:-3] + "*"}, WORKER, IMPLICIT, own=True),
    by("no wildcard for all users", {"AWS": f"arn:aws:iam::{OWN}:user/*"}, ALICE, IMPLICIT,
       own=True),
    by("no wildcard for a part of a name", {"AWS": f"arn:aws:iam::{OWN}:user/ali*"}, ALICE,
       IMPLICIT, own=True),
    by("a federated user's ARN", {"AWS": FEDERATED}, BOB, ALLOW),
    by("the account's ARN delegates: allowed by his own policies", {"AWS": ROOT}, ALICE, ALLOW,
       own=True),
    by("the account's ARN delegates: not by itself", {"AWS": ROOT}, ALICE, IMPLICIT),
    by("the account's id behaves the same: allowed", {"AWS": OWN}, ALICE, ALLOW, own=True),
    by("the account's id behaves the same: not by itself", {"AWS": OWN}, ALICE, IMPLICIT),
    by("the account's ARN is not only its root user", {"AWS": ROOT}, WORKER, ALLOW, own=True),
    by("the account's root user", {"AWS": ROOT}, RootUser(OWN), ALLOW),
    by("another account", {"AWS": OTHER}, ALICE, IMPLICIT, own=True),
    by("several principals are ORed", {"AWS": [OTHER, USER]}, ALICE, ALLOW),
    by("kinds are ORed", {"AWS": OTHER, "Service": "ec2.amazonaws.com"}, EC2, ALLOW),
    by("everyone, in the same account", "*", ALICE, ALLOW),
    by("everyone, written as AWS", {"AWS": "*"}, ALICE, ALLOW),
    by("everyone, anonymous callers included", "*", Anonymous(), ALLOW),
    by("everyone, written as AWS, anonymous callers included", {"AWS": "*"}, Anonymous(), ALLOW),
    by("a named user is not an anonymous caller", {"AWS": USER}, Anonymous(), IMPLICIT),
    by("a service", {"Service": "ec2.amazonaws.com"}, EC2, ALLOW),
    by("another service", {"Service": "lambda.amazonaws.com"}, EC2, IMPLICIT),
    by("one of several services", {"Service": ["ecs.amazonaws.com", "ec2.amazonaws.com"]}, EC2,
       ALLOW),
    by("a service is no AWS principal", {"AWS": "ec2.amazonaws.com"}, EC2, IMPLICIT),
    by("a user is no service", {"Service": "ec2.amazonaws.com"}, ALICE, IMPLICIT, own=True),
    by("an OIDC provider", {"Federated": OIDC}, WebIdentity(OIDC), ALLOW),
    by("another OIDC provider", {"Federated": OIDC}, WebIdentity(OIDC + "x"), IMPLICIT),
    by("a provider known to AWS", {"Federated": "cognito-identity.amazonaws.com"},
       WebIdentity("cognito-identity.amazonaws.com"), ALLOW),
    by("a SAML provider", {"Federated": SAML}, SamlIdentity(SAML), ALLOW),
    by("another SAML provider", {"Federated": SAML}, SamlIdentity(SAML + "2"), IMPLICIT),
    by("the account does not name its providers", {"AWS": ROOT}, WebIdentity(OIDC), IMPLICIT),
    # AWS documents `*` for signed and anonymous callers only; in doubt it does not admit.
    by("everyone does not admit a web identity", "*", WebIdentity(OIDC), IMPLICIT),
    by("everyone does not admit a SAML identity", {"AWS": "*"}, SamlIdentity(SAML), IMPLICIT),
    by("a canonical user is nobody known", {"CanonicalUser": CANONICAL}, ALICE, IMPLICIT, own=True),
    denied("a Deny of the user", {"AWS": USER}, ALICE, EXPLICIT),
    denied("a Deny of another user", {"AWS": USER}, IamUser(OWN, "bob"), ALLOW),
    denied("a Deny of the role, for its sessions", {"AWS": ROLE}, WORKER, EXPLICIT),
    denied("a Deny of the session", {"AWS": SESSION}, WORKER, EXPLICIT),
    denied("a Deny of the account", {"AWS": ROOT}, ALICE, EXPLICIT),
    denied("a Deny of the account's id, for its root user", {"AWS": OWN}, RootUser(OWN), EXPLICIT),
    denied("a Deny of everyone", "*", ALICE, EXPLICIT),
    denied("a Deny of everyone, for a service", "*", EC2, EXPLICIT),
    denied("a Deny of everyone, for a web identity", "*", WebIdentity(OIDC), EXPLICIT),
    denied("a Deny of everyone, for an anonymous caller", {"AWS": "*"}, Anonymous(), EXPLICIT),
    denied("a Deny of a provider, for sessions that came by it", {"Federated": SAML}, WORKER,
           EXPLICIT, {"aws:FederatedProvider": SAML}),
    denied("a Deny of a canonical user may mean any account", {"CanonicalUser": CANONICAL}, ALICE,
           EXPLICIT),
    excepted("user and account listed", {"AWS": [USER, ROOT]}, ALICE, ALLOW),
    excepted("user and account id listed", {"AWS": [USER, OWN]}, ALICE, ALLOW),
    excepted("the user alone: his account is denied", {"AWS": USER}, ALICE, EXPLICIT),
    excepted("the account alone: the user is denied", {"AWS": ROOT}, ALICE, EXPLICIT),
    excepted("another user", {"AWS": [USER, ROOT]}, IamUser(OWN, "bob"), EXPLICIT),
    excepted("session, role and account listed", {"AWS": [SESSION, ROLE, ROOT]}, WORKER, ALLOW),
    excepted("role and account listed, the session is not", {"AWS": [ROLE, ROOT]}, WORKER,
             EXPLICIT),
    excepted("session and account listed, the role is not", {"AWS": [SESSION, ROOT]}, WORKER,
             EXPLICIT),
    excepted("the account's root user", {"AWS": ROOT}, RootUser(OWN), ALLOW),
    excepted("a service listed", {"Service": "ec2.amazonaws.com"}, EC2, ALLOW),
    excepted("a service not listed", {"AWS": ROOT}, EC2, EXPLICIT),
    excepted("an anonymous caller is never listed", {"AWS": ROOT}, Anonymous(), EXPLICIT),
    excepted("a web identity listed", {"Federated": OIDC}, WebIdentity(OIDC), ALLOW),
    excepted("with a permissions boundary always denied", {"AWS": [USER, ROOT]}, ALICE, EXPLICIT,
             boundary=True),
    # NotPrincipal with Allow is not supported any more: it lets in as few as can be.
    allowed_but("NotPrincipal with Allow: a listed user", {"AWS": USER}, ALICE, IMPLICIT, own=True),
    allowed_but("NotPrincipal with Allow: his account listed", {"AWS": ROOT}, ALICE, IMPLICIT,
                own=True),
    allowed_but("NotPrincipal with Allow: nobody anonymous", {"AWS": USER}, Anonymous(), IMPLICIT,
                own=False),
    allowed_but("NotPrincipal with Allow: another, with permission of his own", {"AWS": USER},
                IamUser(OWN, "bob"), ALLOW, own=True),
    allowed_but("NotPrincipal with Allow: another, without", {"AWS": USER}, IamUser(OWN, "bob"),
                IMPLICIT, own=False),
]  # fmt: skip
