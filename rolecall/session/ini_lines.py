"""Editing an INI file line by line, so that what is not edited keeps every byte.

Lines are read as the AWS SDK for Python reads its files (`configparser`): comments begin
a line with `#` or `;`, an indented line goes on with the option before it. No library is
used: those that keep comments still rewrite line endings, encodings or spaces.
"""

import configparser
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_HEADER = re.compile(r"\[(.+)\]")
_OPTION = re.compile(r"(.*?)\s*[=:]")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Option:
    """An option, and the lines that it stands on, from `start` up to and without `end`."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its header's text and line, the line after its last, and its options."""

    header: str
    start: int
    end: int
    options: tuple[Option, ...]


class UnreadableError(Exception):
    """A file that `configparser` refuses; the text says why, and repeats no value."""


class IniLines:
    """The lines of a file, with their line ends, and how to change them."""

    def __init__(self, content: bytes) -> None:
        self.lines = _cut(content)

    @property
    def content(self) -> bytes:
        """The file as it is now."""
        return b"".join(self.lines)

    @property
    def newline(self) -> bytes:
        """The line end of this file: that of its first line."""
        return b"\r\n" if self.lines and self.lines[0].endswith(b"\r\n") else b"\n"

    def sections(self) -> list[Section]:
        """Its sections in order."""
        found: list[tuple[str, int, list[Option]]] = []
        option_indent: int | None = None
        indent_level = 0
        for number, line in enumerate(self.lines):
            text = _text(line)
            value = text.strip()
            if not value or value[0] in "#;":
                continue
            indent = len(text) - len(text.lstrip())
            if option_indent is not None and indent > indent_level:
                options = found[-1][2]
                options[-1] = Option(options[-1].name, options[-1].start, number + 1)
                continue
            indent_level, option_indent = indent, None
            if header := _HEADER.match(value):
                found.append((header[1], number, []))
            elif found and (option := _OPTION.match(value)):
                found[-1][2].append(Option(option[1].lower(), number, number + 1))
                option_indent = indent
        starts = [start for _, start, _ in found] + [len(self.lines)]
        return [
            Section(header, start, starts[place + 1], tuple(options))
            for place, (header, start, options) in enumerate(found)
        ]

    def matching(self, header: Callable[[str], bool]) -> list[Section]:
        """The sections with such a header."""
        return [section for section in self.sections() if header(section.header)]

    def insert(self, at: int, texts: Iterable[str]) -> None:
        """Put lines before line `at`. Whether the file ends with a line end stays as it is."""
        newline = self.newline
        added = [text.encode() + newline for text in texts]
        if at == len(self.lines) and self.lines and not self.lines[-1].endswith(b"\n"):
            self.lines[-1] += newline
            added[-1] = added[-1].removesuffix(newline)
        self.lines[at:at] = added

    def delete(self, start: int, end: int) -> None:
        """Take lines away, from `start` up to and without `end`: the reverse of `insert`."""
        unended = end == len(self.lines) and not self.lines[-1].endswith(b"\n")
        del self.lines[start:end]
        if unended and self.lines:
            self.lines[-1] = self.lines[-1].removesuffix(b"\n").removesuffix(b"\r")

    def append(self, texts: Iterable[str]) -> None:
        """Put lines at the end, after an empty one where there is something before."""
        self.insert(len(self.lines), ["", *texts] if self.lines else texts)

    def cut_off(self, start: int, end: int) -> None:
        """Take lines away, and an empty one before them: the reverse of `append`."""
        if start > 0 and not self.lines[start - 1].strip():
            start -= 1
        self.delete(start, end)


def parsed(content: bytes) -> dict[str, dict[str, str]]:
    """The sections as the AWS SDK for Python reads them. Raises `UnreadableError`."""
    reader = configparser.RawConfigParser()
    text = content.decode("utf-8", "surrogateescape")
    if text.startswith(_BOM):
        raise UnreadableError("it begins with a byte order mark (BOM)")
    try:
        reader.read_string(text.replace("\r\n", "\n").replace("\r", "\n"))
    except configparser.DuplicateSectionError as error:
        raise UnreadableError(
            f"[{error.section}] stands there twice, again in line {error.lineno}"
        ) from None
    except configparser.DuplicateOptionError as error:
        raise UnreadableError(
            f"[{error.section}] has {error.option} twice, again in line {error.lineno}"
        ) from None
    except configparser.MissingSectionHeaderError as error:
        raise UnreadableError(f"line {error.lineno} stands before the first section") from None
    except configparser.ParsingError as error:
        numbers = ", ".join(str(number) for number, _ in error.errors[:5])
        raise UnreadableError(f"no option can be read in line {numbers}") from None
    except (configparser.Error, AttributeError, ValueError):
        raise UnreadableError("it is no INI file") from None
    # With what a section [DEFAULT] gives to every other one.
    return {name: dict(reader[name]) for name in reader}


def _cut(content: bytes) -> list[bytes]:
    """Lines end with a line feed; a carriage return before it belongs to the line end."""
    pieces = content.split(b"\n")
    lines = [piece + b"\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape").rstrip("\r\n")
