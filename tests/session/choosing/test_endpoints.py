"""Which STS endpoint is asked: the region's own, in every partition, as the SDK's settings say.

Source: AWS General Reference, "AWS Security Token Service endpoints and quotas"; AWS SDKs
reference, "AWS STS Regional endpoints", "Dual-stack and FIPS endpoints".
"""

from pathlib import Path

import pytest

from rolecall.session import sts_client, unsigned_sts_client

REGIONAL = {
    "us-east-1": "https://sts.us-east-1.amazonaws.com",
    "eu-central-1": "https://sts.eu-central-1.amazonaws.com",
    # Regions that an account switches on first: tokens of the global endpoint do not work there.
    "eu-south-2": "https://sts.eu-south-2.amazonaws.com",
    "me-central-1": "https://sts.me-central-1.amazonaws.com",
    "cn-north-1": "https://sts.cn-north-1.amazonaws.com.cn",
    "us-gov-west-1": "https://sts.us-gov-west-1.amazonaws.com",
}


@pytest.fixture(autouse=True)
def _keys(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-used")


@pytest.mark.parametrize("region", REGIONAL)
def test_the_region_s_own(region: str) -> None:
    assert sts_client(region).meta.endpoint_url == REGIONAL[region]
    assert unsigned_sts_client(region).meta.endpoint_url == REGIONAL[region]


@pytest.mark.parametrize(
    ("variable", "region", "endpoint"),
    [
        ("AWS_USE_FIPS_ENDPOINT", "us-east-1", "https://sts-fips.us-east-1.amazonaws.com"),
        ("AWS_USE_FIPS_ENDPOINT", "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "eu-central-1", "https://sts.eu-central-1.api.aws"),
    ],
)
def test_fips_and_dual_stack(
    monkeypatch: pytest.MonkeyPatch, variable: str, region: str, endpoint: str
) -> None:
    monkeypatch.setenv(variable, "true")
    assert sts_client(region).meta.endpoint_url == endpoint
    assert unsigned_sts_client(region).meta.endpoint_url == endpoint


def test_settings_of_a_profile_count(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    (bare_environment / ".aws").mkdir()
    (bare_environment / ".aws/config").write_text(
        "[profile fips]\nuse_fips_endpoint = true\naws_access_key_id = AKIAEXAMPLE\n"
        "aws_secret_access_key = not-used\n"
    )
    client = sts_client("us-east-1", "fips")
    assert client.meta.endpoint_url == "https://sts-fips.us-east-1.amazonaws.com"


def test_one_s_own_endpoint_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    assert sts_client("eu-central-1").meta.endpoint_url == "http://127.0.0.1:4566"
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:4567")
    assert sts_client("eu-central-1").meta.endpoint_url == "http://127.0.0.1:4567"
