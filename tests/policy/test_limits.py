"""The limits of STS and IAM, at their edges."""

from collections.abc import Callable

import pytest

from rolecall.policy import (
    LimitError,
    check_account_id,
    check_duration,
    check_external_id,
    check_max_session_duration,
    check_path,
    check_policy_size,
    check_role_arn,
    check_role_name,
    check_role_session_name,
    check_serial_number,
    check_session_tags,
    check_source_identity,
    check_token_code,
)

Check = Callable[[str], None]


@pytest.mark.parametrize(
    ("check", "where", "good", "bad"),
    [
        (check_role_session_name, "RoleSessionName", ["ab", "a" * 64, "x+=,.@-_"],
         ["a", "a" * 65, "a b", "ä1", "a\n"]),
        (check_source_identity, "SourceIdentity", ["ab", "a" * 64], ["a", "a" * 65, "a/b", ""]),
        (check_external_id, "ExternalId", ["ab", "a" * 1224, "a:/b"],
         ["a", "a" * 1225, "a b", "ab\n"]),
        (check_role_arn, "RoleArn", ["a" * 20, "a" * 2048], ["a" * 19, "a" * 2049]),
        (check_serial_number, "SerialNumber", ["a" * 9, "a" * 256, "arn:aws:iam::1:mfa/x"],
         ["a" * 8, "a" * 257]),
        (check_token_code, "TokenCode", ["000000", "123456"],
         ["12345", "1234567", "12345a", "123456\n", "１２３４５６"]),
        (check_role_name, "RoleName", ["a", "a" * 64], ["", "a" * 65, "a/b", "a b"]),
        (check_path, "Path", ["/", "/a/", "/a/b/", "/" + "a" * 510 + "/"],
         ["", "a", "/a", "a/", "//", "/a b/", "/" + "a" * 511 + "/"]),
        (check_account_id, "account id", ["111122223333"],
         ["11112222333", "1111222233334", "11112222333a", "１１１１２２２２３３３３"]),
        (check_policy_size, "policy", ["a" * 2048], ["a" * 2049]),
    ],
)  # fmt: skip
def test_a_text_within_its_limits_only(
    check: Check, where: str, good: list[str], bad: list[str]
) -> None:
    for text in good:
        check(text)
    for text in bad:
        with pytest.raises(LimitError) as caught:
            check(text)
        assert caught.value.where == where


def test_a_duration_is_bounded_by_the_role_and_by_chaining() -> None:
    check_duration(900)
    check_duration(43200)
    check_duration(3600, chained=True)
    check_duration(7200, max_session=7200)
    for seconds, rule in ((899, "900 to 43200"), (43201, "900 to 43200")):
        with pytest.raises(LimitError, match=rule):
            check_duration(seconds)
    with pytest.raises(LimitError, match="role chaining; it must be at most 3600"):
        check_duration(3601, chained=True)
    with pytest.raises(LimitError, match="at most 3600"):
        check_duration(3601, chained=True, max_session=3600)
    with pytest.raises(LimitError, match="exceeds the MaxSessionDuration"):
        check_duration(3601, max_session=3600)


def test_the_maximum_of_a_role_has_limits_itself() -> None:
    check_max_session_duration(3600)
    check_max_session_duration(43200)
    for seconds in (3599, 43201):
        with pytest.raises(LimitError):
            check_max_session_duration(seconds)


def test_session_tags() -> None:
    check_session_tags({})
    check_session_tags({"a": "", "b": "1"}, ("A", "b"))
    check_session_tags({"a" * 128: "b" * 256, "Kosten Stelle": ""}, ("kosten stelle",))
    check_session_tags({f"k{n}": "v" for n in range(50)})
    for tags, transitive in (
        ({f"k{n}": "v" for n in range(51)}, ()),
        ({"": "v"}, ()),
        ({"a" * 129: "v"}, ()),
        ({"a": "b" * 257}, ()),
        ({"a*": "b"}, ()),
        ({"a": "b;"}, ()),
        ({"a": "b\n"}, ()),
        ({"aws:a": "b"}, ()),
        ({"a": "1", "A": "2"}, ()),
        ({"a": "1"}, ("b",)),
        ({"a": "1"}, ("a",) * 51),
    ):
        with pytest.raises(LimitError):
            check_session_tags(tags, transitive)


def test_a_token_code_is_never_repeated() -> None:
    with pytest.raises(LimitError) as caught:
        check_token_code("99999x")
    assert "99999" not in str(caught.value)
    assert caught.value.rule == "six digits"
