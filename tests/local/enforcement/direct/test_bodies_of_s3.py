"""What S3 calls say in bodies and headers has one reading, or is refused."""

from typing import Any

import pytest

from rolecall.local.authorization.s3_bodies import (
    copy_source,
    elements,
    malformed_xml,
    members,
    read_xml,
    tags_in_body,
    tags_in_header,
)
from tests.local.enforcement.direct.conftest import refusal, told

MALFORMED = ("MalformedXML", "The XML you provided was not well-formed", 400)


def xml(text: str) -> Any:
    root = read_xml(text.encode())
    assert root is not None
    return root


@pytest.mark.parametrize(
    "head",
    [
        "",
        "\ufeff",
        "<?xml version='1.0'?>",
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<?xml version="1.0" encoding="utf-8" standalone="yes"?>',
        "<?xml version='1.0' encoding = 'US-ASCII'?>",
    ],
)
def test_a_body_that_is_read(head: str) -> None:
    assert xml(f"{head}<a>x</a>").text == "x"


def test_letters_of_any_language_are_read() -> None:
    assert xml("<a>encoding='x' ä</a>").text == "encoding='x' ä"


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0' encoding='latin-1'?><a/>",
        b'<?xml version="1.0"\nencoding\t=\n"iso-8859-1"?><a/>',
        b"<?xml version='1.0' encoding=''?><a/>",
        b"<a><!-- x --></a>",
        b"<a><![CDATA[x]]></a>",
        b"<!DOCTYPE a><a/>",
        b"<a>\xe4</a>",
        b"<a>",
        b"<a/><b/>",
        b"<a>\x00</a>",
    ],
)
def test_a_body_that_readers_could_disagree_on(body: bytes) -> None:
    assert read_xml(body) is None


def test_elements_of_any_namespace_and_place() -> None:
    root = xml("<r xmlns='http://x'><t>1</t><u><t xmlns=''>2</t></u><tt/><v xmlns='t'/></r>")
    assert [each.text for each in elements(root, "t")] == ["1", "2"]
    assert list(elements(root, "none")) == []
    assert [each.tag for each in elements(root, "r")] == ["{http://x}r"]


def test_the_texts_of_an_element() -> None:
    assert members(xml("<a xmlns='x'><b> 1 </b><c/></a>")) == {"b": " 1 ", "c": ""}
    assert members(xml("<a/>")) == {}
    for text in (
        "<a><b>1</b><b>2</b></a>",
        "<a><b>1</b><b xmlns='x'>2</b></a>",
        "<a><b>1<c/></b></a>",
    ):
        assert told(refusal(members, xml(text))) == MALFORMED
    assert told(malformed_xml()) == MALFORMED


def tagged(*pairs: tuple[str, str]) -> bytes:
    tags = "".join(f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>" for key, value in pairs)
    return f"<Tagging><TagSet>{tags}</TagSet></Tagging>".encode()


def test_tags_in_a_body() -> None:
    assert tags_in_body(tagged((" a ", "\n1 "), ("b", ""))) == {"a": "1", "b": ""}
    assert tags_in_body(tagged()) == {}
    assert tags_in_body(b"") == {}
    assert tags_in_body(b"<Tagging><Tag/></Tagging>") == {"": ""}
    for twice in ([("a", "1"), ("a", "2")], [("a", "1"), ("A", "1")], [("a", "1"), (" a", "1")]):
        assert told(refusal(tags_in_body, tagged(*twice))) == (
            "InvalidTag",
            "Cannot provide multiple Tags with the same key",
            400,
        )
    # Three tags, the third of which is the first again.
    thrice = tagged(("a", "1"), ("b", "1"), ("a", "1"))
    assert refusal(tags_in_body, thrice).code == "InvalidTag"


def test_tags_in_a_header() -> None:
    assert tags_in_header("a=1&b=&c%20d=x%26y") == {"a": "1", "b": "", "c d": "x&y"}
    assert tags_in_header("") == {}
    for header in ("a=1&a=2", "a=1&A=2", "a=1&b=1&%61=1", "a=&a="):
        assert told(refusal(tags_in_header, header)) == (
            "InvalidArgument",
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates.",
            400,
        )


@pytest.mark.parametrize(
    ("header", "source"),
    [
        ("b/k", ("b", "k", None)),
        ("/b/k", ("b", "k", None)),
        ("b/k/l", ("b", "k/l", None)),
        ("b//k", ("b", "/k", None)),
        ("b/", ("b", "", None)),
        ("b%2Fk", ("b", "k", None)),
        ("b/k%3FversionId%3Dv", ("b", "k?versionId=v", None)),
        ("b/k?versionId=v", ("b", "k", "v")),
        ("b/k?x=1&versionId=v%2B", ("b", "k", "v+")),
        ("b/k?versionId=v&versionId=w", ("b", "k", "v")),
        ("b/k?versionId=", ("b", "k", None)),
        ("b/k?VersionId=v", ("b", "k", None)),
    ],
)
def test_the_source_of_a_copy(header: str, source: tuple[str, str, str | None]) -> None:
    assert copy_source(header) == source


@pytest.mark.parametrize(
    "header",
    [
        "",
        "/",
        "b",
        "/b",
        "//k",
        "/%2Fk",
        "%2F%2Fk",
        "%2Fk",
        "b/k;",
        "b/k;p",
        "b/k\n",
        " b/k",
        "////b/k",
        "b/k#f",
        "b/k?versionId=v#f",
        "s3://b/k",
        "s3:b/k",
        "//host/b/k",
        "arn:aws:s3:::b/k",
        "arn:b/k",
    ],
)
def test_a_source_that_readers_could_disagree_on(header: str) -> None:
    error = refusal(copy_source, header)
    assert told(error) == (
        "InvalidArgument",
        "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
        400,
    )
    assert error.reason == "write <bucket>/<key>, percent-encoded; access points are not known here"
