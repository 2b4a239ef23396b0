"""The policies of one account and of two, boundaries and session policies."""

from rolecall.policy import (
    Caller,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    Verdict,
)
from tests.conformance.evaluator.case import (
    ALICE,
    ALLOW,
    EXPLICIT,
    IMPLICIT,
    OTHER,
    OWN,
    Case,
    Json,
    allow,
    deny,
)

_ONE = "Policy evaluation for requests within a single account"
_TWO = "Cross-account policy evaluation logic"
_BOUNDARY = "Permissions boundaries for IAM entities"
_SESSION = "Session policies"

ROOT = f"arn:aws:iam::{OWN}:root"
USER = ALICE.arn
WORKER = RoleSession(OWN, "worker", "run", role_id="AROAEXAMPLEWORKER0001")
ROLE, SESSION = WORKER.role_arn, WORKER.arn
BOB = FederatedUserSession(OWN, "bob")
VISITOR = IamUser(OTHER, "visitor")
VISITING = RoleSession(OTHER, "guest", "run")
NOTHING: Json = allow(Action="none:Nothing")
"""A policy that leaves the request out, without denying it."""


def case(
    page: str,
    says: str,
    verdict: Verdict,
    *,
    caller: Caller = ALICE,
    identity: Json | None = None,
    principal: object = None,
    boundary: Json | None = None,
    session: Json | None = None,
    trust: bool = False,
    denies: bool = False,
) -> Case:
    """`principal` stands in the resource policy's Allow; `denies` adds a Deny beside it."""
    resource = [allow(Principal=principal)] if principal is not None else None
    if denies:
        resource = [*(resource or []), deny(Principal="*")]
    return Case(
        page,
        says,
        verdict,
        identity=None if identity is None else [identity],
        resource=resource,
        boundary=None if boundary is None else [boundary],
        session=None if session is None else [session],
        caller=caller,
        label="trust" if trust else "resource",
    )


