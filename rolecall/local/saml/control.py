"""The control calls behind `rolecall local saml`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.issuers.saml_metadata import SamlMetadataProblem
from rolecall.local.iam import saml_providers
from rolecall.local.saml import stand_in
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_MOST_VALUES = 200


def control(
    method: str, name: str, given: Mapping[str, Any], cloud: "Cloud"
) -> Mapping[str, Any] | None:
    """Answer `GET saml/metadata` and `POST saml/response`; None for anything else.

    Raises:
        Problem: the request says something impossible, or the provider is not the
            stand-in's.
    """
    if (method, name) == ("GET", "saml/metadata"):
        with cloud.gate.shared():
            return {"metadata": stand_in.metadata(cloud)}
    if (method, name) == ("POST", "saml/response"):
        with cloud.gate.shared():
            return {"response": _response(given, cloud)}
    return None


def _response(given: Mapping[str, Any], cloud: "Cloud") -> str:
    provider_arn = _text(given, "provider")
    _check_provider(provider_arn, cloud)
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
        return stand_in.mint(wanted, cloud)
    except ValueError:
        # lxml's word for characters that XML cannot hold.
        raise Problem(
            "An assertion cannot hold control characters; leave them out of what you ask for."
        ) from None


def _check_provider(arn: str, cloud: "Cloud") -> None:
    parts = arn.split(":", 5)
    provider = saml_providers.find(parts[4], arn) if len(parts) == 6 else None
    if provider is None:
        raise Problem(
            f"There is no SAML provider {arn} in the embedded AWS; deploy it, or create it with "
            "the metadata that `rolecall local saml metadata` prints."
        )
    try:
        found = saml_providers.metadata_of(provider.saml_metadata_document)
    except SamlMetadataProblem:
        found = None
    if found is None or not stand_in.is_stand_in(found, cloud):
        raise Problem(
            f"The SAML provider {arn} has the metadata of another identity provider, which alone "
            "can sign for it; give it those that `rolecall local saml metadata` prints "
            "(aws iam update-saml-provider, or the file that the environment names)."
        )


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
