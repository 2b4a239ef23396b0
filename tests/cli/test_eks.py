"""`rolecall eks manifest`: from the app's own roles to what kubectl takes."""

import json
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.eks_policies import CLUSTER, account, policy, statement, write_stack

PROJECT = Path(__file__).parents[2]
Output = pytest.CaptureFixture[str]
ROLE = "arn:aws:iam::111111111111:role/tes-reader"
PEOPLE = policy(
    {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
        "Condition": {"StringEquals": {"sts:RoleSessionName": "${aws:username}"}},
    }
)
ROLES = {
    "reader": policy(statement(account("app", "reader"))),
    "runner": policy(
        statement(account("app", "runner")), statement(account("ci", "*"), operator="StringLike")
    ),
    "people": PEOPLE,
    "pods": policy(
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Principal": {"Service": "pods.eks.amazonaws.com"},
        }
    ),
    "later": "${data.aws_iam_policy_document.later.json}",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    write_stack(tmp_path / "out", ROLES)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifest(*words: str) -> int:
    return main(["eks", "manifest", "tes", *words])


def test_the_manifest_is_the_whole_of_stdout(project: Path, capsys: Output) -> None:
    assert manifest("reader", "--synthesized", "out") == Exit.OK
    out, err = capsys.readouterr()
    assert out == (
        f"# cluster: {CLUSTER}\n"
        "apiVersion: v1\n"
        "kind: ServiceAccount\n"
        "metadata:\n"
        '  name: "reader"\n'
        '  namespace: "app"\n'
        "  annotations:\n"
        f'    eks.amazonaws.com/role-arn: "{ROLE}"\n'
    )
    assert err == ""


def test_options_become_annotations(project: Path, capsys: Output) -> None:
    options = ["--sts-regional-endpoints", "false", "--token-expiration", "3600"]
    assert manifest("reader", "--synthesized", "out", "--output", "json", *options) == Exit.OK
    annotations = json.loads(capsys.readouterr().out)["metadata"]["annotations"]
    assert annotations["eks.amazonaws.com/sts-regional-endpoints"] == "false"
    assert annotations["eks.amazonaws.com/token-expiration"] == "3600"


def test_what_the_policy_leaves_open_is_noted_or_asked_for(project: Path, capsys: Output) -> None:
    assert manifest("runner", "--synthesized", "out") == Exit.OK
    out, err = capsys.readouterr()
    assert [each["metadata"]["name"] for each in yaml.safe_load_all(out)] == ["runner"]
    assert account("ci", "*") in err
    assert manifest("runner", "--synthesized", "out", "--namespace", "ci") == Exit.BAD_INPUT
    assert "--name" in capsys.readouterr().err
    assert manifest("runner", "--synthesized", "out", "--name", "job") == Exit.OK
    assert yaml.safe_load(capsys.readouterr().out)["metadata"]["namespace"] == "ci"


@pytest.mark.parametrize(
    ("role", "hint"),
    [
        ("people", "admits no service account"),
        ("pods", "Pod Identity, which needs no annotation"),
        ("raeder", 'not in the stack. Did you mean "reader"'),
        ("deployer", "Roles that admit one: reader, runner"),
    ],
)
def test_a_role_without_service_accounts_names_those_that_have_one(
    project: Path, capsys: Output, role: str, hint: str
) -> None:
    assert manifest(role, "--synthesized", "out") == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert hint in err
    assert out == ""


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"resource": []}',
        '{"resource": {"aws_iam_role": {"a": {}}}}',
        '{"resource": {"aws_iam_role": {"a": {"name": 1, "assume_role_policy": "{}"}}}}',
        '{"resource": {"aws_iam_role": {"a": {"name": "tes-reader", "assume_role_policy": {}}}}}',
        '{"resource": {"aws_iam_role": {"a": {"name": "tes-reader", "assume_role_policy": "x"}}}}',
        "[" * 100_000,
    ],
)
def test_a_folder_that_cdktf_did_not_write_is_said(
    project: Path, capsys: Output, content: str
) -> None:
    (project / "out/stacks/tes/cdk.tf.json").write_text(content)
    assert manifest("reader", "--synthesized", "out") == Exit.BAD_INPUT
    assert manifest("reader", "--synthesized", "nowhere") == Exit.BAD_INPUT
    assert "cdktf synth" in capsys.readouterr().err


APP = """
import json, os, pathlib, sys
out = pathlib.Path(os.environ["CDKTF_OUTDIR"])
assert not [name for name in os.environ if name.startswith("TF_VAR_")]
assert json.loads(os.environ["CDKTF_CONTEXT_JSON"]) == {"a": "b"}
print("talk of the app")
stack = out / "stacks" / "tes"
stack.mkdir(parents=True)
(stack / "cdk.tf.json").write_text(pathlib.Path("out/stacks/tes/cdk.tf.json").read_text())
"""


def write_app(project: Path, script: str, **settings: object) -> None:
    (project / "app.py").write_text(script)
    app = f"{shlex.quote(sys.executable)} app.py"
    (project / "cdktf.json").write_text(json.dumps({"app": app, **settings}))


def test_the_app_of_the_project_is_asked_as_cdktf_asks_it(
    project: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = project / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TF_VAR_secret", "x")
    monkeypatch.delenv("CDKTF_CONTEXT_JSON", raising=False)
    write_app(project, APP, context={"a": "b"})
    assert manifest("reader") == Exit.OK
    out, _ = capsys.readouterr()
    assert yaml.safe_load(out)["metadata"]["name"] == "reader"
    assert list(temporary.iterdir()) == []


def test_an_app_that_fails_has_its_say(project: Path, capsys: Output) -> None:
    write_app(project, "raise SystemExit('the facts are wrong')")
    assert manifest("reader") == Exit.FAILED
    out, err = capsys.readouterr()
    assert "the facts are wrong" in err
    assert out == ""


@pytest.mark.parametrize("settings", ["", "[]", "{}", '{"app": 1}', "{"])
def test_a_cdktf_json_without_an_app_is_said(project: Path, capsys: Output, settings: str) -> None:
    assert manifest("reader") == Exit.BAD_INPUT
    (project / "cdktf.json").write_text(settings)
    assert manifest("reader") == Exit.BAD_INPUT
    assert "cdktf.json" in capsys.readouterr().err


def test_an_app_without_the_stack_is_said(project: Path, capsys: Output) -> None:
    write_app(project, "")
    assert manifest("reader") == Exit.BAD_INPUT
    assert "no stack 'tes'" in capsys.readouterr().err


def test_the_pods_of_this_projects_own_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    for name in ("environments", "stacks"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    shutil.copy(PROJECT / "main.py", tmp_path)
    settings = {"app": f"{shlex.quote(sys.executable)} main.py"}
    (tmp_path / "cdktf.json").write_text(json.dumps(settings))
    monkeypatch.chdir(tmp_path)
    assert manifest("orders") == Exit.OK
    out, _ = capsys.readouterr()
    assert yaml.safe_load(out)["metadata"] == {
        "name": "api",
        "namespace": "orders",
        "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111111111111:role/tes-orders"},
    }
