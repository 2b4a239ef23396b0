"""Reports made without a plan: of trust policies written here, by the real comparison."""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import sha256

from rolecall.explain import entities, who_can
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome, compare
from rolecall.review.model import Place
from rolecall.review.report import (
    Acknowledgement,
    Change,
    Finding,
    Report,
    Sentence,
    Severity,
    TrustEdge,
)

ACCOUNTS = {"tes": "111111111111", "stg": "222222222222", "prd": "333333333333"}
NAMES = {**{account: name for name, account in ACCOUNTS.items()}, "999999999999": "identity"}
GITHUB = "token.actions.githubusercontent.com"

Statement = dict[str, object]
_SEVERITIES = {
    "wider": Severity.HIGH,
    "both": Severity.HIGH,
    "undecided": Severity.MEDIUM,
    "narrower": Severity.LOW,
}


def user(name: str, *, external_id: str | None = None, mfa: bool = False) -> Statement:
    condition: dict[str, object] = {}
    if external_id:
        condition["StringEquals"] = {"sts:ExternalId": external_id}
    if mfa:
        condition["Bool"] = {"aws:MultiFactorAuthPresent": "true"}
    return _allow({"AWS": f"arn:aws:iam::999999999999:user/{name}"}, "sts:AssumeRole", condition)


def service(host: str) -> Statement:
    return _allow({"Service": host}, "sts:AssumeRole", {})


def github(account: str, subject: str) -> Statement:
    return _allow(
        {"Federated": f"arn:aws:iam::{account}:oidc-provider/{GITHUB}"},
        "sts:AssumeRoleWithWebIdentity",
        {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{GITHUB}:sub": subject},
        },
    )


def _allow(principal: Statement, action: str, condition: dict[str, object]) -> Statement:
    statement = {"Effect": "Allow", "Principal": principal, "Action": action}
    return {**statement, **({"Condition": condition} if condition else {})}


def _document(statements: Sequence[Statement] | None) -> PolicyDocument | None:
    if statements is None:
        return None
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})


def _text(document: PolicyDocument | None) -> str:
    return "" if document is None else json.dumps(document.to_dict(), indent=2, ensure_ascii=False)


def role(
    environment: str,
    name: str,
    before: Sequence[Statement] | None,
    after: Sequence[Statement] | None,
) -> Change:
    """A role whose trust policy becomes another; None: there is no role."""
    account = ACCOUNTS[environment]
    old, new = _document(before), _document(after)
    comparison = compare([old] if old else [], [new] if new else [], account=account)
    verdict = str(comparison.verdict)
    state = "created" if old is None else "deleted" if new is None else "changed"
    texts = _text(old), _text(new)
    return Change(
        kind="role",
        name=f"{environment}-{name}",
        arn=f"arn:aws:iam::{account}:role/{environment}-{name}",
        environment=environment,
        place=Place(environment, f"aws_iam_role.{name}", f"{environment}/{name}"),
        state="same" if old == new else state,
        verdict=verdict,
        severity=_SEVERITIES.get(verdict, Severity.NONE),
        fingerprint=sha256(repr((environment, name, texts)).encode()).hexdigest()[:16],
        comparison=comparison,
        who_before=who_can(old, account=account, names=NAMES) if old else (),
        who_after=who_can(new, account=account, names=NAMES) if new else (),
        trust_before=texts[0],
        trust_after=texts[1],
    )


def edges(change: Change) -> list[TrustEdge]:
    """Who is trusted before and after, entity by entity."""
    sides = []
    for text in (change.trust_before, change.trust_after):
        found = entities(PolicyDocument.parse(text), names=NAMES) if text else ()
        sides.append({(each.kind, each.words): each.conditions for each in found})
    old, new = sides
    told = []
    for entity in {**old, **new}:
        state = "kept" if old.get(entity) == new.get(entity) else "changed"
        state = "lost" if entity not in new else "gained" if entity not in old else state
        told.append(TrustEdge(change.environment, change.name, entity[1], entity[0], state))
    return told


