"""Whom the author of a raw statement means: whom its letters say, and nobody else."""

from hypothesis import strategies as st

from rolecall.policy import IamUser
from rolecall.trust import RawStatement
from tests.trust.intent import PEOPLE, Written
from tests.trust.intent_iam import asked, is_user, written

KINDS: dict[type, st.SearchStrategy[Written]] = {
    RawStatement: st.one_of(
        written(
            RawStatement(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{PEOPLE}:user/alice"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": "acme-1"}},
                },
                why="an example",
            ),
            asked(IamUser(PEOPLE, "alice"), "acme-1"),
            lambda call: is_user(call, PEOPLE, "alice") and call.attempt.external_id == "acme-1",
        ),
    )
}
