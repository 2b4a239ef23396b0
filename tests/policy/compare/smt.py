"""Trust policies as formulas for an SMT solver: the same question, answered by other means.

Written from AWS's pages on policy evaluation, condition operators and context keys, on the
solver's own strings and regular expressions. Tag keys are of a small alphabet and a call
has at most four tags; a key with several values has at most four.
"""

from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from functools import cached_property
from ipaddress import ip_network
from typing import Any

import z3

from rolecall.policy import Condition, Effect, PolicyDocument, Statement
from tests.policy.compare.generated import GITHUB, GITHUB_HOST, OWN, SAML

SEVERAL = (
    "aws:tagkeys", "sts:transitivetagkeys", "aws:principalorgpaths",
    "saml:edupersonaffiliation", f"{GITHUB_HOST}:amr",
)  # fmt: skip
EITHER = (f"{GITHUB_HOST}:aud",)
TYPED = {
    "aws:sourceip": "address",
    "aws:multifactorauthpresent": "bool",
    "aws:multifactorauthage": "number",
    "aws:currenttime": "date",
}
ALWAYS = ("aws:currenttime", "sts:rolesessionname", f"{GITHUB_HOST}:sub", f"{GITHUB_HOST}:aud",
          "saml:aud", "saml:sub")  # fmt: skip
_NAME = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"
_HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-"
_CHARSETS = {
    "sts:externalid": _NAME + ":/",
    "sts:rolesessionname": _NAME,
    "sts:sourceidentity": _NAME,
}
_TAG_TEXT = _NAME.replace(",", "") + " :/"
TAG_NAMES = ["a", "A", "b", "B", "c", "C", "x", "ax", "xc", "bx"]
MOST = 4
KINDS = ("user", "role", "service", "web", "saml")
_ACTION = {
    "user": "sts:assumerole",
    "role": "sts:assumerole",
    "service": "sts:assumerole",
    "web": "sts:assumerolewithwebidentity",
    "saml": "sts:assumerolewithsaml",
}
_TAG, _NAME_IT = "sts:tagsession", "sts:setsourceidentity"


def one_of(chars: str) -> Any:
    return z3.Union(*(z3.Re(c) for c in sorted(set(chars))))


def any_text() -> Any:
    return z3.Full(z3.ReSort(z3.StringSort()))


def like(pattern: str, without: str = "") -> Any:
    """A policy's pattern; its wildcards do not stand for the characters in `without`."""
    one: Any = z3.AllChar(z3.ReSort(z3.StringSort()))
    if without:
        one = z3.Intersect(one, z3.Complement(one_of(without + "\x00")))
    parts = [z3.Star(one) if c == "*" else one if c == "?" else z3.Re(c) for c in pattern] or [
        z3.Re("")
    ]
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def caseless(text: str) -> Any:
    parts = [one_of(c.lower() + c.upper()) for c in text] or [z3.Re("")]
    return parts[0] if len(parts) == 1 else z3.Concat(*parts)


def arn_like(pattern: str) -> Any | None:
    segments = pattern.split(":", 5)
    if len(segments) != 6:
        return None
    parts: list[Any] = []
    for number, segment in enumerate(segments):
        if parts:
            parts.append(z3.Re(":"))
        parts.append(like(segment, "" if number == 5 else ":"))
    return z3.Concat(*parts)


def _is_arn() -> Any:
    parts = [z3.Re("arn")]
    for number in range(5):
        parts += [z3.Re(":"), like("*", "" if number == 4 else ":")]
    return z3.Concat(*parts)


class Unsupported(Exception):
    """A condition that this encoding does not speak of."""


@dataclass
class Value:
    """One key: whether it is there, whether it is several, and its values."""

    there: Any
    several: Any
    one: Any
    items: list[tuple[Any, Any]] = field(default_factory=list)


