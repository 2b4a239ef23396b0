"""The holders of tokens in words: each subject that a statement names is an entity."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rolecall.explain.principals import issuer_of, provider_host
from rolecall.explain.subjects import subject_words
from rolecall.explain.who import Who
from rolecall.explain.wording import ordered, shown
from rolecall.policy import Condition

_EXACT = ("StringEquals", "StringEqualsIgnoreCase")
_TELLING = (*_EXACT, "StringLike")
_EVERYBODY: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "github-actions": ("GitHub any job of anybody", "All jobs of all customers of {}"),
        "gitlab": ("GitLab any job", "All jobs of {}, of all its projects,"),
        "bitbucket": ("Bitbucket any step of the workspace", "All steps of {}"),
        "hcp-terraform": ("HCP Terraform any run of anybody", "All runs of all customers of {}"),
        "circleci": ("CircleCI any job of the organization", "All jobs of {}"),
        "buildkite": ("Buildkite any job of anybody", "All jobs of all customers of {}"),
        "eks": ("any pod of the EKS cluster", "All pods of {}"),
        "auth0": ("everybody of {}", "All users and machines of {}"),
        "keycloak": ("everybody of {}", "All users and clients of {}"),
        "google": ("any Google account", "All Google accounts"),
    }
)
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "github-actions": "GitHub Actions",
        "gitlab": "GitLab",
        "bitbucket": "Bitbucket Pipelines",
        "hcp-terraform": "HCP Terraform",
        "circleci": "CircleCI",
        "buildkite": "Buildkite",
        "eks": "EKS service account",
        "auth0": "Auth0",
        "keycloak": "Keycloak",
        "google": "Google",
        "cognito": "Cognito",
    }
)


def token_holders(
    provider: str, conditions: Sequence[Condition]
) -> tuple[list[Who], tuple[Condition, ...]]:
    """The entities that a statement means by a provider, and the conditions left to tell.

    A condition on the subject becomes entities only if it demands that the subject is one
    of its values. Several such conditions must hold together: the rest stays a condition.
    """
    host = provider_host(provider)
    family, name = _known(host)
    key = f"Federated={provider}"
    if family == "cognito":
        return _cognito(host, key, conditions)
    telling = _telling(host, conditions)
    if telling is None:
        short, lead = _EVERYBODY.get(
            family, ("everybody with a token of {}", "Everybody with a token of {}")
        )
        everybody = Who(_KINDS.get(family, "OIDC"), short.format(name), lead.format(name), key=key)
        return [everybody], tuple(conditions)
    return (
        [_subject(family, name, key, telling, value) for value in ordered(telling.values)],
        tuple(each for each in conditions if each is not telling),
    )


def _known(host: str) -> tuple[str, str]:
    issuer = issuer_of(host)
    if issuer is None:
        return "", shown(host)
    if issuer.family == "keycloak":
        return issuer.family, f"{issuer.name} at {host.partition('/realms/')[0]}"
    return issuer.family, issuer.name if issuer.family else shown(issuer.name)


def _place(family: str, name: str) -> str:
    """Which of several issuers of one family it is, where the words before do not tell."""
    if name in _KINDS.values() or family == "circleci":
        return ""
    return f"in {name}" if family == "eks" else f"({name})"


def _telling(host: str, conditions: Sequence[Condition]) -> Condition | None:
    wanted = f"{host}:sub".lower()
    found = [
        each for each in conditions if each.key.lower() == wanted and each.operator in _TELLING
    ]
    return min(found, key=lambda each: each.operator, default=None)


def _subject(family: str, name: str, key: str, telling: Condition, value: str) -> Who:
    kind = _KINDS.get(family, "OIDC")
    exact = telling.operator in _EXACT
    own = f"{key}|{telling.operator}|{value}"
    wild = "*" in value or "?" in value
    told = None if exact and wild else subject_words(family, value)
    any_case = " (in upper or lower case)" if "IgnoreCase" in telling.operator else ""
    if told is not None:
        place = _place(family, name)
        return Who(
            kind,
            " ".join(part for part in (told.short + any_case, place) if part),
            told.lead,
            told.item + any_case if told.item else "",
            place,
            own,
        )
    if not exact and value.strip("*") == "":
        short, lead = _EVERYBODY.get(
            family, ("everybody with a token of {}", "Everybody with a token of {}")
        )
        return Who(kind, short.format(name), lead.format(name), key=own)
    value_told = f"{shown(value)}{' to the letter' if exact and wild else ''}{any_case}"
    match = "a subject like" if wild and not exact else "the subject"
    return Who(
        kind,
        f"{name} subject {value_told}",
        f"Whoever has {match}",
        value_told,
        f"of {name}",
        own,
    )


def _cognito(
    host: str, key: str, conditions: Sequence[Condition]
) -> tuple[list[Who], tuple[Condition, ...]]:
    """Identities of pools; whether they signed in is told by `amr`, the pool by `aud`."""
    rest = list(conditions)
    pools = _take(rest, f"{host}:aud", ("StringEquals",))
    methods = _take(rest, f"{host}:amr", ("ForAnyValue:StringEquals", "ForAnyValue:StringLike"))
    which, who = "", "All identities, guests as well,"
    if methods is not None and set(methods.values) == {"authenticated"}:
        which, who = "signed-in ", "Signed-in identities"
    elif methods is not None and set(methods.values) == {"unauthenticated"}:
        which, who = "guest ", "Guests, which is anybody on the internet,"
    elif methods is not None:
        rest.append(methods)
    found = []
    for pool in [None] if pools is None else ordered(pools.values):
        short = "any Cognito identity pool" if pool is None else f"Cognito pool {shown(pool)}"
        lead = f"{who} of" + (
            " any Cognito identity pool of anybody" if pool is None else " Cognito identity pool"
        )
        method = "" if methods is None else f"|{methods.operator}|{ordered(methods.values)}"
        found.append(
            Who(
                "Cognito",
                f"{which}identities of {short}",
                lead,
                "" if pool is None else shown(pool),
                key=f"{key}|{pool}{method}",
            )
        )
    return found, tuple(rest)


def _take(rest: list[Condition], key: str, operators: tuple[str, ...]) -> Condition | None:
    for each in rest:
        if each.key.lower() == key.lower() and each.operator in operators:
            rest.remove(each)
            return each
    return None
