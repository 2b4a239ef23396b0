"""What the configuration says of resources: from a plan, or from a cdk.tf.json.

Both become the same: raw values whose strings are templates. A plan of HCL keeps of an
expression only what it refers to; `Lost` stands for such a one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rolecall.review.read.json_text import a_list, a_text, an_object, objects


@dataclass(frozen=True, slots=True)
class Lost:
    """An expression that the plan does not keep."""

    refers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """One `resource` or `data` block.

    key: `aws_iam_role.ci`, `data.aws_partition.here`. attributes: raw values. repeated: the
    raw `for_each` or `count`, None where there is one instance.
    """

    key: str
    mode: str
    type: str
    name: str
    provider: str
    attributes: Mapping[str, object]
    for_each: object = None
    count: object = None
    construct: str | None = None

    @property
    def repeated(self) -> bool:
        """Whether it has instances with an index."""
        return self.for_each is not None or self.count is not None


@dataclass(frozen=True, slots=True)
class Output:
    """What a module hands out."""

    value: object
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Variable:
    """What a module takes in. default: a plain value, no template."""

    default: object
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Module:
    """A module's blocks. locals: None where they are not kept, as in plans."""

    resources: Mapping[str, Declared] = field(default_factory=dict)
    calls: "Mapping[str, ModuleCall]" = field(default_factory=dict)
    variables: Mapping[str, Variable] = field(default_factory=dict)
    outputs: Mapping[str, Output] = field(default_factory=dict)
    locals: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A `module` block, and the module where it is known."""

    attributes: Mapping[str, object]
    module: Module | None
    for_each: object = None
    count: object = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider configuration. attributes: raw values."""

    type: str
    attributes: Mapping[str, object]


def of_plan(configuration: Mapping[str, object]) -> tuple[Module, dict[str, Provider]]:
    """The configuration that a plan keeps: its root module and its providers."""
    providers = {
        key: Provider(
            a_text(written.get("name")) or key.split(".")[0],
            _Attributes(an_object(written.get("expressions"))),
        )
        for key, value in an_object(configuration.get("provider_config")).items()
        for written in (an_object(value),)
    }
    return _module(an_object(configuration.get("root_module"))), providers


def of_synthesized(document: Mapping[str, object]) -> tuple[Module, dict[str, Provider]]:
    """The same of a cdk.tf.json."""
    resources: dict[str, Declared] = {}
    for mode, section in (("managed", "resource"), ("data", "data")):
        for type, name, body in _blocks(document.get(section)):
            key = f"{type}.{name}" if mode == "managed" else f"data.{type}.{name}"
            metadata = an_object(an_object(body.get("//")).get("metadata"))
            resources[key] = Declared(
                key,
                mode,
                type,
                name,
                _provider_key(body.get("provider"), type),
                {name: value for name, value in body.items() if name not in _META},
                body.get("for_each"),
                body.get("count"),
                a_text(metadata.get("path")),
            )
    module = Module(
        resources,
        {
            name: ModuleCall(
                {key: value for key, value in body.items() if key != "//"},
                None,
                body.get("for_each"),
                body.get("count"),
            )
            for name, body in _named(document.get("module"))
        },
        {name: _variable(body) for name, body in _named(document.get("variable"))},
        {},
        {key: value for each in objects(document.get("locals")) for key, value in each.items()},
    )
    providers: dict[str, Provider] = {}
    for section_value in objects(document.get("provider")):
        for type, bodies in section_value.items():
            for body in objects(bodies):
                alias = a_text(body.get("alias"))
                providers[f"{type}.{alias}" if alias else type] = Provider(type, body)
    return module, providers


_META = frozenset(
    ("//", "provider", "depends_on", "lifecycle", "for_each", "count", "provisioner", "connection")
)


def _provider_key(written: object, type: str) -> str:
    text = a_text(written) or type.split("_")[0]
    return text.removeprefix("${").removesuffix("}")


def _blocks(section: object) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    for group in objects(section):
        for type, named in group.items():
            for names in objects(named):
                for name, bodies in names.items():
                    for body in objects(bodies):
                        yield type, name, body


def _named(section: object) -> Iterator[tuple[str, Mapping[str, object]]]:
    for group in objects(section):
        for name, bodies in group.items():
            for body in objects(bodies):
                yield name, body


def _variable(body: Mapping[str, object]) -> Variable:
    return Variable(body.get("default"), body.get("sensitive") is True)


def _module(written: Mapping[str, object]) -> Module:
    resources: dict[str, Declared] = {}
    for each in objects(written.get("resources")):
        key, type, name = (a_text(each.get(part)) for part in ("address", "type", "name"))
        if key is None or type is None or name is None:
            continue
        resources[key] = Declared(
            key,
            a_text(each.get("mode")) or "managed",
            type,
            name,
            a_text(each.get("provider_config_key")) or type.split("_")[0],
            _Attributes(an_object(each.get("expressions"))),
            _repetition(each, "for_each_expression"),
            _repetition(each, "count_expression"),
        )
    calls = {
        name: ModuleCall(
            _Attributes(an_object(call.get("expressions"))),
            _module(an_object(call.get("module"))),
            _repetition(call, "for_each_expression"),
            _repetition(call, "count_expression"),
        )
        for name, value in an_object(written.get("module_calls")).items()
        for call in (an_object(value),)
    }
    variables = {
        name: _variable(an_object(body))
        for name, body in an_object(written.get("variables")).items()
    }
    outputs = {
        name: Output(
            _raw(an_object(body).get("expression")), an_object(body).get("sensitive") is True
        )
        for name, body in an_object(written.get("outputs")).items()
    }
    return Module(resources, calls, variables, outputs, None)


def _repetition(block: Mapping[str, object], name: str) -> object:
    return _raw(block[name]) if name in block else None


class _Attributes(Mapping[str, object]):
    """The raw values of a plan's expressions, turned into them when asked for."""

    def __init__(self, expressions: Mapping[str, object]) -> None:
        self._expressions = expressions

    def __getitem__(self, name: str) -> object:
        return _raw(self._expressions[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._expressions)

    def __len__(self) -> int:
        return len(self._expressions)


def _raw(expression: object) -> object:
    """An attribute's expression, or the blocks of that name."""
    if isinstance(expression, list):
        return [_raw(each) for each in expression]
    if not isinstance(expression, dict):
        return Lost(())
    if "constant_value" in expression:
        return expression["constant_value"]
    if "references" in expression or not expression:
        found = (a_text(each) for each in a_list(expression.get("references")))
        return Lost(tuple(each for each in found if each is not None))
    return {name: _raw(each) for name, each in expression.items()}
