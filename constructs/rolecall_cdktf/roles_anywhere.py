"""IAM Roles Anywhere: roles for machines outside of AWS that have a certificate."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from os import PathLike
from types import MappingProxyType

from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import (
    Construct,
    RolesanywhereProfile,
    RolesanywhereTrustAnchor,
    RolesanywhereTrustAnchorSource,
    RolesanywhereTrustAnchorSourceSourceData,
    TerraformResource,
)
from rolecall_cdktf.assumable_role import AssumableRole
from rolecall_cdktf.authorities import Authorities, read_authorities
from rolecall_cdktf.certificate_dates import warn_of_ends
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import managed_policy_arns
from rolecall_cdktf.names import checked_name, own_id
from rolecall_cdktf.references import reference
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.role_arguments import Role, role_argument
from rolecall_cdktf.vouching import Resident

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
SERVICE = "rolesanywhere.amazonaws.com"
# CreateTrustAnchor, CreateProfile: IAM Roles Anywhere API Reference.
_NAME = re.compile(r"[ a-zA-Z0-9_-]{1,255}\Z")
_PRIVATE_CA = re.compile(
    r"arn:aws[a-z-]*:acm-pca:[a-z0-9-]+:[0-9]{12}:certificate-authority/[\w-]+\Z"
)
_MOST_ROLES = 250


class RolesAnywhereTrustAnchor(RolesanywhereTrustAnchor, Resident):
    """The authority whose certificates are believed; the `aws_rolesanywhere_trust_anchor`.

    certificates: one or two CA certificates as PEM text (two while one replaces the other).
    certificate_file: the same as a file.
    acm_pca_arn: an authority of AWS Private CA instead; a reference is possible.
        One of the three.
    name: `<environment>-<id>` if left out.
    enabled: False stops all its certificates at once.

    `.trust_anchor_arn` is what `RolesAnywhere(…)` of `rolecall.trust` wants: a reference,
    because AWS chooses the id. A certificate that ends within thirty days is a warning. Raises
    `Problem`.
    """

    _known_by_reference = True

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        certificates: str | None = None,
        certificate_file: str | PathLike[str] | None = None,
        acm_pca_arn: str | None = None,
        name: str | None = None,
        enabled: bool = True,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> None:
        stack, owner, own_name = _begin(scope, id, "trust anchor", name)
        Arguments(owner).flag("enabled", enabled)
        source, authorities = _source(owner, certificates, certificate_file, acm_pca_arn)
        own_tags = checked_tags(owner, tags, stack.environment.tags)
        self._home = stack
        self._what = f"the trust anchor {own_name}"
        with own_id(owner, id):
            super().__init__(
                scope, id, name=own_name, source=source, enabled=enabled, tags=own_tags or None
            )
        logical_id = str(self.friendly_unique_id)
        self._trust_anchor_arn = reference("aws_rolesanywhere_trust_anchor", logical_id, "arn")
        stack.claim(
            "trust_anchor", own_name, self._trust_anchor_arn, output="roles_anywhere_trust_anchors"
        )
        if authorities is not None:
            warn_of_ends(
                self, f"{owner}: a certificate", authorities.ends, "add its successor to the bundle"
            )

    @property
    def trust_anchor_arn(self) -> str:
        """The ARN as a reference, for this stack: `${aws_rolesanywhere_trust_anchor.x.arn}`."""
        return self._trust_anchor_arn


class RolesAnywhereProfile(RolesanywhereProfile, Resident):
    """Which roles may be asked for through Roles Anywhere; the `aws_rolesanywhere_profile`.

    roles: up to 250 `AssumableRole`s that trust `RolesAnywhere(…)`, or ARNs.
    name: `<environment>-<id>` if left out.
    max_session: fifteen minutes to twelve hours in whole seconds; the role's own maximum
        counts too.
    managed_policies: limit every session through this profile (session policies).
    enabled: False stops the profile.

    `.profile_arn` is a reference. Raises `Problem`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        roles: Sequence[Role],
        name: str | None = None,
        max_session: timedelta = timedelta(hours=1),
        managed_policies: Sequence[str] = (),
        enabled: bool = True,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> None:
        stack, owner, own_name = _begin(scope, id, "Roles Anywhere profile", name)
        Arguments(owner).flag("enabled", enabled)
        arns, waiting = _roles(owner, roles, stack)
        seconds = _seconds(owner, max_session)
        policies = managed_policy_arns(owner, managed_policies, stack.environment)
        own_tags = checked_tags(owner, tags, stack.environment.tags)
        self._home = stack
        self._what = f"the profile {own_name}"
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                name=own_name,
                role_arns=arns,
                duration_seconds=seconds,
                managed_policy_arns=list(policies) or None,
                enabled=enabled,
                depends_on=waiting or None,
                tags=own_tags or None,
            )
        self._profile_arn = reference(
            "aws_rolesanywhere_profile", str(self.friendly_unique_id), "arn"
        )
        stack.claim("profile", own_name, self._profile_arn, output="roles_anywhere_profiles")

    @property
    def profile_arn(self) -> str:
        """The ARN as a reference, for this stack."""
        return self._profile_arn


