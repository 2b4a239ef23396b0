"""The commands use what is kept, and say what they are told to."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from rolecall.session.place import Folders
from tests.session.cache.world import World

pytestmark = pytest.mark.xdist_group("cache")
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _keys(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in world.keys.items():
        monkeypatch.setenv(name, value)


def assume(capsys: Output, *words: str, role: str = "deployer") -> Any:
    assert main(["assume", "tes", role, "--json", *words]) == Exit.OK
    return json.loads(capsys.readouterr().out)


def test_the_second_time_nothing_is_asked(world: World, capsys: Output) -> None:
    assert assume(capsys) == assume(capsys)
    assert world.asked == ["AssumeRole"]
    [kept] = Folders.of({}).sessions.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert not Folders.of({}).shared.exists()


def test_no_cache_neither_uses_nor_keeps(world: World, capsys: Output) -> None:
    first = assume(capsys, "--no-cache")
    assert not Folders.of({}).ours.exists()
    assert assume(capsys)["AccessKeyId"] != first["AccessKeyId"]
    assert assume(capsys, "--no-cache")["AccessKeyId"] != assume(capsys)["AccessKeyId"]
    assert world.assumed == 3


def test_refresh_gets_a_new_one_and_keeps_it(world: World, capsys: Output) -> None:
    first, second = assume(capsys), assume(capsys, "--refresh")
    assert first["AccessKeyId"] != second["AccessKeyId"]
    assert assume(capsys) == second
    with pytest.raises(SystemExit) as ended:
        main(["assume", "tes", "deployer", "--refresh", "--no-cache"])
    assert ended.value.code == Exit.BAD_INPUT


def test_what_is_asked_for_otherwise_is_another_session(world: World, capsys: Output) -> None:
    usual = assume(capsys)
    for words in (["--duration", "900"], ["--session-name", "bob"], ["--external-id", "acme"]):
        assert assume(capsys, *words)["AccessKeyId"] != usual["AccessKeyId"]
    assert assume(capsys) == usual


def test_every_link_of_a_chain_is_kept(world: World, capsys: Output) -> None:
    via = ["--via", "tes/deployer"]
    first = assume(capsys, *via, role="reader")
    assert assume(capsys, *via, role="reader") == first
    assert assume(capsys)["AssumedRoleArn"].endswith("tes-deployer/alice")
    assert world.assumed == 2
    # The reader whom the administrator becomes is another session than the deployer's.
    assert assume(capsys, role="reader")["AccessKeyId"] != first["AccessKeyId"]


def test_the_kept_session_needs_no_credentials(
    world: World, home: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a profile whose helper has gone away meanwhile, say."""
    for name in world.keys:
        monkeypatch.delenv(name)
    helper = home / "helper"
    answer = json.dumps(
        {"Version": 1, "AccessKeyId": world.access_key, "SecretAccessKey": world.secret_key}
    )
    helper.write_text(f"#!/bin/sh\necho '{answer}'\n")
    helper.chmod(0o700)
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(f"[profile base]\ncredential_process = {helper}\n")
    first = assume(capsys, "--profile", "base")
    helper.unlink()
    assert assume(capsys, "--profile", "base") == first
    assert main(["assume", "tes", "deployer", "--profile", "base", "--refresh"]) != Exit.OK


def test_process_prints_one_line_and_is_quiet(world: World, capsys: Output) -> None:
    assert main(["process", "tes", "deployer"]) == Exit.OK
    out, err = capsys.readouterr()
    assert err == ""
    assert out.count("\n") == 1
    assert json.loads(out) == assume(capsys)
    assert not Folders.of({}).ready.exists()


def test_a_command_that_is_run_as_the_role_uses_what_is_kept(world: World, capsys: Output) -> None:
    kept = assume(capsys)
    show = "import os; print(os.environ['AWS_ACCESS_KEY_ID'])"
    words = [sys.executable, "-m", "rolecall.cli.main", "exec", "tes", "deployer", "--static"]
    done = subprocess.run(
        [*words, "--session-name", "alice", "--", sys.executable, "-c", show],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == kept["AccessKeyId"]
    assert world.assumed == 1
