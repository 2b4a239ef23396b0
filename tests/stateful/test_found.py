"""Counterexamples that the machine, or the thinking it took to build it, has found."""

import pytest

from tests.local.conftest import CloudServer, cloud_server, start_cloud
from tests.local.enforcement.conftest import HOME, People, allow, deny, policy, refused, trust

__all__ = ["cloud_server", "start_cloud"]

ALICE = f"arn:aws:iam::{HOME}:user/alice"


@pytest.fixture
def people(cloud_server: CloudServer) -> People:
    return People(cloud_server)


def test_a_session_policy_that_is_deleted_does_not_set_free(people: People) -> None:
    """It may have denied something; what the session would be without it, nobody granted."""
    iam = people.admin()
    edge = iam.create_policy(PolicyName="edge", PolicyDocument=policy(deny("s3:*")))
    arn = edge["Policy"]["Arn"]
    alice = people.user("alice", allow("sts:*"))
    role = people.role("worker", trust(ALICE), allow("*"))
    both = {"Policy": policy(allow("*")), "PolicyArns": [{"arn": arn}]}
    s3 = people.server.client("s3", people.session(alice, role, **both))
    assert refused(s3.list_buckets).code == "AccessDenied"
    iam.delete_policy(PolicyArn=arn)
    assert refused(s3.list_buckets).code == "AccessDenied"


def test_a_policy_with_several_versions_is_not_deleted(people: People) -> None:
    iam = people.admin()
    made = iam.create_policy(PolicyName="edge", PolicyDocument=policy(allow("s3:*")))
    arn = made["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy(allow("sqs:*")))
    assert refused(iam.delete_policy, PolicyArn=arn).code == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)
