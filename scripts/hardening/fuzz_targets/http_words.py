"""What requests are made of: words to put in, and parts to choose from."""

from scripts.hardening.fuzz_targets.http_world import FORM, HOME, READER

WORDS = [
    b"\r\n", b"\n", b"\r\n\r\n", b" ", b"\t", b":", b";", b"/", b"//", b"/../", b"%2e%2e", b"%2F",
    b"%00", b"%", b"+", b"?", b"&", b"=", b"#", b"\x00", b"\xff", b"GET", b"PUT", b"DELETE",
    b"HEAD", b"OPTIONS", b"PATCH", b"/private/secret", b"/shared/note", b"/open/page",
    b"/theirs/secret", b"http://169.254.169.254/", b"Host: evil.example\r\n",
    b"Host: localhost\r\n", b"Host: private.s3.localhost\r\n",
    b"X-Amz-Target: AWSCognitoIdentityService.GetId\r\n",
    b"X-Amz-Target: DynamoDB_20120810.ListTables\r\n", b"x-amz-copy-source: /private/secret\r\n",
    b"x-amz-acl: public-read\r\n", b"x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n",
    b"x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Content-Length: 0\r\n", b"x_amz_date: 1\r\n",
    b"X-Moto-Account-Id: 444455556666\r\n", b"X-Forwarded-Host: evil\r\n",
    b"Content-Encoding: aws-chunked\r\n", b"X-Http-Method-Override: DELETE\r\n",
    b"Action: CreateUser\r\n", b"Authorization: AWS4-HMAC-SHA256 ",
    b"Authorization: Basic Og==\r\n", b"Origin: http://x\r\n", b"Action=CreateUser",
    b"&Action=DeleteUser", b"&UserName=mallory", b"Version=2010-05-08", b"&RoleArn=",
    b"X-Amz-Algorithm=AWS4-HMAC-SHA256", b"&X-Amz-Expires=604800", b"&X-Amz-Signature=",
    b"UNSIGNED-PAYLOAD", b"/_rolecall/status", b"/_rolecall/stop", b"/moto-api/reset",
    b"/latest/meta-data/", b"content-type: application/json\r\n", b"Range: bytes=0-2\r\n",
    b"host;x-amz-date", b"us-east-1", b"s3", b"iam", b"sts",
]  # fmt: skip
SERVICES = ["sts", "iam", "s3", "sqs", "dynamodb", "ec2", "lambda", "kms", "secretsmanager", "sns",
             "cognito-identity", "rolesanywhere", "eks", "ssm", "logs", "events", "organizations",
             "s3express", "cloudformation", "iam.x", "STS", "execute-api", "route53"]  # fmt: skip
