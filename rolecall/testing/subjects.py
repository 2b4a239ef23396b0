"""How the issuers write `sub`: its parts by name, so that each can be varied alone.

The forms are those of the issuers' own pages, which the entities of `rolecall.trust` name.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from rolecall.testing.near import is_open, sample

#: Templates of each family of issuers, the most usual first.
TEMPLATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "github-actions": (
            "repo:{owner}/{repository}:ref:refs/heads/{branch}",
            "repo:{owner}/{repository}:ref:refs/tags/{tag}",
            "repo:{owner}/{repository}:environment:{environment}",
            "repo:{owner}/{repository}:pull_request",
        ),
        "gitlab": (
            "project_path:{group}/{project}:ref_type:branch:ref:{branch}",
            "project_path:{group}/{project}:ref_type:tag:ref:{tag}",
        ),
        "bitbucket": (
            "{{{repository}}}:{{{environment}}}:{{{step}}}",
            "{{{repository}}}:{{{step}}}",
        ),
        "hcp-terraform": (
            "organization:{organization}:project:{project}"
            ":workspace:{workspace}:run_phase:{run_phase}",
        ),
        "circleci": ("org/{organization}/project/{project}/user/{user}",),
        "buildkite": (
            "organization:{organization}:pipeline:{pipeline}:ref:refs/heads/{branch}"
            ":commit:{commit}:step:{step}",
            "organization:{organization}:pipeline:{pipeline}:ref:refs/tags/{tag}"
            ":commit:{commit}:step:{step}",
        ),
        "eks": ("system:serviceaccount:{namespace}:{service account}",),
    }
)
_HOLE = re.compile(r"\{\{|\}\}|\{([a-z_ ]+)\}")
#: Parts that may hold a separator: names of refs, groups of GitLab.
_LONG = frozenset({"branch", "tag", "group"})
#: Parts that may hold anything, where they stand at the end.
_FREE = frozenset({"branch", "tag", "environment"})
#: Parts that a token always has, and nobody means.
UNMEANT = frozenset({"step", "commit"})
WHOLE = "subject"


@dataclass(frozen=True, slots=True)
class Subject:
    """A `sub` in parts. Each part is a text or a pattern with `*`.

    open: what stands behind the last part that was written is left open, so that the
    kind of the rest (branch, tag, environment) means nothing either.
    """

    template: str
    parts: Mapping[str, str]
    open: bool = False

    @property
    def text(self) -> str:
        """The `sub` of a token; where a part is a pattern, one of those it means."""
        return self._render(sample)

    @property
    def pattern(self) -> str:
        """The `sub` with its wildcards."""
        return self._render(str)

    @property
    def last(self) -> str | None:
        """The part that the subject ends with; None if it ends with words of the issuer's."""
        if self.template == WHOLE:
            return WHOLE
        *_, found = _HOLE.finditer(self.template)
        names = [each[1] for each in _HOLE.finditer(self.template) if each[1]]
        return names[-1] if self.template.endswith((found[0], "}}}")) else None

    def with_part(self, name: str, text: str) -> "Subject":
        """Another subject: one part is replaced."""
        return replace(self, parts={**self.parts, name: text})

    def told(self) -> dict[str, str]:
        """The parts that say who is meant."""
        return {
            name: text
            for name, text in self.parts.items()
            if name not in UNMEANT and not is_open(text)
        }

    def _render(self, how: Callable[[str], str]) -> str:
        if self.template == WHOLE:
            return how(self.parts[WHOLE])

        def fill(found: "re.Match[str]") -> str:
            return how(self.parts[found[1]]) if found[1] else str(found[0][0])

        return _HOLE.sub(fill, self.template)


def whole(text: str) -> Subject:
    """A subject of which no part has a name."""
    return Subject(WHOLE, {WHOLE: text}, open=is_open(text))


def read_subject(family: str, text: str) -> Subject:
    """The parts of a subject, or of a pattern for subjects such as `repo:acme/*`."""
    templates = TEMPLATES.get(family, ())
    for template in templates:
        found = _regex(template).fullmatch(text)
        if found:
            return Subject(template, _parts(template, found))
    if text.endswith("*"):
        for template in templates:
            subject = _completed(template, text[:-1])
            if subject is not None:
                return subject
    return whole(text)


def _completed(template: str, start: str) -> Subject | None:
    """The pattern with its end written out: `repo:acme/` → `repo:acme/*:ref:refs/heads/*`."""
    every = _HOLE.sub(lambda found: "*" if found[1] else found[0][0], template)
    ends = [every[place:] for place in range(len(every))]
    for end in sorted(ends, key=lambda end: (not end.startswith("*"), -len(end))):
        found = _regex(template).fullmatch(start + end)
        # A wildcard may only stand where the pattern had its own.
        if found and not (start and start[-1] not in ":/" and not end.startswith("*")):
            return Subject(template, _parts(template, found), open=True)
    return None


@lru_cache(maxsize=64)
def _regex(template: str) -> re.Pattern[str]:
    pieces: list[str] = []
    place = 0
    for found in _HOLE.finditer(template):
        pieces.append(re.escape(template[place : found.start()]))
        if found[1]:
            body = r"[^:]+" if found[1] in _LONG else r"[^:/{}]+"
            if found[1] in _FREE and template.endswith(found[0]):
                body = r".+"
            pieces.append(f"({body})")
        else:
            pieces.append(re.escape(found[0][0]))
        place = found.end()
    pieces.append(re.escape(template[place:]))
    return re.compile("".join(pieces), re.DOTALL)


def _parts(template: str, found: "re.Match[str]") -> dict[str, str]:
    names = [each[1] for each in _HOLE.finditer(template) if each[1]]
    return dict(zip(names, found.groups(), strict=True))
