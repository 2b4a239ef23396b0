"""Every request over a small alphabet, decided by the evaluator: slow, and nothing else.

Which requests there are is written here once more, from AWS's pages, without a look at
how compare knows it.
"""

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    Caller,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    RoleSession,
    SamlIdentity,
    WebIdentity,
    may_assume,
)
from tests.policy.compare.generated import (
    ALICE_ID,
    GITHUB,
    GITHUB_HOST,
    OTHER,
    OWN,
    ROLE,
    SAML,
    WORKER_ID,
)

THIRD = "777788889999"
_ID, _ROLE_ID = "AIDAEXAMPLEOTHER00002", "AROAEXAMPLEOTHER00002"
USERS: list[IamUser] = [
    IamUser(OWN, "alice", unique_id=_ID),
    IamUser(OWN, "alice", unique_id=ALICE_ID),
    IamUser(OWN, "carol", unique_id=_ID),
    IamUser(OTHER, "bob", "/team/", unique_id=_ID),
    IamUser(OTHER, "bob", unique_id=ALICE_ID),
    IamUser(THIRD, "alice", unique_id=_ID),
]
ROLES: list[RoleSession] = [
    RoleSession(OWN, "worker", "run", role_id=_ROLE_ID),
    RoleSession(OWN, "worker", "other", role_id=WORKER_ID),
    RoleSession(OWN, "hop", "run", role_id=_ROLE_ID),
    RoleSession(OTHER, "guest", "run", "/team/", role_id=_ROLE_ID),
    RoleSession(OTHER, "guest", "other", "/team/", role_id=_ROLE_ID),
    RoleSession(OTHER, "worker", "run", "/team/", role_id=WORKER_ID),
    RoleSession(THIRD, "worker", "run", role_id=_ROLE_ID),
]
WEB, SAML_USER = WebIdentity(GITHUB), SamlIdentity(SAML)
SERVICES = ["ec2.amazonaws.com", "lambda.amazonaws.com", "else.amazonaws.com"]

SHORT = ["".join(letters) for n in (1, 2) for letters in itertools.product("abx", repeat=n)]
PAIRS = [text for text in SHORT if len(text) == 2]
LONG = [*PAIRS, "aab", "aba", "bba", "xab", "bxa", "AB"]
TEXTS: list[Any] = [None, *SHORT, "aab", "bba", "xab", "bxa", "aba", "A", "aB"]
SETS: list[Any] = [
    None,
    *((text,) for text in LONG),
    ("ab", "ba"),
    ("aa", "x"),
    ("ab", "xx"),
    ("ba", "aab"),
    ("aa", "bb", "xa"),
]
NUMBERS = [None, "0", "1", "2", "3", "4", "15"]
DATES = ["2029-12-31T23:59:59Z", "2030-01-01T00:00:00Z", "2030-01-01T00:00:01Z",
         "2030-01-01T00:00:00.5Z", "2030-01-01T12:00:00Z", "2030-01-02T00:00:00Z",
         "2030-01-03T00:00:00Z"]  # fmt: skip
ADDRESSES = [None, "203.0.113.7", "203.0.113.9", "203.0.113.200", "192.0.2.1", "2001:db8::7",
             "2a00::1"]  # fmt: skip
