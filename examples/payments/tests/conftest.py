"""The stack under test; the fixtures of rolecall.testing are there by themselves."""

import pytest

from payments.app import App, declare
from payments.stack import Payments


@pytest.fixture(scope="session")
def stack() -> Payments:
    """The payment service in tes."""
    return declare(App())["tes"]
