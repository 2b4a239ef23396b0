"""Profiles that say two things, of which one wins silently.

Source of the order: botocore's chain (`create_credential_resolver`): a role to assume,
then a web identity, SSO, keys of the credentials file, `credential_process`, keys of the
config file.
"""

import shlex
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from rolecall.policy.errors import printable, quoted
from rolecall.session.default_profile import LEADS_TO_CREDENTIALS
from rolecall.session.doctor.aws_profiles import (
    AwsFile,
    WrittenProfile,
    in_config,
    in_credentials,
    name_in_config,
    read,
)
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

CHECK = "profiles"
_KEYS = ("aws_access_key_id", "aws_secret_access_key")
_OTHER_SECTIONS = ("sso-session", "services", "plugins", "preview", "login-session")


def check(machine: Machine) -> Iterator[Finding]:
    """Look at both AWS files."""
    config, credentials = read(machine.files.config), read(machine.files.credentials)
    found = [
        *_unreadable(config),
        *_unreadable(credentials),
        *_headers(config, credentials),
    ]
    of_config, of_credentials = dict(in_config(config)), dict(in_credentials(credentials))
    names = sorted({*of_config, *of_credentials})
    for name in names:
        found += _of_profile(name, of_config.get(name), of_credentials.get(name), names)
    readable = config.unreadable is None and credentials.unreadable is None
    if readable and machine.profile_in_use not in names and machine.profile_in_use != "default":
        known = ", ".join(map(printable, names)) or "none"
        found.append(
            _problem(
                f"there is no profile {quoted(machine.profile_in_use)}; known: {known}",
                "name one of them, or write it: rolecall profile",
            )
        )
    yield from found
    if not found:
        count = f"{len(names)} profile" + ("" if len(names) == 1 else "s")
        yield Finding(CHECK, Level.OK, f"{count}, none of them says two things")


def _problem(what: str, fix: str) -> Finding:
    return Finding(CHECK, Level.PROBLEM, what, fix)


def _unreadable(file: AwsFile) -> Iterator[Finding]:
    if file.unreadable is not None:
        yield _problem(
            f"{file.path} cannot be used: {printable(file.unreadable)}; AWS tools refuse the whole "
            "file",
            "mend that line: of a section or an option that stands twice, keep one.",
        )


def _headers(config: AwsFile, credentials: AwsFile) -> Iterator[Finding]:
    defaults = [s for s in config.sections if name_in_config(s.header) == "default"]
    if len({section.header for section in defaults}) > 1:
        lines = " and ".join(str(section.start + 1) for section in defaults)
        yield _problem(
            f"{config.path} has [default] and [profile default] (lines {lines}), and tools differ "
            "in which of them counts",
            "make one of them.",
        )
    for section in config.sections:
        options = {option.name for option in section.options}
        kind = section.header.split(" ")[0]
        is_profile = name_in_config(section.header) is not None or kind in _OTHER_SECTIONS
        if not is_profile and options & LEADS_TO_CREDENTIALS:
            yield _problem(
                f"{config.path}, line {section.start + 1}: [{printable(section.header)}] is taken "
                "for no profile",
                f"write [profile {printable(section.header)}]",
            )
    for section in credentials.sections:
        if section.header.startswith("profile "):
            yield _problem(
                f"{credentials.path}, line {section.start + 1}: [{printable(section.header)}] is "
                "not the profile that it looks like; in this file the word is left out",
                f"write [{printable(section.header.removeprefix('profile ').strip())}]",
            )


def _of_profile(
    name: str,
    config: WrittenProfile | None,
    credentials: WrittenProfile | None,
    names: list[str],
) -> Iterator[Finding]:
    of_config: Mapping[str, str] = {} if config is None else config.settings
    of_credentials: Mapping[str, str] = {} if credentials is None else credentials.settings
    both = {**of_config, **of_credentials}
    where = _where(config, credentials)
    keys_stored = any(key in of_credentials for key in _KEYS)
    if "role_arn" in both:
        yield from _of_role(name, both, where, names)
        beaten = [
            what
            for what, there in (
                ("keys", keys_stored and both.get("source_profile") != name),
                ("credential_process", "credential_process" in both),
            )
            if there
        ]
        if beaten:
            others = " and its ".join(beaten)
            yield _problem(
                f"profile {quoted(name)} ({where}): its role_arn beats its {others}",
                "take out what is not meant.",
            )
    elif "credential_process" in both and keys_stored:
        yield _problem(
            f"profile {quoted(name)} ({where}): its keys in the credentials file beat its "
            "credential_process, and stay when they have ended",
            "take the keys out of the credentials file.",
        )
    elif "credential_process" in both:
        yield from _of_process(name, both["credential_process"], where)


def _of_role(
    name: str, settings: Mapping[str, str], where: str, names: list[str]
) -> Iterator[Finding]:
    source = settings.get("source_profile")
    if source is not None and source not in names:
        yield _problem(
            f"profile {quoted(name)} ({where}) starts from profile {quoted(source)}, which is not "
            "there",
            "mend its source_profile.",
        )
    starts = {"source_profile", "credential_source", "web_identity_token_file"}
    if not starts & settings.keys():
        yield _problem(
            f"profile {quoted(name)} ({where}) has a role_arn, and nothing to assume it with",
            "add source_profile, credential_source or web_identity_token_file.",
        )


def _of_process(name: str, command: str, where: str) -> Iterator[Finding]:
    if not command:
        return  # of a file that could not be read as a whole
    try:
        program = shlex.split(command)[0]
    except (ValueError, IndexError):
        program = ""
    if not program or (shutil.which(program) is None and not Path(program).is_file()):
        yield _problem(
            f"profile {quoted(name)} ({where}): its credential_process runs "
            f"{quoted(program, 200)}, which is not there",
            "write the profile again: rolecall profile",
        )


def _where(*written: WrittenProfile | None) -> str:
    return ", ".join(f"{each.path} line {each.line}" for each in written if each is not None)
