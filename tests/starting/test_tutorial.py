"""docs/tutorial.md, as somebody types it: in an environment that holds the wheel only."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.blocks import Block, blocks
from tests.packaging.environments import Environment

_MARK = "---- after line "
_EXTRAS = ("cdktf", "local", "review", "session", "testing")


def _typed(page: list[Block]) -> list[Block]:
    """What is typed, but for the installation, which `installed` stands for."""
    return [block for block in page if block.kind == "sh" and "pip install" not in block.text]


def _jsii() -> dict[str, str]:
    """What jsii has unpacked already, for it would look below HOME."""
    cache = Path.home() / ".cache/aws/jsii/package-cache"
    return {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(cache)} if cache.is_dir() else {}


def _holds(output: str, told: str) -> str | None:
    """The first piece of what the page tells (`…` stands for anything) that is not there."""
    at = 0
    for piece in re.split(r"…|\n", told):
        if piece.strip():
            found = output.find(piece.strip(), at)
            if found < 0:
                return piece
            at = found
    return None


def test_the_installation_names_the_extras_that_the_rest_runs_with() -> None:
    (install,) = (block for block in blocks("tutorial.md") if "pip install" in block.text)
    assert f"'rolecall[{','.join(_EXTRAS)}]'" in install.text


@pytest.mark.terraform
@pytest.mark.xdist_group("packaging")
def test_the_tutorial_comes_out_as_it_says(
    installed: Callable[..., Environment], provider: dict[str, str], tmp_path: Path
) -> None:
    environment = installed(*_EXTRAS)
    home = Path(provider.pop("ROLECALL_HOME"))
    page = blocks("tutorial.md")
    script = ["set -eo pipefail"]
    for block in _typed(page):
        script += [block.text, f"echo '{_MARK}{block.line}'"]
        if "rolecall init" in block.text:
            # Where the provider comes from is known, and the usual port may be somebody else's.
            script += [
                f"mkdir .rolecall; cp -R '{home}/.' .rolecall",
                "rolecall local up --port 0 --ephemeral",
            ]
    who = {
        f"GIT_{role}_{what}": "acme@example.com"
        for role in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=tmp_path,
        env=environment.variables(**provider, **who, HOME=str(tmp_path), **_jsii()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert done.returncode == 0, done.stdout
        outputs = dict(
            zip(
                [block.line for block in _typed(page)],
                re.split(rf"^{_MARK}[0-9]+$", done.stdout, flags=re.MULTILINE),
                strict=False,
            )
        )
        last = 0
        for block in page:
            if block.kind == "sh":
                last = block.line
            elif block.kind == "text":
                missing = _holds(outputs[last], block.text)
                assert missing is None, f"line {block.line}: {missing!r} not in\n{outputs[last]}"
    finally:
        if (tmp_path / "shop").is_dir():
            environment.run("rolecall", "local", "down", cwd=tmp_path / "shop")


def test_what_the_tutorial_shows_of_the_stack_is_in_the_project() -> None:
    from rolecall.starting import Answers, project_files

    answers = Answers("shop", (("tes", "111111111111"),), "eu-central-1", "acme/shop")
    stack = project_files(answers)["stacks/access.py"]
    for block in blocks("tutorial.md"):
        if block.kind == "python":
            indented = "".join(f"        {line}\n" for line in block.text.splitlines())
            assert indented in stack


def test_bash_and_git_are_there() -> None:
    assert shutil.which("bash")
    assert shutil.which("git")
