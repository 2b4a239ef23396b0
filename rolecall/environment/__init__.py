"""The environments/ files: facts of each environment as validated values, and no roles."""

from rolecall.environment.loading import (
    check_environment_name,
    environment_names,
    load_environment,
    load_environments,
    parse_environment,
)
from rolecall.environment.model import Environment, LocalState, S3State, State
from rolecall.environment.problem import EnvironmentProblem

__all__ = [
    "Environment",
    "EnvironmentProblem",
    "LocalState",
    "S3State",
    "State",
    "check_environment_name",
    "environment_names",
    "load_environment",
    "load_environments",
    "parse_environment",
]
