"""Session tags: limits, reserved keys, who may tag, and what a tag decides"""

from random import Random
from string import ascii_letters
from typing import Any

from tests.conformance.assume_role import TAGGING, AssumeRole, denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import allow, given, policy, tags, trusts
from tests.conformance.pages import KEYS, QUOTAS, SEVERAL, STS_KEYS, TAGS, VARIABLES
from tests.conformance.world import HOME

_dice = Random(1337)
ROOT_OF_HOME = f"arn:aws:iam::{HOME}:root"
RESERVED: Expected = ("InvalidParameterValue", None)
TWICE: Expected = (
    "InvalidParameterValue",
    "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
)
NO_TAG: Expected = (
    "InvalidParameterValue",
    "The specified transitive tag key must be included in the requested tags.",
)


def tagged(name: str, page: str, expected: Expected, given_tags: Any, **more: Any) -> Case:
    params = {"Tags": given_tags, **more.pop("params", {})}
    more.setdefault("trust", trusts(action=TAGGING))
    return AssumeRole(name, page, expected, params=params, **more)


ROWS: list[Case] = [
    tagged("a key of 128 characters", TAGS, ALLOWED, tags(**{"k" * 128: "v"})),
    tagged("a value of 256 characters", TAGS, ALLOWED, tags(k="v" * 256)),
    tagged("a key of one character", TAGS, ALLOWED, tags(k="v")),
    tagged("an empty key", TAGS, ("ValidationError", None), [{"Key": "", "Value": "v"}]),
    tagged("a tag without a key", TAGS, ("ValidationError", None), [{"Value": "v"}]),
    tagged("an empty value", TAGS, ALLOWED, tags(k="")),
    tagged("a key of 128 letters beyond ASCII", TAGS, ALLOWED, tags(**{"é" * 128: "v"})),
    tagged("every sign that is allowed", TAGS, ALLOWED, tags(**{"a_.:/=+-@ b": "_.:/=+-@ c"})),
    tagged("a key with a comma", TAGS, ("ValidationError", None), tags(**{"a,b": "v"})),
    tagged("a key with an ampersand", TAGS, ("ValidationError", None), tags(**{"a&b": "v"})),
    tagged("a key with a dollar sign", TAGS, ("ValidationError", None), tags(**{"${a}": "v"})),
    tagged("a value with a question mark", TAGS, ("ValidationError", None), tags(k="a?b")),
    tagged("a value with a line feed", TAGS, ("ValidationError", None), tags(k="a\nb")),
    tagged("a value with a NUL", TAGS, ("ValidationError", None), tags(k="a\x00b")),
    tagged("a value that is an emoji", TAGS, ("ValidationError", None), tags(k="\U0001f600")),
    tagged("a key that begins with aws:", QUOTAS, RESERVED, tags(**{"aws:team": "v"})),
    tagged("a key that begins with AWS:", QUOTAS, RESERVED, tags(**{"AWS:team": "v"})),
    tagged("a key aws without colon", QUOTAS, ALLOWED, tags(aws="v")),
    tagged("a value that begins with aws:", QUOTAS, ALLOWED, tags(k="aws:v")),
    tagged("one key twice", TAGS, TWICE, [*tags(k="1"), *tags(k="1")]),
    tagged("one key thrice in three cases", TAGS, TWICE, tags(Key="1", KEY="1", key="1")),
    tagged("two keys that differ in a space", TAGS, ALLOWED, tags(**{"a b": "1", "ab": "1"})),
    tagged("fifty-one transitive keys", TAGS, ("ValidationError", None), tags(k="1"),
           params={"TransitiveTagKeys": ["k"] * 51}),
    tagged("a transitive key of 129 characters", TAGS, ("ValidationError", None), tags(k="1"),
           params={"TransitiveTagKeys": ["k" * 129]}),
    tagged("an empty transitive key", TAGS, ("ValidationError", None), tags(k="1"),
           params={"TransitiveTagKeys": [""]}),
    tagged("a transitive key in another case", TAGS, ALLOWED, tags(Team="1"),
           params={"TransitiveTagKeys": ["tEAM"]}),
    AssumeRole("transitive keys without tags", TAGS, NO_TAG, trust=trusts(action=TAGGING),
               params={"TransitiveTagKeys": ["team"]}),
    tagged("a key that is transitive and must not be", STS_KEYS, denied(), tags(a="1", b="1"),
           params={"TransitiveTagKeys": ["a", "b"]}, trust=trusts(
               action=TAGGING,
               **given("ForAllValues:StringEquals", sts__TransitiveTagKeys=["a"]))),
    tagged("nothing is transitive where something must be", STS_KEYS, denied(), tags(a="1"),
           trust=trusts(action=TAGGING,
                        **given("ForAnyValue:StringEquals", sts__TransitiveTagKeys=["a"]))),
    tagged("aws:TagKeys is all keys, one of them allowed", SEVERAL, ALLOWED, tags(a="1", b="1"),
           trust=trusts(action=TAGGING, **given("ForAnyValue:StringEquals", aws__TagKeys=["a"]))),
    tagged("aws:TagKeys by a plain operator, one key", SEVERAL, denied(), tags(a="1"),
           trust=trusts(action=TAGGING, **given("StringEquals", aws__TagKeys="a"))),
    tagged("aws:TagKeys by a plain operator, two keys", SEVERAL, denied(), tags(a="1", b="1"),
           trust=trusts(action=TAGGING, **given("StringEquals", aws__TagKeys="a"))),
    tagged("a requested tag is not yet a principal tag", TAGS, denied(), tags(team="blue"),
           trust=trusts(action=TAGGING,
                        **given("StringEquals", aws__PrincipalTag___team="blue"))),
    tagged("the user's own tag is no tag of the request", TAGS, denied(), tags(team="blue"),
           trust=trusts(action=TAGGING,
                        **given("StringEquals", aws__RequestTag___department="red"))),
    tagged("a tag that must be the caller's own", VARIABLES, ALLOWED, tags(department="red"),
           trust=trusts(action=TAGGING, **given(
               "StringEquals", aws__RequestTag___department="${aws:PrincipalTag/department}"))),
    tagged("a tag that must be the caller's own, and is another", VARIABLES, denied(),
           tags(department="blue"), trust=trusts(action=TAGGING, **given(
               "StringEquals", aws__RequestTag___department="${aws:PrincipalTag/department}"))),
    tagged("a tag that must be the caller's own, who has none", VARIABLES, denied(),
           tags(department=""), caller="frank", trust=trusts("@frank", TAGGING, **given(
               "StringEquals", aws__RequestTag___department="${aws:PrincipalTag/department}"))),
    tagged("the condition is on sts:TagSession alone, another value", TAGS,
           denied("sts:TagSession"), tags(team="red"), trust=[
               trusts(),
               trusts(action="sts:TagSession",
                      **given("StringEquals", aws__RequestTag___team="blue"))]),
    tagged("the condition is on sts:TagSession alone, a further tag", TAGS,
           denied("sts:TagSession"), tags(team="blue", admin="1"), trust=[
               trusts(),
               trusts(action="sts:TagSession",
                      **given("ForAllValues:StringEquals", aws__TagKeys=["team"]))]),
    AssumeRole("the condition is on sts:TagSession alone, no tags", TAGS, trust=[
        trusts(), trusts(action="sts:TagSession",
                         **given("StringEquals", aws__RequestTag___team="blue"))]),
    tagged("the account is trusted, the caller has sts:AssumeRole only", TAGS,
           denied("sts:TagSession"), tags(a="1"), caller="carol",
           trust=trusts(ROOT_OF_HOME, TAGGING)),
    tagged("the account is trusted, the caller may tag", TAGS, ALLOWED, tags(a="1"),
           trust=trusts(ROOT_OF_HOME, TAGGING)),
    tagged("he is named, and has sts:AssumeRole only, same account", TAGS, ALLOWED, tags(a="1"),
           caller="carol", trust=trusts("@carol", TAGGING)),
    tagged("fifty tags of 256 letters each", TAGS,
           ("PackedPolicyTooLarge", None),
           [{"Key": f"key{n}", "Value": "".join(_dice.choices(ascii_letters, k=256))}
            for n in range(50)]),
    tagged("tags within a policy that fills the space", TAGS, ("PackedPolicyTooLarge", None),
           [{"Key": f"key{n}", "Value": "".join(_dice.choices(ascii_letters, k=60))}
            for n in range(20)],
           params={"Policy": policy(allow([f"s3:{''.join(_dice.choices(ascii_letters, k=20))}"
                                           for _ in range(40)]))}),
    AssumeRole("a tag of the role, in another case of the key", STS_KEYS,
               role={"Tags": tags(Stage="tes")},
               trust=trusts(**given("StringEquals", aws__ResourceTag___stage="tes"))),
    AssumeRole("iam:ResourceTag is the role's tag", STS_KEYS, role={"Tags": tags(stage="tes")},
               trust=trusts(**given("StringEquals", iam__ResourceTag___stage="tes"))),
    AssumeRole("a tag of the role is no principal tag", KEYS, denied(),
               role={"Tags": tags(stage="tes")},
               trust=trusts(**given("StringEquals", aws__PrincipalTag___stage="tes"))),
    AssumeRole("a tag of the role is no requested tag", KEYS, denied(),
               role={"Tags": tags(stage="tes")},
               trust=trusts(**given("StringEquals", aws__RequestTag___stage="tes"))),
    tagged("a requested tag is no tag of the role", KEYS, denied(), tags(stage="tes"),
           trust=trusts(action=TAGGING, **given("StringEquals", aws__ResourceTag___stage="tes"))),
    AssumeRole("the role's tag must be the caller's", VARIABLES, role={"Tags": tags(unit="red")},
               trust=trusts(ROOT_OF_HOME, **given(
                   "StringEquals", aws__ResourceTag___unit="${aws:PrincipalTag/department}"))),
    AssumeRole("the role's tag must be the caller's, and is another", VARIABLES, denied(),
               role={"Tags": tags(unit="blue")},
               trust=trusts(ROOT_OF_HOME, **given(
                   "StringEquals", aws__ResourceTag___unit="${aws:PrincipalTag/department}"))),
]  # fmt: skip
