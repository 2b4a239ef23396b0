"""Policies that are almost JSON, almost policies, or read differently by two readers.

The texts of JSONTestSuite, alone and in each place of a trust policy, and documents of
our own. Whoever reads one says what is wrong, or takes it; and who takes it means what
the text says, whichever way it went.
"""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

from rolecall.cli.main import main
from rolecall.policy import PolicyDocument, PolicyError
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.jws_vectors import load

Text = tuple[str, bytes, bool | None]
"""What it is; the text; whether it is a policy, None where that is left open."""

_ACCOUNT = "111122223333"
_PLACES = {
    "the policy": "{}",
    "Version": '{"Version":{},"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}',
    "Id": '{"Id":{},"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}',
    "Statement": '{"Version":"2012-10-17","Statement":{}}',
    "a statement": '{"Version":"2012-10-17","Statement":[{}]}',
    "Sid": '{"Statement":{"Sid":{},"Effect":"Allow","Principal":"*","Action":"*"}}',
    "Effect": '{"Statement":{"Effect":{},"Principal":"*","Action":"sts:AssumeRole"}}',
    "Principal": '{"Statement":{"Effect":"Allow","Principal":{},"Action":"sts:AssumeRole"}}',
    "AWS": '{"Statement":{"Effect":"Allow","Principal":{"AWS":{}},"Action":"sts:AssumeRole"}}',
    "Action": '{"Statement":{"Effect":"Allow","Principal":{"AWS":"1"},"Action":{}}}',
    "Condition": (
        '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},'
        '"Action":"sts:AssumeRole","Condition":{}}}'
    ),
    "an operator": (
        '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},'
        '"Action":"sts:AssumeRole","Condition":{"StringEquals":{}}}}'
    ),
    "a value": (
        '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},'
        '"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":{}}}}}'
    ),
    "a number": (
        '{"Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},'
        '"Action":"sts:AssumeRole","Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":{}}}}}'
    ),
}


def suite() -> Iterator[tuple[str, str]]:
    """The names and texts of JSONTestSuite."""
    for case in load("json_parsing/parsing.json"):
        repeated = case.get("repeat")
        yield case["name"], case["input"] if repeated is None else repeated[0] * repeated[1]


def of_the_suite(step: int = 1) -> Iterator[Text]:
    """Every text in every place: what is no JSON alone is none there."""
    for (name, text), place in every(product(list(suite()), _PLACES), step):
        whole = _PLACES[place].replace("{}", text, 1) if place != "the policy" else text
        bad = name.startswith("n_") or place == "the policy"
        yield f"{name} as {place}", whole.encode("utf-8", "surrogatepass"), False if bad else None


_GOOD = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111122223333"},'
    '"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"x"}}}]}'
)


def of_our_own() -> Iterator[Text]:
    yield "a good policy", _GOOD.encode(), True
    yield from _bytes()
    yield from _keys()
    yield from _structures()
    yield from _values()


def _bytes() -> Iterator[Text]:
    """Texts that are no UTF-8, or not of one spelling."""
    good = _GOOD.encode()
    for what, content in {
        "a bare continuation": b"\x80",
        "an overlong slash": b"\xc0\xaf",
        "an overlong slash of three bytes": b"\xe0\x80\xaf",
        "an overlong NUL": b"\xc0\x80",
        "six bytes": b"\xfc\x83\xbf\xbf\xbf\xbf",
        "a surrogate": b"\xed\xa0\x80",
        "a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
        "past Unicode": b"\xf4\x90\x80\x80",
        "Latin 1": b"\xe9",
        "half a character": b"\xf0\x9f\x98",
        "all ones": b"\xff",
        "NUL": b"\0",
        "a line end": b"\n",
        "a tab": b"\t",
        "an escape": b"\x1b",
    }.items():
        yield f"{what} in a value", good.replace(b'"x"', b'"x' + content + b'"'), False
        yield f"{what} in a key", good.replace(b'"Effect"', b'"Effect' + content + b'"'), False
        if content not in (b"\n", b"\t"):
            yield f"{what} behind it all", good + content, False
    yield "a mark of byte order", b"\xef\xbb\xbf" + good, False
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7"):
        yield codec, _GOOD.encode(codec), None
    yield "compressed nothing", b"\x1f\x8b\x08\0", False
    yield "nothing", b"", False
    yield "spaces around it", b" \r\n\t" + good + b" \n", True
    yield "a space of another kind", b"\xc2\xa0" + good, False
    yield "escapes of plain letters", good.replace(b"Allow", b"\\u0041llow"), True
    yield "a letter of another alphabet", good.replace(b'"Allow"', '"\u0410llow"'.encode()), False
    yield "a wide letter", good.replace(b'"Allow"', '"\uff21llow"'.encode()), False
    yield "half a character escaped", good.replace(b'"x"', b'"\\ud800"'), None
    yield "the other half", good.replace(b'"x"', b'"\\udc00x"'), None
    yield "two halves turned round", good.replace(b'"x"', b'"\\udc00\\ud800"'), None
    yield "a character in two halves", good.replace(b'"x"', b'"\\ud83d\\ude00"'), True
    yield "NUL escaped", good.replace(b'"x"', b'"x\\u0000"'), None


