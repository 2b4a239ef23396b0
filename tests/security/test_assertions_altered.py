"""Whatever is altered in a signed response, it never says anything else than what was signed."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from rolecall.issuers.saml_metadata import SamlMetadata, read_saml_metadata
from rolecall.local.api import AwsError
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.verify import verified_assertion
from tests.local.saml.forgery import Element, copied
from tests.local.saml.idp import BASE, Idp, Said, encoded
from tests.local.saml.world import HOME, SamlWorld, running_world

NOW = datetime(2030, 1, 31, 12, tzinfo=UTC)
SAID = Said(
    now=NOW,
    role=f"arn:aws:iam::{HOME}:role/reader",
    provider=f"arn:aws:iam::{HOME}:saml-provider/acme",
    tags={"team": "red"},
    attributes=[("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ["staff", "member"])],
)
_FEW = settings(max_examples=300, deadline=None)
_BYTES = st.sampled_from([*b"<>/\"'=&;:#!-?[] \n\x00aZ09_", 0x80, 0xC3, 0xFF])


@cache
def metadata() -> SamlMetadata:
    return read_saml_metadata(Idp().metadata())


@cache
def original(sign: str) -> tuple[bytes, Assertion]:
    document = etree.tostring(Idp().response(SAID.but(sign=sign)))
    return document, verified_assertion(encoded(document), metadata(), now=NOW)


def holds(document: bytes, sign: str) -> None:
    """The document is refused in AWS's words, or it says what was signed."""
    try:
        read = verified_assertion(encoded(document), metadata(), now=NOW)
    except AwsError as error:
        assert error.status in (400, 403)
    else:
        assert read == original(sign)[1]


SIGNED = st.sampled_from(["assertion", "both"])


@_FEW
@given(st.data(), SIGNED)
def test_bytes_changed_put_in_or_left_out(data: st.DataObject, sign: str) -> None:
    document = bytearray(original(sign)[0])
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(document) - 1))
        kind = data.draw(st.sampled_from(["flip", "replace", "insert", "delete"]))
        if kind == "flip":
            document[place] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "replace":
            document[place] = data.draw(_BYTES)
        elif kind == "insert":
            document.insert(place, data.draw(_BYTES))
        else:
            del document[place : place + data.draw(st.integers(1, 40))]
    holds(bytes(document), sign)


@_FEW
@given(st.data(), SIGNED)
def test_pieces_of_text_swapped_or_repeated(data: st.DataObject, sign: str) -> None:
    document = original(sign)[0]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(document)), min_size=3, max_size=3)))
    first, second, third = cuts
    parts = [document[:first], document[first:second], document[second:third], document[third:]]
    order = data.draw(st.sampled_from([(0, 2, 1, 3), (0, 1, 1, 2, 3), (0, 2, 3), (0, 1, 2, 1, 3)]))
    holds(b"".join(parts[index] for index in order), sign)


@settings(_FEW, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), SIGNED)
def test_elements_moved_copied_renamed_or_filled(data: st.DataObject, sign: str) -> None:
    root = etree.fromstring(original(sign)[0])
    for _ in range(data.draw(st.integers(1, 2))):
        elements = list(root.iter())
        one, other = (data.draw(st.sampled_from(elements)) for _ in range(2))
        data.draw(st.sampled_from(_EDITS))(one, other)
    holds(etree.tostring(root), sign)


@_FEW
@given(st.data(), SIGNED)
def test_texts_and_attributes_changed(data: st.DataObject, sign: str) -> None:
    root = etree.fromstring(original(sign)[0])
    element = data.draw(st.sampled_from(list(root.iter())))
    text = data.draw(
        st.sampled_from(["", " ", "x", "_admin", SAID.role, SAID.provider, "2.0", f"{BASE}Role"])
        | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Z", "S"]), max_size=20)
    )
    where = data.draw(st.sampled_from(["text", "tail", *map(str, element.attrib), "New", "ID"]))
    if where == "text":
        element.text = text
    elif where == "tail" and element is not root:
        element.tail = text
    elif where != "tail":
        element.set(where, text)
    holds(etree.tostring(root), sign)


@_FEW
@given(
    st.binary(max_size=300)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "replace"))
)
def test_anything_at_all(document: bytes) -> None:
    with pytest.raises(AwsError):
        verified_assertion(encoded(document), metadata(), now=NOW)


@_FEW
@given(st.text(max_size=200))
def test_any_value_at_all(value: str) -> None:
    with pytest.raises(AwsError):
        verified_assertion(value, metadata(), now=NOW)


def _move_into(one: Element, other: Element) -> None:
    if other is not one and one not in other.iterancestors() and one.getparent() is not None:
        other.append(one)


def _copy_into(one: Element, other: Element) -> None:
    other.append(copied(one))


def _copy_before(one: Element, other: Element) -> None:
    if other.getparent() is not None:
        other.addprevious(copied(one))


def _remove(one: Element, _other: Element) -> None:
    parent = one.getparent()
    if parent is not None:
        parent.remove(one)


def _rename(one: Element, other: Element) -> None:
    one.tag = other.tag


def _take_attributes(one: Element, other: Element) -> None:
    for name, value in other.attrib.items():
        one.set(name, value)


def _take_text(one: Element, other: Element) -> None:
    one.text = other.text


def _take_place(one: Element, other: Element) -> None:
    parent = other.getparent()
    if parent is not None:
        parent.replace(other, copied(one))


_EDITS: list[Callable[[Element, Element], None]] = [
    _move_into,
    _copy_into,
    _copy_before,
    _remove,
    _rename,
    _take_attributes,
    _take_text,
    _take_place,
]


# -- and over HTTP: never a fault of the server ------------------------------------------------


@pytest.fixture(scope="module")
def world() -> Iterator[SamlWorld]:
    with running_world() as made:
        yield made
        assert made.ask().admitted


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_the_server_answers_altered_responses_with_a_refusal_or_the_truth(
    data: st.DataObject, world: SamlWorld
) -> None:
    said = world.said()
    document = bytearray(etree.tostring(world.idp.response(said)))
    place = data.draw(st.integers(0, 6000)) % len(document)
    document[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    answer = world.send(bytes(document))
    if answer.admitted:
        assert answer.reply["Subject"] == said.subject
        assert answer.reply["Arn"].endswith("/alice")
    else:
        assert 400 <= answer.status < 500
        assert answer.code in ("InvalidIdentityToken", "IDPRejectedClaim", "ValidationError")
