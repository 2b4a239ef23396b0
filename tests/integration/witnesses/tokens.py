"""Holders of tokens: the embedded AWS's stand-in of the issuer signs what a witness claims."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rolecall.issuers import oidc_context, oidc_issuer
from rolecall.local.oidc.control import control
from rolecall.policy import AssumeRoleAttempt, WebIdentity
from rolecall.problems import Problem
from tests.integration.witnesses.world import NotReplayable, World, ahead, signing_key

_TAGS = "https://aws.amazon.com/tags"
_IDENTITY = "https://aws.amazon.com/source_identity"


def token_of(
    world: World, attempt: AssumeRoleAttempt, wanted: Mapping[str, Any], at: datetime
) -> tuple[str, dict[str, Any]]:
    """The token, issued then, and the keys AWS makes of it; the provider is made as well."""
    caller = attempt.caller
    assert isinstance(caller, WebIdentity)
    host = caller.provider.partition(":oidc-provider/")[2] or caller.provider
    try:
        issuer = oidc_issuer(f"https://{host}")
    except Problem:
        raise NotReplayable("IAM takes no such issuer") from None
    claims = _claims(wanted, host.lower())
    here = {key.lower(): value for key, value in oidc_context(issuer, claims).items()}
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if not issuer.built_in:
        account = caller.provider.split(":")[4]
        clients = sorted({*audience, *([claims["azp"]] if "azp" in claims else [])})
        if not all(clients) or len(max(clients, key=len)) > 255:
            raise NotReplayable("IAM takes no such client ID")
        world.iam(account).create_open_id_connect_provider(Url=issuer.url, ClientIDList=clients)
    if attempt.tags:
        claims[_TAGS] = {
            "principal_tags": {key: [value] for key, value in attempt.tags.items()},
            "transitive_tag_keys": list(attempt.transitive_tag_keys),
        }
    if attempt.source_identity is not None:
        claims[_IDENTITY] = attempt.source_identity
    cloud = world.server.cloud
    cloud.records.setdefault("oidc_stand_ins", {})[issuer.url] = {"key": signing_key()}
    given = {"issuer": issuer.url, "subject": claims["sub"], "audience": "x", "claims": claims}
    world.set_time(ahead(at))
    answer = control("POST", "oidc/token", given, cloud)
    assert answer is not None
    return str(answer["token"]), here


def _claims(wanted: Mapping[str, Any], host: str) -> dict[str, Any]:
    found = {
        key.removeprefix(f"{host}:"): list(value) if isinstance(value, tuple) else value
        for key, value in wanted.items()
        if key.startswith(f"{host}:")
    }
    found.setdefault("sub", "somebody")
    found.setdefault("aud", "client")
    # `aud` is the token's `azp` where it has one; its own `aud` is then `oaud`.
    if "oaud" in found and found["oaud"] != found["aud"]:
        if not isinstance(found["aud"], str):
            raise NotReplayable("a token has one azp")
        found["azp"] = found["aud"]
        found["aud"] = found["oaud"]
    found.pop("oaud", None)
    return found