OF_ALL: dict[str, list[Any]] = {
    "aws:sourceip": ADDRESSES,
    "aws:currenttime": DATES,
    "custom:thing": [*TEXTS, "", "true", "203.0.113.9", f"arn:aws:iam::{OWN}:user/alice", *SETS],
}
OF_ACCOUNTS: dict[str, list[Any]] = {
    "aws:multifactorauthpresent": [None, "true", "false"],
    "aws:multifactorauthage": NUMBERS,
    "aws:principalorgpaths": SETS,
}
CLAIM = [text for text in TEXTS if text is not None]
OF_WEB: dict[str, list[Any]] = {
    f"{GITHUB_HOST}:sub": CLAIM,
    f"{GITHUB_HOST}:aud": [*CLAIM, ("ab", "ba"), ("aa", "x"), ("xa", "b")],
    f"{GITHUB_HOST}:amr": SETS,
}
OF_SAML: dict[str, list[Any]] = {
    "saml:aud": CLAIM,
    "saml:sub": CLAIM,
    "saml:doc": [f"{OWN}/corp"],
    "saml:edupersonaffiliation": SETS,
}
LASTING: dict[str, list[Any]] = {
    f"{GITHUB_HOST}:sub": TEXTS,
    f"{GITHUB_HOST}:aud": [*TEXTS, ("ab", "ba")],
    f"{GITHUB_HOST}:amr": SETS,
    "aws:federatedprovider": [None, GITHUB, SAML],
    "saml:sub": TEXTS,
}
_TAG_SETS: list[dict[str, str]] = [
    {},
    *({"a": value} for value in ["", *SHORT, "aab", "xab", "bxa"]),
    {"A": "aa"},
    {"b": "aa"},
    {"B": "ab"},
    {"c": "x"},
    {"a": "ab", "b": "ba"},
    {"a": "ba", "B": "ab"},
    {"A": "x", "c": ""},
    {"a": "ab", "b": "ab", "c": "x"},
    {"xc": "1"},
]


@dataclass(frozen=True)
class Own:
    """What the caller's own policies allow."""

    identity: tuple[CompiledPolicy, ...] = ()
    boundary: CompiledPolicy | None = None
    session: tuple[CompiledPolicy, ...] | None = None


def _policy(**element: Any) -> CompiledPolicy:
    return CompiledPolicy(
        PolicyDocument.parse(
            {
                "Version": "2012-10-17",
                "Statement": {"Effect": "Allow", "Resource": "*", **element},
            }
        )
    )


_ALL = _policy(Action="*")
_BUT = {
    action: _policy(NotAction=action)
    for action in ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
}
_OWN: dict[bool, list[Own]] = {
    role: [
        Own((_ALL,)),
        Own((_ALL,), _ALL),
        *(
            own
            for but in _BUT.values()
            for own in (
                Own((but,)),
                Own((but,), _ALL),
                Own((but,), but),
                *([Own((but,), None, (but,)), Own((_ALL,), None, (but,))] if role else []),
            )
        ),
    ]
    for role in (False, True)
}


def _mentioned(*documents: PolicyDocument) -> tuple[set[str], str]:
    keys = {c.key.lower() for d in documents for s in d.statements for c in s.conditions}
    return keys, " ".join(document.to_json() for document in documents)


def requests(
    old: PolicyDocument, new: PolicyDocument, rng: random.Random, most: int
) -> Iterator[tuple[AssumeRoleAttempt, str]]:
    """Requests with the keys that the policies mention; of too many, some by chance."""
    keys, text = _mentioned(old, new)
    through = '"Federated"' in text
    groups: list[tuple[list[Caller], str, dict[str, list[Any]]]] = []
    if '"Federated"' in text:
        groups.append(([WEB], "sts:AssumeRoleWithWebIdentity", OF_WEB))
        groups.append(([SAML_USER], "sts:AssumeRoleWithSAML", OF_SAML))
    if '"AWS"' in text or '"Principal":"*"' in text:
        groups.append(([*USERS], "sts:AssumeRole", OF_ACCOUNTS))
        groups.append(([*ROLES], "sts:AssumeRole", {**OF_ACCOUNTS, **LASTING}))
    if '"Service"' in text or '*"' in text:
        services: list[Caller] = [
            AwsService(host, account, arn)
            for host in SERVICES
            for account in ((None, OWN, OTHER) if "aws:sourceaccount" in keys else (None,))
            for arn in (
                (None, "arn:aws:lambda:eu:1:function:a", "arn:aws:lambda:eu:1:function:b", "x")
                if "aws:sourcearn" in keys
                else (None,)
            )
        ]
        groups.append((services, "sts:AssumeRole", {}))
    for callers, action, of_them in groups:
        if not of_them and callers is not ROLES:
            of_them = {}
        here = {**OF_ALL, **of_them}
        if through and action == "sts:AssumeRole" and of_them is not OF_ACCOUNTS and of_them:
            keys = keys | {"aws:federatedprovider"}
        yield from _of_group(callers, action, here, keys, text, rng, most)


