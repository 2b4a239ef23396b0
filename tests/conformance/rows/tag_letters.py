"""Letters of session tags: case, look-alikes, white space, control characters"""

from tests.conformance.assume_role import TAGGING, AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, tags, trusts
from tests.conformance.pages import OPERATORS, SEVERAL, STS_KEYS, TAGS

CYRILLIC_A = "\u0430"
ROWS: list[Case] = [
    AssumeRole(
        "tag value in another case",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="Blue")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "tag value with a Cyrillic letter",
        OPERATORS,
        denied(),
        params={"Tags": tags(team=f"te{CYRILLIC_A}m")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="team")),
    ),
    AssumeRole(
        "tag value with a space at its end",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="blue ")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "tag value in another normal form of Unicode",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="Cafe\u00e9")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="Cafee\u0301")),
    ),
    AssumeRole(
        "tag value, ignoring case, with the Kelvin sign for a K",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="\u212aim")},
        trust=trusts(
            action=TAGGING, **given("StringEqualsIgnoreCase", aws__RequestTag___team="kim")
        ),
    ),
    AssumeRole(
        "tag value, ignoring case, with a long s",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="ma\u017fter")},
        trust=trusts(
            action=TAGGING, **given("StringEqualsIgnoreCase", aws__RequestTag___team="MASTER")
        ),
    ),
    AssumeRole(
        "tag value, ignoring case, ss is no sharp s",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="Strasse")},
        trust=trusts(
            action=TAGGING, **given("StringEqualsIgnoreCase", aws__RequestTag___team="Straße")
        ),
    ),
    AssumeRole(
        "tag key in another case is the same key",
        STS_KEYS,
        params={"Tags": tags(TEAM="blue")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "tag key in another case, among the values of aws:TagKeys",
        SEVERAL,
        denied(),
        params={"Tags": tags(TEAM="blue")},
        trust=trusts(action=TAGGING, **given("ForAllValues:StringEquals", aws__TagKeys=["team"])),
    ),
    AssumeRole(
        "tag key with a control character",
        TAGS,
        ("ValidationError", None),
        params={"Tags": [{"Key": "team\x1d", "Value": "v"}]},
        trust=trusts(action=TAGGING),
    ),
    AssumeRole(
        "tag value with a control character",
        TAGS,
        ("ValidationError", None),
        params={"Tags": [{"Key": "team", "Value": "v\x85"}]},
        trust=trusts(action=TAGGING),
    ),
    AssumeRole(
        "tag value with a tab",
        TAGS,
        ("ValidationError", None),
        params={"Tags": [{"Key": "team", "Value": "a\tb"}]},
        trust=trusts(action=TAGGING),
    ),
    AssumeRole(
        "tag value with a space of no width",
        TAGS,
        ("ValidationError", None),
        params={"Tags": [{"Key": "team", "Value": "bl\u200bue"}]},
        trust=trusts(action=TAGGING),
    ),
    AssumeRole(
        "tag key with an accent of its own",
        TAGS,
        ("ValidationError", None),
        params={"Tags": [{"Key": "e\u0301", "Value": "v"}]},
        trust=trusts(action=TAGGING),
    ),
    AssumeRole(
        "tag value with a no-break space is not the one with a space",
        OPERATORS,
        denied(),
        params={"Tags": tags(team="a\u00a0b")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="a b")),
    ),
]
