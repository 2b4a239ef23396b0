"""What is wrong with a policy, an ARN or a parameter, where, and what to write instead."""

from rolecall.problems import Exit, Problem
from rolecall.problems import printable as printable


class PolicyError(Problem):
    """A document, an ARN or a parameter that does not say what its author can have meant.

    `where` is a path into the document (`Statement[0].Condition.StringEquals`) or the
    name of a parameter, `problem` says what is wrong there, `remedy` what to write.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        # A place may hold a key that a stranger wrote.
        self.where = printable(where)
        super().__init__(f"{self.where}: {problem}; {remedy}.", Exit.BAD_INPUT)
        self.problem = problem
        self.remedy = remedy


class TrustDocumentError(PolicyError):
    """A document that CreateRole would refuse.

    `aws_message` is the text AWS answers with, under the code MalformedPolicyDocument.
    """

    def __init__(self, where: str, problem: str, remedy: str, aws_message: str) -> None:
        super().__init__(where, problem, remedy)
        self.aws_message = aws_message


class LimitError(PolicyError):
    """A value outside of what STS or IAM accepts; `rule` is the limit, in words."""

    def __init__(self, where: str, problem: str, rule: str) -> None:
        super().__init__(where, problem, f"it must be {rule}")
        self.rule = rule


def quoted(value: object, limit: int = 80) -> str:
    """A value as it appears in a message: quoted, on one line, and never endless."""
    text = value if isinstance(value, str) else repr(value)
    shown = text if len(text) <= limit else text[: limit - 1] + "…"
    return f"'{printable(shown)}'"
