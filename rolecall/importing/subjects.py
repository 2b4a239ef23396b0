"""Subjects of tokens, read back into the facts that an entity writes them from.

Each reader knows the subjects of one product, whole ones and patterns; what it does not
know is left to `OidcSubjects`. Whether the entity then writes the same subjects is checked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from rolecall.importing.expression import Call, Expression, call


@dataclass(frozen=True, slots=True)
class Told:
    """An entity of one subject. joined: the argument in which several can be put together."""

    kind: str
    args: tuple[str, ...] = ()
    joined: tuple[str, str] | None = None
    kwargs: tuple[tuple[str, str | bool | tuple[str, ...]], ...] = field(default=())
    takes_claims: bool = False


Claims = Mapping[str, Expression]
_IDS = r"([^:/*?$@]+)(?:@([0-9]+))?/([^:/*?$@]+)(?:@([0-9]+))?"


def _git(stem: str, rest: str, refs: Mapping[str, str], kind: str, wide: str) -> Told | None:
    """A branch or a tag, one or any; `stem` names the repository."""
    for what, prefix in refs.items():
        name = rest.removeprefix(prefix)
        if name == rest:
            continue
        if name == "*":
            return Told("AnyBranchOf" if what == "branch" else "AnyTagOf", (wide,))
        return Told(kind, (stem,), (what, name), takes_claims=True)
    return None


def _github(text: str, claims: Claims) -> Told | None:
    if found := re.fullmatch(r"repo:([^:/*?$@]+)(@[0-9]+)?/\*", text):
        if found[2] is not None:
            immutable = (("immutable", True), ("owner_id", found[2][1:]))
            return Told("AnyRepositoryOf", (found[1],), kwargs=immutable, takes_claims=True)
        return Told("AnyRepositoryOf", (found[1],), takes_claims=True)
    found = re.fullmatch(rf"repo:{_IDS}:(.+)", text)
    if not found or (found[2] is None) != (found[4] is None):
        return None
    repository, rest = f"{found[1]}/{found[3]}", found[5]
    ids = (("immutable_ids", (found[2], found[4])),) if found[2] else ()
    told: Told | None
    if rest == "*" and "job_workflow_ref" in claims:
        told = Told("GitHubActions", (repository,), ("job", ""), takes_claims=True)
    elif rest == "*":
        told = Told("AnyJobOf", (repository,))
    elif rest == "pull_request":
        told = Told("GitHubActions", (repository,), None, (("pull_request", True),), True)
    elif rest.startswith("environment:"):
        name = rest.partition(":")[2].replace("%3A", ":")
        told = Told("GitHubActions", (repository,), ("environment", name), takes_claims=True)
    else:
        refs = {"branch": "ref:refs/heads/", "tag": "ref:refs/tags/"}
        told = _git(repository, rest, refs, "GitHubActions", repository)
    if told is None:
        return None
    return Told(told.kind, told.args, told.joined, (*told.kwargs, *ids), told.takes_claims)


def _gitlab(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
    if found := re.fullmatch(r"project_path:([^:*?$]+)/\*", text):
        return Told("AnyProjectOf", (found[1],), takes_claims=True)
    found = re.fullmatch(r"project_path:([^:*?$]+):(.+)", text)
    if not found:
        return None
    if found[2] == "*":
        return Told("AnyJobOf", (found[1],))
    refs = {"branch": "ref_type:branch:ref:", "tag": "ref_type:tag:ref:"}
    return _git(found[1], found[2], refs, "GitLab", found[1])


def _bitbucket(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
    found = re.fullmatch(r"\{([0-9a-f-]+)\}:(?:\{([0-9a-f-]+)\}:)?\*", text)
    if not found:
        return None
    own = (("environment", found[2]),) if found[2] else ()
    return Told("BitbucketPipelines", (found[1],), None, own)


def _hcp(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
    found = re.fullmatch(r"organization:([^:*?$]+)(?::project:([^:*?$]+))?:\*", text)
    if found:
        return Told("AnyWorkspaceOf", tuple(filter(None, found.groups())))
    found = re.fullmatch(
        r"organization:([^:*?$]+):project:([^:*?$]+):workspace:([^:*?$]+):run_phase:(plan|apply)",
        text,
    )
    if not found:
        return None
    phase = (("run_phase", found[4]),)
    return Told("HcpTerraform", (found[1], found[2]), ("workspace", found[3]), phase)


def _circleci(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
    if re.fullmatch(r"org/[0-9a-f-]+/\*", text):
        return Told("AnyProjectOfOrganization")
    found = re.fullmatch(r"org/[0-9a-f-]+/project/([0-9a-f-]+)/user/(\*|[0-9a-f-]+(?:/\*)?)", text)
    if not found:
        return None
    if found[2] == "*":
        return Told("CircleCi", (found[1],))
    return Told("CircleCi", (found[1],), None, (("user", found[2].removesuffix("/*")),))


def _buildkite(text: str, claims: Claims) -> Told | None:
    if found := re.fullmatch(r"organization:([^:*?$]+):\*", text):
        return Told("AnyPipelineOf", (found[1],))
    found = re.fullmatch(r"organization:([^:*?$]+):pipeline:([^:*?$]+):(.+)", text)
    if not found:
        return None
    name, rest = f"{found[1]}/{found[2]}", found[3]
    if rest == "*":
        return Told("AnyJobOf", (name,))
    for what, wide, prefix in (
        ("branch", "AnyBranchOf", "ref:refs/heads/"),
        ("tag", "AnyTagOf", "ref:refs/tags/"),
    ):
        if rest == prefix + "*":
            return Told(wide, (name,))
        ref = rest.removeprefix(prefix).removesuffix(":*")
        if rest == f"{prefix}{ref}:*" and ("build_branch" in claims) == (what == "branch"):
            return Told("Buildkite", (found[1], found[2]), (what, ref), takes_claims=True)
    return None


def _eks(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
    found = re.fullmatch(r"system:serviceaccount:([^:*?$]+):([^:*?$]+|\*)", text)
    if not found:
        return None
    if found[2] == "*":
        return Told("AnyServiceAccountIn", (found[1],))
    return Told("EksServiceAccount", (found[1],), ("service_account", found[2]))


def _subjects(kind: str) -> Callable[[str, Claims], Told | None]:
    def told(text: str, claims: Claims) -> Told | None:  # noqa: ARG001
        return None if set("*?$") & set(text) else Told(kind, (), ("subjects", text))

    return told


_READERS: Mapping[str, Callable[[str, Claims], Told | None]] = MappingProxyType(
    {
        "github-actions": _github,
        "gitlab": _gitlab,
        "bitbucket": _bitbucket,
        "hcp-terraform": _hcp,
        "circleci": _circleci,
        "buildkite": _buildkite,
        "eks": _eks,
        "auth0": _subjects("Auth0"),
        "keycloak": _subjects("Keycloak"),
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects that one entity writes, and the entity without provider and audience."""

    texts: tuple[str, ...]
    call: Call
    takes_claims: bool


