"""What every test folder has: the identity providers of `tests/idp/fixtures.py`, and
the wheel of `tests/packaging/fixtures.py`."""

pytest_plugins = ["tests.idp.fixtures", "tests.packaging.fixtures"]
