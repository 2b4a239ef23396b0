"""From the credentials at hand to another role, over roles on the way; the hour explained."""

import json
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from rolecall.session import caller_identity
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.guard import check_session, role_of_session
from rolecall.session.sts import client_as
from tests.session.choosing.company import STG, TES, Company

Output = pytest.CaptureFixture[str]

#: One embedded AWS for all of them.
pytestmark = pytest.mark.xdist_group("choosing")


def printed(capsys: Output, *words: str) -> tuple[dict[str, str], str]:
    assert main([*words, "--json"]) == Exit.OK
    out, err = capsys.readouterr()
    answer: dict[str, str] = json.loads(out)
    return answer, err


def use(monkeypatch: pytest.MonkeyPatch, answer: dict[str, str]) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", answer["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", answer["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", answer["SessionToken"])


@pytest.mark.usefixtures("company")
def test_from_a_user_it_is_assume_with_a_word_on_who_asks(capsys: Output) -> None:
    answer, err = printed(capsys, "switch", "tes", "reader")
    assert answer["AccountId"] == TES
    assert "from arn:aws:iam::999999999999:user/rolecall-administrator\n" in err


@pytest.mark.usefixtures("company")
def test_from_the_central_role_to_many_accounts(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _ = printed(capsys, "assume", "identity", "hub")
    use(monkeypatch, hub)
    # tes says 7200 seconds, which AWS would refuse to a role's session.
    for environment, account in (("tes", TES), ("stg", STG)):
        answer, err = printed(capsys, "switch", environment, "reader")
        assert answer["AccountId"] == account
        assert "an hour at most" in err
    assert main(["switch", "tes", "reader", "--duration", "7200"]) == Exit.BAD_INPUT
    assert "role chaining" in capsys.readouterr().err
    # Whoever does not ask who is asking is told by AWS.
    assert main(["assume", "tes", "reader"]) == Exit.DENIED
    assert "--duration 3600" in capsys.readouterr().err


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("command", ["assume", "switch"])
def test_both_at_once(capsys: Output, command: str) -> None:
    answer, _ = printed(capsys, command, "stg", "reader", "--via", "identity/hub")
    assert answer["AssumedRoleArn"] == f"arn:aws:sts::{STG}:assumed-role/stg-reader/alice"


@pytest.mark.usefixtures("company")
def test_a_link_that_is_refused_is_named(capsys: Output) -> None:
    assert main(["assume", "stg", "reader", "--via", "prd/hub"]) == Exit.DENIED
    assert "prd-hub" in capsys.readouterr().err


@pytest.mark.usefixtures("company")
def test_a_refused_name_is_compared_with_the_project_s_own(project: Path, capsys: Output) -> None:
    assert main(["assume", "tes", "raeder"]) == Exit.DENIED
    assert "note:" not in capsys.readouterr().err
    stack = project / "cdktf.out/stacks/tes"
    stack.mkdir(parents=True)
    role = {"name": "tes-reader", "path": "/ci/", "assume_role_policy": "{}"}
    document = {"resource": {"aws_iam_role": {"reader": role}}}
    (stack / "cdk.tf.json").write_text(json.dumps(document))
    for name in ("raeder", "tes-reader"):
        assert main(["assume", "tes", name]) == Exit.DENIED
        assert 'Did you mean "reader"?' in capsys.readouterr().err
    assert main(["assume", "tes", "reader", "--no-external-id"]) == Exit.DENIED
    assert "arn:aws:iam::111111111111:role/ci/tes-reader" in capsys.readouterr().err
    (stack / "cdk.tf.json").write_text("[")
    assert main(["assume", "tes", "raeder"]) == Exit.DENIED


def test_a_client_of_a_session_looks_at_nothing_else(
    company: Company, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, _ = printed(capsys, "assume", "stg", "reader")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody else's")
    session = AssumedRole(
        access_key_id=answer["AccessKeyId"],
        secret_access_key=answer["SecretAccessKey"],
        session_token=answer["SessionToken"],
        expiration=None,  # type: ignore[arg-type]
        arn=answer["AssumedRoleArn"],
    )
    assert caller_identity(client_as(session, "sts", "eu-west-1")).arn == session.arn


ROLE = "arn:aws:iam::111111111111:role/ci/tes-reader"


@pytest.mark.parametrize(
    ("arn", "said"),
    [
        ("arn:aws:sts::222222222222:assumed-role/tes-reader/me", "account '222222222222'"),
        ("arn:aws:sts::111111111111:assumed-role/other/me", "'other'"),
        ("arn:aws-cn:sts::111111111111:assumed-role/tes-reader/me", "aws-cn"),
        ("arn:aws:iam::111111111111:user/alice", "no role's session"),
        ("arn:aws:sts::111111111111:assumed-role/tes-reader", "no role's session"),
        ("nonsense", "no role's session"),
    ],
)
def test_the_guard_lets_nothing_else_through(arn: str, said: str) -> None:
    with pytest.raises(Exception, match=said):
        check_session(arn, ROLE)


def test_the_guard_knows_the_same_role() -> None:
    check_session("arn:aws:sts::111111111111:assumed-role/TES-reader/me", ROLE)
    assert role_of_session("arn:aws:iam::111111111111:root") is None
