"""The embedded AWS's own identity provider, from the command line and across a restart."""

import base64
import os
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from rolecall.cli import local, local_saml
from rolecall.cli.main import main
from rolecall.local import backend, persistence
from rolecall.local.cloud import Cloud
from rolecall.local.lifecycle import Running
from rolecall.local.saml import stand_in
from rolecall.local.saml.stand_in_key import held_key, stand_in_for
from rolecall.problems import Exit
from tests.local.conftest import CONTROL_TOKEN
from tests.local.saml.idp import NS, Idp
from tests.local.saml.world import HOME, SamlWorld

Capture = pytest.CaptureFixture[str]
ENVIRONMENT = f'account_id: "{HOME}"\nregion: eu-central-1\n'
ENTITY = "https://sso.example.com/own"


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
    """A provider whose key nobody here has, and a role of the environment tes."""
    provider = world.iam.create_saml_provider(
        Name="own", SAMLMetadataDocument=Idp(entity_id=ENTITY).metadata()
    )["SAMLProviderArn"]
    role = world.make_role(
        {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": ["staff"]}},
        provider=provider,
        name="tes-reader",
    )
    yield provider, role
    world.server.cloud.records.get("saml_stand_in", {}).pop("providers", None)
    world.iam.delete_saml_provider(SAMLProviderArn=provider)
    world.iam.delete_role(RoleName="tes-reader")


def response(*more: str) -> list[str]:
    return ["local", "saml", "--provider", "own", "--role", "reader", *more]


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
    command = ["local", "saml", "--provider", provider, "--role", role]
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
    cloud = world.server.cloud
    value = stand_in.mint(wanted, ENTITY, cloud)
    refused = world.post(value, RoleArn=role, PrincipalArn=provider)
    assert refused.message == "Response signature invalid"
    stand_in_for(provider, ENTITY, cloud)
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
            "deploy the stack that has it",
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


def test_the_stand_in_and_providers_survive_a_restart(
    world: SamlWorld, own: tuple[str, str]
) -> None:
    cloud = world.server.cloud
    provider, role = own
    world.iam.tag_saml_provider(SAMLProviderArn=provider, Tags=[{"Key": "team", "Value": "red"}])
    before = world.iam.get_saml_provider(SAMLProviderArn=provider)
    real = world.idp.response(world.said())
    stand_in_for(provider, ENTITY, cloud)
    minted = stand_in.mint(staff(provider, role), ENTITY, cloud)
    with cloud.gate.exclusive():
        content = persistence.encode(cloud.records)
        backend.reset()
        cloud.records.clear()
        cloud.records.update(persistence.decode(content))
    after = world.iam.get_saml_provider(SAMLProviderArn=provider)
    assert {**before, "ResponseMetadata": None} == {**after, "ResponseMetadata": None}
    assert world.send(real).admitted
    assert world.post(minted, RoleArn=role, PrincipalArn=provider).admitted


def test_a_stand_in_is_believed_for_its_provider_only(
    world: SamlWorld, own: tuple[str, str]
) -> None:
    cloud = world.server.cloud
    stand_in_for(own[0], ENTITY, cloud)
    value = stand_in.mint(staff(world.provider, world.role), world.idp.entity_id, cloud)
    other = world.post(value, RoleArn=world.role, PrincipalArn=world.provider)
    assert other.message == "Response signature invalid"


def test_a_stand_in_ends_with_the_entity_it_stood_in_for(
    world: SamlWorld, own: tuple[str, str]
) -> None:
    cloud = world.server.cloud
    provider, role = own
    stand_in_for(provider, ENTITY, cloud)
    other = "https://sso.example.com/moved"
    world.iam.update_saml_provider(
        SAMLProviderArn=provider, SAMLMetadataDocument=Idp(entity_id=other).metadata()
    )
    value = stand_in.mint(staff(provider, role), other, cloud)
    refused = world.post(value, RoleArn=role, PrincipalArn=provider)
    assert refused.message == "Response signature invalid"


def test_what_the_provider_itself_signs_goes_on_counting(
    world: SamlWorld,
) -> None:
    stand_in_for(world.provider, world.idp.entity_id, world.server.cloud)
    assert world.send(world.idp.response(world.said())).admitted
    world.server.cloud.records["saml_stand_in"]["providers"].pop(world.provider)


def test_two_installations_have_two_keys() -> None:
    clouds = Cloud(), Cloud()
    for cloud in clouds:
        stand_in_for("arn", ENTITY, cloud)
    first, second = (cloud.records["saml_stand_in"]["key"] for cloud in clouds)
    assert first != second


def staff(provider: str, role: str) -> stand_in.Wanted:
    """What opens the role of `own`."""
    return stand_in.Wanted(
        role_arn=role,
        provider_arn=provider,
        session_name="alice",
        subject="a1",
        attributes={"edupersonaffiliation": ("staff",)},
    )


def test_what_a_stand_in_is_made_of_is_saved_once() -> None:
    cloud = Cloud()
    changes: list[int] = []
    cloud.on_change = lambda: changes.append(1)
    held_key(cloud)
    assert len(changes) == 1, "another key after a restart would make the provider doubt both"
    for _ in range(2):
        stand_in_for("arn:aws:iam::111122223333:saml-provider/acme", "https://idp.example", cloud)
        assert len(changes) == 2
