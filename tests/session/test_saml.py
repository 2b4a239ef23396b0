"""A SAML response instead of a signature: how it is read, and which provider goes with a role."""

import io
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import (
    AssertionFile,
    AssertionFromStdin,
    SamlRequest,
    assume_role_with_saml,
    unsigned_sts_client,
)
from rolecall.session.saml_assertion import saml_response
from tests.session.proofs import encoded, saml_xml
from tests.session.recording_sts import Recorder

ROLE = "arn:aws:iam::111111111111:role/tes-reader"
OTHER_ROLE = "arn:aws:iam::111111111111:role/tes-deployer"
PROVIDER = "arn:aws:iam::111111111111:saml-provider/acme"
OTHER_PROVIDER = "arn:aws:iam::111111111111:saml-provider/acme-2"
XML = saml_xml(f"{ROLE},{PROVIDER}", f"{PROVIDER}, {OTHER_ROLE}")


def ask(path: Path, **more: object) -> SamlRequest:
    return SamlRequest(role_arn=ROLE, assertion=AssertionFile(path), **more)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "response"
    path.write_text(encoded(XML))
    return path


@pytest.mark.parametrize("role", [ROLE, OTHER_ROLE])
def test_the_provider_is_the_one_that_goes_with_the_role(
    sts: Recorder, file: Path, role: str
) -> None:
    request = SamlRequest(role_arn=role, assertion=AssertionFile(file))
    session = assume_role_with_saml(unsigned_sts_client("eu-central-1"), request)
    [asked] = sts.asked
    assert not asked.signed
    assert asked.parameters == {
        "Action": "AssumeRoleWithSAML",
        "Version": "2011-06-15",
        "RoleArn": role,
        "PrincipalArn": PROVIDER,
        "DurationSeconds": "3600",
        "SAMLAssertion": encoded(XML),
    }
    assert session.arn.endswith("/from-the-response")
    assert encoded(XML) not in repr(request) + repr(request.assertion.read())


@pytest.mark.parametrize(
    "content",
    [
        encoded(XML),
        "\n".join([encoded(XML)[:76], encoded(XML)[76:], ""]),
        XML,
        "\ufeff" + XML,
        "SAMLResponse=" + encoded(XML),
        "RelayState=x&SAMLResponse=" + encoded(XML).replace("+", "%2B").replace("=", "%3D"),
    ],
    ids=["base64", "lines", "xml", "xml with a BOM", "a form", "a form, percent-encoded"],
)
def test_it_is_sent_as_the_base64_that_aws_wants(sts: Recorder, file: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    assume_role_with_saml(unsigned_sts_client("eu-central-1"), ask(file))
    assert sts.asked[0].parameters["SAMLAssertion"] == encoded(XML)


def test_it_can_come_through_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(encoded(XML).encode()))
    monkeypatch.setattr(sys, "stdin", pipe)
    source = AssertionFromStdin()
    assert source.read().base64 == encoded(XML)
    assert source.read().base64 == encoded(XML), "a renewal finds it again"
    with pytest.raises(Problem, match="empty"):
        AssertionFromStdin().read()
    monkeypatch.setattr(pipe, "isatty", lambda: True, raising=False)
    with pytest.raises(Problem, match="not from a terminal"):
        AssertionFromStdin().read()


@pytest.mark.parametrize(
    ("values", "provider", "rule"),
    [
        ([], None, "offers no role at all"),
        (["nonsense", f"{ROLE}", f"{ROLE},{ROLE}", ",,"], None, "offers no role at all"),
        ([f"{OTHER_ROLE},{PROVIDER}"], None, "does not offer"),
        (
            [f"arn:aws:iam::111111111111:role/tes-raeder,{PROVIDER}"],
            None,
            "Did you mean 'arn:aws:iam::111111111111:role/tes-raeder'",
        ),
        ([f"{ROLE},{PROVIDER}", f"{ROLE},{OTHER_PROVIDER}"], None, "--saml-provider, one of"),
        ([f"{ROLE},{PROVIDER}"], "other", "through 'arn:.*/acme', not through"),
    ],
)
def test_a_role_that_is_not_offered_is_said_before_the_call(
    sts: Recorder, file: Path, values: list[str], provider: str | None, rule: str
) -> None:
    file.write_text(encoded(saml_xml(*values)))
    with pytest.raises(Problem, match=rule) as caught:
        assume_role_with_saml(unsigned_sts_client("eu-central-1"), ask(file, provider=provider))
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert sts.asked == []


