"""A boto3 session for long jobs."""

from datetime import timedelta

import pytest

from rolecall.problems import Problem
from rolecall.session import AssumeRoleRequest
from rolecall.session.assumed_role import answer_of
from rolecall.session.kept import KeptSession
from rolecall.session.refreshing import refreshing_session
from rolecall.session.renew import fresh
from tests.session.cache.answers import START, Files, Sts
from tests.session.cache.world import DEPLOYER, REGION, World

pytestmark = pytest.mark.xdist_group("cache")


@pytest.mark.parametrize("seconds", [900, 3600])
def test_six_hours_never_sign_with_a_session_that_has_ended(files: Files, seconds: int) -> None:
    sts, place = Sts(seconds=seconds), files.place(seconds)
    kept = KeptSession(lambda: fresh(place, sts.assume, now=sts.now), now=sts.now)
    session = refreshing_session(kept.current, REGION, now=sts.now)
    signer = session.client("s3")._request_signer._credentials
    used = set()
    while sts.now() - START < timedelta(hours=6):
        frozen = signer.get_frozen_credentials()
        key = frozen.access_key
        # Endpoints of an account of one's own are found by it.
        assert frozen.account_id == "111111111111"
        assert sts.time() < sts.valid_until[key]
        used.add(key)
        sts.pass_(60)
    assert len(used) == sts.calls
    assert sts.calls <= 6 * 3600 / (seconds * 3 / 4 - 60) + 1


def test_what_is_wrong_reaches_whoever_uses_a_client(files: Files) -> None:
    sts, place = Sts(), files.place()
    session = refreshing_session(lambda: fresh(place, sts.assume, now=sts.now), REGION, sts.now)
    sts.down = True
    sts.pass_(3600 - 30)
    with pytest.raises(Problem, match="could not be reached"):
        session.client("s3")._request_signer._credentials.get_frozen_credentials()


def test_a_client_of_it_is_the_role(world: World, files: Files) -> None:
    request = AssumeRoleRequest(role_arn=DEPLOYER, session_name="alice")
    place = files.place(of_aws=False)
    session = refreshing_session(
        lambda: fresh(place, lambda: answer_of(world.client(), request)), REGION
    )
    for _ in range(2):
        arn = session.client("sts").get_caller_identity()["Arn"]
        assert arn.endswith("assumed-role/tes-deployer/alice")
    assert session.region_name == REGION
    assert world.assumed == 1
