"""From the role of a pod on to a target role: who admits whom, and what is asked."""

from datetime import timedelta
from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, trust
from tests.local.gaps.pods_here import BOTH, Pods


def target(pods: Pods, statement: Any = None, account: str = HOME) -> str:
    pods.held["externalId"] = "main-a-1"
    condition = {"StringEquals": {"sts:ExternalId": "main-a-1"}}
    told = statement or trust(pods.role, BOTH, Condition=condition)
    arn = pods.made("target", told, account=account)
    pods.held["targetRoleArn"] = arn
    return arn


def may(pods: Pods, *statements: Any) -> None:
    role = pods.cloud.directory.moto_role(HOME, "web")
    assert role is not None
    role.put_policy("own", policy(*statements))


@pytest.mark.parametrize("account", [HOME, OTHER])
def test_on_to_a_target_role(pods: Pods, account: str) -> None:
    arn = target(pods, account=account)
    pods.held["policy"] = policy(allow("s3:ListAllMyBuckets"))
    if account == OTHER:
        assert pods.denied()
    may(pods, allow(BOTH))
    told = pods.ask()
    grant = pods.cloud.sealer.open(told["credentials"]["sessionToken"])
    assert grant is not None
    assert (grant.role_arn, grant.account, grant.chained) == (arn, account, True)
    assert grant.expires_at - grant.issued_at == timedelta(hours=1)
    assert grant.session_policies == (pods.held["policy"],)
    assert len(grant.tags) == 6
    assert grant.transitive_tag_keys == tuple(grant.tags)
    assert grant.session_name.startswith("eks-main-web-1-")
    assert told["assumedRoleUser"]["arn"].startswith(f"arn:aws:sts::{account}:assumed-role/target/")


def test_target_roles_that_do_not_admit(pods: Pods) -> None:
    may(pods, allow(BOTH))
    arn = target(pods)
    role = pods.cloud.directory.moto_role(HOME, "target")
    web = pods.cloud.directory.moto_role(HOME, "web")
    assert role is not None
    assert web is not None
    assert pods.grant()
    good = role.assume_role_policy_document
    for wrong in (
        trust(pods.role, BOTH, Condition={"StringEquals": {"sts:ExternalId": "other"}}),
        trust(pods.role, ["sts:AssumeRole"]),
        trust(OTHER, BOTH),
    ):
        role.assume_role_policy_document = policy(wrong)
        assert pods.denied()
    role.assume_role_policy_document = good
    may(pods, allow(BOTH), {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": arn})
    assert pods.denied()
    may(pods, allow(BOTH))
    # The boundary of the first role counts for the step to the second.
    limit = pods.pools.home.create_policy("", "/", policy(allow("s3:*")), "limit", [])
    web.permissions_boundary_arn = limit.arn
    role.assume_role_policy_document = policy(trust(HOME, BOTH))
    assert pods.denied()
    web.permissions_boundary_arn = None
    assert pods.grant()
    pods.held["targetRoleArn"] = f"{arn}x"
    assert pods.denied() == f"there is no role {arn}x"


def test_what_the_target_role_is_asked(pods: Pods) -> None:
    may(pods, allow(BOTH))
    target(pods)
    role = pods.cloud.directory.moto_role(HOME, "target")
    assert role is not None
    right = {
        "sts:ExternalId": "main-a-1",
        "aws:RequestTag/kubernetes-namespace": "shop",
        "aws:PrincipalTag/kubernetes-namespace": "shop",
        "aws:ResourceAccount": HOME,
    }
    for key in ("", *right):
        told = {**right, key: "another"} if key else right
        role.assume_role_policy_document = policy(
            trust(pods.role, BOTH, Condition={"StringEquals": told})
        )
        if key:
            assert pods.denied(), key
        else:
            assert pods.grant()
    every = {
        "ForAllValues:StringLike": {"sts:TransitiveTagKeys": ["eks-*", "kubernetes-*"]},
        "Null": {"sts:TransitiveTagKeys": "false"},
        "StringLike": {"sts:RoleSessionName": "eks-main-web-1-*"},
    }
    role.assume_role_policy_document = policy(trust(pods.role, BOTH, Condition=every))
    assert pods.grant()
