"""`rolecall reference-policy`: files that Access Analyzer takes, and none that it cannot."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from rolecall.cli.main import main
from rolecall.policy import PolicyDocument
from rolecall.problems import Exit
from rolecall.review.model import Pair, Permissions, Place, Policy, RoleSide, Snapshot, Unread
from rolecall.review.reference_policy import files, references
from tests.ci.platforms import Reply, served

ROOT = Path(__file__).resolve().parents[2]
Output = pytest.CaptureFixture[str]


def policy(*subjects: str, variable: str = "") -> PolicyDocument:
    condition: dict[str, object] = {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": list(subjects),
    }
    if variable:
        condition["sts:RoleSessionName"] = variable
    return PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {
                    "Federated": "arn:aws:iam::111111111111:oidc-provider/"
                    "token.actions.githubusercontent.com"
                },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": condition},
            },
        }
    )


MAIN = policy("repo:acme/infra:ref:refs/heads/main")
BOTH = policy("repo:acme/infra:ref:refs/heads/main", "repo:acme/infra:pull_request")


def pair(name: str, before: Policy | None, after: Policy | None) -> Pair[RoleSide]:
    def side(trust: Policy | None) -> RoleSide | None:
        if trust is None:
            return None
        return RoleSide(name, "/", "111111111111", None, trust, 3600, Permissions())

    return Pair(Place("tes", f"aws_iam_role.{name}"), side(before), side(after))


def snapshot(*pairs: Pair[RoleSide], notes: tuple[str, ...] = ()) -> Snapshot:
    return Snapshot("tes", "plan.json", roles=pairs, notes=notes)


def test_only_what_changes_is_asked_about_for_each_call_costs() -> None:
    one = snapshot(
        pair("tes-wider", MAIN, BOTH), pair("tes-same", MAIN, MAIN), pair("tes-gone", MAIN, None)
    )
    found, left = references([one])
    assert [each.role for each in found] == ["tes-wider"]
    assert left == ()
    everything, _ = references([one], unchanged=True)
    assert [each.role for each in everything] == ["tes-wider", "tes-same"]


def test_a_new_role_has_no_reference() -> None:
    found, left = references([snapshot(pair("tes-new", None, MAIN))])
    texts = files(found, left)
    assert "tes/tes-new/check-no-public-access.json" in texts
    assert "tes/tes-new/check-no-new-access.json" not in texts
    assert "check-no-new-access" not in texts["check.sh"]


@pytest.mark.parametrize(
    "unknown",
    [
        Unread("it is known after apply only."),
        policy("${aws_iam_role.ci.arn}"),
        policy("repo:acme/${sensitive.1}:*"),
    ],
)
@pytest.mark.parametrize("side", ["before", "after"])
def test_what_is_not_known_is_left_out_by_name(unknown: Policy, side: str) -> None:
    sides = (unknown, MAIN) if side == "before" else (MAIN, unknown)
    found, left = references([snapshot(pair("tes-ci", *sides))])
    assert found == ()
    [out] = left
    assert out.role == "tes-ci"
    assert "known" in out.why
    assert json.loads(files(found, left)["index.json"])["leftOut"][0]["role"] == "tes-ci"


def test_variables_of_aws_are_no_unknown_values() -> None:
    found, left = references([snapshot(pair("a", MAIN, policy("x", variable="${aws:username}")))])
    assert left == ()
    assert "${aws:username}" in files(found, left)["tes/a/new.json"]


def test_what_the_reader_could_not_read_is_told() -> None:
    _, left = references([snapshot(notes=("A module could not be read.",))])
    assert [each.why for each in left] == ["A module could not be read."]


@pytest.mark.parametrize("name", ["..", ".", "../../etc", "a/b", "-rf", "$(id)", "ä", ""])
def test_no_name_leads_out_of_the_folder(name: str) -> None:
    texts = files(*references([snapshot(pair(name, MAIN, BOTH))]))
    for path in texts:
        parts = Path(path).parts
        assert ".." not in parts
        assert len(parts) in {1, 3}
        assert all(part.isascii() for part in parts)


def test_two_roles_of_one_name_have_two_folders() -> None:
    texts = files(*references([snapshot(pair("a", MAIN, BOTH), pair("a", None, BOTH))]))
    assert {"tes/a/new.json", "tes/a~2/new.json"} <= set(texts)


class AccessAnalyzer:
    """The two calls, on loopback; what botocore lets through is of the right form."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.result = "PASS"

    def answer(self, method: str, target: str, token: str, body: Any) -> Reply:
        self.asked.append((target, body))
        return 200, {}, {"result": self.result, "message": "said by the test", "reasons": []}


