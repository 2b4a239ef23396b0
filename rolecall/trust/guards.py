"""The options of an entity whose members call AssumeRole: what a caller must also prove."""

from dataclasses import dataclass
from datetime import timedelta

from rolecall.policy import Condition, PolicyError, Principals, Statement, check_external_id
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.session_guards import SessionGuards

ASSUME_ROLE = "sts:AssumeRole"


@dataclass(frozen=True, kw_only=True)
class Guarded(SessionGuards):
    """Guards of an entity that signs its call; each narrows, none widens.

    external_id: the secret-like name a third party must present, 2 to 1224 characters
        of letters, digits and `_+=,.@:/-` (`sts:ExternalId`).
    mfa: the caller signed in with a second factor (`aws:MultiFactorAuthPresent`).
    mfa_max_age: … no longer ago than this; implies `mfa`; whole seconds, at least one.

    And those of `SessionGuards`. AssumeRoleWithWebIdentity and AssumeRoleWithSAML know
    neither an external ID nor a second factor.
    """

    external_id: str | None = None
    mfa: bool = False
    mfa_max_age: timedelta | None = None

    def __post_init__(self) -> None:
        arguments = checks.arguments(self.kind)
        if self.external_id is not None:
            found = arguments.text("external_id", self.external_id, '"acme-4711"')
            try:
                check_external_id(found)
            except PolicyError as error:
                raise TrustError(f"{self.kind}: {error}") from error
        arguments.flag("mfa", self.mfa)
        if self.mfa_max_age is not None:
            age = arguments.duration("mfa_max_age", self.mfa_max_age, "timedelta(minutes=15)")
            seconds = age.total_seconds()
            if seconds < 1 or seconds != int(seconds):
                raise TrustError(
                    f"{self.kind}: mfa_max_age is {self.mfa_max_age}; write whole seconds, at "
                    "least one, for example timedelta(minutes=15)."
                )
        super().__post_init__()

    def admit(
        self, sid: str, principals: Principals, *conditions: Condition
    ) -> tuple[Statement, ...]:
        """The statements that let these principals assume the role under the guards.

        sts:ExternalId is documented for AssumeRole only.
        """
        external = (
            (Condition("StringEquals", "sts:ExternalId", (self.external_id,)),)
            if self.external_id is not None
            else ()
        )
        return self.grant(
            sid, principals, ASSUME_ROLE, (*conditions, *self._second_factor()), external
        )

    def demand_external_id(self, account_id: str, context: TrustContext) -> None:
        """Refuse a third party that need not present an external ID."""
        if self.external_id is None and not context.owns(account_id):
            raise TrustError(
                f"{self.kind}: account {account_id} is not one of yours, so anyone who makes that "
                "party act on a role ARN could come in (the confused deputy); write "
                "external_id=… with a value agreed with them, or list the account under "
                "own_accounts of the environment if it is yours."
            )

    def _second_factor(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        if self.mfa or self.mfa_max_age is not None:
            # Bool, never BoolIfExists: long-lived keys send no such key at all, and
            # IfExists would let them in ("AWS global condition context keys").
            found.append(Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)))
        if self.mfa_max_age is not None:
            seconds = str(int(self.mfa_max_age.total_seconds()))
            found.append(Condition("NumericLessThan", "aws:MultiFactorAuthAge", (seconds,)))
        return tuple(found)