def report(changes: Sequence[Change], **facts: object) -> Report:
    """A report of these changes; facts: fields of it that are other than usual."""
    verdicts = {change.verdict for change in changes}
    order = ("both", "wider", "undecided", "narrower")
    verdict = next((each for each in order if each in verdicts), Outcome.SAME.value)
    waiting = [
        each
        for each in changes
        if each.verdict in ("wider", "both", "undecided") and each.acknowledged is None
    ]
    made = Report(
        changes=tuple(changes),
        edges=(),
        verdict=verdict,
        severity=max((change.severity for change in changes), default=Severity.NONE),
        gate="failed" if waiting else "passed",
        gate_reasons=tuple(
            f"{each.kind} {each.name} in {each.environment} is {each.verdict}, "
            "and nobody acknowledged it."
            for each in waiting[:5]
        ),
        fail_on="wider",
        sources=("plan tes.json", "plan stg.json", "plan prd.json"),
        assumptions=tuple(compare([], []).assumptions)
        or (
            "Policies of the organization (SCP, RCP) and of VPC endpoints are not looked at.",
            "A caller of another account also needs the permission of that account.",
        ),
        environments=tuple(ACCOUNTS),
    )
    if "edges" not in facts:
        roles = [change for change in changes if change.kind == "role"]
        facts["edges"] = tuple(edge for change in roles for edge in edges(change))
    return replace(made, **facts)  # type: ignore[arg-type]


@cache
def small() -> Report:
    """A pull request as they are: a few roles in three environments."""
    tes, stg, prd = ACCOUNTS.values()
    ops = [user("alice", external_id="acme-tes-5c2d9e"), user("bob", external_id="acme-tes-5c2d9e")]
    wider = role(
        "prd",
        "deployer",
        [github(prd, "repo:acme/infra:environment:prd")],
        [github(prd, "repo:acme*")],
    )
    wider = replace(
        wider,
        severity=Severity.CRITICAL,
        sentences=(
            Sentence("The role may also do iam:PassRole on every role.", Severity.HIGH, wider=True),
            Sentence("Sessions last 4 hours at most, 1 hour before.", Severity.LOW),
        ),
        findings=(
            Finding(
                "RC004",
                "A wildcard ends inside a name",
                "`repo:acme*` also takes repositories of other owners whose name begins with "
                "acme; write `repo:acme/*`.",
                Severity.CRITICAL,
                fresh=True,
            ),
            Finding(
                "RC011",
                "No limit on the branch",
                "Every branch and every pull request of a repository may assume the role.",
                Severity.MEDIUM,
                fresh=False,
                suppressed="Branches are protected by the organization's rules.",
            ),
        ),
    )
    agreed = replace(
        role("stg", "auditor", [user("carol")], [user("carol"), user("dave", mfa=True)]),
        acknowledged=Acknowledgement("bob@acme.example", "Dave audits staging in May."),
    )
    unknown = role(
        "stg",
        "worker",
        [service("ec2.amazonaws.com")],
        [service("ec2.amazonaws.com"), user("${random_pet.one.id}")],
    )
    group = Change(
        kind="group",
        name="developers",
        arn="arn:aws:iam::999999999999:group/developers",
        environment="tes",
        place=Place("tes", "aws_iam_group.developers", "tes/developers"),
        state="changed",
        verdict="wider",
        severity=Severity.MEDIUM,
        fingerprint="0a1b2c3d4e5f6071",
        sentences=(
            Sentence(
                "Its members may assume role tes-operator, which they could not before.",
                Severity.MEDIUM,
                wider=True,
            ),
        ),
    )
    provider = Change(
        kind="OIDC provider",
        name=GITHUB,
        arn=f"arn:aws:iam::{tes}:oidc-provider/{GITHUB}",
        environment="tes",
        place=Place("tes", "aws_iam_openid_connect_provider.github"),
        state="same",
        verdict="same",
        severity=Severity.NONE,
        fingerprint="1a1b2c3d4e5f6071",
    )
    return report(
        [
            wider,
            agreed,
            unknown,
            group,
            provider,
            role("tes", "operator", ops, ops),
            role("tes", "admin", [user("alice")], [user("alice", mfa=True)]),
            role("tes", "runner", None, [service("ecs-tasks.amazonaws.com")]),
            role("tes", "legacy", [user("mallory"), service("lambda.amazonaws.com")], None),
            role(
                "stg",
                "deployer",
                [github(stg, "repo:acme/infra:ref:refs/heads/main"), user("alice")],
                [github(stg, "repo:acme/infra:ref:refs/heads/main"), user("erin")],
            ),
        ],
        notes=("stg: the policy of aws_iam_policy.extra is not known before apply.",),
        stale=("9f8e7d6c5b4a3928 (tes-old): no such change any more.",),
    )


