"""A statement of a trust policy as AWS's JSON, where no class can say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rolecall.issuers import check_shared_issuers
from rolecall.policy import (
    PolicyDocument,
    PolicyError,
    Statement,
    TrustDocumentError,
    check_trust_document,
)
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError


@dataclass(frozen=True)
class RawStatement:
    """One statement of a trust policy, letter for letter. As wide as it is written.

    statement: the JSON object of one statement, `{"Effect": …, "Principal": …, …}`. A policy
        variable in it means what it means to AWS.
    why: what no class of `rolecall.trust` can say, for whoever reviews it.

    For policies that exist already (`rolecall import` writes it). None of the rules that
    keep the other entities narrow hold here: only what AWS itself refuses is refused.
    Raises `TrustError`.
    """

    statement: Mapping[str, Any]
    why: str = field(kw_only=True)
    _read: Statement = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        arguments = checks.arguments("RawStatement")
        example = '{"Effect": "Allow", "Principal": {…}, "Action": "sts:AssumeRole"}'
        given = arguments.mapping("statement", self.statement, example)
        reason = arguments.text("why", self.why, '"the partner sends no external ID"')
        if not reason.strip():
            raise TrustError("RawStatement: why is empty; write what no class can say.")
        try:
            read = Statement.parse(given, "statement")
            document = PolicyDocument((read,))
            check_trust_document(document)
            check_shared_issuers(document)
        except PolicyError as error:
            told = f"{error.problem}; {error.remedy}."
            if isinstance(error, TrustDocumentError):
                told = f"AWS would refuse it ({error.aws_message}): {told}"
            place = error.where.removeprefix("Statement[0]").lstrip(".")
            raise TrustError(f"RawStatement: {place + ': ' if place else ''}{told}") from error
        object.__setattr__(self, "_read", read)

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:  # noqa: ARG002
        """The statement as it is written; without a Sid where it has none."""
        return (self._read,)
