"""Numeric, date, Boolean, binary, IP address and Null operators."""

from tests.conformance.evaluator.case import Case, denying, granting

_OPERATORS = "IAM JSON policy elements: Condition operators"

AGE, TIME = "aws:MultiFactorAuthAge", "aws:CurrentTime"
MFA, IP, BLOB = "aws:MultiFactorAuthPresent", "aws:SourceIp", "example:Blob"
NOON = "2025-06-30T12:00:00Z"

Row = tuple[str, str, str, object, str | None, bool]

_NUMERIC: list[Row] = [
    ("NumericEquals", "NumericEquals", AGE, "10", "10", True),
    ("NumericEquals compares numbers, not texts", "NumericEquals", AGE, "10", "10.0", True),
    ("NumericEquals: another number", "NumericEquals", AGE, "10", "11", False),
    ("NumericEquals: absent", "NumericEquals", AGE, "10", None, False),
    ("NumericNotEquals", "NumericNotEquals", AGE, "10", "11", True),
    ("NumericNotEquals: equal", "NumericNotEquals", AGE, "10", "10", False),
    ("NumericNotEquals: absent is true", "NumericNotEquals", AGE, "10", None, True),
    ("NumericLessThan", "NumericLessThan", AGE, "3600", "3599", True),
    ("NumericLessThan: equal", "NumericLessThan", AGE, "3600", "3600", False),
    ("NumericLessThan is not textual", "NumericLessThan", AGE, "3600", "900", True),
    ("NumericLessThan: absent", "NumericLessThan", AGE, "3600", None, False),
    ("NumericLessThanEquals: equal", "NumericLessThanEquals", AGE, "10", "10", True),
    ("NumericLessThanEquals: above", "NumericLessThanEquals", AGE, "10", "10.5", False),
    ("NumericGreaterThan", "NumericGreaterThan", AGE, "10", "11", True),
    ("NumericGreaterThan: equal", "NumericGreaterThan", AGE, "10", "10", False),
    ("NumericGreaterThanEquals: equal", "NumericGreaterThanEquals", AGE, "10", "10", True),
    ("NumericGreaterThanEquals: below", "NumericGreaterThanEquals", AGE, "10", "9", False),
    ("decimal values", "NumericLessThan", AGE, "0.5", "0.25", True),
    ("negative values", "NumericLessThan", AGE, "0", "-1", True),
    ("a JSON number as the value", "NumericLessThan", AGE, 3600, "10", True),
    ("values are ORed", "NumericEquals", AGE, ["1", "2"], "2", True),
    ("IfExists: absent", "NumericLessThanIfExists", AGE, "10", None, True),
    ("IfExists: present", "NumericLessThanIfExists", AGE, "10", "11", False),
]
_DATES: list[Row] = [
    ("DateEquals", "DateEquals", TIME, NOON, NOON, True),
    ("DateEquals: one moment in two zones", "DateEquals", TIME, NOON, "2025-06-30T14:00:00+02:00",
     True),
    ("DateEquals: one second later", "DateEquals", TIME, NOON, "2025-06-30T12:00:01Z", False),
    ("DateEquals: epoch time", "DateEquals", TIME, "1751284800", NOON, True),
    ("DateNotEquals", "DateNotEquals", TIME, NOON, "2025-06-30T12:00:01Z", True),
    ("DateNotEquals: equal", "DateNotEquals", TIME, NOON, NOON, False),
    ("DateNotEquals: absent is true", "DateNotEquals", TIME, NOON, None, True),
    ("DateLessThan", "DateLessThan", TIME, NOON, "2025-06-30T11:59:59Z", True),
    ("DateLessThan: equal", "DateLessThan", TIME, NOON, NOON, False),
    ("DateLessThanEquals: equal", "DateLessThanEquals", TIME, NOON, NOON, True),
    ("DateLessThanEquals: after", "DateLessThanEquals", TIME, NOON, "2025-07-01", False),
    ("DateGreaterThan", "DateGreaterThan", TIME, "2020-01-01T00:00:01Z", NOON, True),
    ("DateGreaterThan: equal", "DateGreaterThan", TIME, NOON, NOON, False),
    ("DateGreaterThan: absent", "DateGreaterThan", TIME, NOON, None, False),
    ("DateGreaterThanEquals: equal", "DateGreaterThanEquals", TIME, NOON, NOON, True),
    ("DateGreaterThanEquals: before", "DateGreaterThanEquals", TIME, NOON, "2024-01-01", False),
    ("fractions of a second", "DateLessThan", TIME, "2025-06-30T12:00:00.5Z",
     "2025-06-30T12:00:00.25Z", True),
    ("a day begins at midnight", "DateEquals", TIME, "2025-06-30", "2025-06-30T00:00:00Z", True),
    ("IfExists: absent", "DateLessThanIfExists", "aws:TokenIssueTime", NOON, None, True),
]  # fmt: skip
_BOOL: list[Row] = [
    ("Bool", "Bool", MFA, "true", "true", True),
    ("Bool: false", "Bool", MFA, "true", "false", False),
    ("Bool: false wanted", "Bool", MFA, "false", "false", True),
    ("Bool: absent is false whatever is wanted", "Bool", MFA, "false", None, False),
    ("Bool: a JSON Boolean as the value", "Bool", MFA, True, "true", True),
    ("Bool: case does not matter", "Bool", MFA, "True", "true", True),
    ("BoolIfExists: absent", "BoolIfExists", MFA, "true", None, True),
    ("BoolIfExists: present", "BoolIfExists", MFA, "true", "false", False),
]
_BINARY: list[Row] = [
    ("BinaryEquals: byte for byte", "BinaryEquals", BLOB, "QmluYXJ5", "QmluYXJ5", True),
    ("BinaryEquals: other bytes", "BinaryEquals", BLOB, "QmluYXJ5", "YmluYXJ5", False),
    ("BinaryEquals: absent", "BinaryEquals", BLOB, "QmluYXJ5", None, False),
    ("BinaryEqualsIfExists: absent", "BinaryEqualsIfExists", BLOB, "QmluYXJ5", None, True),
]
_IP: list[Row] = [
    ("IpAddress: in the range", "IpAddress", IP, "203.0.113.0/24", "203.0.113.255", True),
    ("IpAddress: beside the range", "IpAddress", IP, "203.0.113.0/24", "203.0.114.0", False),
    ("IpAddress: the default prefix is /32", "IpAddress", IP, "203.0.113.5", "203.0.113.5", True),
    ("IpAddress: no prefix, next", "IpAddress", IP, "203.0.113.5", "203.0.113.6", False),
    ("IpAddress: everything", "IpAddress", IP, "0.0.0.0/0", "198.51.100.7", True),
    ("IpAddress: absent", "IpAddress", IP, "0.0.0.0/0", None, False),
    ("IpAddress: IPv6 range", "IpAddress", IP, "2001:DB8:1234:5678::/64",
     "2001:db8:1234:5678::9", True),
    ("IpAddress: beside the IPv6 range", "IpAddress", IP, "2001:DB8:1234:5678::/64",
     "2001:db8:1234:5679::9", False),
    ("IpAddress: an IPv4 range holds no IPv6", "IpAddress", IP, "0.0.0.0/0", "::1", False),
    ("IpAddress: mixed ranges", "IpAddress", IP, ["203.0.113.0/24", "2001:db8::/32"],
     "2001:db8::1", True),
    ("NotIpAddress: outside", "NotIpAddress", IP, "203.0.113.0/24", "198.51.100.7", True),
    ("NotIpAddress: inside", "NotIpAddress", IP, "203.0.113.0/24", "203.0.113.1", False),
    ("NotIpAddress: absent is true", "NotIpAddress", IP, "203.0.113.0/24", None, True),
    ("NotIpAddress: inside one of several", "NotIpAddress", IP,
     ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.7", False),
    ("IpAddressIfExists: absent", "IpAddressIfExists", IP, "203.0.113.0/24", None, True),
]  # fmt: skip
_NULL: list[Row] = [
    ("Null true: the key is absent", "Null", "aws:TokenIssueTime", "true", None, True),
    ("Null true: the key is there", "Null", "aws:TokenIssueTime", "true", NOON, False),
    ("Null false: the key is there", "Null", "aws:TokenIssueTime", "false", NOON, True),
    ("Null false: the key is absent", "Null", "aws:TokenIssueTime", "false", None, False),
    ("Null: a JSON Boolean as the value", "Null", "aws:TokenIssueTime", True, None, True),
]

CASES: list[Case] = [
    granting(
        _OPERATORS,
        says,
        {operator: {key: values}},
        {} if found is None else {key: found},
        holds,
    )
    for says, operator, key, values, found, holds in (
        *_NUMERIC,
        *_DATES,
        *_BOOL,
        *_BINARY,
        *_IP,
        *_NULL,
    )
] + [
    denying(
        _OPERATORS,
        "a Deny where the transport is not secure",
        {"Bool": {"aws:SecureTransport": "false"}},
        {"aws:SecureTransport": "false"},
        True,
    ),
    denying(
        "AWS: Denies access to AWS based on the source IP",
        "a Deny outside of the ranges",
        {"NotIpAddress": {IP: ["192.0.2.0/24", "203.0.113.0/24"]}},
        {IP: "198.51.100.7"},
        True,
    ),
    denying(
        "AWS: Denies access to AWS based on the source IP",
        "a Deny outside of the ranges, from inside",
        {"NotIpAddress": {IP: ["192.0.2.0/24", "203.0.113.0/24"]}},
        {IP: "203.0.113.7"},
        False,
    ),
    denying(
        "AWS: Allows MFA-authenticated IAM users to manage their own credentials",
        "BoolIfExists denies long-term keys, which lack the key",
        {"BoolIfExists": {MFA: "false"}},
        {},
        True,
    ),
    denying(
        "AWS: Allows MFA-authenticated IAM users to manage their own credentials",
        "Bool alone would not deny them",
        {"Bool": {MFA: "false"}},
        {},
        False,
    ),
    denying(
        "AWSRevokeOlderSessions",
        "a Deny of sessions issued before a moment",
        {"DateLessThan": {"aws:TokenIssueTime": NOON}},
        {"aws:TokenIssueTime": "2025-06-30T11:00:00Z"},
        True,
    ),
]
