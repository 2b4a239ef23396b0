"""The mutants of a file: mutmut's operators on libcst's tree, and a few of our own.

Runs in the mutation environment. mutmut's own runner is not used: it mutates the bodies of
undecorated functions only, so that tables on module level (operators, limits), properties,
cached functions and the fields of dataclasses would stay untouched.

Not mutated: documentation, messages (whatever is given to an error or a log), `__repr__`,
annotations, `__all__`, `__slots__`, imports, decorators.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import libcst as cst  # type: ignore[import-not-found,unused-ignore]
import libcst.matchers as m  # type: ignore[import-not-found,unused-ignore]
from libcst.metadata import (  # type: ignore[import-not-found,unused-ignore]
    CodeRange,
    MetadataWrapper,
    PositionProvider,
    WhitespaceInclusivePositionProvider,
)
from mutmut.mutation import mutators  # type: ignore[import-not-found,unused-ignore]

_SILENT_NAMES = {"__all__", "__slots__"}
_SILENT_CALLS = {"TypeVar", "NewType", "cast"}
_LOGS = {"log", "logger", "logging", "_log", "_logger"}
_SWAPPED_CALLS = {"all": "any", "any": "all", "min": "max", "max": "min"}
_SWAPPED_METHODS = {"startswith": "endswith", "endswith": "startswith"}


@dataclass(frozen=True)
class Mutant:
    """One change of one file: where, what, and the lines whose tests bear on it."""

    path: str
    number: int
    operator: str
    line: int
    first: int
    last: int
    before: str
    after: str
    name: str
    source: str


def mutants(path: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the order of its text; those that are the same tree once."""
    wrapper = MetadataWrapper(cst.parse_module(text))
    visitor = _Visitor()
    wrapper.visit(visitor)
    seen = {_tree(text)}
    number = 0
    lines = text.splitlines(keepends=True)
    for found in visitor.found:
        source = _changed(wrapper.module, lines, found)
        try:
            tree = _tree(source)
        except SyntaxError:
            continue
        if tree in seen:
            continue
        seen.add(tree)
        yield Mutant(
            path,
            number,
            found.operator,
            found.line,
            found.first,
            found.last,
            wrapper.module.code_for_node(found.old).strip(),
            wrapper.module.code_for_node(found.new).strip(),
            found.name,
            source,
        )
        number += 1


def _tree(text: str) -> bytes:
    tree = ast.parse(text)
    compile(tree, "mutant", "exec")
    return hashlib.sha256(ast.dump(tree).encode()).digest()


def _changed(module: cst.Module, lines: list[str], found: "_Found") -> str:
    """The file with the one change; by its place in the text, which takes a hundredth of the time.

    A block is laid out by its depth, so there libcst writes the file.
    """
    start, end = found.place.start, found.place.end
    before = "".join(lines[: start.line - 1]) + lines[start.line - 1][: start.column]
    after = lines[end.line - 1][end.column :] + "".join(lines[end.line :])
    old = module.code_for_node(found.old)
    if isinstance(found.old, cst.BaseCompoundStatement) or before + old + after != "".join(lines):
        return str(module.deep_replace(found.old, found.new).code)
    return f"{before}{module.code_for_node(found.new)}{after}"


@dataclass(frozen=True)
class _Found:
    operator: str
    old: cst.CSTNode
    new: cst.CSTNode
    line: int
    first: int
    last: int
    name: str
    place: CodeRange


class _Visitor(cst.CSTVisitor):  # type: ignore[misc,unused-ignore]
    METADATA_DEPENDENCIES = (PositionProvider, WhitespaceInclusivePositionProvider)

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Found] = []
        self._names: list[str] = []
        self._bools: list[bool] = []
        self._statements: list[int] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _silent(node):
            if isinstance(node, cst.Raise):
                self._add("raise", node, cst.Pass())
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.append(node.name.value)
        if isinstance(node, cst.FunctionDef):
            self._bools.append(_says_bool(node))
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.append(self.get_metadata(PositionProvider, node).start.line)
        if isinstance(node, cst.If | cst.While | cst.CompIf) and _may_be_negated(node.test):
            self._add("negated_test", node.test, _not(node.test))
        for operator, new in _changes(node, bool(self._bools and self._bools[-1])):
            self._add(operator, node, new)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        node = original_node
        if _silent(node):
            return
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._names.pop()
        if isinstance(node, cst.FunctionDef):
            self._bools.pop()
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            self._statements.pop()

    def _add(self, operator: str, old: cst.CSTNode, new: cst.CSTNode) -> None:
        place = self.get_metadata(PositionProvider, old)
        line = place.start.line
        first = self._statements[-1] if self._statements else line
        # A change of a whole block bears on the line that opens it.
        last = line if isinstance(old, cst.BaseCompoundStatement) else place.end.line
        name = ".".join(self._names)
        whole = self.get_metadata(WhitespaceInclusivePositionProvider, old)
        self.found.append(_Found(operator, old, new, line, first, last, name, whole))


