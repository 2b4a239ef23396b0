"""Whatever is sent, the answer is AWS's kind of answer, never a fault of ours."""

import http.client
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Handlers
from rolecall.local.listener import bind
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.enforcement.conftest import HOME, People, allow, policy, trust

STS = [
    "AssumeRole",
    "GetSessionToken",
    "GetFederationToken",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "AssumeRoleWithWebIdentity",
    "AssumeRoleWithSAML",
    "Nothing",
]
IAM = [
    "CreateRole",
    "UpdateAssumeRolePolicy",
    "GetRole",
    "DeleteRole",
    "PutRolePolicy",
    "CreateUser",
    "UpdateUser",
    "DeleteUser",
    "PutUserPolicy",
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateVirtualMFADevice",
    "EnableMFADevice",
    "ResyncMFADevice",
    "CreateAccessKey",
    "UpdateAccessKey",
    "DeleteAccessKey",
    "GetAccessKeyLastUsed",
    "PutUserPermissionsBoundary",
    "TagMFADevice",
    "UntagMFADevice",
    "ListMFADeviceTags",
    "CreateGroup",
    "AddUserToGroup",
    "TagRole",
    "ListRoles",
    "TagSAMLProvider",
    "Nothing",
]
NAMES = [
    "RoleArn",
    "RoleSessionName",
    "DurationSeconds",
    "ExternalId",
    "SerialNumber",
    "TokenCode",
    "SourceIdentity",
    "Policy",
    "PolicyArns.member.1.arn",
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.2.Key",
    "TransitiveTagKeys.member.1",
    "Name",
    "AccessKeyId",
    "RoleName",
    "UserName",
    "GroupName",
    "PolicyName",
    "PolicyDocument",
    "AssumeRolePolicyDocument",
    "Path",
    "MaxSessionDuration",
    "PermissionsBoundary",
    "PolicyArn",
    "NewUserName",
    "NewPath",
    "VirtualMFADeviceName",
    "AuthenticationCode1",
    "AuthenticationCode2",
    "Status",
    "TagKeys.member.1",
    "SAMLProviderArn",
    "PathPrefix",
    "Marker",
    "MaxItems",
]
DOCUMENT = policy(trust({"Service": "ec2.amazonaws.com"}))
VALUES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            "",
            "0",
            "-1",
            "900",
            "3600",
            "99999999999999999999",
            "1e9",
            "١٢٣",
            "true",
            "{",
            "[]",
            "null",
            DOCUMENT,
            policy(allow("s3:*")),
            policy(allow("s3:*"))[:-1],
            f"arn:aws:iam::{HOME}:role/worker",
            f"arn:aws:iam::{HOME}:role/",
            "arn:aws:iam::x:role/y",
            f"arn:aws:iam::{HOME}:policy/p",
            f"arn:aws:iam::{HOME}:mfa/alice",
            "worker",
            "alice",
            "alice-session",
            "123456",
            "/",
            "//",
            "/a/",
            "AKIA" + "2" * 16,
            "AROA" + "7" * 17,
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
            '"Principal":{"AWS":["arn:aws:iam::' + HOME + ':user/alice","x",""]}}]}',
        ]
    ),
)


class Sender:
    """Signs whatever it is given and sends it as it is."""

    def __init__(self, server: CloudServer) -> None:
        self.host = urlsplit(server.url).netloc
        admin = server.admin(HOME)
        self.admin = Credentials(admin["aws_access_key_id"], admin["aws_secret_access_key"])
        people = People(server)
        user = people.user("alice", allow("sts:*"))
        self.alice = Credentials(user["aws_access_key_id"], user["aws_secret_access_key"])
        people.role("worker", trust(f"arn:aws:iam::{HOME}:user/alice"))
        server.client("s3", HOME).create_bucket(
            Bucket="things", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
        )

    def send(
        self,
        service: str,
        method: str,
        target: str,
        body: bytes = b"",
        headers: dict[str, str] | None = None,
        credentials: Credentials | None = None,
    ) -> int:
        request = AWSRequest(
            method, f"http://{self.host}{target}", headers=headers or {}, data=body
        )
        auth = S3SigV4Auth if service == "s3" else SigV4Auth
        auth(credentials or self.admin, service, "eu-central-1").add_auth(request)
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, target, body, dict(request.headers))
            reply = connection.getresponse()
            reply.read()
            return reply.status
        finally:
            connection.close()


@pytest.fixture(scope="module")
def sender() -> Iterator[Sender]:
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN), Handlers.load())
    thread = server.start()
    yield Sender(CloudServer(cloud, server))
    server.stop()
    thread.join(10)
    backend.reset()


def form(action: str, version: str, params: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    body = urlencode({"Action": action, "Version": version, **params}).encode()
    return body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(STS), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
def test_sts(sender: Sender, action: str, params: dict[str, str]) -> None:
    body, headers = form(action, "2011-06-15", params)
    assert sender.send("sts", "POST", "/", body, headers, sender.alice) < 500


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(IAM), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6))
def test_iam(sender: Sender, action: str, params: dict[str, str]) -> None:
    if params.get("UserName") == "rolecall-administrator":
        return
    body, headers = form(action, "2010-05-08", params)
    # 501 is what a failure of moto is turned into; nobody repeats it.
    assert sender.send("iam", "POST", "/", body, headers) in {200, 400, 403, 404, 409, 501}


SUBRESOURCES = [
    "acl",
    "policy",
    "tagging",
    "versions",
    "uploads",
    "uploadId",
    "delete",
    "versioning",
    "location",
    "list-type",
    "prefix",
    "versionId",
    "x",
]


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["GET", "PUT", "POST", "DELETE", "HEAD", "PATCH", "OPTIONS"]),
    st.sampled_from(["", "things", "things/", "none", "things//", "..", "things/../x", "arn:x"]),
    st.text(max_size=10),
    st.dictionaries(st.sampled_from(SUBRESOURCES), st.text(max_size=6), max_size=3),
    st.sampled_from([b"", b"<", b"<Delete/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']),
    st.booleans(),
)
def test_s3_of_a_user_without_permissions_is_always_refused(
    sender: Sender,
    method: str,
    bucket: str,
    key: str,
    query: dict[str, str],
    body: bytes,
    admin: bool,
) -> None:
    target = f"/{quote(bucket, safe='/')}" + (f"/{quote(key, safe='')}" if key else "")
    if query:
        target += "?" + urlencode(query, quote_via=quote)
    headers = {"Content-MD5": "x"} if body else {}
    status = sender.send(
        "s3", method, target, body, headers, sender.admin if admin else sender.alice
    )
    assert status not in (500, 502, 503, 504)
    if not admin:
        assert status in (400, 403, 404)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["dynamodb", "sqs", "ssm", "kms", "secretsmanager", "none"]),
    st.sampled_from(["GetItem", "ListQueues", "GetParameter", "Decrypt", "Nothing"]),
    st.one_of(
        st.binary(max_size=20), st.sampled_from([b"{}", b'{"TableName":1}', b"[", b"{" * 500])
    ),
)
def test_json_services_refuse_who_may_nothing(
    sender: Sender, service: str, operation: str, body: bytes
) -> None:
    headers = {
        "X-Amz-Target": f"Service_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
    }
    assert sender.send(service, "POST", "/", body, headers, sender.alice) == 400
