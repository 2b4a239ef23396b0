"""What vouches for those who assume a role, and must be there before the role is used.

A role that is made before its provider is a role that nobody can assume; AWS does not say so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import ClassVar

from rolecall.problems import Problem
from rolecall_cdktf._cdktf import TerraformResource
from rolecall_cdktf.environment_stack import EnvironmentStack


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where something of an account is: what may be known of it before it is deployed.

    what: how a message calls it. account_id, partition: None where the role's own are meant.
    """

    what: str
    account_id: str | None
    partition: str | None

    def check(self, owner: str, stack: EnvironmentStack, remedy: str) -> None:
        """Refuse what is of another account or partition than the stack; raises `Problem`."""
        environment = stack.environment
        theirs = (
            self.account_id or environment.account_id,
            self.partition or environment.partition,
        )
        if theirs != (environment.account_id, environment.partition):
            raise Problem(
                f"{owner}: {self.what} is of account {theirs[0]} ({theirs[1]}), and "
                f"{environment.name} is account {environment.account_id} "
                f"({environment.partition}); {remedy}."
            )


class Resident:
    """Something of AWS that a stack of the app makes, and that others may need."""

    _home: EnvironmentStack
    _what: str
    #: Whether AWS chooses its name, so that only Terraform's text for it can be written.
    _known_by_reference: ClassVar[bool] = False

    @property
    def home(self) -> EnvironmentStack:
        """The stack that makes it."""
        return self._home

    @property
    def whereabouts(self) -> Whereabouts:
        """Its account, which is that of the stack."""
        environment = self._home.environment
        return Whereabouts(self._what, environment.account_id, environment.partition)


def waits_for(
    owner: str, stack: EnvironmentStack, needed: object, remedy: str
) -> list[TerraformResource]:
    """What a resource of the stack must wait for: `depends_on`, which leaves plans readable.

    `needed` is a construct, a value that refers to something that exists, or anything
    that holds such in the fields of a dataclass (a trusted entity) or in a list. What another
    stack of the app makes is deployed first. Raises `Problem` for another account.
    """
    found: dict[int, TerraformResource] = {}
    for each in _within(needed):
        each.whereabouts.check(owner, stack, remedy)  # type: ignore[attr-defined]
        if not isinstance(each, Resident):
            continue
        if each.home is not stack:
            _after(owner, stack, each)
        elif isinstance(each, TerraformResource):
            found[id(each)] = each
    return list(found.values())


def _after(owner: str, stack: EnvironmentStack, needed: Resident) -> None:
    if needed._known_by_reference:
        raise Problem(
            f"{owner}: {needed.whereabouts.what} is made by the stack "
            f"{needed.home.environment.name}, whose references mean nothing in "
            f"{stack.environment.name}; build both in one stack, or write what AWS called it."
        )
    try:
        stack.add_dependency(needed.home)
    except RuntimeError as error:  # all that jsii tells of an error in Node
        raise Problem(
            f"{owner}: {needed.whereabouts.what} is of the stack {needed.home.environment.name}, "
            f"which waits for {stack.environment.name} itself; move one of the two."
        ) from error


def _within(value: object) -> Iterator[object]:
    if value is None or isinstance(value, str):  # most of what entities hold
        return
    if isinstance(getattr(value, "whereabouts", None), Whereabouts):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _within(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _within(getattr(value, field.name))
