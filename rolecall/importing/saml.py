"""Users of SAML providers."""

import re
from collections.abc import Sequence

from rolecall.importing.asked import Asked, several, token_guards
from rolecall.importing.expression import Call, Expression, Name, call
from rolecall.importing.home import Home, Inexpressible
from rolecall.issuers.saml_keys import ATTRIBUTES
from rolecall.issuers.saml_sign_in import saml_audiences, sign_in_endpoint
from rolecall.policy import Condition
from rolecall.problems import Problem

_FIRST = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_ENDPOINT = re.compile(r"https://(?:([a-z]{2}(?:-[a-z]+)+-[0-9]+)\.)?[^/]+/saml(?:/acs/(\w+))?\Z")
_NAMES = {name.lower(): name for name in ATTRIBUTES.values()}


def express(arn: str, conditions: Sequence[Condition], home: Home) -> list[Call]:
    """The entity for users of one provider; raises `Inexpressible`."""
    asked = Asked(conditions)
    audiences = asked.take("SAML:aud", "StringEquals")
    if not audiences:
        raise Inexpressible("nothing asks where users sign in (SAML:aud)")
    provider = home.saml(arn)
    where = _where(audiences, home)
    found: dict[str, Expression] = {}
    attributes: dict[str, Expression] = {}
    for key in asked.left:
        name = key.lower().removeprefix("saml:")
        if name == key.lower() or name not in _NAMES:
            continue
        if values := asked.take(key, "StringEquals", "StringLike"):
            attributes[_NAMES[name]] = several(values)
    if attributes:
        found["attributes"] = attributes
    if subjects := asked.take("SAML:sub", "StringEquals", "StringLike"):
        found["subjects"] = several(subjects)
        form = asked.one("SAML:sub_type", "StringEquals")
        if form is None:
            raise Inexpressible("SAML:sub is asked for without SAML:sub_type")
        if form != "persistent":
            found["subject_format"] = form
    if issuer := asked.one("SAML:iss", "StringEquals"):
        found["issuer"] = issuer
    guards = token_guards(asked)
    asked.done()
    tells = bool(found.keys() - {"issuer"}) or guards.keys() & {
        "session_name",
        "session_tags",
        "source_identity",
    }
    return [call("Saml" if tells else "AnyUserOf", Name(provider.name), **found, **where, **guards)]


def _where(audiences: Sequence[str], home: Home) -> dict[str, Expression]:
    """The arguments that ask for these sign-in endpoints."""
    context = home.context
    told = [_ENDPOINT.match(each) for each in audiences]
    ids = {each[2] for each in told if each}
    if None in told or len(ids) != 1:
        raise Inexpressible(f"SAML:aud {audiences[0]!r} is no sign-in endpoint that AWS lists")
    provider_id = ids.pop()
    own: dict[str, Expression] = {} if provider_id is None else {"provider_id": provider_id}
    suffix = f"/acs/{provider_id}" if provider_id else ""
    try:
        usual = {url + suffix for url in saml_audiences(context.partition, context.region or None)}
        if set(audiences) == usual:
            return own
        base = sign_in_endpoint(context.partition) + suffix
    except Problem as problem:
        raise Inexpressible(str(problem)) from None
    if base not in audiences:
        raise Inexpressible("the sign-in endpoint without a region does not count")
    regions = [each[1] for each in told if each and each[1]]
    # In the first region both endpoints are one.
    return {"regions": list(regions or [_FIRST[context.partition]]), **own}
