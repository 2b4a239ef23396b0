"""What S3 calls say in XML bodies and in headers that are small languages of their own.

Read so that the backend cannot read them differently: what is said twice, or in a way
that readers disagree on, is refused. No AWS client writes such a thing.
"""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote, urlparse
from xml.etree import ElementTree

from rolecall.local.api import AwsError

_DECLARATION = re.compile(r"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")


def read_xml(body: bytes) -> ElementTree.Element | None:
    """The body as XML; None if it is none, declares entities, or is not in UTF-8."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    declared = _DECLARATION.match(text)
    # A declared encoding lets two readers see two texts; clients write UTF-8.
    if "<!" in text or (declared and declared[1].lower() not in ("utf-8", "us-ascii")):
        return None
    try:
        return ElementTree.fromstring(text)  # noqa: S314 - entities are refused above
    except (ElementTree.ParseError, ValueError):
        return None


def elements(root: ElementTree.Element, name: str) -> Iterable[ElementTree.Element]:
    """Every element of that name, whatever its namespace and place."""
    return (element for element in root.iter() if _name(element) == name)


def members(element: ElementTree.Element) -> dict[str, str]:
    """The texts of an element's children by their names.

    Raises:
        AwsError: MalformedXML for a child that is there twice or is no plain text.
    """
    found: dict[str, str] = {}
    for child in element:
        if _name(child) in found or len(child):
            raise malformed_xml()
        found[_name(child)] = child.text or ""
    return found


def malformed_xml() -> AwsError:
    """MalformedXML, HTTP 400."""
    return AwsError("MalformedXML", "The XML you provided was not well-formed")


def tags_in_body(body: bytes) -> dict[str, str]:
    """The tags of a Tagging document, white space around them left out as the backend does.

    Raises:
        AwsError: MalformedXML, or InvalidTag for a key given twice.
    """
    root = read_xml(body)
    if root is None:
        return {}
    pairs = []
    for element in elements(root, "Tag"):
        tag = members(element)
        pairs.append((tag.get("Key", "").strip(), tag.get("Value", "").strip()))
    return _once(
        pairs, AwsError("InvalidTag", "Cannot provide multiple Tags with the same key", 400)
    )


def tags_in_header(header: str) -> dict[str, str]:
    """The tags in `x-amz-tagging`.

    Raises:
        AwsError: InvalidArgument for a key given twice.
    """
    return _once(
        parse_qsl(header, keep_blank_values=True),
        AwsError(
            "InvalidArgument",
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
            "parameters without tag name duplicates.",
            400,
        ),
    )


def _once(pairs: Iterable[tuple[str, str]], error: AwsError) -> dict[str, str]:
    """Each key once. Condition keys ignore case, so `Env` beside `env` cannot be told apart."""
    found: dict[str, str] = {}
    seen: set[str] = set()
    for key, value in pairs:
        if key.lower() in seen:
            raise error
        seen.add(key.lower())
        found[key] = value
    return found


def copy_source(header: str) -> tuple[str, str, str | None]:
    """Bucket, key and version in `x-amz-copy-source`.

    Raises:
        AwsError: InvalidArgument for anything but `bucket/key` in percent-encoding. A
            bare `;` or `#` ends the key for the backend, so it must not be part of ours.
    """
    # Scheme (so any ARN), host and parameters would be missing in the path.
    parts = urlparse(header)
    bucket, slash, key = unquote(parts.path).removeprefix("/").partition("/")
    if parts.path != header.partition("?")[0] or parts.fragment or not slash or not bucket:
        raise AwsError(
            "InvalidArgument",
            "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            400,
            "write <bucket>/<key>, percent-encoded; access points are not known here",
        )
    versions = [value for name, value in parse_qsl(parts.query) if name == "versionId"]
    return bucket, key, versions[0] if versions else None


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
