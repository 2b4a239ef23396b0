"""The shape of a documented case: policies, one request, the verdict AWS documents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rolecall.policy import (
    Authorizer,
    Caller,
    CompiledPolicy,
    Decision,
    IamUser,
    PolicyDocument,
    Request,
    Verdict,
)

ALLOW, EXPLICIT, IMPLICIT = Verdict.ALLOW, Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY

OWN, OTHER = "111122223333", "444455556666"
ALICE = IamUser(OWN, "alice", unique_id="AIDAEXAMPLEALICE00001")
OBJECT = "arn:aws:s3:::example-bucket/key"

Context = Mapping[str, str | tuple[str, ...]]
Json = Mapping[str, object]


@dataclass(frozen=True)
class Case:
    """One row. `page` is the title of the AWS page, `says` what it says, in our words."""

    page: str
    says: str
    verdict: Verdict
    identity: Sequence[Json] | None = None
    resource: Sequence[Json] | None = None
    boundary: Sequence[Json] | None = None
    session: Sequence[Json] | None = None
    caller: Caller = ALICE
    action: str = "s3:GetObject"
    target: str = OBJECT
    account: str | None = OWN
    context: Context = field(default_factory=dict)
    label: str = "resource"
    version: str = "2012-10-17"

    def decide(self) -> Decision:
        def compiled(statements: Sequence[Json]) -> CompiledPolicy:
            return CompiledPolicy(
                PolicyDocument.parse({"Version": self.version, "Statement": list(statements)})
            )

        return Authorizer(
            identity=() if self.identity is None else [compiled(self.identity)],
            resource=None if self.resource is None else compiled(self.resource),
            boundary=None if self.boundary is None else compiled(self.boundary),
            session=None if self.session is None else [compiled(self.session)],
            resource_label=self.label,
        ).decide(
            Request.build(
                self.action,
                self.target,
                self.caller,
                self.context,
                resource_account=self.account,
            )
        )


def allow(**elements: object) -> Json:
    """An Allow of everything, but for the elements given."""
    return {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}


def deny(**elements: object) -> Json:
    """A Deny of everything, but for the elements given."""
    return {"Effect": "Deny", "Action": "*", "Resource": "*", **elements}


def granting(page: str, says: str, condition: Json, context: Context, holds: bool) -> Case:
    """An Allow under a condition: allowed exactly where the condition holds."""
    return Case(
        page,
        says,
        ALLOW if holds else IMPLICIT,
        identity=[allow(Condition=condition)],
        context=context,
    )


def denying(page: str, says: str, condition: Json, context: Context, holds: bool) -> Case:
    """A Deny under a condition, beside an Allow of everything."""
    return Case(
        page,
        says,
        EXPLICIT if holds else ALLOW,
        identity=[allow(), deny(Condition=condition)],
        context=context,
    )
