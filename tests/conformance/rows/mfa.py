"""Multi-factor authentication."""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, trusts
from tests.conformance.pages import MFA
from tests.conformance.world import HOME

ROWS: list[Case] = [
    AssumeRole(
        "MFA wanted, long-lived key",
        MFA,
        denied(),
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    AssumeRole(
        "MFA wanted, GetSessionToken with MFA",
        MFA,
        caller="alice-mfa",
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    AssumeRole(
        "MFA wanted, GetSessionToken without MFA",
        MFA,
        denied(),
        caller="alice-token",
        trust=trusts(**given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    AssumeRole(
        "recent MFA wanted and there",
        MFA,
        caller="alice-mfa",
        trust=trusts(**given("NumericLessThan", aws__MultiFactorAuthAge="3600")),
    ),
    AssumeRole(
        "recent MFA wanted, long-lived key",
        MFA,
        denied(),
        trust=trusts(**given("NumericLessThan", aws__MultiFactorAuthAge="3600")),
    ),
    AssumeRole(
        "refuse where MFA is false: a long-lived key has no such key",
        MFA,
        trust=[
            trusts(),
            {**trusts(), "Effect": "Deny", **given("Bool", aws__MultiFactorAuthPresent="false")},
        ],
    ),
    AssumeRole(
        "refuse unless MFA is true",
        MFA,
        denied(),
        trust=[
            trusts(),
            {
                **trusts(),
                "Effect": "Deny",
                **given("BoolIfExists", aws__MultiFactorAuthPresent="false"),
            },
        ],
    ),
    AssumeRole(
        "a role session carries no MFA",
        MFA,
        denied(),
        caller="red",
        trust=trusts("@role-red", **given("Bool", aws__MultiFactorAuthPresent="true")),
    ),
    AssumeRole(
        "serial number without code",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time "
            "pass code.",
        ),
        params={"SerialNumber": f"arn:aws:iam::{HOME}:mfa/alice"},
    ),
    AssumeRole(
        "code without serial number",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, must provide both MFA serial number and one time "
            "pass code.",
        ),
        params={"TokenCode": "123456"},
    ),
    AssumeRole(
        "device that is not his",
        MFA,
        (
            "AccessDenied",
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your "
            "MFA serial number is valid and associated with this user.",
        ),
        params={"SerialNumber": f"arn:aws:iam::{HOME}:mfa/nobodys", "TokenCode": "123456"},
    ),
]
