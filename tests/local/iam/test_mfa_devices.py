"""Virtual MFA devices: enabled, resynchronised, deactivated, deleted."""

from typing import Any

import pyotp
import pytest

from rolecall.local.iam import kept_tags
from tests.local.iam.conftest import HOME, NOW, OTHER, Iam, tag_params

SERIAL = f"arn:aws:iam::{HOME}:mfa/phone"


def missing(serial: str) -> tuple[str, str, int]:
    return ("NoSuchEntity", f"MFA Device with serial number {serial} does not exist.", 404)


def device(here: Iam, name: str = "phone") -> Any:
    here.ask("CreateVirtualMFADevice", VirtualMFADeviceName=name)
    return here.home.virtual_mfa_devices[f"arn:aws:iam::{HOME}:mfa/{name}"]


def codes(made: Any, steps: int = 0, apart: int = 1) -> dict[str, str]:
    """Two codes, the first of them so many steps of 30 s from now."""
    otp, step = pyotp.TOTP(made.base32_string_seed), int(NOW.timestamp()) // 30 + steps
    return {
        "AuthenticationCode1": otp.generate_otp(step),
        "AuthenticationCode2": otp.generate_otp(step + apart),
    }


def own(made: Any, **more: str) -> dict[str, str]:
    return {"UserName": "ada", "SerialNumber": SERIAL, **codes(made), **more}


def enabled(here: Iam) -> Any:
    here.user()
    made = device(here)
    here.ask("EnableMFADevice", own(made, **codes(made, -5)))
    return made


@pytest.mark.parametrize("steps", [-10, -1, 0, 1])
def test_two_codes_after_each_other_enable_a_device(here: Iam, steps: int) -> None:
    here.user()
    made = device(here)
    here.ask("EnableMFADevice", own(made, **codes(made, steps)))
    user = here.cloud.directory.user(HOME, "ada")
    assert user is not None
    assert user.mfa_serials == (SERIAL,)


@pytest.mark.parametrize(("steps", "apart"), [(-11, 1), (2, 1), (0, 0), (0, 2), (0, -1)])
def test_other_codes_do_not(here: Iam, steps: int, apart: int) -> None:
    here.user()
    made = device(here)
    assert here.refused("EnableMFADevice", own(made, **codes(made, steps, apart))) == (
        "InvalidAuthenticationCode",
        "Authentication code for device is not valid.",
        403,
    )


@pytest.mark.parametrize("name", ["AuthenticationCode1", "AuthenticationCode2"])
def test_what_is_no_code(here: Iam, name: str) -> None:
    here.user()
    made = device(here)
    for code in ("12345", "1234567", "12345x", "\u0661" * 6):
        refusal = here.refused("EnableMFADevice", own(made, **{name: code}))
        at = f"Value at '{name[:1].lower()}{name[1:]}'"
        assert (refusal[0], at in refusal[1]) == ("ValidationError", True)
    assert "Value null at" in here.refused("EnableMFADevice", own(made, **{name: ""}))[1]


def test_a_device_that_is_not_there(here: Iam) -> None:
    here.user()
    made = device(here)
    for gone in (f"{SERIAL}x", SERIAL.replace(HOME, OTHER)):
        for action in ("EnableMFADevice", "ResyncMFADevice", "DeactivateMFADevice"):
            assert here.refused(action, own(made, SerialNumber=gone)) == missing(gone)
        assert here.refused("DeleteVirtualMFADevice", SerialNumber=gone) == missing(gone)
    for action in (
        "EnableMFADevice",
        "ResyncMFADevice",
        "DeactivateMFADevice",
        "DeleteVirtualMFADevice",
    ):
        assert "Value null at 'serialNumber'" in here.refused(action, UserName="ada")[1]