def _keys() -> Iterator[Text]:
    """Members that are there twice, or look like another."""
    elements = ("Version", "Statement", "Effect", "Principal", "Action", "Condition")
    inner = ("StringEquals", "AWS")
    for name in (*elements, *inner):
        for what, other in {
            "small": name.lower(),
            "large": name.upper(),
            "with a space": f"{name} ",
            "behind a space": f" {name}",
            "with NUL": f"{name}\\u0000",
            "with a space of no width": f"{name}\\u200b",
            "with a mark": f"\\ufeff{name}",
            "of another alphabet": name.replace("i", "\u0456")
            .replace("A", "\u0410")
            .replace("E", "\u0415"),
            "singular or plural": f"{name}s",
        }.items():
            text = _GOOD.replace(f'"{name}"', f'"{other}"')
            # Operators have no case.
            open_case = name == "StringEquals" and what in ("small", "large")
            if other != name:
                yield f"{name} {what}", text.encode(), None if open_case else False
        escaped = "".join(f"\\u{ord(letter):04x}" for letter in name)
        yield f"{name} escaped", _GOOD.replace(f'"{name}"', f'"{escaped}"').encode(), True
        for what, twin in {"twice": name, "once escaped": escaped}.items():
            for value in ('"Deny"', '"*"', "null", "{}", "[]"):
                for form in (f'"{name}":{value},"{twin}":', f'"{twin}":{value},"{name}":'):
                    text = _GOOD.replace(f'"{name}":', form)
                    yield f"{name} {what}, {value}", text.encode(), False
    for other in ("STS:externalid", "sts:ExternalID", "sts:externalid"):
        text = _GOOD.replace('"x"', f'"x","{other}":"y"')
        yield f"sts:ExternalId and {other}", text.encode(), False
    for other in ("stringequals", "STRINGEQUALS", "StringEquals "):
        text = _GOOD.replace(
            '{"StringEquals"', f'{{"{other}":{{"sts:ExternalId":"y"}},"StringEquals"'
        )
        yield f"StringEquals and {other}", text.encode(), False
    for kind in ("aws", "Aws", "AWS ", "service", "*", ""):
        text = _GOOD.replace('"AWS":"111122223333"', f'"AWS":"111122223333","{kind}":"*"')
        yield f"AWS and {kind!r}", text.encode(), False


def _structures() -> Iterator[Text]:
    """Brackets, commas, comments, depths and lengths."""
    for what, text in {
        "a trailing comma in an object": _GOOD.replace('"x"}', '"x",}'),
        "a trailing comma in a list": _GOOD.replace("}}}]", "}}},]"),
        "a comma at the end": _GOOD + ",",
        "a bracket too many": _GOOD + "}",
        "a bracket too few": _GOOD[:-1],
        "two policies": _GOOD + _GOOD,
        "two policies in two lines": f"{_GOOD}\n{_GOOD}",
        "a comment": _GOOD.replace(",", ",/* */", 1),
        "a comment of a line": _GOOD.replace(",", ",// x\n", 1),
        "a comment of another kind": _GOOD.replace(",", ",# x\n", 1),
        "single quotes": _GOOD.replace('"', "'"),
        "keys without quotes": _GOOD.replace('"Effect"', "Effect"),
        "a list around it": f"[{_GOOD}]",
        "a text around it": json.dumps(_GOOD),
        "NaN": _GOOD.replace('"x"', "NaN"),
        "Infinity": _GOOD.replace('"x"', "-Infinity"),
        "True": _GOOD.replace('"x"', "True"),
        "a hexadecimal": _GOOD.replace('"x"', "0x1"),
        "an octal": _GOOD.replace('"x"', "017"),
        "a plus": _GOOD.replace('"x"', "+1"),
        "a point alone": _GOOD.replace('"x"', ".5"),
        "no statement": '{"Version":"2012-10-17"}',
        "an empty list of statements": '{"Version":"2012-10-17","Statement":[]}',
        "a statement of nothing": '{"Version":"2012-10-17","Statement":{}}',
        "a list in a list": f'{{"Statement":[[{json.dumps(_one())}]]}}',
        "statements by number": f'{{"Statement":{{"0":{json.dumps(_one())}}}}}',
        "another version": _GOOD.replace("2012-10-17", "2012-10-18"),
        "a version that is a number": _GOOD.replace('"2012-10-17"', "2012"),
    }.items():
        yield what, text.encode(), False
    for depth in (30, 400, 990, 5_000, 100_000):
        for opened, closed in (("[", "]"), ('{"a":', "}")):
            inside = opened * depth + "1" + closed * depth
            yield f"{depth} levels of {opened}", inside.encode(), False
            yield f"{depth} levels of {opened} in it", _GOOD.replace('"x"', inside).encode(), False
            yield f"{depth} levels of {opened} that stay open", (opened * depth).encode(), False
    yield "a statement alone", json.dumps({"Statement": _one()}).encode(), True
    yield "a statement twice", json.dumps({"Statement": [_one(), _one()]}).encode(), True
    yield (
        "a hundred thousand values",
        _GOOD.replace('"x"', json.dumps([str(n) for n in range(100_000)])).encode(),
        None,
    )
    yield "a value of a megabyte", _GOOD.replace('"x"', f'"{"x" * 1_000_000}"').encode(), None


