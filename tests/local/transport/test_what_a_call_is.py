"""Which service, operation, protocol and parameters a request is read as."""

import pytest

from rolecall.local.api import AwsError
from rolecall.local.http_call import parse
from tests.local.transport.written import (
    FORM,
    KEY_ID,
    STAMP,
    authorization,
    environ,
    stated,
)

DIGITS = "0" * 64
CERTIFICATE = (
    "AWS4-X509-RSA-SHA256 Credential=123456789/20150830/eu-central-1/rolesanywhere/aws4_request, "
    "SignedHeaders=host, Signature=0"
)
PRESIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    f"&X-Amz-Credential={KEY_ID}%2F20150830%2Feu-central-1%2Fs3%2Faws4_request"
    f"&X-Amz-Date={STAMP}&X-Amz-Expires=60&X-Amz-SignedHeaders=host"
    f"&X-Amz-Signature={DIGITS}&X-Amz-Security-Token=abc"
)


def refused(given: dict[str, object]) -> tuple[str, int, str]:
    with pytest.raises(AwsError) as error:
        parse(given)
    return error.value.code, error.value.status, error.value.message


def test_a_call_of_the_query_protocol_is_read_whole() -> None:
    body = b"Action=ListUsers&Version=2010-05-08&PathPrefix=%2Fa%2F"
    headers = {**stated("iam", region="eu-west-3"), "Content-Type": FORM}
    given = environ("post", "/?x=1&y=2", headers, body, REMOTE_ADDR="127.0.0.9")
    call = parse(given)
    assert (call.method, call.path, call.query_string) == ("POST", "/", "x=1&y=2")
    assert (call.service, call.region, call.protocol) == ("iam", "eu-west-3", "query")
    assert call.action == "ListUsers"
    assert call.params == {"Action": "ListUsers", "Version": "2010-05-08", "PathPrefix": "/a/"}
    assert call.body == body
    assert call.source_ip == "127.0.0.9"
    assert call.environ is given
    assert call.headers == {
        "host": "localhost",
        "x-amz-date": STAMP,
        "authorization": authorization("iam", "eu-west-3"),
        "content-type": FORM,
        "content-length": str(len(body)),
    }


def test_what_a_server_leaves_out_has_a_meaning() -> None:
    call = parse({"PATH_INFO": "/bucket"})
    assert (call.method, call.source_ip, call.body) == ("GET", "", b"")
    assert (call.query_string, call.headers, call.params) == ("", {}, {})
    assert (call.service, call.region, call.action) == ("s3", "us-east-1", "")
    assert call.signed is None
    assert parse({"PATH_INFO": "/bucket", "REQUEST_METHOD": "delete"}).method == "DELETE"


@pytest.mark.parametrize(
    ("service", "target", "protocol"),
    [
        ("iam", "/", "query"),
        ("sts", "/", "query"),
        ("iam", "/elsewhere", "query"),
        ("sts", "/elsewhere", "query"),
        ("sqs", "/", "query"),
        ("ec2", "/", "ec2"),
        ("ec2", "/elsewhere", "rest-json"),
        ("lambda", "/2015-03-31/functions", "rest-json"),
        ("s3", "/", "rest-xml"),
        ("s3", "/bucket/key", "rest-xml"),
        ("s3express", "/bucket", "rest-xml"),
        ("route53", "/2013-04-01/hostedzone", "rest-xml"),
        ("cloudfront", "/2020-05-31/distribution", "rest-xml"),
        ("route53", "/", "rest-xml"),
        ("route53domains", "/", "query"),
    ],
)
def test_a_service_has_its_protocol(service: str, target: str, protocol: str) -> None:
    call = parse(environ(target=target, headers=stated(service)))
    assert (call.service, call.protocol, call.action) == (service, protocol, "")


def test_of_the_query_protocol_the_operation_is_in_the_form_or_else_in_the_query() -> None:
    target = "/?Action=GetUser&UserName=bob"
    call = parse(environ(target=target, headers=stated("iam")))
    assert (call.action, call.protocol) == ("GetUser", "query")
    assert call.params == {"Action": "GetUser", "UserName": "bob"}
    headers = {**stated("ec2"), "Content-Type": FORM}
    call = parse(environ("POST", target, headers, b"Action=DescribeVpcs"))
    assert (call.action, call.protocol) == ("DescribeVpcs", "ec2")
    assert call.params == {"Action": "DescribeVpcs"}
    call = parse(environ("POST", target, headers, b""))
    assert call.action == "GetUser"


