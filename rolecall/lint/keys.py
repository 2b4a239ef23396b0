"""Condition keys: which there are, how many values they have, who brings them.

Source: "AWS global condition context keys", "IAM and AWS STS condition context keys" (IAM
User Guide), "Single-valued vs. multivalued context keys".
"""

from enum import Enum, auto

from rolecall.issuers.saml_keys import MULTIVALUED
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.lint.trusted import Trusted, issuer_at
from rolecall.policy.compare.domains import NEVER, Who, domain_of


class Values(Enum):
    """How many values a key has."""

    ONE = auto()
    SEVERAL = auto()
    EITHER = auto()


def _names(text: str) -> list[str]:
    return text.split()


_SEVERAL = frozenset(
    {
        "aws:tagkeys",
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:sourceorgpaths",
        "aws:resourceorgpaths",
        "aws:vpceorgpaths",
        "sts:transitivetagkeys",
        "sts:requestcontextproviders",
    }
) | frozenset(f"saml:{name.lower()}" for name in MULTIVALUED)

_GLOBAL = frozenset(
    {
        *_SEVERAL,
        *(
            f"aws:{name}"
            for name in _names(
                "assumedroot calledviafirst calledvialast chatbotsourcearn currenttime "
                "ec2instancesourceprivateipv4 ec2instancesourcevpc epochtime federatedprovider "
                "multifactorauthage multifactorauthpresent principalaccount principalarn "
                "principalisawsservice principalorgid principalservicename principaltype referer "
                "requestedregion resourceaccount resourceorgid securetransport sourceaccount "
                "sourcearn sourceidentity sourceip sourceorgid sourceowner sourcevpc sourcevpcarn "
                "sourcevpce tokenissuetime useragent userid username viaawsservice vpceaccount "
                "vpceorgid vpcsourceip viaawsmcpservice calledviaawsmcp"
            )
        ),
        *(
            f"sts:{name}"
            for name in _names(
                "awsservicename durationseconds externalid rolesessionname sourceidentity "
                "taskpolicyarn"
            )
        ),
        # "Cross-service condition keys": of sessions that a service handed out.
        "ec2:roledelivery",
        "ec2:sourceinstancearn",
        "glue:roleassumedby",
        "glue:credentialissuingservice",
        "codebuild:buildarn",
        "codebuild:projectarn",
        "lambda:sourcefunctionarn",
        "ssm:sourceinstancearn",
        "identitystore:userid",
    }
)
_FAMILIES = (
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "iam:resourcetag/",
    "sts:requestcontext/",
)


def issuer_host(key: str) -> str:
    """The issuer before the claim, of a key in lower case: host and path; '' of other keys."""
    if key.startswith(("aws:", "sts:", "iam:", "saml:")) or "${" in key:
        return ""
    # A claim of CircleCI has a slash in its name, and a host in front of it.
    host, colon, _ = key.rpartition(":")
    return host if colon and "." in host.partition("/")[0] else ""


def values_of(key: str) -> Values:
    """How many values a key (in lower case) has."""
    if key in _SEVERAL:
        return Values.SEVERAL
    if key in _GLOBAL or key.startswith(_FAMILIES):
        return Values.ONE
    host, _, claim = key.rpartition(":")
    if key.startswith("saml:"):
        return Values.ONE if claim in ("aud", "iss", "sub", "doc", "sub_type") else Values.EITHER
    if issuer_host(key):
        if claim == "amr":
            return Values.SEVERAL
        known = set(issuer_at(host).claims)
        return Values.ONE if claim in ("sub", "email") or claim in known else Values.EITHER
    return Values.EITHER


def is_known(key: str) -> bool:
    """Whether AWS documents the key (in lower case) for requests to STS."""
    if key in _GLOBAL or key.startswith(_FAMILIES) or issuer_host(key):
        return True
    return key.startswith("saml:") or "${" in key


def may_have(who: Trusted, key: str) -> bool:
    """Whether a request of such a caller can have the key (in lower case)."""
    return any(_may_have(each, who, key) for each in who.who)


def _may_have(kind: Who, who: Trusted, key: str) -> bool:
    if kind is Who.SERVICE and key.startswith("aws:principaltag/"):
        # IAM Roles Anywhere tells the names of a certificate so.
        return who.text.startswith(("rolesanywhere.", "*"))
    if key == "saml:doc" and kind is Who.SAML:
        return True
    return domain_of(key, kind, who.host.lower(), TOKEN_KEYS, sets=False) != NEVER