class Request:
    """Unknowns of one request of one kind of caller."""

    def __init__(self, kind: str, keys: set[str]) -> None:
        self.kind = kind
        self.rules: list[Any] = []
        self.values: dict[str, Value] = {}
        self.has_tags = z3.Bool("has_tags")
        self.named = z3.Bool("source_identity_given")
        self.lasting = z3.Bool("source_identity_lasting")
        if kind != "role":
            self.rules.append(z3.Not(self.lasting))
        self.sets = keys
        self.tags = [
            (z3.Bool(f"tag{n}"), z3.String(f"tagkey{n}"), z3.String(f"tagvalue{n}"),
             z3.Bool(f"transitive{n}"))
            for n in range(MOST)
        ]  # fmt: skip
        self._asked_of_tags = False

    # Only what a policy asks about is an unknown of the formula.
    @cached_property
    def account(self) -> Any:
        text = z3.String("account")
        self.rules.append(z3.InRe(text, z3.Loop(z3.Range("0", "9"), 12, 12)))
        return text

    @cached_property
    def name(self) -> Any:
        text = z3.String("name")
        self.rules.append(z3.InRe(text, z3.Plus(one_of(_NAME))))
        return text

    @cached_property
    def arn(self) -> Any:
        path = z3.String("path")
        inner = z3.Concat(z3.Re("/"), z3.Plus(one_of(_NAME)), z3.Re("/"))
        self.rules.append(z3.Or(path == "/", z3.InRe(path, inner)))
        return z3.Concat("arn:aws:iam::", self.account, f":{self.kind}", path, self.name)

    @cached_property
    def unique(self) -> Any:
        text = z3.String("unique")
        letters = one_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        prefix = z3.Re("AIDA" if self.kind == "user" else "AROA")
        self.rules.append(z3.InRe(text, z3.Concat(prefix, z3.Loop(letters, 12, 0))))
        return text

    @cached_property
    def session(self) -> Any:
        text = z3.String("caller_session")
        self.rules.append(z3.InRe(text, z3.Loop(one_of(_NAME), 2, 0)))
        return text

    @cached_property
    def host(self) -> Any:
        text = z3.String("host")
        self.rules.append(z3.InRe(text, z3.Concat(z3.Plus(one_of(_HOST)), z3.Re(".amazonaws.com"))))
        return text

    def _tags(self) -> None:
        if self._asked_of_tags:
            return
        self._asked_of_tags = True
        for there, key, value, transitive in self.tags:
            self.rules += [
                z3.Or(*(key == name for name in TAG_NAMES)),
                z3.InRe(value, z3.Star(one_of(_TAG_TEXT))),
                z3.Implies(transitive, there),
                z3.Implies(there, self.has_tags),
            ]
        self.rules.append(z3.Implies(self.has_tags, z3.Or(*(t[0] for t in self.tags))))
        folded = {name.lower() for name in TAG_NAMES}
        for i, (there, key, _, _) in enumerate(self.tags):
            for other_there, other, _, _ in self.tags[:i]:
                for name in folded:
                    same = [n for n in TAG_NAMES if n.lower() == name]
                    both = z3.And(
                        z3.Or(*(key == n for n in same)), z3.Or(*(other == n for n in same))
                    )
                    self.rules.append(z3.Not(z3.And(there, other_there, both)))

    def value(self, key: str) -> Value:
        found = self.values.get(key)
        if found is None:
            found = self.values[key] = self._make(key)
        return found

    def _fixed(self, text: Any) -> Value:
        return Value(z3.BoolVal(True), z3.BoolVal(False), text)

    def _absent(self) -> Value:
        return Value(z3.BoolVal(False), z3.BoolVal(False), z3.StringVal(""))

    def _make(self, key: str) -> Value:
        kind = self.kind
        owner = kind in ("user", "role")
        if key == "aws:principaltype":
            if not owner:
                return self._absent()
            return self._fixed(z3.StringVal("User" if kind == "user" else "AssumedRole"))
        if key in ("aws:principalarn", "aws:principalaccount"):
            text = self.arn if key == "aws:principalarn" else self.account
            return self._fixed(text) if owner else self._absent()
        if key == "aws:username":
            return self._fixed(self.name) if kind == "user" else self._absent()
        if key == "aws:userid":
            if not owner:
                return self._absent()
            text = self.unique if kind == "user" else z3.Concat(self.unique, ":", self.session)
            return self._fixed(text)
        if key == "aws:principalservicename":
            return self._fixed(self.host) if kind == "service" else self._absent()
        if key == "saml:doc":
            return self._fixed(z3.StringVal(f"{OWN}/corp")) if kind == "saml" else self._absent()
        if key.startswith("aws:requesttag/"):
            self._tags()
            return self._tag(key.removeprefix("aws:requesttag/"))
        if key in ("aws:tagkeys", "sts:transitivetagkeys"):
            self._tags()
            pick = 0 if key == "aws:tagkeys" else 3
            items = [(tag[pick], tag[1]) for tag in self.tags]
            return Value(z3.Or(*(there for there, _ in items)), z3.BoolVal(True),
                         z3.StringVal(""), items)  # fmt: skip
        if key == "sts:sourceidentity":
            text = self._text(key, 2)
            return Value(z3.Or(self.named, self.lasting), z3.BoolVal(False), text)
        if key == "aws:sourceidentity":
            if kind != "role":
                return self._absent()
            return Value(self.lasting, z3.BoolVal(False), self.value("sts:sourceidentity").one)
        return self._free(key)

    def _tag(self, name: str) -> Value:
        matches = [
            (z3.And(there, z3.Or(*(key == n for n in TAG_NAMES if n.lower() == name))), value)
            for there, key, value, _ in self.tags
            if any(n.lower() == name for n in TAG_NAMES)
        ]
        text: Any = z3.StringVal("")
        for there, value in matches:
            text = z3.If(there, value, text)
        return Value(z3.Or(*(there for there, _ in matches)), z3.BoolVal(False), text)

    def _text(self, key: str, least: int) -> Any:
        text = z3.String(key)
        chars = _CHARSETS.get(key)
        if chars:
            self.rules.append(z3.InRe(text, z3.Loop(one_of(chars), least, 0)))
        elif least:
            self.rules.append(z3.Length(text) >= least)
        return text

    def _possible(self, key: str) -> bool:
        kind = self.kind
        if key.startswith("aws:principaltag/"):
            return kind in ("user", "role", "service")
        if key.startswith(("aws:multifactor", "aws:principalorg")):
            return kind in ("user", "role")
        if key == "sts:externalid":
            return kind in ("user", "role", "service")
        if key in ("aws:sourceaccount", "aws:sourcearn"):
            return kind == "service"
        if key == "aws:federatedprovider":
            return kind == "role"
        if key.startswith(GITHUB_HOST):
            return kind in ("web", "role")
        if key.startswith("accounts.google.com"):
            return kind == "role"
        if key.startswith("saml:"):
            return kind == "saml" or (kind == "role" and key == "saml:sub")
        return True

    def _free(self, key: str) -> Value:
        if not self._possible(key):
            return self._absent()
        always = key in ALWAYS and not (self.kind == "role" and ":rolesession" not in key
                                        and key != "aws:currenttime")  # fmt: skip
        there = z3.BoolVal(True) if always else z3.Bool(f"there:{key}")
        typed = TYPED.get(key)
        if typed in ("number", "date"):
            number = z3.Real(key)
            if typed == "number":
                self.rules.append(z3.And(number >= 0, z3.IsInt(number)))
            return Value(there, z3.BoolVal(False), number)
        if typed == "address":
            version, number = z3.Int(f"version:{key}"), z3.Int(key)
            self.rules += [
                z3.Or(version == 4, version == 6),
                number >= 0,
                z3.Implies(version == 4, number < 2**32),
                number < 2**128,
            ]
            return Value(there, z3.BoolVal(False), (version, number))
        if typed == "bool":
            text = z3.String(key)
            self.rules.append(z3.Or(text == "true", text == "false"))
            return Value(there, z3.BoolVal(False), text)
        least = 0
        if key in ("sts:externalid", "sts:rolesessionname"):
            least = 2
        elif key.startswith((GITHUB_HOST, "accounts.google", "saml:")):
            least = 1
        if key.startswith("aws:principaltag/"):
            text = z3.String(key)
            self.rules.append(z3.InRe(text, z3.Star(one_of(_TAG_TEXT))))
            if self.kind == "service":
                # Roles Anywhere makes tags of a certificate; no other service has any.
                self.rules.append(z3.Implies(there, self.host == "rolesanywhere.amazonaws.com"))
            return Value(there, z3.BoolVal(False), text)
        text = self._text(key, least)
        if key not in SEVERAL and key not in EITHER and not (
            key.startswith("custom:") and key in self.sets
        ):  # fmt: skip
            if key.startswith("saml:") and key != "saml:doc":
                return Value(there, z3.BoolVal(False), text)
            return Value(there, z3.BoolVal(False), text)
        several = z3.BoolVal(True) if key in SEVERAL else z3.Bool(f"several:{key}")
        items = [(z3.Bool(f"{key}#{n}?"), z3.String(f"{key}#{n}")) for n in range(MOST)]
        self.rules += [z3.Length(item) >= 1 for _, item in items]
        self.rules.append(z3.Implies(several, z3.Or(*(t for t, _ in items))))
        if key in EITHER:
            # Of one audience there is one.
            self.rules += [
                z3.Implies(several, z3.And(items[0][0], items[1][0], items[0][1] != items[1][1]))
            ]
        return Value(there, several, text, items)


