"""Provider, account guard, tags and state of an environment's stack."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolecall.environment import S3State
from rolecall_cdktf import EnvironmentStack
from rolecall_cdktf.embedded import local_state_path, talks_to_embedded_aws

Synth = Callable[[EnvironmentStack], dict[str, Any]]
S3 = S3State("acme-state", "eu-west-1", "rolecall/tes.tfstate")


@pytest.fixture(autouse=True)
def real_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("ROLECALL_HOME", raising=False)


def test_the_provider_works_in_one_account_only(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth
) -> None:
    found = synthesized(new_stack(tags={"team": "x"}))
    assert found["provider"]["aws"] == [
        {
            "region": "eu-central-1",
            "allowed_account_ids": ["111111111111"],
            "default_tags": [{"tags": {"team": "x"}}],
        }
    ]


def test_s3_state_is_encrypted_locked_and_guarded(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth
) -> None:
    assert synthesized(new_stack(state=S3))["terraform"]["backend"]["s3"] == {
        "bucket": "acme-state",
        "key": "rolecall/tes.tfstate",
        "region": "eu-west-1",
        "encrypt": True,
        "use_lockfile": True,
        "allowed_account_ids": ["111111111111"],
    }


def test_states_of_the_two_clouds_are_never_one_file(
    new_stack: Callable[..., EnvironmentStack],
    synthesized: Synth,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    here = tmp_path / "environments"
    real = new_stack(name="one", directory=here)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5999")
    embedded = new_stack(name="two", directory=here)
    paths = [
        synthesized(each)["terraform"]["backend"]["local"]["path"] for each in (real, embedded)
    ]
    assert paths == [
        str(tmp_path / "terraform.one.tfstate"),
        str(tmp_path / ".rolecall" / "terraform.two.embedded.tfstate"),
    ]


def test_s3_state_lives_in_the_cloud_that_it_describes(
    new_stack: Callable[..., EnvironmentStack],
    synthesized: Synth,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = synthesized(new_stack(state=S3))["terraform"]["backend"]
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:5999")
    # Terraform's S3 backend follows the same endpoint variable as its AWS provider.
    assert synthesized(new_stack(state=S3))["terraform"]["backend"] == real


def test_each_embedded_aws_has_a_state_of_its_own(
    new_stack: Callable[..., EnvironmentStack], tmp_path: Path
) -> None:
    environ = {"AWS_ENDPOINT_URL": "http://localhost:1", "ROLECALL_HOME": str(tmp_path)}
    found = local_state_path(new_stack().environment, environ)
    assert found.parent == tmp_path


@pytest.mark.parametrize(
    ("environ", "embedded"),
    [
        ({}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, True),
        ({"AWS_ENDPOINT_URL": "http://[::1]:5000"}, True),
        ({"AWS_ENDPOINT_URL": "http://localhost"}, True),
        ({"AWS_ENDPOINT_URL_STS": "http://aws.localhost:1"}, True),
        ({"AWS_ENDPOINT_URL": "https://iam.amazonaws.com"}, False),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1.example.com"}, False),
        ({"AWS_ENDPOINT_URL": "not a url ["}, False),
        (
            {
                "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
                "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            },
            False,
        ),
    ],
)
def test_which_endpoint_is_embedded(environ: dict[str, str], embedded: bool) -> None:
    assert talks_to_embedded_aws(environ) is embedded
