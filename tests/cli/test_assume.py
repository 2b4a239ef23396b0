"""`rolecall assume` with a proof of somebody else, and `whoami` in a pod."""

import io
import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.proofs import encoded, jwt, saml_xml
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

TES = 'account_id: "111111111111"\nregion: eu-central-1\nexternal_id: acme-tes\n'
ROLE = "arn:aws:iam::111111111111:role/tes-reader"
OTHER_ROLE = "arn:aws:iam::111111111111:role/other"
PROVIDER = "arn:aws:iam::111111111111:saml-provider/acme"
TOKEN = jwt(sub="repo:acme/infra:ref:refs/heads/main")
RESPONSE = encoded(saml_xml(f"{ROLE},{PROVIDER}"))

Output = pytest.CaptureFixture[str]


@pytest.fixture
def project(sts: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(TES)
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "response").write_text(RESPONSE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("getpass.getuser", lambda: "alice")
    return tmp_path


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.fixture
def pod(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(project / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "the-pod")


def assume(*more: str) -> int:
    return main(["assume", "tes", "reader", *more])


def only(sts: Recorder) -> dict[str, str]:
    [asked] = sts.asked
    assert asked.signed == (asked.action == "AssumeRole")
    return {key: value for key, value in asked.parameters.items() if key != "Version"}


@pytest.mark.usefixtures("project", "keys")
def test_a_token_in_a_file_beats_keys_and_sends_no_external_id(
    sts: Recorder, capsys: Output
) -> None:
    assert assume("--web-identity-token-file", "token") == Exit.OK
    assert only(sts) == {
        "Action": "AssumeRoleWithWebIdentity",
        "RoleArn": ROLE,
        "RoleSessionName": "alice",
        "DurationSeconds": "3600",
        "WebIdentityToken": TOKEN,
    }
    out, err = capsys.readouterr()
    assert f"export AWS_SESSION_TOKEN={SESSION_TOKEN}" in out
    assert "unset" in out
    assert "assumed-role/tes-reader/alice until 2099" in err
    assert SESSION_TOKEN not in err


@pytest.mark.usefixtures("project")
def test_a_github_job(sts: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_RUN_ID", "42")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_URL", f"{sts.url}/token?x=1")
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "bearer-of-the-job")
    sts.instead = lambda asked: (
        (200, json.dumps({"value": TOKEN}), {}) if asked.method == "GET" else None
    )
    assert assume("--github-token", "--audience", "acme") == Exit.OK
    assert sts.asked[0].path == "/token?x=1&audience=acme"
    assert sts.asked[1].parameters["RoleSessionName"] == "GitHubActions-42"
    assert sts.asked[1].parameters["WebIdentityToken"] == TOKEN


@pytest.mark.usefixtures("project")
def test_a_github_job_without_the_permission(capsys: Output) -> None:
    assert assume("--github-token") == Exit.BAD_INPUT
    assert "id-token: write" in capsys.readouterr().err


@pytest.mark.usefixtures("project", "keys")
def test_a_saml_response_names_the_session_itself(sts: Recorder, capsys: Output) -> None:
    assert assume("--saml-assertion", "response", "--json") == Exit.OK
    assert only(sts) == {
        "Action": "AssumeRoleWithSAML",
        "RoleArn": ROLE,
        "PrincipalArn": PROVIDER,
        "DurationSeconds": "3600",
        "SAMLAssertion": RESPONSE,
    }
    printed = json.loads(capsys.readouterr().out)
    assert printed["SessionToken"] == SESSION_TOKEN
    assert printed["AccountId"] == "111111111111"


@pytest.mark.usefixtures("project")
def test_a_saml_response_through_a_pipe(sts: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RESPONSE.encode())))
    assert assume("--saml-assertion", "-", "--saml-provider", "acme") == Exit.OK
    assert only(sts)["SAMLAssertion"] == RESPONSE


PROOFS = (["--web-identity-token-file", "token"], ["--saml-assertion", "response"], [])
REFUSED = {
    "--external-id acme-1": "no part of that call",
    "--source-identity alice": "source_identity|SourceIdentity",
    "--tag a=b": "/tags|PrincipalTag",
    "--transitive-tag a": "/tags|TransitiveTagKeys",
    "--mfa-serial arn:aws:iam::111111111111:mfa/me": "no MFA",
    "--mfa-process true": "no MFA",
    "--profile default": "not signed",
}