def _moment(text: str) -> Any:
    if text.isdigit():
        return z3.RealVal(text)
    day = text if "T" in text else f"{text}T00:00:00Z"
    return z3.RealVal(int(datetime.fromisoformat(day.replace("Z", "+00:00")).timestamp()))


def _test(base: str, values: tuple[str, ...], value: Any) -> tuple[Any, Any]:
    """Whether one value matches any of the policy's, and whether that is in doubt."""
    no = z3.BoolVal(False)
    if base.startswith(("Numeric", "Date")):
        if not z3.is_arith(value):
            raise Unsupported(base)
        read = _moment if base.startswith("Date") else z3.RealVal
        limits = [read(v) for v in values]
        name = base.removeprefix("Numeric").removeprefix("Date")
        compare = {
            "Equals": lambda a, b: a == b,
            "NotEquals": lambda a, b: a == b,
            "LessThan": lambda a, b: a < b,
            "LessThanEquals": lambda a, b: a <= b,
            "GreaterThan": lambda a, b: a > b,
            "GreaterThanEquals": lambda a, b: a >= b,
        }[name]
        return z3.Or(*(compare(value, limit) for limit in limits)), no
    if base in ("IpAddress", "NotIpAddress"):
        if not isinstance(value, tuple):
            raise Unsupported(base)
        version, number = value
        networks = [ip_network(v) for v in values]
        return z3.Or(*(
            z3.And(version == n.version, number >= int(n.network_address),
                   number <= int(n.broadcast_address))
            for n in networks
        )), no  # fmt: skip
    if not z3.is_string(value):
        raise Unsupported(base)
    if base == "Bool":
        return z3.Or(*(value == v for v in values)), no
    if base in ("StringEquals", "StringNotEquals"):
        return z3.Or(*(value == v for v in values)), no
    if base in ("StringLike", "StringNotLike"):
        return z3.Or(*(z3.InRe(value, like(v)) for v in values)), no
    if base in ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"):
        return z3.Or(*(z3.InRe(value, caseless(v)) for v in values)), no
    if base.startswith("Arn"):
        patterns = [arn_like(v) for v in values]
        shape = z3.InRe(value, _is_arn())
        matched = z3.And(shape, z3.Or(*(z3.InRe(value, p) for p in patterns if p is not None)))
        if None in patterns:
            return matched, z3.Not(matched)
        return matched, z3.Not(shape)
    raise Unsupported(base)


