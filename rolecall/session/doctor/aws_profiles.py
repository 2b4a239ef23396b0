"""The AWS files as they are written: every section with its line, also where it stands twice."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.files import read_regular
from rolecall.session.doctor.machine import Machine
from rolecall.session.ini_lines import IniLines, Section, UnreadableError, parsed

_LARGEST = 4_000_000


@dataclass(frozen=True, slots=True)
class AwsFile:
    """One of the two files.

    unreadable: why AWS tools refuse it, or why it cannot be read.
    """

    path: Path
    sections: tuple[Section, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    unreadable: str | None = None


@dataclass(frozen=True, slots=True)
class WrittenProfile:
    """A profile as one of the files has it: its settings, and on which line it begins."""

    path: Path
    line: int
    settings: dict[str, str]


def read(path: Path) -> AwsFile:
    """The file; an empty one where there is none."""
    try:
        with read_regular(path) as file:
            content = file.read(_LARGEST)
    except FileNotFoundError:
        return AwsFile(path)
    except (OSError, ValueError) as error:
        return AwsFile(path, unreadable=getattr(error, "strerror", None) or "no file's name")
    sections = tuple(IniLines(content).sections())
    try:
        return AwsFile(path, sections, parsed(content))
    except UnreadableError as error:
        return AwsFile(path, sections, unreadable=str(error))


def name_in_config(header: str) -> str | None:
    """The profile that a section of the config file is of; None for one of no profile."""
    if header == "default":
        return header
    try:
        words = shlex.split(header)
    except ValueError:
        return None
    return words[1] if len(words) == 2 and words[0] == "profile" else None


def in_config(file: AwsFile) -> Iterator[tuple[str, WrittenProfile]]:
    """The profiles of the config file."""
    for section in file.sections:
        name = name_in_config(section.header)
        if name is not None:
            yield name, _written(file, section)


def in_credentials(file: AwsFile) -> Iterator[tuple[str, WrittenProfile]]:
    """The profiles of the credentials file."""
    for section in file.sections:
        yield section.header, _written(file, section)


def settings_of(machine: Machine, name: str) -> dict[str, str]:
    """What both files say of a profile; the credentials file comes first."""
    settings: dict[str, str] = {}
    for found, profile in in_config(read(machine.files.config)):
        if found == name:
            settings |= profile.settings
    for found, profile in in_credentials(read(machine.files.credentials)):
        if found == name:
            settings |= profile.settings
    return settings


def _written(file: AwsFile, section: Section) -> WrittenProfile:
    settings = file.values.get(section.header)
    if settings is None:
        settings = {option.name: "" for option in section.options}
    return WrittenProfile(file.path, section.start + 1, dict(settings))