def test_a_device_in_use_is_neither_enabled_again_nor_deleted(here: Iam) -> None:
    made = enabled(here)
    here.user("ben")
    for user in ("ada", "ben"):
        assert here.refused("EnableMFADevice", own(made, UserName=user)) == (
            "EntityAlreadyExists",
            "MFA Device is already in use.",
            409,
        )
    words = "MFA VirtualDevice in use. Must deactivate first."
    assert here.refused("DeleteVirtualMFADevice", SerialNumber=SERIAL) == (
        "DeleteConflict",
        words,
        409,
    )


def test_a_device_is_deactivated_for_its_user_alone(here: Iam) -> None:
    made = enabled(here)
    here.user("ben")
    assert here.refused("DeactivateMFADevice", own(made, UserName="ben")) == missing(SERIAL)
    here.ask("DeactivateMFADevice", UserName="ada", SerialNumber=SERIAL)
    assert here.refused("DeactivateMFADevice", own(made)) == missing(SERIAL)
    assert here.code("DeleteVirtualMFADevice", SerialNumber=SERIAL) == ""


def test_resynchronising_takes_two_codes_that_were_not_used(here: Iam) -> None:
    made = enabled(here)
    reused = here.refused("ResyncMFADevice", own(made, **codes(made, -5)))
    assert reused[0] == "InvalidAuthenticationCode"
    assert here.refused("ResyncMFADevice", own(made, **codes(made, 0, 2)))[2] == 403
    reply = here.before("ResyncMFADevice", own(made))
    assert reply is not None
    assert b"<ResyncMFADeviceResponse" in reply.body
    assert here.refused("ResyncMFADevice", own(made))[0] == "InvalidAuthenticationCode"


def test_only_ones_own_device_is_resynchronised(here: Iam) -> None:
    made = enabled(here)
    here.user("ben")
    assert here.refused("ResyncMFADevice", own(made, UserName="ben")) == missing(SERIAL)
    del here.home.virtual_mfa_devices[SERIAL]
    assert here.refused("ResyncMFADevice", own(made)) == missing(SERIAL)


def test_a_new_device_of_the_name_has_used_no_code(here: Iam) -> None:
    made = enabled(here)
    other = device(here, "other")
    here.cloud.records["mfa_steps"][other.serial_number] = 7
    here.ask("DeactivateMFADevice", UserName="ada", SerialNumber=SERIAL)
    here.ask("DeleteVirtualMFADevice", SerialNumber=SERIAL)
    assert here.cloud.records["mfa_steps"] == {other.serial_number: 7}
    made = device(here)
    here.ask("EnableMFADevice", own(made, **codes(made, -9)))


def test_a_device_that_was_never_used_is_deleted(here: Iam) -> None:
    device(here)
    here.ask("DeleteVirtualMFADevice", SerialNumber=SERIAL)
    assert here.home.virtual_mfa_devices == {}


def test_tags_of_a_new_device_are_kept(here: Iam) -> None:
    tags = tag_params({"team": "web", "cost": "1"})
    here.ask("CreateVirtualMFADevice", tags, VirtualMFADeviceName="phone")
    here.ask("CreateVirtualMFADevice", tags, VirtualMFADeviceName="pad", Path="/x/")
    here.ask("CreateVirtualMFADevice", VirtualMFADeviceName="bare")
    for serial in (SERIAL, f"arn:aws:iam::{HOME}:mfa/x/pad"):
        found = kept_tags.tags_by_name(here.cloud, HOME, serial)
        assert found == {"team": "web", "cost": "1"}
    assert list(here.cloud.records["iam_tags"]) == [
        f"{HOME}/{SERIAL}",
        f"{HOME}/arn:aws:iam::{HOME}:mfa/x/pad",
    ]


def test_tags_that_no_device_has(here: Iam) -> None:
    new = {"VirtualMFADeviceName": "phone"}
    assert here.code("CreateVirtualMFADevice", {**new, **tag_params({"aws:a": "b"})}) != ""
    assert here.code("CreateVirtualMFADevice", {**new, **tag_params({"a": "1", "A": "2"})}) != ""
    assert here.code("CreateVirtualMFADevice", {**new, **tag_params({"a": "1"})}) == ""