@pytest.mark.parametrize("options", REFUSED)
@pytest.mark.parametrize("proof", PROOFS, ids=["token", "saml", "pod"])
def test_what_aws_has_no_parameter_for_is_refused_with_the_reason(
    sts: Recorder, pod: None, capsys: Output, options: str, proof: list[str]
) -> None:
    if "--profile" in options and not proof:
        return  # a profile that is named comes before the pod's token
    assert assume(*proof, *options.split()) == Exit.BAD_INPUT
    err = capsys.readouterr().err
    assert any(word in err for word in REFUSED[options].split("|"))
    assert options.split()[0] in err
    assert (proof or ["AWS_WEB_IDENTITY_TOKEN_FILE"])[0] in err
    assert sts.asked == []


@pytest.mark.usefixtures("project", "keys")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--saml-assertion", "response", "--session-name", "me"], "RoleSessionName"),
        (["--audience", "x"], "--github-token"),
        (["--web-identity-token-file", "token", "--audience", "x"], "--github-token"),
        (["--saml-provider", "acme"], "--saml-assertion"),
        (["--mfa-process", "true"], "--mfa-serial"),
        (["--region", "us-gov-west-1"], "eu-central-1"),
        (["--region", "x"], "eu-central-1"),
        (["--duration", "1"], "900"),
        (["--session-name", ""], "RoleSessionName"),
        (["--external-id", ""], "ExternalId"),
        (["--path", "ci"], "Path"),
        (["--policy", "nowhere.json"], "cannot be read"),
        (["--policy", "token"], "policy"),
        (["--policy-arn", "x"], "ARN"),
        (["--policy-arn", ROLE], "managed policy"),
        (["--transitive-tag", "a"], "not a session tag"),
        (["--mfa-serial", "x"], "SerialNumber"),
    ],
)
def test_what_does_not_fit_is_said_before_the_call(
    sts: Recorder, capsys: Output, options: list[str], reason: str
) -> None:
    assert assume(*options) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert reason in err
    assert TOKEN not in err
    assert out == ""
    assert sts.asked == []


