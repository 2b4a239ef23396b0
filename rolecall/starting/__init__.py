"""A new project: environments, a stack, tests and a pipeline that fit together."""

from rolecall.starting.answers import Answers, parse_accounts
from rolecall.starting.place import write_project
from rolecall.starting.project import project_files

__all__ = ["Answers", "parse_accounts", "project_files", "write_project"]