def groups(family: str, texts: Sequence[str], claims: Claims) -> list[Group]:
    """The entities for these subjects; what no reader knows goes to `OidcSubjects`."""
    reader = _READERS.get(family)
    told: dict[Told, list[tuple[str, str]]] = {}
    unread: list[str] = []
    for text in texts:
        found = reader(text, claims) if reader else None
        if found is None:
            unread.append(text)
            continue
        name, value = found.joined or ("", "")
        alike = Told(found.kind, found.args, (name, ""), found.kwargs, found.takes_claims)
        told.setdefault(alike, []).append((text, value))
    listed = [_group(alike, members, claims) for alike, members in told.items()]
    listed = _both_phases(listed)
    if unread:
        listed.append(Group(tuple(unread), call("OidcSubjects", list(unread)), False))
    return listed


def _group(alike: Told, members: Sequence[tuple[str, str]], claims: Claims) -> Group:
    kwargs: dict[str, Expression] = {
        key: list(value) if isinstance(value, tuple) else value for key, value in alike.kwargs
    }
    name = alike.joined[0] if alike.joined else ""
    args: list[Expression] = list(alike.args)
    values = [value for _, value in members]
    if name == "job":
        kwargs["job"] = claims["job_workflow_ref"]
    elif name in ("subjects", "workspace", "service_account"):
        # They stand behind the others, as the class has them.
        args.append(values[0] if len(values) == 1 and name != "subjects" else list(values))
    elif name:
        kwargs = {name: values[0] if len(values) == 1 else list(values), **kwargs}
    texts = tuple(dict.fromkeys(text for text, _ in members))
    return Group(texts, call(alike.kind, *args, **kwargs), alike.takes_claims)


def _both_phases(found: Sequence[Group]) -> list[Group]:
    """HCP Terraform's plan and apply of the same workspaces are one entity without a phase."""
    merged: list[Group] = []
    for group in found:
        other = next(
            (
                each
                for each in merged
                if group.call.kwargs
                and group.call.kwargs[-1][0] == "run_phase"
                and each.call.args == group.call.args
                and each.call.kwargs[:-1] == group.call.kwargs[:-1]
                and each.call.kwargs
                and each.call.kwargs[-1][0] == "run_phase"
            ),
            None,
        )
        if other is None:
            merged.append(group)
            continue
        whole = Call(group.call.name, group.call.args, group.call.kwargs[:-1])
        merged[merged.index(other)] = Group(other.texts + group.texts, whole, False)
    return merged