def _holds(condition: Condition, request: Request, deny: bool) -> Any:
    name, key = condition.operator, condition.key.lower()
    value = request.value(key)
    if name == "Null":
        wanted = {v.lower() == "true" for v in condition.values}
        return z3.Or(*(z3.Not(value.there) if w else value.there for w in wanted))
    qualifier, _, base = name.rpartition(":")
    if_exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    negated = "Not" in base
    if TYPED.get(key) == "bool" and not base.startswith(("Bool", "String")):
        raise Unsupported(base)
    if base == "Bool" and TYPED.get(key) != "bool":
        raise Unsupported(base)

    def one(item: Any) -> Any:
        matched, doubt = _test(base, condition.values, item)
        sure = z3.Not(matched) if negated else matched
        return z3.Or(doubt, sure) if deny else z3.And(z3.Not(doubt), sure)

    def empty(item: Any) -> Any:
        return item == "" if z3.is_string(item) else z3.BoolVal(False)

    anyone = z3.Or(*(z3.And(t, one(item)) for t, item in value.items))
    everyone = z3.And(*(z3.Implies(t, one(item)) for t, item in value.items))
    if qualifier == "ForAllValues":
        present = z3.If(value.several, everyone, z3.Or(empty(value.one), one(value.one)))
        return z3.Or(z3.Not(value.there), present)
    if qualifier == "ForAnyValue":
        present = z3.If(value.several, anyone, z3.And(z3.Not(empty(value.one)), one(value.one)))
        return z3.If(value.there, present, z3.BoolVal(deny and if_exists))
    present = z3.If(value.several, anyone if deny else z3.BoolVal(False), one(value.one))
    return z3.If(value.there, present, z3.BoolVal(negated or if_exists))


