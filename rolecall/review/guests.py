"""Whoever shows a token, in nouns: `GitHub repo acme/infra, branch main`."""

from rolecall.explain import entities
from rolecall.policy import PolicyDocument, WebIdentity
from rolecall.policy.compare import Witness
from rolecall.policy.document import OLD_VERSION
from rolecall.problems import Problem


def noun_of(witness: Witness) -> str | None:
    """The workload or person of a witness with a token; None for every other caller.

    It is told as the only one whom a policy made for it would name. The old version of
    the language, so that a `${` in a claim is no variable.
    """
    caller = witness.attempt.caller
    if not isinstance(caller, WebIdentity):
        return None
    claims = {
        key: value for key, value in witness.attempt.context.items() if isinstance(value, str)
    }
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": caller.provider},
        "Action": witness.action,
        **({"Condition": {"StringEquals": claims}} if claims else {}),
    }
    try:
        document = PolicyDocument.parse({"Version": OLD_VERSION, "Statement": statement})
    except Problem:
        return None
    found = entities(document, account=None)
    return found[0].who if len(found) == 1 else None
