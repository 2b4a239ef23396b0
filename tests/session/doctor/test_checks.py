"""What each check of the doctor finds, and that it says the fix."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.embedded_token import EMBEDDED_TOKEN_PREFIX
from rolecall.session.doctor import (
    Finding,
    Level,
    Machine,
    aws_cli,
    cached,
    clock_skew,
    endpoint,
    expired,
    modes,
    profiles,
    region,
    variables,
)
from tests.session.recording_sts import Recorder

KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "very-secret"}
SESSION = {**KEYS, "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE", "AWS_SESSION_TOKEN": "token-secret"}
NOW = datetime(2030, 1, 1, 12, 0, tzinfo=UTC)


def machine(environ: dict[str, str] | None = None, **more: Any) -> Machine:
    made_up: dict[str, Any] = {
        "listens": lambda host, port: False,
        "output_of": lambda command: None,
        "now": lambda: NOW,
    }
    return Machine(environ=environ or {}, **{**made_up, **more})


def wrong(found: Iterable[Finding]) -> list[Finding]:
    """What is not as it should be; each says what to do."""
    listed = list(found)
    assert listed
    assert not any("-secret" in finding.what + finding.fix for finding in listed)
    bad = [finding for finding in listed if finding.level is Level.PROBLEM]
    assert all(finding.fix for finding in bad)
    return bad


@pytest.mark.parametrize(
    ("environ", "said", "fix"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE"}, "AWS_SECRET_ACCESS_KEY is not", "unset"),
        ({"AWS_SECRET_ACCESS_KEY": "very-secret"}, "AWS_ACCESS_KEY_ID is not", "unset"),
        ({"AWS_SESSION_TOKEN": "token-secret"}, "left over", "unset AWS_SESSION_TOKEN"),
        ({**KEYS, "AWS_SESSION_TOKEN": "token-secret"}, "left over", "unset AWS_SESSION_TOKEN"),
        ({**KEYS, "AWS_ACCESS_KEY_ID": "ASIAEXAMPLE"}, "is not set", "become the role"),
        ({**SESSION, "AWS_SECURITY_TOKEN": "old-secret"}, "AWS_SECURITY_TOKEN", "unset"),
        ({**KEYS, "AWS_PROFILE": "acme"}, "beat the profile", "unset AWS_PROFILE"),
        ({"AWS_PROFILE": "a", "AWS_DEFAULT_PROFILE": "b"}, "two profiles", "unset"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere"}, "no such file", "unset"),
        (
            {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/credentials"},
            "nobody listens",
            "unset AWS_CONTAINER_CREDENTIALS_FULL_URI",
        ),
    ],
)
def test_variables_that_are_stale_or_beat_others(
    environ: dict[str, str], said: str, fix: str
) -> None:
    [finding] = wrong(variables.check(machine(environ)))
    assert said in finding.what
    assert fix in finding.fix


@pytest.mark.parametrize("environ", [{}, KEYS, SESSION, {"AWS_PROFILE": "acme"}])
def test_variables_as_they_should_be(environ: dict[str, str]) -> None:
    assert wrong(variables.check(machine(environ))) == []


@pytest.mark.parametrize(
    ("ends", "level"),
    [
        ("2030-01-01T11:59:00+00:00", Level.PROBLEM),
        ("2030-01-01T12:05:00Z", Level.NOTE),
        ("2030-01-01T13:00:00Z", Level.OK),
        ("soon", Level.PROBLEM),
        ("", Level.NOTE),
    ],
)
def test_expired_credentials_in_variables(ends: str, level: Level) -> None:
    [finding] = expired.check(machine({**SESSION, "AWS_CREDENTIAL_EXPIRATION": ends}))
    assert finding.level is level
    assert bool(finding.fix) == (level is Level.PROBLEM)


@pytest.mark.parametrize(
    ("environ", "level", "said"),
    [
        ({}, Level.PROBLEM, "no region is set"),
        ({"AWS_REGION": "eu-central-1"}, Level.NOTE, "AWS_DEFAULT_REGION is not"),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, Level.NOTE, "AWS_REGION is not"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, Level.PROBLEM, "differ"),
        ({"AWS_REGION": "frankfurt"}, Level.PROBLEM, "no region of AWS"),
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}, Level.OK, "eu-west-1"),
    ],
)
@pytest.mark.usefixtures("bare_environment")
def test_the_region(environ: dict[str, str], level: Level, said: str) -> None:
    [finding] = region.check(machine(environ))
    assert finding.level is level
    assert said in finding.what


def write(home: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = home / ".aws" / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


STATIC = "aws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = very-secret\n"
PROCESS = "credential_process = /bin/echo\n"
ROLE = "role_arn = arn:aws:iam::111111111111:role/x\n"


@pytest.mark.parametrize(
    ("config", "credentials", "said"),
    [
        (f"[profile a]\n{PROCESS}", f"[a]\n{STATIC}", "beat its credential_process"),
        (
            f"[profile a]\n{ROLE}source_profile = b\n[profile b]\n{STATIC}",
            f"[a]\n{STATIC}",
            "role_arn beats its keys",
        ),
        (
            f"[profile a]\n{ROLE}{PROCESS}credential_source = Environment\n",
            "",
            "role_arn beats its credential_process",
        ),
        (f"[profile a]\n{ROLE}", "", "nothing to assume it with"),
        (f"[profile a]\n{ROLE}source_profile = gone\n", "", "'gone', which is not there"),
        ("[profile a]\ncredential_process = /no/such/program x\n", "", "is not there"),
        ("[default]\nregion = x\n[profile default]\nregion = y\n", "", "[profile default]"),
        (f"[a]\n{PROCESS}", "", "taken for no profile"),
        ("", f"[profile a]\n{STATIC}", "not the profile that it looks like"),
        ("[profile a]\nregion = x\n[profile a]\nregion = y\n", "", "twice, again in line 3"),
        ("", f"[a]\n{STATIC}[a]\n{STATIC}", "twice"),
        ("region = x\n", "", "before the first section"),
    ],
)
def test_profiles_that_say_two_things(
    bare_environment: Path, config: str, credentials: str, said: str
) -> None:
    write(bare_environment, "config", config)
    write(bare_environment, "credentials", credentials)
    [finding] = wrong(profiles.check(machine()))
    assert said in finding.what


@pytest.mark.parametrize(
    ("config", "credentials"),
    [
        ("", ""),
        (f"[profile a]\n{PROCESS}region = eu-west-1\n", f"[b]\n{STATIC}"),
        (f"[profile a]\n{ROLE}source_profile = b\n", f"[b]\n{STATIC}"),
        # Keys of a profile that assumes its own role from them.
        (f"[profile a]\n{ROLE}source_profile = a\n", f"[a]\n{STATIC}"),
        ("[sso-session x]\nsso_region = eu-west-1\n[services y]\nsts =\n  endpoint_url = x\n", ""),
        ('[profile "with space"]\nregion = x\n', ""),
    ],
)
def test_profiles_as_they_should_be(bare_environment: Path, config: str, credentials: str) -> None:
    write(bare_environment, "config", config)
    write(bare_environment, "credentials", credentials)
    assert wrong(profiles.check(machine())) == []


def test_a_profile_that_is_not_there(bare_environment: Path) -> None:
    write(bare_environment, "config", "[profile acme]\nregion = x\n")
    [finding] = wrong(profiles.check(machine({"AWS_PROFILE": "acne"})))
    assert "known: acme" in finding.what


def test_the_files_that_variables_name(bare_environment: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text(f"[profile a]\n{ROLE}")
    [finding] = wrong(profiles.check(machine({"AWS_CONFIG_FILE": str(tmp_path / "mine")})))
    assert "mine" in finding.what


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(config=st.binary(max_size=200), credentials=st.text("[]=a# \n\tprofile", max_size=120))
def test_no_file_makes_a_fault(bare_environment: Path, config: bytes, credentials: str) -> None:
    write(bare_environment, "credentials", credentials)
    (bare_environment / ".aws/config").write_bytes(config)
    for each in (profiles, modes, region):
        assert list(each.check(machine()))


def test_wide_modes_are_found_and_mended(bare_environment: Path) -> None:
    wide = [
        write(bare_environment, "credentials", f"[a]\n{STATIC}", 0o644),
        write(bare_environment, "cli/cache/a.json", "{}", 0o640),
        write(bare_environment, "config", "[default]\nregion = x\n", 0o666),
    ]
    found = wrong(modes.check(machine()))
    assert len(found) == len(wide)
    for finding in found:
        assert finding.fix.startswith("chmod 6")
        assert finding.mend is not None
        finding.mend()
    assert [path.stat().st_mode & 0o777 for path in wide] == [0o600, 0o600, 0o644]
    assert wrong(modes.check(machine())) == []


def test_a_config_file_is_no_secret_until_it_holds_one(bare_environment: Path) -> None:
    write(bare_environment, "config", "[default]\nregion = x\n", 0o644)
    assert wrong(modes.check(machine())) == []
    write(bare_environment, "config", f"[default]\n{STATIC}", 0o644)
    [finding] = wrong(modes.check(machine()))
    assert "others can read it" in finding.what


def test_our_own_cache_is_looked_at_as_well(bare_environment: Path) -> None:
    folder = bare_environment / ".cache/rolecall/sessions"
    folder.mkdir(parents=True)
    for each in (folder, folder.parent):
        each.chmod(0o755)
    assert len(wrong(modes.check(machine()))) == 2


def test_damaged_files_of_the_cache(bare_environment: Path) -> None:
    write(bare_environment, "cli/cache/whole.json", json.dumps({"Credentials": {}}))
    assert wrong(cached.check(machine())) == []
    for name, text in (("torn", '{"Cred'), ("list", "[]"), ("empty", ""), ("deep", "[" * 99_999)):
        write(bare_environment, f"cli/cache/{name}.json", text)
    found = wrong(cached.check(machine()))
    assert len(found) == 4
    assert all(finding.fix.startswith("rm /") for finding in found)


def test_sessions_of_the_embedded_aws_in_the_real_cache(bare_environment: Path) -> None:
    kept = {"Credentials": {"SessionToken": f"{EMBEDDED_TOKEN_PREFIX}-secret"}}
    own = bare_environment / ".cache/rolecall/sessions"
    own.mkdir(parents=True)
    (own / "fine.json").write_text(json.dumps(kept))
    assert wrong(cached.check(machine())) == []
    write(bare_environment, "cli/cache/x.json", json.dumps(kept))
    [finding] = wrong(cached.check(machine()))
    assert "embedded AWS" in finding.what


@pytest.mark.parametrize(
    ("said", "environ", "level"),
    [
        ("aws-cli/1.22.34 Python/3.10", {"AWS_ENDPOINT_URL": "http://x"}, Level.PROBLEM),
        ("aws-cli/2.11.0 Python/3.11", {}, Level.NOTE),
        ("aws-cli/2.13.0 Python/3.11", {"AWS_ENDPOINT_URL": "http://x"}, Level.OK),
        ("aws-cli/1.45.11 Python/3.11", {}, Level.OK),
        ("Traceback", {}, Level.OK),
        (None, {}, Level.OK),
    ],
)
def test_the_aws_cli(said: str | None, environ: dict[str, str], level: Level) -> None:
    [finding] = aws_cli.check(machine(environ, output_of=lambda command: said))
    assert finding.level is level


def test_an_endpoint_that_answers_and_the_clock(sts: Recorder) -> None:
    real = {"now": lambda: datetime.now(UTC), "listens": lambda host, port: True}
    here = machine(dict(os.environ), **real)
    assert wrong(endpoint.check(here)) == []
    assert wrong(clock_skew.check(here)) == []
    assert sts.actions == ["GetCallerIdentity"]
    assert not sts.asked[0].signed


@pytest.mark.usefixtures("sts")
@pytest.mark.parametrize("minutes", [-10, 10])
def test_a_clock_that_is_off(monkeypatch: pytest.MonkeyPatch, minutes: int) -> None:
    monkeypatch.setattr(clock_skew, "is_loopback", lambda url: False)
    off = machine(dict(os.environ), now=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    [finding] = wrong(clock_skew.check(off))
    assert "10 minutes " + ("behind" if minutes < 0 else "ahead of") in finding.what
    assert "timedatectl" in finding.fix


@pytest.mark.usefixtures("sts")
def test_the_moved_clock_of_an_embedded_aws_is_no_problem() -> None:
    off = machine(dict(os.environ), now=lambda: datetime.now(UTC) - timedelta(hours=1))
    [finding] = clock_skew.check(off)
    assert finding.level is Level.NOTE
    assert "rolecall local clock reset" in finding.fix


def test_an_embedded_aws_that_does_not_run(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    [finding] = wrong(endpoint.check(machine(dict(os.environ))))
    assert "does not run" in finding.what
    assert "rolecall local up" in finding.fix


def test_sts_out_of_reach_names_the_proxy(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://sts.example.invalid")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    here = machine(dict(os.environ))
    [finding] = wrong(endpoint.check(here))
    assert "proxy of HTTPS_PROXY" in finding.what
    assert "NO_PROXY" in finding.fix
    [finding] = clock_skew.check(here)
    assert finding.level is Level.NOTE


def test_a_proxy_before_this_machine(sts: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    here = machine(dict(os.environ), listens=lambda host, port: True)
    assert any("NO_PROXY=" in finding.fix for finding in wrong(endpoint.check(here)))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    here = machine(dict(os.environ), listens=lambda host, port: True)
    assert wrong(endpoint.check(here)) == []


def test_a_session_of_the_embedded_aws_without_its_endpoint() -> None:
    environ = {**SESSION, "AWS_SESSION_TOKEN": f"{EMBEDDED_TOKEN_PREFIX}-secret"}
    finding = next(iter(endpoint.check(machine(environ))))
    assert "AWS_ENDPOINT_URL is not set" in finding.what


@pytest.mark.usefixtures("sts")
def test_an_endpoint_that_is_somebody_else(sts: Recorder) -> None:
    sts.instead = lambda asked: (200, "hello", {})
    here = machine(dict(os.environ), listens=lambda host, port: True)
    [finding] = wrong(endpoint.check(here))
    assert "does not answer as AWS does" in finding.what
