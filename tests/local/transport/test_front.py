"""The front: who may speak to it, and that nothing makes it stumble."""

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.local import backend, replies
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.transport.raw import ACCOUNT, FORM, control, query, send, signed, whoami

LATIN = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"))


@pytest.fixture(scope="module")
def shared_server() -> Iterator[CloudServer]:
    """One server for all generated requests; none of them gets far enough to change it."""
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
    thread = server.start()
    yield CloudServer(cloud, server)
    server.stop()
    thread.join(10)
    backend.reset()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1@evil.example",
        "127.0.0.1:80.evil.example",
        "localhost:evil.example",
        "[::1]evil.example",
        "[::1]:80.evil.example",
        "sts.amazonaws.com",
        "169.254.169.254",
        "10.0.0.1:4566",
        "[::2]:4566",
        "",
        " ",
    ],
)
def test_a_foreign_host_is_refused(cloud_server: CloudServer, host: str) -> None:
    for target in ("/", "/_rolecall/health", "/bucket/key"):
        reply = send(cloud_server, "GET", target, {"Host": host})
        assert (reply.status, reply.body) == (
            403,
            b"The embedded AWS answers to localhost only.\n",
        )


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:1", "127.0.0.1:80", "[::1]:4566", "b.s3.localhost", "127.1.2.3"],
)
def test_loopback_names_are_not(cloud_server: CloudServer, host: str) -> None:
    assert send(cloud_server, "GET", "/_rolecall/health", {"Host": host}).status == 200


def test_an_absolute_target_is_refused(cloud_server: CloudServer) -> None:
    assert send(cloud_server, "GET", "http://evil.example/").status == 400


@pytest.mark.parametrize(
    "path",
    [
        "/moto-api/reset",
        "/moto-api/data.json",
        "/moto-api/",
        "//moto-api/reset",
        "/%6doto-api/reset",
        "/latest/meta-data/iam/security-credentials/",
        "/latest/api/token",
    ],
)
def test_motos_own_endpoints_are_closed(cloud_server: CloudServer, path: str) -> None:
    keys = cloud_server.admin(ACCOUNT)
    cloud_server.client("iam", keys).create_user(UserName="alice")
    for service in ("s3", "iam"):
        headers = signed(cloud_server, keys, service=service, path=path)
        assert send(cloud_server, "POST", path, headers).status in (403, 404)
    assert cloud_server.client("iam", keys).get_user(UserName="alice")


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=LATIN)
def test_no_authorization_header_makes_it_stumble(shared_server: CloudServer, value: str) -> None:
    for body in (query("GetCallerIdentity"), b""):
        headers = {"Authorization": value, "Content-Type": FORM}
        assert 400 <= send(shared_server, "POST", "/", headers, body).status < 500


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    credential=st.lists(
        st.sampled_from(["AKIAIOSFODNN7EXAMPLE", "20260101", "us-east-1", "sts", "s3", "ec2", ""])
        | st.text("aA0-_.", max_size=30),
        max_size=6,
    ),
    headers=st.lists(st.sampled_from(["host", "x-amz-date", "Host", "", "a b", "x"]), max_size=4),
    signature=st.text("0123456789abcdefg", max_size=70) | st.just("0" * 64),
    date=st.sampled_from(["20260101T000000Z", "99999999T999999Z", "Thu, 01 Jan 1970", "", "x"]),
    token=st.none() | st.text("abcdefghABCDEFGH0123+/=", max_size=60),
    target=st.sampled_from(["/", "/bucket/key", "/%ff", "/%00", "/?%ff=%00", "/?a&b=&=c", "//x"]),
)
def test_no_signature_makes_it_stumble(
    shared_server: CloudServer,
    credential: list[str],
    headers: list[str],
    signature: str,
    date: str,
    token: str | None,
    target: str,
) -> None:
    scope = "/".join([*credential, "aws4_request"])
    sent = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, "
        f"SignedHeaders={';'.join(headers)}, Signature={signature}",
        "X-Amz-Date": date,
    }
    if token is not None:
        sent["X-Amz-Security-Token"] = token
    assert 400 <= send(shared_server, "GET", target, sent).status < 500


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    action=st.text(max_size=20),
    parameters=st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4),
    service=st.sampled_from(["sts", "iam", "ec2", "sqs", "dynamodb", "nosuchservice"]),
)
def test_no_signed_nonsense_gets_a_retryable_answer(
    shared_server: CloudServer, action: str, parameters: dict[str, str], service: str
) -> None:
    # SDKs and Terraform's provider repeat these for minutes.
    keys = shared_server.admin(ACCOUNT)
    parameters = {k: v for k, v in parameters.items() if k not in ("action", "version")}
    body = query(action, **{f"p{k}": v for k, v in parameters.items()})
    headers = signed(
        shared_server, keys, service=service, body=body, headers={"Content-Type": FORM}
    )
    status = send(shared_server, "POST", "/", headers, body).status
    assert status not in (429, 500, 502, 503, 504)


