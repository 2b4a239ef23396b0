"""Users of a SAML provider: a small identity provider signs what a witness says of them."""

from collections.abc import Mapping
from typing import Any

from rolecall.issuers.saml_keys import ATTRIBUTES, SamlFacts, saml_context
from rolecall.issuers.saml_sign_in import is_sign_in_endpoint
from rolecall.policy import AssumeRoleAttempt, SamlIdentity
from tests.integration.witnesses.world import NotReplayable, World
from tests.local.saml.idp import PERSISTENT, SIGN_IN, Idp, Said, encoded

_FORMATS = PERSISTENT.removesuffix("persistent")
_URNS = {name.lower(): urn for urn, name in reversed(list(ATTRIBUTES.items()))}
_FIXED = ("aud", "iss", "sub", "sub_type", "doc", "namequalifier")


def assertion_of(
    world: World, attempt: AssumeRoleAttempt, wanted: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """The value of SAMLAssertion, and the condition keys that AWS makes of it."""
    caller = attempt.caller
    assert isinstance(caller, SamlIdentity)
    account, name = caller.provider.split(":")[4], caller.provider.rpartition("/")[2]
    said = _said(world, attempt, wanted)
    idp = Idp() if said.issuer is None else Idp(entity_id=said.issuer)
    world.iam(account).create_saml_provider(Name=name, SAMLMetadataDocument=idp.metadata())
    facts = SamlFacts(
        recipient=said.recipient or "",
        issuer=idp.entity_id,
        subject=said.subject or "",
        subject_format=said.subject_format,
        account=account,
        provider_name=name,
        attributes={urn: tuple(values) for urn, values in said.attributes},
    )
    here = {key.lower(): value for key, value in saml_context(facts).items()}
    return encoded(idp.response(said)), here


def _said(world: World, attempt: AssumeRoleAttempt, wanted: Mapping[str, Any]) -> Said:
    given = {key[5:]: value for key, value in wanted.items() if key.startswith("saml:")}
    single = {key: given[key] for key in _FIXED if key in given}
    if any(not isinstance(value, str) for value in single.values()):
        raise NotReplayable("an assertion says that once")
    recipient = single.get("aud", SIGN_IN)
    if not is_sign_in_endpoint(recipient, "aws"):
        raise NotReplayable("an assertion for another endpoint is refused before any policy")
    attributes = []
    for key, value in given.items():
        if key not in _FIXED and key in _URNS:
            attributes.append((_URNS[key], (value,) if isinstance(value, str) else value))
    kind = single.get("sub_type")
    return Said(
        role=attempt.role_arn,
        provider=attempt.caller.arn,
        now=world.now(),
        issuer=single.get("iss"),
        destination=recipient,
        recipient=recipient,
        subject=single.get("sub", "_somebody"),
        subject_format=None if kind is None else kind if ":" in kind else _FORMATS + kind,
        session_name=attempt.session_name,
        source_identity=attempt.source_identity,
        tags=attempt.tags,
        transitive=attempt.transitive_tag_keys,
        attributes=attributes,
    )
