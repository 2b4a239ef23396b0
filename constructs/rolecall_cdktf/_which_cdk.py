"""Which CDK the constructs are built on: cdktf, or cdktn, the fork that goes on with it.

`ROLECALL_CDK` names one. Without it the one counts that is installed with its AWS bindings,
cdktf first. It is decided once, when the constructs are first imported: the classes of the
two cannot be mixed in one app.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

from rolecall.problems import Problem

SWITCH = "ROLECALL_CDK"


@dataclass(frozen=True, slots=True)
class Cdk:
    """`name`: of its module, of the command line, and of Rolecall's extra."""

    name: str
    provider: str


CDKTF = Cdk("cdktf", "cdktf_cdktf_provider_aws")
CDKTN = Cdk("cdktn", "cdktn_provider_aws")
_KNOWN = (CDKTF, CDKTN)


def installed(cdk: Cdk) -> bool:
    """Whether the library and its AWS bindings are there; loads neither."""
    found = (find_spec(name) for name in (cdk.name, cdk.provider))
    # A folder of that name in the project has a spec as well, without an origin.
    return all(spec is not None and spec.origin for spec in found)


def choose(
    environ: Mapping[str, str] = os.environ, there: Callable[[Cdk], bool] = installed
) -> Cdk:
    """The CDK to build on. Raises `Problem` for a `ROLECALL_CDK` that names neither."""
    if named := environ.get(SWITCH):
        for cdk in _KNOWN:
            if cdk.name == named:
                return cdk
        raise Problem(f"{SWITCH} is {named!r}; set it to cdktf or to cdktn, or not at all.")
    return next(filter(there, _KNOWN), CDKTF)


def refuse_the_other(cdk: Cdk, construct: object) -> None:
    """Raise `Problem` for a construct of the CDK that is not the chosen one."""
    homes = {each.__module__.partition(".")[0] for each in type(construct).__mro__}
    for other in _KNOWN:
        if other is not cdk and other.name in homes:
            raise Problem(
                f"This {type(construct).__name__} is one of {other.name}, and Rolecall builds on "
                f"{cdk.name} here: set {SWITCH}={other.name} before the app starts, or import "
                f"it from {cdk.name}."
            )
