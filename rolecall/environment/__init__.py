"""The environments/ files: facts of each environment as validated values, and no roles."""

from rolecall.environment.loading import (
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
    "load_environment",
    "load_environments",
    "parse_environment",
]
