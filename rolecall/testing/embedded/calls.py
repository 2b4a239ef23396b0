"""The caller's own call of STS, over HTTP, with what he would really present."""

from typing import TYPE_CHECKING, Any

from rolecall.policy import IamUser, RoleSession
from rolecall.testing.assertions import USUAL_ISSUER, Assertion
from rolecall.testing.callers import USUAL_IP, Caller, Service, Signed
from rolecall.testing.embedded.people import CannotTry, as_keys
from rolecall.testing.judge import Outcome
from rolecall.testing.tokens import Token

if TYPE_CHECKING:
    from rolecall.testing.embedded.aws import LocalAws
    from rolecall.testing.embedded.deployed import DeployedRole

#: How AWS says that a caller does not come in. Anything else is a fault of the test.
REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredTokenException",
        "IDPRejectedClaim",
        "InvalidIdentityToken",
    }
)
_REASON = "x-rolecall-reason"


def called(role: "DeployedRole", caller: Caller, aws: "LocalAws") -> Outcome:
    """Make the call, and tell how it ended.

    Raises `CannotTry`, and botocore's ClientError for an answer that is no refusal.
    """
    from botocore.exceptions import ClientError

    if caller.ip != USUAL_IP:
        raise CannotTry("The embedded AWS sees every call come from 127.0.0.1; ask the evaluator.")
    if caller.time is not None:
        raise CannotTry("A call happens now; move the time with local_aws.later(seconds).")
    if caller.context:
        keys = ", ".join(caller.context)
        raise CannotTry(f"A call cannot bring {keys}: AWS adds it; ask the evaluator.")
    try:
        answer = _made(role, caller, aws)
    except ClientError as error:
        told: Any = error.response
        code = str(told["Error"]["Code"])
        if code not in REFUSALS:
            raise
        reason = told["ResponseMetadata"].get("HTTPHeaders", {}).get(_REASON)
        return Outcome(False, str(reason or told["Error"]["Message"]), code=code)
    return Outcome(True, f"It became {answer['AssumedRoleUser']['Arn']}.")


def _made(role: "DeployedRole", caller: Caller, aws: "LocalAws") -> Any:
    if isinstance(caller, Signed):
        return _signed(role, caller, aws)
    if isinstance(caller, Token):
        return _token(role, caller, aws)
    if isinstance(caller, Assertion):
        return _assertion(role, caller, aws)
    if isinstance(caller, Service):
        raise CannotTry(f"Nobody but AWS can call as {caller.host}; ask the evaluator.")
    raise CannotTry(f"{caller} makes no call; ask the evaluator.")


def _signed(role: "DeployedRole", caller: Signed, aws: "LocalAws") -> Any:
    who, factor = caller.who, {}
    if who.partition != "aws":
        raise CannotTry("The embedded AWS has the partition aws only; ask the evaluator.")
    if isinstance(who, IamUser):
        if who.unique_id:
            raise CannotTry("AWS chooses unique IDs itself; delete the user and make him again.")
        keys = aws.people.keys_of_user(who.account, who.name, who.path)
        if caller.mfa_age:
            raise CannotTry("An MFA is as old as the call; ask the evaluator.")
        if caller.mfa:
            factor = aws.people.second_factor(who.account, who.name)
        elif caller.mfa is False:
            sts = aws.client("sts", keys=keys)
            keys = as_keys(sts.get_session_token()["Credentials"])
    elif isinstance(who, RoleSession):
        keys = aws.people.keys_of_session(
            who.account, who.role_name, who.role_path, who.session_name
        )
    else:
        raise CannotTry("The embedded AWS has no root users; ask the evaluator.")
    wish: dict[str, Any] = {
        "RoleArn": role.arn,
        "RoleSessionName": caller.session_name,
        **factor,
    }
    if caller.external_id is not None:
        wish["ExternalId"] = caller.external_id
    if caller.source_identity is not None:
        wish["SourceIdentity"] = caller.source_identity
    if caller.tags:
        wish["Tags"] = [{"Key": key, "Value": value} for key, value in caller.tags.items()]
        wish["TransitiveTagKeys"] = list(caller.transitive)
    return aws.client("sts", keys=keys).assume_role(**wish)


def _token(role: "DeployedRole", caller: Token, aws: "LocalAws") -> Any:
    if caller.provider_account is not None:
        raise CannotTry("AWS looks for the provider in the role's account; ask the evaluator.")
    return aws.nobody("sts").assume_role_with_web_identity(
        RoleArn=role.arn,
        RoleSessionName=caller.session_name,
        WebIdentityToken=signed_token(caller, aws),
    )


def signed_token(caller: Token, aws: "LocalAws") -> str:
    """A token that the stand-in of the issuer signs, with the caller's claims."""
    claims = caller.all_claims()
    sub = claims.pop("sub")
    # What is missing is said, or the stand-in would fill in the usual.
    claims = {"aud": None, **claims}
    given = {"issuer": caller.issuer.url, "subject": sub, "audience": "x", "claims": claims}
    return str(aws.running.control.call("POST", "oidc/token", given)["token"])


def _assertion(role: "DeployedRole", caller: Assertion, aws: "LocalAws") -> Any:
    if caller.provider_account is not None:
        raise CannotTry("AWS looks for the provider in the role's account; ask the evaluator.")
    if caller.recipient or caller.issuer != USUAL_ISSUER or caller.subject_format != "persistent":
        raise CannotTry("The stand-in writes neither endpoint nor issuer; ask the evaluator.")
    provider = f"arn:aws:iam::{role.account}:saml-provider/{caller.provider}"
    given = {
        "provider": provider,
        "role": role.arn,
        "session_name": caller.session_name,
        "subject": caller.subject,
        "attributes": {name: list(values) for name, values in caller.attributes.items()},
        "tags": dict(caller.tags),
        "transitive": list(caller.transitive),
        "source_identity": caller.source_identity,
    }
    response = aws.running.control.call("POST", "saml/response", given)["response"]
    return aws.nobody("sts").assume_role_with_saml(
        RoleArn=role.arn, PrincipalArn=provider, SAMLAssertion=response
    )


__all__ = ["REFUSALS", "CannotTry", "called", "signed_token"]
