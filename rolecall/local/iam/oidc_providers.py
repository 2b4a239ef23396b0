"""OIDC providers of an account: IAM's rules for them, answered here and kept by moto.

Source: "CreateOpenIDConnectProvider" and its neighbours in the IAM API reference, "IAM and
AWS STS quotas". Messages as users report them.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.authorization.context import timestamp
from rolecall.local.iam.parameters import (
    already_exists,
    limit_exceeded,
    no_such_entity,
    required,
    tag_keys_of,
    tags_of,
    validation_error,
)
from rolecall.local.iam.tags import check_number, check_tags
from rolecall.local.sts.xml import IAM, Result, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_LONGEST = 255
_MOST_PROVIDERS = 100
_MOST_CLIENT_IDS = 100
_MOST_THUMBPRINTS = 5
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#: With a dot: `https://saml` would make keys of its claims that are those of SAML.
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})+", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%!$&'()*+,=:@-]*)*", re.ASCII)
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}", re.ASCII)
_BAD_URL = "Invalid Open ID Connect Provider URL"


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """CreateOpenIDConnectProvider.

    AWS fetches a thumbprint where none is given; here none is needed, and none is made up.
    """
    params = call.params
    url = _url(params)
    client_ids = _client_ids(params)
    thumbprints = _thumbprints(params)
    check_tags(call, identity, cloud)
    tags = tags_of(params)
    backend = _backend(identity)
    held = backend.open_id_providers
    if f"arn:aws:iam::{identity.account}:oidc-provider/{url.removeprefix('https://')}" in held:
        raise already_exists(f"Provider with url {url} already exists.")
    if len(held) >= _MOST_PROVIDERS:
        raise limit_exceeded(
            f"Cannot exceed quota for OpenIdConnectProvidersPerAccount: {_MOST_PROVIDERS}"
        )
    made = backend.create_open_id_connect_provider(
        url, thumbprints, client_ids, [{"Key": k, "Value": v} for k, v in tags.items()]
    )
    # moto takes the path up to its last semicolon or hash; ours has neither.
    result: dict[str, Result] = {"OpenIDConnectProviderArn": made.arn, "Tags": _tag_list(made)}
    return _reply(call, cloud, result)


def get(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """GetOpenIDConnectProvider; the URL without its scheme, as in AWS's own answers."""
    provider = _found(call, identity)
    return query_reply(
        call.action,
        IAM,
        cloud.new_request_id(),
        {
            "Url": provider.url,
            "ClientIDList": list(provider.client_id_list),
            "ThumbprintList": list(provider.thumbprint_list),
            "CreateDate": timestamp(provider.create_date),
            "Tags": _tag_list(provider),
        },
    )


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """DeleteOpenIDConnectProvider.

    The API reference calls it idempotent, but AWS answers NoSuchEntity for one that is
    gone, as its service model says. Roles that trust the provider stay as they are.
    """
    arn = required(call.params, "OpenIDConnectProviderArn")
    if _backend(identity).open_id_providers.pop(arn, None) is None:
        raise no_such_entity(f"OpenId connect Provider {arn} cannot be found.")
    return _reply(call, cloud)


