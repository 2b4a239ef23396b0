"""AWS services that act with a role, on behalf of a resource of ours."""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rolecall.policy import Condition, Principals, Statement
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError

_HOST = re.compile(r"(?:[a-z0-9][a-z0-9-]*\.)+amazonaws\.com(?:\.cn)?\Z")
_SHORT = re.compile(r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9][a-z0-9-]*)*\Z")

WITHOUT_SOURCE: Mapping[str, str] = MappingProxyType(
    {
        "ec2.amazonaws.com": (
            "instance profiles are bound by iam:PassRole, which never crosses accounts "
            '("Use an IAM role to grant permissions to applications running on Amazon EC2 '
            'instances", IAM User Guide)'
        ),
        "lambda.amazonaws.com": (
            "execution roles are bound by iam:PassRole, and AWS's trust policy for them has no "
            'condition ("Defining Lambda function permissions with an execution role", '
            "Lambda Developer Guide)"
        ),
    }
)
"""Services whose documented trust policy has no source condition, with the reason.

AWS publishes no list of the services that send aws:SourceAccount; a service belongs
here only if its own guide shows the trust policy without one.
"""


def service_host(service: str) -> str:
    """`ec2` → `ec2.amazonaws.com`; a full host stays. Raises `TrustError`."""
    if not isinstance(service, str) or not service:
        raise TrustError('AwsService: name the service, for example "ec2".')
    if set("*?") & set(service):
        raise TrustError(f"AwsService: {service!r} holds a wildcard; name one service.")
    if _HOST.match(service):
        return service
    if "amazonaws" in service or not _SHORT.match(service):
        guess = difflib.get_close_matches(service, [*WITHOUT_SOURCE], 1)
        hint = guess[0] if guess else "ec2.amazonaws.com"
        raise TrustError(
            f"AwsService: {service!r} is not a service principal; it looks like {hint!r}, all in "
            "lower case."
        )
    return f"{service}.amazonaws.com"


@dataclass(frozen=True)
class AwsService:
    """A service principal, limited to the accounts or resources it acts for.

    source_account: the account or accounts whose resources the service may act for
        (`aws:SourceAccount`), yours only.
    source_arn: the resource or resources, whole ARNs or patterns whose wildcards stand
        for whole segments (`aws:SourceArn`).

    Without either, another customer could make the service use the role ("The confused
    deputy problem", IAM User Guide), so one is demanded, except of the services in
    `WITHOUT_SOURCE`. The wide variant is `AnyCallerOfService`. Raises `TrustError`.
    """

    service: str
    source_account: str | Sequence[str] | None = None
    source_arn: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        host = service_host(self.service)
        for account in self._accounts():
            checks.account("AwsService", account)
        bare = ""
        for text in self._arns():
            arn = checks.arn_pattern("AwsService", "source_arn", text)
            bare = bare or ("" if arn.account else text)
        if not self._accounts() and not self._arns() and host not in WITHOUT_SOURCE:
            raise TrustError(
                f"AwsService: {host} would act for any customer of AWS who knows the role's ARN; "
                'write source_account="…" (your account) or source_arn="…" (the resource), or '
                f'AnyCallerOfService("{self.service}") if the service sends neither.'
            )
        if bare and not self._accounts():
            # Bucket names move between accounts: a deleted one can be made again by anyone.
            raise TrustError(
                f"AwsService: {bare!r} names no account, and its name can be taken over by "
                'another customer; add source_account="…".'
            )
        if host == "ec2.amazonaws.com" and (self._accounts() or self._arns()):
            raise TrustError(
                "AwsService: EC2 sends no source when it fetches an instance profile's "
                'credentials, so nobody could come in; write AwsService("ec2").'
            )

    def _accounts(self) -> tuple[str, ...]:
        return self._listed("source_account", self.source_account)

    def _arns(self) -> tuple[str, ...]:
        return self._listed("source_arn", self.source_arn)

    @staticmethod
    def _listed(name: str, values: str | Sequence[str] | None) -> tuple[str, ...]:
        if values is None:
            return ()
        return checks.several("AwsService", name, checks.one_or_several(values), "a value")

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement; raises `TrustError` for a source that is not yours."""
        accounts, arns = self._accounts(), self._arns()
        sources = {*accounts, *(arn.split(":")[4] for arn in arns)} - {""}
        for account in sorted(sources):
            if not context.owns(account):
                raise TrustError(
                    f"AwsService: the source account {account} is not one of yours, so its owner "
                    "could make the service use the role; write your own, or list it under "
                    "own_accounts of the environment."
                )
        conditions: list[Condition] = []
        if accounts:
            conditions.append(Condition("StringEquals", "aws:SourceAccount", accounts))
        if arns:
            wild = any(set("*?") & set(arn) for arn in arns)
            conditions.append(Condition("ArnLike" if wild else "ArnEquals", "aws:SourceArn", arns))
        return (_serve(service_host(self.service), tuple(conditions)),)


@dataclass(frozen=True)
class AnyCallerOfService:
    """A service principal whoever makes it act. Wide on purpose.

    For services that send no aws:SourceAccount or aws:SourceArn and are not known to
    `AwsService` yet.
    """

    service: str

    def __post_init__(self) -> None:
        service_host(self.service)

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:  # noqa: ARG002
        """One statement without a condition."""
        return (_serve(service_host(self.service), ()),)


def _serve(host: str, conditions: tuple[Condition, ...]) -> Statement:
    words = re.split(r"[.-]", host.removesuffix(".cn").removesuffix(".amazonaws.com"))
    return Statement(
        sid="Service" + "".join(word.capitalize() for word in words),
        principals=Principals(service=(host,)),
        actions=("sts:AssumeRole",),
        conditions=conditions,
    )
