"""A Cognito identity pool: users of an application, who get credentials of a role."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rolecall.policy import PolicyDocument
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import (
    CognitoIdentityPool,
    CognitoIdentityPoolCognitoIdentityProviders,
    CognitoIdentityPoolRolesAttachment,
    Construct,
    TerraformResource,
)
from rolecall_cdktf.assumable_role import AssumableRole
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import is_reference
from rolecall_cdktf.names import checked_name, own_id
from rolecall_cdktf.oidc_provider import OidcProvider
from rolecall_cdktf.references import reference
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.role_arguments import Role, role_argument
from rolecall_cdktf.saml_provider import SamlProvider
from rolecall_cdktf.shared_providers import SharedOidcProvider, SharedSamlProvider
from rolecall_cdktf.vouching import Resident, waits_for

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_NO_CLIENTS: Mapping[str, Sequence[str]] = MappingProxyType({})
# CreateIdentityPool, Amazon Cognito Federated Identities API Reference.
_NAME = re.compile(r"[\w +=,.@-]{1,128}\Z", re.ASCII)
_USER_POOL = re.compile(r"cognito-idp\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/[\w-]{1,55}\Z", re.ASCII)
_CLIENT_ID = re.compile(r"\w{1,128}\Z", re.ASCII)
_LOGIN = re.compile(r"[a-z0-9.-]{1,128}\Z")
_LOGIN_ID = re.compile(r"[\w.;/-]{1,128}\Z", re.ASCII)
_DEVELOPER = re.compile(r"[\w.-]{1,128}\Z", re.ASCII)
_OWN_PROVIDER = "use one of this account"


class IdentityPool(CognitoIdentityPool, Resident):
    """An identity pool; it *is* the `aws_cognito_identity_pool`.

    name: `<environment>-<id>` if left out.
    user_pool_clients: user pool → its clients' ids, as in
        `{"cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab1": ["4ab…"]}`; both may be
        references. Users who have signed out or are deleted are refused.
    oidc_providers, saml_providers: providers of the account.
    login_providers: `{"accounts.google.com": "<client id>"}` and the like, up to ten.
    developer_provider_name: whose users a backend of yours signs in.
    classic_flow: an application may also ask STS for a role itself, for any that trusts the
        pool. Without it Cognito hands out the roles of `attach_roles` only.
    UNSAFE_unauthenticated_identities: whoever knows the pool's id, which applications carry
        in the open, gets credentials of the role for unauthenticated identities.

    `CognitoIdentityPool(pool)` of `rolecall.trust` trusts it, in the same stack: `.pool_id` is
    a reference, because AWS chooses the id. A plan that makes the pool cannot show the trust
    policy yet. Raises `Problem`.
    """

    _known_by_reference = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str | None = None,
        user_pool_clients: Mapping[str, Sequence[str]] = _NO_CLIENTS,
        oidc_providers: Sequence[OidcProvider | SharedOidcProvider] = (),
        saml_providers: Sequence[SamlProvider | SharedSamlProvider] = (),
        login_providers: Mapping[str, str] = _NO_TAGS,
        developer_provider_name: str | None = None,
        classic_flow: bool = False,
        tags: Mapping[str, str] = _NO_TAGS,
        UNSAFE_unauthenticated_identities: bool = False,  # noqa: N803
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The identity pool {shown(id)}")
        environment = stack.environment
        checked_name(f"The identity pool {shown(id)}", id, "an identity pool")
        owner = f'The identity pool "{id}"'
        arguments = Arguments(owner)
        pool_name = f"{environment.name}-{id}" if name is None else name
        if not _NAME.match(arguments.text("name", pool_name, '"tes-app"')):
            raise Problem(
                f"{owner}: {shown(pool_name)} cannot name an identity pool; it has 1 to 128 "
                "letters, digits, spaces and +=,.@_-."
            )
        open_to_all = arguments.flag(
            "UNSAFE_unauthenticated_identities", UNSAFE_unauthenticated_identities
        )
        arguments.flag("classic_flow", classic_flow)
        clients = _clients(owner, user_pool_clients)
        oidc = _oidc_arns(owner, oidc_providers, stack)
        saml = _saml_arns(owner, saml_providers, stack)
        logins = _logins(owner, login_providers)
        developer = _developer(owner, developer_provider_name)
        if not (clients or oidc or saml or logins or developer or open_to_all):
            raise Problem(
                f"{owner}: nobody could sign in; write user_pool_clients, oidc_providers, "
                "saml_providers or login_providers."
            )
        waiting = waits_for(owner, stack, [*oidc_providers, *saml_providers], _OWN_PROVIDER)
        own_tags = checked_tags(owner, tags, environment.tags)
        self._open_to_all = open_to_all
        self._attached = False
        self._owner = owner
        self._home = stack
        self._what = f"the identity pool {pool_name}"
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                identity_pool_name=pool_name,
                allow_unauthenticated_identities=open_to_all,
                allow_classic_flow=classic_flow,
                cognito_identity_providers=clients or None,
                openid_connect_provider_arns=oidc or None,
                saml_provider_arns=saml or None,
                supported_login_providers=logins or None,
                developer_provider_name=developer,
                depends_on=waiting or None,
                tags=own_tags or None,
            )
        self._pool_id = reference("aws_cognito_identity_pool", str(self.friendly_unique_id), "id")
        stack.claim("identity_pool", pool_name, self._pool_id, output="identity_pool_ids")

    @property
    def pool_id(self) -> str:
        """The id as a reference, for this stack: `${aws_cognito_identity_pool.app.id}`."""
        return self._pool_id

    def attach_roles(
        self, *, authenticated: Role | None = None, unauthenticated: Role | None = None
    ) -> None:
        """The roles that Cognito hands out: an `AssumableRole`, or an ARN, of this account.

        Once a pool. Raises `Problem`, also for an `AssumableRole` that does not trust the pool.
        """
        written = {"authenticated": authenticated, "unauthenticated": unauthenticated}
        given = {kind: role for kind, role in written.items() if role is not None}
        if not given or self._attached:
            raise Problem(
                f"{self._owner}: attach_roles is called once, with authenticated=…, "
                "unauthenticated=… or both."
            )
        if unauthenticated is not None and not self._open_to_all:
            raise Problem(
                f"{self._owner}: a role for unauthenticated identities, whom the pool does not "
                "admit; leave it out, or write UNSAFE_unauthenticated_identities=True."
            )
        roles: dict[str, str] = {}
        waiting: list[TerraformResource] = []
        for kind, role in given.items():
            roles[kind], more = role_argument(self._owner, kind, role, self._home)
            if isinstance(role, AssumableRole) and not self._trusted_by(role.trust_document, kind):
                entity = "CognitoIdentityPool" if kind == "authenticated" else "UnauthenticatedOf"
                raise Problem(
                    f"{self._owner}: the role {role.role_name} does not trust {kind} identities of "
                    f"this pool; write {entity}(pool) in its trusted_entities."
                )
            waiting.extend(more)
        self._attached = True
        CognitoIdentityPoolRolesAttachment(
            self,
            "roles",
            identity_pool_id=self._pool_id,
            roles=roles,
            depends_on=waiting or None,
        )

    def _trusted_by(self, trust: PolicyDocument, kind: str) -> bool:
        for statement in trust.statements:
            values = {value for each in statement.conditions for value in each.values}
            if {self._pool_id, kind} <= values:
                return True
        return False


def _clients(owner: str, written: object) -> list[CognitoIdentityPoolCognitoIdentityProviders]:
    example = '{"cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Ab12Cd34E": ["4abc…"]}'
    arguments = Arguments(owner)
    found: list[CognitoIdentityPoolCognitoIdentityProviders] = []
    for pool, clients in arguments.mapping("user_pool_clients", written, example).items():
        if not isinstance(pool, str) or not (is_reference(pool) or _USER_POOL.match(pool)):
            raise Problem(
                f"{owner}: user_pool_clients names {shown(pool)}, which is no user pool; write "
                f"{example}."
            )
        ids = arguments.texts("the clients of a user pool", clients, '["4abc…"]')
        for client in ids:
            if not (is_reference(client) or _CLIENT_ID.match(client)) or ids.count(client) > 1:
                raise Problem(
                    f"{owner}: {shown(client)} is no client id of a user pool, or written twice."
                )
            found.append(
                CognitoIdentityPoolCognitoIdentityProviders(
                    client_id=client, provider_name=pool, server_side_token_check=True
                )
            )
    return found


def _oidc_arns(owner: str, written: object, stack: EnvironmentStack) -> list[str]:
    environment, found = stack.environment, []
    for each in Arguments(owner).several("oidc_providers", written, "[OidcProvider(…)]"):
        if not isinstance(each, OidcProvider | SharedOidcProvider):
            raise Problem(
                f"{owner}: oidc_providers holds {shown(each)}; write an OidcProvider, or "
                "OidcProvider.from_url(…)."
            )
        found.append(each.issuer.principal(environment.account_id, environment.partition))
    return _each_once(owner, found)


def _saml_arns(owner: str, written: object, stack: EnvironmentStack) -> list[str]:
    environment = stack.environment
    prefix = f"arn:{environment.partition}:iam::{environment.account_id}:saml-provider/"
    found = []
    for each in Arguments(owner).several("saml_providers", written, "[SamlProvider(…)]"):
        if not isinstance(each, SamlProvider | SharedSamlProvider):
            raise Problem(
                f"{owner}: saml_providers holds {shown(each)}; write a SamlProvider, or "
                "SamlProvider.from_name(…)."
            )
        found.append(prefix + each.provider_name)
    return _each_once(owner, found)


def _each_once(owner: str, arns: list[str]) -> list[str]:
    for arn in arns:
        if arns.count(arn) > 1:
            raise Problem(f"{owner}: the provider {arn} is listed twice; list it once.")
    return arns


def _logins(owner: str, written: object) -> dict[str, str]:
    example = '{"accounts.google.com": "1234.apps.googleusercontent.com"}'
    found: dict[str, str] = {}
    for name, client in Arguments(owner).mapping("login_providers", written, example).items():
        if (
            not isinstance(name, str)
            or not isinstance(client, str)
            or not _LOGIN.match(name)
            or not (is_reference(client) or _LOGIN_ID.match(client))
        ):
            raise Problem(
                f"{owner}: login_providers holds {shown(name)}: {shown(client)}; write {example}."
            )
        found[name] = client
    if len(found) > 10:
        raise Problem(f"{owner}: {len(found)} login_providers; Cognito takes ten.")
    return found


def _developer(owner: str, written: object) -> str | None:
    if written is None:
        return None
    found = Arguments(owner).text("developer_provider_name", written, '"login.acme"')
    if not _DEVELOPER.match(found):
        raise Problem(
            f"{owner}: {shown(found)} cannot name a developer provider; it has 1 to 128 letters, "
            "digits and ._-."
        )
    return found
