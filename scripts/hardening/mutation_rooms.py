"""The rooms that mutation testing knows: what is changed, and which tests should notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """Files to mutate (globs below the project), and the tests that are run against them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "policy": Room(
        ("rolecall/policy/*.py", "rolecall/policy/compare/*.py"),
        ("tests/policy", "tests/conformance/evaluator"),
    ),
    "local": Room(("rolecall/local/enforcement/*.py",), ("tests/local/enforcement",)),
    "cache": Room(("rolecall/session/cache.py",), ("tests/session",)),
}
