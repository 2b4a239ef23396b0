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
