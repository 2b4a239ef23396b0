"""GetCredentialsForIdentity: the enhanced flow, where Cognito itself assumes the role.

It does what AssumeRoleWithWebIdentity does with the identity's token; the role's trust
policy decides, and a refusal is told as the pool's misconfiguration.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rolecall.issuers import COGNITO, oidc_context, session_context
from rolecall.local.api import ApiCall, ApiReply, AwsError
from rolecall.local.cognito import identities, scope_down
from rolecall.local.cognito.logins import Login
from rolecall.local.cognito.pools import SERVICE
from rolecall.local.cognito.roles import misconfigured, role_for
from rolecall.local.cognito.tokens import admit, claims_of
from rolecall.local.gaps import inputs
from rolecall.local.gaps.issued import Issued
from rolecall.local.gaps.replies import json_reply
from rolecall.local.gaps.service_facts import facts_for_role
from rolecall.local.sts.role_session import ONE_HOUR, Session, start_session
from rolecall.local.sts.token_session import tags_of
from rolecall.policy import AssumeRoleAttempt, WebIdentity, may_assume
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: The session name that AWS writes.
SESSION_NAME = "CognitoIdentityCredentials"


def get_credentials_for_identity(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer GetCredentialsForIdentity, for anybody.

    Raises:
        AwsError: NotAuthorizedException for who is not let in, or
            InvalidIdentityPoolConfigurationException if the role does not trust the pool.
    """
    given = inputs.read(call, SERVICE)
    pool = identities.pool_of_identity(cloud, given["IdentityId"])
    identity_id, logins = admit(
        cloud, pool, given["IdentityId"], given.get("Logins") or {}, own_token=True
    )
    role_arn = role_for(pool, logins, given.get("CustomRoleArn"))
    claims = claims_of(pool, identity_id, logins)
    issued = _become(call, cloud, role_arn, claims, logins)
    return json_reply(
        call,
        {
            "IdentityId": identity_id,
            "Credentials": {
                "AccessKeyId": issued.access_key_id,
                "SecretKey": issued.secret_access_key,
                "SessionToken": issued.session_token,
                "Expiration": issued.expiration.timestamp(),
            },
        },
    )


def _become(
    call: ApiCall,
    cloud: "Cloud",
    role_arn: str,
    claims: Mapping[str, Any],
    logins: Sequence[Login],
) -> Issued:
    role = cloud.directory.role(role_arn)
    if role is None:
        raise misconfigured(f"there is no role {role_arn}")
    keys = oidc_context(COGNITO, claims)
    tags = tags_of(claims)
    decision = may_assume(
        AssumeRoleAttempt(
            caller=WebIdentity(COGNITO.host),
            role_arn=role.arn,
            tags=tags.all,
            transitive_tag_keys=tags.transitive,
            session_name=SESSION_NAME,
            context={**facts_for_role(call, cloud, role), **keys},
        ),
        trust=cloud.directory.trust_of(role),
        action=ASSUME_ROLE_WITH_WEB_IDENTITY,
    )
    if not decision.allowed:
        raise misconfigured(decision.explain())
    try:
        elements = start_session(
            cloud,
            role,
            Session(
                name=SESSION_NAME,
                seconds=ONE_HOUR,
                policies=scope_down.NO_LIMIT if logins else scope_down.GUESTS,
                tags=tags,
                federation={
                    **session_context(COGNITO, keys),
                    "aws:FederatedProvider": COGNITO.host,
                },
            ),
        )
    except AwsError as error:
        raise misconfigured(error.reason or error.message) from None
    return Issued.of(elements)
