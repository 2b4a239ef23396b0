"""Stories of the soak: what is made in IAM counts at once, and no longer when it is gone."""

import json
import re

from scripts.hardening.soak_client import Answer, Client, Key
from scripts.hardening.soak_sts import DENIED, become, who
from scripts.hardening.soak_world import HOME, World, allow, document, trust

THERE, GONE = "EntityAlreadyExists", "NoSuchEntity"


def _make(c: Client, w: World, action: str, undo: dict[str, str], **params: str) -> Answer:
    """Call Create…, and know how to undo it."""
    opposite = action.replace("Create", "Delete").replace("Put", "Delete")
    c.undo.append(lambda: c.form("iam", w.admin, opposite, **undo))
    return c.form("iam", w.admin, action, **undo, **params).want("", again=THERE)


def _undone(c: Client, w: World, action: str, **params: str) -> None:
    c.form("iam", w.admin, action, **params).want("", again=GONE)
    c.undo.pop()


def _no_keys(c: Client, w: World, user_name: str) -> Answer:
    """Delete all keys of a user."""
    listed = c.form("iam", w.admin, "ListAccessKeys", UserName=user_name)
    for key_id in re.findall("<AccessKeyId>([A-Z0-9]+)<", listed.text):
        c.form("iam", w.admin, "DeleteAccessKey", UserName=user_name, AccessKeyId=key_id)
    return listed


def user(c: Client, w: World, n: str) -> None:
    """A user, his key and his policy."""
    named = {"UserName": n}
    tag = {"Tags.member.1.Key": "team", "Tags.member.1.Value": "red"}
    _make(c, w, "CreateUser", named, **tag)
    c.form("iam", w.admin, "CreateUser", **named).want(THERE)
    c.undo.append(lambda: _no_keys(c, w, n))
    made = c.form("iam", w.admin, "CreateAccessKey", **named).want("")
    if made.repeated:
        return  # the first attempt may have made another, too
    key = made.key
    keyed = {**named, "AccessKeyId": key.key_id}
    who(c, key).want("")
    c.form("iam", key, "GetUser", **named).want(DENIED)
    policy = {**named, "PolicyName": "own"}
    own = document(allow("iam:GetUser", f"arn:aws:iam::{HOME}:user/{n}"))
    _make(c, w, "PutUserPolicy", policy, PolicyDocument=own)
    c.form("iam", key, "GetUser", **named).want("")
    c.form("iam", key, "GetUser", UserName="caller").want(DENIED)
    _undone(c, w, "DeleteUserPolicy", **policy)
    c.form("iam", key, "GetUser", **named).want(DENIED)
    c.form("iam", w.admin, "UpdateAccessKey", **keyed, Status="Inactive").want("")
    who(c, key).want("InvalidClientTokenId")
    c.form("iam", w.admin, "UpdateAccessKey", **keyed, Status="Active").want("")
    who(c, key).want("")
    c.form("iam", w.admin, "DeleteUser", **named).want("DeleteConflict")
    _undone(c, w, "DeleteAccessKey", **keyed)
    who(c, key).want("InvalidClientTokenId")
    _undone(c, w, "DeleteUser", **named)
    c.form("iam", w.admin, "GetUser", **named).want(GONE)


def role(c: Client, w: World, n: str) -> None:
    """A role, its trust policy, and sessions that end with it."""
    named, arn = {"RoleName": n}, w.role(n)
    trusts = document(trust(w.caller_arn))
    _make(c, w, "CreateRole", named, AssumeRolePolicyDocument=trusts)
    session = become(c, w.caller, arn, n).want("").key
    who(c, session).want("")
    c.send("s3:Get", "s3", session, "GET", "/soak-own/shared/hello").want(DENIED)
    own = {**named, "PolicyName": "own"}
    read = document(allow("s3:GetObject", "arn:aws:s3:::soak-own/shared/*"))
    _make(c, w, "PutRolePolicy", own, PolicyDocument=read)
    c.send("s3:Get", "s3", session, "GET", "/soak-own/shared/hello").want("")
    c.send("s3:Get", "s3", session, "GET", "/soak-own/hidden/hello").want(DENIED)
    other = document(trust(f"arn:aws:iam::{HOME}:user/nobody"))
    c.form("iam", w.admin, "UpdateAssumeRolePolicy", **named, PolicyDocument=other).want("")
    become(c, w.caller, arn, n).want(DENIED)
    _undone(c, w, "DeleteRolePolicy", **own)
    c.send("s3:Get", "s3", session, "GET", "/soak-own/shared/hello").want(DENIED)
    _undone(c, w, "DeleteRole", **named)
    who(c, session).want("InvalidClientTokenId")
    become(c, w.caller, arn, n).want(DENIED)


