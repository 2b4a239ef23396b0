"""What the machine draws its steps from: few names, so that they meet again and again."""

from typing import Any

from hypothesis import strategies as st

from tests.stateful.vocabulary import ACCOUNTS, SUBJECTS, WHAT, Says, Trusts, Who

USERS = st.sampled_from(["ann", "bob", "Ann"])
ROLES = st.sampled_from(["red", "blue"])
GROUPS = st.sampled_from(["staff", "crew"])
POLICIES = st.sampled_from(["edge", "wide"])
INLINE = st.sampled_from(["own", "more"])
PATHS = st.sampled_from(["/", "/", "/ops/"])
TEAMS = st.sampled_from(["red", "blue"])
SESSION_NAMES = st.sampled_from(["one", "two"])
ACCOUNT = st.sampled_from([*ACCOUNTS, ACCOUNTS[0]])
#: Nought is the administrator of an account, anything else one of the credentials so far.
BY = st.one_of(st.just(0), st.just(0), st.integers(1, 40))
ANY = st.integers(0, 40)

TAGS = st.sampled_from(
    [
        (),
        (),
        (("team", "red"),),
        (("team", "blue"),),
        (("Team", "red"),),
        (("shift", "night"),),
        (("team", "red"), ("shift", "night")),
    ]
)
ODD_TAGS = st.one_of(TAGS, TAGS, st.just((("team", "red"), ("Team", "blue"))))
TRANSITIVE = st.sampled_from([(), ("team",), ("shift",), ("team", "shift")])
SOURCES = st.sampled_from([None, None, None, "ann-s", "bob-s"])
EXTERNAL = st.sampled_from([None, None, "secret-word", "guess"])
SECONDS = st.sampled_from([900, 900, 3600, 3600, 3600, 3601, 43200])
LONGEST = st.sampled_from([3600, 3600, 7200, 43200])
PASSING = st.sampled_from([1, 2, 298, 599, 898, 900, 1801, 3600, 43200])
SUBJECT = st.sampled_from(SUBJECTS)


@st.composite
def says(draw: st.DrawFn) -> Says:
    effect = draw(st.sampled_from(["Allow", "Allow", "Allow", "Allow", "Deny"]))
    # What AWS does with a Deny whose variable has no value is no matter of states.
    what = draw(st.sampled_from([w for w in WHAT if effect == "Allow" or w != "own user"]))
    return Says(effect, what, draw(st.sampled_from([None, None, None, "red", "blue"])))


SAYS = st.lists(says(), min_size=1, max_size=3).map(tuple)
SESSION_SAYS = st.one_of(st.none(), st.none(), SAYS)
SESSION_ARNS = st.one_of(
    st.none(), st.none(), st.lists(POLICIES, min_size=1, max_size=2, unique=True).map(tuple)
)

_KINDS = ["anyone", "account", "role", "role", "user", "user", "session", "oidc", "saml"]
_MAY = [("assume",), ("assume", "tag"), ("assume", "tag", "name")]


@st.composite
def who(draw: st.DrawFn) -> Who:
    """A principal; an empty account is the role's own."""
    kind = draw(
        st.sampled_from(
            ["anyone", "account", "user", "user", "role", "role", "session", "oidc", "saml"]
        )
    )
    if kind == "anyone":
        return Who(kind)
    if kind == "oidc":
        return Who(kind)
    if kind == "saml":
        return Who(kind, name="sso")
    account = draw(st.one_of(st.just(""), ACCOUNT))
    if kind == "account":
        return Who(kind, account)
    if kind == "user":
        return Who(kind, account, draw(USERS))
    if kind == "role":
        return Who(kind, account, draw(ROLES))
    return Who(kind, account, draw(ROLES), draw(SESSION_NAMES))


@st.composite
def trusts(draw: st.DrawFn) -> Trusts:
    whom = draw(who())
    if whom.kind in ("oidc", "saml"):
        more: dict[str, Any] = {"subject": draw(st.one_of(st.none(), SUBJECT))}
        more["asked"] = draw(st.sampled_from([None, None, "red"]))
        return Trusts("Allow", whom, draw(st.sampled_from(_MAY)), **more)
    more = {
        "team": draw(st.sampled_from([None, None, None, "red"])),
        "asked": draw(st.sampled_from([None, None, None, None, "blue"])),
        "external": draw(st.sampled_from([None, None, None, "secret-word"])),
    }
    if draw(st.sampled_from([False] * 6 + [True])):
        may = draw(st.sampled_from([("assume",), ("tag",), ("name",)]))
        return Trusts("Deny", whom, may, **more)
    return Trusts("Allow", whom, draw(st.sampled_from(_MAY)), **more)


#: One that admits whoever may, from accounts and providers, before those that are drawn.
OPEN = tuple(
    Trusts("Allow", Who(kind, name="sso" if kind == "saml" else ""), ("assume", "tag", "name"))
    for kind in ("account", "oidc", "saml")
)
_SOME = st.lists(trusts(), min_size=1, max_size=3).map(tuple)
TRUST = st.one_of(_SOME, _SOME.map(lambda some: (*OPEN, *some)))
