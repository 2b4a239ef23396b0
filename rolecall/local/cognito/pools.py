"""Identity pools: what they are, and the calls that make, show, change and delete them.

Source: Amazon Cognito Federated Identities API reference.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.cognito import tables
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: botocore's name of the service.
SERVICE = "cognito-identity"
#: What a pool is made of, as requests and replies name it; the tags are kept apart.
_SETTINGS = (
    "IdentityPoolName",
    "AllowUnauthenticatedIdentities",
    "AllowClassicFlow",
    "SupportedLoginProviders",
    "DeveloperProviderName",
    "OpenIdConnectProviderARNs",
    "CognitoIdentityProviders",
    "SamlProviderARNs",
)
_TAGS = "IdentityPoolTags"
_MOST_POOLS = 1000
_MOST_TAGS = 50
_OIDC_ARN = re.compile(r"arn:aws:iam::(?P<account>[0-9]{12}):oidc-provider/(?P<host>\S+)", re.ASCII)
_SAML_ARN = re.compile(r"arn:aws:iam::(?P<account>[0-9]{12}):saml-provider/[\w._-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Pool:
    """One identity pool as it is now."""

    pool_id: str
    account: str
    settings: Mapping[str, Any]
    tags: Mapping[str, str]
    #: `Roles` and `RoleMappings` of SetIdentityPoolRoles.
    roles: Mapping[str, Any]

    @property
    def guests(self) -> bool:
        """Whether identities without a login are let in."""
        return bool(self.settings.get("AllowUnauthenticatedIdentities"))

    @property
    def classic(self) -> bool:
        """Whether GetOpenIdToken is open to the public.

        AWS refuses only where the flag was set to false: a pool that never had it is
        open, as reported from live AWS.
        """
        return self.settings.get("AllowClassicFlow") is not False

    def shown(self) -> dict[str, Any]:
        """The pool as replies show it."""
        return {"IdentityPoolId": self.pool_id, **self.settings, _TAGS: dict(self.tags)}


def pool_of(cloud: "Cloud", pool_id: str, account: str | None = None) -> Pool:
    """The pool of that id; with `account`, only if it belongs to it.

    Raises:
        AwsError: ResourceNotFoundException.
    """
    held = tables.pools(cloud).get(pool_id)
    if held is None or account not in (None, held["account"]):
        raise AwsError("ResourceNotFoundException", f"IdentityPool '{pool_id}' not found.", 400)
    return Pool(pool_id, held["account"], held["settings"], held["tags"], held["roles"])


def region_of(pool_or_identity: str) -> str:
    """The region in the id of a pool or an identity (`eu-central-1:…`)."""
    return pool_or_identity.partition(":")[0]


def arn_of(pool: Pool) -> str:
    """The pool's ARN."""
    return (
        f"arn:aws:cognito-identity:{region_of(pool.pool_id)}:{pool.account}"
        f":identitypool/{pool.pool_id}"
    )


def own_pool(call: ApiCall, identity: Identity, cloud: "Cloud", pool_id: str) -> Pool:
    """The pool that a signed call means: of the caller's account, in the region of the call."""
    if region_of(pool_id) != call.region:
        raise AwsError("ResourceNotFoundException", f"IdentityPool '{pool_id}' not found.", 400)
    return pool_of(cloud, pool_id, identity.account)


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer CreateIdentityPool."""
    given = inputs.read(call, SERVICE)
    _check(given, identity.account)
    pool_id = f"{call.region}:{uuid.uuid4()}"
    with tables.lock:
        table = tables.pools(cloud)
        if sum(held["account"] == identity.account for held in table.values()) >= _MOST_POOLS:
            raise AwsError("LimitExceededException", "Exceeded the number of identity pools.", 400)
        table[pool_id] = {
            "account": identity.account,
            "settings": _settings(given),
            "tags": dict(given.get(_TAGS) or {}),
            "roles": {},
        }
    return json_reply(call, pool_of(cloud, pool_id).shown())


def describe(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DescribeIdentityPool."""
    given = inputs.read(call, SERVICE)
    return json_reply(call, own_pool(call, identity, cloud, given["IdentityPoolId"]).shown())


