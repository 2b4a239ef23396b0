"""Which role is meant: the environment's facts, and everything that can be said instead."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.environment import Environment
from rolecall.problems import Problem
from rolecall.session.chain import link, within_an_hour
from rolecall.session.choose import choose_role

TES = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    external_id="acme-tes",
    session_seconds=7200,
)
CHINA = Environment(name="cn", account_id="444444444444", region="cn-north-1", partition="aws-cn")
GOV = Environment(
    name="gov", account_id="555555555555", region="us-gov-west-1", partition="aws-us-gov"
)


def test_the_facts_of_the_environment() -> None:
    chosen = choose_role(TES, "deployer")
    assert chosen.role_arn == "arn:aws:iam::111111111111:role/tes-deployer"
    assert chosen.region == "eu-central-1"
    assert chosen.external_id == "acme-tes"
    assert chosen.duration_seconds == 7200
    assert (chosen.name, chosen.account_id) == ("tes-deployer", "111111111111")


@pytest.mark.parametrize(
    ("environment", "arn"),
    [
        (CHINA, "arn:aws-cn:iam::444444444444:role/cn-reader"),
        (GOV, "arn:aws-us-gov:iam::555555555555:role/gov-reader"),
    ],
)
def test_every_partition(environment: Environment, arn: str) -> None:
    assert choose_role(environment, "reader").role_arn == arn
    assert choose_role(environment, arn).role_arn == arn


def test_everything_can_be_said_instead() -> None:
    chosen = choose_role(
        TES,
        "deployer",
        path="/ci/",
        account_id="222222222222",
        region="eu-south-2",
        external_id="other",
        duration_seconds=900,
    )
    assert chosen.role_arn == "arn:aws:iam::222222222222:role/ci/tes-deployer"
    assert chosen.region == "eu-south-2"
    assert (chosen.external_id, chosen.duration_seconds) == ("other", 900)
    assert choose_role(TES, "deployer", without_external_id=True).external_id is None


def test_a_whole_arn_needs_the_account_said_where_it_is_another() -> None:
    arn = "arn:aws:iam::222222222222:role/ci/whatever"
    with pytest.raises(Problem, match="--account"):
        choose_role(TES, arn)
    chosen = choose_role(TES, arn, account_id="222222222222")
    assert (chosen.role_arn, chosen.name) == (arn, "whatever")


@pytest.mark.parametrize(
    ("role", "more", "said"),
    [
        ("a b", {}, "tes-a b"),
        ("", {"account_id": "1"}, "account id"),
        ("x", {"path": "ci"}, "Path"),
        ("x", {"region": "cn-north-1"}, "no region of aws"),
        ("x", {"region": "frankfurt"}, "eu-central-1"),
        ("x", {"duration_seconds": 899}, "900"),
        ("x" * 61, {}, "RoleName"),
        ("arn:aws:iam::111111111111:user/x", {}, "not the ARN of a role"),
        ("arn:aws:iam::111111111111:role/x y", {}, "RoleName"),
        ("arn:aws-cn:iam::111111111111:role/x", {}, "partition"),
        ("arn:aws:iam::111111111111:role/x", {"path": "/"}, "--path"),
    ],
)
def test_what_cannot_be_is_refused(role: str, more: dict[str, object], said: str) -> None:
    with pytest.raises(Problem) as caught:
        choose_role(TES, role, **more)  # type: ignore[arg-type]
    assert said in str(caught.value)


@given(st.text(max_size=80), st.none() | st.text(max_size=20), st.none() | st.integers())
def test_no_name_makes_a_fault(role: str, region: str | None, seconds: int | None) -> None:
    try:
        chosen = choose_role(TES, role, region=region, duration_seconds=seconds)
    except Problem as problem:
        assert len(str(problem).splitlines()) == 1
    else:
        assert chosen.account_id == TES.account_id


def test_a_chain_lasts_an_hour_at_most() -> None:
    chosen = choose_role(TES, "reader")
    assert within_an_hour(chosen, None).duration_seconds == 3600
    assert (
        within_an_hour(choose_role(TES, "reader", duration_seconds=900), 900).duration_seconds
        == 900
    )
    with pytest.raises(Problem, match="role chaining"):
        within_an_hour(chosen, 7200)


@pytest.mark.parametrize("word", ["", "hub", "/hub", "identity/"])
def test_a_link_is_an_environment_and_a_role(word: str) -> None:
    assert link("identity/hub") == ("identity", "hub")
    with pytest.raises(Problem, match="<environment>/<role>"):
        link(word)


def test_the_directory_does_not_matter() -> None:
    assert TES.project == Path()
