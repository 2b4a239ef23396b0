"""A plan made anew, so that the kept ones cannot become something that Terraform never writes."""

import pytest

from rolecall.review.read import read_plan
from tests.integration.target import EmbeddedAws
from tests.review.plans import make


@pytest.mark.terraform
@pytest.mark.parametrize("case", ["provider_and_role"])
def test_a_plan_of_today_is_read_like_the_kept_one(case, tmp_path, made):
    home = tmp_path / "aws"
    home.mkdir()
    aws = EmbeddedAws(home, "--ephemeral")
    aws.up()
    try:
        shown = make.plan(case, aws, tmp_path / "work")
    finally:
        aws.down()
    # As Terraform writes it, and as it is kept.
    for text in (shown, make.cut(shown)):
        assert read_plan(text, environment="tes", source=f"{case}.json") == made(case)
