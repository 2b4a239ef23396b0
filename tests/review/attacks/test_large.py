"""Policies that AWS would not take end in an answer, and soon."""

from tests.review import planned
from tests.review.planned import altered, kept, policy


def test_a_permission_policy_that_is_too_large_counts_as_a_gain() -> None:
    def text(ending: str) -> str:
        return policy(
            *(
                {"Action": f"s3:Get{n}", "Resource": f"arn:aws:s3:::{n}/{ending}"}
                for n in range(4000)
            )
        )

    before = {"name": "p", "role": "r", "policy": text("one")}
    report = planned.reviewed(
        kept("aws_iam_role.r", planned.role()),
        altered("aws_iam_role_policy.p", before, policy=text("two")),
    )
    assert report.verdict == "wider"
    assert "too large to be compared" in report.changes[0].sentences[0].text
