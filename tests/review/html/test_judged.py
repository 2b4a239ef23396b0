"""A report as the review makes it, from snapshots, is a page as well."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rolecall.policy import PolicyDocument
from rolecall.review.judge import judge
from rolecall.review.model import (
    CallerSide,
    Pair,
    Permissions,
    Place,
    Policy,
    RoleSide,
    Snapshot,
    Unread,
)
from rolecall.review.report import Report

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


def trust(*users: str) -> PolicyDocument:
    names = [f"arn:aws:iam::999999999999:user/{name}" for name in users]
    statement = {"Effect": "Allow", "Principal": {"AWS": names}, "Action": "sts:AssumeRole"}
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": [statement]})


def side(name: str, policy: Policy, permissions: Permissions | None = None) -> RoleSide:
    arn = f"arn:aws:iam::111111111111:role/{name}"
    return RoleSide(name, "/", "111111111111", arn, policy, 3600, permissions or Permissions())


def pair(before: RoleSide, after: RoleSide) -> Pair[RoleSide]:
    return Pair(Place("tes", f"aws_iam_role.{after.name}"), before, after)


@pytest.fixture(scope="module")
def judged() -> Report:
    alice = CallerSide("user", "alice", "arn:aws:iam::999999999999:user/alice", Permissions())
    power = Permissions(managed=frozenset({ADMIN}))
    return judge(
        [
            Snapshot(
                environment="tes",
                source="plan of tes",
                account="111111111111",
                roles=(
                    pair(side("wide", trust("alice")), side("wide", trust("alice", "bob"))),
                    pair(side("same", trust("alice")), side("same", trust("alice"))),
                    pair(side("power", trust("alice")), side("power", trust("alice"), power)),
                    pair(side("later", trust("alice")), side("later", Unread("it is not known."))),
                ),
                callers=(Pair(Place("tes", "aws_iam_user.alice"), alice, alice),),
                notes=("module.x could not be read.",),
            )
        ]
    )


def test_a_judged_report(judged: Report, open_report: Callable[..., Page]) -> None:
    page = open_report(judged)
    expect(page.locator("#count")).to_have_text(
        f"{len(judged.changes)} of {len(judged.changes)} shown"
    )
    expect(page.locator(".gate")).to_contain_text("Gate failed")
    for reason in (*judged.gate_reasons, *judged.notes):
        expect(page.locator(".summary")).to_contain_text(reason)
    for change in judged.changes:
        article = page.locator(f'[id="{change.fingerprint}"]')
        expect(article.locator("h3")).to_have_text(f"{change.kind} {change.name}")
        for sentence in change.sentences:
            expect(article).to_contain_text(sentence.text.replace("`", ""))
    row = page.locator("#grid tbody tr", has_text="bob")
    expect(row.locator("td", has_text="gained")).to_have_count(1)
