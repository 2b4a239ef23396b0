"""Terraform's templates in policies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.review.read.evaluation import Scope, render
from rolecall.review.read.expressions import Opaque, Reference, Template, read_template
from rolecall.review.read.symbols import Hole, Symbols


class Values:
    """Knows two references."""

    def __init__(self):
        self.symbols = Symbols()

    def look_up(self, reference, scope):
        known = {"local.name": "tes", "local.list": ["a", "b"], "local.number": 3}
        name = str(reference)
        if name in known:
            return known[name]
        return Hole(self.symbols.reference(name), (name,))


def rendered(text):
    return render(text, Values(), Scope())


@pytest.mark.parametrize(
    ("template", "value"),
    [
        ("plain", "plain"),
        ("", ""),
        ("$${aws:username}", "${aws:username}"),
        ("%%{if}", "%{if}"),
        ("a$b{c}$", "a$b{c}$"),
        ("$$${local.name}", "$${local.name}"),
        ("x-${local.name}-y", "x-tes-y"),
        ("${local.name}", "tes"),
        ("${ local.name }", "tes"),
        ("${local.list}", ["a", "b"]),
        ("n${local.number}", "n3"),
        ("${aws_iam_role.ci.arn}/x", "${aws_iam_role.ci.arn}/x"),
        ('${aws_iam_role.ci["k"].arn}/x', "${aws_iam_role.ci.k.arn}/x"),
        ("${aws_iam_role.ci[0].arn}/x", "${aws_iam_role.ci[0].arn}/x"),
        ('${"a\\"b\\u0041${local.name}"}', 'a"bAtes'),
        ('${join("-", ["a", local.name])}', "a-tes"),
        ('${join("-", concat(local.list, ["c"]))}', "a-b-c"),
        ('${toset(["b", "a", "b"])}', ["a", "b"]),
        ("${merge({a = 1}, {b = local.name})}", {"a": 1, "b": "tes"}),
        ('${jsonencode({a = [1, true, null, local.name], "b" : "c"})}',
         '{"a":[1,true,null,"tes"],"b":"c"}'),
        ("${jsonencode({a = aws_iam_role.ci.arn})}", '{"a":"${aws_iam_role.ci.arn}"}'),
        ("${jsonencode({\n  a = 1\n  b = 2\n})}", '{"a":1,"b":2}'),
    ],
)  # fmt: skip
def test_templates_that_are_understood(template, value):
    assert rendered(template) == value


@pytest.mark.parametrize(
    "template",
    [
        '${local.name == "x" ? "a" : "b"}',
        "${[for each in local.list : each]}",
        "${aws_iam_role.ci[*].arn}",
        "${upper(local.name)}",
        "${a + b}",
        "${~ local.name ~}",
        "%{ if true }x%{ endif }",
        "${",
        "${}",
        "${local.name",
        '${"unterminated}',
        "${/* } */ local.name}",
        "${provider::x::y(1)}",
        "${-local.number}",
        "${!true}",
    ],
)
def test_what_is_not_understood_is_one_hole(template):
    assert isinstance(rendered(template), Hole)


def test_a_hole_in_a_text_does_not_break_the_text():
    values = Values()
    text = render('{"a": "${lookup(x.y, "k")}"}', values, Scope())
    assert text == '{"a": "${unknown.1}"}'
    assert render('${lookup( x.y , "k")}', values, Scope()).text == "${unknown.1}"
    assert render('${lookup(x.y, "l")}', values, Scope()).text == "${unknown.2}"


@pytest.mark.parametrize("call", ["uuid()", "timestamp()", 'file("x")', "made_up(1)"])
def test_what_differs_each_time_has_a_name_each_time(call):
    values = Values()
    one, other = (render(f"${{{call}}}", values, Scope()) for _ in range(2))
    assert one.text != other.text


def test_expressions_keep_what_they_refer_to():
    hole = rendered('${replace(aws_iam_role.ci.arn, "a", data.x.y.z)}')
    assert hole.refers == ("aws_iam_role.ci.arn", "data.x.y.z")


def test_a_reference_is_read_with_its_steps():
    (found,) = read_template('${module.m["a.b"].x[3].0}').parts
    assert found == Reference("module", ("m", "a.b", "x", 3, 0))


_HOSTILE = {
    "holes": "${" * 20_000,
    "indexes": "${a[" * 20_000,
    "calls": "${f(" * 20_000,
    "comments": "${/*" * 20_000,
    "quotes": '${"' * 20_000,
    "quoted indexes": '${a["' * 20_000,
    "slashes": "${" + "/" * 20_000,
    "brackets": "${" + "[" * 20_000,
    "steps": "${a" + ".a" * 20_000,
}


@pytest.mark.parametrize("kind", _HOSTILE)
def test_hostile_templates_are_given_up(kind):
    assert isinstance(read_template(_HOSTILE[kind]).parts[0], Opaque)


@pytest.mark.parametrize("wrap", ['${{ "{}" + x }}', '${{ a["{}" + x] }}', "${{ f({}, + ) }}"])
def test_what_is_read_twice_is_not_read_twice_at_every_level(wrap):
    """Otherwise forty levels would take years."""
    text = "x"
    for _ in range(40):
        text = wrap.format(text)
    assert isinstance(read_template(text), Template)


@given(st.text(alphabet='${}"[]().,:=~%a0 \\\n', max_size=60))
def test_no_text_is_too_strange(text):
    assert isinstance(read_template(text), Template)
    rendered(text)


@given(st.text(max_size=60))
def test_text_that_is_escaped_stays_as_it_is(text):
    escaped = text.replace("${", "$${").replace("%{", "%%{")
    if not text.endswith(("$", "%")) and "$$" not in text and "%%" not in text:
        assert rendered(escaped) == text
