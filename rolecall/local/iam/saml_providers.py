"""SAML providers: kept in moto's table, everything about them answered here.

moto keeps a name and a document, checks neither, and writes the document into its
replies as it is. Source: CreateSAMLProvider and its neighbours (IAM API Reference),
"Create a SAML identity provider in IAM", "IAM and AWS STS quotas", "Troubleshoot SAML
federation with IAM".
"""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.issuers.saml_metadata import SamlMetadata, SamlMetadataProblem, read_saml_metadata
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authorization.context import timestamp
from rolecall.local.iam import kept_tags, model_constraints
from rolecall.local.iam.parameters import (
    already_exists,
    limit_exceeded,
    no_such_entity,
    required,
    tags_of,
)
from rolecall.local.iam.tags import check_tags
from rolecall.local.sts.xml import IAM, Result, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_PARTITION = "aws"
#: "SAML providers per account" of the quotas page.
_MOST = 100
#: Where a document does not say how long it is valid, AWS shows a date 100 years ahead.
_YEARS = 100
_ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def find(account: str, arn: str) -> Any | None:
    """moto's SAML provider with that ARN in an account, or None."""
    if account not in iam_backends:
        return None
    providers: dict[str, Any] = iam_backends[account][_PARTITION].saml_providers
    found = providers.get(arn.rsplit("/", 1)[-1])
    return found if found is not None and found.arn == arn else None


@lru_cache(maxsize=16)  # a document may have ten million characters
def metadata_of(document: str) -> SamlMetadata:
    """The metadata in a provider's document.

    Raises:
        SamlMetadataProblem: it was put there past this file.
    """
    return read_saml_metadata(document)


