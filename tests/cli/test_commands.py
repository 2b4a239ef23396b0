"""The command line: data on stdout, talk on stderr, exit codes, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.cli.main import COMMANDS, main
from rolecall.cli.proof import default_session_name, parse_tags
from rolecall.cli.shell import shell_lines
from rolecall.policy import check_role_session_name
from rolecall.problems import Exit, Problem

ROOT = Path(__file__).resolve().parents[2]
TES = 'account_id: "111111111111"\nregion: eu-central-1\n'
IDENTITY = 'account_id: "999999999999"\nregion: eu-central-1\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without credentials, whose AWS nobody answers."""
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(TES)
    (tmp_path / "environments/identity.yaml").write_text(IDENTITY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "ROLECALL_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_an_unknown_environment_names_the_known_ones(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assume", "tse", "deployer"]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert "tes" in err
    assert "identity" in err


def test_a_folder_that_is_not_there_is_named_as_it_was_given(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assume", "tes", "deployer", "--environments", "/no/where"]) == Exit.BAD_INPUT
    assert "There is no directory '/no/where'" in capsys.readouterr().err
    assert main(["assume", "tes", "deployer", "--environments", "nowhere"]) == Exit.BAD_INPUT
    assert "There is no directory nowhere/ here" in capsys.readouterr().err


def test_a_name_that_no_role_can_have_is_said(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["assume", "tes", "a b"]) == Exit.BAD_INPUT
    assert "tes-a b" in capsys.readouterr().err


def test_a_malformed_environment_file_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "environments/tes.yaml").write_text("account_id: [")
    assert main(["assume", "tes", "deployer"]) == Exit.BAD_INPUT
    assert "tes.yaml" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["assume", "tes", "deployer"], ["whoami"]])
def test_without_credentials_it_says_which_to_set(
    project: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    assert main(command) == Exit.BAD_INPUT
    assert "AWS_PROFILE" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["assume", "tes", "deployer"], ["whoami"]])
def test_an_endpoint_that_is_no_url_is_said(
    project: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "foo")
    assert main(command) == Exit.BAD_INPUT
    assert "AWS_ENDPOINT_URL" in capsys.readouterr().err


def test_recover_wants_a_synthesized_stack(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["recover", "tes"]) == Exit.BAD_INPUT
    assert "cdktf synth" in capsys.readouterr().err


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert COMMANDS[command][1] in " ".join(capsys.readouterr().out.split())


def test_starting_loads_no_library_that_the_command_does_not_need() -> None:
    script = (
        "import sys; from rolecall.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('boto3', 'moto', 'yaml', 'cdktf', 'jsii') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_reader_that_goes_away_is_no_error() -> None:
    ran = subprocess.run(
        f"{sys.executable} -m rolecall.cli.main completion bash | true; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
    )
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", ["completion bash", "--help", "--version", "doctor --offline"])
@pytest.mark.parametrize(
    ("where", "reason"), [(">&-", "Bad file descriptor"), (">/dev/full", "No space left")]
)
def test_where_nothing_can_be_printed_it_is_said(
    project: Path, words: str, where: str, reason: str, unbuffered: str
) -> None:
    ran = subprocess.run(
        f"{sys.executable} -m rolecall.cli.main {words} {where}",
        shell=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == Exit.FAILED
    assert ran.stderr == f"rolecall: stdout cannot be written: {ran.stderr.rpartition(': ')[2]}"
    assert reason in ran.stderr


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/full"])
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("whoami", Exit.UNREACHABLE),
        ("assume tse deployer", Exit.BAD_INPUT),
        ("nonsense", Exit.BAD_INPUT),
        ("cache list --json", Exit.OK),
        ("cache clear", Exit.OK),
    ],
)
def test_talk_that_nobody_can_hear_changes_nothing(
    project: Path, words: str, code: Exit, where: str
) -> None:
    ran = subprocess.run(
        f"{sys.executable} -m rolecall.cli.main {words} {where}",
        shell=True,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "x",
        },
    )
    assert (ran.returncode, ran.stderr) == (code, "")


def test_letters_that_the_terminal_has_not_are_no_fault(project: Path) -> None:
    (project / "environments/großü.yaml").write_text(TES)
    ran = subprocess.run(
        [sys.executable, "-m", "rolecall.cli.main", "completion", "bash"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    ran = subprocess.run(
        [sys.executable, "-m", "rolecall.cli.main", "assume", "gros", "deployer"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == Exit.BAD_INPUT
    assert ran.stderr.startswith(b"rolecall: ")


@given(
    st.dictionaries(
        st.from_regex(r"ROLECALL_[A-Z]{1,8}", fullmatch=True),
        st.text(
            alphabet=st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]),
            max_size=30,
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_shell_reads_back_what_was_written(variables: dict[str, str]) -> None:
    names = list(variables)
    script = shell_lines(variables) + "\n" + "".join(f'printf "%s\\0" "${n}"\n' for n in names)
    ran = subprocess.run(["sh", "-c", script], capture_output=True, check=True)
    assert ran.stdout.decode().split("\0")[:-1] == list(variables.values())


@given(st.lists(st.text(max_size=12), max_size=4))
def test_tags_are_read_or_refused(words: list[str]) -> None:
    try:
        tags = parse_tags(words)
    except Problem as problem:
        assert "--tag" in str(problem)
    else:
        assert len(tags) == len(words)


def test_the_default_session_name_is_one_that_aws_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    for login in ("alice", "DOMAIN\\alice", "é", "x", "a" * 99, "with space"):
        monkeypatch.setattr("getpass.getuser", lambda login=login: login)
        check_role_session_name(default_session_name())
