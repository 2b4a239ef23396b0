"""Any JSON is a plan that can be reviewed, or a Problem; no gain passes the gate."""

import json
from datetime import date

from rolecall.problems import Problem
from rolecall.review.as_json import to_json
from rolecall.review.judge import exit_of, judge
from rolecall.review.markdown import to_markdown
from rolecall.review.mermaid import to_mermaid
from rolecall.review.read import read_plan
from rolecall.review.sarif import to_sarif
from rolecall.review.text import to_text
from scripts.hardening.fuzz_targets import policies
from scripts.hardening.fuzz_targets.draw import require
from scripts.hardening.fuzz_targets.plan_gains import gains

JSON_WORDS = [
    "format_version", "1.2", "planned_values", "root_module", "resources", "child_modules",
    "address", "mode", "managed", "data", "type", "name", "index", "values", "resource_changes",
    "change", "actions", "no-op", "create", "update", "delete", "read", "forget", "before",
    "after", "after_unknown", "before_sensitive", "after_sensitive", "configuration",
    "provider_config", "expressions", "references", "constant_value", "prior_state", "variables",
    "value", "sensitive", "module_calls", "module", "module_address", "deposed", "aws_iam_role",
    "aws_iam_role_policy", "aws_iam_role_policy_attachment", "aws_iam_openid_connect_provider",
    "aws_iam_saml_provider", "aws_iam_policy", "aws_iam_user", "aws_caller_identity",
    "assume_role_policy", "permissions_boundary", "arn", "url", "client_id_list", "inline_policy",
    "policy", "policy_arn", "role", "aws_iam_role.a", "each.value", "local.x",
    "${aws_iam_role.a.arn}", "for_each_expression", "count_expression",
    "arn:aws:iam::111122223333:role/a", "arn:aws:iam::aws:policy/AdministratorAccess", "module.a",
    "tags", "max_session_duration", '{"Version":"2012-10-17","Statement":[]}',
    *policies.JSON_WORDS[:30],
]  # fmt: skip


def check(data: bytes) -> None:
    """The oracle of this target."""
    try:
        snapshot = read_plan(data, environment=None, source="plan.json")
    except Problem as problem:
        require("\n" not in str(problem), "a refusal is one line")
        return
    report = judge([snapshot], today=date(2030, 1, 1))
    if exit_of(report) == 0:
        passed = list(gains(data))
        require(not passed, f"the review lets a gain through: {passed[:3]}")
    require(exit_of(report) in (0, 9, 1, 2, 3, 4, 5, 6, 7, 8), "an exit code of nobody")
    for text in (
        to_text(report),
        to_markdown(report),
        to_mermaid(report),
        json.dumps(to_json(report)),
        json.dumps(to_sarif(report)),
    ):
        text.encode("utf-8")
        require("\x1b" not in text and "\x00" not in text, "what a terminal would obey")
