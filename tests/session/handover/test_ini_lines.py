"""Editing lines: what is not edited keeps every byte, and the SDK's reader agrees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.session.ini_lines import IniLines, UnreadableError, parsed

LINE = st.one_of(
    st.sampled_from(
        [
            "[a]",
            "[profile b]",
            "[ c ] # not a comment",
            "# comment",
            "; comment",
            "  # indented comment",
            "",
            "  ",
            "key = value",
            "KEY=a=b:c",
            "other: x # kept",
            "s3 =",
            "  nested = 1",
            "\tnested = 2",
            "  [not a section]",
            "novalue",
        ]
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\n"), max_size=8),
)
FILE = st.tuples(st.lists(LINE, max_size=10), st.sampled_from(["\n", "\r\n"]), st.booleans()).map(
    lambda made: (made[1].join(made[0]) + (made[1] if made[2] else "")).encode()
)


@settings(max_examples=120, deadline=None)
@given(FILE)
def test_sections_and_options_are_where_the_sdks_reader_sees_them(content: bytes) -> None:
    lines = IniLines(content)
    assert lines.content == content
    found = lines.sections()
    try:
        read = parsed(content)
    except UnreadableError:
        return
    defaults = read.pop("DEFAULT")
    headers = [section.header for section in found if section.header != "DEFAULT"]
    assert headers == list(read)
    for section in found:
        if section.header != "DEFAULT":
            names = {option.name for option in section.options}
            assert names == read[section.header].keys() - (defaults.keys() - names)


@settings(max_examples=120, deadline=None)
@given(FILE)
def test_what_is_appended_can_be_cut_off_again(content: bytes) -> None:
    lines = IniLines(content)
    lines.append(["[new]", "key = value"])
    assert lines.content.startswith(content)
    at = next(n for n in range(len(lines.lines) - 1, -1, -1) if lines.lines[n].startswith(b"[new]"))
    lines.cut_off(at, len(lines.lines))
    assert lines.content == content


@settings(deadline=None)
@given(FILE, st.data())
def test_what_is_inserted_can_be_deleted_again(content: bytes, data: st.DataObject) -> None:
    lines = IniLines(content)
    at = data.draw(st.integers(0, len(lines.lines)))
    lines.insert(at, ["x", "y"])
    lines.delete(at, at + 2)
    assert lines.content == content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[a]\nx = 1\n[a]\n", r"\[a\] stands there twice, again in line 3"),
        (b"[a]\nx = 1\nX = 2\n", r"\[a\] has x twice, again in line 3"),
        (b"secret = 1\n", "line 1 stands before"),
        (b"[a]\nsecret\n", "line 2"),
        (b"[a]\n" + b"secret\n" * 7, "in line 2, 3, 4, 5, 6$"),
        (b"\xef\xbb\xbf[a]\nx = secret\n", "byte order mark"),
    ],
)
def test_what_the_sdk_cannot_read_is_said_without_its_values(content: bytes, why: str) -> None:
    with pytest.raises(UnreadableError, match=why) as caught:
        parsed(content)
    assert "secret" not in str(caught.value)


@settings(deadline=None)
@given(st.binary(max_size=120))
def test_no_bytes_break_it(content: bytes) -> None:
    assert IniLines(content).content == content
    IniLines(content).sections()
    try:
        parsed(content)
    except UnreadableError as error:
        assert "\n" not in str(error)


def test_an_option_reaches_to_the_end_of_what_is_indented_below_it() -> None:
    lines = IniLines(
        b"[profile a]\nregion = eu-central-1\ns3 =\n  max_queue = 5\n\n# kept\n"
        b"  max_pool = 9\noutput = json\n[b]\n"
    )
    first, second = lines.sections()
    assert (first.header, first.start, first.end) == ("profile a", 0, 8)
    assert (second.header, second.start, second.end) == ("b", 8, 9)
    assert [(option.name, option.start, option.end) for option in first.options] == [
        ("region", 1, 2),
        ("s3", 2, 7),
        ("output", 7, 8),
    ]


def test_only_the_last_of_several_options_reaches_further() -> None:
    lines = IniLines(b"[a]\nx = 1\ny = 2\nz =\n  1\n  2\n")
    (section,) = lines.sections()
    assert [(option.name, option.start, option.end) for option in section.options] == [
        ("x", 1, 2),
        ("y", 2, 3),
        ("z", 3, 6),
    ]


def test_a_carriage_return_alone_ends_a_line_for_the_sdk() -> None:
    assert parsed(b"[a]\rx = 1\ry = 2\r\n")["a"] == {"x": "1", "y": "2"}


def test_what_is_cut_off_from_the_top_takes_nothing_of_the_end() -> None:
    lines = IniLines(b"[a]\nx = 1\n\n")
    lines.cut_off(0, 1)
    assert lines.content == b"x = 1\n\n"


def test_a_section_at_the_end_comes_and_goes_without_a_trace() -> None:
    for content, longer in (
        (b"", b"[new]\nkey = value\n"),
        (b"[a]\nx = 1", b"[a]\nx = 1\n\n[new]\nkey = value"),
        (b"[a]\r\nx = 1\r\n", b"[a]\r\nx = 1\r\n\r\n[new]\r\nkey = value\r\n"),
    ):
        lines = IniLines(content)
        lines.append(["[new]", "key = value"])
        assert lines.content == longer
        lines.cut_off(len(lines.lines) - 2, len(lines.lines))
        assert lines.content == content


def test_what_is_taken_from_the_middle_leaves_the_end_as_it_is() -> None:
    lines = IniLines(b"[a]\nx = 1\ny = 2\nz = 3")
    lines.delete(1, 2)
    assert lines.content == b"[a]\ny = 2\nz = 3"
    lines.cut_off(0, 1)
    assert lines.content == b"y = 2\nz = 3"
    lines.delete(0, 2)
    assert lines.content == b""
