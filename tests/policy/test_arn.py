"""ARNs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import (
    Arn,
    PolicyError,
    assumed_role_arn,
    federated_user_arn,
    is_account_id,
    role_arn,
    root_arn,
    user_arn,
)


def test_an_arn_is_taken_apart_and_put_together() -> None:
    text = "arn:aws:lambda:eu-west-1:111122223333:function:f:7"
    arn = Arn.parse(text)
    assert arn == Arn("aws", "lambda", "eu-west-1", "111122223333", "function:f:7")
    assert str(arn) == text


@pytest.mark.parametrize(
    "text",
    ["", "arn", "arn:aws:iam::111122223333", "urn:aws:iam::1:x", "arn:*:iam::1:x", "arn:aws:::1:x",
     "arn:azure:iam::1:x", "arn:aws-CN:iam::1:x", "arn:aws-é:iam::1:x",
     "arn:aws:s²::1:x", "arn:aws:iam::1:", "arn:aws:*:::x"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(PolicyError):
        Arn.parse(text)


@given(st.text())
def test_any_text_is_an_arn_or_a_policy_error(text: str) -> None:
    try:
        assert str(Arn.parse(text)) == text
    except PolicyError:
        assert True


def test_the_arns_of_identities() -> None:
    assert root_arn("111122223333") == "arn:aws:iam::111122223333:root"
    assert user_arn("111122223333", "a", "/x/") == "arn:aws:iam::111122223333:user/x/a"
    assert role_arn("111122223333", "r", partition="aws-cn") == (
        "arn:aws-cn:iam::111122223333:role/r"
    )
    assert assumed_role_arn("111122223333", "r", "s") == (
        "arn:aws:sts::111122223333:assumed-role/r/s"
    )
    assert federated_user_arn("111122223333", "f") == ("arn:aws:sts::111122223333:federated-user/f")
    assert is_account_id("111122223333")
    assert not is_account_id("11112222333")
