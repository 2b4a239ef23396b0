"""AssumeRole against the deployed roles: who may, may; who may not, may not."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.policy import role_arn
from tests.integration.people import People
from tests.integration.target import BIN, ENVIRONMENTS, Keys, Target

pytestmark = pytest.mark.parametrize("environment", ENVIRONMENTS)


def arn(deployed: Target, environment: str, role: str) -> str:
    return role_arn(deployed.facts(environment).account_id, f"{environment}-{role}")


def request(deployed: Target, environment: str, role: str, **options: Any) -> dict[str, Any]:
    return {
        "RoleArn": arn(deployed, environment, role),
        "RoleSessionName": "integration-test",
        **options,
    }


def external_id(deployed: Target, environment: str) -> str:
    facts = deployed.facts(environment)
    assert facts.external_id
    return facts.external_id


def assume(keys: Keys, parameters: dict[str, Any]) -> Keys:
    answer = keys.client("sts").assume_role(**parameters)
    return keys.with_session(answer["Credentials"])


def refused(keys: Keys, parameters: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        keys.client("sts").assume_role(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def not_authorized(keys: Keys, parameters: dict[str, Any]) -> None:
    who = keys.client("sts").get_caller_identity()["Arn"]
    code, message = refused(keys, parameters)
    assert code == "AccessDenied"
    expected = (
        f"User: {who} is not authorized to perform: sts:AssumeRole "
        f"on resource: {parameters['RoleArn']}"
    )
    assert message == expected


# --- who may


def test_alice_becomes_the_deployer(deployed: Target, people: People, environment: str) -> None:
    keys = assume(
        people.keys("alice"),
        request(deployed, environment, "deployer", ExternalId=external_id(deployed, environment)),
    )
    me = keys.client("sts").get_caller_identity()
    assert me["Account"] == deployed.facts(environment).account_id
    assert me["Arn"].endswith(f":assumed-role/{environment}-deployer/integration-test")


@pytest.mark.aws_cli
def test_alice_becomes_the_deployer_with_the_aws_cli(
    deployed: Target, people: People, environment: str
) -> None:
    outcome = people.keys("alice").run(
        str(BIN / "aws"),
        "sts",
        "assume-role",
        "--role-arn",
        arn(deployed, environment, "deployer"),
        "--role-session-name",
        "cli",
        "--external-id",
        external_id(deployed, environment),
    )
    assert outcome.returncode == 0, outcome.stderr
    session = people.keys("alice").with_session(json.loads(outcome.stdout)["Credentials"])
    seen = session.run(str(BIN / "aws"), "sts", "get-caller-identity")
    assert json.loads(seen.stdout)["Account"] == deployed.facts(environment).account_id


def test_alice_becomes_the_deployer_with_rolecall(
    deployed: Target, people: People, environment: str
) -> None:
    outcome = people.keys("alice").run(
        str(BIN / "rolecall"), "assume", environment, "deployer", "--json"
    )
    assert outcome.returncode == 0, outcome.stderr
    answer = json.loads(outcome.stdout)
    assert answer["AccountId"] == deployed.facts(environment).account_id
    assert answer["SecretAccessKey"] not in outcome.stderr


def test_bob_audits_with_a_second_factor(
    deployed: Target, people: People, environment: str
) -> None:
    with people.second_factor("bob", f"bob-auditor-{environment}") as factor:
        keys = assume(
            people.keys("bob"),
            request(
                deployed,
                environment,
                "auditor",
                SerialNumber=factor.serial,
                TokenCode=factor.code(),
            ),
        )
        assert keys.client("iam").list_roles()["Roles"]


def test_alice_breaks_the_glass_with_a_second_factor_and_her_name(
    deployed: Target, people: People, environment: str
) -> None:
    with people.second_factor("alice", f"alice-glass-{environment}") as factor:
        keys = assume(
            people.keys("alice"),
            request(
                deployed,
                environment,
                "breakglass",
                SerialNumber=factor.serial,
                TokenCode=factor.code(),
                SourceIdentity="alice",
            ),
        )
        assert keys.client("iam").list_users() is not None


def test_staff_go_on_from_one_role_to_the_reader_of_every_account(
    deployed: Target, people: People, environment: str
) -> None:
    staff = people.keys("bob").run(str(BIN / "rolecall"), "assume", "identity", "staff", "--json")
    assert staff.returncode == 0, staff.stderr
    keys = people.keys("bob").with_session(json.loads(staff.stdout))
    reader = keys.run(str(BIN / "rolecall"), "switch", environment, "reader", "--json")
    assert reader.returncode == 0, reader.stderr
    answer = json.loads(reader.stdout)
    assert answer["AccountId"] == deployed.facts(environment).account_id


# --- who may not


def test_not_a_person_as_the_reader_without_the_role_between(
    deployed: Target, people: People, environment: str
) -> None:
    not_authorized(people.keys("alice"), request(deployed, environment, "reader"))
    not_authorized(people.visitor("mallory"), request(deployed, environment, "reader"))


def test_not_alice_without_the_external_id(
    deployed: Target, people: People, environment: str
) -> None:
    not_authorized(people.keys("alice"), request(deployed, environment, "deployer"))


def test_not_alice_with_the_external_id_of_another_environment(
    deployed: Target, people: People, environment: str
) -> None:
    other = next(name for name in ENVIRONMENTS if name != environment)
    wrong = external_id(deployed, other)
    not_authorized(
        people.keys("alice"), request(deployed, environment, "deployer", ExternalId=wrong)
    )


def test_not_a_user_whom_the_role_does_not_trust(
    deployed: Target, people: People, environment: str
) -> None:
    right = external_id(deployed, environment)
    parameters = request(deployed, environment, "deployer", ExternalId=right)
    not_authorized(people.visitor("mallory"), parameters)
    not_authorized(people.keys("bob"), parameters)


def test_not_the_administrator_of_the_identity_account(
    deployed: Target, people: People, environment: str
) -> None:
    parameters = request(
        deployed, environment, "deployer", ExternalId=external_id(deployed, environment)
    )
    not_authorized(deployed.administrator("identity"), parameters)


def test_not_the_administrator_of_the_account_itself(
    deployed: Target, people: People, environment: str
) -> None:
    parameters = request(
        deployed, environment, "deployer", ExternalId=external_id(deployed, environment)
    )
    not_authorized(deployed.administrator(environment), parameters)


def test_not_bob_without_a_second_factor(
    deployed: Target, people: People, environment: str
) -> None:
    not_authorized(people.keys("bob"), request(deployed, environment, "auditor"))


def test_not_bob_with_a_wrong_code(deployed: Target, people: People, environment: str) -> None:
    with people.second_factor("bob", f"bob-wrong-{environment}") as factor:
        right = factor.code()
        wrong = f"{(int(right) + 1) % 1_000_000:06d}"
        code, message = refused(
            people.keys("bob"),
            request(deployed, environment, "auditor", SerialNumber=factor.serial, TokenCode=wrong),
        )
        assert code == "AccessDenied"
        assert "invalid MFA one time pass code" in message


def test_not_alice_as_an_auditor_even_with_a_second_factor(
    deployed: Target, people: People, environment: str
) -> None:
    with people.second_factor("alice", f"alice-auditor-{environment}") as factor:
        parameters = request(
            deployed, environment, "auditor", SerialNumber=factor.serial, TokenCode=factor.code()
        )
        not_authorized(people.keys("alice"), parameters)


def test_not_alice_breaking_the_glass_under_another_name(
    deployed: Target, people: People, environment: str
) -> None:
    with people.second_factor("alice", f"alice-bob-{environment}") as factor:
        parameters = request(
            deployed,
            environment,
            "breakglass",
            SerialNumber=factor.serial,
            TokenCode=factor.code(),
            SourceIdentity="mallory",
        )
        code, _ = refused(people.keys("alice"), parameters)
        assert code == "AccessDenied"


def test_not_a_person_in_the_place_of_a_service(
    deployed: Target, people: People, environment: str
) -> None:
    parameters = request(deployed, environment, "backup")
    not_authorized(people.visitor("mallory"), parameters)
    not_authorized(deployed.administrator(environment), parameters)


def test_not_a_role_of_another_environment(
    deployed: Target, people: People, environment: str
) -> None:
    other = next(name for name in ENVIRONMENTS if name != environment)
    session = assume(
        people.keys("alice"),
        request(deployed, other, "deployer", ExternalId=external_id(deployed, other)),
    )
    parameters = request(
        deployed, environment, "deployer", ExternalId=external_id(deployed, environment)
    )
    not_authorized(session, parameters)


def test_a_role_that_does_not_exist_is_refused_in_the_same_words(
    deployed: Target, people: People, environment: str
) -> None:
    not_authorized(people.visitor("mallory"), request(deployed, environment, "nobody"))


def test_not_longer_than_the_role_allows(
    deployed: Target, people: People, environment: str
) -> None:
    parameters = request(
        deployed,
        environment,
        "deployer",
        ExternalId=external_id(deployed, environment),
        DurationSeconds=2 * 3600 + 1,
    )
    assert refused(people.keys("alice"), parameters) == (
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    )


# --- what a session may do


def test_a_session_has_the_permissions_of_the_role_and_no_more(
    deployed: Target, people: People, environment: str
) -> None:
    session = assume(
        people.keys("alice"),
        request(deployed, environment, "deployer", ExternalId=external_id(deployed, environment)),
    )
    bucket = f"{environment}-artifacts-integration-{deployed.facts(environment).account_id}"
    region = deployed.facts(environment).region
    s3 = Keys({**session.variables, "AWS_REGION": region}).client("s3")
    # S3 refuses to be told its own default region.
    where = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **(where if region != "us-east-1" else {}))
    administrator = deployed.administrator(environment).client("s3")
    try:
        s3.put_object(Bucket=bucket, Key="artifact", Body=b"bytes")
        assert s3.get_object(Bucket=bucket, Key="artifact")["Body"].read() == b"bytes"
        with pytest.raises(ClientError) as caught:
            s3.delete_object(Bucket=bucket, Key="artifact")
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    finally:
        administrator.delete_object(Bucket=bucket, Key="artifact")
        administrator.delete_bucket(Bucket=bucket)
    with pytest.raises(ClientError) as caught:
        session.client("iam").create_user(UserName="backdoor")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"
