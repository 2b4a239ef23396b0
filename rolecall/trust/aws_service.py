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


@dataclass(frozen=True, slots=True)
class Sourceless:
    """A service that may be trusted without a source.

    reason: why no other customer can make it use the role, with the page that says so.
    sends_source: whether it sends aws:SourceAccount and aws:SourceArn all the same, so
        that a role may ask for them; of one that does not, such a role admits nobody.
    """

    reason: str
    sends_source: bool


WITHOUT_SOURCE: Mapping[str, Sourceless] = MappingProxyType(
    {
        "ec2.amazonaws.com": Sourceless(
            "instance profiles are bound by iam:PassRole, which never crosses accounts "
            '("Use an IAM role to grant permissions to applications running on Amazon EC2 '
            'instances", IAM User Guide)',
            sends_source=False,
        ),
        # That Lambda sends a source is said by no page of its guide, but AWS publishes trust
        # policies for functions that ask for aws:SourceAccount (lambda-trust-policy.json of
        # github.com/aws/agent-toolkit-for-aws), and an answer on re:Post has aws:SourceArn
        # limit a role to one function ("IAM role policy specific to a single lambda").
        "lambda.amazonaws.com": Sourceless(
            "execution roles are bound by iam:PassRole, and AWS's trust policy for them has no "
            'condition ("Defining Lambda function permissions with an execution role", '
            "Lambda Developer Guide)",
            sends_source=True,
        ),
    }
)
"""Services whose documented trust policy has no source condition.

AWS publishes no list of the services that send aws:SourceAccount; a service belongs
here only if its own guide shows the trust policy without one. Of China's hosts the
`.cn` is left out.
"""


def service_host(kind: str, service: object) -> str:
    """`ec2` → `ec2.amazonaws.com`; a full host stays. Raises `TrustError`."""
    service = checks.arguments(kind).text("service", service, '"scheduler"')
    if set("*?") & set(service):
        raise TrustError(f"{kind}: {service!r} holds a wildcard; name one service.")
    if _HOST.match(service):
        return service
    if "amazonaws" in service or not _SHORT.match(service):
        guess = difflib.get_close_matches(service, [*WITHOUT_SOURCE], 1)
        hint = guess[0] if guess else "ec2.amazonaws.com"
        raise TrustError(
            f"{kind}: {service!r} is not a service principal; it looks like {hint!r}, all in "
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
        host = service_host("AwsService", self.service)
        exempt = WITHOUT_SOURCE.get(host.removesuffix(".cn"))
        for account in self._accounts():
            checks.account("AwsService", account)
        bare = ""
        for text in self._arns():
            arn = checks.arn_pattern("AwsService", "source_arn", text)
            bare = bare or ("" if arn.account else text)
        if not self._accounts() and not self._arns() and exempt is None:
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
        if exempt is not None and not exempt.sends_source and (self._accounts() or self._arns()):
            raise TrustError(
                f"AwsService: {host} sends no source when it assumes a role, so nobody could come "
                f'in; write AwsService("{self.service}").'
            )

    def _accounts(self) -> tuple[str, ...]:
        return self._listed("source_account", self.source_account, '"111122223333"')

    def _arns(self) -> tuple[str, ...]:
        return self._listed("source_arn", self.source_arn, '"arn:aws:…"')

    @staticmethod
    def _listed(name: str, values: str | Sequence[str] | None, example: str) -> tuple[str, ...]:
        if values is None:
            return ()
        return checks.one_or_several("AwsService", name, values, example)

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
        return (_serve(service_host("AwsService", self.service), tuple(conditions)),)


@dataclass(frozen=True)
class AnyCallerOfService:
    """A service principal whoever makes it act. Wide on purpose.

    For services that send no aws:SourceAccount or aws:SourceArn and are not known to
    `AwsService` yet.
    """

    service: str

    def __post_init__(self) -> None:
        service_host("AnyCallerOfService", self.service)

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:  # noqa: ARG002
        """One statement without a condition."""
        return (_serve(service_host("AnyCallerOfService", self.service), ()),)


def _serve(host: str, conditions: tuple[Condition, ...]) -> Statement:
    words = re.split(r"[.-]", host.removesuffix(".cn").removesuffix(".amazonaws.com"))
    return Statement(
        sid="Service" + "".join(word.capitalize() for word in words),
        principals=Principals(service=(host,)),
        actions=("sts:AssumeRole",),
        conditions=conditions,
    )
