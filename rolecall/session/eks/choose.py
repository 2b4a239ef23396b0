"""Which of the service accounts that a role admits are wanted."""

import re

from rolecall.policy.errors import quoted
from rolecall.problems import Problem
from rolecall.session.eks.rule import pinned
from rolecall.session.eks.trust import EksTrust, ServiceAccount

#: "Object Names and IDs", Kubernetes documentation: a label, and a subdomain.
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_LONGEST_NAME = 253


def choose_service_accounts(
    trust: EksTrust, *, namespace: str | None = None, name: str | None = None
) -> tuple[ServiceAccount, ...]:
    """The service accounts of a namespace and name, as far as given, that the role admits.

    What the trust policy leaves open by a pattern must be given. `trust` has a rule.

    Raises `Problem`: names that Kubernetes does not allow, that the role does not admit,
    or that are needed and not given.
    """
    if namespace is not None and not _is_namespace(namespace):
        raise Problem(f"--namespace {quoted(namespace)} is no name that Kubernetes allows.")
    if name is not None and not _is_name(name):
        raise Problem(f"--name {quoted(name)} is no name that Kubernetes allows.")
    found = [
        account
        for account in trust.written_out
        if namespace in (None, account.namespace) and name in (None, account.name)
    ]
    for pattern in trust.patterns:
        open_namespace, open_name = pinned(pattern)
        wanted = namespace or open_namespace, name or open_name
        if wanted[0] is not None and wanted[1] is not None:
            found.extend(trust.admitting(wanted[0], wanted[1]))
    chosen = tuple(dict.fromkeys(found))
    if not chosen:
        raise _nobody(trust, namespace, name)
    for account in chosen:
        _check(account)
    return chosen


def _check(account: ServiceAccount) -> None:
    if not _is_namespace(account.namespace) or not _is_name(account.name):
        raise Problem(
            f"the role's trust policy names {quoted(f'{account.namespace}:{account.name}')}, which "
            "Kubernetes does not allow as namespace and name: nobody can be that; mend the policy."
        )
    if account.audience is None:
        raise Problem(
            f"the role takes no audience that could be written down for "
            f"{account.namespace}:{account.name}: name one in the trust policy."
        )


def _nobody(trust: EksTrust, namespace: str | None, name: str | None) -> Problem:
    named = [f"{account.namespace}:{account.name}" for account in trust.written_out]
    admitted = ", ".join([*named, *map(quoted, trust.patterns)]) or "nobody"
    pins = [pinned(pattern) for pattern in trust.patterns]
    missing = [
        option
        for option, given, stated in (
            ("--namespace", namespace, [pin[0] for pin in pins]),
            ("--name", name, [pin[1] for pin in pins]),
        )
        if given is None and None in stated
    ]
    if missing:
        return Problem(
            f"the role's trust policy leaves open which service account it is ({admitted}): give "
            f"{' and '.join(missing)}."
        )
    return Problem(
        f"the role does not admit the service account {namespace or '*'}:{name or '*'}; it "
        f"admits {admitted}."
    )


def _is_namespace(text: str) -> bool:
    return _NAMESPACE.fullmatch(text) is not None


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and _NAME.fullmatch(text) is not None