@cache
def large(size: int = 1_000) -> Report:
    """An organization: as many roles in three environments, one in twenty-five changed."""
    hosts = ("ec2", "lambda", "ecs-tasks", "glue", "states", "batch")
    changes = []
    for number in range(size):
        environment = tuple(ACCOUNTS)[number % 3]
        account = ACCOUNTS[environment]
        team = f"team-{number % 41:02}"
        trust = [
            github(account, f"repo:acme/{team}:environment:{environment}"),
            user(f"{team}-lead", mfa=True),
            service(f"{hosts[number % 6]}.amazonaws.com"),
        ]
        after = list(trust)
        if number % 25 == 7:
            after = [
                *trust[: number % 2 + 1],
                github(account, f"repo:acme/{team}*"),
                user(f"contractor-{number % 7}"),
            ]
        elif number % 25 == 8:
            after = trust[:2]
        changes.append(role(environment, f"{team}-service-{number:04}", trust, after))
    return report(changes)


#: What a stranger may write where a name is wanted.
HOSTILE = (
    "</script><script>document.title='broken'</script>",
    "\"'><img src=x onerror=\"document.title='broken'\">",
    "{{ 7 * 7 }} {% raw %}",
    "a\u202egnitaroc\u2066evil",
    "zero\u200bwidth\u00adsoft\u3164blank",
    "line\nbreak\ttab\x00null",
    "x" * 400,
    "שלום-עולם/admin",
    "]]><!--<svg/onload=alert(1)>",
    "javascript:alert(1)",
)


@cache
def hostile() -> Report:
    """Every text of the report is one that wants to break out."""
    changes = []
    for number, text in enumerate(HOSTILE):
        made = role("tes", f"r{number}", [user("alice")], [user("alice"), user("bob")])
        changes.append(
            replace(
                made,
                name=text,
                arn=f"arn:aws:iam::111111111111:role/{text}",
                place=Place(text, text, text),
                state=text,
                kind=text if number % 2 else "role",
                environment=text,
                fingerprint=text if number % 3 == 0 else made.fingerprint,
                who_before=(text,),
                who_after=(text, text + "2"),
                sentences=(Sentence(text, Severity.HIGH, wider=True),),
                findings=(Finding(text, text, text, Severity.LOW, fresh=True, suppressed=text),),
                acknowledged=Acknowledgement(text, text),
                trust_before=f"{text}\n1",
                trust_after=f"{text}\n2",
            )
        )
    made_edges = tuple(
        TrustEdge(text, text, f"{text}{state}", text, state)
        for text in HOSTILE
        for state in ("gained", "lost", "kept", "changed", "open")
    )
    return report(
        changes,
        edges=made_edges,
        gate_reasons=HOSTILE,
        sources=HOSTILE,
        assumptions=HOSTILE,
        notes=HOSTILE,
        stale=HOSTILE,
        environments=HOSTILE,
    )