def test_an_operation_that_is_missing_is_a_clear_refusal(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    body = query("NoSuchThing", version="2010-05-08")
    headers = signed(cloud_server, keys, service="iam", body=body, headers={"Content-Type": FORM})
    reply = send(cloud_server, "POST", "/", headers, body)
    assert reply.status == 400
    assert "InvalidAction" in reply.text
    headers = signed(
        cloud_server,
        keys,
        service="dynamodb",
        body=b"{}",
        headers={
            "X-Amz-Target": "DynamoDB_20120810.NoSuchThing",
            "Content-Type": "application/x-amz-json-1.0",
        },
    )
    reply = send(cloud_server, "POST", "/", headers, b"{}")
    assert reply.status == 400
    assert json.loads(reply.body)["__type"] == "UnknownOperationException"


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("cloudwatch", "list_metrics", "UnrecognizedClientException"),
        ("eks", "list_clusters", "UnrecognizedClientException"),
        ("organizations", "describe_organization", "UnrecognizedClientException"),
        ("route53", "list_hosted_zones", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "InvalidClientTokenId"),
    ],
)
def test_every_protocol_carries_its_errors(
    cloud_server: CloudServer, service: str, operation: str, expected: str
) -> None:
    unknown = {"aws_access_key_id": "AKIA" + "Q" * 16, "aws_secret_access_key": "x" * 40}
    with pytest.raises(ClientError) as error:
        getattr(cloud_server.client(service, unknown), operation)()
    answer = error.value.response
    assert answer["Error"]["Code"] == expected
    assert "security token" in answer["Error"]["Message"]
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    assert "No access key" in headers["x-rolecall-reason"]
    assert headers["x-amzn-requestid"]


def test_a_fault_of_ours_is_logged_without_what_the_client_sent(
    cloud_server: CloudServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_identity: object) -> None:
        raise RuntimeError("".join(["SEC", "RET"]))

    monkeypatch.setattr(cloud_server.cloud.directory, "caller_of_key", fail)
    reply = whoami(cloud_server, cloud_server.admin(ACCOUNT))
    assert (reply.status, "InternalFailure" in reply.text) == (500, True)
    assert "RuntimeError" in caplog.text
    assert "SECRET" not in caplog.text + reply.text


