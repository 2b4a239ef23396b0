"""One-time codes of a virtual MFA device: whose, when, and how often."""

from datetime import datetime, timedelta
from typing import Any

import pyotp
import pytest

from rolecall.local.api import Identity
from rolecall.local.sts import mfa
from tests.local.sts.conftest import HOME, OTHER, Here, Refusal, refusal

STEP = timedelta(seconds=30)


class Alice:
    """A user with an enabled device, and one that is nobody's."""

    def __init__(self, here: Here) -> None:
        self.here = here
        self.identity = here.user("alice")
        self.device = self.made("alice")
        self.serial: str = self.device.serial_number
        here.iam.enable_mfa_device("alice", self.serial, "000000", "000000")

    def made(self, name: str) -> Any:
        return self.here.iam.create_virtual_mfa_device(name, "/")

    def code(self, moment: datetime | None = None, device: Any = None) -> str:
        seed = (device or self.device).base32_string_seed
        return pyotp.TOTP(seed).at((moment or self.here.now).timestamp())

    def check(self, code: str | None, **more: Any) -> datetime | None:
        given = {"identity": self.identity, "serial": self.serial, **more}
        return mfa.check_code(self.here.cloud, given["identity"], given["serial"], code)

    def refused(self, code: str | None, **more: Any) -> Refusal:
        return refusal(self.check, code, **more)


@pytest.fixture
def alice(here: Here) -> Alice:
    return Alice(here)


def failed(text: str, reason: str) -> Refusal:
    return Refusal("AccessDenied", f"MultiFactorAuthentication failed{text}", 403, reason)


def test_without_device_and_code_there_is_no_mfa(alice: Alice) -> None:
    assert alice.check(None, serial=None) is None


def test_a_device_and_its_code_go_together(alice: Alice) -> None:
    told = failed(
        ", must provide both MFA serial number and one time pass code.",
        "one of SerialNumber and TokenCode was given without the other",
    )
    assert alice.refused(None) == told
    assert alice.refused(alice.code(), serial=None) == told


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_the_code_of_now_and_of_the_next_step_on_each_side(alice: Alice, steps: int) -> None:
    assert alice.check(alice.code(alice.here.now + steps * STEP)) == alice.here.now
    assert alice.here.cloud.records["mfa_steps"] == {
        alice.serial: int(alice.here.now.timestamp()) // 30 + steps
    }


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_of_another_time(alice: Alice, steps: int) -> None:
    assert alice.refused(alice.code(alice.here.now + steps * STEP)) == failed(
        " with invalid MFA one time pass code. ", f"the code is not one of {alice.serial} now"
    )


def test_the_very_second_at_which_a_code_begins_and_ends(alice: Alice) -> None:
    begin = datetime.fromtimestamp(1_900_000_020 - 1_900_000_020 % 30, alice.here.now.tzinfo)
    code = alice.code(begin)
    alice.here.now = begin - STEP - timedelta(seconds=1)
    assert alice.refused(code).code == "AccessDenied"
    alice.here.now = begin + 2 * STEP
    assert alice.refused(code).code == "AccessDenied"
    alice.here.now = begin + 2 * STEP - timedelta(seconds=1)
    assert alice.check(code) == alice.here.now


def test_a_code_is_good_once_and_none_before_it_after_it(alice: Alice) -> None:
    now = alice.here.now
    changes: list[bool] = []
    alice.here.cloud.on_change = lambda: changes.append(True)
    assert alice.check(alice.code()) == now
    assert changes == [True], "it is kept with the state"
    for used in (alice.code(), alice.code(now - STEP)):
        assert alice.refused(used) == failed(
            " with invalid MFA one time pass code. ",
            f"this code of {alice.serial} was used before; wait for the next one",
        )
    assert changes == [True]
    assert alice.check(alice.code(now + STEP)) == now


def test_a_used_code_says_nothing_of_other_devices(alice: Alice) -> None:
    second = alice.made("second")
    alice.here.iam.enable_mfa_device("alice", second.serial_number, "000000", "000000")
    assert alice.check(alice.code())
    assert alice.check(alice.code(device=second), serial=second.serial_number)