def add_client_id(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """AddClientIDToOpenIDConnectProvider; "idempotent" for one that is there."""
    provider = _found(call, identity)
    client_id = _client_id(required(call.params, "ClientID"))
    if client_id not in provider.client_id_list:
        _check_number(len(provider.client_id_list) + 1)
        provider.client_id_list = [*provider.client_id_list, client_id]
    return _reply(call, cloud)


def remove_client_id(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """RemoveClientIDFromOpenIDConnectProvider; "idempotent" for one that is not there."""
    provider = _found(call, identity)
    client_id = _client_id(required(call.params, "ClientID"))
    provider.client_id_list = [each for each in provider.client_id_list if each != client_id]
    return _reply(call, cloud)


def update_thumbprint(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UpdateOpenIDConnectProviderThumbprint: the whole list is replaced."""
    provider = _found(call, identity)
    thumbprints = _thumbprints(call.params)
    if not thumbprints:
        raise validation_error(
            "1 validation error detected: Value null at 'thumbprintList' failed to satisfy "
            "constraint: Member must not be null"
        )
    provider.thumbprint_list = thumbprints
    return _reply(call, cloud)


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """TagOpenIDConnectProvider: a key in another case is replaced."""
    provider = _found(call, identity)
    check_tags(call, identity, cloud)
    tags = {k.lower(): {"Key": k, "Value": v} for k, v in tags_of(call.params).items()}
    together = {**provider.tags, **tags}
    check_number(len(together))
    provider.tags = together
    return _reply(call, cloud)


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """UntagOpenIDConnectProvider: keys that are not there are no error."""
    provider = _found(call, identity)
    gone = {key.lower() for key in tag_keys_of(call.params)}
    provider.tags = {key: held for key, held in provider.tags.items() if key not in gone}
    return _reply(call, cloud)


def list_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """ListOpenIDConnectProviderTags: all of them on one page; there are at most 50."""
    provider = _found(call, identity)
    result: dict[str, Result] = {"Tags": _tag_list(provider), "IsTruncated": False}
    return query_reply(call.action, IAM, cloud.new_request_id(), result)


#: ListOpenIDConnectProviders is moto's.
BEFORE: dict[str, Callable[[ApiCall, Identity, "Cloud"], ApiReply | None]] = {
    "AddClientIDToOpenIDConnectProvider": add_client_id,
    "CreateOpenIDConnectProvider": create,
    "DeleteOpenIDConnectProvider": delete,
    "GetOpenIDConnectProvider": get,
    "ListOpenIDConnectProviderTags": list_tags,
    "RemoveClientIDFromOpenIDConnectProvider": remove_client_id,
    "TagOpenIDConnectProvider": tag,
    "UntagOpenIDConnectProvider": untag,
    "UpdateOpenIDConnectProviderThumbprint": update_thumbprint,
}


def arn_of(action: str, params: Mapping[str, str], account: str) -> str:
    """The provider that a call is about, for the question whether the caller may.

    Only what the operation reads counts, so that no further parameter can make a call
    be judged as one about another provider. A slash at the end of the URL belongs to the
    ARN, as Auth0's does.
    """
    if action != "CreateOpenIDConnectProvider":
        return params.get("OpenIDConnectProviderArn", "")
    host = params.get("Url", "").removeprefix("https://")
    return f"arn:aws:iam::{account}:oidc-provider/{host}"


def provider_by_arn(arn: str, account: str) -> Any | None:
    """moto's provider of that ARN in an account, or None."""
    return iam_backends[account]["aws"].open_id_providers.get(arn)


def _url(params: Mapping[str, str]) -> str:
    """https, a host, perhaps a path: no port, user, query or fragment."""
    url = required(params, "Url")
    if len(url) > _LONGEST:
        raise _too_long("url")
    if "://" not in url:
        raise validation_error(_BAD_URL)
    if not url.startswith("https://"):
        raise _invalid_input(f"{_BAD_URL}. The URL must begin with https://.")
    if url == "https://":
        raise validation_error(_BAD_URL)
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _invalid_input(f"{_BAD_URL}.") from None
    if (
        not _HOST.fullmatch(parts.netloc)
        or not _PATH.fullmatch(parts.path)
        or url != f"https://{parts.netloc}{parts.path}"
    ):
        raise _invalid_input(f"{_BAD_URL}.")
    return url


def _client_ids(params: Mapping[str, str]) -> list[str]:
    given = _members(params, "ClientIDList", _MOST_CLIENT_IDS)
    _check_number(len(given))
    return list(dict.fromkeys(_client_id(each) for each in given))


def _client_id(value: str) -> str:
    if not value:
        raise validation_error(
            "1 validation error detected: Value at 'clientID' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1"
        )
    if len(value) > _LONGEST:
        raise _too_long("clientID")
    return value


def _check_number(client_ids: int) -> None:
    if client_ids > _MOST_CLIENT_IDS:
        raise limit_exceeded(
            f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_MOST_CLIENT_IDS}"
        )


def _thumbprints(params: Mapping[str, str]) -> list[str]:
    """Lower case, as AWS gives them back."""
    given = _members(params, "ThumbprintList", _MOST_THUMBPRINTS)
    if len(given) > _MOST_THUMBPRINTS:
        # "fewer than", in AWS's own words; five are accepted.
        raise _invalid_input(
            f"Thumbprint list must contain fewer than {_MOST_THUMBPRINTS} entries."
        )
    for each in given:
        if len(each) != 40:
            raise _invalid_input("Thumbprint must be exactly 40 characters.")
        if not _THUMBPRINT.fullmatch(each):
            raise _invalid_input("Thumbprint must be a hexadecimal SHA-1 hash.")
    return [each.lower() for each in given]


def _members(params: Mapping[str, str], name: str, most: int) -> list[str]:
    found = []
    for index in range(1, most + 2):
        value = params.get(f"{name}.member.{index}")
        if value is None:
            break
        found.append(value)
    return found


def _found(call: ApiCall, identity: Identity) -> Any:
    arn = required(call.params, "OpenIDConnectProviderArn")
    provider = provider_by_arn(arn, identity.account)
    if provider is None:
        raise no_such_entity(f"OpenIDConnect Provider not found for arn {arn}")
    return provider


def _tag_list(provider: Any) -> list[Result]:
    return [{"Key": tag["Key"], "Value": tag["Value"]} for tag in provider.tags.values()]


def _backend(identity: Identity) -> Any:
    return iam_backends[identity.account]["aws"]


def _reply(call: ApiCall, cloud: "Cloud", result: Mapping[str, Result] | None = None) -> ApiReply:
    cloud.mark_changed()
    return query_reply(call.action, IAM, cloud.new_request_id(), result)


def _too_long(name: str) -> AwsError:
    return validation_error(
        f"1 validation error detected: Value at '{name}' failed to satisfy constraint: Member "
        f"must have length less than or equal to {_LONGEST}"
    )


def _invalid_input(message: str) -> AwsError:
    return AwsError("InvalidInput", message)
