"""Parameters of AssumeRole."""

from tests.conformance.assume_role import AssumeRole
from tests.conformance.case import Case, invalid
from tests.conformance.pages import ASSUME

ROWS: list[Case] = [
    AssumeRole(
        "session name missing",
        ASSUME,
        invalid(None, "roleSessionName", "not be null"),
        params={"RoleSessionName": None},
    ),
    AssumeRole(
        "session name of one character",
        ASSUME,
        invalid("s", "roleSessionName", "have length greater than or equal to 2"),
        params={"RoleSessionName": "s"},
    ),
    AssumeRole("session name of 64 characters", ASSUME, params={"RoleSessionName": "s" * 64}),
    AssumeRole(
        "session name of 65 characters",
        ASSUME,
        invalid("s" * 65, "roleSessionName", "have length less than or equal to 64"),
        params={"RoleSessionName": "s" * 65},
    ),
    AssumeRole(
        "session name with a colon",
        ASSUME,
        invalid(
            "Session1:2", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"
        ),
        params={"RoleSessionName": "Session1:2"},
    ),
    AssumeRole(
        "session name with a letter beyond ASCII",
        ASSUME,
        invalid("jürgen", "roleSessionName", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        params={"RoleSessionName": "jürgen"},
    ),
    AssumeRole(
        "session name with every special character", ASSUME, params={"RoleSessionName": "a_+=,.@-"}
    ),
    AssumeRole(
        "role ARN missing",
        ASSUME,
        invalid(None, "roleArn", "not be null"),
        params={"RoleArn": None},
    ),
    AssumeRole(
        "role ARN too short",
        ASSUME,
        invalid("arn:aws:iam::1:x", "roleArn", "have length greater than or equal to 20"),
        params={"RoleArn": "arn:aws:iam::1:x"},
    ),
    AssumeRole(
        "role ARN is no ARN",
        ASSUME,
        ("ValidationError", "nothing-valid-in-here is invalid"),
        params={"RoleArn": "nothing-valid-in-here"},
    ),
    AssumeRole(
        "role ARN without partition",
        ASSUME,
        ("ValidationError", "arn::b:::something/test-role is invalid"),
        params={"RoleArn": "arn::b:::something/test-role"},
    ),
    AssumeRole(
        "role ARN without resource",
        ASSUME,
        ("ValidationError", "arn:a:a::aaaaaaaaaa: is invalid"),
        params={"RoleArn": "arn:a:a::aaaaaaaaaa:"},
    ),
    AssumeRole(
        "899 seconds",
        ASSUME,
        invalid("899", "durationSeconds", "have value greater than or equal to 900"),
        params={"DurationSeconds": 899},
    ),
    AssumeRole("900 seconds", ASSUME, params={"DurationSeconds": 900}),
    AssumeRole(
        "43201 seconds",
        ASSUME,
        invalid("43201", "durationSeconds", "have value less than or equal to 43200"),
        params={"DurationSeconds": 43201},
        role={"MaxSessionDuration": 43200},
    ),
    AssumeRole(
        "43200 seconds where the role allows them",
        ASSUME,
        params={"DurationSeconds": 43200},
        role={"MaxSessionDuration": 43200},
    ),
    AssumeRole(
        "longer than the role allows",
        ASSUME,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ),
        params={"DurationSeconds": 3601},
    ),
    AssumeRole(
        "as long as the role allows",
        ASSUME,
        params={"DurationSeconds": 7200},
        role={"MaxSessionDuration": 7200},
    ),
    AssumeRole(
        "external ID of one character",
        ASSUME,
        invalid("x", "externalId", "have length greater than or equal to 2"),
        params={"ExternalId": "x"},
    ),
    AssumeRole(
        "external ID with a space",
        ASSUME,
        invalid("a b", "externalId", r"satisfy regular expression pattern: [\w+=,.@:\/-]*"),
        params={"ExternalId": "a b"},
    ),
    AssumeRole(
        "external ID of 1225 characters",
        ASSUME,
        invalid("x" * 1225, "externalId", "have length less than or equal to 1224"),
        params={"ExternalId": "x" * 1225},
    ),
    AssumeRole(
        "source identity with a slash",
        ASSUME,
        invalid("a/b", "sourceIdentity", r"satisfy regular expression pattern: [\w+=,.@-]*"),
        params={"SourceIdentity": "a/b"},
    ),
    AssumeRole(
        "two violations at once",
        ASSUME,
        (
            "ValidationError",
            "2 validation errors detected: Value 's' at 'roleSessionName' failed to satisfy "
            "constraint: Member must have length greater than or equal to 2; Value '1' at "
            "'durationSeconds' failed to satisfy constraint: Member must have value greater than "
            "or equal to 900",
        ),
        params={"RoleSessionName": "s", "DurationSeconds": 1},
    ),
    AssumeRole(
        "token code of five digits",
        ASSUME,
        invalid("12345", "tokenCode", "have length greater than or equal to 6"),
        params={"SerialNumber": "arn:aws:iam::111122223333:mfa/x", "TokenCode": "12345"},
    ),
    AssumeRole(
        "token code with letters",
        ASSUME,
        invalid("12345a", "tokenCode", r"satisfy regular expression pattern: [\d]*"),
        params={"SerialNumber": "arn:aws:iam::111122223333:mfa/x", "TokenCode": "12345a"},
    ),
]
