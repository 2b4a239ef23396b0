"""The names of a Principal element in words."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from rolecall.explain.who import Who
from rolecall.explain.wording import account_words, shown
from rolecall.issuers import IssuerProblem, OidcIssuer, oidc_issuer
from rolecall.policy import Principals

_ARN = re.compile(
    r"arn:aws(?:-[a-z]+)*:(?P<service>iam|sts)::(?P<account>[0-9]{12}):"
    r"(?P<kind>root|user|role|assumed-role|federated-user|saml-provider|oidc-provider)"
    r"(?:/(?P<rest>.+))?",
    re.DOTALL,
)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)
_UNIQUE = re.compile(r"A(IDA|ROA)[A-Z0-9]{12,124}", re.ASCII)
_POSSIBLE = {"user": "iam", "role": "iam", "assumed-role": "sts", "federated-user": "sts"}


def named(principals: Principals) -> Iterator[tuple[str, str]]:
    """Every name with its kind, as the document has it."""
    if principals.everyone:
        yield "AWS", "*"
    for kind, texts in (
        ("AWS", principals.aws),
        ("Service", principals.service),
        ("Federated", principals.federated),
        ("CanonicalUser", principals.canonical_user),
    ):
        for text in sorted(set(texts)):
            yield kind, text


def account_of(text: str) -> str | None:
    """The account of a name under AWS, None where it has none."""
    if _ACCOUNT.fullmatch(text):
        return text
    found = _ARN.fullmatch(text)
    return found["account"] if found else None


def aws_who(text: str, names: Mapping[str, str]) -> Who:
    """Whom a name under AWS means."""
    if text == "*":
        return Who(
            "everybody",
            "everybody in AWS",
            "Every user and role of every AWS account, and every AWS service,",
            key="AWS=*",
        )
    if _ACCOUNT.fullmatch(text):
        return _account(text, names)
    if unique := _UNIQUE.fullmatch(text):
        kind = "user" if unique[1] == "IDA" else "role"
        return Who(
            f"IAM {kind}",
            f"the {kind} with the unique ID {text}",
            f"The {kind} with the unique ID",
            text,
            key=f"AWS={text}",
        )
    found = _ARN.fullmatch(text)
    if found is None or (found["rest"] is None) != (found["kind"] == "root"):
        return unknown("AWS", text)
    if found["kind"] == "root":
        return _account(found["account"], names)
    if found["service"] != _POSSIBLE.get(found["kind"]):
        return unknown("AWS", text)
    return _one(text, found["kind"], found["account"], found["rest"], names)


def _account(account: str, names: Mapping[str, str]) -> Who:
    words = account_words(account, names)
    return Who(
        "AWS account",
        f"every user and role of {words}",
        "Every user and role of",
        words,
        "that its administrators allow",
        f"AWS={account}",
    )


def _one(text: str, kind: str, account: str, rest: str, names: Mapping[str, str]) -> Who:
    words = account_words(account, names)
    if kind == "assumed-role":
        role, _, session = rest.partition("/")
        what = f"session {shown(session)} of role {shown(role)}"
        return Who(
            "IAM role session",
            f"{what} of {words}",
            "Session",
            f"{shown(session)} of role {shown(role)}",
            f"of {words}",
            f"AWS={text}",
        )
    if kind == "federated-user":
        name = shown(rest)
        return Who(
            "federated user",
            f"federated user {name} of {words}",
            "Federated user",
            name,
            f"of {words}",
            f"AWS={text}",
        )
    # The path tells apart what else would have one name before and after a change.
    name = shown(rest)
    return Who(
        f"IAM {kind}",
        f"{kind} {name} of {words}",
        kind.capitalize(),
        name,
        f"of {words}",
        f"AWS={text}",
    )


def service_who(text: str) -> Who:
    """An AWS service."""
    name = shown(text)
    if text == "pods.eks.amazonaws.com":
        return Who(
            "EKS Pod Identity",
            "any pod (EKS Pod Identity)",
            "All pods (EKS Pod Identity)",
            key=f"Service={text}",
        )
    if text == "rolesanywhere.amazonaws.com":
        return Who(
            "IAM Roles Anywhere",
            "holders of certificates (IAM Roles Anywhere)",
            "Holders of certificates, through IAM Roles Anywhere,",
            key=f"Service={text}",
        )
    return Who("AWS service", f"service {name}", "The AWS service", name, key=f"Service={text}")


def unknown(kind: str, text: str) -> Who:
    """A name that does not tell whom it means, or not yet."""
    return Who(
        "not known",
        f"whoever {shown(text)} is",
        "Whoever",
        shown(text),
        "is",
        f"{kind}={text}",
    )


def provider_host(text: str) -> str:
    """Host and path of an OIDC provider, from its name under Federated."""
    return text.partition(":oidc-provider/")[2] or text


def is_saml(text: str) -> bool:
    """Whether a name under Federated is a SAML provider's."""
    found = _ARN.fullmatch(text)
    return found is not None and found["kind"] == "saml-provider"


def may_bring(text: str) -> tuple[bool, bool]:
    """Whether whoever comes through a provider may have a token, and an assertion."""
    if is_saml(text):
        return False, True
    holes = "${" in text
    return not (holes and "saml" in text), holes and not ("oidc" in text or "openid" in text)


def saml_who(text: str, names: Mapping[str, str]) -> Who:
    """The users of a SAML provider."""
    found = _ARN.fullmatch(text)
    if found is None or not found["rest"]:
        return unknown("Federated", text)
    name, words = shown(found["rest"]), account_words(found["account"], names)
    return Who(
        "SAML",
        f"users of SAML provider {name} of {words}",
        "Users of SAML provider",
        name,
        f"of {words}",
        f"Federated={text}",
    )


@lru_cache(maxsize=256)
def issuer_of(host: str) -> OidcIssuer | None:
    """What is known of the issuer at a host and path."""
    try:
        return oidc_issuer(f"https://{host}")
    except IssuerProblem:
        return None