@pytest.mark.parametrize("provider", ["acme-2", OTHER_PROVIDER])
def test_the_provider_can_be_named(sts: Recorder, file: Path, provider: str) -> None:
    file.write_text(encoded(saml_xml(f"{ROLE},{PROVIDER}", f"{ROLE},{OTHER_PROVIDER}")))
    assume_role_with_saml(unsigned_sts_client("eu-central-1"), ask(file, provider=provider))
    assert sts.asked[0].parameters["PrincipalArn"] == OTHER_PROVIDER


def test_what_only_aws_can_read_needs_the_provider(sts: Recorder, file: Path) -> None:
    inside = '<s:EncryptedAssertion xmlns:s="urn:oasis:names:tc:SAML:2.0:assertion"/>'
    file.write_text(encoded(saml_xml(inside=inside)))
    with pytest.raises(Problem, match=r"encrypted.*--saml-provider"):
        ask(file).parameters()
    assume_role_with_saml(unsigned_sts_client("eu-central-1"), ask(file, provider="acme"))
    assert sts.asked[0].parameters["PrincipalArn"] == PROVIDER


@pytest.mark.parametrize(
    ("provider", "rule"),
    [
        ("a b", "no provider's name"),
        ("", "no provider's name"),
        ("a" * 129, "no provider's name"),
        ("arn:aws:iam", "not an ARN"),
        (ROLE, "not the ARN of a SAML provider"),
        ("arn:aws:iam::222222222222:saml-provider/acme", "not in the role's account"),
        ("arn:aws-cn:iam::111111111111:saml-provider/acme", "not in the role's account"),
    ],
)
def test_a_provider_that_aws_would_not_take_is_said(
    tmp_path: Path, provider: str, rule: str
) -> None:
    with pytest.raises(Problem, match=rule):
        ask(tmp_path, provider=provider)


BOMB = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi"))  # noqa: B905
    + "]><a>&i;</a>"
)


@pytest.mark.parametrize(
    ("xml", "rule"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "DTD"),
        (BOMB, "DTD"),
        ("<a><b></a>", "not well-formed"),
        ("<a/>trailing", "not well-formed"),
        ("<a>" * 300 + "</a>" * 300, "not well-formed"),
    ],
)
def test_xml_that_attacks_the_reader_is_refused(file: Path, xml: str, rule: str) -> None:
    for content in (xml, encoded(xml)):
        file.write_text(content)
        with pytest.raises(Problem, match=rule) as caught:
            ask(file).parameters()
        assert "root:" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "no SAML response"),
        (b"not base64!", "no SAML response"),
        (b"abc", "no SAML response"),
        (b"SAMLResponse=", "no SAML response"),
        (b"YWJj", "not well-formed"),
        (encoded(saml_xml("x" * 80_000)).encode(), "100000"),
        (saml_xml("x" * 80_000).encode(), "100000"),
        (b"A" * 3_000_000, "100000"),
    ],
)
def test_what_is_no_response_is_said(file: Path, content: bytes, rule: str) -> None:
    file.write_bytes(content)
    with pytest.raises(Problem, match=rule) as caught:
        ask(file).parameters()
    assert len(str(caught.value)) < 500


def test_a_response_given_in_place_of_the_file_is_not_repeated() -> None:
    for secret in (encoded(XML), XML, "SAMLResponse=" + encoded(XML)):
        with pytest.raises(Problem, match="looks like the secret itself") as caught:
            AssertionFile(Path(secret)).read()
        assert encoded(XML)[:40] not in str(caught.value)
        assert "SECRET" not in str(caught.value)


def test_an_expired_response_says_what_to_do(sts: Recorder, file: Path) -> None:
    sts.refuse("ExpiredTokenException", f"old: {encoded(XML)}")
    with pytest.raises(Problem, match="fresh token or assertion") as caught:
        assume_role_with_saml(unsigned_sts_client("eu-central-1"), ask(file))
    assert encoded(XML) not in str(caught.value)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(alphabet="<>/a&;!?SAMLResponse=%2B ", max_size=60).map(str.encode),
        st.text(max_size=40).map(lambda text: encoded(text).encode()),
        st.text(max_size=40).map(
            lambda text: saml_xml(
                "".join(c for c in text if c.isprintable() and c not in "<&")
            ).encode("utf-8", "replace")
        ),
    )
)
def test_no_content_brings_a_traceback(content: bytes) -> None:
    try:
        saml_response(content, "--saml-assertion 'x'")
    except Problem as problem:
        assert "\n" not in str(problem)
