"""The subject of a token in words: which repository, branch, workspace, pod … it means.

Only whole parts become words, each as long as its separators show it. A wildcard is put
into words where it stands for a whole last part, or for everything behind a separator;
any other one is shown as it is, because it means more than it seems to.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from rolecall.explain.wording import shown


class Told(NamedTuple):
    """What a subject means. short: for tables. lead, item: of a sentence, see `Who`."""

    short: str
    lead: str
    item: str = ""


_NAME = r"[^:/*?$]+"
_PART = r"[^:*?$]+"
_REF = r"[^:*?$]+(?:/\*)?|\*"


def _names(text: str, stem: str) -> str:
    """A name, or everything below a folder of names."""
    below = text.removesuffix("/*")
    return f"{stem} below {shown(below)}" if below != text else f"{stem} {shown(text)}"


def _git(kind: str, product: str, repository: str, ref: tuple[str, str] | None) -> Told:
    lead = f"{product} jobs of {kind} {shown(repository)}"
    short = f"{product.split()[0]} {'repo' if kind == 'repository' else kind} {shown(repository)}"
    if ref is None:
        return Told(f"{short}, any job", f"All {lead}")
    what, name = ref
    preposition = {"branch": "on", "tag": "on", "environment": "in"}[what]
    if name == "*":
        return Told(f"{short}, any {what}", lead, f"{preposition} any {what}")
    if name.endswith("/*"):
        stem = f"any {what} below {shown(name[:-2])}"
        return Told(f"{short}, {stem}", lead, f"{preposition} {stem}")
    return Told(f"{short}, {what} {shown(name)}", lead, f"{preposition} {what} {shown(name)}")


def _github(text: str) -> Told | None:
    if found := re.fullmatch(rf"repo:({_NAME})/\*", text):
        owner = shown(found[1])
        return Told(
            f"GitHub any repo of {owner}", f"GitHub Actions jobs of any repository of {owner}"
        )
    found = re.fullmatch(rf"repo:({_NAME}/{_NAME}):(.+)", text)
    if not found:
        return None
    repository, rest = found[1], found[2]
    if rest == "*":
        return _git("repository", "GitHub Actions", repository, None)
    if rest == "pull_request":
        name = shown(repository)
        return Told(
            f"GitHub repo {name}, pull requests",
            f"GitHub Actions jobs of repository {name}",
            "for pull requests",
        )
    for stem, what, form in (
        ("ref:refs/heads/", "branch", _REF),
        ("ref:refs/tags/", "tag", _REF),
        ("environment:", "environment", rf"{_PART}|\*"),
    ):
        name = rest.removeprefix(stem)
        if name != rest and re.fullmatch(form, name):
            # In an environment's name GitHub writes a colon so.
            name = name.replace("%3A", ":") if what == "environment" else name
            return _git("repository", "GitHub Actions", repository, (what, name))
    return None


def _gitlab(text: str) -> Told | None:
    if found := re.fullmatch(r"project_path:([^:*?$]+)/\*", text):
        group = shown(found[1])
        return Told(
            f"GitLab any project of {group}", f"GitLab jobs of any project of group {group}"
        )
    found = re.fullmatch(rf"project_path:([^:*?$]+):ref_type:(branch|tag):ref:({_REF})", text)
    if found:
        return _git("project", "GitLab", found[1], (found[2], found[3]))
    found = re.fullmatch(r"project_path:([^:*?$]+):\*", text)
    return _git("project", "GitLab", found[1], None) if found else None


def _bitbucket(text: str) -> Told | None:
    found = re.fullmatch(r"\{([^{}*?:$]+)\}(?::\{([^{}*?:$]+)\})?:\*", text)
    if not found:
        return None
    lead = f"Bitbucket Pipelines steps of repository {shown(found[1])}"
    short = f"Bitbucket repo {shown(found[1])}"
    if found[2] is None:
        return Told(f"{short}, any step", f"All {lead}")
    item = f"environment {shown(found[2])}"
    # A step's UUID stands in the same place where a step has no environment.
    return Told(f"{short}, {item}", lead, f"in {item}")


def _hcp(text: str) -> Told | None:
    found = re.fullmatch(
        rf"organization:({_PART})(?::project:({_PART})(?::workspace:({_PART})"
        rf"(?::run_phase:({_PART}))?)?)?(:\*)?",
        text,
    )
    if not found or (found[4] is None) == (found[5] is None):
        return None
    organization, project, workspace, phase, _ = found.groups()
    place = f"organization {shown(organization)}"
    if project is not None:
        place = f"project {shown(project)} of {place}"
    if workspace is None:
        return Told(
            f"HCP Terraform any workspace of {place}",
            f"HCP Terraform runs of any workspace of {place}",
        )
    lead = f"HCP Terraform runs of workspace {shown(workspace)} of {place}"
    short = f"HCP Terraform workspace {shown(workspace)} of {place}"
    if phase is None:
        return Told(f"{short}, any phase", f"All {lead}")
    return Told(f"{short}, phase {shown(phase)}", lead, f"in phase {shown(phase)}")


def _circleci(text: str) -> Told | None:
    if found := re.fullmatch(rf"org/({_NAME})/\*", text):
        owner = f"organization {shown(found[1])}"
        return Told(
            f"CircleCI any project of {owner}", f"All CircleCI jobs of any project of {owner}"
        )
    found = re.fullmatch(rf"org/({_NAME})/project/({_NAME})/user/(\*|{_NAME}(?:/\*)?)", text)
    if not found:
        return None
    lead, short = (
        f"CircleCI jobs of project {shown(found[2])}",
        f"CircleCI project {shown(found[2])}",
    )
    if found[3] == "*":
        return Told(f"{short}, any user", lead)
    user = f"user {shown(found[3].removesuffix('/*'))}"
    new = " (tokens with origin and ref)" if found[3].endswith("/*") else ""
    return Told(f"{short}, {user}{new}", lead, f"triggered by {user}{new}")


def _buildkite(text: str) -> Told | None:
    if found := re.fullmatch(rf"organization:({_PART}):\*", text):
        owner = shown(found[1])
        return Told(
            f"Buildkite any pipeline of {owner}",
            f"All Buildkite jobs of any pipeline of organization {owner}",
        )
    found = re.fullmatch(rf"organization:({_PART}):pipeline:({_PART}):(.+)", text)
    if not found:
        return None
    lead = f"Buildkite jobs of pipeline {shown(found[1] + '/' + found[2])}"
    short = f"Buildkite pipeline {shown(found[1] + '/' + found[2])}"
    if found[3] == "*":
        return Told(f"{short}, any job", f"All {lead}")
    ref = re.fullmatch(rf"ref:refs/(heads|tags)/({_PART}|\*)(:\*)?", found[3])
    if not ref or (ref[3] is None) != (ref[2] == "*"):
        return None
    what = "branch" if ref[1] == "heads" else "tag"
    item = f"any {what}" if ref[2] == "*" else f"{what} {shown(ref[2])}"
    if what == "branch" and ref[3]:
        # A fork's branch is named `user:branch`, which the wildcard takes as well.
        item += f" (or any of a fork of user {shown(ref[2])})"
    return Told(f"{short}, {item}", lead, f"on {item}")


def _eks(text: str) -> Told | None:
    found = re.fullmatch(rf"system:serviceaccount:({_PART}):({_PART}|\*)", text)
    if not found:
        return None
    place = f"namespace {shown(found[1])}"
    if found[2] == "*":
        return Told(
            f"pods of any service account in {place}", f"All pods of any service account in {place}"
        )
    name = f"service account {shown(found[2])} in {place}"
    return Told(f"pods of {name}", "Pods of", name)


_FORMS: Mapping[str, Callable[[str], Told | None]] = MappingProxyType(
    {
        "github-actions": _github,
        "gitlab": _gitlab,
        "bitbucket": _bitbucket,
        "hcp-terraform": _hcp,
        "circleci": _circleci,
        "buildkite": _buildkite,
        "eks": _eks,
    }
)


def subject_words(family: str, text: str) -> Told | None:
    """What a subject (or a pattern of subjects) of an issuer's tokens means; None: no words."""
    form = _FORMS.get(family)
    return form(text) if form and "$" not in text else None
