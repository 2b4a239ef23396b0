"""`rolecall verify`: the account, the role and the state bucket, by asking AWS."""

import json
from pathlib import Path
from typing import Any

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.choosing.company import BUCKET, FACTS, IDENTITY, STG, TES, Company

Output = pytest.CaptureFixture[str]

#: One embedded AWS for all of them.
pytestmark = pytest.mark.xdist_group("choosing")


def checks(capsys: Output, code: Exit, *words: str) -> dict[str, Any]:
    assert main(["verify", *words, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] == (code == Exit.OK)
    return {check["check"]: check for check in told["checks"]}


@pytest.mark.usefixtures("company")
def test_all_is_as_it_should_be(capsys: Output) -> None:
    found = checks(capsys, Exit.OK, "tes", "reader")
    assert found["account"]["found"] == TES
    assert found["role"]["found"] == f"arn:aws:sts::{TES}:assumed-role/tes-reader/alice"
    assert found["state bucket"]["found"] == f"s3://{BUCKET}, empty"
    assert {check["fix"] for check in found.values()} == {None}


def test_a_session_from_before_proves_nothing(company: Company, capsys: Output) -> None:
    iam = company.client("iam", TES)
    trust = iam.get_role(RoleName="tes-reader")["Role"]["AssumeRolePolicyDocument"]
    checks(capsys, Exit.OK, "tes", "reader")
    assert main(["assume", "tes", "reader"]) == Exit.OK
    closed = {**trust, "Statement": {**trust["Statement"], "Effect": "Deny"}}
    iam.update_assume_role_policy(RoleName="tes-reader", PolicyDocument=json.dumps(closed))
    try:
        assert main(["assume", "tes", "reader"]) == Exit.OK, "a kept session lasts"
        assert main(["verify", "tes", "reader"]) == Exit.DENIED
        assert main(["verify", "tes", "reader", "--no-cache"]) == Exit.DENIED
    finally:
        iam.update_assume_role_policy(RoleName="tes-reader", PolicyDocument=json.dumps(trust))
    capsys.readouterr()
    checks(capsys, Exit.OK, "tes", "reader", "--refresh")


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("options", "whence"),
    [([], "assumed"), (["--no-cache"], "assumed"), (["--current"], "current")],
)
def test_json_says_whose_credentials_were_looked_at(
    capsys: Output, options: list[str], whence: str
) -> None:
    main(["verify", "tes", "reader", *options, "--json"])
    assert json.loads(capsys.readouterr().out)["credentials"] == whence


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--current", "--profile", "me"], "--profile"),
        (["--current", "--refresh"], "--refresh"),
        (["--with-profile", "--external-id", "x"], "--external-id"),
        (["--with-profile", "--via", "identity/hub"], "--via"),
        (["--with-profile", "--duration", "900"], "--duration"),
    ],
)
def test_what_is_only_looked_at_is_not_asked_for(
    capsys: Output, options: list[str], named: str
) -> None:
    assert main(["verify", "tes", "reader", *options]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert out == ""
    assert named in err


@pytest.mark.usefixtures("company")
def test_a_state_in_a_file_is_nothing_to_look_at(capsys: Output) -> None:
    assert checks(capsys, Exit.OK, "stg", "reader")["state bucket"]["ok"] is None


@pytest.mark.usefixtures("company")
def test_a_table_for_people(capsys: Output) -> None:
    assert main(["verify", "tes", "outsider"]) == Exit.FAILED
    out, _ = capsys.readouterr()
    assert "ok    account" in out
    assert "FAIL  state bucket" in out
    assert "AccessDenied" in out
    assert f"do:  allow the role s3:ListBucket on arn:aws:s3:::{BUCKET}" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("company")
def test_a_bucket_that_is_not_there(project: Path, capsys: Output) -> None:
    facts = FACTS["tes"].replace(BUCKET, "acme-gone")
    (project / "environments/tes.yaml").write_text(facts)
    found = checks(capsys, Exit.FAILED, "tes", "reader")["state bucket"]
    assert "NoSuchBucket" in found["found"] or "AccessDenied" in found["found"]
    assert found["fix"]


@pytest.mark.usefixtures("company")
def test_the_credentials_at_hand_are_somebody_else_s(capsys: Output) -> None:
    found = checks(capsys, Exit.FAILED, "tes", "reader", "--current")
    assert found["account"]["found"] == IDENTITY
    assert found["account"]["expected"] == TES
    assert not found["role"]["ok"]
    assert "rolecall assume" in found["role"]["fix"]


def test_what_a_profile_gives(company: Company, project: Path, capsys: Output) -> None:
    (project / ".aws").mkdir()
    for environment in ("tes", "stg"):
        assert main(["assume", environment, "reader", "--json"]) == Exit.OK
        answer = json.loads(capsys.readouterr().out)
        with (project / ".aws/credentials").open("a") as file:
            file.write(
                f"[{environment}-repository]\naws_access_key_id = {answer['AccessKeyId']}\n"
                f"aws_secret_access_key = {answer['SecretAccessKey']}\n"
                f"aws_session_token = {answer['SessionToken']}\n"
            )
    found = checks(capsys, Exit.OK, "tes", "reader", "--with-profile")
    assert found["account"]["found"] == TES
    found = checks(capsys, Exit.FAILED, "tes", "reader", "--with-profile", "stg-repository")
    assert found["account"]["found"] == STG
    assert main(["verify", "tes", "reader", "--with-profile", "nowhere"]) == Exit.BAD_INPUT
    company.cloud.advance(8000)
    assert main(["verify", "tes", "reader", "--with-profile"]) == Exit.DENIED
    assert "ended" in capsys.readouterr().err


@pytest.mark.usefixtures("company")
def test_the_profile_that_rolecall_writes(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["profile", "tes", "reader"]) == Exit.OK
    capsys.readouterr()
    found = checks(capsys, Exit.OK, "tes", "reader", "--with-profile")
    assert found["state bucket"]["ok"] is True


@pytest.mark.usefixtures("company")
def test_a_role_that_is_refused(capsys: Output) -> None:
    assert main(["verify", "tes", "nobody"]) == Exit.DENIED
    assert capsys.readouterr().out == ""


def test_nobody_answers(company: Company, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert main(["verify", "tes", "reader", "--current"]) == Exit.UNREACHABLE
    assert "rolecall local up" in capsys.readouterr().err