def _silent(node: cst.CSTNode) -> bool:
    """Whether nothing in it is to be mutated."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom() | cst.Raise():
            return True
        case cst.FunctionDef(name=cst.Name(value="__repr__")):
            return True
        case cst.If(test=cst.Name(value="TYPE_CHECKING")):
            return True
        case cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString() | cst.Ellipsis()):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name in _SILENT_NAMES
        case cst.AnnAssign(annotation=cst.Annotation(annotation=cst.Name(value="TypeAlias"))):
            return True
        case cst.Call(func=cst.Name(value=name)):
            return name in _SILENT_CALLS or name.endswith(("Error", "Problem", "Warning"))
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name))):
            return name in _LOGS
    return False


def _says_bool(node: cst.FunctionDef) -> bool:
    return node.returns is not None and m.matches(node.returns.annotation, m.Name("bool"))


def _changes(node: cst.CSTNode, says_bool: bool) -> Iterable[tuple[str, cst.CSTNode]]:
    """What becomes of one node: the operator's name and the new node."""
    for kind, change in mutators.mutation_operators:
        if not isinstance(node, kind):
            continue
        name = change.__name__.removeprefix("operator_")
        made: Iterable[cst.CSTNode] = change(node)
        if name == "string":
            # Of the changes of a text only one: that of its case finds nothing more here.
            made = list(made)[:1]
        if name == "arg_removal" and isinstance(node, cst.Call):
            # The argument left out, not None in its place: that dies of its type nearly always.
            made = [new for new in made if len(new.args) < len(node.args)]
        for new in made:
            yield name, new
    yield from _own_changes(node, says_bool)


def _own_changes(node: cst.CSTNode, says_bool: bool) -> Iterable[tuple[str, cst.CSTNode]]:
    match node:
        case cst.BooleanOperation():
            yield "left_only", node.left
            yield "right_only", node.right
        case cst.Expr(value=cst.Call()):
            yield "call_dropped", cst.Pass()
        case cst.Return(value=value) if value is not None and says_bool and _may_be_negated(value):
            yield (
                "answer_negated",
                node.with_changes(
                    value=_not(value), whitespace_after_return=cst.SimpleWhitespace(" ")
                ),
            )
        case cst.Call(func=cst.Name(value=name)) if name in _SWAPPED_CALLS:
            yield "swapped_call", node.with_changes(func=cst.Name(_SWAPPED_CALLS[name]))
        case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as func):
            if name in _SWAPPED_METHODS:
                swapped = func.with_changes(attr=cst.Name(_SWAPPED_METHODS[name]))
                yield "swapped_method", node.with_changes(func=swapped)


def _may_be_negated(test: cst.BaseExpression) -> bool:
    """Not where another operator does the same: a comparison of two, `not`, True and False."""
    if isinstance(test, cst.Comparison) and len(test.comparisons) == 1:
        turned = cst.Equal | cst.NotEqual | cst.Is | cst.IsNot | cst.In | cst.NotIn
        return not isinstance(test.comparisons[0].operator, turned)
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        return False
    return not m.matches(test, m.Name("True") | m.Name("False"))


def _not(test: cst.BaseExpression) -> cst.UnaryOperation:
    inside = test.with_changes(
        lpar=[cst.LeftParen(), *test.lpar], rpar=[*test.rpar, cst.RightParen()]
    )
    return cst.UnaryOperation(operator=cst.Not(), expression=inside)


def main() -> None:
    """Root, then paths: the mutants as JSON, a line each."""
    root = Path(sys.argv[1])
    for path in sys.argv[2:]:
        for mutant in mutants(path, (root / path).read_text(encoding="utf-8")):
            print(json.dumps(asdict(mutant)))


if __name__ == "__main__":
    main()
