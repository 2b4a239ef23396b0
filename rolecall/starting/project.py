"""The files of a new project, from the templates in `files/`."""

import json
import shlex
from importlib.resources import files
from pathlib import PurePosixPath
from string import Template

from rolecall import __version__
from rolecall.starting.answers import Answers

#: Where a template goes. None is called as in the project: `main.py` among Rolecall's own
#: files would be taken for a part of Rolecall by whatever looks for Python.
_FILES = {
    ".github/workflows/access.yml": "workflow",
    ".gitignore": "gitignore",
    "Makefile": "makefile",
    "Pipfile": "pipfile",
    "README.md": "readme",
    "cdktf.json": "cdktf",
    "main.py": "main",
    "pyproject.toml": "pyproject",
    "stacks/__init__.py": "stacks",
    "stacks/access.py": "access",
    "tests/conftest.py": "conftest",
    "tests/test_deployed.py": "test_deployed",
    "tests/test_who_may.py": "test_who_may",
}
_DEPLOYED = "tests/test_deployed.py"
_EXTRAS = ("cdktf", "local", "review", "session", "testing")


class _Template(Template):
    """`§name`, because `$` means something in most of these files."""

    delimiter = "§"


def project_files(answers: Answers) -> dict[str, str]:
    """Every file of the project, by its path in it."""
    folder = files("rolecall.starting").joinpath("files")
    values = _values(answers)
    made = {
        name: _Template(folder.joinpath(f"{template}.template").read_text("utf-8")).substitute(
            values
        )
        for name, template in _FILES.items()
        if answers.embedded or name != _DEPLOYED
    }
    environment = _Template(folder.joinpath("environment.template").read_text("utf-8"))
    for name, account in answers.accounts:
        made[f"environments/{name}.yaml"] = environment.substitute(
            values,
            environment=_quoted(name),
            account=_quoted(account),
            identity=f"identity_account_id: {_quoted(answers.identity)}\n"
            if answers.identity
            else "",
        )
    return made


def _values(answers: Answers) -> dict[str, str]:
    """What stands for `§…`. A name with `_text` is a string in JSON, which YAML, TOML and Python
    read as well."""
    first = answers.first
    other = next((name for name, _ in answers.accounts if name != first), f"not-{first}")
    return {
        "name": answers.name,
        "name_text": _quoted(answers.name),
        "repository": answers.repository,
        "repository_text": _quoted(answers.repository),
        "region_text": _quoted(answers.region),
        "first": first,
        "first_text": _quoted(first),
        "other_text": _quoted(other),
        "rolecall": _requirement(answers),
        "install_text": _shell(answers),
    }


def _requirement(answers: Answers) -> str:
    """Rolecall as a Pipfile asks for it."""
    extras = f"extras = {json.dumps(list(_EXTRAS))}"
    if answers.wheel is None:
        return f'{{version = "~={__version__}", {extras}}}'
    path = PurePosixPath(answers.wheel.resolve().as_posix())
    return f"{{file = {_quoted(str(path))}, {extras}}}"


def _shell(answers: Answers) -> str:
    """The same as a word of a shell."""
    extras = ",".join(_EXTRAS)
    if answers.wheel is None:
        return shlex.quote(f"rolecall[{extras}]~={__version__}")
    return shlex.quote(f"{answers.wheel.resolve().as_posix()}[{extras}]")


def _quoted(text: str) -> str:
    return json.dumps(text)
