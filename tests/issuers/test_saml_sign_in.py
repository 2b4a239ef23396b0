"""The sign-in endpoints of AWS: which there are, and which an assertion may name."""

import pytest

from rolecall.issuers.saml_sign_in import is_sign_in_endpoint, saml_audiences, sign_in_endpoint
from rolecall.policy import PARTITIONS
from rolecall.problems import Problem

GLOBAL = "https://signin.aws.amazon.com/saml"
FRANKFURT = "https://eu-central-1.signin.aws.amazon.com/saml"


@pytest.mark.parametrize(
    ("partition", "region", "url"),
    [
        ("aws", None, GLOBAL),
        ("aws", "us-east-1", GLOBAL),
        ("aws", "eu-central-1", FRANKFURT),
        ("aws-cn", None, "https://signin.amazonaws.cn/saml"),
        ("aws-cn", "cn-northwest-1", "https://cn-northwest-1.signin.amazonaws.cn/saml"),
        ("aws-us-gov", "us-gov-west-1", "https://signin.amazonaws-us-gov.com/saml"),
        (
            "aws-us-gov",
            "us-gov-east-1",
            "https://us-gov-east-1.signin.amazonaws-us-gov.com/saml",
        ),
    ],
)
def test_endpoint_of_a_region(partition: str, region: str | None, url: str) -> None:
    assert sign_in_endpoint(partition, region) == url
    assert is_sign_in_endpoint(url, partition)
    assert not any(is_sign_in_endpoint(url, other) for other in PARTITIONS if other != partition)


def test_a_role_takes_two_endpoints_so_that_one_region_may_be_down() -> None:
    assert saml_audiences("aws") == (GLOBAL,)
    assert saml_audiences("aws", "eu-central-1") == (GLOBAL, FRANKFURT)
    assert saml_audiences("aws", "us-east-1") == (GLOBAL,)


def test_a_provider_that_encrypts_has_an_endpoint_of_its_own() -> None:
    url = sign_in_endpoint("aws", "eu-central-1", provider_id="SAMLSPABCDEFGHIJ")
    assert url == FRANKFURT + "/acs/SAMLSPABCDEFGHIJ"
    assert is_sign_in_endpoint(url, "aws", provider_id="SAMLSPABCDEFGHIJ")
    assert is_sign_in_endpoint(FRANKFURT, "aws", provider_id="SAMLSPABCDEFGHIJ")
    assert not is_sign_in_endpoint(url, "aws", provider_id="SAMLSPOTHER0000")
    assert not is_sign_in_endpoint(url, "aws")


@pytest.mark.parametrize(
    "url",
    [
        "http://signin.aws.amazon.com/saml",
        "https://signin.aws.amazon.com/saml/",
        "https://signin.aws.amazon.com/saml\n",
        "https://signin.aws.amazon.com/console",
        "https://signin.aws.amazon.com:443/saml",
        "https://signin.aws.amazon.com.evil.example/saml",
        "https://evil.example/signin.aws.amazon.com/saml",
        "https://evil.signin.aws.amazon.com/saml",
        "https://cn-north-1.signin.aws.amazon.com/saml",
        "https://us-east-1.signin.aws.amazon.com/saml",
        "https://a.eu-central-1.signin.aws.amazon.com/saml",
        "https://user@signin.aws.amazon.com/saml",
        "HTTPS://signin.aws.amazon.com/saml",
        "urn:amazon:webservices",
        "",
    ],
)
def test_look_alikes_are_no_endpoints(url: str) -> None:
    assert not is_sign_in_endpoint(url, "aws")


@pytest.mark.parametrize(
    ("partition", "region", "provider", "fix"),
    [
        ("aws-moon", None, None, "write one of aws, aws-cn"),
        ("aws", "cn-north-1", None, "a region of aws-cn.*'us-east-1'"),
        ("aws-cn", "frankfurt", None, "no region.*'cn-north-1'"),
        ("aws", None, "okta", "SAMLSPABCDEFGHIJ"),
        ("aws", None, "SAMLSPABCD/../x", "SAMLSPABCDEFGHIJ"),
    ],
)
def test_refused_with_the_fix(
    partition: str, region: str | None, provider: str | None, fix: str
) -> None:
    with pytest.raises(Problem, match=fix):
        sign_in_endpoint(partition, region, provider_id=provider)
