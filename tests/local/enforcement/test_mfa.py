"""One-time codes are real: computed from the seed, good for one use, for one user."""

import time
from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, People, allow, refused, trust

ALICE = f"arn:aws:iam::{HOME}:user/alice"
WITH_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
INVALID = "MultiFactorAuthentication failed with invalid MFA one time pass code. "


@pytest.fixture
def alice(people: People) -> dict[str, str]:
    return people.user("alice", allow("sts:*"), allow("iam:*"))


def test_assume_role_with_a_code(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    role = people.role("guarded", trust(ALICE, **WITH_MFA))
    sts = people.server.client("sts", alice)
    call = {"RoleArn": role, "RoleSessionName": "s1"}
    assert refused(sts.assume_role, **call).code == "AccessDenied"
    assert sts.assume_role(**call, SerialNumber=serial, TokenCode=totp.now())["Credentials"]


def test_a_code_is_good_once(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    role = people.role("guarded", trust(ALICE, **WITH_MFA))
    sts = people.server.client("sts", alice)
    call = {"RoleArn": role, "RoleSessionName": "s1", "SerialNumber": serial}
    code = totp.now()
    sts.assume_role(**call, TokenCode=code)
    again = refused(sts.assume_role, **call, TokenCode=code)
    assert (again.code, again.message.strip()) == ("AccessDenied", INVALID.strip())
    assert "used before" in again.reason


def test_one_code_sent_many_times_at_once(people: People, alice: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    serial, totp = people.device("alice")
    clients = [people.server.client("sts", alice) for _ in range(6)]
    code = totp.now()

    def attempt(sts: Any) -> bool:
        try:
            return bool(sts.get_session_token(SerialNumber=serial, TokenCode=code))
        except sts.exceptions.ClientError:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(attempt, clients)) == 1


def test_a_code_is_good_once_for_all_operations(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    sts = people.server.client("sts", alice)
    code = totp.now()
    sts.get_session_token(SerialNumber=serial, TokenCode=code)
    assert refused(sts.get_session_token, SerialNumber=serial, TokenCode=code).status == 403


def test_a_wrong_code_and_an_old_one(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    sts = people.server.client("sts", alice)
    wrong = f"{(int(totp.now()) + 1) % 1000000:06d}"
    assert (
        "invalid MFA"
        in refused(sts.get_session_token, SerialNumber=serial, TokenCode=wrong).message
    )
    old = totp.at(int(time.time()) - 300)
    assert refused(sts.get_session_token, SerialNumber=serial, TokenCode=old).status == 403


def test_the_device_of_somebody_else(people: People, alice: Any) -> None:
    people.user("bob", allow("sts:*"))
    serial, totp = people.device("bob")
    sts = people.server.client("sts", alice)
    answer = refused(sts.get_session_token, SerialNumber=serial, TokenCode=totp.now())
    assert "associated with this user" in answer.message


def test_a_role_session_has_no_device(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    role = people.role("plain", trust(ALICE), allow("sts:*"))
    session = people.session(alice, role)
    sts = people.server.client("sts", session)
    answer = refused(
        sts.assume_role,
        RoleArn=role,
        RoleSessionName="s2",
        SerialNumber=serial,
        TokenCode=totp.now(),
    )
    assert "associated with this user" in answer.message


def test_enabling_needs_two_consecutive_codes(people: People, alice: Any) -> None:
    import pyotp

    iam = people.admin()
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
    totp = pyotp.TOTP(made["Base32StringSeed"].decode())
    now = int(time.time())
    call = {"UserName": "alice", "SerialNumber": made["SerialNumber"]}
    for first, second in (
        ("000000", "111111"),
        (totp.at(now - 60), totp.at(now)),
        (totp.at(now - 30), totp.at(now - 60)),
    ):
        answer = refused(
            iam.enable_mfa_device, **call, AuthenticationCode1=first, AuthenticationCode2=second
        )
        assert (answer.code, answer.status) == ("InvalidAuthenticationCode", 403)
    first, second = totp.at(now - 60), totp.at(now - 30)
    iam.enable_mfa_device(**call, AuthenticationCode1=first, AuthenticationCode2=second)
    assert len(iam.list_mfa_devices(UserName="alice")["MFADevices"]) == 1
    answer = refused(
        iam.enable_mfa_device, **call, AuthenticationCode1=first, AuthenticationCode2=second
    )
    assert answer.message == "MFA Device is already in use."


def test_a_code_that_enabled_a_device_is_used(people: People, alice: Any) -> None:
    import pyotp

    iam = people.admin()
    made = iam.create_virtual_mfa_device(VirtualMFADeviceName="alice")["VirtualMFADevice"]
    totp = pyotp.TOTP(made["Base32StringSeed"].decode())
    now = int(time.time())
    second = totp.at(now)
    iam.enable_mfa_device(
        UserName="alice",
        SerialNumber=made["SerialNumber"],
        AuthenticationCode1=totp.at(now - 30),
        AuthenticationCode2=second,
    )
    sts = people.server.client("sts", alice)
    answer = refused(sts.get_session_token, SerialNumber=made["SerialNumber"], TokenCode=second)
    assert answer.code == "AccessDenied"


def test_a_device_in_use_cannot_be_deleted(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    iam = people.admin()
    assert refused(iam.delete_virtual_mfa_device, SerialNumber=serial).code == "DeleteConflict"
    iam.deactivate_mfa_device(UserName="alice", SerialNumber=serial)
    iam.delete_virtual_mfa_device(SerialNumber=serial)
    sts = people.server.client("sts", alice)
    answer = refused(sts.get_session_token, SerialNumber=serial, TokenCode=totp.now())
    assert answer.code == "AccessDenied"


def test_a_device_can_be_tagged(people: People, alice: Any) -> None:
    iam = people.admin()
    made = iam.create_virtual_mfa_device(
        VirtualMFADeviceName="alice", Tags=[{"Key": "a", "Value": "1"}]
    )["VirtualMFADevice"]
    serial = made["SerialNumber"]
    iam.tag_mfa_device(SerialNumber=serial, Tags=[{"Key": "b", "Value": "2"}])
    iam.untag_mfa_device(SerialNumber=serial, TagKeys=["A"])
    assert iam.list_mfa_device_tags(SerialNumber=serial)["Tags"] == [{"Key": "b", "Value": "2"}]


def test_iam_is_open_to_get_session_token_only_with_mfa(people: People, alice: Any) -> None:
    serial, totp = people.device("alice")
    sts = people.server.client("sts", alice)
    plain = sts.get_session_token()["Credentials"]
    answer = refused(people.server.client("iam", plain).get_user, UserName="alice")
    assert (answer.code, answer.status) == ("InvalidClientTokenId", 403)
    assert "without MFA" in answer.reason
    strong = sts.get_session_token(SerialNumber=serial, TokenCode=totp.now())["Credentials"]
    iam = people.server.client("iam", strong)
    assert iam.get_user(UserName="alice")["User"]["UserName"] == "alice"
    assert iam.get_user()["User"]["UserName"] == "alice"


def test_mfa_counts_for_later_calls_of_get_session_token_only(people: People) -> None:
    careful = people.user("alice", allow("sts:*"), allow("s3:*", **WITH_MFA))
    serial, totp = people.device("alice")
    server = people.server
    assert refused(server.client("s3", careful).list_buckets).code == "AccessDenied"
    role = people.role("plain", trust(ALICE), allow("s3:*", **WITH_MFA))
    session = people.session(careful, role, SerialNumber=serial, TokenCode=totp.now())
    # Credentials of AssumeRole carry no MFA information, although MFA was given.
    assert refused(server.client("s3", session).list_buckets).code == "AccessDenied"
    later = totp.at(int(time.time()) + 30)
    strong = server.client("sts", careful).get_session_token(SerialNumber=serial, TokenCode=later)[
        "Credentials"
    ]
    assert server.client("s3", strong).list_buckets()["Buckets"] == []
