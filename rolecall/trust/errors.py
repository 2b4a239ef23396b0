"""The error of a trusted entity that must not be written as it stands."""

from rolecall.problems import Problem


class TrustError(Problem):
    """A trusted entity admits more (or less) than its author can have meant.

    The sentence says what is wrong and what to write instead.
    """
