"""What an AssumableRole puts into cdk.tf.json, and what it refuses."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from rolecall.policy import PolicyDocument
from rolecall.problems import Problem
from rolecall.trust import IamUsers, TrustError
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import App, Construct, IamRole, TerraformStack

Synth = Callable[[EnvironmentStack], dict[str, Any]]
ALICE = IamUsers("999999999999", ["alice"])
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::x/${aws:username}/*",
        }
    ],
}


def role(stack: EnvironmentStack, id: str = "deployer", **options: Any) -> AssumableRole:
    return AssumableRole(stack, id, **{"trusted_entities": [ALICE], **options})


def test_a_role_is_named_after_its_environment(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth
) -> None:
    stack = new_stack(name="tes")
    made = role(stack, max_session=timedelta(hours=2), path="/ci/", tags={"team": "x"})
    [found] = synthesized(stack)["resource"]["aws_iam_role"].values()
    assert found["name"] == made.role_name == "tes-deployer"
    assert made.role_arn == "arn:aws:iam::111111111111:role/ci/tes-deployer"
    assert found["max_session_duration"] == 7200
    assert found["path"] == "/ci/"
    assert found["tags"] == {"team": "x"}
    trust = PolicyDocument.parse(found["assume_role_policy"]).to_dict()
    assert trust["Statement"]["Principal"] == {  # type: ignore[index,call-overload]
        "AWS": "arn:aws:iam::999999999999:user/alice"
    }


def test_policies_wait_for_the_role_and_are_inline_json(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    role(stack, managed_policies=["ReadOnlyAccess"], inline_policies={"read": READ})
    found = synthesized(stack)
    assert "data" not in found
    [attachment] = found["resource"]["aws_iam_role_policy_attachment"].values()
    assert attachment == {
        "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "role": "${aws_iam_role.deployer.name}",
    }
    [inline] = found["resource"]["aws_iam_role_policy"].values()
    assert inline["role"] == "${aws_iam_role.deployer.name}"
    assert inline["name"] == "read"
    # Terraform reads $${ as a literal ${, so AWS gets its own variable.
    assert json.loads(inline["policy"])["Statement"]["Resource"].endswith("/$${aws:username}/*")


def only(found: dict[str, Any], kind: str) -> str:
    """The key of the only resource of its kind."""
    [key] = found["resource"][kind]
    return str(key)


def test_every_role_is_exclusive_unless_told_otherwise(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    role(stack, "one", managed_policies=["ReadOnlyAccess"], inline_policies={"read": READ})
    role(stack, "two")
    role(stack, "open", exclusive=False)
    found = synthesized(stack)
    name = stack.environment.name
    assert found["locals"]["exclusive_roles"] == {
        f"{name}-one": {
            "name": "${aws_iam_role.one.name}",
            # References, not words: the exclusive list has to wait for its policies.
            "policies": [f"${{aws_iam_role_policy.{only(found, 'aws_iam_role_policy')}.name}}"],
            "attachments": [
                "${aws_iam_role_policy_attachment."
                f"{only(found, 'aws_iam_role_policy_attachment')}.policy_arn}}"
            ],
        },
        f"{name}-two": {"name": "${aws_iam_role.two.name}", "policies": [], "attachments": []},
    }
    [policies] = found["resource"]["aws_iam_role_policies_exclusive"].values()
    assert policies == {
        "for_each": "${local.exclusive_roles}",
        "role_name": "${each.value.name}",
        "policy_names": "${each.value.policies}",
    }
    [attachments] = found["resource"]["aws_iam_role_policy_attachments_exclusive"].values()
    assert attachments["policy_arns"] == "${each.value.attachments}"


def test_arns_of_roles_are_outputs(stack: EnvironmentStack, synthesized: Synth) -> None:
    made = role(stack)
    assert synthesized(stack)["output"]["role_arns"]["value"] == {made.role_name: made.role_arn}


def test_managed_policies_by_name_path_arn_and_token(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    other = role(stack, "other")
    role(
        stack,
        managed_policies=[
            "ViewOnlyAccess",
            "service-role/AWSLambdaBasicExecutionRole",
            "arn:aws:iam::111111111111:policy/own",
            other.arn,
        ],
        permissions_boundary="PowerUserAccess",
    )
    found = synthesized(stack)["resource"]
    arns = {each["policy_arn"] for each in found["aws_iam_role_policy_attachment"].values()}
    assert arns == {
        "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
        "arn:aws:iam::111111111111:policy/own",
        "${aws_iam_role.other.arn}",
    }
    boundary = found["aws_iam_role"]["deployer"]["permissions_boundary"]
    assert boundary == "arn:aws:iam::aws:policy/PowerUserAccess"


def test_a_token_inside_an_inline_policy_stays_a_reference(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    other = role(stack, "other")
    policy = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": other.arn},
    }
    role(stack, inline_policies={"chain": policy})
    [inline] = synthesized(stack)["resource"]["aws_iam_role_policy"].values()
    assert json.loads(inline["policy"])["Statement"]["Resource"] == "${aws_iam_role.other.arn}"


def test_a_role_may_live_in_a_construct_of_the_stack(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    AssumableRole(Construct(stack, "team"), "deployer", trusted_entities=[ALICE])
    [found] = synthesized(stack)["resource"]["aws_iam_role"].values()
    assert found["name"] == f"{stack.environment.name}-deployer"


def test_a_role_is_the_terraform_resource(stack: EnvironmentStack) -> None:
    made = role(stack)
    assert isinstance(made, IamRole)
    assert "TfToken" in made.arn


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "third party": ({"trusted_entities": [IamUsers("444444444444", ["x"])]}, "external_id="),
    "nobody": ({"trusted_entities": []}, "name at least one"),
    "long name": ({"id": "x" * 64}, r"\(6\d characters with the environment\).*1 to 64"),
    "odd name": ({"id": "a b"}, "1 to 64 letters"),
    "name of two lines": ({"id": "a\nb"}, r"a\\u000ab"),
    "no name": ({"id": ""}, "not the id of a role"),
    "short session": ({"max_session": timedelta(minutes=30)}, "one to twelve hours"),
    "long session": ({"max_session": timedelta(hours=13)}, "one to twelve hours"),
    "split session": ({"max_session": timedelta(hours=1, milliseconds=1)}, "whole seconds"),
    "bare seconds": ({"max_session": 3600}, r"timedelta\(hours=2\)"),
    "path": ({"path": "ci"}, "'/' at both ends"),
    "policies as text": ({"managed_policies": "ReadOnlyAccess"}, r"write \['ReadOnlyAccess'\]"),
    "policy twice": ({"managed_policies": ["A", "arn:aws:iam::aws:policy/A"]}, "listed twice"),
    "policy elsewhere": (
        {"managed_policies": ["arn:aws:iam::222222222222:policy/x"]},
        "its own account 111111111111",
    ),
    "policy of another partition": (
        {"managed_policies": ["arn:aws-cn:iam::aws:policy/ReadOnlyAccess"]},
        "is in aws",
    ),
    "no policy": ({"managed_policies": ["arn:aws:s3:::bucket"]}, "not the ARN of a managed policy"),
    "service-linked": (
        {"managed_policies": ["AWSBackupServiceLinkedRolePolicyForBackup"]},
        "service-linked role",
    ),
    "inline malformed": ({"inline_policies": {"x": {"Statment": []}}}, '"x" is not valid'),
    "policy misnamed": (
        {"managed_policies": ["Read*"]},
        "'Read\\*' cannot name a managed policy; it has 1 to 128",
    ),
    "policy path misnamed": ({"managed_policies": ["*/ReadOnlyAccess"]}, "a managed policy"),
    "policy unnamed": (
        {"managed_policies": ["arn:aws:iam::aws:policy/"]},
        "cannot name a managed policy",
    ),
    "inline name": ({"inline_policies": {"a b": READ}}, "cannot name an inline policy"),
    "inline principal": (
        {
            "inline_policies": {
                "x": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": "*",
                    },
                }
            }
        },
        "goes into trusted_entities",
    ),
    "inline without resource": (
        {
            "inline_policies": {
                "x": {
                    "Version": "2012-10-17",
                    "Statement": {"Effect": "Allow", "Action": "s3:*"},
                }
            }
        },
        "has no Resource",
    ),
    "inline too large": (
        {
            "inline_policies": {
                "x": {
                    "Version": "2012-10-17",
                    "Statement": {
                        "Effect": "Allow",
                        "Action": "s3:*",
                        "Resource": [f"arn:aws:s3:::bucket-{n}/*" for n in range(500)],
                    },
                }
            }
        },
        r"1\d{4} characters together, and AWS allows 10240",
    ),
    "tags": ({"tags": {"aws:x": "y"}}, "begin with aws:"),
    "tag cases": ({"tags": {"A": "y", "a": "z"}}, "two cases"),
    "description": ({"description": "x" * 1001}, "up to 1000"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_before_anything_is_made(
    case: str, stack: EnvironmentStack, synthesized: Synth
) -> None:
    options, fix = REFUSED[case]
    with pytest.raises(Problem, match=fix):
        role(stack, **options)
    assert "resource" not in synthesized(stack)


def test_tags_are_judged_together_with_those_of_the_environment(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth
) -> None:
    """Terraform merges both before it asks IAM, which ignores the case of keys."""
    stack = new_stack(tags={"cost": "4711"})
    with pytest.raises(Problem, match=r"'Cost' is written 'cost' in the environment.*keep one"):
        role(stack, tags={"Cost": "1"})
    with pytest.raises(Problem, match="51 tags with the environment's; AWS allows 50"):
        role(stack, tags={f"t{number}": "x" for number in range(50)})
    role(stack, tags={"cost": "1"} | {f"t{number}": "x" for number in range(49)})
    [found] = synthesized(stack)["resource"]["aws_iam_role"].values()
    assert found["tags"]["cost"] == "1"


def test_names_are_unique_ignoring_case(stack: EnvironmentStack) -> None:
    role(stack, "deployer")
    with pytest.raises(Problem, match=r"exists twice.*give one another id"):
        role(stack, "Deployer")


def test_the_problem_says_which_role(new_stack: Callable[..., EnvironmentStack]) -> None:
    with pytest.raises(TrustError, match=r'^The role "say-deployer": trusted_entities is empty'):
        role(new_stack(name="say"), trusted_entities=[])


def test_outside_an_environment_stack_it_says_so(app: App) -> None:
    stack = TerraformStack(app, "plain")
    with pytest.raises(Problem, match="build it in an EnvironmentStack"):
        AssumableRole(stack, "deployer", trusted_entities=[ALICE])
