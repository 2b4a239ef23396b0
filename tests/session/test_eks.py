"""Which service accounts a trust policy admits, and the manifests that say so."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rolecall import issuers
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    PolicyDocument,
    WebIdentity,
    may_assume,
)
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY
from rolecall.problems import Problem
from rolecall.session.eks import choose_service_accounts, eks_trust, manifests
from rolecall.session.eks.manifest import as_json, as_yaml
from rolecall.session.eks.trust import ServiceAccount, provider_arn
from rolecall.trust import (
    AnyServiceAccountIn,
    EksServiceAccount,
    GitHubActions,
    TrustContext,
    trust_policy,
)
from tests.session.eks_policies import ACCOUNT, CLUSTER, OTHER_CLUSTER, account, policy, statement

ROLE = f"arn:aws:iam::{ACCOUNT}:role/tes-reader"


def chosen(trust: str, **options: str | None) -> list[str]:
    found = choose_service_accounts(eks_trust(ROLE, trust), **options)
    return [f"{each.namespace}:{each.name}" for each in found]


def test_those_that_are_named_are_found() -> None:
    trust = policy(statement([account("app", "reader"), account("app", "writer")]))
    assert chosen(trust) == ["app:reader", "app:writer"]
    assert chosen(trust, name="writer") == ["app:writer"]
    assert chosen(trust, namespace="app") == ["app:reader", "app:writer"]


@pytest.mark.parametrize("options", [{"name": "other"}, {"namespace": "x"}, {"name": "A b"}])
def test_those_that_are_not_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(Problem, match=r"does not admit .* admits app:reader|Kubernetes allows"):
        chosen(policy(statement(account("app", "reader"))), **options)


@pytest.mark.parametrize(
    ("pattern", "options", "found", "needed"),
    [
        (account("ci", "*"), {"name": "runner"}, "ci:runner", "--name"),
        (account("*", "app"), {"namespace": "tes"}, "tes:app", "--namespace"),
        (account("ci-*", "a"), {"namespace": "ci-1"}, "ci-1:a", "--namespace"),
        ("system:serviceaccount:*", {"namespace": "a", "name": "b"}, "a:b", "--namespace and"),
        ("*", {"namespace": "a", "name": "b"}, "a:b", "--namespace and --name"),
    ],
)
def test_what_a_pattern_leaves_open_must_be_given(
    pattern: str, options: dict[str, str], found: str, needed: str
) -> None:
    trust = policy(statement(pattern, operator="StringLike"))
    assert chosen(trust, **options) == [found]
    with pytest.raises(Problem, match=f"give {needed}"):
        chosen(trust)


def test_a_pattern_admits_only_what_it_matches() -> None:
    trust = policy(statement(account("ci-*", "runner"), operator="StringLike"))
    assert chosen(trust, namespace="ci-1") == ["ci-1:runner"]
    with pytest.raises(Problem, match="does not admit"):
        chosen(trust, namespace="prod")
    with pytest.raises(Problem, match="does not admit"):
        chosen(trust, namespace="ci-1", name="other")


def test_an_asterisk_is_an_asterisk_to_string_equals() -> None:
    trust = policy(statement([account("app", "*"), account("app", "reader")]))
    assert chosen(trust, name="reader") == ["app:reader"]
    with pytest.raises(Problem, match="Kubernetes does not allow"):
        chosen(trust)


def test_a_statement_without_a_subject_admits_every_account() -> None:
    trust = policy(statement(None))
    assert chosen(trust, namespace="a", name="b") == ["a:b"]
    with pytest.raises(Problem, match="--namespace and --name"):
        chosen(trust)


def test_conditions_of_one_statement_hold_together() -> None:
    both = statement(
        [account("app", "reader"), account("prod", "reader")],
        more={
            "StringLike": {f"{CLUSTER}:sub": account("app", "*")},
            "StringNotEquals": {f"{CLUSTER}:sub": account("app", "writer")},
        },
    )
    assert chosen(policy(both)) == ["app:reader"]


def test_a_deny_takes_back() -> None:
    trust = policy(
        statement([account("app", "reader"), account("app", "old")]),
        statement(account("app", "old"), effect="Deny", audience=None),
    )
    assert chosen(trust) == ["app:reader"]


@pytest.mark.parametrize(
    "other",
    [
        statement("repo:acme/infra:*", cluster="token.actions.githubusercontent.com"),
        statement(account("app", "a"), principal=f"arn:aws:iam::{ACCOUNT}:oidc-provider/other"),
        statement(
            account("app", "a"), principal=f"arn:aws:iam::222222222222:oidc-provider/{CLUSTER}"
        ),
        statement(account("app", "a"), effect="Deny"),
        {**statement(account("app", "a")), "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}},
    ],
)
def test_nobody_comes_in_through_other_statements(other: dict[str, Any]) -> None:
    assert eks_trust(ROLE, policy(other)).rules == ()


def test_a_reference_of_terraform_is_told_by_its_conditions() -> None:
    reference = "${aws_iam_openid_connect_provider.cluster.arn}"
    assert chosen(policy(statement(account("app", "a"), principal=reference))) == ["app:a"]


def test_two_clusters_share_a_manifest_unless_their_audiences_differ() -> None:
    trust = policy(
        statement(account("app", "a")),
        statement(account("app", "a"), cluster=OTHER_CLUSTER),
        statement(account("app", "a"), cluster=OTHER_CLUSTER, audience="acme"),
    )
    found = choose_service_accounts(eks_trust(ROLE, trust))
    assert found == (
        ServiceAccount("app", "a", "sts.amazonaws.com", (CLUSTER, OTHER_CLUSTER)),
        ServiceAccount("app", "a", "acme", (OTHER_CLUSTER,)),
    )


def documents(**options: Any) -> list[dict[str, Any]]:
    trust = policy(statement([account("app", "reader"), account("no", "1e3")]))
    accounts = choose_service_accounts(eks_trust(ROLE, trust))
    made = manifests(accounts, ROLE, **options)
    text = as_yaml(made, ["cluster: x"] * len(made))
    assert list(yaml.safe_load_all(text)) == list(made)
    listed = json.loads(as_json(made))
    assert listed["kind"] == "List"
    assert listed["items"] == list(made)
    return list(yaml.safe_load_all(text))


def test_the_manifest_has_the_documented_shape() -> None:
    assert documents() == [
        {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {
                "name": name,
                "namespace": namespace,
                "annotations": {"eks.amazonaws.com/role-arn": ROLE},
            },
        }
        for namespace, name in (("app", "reader"), ("no", "1e3"))
    ]


def test_further_annotations_are_texts() -> None:
    [first, _] = documents(regional_endpoints=True, token_seconds=7200)
    assert first["metadata"]["annotations"] == {
        "eks.amazonaws.com/role-arn": ROLE,
        "eks.amazonaws.com/sts-regional-endpoints": "true",
        "eks.amazonaws.com/token-expiration": "7200",
    }


@pytest.mark.parametrize("seconds", [0, 3599, 86401])
def test_a_token_time_that_clusters_do_not_give_is_said(seconds: int) -> None:
    with pytest.raises(Problem, match="3600 to 86400"):
        documents(token_seconds=seconds)


@pytest.mark.parametrize(
    ("arn", "audience", "written"),
    [
        (ROLE, "sts.amazonaws.com", None),
        (ROLE, "acme", "acme"),
        (ROLE.replace("aws", "aws-cn"), "sts.amazonaws.com", "sts.amazonaws.com"),
    ],
)
def test_the_audience_is_written_where_it_is_not_the_webhooks(
    arn: str, audience: str, written: str | None
) -> None:
    [made] = manifests([ServiceAccount("app", "a", audience, (CLUSTER,))], arn)
    assert made["metadata"]["annotations"].get("eks.amazonaws.com/audience") == written


def test_an_audience_that_is_only_a_pattern_is_said() -> None:
    open_audience = statement(
        account("app", "a"), audience=None, more={"StringLike": {f"{CLUSTER}:aud": "acme-*"}}
    )
    with pytest.raises(Problem, match="audience"):
        chosen(policy(open_audience))


PARTS = st.sampled_from(["app", "ci", "*", "a?p", "reader", "c*"])


@given(
    st.lists(
        st.builds(
            statement,
            st.lists(st.builds(account, PARTS, PARTS), min_size=1, max_size=3),
            operator=st.sampled_from(["StringEquals", "StringLike", "ForAnyValue:StringLike"]),
            audience=st.sampled_from(["sts.amazonaws.com", "acme", None]),
            effect=st.sampled_from(["Allow", "Allow", "Allow", "Deny"]),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_a_manifest_is_made_exactly_for_those_whom_aws_lets_in(
    statements: list[dict[str, Any]],
) -> None:
    text = policy(*statements)
    trust = eks_trust(ROLE, text)
    compiled = CompiledPolicy(PolicyDocument.parse(text))
    for namespace in ("app", "ci", "reader"):
        for name in ("app", "ci", "reader"):
            admitted = trust.admitting(namespace, name)
            for audience in ("sts.amazonaws.com", "acme"):
                attempt = AssumeRoleAttempt(
                    caller=WebIdentity(provider_arn(ROLE, CLUSTER)),
                    role_arn=ROLE,
                    context={
                        f"{CLUSTER}:sub": account(namespace, name),
                        f"{CLUSTER}:aud": audience,
                    },
                )
                allowed = may_assume(
                    attempt, trust=compiled, action=ASSUME_ROLE_WITH_WEB_IDENTITY
                ).allowed
                if any(each.audience == audience for each in admitted):
                    assert allowed
                elif audience == "sts.amazonaws.com":
                    assert not allowed


@given(st.text(max_size=60), st.text(max_size=12), st.text(max_size=12))
def test_no_argument_brings_a_traceback(subject: str, namespace: str, name: str) -> None:
    try:
        trust = eks_trust(ROLE, policy(statement(subject, operator="StringLike")))
        found = choose_service_accounts(trust, namespace=namespace, name=name)
        list(yaml.safe_load_all(as_yaml(manifests(found, ROLE))))
    except Problem as problem:
        assert "\n" not in str(problem)


def test_trusted_entities_and_manifests_mean_the_same_accounts() -> None:
    cluster = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
    entities = [
        EksServiceAccount(cluster, namespace="app", service_account=["reader", "writer"]),
        AnyServiceAccountIn(cluster, "ci"),
        GitHubActions(issuers.GITHUB_ACTIONS, repository="acme/infra", branch="main"),
    ]
    context = TrustContext(account_id=ACCOUNT)
    trust = trust_policy(entities, context).to_json()
    assert chosen(trust) == ["app:reader", "app:writer"]
    assert chosen(trust, name="runner") == ["ci:runner"]
