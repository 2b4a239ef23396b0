"""RC002, RC003, RC011, RC016: whose OpenID Connect tokens, and for whom they are meant."""

from collections.abc import Iterator

from rolecall.issuers.shared_providers import REQUIRED_KEYS
from rolecall.lint import strangers
from rolecall.lint.conditions import keys_of
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC002, RC003, RC007, RC008, RC011, RC016
from rolecall.lint.trusted import Kind, Trusted
from rolecall.policy import Condition
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY

# IAM knows these by itself: there is no provider whose list of clients would limit `aud`.
_SUBJECTS = {"www.amazon.com": "user_id", "graph.facebook.com": "id"}
_STS, _STS_CHINA = "sts.amazonaws.com", "sts.amazonaws.com.cn"


def check(look: Looked) -> Iterator[Finding]:
    """Ask for a token of somebody else, and for one meant for somebody else."""
    if not look.allows or ASSUME_ROLE_WITH_WEB_IDENTITY not in look.actions:
        return
    for who in look.trusted:
        if who.kind is Kind.OIDC and not who.is_cognito:
            for_us = not _any_audience(look, who)
            yield from _subject(look, who, for_us)
            if not for_us:
                yield _audience(look, who)
            yield from _partition(look, who)


def _subject_key(who: Trusted) -> str:
    return f"{who.host}:{_SUBJECTS.get(who.host, 'sub')}"


def _audience_key(who: Trusted) -> str:
    return f"{who.host}:{'app_id' if who.host in _SUBJECTS else 'aud'}"


def _subject(look: Looked, who: Trusted, for_us: bool) -> Iterator[Finding]:
    issuer, key = who.issuer, _subject_key(who)
    required = REQUIRED_KEYS.get(who.host.lower(), "")
    claims = [each for each in strangers.telling(issuer) if look.mentions(each)]
    if required == "sts:RoleSessionName":
        claims.append("sts:rolesessionname")
    stranger = [Condition("StringLike", key, strangers.subjects(issuer))]
    stranger += [Condition("StringEqualsIfExists", each, (strangers.NAME,)) for each in claims]
    if not look.admits(who.principals, *stranger):
        return
    workflow = issuer.key("job_workflow_ref")
    called = Condition("StringEqualsIfExists", workflow, (strangers.NAME,))
    if look.mentions(workflow.lower()) and not look.admits(who.principals, *stranger, called):
        yield look.find(
            RC002,
            "any repository that calls the workflow of job_workflow_ref gets in, and whoever may "
            "read the workflow may call it",
            f'compare "{key}" as well',
            "medium",
        )
        return
    about = look.about((key.lower(), *claims))
    shared = bool(required and not required.endswith(":aud")) or issuer.built_in
    severity = "critical" if shared or who.host in _SUBJECTS else "high"
    whose = f"of {issuer.name}" if issuer.name else f"of {who.host}"
    everybody = f"holders of any token {whose}" + (", also of other customers," if shared else "")
    fix = f'compare "{key}" by StringEquals with the subjects that are meant'
    if any(each.for_all for each in about):
        return  # RC005 says it
    if about and all(each.soft for each in about):
        negated = any(each.operator.negated for each in about)
        yield look.find(
            RC007 if negated else RC008,
            f"{everybody} get in, because {keys_of(about)} "
            + ("excludes some and admits all others" if negated else "admits whoever lacks it"),
            fix,
            severity,
        )
    elif about:
        yield look.find(
            RC002,
            f"{everybody} get in, because {keys_of(about)} leaves open whose they are",
            fix,
            severity,
        )
    elif for_us and issuer.audience_chosen_by_job and _own_audience(look, who):
        yield look.find(
            RC016,
            f"{everybody} get in: a job of {issuer.name} chooses the audience of its token, so "
            "that the audience keeps nobody out",
            fix,
            severity,
        )
    else:
        yield look.find(RC002, f"{everybody} get in, because nothing asks for {key}", fix, severity)


def _own_audience(look: Looked, who: Trusted) -> bool:
    """Whether somebody thought of an audience, instead of taking the usual one."""
    return any(
        value not in (who.issuer.audience, _STS, _STS_CHINA)
        for each in look.about((_audience_key(who).lower(),))
        for value in each.condition.values
    )


def _any_audience(look: Looked, who: Trusted) -> bool:
    foreign = [Condition("StringEquals", _audience_key(who), (strangers.NAME,))]
    for other in ("oaud", "azp"):
        key = f"{who.host}:{other}"
        if look.mentions(key.lower()):
            foreign.append(Condition("StringEqualsIfExists", key, (strangers.NAME,)))
    return look.admits(who.principals, *foreign)


def _audience(look: Looked, who: Trusted) -> Finding:
    key = _audience_key(who)
    if REQUIRED_KEYS.get(who.host.lower(), "").endswith(":aud"):
        severity, why = "critical", "so every customer of the issuer gets in"
    elif who.issuer.built_in or who.host in _SUBJECTS:
        severity, why = "high", "so tokens that were issued for any other application are taken"
    else:
        severity = "low"
        why = "so only the client IDs of the provider in IAM limit for whom a token was issued"
    return look.find(
        RC003,
        f"nothing asks for one {key}, {why}",
        f'compare "{key}" by StringEquals with the audience that is meant',
        severity,
    )


def _partition(look: Looked, who: Trusted) -> Iterator[Finding]:
    partition = who.partition or look.facts.partition
    about = [each for each in look.about((_audience_key(who).lower(),)) if each.positive]
    values = {value for each in about for value in each.condition.values}
    key = _audience_key(who)
    if _STS_CHINA in values and _STS not in values and partition != "aws-cn":
        yield look.find(
            RC011,
            f"{key} wants {_STS_CHINA}, the audience of China, and the role is in {partition}",
            f"write {_STS}",
        )
    elif (
        _STS in values
        and _STS_CHINA not in values
        and partition == "aws-cn"
        and who.issuer.family == "github-actions"
    ):
        # Of EKS it is right: its pods ask for sts.amazonaws.com in China too.
        yield look.find(
            RC011,
            f"{key} wants {_STS}, and in China the jobs are told to ask for {_STS_CHINA}",
            f"write {_STS_CHINA}, or let the job ask for {_STS} by name",
            "low",
        )