def managed(c: Client, w: World, n: str) -> None:
    """A managed policy, its versions, and a role that it is attached to."""
    arn = f"arn:aws:iam::{HOME}:policy/{n}"
    one, two = (document(allow(a, "arn:aws:s3:::soak-own/*")) for a in ("s3:PutObject", "s3:Get*"))
    c.undo.append(lambda: c.form("iam", w.admin, "DeletePolicy", PolicyArn=arn))
    c.form("iam", w.admin, "CreatePolicy", PolicyName=n, PolicyDocument=one).want("", again=THERE)
    _make(c, w, "CreateRole", {"RoleName": n}, AssumeRolePolicyDocument=document(trust(HOME)))
    joined = {"RoleName": n, "PolicyArn": arn}
    c.undo.append(lambda: c.form("iam", w.admin, "DetachRolePolicy", **joined))
    c.form("iam", w.admin, "AttachRolePolicy", **joined).want("")
    made = c.form(
        "iam",
        w.admin,
        "CreatePolicyVersion",
        PolicyArn=arn,
        PolicyDocument=two,
        SetAsDefault="true",
    ).want("")
    version = {"PolicyArn": arn, "VersionId": "v1"}
    c.form("iam", w.admin, "DeletePolicyVersion", **version).want("", again=GONE)
    if made.repeated:
        for number in ("v2", "v3"):
            old = {"PolicyArn": arn, "VersionId": number}
            c.form("iam", w.admin, "DeletePolicyVersion", **old).want("", GONE, "DeleteConflict")
    c.form("iam", w.admin, "DeletePolicy", PolicyArn=arn).want("DeleteConflict")
    bad = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Maybe"}]})
    c.form("iam", w.admin, "PutRolePolicy", RoleName=n, PolicyName="bad", PolicyDocument=bad).want(
        "MalformedPolicyDocument"
    )
    _undone(c, w, "DetachRolePolicy", **joined)
    _undone(c, w, "DeleteRole", RoleName=n)
    _undone(c, w, "DeletePolicy", PolicyArn=arn)


def providers(c: Client, w: World, n: str) -> None:
    """An OIDC and a SAML provider."""
    arn = f"arn:aws:iam::{HOME}:oidc-provider/{n}.example.com"
    named = {"OpenIDConnectProviderArn": arn}
    c.undo.append(lambda: c.form("iam", w.admin, "DeleteOpenIDConnectProvider", **named))
    made = {"Url": f"https://{n}.example.com", "ClientIDList.member.1": "app"}
    c.form("iam", w.admin, "CreateOpenIDConnectProvider", **made).want("", again=THERE)
    c.form("iam", w.admin, "CreateOpenIDConnectProvider", **made).want(THERE)
    c.form("iam", w.admin, "AddClientIDToOpenIDConnectProvider", **named, ClientID="two").want("")
    c.form("iam", w.admin, "GetOpenIDConnectProvider", **named).want("")
    _undone(c, w, "DeleteOpenIDConnectProvider", **named)
    c.form("iam", w.admin, "GetOpenIDConnectProvider", **named).want(GONE)
    saml = {"SAMLProviderArn": f"arn:aws:iam::{HOME}:saml-provider/{n}"}
    c.undo.append(lambda: c.form("iam", w.admin, "DeleteSAMLProvider", **saml))
    metadata = w.idp.metadata()
    c.form("iam", w.admin, "CreateSAMLProvider", Name=n, SAMLMetadataDocument=metadata).want(
        "", again=THERE
    )
    c.form("iam", w.admin, "UpdateSAMLProvider", **saml, SAMLMetadataDocument="<x/>").want(
        "InvalidInput", "ValidationError"
    )
    _undone(c, w, "DeleteSAMLProvider", **saml)


def strangers(c: Client, w: World, n: str) -> None:
    """Who has no permission changes nothing, in his account or another."""
    trusts = document(trust(w.caller_arn))
    wish = {"RoleName": n, "AssumeRolePolicyDocument": trusts}
    undo = lambda: c.form("iam", w.admin, "DeleteRole", RoleName=n)  # noqa: E731
    c.undo.append(undo)
    for key in (w.caller, w.session, Key(w.caller.key_id, "x" * 40)):
        c.form("iam", key, "CreateRole", **wish).want(DENIED, "SignatureDoesNotMatch")
    c.form("iam", None, "CreateRole", **wish).want("MissingAuthenticationToken")
    c.form("iam", w.caller, "CreateAccessKey", UserName="caller").want(DENIED)
    own = {"RoleName": "deployer", "PolicyName": "own"}
    c.form("iam", w.session, "DeleteRolePolicy", **own).want(DENIED)
    c.form("iam", w.other_admin, "GetRole", RoleName="deployer").want(GONE)
    c.form("iam", w.admin, "GetRole", RoleName=n).want(GONE)
    c.undo.remove(undo)
