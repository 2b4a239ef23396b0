"""What an author means by an entity, in a form a test can hold against the evaluator.

Each file `intent_*.py` beside this one has a table `KINDS`: for each kind of entity a strategy
of `Written`, or a list of them where each way of writing it must be tried for certain. The
predicate is written from the issuer's documentation, never from the entity.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from rolecall.policy import AssumeRoleAttempt, CompiledPolicy, PolicyDocument, Statement, may_assume
from rolecall.trust import TrustContext, trust_policy

OWN, PEOPLE, STRANGER = "111111111111", "999999999999", "444444444444"
ROLE = f"arn:aws:iam::{OWN}:role/tes-deployer"
CONTEXT = TrustContext(OWN, region="eu-central-1", own_accounts=frozenset({PEOPLE}))
# A caller whose own policies allow everything: only the trust policy decides.
EVERYTHING = CompiledPolicy(
    PolicyDocument(statements=(Statement(actions=("*",), resources=("*",)),))
)


@dataclass(frozen=True)
class Asked:
    """One call. `facts` is what the predicate judges by: a token, an assertion, a caller."""

    attempt: AssumeRoleAttempt
    action: str
    facts: Any = None


@dataclass(frozen=True)
class Written:
    """An entity, whom its author means, and calls that come close.

    attempts: calls that differ from the insider in several things. close: each in one.
    """

    entity: Any
    intended: Callable[[Asked], bool]
    insider: Asked
    attempts: st.SearchStrategy[Asked] = field(repr=False)
    close: Sequence[Asked] = field(repr=False, default=())


def gate(entity: Any) -> Callable[[Asked], bool]:
    """Who comes in, in the trust policy of a role that trusts this entity alone."""
    trust = CompiledPolicy(trust_policy([entity], CONTEXT, size_limit=4096))

    def admits(asked: Asked) -> bool:
        return may_assume(
            asked.attempt, trust=trust, identity=[EVERYTHING], action=asked.action
        ).allowed

    return admits


def misses(text: str) -> list[Any]:
    """Values that come close to this one, one by one: cut, extended, other segments, other case.

    At every place somebody else may have a name that goes on differently.
    """
    found: list[Any] = [None, "", "*", "**", "?", [text, "other"], ["other", text], [], 5, True]
    found += [text.upper(), text.lower(), text.swapcase(), text + text, text[1:], text + " "]
    found += ["false", "evil-" + text, "*" + text, f"x:{text}", f"x/{text}", text + "\n"]
    found += [
        text[:cut] + evil for cut in range(1, len(text) + 1) for evil in ("-evil", ":x", "/x")
    ]
    cuts = re.split(r"([:/])", text)
    for place, segment in enumerate(cuts):
        for other in (
            "",
            "*",
            "evil",
            segment + "-evil",
            "evil-" + segment,
            segment.swapcase(),
            f"{segment}:{segment}",
            f"{segment}/{segment}",
            ":" if segment == "/" else "/",
        ):
            found.append("".join([*cuts[:place], other, *cuts[place + 1 :]]))
    return found


def near(text: str) -> st.SearchStrategy[Any]:
    """The value itself, or one that comes close."""
    return st.sampled_from([text, text, *misses(text)])


def misses_of(claims: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The claims with one of them changed, each in every way."""
    found: list[dict[str, Any]] = []
    for name, value in claims.items():
        for other in misses(value) if isinstance(value, str) else [None, "", [], ["x"], "x"]:
            changed = {**claims, name: other}
            found.append({k: v for k, v in changed.items() if v is not None})
    for name in ("azp", "oaud", "AUD", "Sub"):
        found.append({"x": "y", **claims, name: "evil"})
        found.append({**{k: v for k, v in claims.items() if k != "aud"}, name: claims.get("aud")})
    return found


def mixed(claims: Mapping[str, Any], others: Sequence[str]) -> st.SearchStrategy[dict[str, Any]]:
    """The claims with several of them changed at once, and other subjects of the issuer."""
    values = {
        name: st.sampled_from(
            [value, *(misses(value) if isinstance(value, str) else [None, "", "x"])]
            + (list(others) if name == "sub" else [])
        )
        for name, value in claims.items()
    }
    return st.builds(
        lambda base, party: {k: v for k, v in (base | party).items() if v is not None},
        st.fixed_dictionaries(values),
        st.sampled_from([{}, {}, {"azp": "evil"}, {"azp": claims.get("aud")}, {"azp": ""}]),
    )
