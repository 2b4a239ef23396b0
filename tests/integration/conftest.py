"""One embedded AWS with the project's own stacks deployed to it, shared by the whole run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.people import People
from tests.integration.target import ENVIRONMENTS, EmbeddedAws, Project, RealAws, Target


# First, because pytest-xdist reads the groups in a hook of the same name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            # Deploying takes a minute: all tests of the deployed roles share one worker.
            if item.get_closest_marker("xdist_group") is None:
                item.add_marker(pytest.mark.xdist_group("deployed"))
            item.add_marker(pytest.mark.terraform)


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws(tmp_path_factory.mktemp("embedded"), "--ephemeral")
    aws.up()
    yield aws
    aws.down()


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.copy(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="session")
def deployed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Target:
    """The target with identity, tes, stg and prd deployed."""
    if os.environ.get("ROLECALL_AWS") == "1":
        return RealAws(tmp_path_factory.mktemp("home"))
    embedded: EmbeddedAws = request.getfixturevalue("embedded")
    project: Project = request.getfixturevalue("project")
    for environment in ("identity", *ENVIRONMENTS):
        project.deploy(embedded.administrator(environment), environment)
    return embedded


@pytest.fixture(scope="session")
def people(deployed: Target) -> Iterator[People]:
    """alice and bob of the identity stack, and visitors, each with a key for the test run."""
    with People(deployed.administrator("identity")) as people:
        yield people
