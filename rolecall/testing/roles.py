"""A role under test: its trust policy, and the account that it is in."""

import re
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from rolecall.policy import Arn, CompiledPolicy, PolicyDocument

#: The account of a role that nothing tells: AWS's own example.
USUAL_ACCOUNT = "111122223333"
_REFERENCE = re.compile(r"\$\{(aws_[a-z_]+)\.([A-Za-z_][\w-]*)\.(arn|id)\}")


@dataclass(frozen=True)
class TestedRole:
    """A role, as its stack declares it or as it is deployed. `trust_of` makes it."""

    arn: str
    trust: PolicyDocument = field(repr=False)
    region: str = ""

    #: pytest shall not take it for a class of tests.
    __test__: ClassVar[bool] = False

    @property
    def name(self) -> str:
        """The role's name."""
        return Arn.parse(self.arn).resource.rpartition("/")[2]

    @property
    def account(self) -> str:
        """The role's account."""
        return Arn.parse(self.arn).account

    @property
    def partition(self) -> str:
        """The role's partition."""
        return Arn.parse(self.arn).partition

    @cached_property
    def policy(self) -> CompiledPolicy:
        """The trust policy, ready to be asked."""
        return CompiledPolicy(self.document)

    @cached_property
    def document(self) -> PolicyDocument:
        """The trust policy; what the stack makes itself has an ARN or ID made up for it."""
        text = self.trust.to_json()
        return PolicyDocument.parse(self.resolved(text) or text)

    def resolved(self, text: str | None) -> str | None:
        """A text whose references to the stack's own resources have made up ARNs and IDs."""
        if text is None or "${" not in text:
            return text
        region = self.region or "eu-central-1"

        def made_up(found: "re.Match[str]") -> str:
            unique = uuid.uuid5(uuid.NAMESPACE_URL, f"{found[1]}.{found[2]}")
            if (found[1], found[3]) == ("aws_rolesanywhere_trust_anchor", "arn"):
                place = f"arn:{self.partition}:rolesanywhere:{region}:{self.account}"
                return f"{place}:trust-anchor/{unique}"
            if (found[1], found[3]) == ("aws_cognito_identity_pool", "id"):
                return f"{region}:{unique}"
            return found[0]

        return _REFERENCE.sub(made_up, text)

    def __str__(self) -> str:
        return f"role {self.name} of account {self.account}"