def _acts(statement: Statement, action: str) -> bool:
    return any(fnmatchcase(action, pattern.lower()) for pattern in statement.actions)


def _principal(statement: Statement, request: Request) -> dict[str, Any]:
    """What the principal is worth: direct, limited, delegated; each as a formula."""
    who = statement.principals
    if who is None:
        raise Unsupported("NotPrincipal")
    kind = request.kind
    found: dict[str, list[Any]] = {"direct": [], "limited": [], "delegated": []}
    deny = statement.effect is Effect.DENY
    everyone = who.everyone or "*" in who.aws
    if everyone and (deny or kind not in ("web", "saml")):
        found["direct" if kind == "service" else "limited"].append(z3.BoolVal(True))
    if kind == "service":
        found["direct"] += [request.host == h for h in who.service]
    if kind in ("web", "saml"):
        provider = GITHUB if kind == "web" else SAML
        found["direct"].append(z3.BoolVal(provider in who.federated))
    if kind in ("user", "role"):
        for name in who.aws:
            if name == "*":
                continue
            if name.isdigit():
                found["delegated"].append(request.account == name)
            elif name.endswith(":root"):
                found["delegated"].append(request.account == name.split(":")[4])
            elif ":assumed-role/" in name:
                if kind == "role":
                    made = z3.Concat("arn:aws:sts::", request.account, ":assumed-role/",
                                     request.name, "/", request.session)  # fmt: skip
                    found["direct"].append(made == name)
            elif name.startswith("A"):
                found["direct" if kind == "user" else "limited"].append(request.unique == name)
            else:
                found["direct" if kind == "user" else "limited"].append(request.arn == name)
        if deny and kind == "role" and who.federated:
            through = request.value("aws:federatedprovider")
            found["direct"] += [
                z3.And(through.there, through.one == name) for name in who.federated
            ]
    return {level: z3.Or(*formulas) for level, formulas in found.items()}


