"""Nobody gets another operation done than the one that he was allowed."""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from rolecall.local.authorization.operations import is_signing_name
from rolecall.local.authorization.signing_names import MODELS
from tests.local.enforcement.conftest import People, allow, deny

TARGET = "DynamoDB_20120810.ListTables"
JSON = "application/x-amz-json-1.0"


def send(
    people: People,
    key: dict[str, str],
    service: str,
    method: str,
    target: str,
    body: bytes,
    headers: dict[str, str],
) -> int:
    host = urlsplit(people.server.url).netloc
    request = AWSRequest(method, f"http://{host}{target}", headers=headers, data=body)
    credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"])
    auth = S3SigV4Auth if service == "s3" else SigV4Auth
    auth(credentials, service, "eu-central-1").add_auth(request)
    connection = http.client.HTTPConnection(host, timeout=20)
    try:
        connection.request(method, target, body, dict(request.headers))
        reply = connection.getresponse()
        reply.read()
        return reply.status
    finally:
        connection.close()


DELETE = {"TableName": "precious"}


@pytest.mark.parametrize(
    ("target", "body", "headers"),
    [
        ("/", json.dumps({**DELETE, "x": "&Action=DeleteTable&"}), {}),
        ("/", json.dumps({**DELETE, "x": "&%41ction=DeleteTable&"}), {}),
        ("/?Action=DeleteTable", json.dumps(DELETE), {}),
        ("/", json.dumps(DELETE), {"Action": "DeleteTable"}),
        (
            "/",
            "Action=DeleteTable&TableName=precious",
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
        (
            "/",
            '--b\r\nContent-Disposition: form-data; name="Action"\r\n\r\nDeleteTable\r\n--b--',
            {"Content-Type": "multipart/form-data; boundary=b"},
        ),
        ("/service/DynamoDB/operation/ListTables", json.dumps(DELETE), {}),
    ],
)
def test_an_operation_named_in_a_second_place(
    people: People, target: str, body: str, headers: dict[str, str]
) -> None:
    table = people.admin("dynamodb")
    table.create_table(
        TableName="precious",
        KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    caller = people.user("caller", allow("dynamodb:ListTables"))
    sent = {"Content-Type": JSON, "X-Amz-Target": TARGET, **headers}
    assert send(people, caller, "dynamodb", "POST", target, body.encode(), sent) in (400, 403)
    assert table.list_tables()["TableNames"] == ["precious"]


def test_a_target_does_not_rename_a_rest_call(people: People) -> None:
    caller = people.user("caller", allow("lambda:ListFunctions"))
    sent = {"X-Amz-Target": "AWSLambda.ListFunctions"}
    path = "/2015-03-31/functions/precious"
    assert send(people, caller, "lambda", "DELETE", path, b"", sent) in (400, 403)
    assert send(people, caller, "lambda", "DELETE", path, b"", {}) == 403
    path = "/2015-03-31/functions/?Action=DeleteFunction&FunctionName=precious"
    assert send(people, caller, "lambda", "GET", path, b"", {}) == 403


@pytest.mark.parametrize("name", ["delete_queue", "Delete_Queue", "DELETEQueue", "deleteQueue"])
def test_an_operation_has_one_name(people: People, name: str) -> None:
    sqs = people.admin("sqs")
    url = sqs.create_queue(QueueName="precious")["QueueUrl"]
    caller = people.user("caller", allow("sqs:*"), deny("sqs:DeleteQueue"))
    for body, sent in (
        (
            f"Action={name}&Version=2012-11-05&QueueUrl={url}",
            {"Content-Type": "application/x-www-form-urlencoded"},
        ),
        (
            json.dumps({"QueueUrl": url}),
            {"Content-Type": JSON, "X-Amz-Target": f"AmazonSQS.{name}"},
        ),
    ):
        status = send(people, caller, "sqs", "POST", "/", body.encode(), sent)
        assert status in (400, 403)
    assert sqs.list_queues()["QueueUrls"] == [url]


def test_a_form_does_not_add_parameters_to_an_s3_call(people: People) -> None:
    caller = people.user("caller", allow("s3:*"))
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    assert send(people, caller, "s3", "DELETE", "/b/k", b"versionId=x", sent) == 403


def test_the_ordinary_call_still_works(people: People) -> None:
    key = people.user("caller", allow(["dynamodb:ListTables", "cloudwatch:ListMetrics"]))

    def client(service: str) -> Any:
        return people.server.client(service, key)

    assert client("dynamodb").list_tables()["TableNames"] == []
    assert client("cloudwatch").list_metrics()["Metrics"] == []


@pytest.mark.parametrize(
    ("service", "body"),
    [
        ("iam.x", "Action=CreateUser&Version=2010-05-08&UserName=mallory"),
        ("iam.us-east-1", "Action=CreateUser&Version=2010-05-08&UserName=mallory"),
        ("queue", "Action=CreateQueue&Version=2012-11-05&QueueName=mallory"),
        ("x.sqs", "Action=CreateQueue&Version=2012-11-05&QueueName=mallory"),
        ("s3x", "Action=ListBuckets&Version=2006-03-01"),
        ("dynamodb.ddb", "Action=ListTables&Version=2012-08-10"),
        ("sts.x", "Action=GetSessionToken&Version=2011-06-15"),
        ("stepfunctions", "Action=ListStateMachines&Version=2016-11-23"),
    ],
)
def test_a_service_has_one_name(people: People, service: str, body: str) -> None:
    """A policy that keeps somebody off IAM speaks of `iam`, and so must the signature."""
    power = {"Effect": "Allow", "NotAction": ["iam:*", "sqs:*", "s3:*"], "Resource": "*"}
    caller = people.user("caller", power)
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    assert send(people, caller, service, "POST", "/", body.encode(), sent) == 403
    users = people.admin().list_users()["Users"]
    assert {user["UserName"] for user in users} == {"caller", "rolecall-administrator"}
    assert "QueueUrls" not in people.admin("sqs").list_queues()


def test_the_table_of_signing_names_is_botocores() -> None:
    session = botocore.session.Session()
    for name, models in MODELS.items():
        assert is_signing_name(name), name
        for model in models:
            metadata = session.get_service_model(model).metadata
            assert name == (metadata.get("signingName") or metadata["endpointPrefix"])


@pytest.mark.parametrize("name", ["iam", "s3", "ec2", "sqs", "lambda", "logs", "events", "ses"])
def test_ordinary_signing_names(name: str) -> None:
    assert is_signing_name(name)
