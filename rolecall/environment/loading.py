"""From files in environments/ to `Environment` values."""

import re
from pathlib import Path
from types import MappingProxyType

from rolecall.environment import fields
from rolecall.environment.fields import Section
from rolecall.environment.model import Environment, LocalState, S3State, State
from rolecall.environment.problem import EnvironmentProblem, listed, nearest
from rolecall.environment.yaml_nodes import LARGEST_FILE, compose
from rolecall.files import read_regular
from rolecall.policy import check_duration, check_external_id
from rolecall.policy.errors import quoted

_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}\Z")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\Z")
_KEYS = (
    "account_id",
    "region",
    "partition",
    "identity_account_id",
    "external_id",
    "own_accounts",
    "session_seconds",
    "state",
    "issuers",
    "saml_metadata",
    "tags",
)


def load_environments(directory: Path) -> tuple[Environment, ...]:
    """Every environment of a directory, by name.

    Raises `EnvironmentProblem`: no directory, no file, a bad file, or two environments
    that would share one state.
    """
    found = tuple(_load(name, directory) for name in environment_names(directory))
    owners: dict[State, str] = {}
    for environment in found:
        if isinstance(environment.state, LocalState):
            continue  # local files are named after the environment
        other = owners.setdefault(environment.state, environment.name)
        if other != environment.name:
            raise EnvironmentProblem(
                f'"{other}" and "{environment.name}" keep their state in the same object, so each '
                "deployment would destroy the other's roles; give one another key.",
                f"{directory.name}/{environment.name}.yaml",
            )
    return found


def load_environment(name: str, directory: Path) -> Environment:
    """One environment by its name.

    Raises `EnvironmentProblem` (exit code 2): an unknown name, with those known, or a
    file that is wrong, with its line.
    """
    known = environment_names(directory)
    if name not in known:
        raise EnvironmentProblem(
            f'There is no environment "{name}".{nearest(name, known)} '
            f"Known environments: {listed(known)}."
        )
    return _load(name, directory)


def parse_environment(name: str, text: str, directory: Path = Path("environments")) -> Environment:
    """The environment a file's text states. Raises `EnvironmentProblem`, nothing else."""
    file = f"{directory.name}/{name}.yaml"
    section = Section(compose(text, file), file, _KEYS)
    region = section.needed("region", "eu-central-1")
    partition = fields.region_partition(section, "region", region)
    written = section.text("partition", partition)
    if written is not None and written != partition:
        raise section.fail(
            "partition",
            f'partition "{written}" does not go with region "{region}", which is in "{partition}"; '
            "leave it out.",
        )
    external_id = section.text("external_id", '"…"')
    if external_id is not None:
        section.checked("external_id", external_id, check_external_id)
    return Environment(
        name=name,
        account_id=_account(section, "account_id") or _missing(section, "account_id"),
        region=region,
        partition=partition,
        identity_account_id=_account(section, "identity_account_id") or "",
        external_id=external_id,
        own_accounts=_own_accounts(section),
        session_seconds=_session_seconds(section),
        state=_state(section, name),
        issuers=MappingProxyType(_mapping(section, "issuers")),
        saml_metadata=_file(section, "saml_metadata", "environments/saml/acme.xml"),
        tags=MappingProxyType(_mapping(section, "tags")),
        directory=directory,
    )


def check_environment_name(name: str, file: str | None = None) -> None:
    """Raise `EnvironmentProblem` for what cannot name an environment."""
    if not _NAME.match(name):
        raise EnvironmentProblem(
            f'"{name}" cannot name an environment; it becomes part of role names: up to 32 small '
            "letters, digits and hyphens, a letter first.",
            file,
        )


