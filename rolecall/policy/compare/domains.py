"""Which condition keys a request can have at all, and what their values look like.

Source: "AWS global condition context keys", "IAM and AWS STS condition context keys",
the API reference of AWS STS for the characters and lengths of its parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from rolecall.policy.compare.patterns import EXTERNAL_ID, NAME, TAG_TEXT, Pattern


class Kind(Enum):
    """What a key's values are written like."""

    TEXT = auto()
    NUMBER = auto()
    """Whole numbers from zero on."""
    DATE = auto()
    ADDRESS = auto()
    BOOL = auto()


@dataclass(frozen=True, slots=True)
class Domain:
    """The values of one key: absent, one text, several texts; each where the flag says so.

    A text is made of `charset` (None: anything), `least` to `most` characters long, and
    matches one of `language` (where it is given) and none of `excluded`. Several values
    are at least `fewest` different ones; each has at least one character, or all are
    empty where `least` is 0.
    """

    absent: bool = True
    single: bool = True
    several: bool = False
    fewest: int = 1
    kind: Kind = Kind.TEXT
    charset: str | None = None
    least: int = 0
    most: int = 2048
    language: tuple[Pattern, ...] = ()
    excluded: tuple[Pattern, ...] = ()

    def without(self, patterns: tuple[Pattern, ...]) -> "Domain":
        """The same without some texts."""
        return replace(self, excluded=(*self.excluded, *patterns))


NEVER = Domain(single=False)
TEXT = Domain()
SEVERAL = Domain(single=False, several=True, least=1)
EITHER = Domain(several=True, least=1)


@dataclass(frozen=True, slots=True)
class TokenKey:
    """A key that a token or an assertion brings: whether always, and how many values."""

    always: bool = False
    single: bool = True
    several: bool = False

    @property
    def domain(self) -> Domain:
        """Its values: any text, never an empty one."""
        fewest = 2 if self.single else 1
        return Domain(not self.always, self.single, self.several, fewest, least=1)


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """What is known of the keys of tokens and assertions; handed in by whoever knows.

    `web` gives the claims of the issuer at a host and path, in lower case and without
    the host; None where nothing is known: then any claim may be there, once or several
    times. `saml` has the keys without `saml:`; empty: any.
    """

    web: Callable[[str], Mapping[str, TokenKey] | None] = lambda _host: None
    saml: Mapping[str, TokenKey] = field(default_factory=dict, hash=False)


class Who(Enum):
    """The kinds of callers that a role can have."""

    USER = auto()
    ROLE = auto()
    SERVICE = auto()
    WEB = auto()
    SAML = auto()


_ACCOUNT = frozenset({Who.USER, Who.ROLE})
_ROLE = frozenset({Who.ROLE})
_SERVICE = frozenset({Who.SERVICE})
_BOOL = Domain(kind=Kind.BOOL)
_NUMBER = Domain(kind=Kind.NUMBER)
_DATE = Domain(kind=Kind.DATE)
_ADDRESS = Domain(kind=Kind.ADDRESS)

SESSION_NAME = Domain(absent=False, charset=NAME, least=2, most=64)
TAG_KEY = Domain(single=False, several=True, charset=TAG_TEXT, least=1, most=128)
TAG_VALUE = Domain(charset=TAG_TEXT, most=256)

