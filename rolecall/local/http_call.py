"""One HTTP request, read as an AWS API call.

Read once, here. Authentication, authorization and the backend then all see this
reading and nothing else: what a request may mean differently to two readers (a
parameter given twice, a bucket in the host and in the path, an action in the header
and in the body) is either settled or refused in this file.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, unquote_to_bytes

from rolecall.local.api import ApiCall, AwsError, SignedWith
from rolecall.local.http_server import SPELLING, spelling

#: Largest body that is read, in bytes; S3 takes 5 GiB in one request, we hold it in memory.
LARGEST_BODY = 256 * 1024 * 1024
#: Largest form, in bytes, which is taken apart before anybody knows who sent it: SAML
#: metadata of 10,000,000 characters fit, percent-encoded.
_LARGEST_FORM = 32 * 1024 * 1024
#: Largest body of a call without an AWS signature, S3's apart. A SAML assertion has
#: 100,000 characters at the most, logins of an identity pool 10 times 50,000.
_LARGEST_UNSIGNED = 2 * 1024 * 1024

_ALGORITHM = "AWS4-HMAC-SHA256"
_CREDENTIAL = re.compile(
    r"(?P<key>[A-Za-z0-9_]{16,128})/(?P<date>[0-9]{8})/(?P<region>[a-z0-9-]{1,64})"
    r"/(?P<service>[a-z0-9._-]{1,64})/aws4_request"
)
_HOST = re.compile(r"(?:\[(?P<address>[0-9a-f:.]*)\]|(?P<name>[^\[\]:]*))(?::[0-9]*)?")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_SIGNATURE = re.compile(r"[0-9a-f]{64}")
_TARGET = re.compile(r"[A-Za-z0-9_.]{1,128}\.(?P<action>[A-Za-z0-9]{1,128})")
_RPC_PATH = re.compile(r"/service/[A-Za-z0-9_.]{1,128}/operation/(?P<action>[A-Za-z0-9]{1,128})")
_VIRTUAL_HOST = re.compile(r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.s3[a-z0-9.-]*")
#: Query parameters of a presigned URL; they belong to the signature, not to the operation.
PRESIGNED = frozenset(
    f"X-Amz-{name}"
    for name in (
        "Algorithm",
        "Credential",
        "Date",
        "Expires",
        "SignedHeaders",
        "Signature",
        "Security-Token",
    )
)
_EC2_PROTOCOL = frozenset({"ec2"})
_REST_XML = frozenset({"s3", "s3express", "route53", "cloudfront"})
#: Services whose only protocol is the query protocol, whatever headers say.
_QUERY_ONLY = frozenset({"iam", "sts"})
#: `Version` parameter -> service, for calls that carry no signature to name it.
_SERVICE_OF_VERSION = {"2011-06-15": "sts", "2010-05-08": "iam"}
#: X-Amz-Target of a service with calls that carry no signature.
_COGNITO_IDENTITY = "AWSCognitoIdentityService."
#: How a certificate signs (IAM Roles Anywhere): no AWS key, so no AWS signature either.
_CERTIFICATE_SCOPE = re.compile(
    r"AWS4-X509-(?:RSA|ECDSA)-SHA256 Credential=[0-9]{1,64}/[0-9]{8}/(?P<region>[a-z0-9-]{1,64})"
    r"/rolesanywhere/aws4_request,.*"
)


def parse(environ: Mapping[str, object]) -> ApiCall:
    """Read a WSGI request as an AWS API call; the signature is not yet verified.

    Raises:
        AwsError: the signature, the path or the parameters are malformed, or the
            request says two things at once.
    """
    headers = _headers(environ)
    raw_path, raw_query = _target(environ)
    query = _pairs(raw_query)
    signed = _signed(headers, query)
    body = _body(environ)
    host = host_name(headers.get("host", ""))
    path = _decoded(raw_path)
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()

    target = headers.get("x-amz-target")
    form: dict[str, str] = {}
    if content_type == "application/x-www-form-urlencoded":
        _check_size(body, _LARGEST_UNSIGNED if signed is None else _LARGEST_FORM)
        form = _first_values(_pairs(body.decode("utf-8", "replace"), plus=True))
    operation = {k: v for k, v in _first_values(query).items() if k not in PRESIGNED}
    certificate = _CERTIFICATE_SCOPE.fullmatch(headers.get("authorization", ""))
    if signed:
        service = signed.service
    elif certificate:
        service = "rolesanywhere"
    else:
        service = _unsigned_service(form or operation, target)
    if signed is None and service != "s3":
        _check_size(body, _LARGEST_UNSIGNED)

    action, protocol, params = "", "", operation
    if service in _QUERY_ONLY or (target is None and service != "s3" and path == "/"):
        params = form or operation
        action = params.get("Action", "")
        protocol = "ec2" if service in _EC2_PROTOCOL else "query"
        if target is not None:
            raise AwsError("InvalidAction", "Could not find operation in two places", 400)
    if target is not None:
        action, protocol = _target_action(target, form), "json"
    elif rpc := _RPC_PATH.fullmatch(path):
        action, protocol = rpc["action"], "rest-json"
    elif not action:
        protocol = "rest-xml" if service in _REST_XML else protocol or "rest-json"
    if service == "s3":
        path = _path_style(path, host)
    return ApiCall(
        method=str(environ.get("REQUEST_METHOD", "GET")).upper(),
        path=path,
        query_string=raw_query,
        headers=headers,
        body=body,
        service=service,
        region=signed.region if signed else certificate["region"] if certificate else "us-east-1",
        action=action,
        params=params,
        signed=signed,
        source_ip=str(environ.get("REMOTE_ADDR", "")),
        environ=environ,
        protocol=protocol,
    )


def host_name(host: str) -> str:
    """Return the name or address in a Host header, without port and brackets, lower case.

    Empty for what is no host and port: of `127.0.0.1:1.evil.example` nothing is believed.
    """
    found = _HOST.fullmatch(host.strip().lower())
    return (found["address"] or found["name"] or "").removesuffix(".") if found else ""


def raw_target(environ: Mapping[str, object]) -> str:
    """Return the request target as it was sent, still percent-encoded."""
    return str(environ.get("REQUEST_URI") or environ.get("RAW_URI") or environ.get("PATH_INFO", ""))


def raw_path_of(environ: Mapping[str, object]) -> str:
    """Return the path as it was sent, still percent-encoded."""
    return raw_target(environ).partition("#")[0].partition("?")[0]


def _headers(environ: Mapping[str, object]) -> dict[str, str]:
    spelled = spelling(environ)
    headers = {
        spelled.get(name) or name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_") and name != SPELLING
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = str(environ[name])
    return headers


def _target(environ: Mapping[str, object]) -> tuple[str, str]:
    target = raw_target(environ)
    # An absolute target (`GET http://host/ HTTP/1.1`) names a second host beside the
    # Host header; no AWS client sends one.
    if not target.startswith("/"):
        raise AwsError("InvalidRequest", "The request target must be a path", 400)
    path, _, query = target.partition("#")[0].partition("?")
    return path, query


def _decoded(raw_path: str) -> str:
    try:
        path = unquote_to_bytes(raw_path.encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", 400) from None
    if "\x00" in path:
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.", 400)
    return path


def _pairs(query: str, *, plus: bool = False) -> list[tuple[str, str]]:
    # A '+' is a space in a form, and a plus in the URLs that AWS clients build.
    if not plus:
        query = query.replace("+", "%2B")
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=10_000)
    except ValueError:
        raise AwsError("MalformedQueryString", "The query string contains a syntax error") from None


def _check_size(body: bytes, most: int) -> None:
    if len(body) > most:
        raise AwsError("RequestEntityTooLarge", f"The request has more than {most} bytes.", 413)


def _first_values(pairs: list[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        values.setdefault(name, value)
    return values


def _body(environ: Mapping[str, object]) -> bytes:
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    length = environ.get("CONTENT_LENGTH")
    if not length and not environ.get("wsgi.input_terminated"):
        return b""
    size = int(str(length)) if str(length).isdecimal() else LARGEST_BODY + 1
    body: bytes = stream.read(min(size, LARGEST_BODY + 1))  # type: ignore[attr-defined]
    if len(body) > LARGEST_BODY:
        raise AwsError(
            "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400
        )
    return body


def _signed(headers: Mapping[str, str], query: list[tuple[str, str]]) -> SignedWith | None:
    authorization = headers.get("authorization")
    parameters = [(name, value) for name, value in query if name in PRESIGNED]
    presigned = any(name == "X-Amz-Algorithm" for name, _ in parameters)
    if authorization is not None and presigned:
        raise AwsError(
            "InvalidArgument",
            "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, "
            "Signature query string parameter or the Authorization header should be specified",
            400,
        )
    if authorization is not None and not _CERTIFICATE_SCOPE.fullmatch(authorization):
        return _from_header(authorization, headers)
    return _from_query(parameters) if presigned else None


def _from_header(authorization: str, headers: Mapping[str, str]) -> SignedWith:
    algorithm, _, rest = authorization.strip().partition(" ")
    if algorithm != _ALGORITHM:
        raise _incomplete(f"Authorization header requires the algorithm {_ALGORITHM}.")
    parts: dict[str, str] = {}
    for item in rest.split(","):
        name, separator, value = item.strip().partition("=")
        if not separator or name in parts:
            raise _incomplete("Authorization header is malformed.")
        parts[name] = value.strip()
    for name in ("Credential", "SignedHeaders", "Signature"):
        if not parts.get(name):
            raise _incomplete(f"Authorization header requires '{name}' parameter.")
    date = headers.get("x-amz-date") or headers.get("date", "")
    if not date:
        raise _incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        )
    return _signed_with(parts, date, headers.get("x-amz-security-token"), presigned=False)


def _from_query(parameters: list[tuple[str, str]]) -> SignedWith:
    if len({name for name, _ in parameters}) != len(parameters):
        raise _incomplete("A query parameter of the signature is given twice.")
    values = {name.removeprefix("X-Amz-"): value for name, value in parameters}
    if values["Algorithm"] != _ALGORITHM:
        raise _incomplete(f"X-Amz-Algorithm only supports {_ALGORITHM}.")
    for name in ("Credential", "Date", "SignedHeaders", "Signature"):
        if not values.get(name):
            raise _incomplete(f"Query-string authentication requires the X-Amz-{name} parameter.")
    signed = _signed_with(values, values["Date"], values.get("Security-Token"), presigned=True)
    return replace(signed, expires=values.get("Expires", ""))


def _signed_with(
    parts: Mapping[str, str], date: str, token: str | None, *, presigned: bool
) -> SignedWith:
    credential = _CREDENTIAL.fullmatch(parts["Credential"])
    if credential is None:
        raise _incomplete(
            "Credential must have the form <key id>/<date>/<region>/<service>/aws4_request."
        )
    names = tuple(parts["SignedHeaders"].split(";"))
    if len(set(names)) != len(names) or not all(_HEADER_NAME.fullmatch(name) for name in names):
        raise _incomplete("SignedHeaders must be lower-case header names, each once.")
    if not _SIGNATURE.fullmatch(parts["Signature"]):
        raise _incomplete("Signature must be 64 hexadecimal digits.")
    return SignedWith(
        access_key_id=credential["key"],
        date=date,
        scope_date=credential["date"],
        region=credential["region"],
        service=credential["service"],
        signed_headers=names,
        signature=parts["Signature"],
        session_token=token or None,
        presigned=presigned,
    )


def _incomplete(message: str) -> AwsError:
    return AwsError("IncompleteSignature", message, 400)


def _unsigned_service(params: Mapping[str, str], target: str | None) -> str:
    if service := _SERVICE_OF_VERSION.get(params.get("Version", "")):
        return service
    if target and target.startswith(_COGNITO_IDENTITY):
        return "cognito-identity"
    return "" if target or "Action" in params else "s3"


def _target_action(target: str, form: Mapping[str, str]) -> str:
    match = _TARGET.fullmatch(target)
    if match is None or form:
        raise AwsError("UnknownOperationException", "The X-Amz-Target header is malformed.", 400)
    return match["action"]


def _path_style(path: str, host: str) -> str:
    """Turn a bucket in the host name into a bucket in the path: one place to look."""
    if match := _VIRTUAL_HOST.fullmatch(host):
        return f"/{match['bucket']}{path}"
    return path
