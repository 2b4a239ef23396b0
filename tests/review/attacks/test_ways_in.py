"""Ways in that are no trust policy: credentials of users, anchors, profiles, unknown types."""

from typing import Any

import pytest

from tests.review import planned
from tests.review.planned import EVERYTHING, READING, altered, gone, kept, made, policy

ALICE = kept("aws_iam_user.u", planned.named("user", "alice"))
PROFILE = {"name": "p", "role_arns": [f"arn:aws:iam::{planned.TES}:role/r"], "enabled": True}
POD = {"cluster_name": "c", "namespace": "n", "service_account": "s", "role_arn": "r"}


def pool(**more: Any) -> dict[str, Any]:
    client = {"client_id": "c", "provider_name": "n", "server_side_token_check": True, **more}
    return {"identity_pool_name": "p", "cognito_identity_providers": [client]}


def anchor(pem: str) -> dict[str, Any]:
    return {
        "name": "a",
        "enabled": True,
        "source": [{"source_data": [{"x509_certificate_data": pem}]}],
    }


WIDER = {
    "an access key": [ALICE, made("aws_iam_access_key.k", {"user": "alice", "status": "Active"})],
    "an access key counts again": [
        ALICE,
        altered("aws_iam_access_key.k", {"user": "alice", "status": "Inactive"}, status="Active"),
    ],
    "a key for somebody else": [
        ALICE,
        altered(
            "aws_iam_access_key.k", {"user": "alice", "pgp_key": "keybase:a"}, pgp_key="keybase:b"
        ),
    ],
    "a password": [ALICE, made("aws_iam_user_login_profile.k", {"user": "alice"})],
    "a signing certificate": [
        ALICE,
        made("aws_iam_signing_certificate.k", {"user_name": "alice", "certificate_body": "x"}),
    ],
    "an SSH key": [ALICE, made("aws_iam_user_ssh_key.k", {"username": "alice", "public_key": "x"})],
    "a service credential": [
        ALICE,
        made("aws_iam_service_specific_credential.k", {"user_name": "alice", "service_name": "x"}),
    ],
    "another session policy": [
        altered(
            "aws_rolesanywhere_profile.p",
            {**PROFILE, "session_policy": policy(READING)},
            session_policy=policy(EVERYTHING),
        )
    ],
    "an authority that cannot be read": [
        altered("aws_rolesanywhere_trust_anchor.a", anchor("one"), **anchor("two"))
    ],
    "a profile that is started": [
        altered("aws_rolesanywhere_profile.p", {**PROFILE, "enabled": False}, enabled=True)
    ],
    "tokens that are checked no longer": [
        altered("aws_cognito_identity_pool.p", pool(), **pool(server_side_token_check=False))
    ],
}
HARMLESS = {
    "an access key goes": [ALICE, gone("aws_iam_access_key.k", {"user": "alice"})],
    "an access key counts no more": [
        ALICE,
        altered("aws_iam_access_key.k", {"user": "alice", "status": "Active"}, status="Inactive"),
    ],
    "a profile that is stopped": [altered("aws_rolesanywhere_profile.p", PROFILE, enabled=False)],
    "another address": [
        gone("aws_eks_pod_identity_association.one", POD),
        made("aws_eks_pod_identity_association.two", POD),
    ],
    "a session policy in other words": [
        altered(
            "aws_rolesanywhere_profile.p",
            {**PROFILE, "session_policy": policy(READING)},
            session_policy=policy(READING).replace(", ", ",\n  "),
        )
    ],
    "what lets nobody in": [made("aws_iam_account_alias.a", {"account_alias": "acme"})],
}


@pytest.mark.parametrize("changes", WIDER.values(), ids=WIDER)
def test_it_is_a_gain(changes: list[dict[str, Any]]) -> None:
    report = planned.reviewed(*changes)
    assert (report.verdict, report.severity.word) == ("wider", "high")


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS)
def test_it_is_no_gain(changes: list[dict[str, Any]]) -> None:
    assert planned.reviewed(*changes).verdict in ("same", "narrower")


@pytest.mark.parametrize(
    "type",
    [
        "aws_iam_something_new",
        "aws_rolesanywhere_crl",
        "aws_ssoadmin_trusted_token_issuer",
        "awscc_iam_user_policy",
        "awscc_rolesanywhere_profile",
    ],
)
def test_what_is_not_read_and_is_about_identities_is_not_passed_over(type: str) -> None:
    report = planned.reviewed(made(f"{type}.x", {"name": "x"}))
    assert report.verdict == "undecided"
    assert f"{type}.x changes and is not read" in report.notes[0]
