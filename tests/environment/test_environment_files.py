"""What an environment file may say, and how a mistake in it is told."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.environment import (
    Environment,
    EnvironmentProblem,
    LocalState,
    S3State,
    load_environment,
    load_environments,
    parse_environment,
)
from rolecall.problems import Exit, Problem

GOOD = 'account_id: "111111111111"\nregion: eu-central-1\n'
PROJECT = Path(__file__).parents[2]


def write(directory: Path, **files: str) -> Path:
    folder = directory / "environments"
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_fact_is_read() -> None:
    environment = parse_environment(
        "prd",
        """
account_id: "012345678901"
region: us-gov-west-1
identity_account_id: "999999999999"
external_id: acme-1
own_accounts:
  - "444444444444"
state:
  backend: s3
  bucket: acme-state
  region: us-gov-east-1
issuers:
  sso: https://sso.example.com/realm
tags:
  team: platform
""",
    )
    assert environment.account_id == "012345678901"
    assert environment.partition == "aws-us-gov"
    assert environment.own_accounts == {"012345678901", "999999999999", "444444444444"}
    assert environment.state == S3State("acme-state", "us-gov-east-1", "rolecall/prd.tfstate")
    assert environment.issuers == {"sso": "https://sso.example.com/realm"}
    assert environment.tags == {"team": "platform"}


def test_two_facts_are_enough() -> None:
    environment = parse_environment("tes", GOOD)
    assert environment.identity_account_id == "111111111111"
    assert environment.state == LocalState()
    assert environment.external_id is None


def test_the_environments_of_this_project() -> None:
    found = load_environments(PROJECT / "environments")
    assert {each.name: each.account_id for each in found} == {
        "identity": "999999999999",
        "prd": "333333333333",
        "stg": "222222222222",
        "tes": "111111111111",
    }


MISTAKES = {
    "empty": ("", None, "empty"),
    "a list": ("- a\n", 1, "must be a mapping"),
    "malformed": ("account_id: [1\nregion: x\n", 2, "not valid YAML"),
    "a tab": ("account_id:\n\t- x\n", 2, "not valid YAML"),
    "two documents": (GOOD + "---\n" + GOOD, 3, "not valid YAML"),
    "alias": ("a: &x 1\nb: *x\n", 2, "aliases"),
    "deep": ("a: " + "[" * 200 + "]" * 200, 1, "nested too deeply"),
    "control character": ("a: \x07\n", None, "not valid YAML"),
    "duplicate key": (GOOD + "region: eu-west-1\n", 3, "twice, first on line 2"),
    "unknown key": (GOOD + "exernal_id: x-1\n", 3, 'Did you mean "external_id"'),
    "missing account": ("region: eu-central-1\n", 1, 'lacks "account_id"'),
    "missing region": ('account_id: "111111111111"\n', 1, 'lacks "region"'),
    "bare account": ("account_id: 111111111111\n" + GOOD[27:], 1, 'quotes: account_id: "111111111'),
    "octal account": ("account_id: 012345670123\n" + GOOD[27:], 1, "octal"),
    "short account": ('account_id: "1111"\n' + GOOD[27:], 1, "exactly twelve digits"),
    "bad region": (GOOD.replace("central-1", "centrall-1"), 2, "not an AWS region"),
    "bad partition": (GOOD + "partition: aws-cn\n", 3, 'which is in "aws"'),
    "numeric external id": (GOOD + "external_id: 12345\n", 3, "put it in quotes"),
    "bad external id": (GOOD + "external_id: a b\n", 3, "2 to 1224"),
    "accounts not a list": (GOOD + 'own_accounts: "444444444444"\n', 3, "must be a list"),
    "account in list": (GOOD + "own_accounts:\n  - 444444444444\n", 4, "quotes"),
    "state backend": (GOOD + "state:\n  backend: gcs\n", 4, "local or s3"),
    "state key": (GOOD + "state:\n  backend: s3\n  buckt: x\n", 5, 'Did you mean "bucket"'),
    "state without bucket": (GOOD + "state:\n  backend: s3\n", 4, 'lacks "bucket"'),
    "local with bucket": (
        GOOD + "state:\n  backend: local\n  bucket: x\n",
        5,
        'belongs to "backend: s3"',
    ),
    "SAML metadata elsewhere": (GOOD + "saml_metadata: ../idp.xml\n", 3, "leaves the project"),
    "issuer": (GOOD + "issuers:\n  sso: http://x\n", 4, "https://"),
    "tag number": (GOOD + "tags:\n  cost: 42\n", 4, "put it in quotes"),
    "tag cases": (
        GOOD + "tags:\n  Team: a\n  team: b\n",
        5,
        'differs from "Team" on line 4 in case only',
    ),
    "reserved tag": (GOOD + 'tags:\n  "aws:x": y\n', 4, "begin with aws:"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_is_told_with_file_line_and_fix(case: str) -> None:
    text, line, fix = MISTAKES[case]
    with pytest.raises(EnvironmentProblem) as found:
        parse_environment("tes", text)
    assert fix in str(found.value)
    assert str(found.value).startswith("environments/tes.yaml")
    if line is not None:
        assert found.value.line == line
        assert f"line {line}:" in str(found.value)
    assert found.value.exit_code == Exit.BAD_INPUT


def test_an_unknown_environment_names_those_known(tmp_path: Path) -> None:
    folder = write(tmp_path, tes=GOOD, prd=GOOD)
    with pytest.raises(
        Problem, match=r'no environment "test".*Did you mean "tes"\?.*prd, tes'
    ) as e:
        load_environment("test", folder)
    assert e.value.exit_code == 2
    with pytest.raises(Problem, match="Known environments: prd, tes"):
        load_environment("../tes", folder)


def test_no_directory_and_no_file_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EnvironmentProblem, match=f"no directory '{tmp_path}/environments'"):
        load_environments(tmp_path / "environments")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EnvironmentProblem, match="no directory environments/ here"):
        load_environments(tmp_path / "environments")
    with pytest.raises(EnvironmentProblem, match="holds no environment"):
        load_environments(write(tmp_path))


def test_odd_files_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path, tes=GOOD)
    (folder / "Tes 2.yaml").write_text(GOOD)
    with pytest.raises(EnvironmentProblem, match="cannot name an environment"):
        load_environments(folder)
    (folder / "Tes 2.yaml").rename(folder / "stg.yml")
    with pytest.raises(EnvironmentProblem, match=r"call it stg\.yaml"):
        load_environments(folder)
    (folder / "stg.yml").rename(folder / "stg.yaml")
    (folder / "stg.yaml").write_bytes(b"account_id: x\n\xff\n")
    with pytest.raises(EnvironmentProblem, match=r"environments/stg\.yaml, line 2: .*UTF-8"):
        load_environments(folder)
    (folder / "stg.yaml").write_bytes(b"a: " + b"x" * 400_000)
    with pytest.raises(EnvironmentProblem, match="characters"):
        load_environments(folder)


def test_two_environments_never_share_a_state(tmp_path: Path) -> None:
    state = "state: {backend: s3, bucket: acme, region: eu-west-1, key: one.tfstate}\n"
    folder = write(tmp_path, tes=GOOD + state, prd=GOOD + state)
    with pytest.raises(EnvironmentProblem, match="same object"):
        load_environments(folder)


def problem_of(text: str) -> EnvironmentProblem | None:
    try:
        assert isinstance(parse_environment("tes", text), Environment)
    except EnvironmentProblem as problem:
        return problem
    return None


@given(st.text(max_size=300))
def test_no_text_ends_in_a_traceback(text: str) -> None:
    problem = problem_of(text)
    assert problem is None or problem.exit_code == Exit.BAD_INPUT


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
KEYS = ["account_id", "region", "partition", "external_id", "own_accounts", "state", "tags"]


@given(st.dictionaries(st.sampled_from([*KEYS, "issuers", "identity_account_id", "x"]), values))
def test_no_value_ends_in_a_traceback(facts: dict[str, object]) -> None:
    import yaml

    text = yaml.safe_dump({"account_id": "111111111111", "region": "eu-west-1"} | facts)
    problem = problem_of(text)
    assert problem is None or problem.file == "environments/tes.yaml"
