"""`rolecall keys`: a user's keys lie in the system's key store and in no file."""

import io
import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import keyring.core
import pytest
from keyring.backends import chainer, fail, null
from keyring.errors import InitError, KeyringLocked

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.handover.company import Company
from tests.session.keys.desktop import Desktop
from tests.session.keys.memory import MemoryStore

Output = pytest.CaptureFixture[str]
ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OTHER = "AKIAI44QH8DHBEXAMPLE"
AWS = Path(sys.executable).with_name("aws")
ROLECALL = Path(sys.executable).with_name("rolecall")

pytestmark = pytest.mark.xdist_group("keys")


def given(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    text = "\n".join(lines).encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))


def add(monkeypatch: pytest.MonkeyPatch, *words: str, key_id: str = ID) -> int:
    given(monkeypatch, key_id, SECRET)
    return main(["keys", "add", *words, "--stdin", "--offline"])


def files_of(home: Path) -> str:
    """All that any file of the home folder says."""
    found = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    return "\n".join(path.read_bytes().decode("latin-1") for path in found)


def profile_of(name: str) -> dict[str, Any]:
    return dict(botocore.session.get_session().full_config["profiles"].get(name, {}))


@pytest.mark.usefixtures("store")
def test_kept_listed_printed_and_removed(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert add(monkeypatch, "alice", "--region", "eu-central-1") == Exit.OK
    out, err = capsys.readouterr()
    assert out == "alice\n"
    assert ID in err
    assert SECRET not in err + files_of(bare_environment)
    assert profile_of("alice")["region"] == "eu-central-1"
    config = bare_environment / ".aws/config"
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert "# section by rolecall keys: credential_process, region" in config.read_text()

    assert main(["keys", "list"]) == Exit.OK
    out, err = capsys.readouterr()
    assert out.startswith(f"alice  {ID}  ")
    assert main(["keys", "list", "--json"]) == Exit.OK
    listed = capsys.readouterr().out
    assert [one["access_key_id"] for one in json.loads(listed)] == [ID]
    assert SECRET not in out + err + listed

    words = shlex.split(profile_of("alice")["credential_process"])
    assert words[:4] == [sys.executable, "-I", "-m", "rolecall.cli.main"]
    assert SECRET not in str(words)
    assert main(words[4:]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {
        "Version": 1,
        "AccessKeyId": ID,
        "SecretAccessKey": SECRET,
    }

    assert main(["keys", "remove", "alice"]) == Exit.OK
    assert "delete-access-key" in capsys.readouterr().err
    assert config.read_text() == ""
    assert main(["keys", "list", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == []
    assert main(["keys", "remove", "alice"]) == Exit.BAD_INPUT
    assert main(words[4:]) == Exit.BAD_INPUT


def test_other_keys_do_not_take_a_name_silently(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert add(monkeypatch, "alice") == add(monkeypatch, "alice") == Exit.OK
    before = profile_of("alice")
    kept = dict(store.items)
    assert add(monkeypatch, "alice", key_id=OTHER) == Exit.CONFLICT
    assert "--replace" in capsys.readouterr().err
    assert store.items == kept
    assert add(monkeypatch, "alice", "--replace", key_id=OTHER) == Exit.OK
    # Another caller under the same profile: whatever was kept for the former is not his.
    assert profile_of("alice") != before
    words = shlex.split(before["credential_process"])
    assert main(words[4:]) == Exit.BAD_INPUT
    assert "another one" in capsys.readouterr().err


def test_a_profile_with_plain_keys_is_a_conflict_before_anything_is_asked(
    store: MemoryStore, bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (bare_environment / ".aws").mkdir()
    plain = f"[alice]\naws_access_key_id = {ID}\naws_secret_access_key = {SECRET}\n"
    (bare_environment / ".aws/credentials").write_text(plain)
    assert main(["keys", "add", "alice"]) == Exit.CONFLICT
    err = capsys.readouterr().err
    assert "beat" in err
    assert SECRET not in err
    assert store.items == {}
    assert main(["keys", "remove", "alice"]) == Exit.BAD_INPUT
    assert (bare_environment / ".aws/credentials").read_text() == plain


@pytest.mark.usefixtures("store")
def test_profiles_of_a_role_and_of_keys_do_not_take_each_other_s_place(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (bare_environment / "environments").mkdir()
    (bare_environment / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    monkeypatch.chdir(bare_environment)
    assert add(monkeypatch, "alice") == Exit.OK
    assert main(["profile", "tes", "reader", "--name", "alice"]) == Exit.CONFLICT
    assert "`rolecall keys` wrote it" in capsys.readouterr().err
    assert main(["profile", "tes", "reader", "--name", "alice", "--remove"]) == Exit.OK
    assert "There was no alice" in capsys.readouterr().err
    assert "credential_process" in profile_of("alice")


def test_the_near_name_is_named(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert add(monkeypatch, "alice") == Exit.OK
    assert main(["keys", "process", "alise"]) == Exit.BAD_INPUT
    assert "did you mean 'alice'?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["default", "a b", "", "a]", "-a", "é"])
def test_what_is_no_name_is_said(store: MemoryStore, capsys: Output, name: str) -> None:
    assert main(["keys", "add", "--stdin", "--", name]) == Exit.BAD_INPUT
    assert store.items == {}


@pytest.mark.usefixtures("store")
def test_no_question_without_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setattr("rolecall.session.keys.typed.in_foreground", lambda: False)
    assert main(["keys", "add", "alice"]) == Exit.BAD_INPUT
    assert "--stdin" in capsys.readouterr().err
    given(monkeypatch, "")
    assert main(["keys", "add", "alice", "--stdin"]) == Exit.BAD_INPUT
    given(monkeypatch, "x" * 30_000)
    assert main(["keys", "add", "alice", "--stdin"]) == Exit.BAD_INPUT
    assert "20000 bytes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (KeyringLocked(SECRET), "is locked"),
        (InitError(SECRET), "is locked"),
        (OSError(SECRET), "OSError"),
        (RuntimeError(SECRET), "RuntimeError"),
    ],
)
def test_a_store_that_does_not_do_it(
    store: MemoryStore,
    bare_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
    failure: Exception,
    said: str,
) -> None:
    store.failure = failure
    for words in (["list"], ["process", "alice"], ["remove", "alice"]):
        assert main(["keys", *words]) == Exit.FAILED
    assert add(monkeypatch, "alice") == Exit.FAILED
    err = capsys.readouterr().err
    assert err.count(said) == 4
    assert SECRET not in err
    assert not (bare_environment / ".aws/config").exists()


def test_what_lies_in_the_store_is_not_trusted(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    assert add(monkeypatch, "alice") == Exit.OK
    for text in ("", "{}", "[]", "7", "null", '{"AccessKeyId": 7, "SecretAccessKey": []}', "{"):
        store.items["rolecall keys", "alice"] = text
        assert main(["keys", "process", "alice"]) == Exit.BAD_INPUT
        assert main(["keys", "list"]) == Exit.OK
        assert "gone from the key store" in capsys.readouterr().out
        store.items["rolecall names of keys", "names"] = text
        assert main(["keys", "list"]) == Exit.OK
        store.items["rolecall names of keys", "names"] = '["alice"]'
        capsys.readouterr()


class PlaintextKeyring(null.Keyring):  # type: ignore[misc]
    """As one of keyrings.alt."""

    priority = 3


@pytest.mark.parametrize("found", [fail.Keyring, null.Keyring, PlaintextKeyring, chainer])
def test_what_is_no_key_store_of_the_system_is_refused(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, found: Any
) -> None:
    backend = chainer.ChainerBackend() if found is chainer else found()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [PlaintextKeyring()])
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
    for words in (["list"], ["process", "alice"], ["add", "alice", "--stdin"]):
        assert main(["keys", *words]) == Exit.MISSING_COMPONENT
        assert "apt-get install gnome-keyring" in capsys.readouterr().err
    assert list(bare_environment.rglob("*")) == []


def test_without_the_library_the_message_says_what_to_install(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert main(["keys", "list"]) == Exit.MISSING_COMPONENT
    assert "pip install 'rolecall[keyring]'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "setting", ["keyring.backends.null.Keyring", "nowhere.Keyring", "", "keyring.backends.fail"]
)
def test_settings_of_the_library_may_name_anything(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output, setting: str
) -> None:
    monkeypatch.setattr(keyring.core, "_keyring_backend", None)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", setting)
    assert main(["keys", "list"]) == Exit.MISSING_COMPONENT
    assert "no key store" in capsys.readouterr().err


def test_aws_says_whose_keys_they_are(
    embedded: Company, store: MemoryStore, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.url)
    # A name that is yet to be written does not stand in the way.
    monkeypatch.setenv("AWS_PROFILE", "admin")
    given(monkeypatch, *embedded.keys.values())
    assert main(["keys", "add", "admin", "--stdin", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert told["arn"] == "arn:aws:iam::111111111111:user/rolecall-administrator"
    assert profile_of("admin")["endpoint_url"] == embedded.url
    assert main(["keys", "process", "admin"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["AccountId"] == "111111111111"

    given(monkeypatch, ID, SECRET)
    assert main(["keys", "add", "stranger", "--stdin"]) == Exit.DENIED
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    given(monkeypatch, ID, SECRET)
    assert main(["keys", "add", "stranger", "--stdin"]) == Exit.UNREACHABLE
    err = capsys.readouterr().err
    assert SECRET not in err
    assert all("stranger" not in name for name in store.items)


def test_in_a_real_key_store_for_every_tool(embedded: Company, desktop: Desktop) -> None:
    """GNOME Keyring behind the Secret Service; the AWS CLI, the SDK and Rolecall as callers."""
    environment = {**desktop.variables, "AWS_ENDPOINT_URL": embedded.url}
    (desktop.home / "environments").mkdir()
    (desktop.home / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    key_id, secret = embedded.keys.values()

    def ran(*words: object, code: int = 0, given: str = "") -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [str(word) for word in words],
            env=environment,
            cwd=desktop.home,
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        assert secret not in done.stderr
        return done

    key = json.dumps({"AccessKey": {"AccessKeyId": key_id, "SecretAccessKey": secret}})
    ran(ROLECALL, "keys", "add", "admin", "--stdin", "--region", "eu-central-1", given=key)
    assert f"admin  {key_id}" in ran(ROLECALL, "keys", "list").stdout
    assert secret not in files_of(desktop.home)

    del environment["AWS_ENDPOINT_URL"]  # the profile has it
    whose = [AWS, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    assert ":user/rolecall-administrator" in ran(*whose, "--profile", "admin").stdout
    sdk = "import boto3; print(boto3.Session(profile_name='admin').client('sts')"
    said = ran(sys.executable, "-c", f"{sdk}.get_caller_identity()['Arn'])").stdout
    assert ":user/rolecall-administrator" in said
    answer = ran(ROLECALL, "assume", "tes", "deployer", "--profile", "admin", "--json").stdout
    assert json.loads(answer)["AssumedRoleArn"].startswith(
        "arn:aws:sts::111111111111:assumed-role/tes-deployer/"
    )
    # What is kept by keys, no file tells.
    assert secret not in files_of(desktop.home)

    ran(ROLECALL, "keys", "remove", "admin")
    ran(ROLECALL, "keys", "process", "admin", code=Exit.BAD_INPUT)
    assert "admin" not in ran(ROLECALL, "keys", "list").stdout


def test_a_locked_key_store_is_said_at_once(desktop: Desktop) -> None:
    """Without a screen nobody can be asked to unlock it; nothing waits for that."""
    words = "dbus-send --session --print-reply --dest=org.freedesktop.secrets"
    subprocess.run(
        [
            *words.split(),
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        ],
        env=desktop.variables,
        check=True,
        capture_output=True,
    )
    done = subprocess.run(
        [ROLECALL, "keys", "list"],
        env=desktop.variables,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == Exit.FAILED
    assert "locked" in done.stderr


@pytest.mark.usefixtures("bare_environment")
def test_typed_at_a_terminal_the_secret_is_not_shown(tmp_path: Path) -> None:
    """At a terminal of its own, with stdin elsewhere."""
    import pty

    script = (
        "from rolecall.session.keys.typed import typed_key; key = typed_key(); "
        f"assert key.secret_access_key == {SECRET!r}; print(key.access_key_id)"
    )
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - another process
        out = os.open(tmp_path / "out", os.O_WRONLY | os.O_CREAT)
        os.dup2(out, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execv(sys.executable, [sys.executable, "-c", script])
    seen = b""
    for prompt, answer in ((b"Access key ID: ", ID), (b"(not shown): ", SECRET)):
        while prompt not in seen:
            seen += os.read(terminal, 1024)
        os.write(terminal, answer.encode() + b"\n")
    try:
        while more := os.read(terminal, 1024):
            seen += more
    except OSError:
        pass  # its end, on Linux
    assert os.waitpid(child, 0)[1] == 0, seen
    assert (tmp_path / "out").read_text() == f"{ID}\n"
    assert ID.encode() in seen
    assert SECRET.encode() not in seen
