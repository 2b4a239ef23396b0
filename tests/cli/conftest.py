"""The fixtures of the rooms behind the commands."""

from tests.session.bare import bare_environment, sts

__all__ = ["bare_environment", "sts"]
