"""Virtual MFA devices: what it takes to enable, resynchronise and remove one."""

from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.iam.kept_tags import remember_first_tags
from rolecall.local.iam.parameters import (
    already_exists,
    delete_conflict,
    no_such_entity,
    required,
    tags_of,
    validation_error,
)
from rolecall.local.iam.users import found_user
from rolecall.local.sts import mfa
from rolecall.local.sts.xml import IAM, query_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud


def device_created(call: ApiCall, account: str, reply: ApiReply, cloud: "Cloud") -> ApiReply:
    """CreateVirtualMFADevice: keep its tags, which moto does not."""
    path = call.params.get("Path") or "/"
    serial = f"arn:aws:iam::{account}:mfa{path}{call.params['VirtualMFADeviceName']}"
    remember_first_tags(cloud, account, serial, tags_of(call.params))
    return reply


def enable_mfa_device(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """EnableMFADevice: two consecutive codes of an existing device that nobody uses."""
    found_user(call, identity)
    serial = required(call.params, "SerialNumber")
    device = mfa.virtual_device(identity.account, serial)
    if device is None:
        raise _no_device(serial)
    if device.user is not None:
        raise already_exists("MFA Device is already in use.")
    _check_codes(call, cloud, serial, device)


def resync_mfa_device(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """ResyncMFADevice, which moto lacks: again two consecutive codes."""
    user = found_user(call, identity)
    serial = required(call.params, "SerialNumber")
    device = mfa.virtual_device(identity.account, serial)
    if serial not in user.mfa_devices or device is None:
        raise _no_device(serial)
    _check_codes(call, cloud, serial, device)
    return query_reply(call.action, IAM, cloud.new_request_id())


def deactivate_mfa_device(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """DeactivateMFADevice: AWS's words for a device that is not there."""
    user = found_user(call, identity)
    serial = required(call.params, "SerialNumber")
    if serial not in user.mfa_devices:
        raise _no_device(serial)


def delete_virtual_mfa_device(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """DeleteVirtualMFADevice: not while a user has it enabled."""
    serial = required(call.params, "SerialNumber")
    device = mfa.virtual_device(identity.account, serial)
    if device is None:
        raise _no_device(serial)
    if device.user is not None:
        raise delete_conflict("MFA VirtualDevice in use. Must deactivate first.")
    # A new device of this name has another seed; codes of the old one mean nothing to it.
    cloud.records.get("mfa_steps", {}).pop(serial, None)


def _check_codes(call: ApiCall, cloud: "Cloud", serial: str, device: Any) -> None:
    first = required(call.params, "AuthenticationCode1")
    second = required(call.params, "AuthenticationCode2")
    for name, code in (("authenticationCode1", first), ("authenticationCode2", second)):
        if len(code) != 6 or not (code.isascii() and code.isdigit()):
            raise validation_error(
                f"1 validation error detected: Value at '{name}' failed to satisfy constraint: "
                r"Member must satisfy regular expression pattern: [\d]+"
            )
    if not mfa.enable(cloud, serial, device, first, second):
        raise AwsError(
            "InvalidAuthenticationCode",
            "Authentication code for device is not valid.",
            403,
            "give two consecutive codes of the device, the older one first",
        )


def _no_device(serial: str) -> AwsError:
    return no_such_entity(f"MFA Device with serial number {serial} does not exist.")
