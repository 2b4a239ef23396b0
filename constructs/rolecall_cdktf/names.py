"""How the things of IAM may be named, and the constructs that make them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rolecall.environment import Environment
from rolecall.policy import PolicyError, check_path, check_role_name
from rolecall.policy.errors import printable
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown

_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]+\Z")


def checked_name(owner: str, name: object, what: str, longest: int = 128) -> str:
    """The name of `what` ("an inline policy"), or a `Problem`."""
    if not isinstance(name, str) or not _NAME.match(name) or len(name) > longest:
        raise Problem(
            f"{owner}: {shown(name)} cannot name {what}; it has 1 to {longest} letters, digits and "
            "+=,.@_-."
        )
    return name


def role_name(environment: Environment, id: object, given: object = None) -> str:
    """What an `AssumableRole` with this id is called there, unless it is given a name.

    Raises `Problem`.
    """
    if not isinstance(id, str) or not id:
        raise Problem(f'{shown(id)} is not the id of a role; write a string such as "deployer".')
    if given is not None:
        return _given_name(id, given)
    name = f"{environment.name}-{id}"
    try:
        check_role_name(name)
    except PolicyError as error:
        raise Problem(
            f'The role "{printable(name)}" cannot be named so ({len(name)} characters with the '
            f"environment): {error}"
        ) from error
    return name


def _given_name(id: str, given: object) -> str:
    owner = f'The role "{printable(id)}"'
    name = Arguments(owner).text("name", given, '"deployer"')
    try:
        check_role_name(name)
    except PolicyError as error:
        raise Problem(f"{owner}: name {shown(name)}: {error}") from error
    return name


def checked_path(owner: str, path: object) -> str:
    """The path of a role or user, or a `Problem`."""
    found = Arguments(owner).text("path", path, '"/team/"')
    try:
        check_path(found)
    except PolicyError as error:
        raise Problem(f"{owner}: {error}") from error
    return found


@contextmanager
def own_id(owner: str, id: str) -> Iterator[None]:
    """Around the making of a construct: an id that another one has is told as a `Problem`."""
    try:
        yield
    except RuntimeError as error:  # all that jsii tells of an error in Node
        if "There is already a Construct" not in str(error):
            raise
        raise Problem(
            f"{owner}: something else in the same place has the id {id!r} already; give one "
            "another id."
        ) from error


def unused(id: str, taken: set[str]) -> str:
    """The id, with a number behind it where it is taken; it is taken from then on."""
    found, number = id, 1
    while found in taken:
        number += 1
        found = f"{id}{number}"
    taken.add(found)
    return found
