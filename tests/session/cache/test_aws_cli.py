"""The AWS CLI's cache: the real CLI and botocore use what Rolecall keeps, and the other way."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.credentials import AssumeRoleCredentialFetcher, JSONFileCache
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.session import AssumeRoleRequest
from rolecall.session.asker import asker_of
from rolecall.session.assumed_role import answer_of
from rolecall.session.aws_cli_cache import as_text, cache_key, from_text, parameters_of_profile
from rolecall.session.aws_files import AwsFiles
from rolecall.session.place import Folders, Place, place_of
from rolecall.session.renew import fresh
from tests.session.cache.answers import answer
from tests.session.cache.world import DEPLOYER, REGION, World

pytestmark = pytest.mark.xdist_group("cache")

AWS = Path(sys.executable).with_name("aws")
PROFILES = {
    "plain": {},
    "long": {"duration_seconds": "1800"},
    "third-party": {"external_id": "acme", "role_session_name": "of-alice"},
}

TEXTS = st.text(min_size=1, max_size=20)


def profile_text(**options: str) -> str:
    return "".join(f"{name} = {value}\n" for name, value in options.items())


@settings(deadline=None)
@given(
    st.fixed_dictionaries(
        {"role_arn": st.just(DEPLOYER) | TEXTS},
        optional={
            "role_session_name": TEXTS,
            "external_id": TEXTS,
            "mfa_serial": TEXTS,
            "duration_seconds": st.integers(900, 43200),
        },
    )
)
def test_a_key_is_that_of_botocore(profile: dict[str, Any]) -> None:
    names = {
        "role_session_name": "RoleSessionName",
        "external_id": "ExternalId",
        "mfa_serial": "SerialNumber",
        "duration_seconds": "DurationSeconds",
    }
    extra = {names[key]: value for key, value in profile.items() if key in names}
    fetcher = AssumeRoleCredentialFetcher(None, None, profile["role_arn"], extra_args=extra)
    texts = {key: str(value) for key, value in profile.items()}
    parameters = parameters_of_profile(texts)
    assert parameters is not None
    assert cache_key(parameters) == fetcher._cache_key


@settings(deadline=None)
@given(st.integers(1_500_000_000, 4_000_000_000), st.text(max_size=30))
def test_a_file_is_that_of_botocore(ends: int, token: str) -> None:
    given_answer = answer(ends=datetime.fromtimestamp(ends, UTC), token=token)
    fetcher = AssumeRoleCredentialFetcher(None, None, DEPLOYER)
    theirs = json.loads(json.dumps(given_answer, default=str))
    theirs["Credentials"]["Expiration"] = given_answer["Credentials"]["Expiration"]
    fetcher._add_account_id_to_response(theirs)
    assert as_text(given_answer) == JSONFileCache()._dumps(theirs)


@pytest.mark.parametrize(
    "written",
    ["2026-03-01T13:00:00UTC", "2026-03-01T13:00:00+00:00", "2026-03-01T13:00:00Z"],
)
def test_an_end_is_read_however_a_tool_writes_it(written: str) -> None:
    text = as_text(answer()).replace("2026-03-01T13:00:00UTC", written)
    found = from_text(text)["Credentials"]["Expiration"]
    assert found == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)


def aws(home: Path, world: World, *words: str, endpoint: str | None = None) -> Any:
    """The real AWS CLI, with nothing but a home folder and the embedded AWS."""
    environ = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "AWS_ENDPOINT_URL": endpoint or world.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = subprocess.run([AWS, *words], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def request_of(**options: Any) -> AssumeRoleRequest:
    return AssumeRoleRequest(
        role_arn=DEPLOYER,
        session_name=options.get("role_session_name", "alice"),
        duration_seconds=int(options.get("duration_seconds", 3600)),
        external_id=options.get("external_id"),
    )


def as_if_of_aws(world: World, request: AssumeRoleRequest, **options: Any) -> Place:
    """Where the session would be kept if the embedded AWS were AWS itself."""
    asker = asker_of(request, {}, "base")
    assert asker.endpoint is None
    place = place_of(
        request,
        asker,
        Folders.of({}),
        AwsFiles.of({}),
        region=REGION,
        name_given="role_session_name" in options,
    )
    assert place is not None
    assert place.file.parent == Path.home() / ".aws/cli/cache"
    return Place(place.file, place.lock, place.role_arn, place.lifetime_seconds, of_aws=False)


@pytest.fixture
def shared(world: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """Profiles that assume a role from `base`; no endpoint is set for Rolecall."""
    profiles = "".join(
        f"[profile {name}]\nrole_arn = {DEPLOYER}\nsource_profile = base\n"
        + profile_text(**options)
        for name, options in PROFILES.items()
    )
    world.write_profiles(home, profiles)
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    return world


def never() -> Any:
    raise AssertionError("the kept session would have done")


@pytest.mark.aws_cli
def test_rolecall_uses_what_the_aws_cli_keeps(shared: World, home: Path) -> None:
    options = PROFILES["third-party"]
    who = aws(home, shared, "sts", "get-caller-identity", "--profile", "third-party")
    assert who["Arn"].endswith("assumed-role/tes-deployer/of-alice")
    assert shared.assumed == 1
    place = as_if_of_aws(shared, request_of(**options), **options)
    session = fresh(place, never)
    assert session.arn == who["Arn"]
    kept = json.loads(place.file.read_text())
    assert session.session_token == kept["Credentials"]["SessionToken"]


@pytest.mark.aws_cli
def test_the_aws_cli_uses_what_rolecall_keeps(shared: World, home: Path) -> None:
    options = PROFILES["plain"]
    request = request_of(**options)
    place = as_if_of_aws(shared, request, **options)
    session = fresh(place, lambda: answer_of(shared.client(), request))
    assert shared.assumed == 1
    assert place.file.stat().st_mode & 0o777 == 0o600
    who = aws(home, shared, "sts", "get-caller-identity", "--profile", "plain")
    assert who["Arn"] == session.arn
    assert shared.asked == ["AssumeRole", "GetCallerIdentity"]


def test_boto3_uses_what_rolecall_keeps_and_the_other_way(shared: World, home: Path) -> None:
    """As the guide of boto3 says: the provider is given the folder of the AWS CLI."""

    def credentials(profile: str) -> Any:
        session = botocore.session.Session(profile=profile)
        chain = session.get_component("credential_provider")
        provider = chain.get_provider("assume-role")
        provider.cache = JSONFileCache(str(home / ".aws/cli/cache"))
        create = provider._client_creator
        provider._client_creator = lambda *words, **more: create(
            *words, **{**more, "endpoint_url": shared.url, "region_name": REGION}
        )
        return session.get_credentials().get_frozen_credentials()

    request = request_of()
    ours = fresh(as_if_of_aws(shared, request), lambda: answer_of(shared.client(), request))
    theirs = credentials("plain")
    assert (theirs.access_key, theirs.token) == (ours.access_key_id, ours.session_token)
    assert theirs.account_id == ours.account_id
    assert shared.assumed == 1

    other = credentials("long")
    assert shared.assumed == 2
    found = fresh(as_if_of_aws(shared, request_of(duration_seconds=1800)), never)
    assert (found.access_key_id, found.session_token) == (other.access_key, other.token)


@pytest.mark.aws_cli
def test_a_file_that_stops_the_aws_cli_is_mended(shared: World, home: Path) -> None:
    request = request_of()
    place = as_if_of_aws(shared, request)
    place.file.parent.mkdir(parents=True)
    place.file.write_bytes(b'{"Credentials": {"Acc')
    words: list[str] = []
    fresh(place, lambda: answer_of(shared.client(), request), warn=words.append)
    assert "a new one takes its place" in words[-1]
    aws(home, shared, "sts", "get-caller-identity", "--profile", "plain")
    assert shared.assumed == 1


def test_a_session_that_the_cli_got_from_the_embedded_aws_is_not_for_aws(
    shared: World, home: Path
) -> None:
    """The AWS CLI keeps it under the same name; its next call of AWS would send it there."""
    request = request_of()
    place = as_if_of_aws(shared, request)
    fresh(place, lambda: answer_of(shared.client(), request))
    real = Place(place.file, place.lock, place.role_arn, place.lifetime_seconds)
    words: list[str] = []
    now = datetime.now(UTC)
    session = fresh(
        real,
        lambda: answer(ends=now + timedelta(hours=1), date=now),
        warn=words.append,
    )
    assert session.session_token.startswith("IQoJ")
    assert "embedded AWS" in words[0]
    assert b"RolecallLocalAWS" not in place.file.read_bytes()