CASES: list[Case] = [
    # One account.
    case(_ONE, "the identity policy alone is enough", ALLOW, identity=allow()),
    case(_ONE, "the resource policy alone is enough", ALLOW, principal={"AWS": USER}),
    case(_ONE, "either of the two", ALLOW, identity=allow(), principal={"AWS": OTHER}),
    case(_ONE, "neither", IMPLICIT, identity=NOTHING, principal={"AWS": OTHER}),
    case(_ONE, "a Deny in the resource policy", EXPLICIT, identity=allow(), principal="*",
         denies=True),
    case(_ONE, "a Deny in the identity policy", EXPLICIT, identity=deny(), principal={"AWS": USER}),
    case(_ONE, "root user: every permission", ALLOW, caller=RootUser(OWN)),
    case(_ONE, "root user: a resource policy can deny", EXPLICIT, caller=RootUser(OWN),
         denies=True),
    case(_ONE, "a trust policy must allow by itself", IMPLICIT, identity=allow(),
         principal={"AWS": OTHER}, trust=True),
    case(_ONE, "a trust policy that names the user is enough", ALLOW, principal={"AWS": USER},
         trust=True),
    case(_ONE, "a trust policy that names the role is enough", ALLOW, caller=WORKER,
         principal={"AWS": ROLE}, trust=True),
    case(_ONE, "a trust policy that names the account delegates: no", IMPLICIT,
         principal={"AWS": ROOT}, trust=True),
    case(_ONE, "a trust policy that names the account delegates: yes", ALLOW, identity=allow(),
         principal={"AWS": ROOT}, trust=True),
    case(_ONE, "a trust policy for everyone, same account", ALLOW, principal="*", trust=True),
    case(_ONE, "roles may not be assumed by root users", IMPLICIT, caller=RootUser(OWN),
         principal={"AWS": ROOT}, trust=True),
    # Permissions boundaries.
    case(_BOUNDARY, "identity policy within the boundary", ALLOW, identity=allow(),
         boundary=allow()),
    case(_BOUNDARY, "identity policy beyond the boundary", IMPLICIT, identity=allow(),
         boundary=NOTHING),
    case(_BOUNDARY, "a boundary grants nothing", IMPLICIT, boundary=allow()),
    case(_BOUNDARY, "a Deny in the boundary", EXPLICIT, identity=allow(), boundary=deny()),
    case(_BOUNDARY, "a resource policy that names the user is not limited", ALLOW,
         principal={"AWS": USER}, boundary=NOTHING),
    case(_BOUNDARY, "but a Deny in the boundary overrides it", EXPLICIT, principal={"AWS": USER},
         boundary=deny()),
    case(_BOUNDARY, "a resource policy that names the role is limited", IMPLICIT, caller=WORKER,
         principal={"AWS": ROLE}, boundary=NOTHING),
    case(_BOUNDARY, "a resource policy that names the role, within the boundary", ALLOW,
         caller=WORKER, principal={"AWS": ROLE}, boundary=allow()),
    case(_BOUNDARY, "a resource policy that names the session is not limited", ALLOW,
         caller=WORKER, principal={"AWS": SESSION}, boundary=NOTHING),
    case(_BOUNDARY, "a resource policy that names the account is limited", IMPLICIT,
         identity=allow(), principal={"AWS": ROOT}, boundary=NOTHING),
    # "Principal" can be read as exempting `*`; in doubt the boundary limits.
    case(_BOUNDARY, "a resource policy for everyone is limited", IMPLICIT, principal="*",
         boundary=NOTHING),
    case(_BOUNDARY, "a trust policy that names the role is limited", IMPLICIT, caller=WORKER,
         principal={"AWS": ROLE}, boundary=NOTHING, trust=True),
    case(_BOUNDARY, "a trust policy that names the user is not limited", ALLOW,
         principal={"AWS": USER}, boundary=NOTHING, trust=True),
    case(_BOUNDARY, "a trust policy that names the session is not limited", ALLOW, caller=WORKER,
         principal={"AWS": SESSION}, boundary=NOTHING, trust=True),
    case(_BOUNDARY, "a resource policy that names the user's id is not limited", ALLOW,
         principal={"AWS": ALICE.unique_id}, boundary=NOTHING),
    # Session policies.
    case(_SESSION, "the intersection of identity and session policy", ALLOW, caller=WORKER,
         identity=allow(), session=allow()),
    case(_SESSION, "a session policy that leaves it out", IMPLICIT, caller=WORKER,
         identity=allow(), session=NOTHING),
    case(_SESSION, "a session policy grants nothing", IMPLICIT, caller=WORKER, session=allow()),
    case(_SESSION, "a Deny in the session policy", EXPLICIT, caller=WORKER, identity=allow(),
         session=deny()),
    case(_SESSION, "a resource policy that names the role, within the session", ALLOW,
         caller=WORKER, principal={"AWS": ROLE}, session=allow()),
    case(_SESSION, "a resource policy that names the role, beyond the session", IMPLICIT,
         caller=WORKER, principal={"AWS": ROLE}, session=NOTHING),
    case(_SESSION, "a resource policy that names the session adds to it", ALLOW, caller=WORKER,
         principal={"AWS": SESSION}, session=NOTHING),
    case(_SESSION, "a Deny in the session policy overrides that", EXPLICIT, caller=WORKER,
         principal={"AWS": SESSION}, session=deny()),
    case(_SESSION, "boundary, session and identity policy all allow", ALLOW, caller=WORKER,
         identity=allow(), boundary=allow(), session=allow()),
    case(_SESSION, "the boundary leaves it out", IMPLICIT, caller=WORKER, identity=allow(),
         boundary=NOTHING, session=allow()),
    case(_SESSION, "a federated user within his session", ALLOW, caller=BOB, identity=allow(),
         session=allow()),
    case(_SESSION, "a federated user named by the resource", ALLOW, caller=BOB,
         principal={"AWS": BOB.arn}, session=NOTHING),
    # Two accounts.
    case(_TWO, "both sides allow, the user named", ALLOW, caller=VISITOR, identity=allow(),
         principal={"AWS": VISITOR.arn}),
    case(_TWO, "both sides allow, the account named", ALLOW, caller=VISITOR, identity=allow(),
         principal={"AWS": OTHER}),
    case(_TWO, "the resource's side alone", IMPLICIT, caller=VISITOR,
         principal={"AWS": VISITOR.arn}),
    case(_TWO, "the caller's side alone", IMPLICIT, caller=VISITOR, identity=allow(),
         principal={"AWS": USER}),
    case(_TWO, "the caller's side alone, no resource policy", IMPLICIT, caller=VISITOR,
         identity=allow()),
    case(_TWO, "everyone still needs the caller's side", IMPLICIT, caller=VISITOR, principal="*"),
    case(_TWO, "everyone and the caller's side", ALLOW, caller=VISITOR, identity=allow(),
         principal="*"),
    case(_TWO, "the trusting account's own root does not name the other's users", IMPLICIT,
         caller=VISITOR, identity=allow(), principal={"AWS": ROOT}),
    case(_TWO, "a Deny on the resource's side", EXPLICIT, caller=VISITOR, identity=allow(),
         principal={"AWS": OTHER}, denies=True),
    case(_TWO, "a Deny on the caller's side", EXPLICIT, caller=VISITOR, identity=deny(),
         principal={"AWS": OTHER}),
    case(_TWO, "a session named needs its identity policies", IMPLICIT, caller=VISITING,
         principal={"AWS": VISITING.arn}),
    case(_TWO, "a session named, with its identity policies", ALLOW, caller=VISITING,
         identity=allow(), principal={"AWS": VISITING.arn}),
    case(_TWO, "a boundary limits on the caller's side, the user named", IMPLICIT, caller=VISITOR,
         identity=allow(), principal={"AWS": VISITOR.arn}, boundary=NOTHING),
    case(_TWO, "a session policy limits on the caller's side", IMPLICIT, caller=VISITING,
         identity=allow(), principal={"AWS": VISITING.role_arn}, session=NOTHING),
    case(_TWO, "another account's root user needs the resource's side", IMPLICIT,
         caller=RootUser(OTHER)),
    case(_TWO, "another account's root user, his account named", ALLOW, caller=RootUser(OTHER),
         principal={"AWS": OTHER}),
    case(_TWO, "a trust policy and the caller's side", ALLOW, caller=VISITOR, identity=allow(),
         principal={"AWS": VISITOR.arn}, trust=True),
    case(_TWO, "a trust policy without the caller's side", IMPLICIT, caller=VISITOR,
         principal={"AWS": VISITOR.arn}, trust=True),
    # Several statements, and elements that a policy lacks.
    Case(_ONE, "of several statements the strongest counts, it comes last", ALLOW,
         resource=[allow(Principal={"AWS": OWN}), allow(Principal={"AWS": USER})]),
    Case(_ONE, "of several statements the strongest counts, it comes first", ALLOW,
         resource=[allow(Principal={"AWS": USER}), allow(Principal={"AWS": OWN})]),
    Case(_ONE, "everyone and then the user, beyond the boundary", ALLOW,
         resource=[allow(Principal="*"), allow(Principal={"AWS": USER})], boundary=[NOTHING]),
    Case("AWS JSON policy elements: Principal", "a resource policy needs one: nobody is allowed",
         IMPLICIT, resource=[allow()]),
    Case("AWS JSON policy elements: Principal", "a resource policy needs one: everyone is denied",
         EXPLICIT, identity=[allow()], resource=[deny()]),
    Case("IAM JSON policy elements: Resource", "an identity policy needs one: nothing is allowed",
         IMPLICIT, identity=[{"Effect": "Allow", "Action": "*"}]),
    Case("IAM JSON policy elements: Resource", "an identity policy needs one: all is denied",
         EXPLICIT, identity=[allow(), {"Effect": "Deny", "Action": "*"}]),
    Case("IAM JSON policy elements: Resource", "a trust policy has none", ALLOW,
         resource=[{"Effect": "Allow", "Action": "*", "Principal": {"AWS": USER}}], label="trust"),
]  # fmt: skip
