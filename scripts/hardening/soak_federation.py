"""Stories of the soak: tokens, assertions, pods, certificates, visitors; good and forged."""

import base64
import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

from lxml import etree

from scripts.hardening.soak_client import REGION, Answer, Client, Key
from scripts.hardening.soak_rude import control
from scripts.hardening.soak_sts import DENIED, who
from scripts.hardening.soak_world import CLUSTER, GITHUB, HOME, SUBJECT, World
from tests.local.gaps.certificates import Certificate, signed_headers
from tests.local.saml.idp import NS, Said

_POD = "pods.eks.amazonaws.com"
#: A token is refused where its issuer's keys cannot be had within five seconds, or others wait
#: for them: the stand-in issuer is the same process, and on a machine with too much to do it
#: happens. As with AWS one tries again.
_BUSY = re.compile(r"too many calls wait for issuers|does not answer in time|\(\w*Timeout\w*\)")
_TRIES = 20


def _patiently(c: Client, ask: Callable[[], Answer]) -> Answer:
    """Ask again while the issuer is too slow."""
    answer = ask()
    for _ in range(_TRIES):
        if not _BUSY.search(answer.headers.get("x-rolecall-reason", "")):
            break
        c.tally.slow_issuer += 1
        time.sleep(0.5)
        answer = ask()
    return answer


def _token(c: Client, w: World, **given: Any) -> str:
    wish = {"issuer": GITHUB, "subject": SUBJECT, "audience": "sts.amazonaws.com", **given}
    told = control(c, w, "POST", "oidc/token", wish).want("").text
    return str(json.loads(told)["token"])


def _web(c: Client, w: World, token: str, n: str, role: str = "web") -> Answer:
    wish = {"RoleArn": w.role(role), "RoleSessionName": n, "WebIdentityToken": token}
    return _patiently(c, lambda: c.form("sts", None, "AssumeRoleWithWebIdentity", **wish))


def web(c: Client, w: World, n: str) -> None:
    """A token as its issuer signs it."""
    got = _web(c, w, _token(c, w), n).want("").key
    who(c, got).want("")
    _web(c, w, _token(c, w), n, "closed").want(DENIED)


def forged_token(c: Client, w: World, n: str) -> None:
    """Tokens of another subject, for another audience, past their time, altered, unsigned."""
    _web(c, w, _token(c, w, subject=SUBJECT + "x"), n).want(DENIED)
    _web(c, w, _token(c, w, audience="another"), n).want("InvalidIdentityToken")
    _web(c, w, _token(c, w, seconds=-60), n).want("ExpiredTokenException")
    head, body, signature = _token(c, w).split(".")
    wrong = base64.urlsafe_b64encode(random.randbytes(256)).decode().rstrip("=")
    other = _token(c, w, subject="repo:acme/other").split(".")[1]
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
    for token in (
        f"{head}.{body}.{wrong}",
        f"{head}.{other}.{signature}",
        f"{none}.{body}.",
        f"{head}.{body}",
    ):
        _web(c, w, token, n).want("InvalidIdentityToken")


def _saml(c: Client, w: World, response: str, role: str = "saml") -> Answer:
    return c.form(
        "sts",
        None,
        "AssumeRoleWithSAML",
        RoleArn=w.role(role),
        PrincipalArn=w.saml,
        SAMLAssertion=response,
    )


def _stand_in(c: Client, w: World, n: str) -> str:
    wish = {"provider": w.saml, "role": w.role("saml"), "session_name": n, "subject": n}
    return str(json.loads(control(c, w, "POST", "saml/response", wish).want("").text)["response"])


def saml(c: Client, w: World, n: str) -> None:
    """A response of the stand-in: as often as one likes, but not for another role."""
    response = _stand_in(c, w, n)
    who(c, _saml(c, w, response).want("").key).want("")
    _saml(c, w, response).want("")
    _saml(c, w, response, "closed").want(DENIED, "InvalidIdentityToken")


def saml_once(c: Client, w: World, n: str) -> None:
    """An assertion of the provider itself that may be used once."""

    def once(assertion: etree._Element) -> None:
        conditions = assertion.find("saml:Conditions", NS)
        etree.SubElement(conditions, f"{{{NS['saml']}}}OneTimeUse")

    said = Said(role=w.role("saml"), provider=w.saml, session_name=n, before=once)
    response = base64.b64encode(etree.tostring(w.idp.response(said))).decode()
    _saml(c, w, response).want("", again="ExpiredTokenException")
    _saml(c, w, response).want("ExpiredTokenException")