@pytest.fixture
def analyzer() -> Iterator[tuple[AccessAnalyzer, str]]:
    one = AccessAnalyzer()
    with served(one.answer) as url:
        yield one, url


def test_the_requests_are_what_the_service_model_says(
    analyzer: tuple[AccessAnalyzer, str],
) -> None:
    one, url = analyzer
    client = boto3.client(
        "accessanalyzer",
        region_name="eu-central-1",
        endpoint_url=url,
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="not-a-secret",
        config=Config(retries={"total_max_attempts": 1}),
    )
    texts = files(*references([snapshot(pair("tes-ci", MAIN, BOTH))]))
    client.check_no_new_access(**json.loads(texts["tes/tes-ci/check-no-new-access.json"]))
    client.check_no_public_access(**json.loads(texts["tes/tes-ci/check-no-public-access.json"]))
    (new_path, new), (public_path, public) = one.asked
    assert new_path == "/policy/check-no-new-access"
    assert new["policyType"] == "RESOURCE_POLICY"
    assert new["existingPolicyDocument"] == MAIN.to_json()
    assert new["newPolicyDocument"] == BOTH.to_json()
    assert "Resource" not in new["newPolicyDocument"]
    assert public_path == "/policy/check-no-public-access"
    assert public["resourceType"] == "AWS::IAM::AssumeRolePolicyDocument"


@pytest.mark.aws_cli
@pytest.mark.parametrize(("result", "code"), [("PASS", 0), ("FAIL", 3)])
def test_the_script_asks_and_says_what_came_of_it(
    analyzer: tuple[AccessAnalyzer, str], tmp_path: Path, result: str, code: int
) -> None:
    one, url = analyzer
    one.result = result
    for name, text in files(*references([snapshot(pair("tes-ci", MAIN, BOTH))])).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        ["sh", str(tmp_path / "check.sh")],
        env={
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "HOME": str(tmp_path),
            "AWS_ENDPOINT_URL": url,
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "not-a-secret",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert [target for target, _ in one.asked] == [
        "/policy/check-no-new-access",
        "/policy/check-no-public-access",
    ]
    assert done.stdout.count(result) == 2
    assert json.loads(one.asked[0][1]["existingPolicyDocument"]) == json.loads(MAIN.to_json())


class TestCommand:
    @pytest.fixture(autouse=True)
    def _read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.given = [snapshot(pair("tes-ci", MAIN, BOTH))]
        monkeypatch.setattr("rolecall.cli.reference_policy.snapshots", lambda arguments: self.given)

    def run(self, folder: Path, *options: str) -> int:
        return main(["reference-policy", "--plan", "x", "--output", str(folder), *options])

    def test_it_says_what_it_wrote(self, tmp_path: Path, capsys: Output) -> None:
        assert self.run(tmp_path / "new") == 0
        assert "check-no-new-access" in capsys.readouterr().out
        assert (tmp_path / "new/check.sh").is_file()

    def test_what_is_left_out_ends_with_4(self, tmp_path: Path, capsys: Output) -> None:
        self.given = [snapshot(pair("tes-ci", MAIN, policy("${aws_iam_role.x.arn}")))]
        assert self.run(tmp_path, "--json") == Exit.UNDECIDED
        told = capsys.readouterr()
        assert "Left out: tes-ci (tes)" in told.err
        assert json.loads(told.out)["leftOut"][0]["role"] == "tes-ci"

    def test_what_an_earlier_run_wrote_does_not_stay(self, tmp_path: Path) -> None:
        self.run(tmp_path)
        self.given = [snapshot(pair("tes-ci", None, BOTH))]
        assert self.run(tmp_path) == 0
        assert not (tmp_path / "tes/tes-ci/existing.json").exists()

    def test_a_folder_of_somebody_else_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "thesis.tex").write_text("")
        assert self.run(tmp_path) == Exit.BAD_INPUT

    @pytest.mark.parametrize(
        "index", ["[", "{}", '{"roles": [{"folder": "../../etc"}]}', '{"roles": [1]}']
    )
    def test_an_index_that_is_not_ours(self, tmp_path: Path, index: str) -> None:
        (tmp_path / "index.json").write_text(index)
        assert self.run(tmp_path) == Exit.BAD_INPUT