def test_a_code_that_another_process_saw_used(alice: Alice) -> None:
    """Step numbers come back as JSON has them."""
    step = int(alice.here.now.timestamp()) // 30
    alice.here.cloud.records["mfa_steps"] = {alice.serial: step}
    assert alice.refused(alice.code()).reason.startswith("this code of")
    alice.here.cloud.records["mfa_steps"] = {alice.serial: step - 1}
    assert alice.check(alice.code())


@pytest.mark.parametrize("code", ["", "abcdef", "12345", "ä" * 6])
def test_what_is_no_code(alice: Alice, code: str) -> None:
    assert alice.refused(code).message.endswith("invalid MFA one time pass code. ")


def not_his(serial: str, who: Identity) -> Refusal:
    return failed(
        ", unable to validate MFA code.  Please verify your MFA serial number is valid and "
        "associated with this user.",
        f"{serial} is not an MFA device of {who.caller.arn}",
    )


def test_a_device_belongs_to_its_user(alice: Alice) -> None:
    bob = alice.here.user("bob")
    assert alice.refused(alice.code(), identity=bob) == not_his(alice.serial, bob)
    loose = alice.made("loose")
    code = alice.code(device=loose)
    assert alice.refused(code, serial=loose.serial_number) == not_his(
        loose.serial_number, alice.identity
    )


def test_a_root_user_has_no_device_here(alice: Alice) -> None:
    root = alice.here.root()
    assert alice.refused(alice.code(), identity=root) == not_his(alice.serial, root)


def test_a_user_who_is_gone_has_no_device(alice: Alice) -> None:
    del alice.here.iam.users["alice"]
    assert alice.refused(alice.code()) == not_his(alice.serial, alice.identity)


def test_a_device_that_was_deleted_behind_its_user(alice: Alice) -> None:
    del alice.here.iam.virtual_mfa_devices[alice.serial]
    assert alice.refused(alice.code()) == not_his(alice.serial, alice.identity)


def test_devices_of_an_account(alice: Alice) -> None:
    assert mfa.virtual_device(HOME, alice.serial) is alice.device
    assert mfa.virtual_device(HOME, alice.serial + "x") is None
    assert mfa.virtual_device(OTHER, alice.serial) is None
    assert not alice.here.cloud.directory.account_known(OTHER), "a question makes no account"


# -- enabling a device -----------------------------------------------------------------


def enabled(alice: Alice, steps: int, apart: int = 1) -> bool:
    first = alice.here.now + steps * STEP
    return mfa.enable(
        alice.here.cloud,
        alice.serial,
        alice.device,
        alice.code(first),
        alice.code(first + apart * STEP),
    )


@pytest.mark.parametrize("steps", [-10, -9, -1, 0, 1])
def test_two_consecutive_codes_enable_a_device(alice: Alice, steps: int) -> None:
    assert enabled(alice, steps) is True
    step = int(alice.here.now.timestamp()) // 30
    assert alice.here.cloud.records["mfa_steps"] == {alice.serial: step + steps + 1}
    assert enabled(alice, steps) is False, "both count as used"


@pytest.mark.parametrize("steps", [-11, 2])
def test_codes_of_another_time_enable_nothing(alice: Alice, steps: int) -> None:
    assert enabled(alice, steps) is False
    assert "mfa_steps" not in alice.here.cloud.records


@pytest.mark.parametrize("apart", [-1, 0, 2])
def test_codes_that_do_not_follow_each_other_enable_nothing(alice: Alice, apart: int) -> None:
    assert enabled(alice, -3, apart) is False


def test_one_right_code_of_two_enables_nothing(alice: Alice) -> None:
    right = [alice.code(), alice.code(alice.here.now + STEP)]
    cloud, serial, device = alice.here.cloud, alice.serial, alice.device
    assert mfa.enable(cloud, serial, device, right[0], "000000") is False
    assert mfa.enable(cloud, serial, device, "000000", right[1]) is False
