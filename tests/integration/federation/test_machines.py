"""IAM Roles Anywhere against deployed roles: machines with the right certificate, and no others."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.federation.cases.machines import (
    INVALID,
    MEANT,
    NOT_FOR_IT,
    OTHERS,
    UNTRUSTED,
    Site,
    issued,
    right,
)
from tests.integration.federation.deployment import refusal
from tests.local.gaps.certificates import Authority, Certificate, rsa_key

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ROLES = list(MEANT)


@pytest.fixture(scope="module")
def site(deployment: "Deployment") -> Site:
    anywhere = deployment.administrator.client("rolesanywhere")
    (profile,) = anywhere.list_profiles()["profiles"]
    anchors = {
        each["name"].removeprefix("central-"): each["trustAnchorArn"]
        for each in anywhere.list_trust_anchors()["trustAnchors"]
    }
    return Site(deployment, anchors, profile["profileArn"])


@pytest.mark.parametrize(
    ("role", "case"), [(role, case) for role, found in MEANT.items() for case in found]
)
def test_allowed(site: Site, role: str, case: str) -> None:
    certificate = issued(site.authority("site").issue(**MEANT[role][case]))
    status, answer = site.ask(role, certificate)
    assert status == 201, answer
    (one,) = answer["credentialSet"]
    arn = one["assumedRoleUser"]["arn"]
    assert f":assumed-role/central-{role}/" in arn
    assert site.deployment.whoami(one["credentials"]) == arn


@pytest.mark.parametrize(
    ("role", "case"), [(role, case) for role, found in OTHERS.items() for case in found]
)
def test_wrong_subject(site: Site, role: str, case: str) -> None:
    certificate = issued(site.authority("site").issue(**OTHERS[role][case]))
    assert_denied(site, role, NOT_FOR_IT, site.ask(role, certificate))


@pytest.mark.parametrize("role", ROLES)
def test_wrong_audience(site: Site, role: str) -> None:
    """A role that is not in the profile, whatever its trust policy says."""
    answer = site.ask("github-branch", right(site, role))
    assert_denied(site, "github-branch", NOT_FOR_IT, answer)
    # Signed for the other trust anchor, which does not vouch for it.
    assert_denied(site, role, UNTRUSTED, site.ask(role, right(site, role), "lab"))


@pytest.mark.parametrize("role", ROLES)
def test_wrong_issuer(site: Site, role: str) -> None:
    """Another trust anchor of the account, and one who has but the authority's name."""
    lab = right(site, role, site.authority("lab"))
    assert_denied(site, role, NOT_FOR_IT, site.ask(role, lab, "lab"))
    assert_denied(site, role, UNTRUSTED, site.ask(role, lab))
    forger = right(site, role, Authority.make("Site"))
    assert_denied(site, role, UNTRUSTED, site.ask(role, forger))


@pytest.mark.parametrize("role", ROLES)
def test_expired(site: Site, role: str) -> None:
    assert_denied(site, role, UNTRUSTED, site.ask(role, right(site, role, days=(-30, -1))))
    certificate = right(site, role)
    with site.deployment.embedded.later(31 * 86_400):
        assert_denied(site, role, UNTRUSTED, site.ask(role, certificate))


@pytest.mark.parametrize("role", ROLES)
def test_unsigned_or_altered(site: Site, role: str) -> None:
    certificate = right(site, role)
    thief = Certificate(certificate.x509, rsa_key(1))
    assert_denied(site, role, INVALID, site.ask(role, thief))
    other = issued(site.authority("site").issue("db-1"))
    swapped = {"x-amz-x509": certificate.header}
    answer = site.ask(role, other, headers=lambda sent: {**sent, **swapped})
    assert_denied(site, role, INVALID, answer)

    def without_signature(sent: dict[str, str]) -> dict[str, str]:
        head = sent["authorization"].partition("Signature=")[0]
        return {**sent, "authorization": f"{head}Signature="}

    assert_denied(site, role, INVALID, site.ask(role, certificate, headers=without_signature))
    for name in ("authorization", "x-amz-x509"):
        status, _ = site.ask(
            role,
            certificate,
            headers=lambda sent, name=name: {k: v for k, v in sent.items() if k != name},
        )
        assert status == 403, name


@pytest.mark.parametrize("role", ROLES)
def test_a_person_is_no_machine(deployment: "Deployment", role: str) -> None:
    sts = deployment.administrator.client("sts")
    me = sts.get_caller_identity()["Arn"]
    tags = [{"Key": "x509Subject/CN", "Value": "web-1"}]
    answer = refusal(
        lambda: sts.assume_role(
            RoleArn=deployment.role(role),
            RoleSessionName="web-1",
            Tags=tags,
            SourceIdentity="web-1",
        )
    )
    assert answer == (
        "AccessDenied",
        f"User: {me} is not authorized to perform: sts:AssumeRole on resource: "
        f"{deployment.role(role)}",
    )


def assert_denied(site: Site, role: str, message: str, answer: tuple[int, dict[str, Any]]) -> None:
    status, body = answer
    assert (status, body.get("__type"), body.get("message")) == (
        403,
        "AccessDeniedException",
        message.format(role=site.deployment.role(role)),
    )
