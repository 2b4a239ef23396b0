"""The fixtures of this room: an empty home, and an STS that remembers."""

from tests.session.bare import bare_environment, sts

__all__ = ["bare_environment", "sts"]
