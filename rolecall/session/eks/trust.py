"""Which service accounts of which EKS clusters a role's trust policy admits.

Source: "Assign IAM roles to Kubernetes service accounts", Amazon EKS user guide: the
`sub` of a pod's token is `system:serviceaccount:<namespace>:<name>`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.policy import (
    Arn,
    AssumeRoleAttempt,
    CompiledPolicy,
    Effect,
    PolicyDocument,
    Statement,
    Verdict,
    WebIdentity,
    may_assume,
)
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY
from rolecall.policy.glob import glob
from rolecall.policy.template import fill_in, parse_template
from rolecall.session.eks.rule import PREFIX, EksRule

_ISSUER = "oidc.eks."


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A service account that a role admits. `audience` is None where no audience would do."""

    namespace: str
    name: str
    audience: str | None
    issuers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EksTrust:
    """What a role's trust policy says of EKS clusters: `rules`, less what it denies."""

    role_arn: str
    rules: tuple[EksRule, ...]
    _policy: CompiledPolicy

    @property
    def written_out(self) -> tuple[ServiceAccount, ...]:
        """The service accounts that the policy names in full and does not deny."""
        named = (account for rule in self.rules for account in rule.written_out)
        return tuple(
            found for account in dict.fromkeys(named) for found in self.admitting(*account)
        )

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of subjects that it admits besides."""
        return tuple(dict.fromkeys(pattern for rule in self.rules for pattern in rule.patterns))

    def admitting(self, namespace: str, name: str) -> tuple[ServiceAccount, ...]:
        """That service account as the rules take it: once for each audience; none where no
        rule admits it or the policy denies it."""
        issuers: dict[str | None, list[str]] = {}
        for rule in self.rules:
            if rule.admits(namespace, name) and not self._denies(rule, namespace, name):
                issuers.setdefault(rule.audience, []).append(rule.issuer)
        return tuple(
            ServiceAccount(namespace, name, audience, tuple(dict.fromkeys(hosts)))
            for audience, hosts in issuers.items()
        )

    def _denies(self, rule: EksRule, namespace: str, name: str) -> bool:
        context = {f"{rule.issuer}:sub": f"{PREFIX}:{namespace}:{name}"}
        if rule.audience is not None:
            context[f"{rule.issuer}:aud"] = rule.audience
        attempt = AssumeRoleAttempt(
            caller=WebIdentity(provider_arn(self.role_arn, rule.issuer)),
            role_arn=self.role_arn,
            context=context,
        )
        decision = may_assume(attempt, trust=self._policy, action=ASSUME_ROLE_WITH_WEB_IDENTITY)
        return decision.verdict is Verdict.EXPLICIT_DENY


def eks_trust(role_arn: str, trust: str) -> EksTrust:
    """Read a trust policy; no rule where no EKS cluster is trusted.

    Raises `PolicyError` for what is no policy.
    """
    document = PolicyDocument.parse(trust)
    rules = tuple(rule for statement in document.statements for rule in _rules(statement, role_arn))
    return EksTrust(role_arn, rules, CompiledPolicy(document))


def admits_by_pod_identity(trust: str) -> bool:
    """Whether pods come in by EKS Pod Identity, which needs no annotation ("Learn how EKS Pod
    Identity grants pods access to AWS services"). Raises `PolicyError` for what is no policy."""
    return any(
        "pods.eks.amazonaws.com" in statement.principals.service
        for statement in PolicyDocument.parse(trust).statements
        if statement.effect is Effect.ALLOW and statement.principals
    )


def provider_arn(role_arn: str, issuer: str) -> str:
    """The ARN of the OIDC provider of an issuer in the role's account."""
    role = Arn.parse(role_arn)
    return f"arn:{role.partition}:iam::{role.account}:oidc-provider/{issuer}"


def _rules(statement: Statement, role_arn: str) -> Iterator[EksRule]:
    if statement.effect is not Effect.ALLOW or not _lets_in_web_identities(statement):
        return
    for issuer in _issuers(statement, role_arn):
        yield EksRule(
            issuer=issuer,
            on_subject=tuple(
                each for each in statement.conditions if each.key.lower() == f"{issuer}:sub".lower()
            ),
            on_audience=tuple(
                each for each in statement.conditions if each.key.lower() == f"{issuer}:aud".lower()
            ),
        )


def _issuers(statement: Statement, role_arn: str) -> Iterator[str]:
    """The clusters that a statement means: their conditions must be those of its principals,
    or nobody comes in."""
    named = statement.principals.federated if statement.principals else ()
    for principal in dict.fromkeys(named):
        _, _, issuer = principal.partition(":oidc-provider/")
        if issuer.startswith(_ISSUER) and principal == provider_arn(role_arn, issuer):
            yield issuer
    if any("${" in principal for principal in named):
        # A reference of Terraform's: only the conditions tell which issuer it will be.
        hosts = (each.key.rpartition(":")[0] for each in statement.conditions)
        yield from dict.fromkeys(host for host in hosts if host.startswith(_ISSUER))


def _lets_in_web_identities(statement: Statement) -> bool:
    wanted = ASSUME_ROLE_WITH_WEB_IDENTITY.lower()
    for action in statement.actions:
        tokens = fill_in(
            parse_template(action.lower(), "Action", variables=False, wildcards=True), {}
        )
        if tokens is not None and glob(tokens)(wanted):
            return True
    return False
