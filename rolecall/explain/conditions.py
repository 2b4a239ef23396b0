"""A condition of a statement as a clause: what holds of a request that meets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rolecall.explain.nouns import Noun, noun
from rolecall.explain.wording import account_words, any_of, length, ordered, shown
from rolecall.policy import Condition, PolicyError
from rolecall.policy.operators import Family, Operator, SetQualifier, parse_operator
from rolecall.policy.values import read_bool

_IF_TOLD = " (if the request tells it at all)"
_OR_UNTOLD = " (or is not told)"
_ORDER = {
    "Equals": "is",
    "NotEquals": "is not",
    "LessThan": "is less than",
    "LessThanEquals": "is at most",
    "GreaterThan": "is more than",
    "GreaterThanEquals": "is at least",
}
_TIME = {
    "Equals": "is",
    "NotEquals": "is not",
    "LessThan": "is before",
    "LessThanEquals": "is not after",
    "GreaterThan": "is after",
    "GreaterThanEquals": "is not before",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """Who calls, as far as the words depend on it. names: of accounts."""

    host: str = ""
    service: str = ""
    names: Mapping[str, str] = field(default_factory=dict, hash=False)

    def noun(self, key: str) -> Noun:
        """What a key is called here."""
        return noun(key, host=self.host, service=self.service)


def clause(condition: Condition, setting: Setting) -> str:
    """The condition in words, as they stand behind "if"."""
    try:
        operator = parse_operator(condition.operator)
    except PolicyError:  # of a document that was put together by hand
        return _literal(condition)
    if operator.family is Family.NULL:
        return _null(setting.noun(condition.key), condition.values)
    return (
        _special(operator, condition, setting)
        or _set(operator, condition, setting)
        or _plain(operator, condition, setting)
    )


def otherwise(condition: Condition, setting: Setting) -> str | None:
    """What holds of a request that does not meet the condition; None: no better words."""
    try:
        operator = parse_operator(condition.operator)
    except PolicyError:
        return None
    if operator.qualifier is not SetQualifier.NONE:
        return None
    if operator.family is Family.NULL:
        if _wanted(condition.values) == {True}:
            return clause(Condition("Null", condition.key, ("false",)), setting)
        return None
    if operator.family is Family.BOOL and _wanted(condition.values) == {False}:
        # Absent: Bool does not apply, so the request passes; IfExists does, so it fails.
        name = "Bool" if operator.if_exists else "BoolIfExists"
        return clause(Condition(name, condition.key, ("true",)), setting)
    if operator.negated:
        # Absent meets a negated condition, so the opposite demands that it is there.
        name = operator.name.replace("Not", "", 1)
        return clause(Condition(name, condition.key, condition.values), setting)
    return None


def _literal(condition: Condition) -> str:
    values = ", ".join(map(shown, ordered(condition.values)))
    return f"the condition {shown(condition.operator)} of {shown(condition.key)} holds for {values}"


def _wanted(values: tuple[str, ...]) -> set[bool | None]:
    return {read_bool(value) for value in values}


def _null(word: Noun, values: tuple[str, ...]) -> str:
    wanted = _wanted(values)
    if wanted == {True}:
        return f"{word.one} is not told"
    return f"{word.one} is told" if wanted == {False} else f"{word.one} is told or not"


def _special(operator: Operator, condition: Condition, setting: Setting) -> str | None:
    """Words of their own for what trust policies ask most."""
    key = condition.key.lower()
    exact = operator.family in (Family.STRING, Family.STRING_LIKE, Family.ARN)
    if operator.negated or operator.if_exists or not exact:
        return None
    if operator.qualifier is SetQualifier.ALL and operator.family is Family.STRING:
        keys = any_of(_values(operator, condition, setting))
        if key == "aws:tagkeys":
            return f"no session tags but {keys} are passed"
        if key == "sts:transitivetagkeys":
            return f"no session tags but {keys} are transitive"
    if operator.qualifier is not SetQualifier.NONE:
        return None
    if key == "sts:externalid":
        what = "an external ID" if _any_value(operator, condition) else "the agreed external ID"
        told = "" if _any_value(operator, condition) else f" {_match(operator, condition, setting)}"
        return f"{what}{told} is presented (external IDs are not secret)"
    if key == "aws:sourcearn" and setting.service == "rolesanywhere.amazonaws.com":
        return None
    if key in ("aws:sourceaccount", "aws:sourcearn") and not _any_value(operator, condition):
        match = _match(operator, condition, setting)
        what = "" if not match.startswith("like ") else "something "
        return f"it acts on behalf of {what}{match} only"
    return None


def _set(operator: Operator, condition: Condition, setting: Setting) -> str | None:
    if operator.qualifier is SetQualifier.NONE:
        return None
    word = setting.noun(condition.key)
    holds = _relation(operator, condition, word, setting)
    if operator.qualifier is SetQualifier.ALL:
        return f"each of {word.plural} {holds} (or there is none)"
    told = _IF_TOLD if operator.if_exists else ""
    return f"one of {word.plural} {holds}{told}"


def _plain(operator: Operator, condition: Condition, setting: Setting) -> str:
    word = setting.noun(condition.key)
    texts = (Family.STRING, Family.STRING_LIKE, Family.STRING_IGNORE_CASE)
    if word.yes and (operator.family is Family.BOOL or operator.family in texts):
        # A text is compared as it is; only the two that are ever sent are read as facts.
        sure = operator.family is Family.BOOL or set(condition.values) <= {"true", "false"}
        wanted = _wanted(condition.values) if sure and not operator.negated else set()
        told = _IF_TOLD if operator.if_exists else ""
        if wanted == {True}:
            return word.yes + told
        if wanted == {False}:
            return word.no + told
    told = ""
    if not word.always:
        told = _OR_UNTOLD if operator.negated else _IF_TOLD if operator.if_exists else ""
    return f"{word.one} {_relation(operator, condition, word, setting)}{told}"


def _relation(operator: Operator, condition: Condition, word: Noun, setting: Setting) -> str:
    family = operator.family
    values = _values(operator, condition, setting)
    if family is Family.NUMERIC:
        if word.seconds:
            values = [_seconds(value) for value in ordered(condition.values)]
        return f"{_ORDER[operator.name.removeprefix('Numeric')]} {any_of(values)}"
    if family is Family.DATE:
        return f"{_TIME[operator.name.removeprefix('Date')]} {any_of(values)}"
    if family is Family.IP:
        return f"is {'not ' if operator.negated else ''}in {any_of(values)}"
    if family is Family.BINARY:
        return f"is the bytes {any_of(values)} (in base64)"
    if _any_value(operator, condition) and family is Family.STRING_LIKE and not operator.negated:
        return "has any value"
    negation = "not " if operator.negated else ""
    return f"is {negation}{_match(operator, condition, setting)}"


def _match(operator: Operator, condition: Condition, setting: Setting) -> str:
    """The values, with what kind of match it is."""
    values = _values(operator, condition, setting)
    wild = any("*" in value or "?" in value for value in condition.values)
    if operator.family in (Family.STRING_LIKE, Family.ARN):
        return f"like {any_of(values)}" if wild else any_of(values)
    to_the_letter = " to the letter" if wild else ""
    if operator.family is Family.STRING_IGNORE_CASE:
        return f"{any_of(values)}{to_the_letter}, in upper or lower case"
    return f"{any_of(values)}{to_the_letter}"


def _values(operator: Operator, condition: Condition, setting: Setting) -> list[str]:
    """The values in words. Typed ones are never read as anything but themselves."""
    found = ordered(condition.values)
    if setting.noun(condition.key).account and operator.family in (
        Family.STRING,
        Family.STRING_LIKE,
    ):
        return [
            account_words(value, setting.names) if value.isdigit() else shown(value)
            for value in found
        ]
    return [shown(value) for value in found]


def _any_value(operator: Operator, condition: Condition) -> bool:
    return operator.family is Family.STRING_LIKE and any(
        value.strip("*") == "" and value for value in condition.values
    )


def _seconds(value: str) -> str:
    return length(int(value)) if value.isascii() and value.isdigit() and len(value) < 12 else value
