"""From the text in a plan to a policy, or to the reason why it is not known."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from rolecall.policy import PolicyDocument, PolicyError
from rolecall.review.model import Policy, Unread
from rolecall.review.read.json_text import whole
from rolecall.review.read.symbols import Hole, Secret, Symbols

_HOLE_ALONE = re.compile(r"\s*\$\{[^{}]*\}\s*\Z")
# What is in so many policies that it tells nobody's secret.
_COMMON = frozenset(("", "*", "true", "false", "Allow", "Deny", "2012-10-17", "2008-10-17"))
_SERVICE = re.compile(r"[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?\Z")
_ACTION = re.compile(r"\*|[a-z0-9-]{1,40}:[A-Za-z0-9*?]{1,80}\Z")
_KEY = re.compile(
    r"(?:aws|sts|iam|saml|rolesanywhere|ec2|lambda):[A-Za-z0-9]{1,60}\Z", re.IGNORECASE
)
_PRINCIPAL_TYPE = re.compile(r"[A-Za-z]{1,20}\Z")


def policy(value: object) -> Policy | None:
    """A policy that is not marked sensitive; None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, Hole):
        return Unread(why_unknown(value), value.text)
    if isinstance(value, dict):
        value = json.dumps(value, default=_shown)
    if not isinstance(value, str):
        text = json.dumps(value, sort_keys=True, default=repr)
        return Unread("It is no text, so it is no policy.", digest(text))
    if _HOLE_ALONE.match(value):
        name = value.strip()
        return Unread(f"It is not known before apply: it depends on {name}.", name)
    return _parsed(value)


def why_unknown(hole: Hole) -> str:
    """Why a policy is not known, in a sentence."""
    names = ", ".join(_without_prefixes(hole.refers))
    if hole.lost:
        refers = f"refers to {names}, and" if names else "is computed, and"
        return (
            f"It is not known before apply: it {refers} a plan of HCL does not keep the expression."
        )
    return f"It is not known before apply: it depends on {names or hole.text}."


def _without_prefixes(names: Iterable[str]) -> list[str]:
    """Plans list `a.b.c` and `a.b` for one reference; the longest says it."""
    found = list(dict.fromkeys(names))
    return [
        name
        for name in found
        if not any(
            other != name and other.startswith(name) and other[len(name)] in ".[" for other in found
        )
    ]


def _shown(value: object) -> object:
    if isinstance(value, Hole):
        return value.text
    raise TypeError


@lru_cache(maxsize=20_000)
def _parsed(text: str) -> Policy:
    try:
        if "\\u" in text and not all(map(whole, literals(text))):
            return _no_policy("it holds half a character", text)
        return PolicyDocument.parse(text)
    except PolicyError as error:
        return _no_policy(f"{error.where}: {error.remedy}", text)
    except RecursionError:
        return _no_policy("it is nested too deeply", text)


def _no_policy(why: str, text: str) -> Unread:
    return Unread(f"Its text is no policy that AWS takes: {why}.", digest(text))


def digest(text: str) -> str:
    """A name for a text that is not shown."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sensitive_policy(secret: Secret, written: object, public: set[str], symbols: Symbols) -> Policy:
    """A policy marked sensitive, with everything hidden that may be the secret.

    written: the same policy as the configuration has it, with names for the secrets in it,
    where that is known. public: what stands elsewhere in clear. What is neither becomes
    `${sensitive.1}`, the same for the same text; so it can be compared and not be read.
    """
    text = written if isinstance(written, str) else None
    if secret.value is None or secret.value == "":
        return Unread("It is marked sensitive and empty.")
    if not isinstance(secret.value, str):
        if text is None or _HOLE_ALONE.match(text):
            name = symbols.secret(secret.value)
            return Unread("It is marked sensitive and not known before apply.", name)
        return _parsed_sensitive(text, text)
    allowed = set(literals(text)) if text is not None else set()
    try:
        document = json.loads(secret.value)
        hidden = _hidden(document, allowed | public, symbols)
        return _parsed_sensitive(json.dumps(hidden), symbols.secret(secret.value))
    except (ValueError, RecursionError):
        name = symbols.secret(secret.value)
        return Unread("It is marked sensitive, and its text is no policy.", name)


def _parsed_sensitive(text: str, what: str) -> Policy:
    found = _parsed(text)
    if isinstance(found, Unread):
        return Unread("It is marked sensitive, and cannot be read without showing it.", what)
    return found


def literals(text: str) -> Iterator[str]:
    """Every text and key in a policy; nothing if it is no JSON."""
    try:
        yield from _literals(json.loads(text))
    except (ValueError, RecursionError):
        return


def _literals(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield name
            yield from _literals(each)
    elif isinstance(value, list):
        for each in value:
            yield from _literals(each)


_ELEMENTS = frozenset(
    (
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Principal",
        "NotPrincipal",
        "Condition",
    )
)


def _hidden(
    value: object, clear: set[str], symbols: Symbols, under: tuple[str, ...] = ()
) -> object:
    if isinstance(value, dict):
        found: dict[str, object] = {}
        for name, each in value.items():
            if name in ("Sid", "Id") and not (isinstance(each, str) and each in clear):
                continue
            shown = name if _is_known_key(name, under) else _hide(name, clear, symbols)
            found[shown] = _hidden(each, clear, symbols, (*under, name))
        return found
    if isinstance(value, list):
        return [_hidden(each, clear, symbols, under) for each in value]
    if isinstance(value, bool) or value is None:
        return value
    text = value if isinstance(value, str) else json.dumps(value)
    if under[-1:] in (("Action",), ("NotAction",)) and _ACTION.match(text):
        return text
    return _hide(text, clear, symbols)


def _is_known_key(name: str, under: tuple[str, ...]) -> bool:
    if "Condition" in under:
        # Below it an operator, then a key.
        return bool(_KEY.match(name)) if under[-1] != "Condition" else bool(_OPERATOR.match(name))
    if under[-1:] in (("Principal",), ("NotPrincipal",)):
        return bool(_PRINCIPAL_TYPE.match(name))
    return name in _ELEMENTS


_OPERATOR = re.compile(
    r"(?:For(?:All|Any)Values?:)?(?:String|Numeric|Date|Bool|Binary|Ip|NotIp|Arn|Null)[A-Za-z]*\Z"
)


def _hide(text: str, clear: set[str], symbols: Symbols) -> str:
    if text in clear or text in _COMMON or _SERVICE.match(text):
        return text
    replaced = symbols.hidden(text)
    if replaced != text and replaced in clear:
        return replaced
    return symbols.secret(text)
