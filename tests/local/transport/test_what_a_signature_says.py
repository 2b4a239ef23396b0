"""What a request says about its signature, in its header or in its query; not yet verified."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from rolecall.local.api import AwsError, SignedWith
from rolecall.local.http_call import parse
from tests.local.transport.written import KEY_ID, STAMP, authorization, environ

DIGITS = "0123456789abcdef" * 4
HEADER = authorization("s3", "eu-central-1", signature=DIGITS)
QUERY = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": f"{KEY_ID}/20150830/eu-central-1/s3/aws4_request",
    "X-Amz-Date": STAMP,
    "X-Amz-SignedHeaders": "host;x-amz-date",
    "X-Amz-Signature": DIGITS,
}
READ = SignedWith(
    access_key_id=KEY_ID,
    date=STAMP,
    scope_date="20150830",
    region="eu-central-1",
    service="s3",
    signed_headers=("host", "x-amz-date"),
    signature=DIGITS,
    session_token=None,
)


def by_header(value: str = HEADER, **headers: str) -> SignedWith | None:
    given = {"X-Amz-Date": STAMP, **{n.replace("_", "-"): v for n, v in headers.items()}}
    return parse(environ(headers={**given, "Authorization": value})).signed


def by_query(changes: dict[str, str | None] | None = None, more: str = "") -> SignedWith | None:
    values = {**QUERY, **(changes or {})}
    text = "&".join(f"{name}={value}" for name, value in values.items() if value is not None)
    return parse(environ(target=f"/bucket/key?{text}{more}")).signed


def refusal(read: Callable[[], object]) -> tuple[str, int, str]:
    with pytest.raises(AwsError) as error:
        read()
    return error.value.code, error.value.status, error.value.message


def incomplete(message: str) -> tuple[str, int, str]:
    return "IncompleteSignature", 400, message


# -- in the header -----------------------------------------------------------------------


def test_a_header_is_read_whole() -> None:
    assert by_header() == READ


@pytest.mark.parametrize(
    "value",
    [
        HEADER.replace(", ", ","),
        HEADER.replace(", ", " ,  "),
        f"  {HEADER}  ",
        HEADER.replace("=host", "=  host"),
        HEADER.replace("SHA256 ", "SHA256   "),
        f"{HEADER}, Other=x=y",
    ],
)
def test_spaces_and_further_parts_change_nothing(value: str) -> None:
    assert by_header(value) == READ


def test_a_token_comes_in_a_header_of_its_own() -> None:
    signed = by_header(X_Amz_Security_Token="abc")
    assert signed is not None
    assert signed.session_token == "abc"
    assert by_header(X_Amz_Security_Token="") == READ


@pytest.mark.parametrize(
    ("sent", "date"),
    [
        ({"X-Amz-Date": "one", "Date": "two"}, "one"),
        ({"Date": "two"}, "two"),
        ({"X-Amz-Date": "", "Date": "two"}, "two"),
    ],
)
def test_the_moment_is_that_of_amz_date_or_else_of_date(sent: dict[str, str], date: str) -> None:
    signed = parse(environ(headers={**sent, "Authorization": HEADER})).signed
    assert signed is not None
    assert signed.date == date


@pytest.mark.parametrize("sent", [{}, {"X-Amz-Date": ""}, {"X-Amz-Date": "", "Date": ""}])
def test_a_moment_there_must_be(sent: dict[str, str]) -> None:
    given = environ(headers={**sent, "Authorization": HEADER})
    assert refusal(lambda: parse(given)) == incomplete(
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
    )


@pytest.mark.parametrize(
    "value",
    [
        "",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA2566 Credential=x",
        "aws4-hmac-sha256 Credential=x",
        "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "Bearer abc",
    ],
)
def test_no_other_kind_of_authorization_is_known(value: str) -> None:
    code, status, message = refusal(lambda: by_header(value))
    assert (code, status) == ("IncompleteSignature", 400)
    if value != "AWS4-HMAC-SHA256":
        assert message == "Authorization header requires the algorithm AWS4-HMAC-SHA256."


@pytest.mark.parametrize(
    "value",
    [
        HEADER.replace(", Signature", ", x, Signature"),
        HEADER + ",",
        f"{HEADER}, Signature={DIGITS}",
        HEADER.replace(" Credential", " Credential=x, Credential"),
        HEADER.replace(" SignedHeaders", " SignedHeaders=host, SignedHeaders"),
    ],
)
def test_each_part_stands_once_with_its_name(value: str) -> None:
    assert refusal(lambda: by_header(value)) == incomplete("Authorization header is malformed.")


@pytest.mark.parametrize("name", ["Credential", "SignedHeaders", "Signature"])
def test_no_part_of_a_header_may_be_missing_or_empty(name: str) -> None:
    told = incomplete(f"Authorization header requires '{name}' parameter.")
    assert refusal(lambda: by_header(HEADER.replace(f"{name}=", f"X{name}="))) == told
    parts = [part for part in HEADER.split(" ", 1)[1].split(", ") if not part.startswith(name)]
    emptied = f"AWS4-HMAC-SHA256 {name}=, " + ", ".join(parts)
    assert refusal(lambda: by_header(emptied)) == told


# -- in the query ------------------------------------------------------------------------


def test_a_query_is_read_whole() -> None:
    assert by_query() == replace(READ, presigned=True)
    assert by_query(more="&X-Amz-Expires=60&X-Amz-Security-Token=abc&versionId=1") == replace(
        READ, presigned=True, expires="60", session_token="abc"
    )
    assert by_query(more="&X-Amz-Security-Token=") == replace(READ, presigned=True)


def test_without_its_algorithm_a_query_is_not_signed() -> None:
    assert by_query({"X-Amz-Algorithm": None}) is None
    assert by_query({"X-Amz-Algorithm": None}, more="&x-amz-algorithm=AWS4-HMAC-SHA256") is None


@pytest.mark.parametrize("algorithm", ["", "AWS4-HMAC-SHA512", "aws4-hmac-sha256"])
def test_a_query_knows_one_algorithm(algorithm: str) -> None:
    assert refusal(lambda: by_query({"X-Amz-Algorithm": algorithm})) == incomplete(
        "X-Amz-Algorithm only supports AWS4-HMAC-SHA256."
    )


@pytest.mark.parametrize("name", ["Credential", "Date", "SignedHeaders", "Signature"])
@pytest.mark.parametrize("value", [None, ""])
def test_no_part_of_a_query_may_be_missing_or_empty(name: str, value: str | None) -> None:
    assert refusal(lambda: by_query({f"X-Amz-{name}": value})) == incomplete(
        f"Query-string authentication requires the X-Amz-{name} parameter."
    )


@pytest.mark.parametrize(
    "name",
    ["Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature", "Security-Token"],
)
def test_nothing_of_a_signature_may_be_said_twice(name: str) -> None:
    value = QUERY.get(f"X-Amz-{name}", "60")
    more = f"&X-Amz-{name}={value}"
    if f"X-Amz-{name}" not in QUERY:
        assert by_query(more=more) is not None
        more *= 2
    assert refusal(lambda: by_query(more=more)) == incomplete(
        "A query parameter of the signature is given twice."
    )


@pytest.mark.parametrize("value", [HEADER, "", "AWS4-X509-RSA-SHA256 Credential=1/20150830/a/"
                                   "rolesanywhere/aws4_request, Signature=0"])  # fmt: skip
def test_header_and_query_do_not_go_together(value: str) -> None:
    text = "&".join(f"{name}={value}" for name, value in QUERY.items())
    given = environ(target=f"/?{text}", headers={"Authorization": value, "X-Amz-Date": STAMP})
    code, status, message = refusal(lambda: parse(given))
    assert (code, status) == ("InvalidArgument", 400)
    assert message.startswith("Only one auth mechanism allowed")


# -- the parts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key_id", "date", "region", "service"),
    [
        ("A" * 16, "20150830", "us-east-1", "s3"),
        ("Az_9" * 32, "00000000", "a", "a.b_c-0"),
        (KEY_ID, "20150830", "r" * 64, "s" * 64),
    ],
)
def test_a_scope_names_key_day_region_and_service(
    key_id: str, date: str, region: str, service: str
) -> None:
    signed = by_header(authorization(service, region, key_id=key_id, date=date))
    assert signed is not None
    assert (signed.access_key_id, signed.scope_date) == (key_id, date)
    assert (signed.region, signed.service) == (region, service)


@pytest.mark.parametrize(
    "scope",
    [
        f"{'A' * 15}/20150830/us-east-1/s3/aws4_request",
        f"{'A' * 129}/20150830/us-east-1/s3/aws4_request",
        f"{'A' * 15}-/20150830/us-east-1/s3/aws4_request",
        f"{KEY_ID}=/20150830/us-east-1/s3/aws4_request",
        f"{KEY_ID}/2015083/us-east-1/s3/aws4_request",
        f"{KEY_ID}/201508300/us-east-1/s3/aws4_request",
        f"{KEY_ID}/2015083x/us-east-1/s3/aws4_request",
        f"{KEY_ID}/20150830/US/s3/aws4_request",
        f"{KEY_ID}/20150830//s3/aws4_request",
        f"{KEY_ID}/20150830/{'r' * 65}/s3/aws4_request",
        f"{KEY_ID}/20150830/us-east-1/S3/aws4_request",
        f"{KEY_ID}/20150830/us-east-1//aws4_request",
        f"{KEY_ID}/20150830/us-east-1/{'s' * 65}/aws4_request",
        f"{KEY_ID}/20150830/us-east-1/s3/aws4_request/",
        f"{KEY_ID}/20150830/us-east-1/s3/AWS4_request",
        f"{KEY_ID}/20150830/us-east-1/s3",
        f"x{KEY_ID}x/20150830/us-east-1/s3/aws4_requestx",
    ],
)
def test_a_scope_has_one_form(scope: str) -> None:
    told = incomplete(
        "Credential must have the form <key id>/<date>/<region>/<service>/aws4_request."
    )
    assert refusal(lambda: by_query({"X-Amz-Credential": scope})) == told
    header = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={DIGITS}"
    assert refusal(lambda: by_header(header)) == told


@pytest.mark.parametrize(
    "names", ["host;host", "Host", "host;", ";host", "host;;x", "host x", "a:b", "a;b;a", "ü"]
)
def test_signed_headers_are_names_in_lower_case_each_once(names: str) -> None:
    told = incomplete("SignedHeaders must be lower-case header names, each once.")
    assert refusal(lambda: by_query({"X-Amz-SignedHeaders": names})) == told


def test_a_header_name_may_hold_what_http_allows() -> None:
    signed = by_header(authorization("s3", headers="!#$%&'*+.^_`|~09az-;host"))
    assert signed is not None
    assert signed.signed_headers == ("!#$%&'*+.^_`|~09az-", "host")


@pytest.mark.parametrize("signature", [DIGITS[1:], DIGITS + "0", DIGITS[1:] + "A", "g" * 64])
def test_a_signature_is_64_hexadecimal_digits(signature: str) -> None:
    told = incomplete("Signature must be 64 hexadecimal digits.")
    assert refusal(lambda: by_query({"X-Amz-Signature": signature})) == told
    assert refusal(lambda: by_header(authorization(signature=signature))) == told
