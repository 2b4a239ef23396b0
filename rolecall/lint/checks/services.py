"""RC013, RC023, and services that send no source: on whose behalf an AWS service acts."""

from collections.abc import Iterator

from rolecall.lint import strangers
from rolecall.lint.conditions import keys_of
from rolecall.lint.looked import Looked, account_in
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC007, RC008, RC013, RC022, RC023
from rolecall.lint.trusted import Kind, Trusted, actions
from rolecall.policy import Condition, Effect
from rolecall.policy.assume_role import ASSUME_ROLE, TAG_SESSION

_SOURCE = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
_PODS = "pods.eks.amazonaws.com"
#: Bound by iam:PassRole, which never crosses accounts; AWS's own trust policies for them
#: have no condition ("Use an IAM role to grant permissions to applications running on Amazon
#: EC2 instances", "Defining Lambda function permissions with an execution role").
_NEED_NONE = ("ec2.amazonaws.com", "lambda.amazonaws.com")
_SEND_NONE = ("ec2.amazonaws.com",)


def check(look: Looked) -> Iterator[Finding]:
    """Ask for a service that acts for somebody else."""
    if not look.allows or ASSUME_ROLE not in look.actions:
        return
    for who in look.trusted:
        if who.kind is not Kind.SERVICE:
            continue
        host = who.text.removesuffix(".cn")
        if host == _PODS:
            yield from _pods(look, who)
        elif host in _SEND_NONE and look.about(_SOURCE):
            yield look.find(
                RC022,
                f"{who.text} sends no source when it assumes a role, so that "
                f"{keys_of(look.about(_SOURCE))} never has anything to compare",
                "remove the condition",
            )
        elif host not in _NEED_NONE and look.admits(who.principals, *strangers.source()):
            yield _for_anybody(look, who)
        elif host not in _NEED_NONE:
            yield from _for_a_stranger(look, who)


def _for_a_stranger(look: Looked, who: Trusted) -> Iterator[Finding]:
    """The service is held to a source, and that is somebody else's."""
    owned = look.facts.owned
    found = {
        account
        for each in look.about(_SOURCE[:2])
        if each.positive
        for account in map(account_in, each.condition.values)
        if account and owned and account not in owned and account != look.facts.account
    }
    held = [Condition("StringEqualsIfExists", "aws:SourceAccount", tuple(sorted(found)))]
    if found and look.admits(who.principals, *held):
        yield look.find(
            RC013,
            f"{who.text} may use the role on behalf of account {' and '.join(sorted(found))}, "
            "which is somebody else's",
            'compare "aws:SourceAccount" with an account of your own',
        )


def _for_anybody(look: Looked, who: Trusted) -> Finding:
    about = look.about(_SOURCE)
    fix = 'compare "aws:SourceAccount" by StringEquals with your account, or "aws:SourceArn"'
    if about and all(each.soft and not each.for_all for each in about):
        negated = any(each.operator.negated for each in about)
        return look.find(
            RC007 if negated else RC008,
            f"{who.text} may act for any AWS customer, because {keys_of(about)} "
            + ("excludes some and admits all others" if negated else "admits a call without it"),
            fix,
            "medium",
        )
    return look.find(
        RC013, f"{who.text} may use the role on behalf of any AWS customer who knows its ARN", fix
    )


def _pods(look: Looked, who: Trusted) -> Iterator[Finding]:
    tags = any(
        statement.effect is Effect.ALLOW
        and statement.principals is not None
        and who.text in statement.principals.service
        and TAG_SESSION in actions(statement)
        for statement in look.document.statements
    )
    if not tags:
        yield look.find(
            RC023,
            "EKS Pod Identity sends session tags with each call, and sts:TagSession is not "
            "allowed, so no pod gets in",
            'write "Action": ["sts:AssumeRole", "sts:TagSession"]',
        )
    if not any(each.positive for each in look.conditions):
        yield look.find(
            RC023,
            "pods of every cluster of the account may be given the role",
            'compare "aws:SourceArn" with the cluster, and "aws:RequestTag/kubernetes-namespace" '
            'and "aws:RequestTag/kubernetes-service-account" with the pod\'s',
            "low",
        )
