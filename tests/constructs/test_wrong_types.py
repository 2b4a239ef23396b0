"""Any value for any argument of a construct is accepted or refused in words."""

import inspect
import itertools
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.policy import PolicyDocument
from rolecall.problems import Problem
from rolecall.trust import IamUsers
from rolecall_cdktf import (
    AssumableRole,
    EnvironmentStack,
    IdentityPool,
    OidcProvider,
    PodIdentityAssociation,
    RolesAnywhereProfile,
    RolesAnywhereTrustAnchor,
    SamlProvider,
    TrustedUser,
)
from rolecall_cdktf._cdktf import App, TerraformStack
from tests.constructs.conftest import FACTS
from tests.constructs.issued import Issued

ROLE = "arn:aws:iam::111111111111:role/tes-deployer"
WRITTEN: dict[type, dict[str, Any]] = {
    AssumableRole: {"trusted_entities": [IamUsers("999999999999", ["alice"])]},
    TrustedUser: {"may_assume": [ROLE]},
    # Without a URL: an account has one provider for each, so the next example would be refused.
    OidcProvider: {},
    SamlProvider: {},
    IdentityPool: {"login_providers": {"accounts.google.com": "1.apps"}},
    PodIdentityAssociation: {
        "cluster_name": "main",
        "namespace": "payments",
        "service_account": "api",
        "role": ROLE,
    },
    RolesAnywhereTrustAnchor: {"acm_pca_arn": "${aws_acmpca_certificate_authority.x.arn}"},
    RolesAnywhereProfile: {"roles": [ROLE]},
}
PLACES = [
    (kind, name)
    for kind in WRITTEN
    for name in inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    if name != "self"
]
_numbers = itertools.count(1)
words = st.sampled_from(["", "a", "a b", "/", "*", "${x}", "alice", "ReadOnlyAccess", ROLE])
leaves = st.none() | st.booleans() | st.integers() | st.floats() | words | st.text(max_size=5)
json_like = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words | st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def home(app: App) -> EnvironmentStack:
    return EnvironmentStack(app, replace(FACTS, name="types"))


@settings(deadline=None, max_examples=300)
@given(place=st.sampled_from(PLACES), value=json_like)
def test_any_value_anywhere(
    home: EnvironmentStack, issued: Issued, place: tuple[type, str], value: object
) -> None:
    kind, name = place
    number = next(_numbers)
    written = {"scope": home, "id": f"x{number}", **WRITTEN[kind], name: value}
    if kind is OidcProvider and name != "issuer":
        written = {"url": f"https://x{number}.example.com", "client_ids": ["x"]} | written
    if kind is SamlProvider and not name.startswith("metadata"):
        written["metadata"] = issued.metadata()
    try:
        kind(**written)
    except Problem as refusal:
        assert "\n" not in str(refusal)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "inline policies as a list": ({"inline_policies": []}, r"inline_policies is \[\]; write a map"),
    "inline policy as a number": ({"inline_policies": {"x": 5}}, '"x" is not valid: .*a number'),
    "inline policy named by a number": ({"inline_policies": {5: ""}}, "5 cannot name an inline"),
    "tags as a list": ({"tags": ["team"]}, r"tags is \['team'\]; write a mapping"),
    "tag value": ({"tags": {"team": 5}}, "the tag 'team' is 5"),
    "policies": ({"managed_policies": None}, "managed_policies is None; write a list"),
    "policy": ({"managed_policies": [5]}, "5 is not a managed policy"),
    "boundary": ({"permissions_boundary": 5}, "5 is not a managed policy"),
    "path": ({"path": 5}, 'path is 5; write a string: "/team/"'),
    "description": ({"description": 5}, "description is 5; write a string"),
    "exclusive": ({"exclusive": "no"}, "exclusive is 'no'; write True or False"),
    "limit": ({"trust_size_limit": "4096"}, "trust_size_limit is '4096'; write a whole number"),
    "entity": ({"trusted_entities": IamUsers("999999999999", ["a"])}, "trusted_entities is IamU"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_type_is_refused_with_the_right_one(case: str, home: EnvironmentStack) -> None:
    options, words = REFUSED[case]
    with pytest.raises(Problem, match=words) as refusal:
        AssumableRole(home, "typed", **WRITTEN[AssumableRole] | options)
    assert str(refusal.value).startswith('The role "types-typed": ')


def test_outside_of_an_environment_stack_it_says_so(app: App) -> None:
    for scope in (app, TerraformStack(app, "bare"), None, "tes"):
        for kind, written in WRITTEN.items():
            with pytest.raises(Problem, match="build it in an EnvironmentStack"):
                kind(scope, "deployer", **written)


def test_an_id_is_taken_once_whatever_has_it(app: App) -> None:
    stack = EnvironmentStack(app, replace(FACTS, name="ids"))
    TrustedUser(stack, "alice", may_assume=[ROLE])
    with pytest.raises(
        Problem, match=r'^The role "ids-alice": .*id \'alice\'.*give one another id'
    ):
        AssumableRole(stack, "alice", **WRITTEN[AssumableRole])
    with pytest.raises(Problem, match=r'^The user "aws": .*id \'aws\'.*give one another id'):
        TrustedUser(stack, "aws", may_assume=[ROLE])  # the provider's


def test_policies_whose_names_look_alike_stand_beside_each_other(home: EnvironmentStack) -> None:
    own = "arn:aws:iam::111111111111:policy/"
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    }
    AssumableRole(
        home,
        "alike",
        **WRITTEN[AssumableRole],
        managed_policies=[f"{own}A", "arn:aws:iam::aws:policy/A", f"{own}A2", f"{own}inline-x"],
        inline_policies={"x": policy},
    )


def test_a_stack_needs_an_environment(app: App) -> None:
    with pytest.raises(Problem, match=r"'tes' is not an Environment; write load_environment"):
        EnvironmentStack(app, "tes")  # type: ignore[arg-type]
    with pytest.raises(Problem, match=r"write EnvironmentStack\(app, environment\)"):
        EnvironmentStack("app", FACTS)  # type: ignore[arg-type]


def test_a_policy_is_still_a_document_a_dict_or_text(home: EnvironmentStack) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    }
    document = PolicyDocument.parse(policy)
    AssumableRole(
        home,
        "three",
        **WRITTEN[AssumableRole],
        inline_policies={"a": policy, "b": document, "c": document.to_json()},
    )
