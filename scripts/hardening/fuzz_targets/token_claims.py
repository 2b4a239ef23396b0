"""Whatever an issuer signs: the identity is what stands in the payload, or it is refused."""

import json
from typing import Any

from rolecall.local.api import AwsError
from rolecall.local.sts.token_session import source_identity_of, tags_of
from rolecall.policy import check_session_tags, check_source_identity
from scripts.hardening.fuzz_targets.draw import Finding, require
from scripts.hardening.fuzz_targets.signers import (
    ALGORITHMS,
    CLAIMS,
    ISSUER,
    PROVIDER,
    SECOND,
    encoded,
    genuine,
    sign,
)
from scripts.hardening.fuzz_targets.tokens import verified

_TAGS = "https://aws.amazon.com/tags"
JSON_WORDS = [
    "header", "payload", "alg", "kid", "typ", "crit", "b64", "jwk", "JWT", "at+jwt", *ALGORITHMS,
    *ALGORITHMS.values(), "none", "HS256", "iss", "sub", "aud", "azp", "exp", "nbf", "iat", "amr",
    "email", "repository", "actor", "client", "sts.amazonaws.com", "other", ISSUER, ISSUER + "/",
    _TAGS, f"{_TAGS}/principal_tags/team", f"{_TAGS}/principal_tags/Team", "principal_tags",
    f"{_TAGS}/transitive_tag_keys", "transitive_tag_keys", "team", "core", "aws:x",
    "https://aws.amazon.com/source_identity", "alice", "enterprise", "job_workflow_ref",
]  # fmt: skip


def check(data: bytes) -> None:
    """The oracle of this target."""
    genuine()
    try:
        given = json.loads(data)
        header, payload = given["header"], given["payload"]
        texts = [json.dumps(each, ensure_ascii=False).encode() for each in (header, payload)]
    except (ValueError, TypeError, KeyError, RecursionError):
        return
    algorithm = header.get("alg") if isinstance(header, dict) else None
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        algorithm = "ES256"
    signing_input = ".".join(map(encoded, texts))
    who = verified(f"{signing_input}.{encoded(sign(signing_input, algorithm))}")
    if who is None:
        return
    _check_payload(payload, who)
    try:
        tags, named = tags_of(who.claims), source_identity_of(who.claims)
    except AwsError as error:
        require(400 <= error.status < 500, "a refusal is the caller's fault")
        return
    check_session_tags(dict(tags.all), tuple(tags.transitive))
    if named is not None:
        check_source_identity(named)
        require(named == payload["https://aws.amazon.com/source_identity"], "another identity")
    for key, value in tags.all.items():
        require(_says(payload, key, value), "a tag that nobody signed")


def _check_payload(payload: Any, who: Any) -> None:
    require(payload["iss"] == ISSUER, "another issuer")
    require(who.subject == payload["sub"] and who.subject, "another subject")
    require(payload["exp"] > SECOND >= payload["iat"], "out of its time")
    require(payload.get("nbf", SECOND) <= SECOND, "before its time")
    counts = payload.get("azp") or payload["aud"]
    require(who.audience == counts or [who.audience] == counts, "another audience")
    require(who.audience in (PROVIDER.client_ids or ()), "an audience of nobody")
    said = {each for value in payload.values() for each in _leaves(value)}
    for key, value in who.context.items():
        for each in (value,) if isinstance(value, str) else value:
            require(each in said, f"{key} holds what the token does not say")
    claim_of = {PROVIDER.issuer.key(name): name for name in payload}
    for key in who.context:
        name = claim_of.get(key)
        if name is None and not key.endswith((":oaud", ":aud")):
            raise Finding(f"{key} of no claim")


def _leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {leaf for each in value.values() for leaf in _leaves(each)}
    if isinstance(value, list):
        return {leaf for each in value for leaf in _leaves(each)}
    if isinstance(value, str):
        return {value}
    return {json.dumps(value), str(value)}


def _says(payload: dict[str, Any], key: str, value: str) -> bool:
    flat = payload.get(f"{_TAGS}/principal_tags/{key}")
    nested = payload.get(_TAGS)
    deep = nested.get("principal_tags", {}).get(key) if isinstance(nested, dict) else None
    return value in _leaves(flat) or value in _leaves(deep)


def seed() -> bytes:
    """What the kept inputs began with."""
    return json.dumps({"header": {"alg": "ES256", "kid": "P-256"}, "payload": CLAIMS}).encode()
