"""What is deleted is let go: a server that runs for weeks stays as large as what it holds."""

import gc
from typing import Any

from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT

TRUST = (
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"*"},'
    '"Action":"sts:AssumeRole"}}'
)


def _made_by_moto() -> dict[str, int]:
    """How many users, roles, policies, keys and objects of moto there are, wherever."""
    from moto.iam.models import AccessKey, ManagedPolicy, Role, User
    from moto.s3.models import FakeKey

    gc.collect()
    kinds: tuple[Any, ...] = (AccessKey, ManagedPolicy, Role, User, FakeKey)
    every = [type(each) for each in gc.get_objects()]
    return {kind.__name__: every.count(kind) for kind in kinds}


def _make_and_delete(iam: Any, s3: Any) -> None:
    iam.create_user(UserName="u")
    key = iam.create_access_key(UserName="u")["AccessKey"]["AccessKeyId"]
    iam.delete_access_key(UserName="u", AccessKeyId=key)
    iam.delete_user(UserName="u")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.delete_role(RoleName="r")
    arn = iam.create_policy(
        PolicyName="p", PolicyDocument=TRUST.replace('"Principal":{"AWS":"*"},', '"Resource":"*",')
    )["Policy"]["Arn"]
    iam.delete_policy(PolicyArn=arn)
    for text in (b"one", b"two"):
        s3.put_object(Bucket="own", Key="k", Body=text)
    s3.get_object(Bucket="own", Key="k")["Body"].read()
    s3.delete_object(Bucket="own", Key="k")


def test_what_is_deleted_is_let_go(cloud_server: CloudServer) -> None:
    iam, s3 = cloud_server.client("iam", ACCOUNT), cloud_server.client("s3", ACCOUNT)
    place = {"LocationConstraint": cloud_server.region}
    s3.create_bucket(Bucket="own", CreateBucketConfiguration=place)
    _make_and_delete(iam, s3)
    before = _made_by_moto()
    for _ in range(3):
        _make_and_delete(iam, s3)
    assert _made_by_moto() == before
