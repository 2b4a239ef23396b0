"""An OpenID Connect provider of IAM: whose tokens an account believes."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rolecall.issuers.issuer import OidcIssuer
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import Construct, IamOpenidConnectProvider
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.names import checked_name, own_id
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.shared_providers import (
    SharedOidcProvider,
    issuer_with_provider,
    provider_arn,
)
from rolecall_cdktf.vouching import Resident

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_SHARED = "OidcProvider.from_url"
_MOST_CLIENT_IDS, _MOST_THUMBPRINTS = 100, 5
_THUMBPRINT = re.compile(r"[0-9A-Fa-f]{40}\Z")


class OidcProvider(IamOpenidConnectProvider, Resident):
    """The provider of one issuer; it *is* the `aws_iam_openid_connect_provider`.

    issuer: one that `rolecall.issuers` knows (`GITHUB_ACTIONS`), or `url` of any other;
        one of the two.
    client_ids: the audiences that are believed, 1 to 100; the issuer's own if left out.
    thumbprints: up to five SHA-1 fingerprints of certificates in 40 hexadecimal digits.
        AWS needs none of an issuer whose certificate a public authority signed ("Obtain the
        thumbprint for an OpenID Connect identity provider", IAM User Guide).
    tags: up to 50 together with the environment's.

    An account has one provider for a URL: another stack refers to it by
    `OidcProvider.from_url` or `from_arn`. `.provider_arn` is the ARN in letters. Raises
    `Problem`: see "CreateOpenIDConnectProvider", IAM API Reference.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        issuer: OidcIssuer | None = None,
        url: str | None = None,
        client_ids: Sequence[str] | None = None,
        thumbprints: Sequence[str] | None = None,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The OIDC provider {shown(id)}")
        environment = stack.environment
        checked_name(f"The OIDC provider {shown(id)}", id, "an OIDC provider")
        owner = f'The OIDC provider "{id}"'
        found = issuer_with_provider(owner, _one_of(owner, issuer, url))
        audiences = _client_ids(owner, client_ids, found)
        prints = _thumbprints(owner, thumbprints)
        own_tags = checked_tags(owner, tags, environment.tags)
        self._issuer = found
        self._client_ids = audiences
        self._provider_arn = found.principal(environment.account_id, environment.partition)
        self._home = stack
        self._what = f"the OIDC provider {found.host}"
        stack.claim(
            "oidc_provider",
            found.host,
            self._provider_arn,
            remedy=f'an account has one for a URL: use that, or {_SHARED}("{found.url}")',
            of_account=True,
        )
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                url=found.url,
                client_id_list=list(audiences),
                thumbprint_list=list(prints) or None,
                tags=own_tags or None,
            )

    @property
    def issuer(self) -> OidcIssuer:
        """The issuer of the tokens."""
        return self._issuer

    @property
    def client_ids(self) -> tuple[str, ...]:
        """The audiences that are believed."""
        return self._client_ids

    @property
    def provider_arn(self) -> str:
        """The ARN in letters, known before anything is deployed."""
        return self._provider_arn

    @staticmethod
    def from_url(url: str | OidcIssuer, client_ids: Sequence[str] = ()) -> SharedOidcProvider:
        """The provider that the role's account has for this URL already. No resource.

        client_ids: the audiences it accepts, if they are to be checked. Raises `Problem`.
        """
        issuer = issuer_with_provider(_SHARED, url)
        return SharedOidcProvider(issuer, _known_client_ids(_SHARED, client_ids))

    @staticmethod
    def from_arn(arn: str, client_ids: Sequence[str] = ()) -> SharedOidcProvider:
        """The provider with this ARN, which is of the account of the roles that trust it.

        Raises `Problem`, and so does a role of another account.
        """
        owner = "OidcProvider.from_arn"
        host, found = provider_arn(
            owner,
            arn,
            "oidc-provider",
            "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
        )
        issuer = issuer_with_provider(owner, f"https://{host}")
        audiences = _known_client_ids(owner, client_ids)
        return SharedOidcProvider(issuer, audiences, found.account, found.partition)


def _one_of(owner: str, issuer: object, url: object) -> object:
    if (issuer is None) == (url is None):
        raise Problem(
            f"{owner}: write either issuer=GITHUB_ACTIONS (of rolecall.issuers) or "
            'url="https://id.example.com".'
        )
    if issuer is None:
        return Arguments(owner).text("url", url, '"https://id.example.com"')
    if not isinstance(issuer, OidcIssuer):
        raise Problem(
            f"{owner}: issuer is {shown(issuer)}; write one of rolecall.issuers, or url=…."
        )
    return issuer


def _client_ids(owner: str, written: object, issuer: OidcIssuer) -> tuple[str, ...]:
    if written is None:
        if issuer.audience is None:
            raise Problem(
                f"{owner}: which audiences {issuer.name} writes is not known; name those that you "
                'use, client_ids=["…"].'
            )
        return (issuer.audience,)
    found = _known_client_ids(owner, written)
    if not found:
        raise Problem(
            f"{owner}: client_ids is empty, so no token would be believed; name an audience."
        )
    return found


def _known_client_ids(owner: str, written: object) -> tuple[str, ...]:
    found = Arguments(owner).texts("client_ids", written, '["sts.amazonaws.com"]')
    if len(found) > _MOST_CLIENT_IDS:
        raise Problem(
            f"{owner}: {len(found)} client_ids; IAM takes {_MOST_CLIENT_IDS} for a provider."
        )
    for each in found:
        if not 1 <= len(each) <= 255 or each != each.strip():
            raise Problem(
                f"{owner}: {shown(each)} cannot be a client ID; it has 1 to 255 characters, "
                "without space around them."
            )
        if found.count(each) > 1:
            raise Problem(f"{owner}: client_ids names {shown(each)} twice; name it once.")
    return found


def _thumbprints(owner: str, written: object) -> tuple[str, ...]:
    if written is None:
        return ()
    example = '["<40 hexadecimal digits>"]'
    found = tuple(each.lower() for each in Arguments(owner).texts("thumbprints", written, example))
    if not 1 <= len(found) <= _MOST_THUMBPRINTS:
        raise Problem(
            f"{owner}: {len(found)} thumbprints; write one to {_MOST_THUMBPRINTS}, or leave them "
            "out: AWS needs them for private authorities only."
        )
    for each in found:
        if not _THUMBPRINT.match(each):
            raise Problem(
                f"{owner}: {shown(each)} is not a thumbprint; it is the SHA-1 of a certificate in "
                "40 hexadecimal digits, without colons."
            )
        if found.count(each) > 1:
            raise Problem(f"{owner}: thumbprints names {each} twice; name it once.")
    return found
