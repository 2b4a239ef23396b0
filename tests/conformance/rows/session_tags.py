"""Session tags of AssumeRole."""

from random import Random
from string import ascii_letters

from tests.conformance.assume_role import TAGGING, AssumeRole, denied
from tests.conformance.case import Case, invalid
from tests.conformance.documents import given, tags, trusts
from tests.conformance.pages import TAGS
from tests.conformance.world import OTHER

_dice = Random(4711)
FIFTY = [{"Key": f"key{n}", "Value": "v"} for n in range(50)]
LONG_TAGS = [
    {"Key": f"k{n}", "Value": "".join(_dice.choices(ascii_letters, k=200))} for n in range(50)
]

ROWS: list[Case] = [
    AssumeRole("tags allowed", TAGS, trust=trusts(action=TAGGING), params={"Tags": tags(a="1")}),
    AssumeRole(
        "tags without sts:TagSession", TAGS, denied("sts:TagSession"), params={"Tags": tags(a="1")}
    ),
    AssumeRole(
        "tags, the caller lacks sts:TagSession",
        TAGS,
        denied("sts:TagSession"),
        caller="carol",
        trust=trusts("@carol", TAGGING),
        account=OTHER,
        params={"Tags": tags(a="1")},
    ),
    AssumeRole(
        "tag as wanted",
        TAGS,
        params={"Tags": tags(team="blue")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "tag not as wanted",
        TAGS,
        denied(),
        params={"Tags": tags(team="red")},
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "tag wanted and missing",
        TAGS,
        denied(),
        trust=trusts(action=TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "only these tag keys",
        TAGS,
        denied(),
        params={"Tags": tags(team="blue", other="x")},
        trust=trusts(action=TAGGING, **given("ForAllValues:StringEquals", aws__TagKeys=["team"])),
    ),
    AssumeRole(
        "transitive key as wanted",
        TAGS,
        params={"Tags": tags(team="blue"), "TransitiveTagKeys": ["team"]},
        trust=trusts(
            action=TAGGING, **given("ForAllValues:StringEquals", sts__TransitiveTagKeys=["team"])
        ),
    ),
    AssumeRole(
        "transitive key that is no tag",
        TAGS,
        (
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": tags(team="blue"), "TransitiveTagKeys": ["shift"]},
    ),
    AssumeRole(
        "keys that differ in case only",
        TAGS,
        (
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": tags(Team="1", team="2")},
    ),
    AssumeRole("fifty tags", TAGS, trust=trusts(action=TAGGING), params={"Tags": FIFTY}),
    AssumeRole(
        "fifty-one tags",
        TAGS,
        invalid("[51 tags]", "tags", "have length less than or equal to 50"),
        trust=trusts(action=TAGGING),
        params={"Tags": [*FIFTY, {"Key": "one-more", "Value": "v"}]},
    ),
    AssumeRole(
        "tag key of 129 characters",
        TAGS,
        invalid("k" * 129, "tags.1.member.key", "have length less than or equal to 128"),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k" * 129, "Value": "v"}]},
    ),
    AssumeRole(
        "tag value of 257 characters",
        TAGS,
        invalid("v" * 257, "tags.1.member.value", "have length less than or equal to 256"),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k", "Value": "v" * 257}]},
    ),
    AssumeRole(
        "tag value with letters of any script",
        TAGS,
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "Straße", "Value": "東京 1"}]},
    ),
    AssumeRole(
        "tag value with a character that is not allowed",
        TAGS,
        invalid(
            "a*b",
            "tags.1.member.value",
            r"satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*",
        ),
        trust=trusts(action=TAGGING),
        params={"Tags": [{"Key": "k", "Value": "a*b"}]},
    ),
    AssumeRole(
        "tags too large when packed",
        TAGS,
        ("PackedPolicyTooLarge", "Packed size of session tags…"),
        trust=trusts(action=TAGGING),
        params={"Tags": LONG_TAGS},
    ),
    AssumeRole(
        "inherited tag is a tag of the request",
        TAGS,
        caller="tagged",
        trust=trusts("@role-red", TAGGING, **given("StringEquals", aws__RequestTag___team="blue")),
    ),
    AssumeRole(
        "inherited tags need sts:TagSession too",
        TAGS,
        denied("sts:TagSession"),
        caller="tagged",
        trust=trusts("@role-red"),
    ),
    AssumeRole(
        "tag that is not transitive is not inherited",
        TAGS,
        denied(),
        caller="tagged",
        trust=trusts(
            "@role-red", TAGGING, **given("StringEquals", aws__RequestTag___shift="night")
        ),
    ),
    AssumeRole(
        "inherited tag cannot be overridden",
        TAGS,
        (
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.",
        ),
        caller="tagged",
        trust=trusts("@role-red", TAGGING),
        params={"Tags": tags(TEAM="red")},
    ),
]
