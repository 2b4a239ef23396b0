"""Tokens that are like one that is meant: other owners, branches, audiences, issuers."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from rolecall import issuers
from rolecall.issuers import OidcIssuer
from rolecall.testing.callers import Caller
from rolecall.testing.insiders import STRANGE_ACCOUNT
from rolecall.testing.near import near, other_digits
from rolecall.testing.subjects import WHOLE, Subject
from rolecall.testing.tokens import Token

_EVIL = "evil"
_ANOTHER_FORM = "a subject of another form"
#: Kinds of jobs, by the part or the words in their subject's template.
_REFS = {
    "github-actions": {
        "another branch": "repo:{owner}/{repository}:ref:refs/heads/{branch}",
        "a tag": "repo:{owner}/{repository}:ref:refs/tags/{tag}",
        "another environment": "repo:{owner}/{repository}:environment:{environment}",
        "a pull request": "repo:{owner}/{repository}:pull_request",
    },
    "gitlab": {
        "another branch": "project_path:{group}/{project}:ref_type:branch:ref:{branch}",
        "a tag": "project_path:{group}/{project}:ref_type:tag:ref:{tag}",
    },
}
_OTHER_ISSUERS: tuple[OidcIssuer, ...] = (issuers.GITLAB_COM, issuers.GITHUB_ACTIONS)


def of_token(caller: Token, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    """One part of the subject, the audience, a claim or the issuer is another one."""
    yield from _subjects(caller)
    yield from _audiences(caller)
    yield from _claims(caller, keys)
    yield from _issuers(caller)


def _subjects(caller: Token) -> Iterator[tuple[str, Caller]]:
    subject = caller.subject
    if caller.raw_subject is not None:
        return
    for name, text in subject.parts.items():
        if name not in caller.told:
            continue
        for other in near(text):
            changed = caller.but(subject=subject.with_part(name, other))
            yield _noun(name), changed
        if text.isdigit():
            changed = caller.but(subject=subject.with_part(name, other_digits(text)))
            yield _noun(name), changed
    told = caller.told & set(subject.parts)
    if not told:
        return
    text = subject.text
    stem = re.split(r"[:/]", text)[0]
    for raw in ("*", f"{stem}:*", f"evil:{text}", f"evil/x:{text}"):
        yield _ANOTHER_FORM, caller.but(raw_subject=raw)
    last = subject.last
    if subject.open or (last and (last not in told or subject.parts[last].endswith("*"))):
        # What an open end goes on with says nothing.
        return
    for raw in (f"{text}:{_EVIL}", f"{text}/{_EVIL}"):
        yield _ANOTHER_FORM if last is None else _noun(last), caller.but(raw_subject=raw)
    yield from _other_kinds(caller)


def _other_kinds(caller: Token) -> Iterator[tuple[str, Caller]]:
    """A pull request or a tag in the place of a branch, and so on, of the same repository."""
    subject = caller.subject
    if subject.template == WHOLE:
        return
    ref = next(
        (subject.parts[name] for name in ("branch", "tag", "environment") if name in subject.parts),
        "main",
    )
    for name, template in _REFS.get(caller.issuer.family, {}).items():
        if template == subject.template:
            continue
        parts = {
            key: text
            for key, text in subject.parts.items()
            if key not in ("branch", "tag", "environment")
        }
        for text in (ref.replace("*", "x"), "main"):
            new = name.rpartition(" ")[2]
            more = {new: text} if f"{{{new}}}" in template else {}
            changed = Subject(template, {**parts, **more})
            yield name, replace(caller, subject=changed)


def _audiences(caller: Token) -> Iterator[tuple[str, Caller]]:
    audience = caller.claims.get("aud")
    text = audience if isinstance(audience, str) else "x"
    for other in ("https://evil.example.com", f"{text}-evil", f"evil-{text}", text.swapcase()):
        if other != text:
            claims = {"azp": other} if "azp" in caller.claims else {"aud": other}
            yield "another audience", caller.with_claims(claims)
    if text == "sts.amazonaws.com":
        yield "the audience of another partition", caller.saying(aud="sts.amazonaws.com.cn")
    if caller.issuer.family != "cognito":
        yield "issued to another client (azp)", caller.saying(azp="evil")
    yield "several audiences", caller.saying(aud=[text, "evil"], azp=None)
    yield "without an audience", caller.saying(aud=None, azp=None)
    methods = caller.claims.get("amr")
    if isinstance(methods, list | tuple):
        guest = ["authenticated" if "unauthenticated" in methods else "unauthenticated"]
        yield "another way of signing in (amr)", caller.saying(amr=guest)
        yield "another way of signing in (amr)", caller.saying(amr=[f"not-{methods[0]}"])
        yield "without a way of signing in (amr)", caller.saying(amr=None)


def _claims(caller: Token, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    for name in caller.claims:
        if f"claim {name}" not in caller.told or name == "amr":
            continue
        value = str(caller.claims[name])
        asked = caller.issuer.key(name).lower() in keys
        for other in (*near(value), *([other_digits(value)] if value.isdigit() else [])):
            # A claim of numbers or truth values has no text beside it.
            if value.isdigit() and not other.isdigit():
                continue
            yield f"another {name}", caller.with_claims({name: other})
        if asked:
            yield f"without {name}", caller.with_claims({name: None})


def _issuers(caller: Token) -> Iterator[tuple[str, Caller]]:
    own = caller.issuer
    like = issuers.oidc_issuer(f"https://{own.host.split('/')[0]}.evil.example.com")
    others = [*_OTHER_ISSUERS, like]
    if "/" in own.host.rstrip("/") and own.family != "":
        host, _, path = own.host.rstrip("/").rpartition("/")
        changed = other_digits(path) if other_digits(path) != path else f"{path}x"
        with suppress(issuers.IssuerProblem):
            others.append(issuers.oidc_issuer(f"https://{host}/{changed}"))
    for other in others:
        if other.url != own.url:
            # The same claims, written by somebody else: keys are named after the issuer.
            yield "the same subject of another issuer", replace(caller, issuer=other)
    if not own.built_in:
        yield (
            "a provider of another account",
            caller.but(provider_account=STRANGE_ACCOUNT),
        )


def _noun(name: str) -> str:
    return f"another {name}"