_EVERYBODY: dict[str, Domain] = {
    "aws:currenttime": replace(_DATE, absent=False),
    "aws:epochtime": replace(_NUMBER, absent=False),
    "aws:securetransport": replace(_BOOL, absent=False),
    "aws:viaawsservice": _BOOL,
    "aws:sourceip": _ADDRESS,
    "aws:vpcsourceip": _ADDRESS,
    "aws:calledvia": SEVERAL,
    "aws:useragent": TEXT,
    "aws:referer": TEXT,
    "aws:sourcevpc": TEXT,
    "aws:sourcevpce": TEXT,
    "aws:sourcevpcarn": TEXT,
    "aws:requestedregion": TEXT,
    "aws:calledviafirst": TEXT,
    "aws:calledvialast": TEXT,
    "sts:rolesessionname": SESSION_NAME,
    "sts:durationseconds": _NUMBER,
}
# Keys that only some callers bring.
_SOME: dict[str, tuple[frozenset[Who], Domain]] = {
    "aws:multifactorauthpresent": (_ACCOUNT, _BOOL),
    "aws:multifactorauthage": (_ACCOUNT, _NUMBER),
    "aws:tokenissuetime": (_ACCOUNT, _DATE),
    "aws:principalorgid": (_ACCOUNT, TEXT),
    "aws:principalorgpaths": (_ACCOUNT, SEVERAL),
    "aws:username": (frozenset({Who.USER}), TEXT),
    "aws:userid": (_ACCOUNT, TEXT),
    "aws:principalarn": (_ACCOUNT, TEXT),
    "aws:principalaccount": (_ACCOUNT, TEXT),
    "aws:principaltype": (_ACCOUNT, TEXT),
    "aws:principalisawsservice": (_ACCOUNT | _SERVICE, _BOOL),
    "aws:federatedprovider": (_ROLE, TEXT),
    "aws:sourceidentity": (_ROLE, TEXT),
    "aws:sourceaccount": (_SERVICE, TEXT),
    "aws:sourcearn": (_SERVICE, TEXT),
    "aws:sourceorgid": (_SERVICE, TEXT),
    "aws:sourceorgpaths": (_SERVICE, SEVERAL),
    "aws:principalservicename": (_SERVICE, TEXT),
    "aws:principalservicenameslist": (_SERVICE, SEVERAL),
    "sts:externalid": (
        _ACCOUNT | _SERVICE,
        Domain(charset=EXTERNAL_ID, least=2, most=1224),
    ),
}
# The one service that brings principal tags: it makes them of a caller's certificate
# ("The IAM Roles Anywhere trust model").
ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
PRINCIPAL_TAG = "aws:principaltag/"
_LASTING_CLAIMS = {
    "aud": replace(EITHER, fewest=2),
    "sub": replace(TEXT, least=1),
    "amr": SEVERAL,
}
_LASTING_SAML = ("saml:namequalifier", "saml:sub", "saml:sub_type")


def domain_of(key: str, who: Who, provider: str, tokens: TokenKeys, *, sets: bool) -> Domain:
    """The values that a key (in lower case) can have in a request of such a caller.

    `provider`: where the caller's token came from, host and path, for WEB; its own host
    for SERVICE. `sets`: whether any condition treats the key as one with several values;
    an unknown key is believed to be what conditions take it for. Tags and source identity
    are not here.
    """
    known = _EVERYBODY.get(key)
    if known is not None:
        return known
    if "${" in key:
        return Domain(several=True)
    limited = _SOME.get(key)
    if limited is not None:
        return limited[1] if who in limited[0] else NEVER
    prefix, _, name = key.rpartition(":")
    if key.startswith(PRINCIPAL_TAG):
        return TAG_VALUE if who in _ACCOUNT or provider == ROLES_ANYWHERE else NEVER
    if key.startswith("saml:"):
        return _saml(key, who, tokens)
    if "." in prefix and not key.startswith(("aws:", "sts:", "iam:")):
        return _claim(prefix, name, who, provider, tokens, sets)
    return Domain(several=True) if sets else TEXT


def _saml(key: str, who: Who, tokens: TokenKeys) -> Domain:
    if who is Who.ROLE:
        return replace(TEXT, least=1) if key in _LASTING_SAML else NEVER
    if who is not Who.SAML:
        return NEVER
    if not tokens.saml:
        return EITHER
    known = tokens.saml.get(key.removeprefix("saml:"))
    return NEVER if known is None else known.domain


def _claim(host: str, claim: str, who: Who, provider: str, tokens: TokenKeys, sets: bool) -> Domain:
    if who is Who.ROLE:
        # What a session that came in with a token still has of it.
        return _LASTING_CLAIMS.get(claim, NEVER)
    if who is not Who.WEB or (host != provider and "${" not in provider):
        return NEVER
    known = tokens.web(host)
    if known is not None:
        found = known.get(claim)
        return NEVER if found is None else found.domain
    if claim == "amr":
        return SEVERAL
    return EITHER if sets else replace(TEXT, least=1)
