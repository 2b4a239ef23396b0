"""The embedded AWS's own identity provider, from the command line and across a restart."""

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rolecall.cli import local, local_saml
from rolecall.cli.main import main
from rolecall.issuers.saml_metadata import read_saml_metadata
from rolecall.local import backend, persistence
from rolecall.local.cloud import Cloud
from rolecall.local.lifecycle import Running
from rolecall.local.saml import stand_in
from rolecall.problems import Exit
from tests.local.conftest import CONTROL_TOKEN
from tests.local.saml.idp import NS, Idp
from tests.local.saml.world import HOME, SamlWorld

Capture = pytest.CaptureFixture[str]
ENVIRONMENT = (
    f'account_id: "{HOME}"\nregion: eu-central-1\nsaml_metadata: environments/saml/own.xml\n'
)


@pytest.fixture
def project(world: SamlWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose embedded AWS is the running one."""
    server = world.server.server
    port = int(world.server.url.rpartition(":")[2])
    running = Running(os.getpid(), port, "", CONTROL_TOKEN, "", None)
    assert server.url == running.url
    monkeypatch.setattr(local, "require", lambda _run_dir: running)
    monkeypatch.setattr(local_saml, "require", lambda _run_dir: running)
    monkeypatch.setenv("ROLECALL_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(ENVIRONMENT)
    return tmp_path


@pytest.fixture
def own(world: SamlWorld) -> Any:
    """A provider that bears the stand-in's metadata, and a role of the environment tes."""
    provider = world.iam.create_saml_provider(
        Name="own", SAMLMetadataDocument=stand_in.metadata(world.server.cloud)
    )["SAMLProviderArn"]
    role = world.make_role(
        {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": ["staff"]}},
        provider=provider,
        name="tes-reader",
    )
    yield provider, role
    world.iam.delete_saml_provider(SAMLProviderArn=provider)
    world.iam.delete_role(RoleName="tes-reader")


def response(*more: str) -> list[str]:
    return ["local", "saml", "response", "--provider", "own", "--role", "reader", *more]


def test_metadata_are_what_iam_takes(project: Path, capsys: Capture, world: SamlWorld) -> None:
    assert main(["local", "saml", "metadata"]) == Exit.OK
    text = capsys.readouterr().out
    assert 1000 <= len(text) < 10_000
    assert read_saml_metadata(text).entity_id.startswith("urn:rolecall:stand-in:")
    assert main(["local", "saml", "metadata"]) == Exit.OK
    assert capsys.readouterr().out == text
    assert "PRIVATE" not in text


def test_a_response_opens_the_role(
    project: Path, capsys: Capture, world: SamlWorld, own: tuple[str, str]
) -> None:
    provider, role = own
    command = response("--environment", "tes", "--session-name", "alice", "--tag", "team=red")
    command += ["--attribute", "edupersonaffiliation=member", "--transitive", "team"]
    command += ["--attribute", "eduPersonAffiliation=staff", "--source-identity", "alice"]
    assert main([*command, "--subject", "a1", "--duration", "900"]) == Exit.OK
    out, err = capsys.readouterr()
    assert role in err
    assert out.strip() not in err
    answer = world.post(out.strip(), RoleArn=role, PrincipalArn=provider)
    assert answer.admitted, answer.reason
    assert answer.reply["Subject"] == "a1"
    assert answer.reply["SourceIdentity"] == "alice"
    assert main(response("--environment", "tes")) == Exit.OK
    refused = world.post(capsys.readouterr().out, RoleArn=role, PrincipalArn=provider)
    assert refused.code == "AccessDenied"
    assert "edupersonaffiliation" in refused.reason


def test_names_in_place_of_environments(
    project: Path, capsys: Capture, world: SamlWorld, own: tuple[str, str]
) -> None:
    provider, role = own
    command = ["local", "saml", "response", "--provider", provider, "--role", role]
    assert main([*command, "--attribute", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1=staff"]) == Exit.OK
    value = capsys.readouterr().out.strip()
    assert world.post(value, RoleArn=role, PrincipalArn=provider).admitted


def test_what_is_in_a_response_is_told_exactly(world: SamlWorld, own: tuple[str, str]) -> None:
    provider, role = own
    subject = "a&b <c> ]]> é"
    wanted = stand_in.Wanted(
        role_arn=role,
        provider_arn=provider,
        session_name="alice",
        subject=subject,
        attributes={"edupersonaffiliation": ("staff",)},
    )
    value = stand_in.mint(wanted, world.server.cloud)
    root = etree.fromstring(base64.b64decode(value))
    assert root.findtext(".//saml:NameID", namespaces=NS) == subject
    answer = world.post(value, RoleArn=role, PrincipalArn=provider)
    assert answer.reply["Subject"] == subject


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (response(), "ARN"),
        (response("--environment", "tse"), "tes"),
        (response("--environment", "tes", "--attribute", "x"), "NAME=VALUE"),
        (response("--environment", "tes", "--tag", "=x"), "NAME=VALUE"),
        (response("--environment", "tes", "--subject", "a\x01b"), "control characters"),
        (
            response("--environment", "tes", "--provider", "nobody"),
            "rolecall local saml metadata",
        ),
        (
            response("--environment", "tes", "--provider", "acme"),
            "metadata of another identity provider",
        ),
    ],
)
def test_what_is_wrong_is_said_with_the_way_out(
    command: list[str], told: str, project: Path, capsys: Capture, own: tuple[str, str]
) -> None:
    assert main(command) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert told in err


def test_env_writes_metadata_where_the_environment_has_none(
    project: Path, capsys: Capture, world: SamlWorld
) -> None:
    path = project / "environments/saml/own.xml"
    assert main(["local", "env", "tes", "--json"]) == Exit.OK
    out, err = capsys.readouterr()
    assert json.loads(out)
    assert "own.xml" in err
    assert path.read_text() == stand_in.metadata(world.server.cloud)
    assert path.stat().st_mode & 0o777 == 0o644 & ~_umask()
    assert main(["local", "env", "tes"]) == Exit.OK
    assert "own.xml" not in capsys.readouterr().err


def test_env_leaves_metadata_alone_that_are_there(project: Path, capsys: Capture) -> None:
    path = project / "environments/saml/own.xml"
    path.parent.mkdir()
    real = Idp().metadata()
    path.write_text(real)
    assert main(["local", "env", "tes"]) == Exit.OK
    assert "own.xml" not in capsys.readouterr().err
    other = Idp(entity_id="urn:rolecall:stand-in:0000").metadata()
    path.write_text(other)
    assert main(["local", "env", "tes"]) == Exit.OK
    assert "another embedded AWS" in capsys.readouterr().err
    assert path.read_text() == other


def test_env_says_when_the_file_cannot_be_written(project: Path, capsys: Capture) -> None:
    (project / "environments/saml").write_text("a file in the way")
    assert main(["local", "env", "tes"]) == Exit.BAD_INPUT
    assert "own.xml" in capsys.readouterr().err


def test_control_calls_refuse_what_they_do_not_understand(world: SamlWorld) -> None:
    port = int(world.server.url.rpartition(":")[2])
    control = Running(0, port, "", CONTROL_TOKEN, "", None).control
    whole = {"provider": world.provider, "role": world.role, "session_name": "s", "subject": "s"}
    for given in (
        {},
        {**whole, "provider": 7},
        {**whole, "provider": "a:b:c:d:e:f:g"},
        {**whole, "provider": "arn:aws:iam::1:x"},
        {**whole, "attributes": []},
        {**whole, "tags": {"a": 1}},
        {**whole, "seconds": "x"},
    ):
        with pytest.raises(local_saml.Problem):
            control.call("POST", "saml/response", given)
    for method, name in (("GET", "saml/response"), ("POST", "saml/key"), ("GET", "saml")):
        with pytest.raises(local_saml.Problem, match="no such control endpoint"):
            control.call(method, name)


def test_the_stand_in_and_providers_survive_a_restart(world: SamlWorld) -> None:
    cloud = world.server.cloud
    metadata = stand_in.metadata(cloud)
    world.iam.tag_saml_provider(
        SAMLProviderArn=world.provider, Tags=[{"Key": "team", "Value": "red"}]
    )
    before = world.iam.get_saml_provider(SAMLProviderArn=world.provider)
    document = world.idp.response(world.said())
    with cloud.gate.exclusive():
        content = persistence.encode(cloud.records)
        backend.reset()
        cloud.records.clear()
        cloud.records.update(persistence.decode(content))
    after = world.iam.get_saml_provider(SAMLProviderArn=world.provider)
    assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}
    assert world.send(document).admitted
    assert stand_in.metadata(cloud) == metadata


def test_two_installations_have_two_stand_ins() -> None:
    first, second = (read_saml_metadata(stand_in.metadata(Cloud())) for _ in range(2))
    assert first.entity_id != second.entity_id
    assert first.signing_certificates != second.signing_certificates


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
