"""Trust anchors and profiles of IAM Roles Anywhere."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from rolecall.policy import PolicyDocument
from rolecall.problems import Problem
from rolecall.trust import AwsService, RolesAnywhere
from rolecall_cdktf import (
    AssumableRole,
    EnvironmentStack,
    RolesAnywhereProfile,
    RolesAnywhereTrustAnchor,
)
from tests.constructs.issued import Issued

# An authority of an elliptic curve; libraries sign with SHA-1 no more.
SHA1 = """\
-----BEGIN CERTIFICATE-----
MIIBfTCCASSgAwIBAgIUJF2jyo9dQoknL5tSErbpv+IznhIwCQYHKoZIzj0EATAM
MQowCAYDVQQDDAFhMCAXDTI2MTEyNDA5MTMzN1oYDzIxMjYxMDMxMDkxMzM3WjAM
MQowCAYDVQQDDAFhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE0lLyoQWm761v
Hl80zW8rll8uTBKgYUJwssgxaasC3GEKMSE8COPiAwWGKyrj3NWKt1Lp0ErzqVIV
nN5kjuf+vqNjMGEwHQYDVR0OBBYEFCZElZntby6xPZAZh6uGLSQo7lPhMB8GA1Ud
IwQYMBaAFCZElZntby6xPZAZh6uGLSQo7lPhMA8GA1UdEwEB/wQFMAMBAf8wDgYD
VR0PAQH/BAQDAgIEMAkGByqGSM49BAEDSAAwRQIgMQHrYNdOb495Gez+pQdCsEBP
pVFhV/qxBTcpIjkDS+cCIQCbq/uA0fH+zU5W9zf4+VnO4nbmGDJALj/fkpVI6hfG
1g==
-----END CERTIFICATE-----
"""
Synth = Callable[[EnvironmentStack], dict[str, Any]]


def machine(stack: EnvironmentStack, anchor: RolesAnywhereTrustAnchor) -> AssumableRole:
    trusted = RolesAnywhere(trust_anchor_arn=anchor.trust_anchor_arn, subject={"CN": "web-1"})
    return AssumableRole(stack, "machine", trusted_entities=[trusted])


def test_an_anchor_a_profile_and_their_role(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth, issued: Issued, tmp_path: Path
) -> None:
    stack = new_stack(name="ra")
    pem, file = issued.pem(), tmp_path / "ca.pem"
    file.write_text(f"Our authority\n\n{pem}")
    anchor = RolesAnywhereTrustAnchor(stack, "ca", certificates=pem, tags={"team": "x"})
    RolesAnywhereTrustAnchor(stack, "two", certificate_file=file, name="Two", enabled=False)
    role = machine(stack, anchor)
    profile = RolesAnywhereProfile(
        stack,
        "machines",
        roles=[role, "arn:aws:iam::111111111111:role/other"],
        max_session=timedelta(minutes=30),
        managed_policies=["ReadOnlyAccess"],
    )
    found = synthesized(stack)
    bundle = {"source_type": "CERTIFICATE_BUNDLE", "source_data": {"x509_certificate_data": pem}}
    assert found["resource"]["aws_rolesanywhere_trust_anchor"] == {
        "ca": {"name": "ra-ca", "enabled": True, "source": bundle, "tags": {"team": "x"}},
        # The file's other words do not reach AWS.
        "two": {"name": "Two", "enabled": False, "source": bundle},
    }
    assert found["resource"]["aws_rolesanywhere_profile"] == {
        "machines": {
            "name": "ra-machines",
            "role_arns": [role.role_arn, "arn:aws:iam::111111111111:role/other"],
            "duration_seconds": 1800,
            "managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "enabled": True,
            "depends_on": ["aws_iam_role.machine"],
        }
    }
    assert anchor.trust_anchor_arn == "${aws_rolesanywhere_trust_anchor.ca.arn}"
    trust = found["resource"]["aws_iam_role"]["machine"]["assume_role_policy"]
    assert anchor.trust_anchor_arn in trust
    assert "rolesanywhere.amazonaws.com" in str(PolicyDocument.parse(trust).to_dict())
    assert found["output"]["roles_anywhere_trust_anchors"]["value"]["ra-ca"] == (
        anchor.trust_anchor_arn
    )
    assert found["output"]["roles_anywhere_profiles"]["value"] == {
        "ra-machines": profile.profile_arn
    }


def test_aws_private_ca_instead(stack: EnvironmentStack, synthesized: Synth) -> None:
    arn = "arn:aws:acm-pca:eu-central-1:111111111111:certificate-authority/1a2b-3c4d"
    RolesAnywhereTrustAnchor(stack, "ca", acm_pca_arn=arn)
    reference = "${aws_acmpca_certificate_authority.x.arn}"
    RolesAnywhereTrustAnchor(stack, "own", acm_pca_arn=reference)
    found = synthesized(stack)["resource"]["aws_rolesanywhere_trust_anchor"]
    source = {"source_type": "AWS_ACM_PCA", "source_data": {"acm_pca_arn": arn}}
    assert found["ca"]["source"] == source
    assert found["own"]["source"]["source_data"] == {"acm_pca_arn": reference}


def test_an_authority_that_ends_is_warned_of(
    stack: EnvironmentStack, issued: Issued, warnings_of: Callable[[Any], list[str]]
) -> None:
    pem = issued.pem(days=10) + issued.pem(days=400, name="next")
    [told] = warnings_of(RolesAnywhereTrustAnchor(stack, "ca", certificates=pem))
    assert f"expires on {datetime.now(UTC) + timedelta(days=10):%Y-%m-%d}; add its" in told


def test_certificates_that_aws_would_refuse(stack: EnvironmentStack, issued: Issued) -> None:
    key = issued.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    wrong = {
        issued.pem(authority=False): "is not an authority's",
        issued.pem(authority=None): "is not an authority's",
        issued.pem(signs=False): "may not sign certificates",
        issued.pem(signs=None): "may not sign certificates",
        SHA1: "is signed with SHA1",
        issued.pem() * 3: "3 certificates; AWS takes 2",
        "": "no certificates in PEM",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n": "no certificates in PEM",
        issued.pem() + " " * 204_800: "AWS takes 204800",
        issued.pem() + key: "holds a private key, which would lie in Terraform's state",
    }
    for pem, fix in wrong.items():
        with pytest.raises(Problem, match=fix) as refusal:
            RolesAnywhereTrustAnchor(stack, "ca", certificates=pem)
        assert str(refusal.value).startswith('The trust anchor "ca": ')
        assert "MII" not in str(refusal.value)


ANCHOR: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "one of certificates, certificate_file and acm_pca_arn; none is written"),
    "two": ({"certificates": "x", "acm_pca_arn": "y"}, "2 is written"),
    "bytes": ({"certificates": b"x"}, "certificates is bytes; write PEM text"),
    "file": ({"certificate_file": "none.pem"}, "'none.pem' is not a file"),
    "arn": ({"acm_pca_arn": "x"}, "it looks like arn:aws:acm-pca"),
    "name": ({"acm_pca_arn": "${x}", "name": "a/b"}, "cannot name a trust anchor"),
    "flag": ({"enabled": 1}, "write True or False"),
    "tags": ({"acm_pca_arn": "${x}", "tags": {"aws:": "x"}}, "begin with aws:"),
}


@pytest.mark.parametrize("case", ANCHOR)
def test_an_anchor_is_refused_with_the_fix(case: str, stack: EnvironmentStack) -> None:
    options, fix = ANCHOR[case]
    with pytest.raises(Problem, match=fix) as refusal:
        RolesAnywhereTrustAnchor(stack, "ca", **options)
    assert str(refusal.value).startswith('The trust anchor "ca": ')


ROLE = "arn:aws:iam::111111111111:role/x"
PROFILE: dict[str, tuple[dict[str, Any], str]] = {
    "nobody": ({"roles": []}, "0 roles; write 1 to 250"),
    "one role": ({"roles": ROLE}, "roles is a list"),
    "many": ({"roles": [f"{ROLE}{n}" for n in range(251)]}, "251 roles"),
    "twice": ({"roles": [ROLE, ROLE]}, "is listed twice"),
    "number": ({"roles": [5]}, "a role is 5; write an AssumableRole"),
    "away": ({"roles": ["arn:aws:iam::222222222222:role/x"]}, "is of account 222222222222"),
    "short": ({"max_session": timedelta(minutes=14)}, "fifteen minutes to twelve hours"),
    "seconds": ({"max_session": 3600}, "write a timedelta"),
    "policy": ({"managed_policies": "ReadOnlyAccess"}, r"write \['ReadOnlyAccess'\]"),
    "flag": ({"enabled": None}, "write True or False"),
    "name": ({"name": "x" * 256}, "cannot name a Roles Anywhere profile"),
}


@pytest.mark.parametrize("case", PROFILE)
def test_a_profile_is_refused_with_the_fix(case: str, stack: EnvironmentStack) -> None:
    options, fix = PROFILE[case]
    with pytest.raises(Problem, match=fix) as refusal:
        RolesAnywhereProfile(stack, "machines", **{"roles": [ROLE], **options})
    assert str(refusal.value).startswith('The Roles Anywhere profile "machines": ')


def test_a_role_that_does_not_trust_the_service_is_refused(stack: EnvironmentStack) -> None:
    role = AssumableRole(stack, "x", trusted_entities=[AwsService("lambda")])
    with pytest.raises(Problem, match=r"does not trust rolesanywhere.*RolesAnywhere\(…\)"):
        RolesAnywhereProfile(stack, "machines", roles=[role])
