"""From two sides to a `Snapshot`."""

from collections.abc import Iterable

from rolecall.review.model import Snapshot
from rolecall.review.read.entries import entries
from rolecall.review.read.noticed import notes
from rolecall.review.read.providers import oidc_providers, saml_providers
from rolecall.review.read.roles import roles_and_callers
from rolecall.review.read.sides import Sides


def assembled(
    sides: Sides, *, environment: str, source: str, more_notes: Iterable[str] = ()
) -> Snapshot:
    """Everything that is read of a stack."""
    roles, callers = roles_and_callers(sides)
    world = sides.after
    account = world.account_of("aws")
    region = world.regions.get("aws") or next(iter(sorted(world.regions.values())), None)
    return Snapshot(
        environment=environment,
        source=source,
        roles=roles,
        callers=callers,
        oidc_providers=oidc_providers(sides),
        saml_providers=saml_providers(sides),
        entries=entries(sides),
        account=account,
        partition=world.partition,
        region=region,
        notes=tuple(dict.fromkeys((*more_notes, *notes(sides)))),
    )