def _mine(request: Request) -> dict[str, Any]:
    """What the caller's own policies allow: anything is possible."""
    own: dict[str, Any] = {
        "boundary": z3.Bool("has_boundary"),
        "session": z3.Bool("has_session_policy") if request.kind == "role" else z3.BoolVal(False),
    }
    for action in (_ACTION[request.kind], _TAG, _NAME_IT):
        for part in ("identity", "boundary", "session"):
            own[f"{part}:{action}"] = z3.Bool(f"{part} allows {action}")
    return own


def _admitted(document: PolicyDocument, request: Request, own: dict[str, Any]) -> Any:
    main = _ACTION[request.kind]
    applies = [
        (
            statement,
            _principal(statement, request),
            z3.And(*(_holds(c, request, statement.effect is Effect.DENY)
                     for c in statement.conditions)),
        )
        for statement in document.statements
    ]  # fmt: skip

    def allowed(action: str) -> Any:
        denied, worth = [], {"direct": [], "limited": [], "delegated": []}
        for statement, principal, conditions in applies:
            if not _acts(statement, action):
                continue
            if statement.effect is Effect.DENY:
                denied.append(z3.And(z3.Or(*principal.values()), conditions))
            else:
                for level, formula in principal.items():
                    worth[level].append(z3.And(formula, conditions))
        anything = z3.Or(*(f for formulas in worth.values() for f in formulas))
        if request.kind not in ("user", "role"):
            return z3.And(z3.Not(z3.Or(*denied)), anything)
        within = z3.And(
            z3.Implies(own["boundary"], own[f"boundary:{action}"]),
            z3.Implies(own["session"], own[f"session:{action}"]),
        )
        outside = z3.And(anything, own[f"identity:{action}"], within)
        inside = z3.Or(z3.Or(*worth["direct"]), z3.And(z3.Or(*worth["limited"]), within), outside)
        if action == _NAME_IT and request.kind == "role":
            inside = outside
        granted = z3.If(request.account == OWN, inside, outside)
        return z3.And(z3.Not(z3.Or(*denied)), granted)

    return z3.And(
        allowed(main),
        z3.Implies(request.has_tags, allowed(_TAG)),
        z3.Implies(z3.Or(request.named, request.lasting), allowed(_NAME_IT)),
    )


def _named_roles(*documents: PolicyDocument) -> set[tuple[str, str]]:
    return {
        (name.split(":")[4], name)
        for document in documents
        for statement in document.statements
        if statement.principals is not None
        for name in statement.principals.aws
        if ":role/" in name
    }


def gains(
    old: PolicyDocument, new: PolicyDocument, *, milliseconds: int = 0, effort: int = 0
) -> bool | None:
    """Whether the new policy lets in a request that the old one does not; None: unknown.

    `effort` limits the solver's steps, so that it ends alike on every machine.
    """
    keys = {
        c.key.lower()
        for document in (old, new)
        for s in document.statements
        for c in s.conditions
        if c.operator.startswith("For")
    }
    unknown = False
    for kind in KINDS:
        request = Request(kind, keys)
        own = _mine(request)
        before, after = _admitted(old, request, own), _admitted(new, request, own)
        if z3.is_false(z3.simplify(after)):
            continue
        solver = z3.Solver()
        if milliseconds:
            solver.set("timeout", milliseconds)
        if effort:
            solver.set("rlimit", effort)
        solver.add(after, z3.Not(before), z3.Not(z3.And(request.named, request.lasting)))
        if kind == "role" and "arn" in vars(request) and "name" in vars(request):
            # A role's name is unique in its account: those that a policy names stand where
            # the policy says.
            for account, arn in sorted(_named_roles(old, new)):
                name = arn.rpartition("/")[2]
                solver.add(
                    z3.Implies(
                        z3.And(request.account == account, request.name == name),
                        request.arn == arn,
                    )
                )
        solver.add(*request.rules)
        answer = solver.check()
        if answer == z3.sat:
            return True
        unknown |= answer == z3.unknown
    return None if unknown else False