def _one(**changes: Any) -> dict[str, Any]:
    good = {
        "Effect": "Allow",
        "Principal": {"AWS": _ACCOUNT},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": "x"}},
    }
    return {**good, **changes}


_STAR: list[Any] = [
    "*",
    "**",
    "* ",
    " *",
    "?",
    "",
    [],
    ["*"],
    {"*": "*"},
    {"AWS": ["*", "*"]},
    {"AWS": {}},
]
_ODD: list[Any] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    1.5,
    10**30,
    "",
    [],
    {},
    [[]],
    [{}],
    [None],
    ["x", None],
]


def _values() -> Iterator[Text]:
    """Elements of another type than they have."""
    for value in [*_STAR, *_ODD, {"AWS": [[]]}, {"AWS": [None]}, {"AWS": ""}]:
        text = json.dumps({"Statement": _one(Principal=value)})
        yield f"Principal {value!r}", text.encode(), value == "*" or value == {"AWS": ["*", "*"]}
    for element in ("Effect", "Action", "Sid", "Condition"):
        for value in _ODD:
            text = json.dumps({"Statement": _one(**{element: value})})
            # An empty Sid, and a Condition that asks for nothing.
            left_open = (element, value) in (("Sid", ""), ("Condition", {}))
            yield f"{element} {value!r}", text.encode(), None if left_open else False
    for operator in ("StringEquals", "NumericEquals", "Bool", "DateLessThan", "Null", "IpAddress"):
        for value in [*_ODD, "1e400", "9" * 1500, "-0", "1e-400", "0x1", "Infinity"]:
            block = {operator: {"aws:x": value}}
            yield (
                f"{operator} {value!r}"[:60],
                json.dumps({"Statement": _one(Condition=block)}).encode(),
                None,
            )
    for name in ("ForAllValues:", "ForAnyValue:StringEqualsX", "StringEqualsIfExistsIfExists", ""):
        text = json.dumps({"Statement": _one(Condition={name: {"aws:x": "y"}})})
        yield f"operator {name!r}", text.encode(), False
    for digits in ("1" * 4_000, "1" * 5_000, "1e" + "9" * 500, "1." + "0" * 3_000):
        text = _GOOD.replace(
            '"StringEquals":{"sts:ExternalId":"x"', f'"NumericEquals":{{"aws:x":{digits}'
        )
        yield f"a number of {len(digits)} characters", text.encode(), None


# -- who reads them ------------------------------------------------------------------


def parsed(texts: Iterator[Text], name: str) -> Counts:
    """The policy parser: it takes what is a policy, and means what the text says."""
    counts = Counts(f"policy JSON: {name}, the parser")
    for what, text, good in texts:
        try:
            document = PolicyDocument.parse(text)
            admitted = True
        except PolicyError:
            admitted = False
        except Exception as error:
            counts.findings.append(f"{what}: {type(error).__name__}")
            continue
        if admitted and (why := differs(text, document)):
            counts.findings.append(f"{what}: {why}")
            continue
        counts.note(what, good=admitted if good is None else good, admitted=admitted)
    return counts


def differs(text: bytes, document: PolicyDocument) -> str:
    """Where a document is not what Python's own reader sees in the text, or ''."""
    rendered = document.to_json()
    if PolicyDocument.parse(rendered).to_json() != rendered:
        return "its canonical form is not the same"
    try:
        value = json.loads(text, parse_int=str, parse_float=str)
        again = PolicyDocument.parse(value)
    except (ValueError, PolicyError) as error:
        return f"another reader does not take it ({type(error).__name__})"
    return "" if again == document else "another reader sees another policy"


