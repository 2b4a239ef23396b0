"""RC020 and RC022: keys that this call does not have, and so are never there."""

from collections.abc import Iterator

from rolecall.lint.conditions import Asked
from rolecall.lint.keys import is_known, issuer_host, may_have
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC020, RC022
from rolecall.lint.trusted import Kind, Trusted
from rolecall.policy.compare.domains import Who
from rolecall.policy.errors import quoted


def check(look: Looked) -> Iterator[Finding]:
    """Hold each key against each kind of caller."""
    for each in look.conditions:
        lacking = [
            who
            for who in look.trusted
            if who.kind is not Kind.UNKNOWN and not may_have(who, each.key)
        ]
        foreign = [who for who in lacking if _of_another_issuer(who, each.key)]
        if foreign:
            yield _foreign(look, each, foreign[0])
        elif not is_known(each.key):
            yield look.find(
                RC022,
                f"AWS documents no condition key {quoted(each.condition.key)} for this call, so "
                f"it {_effect(look, each)}",
                "write a key of the request, such as aws:PrincipalOrgID",
            )
        elif lacking and len(lacking) == len(look.trusted):
            yield _never(look, each, lacking[0])


def _of_another_issuer(who: Trusted, key: str) -> bool:
    if who.kind is Kind.OIDC:
        host = issuer_host(key)
        return key.startswith("saml:") or bool(host and host != who.host.lower())
    return who.kind is Kind.SAML and bool(issuer_host(key))


def _effect(look: Looked, each: Asked) -> str:
    if each.soft:
        return "always holds" if look.allows else "denies all of them"
    return "lets in nobody" if look.allows else "denies nobody"


def _foreign(look: Looked, each: Asked, who: Trusted) -> Finding:
    host, _, claim = each.condition.key.rpartition(":")
    if who.kind is Kind.SAML:
        fix = "write a key that begins with SAML:"
    elif host.lower().rstrip("/") == who.host.lower().rstrip("/"):
        fix = f'write "{who.host}:{claim}", the slash at the end as in the provider\'s name'
    else:
        fix = f'write "{who.host}:{claim}", or trust the other issuer in a statement of its own'
    return look.find(
        RC020,
        f"{quoted(each.condition.key)} is not a key of {who.host or who.text}, so "
        f"{each.condition.operator} {_effect(look, each)}",
        fix,
    )


_CALLERS = {
    Who.USER: "an IAM user",
    Who.ROLE: "a role session",
    Who.SERVICE: "an AWS service",
    Who.WEB: "the holder of a token",
    Who.SAML: "a SAML user",
}


def _never(look: Looked, each: Asked, who: Trusted) -> Finding:
    if who.kind is Kind.OIDC and issuer_host(each.key):
        problem = (
            f"AWS makes no condition key of the claim {quoted(each.key.rpartition(':')[2])} of "
            f"{who.issuer.name}"
        )
        fix = f"compare {who.host}:sub, which can hold it"
    else:
        problem = f"a call of {_CALLERS[who.who[0]]} has no {each.condition.key}"
        fix = "remove it, or compare a key that such a call has"
    return look.find(
        RC022, f"{problem}, so that {each.condition.operator} {_effect(look, each)}", fix
    )
