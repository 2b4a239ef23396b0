"""The signature of CreateSession without a server: what is signed, by which key, and when."""

import base64
from datetime import timedelta

import pytest

from rolecall.local.api import AwsError
from rolecall.local.roles_anywhere import signature
from rolecall.local.roles_anywhere.certificates import Untrusted, check_chain
from tests.local.gaps.anywhere_here import ROOT, WEB, WISH, Site
from tests.local.gaps.certificates import Certificate


def test_a_chain_of_five_is_read_and_no_longer_one(anywhere: Site) -> None:
    five = [ROOT] * 5
    presented = signature.verify(anywhere.call(chain=five), anywhere.now)
    assert presented.chain == (ROOT.x509,) * 5
    assert presented.certificate == WEB.x509
    assert signature.verify(anywhere.call(), anywhere.now).chain == ()
    assert "more than 5 certificates" in anywhere.denied(chain=[ROOT] * 6)
    with pytest.raises(Untrusted, match="more than 5 certificates"):
        check_chain(WEB.x509, [ROOT.x509] * 6, [ROOT.x509], anywhere.now)
    check_chain(WEB.x509, [ROOT.x509] * 5, [ROOT.x509], anywhere.now)


def test_when_it_was_signed(anywhere: Site) -> None:
    quarter, second = timedelta(minutes=15), timedelta(seconds=1)
    anywhere.now = anywhere.now.replace(microsecond=0)
    for moment, good in (
        (anywhere.now - quarter, True),
        (anywhere.now + quarter, True),
        (anywhere.now - quarter - second, False),
        (anywhere.now + quarter + second, False),
    ):
        call = anywhere.call(moment=moment)
        if good:
            assert signature.verify(call, anywhere.now)
            continue
        with pytest.raises(AwsError, match="Invalid signature") as caught:
            signature.verify(call, anywhere.now)
        assert "within the last 15 minutes" in caught.value.reason


def test_headers_that_are_not_as_they_were_signed(anywhere: Site) -> None:
    plain = anywhere.call().headers
    authorization = plain["authorization"]
    date = plain["x-amz-date"]
    wrong: list[tuple[dict[str, str], str]] = [
        ({"authorization": ""}, "is malformed"),
        ({"authorization": f"{authorization} "}, "is malformed"),
        ({"authorization": authorization.replace("AWS4", "AWS3")}, "is malformed"),
        ({"authorization": f"{authorization[:-1]}g"}, "is malformed"),
        ({"x-amz-extra": "x"}, "every x-amz- header must be signed"),
        ({"content-type": ""}, "every signed header sent"),
        ({"content-type": "text/plain"}, "did not sign this request"),
        ({"x-amz-date": date[:-1]}, "not in ISO 8601 basic format"),
        ({"x-amz-date": f"2001{date[4:]}"}, "within the last 15 minutes"),
        ({"x-amz-x509": "x"}, "cannot be read"),
        ({"x-amz-x509": base64.b64encode(b"x").decode()}, "cannot be read"),
        ({"authorization": f"{authorization}0"}, "not in hexadecimal"),
        ({"authorization": f"{authorization}00"}, "did not sign this request"),
    ]
    for sent, told in wrong:
        error = anywhere.refused(sent=sent)
        assert (error.message, told in error.reason) == ("Invalid signature.", True), sent
    serial = authorization.replace(f"={WEB.x509.serial_number}/", "=1/")
    assert "serial number" in anywhere.denied(sent={"authorization": serial})
    always = ("host", "x-amz-date", "x-amz-x509")
    for only in (
        ("content-type", "host", "x-amz-date"),
        ("host", "x-amz-x509", "x-amz-date"),
        ("host", "host", "x-amz-date", "x-amz-x509"),
        ("x-amz-date", "x-amz-x509"),
    ):
        assert "must be sorted and include" in anywhere.denied(only=only)
    assert anywhere.session(only=always)
    # White space around and inside of a value is not signed.
    assert anywhere.session(sent={"content-type": "  application/json "})


def test_keys_and_algorithms_go_together(anywhere: Site) -> None:
    rsa, _ = ROOT.issue("web-1")
    assert anywhere.session(rsa)
    assert "key of another kind" in anywhere.denied(rsa, called="ECDSA")
    assert "key of another kind" in anywhere.denied(called="RSA")


def test_the_query_is_signed(anywhere: Site) -> None:
    query = {**WISH, "b": "x y+&=/\u00e9", "a": ""}
    assert anywhere.session(WEB, b"", query=query)
    assert "more than 100 parameters" in anywhere.denied(
        WEB, b"", query={**WISH, **{f"p{n}": "" for n in range(98)}}
    )
    assert anywhere.session(WEB, b"", query={**WISH, **{f"p{n}": "" for n in range(97)}})


def test_a_certificate_is_base64_and_nothing_between(anywhere: Site) -> None:
    class Loose(Certificate):
        """One whose header has a character that lenient readers pass over."""

        @property
        def header(self) -> str:
            return f"*{super().header}"

    loose = Loose(WEB.x509, WEB.key)
    assert "cannot be read" in anywhere.denied(loose)
    assert "cannot be read" in anywhere.denied(chain=[loose])
