"""Parameters of a call: their lengths, their characters, and lists without gaps."""

import pytest

from rolecall.local.sts.parameters import ARN, Parameters, member_name, well_formed_arn
from tests.local.sts.conftest import Refusal, refusal


def one(told: str) -> Refusal:
    return Refusal(
        "ValidationError",
        f"1 validation error detected: Value {told}",
        400,
        "",
    )


@pytest.mark.parametrize("value", ["ab", "abc", "abcd"])
def test_a_text_within_its_constraints_is_what_was_sent(value: str) -> None:
    parameters = Parameters({"Name": value})
    assert parameters.text("Name", low=2, high=4, pattern="[a-d]*") == value
    parameters.finish()


@pytest.mark.parametrize(
    ("value", "constraint"),
    [
        ("a", "Member must have length greater than or equal to 2"),
        ("abcda", "Member must have length less than or equal to 4"),
        ("abe", "Member must satisfy regular expression pattern: [a-d]*"),
        ("abe\n", "Member must satisfy regular expression pattern: [a-d]*"),
    ],
)
def test_a_text_beyond_a_constraint(value: str, constraint: str) -> None:
    parameters = Parameters({"RoleName": value})
    assert parameters.text("RoleName", low=2, high=4, pattern="[a-d]*") == value
    assert refusal(parameters.finish) == one(
        f"'{value}' at 'roleName' failed to satisfy constraint: {constraint}"
    )


def test_letters_of_other_scripts_are_no_word_characters() -> None:
    parameters = Parameters({"Name": "ä"})
    parameters.text("Name", pattern=r"[\w]*")
    assert "[\\w]*" in refusal(parameters.finish).message


def test_without_constraints_any_text_will_do() -> None:
    parameters = Parameters({"Name": "", "Long": "ä\n" * 10_000})
    assert parameters.text("Name") == ""
    assert parameters.text("Long") == "ä\n" * 10_000
    parameters.check("", "name")
    parameters.check("ä\n" * 10_000, "name")
    parameters.finish()


def test_a_text_that_is_not_there() -> None:
    parameters = Parameters({})
    assert parameters.text("Name", low=2, pattern="a") is None
    parameters.finish()
    assert parameters.required("Name", low=2, pattern="a") == ""
    assert refusal(parameters.finish) == one(
        "null at 'name' failed to satisfy constraint: Member must not be null"
    )


@pytest.mark.parametrize("value", ["a", "abcde", "abx"])
def test_a_required_text_has_constraints_as_well(value: str) -> None:
    parameters = Parameters({"Name": value})
    assert parameters.required("Name", low=2, high=4, pattern="[a-e]*") == value
    assert f"Value '{value}' at 'name'" in refusal(parameters.finish).message


def test_an_empty_text_is_there() -> None:
    parameters = Parameters({"Name": ""})
    assert parameters.required("Name") == ""
    parameters.finish()


def test_all_that_is_wrong_is_told_at_once() -> None:
    parameters = Parameters({"One": "a"})
    parameters.text("One", low=2)
    parameters.required("Two")
    assert refusal(parameters.finish) == Refusal(
        "ValidationError",
        "2 validation errors detected: Value 'a' at 'one' failed to satisfy constraint: Member "
        "must have length greater than or equal to 2; Value null at 'two' failed to satisfy "
        "constraint: Member must not be null",
        400,
        "",
    )


@pytest.mark.parametrize(
    ("value", "number"),
    [("5", 5), ("+6", 6), ("0007", 7), ("9", 9), ("0" * 17 + "8", 8), ("-0", None), ("4", None)],
)
def test_a_number(value: str, number: int | None) -> None:
    parameters = Parameters({"Seconds": value})
    found = parameters.number("Seconds", low=5, high=9)
    if number is not None:
        assert found == number
        parameters.finish()
    else:
        assert refusal(parameters.finish) == one(
            f"'{value}' at 'seconds' failed to satisfy constraint: Member must have value greater "
            "than or equal to 5"
        )


def test_a_number_that_is_too_large() -> None:
    parameters = Parameters({"Seconds": "10"})
    assert parameters.number("Seconds", low=5, high=9) == 10
    assert refusal(parameters.finish) == one(
        "'10' at 'seconds' failed to satisfy constraint: Member must have value less than or "
        "equal to 9"
    )


def test_no_number_at_all() -> None:
    assert Parameters({}).number("Seconds", low=5, high=9) is None


@pytest.mark.parametrize(
    "value", ["", "1.5", "1e3", " 7", "7 ", "++7", "0x7", "٧", "1_0", "7\n", "0" * 19]
)
def test_what_is_no_integer_is_malformed(value: str) -> None:
    told = refusal(Parameters({"Seconds": value}).number, "Seconds", low=5, high=9)
    assert told == Refusal("MalformedInput", "Could not parse Seconds as an integer", 400, "")


