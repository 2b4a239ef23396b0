"""What every test folder has: the identity providers of `tests/idp/fixtures.py`."""

pytest_plugins = ["tests.idp.fixtures"]
