"""What IAM refuses of trust policies that trust an issuer shared by many customers.

Source: "Identity-provider controls for shared OIDC providers", IAM User Guide. The page names
no message; that of Cognito was seen, the other says the same in its words.
"""

import re

from rolecall.issuers.shared_providers import REQUIRED_KEYS
from rolecall.policy import Condition, Effect, PolicyDocument, Statement, TrustDocumentError
from rolecall.policy.glob import glob
from rolecall.policy.operators import Family, SetQualifier, parse_operator
from rolecall.policy.template import fill_in, parse_template

_ACTION = "sts:assumerolewithwebidentity"
_PROVIDER = re.compile(r"arn:[^:]+:iam::[0-9]{12}:oidc-provider/(.+)\Z", re.DOTALL)
_COGNITO = "cognito-identity"
_FAMILIES = (Family.STRING, Family.STRING_IGNORE_CASE, Family.STRING_LIKE)


def check_shared_issuers(document: PolicyDocument) -> None:
    """Raise TrustDocumentError for a shared issuer whose tenant no condition tells.

    Each Allow of AssumeRoleWithWebIdentity that names such an issuer must compare the
    issuer's key (`sub`, of some `aud`) by StringEquals, StringLike or
    StringEqualsIgnoreCase with values that do not consist of wildcards only.
    """
    for index, statement in enumerate(document.statements):
        if statement.effect is not Effect.ALLOW or statement.principals is None:
            continue
        if not _admits(statement):
            continue
        for name in statement.principals.federated:
            provider = _PROVIDER.match(name)
            host = (provider[1] if provider else name).lower()
            key = REQUIRED_KEYS.get(host)
            if key and not any(_tells(condition, key) for condition in statement.conditions):
                raise TrustDocumentError(
                    f"Statement[{index}].Condition",
                    f"{host} is shared by many customers, and nothing says which one is meant",
                    f'compare "{key}" by StringEquals, or by StringLike with more than wildcards',
                    _message(host, key),
                )


def _admits(statement: Statement) -> bool:
    for action in statement.actions:
        template = parse_template(action.lower(), "Action", variables=False, wildcards=True)
        if glob(fill_in(template, {}) or ())(_ACTION):
            return True
    return False


def _tells(condition: Condition, key: str) -> bool:
    operator = parse_operator(condition.operator)
    # ForAllValues and IfExists let in a token without the claim, so they do not tell the
    # tenant; the page does not say whether IAM takes them. In doubt they are refused.
    return (
        condition.key.lower() == key.lower()
        and operator.family in _FAMILIES
        and not operator.negated
        and not operator.if_exists
        and operator.qualifier is not SetQualifier.ALL
        and bool(condition.values)
        and all(value.strip("*?") for value in condition.values)
    )


def _message(host: str, key: str) -> str:
    if host.startswith(_COGNITO):
        return "A condition block must be present for the Cognito provider"
    return f"The trust policy of shared OIDC provider {host} must evaluate the condition key {key}"