def members(count: int) -> dict[str, str]:
    return {f"Keys.member.{n}": f"k{n}" for n in range(1, count + 1)}


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_in_its_order(count: int) -> None:
    parameters = Parameters({**members(count), "Other": "x"})
    assert parameters.members("Keys") == [f"k{n}" for n in range(1, count + 1)]
    parameters.finish()


def test_a_list_is_read_far_enough_to_be_refused() -> None:
    for given, read in ((1000, 1000), (1001, 1000), (1500, 1000)):
        assert len(Parameters(members(given)).members("Keys")) == read
        pairs = {f"Tags.member.{n}.Key": "k" for n in range(1, given + 1)}
        assert len(Parameters(pairs).pairs("Tags", "Key", "Value")) == read


def test_pairs_in_their_order_and_what_is_missing_is_empty() -> None:
    parameters = Parameters(
        {
            "Tags.member.1.Key": "a",
            "Tags.member.1.Value": "b",
            "Tags.member.2.Key": "c",
            "Tags.member.3.Value": "d",
        }
    )
    assert parameters.pairs("Tags", "Key", "Value") == [("a", "b"), ("c", ""), ("", "d")]
    parameters.finish()


@pytest.mark.parametrize(
    "stray",
    [
        "Keys.member.0",
        "Keys.member.3",
        "Keys.member.01",
        "Keys.member.1.Key",
        "Keys.1",
        "Keys.",
        "Keys.entry.1",
    ],
)
def test_what_a_list_would_pass_over_is_refused(stray: str) -> None:
    parameters = Parameters({"Keys.member.1": "a", stray: ""})
    assert parameters.members("Keys") == ["a"]
    assert refusal(parameters.finish) == Refusal(
        "MalformedInput",
        f"{stray} is not an element of a list",
        400,
        f"{stray} was not read: elements are numbered from 1 without a gap",
    )


@pytest.mark.parametrize(
    "stray", ["Tags.member.1", "Tags.member.1.Other", "Tags.member.3.Key", "Tags.member.0.Value"]
)
def test_what_a_list_of_pairs_would_pass_over_is_refused(stray: str) -> None:
    parameters = Parameters({"Tags.member.1.Key": "a", stray: "x"})
    assert parameters.pairs("Tags", "Key", "Value") == [("a", "")]
    assert refusal(parameters.finish).code == "MalformedInput"


def test_a_list_named_without_elements() -> None:
    """How clients write an empty list; with a value it is none."""
    parameters = Parameters({"Keys": "", "KeysToo.member.9": "x", "More": "x"})
    assert parameters.members("Keys") == []
    parameters.finish()
    parameters = Parameters({"Keys": "a"})
    assert parameters.members("Keys") == []
    assert refusal(parameters.finish).message == "Keys is not an element of a list"


def test_violations_are_told_before_strays() -> None:
    parameters = Parameters({"Keys": "a"})
    parameters.members("Keys")
    parameters.violated(None, "name", "Member must not be null")
    assert refusal(parameters.finish).code == "ValidationError"


@pytest.mark.parametrize(
    ("parameter", "member"), [("RoleArn", "roleArn"), ("SAMLAssertion", "sAMLAssertion"), ("", "")]
)
def test_the_name_that_aws_prints(parameter: str, member: str) -> None:
    assert member_name(parameter) == member


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::111122223333:role/a", "arn:aws:iam:::x:y:z", "arn:x:y:r:a:z"]
)
def test_an_arn_has_six_parts(arn: str) -> None:
    assert well_formed_arn(arn) == arn


@pytest.mark.parametrize(
    "arn",
    ["", "arn", "arn:aws:iam::111122223333", "Arn:aws:iam::1:role/a", "urn:aws:iam::1:role/a",
     "arn::iam::1:role/a", "arn:aws:::1:role/a", "arn:aws:iam::1:"],
)  # fmt: skip
def test_what_is_no_arn(arn: str) -> None:
    assert refusal(well_formed_arn, arn) == Refusal("ValidationError", f"{arn} is invalid", 400, "")


@pytest.mark.parametrize("character", ["\t", "\n", "\r", " ", "~", "\x85", "\xa0", "ä", "\ufffd"])
def test_characters_of_an_arn(character: str) -> None:
    parameters = Parameters({"Arn": f"a{character}"})
    parameters.text("Arn", pattern=ARN)
    parameters.finish()


@pytest.mark.parametrize("character", ["\0", "\x08", "\x1f", "\ufffe"])
def test_characters_that_no_arn_has(character: str) -> None:
    parameters = Parameters({"Arn": f"a{character}"})
    parameters.text("Arn", pattern=ARN)
    assert refusal(parameters.finish).code == "ValidationError"
