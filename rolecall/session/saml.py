"""AssumeRoleWithSAML: an identity provider's response instead of a signature."""

import difflib
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from rolecall.policy import Arn, PolicyError, check_duration, check_role_arn
from rolecall.policy.errors import quoted
from rolecall.problems import Problem
from rolecall.session.assumed_role import DEFAULT_DURATION_SECONDS, AssumedRole, become
from rolecall.session.narrowing import NOT_NARROWED, Narrowing
from rolecall.session.saml_assertion import AssertionSource, SamlResponse

#: Name of CreateSAMLProvider, IAM API reference.
_PROVIDER_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class SamlRequest:
    """What is asked of STS (AWS STS API reference, "AssumeRoleWithSAML").

    Session name, tags and source identity stand in the response's attributes. `provider`
    is the name or ARN of the SAML provider; without it, it is the one that the response
    offers with the role. The session also ends at the response's SessionNotOnOrAfter,
    however long was asked for.

    Raises `LimitError` naming the rule that a value breaks, `Problem` for no provider.
    """

    operation: ClassVar[str] = "assume_role_with_saml"
    signed: ClassVar[bool] = False

    role_arn: str
    assertion: AssertionSource
    provider: str | None = None
    duration_seconds: int = DEFAULT_DURATION_SECONDS
    narrowing: Narrowing = NOT_NARROWED

    def __post_init__(self) -> None:
        check_role_arn(self.role_arn)
        check_duration(self.duration_seconds, max_session=43200)
        if self.provider is not None:
            saml_provider_arn(self.provider, self.role_arn)

    def parameters(self) -> dict[str, Any]:
        """The parameters of the API call, with the response as it is now."""
        response = self.assertion.read()
        return {
            "RoleArn": self.role_arn,
            "PrincipalArn": provider_for(response, self.role_arn, self.provider),
            "DurationSeconds": self.duration_seconds,
            **self.narrowing.parameters(),
            "SAMLAssertion": response.base64,
        }


def assume_role_with_saml(client: Any, request: SamlRequest) -> AssumedRole:
    """Call AssumeRoleWithSAML with an unsigned client; see `become`."""
    return become(client, request)


def saml_provider_arn(provider: str, role_arn: str) -> str:
    """The ARN of a SAML provider, given by name or ARN; a name is of the role's account.

    Raises `Problem` for what is neither, and for a provider of another account: role and
    provider always stand in the same one.
    """
    role = Arn.parse(role_arn)
    if not provider.startswith("arn:"):
        if not _PROVIDER_NAME.fullmatch(provider):
            raise Problem(
                f"--saml-provider {quoted(provider)} is no provider's name: 1 to 128 letters, "
                "digits or ._-, or the whole ARN."
            )
        return f"arn:{role.partition}:iam::{role.account}:saml-provider/{provider}"
    try:
        arn = Arn.parse(provider)
    except PolicyError as error:
        raise Problem(f"--saml-provider: {error}") from None
    kind, _, name = arn.resource.partition("/")
    if arn.service != "iam" or kind != "saml-provider" or not _PROVIDER_NAME.fullmatch(name):
        raise Problem(
            f"--saml-provider {quoted(provider)} is not the ARN of a SAML provider: write "
            f"arn:{role.partition}:iam::{role.account}:saml-provider/<name>."
        )
    if (arn.account, arn.partition) != (role.account, role.partition):
        raise Problem(
            f"--saml-provider {quoted(provider)} is not in the role's account {role.account}: "
            "AWS takes only a provider that stands there."
        )
    return str(arn)


def provider_for(response: SamlResponse, role_arn: str, provider: str | None = None) -> str:
    """The ARN of the provider to name in the call.

    Raises `Problem` where the response does not offer the role (with that provider), as
    AWS would refuse it, or offers it with several.
    """
    wanted = None if provider is None else saml_provider_arn(provider, role_arn)
    providers = [offered for role, offered in response.offers if role == role_arn]
    if response.encrypted:
        # Only AWS can read all that it offers.
        if wanted is not None:
            return wanted
        if not providers:
            raise Problem(
                "the SAML response is encrypted, so its provider cannot be read from it: give "
                "--saml-provider."
            )
    if not providers:
        raise _not_offered(response, role_arn)
    if wanted is not None:
        if wanted not in providers:
            raise Problem(
                f"the SAML response offers {role_arn} through {', '.join(map(quoted, providers))}, "
                f"not through {wanted}: write that one, or let the identity provider add it."
            )
        return wanted
    if len(providers) > 1:
        raise Problem(
            f"the SAML response offers {role_arn} through several providers: give "
            f"--saml-provider, one of {', '.join(map(quoted, providers))}."
        )
    return providers[0]


def _not_offered(response: SamlResponse, role_arn: str) -> Problem:
    roles = [role for role, _ in response.offers]
    if not roles:
        return Problem(
            f"the SAML response offers no role at all, {role_arn} neither: the identity provider "
            "must send the attribute https://aws.amazon.com/SAML/Attributes/Role, each value a "
            "role's ARN and the provider's ARN with a comma between."
        )
    near = difflib.get_close_matches(role_arn, roles, 1)
    hint = f" Did you mean {quoted(near[0])}?" if near else ""
    shown = ", ".join(quoted(role, 200) for role in roles[:10]) + (", …" if roles[10:] else "")
    return Problem(f"the SAML response does not offer {role_arn}.{hint} It offers: {shown}.")
