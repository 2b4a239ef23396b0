"""Secrets in places where nobody expects them: told apart, and shown nowhere."""

import json
from pathlib import Path

import pytest

from rolecall.cli.main import main
from tests.review import planned


def test_secrets_inside_of_objects_are_read_and_hidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "${var.s}"}}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    resources = {
        "aws_iam_role": {
            "r": {
                "name": "r",
                "assume_role_policy": trust,
                "inline_policy": [{"name": "p", "policy": trust}],
            }
        },
        "aws_rolesanywhere_profile": {
            "one": {"name": "p", "role_arns": ["x"], "session_policy": "${var.s}"},
            "two": {"name": "q", "role_arns": ["x"], "session_policy": trust},
        },
        "aws_iam_user_login_profile": {"l": {"user": "${var.s}", "pgp_key": "${var.s}"}},
        "aws_iam_group_membership": {"m": {"group": "g", "users": ["${var.s}"]}},
    }
    for side in ("one", "two"):
        folder = tmp_path / side / "tes"
        folder.mkdir(parents=True)
        variables = {"s": {"sensitive": True, "default": f"hush-{side}"}}
        stack = {"variable": variables, "resource": resources}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
    sides = ["one/tes/cdk.tf.json", "two/tes/cdk.tf.json"]
    assert main(["review", "--synthesized", *sides, "--json"]) in (3, 4)
    out, err = capsys.readouterr()
    assert "hush" not in out + err
    assert {"role", "Roles Anywhere profile"} <= {
        each["kind"] for each in json.loads(out)["changes"]
    }


@pytest.mark.parametrize("kind", ["user", "group"])
def test_what_an_exclusive_list_takes_unseen_is_a_note(kind: str) -> None:
    report = planned.reviewed(
        planned.kept(f"aws_iam_{kind}.x", planned.named(kind, "x")),
        planned.made(
            f"aws_iam_{kind}_policies_exclusive.e", {f"{kind}_name": "x", "policy_names": []}
        ),
    )
    assert report.verdict == "undecided"
    assert "may have denied something" in report.notes[0]
