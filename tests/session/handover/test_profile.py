"""Profiles in the AWS files: the SDK reads what was meant, everything else keeps every byte."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import botocore.session
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import AssumedRole
from rolecall.session.aws_files import AwsFiles
from rolecall.session.profile import Profile, remove_profile, write_profile

NAME = "tes-repository"
SESSION = AssumedRole(
    access_key_id="ASIAEXAMPLE",
    secret_access_key="the-secret-key",
    session_token="the-token",
    expiration=datetime(2099, 1, 1, tzinfo=UTC),
    arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
)
PROCESS = Profile(NAME, "eu-central-1", command=["/a b/python", "-I", "it's", "--x="])
STATIC = Profile(NAME, "eu-central-1", "http://127.0.0.1:4566", session=SESSION)

CONFIG = b"""\
# mine: do not touch
[default]
region=us-east-1
output   =   json
s3 =
    max_concurrent_requests = 20   ; kept

[profile  spaced]
role_arn = arn:aws:iam::111111111111:role/x
source_profile = default
; the end
"""
CREDENTIALS = b"[default]\r\naws_access_key_id = AKIAEXAMPLE\r\naws_secret_access_key = x\r\n"


@pytest.fixture
def files(bare_environment: Path) -> AwsFiles:
    return AwsFiles.of(os.environ)


@pytest.fixture
def full(files: AwsFiles) -> AwsFiles:
    files.config.parent.mkdir()
    files.config.write_bytes(CONFIG)
    files.credentials.write_bytes(CREDENTIALS)
    return files


def seen(name: str = NAME) -> dict[str, object]:
    """The profile as the SDK for Python has it."""
    profiles = botocore.session.get_session().full_config["profiles"]
    return dict(profiles.get(name, {}))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_profile_in_new_files(files: AwsFiles) -> None:
    assert write_profile(files, PROCESS) == [files.config]
    assert seen() == {
        "credential_process": "'/a b/python' -I 'it'\"'\"'s' --x=",
        "region": "eu-central-1",
    }
    assert mode(files.config) == 0o600
    assert mode(files.config.parent) == 0o700
    assert not files.credentials.exists()
    assert write_profile(files, PROCESS) == [], "nothing to change the second time"


def test_everything_else_keeps_every_byte(full: AwsFiles) -> None:
    write_profile(full, PROCESS)
    assert full.config.read_bytes().startswith(CONFIG)
    assert full.credentials.read_bytes() == CREDENTIALS
    write_profile(full, STATIC)
    assert full.config.read_bytes().startswith(CONFIG)
    added = full.credentials.read_bytes().removeprefix(CREDENTIALS)
    assert added.startswith(b"\r\n[tes-repository]\r\n# section by rolecall profile: ")
    assert b"until 2099-01-01" in added
    assert added.count(b"\n") == added.count(b"\r\n")
    assert seen() == {
        "aws_access_key_id": "ASIAEXAMPLE",
        "aws_secret_access_key": "the-secret-key",
        "aws_session_token": "the-token",
        "region": "eu-central-1",
        "endpoint_url": "http://127.0.0.1:4566",
    }
    write_profile(full, PROCESS)
    assert "aws_access_key_id" not in seen()
    assert full.credentials.read_bytes() == CREDENTIALS
    remove_profile(full, NAME)
    assert full.config.read_bytes() == CONFIG
    assert seen() == {}


def test_what_the_owner_set_in_the_profile_stays(full: AwsFiles) -> None:
    theirs = CONFIG + b"[profile tes-repository]\n# my wishes\nregion = eu-west-1\noutput = text\n"
    full.config.write_bytes(theirs)
    write_profile(full, PROCESS)
    assert seen()["region"] == "eu-west-1"
    assert seen()["output"] == "text"
    assert "credential_process" in seen()
    write_profile(full, STATIC)
    assert "credential_process" not in seen()
    remove_profile(full, NAME)
    assert full.config.read_bytes() == theirs


def test_what_was_added_to_our_section_stays(full: AwsFiles) -> None:
    write_profile(full, PROCESS)
    with full.config.open("ab") as file:
        file.write(b"output = text\n")
    write_profile(full, PROCESS)
    assert seen()["output"] == "text"
    remove_profile(full, NAME)
    assert full.config.read_bytes() == CONFIG + b"\n[profile tes-repository]\noutput = text\n"
    assert remove_profile(full, NAME) == []


@pytest.mark.parametrize(
    ("config", "credentials", "reason"),
    [
        (b"[profile tes-repository]\nrole_arn = x\n", b"", "line 2: .* has role_arn"),
        (b'[profile "tes-repository"]\nsso_start_url = x\n', b"", "line 2: .* has sso_start_url"),
        (b"[profile tes-repository]\ncredential_process = x\n", b"", "not Rolecall's"),
        (b"", b"\n[tes-repository]\naws_access_key_id = x\n", "line 3: .* beat"),
        (b"", b"[tes-repository]\nsource_profile = x\n", "other credentials"),
        (b"[profile tes-repository]\n[profile tes-repository]\n", b"", "twice, again in line 2"),
        (b"[profile tes-repository]\n[profile 'tes-repository']\n", b"", "more than once"),
        (b"[a]\nx = 1\nx = 2\n", b"", "has x twice"),
        (b"", b"[a]\nb\n", "line 2; AWS tools refuse"),
        (b"[DEFAULT]\nrole_arn = x\n[default]\n", b"", "DEFAULT"),
    ],
)
@pytest.mark.parametrize("profile", [PROCESS, STATIC], ids=["process", "static"])
def test_what_would_win_is_explained_and_nothing_changed(
    full: AwsFiles, config: bytes, credentials: bytes, reason: str, profile: Profile
) -> None:
    full.config.write_bytes(config)
    full.credentials.write_bytes(credentials)
    with pytest.raises(Problem, match=reason) as caught:
        write_profile(full, profile)
    assert caught.value.exit_code == Exit.CONFLICT
    assert (full.config.read_bytes(), full.credentials.read_bytes()) == (config, credentials)
    assert "the-secret-key" not in str(caught.value)


def test_links_stay_and_modes_are_kept_or_tightened(full: AwsFiles, tmp_path: Path) -> None:
    real = tmp_path / "dotfiles"
    real.mkdir()
    for path, wide in ((full.config, 0o644), (full.credentials, 0o664)):
        target = path.rename(real / path.name)
        target.chmod(wide)
        path.symlink_to(target)
    write_profile(full, STATIC)
    assert full.config.is_symlink()
    assert full.credentials.is_symlink()
    assert mode(real / "config") == 0o644
    assert mode(real / "credentials") == 0o600
    assert b"tes-repository" in (real / "credentials").read_bytes()
    assert len(list(real.iterdir())) == 2


def test_a_credentials_file_that_others_read_is_tightened_in_any_case(full: AwsFiles) -> None:
    full.credentials.chmod(0o644)
    write_profile(full, PROCESS)
    assert mode(full.credentials) == 0o600
    assert full.credentials.read_bytes() == CREDENTIALS


def test_the_sdks_variables_name_the_files(
    full: AwsFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", "$HOME/deep/er/config")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "~/other")
    files = AwsFiles.of(os.environ)
    assert write_profile(files, STATIC) == [tmp_path / "deep/er/config", tmp_path / "other"]
    assert seen()["aws_session_token"] == "the-token"
    assert full.config.read_bytes() == CONFIG


@pytest.mark.parametrize("kind", ["folder", "loop", "pipe", "below a file"])
def test_where_no_file_can_be_it_is_said(full: AwsFiles, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "place"
    match kind:
        case "folder":
            path.mkdir()
        case "loop":
            path.symlink_to(path)
        case "pipe":
            path = Path("/dev/null")
        case _:
            path = full.config / "config"
    with pytest.raises(Problem, match=str(path)):
        write_profile(AwsFiles(path, full.credentials), PROCESS)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "default"},
        {"name": ""},
        {"name": "a b"},
        {"name": "a]"},
        {"name": "-a"},
        {"name": "a\nb"},
        {"name": "a" * 129},
        {"command": ["/usr/bin/python #3"]},
        {"command": ["a\nb"]},
        {"command": ["/home/\udcff/python"]},
        {"endpoint_url": "http://x ;"},
    ],
)
def test_what_the_files_cannot_hold_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Problem):
        Profile(**{"name": NAME, "region": "eu-central-1", **wrong})  # type: ignore[arg-type]


def test_writers_at_once_lose_nothing(full: AwsFiles) -> None:
    names = [f"tes-{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda name: write_profile(full, Profile(name, "eu-central-1", command=["x"])),
                names,
            )
        )
    assert all(seen(name) for name in names)
    assert full.config.read_bytes().startswith(CONFIG)


LINE = st.one_of(
    st.sampled_from(
        [
            "[default]",
            "[profile other]",
            f"[profile {NAME}]",
            f'[profile "{NAME}"]  # mine',
            f"[{NAME}]",
            "# comment",
            "  ; comment",
            "",
            "region = eu-west-1",
            "output = text",
            "role_arn = x",
            "s3 =",
            "  nested = 1",
            "# section by rolecall profile: region",
            "# by rolecall profile: output, region; x",
            "[DEFAULT]",
        ]
    ),
    st.text(st.characters(blacklist_categories=["Cs"]), max_size=8),
)
FILE = st.tuples(st.lists(LINE, max_size=9), st.sampled_from(["\n", "\r\n"]), st.booleans()).map(
    lambda made: (made[1].join(made[0]) + (made[1] if made[2] else "")).encode()
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=FILE, credentials=FILE, profile=st.sampled_from([PROCESS, STATIC]))
@example(b"[profile tes-repository]", b"", PROCESS)
@example(b"\xef\xbb\xbf[default]\r\nregion = x", b"", PROCESS)
def test_no_content_is_harmed(
    full: AwsFiles, config: bytes, credentials: bytes, profile: Profile
) -> None:
    """It is written and can be taken away again to the byte, or it is refused and nothing done."""
    full.config.write_bytes(config)
    full.credentials.write_bytes(credentials)
    before = config, credentials
    ours_before = b"by rolecall profile" in config + credentials
    try:
        write_profile(full, profile)
        if not config.startswith(b"\xef\xbb\xbf"):  # which the SDK for Python cannot read
            found = seen()
            key = "credential_process" if profile is PROCESS else "aws_session_token"
            assert key in found
            assert "role_arn" not in found
        write_profile(full, STATIC if profile is PROCESS else PROCESS)
        remove_profile(full, NAME)
    except Problem as problem:
        assert problem.exit_code == Exit.CONFLICT
        assert "\n" not in str(problem)
    after = full.config.read_bytes(), full.credentials.read_bytes()
    assert ours_before or after == before