def create_saml_provider(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """CreateSAMLProvider."""
    params = call.params
    model_constraints.check(call.action, params)
    check_tags(call, identity, cloud)
    _refuse_encryption(call)
    document = required(params, "SAMLMetadataDocument")
    metadata = _parsed(document)
    name, backend = required(params, "Name"), iam_backends[identity.account][_PARTITION]
    if name in backend.saml_providers:
        raise already_exists(f"SAMLProvider with name {name} already exists.")
    if len(backend.saml_providers) >= _MOST:
        raise limit_exceeded(f"Cannot exceed quota for SAMLProvidersPerAccount: {_MOST}")
    provider: Any = backend.create_saml_provider(name, document)
    provider.create_date = cloud.now()
    provider.valid_until = _valid_until(metadata, cloud)
    provider.uuid = "SAMLSP" + "".join(secrets.choice(_ID_CHARACTERS) for _ in range(15))
    tags = tags_of(params)
    kept_tags.remember_first_tags(cloud, identity.account, provider.arn, tags)
    result: dict[str, Result] = {"SAMLProviderArn": provider.arn}
    if tags:
        result["Tags"] = _listed(tags)
    return query_reply(call.action, IAM, cloud.new_request_id(), result)


def update_saml_provider(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateSAMLProvider: another metadata document; it counts at once."""
    params = call.params
    model_constraints.check(call.action, params)
    provider = _found(call, identity)
    document = params.get("SAMLMetadataDocument")
    changes = ("SAMLMetadataDocument", "AssertionEncryptionMode", "AddPrivateKey")
    if not any(params.get(name) for name in (*changes, "RemovePrivateKey")):
        raise _invalid(
            "Unable to update identity provider. No updates are defined for metadata or "
            "encryption assertion."
        )
    _refuse_encryption(call)
    if document is not None:
        metadata = _parsed(document)
        provider.saml_metadata_document = document
        provider.valid_until = _valid_until(metadata, cloud)
    return query_reply(call.action, IAM, cloud.new_request_id(), {"SAMLProviderArn": provider.arn})


def get_saml_provider(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """GetSAMLProvider: the document exactly as it was given."""
    model_constraints.check(call.action, call.params)
    provider = _found(call, identity)
    tags = kept_tags.tags_by_name(cloud, identity.account, provider.arn)
    return query_reply(
        call.action,
        IAM,
        cloud.new_request_id(),
        {
            "SAMLProviderUUID": getattr(provider, "uuid", None),
            "SAMLMetadataDocument": provider.saml_metadata_document,
            **_dates(provider),
            "Tags": _listed(tags),
            "AssertionEncryptionMode": "Allowed",
            "PrivateKeyList": [],
        },
    )


def list_saml_providers(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """ListSAMLProviders: all of the account, on one page."""
    providers = iam_backends[identity.account][_PARTITION].saml_providers
    entries: list[Result] = [
        {"Arn": provider.arn, **_dates(provider)} for _, provider in sorted(providers.items())
    ]
    return query_reply(call.action, IAM, cloud.new_request_id(), {"SAMLProviderList": entries})


def delete_saml_provider(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """DeleteSAMLProvider; roles that name it stay, and admit nobody through it."""
    model_constraints.check(call.action, call.params)
    provider = _found(call, identity)
    del iam_backends[identity.account][_PARTITION].saml_providers[provider.name]
    kept_tags.remember_first_tags(cloud, identity.account, provider.arn, {})
    return query_reply(call.action, IAM, cloud.new_request_id())


def check_tagging(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """TagSAMLProvider, UntagSAMLProvider, ListSAMLProviderTags: of a provider that exists."""
    model_constraints.check(call.action, call.params)
    _found(call, identity)


BEFORE: dict[str, Callable[[ApiCall, Identity, "Cloud"], ApiReply | None]] = {
    "CreateSAMLProvider": create_saml_provider,
    "DeleteSAMLProvider": delete_saml_provider,
    "GetSAMLProvider": get_saml_provider,
    "ListSAMLProviderTags": check_tagging,
    "ListSAMLProviders": list_saml_providers,
    "TagSAMLProvider": check_tagging,
    "UntagSAMLProvider": check_tagging,
    "UpdateSAMLProvider": update_saml_provider,
}


def _found(call: ApiCall, identity: Identity) -> Any:
    arn = required(call.params, "SAMLProviderArn")
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[2] != "iam" or "saml-provider/" not in arn:
        raise _invalid(f"Invalid SAML provider ARN: {arn}")
    provider = find(identity.account, arn)
    if provider is None:
        raise no_such_entity(f"Manifest not found for arn {arn}")
    return provider


def _parsed(document: str) -> SamlMetadata:
    try:
        return metadata_of(document)
    except SamlMetadataProblem as problem:
        raise _invalid("Could not parse metadata", str(problem)) from None


def _refuse_encryption(call: ApiCall) -> None:
    """Encrypted assertions are not offered here.

    `Required` without a key is refused by AWS as well. A key would be stored and never
    used, so none is taken.
    """
    params = call.params
    if params.get("AddPrivateKey") and params.get("RemovePrivateKey"):
        raise _invalid(
            "Unable to add and remove private keys in the same request. Set a value for only "
            "one of the two parameters."
        )
    if params.get("AddPrivateKey"):
        raise _invalid("Invalid private key.", "the embedded AWS does not decrypt assertions")
    if params.get("RemovePrivateKey"):
        raise _invalid(
            "Failed to remove private key because the Key ID does not match a private key."
        )
    if params.get("AssertionEncryptionMode") == "Required":
        raise _invalid(
            "Unable to set assertion encryption mode to Required because no private key is "
            "provided.",
            "the embedded AWS does not decrypt assertions",
        )


def _valid_until(metadata: SamlMetadata, cloud: "Cloud") -> datetime:
    if metadata.valid_until is not None:
        return metadata.valid_until
    now = cloud.now()
    return datetime(now.year + _YEARS, now.month, min(now.day, 28), tzinfo=UTC)


def _dates(provider: Any) -> dict[str, Result]:
    return {
        "ValidUntil": timestamp(_aware(provider.valid_until)),
        "CreateDate": timestamp(_aware(provider.create_date)),
    }


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _listed(tags: dict[str, str]) -> list[Result]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _invalid(message: str, reason: str = "") -> AwsError:
    return AwsError("InvalidInput", message, 400, reason)
