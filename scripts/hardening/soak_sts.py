"""Stories of the soak: becoming a role with keys, and what the session may do."""

import json
import secrets

from scripts.hardening.soak_client import Answer, Client, Key
from scripts.hardening.soak_world import EXTERNAL_ID, HOME, OTHER, World

DENIED = "AccessDenied"


def become(c: Client, key: Key, role: str, name: str, **more: str) -> Answer:
    """AssumeRole."""
    return c.form("sts", key, "AssumeRole", RoleArn=role, RoleSessionName=name, **more)


def who(c: Client, key: Key) -> Answer:
    """GetCallerIdentity."""
    return c.form("sts", key, "GetCallerIdentity")


def _is(answer: Answer, arn: str) -> None:
    answer.want("")
    if answer.leaf("Arn") != arn:
        raise answer.wrong(f"{answer.leaf('Arn')}, not {arn}")


def allowed(c: Client, w: World, n: str) -> None:
    """A role with its external ID; its session is who it says."""
    got = become(c, w.caller, w.role("deployer"), n, ExternalId=EXTERNAL_ID).want("")
    _is(who(c, got.key), f"arn:aws:sts::{HOME}:assumed-role/deployer/{n}")


def denied(c: Client, w: World, n: str) -> None:
    """Whom the trust policy does not name, and who lacks the external ID."""
    deployer = w.role("deployer")
    become(c, w.caller, deployer, n).want(DENIED)
    become(c, w.caller, deployer, n, ExternalId=EXTERNAL_ID.upper()).want(DENIED)
    become(c, w.caller, w.role("closed"), n).want(DENIED)
    become(c, w.caller, w.role(f"none-{n}"), n).want(DENIED)
    become(c, w.caller, w.role("abroad-closed", OTHER), n).want(DENIED)
    become(c, w.session, deployer, n, ExternalId=EXTERNAL_ID).want(DENIED)


def abroad(c: Client, w: World, n: str) -> None:
    """A role of another account."""
    role = w.role("abroad", OTHER)
    got = become(c, w.caller, role, n, ExternalId=EXTERNAL_ID).want("")
    _is(who(c, got.key), f"arn:aws:sts::{OTHER}:assumed-role/abroad/{n}")
    become(c, w.other_admin, w.role("deployer"), n, ExternalId=EXTERNAL_ID).want(DENIED)


def chained(c: Client, w: World, n: str) -> None:
    """From role to role: one hour at the most, and only where it is trusted."""
    first = become(c, w.caller, w.role("chain-a"), n).want("").key
    become(c, first, w.role("chain-c"), n).want(DENIED)
    become(c, first, w.role("chain-b"), n, DurationSeconds="7200").want("ValidationError")
    second = become(c, first, w.role("chain-b"), n).want("").key
    _is(who(c, second), f"arn:aws:sts::{HOME}:assumed-role/chain-b/{n}")
    # chain-b is trusted by chain-c, but has no permission of its own: the same account.
    become(c, second, w.role("chain-a"), n).want(DENIED)


def tagged(c: Client, w: World, n: str) -> None:
    """Session tags, asked for by the trust policy and again by the role's own policy."""
    role = w.role("tagged")

    def tag(value: str) -> dict[str, str]:
        return {"Tags.member.1.Key": "team", "Tags.member.1.Value": value}

    become(c, w.caller, role, n).want(DENIED)
    become(c, w.caller, role, n, **tag("blue")).want(DENIED)
    got = become(c, w.caller, role, n, **tag("red")).want("").key
    c.send("s3:List", "s3", got, "GET", "/soak-own?list-type=2&max-keys=1").want("")
    c.send("s3:Get", "s3", got, "GET", "/soak-own/shared/hello").want(DENIED)


def limited(c: Client, w: World, n: str) -> None:
    """A session policy takes away what the role has, and adds nothing."""
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "iam:ListUsers"],
            "Resource": "*",
        },
    }
    got = become(
        c, w.caller, w.role("deployer"), n, ExternalId=EXTERNAL_ID, Policy=json.dumps(policy)
    )
    key = got.want("").key
    c.send("s3:Get", "s3", key, "GET", "/soak-own/shared/hello").want("")
    c.send("s3:Put", "s3", key, "PUT", f"/soak-own/limited/{n}", b"no").want(DENIED)
    c.form("iam", key, "ListUsers").want(DENIED)
    become(c, w.caller, w.role("deployer"), n, ExternalId=EXTERNAL_ID, Policy="{").want(
        "MalformedPolicyDocument"
    )


def whoever(c: Client, w: World, n: str) -> None:
    """Keys, the session from before every restart, and keys that are none."""
    del n
    _is(who(c, w.caller), w.caller_arn)
    _is(who(c, w.session), f"arn:aws:sts::{HOME}:assumed-role/deployer/from-the-start")
    who(c, Key(w.caller.key_id, secrets.token_hex(20))).want("SignatureDoesNotMatch")
    who(c, Key("AKIA" + "A" * 16, w.caller.secret)).want("InvalidClientTokenId")
    token = w.session.token or ""
    forged = token[:-8] + ("AAAAAAAA" if not token.endswith("AAAAAAAA") else "BBBBBBBB")
    who(c, Key(w.session.key_id, w.session.secret, forged)).want("InvalidClientTokenId")
    c.form("sts", None, "GetCallerIdentity").want("MissingAuthenticationToken")


def session_token(c: Client, w: World, n: str) -> None:
    """GetSessionToken: the user himself, but not for IAM."""
    got = c.form("sts", w.caller, "GetSessionToken", DurationSeconds="900").want("").key
    _is(who(c, got), w.caller_arn)
    c.form("sts", got, "GetSessionToken").want(DENIED)
    c.form("iam", got, "GetUser").want("InvalidClientTokenId", DENIED)
    become(c, got, w.role("chain-a"), n).want("")
    become(c, got, w.role("closed"), n).want(DENIED)
