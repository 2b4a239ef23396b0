"""The statements of one policy that mean a kind of callers, as boxes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rolecall.policy.assume_role import SET_SOURCE_IDENTITY
from rolecall.policy.compare.atoms import Atom
from rolecall.policy.compare.classes import CallerClass
from rolecall.policy.compare.domains import Who
from rolecall.policy.compare.settings import ACTIONS, Setting
from rolecall.policy.compare.statements import Asked, Policy, Rule

Box: TypeAlias = tuple[int, int, Rule]
"""What the box is worth, its atoms, and the statement."""


@dataclass(slots=True)
class Boxes:
    """The statements that mean a caller in a mode, by action."""

    allows: dict[str, list[Box]] = field(default_factory=dict)
    denies: dict[str, list[int]] = field(default_factory=dict)

    def alike(self, actions: Sequence[str]) -> tuple[object, ...] | None:
        """The boxes of the first action, if those of the others are the same."""
        shapes = {
            (
                tuple((box, rule.index) for _, box, rule in self.allows[action]),
                tuple(self.denies[action]),
            )
            for action in actions
        }
        return shapes.pop() if len(shapes) == 1 else None


@dataclass(slots=True)
class Meant:
    """The statements of a policy whose principal means a class of callers."""

    allows: list[tuple[int, Rule]]
    denies: list[tuple[Rule, tuple[tuple[Atom, ...], ...]]]


def meant_by(policy: Policy, caller: CallerClass, role: str) -> Meant:
    """The statements of a policy that mean such callers of the role."""
    asked = Asked(ACTIONS[caller.who], role, caller.sample, {})
    bounded = bool(caller.bounded)
    allows = [
        (int(rule.worth(asked)), rule)
        for rule in policy.allows
        if rule.means(asked, bounded=bounded) and rule.reaches(asked)
    ]
    if not caller.own:
        allows = [(min(worth, 1), rule) for worth, rule in allows]
    elif caller.who is Who.USER and caller.bounded is False:
        # Only a boundary tells whether a grant is direct.
        allows = [(min(worth, 2), rule) for worth, rule in allows]
    denies: list[tuple[Rule, tuple[tuple[Atom, ...], ...]]] = []
    for rule in policy.denies:
        if not rule.reaches(asked):
            continue
        if rule.means(asked, bounded=bounded):
            denies.append((rule, rule.rows))
        elif caller.who is Who.ROLE and rule.federated is not None:
            rows = tuple((*row, rule.federated) for row in rule.rows)
            denies.append((rule, rows))
    return Meant(allows, denies)


def boxes_of(meant: Meant, setting: Setting, actions: Sequence[str]) -> Boxes:
    """Their boxes in a mode."""
    boxes = Boxes()
    allowed = [(w, setting.box(row), rule) for w, rule in meant.allows for row in rule.rows]
    denied = [(setting.box(row), rule) for rule, rows in meant.denies for row in rows]
    for action in actions:
        # In a chain of roles the source identity is needed on both sides, the same
        # account included.
        capped = action == SET_SOURCE_IDENTITY and setting.caller.who is Who.ROLE
        boxes.allows[action] = [
            (1 if capped else worth, box, rule)
            for worth, box, rule in allowed
            if box is not None and action in rule.actions
        ]
        boxes.denies[action] = [
            box for box, rule in denied if box is not None and action in rule.actions
        ]
    return boxes


def shape_of(
    setting: Setting, actions: tuple[str, ...], boxes: Sequence[Boxes]
) -> tuple[object, ...]:
    """All that an answer depends on but for the names of the callers."""
    used = 0
    rows: list[object] = [actions]
    for side in boxes:
        for action in actions:
            allowed, denied = side.allows[action], side.denies[action]
            rows.append(tuple((worth, box, rule.index) for worth, box, rule in allowed))
            rows.append(tuple(denied))
            for _, box, _ in allowed:
                used |= box
            for box in denied:
                used |= box
    return (*rows, setting.signature(used))
