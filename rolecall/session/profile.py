"""A profile of the AWS CLI and the SDKs that stands for a role.

Preferably it names a process that gets credentials when they are needed
(`credential_process`); keys that end can be written as well. Sources: AWS CLI user guide,
"Configuration and credential file settings"; AWS SDKs reference, "Process credential
provider".
"""

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rolecall.files import read_regular
from rolecall.policy.errors import printable, quoted
from rolecall.problems import Exit, Problem
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.aws_files import AwsFiles, edit
from rolecall.session.default_profile import LEADS_TO_CREDENTIALS
from rolecall.session.ini_lines import IniLines, Section, UnreadableError, parsed

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@+=/-]{0,127}")
#: The line after a header that says by which command the section's options are ours, which
#: ones, and whether the section is.
_MARK = re.compile(r"# (section )?by rolecall (profile|keys): ([a-z_, ]+)(?:;.*)?")
#: What a profile's settings cannot hold: some SDKs take ` #` and ` ;` for a comment.
_NO_VALUE = re.compile(r"[\r\n\0\ud800-\udfff]|\s[#;]|^\s|\s$")
#: Why an option of somebody else's cannot stay beside ours.
_REASONS = {
    "aws_access_key_id": "keys of a profile beat its credential_process",
    "aws_secret_access_key": "keys of a profile beat its credential_process",
    "role_arn": "the SDKs would assume that role, from other credentials",
    "credential_process": "it is not Rolecall's",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What is to be written: a command, or the keys of a session.

    by: the command of Rolecall that writes it, and alone may change it again.

    Raises `Problem` for a name or a value that the files cannot hold.
    """

    name: str
    region: str | None
    endpoint_url: str | None = None
    command: Sequence[str] = ()
    session: AssumedRole | None = None
    by: str = "profile"

    def __post_init__(self) -> None:
        check_profile_name(self.name, self.by)
        for key, value in {**self.of_config(), **self.of_credentials()}.items():
            if _NO_VALUE.search(value):
                raise Problem(
                    f"{key} of the profile would have a line break, a # or ; after a space, or a "
                    "name that is not UTF-8, which the AWS files cannot hold: move what has such "
                    "a name."
                )

    def of_config(self) -> dict[str, str]:
        """The options in the config file."""
        options = {} if self.region is None else {"region": self.region}
        if self.command:
            # A shell reads it in some SDKs, `shlex` in others; both take this.
            options = {"credential_process": shlex.join(self.command), **options}
        if self.endpoint_url is not None:
            options["endpoint_url"] = self.endpoint_url
        return options

    def of_credentials(self) -> dict[str, str]:
        """The options in the credentials file."""
        if self.session is None:
            return {}
        return {
            "aws_access_key_id": self.session.access_key_id,
            "aws_secret_access_key": self.session.secret_access_key,
            "aws_session_token": self.session.session_token,
        }

    def note(self) -> str:
        """What a reader of the credentials file wants to know of the keys."""
        if self.session is None:
            return ""
        return f"; {self.session.arn} until {self.session.expiration.isoformat()}"


def check_profile_name(name: str, by: str = "profile") -> None:
    """Refuse what is no name for a profile of ours. Raises `Problem`."""
    if not _NAME.fullmatch(name) or name == "default":
        why = "that one is everybody's" if name == "default" else "letters, digits and _.@+=/- only"
        option = "--name " if by == "profile" else ""
        raise Problem(f"{option}{quoted(name)} cannot be the profile's name: {why}.")


def write_profile(files: AwsFiles, profile: Profile) -> list[Path]:
    """Write the profile, over an earlier one of ours; the files that changed.

    Raises `Problem`: exit 7 where the files have something of that name that would win, or
    cannot be read; then nothing is changed.
    """
    # Both are tried before either is touched.
    check_profile(files, profile)
    config, credentials = _sides(files, profile.name, profile.by)
    changed = []
    options, note = profile.of_credentials(), profile.note()
    # The larger one first: where the disk does not take it, neither is changed.
    if (options or files.credentials.exists()) and edit(
        files.credentials, lambda text: credentials.changed(text, options, note), secret=True
    ):
        changed.append(files.credentials)
    if edit(files.config, lambda text: config.changed(text, profile.of_config()), secret=False):
        changed.insert(0, files.config)
    return changed


def check_profile(files: AwsFiles, profile: Profile) -> None:
    """Raise the `Problem` that `write_profile` would, and write nothing."""
    config, credentials = _sides(files, profile.name, profile.by)
    config.changed(_content(files.config), profile.of_config())
    credentials.changed(_content(files.credentials), profile.of_credentials())


def remove_profile(files: AwsFiles, name: str, by: str = "profile") -> list[Path]:
    """Take away what `write_profile` wrote, and nothing else; the files that changed."""
    check_profile_name(name, by)
    config, credentials = _sides(files, name, by)
    return [
        side.path
        for side, secret in ((config, False), (credentials, True))
        if side.path.exists() and edit(side.path, side.without, secret=secret)
    ]


def _sides(files: AwsFiles, name: str, by: str) -> tuple["_Side", "_Side"]:
    return (
        _Side(files.config, _is_config_section(name), f"profile {name}", by),
        _Side(files.credentials, name.__eq__, name, by),
    )


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the two files, and how the profile's section is called there."""

    path: Path
    is_ours: Callable[[str], bool]
    header: str
    by: str

    def changed(self, content: bytes, options: Mapping[str, str], note: str = "") -> bytes:
        """The file with these options in the profile's section, ours before taken out."""
        stripped = self.without(content)
        lines = IniLines(stripped)
        section = self._section(lines)
        if section is not None:
            self._check_conflicts(section, self._mark(lines, section))
        if not options:
            return stripped
        theirs = {option.name for option in section.options} if section is not None else set()
        ours = {name: value for name, value in options.items() if name not in theirs}
        written = [f"{name} = {value}" for name, value in ours.items()]
        mark = f"by rolecall {self.by}: {', '.join(ours)}{note}"
        if section is None:
            lines.append([f"[{self.header}]", f"# section {mark}", *written])
        elif ours:
            lines.insert(section.start + 1, [f"# {mark}", *written])
        self._check_result(stripped, lines.content, ours)
        return lines.content

    def without(self, content: bytes) -> bytes:
        """The file without what was written of this profile."""
        self._parsed(content)
        lines = IniLines(content)
        section = self._section(lines)
        mark = self._mark(lines, section) if section is not None else None
        if section is None or mark is None or mark[2] != self.by:
            return content
        names = {name.strip() for name in mark[3].split(",")}
        ours = [option for option in section.options if option.name in names]
        if mark[1] and len(ours) == len(section.options):
            end = max((option.end for option in ours), default=section.start + 2)
            lines.cut_off(section.start, end)
        else:
            for option in reversed(ours):
                lines.delete(option.start, option.end)
            lines.delete(section.start + 1, section.start + 2)
        self._check_result(content, lines.content, {})
        return lines.content

    def _section(self, lines: IniLines) -> Section | None:
        found = lines.matching(self.is_ours)
        if len(found) > 1:
            numbers = " and ".join(str(section.start + 1) for section in found)
            raise self._conflict(
                f"the profile stands there more than once, in lines {numbers}; make one of them"
            )
        return found[0] if found else None

    @staticmethod
    def _mark(lines: IniLines, section: Section) -> re.Match[str] | None:
        if section.start + 1 >= section.end:
            return None
        return _MARK.fullmatch(lines.lines[section.start + 1].decode("utf-8", "replace").strip())

    def _check_conflicts(self, section: Section, mark: re.Match[str] | None) -> None:
        for option in section.options:
            if option.name in LEADS_TO_CREDENTIALS:
                reason = _REASONS.get(option.name, "it leads to other credentials")
                if mark is not None:
                    reason = f"`rolecall {mark[2]}` wrote it"
                how = " with --name" if self.by == "profile" else ""
                raise self._conflict(
                    f"line {option.start + 1}: [{printable(section.header)}] has {option.name}, "
                    f"and {reason}; take it out, or choose another name{how}"
                )

    def _check_result(self, before: bytes, after: bytes, ours: Mapping[str, str]) -> None:
        """Hold the result against what the SDK reads: everything else is as it was."""
        old, new = self._parsed(before), self._parsed(after)
        as_wanted = True
        for header in [header for header in new if self.is_ours(header)]:
            own = new.pop(header)
            as_wanted = all(own.get(key) == value for key, value in ours.items())
            if ours and (others := LEADS_TO_CREDENTIALS & own.keys() - ours.keys()):
                raise self._conflict(f"[DEFAULT] gives {min(others)} to every profile; take it out")
        for header in [header for header in old if self.is_ours(header)]:
            del old[header]
        if old != new or not as_wanted:
            raise self._conflict("it cannot be edited without changing something else in it")

    def _parsed(self, content: bytes) -> dict[str, dict[str, str]]:
        try:
            return parsed(content)
        except UnreadableError as error:
            raise self._conflict(
                f"{printable(str(error))}; AWS tools refuse such a file, mend it first"
            ) from None

    def _conflict(self, what: str) -> Problem:
        return Problem(f"{quoted(str(self.path), 200)}: {what}.", Exit.CONFLICT)


def _is_config_section(name: str) -> Callable[[str], bool]:
    """Sections of the config file are called `profile <name>`, the name perhaps quoted."""

    def is_ours(header: str) -> bool:
        try:
            return shlex.split(header) == ["profile", name]
        except ValueError:
            return False

    return is_ours


def _content(path: Path) -> bytes:
    try:
        with read_regular(path) as file:
            return file.read()
    except FileNotFoundError:
        return b""
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file's name"
        raise Problem(f"{quoted(str(path), 200)} cannot be read: {reason}.", Exit.FAILED) from None
