"""What is believed of a file, whatever is in it, and how files are written and removed."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.cli.main import main
from rolecall.session import cache
from rolecall.session.assumed_role import session_of
from rolecall.session.aws_cli_cache import as_text, from_text, parameters_of_profile
from rolecall.session.kept_files import clear, kept_files
from rolecall.session.place import Folders
from rolecall.session.renew import fresh
from tests.session.cache.answers import KEY, ROLE, START, Files, Sts, answer

WHOLE = as_text(answer())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner),
    max_leaves=12,
)


def put(files: Files, content: bytes | str) -> None:
    place = files.place()
    place.file.parent.mkdir(exist_ok=True)
    place.file.write_bytes(content if isinstance(content, bytes) else content.encode())
    place.file.chmod(0o600)
    os.utime(place.file, (START.timestamp(),) * 2)


@st.composite
def almost(draw: st.DrawFn) -> bytes:
    """A file of ours with something changed in it."""
    content = bytearray(WHOLE.encode())
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(content) - 1))
        content[at : at + draw(st.integers(0, 40))] = draw(st.binary(max_size=10))
    return bytes(content)


@st.composite
def of_another_shape(draw: st.DrawFn) -> bytes:
    """An answer with one of its values replaced by anything."""
    import json

    whole = json.loads(WHOLE)
    at = draw(st.sampled_from(["Credentials", "AssumedRoleUser", "ResponseMetadata"]))
    if draw(st.booleans()):
        whole[at] = draw(JSON)
    else:
        whole[at][draw(st.sampled_from(sorted(whole[at])))] = draw(JSON)
    return json.dumps(whole).encode()


@settings(deadline=None)
@given(
    st.binary(max_size=300) | almost() | of_another_shape() | JSON.map(lambda j: repr(j).encode())
)
def test_no_content_is_a_fault(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    files, sts = Files(tmp_path_factory.mktemp("any")), Sts()
    put(files, content)
    found = cache.read(files.place(), START, lambda words: None)
    if found is not None:
        assert found.session.arn.startswith("arn:aws:sts::111111111111:assumed-role/tes-deployer/")
        assert found.left(START) <= timedelta(hours=1, seconds=5)
    assert fresh(files.place(), sts.assume, now=sts.now).session_token


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["role_arn", "duration_seconds", "external_id"]), JSON))
def test_no_profile_is_a_fault(profile: dict[str, object]) -> None:
    parameters_of_profile(profile)


@pytest.mark.parametrize(
    "spoiled",
    [
        WHOLE[:-40],
        "",
        "null",
        WHOLE.replace("tes-deployer", "tes-admin"),
        WHOLE.replace("111111111111", "222222222222"),
        WHOLE.replace("13:00:00UTC", "13:00:00"),
        WHOLE.replace("2026-03-01T13:00:00UTC", "soon"),
        WHOLE.replace("wJalr", "w\\nJalr"),
        WHOLE.replace('"SessionToken"', '"Token"'),
    ],
    ids=["half", "empty", "null", "role", "account", "zone", "date", "secret", "key"],
)
def test_what_is_no_session_of_the_role_is_replaced(files: Files, spoiled: str) -> None:
    put(files, spoiled)
    words: list[str] = []
    sts = Sts()
    session = fresh(files.place(), sts.assume, now=sts.now, warn=words.append)
    assert "a new one takes its place" in words[0]
    assert session.session_token not in words[0]
    assert fresh(files.place(), sts.assume, now=sts.now, warn=words.append) == session
    assert (sts.calls, len(words)) == (1, 1)


def test_a_file_that_others_may_read_is_closed_and_it_is_said(files: Files) -> None:
    put(files, WHOLE)
    files.place().file.chmod(0o644)
    words: list[str] = []
    assert cache.read(files.place(), START, words.append) is not None
    assert files.place().file.stat().st_mode & 0o777 == 0o600
    assert "could be read by other users" in words[0]


def test_a_file_that_nobody_else_may_read_stays_as_it_is(files: Files) -> None:
    put(files, WHOLE)
    files.place().file.chmod(0o400)
    assert cache.read(files.place(), START, pytest.fail) is not None
    assert files.place().file.stat().st_mode & 0o777 == 0o400


def test_times_beyond_every_calendar_are_not_counted_with() -> None:
    """Then the session is taken to be over as it came: it is handed out once, and not kept."""
    kept = cache.kept(answer(), START, 10**12)
    assert kept == cache.Kept(session_of(answer()), timedelta(0), START)


def test_what_is_no_plain_file_of_ours_is_left_alone(files: Files, tmp_path: Path) -> None:
    place = files.place()
    place.file.parent.mkdir()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text(WHOLE)
    elsewhere.chmod(0o644)
    for make in (
        lambda: place.file.symlink_to(elsewhere),
        lambda: os.mkfifo(place.file),
        lambda: place.file.mkdir(),
    ):
        make()
        words: list[str] = []
        assert cache.read(place, START, words.append) is None
        assert len(words) == 1
        place.file.rmdir() if place.file.is_dir() else place.file.unlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o644


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(files: Files) -> None:
    place, sts = files.place(), Sts()
    place.file.parent.mkdir()
    elsewhere = files.folder / "elsewhere"
    elsewhere.write_text("mine")
    place.file.symlink_to(elsewhere)
    fresh(place, sts.assume, now=sts.now)
    assert elsewhere.read_text() == "mine"
    assert not place.file.is_symlink()


def test_after_a_change_of_the_aws_files_the_caller_may_be_another(files: Files) -> None:
    config = files.folder / "config"
    config.write_text("")
    os.utime(config, (START.timestamp() - 60,) * 2)
    place, sts = files.place(newer_than=(config, files.folder / "missing")), Sts()
    fresh(place, sts.assume, now=sts.now)
    fresh(place, sts.assume, now=sts.now)
    assert sts.calls == 1
    os.utime(config, (START.timestamp() + 60,) * 2)
    fresh(place, sts.assume, now=lambda: START + timedelta(minutes=2))
    assert sts.calls == 2


def test_what_killed_writers_leave_is_swept_and_nothing_else(files: Files) -> None:
    place, sts = files.place(), Sts()
    place.file.parent.mkdir()
    names = {
        f".{KEY}.json.0123456789abcdef": True,
        f".{KEY[:40]}.json.0123456789abcdef": True,
        f"{'9' * 64}.json": True,
        f"{KEY[:40]}.json": False,
        ".0123.json.0123456789abcdef": False,
        "botocore-abc.tmp": False,
    }
    for name in names:
        (place.file.parent / name).write_text("half")
        os.utime(place.file.parent / name, (1, 1))
    young = place.file.parent / f".{KEY}.json.ffffffffffffffff"
    young.write_text("being written")
    (place.file.parent / f"{'8' * 64}.json").write_text("of this day")
    os.utime(place.file.parent / f"{'8' * 64}.json", (START.timestamp() - 12 * 3600,) * 2)
    fresh(place, sts.assume, now=sts.now)
    assert (place.file.parent / f"{'8' * 64}.json").exists()
    assert {name: not (place.file.parent / name).exists() for name in names} == names
    assert young.exists()


def test_the_lock_of_a_process_that_is_killed_is_free(files: Files) -> None:
    from rolecall.session.lock import Lock, lock

    path = files.place().lock
    script = (
        "import sys, time, pathlib\n"
        "from rolecall.session.lock import lock\n"
        "with lock(pathlib.Path(sys.argv[1]), 0) as held:\n"
        "    print(held.value, flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, path], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ours\n"
    with lock(path, 0) as held:
        assert held is Lock.THEIRS
    process.kill()
    process.wait(30)
    process.stdout.close()
    with lock(path, 0) as held:
        assert held is Lock.OURS


@pytest.fixture
def folders(bare_environment: Path) -> Folders:
    """Two sessions of ours, one of the CLI's, and what the CLI keeps of a sign-in."""
    folders = Folders.of({})
    for folder, name in (
        (folders.sessions, KEY),
        (folders.sessions, "f" * 64),
        (folders.shared, "a" * 40),
        (folders.shared, "b" * 40),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_text(WHOLE)
    (folders.sessions / f"{'f' * 64}.json").write_text("half")
    (folders.shared / f"{'b' * 40}.json").write_text('{"ProviderType": "sso", "Credentials": {}}')
    folders.locks.mkdir()
    (folders.locks / f"{KEY}.lock").touch()
    folders.ready.mkdir()
    (folders.ready / ("c" * 32)).write_text("an answer")
    return folders


def test_what_is_kept_is_listed_without_secrets(
    folders: Folders, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "list"]) == 0
    assert main(["cache", "list", "--json"]) == 0
    out = capsys.readouterr().out
    assert "assumed-role/tes-deployer/alice" in out
    assert "broken" in out
    credentials = answer()["Credentials"]
    for secret in ("SecretAccessKey", "SessionToken"):
        assert credentials[secret] not in out
    assert [one.shared for one in kept_files(folders)].count(True) == 1


def test_clearing_leaves_alone_what_the_cli_keeps(folders: Folders) -> None:
    assert main(["cache", "clear"]) == 0
    assert not any(folders.sessions.iterdir())
    assert not any(folders.locks.iterdir())
    assert not any(folders.ready.iterdir())
    assert len(list(folders.shared.iterdir())) == 2
    assert clear(folders, shared=True) == 1
    [left] = folders.shared.iterdir()
    assert left.name.startswith("b")


def test_a_cache_that_is_not_there_is_empty(
    bare_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cache", "list", "--json"]) == 0
    assert main(["cache", "clear", "--json"]) == 0
    assert capsys.readouterr().out == '[]\n{"removed": 0}\n'
    assert not (bare_environment / ".cache").exists()


def test_a_whole_file_reads_as_it_was_written() -> None:
    assert from_text(WHOLE)["Credentials"]["Expiration"] == START + timedelta(hours=1)
    assert ROLE.endswith("tes-deployer")
