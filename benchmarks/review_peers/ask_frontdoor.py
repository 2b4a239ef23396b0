"""Frontdoor-style rules: what the rule pages of secorvia/frontdoor say, written anew.

The tool itself is a Go program that reads a live AWS account; it can neither be
installed nor run here. Of its rules these stand here: FD001, FD002, FD005, FD010 to
FD015, by their pages and as its repository reads conditions (a condition of any
operator counts as one). The others (FD003, FD020 to FD031) look at permissions,
access keys, last use, thumbprints and chains, which a trust policy does not show. It
is not told any account of the same organization, as where it may not list them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.review_peers.tool import Answers, of_findings
from tests.policy.compare.changes.reading import Change

#: Issuers whose audience names the tenant, so that a subject is not wanted.
_TENANT_IN_AUDIENCE = ("cognito-identity.amazonaws.com", "oidc.vercel.com", "api.pulumi.com/oidc")
_WITH_REFS = ("token.actions.githubusercontent.com", "gitlab.com", "agent.buildkite.com")


class Asked(NamedTuple):
    """One condition, flattened."""

    operator: str
    key: str
    values: list[str]


def ask(changes: Sequence[Change]) -> Answers:
    """Findings are told apart by rule and by whom they are about."""
    found = [
        (
            frozenset(findings(change.old, change.account)),
            frozenset(findings(change.new, change.account)),
        )
        for change in changes
    ]
    return of_findings("frontdoor-style rules", "rule pages of 2026", found)


def findings(policy: dict[str, Any], account: str) -> Iterator[str]:
    """What the rules say of a trust policy. Deny and services are no doors to them."""
    for statement in _list(policy["Statement"]):
        principal = statement.get("Principal")
        if statement["Effect"] != "Allow" or not principal:
            continue
        conditions = [
            Asked(operator, key.lower(), [str(value) for value in _list(values)])
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]
        named = {"AWS": "*"} if principal == "*" else principal
        for provider in _list(named.get("Federated", [])):
            yield from _federated(provider, conditions)
        for name in _list(named.get("AWS", [])):
            yield from _account(name, conditions, account)


def _account(name: str, conditions: list[Asked], account: str) -> Iterator[str]:
    if name == "*":
        yield "FD001 any AWS principal"
        return
    parts = name.split(":")
    theirs = name if len(parts) < 5 else parts[4]
    if theirs == account:
        return
    whom = theirs if len(parts) < 6 or parts[5] == "root" else name
    if not _values(conditions, "sts:externalid"):
        yield f"FD013 {whom}"
    yield f"FD014 {whom}"


def _federated(provider: str, conditions: list[Asked]) -> Iterator[str]:
    saml = ":saml-provider/" in provider
    issuer = provider.partition(":oidc-provider/")[2] or provider
    prefix = "saml" if saml else issuer.lower()
    subjects = _values(conditions, f"{prefix}:sub")
    audiences = _values(conditions, f"{prefix}:aud")
    pinned = issuer in _TENANT_IN_AUDIENCE and audiences and "*" not in audiences
    if not subjects and not pinned:
        foreign = [c for c in conditions if c.key.endswith(":sub")]
        broken = foreign and not all(c.operator.endswith("IfExists") for c in foreign)
        yield f"FD005 {issuer}" if broken else f"FD001 {issuer}"
    for subject in subjects:
        yield from _subject(issuer, subject)
    if not saml and not audiences:
        yield f"FD002 {issuer}"
    if (
        _values(conditions, f"{prefix}:repository_owner")
        and not subjects
        and not _values(conditions, f"{prefix}:repository_owner_id")
    ):
        yield f"FD015 {issuer}"


def _subject(issuer: str, subject: str) -> Iterator[str]:
    """The rules about how much of a subject is open."""
    scope, whom = _scope(issuer, subject)
    if scope == "anyone":
        yield f"FD001 {whom}"
    elif scope == "organization":
        yield f"FD010 {whom}"
    elif scope == "project" and issuer in _WITH_REFS:
        yield f"FD011 {whom}"
    if issuer in _WITH_REFS and subject.endswith(":pull_request"):
        yield f"FD012 {whom}"


def _scope(issuer: str, subject: str) -> tuple[str, str]:
    """anyone, organization, project or exact; and who that is."""
    if not subject or subject.startswith("*"):
        return "anyone", issuer
    kind, _, rest = subject.partition(":")
    if subject.startswith("system:serviceaccount:"):
        namespace, _, name = subject.removeprefix("system:serviceaccount:").partition(":")
        wide = not name or _wild(name) or _wild(namespace)
        return ("organization" if wide else "exact"), f"{namespace}:{name}"
    if issuer == "token.actions.githubusercontent.com" and kind == "repo":
        place, _, context = rest.partition(":")
        owner, _, repository = place.partition("/")
        if not owner or _wild(owner):
            return "anyone", issuer
        if not repository or _wild(repository):
            return "organization", owner
        known = context.startswith(("ref:", "environment:", "job_workflow_ref:"))
        whom = f"{place} ({context})"
        return ("exact" if known and not _wild(context) else "project"), whom
    fields = subject.split(":")
    said = dict(zip(fields[::2], fields[1::2], strict=False))
    if issuer == "gitlab.com":
        project, ref = said.get("project_path", ""), said.get("ref", "")
        if not project or _wild(project):
            return "organization", project
        return ("exact" if ref and not _wild(ref) else "project"), f"{project} {ref}"
    if issuer == "app.terraform.io":
        workspace = said.get("workspace", "")
        wide = not workspace or _wild(workspace)
        return ("organization" if wide else "exact"), f"{said.get('organization')} {workspace}"
    return ("project" if _wild(subject) else "exact"), subject


def _wild(text: str) -> bool:
    return "*" in text or "?" in text


def _values(conditions: list[Asked], key: str) -> list[str]:
    return [value for asked in conditions if asked.key == key for value in asked.values]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
