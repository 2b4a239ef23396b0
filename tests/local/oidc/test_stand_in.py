"""Stand-in issuers: tokens for one's own experiments, good for one embedded AWS alone."""

import base64
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli.main import main
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.control_client import ControlClient
from rolecall.local.oidc.stand_in import mint
from rolecall.local.rundir import RunDir
from rolecall.problems import Problem
from tests.local.conftest import CONTROL_TOKEN
from tests.local.oidc.issuer import URL, Issuer
from tests.local.oidc.world import OidcWorld

GITHUB = "https://token.actions.githubusercontent.com"
REPOSITORY = "repo:acme/infra:ref:refs/heads/main"


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return read


def control(world: OidcWorld) -> ControlClient:
    return ControlClient(world.server.server.port, CONTROL_TOKEN)


@pytest.fixture(scope="module")
def deployer(running: OidcWorld) -> str:
    """A role for one repository on GitHub."""
    provider = running.make_provider(GITHUB, ["sts.amazonaws.com"])
    host = GITHUB.removeprefix("https://")
    return running.make_role(
        {"StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": REPOSITORY}},
        provider=provider,
    )


def github_token(world: OidcWorld, **given: Any) -> str:
    wish = {"issuer": "github", "subject": REPOSITORY, **given}
    token: str = control(world).call("POST", "oidc/token", wish)["token"]
    return token


def test_a_token_for_a_known_issuer(world: OidcWorld, deployer: str) -> None:
    token = github_token(world, claims={"environment": "production"})
    claims = claims_of(token)
    assert claims["iss"] == GITHUB
    assert claims["aud"] == "sts.amazonaws.com"
    assert claims["environment"] == "production"
    assert 0 < claims["exp"] - time.time() <= 3600
    answer = world.send(token, RoleArn=deployer)
    assert answer.admitted, answer


def test_another_subject_is_refused_as_by_aws(world: OidcWorld, deployer: str) -> None:
    other = github_token(world, subject="repo:acme/infra:pull_request")
    assert world.send(other, RoleArn=deployer).code == "AccessDenied"
    audience = github_token(world, audience="https://github.com/acme")
    assert world.send(audience, RoleArn=deployer).message == "Incorrect token audience"
    expired = github_token(world, seconds=-1)
    assert world.send(expired, RoleArn=deployer).code == "ExpiredTokenException"


def test_each_issuer_has_a_key_of_its_own(world: OidcWorld, deployer: str) -> None:
    """A token of one stand-in does not pass for another's, whatever it says of itself."""
    cloud = world.server.cloud
    github_token(world)
    forged = mint(
        "https://evil.example.com",
        {"iss": GITHUB, "sub": REPOSITORY, "aud": "sts.amazonaws.com"},
        cloud,
    )
    assert claims_of(forged)["iss"] == GITHUB
    assert world.send(forged, RoleArn=deployer).code == "InvalidIdentityToken"


def test_two_issuers_of_one_host(world: OidcWorld) -> None:
    for realm in ("one", "two"):
        url = f"https://keycloak.example.com/realms/{realm}"
        host = url.removeprefix("https://")
        role = world.make_role(
            {"StringEquals": {f"{host}:sub": "somebody"}}, provider=world.make_provider(url)
        )
        token = mint(url, {"sub": "somebody", "aud": "client"}, world.server.cloud)
        assert world.send(token, RoleArn=role).admitted


def test_an_issuer_with_a_slash_at_its_end(world: OidcWorld) -> None:
    url = "https://acme.eu.auth0.com/"
    role = world.make_role(
        {"StringEquals": {"acme.eu.auth0.com/:sub": "auth0|1"}}, provider=world.make_provider(url)
    )
    token = mint(url, {"sub": "auth0|1", "aud": "client"}, world.server.cloud)
    assert world.send(token, RoleArn=role).admitted


def test_a_real_issuer_signs_for_itself(world: OidcWorld) -> None:
    with pytest.raises(Problem, match="connected to a real issuer"):
        control(world).call(
            "POST", "oidc/token", {"issuer": URL, "subject": "somebody", "audience": "client"}
        )


