"""The error of an issuer that cannot be what its author meant."""

from rolecall.problems import Problem


class IssuerProblem(Problem):
    """An issuer, or a part of its URL, that no tokens can come from."""
