"""Holders of OpenID Connect tokens: providers of the account, Google, Cognito."""

from collections.abc import Mapping, Sequence

from rolecall.importing.asked import Asked, several, token_guards
from rolecall.importing.building import built
from rolecall.importing.expression import Call, Expression, Name, call
from rolecall.importing.home import Home, Inexpressible, Provider
from rolecall.importing.subjects import Group, groups
from rolecall.issuers import cognito
from rolecall.policy import Condition
from rolecall.trust import TrustError

_GOOGLE = "accounts.google.com"
#: Claim → the argument that asks for it.
_CLAIMS: Mapping[str, Mapping[str, str]] = {
    "github-actions": {
        "repository_id": "repository_id",
        "repository_owner_id": "owner_id",
        "job_workflow_ref": "job_workflow_ref",
    },
    "gitlab": {
        "project_id": "project_id",
        "namespace_id": "namespace_id",
        "ref_protected": "protected",
    },
    "buildkite": {"build_branch": "build_branch"},
}


def express(name: str, conditions: Sequence[Condition], home: Home) -> list[Call]:
    """The entities for one federated principal; raises `Inexpressible`."""
    asked = Asked(conditions)
    if ":oidc-provider/" in name:
        return _of_provider(name, asked, home)
    if name == _GOOGLE:
        return _google(asked)
    if name.startswith("cognito-identity"):
        return _cognito(name, asked, home)
    raise Inexpressible(f"no class knows the identity provider {name}")


def _of_provider(arn: str, asked: Asked, home: Home) -> list[Call]:
    host = arn.partition(":oidc-provider/")[2]
    subjects = asked.take(f"{host}:sub", "StringEquals", "StringLike")
    provider = home.oidc(arn, subjects)
    issuer = provider.value.issuer  # type: ignore[union-attr]  # an OIDC provider's
    audiences = asked.take(f"{host}:aud", "StringEquals")
    if not audiences:
        raise Inexpressible(f"nothing asks for whom the tokens are ({host}:aud)")
    claims: dict[str, Expression] = {}
    for claim, argument in _CLAIMS.get(issuer.family, {}).items():
        if values := asked.take(f"{host}:{claim}", "StringEquals"):
            claims[argument] = several(values)
    guards = token_guards(asked)
    asked.done()
    if claims.get("protected") == "true":
        claims["protected"] = True
    found: list[Call] = []
    for audience in audiences:
        own: dict[str, Expression] = {} if audience == issuer.audience else {"audience": audience}
        if not subjects:
            if claims:
                raise Inexpressible(f"{host}:sub is not asked for, but {', '.join(claims)}")
            kind = "AnyRepositoryOfWorkspace" if issuer.family == "bitbucket" else "AnySubjectOf"
            found.append(call(kind, Name(provider.name), **own, **guards))
            continue
        for group in groups(issuer.family, subjects, claims):
            made = _of_group(group, provider, own, claims, guards)
            if not _writes(made, group, home):
                # The class writes other subjects, or refuses these.
                plain = call("OidcSubjects", list(group.texts))
                made = _of_group(Group(group.texts, plain, False), provider, own, claims, guards)
            found.append(made)
    return found


def _writes(made: Call, group: Group, home: Home) -> bool:
    """Whether the entity has exactly these subjects."""
    try:
        whose = built(made, home.values()).whose()
    except TrustError:
        return False
    return {*whose.exact, *whose.patterns} == {*group.texts}


def _of_group(
    group: Group,
    provider: Provider,
    own: Mapping[str, Expression],
    claims: Mapping[str, Expression],
    guards: Mapping[str, Expression],
) -> Call:
    made = dict(group.call.kwargs)
    left = dict(claims)
    if made.get("job") is not None:
        left.pop("job_workflow_ref", None)
    if "build_branch" in left and made.get("branch") == left["build_branch"]:
        left.pop("build_branch")
    for key in made:
        if left.get(key) == made[key]:
            left.pop(key)
    if left and (not group.takes_claims or "build_branch" in left):
        raise Inexpressible(f"{group.call.name} asks for no {', '.join(left)}")
    args = (Name(provider.name), *group.call.args)
    return call(group.call.name, *args, **{**made, **left, **own, **guards})


def _google(asked: Asked) -> list[Call]:
    audience = asked.one(f"{_GOOGLE}:aud", "StringEquals")
    other = asked.one(f"{_GOOGLE}:oaud", "StringEquals")
    subjects = asked.take(f"{_GOOGLE}:sub", "StringEquals")
    guards = token_guards(asked)
    asked.done()
    if audience is None:
        raise Inexpressible(f"nothing asks for whom the tokens are ({_GOOGLE}:aud)")
    own: dict[str, Expression] = {"audience": audience}
    if other is not None:
        own["oaud"] = other
    if not subjects:
        return [call("AnyGoogleAccount", **own, **guards)]
    return [call("Google", subject=several(subjects), **own, **guards)]


def _cognito(host: str, asked: Asked, home: Home) -> list[Call]:
    pools = asked.take(f"{host}:aud", "StringEquals")
    method = asked.one(f"{host}:amr", "StringLike", "StringEquals")
    identities = asked.take(f"{host}:sub", "StringEquals")
    guards = token_guards(asked)
    asked.done()
    if not pools:
        raise Inexpressible(f"no identity pool is named ({host}:aud)")
    if method not in ("authenticated", "unauthenticated"):
        raise Inexpressible(f"whether one must be signed in is not asked for ({host}:amr)")
    found: list[Call] = []
    for pool in pools:
        if cognito(pool.partition(":")[0], home.context.partition).host != host:
            raise Inexpressible(f"the identity pool {pool} is not of {host}")
        own: dict[str, Expression] = {"identity_ids": list(identities)} if identities else {}
        kind = "CognitoIdentityPool" if method == "authenticated" else "UnauthenticatedOf"
        found.append(call(kind, pool, **own, **guards))
    return found