def test_a_connection_ends_a_stand_in_whose_tokens_never_count_again(world: OidcWorld) -> None:
    url = "https://moving.example.com"
    role = world.make_role(
        {"StringEquals": {"moving.example.com:sub": "somebody"}}, provider=world.make_provider(url)
    )
    wish = {"issuer": url, "subject": "somebody", "audience": "client"}
    stand_in = control(world).call("POST", "oidc/token", wish)["token"]
    assert world.send(stand_in, RoleArn=role).admitted
    real = Issuer(url)
    real.pages["/.well-known/openid-configuration"] = real.pages.pop(
        "/tenant/.well-known/openid-configuration"
    )
    try:
        given = {"issuer": url, "address": real.address, "ca": real.ca}
        assert control(world).call("POST", "oidc/connect", given)["address"] == real.address
        listed = control(world).call("GET", "oidc/connections")
        assert listed["connections"][url] == real.address
        assert url not in listed["stand_ins"]
        assert world.send(real.token(), RoleArn=role).admitted
        assert world.send(stand_in, RoleArn=role).code == "InvalidIdentityToken"
    finally:
        assert control(world).call("POST", "oidc/disconnect", {"issuer": url})["disconnected"]
        real.stop()
    assert not world.send(stand_in, RoleArn=role).admitted, "its key is gone for good"
    assert not control(world).call("POST", "oidc/disconnect", {"issuer": url})["disconnected"]
    again = control(world).call("POST", "oidc/token", wish)["token"]
    assert world.send(again, RoleArn=role).admitted
    assert not world.send(stand_in, RoleArn=role).admitted


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"issuer": "nobody", "subject": "x"},
        {"issuer": 1, "subject": "x"},
        {"issuer": "http://id.example.com", "subject": "x", "audience": "y"},
        {"issuer": "https://id.example.com:8443", "subject": "x", "audience": "y"},
        {"issuer": "https://a@id.example.com", "subject": "x", "audience": "y"},
        {"issuer": "https://[", "subject": "x", "audience": "y"},
        {"issuer": "https://id.example.com/a b", "subject": "x", "audience": "y"},
        {"issuer": "https://fresh.example.com", "subject": "x"},
        {"issuer": "github", "subject": 1},
        {"issuer": "github", "subject": "x", "claims": []},
        {"issuer": "github", "subject": "x", "seconds": "1"},
        {"issuer": "github", "subject": "x", "seconds": True},
        {"issuer": "github", "subject": "x", "seconds": 10**12},
    ],
)
def test_wishes_that_make_no_sense(world: OidcWorld, given: dict[str, Any]) -> None:
    with pytest.raises(Problem):
        control(world).call("POST", "oidc/token", given)


def test_unknown_control_calls(world: OidcWorld) -> None:
    for method, name in (("GET", "oidc/token"), ("POST", "oidc"), ("POST", "oidc/keys")):
        with pytest.raises(Problem, match="no such control endpoint"):
            control(world).call(method, name, {})


# -- the command line ------------------------------------------------------------------


@pytest.fixture
def command(
    world: OidcWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run `rolecall local …` against the world."""

    class Running:
        control = control(world)

    for module in ("local_token", "local_issuer"):
        monkeypatch.setattr(f"rolecall.cli.{module}.require", lambda _run_dir: Running)
    monkeypatch.setattr(RunDir, "find", classmethod(lambda cls: None))

    def run(*arguments: str) -> tuple[int, str, str]:
        status = main(["local", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


def test_the_command_prints_a_token_and_nothing_else(
    world: OidcWorld, deployer: str, command: Callable[..., tuple[int, str, str]]
) -> None:
    status, out, err = command(
        "token",
        "--issuer=github",
        f"--subject={REPOSITORY}",
        "--claim=repository_id=74",
        '--claim=amr=["pwd", "mfa"]',
        "--claim=email_verified=true",
        "--expires-in=60",
    )
    assert (status, err) == (0, "")
    token = out.removesuffix("\n")
    claims = claims_of(token)
    assert claims["repository_id"] == "74"
    assert claims["amr"] == ["pwd", "mfa"]
    assert claims["email_verified"] is True
    assert claims["exp"] - time.time() <= 60
    assert world.send(token, RoleArn=deployer).admitted


def test_several_audiences(command: Callable[..., tuple[int, str, str]]) -> None:
    out = command("token", "--issuer=github", "--subject=x", "--audience=a", "--audience=b")[1]
    assert claims_of(out)["aud"] == ["a", "b"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--issuer=nobody", "--subject=x"),
        ("--issuer=https://fresh.example.com", "--subject=x"),
        ("--issuer=github", "--subject=x", "--claim=novalue"),
        ("--issuer=github", "--subject=x", "--claim==value"),
        ("--issuer=github", "--subject=x", "--claim=a={"),
        (f"--issuer={URL}", "--subject=x", "--audience=client"),
    ],
)
def test_the_command_says_what_is_wrong(
    command: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...]
) -> None:
    status, out, err = command("token", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("rolecall: ")
    assert err.count("\n") == 1


def test_issuers_are_connected_listed_and_disconnected(
    world: OidcWorld, command: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text(world.issuer.ca)
    url = "https://desk.example.com"
    assert command("issuer", "connect", url, "127.0.0.1:8443", "--ca", str(ca))[0] == 0
    command("token", "--issuer=gitlab", "--subject=x")
    status, out, _ = command("issuer", "list")
    assert status == 0
    assert f"{url}  127.0.0.1:8443\n" in out
    assert "https://gitlab.com  stand-in\n" in out
    assert json.loads(command("issuer", "list", "--json")[1])["connections"][url]
    assert command("issuer", "disconnect", url)[0] == 0
    assert command("issuer", "disconnect", url)[0] == 2
    assert url not in command("issuer", "list")[1]
    assert command("issuer", "connect", url, "10.0.0.1:8443")[0] == 2
    assert command("issuer", "connect", url, "127.0.0.1:1", "--ca", "/nowhere")[0] == 2


def test_a_token_is_saved_for_only_where_it_made_a_key() -> None:
    """Under load a snapshot takes a while, and a second token changes nothing."""
    saved: list[bool] = []
    control = Control(Cloud(), CONTROL_TOKEN, save=lambda: saved.append(True))
    headers = {"x-rolecall-token": CONTROL_TOKEN}
    for subject in ("one", "two"):
        wish = json.dumps({"issuer": "github", "subject": subject}).encode()
        assert control.handle("POST", "/_rolecall/oidc/token", headers, wish).status == 200
        assert saved == [True]
    wish = json.dumps({"issuer": "github"}).encode()
    assert control.handle("POST", "/_rolecall/oidc/disconnect", headers, wish).status == 200
    assert saved == [True, True]
