"""The control calls behind `rolecall local saml`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.issuers.saml_metadata import SamlMetadataProblem
from rolecall.local.iam import saml_providers
from rolecall.local.saml import stand_in
from rolecall.local.saml.stand_in_key import stand_in_for
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_MOST_VALUES = 200


def control(
    method: str, name: str, given: Mapping[str, Any], cloud: "Cloud"
) -> Mapping[str, Any] | None:
    """Answer `POST saml/response`; None for anything else.

    Raises:
        Problem: the request says something impossible, or there is no such provider.
    """
    if (method, name) == ("POST", "saml/response"):
        with cloud.gate.shared():
            return {"response": _response(given, cloud)}
    return None


def _response(given: Mapping[str, Any], cloud: "Cloud") -> str:
    provider_arn = _text(given, "provider")
    issuer = _entity_id(provider_arn)
    seconds = given.get("seconds")
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int)):
        raise Problem("seconds must be a whole number.")
    wanted = stand_in.Wanted(
        role_arn=_text(given, "role"),
        provider_arn=provider_arn,
        session_name=_text(given, "session_name"),
        subject=_text(given, "subject"),
        attributes={
            key: tuple(_texts(values, f"attributes.{key}"))
            for key, values in _object(given, "attributes").items()
        },
        tags={key: _as_text(value, f"tags.{key}") for key, value in _object(given, "tags").items()},
        transitive=tuple(_texts(given.get("transitive", []), "transitive")),
        source_identity=(
            None if given.get("source_identity") is None else _text(given, "source_identity")
        ),
        seconds=seconds,
    )
    try:
        response = stand_in.mint(wanted, issuer, cloud)
    except ValueError:
        # lxml's word for characters that XML cannot hold.
        raise Problem(
            "An assertion cannot hold control characters; leave them out of what you ask for."
        ) from None
    stand_in_for(provider_arn, issuer, cloud)
    return response


def _entity_id(arn: str) -> str:
    """Whom the provider's metadata describe, and whose words are to be spoken."""
    parts = arn.split(":", 5)
    provider = saml_providers.find(parts[4], arn) if len(parts) == 6 else None
    if provider is None:
        raise Problem(
            f"There is no SAML provider {arn} in the embedded AWS; deploy the stack that has it."
        )
    try:
        return saml_providers.metadata_of(provider.saml_metadata_document).entity_id
    except SamlMetadataProblem as problem:
        raise Problem(
            f"The metadata of the SAML provider {arn} are no longer good: {problem}"
        ) from None


def _text(given: Mapping[str, Any], name: str) -> str:
    value = _as_text(given.get(name), name)
    if not value:
        raise Problem(f"{name} is empty.")
    return value


def _as_text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise Problem(f"{name} must be a text.")
    return value


def _texts(value: object, name: str) -> list[str]:
    if not isinstance(value, list) or len(value) > _MOST_VALUES:
        raise Problem(f"{name} must be a list of at most {_MOST_VALUES} texts.")
    return [_as_text(each, name) for each in value]


def _object(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = given.get(name, {})
    if not isinstance(value, dict) or len(value) > _MOST_VALUES:
        raise Problem(f"{name} must be an object of at most {_MOST_VALUES} members.")
    return value
