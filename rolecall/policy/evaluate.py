"""The evaluator: one request against every policy that bears on it.

Source: "Policy evaluation logic" with its pages "Policy evaluation for requests within
a single account" and "Cross-account policy evaluation logic"; "Permissions boundaries
for IAM entities"; "Session policies"; "AWS JSON policy elements: Principal".

Service and resource control policies of AWS Organizations are not evaluated.
"""

from collections.abc import Sequence

from rolecall.policy.callers import RootUser
from rolecall.policy.compiled_policy import CompiledPolicy, Side
from rolecall.policy.compiled_statement import PlacedStatement
from rolecall.policy.decision import Decision, Miss, Reason, Verdict
from rolecall.policy.grants import Grant
from rolecall.policy.request import Request

__all__ = ["Authorizer", "CompiledPolicy"]

_ALLOW, _EXPLICIT, _IMPLICIT = Verdict.ALLOW, Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY

# A role's trust policy and a KMS key policy must allow by themselves; every other
# resource of the caller's own account is open to his identity policies alone.
# ("Policy evaluation for requests within a single account")
_LABELS_THAT_MUST_ALLOW = ("trust", "key")


class Authorizer:
    """Every policy that bears on one caller and one resource; immutable and thread safe.

    `boundary` None: the caller has no permissions boundary. `session` None: no session
    policy was passed; of several, one must allow. An empty `session` allows nothing,
    as for a federated user without policies. `resource` None: the resource has no
    policy. `resource_label` names it in reasons; "trust" (a role) and "key" (a KMS
    key) also mean that it must allow by itself, the same account included.
    """

    __slots__ = ("_boundary", "_denies", "_identity", "_label", "_must_allow", "_resource",
                 "_session")  # fmt: skip

    def __init__(
        self,
        *,
        identity: Sequence[CompiledPolicy] = (),
        resource: CompiledPolicy | None = None,
        boundary: CompiledPolicy | None = None,
        session: Sequence[CompiledPolicy] | None = None,
        resource_label: str = "resource",
    ) -> None:
        self._label = resource_label
        self._must_allow = resource_label in _LABELS_THAT_MUST_ALLOW
        self._resource: Side | None = None
        if resource is not None:
            self._resource = (
                resource.as_resource if boundary is None else resource.as_bounded_resource
            )
        self._identity = _allows([policy.as_identity for policy in identity])
        self._boundary = None if boundary is None else boundary.as_identity.allows
        self._session = (
            None if session is None else _allows([policy.as_identity for policy in session])
        )
        denying: list[tuple[str, Side]] = []
        if self._resource is not None:
            denying.append((resource_label, self._resource))
        denying.extend(("identity", policy.as_identity) for policy in identity)
        if boundary is not None:
            denying.append(("boundary", boundary.as_identity))
        denying.extend(("session", policy.as_identity) for policy in session or ())
        self._denies = tuple(
            (label, statement) for label, side in denying for statement in side.denies
        )

    def decide(self, request: Request) -> Decision:
        """Decide one request; nothing is remembered between two calls."""
        for _, statement in self._denies:
            if statement.failing(request) < 0:
                return Decision(_EXPLICIT, self._explain, request)
        granted = self._refusal(request) is None
        return Decision(_ALLOW if granted else _IMPLICIT, self._explain, request)

    def _grant(self, request: Request) -> Grant:
        """The most that any Allow of the resource's policy is worth to the caller."""
        best = Grant.NONE
        if self._resource is not None:
            for statement in self._resource.allows:
                if statement.failing(request) < 0:
                    worth = statement.grant(request)
                    if worth > best:
                        best = worth
                        if worth is Grant.DIRECT:
                            break
        return best

    def _refusal(self, request: Request) -> str | None:
        """What fails to allow the request, where nothing denies it; None if it is allowed."""
        caller = request.caller
        grant = self._grant(request)
        account = caller.account
        if not account:
            # A service, a federated identity or nobody: no identity policies exist.
            return None if grant else self._label
        root = caller.__class__ is RootUser
        if root and self._label == "trust":
            return "root"
        if account == request.resource_account:
            if grant is Grant.DIRECT:
                return None
            if not grant and self._must_allow:
                return self._label
            granted = grant is Grant.LIMITED
        else:
            # Another account always has to allow on both sides. A resource of unknown
            # account with a policy is treated as another's; without a policy, as the
            # caller's own, because then his identity policies are all there is.
            granted = False
            if not grant and (self._resource is not None or request.resource_account):
                return self._label
        if not root:
            if not granted and not _any_applies(self._identity, request):
                return "identity"
            # Naming the role, or everyone, still leaves boundary and session in force.
            # For everyone, "AWS JSON policy elements: Principal" has a sentence that
            # may mean the contrary; in doubt they limit.
            if self._boundary is not None and not _any_applies(self._boundary, request):
                return "boundary"
            if self._session is not None and not _any_applies(self._session, request):
                return "session"
        return None

    def _explain(self, request: Request, verdict: Verdict) -> Reason:
        """The reason of a verdict, by the checks that made it."""
        if verdict is _EXPLICIT:
            for label, statement in self._denies:
                if statement.failing(request) < 0:
                    return Reason(label, statement.index, statement.statement.sid)
        if verdict is _ALLOW:
            return self._allowed_by(request)
        refusal = self._refusal(request)
        if refusal == "root":
            return Reason("none", note="a root user may not assume a role")
        if refusal == self._label and self._resource is None:
            return Reason("none", note="the resource has no policy that lets the caller in")
        stages: list[tuple[str, tuple[PlacedStatement, ...]]] = [
            (self._label, self._resource.allows if self._resource else ()),
            ("identity", self._identity),
            ("boundary", self._boundary or ()),
            ("session", self._session or ()),
        ]
        misses: list[tuple[int, Miss]] = []
        for label, allows in stages:
            # Where identity policies failed, the resource's own may have been the other way.
            if label == refusal or (label == self._label and refusal == "identity"):
                misses.extend(_misses(label, allows, request))
        # Whatever came nearest to applying is the likeliest answer: it comes first.
        misses.sort(key=lambda item: -item[0])
        return Reason(refusal or "none", misses=tuple(miss for _, miss in misses))

    def _allowed_by(self, request: Request) -> Reason:
        best: tuple[Grant, PlacedStatement] | None = None
        for statement in self._resource.allows if self._resource else ():
            if statement.failing(request) < 0:
                worth = statement.grant(request)
                if best is None or worth > best[0]:
                    best = (worth, statement)
        if best is not None:
            return Reason(self._label, best[1].index, best[1].statement.sid)
        for statement in self._identity:
            if statement.failing(request) < 0:
                return Reason("identity", statement.index, statement.statement.sid)
        return Reason("none", note="a root user has every permission in his account")


def _allows(sides: Sequence[Side]) -> tuple[PlacedStatement, ...]:
    return tuple(statement for side in sides for statement in side.allows)


def _any_applies(statements: tuple[PlacedStatement, ...], request: Request) -> bool:
    for statement in statements:  # noqa: SIM110 - a generator costs twice the time here
        if statement.failing(request) < 0:
            return True
    return False


def _misses(
    label: str, statements: tuple[PlacedStatement, ...], request: Request
) -> list[tuple[int, Miss]]:
    found: list[tuple[int, Miss]] = []
    for placed in statements:
        number = placed.failing(request)
        if number < 0:
            continue
        element = placed.elements[number]
        sid = placed.statement.sid
        if isinstance(element, str):
            found.append((number, Miss(label, placed.index, sid, element)))
        else:
            miss = Miss(
                label,
                placed.index,
                sid,
                "Condition",
                element.condition,
                element.missing(request.context),
                element.found(request.context),
            )
            found.append((number, miss))
    return found
