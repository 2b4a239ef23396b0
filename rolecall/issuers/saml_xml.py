"""Reading XML that strangers wrote: no DTD, no entities, no network, bounded.

What an XML parser does for a document type is what attacks on SAML live on (files read
through external entities, entities that expand without end), and SAML forbids nothing
of it. So a document with a DTD is refused before a parser sees it.
"""

import re

from lxml import etree

from rolecall.problems import Problem

_DECLARED = re.compile(r"\s*<\?xml\s[^>]*?encoding\s*=\s*[\"']([^\"'>]*)[\"']")


class SamlXmlProblem(Problem):
    """XML that is not taken. The text repeats nothing of the document."""


def read_xml(source: str | bytes, *, what: str, keep_comments: bool = False) -> etree._Element:
    """The root element of a document in UTF-8; `what` names it in messages.

    Comments and processing instructions are left out, so that no text is cut in two by
    one; a signature over a document with comments needs `keep_comments`.

    Raises `SamlXmlProblem`: a DTD, another encoding, a byte order mark, what is not
    well-formed, more than 256 levels.
    """
    text = _decoded(source, what)
    # Outside of the prolog the words can only stand in comments and CDATA sections,
    # where nobody needs them.
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise SamlXmlProblem(
            f"{what} has a document type (DTD), which may name entities and files; remove it."
        )
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=not keep_comments,
        remove_pis=not keep_comments,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        place = f" at line {line}" if line else ""
        raise SamlXmlProblem(f"{what} is not well-formed XML{place}.") from None
    if root is None or root.getroottree().docinfo.internalDTD is not None:
        raise SamlXmlProblem(f"{what} is not well-formed XML.")
    return root


def _decoded(source: str | bytes, what: str) -> str:
    if isinstance(source, bytes):
        try:
            source = source.decode("utf-8")
        except UnicodeDecodeError:
            raise SamlXmlProblem(f"{what} is not UTF-8 text; save it as UTF-8.") from None
    else:
        try:
            source.encode("utf-8")
        except UnicodeEncodeError:
            raise SamlXmlProblem(f"{what} holds characters that UTF-8 cannot write.") from None
    if source.startswith("\ufeff"):
        # "Create a SAML identity provider in IAM": UTF-8 without a byte order mark.
        raise SamlXmlProblem(
            f"{what} begins with a byte order mark (BOM); save it as UTF-8 without one."
        )
    declared = _DECLARED.match(source)
    if declared and declared[1].lower() != "utf-8":
        raise SamlXmlProblem(f"{what} declares another encoding than UTF-8; save it as UTF-8.")
    return source