def test_a_fault_of_moto_is_not_retried_by_sdks(
    cloud_server: CloudServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.iam.models import IAMBackend

    monkeypatch.setattr(IAMBackend, "list_users", lambda *_: 1 / 0)
    with pytest.raises(ClientError, match="InternalFailure") as error:
        cloud_server.client("iam", ACCOUNT).list_users()
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


@given(st.text())
def test_a_reason_is_one_printable_line(text: str) -> None:
    line = replies.one_line(text)
    assert len(line) <= 1000
    assert all(" " <= character <= "~" for character in line)


def test_a_target_and_an_action_at_once_are_refused(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("ListUsers", version="2010-05-08")
    headers = signed(
        cloud_server,
        keys,
        service="iam",
        body=body,
        headers={"Content-Type": FORM, "X-Amz-Target": "IAM.GetUser"},
    )
    assert send(cloud_server, "POST", "/", headers, body).status == 400


def test_of_a_parameter_given_twice_the_first_counts_for_all(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    body = query("CreateUser", version="2010-05-08", UserName="first") + b"&UserName=second"
    for content_type in (FORM, FORM.upper()):
        headers = signed(
            cloud_server, keys, service="iam", body=body, headers={"Content-Type": content_type}
        )
        send(cloud_server, "POST", "/?UserName=third", headers, body)
        send(cloud_server, "POST", "/", headers, body)
    users = cloud_server.client("iam", keys).list_users()["Users"]
    assert {user["UserName"] for user in users} == {"first", "rolecall-administrator"}


def test_a_json_call_runs_as_its_target_whatever_its_body_holds(
    cloud_server: CloudServer,
) -> None:
    keys = cloud_server.admin(ACCOUNT)
    logs = cloud_server.client("logs", keys)
    logs.create_log_group(logGroupName="kept")
    body = b'{"logGroupName": "kept", "limit": 5, "x": "&Action=DeleteLogGroup&"}'
    headers = signed(
        cloud_server,
        keys,
        service="logs",
        body=body,
        headers={
            "X-Amz-Target": "Logs_20140328.DescribeLogGroups",
            "Content-Type": "application/x-amz-json-1.1",
        },
    )
    send(cloud_server, "POST", "/", headers, body)
    send(cloud_server, "POST", "/?Action=DeleteLogGroup", headers, body)
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == ["kept"]


def test_a_rest_call_runs_as_its_path_whatever_else_it_holds(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    eks = cloud_server.client("eks", keys)
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "eks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    cloud_server.client("iam", keys).create_role(
        RoleName="x", AssumeRolePolicyDocument=json.dumps(trust)
    )
    for name in ("kept", "other"):
        eks.create_cluster(
            name=name, roleArn=f"arn:aws:iam::{ACCOUNT}:role/x", resourcesVpcConfig={}
        )
    form = {"Content-Type": FORM}
    for path, headers, body in (
        ("/clusters/other?Action=DeleteCluster", {}, b""),
        ("/clusters/other", {"Action": "DeleteCluster"}, b""),
        ("/clusters/other", form, b"Action=DeleteCluster&name=kept"),
        ("/clusters/other?name=kept", {}, b""),
        ("/clusters/other", form, b"name=kept"),
    ):
        for method in ("GET", "POST"):
            sent = signed(
                cloud_server,
                keys,
                service="eks",
                method=method,
                path=path,
                body=body,
                headers=headers,
            )
            reply = send(cloud_server, method, path, sent, body)
            assert '"name":"kept"' not in reply.text.replace(" ", "")
    assert set(eks.list_clusters()["clusters"]) == {"kept", "other"}
    sent = signed(
        cloud_server, keys, service="eks", method="DELETE", path="/clusters/other?name=kept"
    )
    send(cloud_server, "DELETE", "/clusters/other?name=kept", sent)
    assert "kept" in eks.list_clusters()["clusters"]


def test_a_form_is_no_query_to_s3(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    s3 = cloud_server.client("s3", keys)
    s3.create_bucket(
        Bucket="boxes", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    body = b"versioning=&policy=x&Action=DeleteBucket"
    sent = signed(
        cloud_server,
        keys,
        service="s3",
        method="PUT",
        path="/boxes/k",
        body=body,
        headers={"Content-Type": FORM},
    )
    # Authorization may refuse it outright; what it must not be is another operation.
    assert send(cloud_server, "PUT", "/boxes/k", sent, body).status in (200, 403)
    assert "Status" not in s3.get_bucket_versioning(Bucket="boxes")


def test_the_region_is_the_signed_one(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    s3 = cloud_server.client("s3", keys)
    s3.create_bucket(
        Bucket="where", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    key = "a.us-gov-west-1.amazonaws.com/x"  # moto looks for a region anywhere in the URL
    s3.put_object(Bucket="where", Key=key, Body=b"1")
    assert s3.get_object(Bucket="where", Key=key)["Body"].read() == b"1"


# -- control endpoints ---------------------------------------------------------------


@pytest.mark.parametrize("token", ["", "wrong", "ü", CONTROL_TOKEN + "x", CONTROL_TOKEN[:-1]])
def test_control_needs_the_token(cloud_server: CloudServer, token: str) -> None:
    for method, name in (("GET", "status"), ("POST", f"accounts/{ACCOUNT}"), ("POST", "clock")):
        assert control(cloud_server, method, name, {}, token=token).status == 403


def test_control_is_not_for_web_pages(cloud_server: CloudServer) -> None:
    headers = {"x-rolecall-token": CONTROL_TOKEN, "Origin": "http://localhost:3000"}
    assert send(cloud_server, "GET", "/_rolecall/status", headers).status == 403


def test_health_tells_nothing_but_the_instance(cloud_server: CloudServer) -> None:
    reply = send(cloud_server, "GET", "/_rolecall/health")
    assert json.loads(reply.body) == {"ready": True, "instance": ""}


def test_an_account_gets_one_lasting_administrator(cloud_server: CloudServer) -> None:
    first = json.loads(control(cloud_server, "POST", f"accounts/{ACCOUNT}").body)
    again = json.loads(control(cloud_server, "POST", f"accounts/{ACCOUNT}").body)
    assert first == again
    keys = {
        "aws_access_key_id": first["access_key_id"],
        "aws_secret_access_key": first["secret_access_key"],
    }
    assert whoami(cloud_server, keys).status == 200
    for wrong in ("1", "12345678901x", "../status", "1234567890123"):
        assert control(cloud_server, "POST", f"accounts/{wrong}").status == 400


def test_the_state_bucket_is_made_once_and_versioned(cloud_server: CloudServer) -> None:
    given = {"account": ACCOUNT, "bucket": "state-bucket", "region": "eu-central-1"}
    assert json.loads(control(cloud_server, "POST", "buckets", given).body) == {"made": True}
    assert json.loads(control(cloud_server, "POST", "buckets", given).body) == {"made": False}
    s3 = cloud_server.client("s3", ACCOUNT)
    assert s3.get_bucket_versioning(Bucket="state-bucket")["Status"] == "Enabled"
    other = given | {"account": "222233334444"}
    assert control(cloud_server, "POST", "buckets", other).status == 400
    assert control(cloud_server, "POST", "buckets", given | {"bucket": "A"}).status == 400


@pytest.mark.parametrize(
    "given", [{}, {"advance_seconds": -1}, {"advance_seconds": 1e12}, {"advance_seconds": "9"},
              {"advance_seconds": True}, [], {"advance_seconds": None},
              {"advance_seconds": 10**400}]
)  # fmt: skip
def test_the_clock_goes_ahead_only(cloud_server: CloudServer, given: object) -> None:
    assert control(cloud_server, "POST", "clock", given).status == 400
    assert cloud_server.cloud.clock_offset == 0


def test_a_moved_clock_moves_sessions_not_signatures(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    reply = control(cloud_server, "POST", "clock", {"advance_seconds": 86_400})
    assert json.loads(reply.body)["offset_seconds"] == 86_400
    assert whoami(cloud_server, keys).status == 200
    control(cloud_server, "POST", "clock", {"advance_seconds": 1})
    assert cloud_server.cloud.clock_offset == 86_401
    control(cloud_server, "POST", "clock", {"reset": True})
    assert cloud_server.cloud.clock_offset == 0
