"""References to resources as the text Terraform reads, `${aws_iam_role.deployer.name}`.

The bindings hand out a token instead, which cdktf turns into this same text when the stack
is synthesized. That costs a question to Node for each reference and a look-up for each use:
with a thousand roles, a sixth of the time.
"""

import re
from functools import partial
from hashlib import md5
from typing import NoReturn

from rolecall.problems import Problem
from rolecall_cdktf._cdktf import Construct, TerraformResource, TerraformStack

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,100}\Z")
# What a stack may override to number its resources in its own way.
_NAMING = ("_allocate_logical_id", "get_logical_id")


def reference(type: str, logical_id: str, attribute: str) -> str:
    """What cdktf's token of the attribute becomes, within the stack of the resource."""
    return f"${{{type}.{logical_id}.{attribute}}}"


def child_id(parent: str, child: str) -> str | None:
    """The logical id of a construct inside a construct of a stack; None where cdktf must be asked.

    cdktf 0.21: `allocateLogicalId` in lib/terraform-stack.js, lib/private/unique.js. Ids that
    it treats in a way of their own (it drops characters, repetitions, two words) are left to it.
    """
    path = (parent, child)
    if (
        not all(map(_PLAIN.match, path))
        or {"Default", "Resource"} & {*path}
        or parent.endswith(child)
    ):
        return None
    digest = md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    return f"{parent}_{child}_{digest[:8].upper()}"


class ChildIds:
    """The logical ids of what lies inside the roles of one stack.

    The first that is computed is compared with cdktf's own, and so are those of a stack that
    names things itself: from then on all of them are asked for.
    """

    def __init__(self, stack: TerraformStack) -> None:
        self._stack = stack
        self._computed = all(
            getattr(type(stack), name, None) is getattr(TerraformStack, name, None)
            for name in _NAMING
        )
        self._compared = False

    def of(self, child: TerraformResource, scope: Construct, parent: str, id: str) -> str:
        """The logical id of `child`, made as `id` in `parent`, which was made in `scope`."""
        computed = child_id(parent, id) if self._computed and scope is self._stack else None
        if computed is None:
            return str(child.friendly_unique_id)
        if not self._compared:
            self._compared = True
            actual = str(child.friendly_unique_id)
            self._computed = actual == computed
            return actual
        # cdktf would ignore it from here on: the id has been used.
        vars(child)["override_logical_id"] = partial(_refuse, computed)
        return computed


def _refuse(logical_id: str, new_logical_id: str) -> NoReturn:
    raise Problem(
        f"{logical_id} cannot be renamed to {new_logical_id!r}: the stack refers to it already."
    )