def update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateIdentityPool: the pool is from now on what the call says, all of it.

    Tags stay as they are where the call says nothing of them: Terraform's provider leaves
    them out, and changes them by TagResource and UntagResource.
    """
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    _check(given, identity.account)
    held = tables.pools(cloud)[pool.pool_id]
    settings = _settings(given)
    if pool.settings.get("DeveloperProviderName"):
        # "Once you have set a developer provider name, you cannot change it" (CreateIdentityPool).
        settings.setdefault("DeveloperProviderName", pool.settings["DeveloperProviderName"])
        if settings["DeveloperProviderName"] != pool.settings["DeveloperProviderName"]:
            raise AwsError(
                "InvalidParameterException", "Developer provider name cannot be changed.", 400
            )
    held["settings"] = settings
    if given.get(_TAGS) is not None:
        held["tags"] = dict(given[_TAGS])
    return json_reply(call, pool_of(cloud, pool.pool_id).shown())


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeleteIdentityPool: its identities go with it."""
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    with tables.lock:
        tables.pools(cloud).pop(pool.pool_id, None)
        tables.forget_identities(cloud, pool.pool_id)
    return json_reply(call, {})


def list_all(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListIdentityPools."""
    given = inputs.read(call, SERVICE)
    own = sorted(
        pool_id
        for pool_id, held in list(tables.pools(cloud).items())
        if held["account"] == identity.account and region_of(pool_id) == call.region
    )
    page, following = tables.page(own, given["MaxResults"], given.get("NextToken"))
    short = [
        {"IdentityPoolId": each, "IdentityPoolName": pool_of(cloud, each).settings[_SETTINGS[0]]}
        for each in page
    ]
    return json_reply(call, {"IdentityPools": short, "NextToken": following})


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer TagResource."""
    given = inputs.read(call, SERVICE)
    pool = _tagged(call, identity, cloud, given["ResourceArn"])
    tags = {**pool.tags, **given["Tags"]}
    _check_tags(tags)
    tables.pools(cloud)[pool.pool_id]["tags"] = tags
    return json_reply(call, {})


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UntagResource."""
    given = inputs.read(call, SERVICE)
    pool = _tagged(call, identity, cloud, given["ResourceArn"])
    gone = set(given["TagKeys"])
    tables.pools(cloud)[pool.pool_id]["tags"] = {
        key: value for key, value in pool.tags.items() if key not in gone
    }
    return json_reply(call, {})


def list_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListTagsForResource."""
    given = inputs.read(call, SERVICE)
    pool = _tagged(call, identity, cloud, given["ResourceArn"])
    return json_reply(call, {"Tags": dict(pool.tags)})


def _tagged(call: ApiCall, identity: Identity, cloud: "Cloud", arn: str) -> Pool:
    pool = own_pool(call, identity, cloud, arn.rpartition("/")[2])
    if arn_of(pool) != arn:
        raise AwsError("ResourceNotFoundException", f"Resource '{arn}' not found.", 400)
    return pool


def _settings(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in _SETTINGS if given.get(name) not in (None, [], {}, "")}


def _check(given: Mapping[str, Any], account: str) -> None:
    for arn in given.get("OpenIdConnectProviderARNs") or ():
        match = _OIDC_ARN.fullmatch(arn)
        if match is None or match["account"] != account:
            raise _invalid(f"Invalid OpenID Connect provider ARN: {arn}")
    for arn in given.get("SamlProviderARNs") or ():
        match = _SAML_ARN.fullmatch(arn)
        if match is None or match["account"] != account:
            raise _invalid(f"Invalid SAML provider ARN: {arn}")
    for provider in given.get("CognitoIdentityProviders") or ():
        if not provider.get("ProviderName") or not provider.get("ClientId"):
            raise _invalid("Cognito identity providers have a provider name and a client id.")
    _check_tags(given.get(_TAGS) or {})


def _check_tags(tags: Mapping[str, str]) -> None:
    if len(tags) > _MOST_TAGS:
        raise _invalid(f"A resource can have at most {_MOST_TAGS} tags.")
    if any(key.lower().startswith("aws:") for key in tags):
        raise _invalid("Tag keys that start with aws: are reserved for AWS.")


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message, 400)