@pytest.mark.parametrize("service", ["s3", "lambda"])
def test_a_rest_call_has_no_operation_in_its_parameters(service: str) -> None:
    headers = {**stated(service), "Content-Type": FORM}
    call = parse(environ("POST", "/a?Action=Other&x=1", headers, b"Action=DeleteBucket"))
    assert call.action == ""
    assert call.params == {"Action": "Other", "x": "1"}
    if service == "s3":
        assert parse(environ("POST", "/?Action=Other", headers, b"Action=A")).action == ""


@pytest.mark.parametrize(
    ("content_type", "read"),
    [
        ("application/x-www-form-urlencoded", True),
        (" Application/X-WWW-Form-Urlencoded ; charset=utf-8; a=b", True),
        ("application/x-www-form-urlencoded;charset=utf-8", True),
        ("application/x-www-form-urlencoded2", False),
        ("text/plain; application/x-www-form-urlencoded", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_a_form_says_that_it_is_one(content_type: str, read: bool) -> None:
    headers = {**stated("iam"), "Content-Type": content_type}
    call = parse(environ("POST", "/", headers, b"Action=GetUser"))
    assert call.params == ({"Action": "GetUser"} if read else {})


def test_a_form_is_read_as_forms_are_and_a_query_as_urls_are() -> None:
    headers = {**stated("iam"), "Content-Type": FORM}
    form = b"a=1+2&b=&c&d=%2B%C3%BC&e=\xff&a=again"
    call = parse(environ("POST", "/", headers, form))
    assert call.params == {"a": "1 2", "b": "", "c": "", "d": "+ü", "e": "\ufffd"}
    call = parse(environ("GET", "/?a=1+2&b=&c&d=%2B%20&a=again", stated("iam")))
    assert call.params == {"a": "1+2", "b": "", "c": "", "d": "+ "}


@pytest.mark.parametrize("plus", [True, False])
def test_there_are_ten_thousand_parameters_at_the_most(plus: bool) -> None:
    def sent(count: int) -> dict[str, object]:
        text = "&".join(f"p{n}=" for n in range(count))
        if plus:
            return environ("POST", "/", {**stated(), "Content-Type": FORM}, text.encode())
        return environ("GET", f"/?{text}", stated())

    assert len(parse(sent(10_000)).params) == 10_000
    assert refused(sent(10_001)) == (
        "MalformedQueryString",
        400,
        "The query string contains a syntax error",
    )


def test_parameters_of_the_signature_are_none_of_the_operation() -> None:
    call = parse(environ(target=f"/bucket/key?{PRESIGNED}&versionId=1&X-Amz-Other=2&list"))
    assert call.params == {"versionId": "1", "X-Amz-Other": "2", "list": ""}
    assert (call.service, call.region) == ("s3", "eu-central-1")


# -- a target header ------------------------------------------------------------------


def test_a_target_names_the_operation() -> None:
    headers = {**stated("dynamodb"), "X-Amz-Target": "DynamoDB_20120810.ListTables"}
    call = parse(environ("POST", "/?Action=Other", headers, b"{}"))
    assert (call.service, call.action, call.protocol) == ("dynamodb", "ListTables", "json")
    assert call.params == {"Action": "Other"}
    path = "/service/Other/operation/Else"
    assert parse(environ("POST", path, headers, b"{}")).action == "ListTables"


@pytest.mark.parametrize(
    ("target", "fine"),
    [
        ("a.B", True),
        ("com.example.Service_1.Get0", True),
        (f"{'a' * 128}.{'B' * 128}", True),
        (f"{'a' * 129}.B", False),
        (f"a.{'B' * 129}", False),
        ("a.", False),
        (".B", False),
        ("aB", False),
        ("a.B ", False),
        ("a.B-C", False),
        ("a-b.C", False),
        ("", False),
    ],
)
def test_a_target_has_one_form(target: str, fine: bool) -> None:
    given = environ("POST", "/", {**stated("logs"), "X-Amz-Target": target}, b"{}")
    if fine:
        assert parse(given).action == target.rpartition(".")[2]
    else:
        assert refused(given) == (
            "UnknownOperationException",
            400,
            "The X-Amz-Target header is malformed.",
        )


def test_a_target_beside_a_form_is_refused() -> None:
    headers = {**stated("logs"), "X-Amz-Target": "Logs.Get", "Content-Type": FORM}
    assert refused(environ("POST", "/", headers, b"a=b"))[0] == "UnknownOperationException"
    assert parse(environ("POST", "/", headers, b"")).action == "Get"


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_the_query_protocol_has_no_target(service: str) -> None:
    headers = {**stated(service), "X-Amz-Target": "IAM.GetUser"}
    assert refused(environ("POST", "/", headers)) == (
        "InvalidAction",
        400,
        "Could not find operation in two places",
    )


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/service/Amazon.Thing_1/operation/Do2", "Do2"),
        (f"/service/{'a' * 128}/operation/{'B' * 128}", "B" * 128),
        (f"/service/{'a' * 129}/operation/B", ""),
        (f"/service/a/operation/{'B' * 129}", ""),
        ("/service//operation/B", ""),
        ("/service/a/operation/", ""),
        ("/service/a/operation/B/c", ""),
        ("/x/service/a/operation/B", ""),
    ],
)
def test_a_path_of_the_rpc_protocol_names_the_operation(path: str, action: str) -> None:
    call = parse(environ("POST", path, stated("cloudwatch"), b""))
    assert (call.action, call.protocol) == (action, "rest-json")


# -- calls without an AWS signature -----------------------------------------------------


@pytest.mark.parametrize(
    ("target", "form", "header", "service"),
    [
        ("/?Version=2011-06-15", b"", None, "sts"),
        ("/?Version=2010-05-08", b"", None, "iam"),
        ("/?Version=2012-11-05", b"", None, "s3"),
        ("/?Version=2012-11-05&Action=A", b"", None, ""),
        ("/?Version=2010-05-08", b"Version=2011-06-15", None, "sts"),
        ("/?Version=2010-05-08", b"x=1", None, "s3"),
        ("/?Action=A", b"", None, ""),
        ("/?action=A", b"", None, "s3"),
        ("/", b"", "AWSCognitoIdentityService.GetId", "cognito-identity"),
        ("/?Action=A", b"", "AWSCognitoIdentityService.GetId", "cognito-identity"),
        ("/", b"", "XAWSCognitoIdentityService.GetId", ""),
        ("/", b"", "AWSCognitoIdentityServiceX.GetId", ""),
        ("/bucket", b"", None, "s3"),
    ],
)
def test_a_call_without_a_signature_is_of_the_service_that_it_names(
    target: str, form: bytes, header: str | None, service: str
) -> None:
    headers = {"Content-Type": FORM, **({"X-Amz-Target": header} if header else {})}
    call = parse(environ("POST", target, headers, form))
    assert (call.service, call.region, call.signed) == (service, "us-east-1", None)


@pytest.mark.parametrize("algorithm", ["RSA", "ECDSA"])
@pytest.mark.parametrize("serial", ["1", "9" * 64])
def test_a_certificate_signs_for_roles_anywhere(algorithm: str, serial: str) -> None:
    header = CERTIFICATE.replace("RSA", algorithm).replace("123456789", serial)
    call = parse(environ("POST", "/sessions", {"Authorization": header}, b"{}"))
    assert (call.service, call.region, call.signed) == ("rolesanywhere", "eu-central-1", None)
    assert (call.action, call.protocol) == ("", "rest-json")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("123456789", "9" * 65),
        ("123456789", "12ab"),
        ("123456789", ""),
        ("20150830", "2015083"),
        ("20150830", "201508300"),
        ("eu-central-1", "EU"),
        ("eu-central-1", "e" * 65),
        ("rolesanywhere", "sts"),
        ("RSA", "DSA"),
        ("aws4_request, ", "aws4_request "),
        ("AWS4-X509", "XAWS4-X509"),
    ],
)
def test_other_algorithms_sign_nothing(old: str, new: str) -> None:
    header = CERTIFICATE.replace(old, new, 1)
    assert header != CERTIFICATE
    assert refused(environ("POST", "/sessions", {"Authorization": header}))[0] == (
        "IncompleteSignature"
    )


def test_a_region_of_a_certificate_may_be_long() -> None:
    header = CERTIFICATE.replace("eu-central-1", "e" * 64)
    assert parse(environ("POST", "/sessions", {"Authorization": header})).region == "e" * 64
