"""The part of CreateRole's validation of a trust policy that needs no lookup.

Source: "AWS JSON policy elements: Principal", "Grammar of the IAM JSON policy
language", "CreateRole" of the IAM API reference; the messages are those AWS was seen
to answer with, under the code MalformedPolicyDocument.
"""

import re

from rolecall.policy.document import PolicyDocument
from rolecall.policy.errors import PolicyError, TrustDocumentError, quoted
from rolecall.policy.evaluate import CompiledPolicy
from rolecall.policy.glob import glob
from rolecall.policy.principals import Principals
from rolecall.policy.statement import Statement
from rolecall.policy.template import fill_in, parse_template

_ACTIONS = tuple(
    f"sts:{name}".lower()
    for name in (
        "AssumeRole",
        "AssumeRoleWithWebIdentity",
        "AssumeRoleWithSAML",
        "TagSession",
        "SetSourceIdentity",
        "SetContext",
    )
)
_ACTIONS_MESSAGE = "AssumeRole policy may only specify STS AssumeRole actions."
_FEDERATED_MESSAGE = "Federated principals must be valid domain names or SAML metadata ARNs"

_NAME = r"[\w+=,.@-]{1,64}"
_PATH = r"(?:[\x21-\x29\x2b-\x2e\x30-\x3e\x40-\x7e]{1,510}/)*"
_AWS_PRINCIPAL = re.compile(
    r"\*|[0-9]{12}|A(?:IDA|ROA)[A-Z0-9]{12,124}"
    r"|arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:(?:root|(?:user|role)/" + _PATH + _NAME + ")"
    r"|arn:aws(?:-[a-z]+)*:sts::[0-9]{12}:(?:assumed-role/" + _NAME + r"/[\w+=,.@-]{2,64}"
    r"|federated-user/[\w+=,.@-]{2,32})",
    re.ASCII,
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SERVICE = re.compile(
    rf"(?:{_LABEL}\.)+(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal|api\.aws)", re.ASCII
)
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII | re.IGNORECASE)
_PROVIDER = re.compile(
    r"arn:aws(?:-[a-z]+)*:iam::[0-9]{12}:"
    r"(?:saml-provider/[\w.-]{1,128}|oidc-provider/[\x21-\x29\x2b-\x3e\x40-\x7e]{1,255})",
    re.ASCII,
)
_SID = re.compile(r"[0-9A-Za-z]*", re.ASCII)


def check_trust_document(document: PolicyDocument) -> None:
    """Raise TrustDocumentError for what CreateRole and UpdateAssumeRolePolicy would refuse.

    Whether a user or role that is named exists, and the quota of the size, are other
    questions.
    """
    sids: set[str] = set()
    for index, statement in enumerate(document.statements):
        where = f"Statement[{index}]"
        _check_shape(statement, where)
        _check_sid(statement, where, sids)
        _check_actions(statement, f"{where}.Action")
        assert statement.principals is not None  # noqa: S101 - `_check_shape` saw to it
        _check_principals(statement.principals, f"{where}.Principal")
    try:
        CompiledPolicy(document)
    except PolicyError as error:
        raise TrustDocumentError(
            error.where, error.problem, error.remedy, "Syntax errors in policy."
        ) from None


def _check_shape(statement: Statement, where: str) -> None:
    for element, present in (
        ("Resource", bool(statement.resources)),
        ("NotResource", bool(statement.not_resources)),
        # "AWS JSON policy elements: NotPrincipal": not in a role trust policy.
        ("NotPrincipal", statement.not_principals is not None),
    ):
        if present:
            raise TrustDocumentError(
                f"{where}.{element}",
                f"a trust policy has no {element}",
                "remove it" if element != "NotPrincipal" else "name who is trusted in Principal",
                f"Has prohibited field {element}",
            )
    if statement.principals is None:
        raise TrustDocumentError(
            where,
            "it names no Principal",
            'write for example "Principal": {"AWS": "<ARN>"}',
            "Missing required field Principal",
        )


def _check_sid(statement: Statement, where: str, seen: set[str]) -> None:
    sid = statement.sid
    if not sid:
        return
    if not _SID.fullmatch(sid):
        raise TrustDocumentError(
            f"{where}.Sid",
            f"{quoted(sid)} is not alphanumeric",
            "use letters and digits only",
            "Statement IDs (SID) must be alpha-numeric. "
            "Check that your input satisfies the regular expression [0-9A-Za-z]*",
        )
    if sid in seen:
        raise TrustDocumentError(
            f"{where}.Sid",
            f"{quoted(sid)} is used twice",
            "give each statement its own",
            "Statement IDs (SID) in a single policy must be unique.",
        )
    seen.add(sid)


def _check_actions(statement: Statement, where: str) -> None:
    if statement.not_actions or not statement.actions:
        raise TrustDocumentError(
            where, "a trust policy needs Action", 'write "sts:AssumeRole"', _ACTIONS_MESSAGE
        )
    for action in statement.actions:
        lowered = action.lower()
        tokens = fill_in(parse_template(lowered, where, variables=False, wildcards=True), {})
        matches = glob(tokens or ())
        if not lowered.startswith("sts:") or not any(map(matches, _ACTIONS)):
            raise TrustDocumentError(
                where,
                f"{quoted(action)} is no action of assuming a role",
                "write sts:AssumeRole, sts:AssumeRoleWithWebIdentity, sts:AssumeRoleWithSAML, "
                "sts:TagSession, sts:SetSourceIdentity or sts:SetContext",
                _ACTIONS_MESSAGE,
            )


def _check_principals(principals: Principals, where: str) -> None:
    for kind, names, pattern, remedy in (
        (
            "AWS",
            principals.aws,
            _AWS_PRINCIPAL,
            'write an account id, the ARN of a user, a role or a session without wildcards, or "*"',
        ),
        (
            "Service",
            principals.service,
            _SERVICE,
            "write a service principal such as ec2.amazonaws.com",
        ),
    ):
        for name in names:
            if not pattern.fullmatch(name):
                raise TrustDocumentError(
                    f"{where}.{kind}",
                    f"{quoted(name)} is not a principal",
                    remedy,
                    f'Invalid principal in policy: "{kind if kind == "AWS" else "SERVICE"}":'
                    f'"{name}"',
                )
    for name in principals.federated:
        if not _DOMAIN.fullmatch(name) and not _PROVIDER.fullmatch(name):
            raise TrustDocumentError(
                f"{where}.Federated",
                f"{quoted(name)} is not an identity provider",
                "write the ARN of an OIDC or SAML provider, or a domain such as "
                "cognito-identity.amazonaws.com",
                _FEDERATED_MESSAGE,
            )
    for name in principals.canonical_user:
        # "AWS JSON policy elements: Principal": canonical user ids are Amazon S3's.
        raise TrustDocumentError(
            f"{where}.CanonicalUser",
            "a role cannot trust a canonical user",
            "write the account id under AWS",
            f'Invalid principal in policy: "CANONICALUSER":"{name}"',
        )
