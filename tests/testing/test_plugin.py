"""The plugin, as a project's own test run has it."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

HEAVY = ("cdktf", "boto3", "botocore", "moto", "cryptography", "lxml", "yaml", "rolecall.policy")
_DENIED = """
from rolecall.testing import assert_admits, assert_denies, github_token, trust_of
from rolecall.trust import GitHubActions, TrustContext, trust_policy
from rolecall import issuers

ENTITY = GitHubActions(issuers.GITHUB_ACTIONS, "acme/infra", environment="tes")
ROLE = trust_of(trust_policy([ENTITY], TrustContext("111111111111")), "pipeline")


def test_admitted():
    assert_admits(ROLE, github_token("acme/infra", environment="tes"))


def test_fails():
    assert_admits(ROLE, github_token("acme/infra", environment="prd"))


def test_denied():
    assert_denies(ROLE, github_token("acme/infra", environment="prd"))
"""


def test_it_is_there_by_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(_DENIED)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: The role pipeline of account 111111111111 does not let in a token of "
            "GitHub Actions (sub 'repo:acme/infra:environment:prd'*",
            "*The nearest caller who comes in: *environment:tes*",
        ]
    )
    # The trace ends in the test, not in the assertions' own code.
    result.stdout.no_fnmatch_line("*rolecall/testing/checks.py*")
    result.stdout.no_fnmatch_line("*PytestCollectionWarning*")


def test_its_fixtures_are_listed(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--fixtures", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["local_aws*", "deploy*"])


def test_loading_it_loads_nothing_heavy() -> None:
    script = f"""
import sys
import pytest
import rolecall.testing.plugin
import rolecall.testing
loaded = [name for name in {HEAVY!r} if name in sys.modules]
assert loaded == [], loaded
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_unit_form_needs_neither_boto3_nor_cdktf() -> None:
    script = f"""
import sys
for name in ("cdktf", "boto3", "botocore", "moto", "constructs", "waitress"):
    sys.modules[name] = None  # an import of it fails
source = {_DENIED!r}
space = {{}}
exec(source, space)
space["test_admitted"]()
space["test_denied"]()
from rolecall.testing import hostile, assert_only_admits, github_token
assert_only_admits(space["ROLE"], [github_token("acme/infra", environment="tes")])
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_each_test_has_an_empty_aws(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        """
        import os
        import boto3
        import pytest

        def clean():
            iam, s3 = boto3.client("iam"), boto3.client("s3")
            return not (
                iam.list_roles()["Roles"]
                or [user for user in iam.list_users()["Users"]
                    if user["UserName"] != "rolecall-administrator"]
                or iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
                or s3.list_buckets()["Buckets"]
            )

        @pytest.mark.parametrize("number", range(4))
        def test_one(local_aws, number):
            assert clean()
            assert os.environ["AWS_ENDPOINT_URL"] == local_aws.url
            iam = boto3.client("iam")
            iam.create_user(UserName="alice")
            trust = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":' \\
                '{"AWS":"arn:aws:iam::111122223333:user/alice"},"Action":"sts:AssumeRole"}}'
            iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)
            iam.create_open_id_connect_provider(
                Url="https://gitlab.com", ClientIDList=["x"], ThumbprintList=["a" * 40])
            place = {"LocationConstraint": "eu-central-1"}
            boto3.client("s3").create_bucket(Bucket="artifacts", CreateBucketConfiguration=place)
            local_aws.user("bob", account="999999999999")
            local_aws.later(3600)
            assert not clean()
            local_aws.use("999999999999")
            assert boto3.client("sts").get_caller_identity()["Account"] == "999999999999"

        def test_the_environment_is_as_before():
            assert "AWS_ENDPOINT_URL" not in os.environ
            assert os.environ.get("AWS_ACCESS_KEY_ID") == "mine"
        """
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    result = pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=5)


def test_the_server_ends_with_the_test_run(pytester: pytest.Pytester, tmp_path: Path) -> None:
    port = tmp_path / "port"
    pytester.makepyfile(
        f"""
        import os, pathlib, signal

        def test_killed(local_aws):
            pathlib.Path({str(port)!r}).write_text(local_aws.url)
            os.kill(os.getpid(), signal.SIGKILL)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider")
    # The server holds the other end of this process's pipe; it sees the end of its input.
    script = """
import sys, time, urllib.request, urllib.error
end = time.monotonic() + 20
while time.monotonic() < end:
    try:
        urllib.request.urlopen(sys.argv[1] + "/_rolecall/health", timeout=5).read()
    except urllib.error.URLError:
        sys.exit(0)
sys.exit(1)
"""
    assert port.read_text().startswith("http://127.0.0.1:")
    subprocess.run([sys.executable, "-c", script, port.read_text()], check=True)