def altered_saml(c: Client, w: World, n: str) -> None:
    """Responses that say something else than what was signed, and nonsense."""
    text = base64.b64decode(_stand_in(c, w, n))
    role = w.role("saml").encode()
    wrong = (
        text.replace(role, w.role("closed").encode()),
        text.replace(f">{n}<".encode(), b">administrator<"),
        text.replace(b"urn:amazon:webservices", b"urn:amazon:webservice"),
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + text,
    )
    for each in wrong:
        answer = _saml(c, w, base64.b64encode(each).decode())
        answer.want("InvalidIdentityToken", DENIED, "ValidationError")
    _saml(c, w, "nonsense").want("InvalidIdentityToken", "ValidationError")


def pod(c: Client, w: World, n: str) -> None:
    """EKS Pod Identity: the pod of the association, and others."""

    def ask(token: str) -> Answer:
        body = json.dumps({"token": token}).encode()
        target = f"/clusters/{CLUSTER}/assume-role-for-pod-identity"
        headers = {"Content-Type": "application/json"}
        return _patiently(
            c, lambda: c.send("eks-auth", "eks-auth", w.admin, "POST", target, body, headers)
        )

    def token(account: str, **more: Any) -> str:
        claims = {"kubernetes.io": {"namespace": "shop", "pod": {"name": n, "uid": n}}, **more}
        subject = f"system:serviceaccount:shop:{account}"
        return _token(c, w, issuer=w.cluster_issuer, subject=subject, audience=_POD, claims=claims)

    got = json.loads(ask(token("web")).want("").text)["credentials"]
    who(c, Key(got["accessKeyId"], got["secretAccessKey"], got["sessionToken"])).want("")
    ask(token("other")).want("ResourceNotFoundException")
    ask(token("web", aud="sts.amazonaws.com")).want("InvalidTokenException")
    ask(token("web")[:-6] + "AAAAAA").want("InvalidTokenException")


def anywhere(c: Client, w: World, n: str) -> None:
    """IAM Roles Anywhere: a certificate of the trust anchor, and one of a stranger."""
    del n

    def ask(certificate: Certificate, role: str) -> Answer:
        wish = {"trustAnchorArn": w.anchor, "profileArn": w.profile, "roleArn": w.role(role)}
        body = json.dumps(wish).encode()
        headers = signed_headers(f"127.0.0.1:{w.port}", REGION, certificate, body)
        # Whatever else begins with x-amz- would have to be signed too; amz-sdk- need not.
        return c.send("rolesanywhere", "rolesanywhere", None, "POST", "/sessions", body, headers)

    got = json.loads(ask(w.certificate, "workload").want("").text)["credentialSet"][0]
    held = got["credentials"]
    who(c, Key(held["accessKeyId"], held["secretAccessKey"], held["sessionToken"])).want("")
    ask(w.stranger, "workload").want("AccessDeniedException")
    ask(w.certificate, "deployer").want("AccessDeniedException")


def visitor(c: Client, w: World, n: str) -> None:
    """A guest of a Cognito identity pool, who is forgotten afterwards."""
    del n

    def ask(action: str, key: Key | None = None, **given: Any) -> Answer:
        headers = {
            "X-Amz-Target": f"AWSCognitoIdentityService.{action}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        body = json.dumps(given).encode()
        call = f"cognito:{action}"
        return c.send(call, "cognito-identity", key, "POST", "/", body, headers)

    made = json.loads(ask("GetId", IdentityPoolId=w.pool).want("").text)["IdentityId"]
    c.undo.append(lambda: ask("DeleteIdentities", w.admin, IdentityIdsToDelete=[made]))
    got = json.loads(ask("GetCredentialsForIdentity", IdentityId=made).want("").text)["Credentials"]
    key = Key(got["AccessKeyId"], got["SecretKey"], got["SessionToken"])
    told = who(c, key).want("")
    if f"{HOME}:assumed-role/guest/" not in told.text:
        raise told.wrong("a visitor with another role")
    ask("GetCredentialsForIdentity", IdentityId=f"{REGION}:{made[-36:]}x").want(
        "ValidationException", "InvalidParameterException", "ResourceNotFoundException"
    )
    ask(
        "GetCredentialsForIdentity",
        IdentityId=made,
        Logins={"cognito-identity.amazonaws.com": "a.b.c"},
    ).want("NotAuthorizedException", "InvalidParameterException")
    ask("ListIdentities", IdentityPoolId=w.pool, MaxResults=1).want(
        "MissingAuthenticationTokenException"
    )
    ask("ListIdentities", w.caller, IdentityPoolId=w.pool, MaxResults=1).want(
        "AccessDeniedException"
    )
    c.undo.pop()
    ask("DeleteIdentities", w.admin, IdentityIdsToDelete=[made]).want("")
    ask("GetCredentialsForIdentity", IdentityId=made).want("ResourceNotFoundException")