def _of_group(
    callers: list[Caller],
    action: str,
    values: Mapping[str, list[Any]],
    keys: set[str],
    text: str,
    rng: random.Random,
    most: int,
) -> Iterator[tuple[AssumeRoleAttempt, str]]:
    names = sorted(key for key in keys if key in values)
    rows: list[list[Any]] = [values[name] for name in names]
    plain = action == "sts:AssumeRole"
    external = [None, *LONG] if plain and "sts:externalid" in keys else [None]
    sessions = LONG if "sts:rolesessionname" in keys else ["xx"]
    tagging = "TagSession" in text or "sts:*" in text
    about = any(k in ("aws:tagkeys", "sts:transitivetagkeys") or "requesttag" in k for k in keys)
    tags = (_TAG_SETS if about else [{}, {"a": "aa"}]) if tagging else [{}]
    naming = "SetSourceIdentity" in text or "sts:*" in text
    asked = "sourceidentity" in " ".join(keys)
    identities: list[Any] = [None, *(LONG if asked else ["ab"])] if naming else [None]
    lasting: list[Any] = (
        [False, True] if naming and isinstance(callers[0], RoleSession) else [False]
    )
    owned = ["xx", *LONG] if "aws:principaltag/t" in keys and plain else [None]
    if "aws:principaltag/t" in keys and isinstance(callers[0], (IamUser, RoleSession)):
        owned = [None, "", *SHORT, "true", "2", "aab", "bxa"]
    else:
        owned = [None]
    axes = [callers, external, sessions, tags, identities, lasting, owned, *rows]
    total = 1
    for axis in axes:
        total *= len(axis)
    if total <= most:
        chosen: Iterator[tuple[Any, ...]] = itertools.product(*axes)
    else:
        chosen = (tuple(rng.choice(axis) for axis in axes) for _ in range(most))
    for caller, external_id, session, tag_set, identity, lasts, own, *given in chosen:
        transitive: tuple[str, ...] = ()
        if tag_set and "sts:transitivetagkeys" in keys:
            transitive = rng.choice([(), (next(iter(tag_set)),), tuple(tag_set)])
        who = caller
        if own is not None:
            who = _with(who, tags={"t": own})
        if lasts:
            who = _with(who, source_identity=identity)
        yield (
            AssumeRoleAttempt(
                who,
                ROLE,
                external_id=external_id,
                source_identity=None if lasts else identity,
                tags=tag_set,
                transitive_tag_keys=transitive,
                session_name=session,
                context={
                    "aws:CurrentTime": "2030-01-15T09:00:00Z",
                    **{k: v for k, v in zip(names, given, strict=True) if v is not None},
                },
            ),
            action,
        )


def _with(caller: Caller, **more: Any) -> Caller:
    assert isinstance(caller, (IamUser, RoleSession))
    return replace(caller, **more)


def first_gain(
    old: CompiledPolicy, new: CompiledPolicy, rng: random.Random, most: int
) -> tuple[AssumeRoleAttempt, str, Own] | None:
    """A request that the new policy admits and the old one does not."""
    for attempt, action in requests(old.document, new.document, rng, most):
        full = Own((_ALL,)) if attempt.caller.account else Own()
        if not _may(attempt, action, new, full):
            continue
        if not _may(attempt, action, old, full):
            return attempt, action, full
        if not attempt.caller.account:
            continue
        for own in _OWN[isinstance(attempt.caller, RoleSession)]:
            if _may(attempt, action, new, own) and not _may(attempt, action, old, own):
                return attempt, action, own
    return None


def _may(attempt: AssumeRoleAttempt, action: str, trust: CompiledPolicy, own: Own) -> bool:
    return may_assume(
        attempt,
        trust=trust,
        identity=own.identity,
        boundary=own.boundary,
        session=own.session,
        action=action,
    ).allowed
