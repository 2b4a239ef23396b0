"""Letters: case, look-alikes, white space and percent encoding change who is meant"""

from tests.conformance.assume_role import ALICE, NAMING, AssumeRole, denied
from tests.conformance.case import Case, invalid
from tests.conformance.documents import given, trusts
from tests.conformance.pages import ASSUME, EXTERNAL, IDENTIFIERS, KEYS, OPERATORS, SOURCE
from tests.conformance.world import HOME

CYRILLIC_A = "\u0430"
ROWS: list[Case] = [
    AssumeRole(
        "role ARN with the name in another case",
        IDENTIFIERS,
        denied(),
        role={"name": "Letters-One"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/letters-one"},
    ),
    AssumeRole(
        "role ARN with the service in another case",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-two"},
        params={"RoleArn": f"arn:aws:IAM::{HOME}:role/letters-two"},
    ),
    AssumeRole(
        "role ARN with the partition in another case",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-three"},
        params={"RoleArn": f"arn:AWS:iam::{HOME}:role/letters-three"},
    ),
    AssumeRole(
        "role ARN with the kind in another case",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-four"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:Role/letters-four"},
    ),
    AssumeRole(
        "role ARN of another partition",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-five"},
        params={"RoleArn": f"arn:aws-cn:iam::{HOME}:role/letters-five"},
    ),
    AssumeRole(
        "role ARN with a region",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-six"},
        params={"RoleArn": f"arn:aws:iam:eu-central-1:{HOME}:role/letters-six"},
    ),
    AssumeRole(
        "role ARN with two slashes",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-seven"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role//letters-seven"},
    ),
    AssumeRole(
        "role ARN with a slash at its end", IDENTIFIERS, denied(), params={"RoleArn": "{role}/"}
    ),
    AssumeRole(
        "role ARN with a space at its end", IDENTIFIERS, denied(), params={"RoleArn": "{role} "}
    ),
    AssumeRole(
        "role ARN with a line feed at its end",
        IDENTIFIERS,
        ("AccessDenied", None),
        params={"RoleArn": "{role}\n"},
    ),
    AssumeRole(
        "role ARN with a wildcard",
        IDENTIFIERS,
        denied(),
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/*"},
    ),
    AssumeRole(
        "role ARN with a dot-dot path",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-eight"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/x/../letters-eight"},
    ),
    AssumeRole(
        "role ARN, percent-encoded",
        IDENTIFIERS,
        denied(),
        role={"name": "letters-nine"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/letters%2Dnine"},
    ),
    AssumeRole(
        "role ARN with a Cyrillic letter",
        IDENTIFIERS,
        ("AccessDenied", None),
        role={"name": "letters-a"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/letters-{CYRILLIC_A}"},
    ),
    AssumeRole(
        "role ARN with fullwidth digits",
        IDENTIFIERS,
        ("AccessDenied", None),
        params={"RoleArn": "arn:aws:iam::１１１１２２２２３３３３:role/red"},
    ),
    AssumeRole(
        "ARN of a user in place of a role", IDENTIFIERS, denied(), params={"RoleArn": ALICE}
    ),
    AssumeRole(
        "ARN of a session in place of a role",
        IDENTIFIERS,
        denied(),
        params={"RoleArn": f"arn:aws:sts::{HOME}:assumed-role/red/red-session"},
    ),
    AssumeRole(
        "name of a role in place of its ARN",
        ASSUME,
        ("ValidationError", "letters-of-some-length is invalid"),
        role={"name": "letters-of-some-length"},
        params={"RoleArn": "letters-of-some-length"},
    ),
    AssumeRole(
        "external ID with a space at its end",
        ASSUME,
        invalid("Unique-1 ", "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-1 "},
    ),
    AssumeRole(
        "external ID with a line feed at its end",
        ASSUME,
        invalid("Unique-1\n", "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-1\n"},
    ),
    AssumeRole(
        "external ID with a Cyrillic letter",
        ASSUME,
        ("ValidationError", None),
        trust=trusts(**given("StringEquals", sts__ExternalId="aa")),
        params={"ExternalId": f"a{CYRILLIC_A}"},
    ),
    AssumeRole(
        "external ID, percent-encoded",
        ASSUME,
        ("ValidationError", None),
        trust=trusts(**given("StringEquals", sts__ExternalId="a:b")),
        params={"ExternalId": "a%3Ab"},
    ),
    AssumeRole(
        "external ID, a pattern that is plain text for StringEquals",
        OPERATORS,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-*")),
        params={"ExternalId": "Unique-1"},
    ),
    AssumeRole(
        "external ID that is the beginning of the right one",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-"},
    ),
    AssumeRole(
        "external ID that goes on after the right one",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-12"},
    ),
    AssumeRole(
        "external ID by StringEqualsIgnoreCase",
        OPERATORS,
        trust=trusts(**given("StringEqualsIgnoreCase", sts__ExternalId="Unique-1")),
        params={"ExternalId": "UNIQUE-1"},
    ),
    AssumeRole(
        "external ID by StringLike, in another case",
        OPERATORS,
        denied(),
        trust=trusts(**given("StringLike", sts__ExternalId="Unique-*")),
        params={"ExternalId": "unique-1"},
    ),
    AssumeRole(
        "two external IDs in one",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId=["one1", "two2"])),
        params={"ExternalId": "one1,two2"},
    ),
    AssumeRole(
        "session name with a line feed at its end",
        ASSUME,
        invalid(
            "a-session\n", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"
        ),
        params={"RoleSessionName": "a-session\n"},
    ),
    AssumeRole(
        "session name with a fullwidth letter",
        ASSUME,
        ("ValidationError", None),
        params={"RoleSessionName": "ａ-session"},
    ),
    AssumeRole(
        "session name with an Arabic digit",
        ASSUME,
        ("ValidationError", None),
        params={"RoleSessionName": "session-\u0663"},
    ),
    AssumeRole(
        "session name with a slash",
        ASSUME,
        ("ValidationError", None),
        params={"RoleSessionName": "admin/alice"},
    ),
    AssumeRole(
        "session name that is empty",
        ASSUME,
        ("ValidationError", None),
        params={"RoleSessionName": ""},
    ),
    AssumeRole(
        "source identity in another case",
        SOURCE,
        denied(),
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="Alice")),
        params={"SourceIdentity": "alice"},
    ),
    AssumeRole(
        "source identity with a line feed at its end",
        ASSUME,
        ("ValidationError", None),
        params={"SourceIdentity": "alice\n"},
        trust=trusts(action=NAMING),
    ),
    AssumeRole(
        "a principal tag's value in another case",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__PrincipalTag___department="Red")),
    ),
    AssumeRole(
        "a principal tag's key in another case",
        KEYS,
        trust=trusts(**given("StringEquals", aws__PrincipalTag___Department="red")),
    ),
    AssumeRole(
        "an account number inside of an ARN pattern",
        KEYS,
        denied(),
        trust=trusts(**given("ArnLike", aws__PrincipalArn="arn:aws:iam::1111222233*:user/bob")),
    ),
    AssumeRole(
        "a user's ARN in another case",
        KEYS,
        denied(),
        trust=trusts(**given("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/Alice")),
    ),
    AssumeRole(
        "a user's ARN by StringLike",
        KEYS,
        trust=trusts(**given("StringLike", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/al*")),
    ),
    AssumeRole(
        "a number with spaces around it",
        ASSUME,
        ("MalformedInput", None),
        params={"DurationSeconds": " 900 "},
    ),
    AssumeRole(
        "a number with a point",
        ASSUME,
        ("MalformedInput", None),
        params={"DurationSeconds": "900.0"},
    ),
    AssumeRole(
        "a number in Arabic digits",
        ASSUME,
        ("MalformedInput", None),
        params={"DurationSeconds": "\u0663\u0666\u0660\u0660"},
    ),
    AssumeRole(
        "a negative number",
        ASSUME,
        invalid("-900", "durationSeconds", "have value greater than or equal to 900"),
        params={"DurationSeconds": -900},
    ),
    AssumeRole(
        "a number beyond all bounds",
        ASSUME,
        ("MalformedInput", None),
        params={"DurationSeconds": "9" * 40},
    ),
]
