"""`rolecall import`: what it reads, where it writes, and what it says of what is wrong."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli.main import main
from rolecall.importing.live import read_provider, read_role
from rolecall.importing.sources import roles_of
from rolecall.problems import Exit, Problem
from tests.importing.corpus import CASES, OWN, STRANGER, YOURS, allow, policy, root

Output = pytest.CaptureFixture[str]
BRANCH = CASES["github: a branch"].policy


def role(name: str, trust: Any = BRANCH, path: str = "/", **more: Any) -> dict[str, Any]:
    arn = f"arn:aws:iam::{OWN}:role{path}{name}"
    members = {"Path": path, "RoleName": name, "Arn": arn, "AssumeRolePolicyDocument": trust}
    return {**members, **more}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments").mkdir()
    for name, account in (("tes", OWN), ("identity", YOURS)):
        (tmp_path / f"environments/{name}.yaml").write_text(
            f'account_id: "{account}"\nregion: eu-central-1\nidentity_account_id: "{YOURS}"\n'
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def given(name: str, value: Any) -> str:
    Path(name).write_text(json.dumps(value))
    return name


def test_a_policy_alone(capsys: Output) -> None:
    assert main(["import", given("trust.json", BRANCH)]) == Exit.OK
    out, err = capsys.readouterr()
    assert 'GitHubActions(github, "acme/infra", branch="main")' in out
    assert "TRUSTED_ENTITIES: list[TrustedEntity] = [" in out
    assert "the trust policy: same" in err


def test_a_policy_that_does_not_tell_its_account(capsys: Output) -> None:
    file = given("trust.json", policy(allow(root(YOURS))))
    assert main(["import", file]) == Exit.BAD_INPUT
    assert "--account ID, or --environment NAME" in capsys.readouterr().err
    assert main(["import", file, "--account", OWN]) == Exit.OK
    assert f'AnyPrincipalOf("{YOURS}")' in capsys.readouterr().out
    assert main(["import", file, "--environment", "tes"]) == Exit.OK
    assert f'AnyPrincipalOf("{YOURS}")' in capsys.readouterr().out
    assert main(["import", file, "--account", STRANGER]) == Exit.OK
    assert "RawStatement(" in capsys.readouterr().out


def test_stdin(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    text = json.dumps({"Role": role("tes-x")}).encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert main(["import", "-"]) == Exit.OK
    out = capsys.readouterr().out
    assert '        stack,\n        "x",\n' in out
    assert "exclusive=False" in out


def test_several_roles_in_one_file_and_each_in_its_own(project: Path, capsys: Output) -> None:
    roles = [
        role("tes-a", MaxSessionDuration=43200),
        role("tes-b", policy(allow({"AWS": "*"}))),
        role("a"),
        role("AWSServiceRoleForX", CASES["ec2"].policy, "/aws-service-role/x.amazonaws.com/"),
    ]
    file = given("roles.json", {"Roles": roles})
    assert main(["import", file, "--output", "all.py", "--imports", "imports.tf.json"]) == Exit.OK
    text = (project / "all.py").read_text()
    assert text.count("AssumableRole(\n") == 3
    assert 'name="a"' in text
    assert "AWS makes and changes roles under /aws-service-role/" in text
    blocks = json.loads((project / "imports.tf.json").read_text())["import"]
    assert [each["id"] for each in blocks] == ["tes-a", "tes-b", "a"]
    assert len({each["to"] for each in blocks}) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "no class admits every AWS account" in err
    assert main(["import", file, "--output", "each/"]) == Exit.OK
    assert {each.name for each in (project / "each").iterdir()} == {
        "tes_a.py",
        "tes_b.py",
        "a.py",
        "awsserviceroleforx.py",
    }
    for each in (project / "each").iterdir():
        compile(each.read_text(), each.name, "exec")


def test_all_details_of_an_account(capsys: Output) -> None:
    whole = role(
        "tes-x",
        AttachedManagedPolicies=[
            {"PolicyName": "R", "PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
        ],
        RolePolicyList=[{"PolicyName": "own", "PolicyDocument": {"Statement": []}}],
        PermissionsBoundary={"PermissionsBoundaryArn": f"arn:aws:iam::{OWN}:policy/B"},
        Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "x"}, {"Key": "a", "Value": "b"}],
    )
    file = given("details.json", {"RoleDetailList": [whole], "UserDetailList": []})
    assert main(["import", file, "--json"]) == Exit.OK
    (found,) = json.loads(capsys.readouterr().out)["files"]
    assert 'managed_policies=["ReadOnlyAccess"]' in found["python"]
    assert 'tags={"a": "b"}' in found["python"]
    assert "exclusive=False" not in found["python"]
    assert len(found["imports"]) == 5
    notes = " ".join(found["roles"][0]["notes"])
    assert "The construct will refuse the inline policy 'own'" in notes
    assert "aws:cloudformation:stack-name" in notes


def test_nothing_is_overwritten_unless_that_is_meant(project: Path, capsys: Output) -> None:
    file = given("trust.json", BRANCH)
    (project / "mine.py").write_text("mine")
    for words in (["--output", "mine.py"], ["--output", "new.py", "--imports", "mine.tf"]):
        (project / "mine.tf").write_text("mine")
        assert main(["import", file, *words]) == Exit.BAD_INPUT
        assert "is there already, and nothing was written" in capsys.readouterr().err
        assert not (project / "new.py").exists()
    assert (project / "mine.py").read_text() == "mine"
    assert main(["import", file, "--output", "mine.py", "--force"]) == Exit.OK
    assert "GitHubActions" in (project / "mine.py").read_text()
    assert {each.name for each in project.iterdir()} == {
        "environments",
        "mine.py",
        "mine.tf",
        "trust.json",
    }


def test_a_policy_that_aws_would_refuse_is_written_and_said(capsys: Output) -> None:
    file = given("trust.json", CASES["all but one"].policy)
    assert main(["import", file, "--account", OWN]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert '"NotPrincipal": {' in out
    assert "Has prohibited field NotPrincipal" in err


@pytest.mark.parametrize(
    ("value", "words", "told"),
    [
        ([], [], "holds no JSON object"),
        ({"Roles": []}, [], "holds no role"),
        ({"Roles": [1]}, [], "Roles[0] is no role"),
        ({"Roles": [role("tes-x")], "IsTruncated": True}, [], "one page of several"),
        ({"Roles": [{**role("tes-x"), "RoleName": "y"}]}, [], "is not that of y"),
        ({"Role": {**role("tes-x"), "AssumeRolePolicyDocument": {}}}, [], "it has no Statement"),
        ({"Role": role("tes-x")}, ["--account", STRANGER], "and not of"),
        ({"Role": role("tes-x")}, ["--environment", "identity"], "and not of"),
        ({"Role": role("tes-x")}, ["--profile", "x"], "--profile goes with"),
        ({"Role": role("tes-x")}, ["--providers"], "--providers goes with"),
        ({"Role": role("tes-x")}, ["--force"], "--force goes with"),
        ({"Role": role("tes-x")}, ["--imports", "x.txt"], "write ….tf or ….tf.json"),
        ({"Version": "2012-10-17"}, [], "it has no Statement"),
    ],
)
def test_what_is_wrong_is_said(capsys: Output, value: Any, words: list[str], told: str) -> None:
    assert main(["import", given("x.json", value), *words]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def test_roles_of_two_accounts(capsys: Output) -> None:
    other = {**role("b"), "Arn": f"arn:aws:iam::{YOURS}:role/b"}
    assert main(["import", given("x.json", {"Roles": [role("a"), other]})]) == Exit.BAD_INPUT
    assert "several accounts" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nowhere.json"], "cannot be read"),
        (["nobody"], "of no environment"),
        (["arn:aws:iam::1:user/x"], "not the ARN of a role"),
        (["arn:aws:iam::111111111111:role/x", "--account", OWN], "--account goes with a file"),
        (["arn:aws:iam::111111111111:role/x", "--environment", "identity"], "but identity is"),
    ],
)
def test_what_cannot_be_read(capsys: Output, words: list[str], told: str) -> None:
    assert main(["import", *words]) == Exit.BAD_INPUT
    assert told in capsys.readouterr().err


def test_a_policy_as_iam_encodes_it() -> None:
    text = json.dumps({"Role": role("tes-x", "%7B%22Statement%22%3A" + "%7B%7D%7D")})
    with pytest.raises(Problem, match="it has no Action"):
        roles_of(text, "x")


def test_live_answers_of_several_pages() -> None:
    asked: list[str] = []

    def ask(operation: str, parameters: Any) -> Any:
        asked.append(operation)
        if operation == "get_role":
            return {"Role": role("tes-x", Description="d", MaxSessionDuration=7200)}
        if operation == "get_role_policy":
            return {"PolicyDocument": "%7B%7D"}
        if operation == "get_open_id_connect_provider":
            return {"ClientIDList": ["a"], "ThumbprintList": ["b"], "Tags": []}
        if operation == "get_saml_provider":
            return {"SAMLMetadataDocument": "<x/>"}
        member = "PolicyNames" if operation == "list_role_policies" else "AttachedPolicies"
        items = {"PolicyNames": ["p", "q"], "AttachedPolicies": [{"PolicyArn": "a"}] * 2}[member]
        if "Marker" in parameters:
            return {member: items[1:], "IsTruncated": False}
        return {member: items[:1], "IsTruncated": True, "Marker": "m"}

    found = read_role(ask, "tes-x")
    assert found.managed_policies == ("a", "a")
    assert found.inline_policies == {"p": {}, "q": {}}
    assert found.description == "d"
    assert asked.count("list_role_policies") == 2
    assert read_provider(ask, "arn:aws:iam::1:oidc-provider/x").client_ids == ("a",)
    assert read_provider(ask, "arn:aws:iam::1:saml-provider/x").metadata == "<x/>"
