"""Which account, region and partition a provider configuration means."""

from collections.abc import Iterator

from rolecall.policy import is_account_id, partition_of_region
from rolecall.review.read.evaluation import Scope, render
from rolecall.review.read.instances import Instance
from rolecall.review.read.json_text import a_text
from rolecall.review.read.sides import account_of_arn
from rolecall.review.read.world import World


def settle_accounts(world: World) -> None:
    """Find them out, from the surest source to the least sure.

    What AWS answered to `data.aws_caller_identity`; the role that the provider assumes; the
    only one of `allowed_account_ids`; the only account in ARNs of what the provider made.
    """
    partitions: set[str] = set()
    for each in world.instances.values():
        if each.type == "aws_partition":
            partitions.update(filter(None, [a_text(each.values.get("partition"))]))
        account = a_text(each.values.get("account_id"))
        if each.type == "aws_caller_identity" and account:
            world.accounts.setdefault(each.provider, account)
    for key, provider in world.providers.items():
        written = {
            name: render(provider.attributes.get(name), world, Scope())
            for name in ("region", "allowed_account_ids", "assume_role")
        }
        region = written["region"]
        if isinstance(region, str) and "${" not in region:
            world.regions[key] = region
            partitions.update(filter(None, [partition_of_region(region)]))
        account = _of_role(written["assume_role"]) or _only(written["allowed_account_ids"])
        if account:
            world.accounts.setdefault(key, account)
    for each in world.instances.values():
        partition = (a_text(each.values.get("arn")) or "").split(":")[1:2]
        partitions.update(part for part in partition if part.startswith("aws"))
    seen: dict[str, set[str]] = {}
    for each in world.instances.values():
        account = _made_in(each)
        if account:
            seen.setdefault(each.provider, set()).add(account)
    for key, accounts in seen.items():
        if len(accounts) == 1:
            world.accounts.setdefault(key, *accounts)
    known = set(world.accounts.values())
    if len(known) == 1:
        # What is deleted has no provider configuration in a plan any more.
        world.accounts.setdefault("", *known)
    if len(partitions) == 1:
        world.partition = partitions.pop()


def _made_in(instance: Instance) -> str | None:
    if instance.key.startswith("data.") or not instance.type.startswith("aws_iam_"):
        return None
    return account_of_arn(a_text(instance.values.get("arn")))


def _of_role(assumed: object) -> str | None:
    for each in _items(assumed):
        role = each.get("role_arn") if isinstance(each, dict) else None
        if isinstance(role, str):
            return account_of_arn(role)
    return None


def _only(accounts: object) -> str | None:
    found = [each for each in _items(accounts) if isinstance(each, str) and is_account_id(each)]
    return found[0] if len(found) == 1 and len(found) == len(list(_items(accounts))) else None


def _items(value: object) -> Iterator[object]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
