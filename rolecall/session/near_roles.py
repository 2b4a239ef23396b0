"""A word on the role's name where AWS refuses it: AWS does not say that there is no such role.

Read from what `cdktf synth` or `cdktf deploy` last wrote, if anything; running the app
takes seconds, and asking IAM takes a permission that a refused caller has not got.
"""

from difflib import get_close_matches
from pathlib import Path

from rolecall.problems import Problem
from rolecall.session.choose import ChosenRole
from rolecall.session.synthesized import declared_roles

#: Where cdktf writes unless its settings say otherwise.
_OUTPUT = Path("cdktf.out")
_MOST_NAMES = 12


def name_hint(chosen: ChosenRole) -> str:
    """A sentence if the project's own stack has no role of that name; otherwise nothing."""
    environment = chosen.environment
    prefix = f"{environment.name}-"
    try:
        roles = declared_roles(
            environment.project / _OUTPUT,
            environment.name,
            account_id=environment.account_id,
            partition=environment.partition,
        )
    except Problem:
        return ""
    known = [role.name for role in roles]
    if chosen.account_id != environment.account_id or not known:
        return ""
    same_name = next((role for role in roles if role.name == chosen.name), None)
    if same_name is not None:
        if same_name.arn == chosen.role_arn:
            return ""
        return f"{_OUTPUT} has {chosen.name} under another path: it is {same_name.arn}."
    short = [name.removeprefix(prefix) for name in known]
    wanted = chosen.name.removeprefix(prefix)
    # `rolecall assume tes tes-deployer` is the commonest slip of all.
    near = get_close_matches(wanted.removeprefix(prefix), short, 1)
    meant = f' Did you mean "{near[0]}"?' if near else ""
    more = " …" if len(short) > _MOST_NAMES else ""
    return (
        f"{_OUTPUT} has no role {chosen.name}.{meant} It has: "
        f"{', '.join(short[:_MOST_NAMES])}{more}."
    )