@pytest.mark.usefixtures("project", "keys")
def test_two_proofs_are_one_too_many(capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        assume("--web-identity-token-file", "token", "--saml-assertion", "response")
    assert caught.value.code == Exit.BAD_INPUT


@pytest.mark.usefixtures("project", "keys")
def test_credentials_sign_everything_that_was_asked_for(sts: Recorder, project: Path) -> None:
    (project / "policy.json").write_text(
        '{"Version": "2012-10-17", "Statement": '
        '{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}\n'
    )
    serial = "arn:aws:iam::111111111111:mfa/me"
    options = ["--path", "/ci/", "--region", "eu-west-1", "--tag", "a=b", "--transitive-tag", "a"]
    options += ["--mfa-serial", serial, "--mfa-process", "printf 123456"]
    options += ["--policy", "policy.json", "--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"]
    assert assume(*options) == Exit.OK
    asked = only(sts)
    assert asked["RoleArn"] == "arn:aws:iam::111111111111:role/ci/tes-reader"
    assert asked["ExternalId"] == "acme-tes"
    assert (asked["SerialNumber"], asked["TokenCode"]) == (serial, "123456")
    assert asked["Tags.member.1.Key"] == asked["TransitiveTagKeys.member.1"] == "a"
    assert json.loads(asked["Policy"])["Statement"]["Action"] == "s3:*"
    assert asked["PolicyArns.member.1.arn"].endswith("ReadOnlyAccess")
    assert "eu-west-1" in sts.asked[0].headers["authorization"]


@pytest.mark.usefixtures("project", "keys")
@pytest.mark.parametrize(
    ("region", "partition"),
    [
        ("cn-north-1", "aws-cn"),
        ("cn-northwest-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-gov-east-1", "aws-us-gov"),
    ],
)
def test_the_other_partitions(
    sts: Recorder, project: Path, capsys: Output, region: str, partition: str
) -> None:
    """The ARN is of the partition, the signature of the region, and so is what is printed."""
    facts = f'account_id: "111111111111"\nregion: {region}\n'
    (project / "environments/tes.yaml").write_text(facts)
    assert assume("--format", "dotenv") == Exit.OK
    assert only(sts)["RoleArn"] == f"arn:{partition}:iam::111111111111:role/tes-reader"
    assert f"/{region}/sts/aws4_request" in sts.asked[0].headers["authorization"]
    out, err = capsys.readouterr()
    assert f"AWS_REGION={region}\n" in out
    assert f"arn:{partition}:sts::111111111111:assumed-role/tes-reader/" in err


@pytest.mark.usefixtures("project", "keys")
@pytest.mark.parametrize("process", ["false", "nowhere-to-be-found", "printf hello", "'", ""])
def test_a_process_that_gives_no_code_is_said(sts: Recorder, capsys: Output, process: str) -> None:
    serial = "arn:aws:iam::111111111111:mfa/me"
    assert assume("--mfa-serial", serial, "--mfa-process", process) == Exit.BAD_INPUT
    err = capsys.readouterr().err
    assert "--mfa-process" in err or "TokenCode" in err
    assert "hello" not in err
    assert sts.asked == []


@pytest.mark.usefixtures("project", "keys")
def test_nobody_is_asked_for_a_code_without_a_terminal(
    capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert assume("--mfa-serial", "arn:aws:iam::111111111111:mfa/me") == Exit.BAD_INPUT
    assert "--mfa-process" in capsys.readouterr().err


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("stated", [ROLE, "arn:aws:iam::111111111111:role/pods/tes-reader", None])
def test_a_pod_uses_its_token_for_its_role(
    sts: Recorder, monkeypatch: pytest.MonkeyPatch, stated: str | None
) -> None:
    if stated is None:
        monkeypatch.delenv("AWS_ROLE_ARN")
    else:
        monkeypatch.setenv("AWS_ROLE_ARN", stated)
    assert assume() == Exit.OK
    asked = only(sts)
    assert asked["Action"] == "AssumeRoleWithWebIdentity"
    assert asked["RoleArn"] == (stated or ROLE)
    assert asked["RoleSessionName"] == "the-pod"
    assert asked["WebIdentityToken"] == TOKEN


@pytest.mark.usefixtures("pod")
def test_a_pod_of_another_role_becomes_that_first(
    sts: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", OTHER_ROLE)
    assert assume("--tag", "a=b") == Exit.OK
    assert [(asked.action, asked.parameters["RoleArn"]) for asked in sts.asked] == [
        ("AssumeRoleWithWebIdentity", OTHER_ROLE),
        ("AssumeRole", ROLE),
    ]
    assert sts.asked[1].parameters["ExternalId"] == "acme-tes"
    assert "ASIAEXAMPLEEXAMPLE12" in sts.asked[1].headers["authorization"]
    assert OTHER_ROLE in capsys.readouterr().err


@pytest.mark.usefixtures("pod", "keys")
def test_keys_in_the_environment_beat_the_pods_token(sts: Recorder) -> None:
    assert assume() == Exit.OK
    assert only(sts)["Action"] == "AssumeRole"


@pytest.mark.usefixtures("pod")
@pytest.mark.parametrize("variable", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"])
def test_whoami_in_a_pod(
    sts: Recorder, monkeypatch: pytest.MonkeyPatch, capsys: Output, variable: str
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL")
    monkeypatch.setenv(variable, sts.url)
    assert main(["whoami", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["account"] == "111111111111"
    assert sts.actions == ["AssumeRoleWithWebIdentity", "GetCallerIdentity"]


@pytest.mark.usefixtures("pod")
def test_whoami_in_a_pod_whose_token_is_gone(project: Path, sts: Recorder, capsys: Output) -> None:
    (project / "token").unlink()
    assert main(["whoami"]) == Exit.BAD_INPUT
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
def test_the_token_in_place_of_the_file_is_not_repeated(capsys: Output) -> None:
    assert assume("--web-identity-token-file", TOKEN) == Exit.BAD_INPUT
    # As the AWS CLI spells it, and as nobody does.
    for words in (["--web-identity-token", TOKEN], [f"--web-identity-token={TOKEN}"], [TOKEN]):
        with pytest.raises(SystemExit) as caught:
            assume(*words)
        assert caught.value.code == Exit.BAD_INPUT
    err = capsys.readouterr().err
    assert "--web-identity-token-file" in err
    assert TOKEN not in err
    assert "SIGNATURE" not in err


@pytest.mark.usefixtures("project")
def test_a_refusal_has_its_exit_code(sts: Recorder, capsys: Output) -> None:
    sts.refuse("IDPCommunicationError", "unreachable")
    assert assume("--web-identity-token-file", "token") == Exit.UNREACHABLE
    sts.refuse("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", 403)
    assert assume("--web-identity-token-file", "token") == Exit.DENIED
    out, err = capsys.readouterr()
    assert out == ""
    assert TOKEN not in err


WORD = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["--web-identity-token-file", "--github-token", "--saml-assertion", "token"]
            ),
            st.sampled_from(["--saml-provider", "--audience", "--policy", "--session-name"]),
            st.sampled_from(["response", "--duration", "--region", "--path", "--tag", "900"]),
            WORD,
        ),
        max_size=5,
    )
)
def test_no_argument_brings_a_traceback(project: Path, words: list[str]) -> None:
    try:
        code = main(["assume", "tes", "reader", *words])
    except SystemExit as end:
        code = int(end.code or 0)
    assert code in (0, 1, 2)
