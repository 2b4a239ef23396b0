"""Terraform's templates and expressions, as far as they are written into policies.

A string of a cdk.tf.json is a template: `arn:aws:iam::${local.account}:root`. Read are
literals, references, lists, objects and calls of functions; everything else keeps its
text and is never guessed at (`Opaque`).

Source: "Expressions", "Strings and Templates", "JSON Configuration Syntax" (Terraform).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """Text, a number, true, false or null."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Reference:
    """`aws_iam_role.ci[0].arn`: steps are names and indexes."""

    root: str
    steps: tuple[str | int, ...]

    def __str__(self) -> str:
        parts = [self.root]
        for step in self.steps:
            plain = isinstance(step, str) and _NAME.fullmatch(step)
            parts.append(f".{step}" if plain else f"[{step}]")
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Template:
    """Literal text and expressions, one after the other."""

    parts: "tuple[str | Expression, ...]"


@dataclass(frozen=True, slots=True)
class Call:
    """A function and its arguments."""

    function: str
    arguments: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Several:
    """A list."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True, slots=True)
class Members:
    """An object."""

    items: "tuple[tuple[Expression, Expression], ...]"


@dataclass(frozen=True, slots=True)
class Opaque:
    """Anything else: its words, with the references among them."""

    words: "tuple[str | Expression, ...]"


Expression: TypeAlias = Literal | Reference | Template | Call | Several | Members | Opaque

_NAME = re.compile(r"[A-Za-z_][\w-]*")
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SPACE = re.compile(r"(?:\s+|#[^\n]*|//[^\n]*)+")
_OTHER = re.compile(r"==|!=|<=|>=|&&|\|\||=>|\.\.\.|::|.", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_DEEPEST = 60

# What was read of quoted strings, by where they begin: an expression that turns out to be
# opaque is read twice, and so would be, again and again, what lies in it. None: not readable.
_Strings: TypeAlias = "dict[int, tuple[list[str | Expression], int] | None]"


class _UnreadableError(Exception):
    """Here is nothing that is read; it may be read as something else."""


class _GivenUpError(Exception):
    """The whole text is given up."""


@lru_cache(maxsize=50_000)
def read_template(text: str) -> Template:
    """The template of a string of a cdk.tf.json."""
    if "${" not in text and "%{" not in text:
        return Template((text,))
    try:
        parts, _ = _template(text, 0, quoted=False, depth=0, strings={})
        return Template(tuple(parts))
    except (_UnreadableError, _GivenUpError):
        return Template((Opaque((text,)),))


def _template(
    text: str, at: int, *, quoted: bool, depth: int, strings: "_Strings"
) -> tuple[list[str | Expression], int]:
    parts: list[str | Expression] = []
    plain: list[str] = []

    def put(expression: Expression) -> None:
        if plain:
            parts.append("".join(plain))
            plain.clear()
        parts.append(expression)

    if depth > _DEEPEST:
        raise _GivenUpError
    end = len(text)
    while at < end:
        here = text[at]
        if here in "$%" and text.startswith("{", at + 1):
            if here == "%":
                raise _UnreadableError  # %{ if … }, %{ for … }
            at = _inner(text, at + 2, depth, strings, put)
        elif here in "$%" and text.startswith(here + "{", at + 1):
            plain.append(here + "{")
            at += 3
        elif quoted and here == '"':
            break
        elif quoted and here == "\\":
            character, at = _escape(text, at + 1)
            plain.append(character)
        else:
            plain.append(here)
            at += 1
    else:
        if quoted:
            raise _UnreadableError
    if plain or not parts:
        parts.append("".join(plain))
    return parts, at


def _inner(
    text: str, at: int, depth: int, strings: "_Strings", put: Callable[[Expression], None]
) -> int:
    """The expression of a `${`; returns where its `}` ends."""
    if text.startswith("~", at):
        raise _UnreadableError
    try:
        reader = _Reader(text, at, depth + 1, strings)
        expression = reader.expression()
        reader.space()
        if not text.startswith("}", reader.at):
            raise _UnreadableError
        put(expression)
        return reader.at + 1
    except _UnreadableError:
        opaque, end = _opaque(text, at, depth + 1, strings)
        put(opaque)
        return end


def _escape(text: str, at: int) -> tuple[str, int]:
    letter = text[at : at + 1]
    if letter in _ESCAPES and letter:
        return _ESCAPES[letter], at + 1
    length = {"u": 4, "U": 8}.get(letter, 0)
    digits = text[at + 1 : at + 1 + length]
    if not length or not re.fullmatch(rf"[0-9A-Fa-f]{{{length}}}", digits):
        raise _UnreadableError
    number = int(digits, 16)
    if number > 0x10FFFF:
        raise _UnreadableError
    return chr(number), at + 1 + length


def _opaque(text: str, at: int, depth: int, strings: "_Strings") -> tuple[Opaque, int]:
    """Everything up to the `}` that closes; references in it are found out."""
    words: list[str | Expression] = []
    open_braces = 0
    reader = _Reader(text, at, depth, strings)
    while True:
        reader.space()
        if reader.at >= len(text):
            raise _UnreadableError
        here = text[reader.at]
        if here == "}" and not open_braces:
            if words and words[-1] == "~":
                raise _UnreadableError
            return Opaque(tuple(words)), reader.at + 1
        open_braces += (here == "{") - (here == "}")
        if here == '"':
            words.append(reader.string())
        elif found := _NUMBER.match(text, reader.at):
            words.append(found[0])
            reader.at = found.end()
        elif found := _NAME.match(text, reader.at):
            start = reader.at
            words.append(reader.reference(found))
            if reader.at == start:
                raise _UnreadableError
        else:
            found = _OTHER.match(text, reader.at)
            if not found:
                raise _UnreadableError
            words.append(found[0])
            reader.at = found.end()


class _Reader:
    """Recursive descent over one expression."""

    def __init__(self, text: str, at: int, depth: int, strings: "_Strings") -> None:
        self.text = text
        self.strings = strings
        self.at = at
        self.depth = depth

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()
        if self.text.startswith("/*", self.at):
            raise _GivenUpError  # a comment, which may hold anything

    def take(self, word: str) -> bool:
        self.space()
        if self.text.startswith(word, self.at):
            self.at += len(word)
            return True
        return False

    def expression(self) -> Expression:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _GivenUpError
        try:
            return self._term()
        finally:
            self.depth -= 1

    def _term(self) -> Expression:
        self.space()
        here = self.text[self.at : self.at + 1]
        if here == '"':
            return self.string()
        if here == "[":
            return self._list()
        if here == "{":
            return self._object()
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            return Literal(float(found[0]) if "." in found[0] else _integer(found[0]))
        found = _NAME.match(self.text, self.at)
        if not found:
            raise _UnreadableError
        if found[0] in _CONSTANTS:
            self.at = found.end()
            return Literal(_CONSTANTS[found[0]])
        reference = self.reference(found)
        if not reference.steps and self.take("("):
            return Call(reference.root, self._arguments())
        return reference

    def string(self) -> Expression:
        start = self.at
        if start not in self.strings:
            depth = self.depth + 1
            self.strings[start] = None
            self.strings[start] = _template(
                self.text, start + 1, quoted=True, depth=depth, strings=self.strings
            )
        found = self.strings[start]
        if found is None:
            raise _UnreadableError
        parts, end = found
        self.at = end + 1
        if len(parts) == 1 and isinstance(parts[0], str):
            return Literal(parts[0])
        return Template(tuple(parts))

    def reference(self, found: "re.Match[str]") -> Reference:
        """A name and its steps; without steps it may be a function's or a bound one."""
        self.at = found.end()
        steps: list[str | int] = []
        while True:
            if self.text.startswith(".", self.at):
                name = _NAME.match(self.text, self.at + 1) or re.compile("[0-9]+").match(
                    self.text, self.at + 1
                )
                if not name:
                    break
                steps.append(int(name[0]) if name[0].isdigit() else name[0])
                self.at = name.end()
            elif self.text.startswith("[", self.at):
                step = self._index()
                if step is None:
                    break
                steps.append(step)
            else:
                break
        return Reference(found[0], tuple(steps))

    def _index(self) -> str | int | None:
        start = self.at
        inner = _Reader(self.text, self.at + 1, self.depth + 1, self.strings)
        try:
            value = inner.expression()
        except _UnreadableError:
            return None
        if not isinstance(value, Literal) or not inner.take("]"):
            self.at = start
            return None
        if isinstance(value.value, str) or type(value.value) is int:
            self.at = inner.at
            return value.value
        return None

    def _list(self) -> Expression:
        self.at += 1
        items: list[Expression] = []
        while not self.take("]"):
            items.append(self.expression())
            if not self.take(",") and not self.text.startswith("]", self._peek()):
                raise _UnreadableError
        return Several(tuple(items))

    def _object(self) -> Expression:
        self.at += 1
        items: list[tuple[Expression, Expression]] = []
        while not self.take("}"):
            key = self._key()
            if not self.take("=") and not self.take(":"):
                raise _UnreadableError
            items.append((key, self.expression()))
            # Members stand on lines of their own, or commas are between them.
            before = self.at
            if not self.take(",") and not self.text.startswith("}", self._peek()):
                self.space()
                if "\n" not in self.text[before : self.at]:
                    raise _UnreadableError
        return Members(tuple(items))

    def _key(self) -> Expression:
        self.space()
        found = _NAME.match(self.text, self.at)
        if found:
            self.at = found.end()
            return Literal(found[0])
        if self.take("("):
            key = self.expression()
            if not self.take(")"):
                raise _UnreadableError
            return key
        if self.text.startswith('"', self.at):
            return self.string()
        raise _UnreadableError

    def _arguments(self) -> tuple[Expression, ...]:
        items: list[Expression] = []
        while not self.take(")"):
            items.append(self.expression())
            if not self.take(",") and not self.text.startswith(")", self._peek()):
                raise _UnreadableError
        return tuple(items)

    def _peek(self) -> int:
        self.space()
        return self.at


def _integer(digits: str) -> int:
    if len(digits) > 30:
        raise _UnreadableError
    return int(digits)
