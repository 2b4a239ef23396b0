"""Which roles and users each environment has."""

from collections.abc import Sequence

from rolecall.environment import Environment
from rolecall.problems import Problem
from rolecall_cdktf import App
from stacks.deploy_stack import DeployStack
from stacks.identity_stack import IdentityStack


def declare(app: App, environments: Sequence[Environment]) -> None:
    """One stack for each environment: people in `identity`, roles everywhere else."""
    for environment in environments:
        try:
            if environment.name == "identity":
                IdentityStack(app, environment, [e for e in environments if e is not environment])
            else:
                DeployStack(app, environment)
        except Problem as problem:
            # The same code makes every environment, so it matters whose facts are wrong.
            text = f"The environment {environment.name}: {problem}"
            raise Problem(text, problem.exit_code) from problem
