"""`credential_process`: an answer that lies ready is printed for whom it was made, as long as
it is good; anything else runs the whole tool."""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.session import warm
from rolecall.session.place import Folders
from rolecall.session.ready import Basis, command_of, ready_content, write_ready
from tests.session.cache.world import World

pytestmark = pytest.mark.xdist_group("cache")

WORDS = ["process", "tes", "deployer"]
ANSWER = b'{"Version": 1}\n'
NOW = 1_000_000
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


def basis(**changed: Any) -> Basis:
    facts: dict[str, Any] = {
        "words": WORDS,
        "environ": {"HOME": "/home/alice"},
        "as_well": {},
        "files": [],
        "anywhere": True,
    }
    return Basis(**{**facts, **changed})


def output(
    content: bytes, words: list[str] = WORDS, cwd: bytes = b"/", now: float = NOW, **environ: str
) -> bytes | None:
    variables = {"HOME": "/home/alice", **environ}
    return warm.output_of(
        content,
        [os.fsencode(word) for word in words],
        {os.fsencode(name): os.fsencode(value) for name, value in variables.items()},
        cwd,
        now,
    )


def ready(**changed: Any) -> bytes:
    return ready_content(basis(**changed), (NOW - 10, NOW + 10), ANSWER)


def test_it_is_printed_for_whom_it_was_made() -> None:
    assert output(ready()) == ANSWER


@pytest.mark.parametrize(
    "other",
    [
        {"words": ["process", "tes", "reader"]},
        {"words": [*WORDS, "--region", "eu-west-1"]},
        {"words": []},
        {"now": NOW + 10},
        {"now": NOW - 11},
        {"AWS_PROFILE": "other"},
        {"AWS_ACCESS_KEY_ID": "AKIAOTHER"},
        {"AWS_ENDPOINT_URL": "http://127.0.0.1:4566"},
        {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:4566"},
        {"HOME": "/home/bob"},
        {"AWS_CONFIG_FILE": ""},
    ],
)
def test_anything_else_is_left_to_the_whole_tool(other: Any) -> None:
    assert output(ready(), **other) is None


def test_either_of_two_values_will_do_where_both_mean_the_same() -> None:
    content = ready(as_well={"AWS_PROFILE": "tes-repository"})
    assert output(content) == ANSWER
    assert output(content, AWS_PROFILE="tes-repository") == ANSWER
    assert output(content, AWS_PROFILE="other") is None


def test_a_relative_path_means_something_in_its_folder_only() -> None:
    here = warm.working_directory()
    for content in (ready(anywhere=False), ready(environ={"HOME": "/home/alice"})):
        assert output(content, cwd=here) == ANSWER
    assert output(ready(anywhere=False), cwd=b"/elsewhere") is None
    relative = {"HOME": "/home/alice", "AWS_CONFIG_FILE": "config"}
    assert output(ready(environ=relative), cwd=b"/elsewhere", AWS_CONFIG_FILE="config") is None


def test_a_file_that_changed_or_came_or_went_makes_it_void(tmp_path: Path) -> None:
    there, missing = tmp_path / "there", tmp_path / "missing"
    there.write_text("one")
    content = ready(files=[there, missing])
    assert output(content) == ANSWER
    missing.write_text("")
    assert output(content) is None
    missing.unlink()
    assert output(content) == ANSWER
    there.write_text("two!")
    assert output(content) is None


@settings(deadline=None)
@given(st.lists(TEXTS, max_size=5), st.lists(TEXTS, max_size=5), st.binary(max_size=50))
def test_only_the_very_words_are_answered(one: list[str], two: list[str], extra: bytes) -> None:
    content = ready(words=one)
    assert (output(content, two) == ANSWER) is (one == two)
    assert output(content + extra, one) == (ANSWER if not extra else None)


@settings(deadline=None)
@given(st.data())
def test_no_content_is_a_fault_and_no_part_is_an_answer(data: st.DataObject) -> None:
    whole = ready()
    at = data.draw(st.integers(0, len(whole) - 1))
    assert output(whole[:at]) is None
    changed = (
        whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 8)) :]
    )
    found = output(changed)
    assert found is None or len(found) == len(ANSWER)
    output(data.draw(st.binary(max_size=200)))
    output(b"\0".join([warm.MAGIC, *data.draw(st.lists(st.binary(max_size=5), max_size=12))]))


def test_only_a_file_of_this_user_alone_is_read(tmp_path: Path) -> None:
    file = tmp_path / "ready"
    file.write_bytes(ANSWER)
    file.chmod(0o600)
    assert warm.content_of(os.fsencode(file)) == ANSWER
    link, pipe = tmp_path / "link", tmp_path / "pipe"
    link.symlink_to(file)
    os.mkfifo(pipe, 0o600)
    for other in (link, pipe, tmp_path, tmp_path / "missing"):
        assert warm.content_of(os.fsencode(other)) == b""
    assert warm.content_of(b"a\0b") == b""
    file.chmod(0o640)
    assert warm.content_of(os.fsencode(file)) == b""


def test_what_another_user_laid_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answer"
    file.write_bytes(ANSWER)
    file.chmod(0o600)
    other = os.geteuid() + 1
    monkeypatch.setattr("posix.geteuid", lambda: other)
    assert warm.content_of(os.fsencode(file)) == b""


