"""One of each resource that the constructs make, in two versions that differ in all of them."""

from datetime import timedelta

from matrix.given import Given
from matrix.roles import SECOND
from rolecall.environment import Environment
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.trust import (
    AnyCertificateOf,
    CognitoIdentityPool,
    EksPodIdentity,
    GitHubActions,
    Saml,
    UnauthenticatedOf,
)
from rolecall_cdktf import (
    AssumableRole,
    EnvironmentStack,
    IdentityPool,
    OidcProvider,
    PodIdentityAssociation,
    RolesAnywhereProfile,
    RolesAnywhereTrustAnchor,
    SamlProvider,
    TrustedUser,
)
from rolecall_cdktf._cdktf import App


class EveryResourceStack(EnvironmentStack):
    """As deployed first, or `changed`."""

    def __init__(self, scope: App, environment: Environment, given: Given) -> None:
        super().__init__(scope, environment)
        self._changed = given.changed
        self._deployer(given)
        self._application()
        self._pods()
        self._machines(given)
        TrustedUser(
            self,
            "dora",
            may_assume=[(environment, ["deployer"])],
            require_mfa=self._changed,
            tags=self._tags(),
            UNSAFE_access_key_in_state=True,
        )

    def _deployer(self, given: Given) -> None:
        changed = self._changed
        github = OidcProvider(
            self,
            "github",
            issuer=GITHUB_ACTIONS,
            client_ids=["sts.amazonaws.com", *([SECOND] if changed else ["first-client"])],
            tags=self._tags(),
        )
        sso = SamlProvider(
            self,
            "sso",
            metadata_file=given.metadata("partner" if changed else "sso"),
            tags=self._tags(),
        )
        AssumableRole(
            self,
            "deployer",
            trusted_entities=[
                GitHubActions(github, "acme/infra", branch="release" if changed else "main"),
                Saml(sso, attributes={"eduPersonAffiliation": "staff"}),
            ],
            managed_policies=["SecurityAudit" if changed else "ReadOnlyAccess"],
            inline_policies={
                "own": _own("s3:GetObject" if changed else "s3:ListBucket"),
                **({"more": _own("sqs:ListQueues")} if changed else {}),
            },
            max_session=timedelta(hours=2 if changed else 1),
            tags=self._tags(),
        )

    def _application(self) -> None:
        changed = self._changed
        pool = IdentityPool(
            self,
            "app",
            login_providers={"accounts.google.com": SECOND if changed else "first-client"},
            classic_flow=changed,
            UNSAFE_unauthenticated_identities=True,
            tags=self._tags(),
        )
        user = self._role("user", CognitoIdentityPool(pool))
        guest = self._role("guest", UnauthenticatedOf(pool))
        pool.attach_roles(authenticated=user, unauthenticated=guest if changed else None)

    def _pods(self) -> None:
        facts = self.environment
        cluster = f"arn:aws:eks:{facts.region}:{facts.account_id}:cluster/main"
        pods = EksPodIdentity(cluster_arn=cluster, namespace="shop", service_account="web")
        roles = [self._role(id, pods) for id in ("web", "other-web")]
        PodIdentityAssociation(
            self,
            "web-association",
            cluster_name="main",
            namespace="shop",
            service_account="web",
            role=roles[self._changed],
            tags=self._tags(),
        )

    def _machines(self, given: Given) -> None:
        changed = self._changed
        anchor = RolesAnywhereTrustAnchor(
            self,
            "site",
            certificate_file=given.authority("site"),
            enabled=not changed,
            tags=self._tags(),
        )
        machine = AnyCertificateOf(trust_anchor_arn=anchor.trust_anchor_arn)
        roles = [self._role(id, machine) for id in ("machine", "other-machine")]
        RolesAnywhereProfile(
            self,
            "machines",
            roles=roles if changed else roles[:1],
            max_session=timedelta(minutes=30 if changed else 60),
            managed_policies=["ReadOnlyAccess"],
            tags=self._tags(),
        )

    def _role(self, id: str, entity: object) -> AssumableRole:
        return AssumableRole(
            self, id, trusted_entities=[entity], tags=self._tags(), exclusive=False
        )

    def _tags(self) -> dict[str, str]:
        return {"stage": "second" if self._changed else "first"}


def _own(action: str) -> dict[str, object]:
    return {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"},
    }
