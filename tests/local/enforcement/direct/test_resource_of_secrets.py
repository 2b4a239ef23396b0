"""Resources of parameters, keys and secrets, by whatever a call may name them.

Source of the lists of operations: "Actions, resources, and condition keys" of each service
in the Service Authorization Reference.
"""

import json
from typing import Any

import pytest

from rolecall.local.authorization.resources import resource_of
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.enforcement.direct.conftest import REGION, api_call

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


def here(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{HOME}:{resource}"


def sent(service: str, operation: str, body: object) -> str | None:
    call = api_call(service, operation, protocol="json", body=json.dumps(body).encode())
    return resource_of(call, operation, {}, HOME)


PARAMETER_CALLS = ("DeleteParameter", "GetParameter", "PutParameter")


@pytest.mark.parametrize("operation", PARAMETER_CALLS)
@pytest.mark.parametrize(
    ("name", "resource"),
    [
        ("p", "parameter/p"),
        ("/a/b", "parameter/a/b"),
        ("//a", "parameter//a"),
        ("a" * 1024, "parameter/" + "a" * 1024),
        ("a" * 1025, None),
        ("", None),
        ("a:1", None),
        ("ä", None),
        ("a*", None),
        (["p"], None),
    ],
)
def test_a_parameter(operation: str, name: object, resource: str | None) -> None:
    """ "parameter/${ParameterNameWithoutLeadingSlash}"; with `:` come version and label."""
    wanted = here("ssm", resource) if resource else None
    assert sent("ssm", operation, {"Name": name}) == wanted


def test_a_name_of_something_else_than_a_parameter() -> None:
    assert sent("ssm", "GetParameters", {"Name": "p"}) is None
    assert sent("ssm", "GetParameter", {}) is None


KEY_CALLS = """
    CancelKeyDeletion DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation
    Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
    GenerateDataKeyWithoutPlaintext GenerateMac GetKeyPolicy GetKeyRotationStatus GetPublicKey
    ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy RotateKeyOnDemand
    ScheduleKeyDeletion Sign TagResource UntagResource UpdateKeyDescription Verify VerifyMac
"""


@pytest.mark.parametrize("operation", KEY_CALLS.split())
def test_a_key(operation: str) -> None:
    arn = here("kms", f"key/{KEY}")
    assert sent("kms", operation, {"KeyId": KEY}) == arn
    assert sent("kms", operation, {"KeyId": arn}) == arn
    assert sent("kms", operation, {"KeyId": "alias/a"}) is None


@pytest.mark.parametrize("operation", ["CreateGrant", "Decrypt", "ReEncrypt", "ListAliases"])
def test_a_key_that_is_not_all_of_the_matter(operation: str) -> None:
    assert sent("kms", operation, {"KeyId": KEY}) is None


@pytest.mark.parametrize(
    ("key", "taken"),
    [
        ("mrk-" + "0" * 32, True),
        ("0" * 32, True),
        ("0" * 36, True),
        ("0" * 31, False),
        ("0" * 37, False),
        ("G" * 32, False),
        ("mrx-" + "0" * 32, False),
        (here("kms", "alias/a"), False),
        (here("kms", f"key/{KEY}").replace(HOME, OTHER), False),
        (here("kms", f"key/{KEY}").replace(REGION, "us-east-1"), False),
        (here("kms", ""), False),
        ([KEY], False),
        ("", False),
    ],
)
def test_an_id_of_a_key(key: object, taken: bool) -> None:
    wanted = here("kms", f"key/{key}") if taken else None
    assert sent("kms", "Encrypt", {"KeyId": key}) == wanted


SECRET_CALLS = """
    CancelRotateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy
    GetSecretValue ListSecretVersionIds PutResourcePolicy PutSecretValue RestoreSecret
    TagResource UntagResource UpdateSecret UpdateSecretVersionStage
"""


def made_secret(name: str, region: str = REGION, account: str = HOME) -> str:
    from moto.secretsmanager.models import secretsmanager_backends

    backend: Any = secretsmanager_backends[account][region]
    made = backend.create_secret(
        name=name,
        secret_string="x",
        secret_binary=None,
        description=None,
        tags=[],
        kms_key_id=None,
        client_request_token=None,
        replica_regions=[],
        force_overwrite=False,
    )
    return str(json.loads(made)["ARN"])


@pytest.mark.usefixtures("place")
def test_a_secret() -> None:
    arn = made_secret("s")
    for operation in SECRET_CALLS.split():
        for name in ("s", arn, arn[:-7]):
            assert sent("secretsmanager", operation, {"SecretId": name}) == arn
    for operation in ("ListSecrets", "RotateSecret", "BatchGetSecretValue"):
        assert sent("secretsmanager", operation, {"SecretId": "s"}) is None
    for no_name in ("S", "other", ["s"], None, here("secretsmanager", "secret:other")):
        assert sent("secretsmanager", "GetSecretValue", {"SecretId": no_name}) is None


@pytest.mark.usefixtures("place")
def test_a_secret_of_elsewhere() -> None:
    arn = made_secret("s", "us-east-1")
    theirs = made_secret("t", account=OTHER)
    for name in ("s", arn, arn.replace("us-east-1", REGION), "t", theirs):
        assert sent("secretsmanager", "GetSecretValue", {"SecretId": name}) is None
    made_secret("s")
    # moto finds a secret by the name in any ARN; another region's is not for here.
    for elsewhere in (arn, arn[:-7]):
        assert sent("secretsmanager", "GetSecretValue", {"SecretId": elsewhere}) is None
    nowhere = api_call("secretsmanager", region="no-where-1", body=b'{"SecretId": "s"}')
    assert resource_of(nowhere, "GetSecretValue", {}, HOME) is None
