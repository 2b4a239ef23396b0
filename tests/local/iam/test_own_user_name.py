"""Operations in which a missing UserName means the calling user."""

from datetime import UTC, datetime

import pytest

from rolecall.local.iam import users
from rolecall.policy import IamUser, RoleSession, RootUser
from tests.local.iam.conftest import HOME, NOW, Iam, tree

OWN = [
    "CreateAccessKey",
    "DeleteAccessKey",
    "GetUser",
    "ListAccessKeys",
    "ListMFADevices",
    "ListSSHPublicKeys",
    "ListSigningCertificates",
    "UpdateAccessKey",
    "DeleteSigningCertificate",
    "UpdateSigningCertificate",
    "UploadSigningCertificate",
]
#: What the model asks of them beside the name.
MORE = {
    "AccessKeyId": "AKIAIOSFODNN7EXAMPLE",
    "Status": "Active",
    "CertificateId": "x" * 24,
    "CertificateBody": "body",
}


def ada() -> IamUser:
    return IamUser(account=HOME, name="ada")


def session() -> RoleSession:
    return RoleSession(account=HOME, role_name="deploy", session_name="s", role_id="AROA")


@pytest.mark.parametrize("action", OWN)
def test_the_callers_own_name(here: Iam, action: str) -> None:
    from rolecall.local import iam

    call = here.call(action, MORE)
    assert iam.before(call, here.identity(ada()), here.cloud) is None
    assert call.params["UserName"] == "ada"


@pytest.mark.parametrize("action", OWN)
def test_a_session_has_none(here: Iam, action: str) -> None:
    refusal = here.refused(action, MORE, by=here.identity(session()))
    words = "Must specify userName when calling with non-User credentials"
    assert refusal == ("ValidationError", words, 400)
    assert here.before(action, MORE, here.identity(session()), UserName="ada") is None


def test_a_name_that_is_given_counts(here: Iam) -> None:
    call = here.call("ListAccessKeys", UserName="ben")
    assert users.fill_in_own_name(call, here.identity(ada()), here.cloud) is None
    assert call.params["UserName"] == "ben"
    call = here.call("ListAccessKeys", UserName="")
    assert users.fill_in_own_name(call, here.identity(ada()), here.cloud) is None
    assert call.params["UserName"] == "ada"


def test_the_root_user_is_shown_to_itself(here: Iam) -> None:
    root = here.identity(RootUser(account=HOME))
    reply = here.before("GetUser", by=root)
    assert reply is not None
    shown = tree(reply)["User"]
    assert datetime.fromisoformat(shown.pop("CreateDate").replace("Z", "+00:00")) == NOW
    assert shown == {"UserId": HOME, "Arn": f"arn:aws:iam::{HOME}:root"}
    assert NOW.tzinfo is UTC
    assert here.refused("ListAccessKeys", by=root)[0] == "ValidationError"


def test_elsewhere_a_name_is_required(here: Iam) -> None:
    assert "Value null at 'userName'" in here.refused("DeleteUser", by=here.identity(ada()))[1]
    told = here.refused("ListUserPolicies", by=here.identity(ada()))
    assert told[0] == "ValidationError"