def environment_names(directory: Path) -> tuple[str, ...]:
    """The environments that a directory has files for, sorted; the files are not read.

    Raises `EnvironmentProblem`: no directory, no file, or a name that cannot be one.
    """
    try:
        files = sorted(directory.iterdir())
    except OSError:
        if directory.absolute().parent != Path.cwd():
            raise EnvironmentProblem(
                f"There is no directory {quoted(str(directory), 200)}: name the one that has the "
                "environments' files."
            ) from None
        raise EnvironmentProblem(
            f"There is no directory {directory.name}/ here; run the command in the root of the "
            f"project, or write {directory.name}/tes.yaml."
        ) from None
    names: list[str] = []
    for file in files:
        if file.suffix == ".yml":
            raise EnvironmentProblem(
                f"{directory.name}/{file.name} is not read; call it {file.stem}.yaml."
            )
        if file.suffix != ".yaml" or file.name.startswith("."):
            continue
        check_environment_name(file.stem, f"{directory.name}/{file.name}")
        names.append(file.stem)
    if not names:
        raise EnvironmentProblem(
            f"{directory.name}/ holds no environment; write {directory.name}/tes.yaml."
        )
    return tuple(names)


def _load(name: str, directory: Path) -> Environment:
    path = directory / f"{name}.yaml"
    shown = f"{directory.name}/{name}.yaml"
    try:
        with read_regular(path) as file:
            raw = file.read(LARGEST_FILE * 4 + 1)
        text = raw.decode("utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"cannot be read: {error.strerror}.", shown) from None
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise EnvironmentProblem("the file is not UTF-8 text.", shown, line) from None
    return parse_environment(name, text, directory)


def _missing(section: Section, key: str) -> str:
    return section.needed(key, '"111122223333"')


def _account(section: Section, key: str) -> str | None:
    node = section.node(key)
    return None if node is None else fields.account_id(node, key, section.file)


def _own_accounts(section: Section) -> frozenset[str]:
    node = section.node("own_accounts")
    if node is None:
        return frozenset()
    items = fields.strings(node, "own_accounts", section.file)
    return frozenset(fields.account_id(item, "own_accounts", section.file) for item in items)


def _session_seconds(section: Section) -> int:
    node = section.node("session_seconds")
    if node is None:
        return 3600
    seconds = fields.whole_number(node, "session_seconds", section.file, "3600")
    section.checked("session_seconds", seconds, check_duration)
    return seconds


def _file(section: Section, key: str, example: str) -> str | None:
    value = section.text(key, example)
    if value is not None and (value.startswith(("/", "~")) or ".." in value.split("/")):
        raise section.fail(
            key,
            f'{key} "{value}" leaves the project; write a path from its root, such as {example}.',
        )
    return value


def _mapping(section: Section, key: str) -> dict[str, str]:
    node = section.node(key)
    if node is None:
        return {}
    read = fields.issuers if key == "issuers" else fields.tags
    return read(node, section.file)


def _state(section: Section, name: str) -> State:
    node = section.node("state")
    if node is None:
        return LocalState()
    state = Section(node, section.file, ("backend", "bucket", "region", "key"), "state")
    backend = state.needed("backend", "local")
    if backend == "local":
        for key in ("bucket", "region", "key"):
            if state.node(key) is not None:
                raise state.fail(key, f'state has "{key}", which belongs to "backend: s3".')
        return LocalState()
    if backend != "s3":
        raise state.fail("backend", f'backend "{backend}" is not known; write local or s3.')
    bucket = state.needed("bucket", "acme-terraform-state")
    if not _BUCKET.match(bucket):
        raise state.fail("bucket", f'"{bucket}" is not the name of an S3 bucket.')
    region = state.needed("region", "eu-central-1")
    fields.region_partition(state, "region", region)
    key = state.text("key", f"rolecall/{name}.tfstate") or f"rolecall/{name}.tfstate"
    if key.startswith("/") or key.endswith("/") or len(key) > 1024:
        raise state.fail("key", f'"{key}" is not an object key Terraform can use.')
    return S3State(bucket=bucket, region=region, key=key)
