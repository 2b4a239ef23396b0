"""The evaluator."""

from collections.abc import Sequence

from rolecall.policy.decision import Decision
from rolecall.policy.document import PolicyDocument
from rolecall.policy.request import Request


class CompiledPolicy:
    """A policy, compiled once, evaluated many times; immutable and thread safe."""

    def __init__(self, document: PolicyDocument) -> None:
        self.document = document


class Authorizer:
    """Every policy that bears on one caller and one resource."""

    def __init__(
        self,
        *,
        identity: Sequence[CompiledPolicy] = (),
        resource: CompiledPolicy | None = None,
        boundary: CompiledPolicy | None = None,
        session: Sequence[CompiledPolicy] | None = None,
        resource_label: str = "resource",
    ) -> None:
        raise NotImplementedError

    def decide(self, request: Request) -> Decision:
        """Decide one request."""
        raise NotImplementedError