def test_an_answer_of_another_version_is_none() -> None:
    assert output(ready().replace(b"rolecall ready 1", b"rolecall ready 2")) is None
    assert output(ready() + b"\0more") is None


def test_nothing_is_laid_ready_outside_of_our_folder(
    bare_environment: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "authorized_keys"
    assert not write_ready(elsewhere, basis(environ={}), (0, NOW), ANSWER)
    assert not elsewhere.exists()
    file = Folders.of({}).ready / "a"
    assert write_ready(file, basis(environ={}), (0, NOW), ANSWER)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    os.utime(file, (1, 1))
    write_ready(file.with_name("b"), basis(environ={}), (0, NOW), ANSWER)
    assert [one.name for one in file.parent.iterdir()] == ["b"]


@pytest.fixture
def environ(world: World, home: Path) -> dict[str, str]:
    return {
        **world.keys,
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": world.url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def command(home: Path) -> list[str]:
    return command_of([*WORDS, f"--environments={home / 'environments'}"], {})


def run(command: list[str], environ: dict[str, str], *prefix: str) -> Any:
    done = subprocess.run(
        [*prefix, *command], env=environ, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


def imported(command: list[str], environ: dict[str, str]) -> set[str]:
    """The modules that a run imports beyond those of a bare Python."""

    def of(words: list[str]) -> set[str]:
        done = subprocess.run(
            words, env=environ, cwd="/", capture_output=True, text=True, check=True
        )
        return {
            line.rpartition("|")[2].strip()
            for line in done.stderr.splitlines()
            if line.startswith("import time:")
        }

    verbose = [sys.executable, "-X", "importtime"]
    return of([*verbose, *command[1:]]) - of([*verbose, "-IS", "-c", "pass"])


def test_the_second_time_nothing_is_asked_and_nothing_is_imported(
    world: World, environ: dict[str, str], command: list[str]
) -> None:
    first = run(command, environ)
    assert first["Version"] == 1
    assert first["AccountId"] == "111111111111"
    before = sorted(Folders.of(environ).ready.iterdir())
    assert len(before) == 1
    assert before[0].stat().st_mode & 0o777 == 0o600
    assert run(command, environ) == first
    assert imported(command, environ) <= {"time"}
    assert world.asked == ["AssumeRole"]


def test_another_caller_or_role_gets_its_own(
    world: World, environ: dict[str, str], command: list[str], home: Path
) -> None:
    first = run(command, environ)
    reader = [*command[:6], "reader", *command[7:]]
    assert command[6] == "deployer"
    second = run(reader, environ)
    assert second["AssumedRoleArn"].endswith("tes-reader/" + first["AssumedRoleArn"].split("/")[-1])
    # What is laid ready now is the reader's, in the same file.
    assert run(command, environ)["AssumedRoleArn"] == first["AssumedRoleArn"]
    (home / "environments/tes.yaml").write_text('account_id: "222222222222"\nregion: eu-west-1\n')
    done = subprocess.run(command, env=environ, cwd="/", capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (5, b"")


def test_without_the_kept_session_the_ready_answer_is_void(
    world: World, environ: dict[str, str], command: list[str]
) -> None:
    """So that `rm -r` of a cache, as people do, has the effect that they want."""
    first = run(command, environ)
    [kept] = Folders.of(environ).sessions.iterdir()
    kept.unlink()
    assert run(command, environ)["AccessKeyId"] != first["AccessKeyId"]


def test_a_damaged_answer_is_made_anew(
    world: World, environ: dict[str, str], command: list[str]
) -> None:
    first = run(command, environ)
    [laid] = Folders.of(environ).ready.iterdir()
    whole = laid.read_bytes()
    laid.write_bytes(whole[:200])
    assert run(command, environ) == first
    assert laid.read_bytes().split(b"\0")[-1] == whole.split(b"\0")[-1]
    assert world.asked == ["AssumeRole"]


def test_it_is_good_until_the_session_is_to_be_renewed(
    environ: dict[str, str], command: list[str]
) -> None:
    run(command, environ)
    [laid] = Folders.of(environ).ready.iterdir()
    begins, ends = map(int, laid.read_bytes().split(b"\0")[2:4])
    assert abs(begins - time.time()) < 60
    assert abs(ends - (time.time() + 3600 - 900)) < 60


def test_botocore_takes_it_for_a_credential_process(
    world: World, home: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the role's profile in AWS_PROFILE, which the process must not follow."""
    words = [*command[4:], "--for-profile=tes-repository", "--profile=base"]
    process = shlex.join(command_of(words, {}))
    world.write_profiles(
        home, f"[profile tes-repository]\nregion = eu-central-1\ncredential_process = {process}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "tes-repository")
    found = [credentials(None), credentials("tes-repository")]
    monkeypatch.delenv("AWS_PROFILE")
    found.append(credentials("tes-repository"))
    assert len({one.access_key for one in found}) == 1
    assert found[0].account_id == "111111111111"
    assert world.assumed == 1


def credentials(profile: str | None) -> Any:
    session = botocore.session.Session(profile=profile)
    return session.get_credentials().get_frozen_credentials()
