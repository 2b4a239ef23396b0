"""`rolecall who-can`: where the policy comes from, and what is said when there is none."""

import json
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.local.conftest import CloudServer, cloud_server, start_cloud
from tests.session.eks_policies import account, policy, statement, write_stack

__all__ = ["cloud_server", "start_cloud"]

Output = pytest.CaptureFixture[str]
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:user/alice"},
        "Action": "sts:AssumeRole",
    },
}
WORDS = "User alice of account 999999999999 may assume it.\n"


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    write_stack(
        tmp_path / "out",
        {
            "reader": policy(statement(account("app", "reader"))),
            "later": "${data.aws_iam_policy_document.later.json}",
        },
    )
    (tmp_path / "trust.json").write_text(json.dumps(TRUST))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_synthesized_role(capsys: Output) -> None:
    assert main(["who-can", "tes", "reader", "--synthesized", "out"]) == Exit.OK
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == "arn:aws:iam::111111111111:role/tes-reader:"
    assert second.startswith("Pods of service account reader in namespace app ")


def test_a_file_needs_no_project(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.chdir(project / "out")
    assert main(["who-can", "--policy", "../trust.json"]) == Exit.OK
    assert capsys.readouterr().out.startswith(WORDS)
    own = ["--account", "999999999999", "--json"]
    assert main(["who-can", "--policy", "../trust.json", *own]) == Exit.OK
    answer = json.loads(capsys.readouterr().out)
    assert answer["sentences"] == [WORDS.strip()]
    assert answer["entities"][0]["kind"] == "IAM user"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("tes raeder --synthesized out", 'Did you mean "reader"?'),
        ("tes tes-reader --synthesized out", 'Did you mean "reader"?'),
        ("tes xyz --synthesized out", "It has: later, reader."),
        ("tes reader --path /x/ --synthesized out", "It has arn:aws:iam::111111111111:role/tes-re"),
        ("tes later --synthesized out", "the trust policy of tes-later"),
        ("tse reader", "tes"),
        ("tes", "an environment and a role"),
        ("", "--policy FILE"),
        ("tes reader --policy trust.json", "without an environment"),
        ("tes reader --account 111111111111", "--account goes with --policy"),
        ("--policy trust.json --account 1", "account"),
        ("--policy trust.json --profile x", "--profile goes with --deployed"),
        ("--policy nowhere.json", "cannot be read"),
        ("--policy environments/tes.yaml", "not valid JSON"),
    ],
)
def test_what_is_wrong_is_said(capsys: Output, words: str, told: str) -> None:
    assert main(["who-can", *words.split()]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert told in err
    assert out == ""


def sign_in(monkeypatch: pytest.MonkeyPatch, server: CloudServer, account_id: str) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
    for name, value in server.admin(account_id).items():
        monkeypatch.setenv(name.upper(), value)


def test_a_deployed_role_is_read_with_credentials_of_its_account(
    cloud_server: CloudServer,
    bare_environment: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Output,
) -> None:
    assert not list(bare_environment.glob(".aws"))
    cloud_server.client("iam", "999999999999").create_user(UserName="alice")
    cloud_server.client("iam", "111111111111").create_role(
        RoleName="tes-reader",
        AssumeRolePolicyDocument=json.dumps(TRUST),
        MaxSessionDuration=7200,
    )
    sign_in(monkeypatch, cloud_server, "111111111111")
    assert main(["who-can", "tes", "reader", "--deployed"]) == Exit.OK
    told = capsys.readouterr().out
    assert told.startswith(f"arn:aws:iam::111111111111:role/tes-reader:\n{WORDS}")
    assert told.endswith("A session lasts at most 2 hours.\n")
    assert main(["who-can", "tes", "raeder", "--deployed"]) == Exit.BAD_INPUT
    assert "has no role tes-raeder" in capsys.readouterr().err
    sign_in(monkeypatch, cloud_server, "999999999999")
    assert main(["who-can", "tes", "reader", "--deployed"]) == Exit.BAD_INPUT
    assert "the credentials are of account '999999999999'" in capsys.readouterr().err