def commands(texts: Iterator[Text], folder: Path) -> Counts:
    """`compare`, `lint` and `import`, on the file: an exit code that is documented."""
    counts = Counts("policy JSON: compare, lint, import")
    good, odd = folder / "good.json", folder / "odd.json"
    good.write_text(_GOOD)
    for what, text, _ in texts:
        odd.write_bytes(text)
        for command in (
            ["compare", str(good), str(odd)],
            ["compare", str(odd), str(good)],
            ["lint", str(odd)],
            ["import", str(odd), "--account", _ACCOUNT],
        ):
            said, complained = io.StringIO(), io.StringIO()
            try:
                with contextlib.redirect_stdout(said), contextlib.redirect_stderr(complained):
                    code = main(command)
            except BaseException as error:
                counts.findings.append(f"{what}, {command[0]}: {type(error).__name__}")
                continue
            if code not in range(5) or "Traceback" in complained.getvalue():
                counts.findings.append(f"{what}, {command[0]}: exit code {code}")
            elif code == 2:
                counts.refused += 1
            else:
                counts.accepted += 1
    return counts


Post = Callable[[dict[str, bytes]], tuple[int, str, dict[str, Any]]]


def over_http(texts: Iterator[Text], post: Post) -> Counts:
    """CreateRole: MalformedPolicyDocument or another of IAM's refusals, or a role whose
    trust policy comes back with the meaning that it had, and that STS can judge."""
    counts = Counts("policy JSON: CreateRole, GetRole, AssumeRole")
    for number, (what, text, good) in enumerate(texts):
        name = f"torture-{number}".encode()
        status, code, _ = post(
            {"Action": b"CreateRole", "RoleName": name, "AssumeRolePolicyDocument": text}
        )
        if status != 200:
            known = ("MalformedPolicyDocument", "ValidationError", "LimitExceeded", "InvalidInput")
            if status not in (400, 409, 413) or (status == 400 and code not in known):
                counts.findings.append(f"{what}: {status} {code}")
            elif good:
                counts.findings.append(f"{what}: refused with {code}")
            else:
                counts.refused += 1
            continue
        if good is False:
            counts.findings.append(f"{what}: admitted")
            continue
        why = _kept(text, name, post)
        if why:
            counts.findings.append(f"{what}: {why}")
        else:
            counts.accepted += 1
        post({"Action": b"DeleteRole", "RoleName": name})
    return counts


def elsewhere(texts: Iterator[Text], post: Post) -> Counts:
    """The other calls that take a policy: they refuse it as the client's fault, or take it."""
    counts = Counts("policy JSON: the other calls that take a policy")
    role = {"RoleName": b"torture"}
    post({"Action": b"CreateRole", **role, "AssumeRolePolicyDocument": _GOOD.encode()})
    _, _, made = post({"Action": b"GetRole", **role})
    session = {"RoleArn": made["arn"].encode(), "RoleSessionName": b"session", "ExternalId": b"x"}
    for what, text, good in texts:
        for call, given in (
            ("UpdateAssumeRolePolicy", {**role, "PolicyDocument": text}),
            ("PutRolePolicy", {**role, "PolicyName": b"own", "PolicyDocument": _identity(text)}),
            ("PutRolePolicy", {**role, "PolicyName": b"own", "PolicyDocument": text}),
            ("CreatePolicy", {"PolicyName": b"own", "PolicyDocument": _identity(text)}),
            ("AssumeRole", {**session, "Policy": _identity(text)}),
        ):
            status, code, _ = post({"Action": call.encode(), **given})
            if status in (400, 403, 409, 413):
                counts.refused += 1
            elif status == 200 and (good is not False or call == "AssumeRole"):
                counts.accepted += 1
            else:
                counts.findings.append(f"{what}, {call}: {status} {code}")
        post({"Action": b"UpdateAssumeRolePolicy", **role, "PolicyDocument": _GOOD.encode()})
    return counts


def _identity(text: bytes) -> bytes:
    """As a policy of a role: no principals, and a resource."""
    return text.replace(b'"Principal":{"AWS":"111122223333"}', b'"Resource":"*"').replace(
        b'"Principal": {"AWS": "111122223333"}', b'"Resource": "*"'
    )


def _kept(text: bytes, name: bytes, post: Post) -> str:
    status, code, role = post({"Action": b"GetRole", "RoleName": name})
    if status != 200:
        return f"GetRole: {status} {code}"
    try:
        if PolicyDocument.parse(role["document"]) != PolicyDocument.parse(text):
            return "what is kept means something else"
    except PolicyError as error:
        return f"what is kept cannot be read: {error.problem}"
    asked = {"RoleArn": role["arn"].encode(), "RoleSessionName": b"session", "ExternalId": b"xy"}
    status, code, _ = post({"Action": b"AssumeRole", **asked})
    return "" if status in (200, 403) else f"AssumeRole: {status} {code}"
