"""The resource that a permission is asked for is the one that is reached."""

import base64
import io
import json
import zipfile
from typing import Any

import pytest

from tests.local.conftest import CloudServer
from tests.local.enforcement.conftest import HOME, People, allow, deny, refused, trust
from tests.local.transport.raw import FORM, Reply, query, send, signed

REGION = "eu-central-1"
JSON = "application/x-amz-json-1.1"


def arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{HOME}:{resource}"


def post(people: People, key: Any, service: str, body: bytes, path: str, **headers: str) -> Reply:
    server: CloudServer = people.server
    sent = signed(server, key, service=service, body=body, path=path, headers=headers)
    return send(server, "POST", path, sent, body)


def call(
    people: People, key: Any, service: str, target: str, body: object, path: str = "/"
) -> Reply:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Content-Type": JSON, "X-Amz-Target": target}
    return post(people, key, service, text, path, **headers)


@pytest.fixture
def tables(people: People) -> People:
    for name in ("mine", "secret"):
        people.admin("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return people


@pytest.mark.parametrize("path", ["/", "/?TableName=mine"])
@pytest.mark.parametrize(
    "body",
    [
        b'{"TableName":"secret"}',
        b' {"TableName":"secret"}',
        b'\n\t{"TableName":"secret"}',
        b'{"TableName":"mine","TableName":"secret"}',
        b'\xef\xbb\xbf{"TableName":"secret"}',
    ],
)
def test_a_json_body_says_the_same_with_white_space(tables: People, path: str, body: bytes) -> None:
    key = tables.user("caller", allow("dynamodb:*", arn("dynamodb", "table/mine")))
    reply = call(tables, key, "dynamodb", "DynamoDB_20120810.Scan", body, path)
    assert reply.status == 400
    assert b"Items" not in reply.body


@pytest.mark.parametrize("tail", ["?/secret", "#/secret", "?x=/secret", ";/secret", "/secret"])
def test_a_queue_is_the_one_of_its_plain_url(people: People, tail: str) -> None:
    sqs = people.admin("sqs")
    url = sqs.create_queue(QueueName="mine")["QueueUrl"]
    secret = sqs.create_queue(QueueName="secret")["QueueUrl"]
    key = people.user("caller", allow("sqs:*", arn("sqs", "mine")))
    body = {"QueueUrl": url + tail, "MessageBody": "x"}
    assert call(people, key, "sqs", "AmazonSQS.SendMessage", body).status == 400
    assert "Messages" not in sqs.receive_message(QueueUrl=secret)


@pytest.mark.parametrize("blank", [b"", b" ", b"\r\n"])
def test_a_role_is_passed_whatever_the_body_begins_with(people: People, blank: bytes) -> None:
    passed = people.role("passed", trust({"Service": "lambda.amazonaws.com"}))
    key = people.user("caller", allow("*"), deny("iam:PassRole"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.py", "")
    function = {
        "FunctionName": "f",
        "Role": passed,
        "Runtime": "python3.11",
        "Handler": "a.b",
        "Code": {"ZipFile": base64.b64encode(packed.getvalue()).decode()},
    }
    body = blank + json.dumps(function).encode()
    path = "/2015-03-31/functions"
    assert post(people, key, "lambda", body, path, **{"Content-Type": JSON}).status == 403


@pytest.fixture
def secrets(people: People) -> dict[str, str]:
    manager = people.admin("secretsmanager")
    return {
        name: manager.create_secret(Name=name, SecretString=name)["ARN"]
        for name in ("mine", "secret")
    }


def test_a_secret_has_one_arn_by_whatever_name_it_is_called(
    people: People, secrets: dict[str, str]
) -> None:
    pattern = arn("secretsmanager", "secret:secret-??????")
    kept_off = people.server.client(
        "secretsmanager",
        people.user("kept-off", allow("secretsmanager:*"), deny("secretsmanager:*", pattern)),
    )
    let_in = people.server.client(
        "secretsmanager", people.user("let-in", allow("secretsmanager:*", pattern))
    )
    for name in ("secret", secrets["secret"], secrets["secret"][:-7]):
        assert refused(kept_off.get_secret_value, SecretId=name).code == "AccessDeniedException"
        assert let_in.get_secret_value(SecretId=name)["SecretString"] == "secret"
    for name in ("mine", secrets["mine"], secrets["mine"][:-7]):
        assert kept_off.get_secret_value(SecretId=name)["SecretString"] == "mine"
        assert refused(let_in.get_secret_value, SecretId=name).code == "AccessDeniedException"


def test_a_batch_of_secrets_needs_the_permission_for_each(
    people: People, secrets: dict[str, str]
) -> None:
    target = "secretsmanager.BatchGetSecretValue"
    key = people.user(
        "caller",
        allow("secretsmanager:*", secrets["mine"]),
        allow("secretsmanager:BatchGetSecretValue"),
    )
    for extra in ({}, {"SecretId": secrets["mine"]}):
        body = {"SecretIdList": ["secret"], **extra}
        assert call(people, key, "secretsmanager", target, body).status == 400
    both = people.user(
        "both", allow(["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue"])
    )
    body = {"SecretIdList": ["secret"]}
    assert call(people, both, "secretsmanager", target, body).status == 200


def test_the_arn_of_another_region_is_not_taken_for_this_one(
    people: People, secrets: dict[str, str]
) -> None:
    elsewhere = arn("secretsmanager", "secret:secret-*").replace(REGION, "us-east-1")
    key = people.user("caller", allow("secretsmanager:*", elsewhere))
    body = {"SecretId": secrets["secret"].replace(REGION, "us-east-1")}
    reply = call(people, key, "secretsmanager", "secretsmanager.GetSecretValue", body)
    assert reply.status == 400
    assert b"SecretString" not in reply.body


@pytest.fixture
def keys(people: People) -> dict[str, str]:
    kms = people.admin("kms")
    made = {name: kms.create_key()["KeyMetadata"]["Arn"] for name in ("mine", "secret")}
    kms.create_alias(AliasName="alias/secret", TargetKeyId=made["secret"])
    return made


def test_a_policy_about_an_alias_says_nothing_about_the_key(
    people: People, keys: dict[str, str]
) -> None:
    """ "Controlling access to aliases": in Resource an alias is itself, not its key."""
    alias = arn("kms", "alias/secret")
    wrong = people.user("wrong", allow("kms:Encrypt", alias))
    kept_off = people.user("kept-off", allow("kms:*"), deny("kms:Encrypt", keys["secret"]))
    let_in = people.user("let-in", allow("kms:Encrypt", keys["secret"]))
    names = ("alias/secret", alias, keys["secret"], keys["secret"].rpartition("/")[2])
    for name in names:
        body = {"KeyId": name, "Plaintext": "aGk="}
        assert call(people, wrong, "kms", "TrentService.Encrypt", body).status == 400
        assert call(people, kept_off, "kms", "TrentService.Encrypt", body).status == 400
    for name in names[2:]:
        body = {"KeyId": name, "Plaintext": "aGk="}
        assert call(people, let_in, "kms", "TrentService.Encrypt", body).status == 200


def test_parameters_that_an_operation_does_not_have_name_no_resource(
    people: People, keys: dict[str, str]
) -> None:
    kms, sns = people.admin("kms"), people.admin("sns")
    topics = {name: sns.create_topic(Name=name)["TopicArn"] for name in ("mine", "secret")}
    blob = base64.b64encode(
        kms.encrypt(KeyId=keys["secret"], Plaintext=b"x")["CiphertextBlob"]
    ).decode()
    caller = people.user("caller", allow("kms:*", keys["mine"]), allow("sns:*", topics["mine"]))
    for target, body in (
        ("TrentService.CreateKey", {"KeyId": keys["mine"]}),
        ("TrentService.ListKeys", {"KeyId": keys["mine"]}),
        (
            "TrentService.ReEncrypt",
            {
                "KeyId": keys["mine"],
                "CiphertextBlob": blob,
                "DestinationKeyId": keys["secret"],
            },
        ),
    ):
        assert call(people, caller, "kms", target, body).status == 400, target
    for action, extra in (
        ("Publish", {"TargetArn": topics["secret"], "Message": "x"}),
        ("Publish", {"PhoneNumber": "+491701234567", "Message": "x"}),
        ("ListSubscriptions", {}),
        ("ListTopics", {}),
    ):
        form = query(action, "2010-03-31", TopicArn=topics["mine"], **extra)
        assert post(people, caller, "sns", form, "/", **{"Content-Type": FORM}).status == 403
    form = query("Publish", "2010-03-31", TopicArn=topics["mine"], Message="x")
    assert post(people, caller, "sns", form, "/", **{"Content-Type": FORM}).status == 200


def test_re_encryption_has_permissions_of_its_own(people: People, keys: dict[str, str]) -> None:
    blob = people.admin("kms").encrypt(KeyId=keys["mine"], Plaintext=b"x")["CiphertextBlob"]
    body = {
        "CiphertextBlob": base64.b64encode(blob).decode(),
        "DestinationKeyId": keys["secret"],
    }
    caller = people.user("caller", allow("kms:*"), deny("kms:ReEncryptFrom", keys["mine"]))
    assert call(people, caller, "kms", "TrentService.ReEncrypt", body).status == 400
    other = people.user("other", allow(["kms:ReEncryptFrom", "kms:ReEncryptTo"]))
    assert call(people, other, "kms", "TrentService.ReEncrypt", body).status == 200


def test_a_version_of_a_function_is_another_resource(people: People) -> None:
    function = arn("lambda", "function:f")
    key = people.user("caller", allow("lambda:*", function))
    server: CloudServer = people.server
    for path, status in (
        ("/2015-03-31/functions/f", 404),
        ("/2015-03-31/functions/f?Qualifier=prod", 403),
    ):
        sent = signed(server, key, service="lambda", method="GET", path=path)
        assert send(server, "GET", path, sent).status == status
