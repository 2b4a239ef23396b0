"""String operators, absent keys and IfExists."""

from tests.conformance.evaluator.case import Case, denying, granting

_OPERATORS = "IAM JSON policy elements: Condition operators"
_CONDITION = "IAM JSON policy elements: Condition"
_LOGIC = "Conditions with multiple context keys or values"

KEY = "aws:PrincipalTag/job"


def _rows() -> list[Case]:
    # (what the page says, operator, value in the policy, value in the request, holds)
    rows: list[tuple[str, str, object, str | None, bool]] = [
        ("StringEquals: exact matching", "StringEquals", "admin", "admin", True),
        ("StringEquals: another value", "StringEquals", "admin", "auditor", False),
        ("StringEquals: case sensitive", "StringEquals", "admin", "Admin", False),
        ("StringEquals: no wildcards", "StringEquals", "adm*", "admin", False),
        ("StringEquals: an asterisk is a character", "StringEquals", "adm*", "adm*", True),
        ("StringEquals: no partial match", "StringEquals", "admin", "administrator", False),
        ("StringEquals: the empty string", "StringEquals", "", "", True),
        ("StringEquals: key absent", "StringEquals", "admin", None, False),
        ("values of a key are ORed", "StringEquals", ["a", "b"], "b", True),
        ("values of a key are ORed, none", "StringEquals", ["a", "b"], "c", False),
        ("StringNotEquals: negated", "StringNotEquals", "admin", "auditor", True),
        ("StringNotEquals: equal", "StringNotEquals", "admin", "admin", False),
        ("StringNotEquals: case sensitive", "StringNotEquals", "admin", "ADMIN", True),
        ("StringNotEquals: key absent is true", "StringNotEquals", "admin", None, True),
        ("negated values are NORed", "StringNotEquals", ["a", "b"], "b", False),
        ("negated values are NORed, none", "StringNotEquals", ["a", "b"], "c", True),
        ("EqualsIgnoreCase", "StringEqualsIgnoreCase", "admin", "ADMIN", True),
        ("EqualsIgnoreCase: other", "StringEqualsIgnoreCase", "admin", "audit", False),
        ("EqualsIgnoreCase: no wildcards", "StringEqualsIgnoreCase", "adm?n", "admin", False),
        ("EqualsIgnoreCase: key absent", "StringEqualsIgnoreCase", "admin", None, False),
        ("NotEqualsIgnoreCase: equal", "StringNotEqualsIgnoreCase", "admin", "Admin", False),
        ("NotEqualsIgnoreCase: other", "StringNotEqualsIgnoreCase", "admin", "x", True),
        ("NotEqualsIgnoreCase: absent", "StringNotEqualsIgnoreCase", "admin", None, True),
        ("StringLike: asterisk", "StringLike", "adm*", "administrator", True),
        ("StringLike: asterisk stands for nothing", "StringLike", "adm*", "adm", True),
        ("StringLike: asterisk anywhere", "StringLike", "*:ref:*/main", "r:ref:heads/main", True),
        ("StringLike: question mark is one", "StringLike", "adm?n", "admin", True),
        ("StringLike: question mark is not none", "StringLike", "admin?", "admin", False),
        ("StringLike: question mark is not two", "StringLike", "adm?n", "admiin", False),
        ("StringLike: case sensitive", "StringLike", "ADM*", "admin", False),
        ("StringLike: the whole string", "StringLike", "adm", "admin", False),
        ("StringLike: a wildcard spans slashes", "StringLike", "a*z", "a/b/c/z", True),
        ("StringLike: a wildcard spans colons", "StringLike", "repo:o/*", "repo:o/r:ref:x", True),
        ("StringLike: several values", "StringLike", ["t1.*", "t2.*"], "t2.nano", True),
        ("StringLike: key absent", "StringLike", "*", None, False),
        ("StringNotLike: unlike", "StringNotLike", "adm*", "audit", True),
        ("StringNotLike: like", "StringNotLike", "adm*", "admin", False),
        ("StringNotLike: key absent is true", "StringNotLike", "adm*", None, True),
        ("StringNotLike: like one of several", "StringNotLike", ["a*", "b*"], "bx", False),
        ("IfExists: absent is true", "StringEqualsIfExists", "admin", None, True),
        ("IfExists: present is compared", "StringEqualsIfExists", "admin", "audit", False),
        ("IfExists: present and equal", "StringEqualsIfExists", "admin", "admin", True),
        ("LikeIfExists: absent", "StringLikeIfExists", "t1.*", None, True),
        ("LikeIfExists: present, unlike", "StringLikeIfExists", "t1.*", "m5.large", False),
        ("NotEqualsIfExists: absent", "StringNotEqualsIfExists", "x", None, True),
        ("NotEqualsIfExists: equal", "StringNotEqualsIfExists", "x", "x", False),
    ]
    return [
        granting(
            _OPERATORS,
            says,
            {operator: {KEY: values}},
            {} if found is None else {KEY: found},
            holds,
        )
        for says, operator, values, found, holds in rows
    ]


CASES: list[Case] = [
    *_rows(),
    denying(
        _OPERATORS,
        "a Deny with a negated IfExists still denies where the key is absent",
        {"StringNotEqualsIfExists": {KEY: "admin"}},
        {},
        True,
    ),
    denying(
        _OPERATORS,
        "a Deny with StringNotEquals denies where the key is absent",
        {"StringNotEquals": {KEY: "admin"}},
        {},
        True,
    ),
    denying(
        _OPERATORS,
        "a Deny with StringEquals does not where the key is absent",
        {"StringEquals": {KEY: "admin"}},
        {},
        False,
    ),
    granting(
        _CONDITION,
        "condition key names are not case-sensitive",
        {"StringEquals": {"AWS:principaltag/JOB": "admin"}},
        {KEY: "admin"},
        True,
    ),
    granting(
        _LOGIC,
        "several keys of one operator are ANDed: both hold",
        {"StringEquals": {KEY: "admin", "aws:PrincipalTag/team": "red"}},
        {KEY: "admin", "aws:PrincipalTag/team": "red"},
        True,
    ),
    granting(
        _LOGIC,
        "several keys of one operator are ANDed: one does not hold",
        {"StringEquals": {KEY: "admin", "aws:PrincipalTag/team": "red"}},
        {KEY: "admin", "aws:PrincipalTag/team": "blue"},
        False,
    ),
    granting(
        _LOGIC,
        "several operators are ANDed: one does not hold",
        {"StringEquals": {KEY: "admin"}, "Bool": {"aws:SecureTransport": "true"}},
        {KEY: "admin", "aws:SecureTransport": "false"},
        False,
    ),
    granting(
        _LOGIC,
        "several operators on one key are ANDed",
        {"StringLike": {KEY: "adm*"}, "StringNotEquals": {KEY: "admin-guest"}},
        {KEY: "admin-guest"},
        False,
    ),
]