def _begin(scope: object, id: object, what: str, name: object) -> tuple[EnvironmentStack, str, str]:
    stack = EnvironmentStack.around(scope, f"The {what} {shown(id)}")
    checked_name(f"The {what} {shown(id)}", id, f"a {what}")
    owner = f'The {what} "{id}"'
    found = f"{stack.environment.name}-{id}" if name is None else name
    if not _NAME.match(Arguments(owner).text("name", found, f'"tes-{id}"')):
        raise Problem(
            f"{owner}: {shown(found)} cannot name a {what}; it has 1 to 255 letters, digits, "
            "spaces and _-."
        )
    return stack, owner, str(found)


def _source(
    owner: str, text: object, file: object, private_ca: object
) -> tuple[RolesanywhereTrustAnchorSource, Authorities | None]:
    written = sum(each is not None for each in (text, file, private_ca))
    if written != 1:
        raise Problem(
            f"{owner}: write one of certificates, certificate_file and acm_pca_arn; "
            f"{written or 'none'} is written."
        )
    if private_ca is None:
        authorities = read_authorities(owner, text, file)
        data = RolesanywhereTrustAnchorSourceSourceData(x509_certificate_data=authorities.pem)
        return (
            RolesanywhereTrustAnchorSource(source_type="CERTIFICATE_BUNDLE", source_data=data),
            authorities,
        )
    example = "arn:aws:acm-pca:eu-central-1:111122223333:certificate-authority/…"
    arn = Arguments(owner).text("acm_pca_arn", private_ca, f'"{example}"')
    if "${" not in arn and not _PRIVATE_CA.match(arn):
        raise Problem(f"{owner}: acm_pca_arn is {shown(arn)}; it looks like {example}.")
    data = RolesanywhereTrustAnchorSourceSourceData(acm_pca_arn=arn)
    return RolesanywhereTrustAnchorSource(source_type="AWS_ACM_PCA", source_data=data), None


def _roles(
    owner: str, written: object, stack: EnvironmentStack
) -> tuple[list[str], list[TerraformResource]]:
    arns: list[str] = []
    waiting: list[TerraformResource] = []
    for role in Arguments(owner).several("roles", written, "[AssumableRole(…)]"):
        arn, more = role_argument(owner, "a role", role, stack)
        if isinstance(role, AssumableRole) and not _trusts_the_service(role):
            raise Problem(
                f"{owner}: the role {role.role_name} does not trust {SERVICE}; write "
                "RolesAnywhere(…) in its trusted_entities."
            )
        if arn in arns:
            raise Problem(f"{owner}: the role {arn} is listed twice; list it once.")
        arns.append(arn)
        waiting.extend(more)
    if not 1 <= len(arns) <= _MOST_ROLES:
        raise Problem(f"{owner}: {len(arns)} roles; write 1 to {_MOST_ROLES}.")
    return arns, waiting


def _trusts_the_service(role: AssumableRole) -> bool:
    return any(
        statement.principals is not None and SERVICE in statement.principals.service
        for statement in role.trust_document.statements
    )


def _seconds(owner: str, max_session: object) -> int:
    found = Arguments(owner).duration("max_session", max_session, "timedelta(hours=1)")
    seconds = found.total_seconds()
    if seconds != int(seconds) or not 900 <= seconds <= 43_200:
        raise Problem(
            f"{owner}: max_session is {found}; write fifteen minutes to twelve hours in whole "
            "seconds."
        )
    return int(seconds)
