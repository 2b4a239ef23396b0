"""The role of the examples, and the accounts of its owner."""

import pytest

from rolecall.lint import Facts


@pytest.fixture
def facts() -> Facts:
    return Facts(
        account="333333333333",
        environment="prd",
        own_accounts=frozenset({"999999999999"}),
        environments={
            "111111111111": "tes",
            "222222222222": "stg",
            "333333333333": "prd",
        },
        issuers={"oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE": "tes"},
    )
