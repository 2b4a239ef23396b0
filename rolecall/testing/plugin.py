"""The pytest plugin: its fixtures. Nothing of Rolecall is loaded before one is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rolecall.testing.embedded.aws import LocalAws
    from rolecall.testing.embedded.deploying import Deploy
    from rolecall.testing.embedded.running import RunningAws


@pytest.fixture(scope="session")
def _rolecall_embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAws]:
    from rolecall.testing.embedded.running import started

    with started(tmp_path_factory.mktemp("rolecall-aws")) as running:
        yield running


@pytest.fixture
def local_aws(_rolecall_embedded_aws: RunningAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """An embedded AWS with nothing in it, which boto3 and Terraform find by the environment.

    One server runs for the whole session (with pytest-xdist: one a worker) and is emptied
    for each test. The credentials are those of the administrator of account 111122223333;
    `local_aws.use(account)` changes to another account.
    """
    from rolecall.testing.embedded.aws import LocalAws

    _rolecall_embedded_aws.empty()
    aws = LocalAws(_rolecall_embedded_aws, monkeypatch)
    aws.use()
    return aws


@pytest.fixture
def deploy(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """`deploy(stack)` applies a synthesized stack to `local_aws` with Terraform.

    What was deployed goes with the test: the embedded AWS is emptied and the state is in
    a temporary folder.
    """
    from rolecall.testing.embedded.deploying import Deploy

    return Deploy(local_aws, tmp_path_factory.mktemp("rolecall-deploy"))
