"""The fixtures of this room, which the tests of its commands use as well."""

from tests.session.bare import bare_environment, sts

__all__ = ["bare_environment", "sts"]
