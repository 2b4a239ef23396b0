"""One-time codes of virtual MFA devices (RFC 6238), as STS and IAM check them."""

import hmac
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyotp
from moto.iam.models import iam_backends

from rolecall.local.api import AwsError, Identity
from rolecall.policy import IamUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_STEP = 30
#: How many steps a device's clock may be off; RFC 6238 section 5.2 recommends one.
_DRIFT = 1
#: How far back the two codes that enable a device may lie.
_ENABLE_WINDOW = 10
_using = threading.Lock()


def check_code(
    cloud: "Cloud", identity: Identity, serial: str | None, code: str | None
) -> datetime | None:
    """The moment of MFA if a device and its code were given, None if neither was.

    The device must be enabled for the calling IAM user, and a code is good once
    (RFC 6238 section 5.2).

    Raises:
        AwsError: AccessDenied, in AWS's words, for anything else.
    """
    if serial is None and code is None:
        return None
    if serial is None or code is None:
        raise _failed(
            "failed, must provide both MFA serial number and one time pass code.",
            "one of SerialNumber and TokenCode was given without the other",
        )
    caller = identity.caller
    device = None
    if isinstance(caller, IamUser):
        user = cloud.directory.user(caller.account, caller.name)
        if user is not None and serial in user.mfa_serials:
            device = virtual_device(caller.account, serial)
    if device is None:
        raise _failed(
            "failed, unable to validate MFA code.  Please verify your MFA serial number is "
            "valid and associated with this user.",
            f"{serial} is not an MFA device of {caller.arn}",
        )
    now = cloud.now()
    step = int(now.timestamp()) // _STEP
    for candidate in range(step - _DRIFT, step + _DRIFT + 1):
        if _matches(device, candidate, code):
            if not _use(cloud, serial, candidate):
                raise _failed(
                    "failed with invalid MFA one time pass code. ",
                    f"this code of {serial} was used before; wait for the next one",
                )
            return now
    raise _failed(
        "failed with invalid MFA one time pass code. ", f"the code is not one of {serial} now"
    )


def enable(cloud: "Cloud", serial: str, device: Any, first: str, second: str) -> bool:
    """Whether two codes are consecutive ones of the device; if so, both count as used."""
    step = int(cloud.now().timestamp()) // _STEP
    for candidate in range(step - _ENABLE_WINDOW, step + _DRIFT + 1):
        if _matches(device, candidate, first) and _matches(device, candidate + 1, second):
            return _use(cloud, serial, candidate + 1)
    return False


def virtual_device(account: str, serial: str) -> Any | None:
    """Moto's record of a virtual device: its `base32_string_seed` is the secret."""
    if account not in iam_backends:
        return None
    return iam_backends[account]["aws"].virtual_mfa_devices.get(serial)


def _use(cloud: "Cloud", serial: str, step: int) -> bool:
    """Count the code of a time step as used; False if it, or a later one, was used before."""
    with _using:  # two calls with one code at the same moment: one of them is too late
        used = cloud.records.setdefault("mfa_steps", {})
        if step <= int(used.get(serial, -1)):
            return False
        used[serial] = step
    cloud.mark_changed()
    return True


def _matches(device: Any, step: int, code: str) -> bool:
    expected = pyotp.TOTP(device.base32_string_seed).generate_otp(step)
    return hmac.compare_digest(expected.encode(), code.encode())


def _failed(text: str, reason: str) -> AwsError:
    return AwsError("AccessDenied", f"MultiFactorAuthentication {text}", 403, reason)
