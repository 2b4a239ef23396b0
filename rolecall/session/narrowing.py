"""Session policies: what a session may do at most, whatever the role may do."""

from dataclasses import dataclass
from typing import Any

from rolecall.policy import Arn, LimitError, PolicyDocument, PolicyError

_LONGEST_POLICY = 2048
_MOST_ARNS = 10


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Policies that limit the session ("Session policies", IAM user guide).

    policy: one policy as JSON text, at most 2048 characters.
    policy_arns: managed policies, at most 10 (AssumeRole, `PolicyArns`).

    Raises `PolicyError` for what is no policy or no policy's ARN, `LimitError` for too much.
    """

    policy: str | None = None
    policy_arns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.policy is not None:
            if not 1 <= len(self.policy) <= _LONGEST_POLICY:
                raise LimitError(
                    "Policy",
                    f"the session policy has {len(self.policy)} characters",
                    f"1 to {_LONGEST_POLICY} characters",
                )
            for statement in PolicyDocument.parse(self.policy).statements:
                if statement.principals or statement.not_principals:
                    raise PolicyError(
                        "Policy",
                        "a session policy cannot name a Principal",
                        "leave it out: the principal is the session itself",
                    )
        if len(self.policy_arns) > _MOST_ARNS:
            raise LimitError(
                "PolicyArns", f"there are {len(self.policy_arns)}", f"at most {_MOST_ARNS}"
            )
        for text in self.policy_arns:
            arn = Arn.parse(text)
            if arn.service != "iam" or not arn.resource.startswith("policy/"):
                raise PolicyError(
                    "PolicyArns",
                    f"{text} is not the ARN of a managed policy",
                    "write for example arn:aws:iam::aws:policy/ReadOnlyAccess",
                )

    def parameters(self) -> dict[str, Any]:
        """The parameters of the call; what is not narrowed is left out."""
        wanted: dict[str, Any] = {}
        if self.policy is not None:
            wanted["Policy"] = self.policy
        if self.policy_arns:
            wanted["PolicyArns"] = [{"arn": arn} for arn in self.policy_arns]
        return wanted


NOT_NARROWED = Narrowing()