METHODS = ["POST", "GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "get", "TRACE"]
PATHS = [
    "/", "/shared/note", "/private/secret", "/shared", "/private", "//private/secret",
    "/shared/../private/secret", "/shared/%2e%2e/private/secret", "/shared/..%2fprivate/secret",
    "/open/page", "/theirs/secret", "/new-bucket", "/shared/new", "/shared/note%00",
    "/shared%2fnote", "/service/AWSSecurityTokenServiceV20110615/operation/GetCallerIdentity",
    "/2015-03-31/functions", "/clusters", "/identitypools", "/sessions", "/queue/x",
    "/%70rivate/secret", "/shared?", "/v1/user", "/.", "/..", "/shared/note/", "/shared/?",
    "/private/?",
]  # fmt: skip
QUERIES = [
    "", "", "Action=CreateUser&UserName=eve", "Action=GetCallerIdentity", "policy", "acl",
    "list-type=2", "delete", "uploads", "uploadId=x", "versionId=x", "tagging",
    "prefix=../private/", "location", "response-content-type=text/html", "x-id=GetObject",
    "versioning", "cors", "select&select-type=2", "Version=2010-05-08", "partNumber=1&uploadId=x",
    "attributes", "publicAccessBlock", "%41ction=CreateUser", "marker=a&max-keys=x",
    "max-keys=-1", "list-type=2&max-keys=99999999999999999999", "x=%ff",
]  # fmt: skip
HEADERS = [
    ("X-Amz-Target", "DynamoDB_20120810.CreateTable"), ("X-Amz-Target", "TrentService.CreateKey"),
    ("X-Amz-Target", "secretsmanager.CreateSecret"), ("X-Amz-Target", "AmazonSQS.CreateQueue"),
    ("X-Amz-Target", "AWSCognitoIdentityService.CreateIdentityPool"), ("Action", "CreateUser"),
    ("X-Amz-Target", "AWSCognitoIdentityService.GetId"),
    ("X-Amz-Target", "AmazonSSM.PutParameter"), ("Content-Type", FORM),
    ("Content-Type", "application/json"), ("Content-Type", "application/x-amz-json-1.0"),
    ("Content-Type", "multipart/form-data; boundary=x"), ("x-amz-copy-source", "/private/secret"),
    ("x-amz-copy-source", "private/secret?versionId=null"),
    ("x-amz-copy-source", "arn:aws:s3:::private/secret"), ("x-amz-acl", "public-read"),
    ("X-Moto-Account-Id", "444455556666"), ("X-Amz-Mfa", "x 123456"),
    ("X-HTTP-Method-Override", "PUT"), ("Host", "private.s3.localhost:4566"),
    ("Host", "shared.s3.localhost"), ("Host", "iam.localhost"), ("Host", "[::1]:80"),
    ("Host", "localhost."), ("Range", "bytes=0-1"), ("Range", "bytes=9-1"), ("Content-MD5", "x"),
    ("Expect", "100-continue"), ("If-None-Match", "*"), ("x-amz-tagging", "a=b&a"),
    ("x-amz-meta-a_b", "1"), ("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD"), ("Origin", "http://x"),
    ("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
    ("X-Amz-Decoded-Content-Length", "5"), ("x-amz-source-expected-bucket-owner", "x"),
    ("x-amz-expected-bucket-owner", "444455556666"), ("Accept", "application/json"),
    ("X-Amz-Security-Token", "x"), ("smithy-protocol", "rpc-v2-cbor"),
    ("x-amz-object-lock-mode", "X"), ("x-amz-server-side-encryption", "aws:kms"),
    ("x-amz-checksum-crc32", "x"), ("x-amz-bypass-governance-retention", "true"),
    ("if-modified-since", "x"), ("x-amz-request-payer", "é"),
]  # fmt: skip
ACTIONS = [
    "GetCallerIdentity", "AssumeRole", "GetUser", "ListUsers", "CreateUser", "CreateAccessKey",
    "PutUserPolicy", "AttachUserPolicy", "UpdateAssumeRolePolicy", "GetSessionToken",
    "GetFederationToken", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML", "DeleteUser",
    "CreateQueue", "DescribeInstances", "CreateTopic", "GetAccountAuthorizationDetails",
    "ListRoles", "GetRole", "createUser", "", "DecodeAuthorizationMessage", "GetAccessKeyInfo",
    "CreateStack", "PassRole", "CreateRole",
]  # fmt: skip
PARAMETERS = [
    ("UserName", "alice"), ("UserName", "mallory"), ("UserName", "eve"), ("RoleName", "reader"),
    ("RoleName", "locked"), ("RoleArn", READER), ("RoleArn", f"arn:aws:iam::{HOME}:role/locked"),
    ("RoleSessionName", "run"), ("DurationSeconds", "900"), ("DurationSeconds", "x"),
    ("Policy", "{}"), ("Name", "q"), ("Path", "/"), ("Path", "x"),
    ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "x"),
    ("TransitiveTagKeys.member.1", "team"), ("ExternalId", "a"), ("SourceIdentity", "alice"),
    ("WebIdentityToken", "a.b.c"), ("SAMLAssertion", "eA=="),
    ("PrincipalArn", f"arn:aws:iam::{HOME}:saml-provider/x"), ("PolicyName", "own"),
    ("PolicyDocument", '{"Version":"2012-10-17"}'), ("MaxItems", "-1"), ("Marker", "x"),
    ("AccessKeyId", "AKIAEXAMPLE"), ("Version", "2010-05-08"), ("Version", "2011-06-15"),
    ("Action", "DeleteUser"), ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ("SerialNumber", "x"), ("TokenCode", "000000"), ("AssumeRolePolicyDocument", "{"),
    ("MaxSessionDuration", "99999999999999999999"), ("Tags.member.0.Key", "a"),
    ("Tags.member.1", "a"), ("Tags.member.99999999.Key", "a"), ("Name", "\x00"),
    ("UserName", "é" * 65),
]  # fmt: skip
BODIES = [
    b"", b"{}", b"[]", b"null", b"{", b'{"TableName":"t"}', b'{"IdentityPoolId":"x"}', b"<a/>",
    b"<a>&e;</a>", b'{"a":"&Action=CreateUser&UserName=eve&"}', b"\xff",
    b"<Delete><Object><Key>secret</Key></Object></Delete>",
    b"5;chunk-signature=" + b"0" * 64 + b"\r\nhello\r\n", b'{"QueueName":"q"}',
    b'{"Name":"s","SecretString":"x"}',
]  # fmt: skip
#: What a path is put together from, where none of the above is taken.
SEGMENTS = [
    "shared", "private", "note", "secret", "open", "page", "theirs", "..", ".", "", "%2e%2e", "%2E",
    "%2F", "%2f..", "%5c", "\\", "%00", "%25", "%252e", ";", "note%20", "%C3%A9", "%ff", "Shared",
    "shared.", "private?", "secret%3F", "#", "@", ":", "*", "+", "%2B", "%0a",
    "arn:aws:s3:::private",
]  # fmt: skip
