"""Plans written by hand: what Terraform seldom does, and what is no plan at all."""

import json
import sys

import pytest

from rolecall.policy import PolicyDocument
from rolecall.problems import Exit, Problem
from rolecall.review.model import Unread
from rolecall.review.read import read_plan

ALICE, BOB = "arn:aws:iam::999999999999:user/alice", "arn:aws:iam::999999999999:user/bob"
EMPTY = {"format_version": "1.2", "planned_values": {}, "resource_changes": []}


def read(text, **more):
    return read_plan(text, **{"environment": "tes", "source": "plan.json", **more})


def the_role(snapshot):
    (pair,) = snapshot.roles
    return pair


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "not valid JSON"),
        (b"PK\x03\x04\xff", "not UTF-8 text"),
        (b"[]", "not one JSON object"),
        (b"{}", "no plan"),
        (b'{"format_version": "1.0", "values": {}}', "a state"),
        (b'{"format_version": "1.2", "planned_values": {', "ends in the middle"),
        (b'{"format_version": "1.2", "format_version": "1.2"}', "a key twice"),
        (b'{"@level": "info", "@message": "Plan: 1 to add"}', "the log of terraform plan -json"),
        (b'{"format_version": "2.0", "planned_values": {}}', "reads format 1"),
        (b'{"format_version": "1.2", "planned_values": {}, "errored": true}', "failed"),
        (b'{"format_version": "1.2", "planned_values": ' + b"[" * 500 + b"]" * 500 + b"}", "deep"),
        (b'{"format_version": "1.2", "planned_values": ' + b"[" * 10**6, "deep"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": NaN}', "not valid JSON"),
        ("{}".encode("utf-16"), "UTF-16"),
    ],
)
def test_what_is_no_plan_is_refused_in_one_sentence(text, said):
    with pytest.raises(Problem, match=said) as caught:
        read(text)
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert "\n" not in str(caught.value)


def test_a_plan_of_a_size_without_bounds_is_refused(monkeypatch):
    monkeypatch.setattr("rolecall.review.read.json_text.LARGEST", 10)
    with pytest.raises(Problem, match="at most 10 are read"):
        read(b"{" + b" " * 20 + b"}")


def test_messages_hold_nothing_of_a_text_that_cannot_be_read():
    with pytest.raises(Problem) as caught:
        read(b'{"format_version": "1.2", "variables": {"key": "s3cret", "key": 1}}')
    assert "s3cret" not in str(caught.value)


def test_an_empty_plan_changes_nothing():
    snapshot = read(json.dumps(EMPTY).encode())
    assert not snapshot.roles
    assert not snapshot.notes


@pytest.mark.parametrize(
    ("source", "name"), [("out/prd.json", "prd"), ("tes.tfplan.json", "tes"), ("plan", "plan")]
)
def test_an_environment_without_a_name_is_called_like_its_file(source, name):
    snapshot = read(json.dumps(EMPTY).encode(), environment=None, source=source)
    assert snapshot.environment == name


def test_deferred_changes_are_a_note(plan):
    deferred = {"reason": "x", "resource_change": {"address": "aws_iam_role.later"}}
    snapshot = read(plan(deferred_changes=[deferred], complete=False))
    assert any("aws_iam_role.later" in note for note in snapshot.notes)
    assert any("not complete" in note for note in snapshot.notes)


def test_an_action_of_a_later_terraform_is_a_note(plan, change, trust):
    values = {"name": "x", "assume_role_policy": trust({"AWS": ALICE})}
    snapshot = read(plan(change("aws_iam_role.x", "transmute", before=values, after=values)))
    assert snapshot.notes == ("What happens to aws_iam_role.x is not understood.",)


@pytest.mark.parametrize("order", [("delete", "create"), ("create", "delete")])
def test_a_role_is_replaced_in_either_order(order, plan, change, trust):
    values = {"name": "tes-x", "path": "/", "assume_role_policy": trust({"AWS": ALICE})}
    before = {**values, "arn": "arn:aws:iam::111111111111:role/tes-x", "unique_id": "AROAX"}
    unknown = {"arn": True, "unique_id": True}
    text = plan(
        change("aws_iam_role.x", *order, before=before, after=values, after_unknown=unknown),
        resources={"aws_iam_role.x": {"name": "tes-x"}},
    )
    pair = the_role(read(text))
    assert pair.replaced
    assert pair.after.arn == before["arn"]
    assert (pair.before.unique_id, pair.after.unique_id) == ("AROAX", None)


def test_a_deposed_role_is_one_that_goes(plan, change, trust):
    values = {"name": "tes-x", "assume_role_policy": trust({"AWS": ALICE})}
    snapshot = read(
        plan(
            change("aws_iam_role.x", "no-op", before=values, after=values),
            change("aws_iam_role.x", "delete", before=values, deposed="0a1b2c3d"),
        )
    )
    assert [(p.place.address, p.after is None) for p in snapshot.roles] == [
        ("aws_iam_role.x", False),
        ("aws_iam_role.x (deposed 0a1b2c3d)", True),
    ]


def test_what_is_only_in_the_state_stays_as_it_is(plan, trust):
    kept = {
        "address": "aws_iam_role.x",
        "mode": "managed",
        "type": "aws_iam_role",
        "name": "x",
        "values": {"name": "tes-x", "assume_role_policy": trust({"AWS": ALICE})},
    }
    inner = {**kept, "address": "module.m[0].aws_iam_role.x"}
    root = {
        "resources": [kept],
        "child_modules": [{"address": "module.m[0]", "resources": [inner]}],
    }
    snapshot = read(plan(prior_state={"values": {"root_module": root}}))
    assert [pair.place.address for pair in snapshot.roles] == [
        "aws_iam_role.x",
        "module.m[0].aws_iam_role.x",
    ]
    assert all(pair.before == pair.after for pair in snapshot.roles)


def test_a_text_that_is_no_policy_is_unread_and_not_shown(plan, change):
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps s3cret"}]}'
    for broken in (text, "{", "[]", '"x"', '{"Version": "\\ud800"}', "${aws_iam_role.y.arn}"):
        values = {"name": "x", "assume_role_policy": broken}
        pair = the_role(read(plan(change("aws_iam_role.x", "create", after=values))))
        assert isinstance(pair.after.trust, Unread)
        assert "s3cret" not in pair.after.trust.why


def test_a_role_without_a_trust_policy_is_unread(plan, change):
    pair = the_role(read(plan(change("aws_iam_role.x", "create", after={"name": "x"}))))
    assert isinstance(pair.after.trust, Unread)


@pytest.mark.parametrize(
    "written",
    [
        '${templatefile("x", {})}',
        "${local.trust}",
        "${data.aws_iam_policy_document.x.json}",
        "%{ if true }{}%{ endif }",
        "${var.policy}",
        '{"Version": "2012-10-17", "Statement": [${join(",", var.statements)}]}',
    ],
)
def test_an_unknown_policy_is_unread_whatever_its_expression(written, plan, change):
    text = plan(
        change(
            "aws_iam_role.x",
            "create",
            after={"name": "x"},
            after_unknown={"assume_role_policy": True},
        ),
        resources={"aws_iam_role.x": {"assume_role_policy": written}},
    )
    assert isinstance(the_role(read(text)).after.trust, Unread)


def test_the_same_expression_has_the_same_name_in_the_whole_plan(plan, change, trust, statement):
    one = trust({"AWS": '${lookup(aws_ssm_parameter.who, "x")}'}).replace('\\"', '"')
    other = trust({"AWS": '${lookup(aws_ssm_parameter.who,   "y")}'}).replace('\\"', '"')
    again = one.replace("lookup(", "lookup( ")
    unknown = {"assume_role_policy": True}
    names = {"a": one, "b": other, "c": again}
    text = plan(
        *(
            change(f"aws_iam_role.{n}", "create", after={"name": n}, after_unknown=unknown)
            for n in names
        ),
        resources={f"aws_iam_role.{n}": {"assume_role_policy": w} for n, w in names.items()},
    )
    found = {p.after.name: statement(p.after.trust)["Principal"]["AWS"] for p in read(text).roles}
    assert found["a"] == found["c"] == "${unknown.1}"
    assert found["b"] == "${unknown.2}"


def test_references_that_go_in_a_circle_keep_their_names(plan, change, trust, statement):
    unknown = {"assume_role_policy": True, "name": True, "arn": True}
    text = plan(
        change("aws_iam_role.x", "create", after={}, after_unknown=unknown),
        resources={
            "aws_iam_role.x": {
                "name": "${aws_iam_role.x.name}",
                "assume_role_policy": trust({"AWS": "${aws_iam_role.x.arn}"}),
            }
        },
    )
    role = the_role(read(text)).after
    assert role.name == "${aws_iam_role.x.name}"
    assert statement(role.trust)["Principal"] == {"AWS": "${aws_iam_role.x.arn}"}


def test_a_long_chain_of_references_ends_in_a_sentence(plan, change, trust):
    unknown = {"assume_role_policy": True, "name": True}
    count = 3000
    text = plan(
        *(
            change(f"aws_iam_role.r{n}", "create", after={}, after_unknown=unknown)
            for n in range(count)
        ),
        resources={
            f"aws_iam_role.r{n}": {"name": f"${{aws_iam_role.r{n + 1}.name}}"} for n in range(count)
        },
    )
    # Other tests may have raised it: a chain that can be followed is no fault.
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(1000)
    try:
        with pytest.raises(Problem, match="follow each other too far"):
            read(text)
    finally:
        sys.setrecursionlimit(before)


def test_the_account_comes_from_the_provider_of_the_role(plan, change, trust):
    document = json.loads(
        plan(
            *(
                change(
                    f"aws_iam_role.{name}",
                    "create",
                    after={"name": name, "path": "/", "assume_role_policy": trust({"AWS": ALICE})},
                    after_unknown={"arn": True},
                )
                for name in ("assumed", "several", "gov")
            ),
            resources={f"aws_iam_role.{n}": {"name": n} for n in ("assumed", "several", "gov")},
        )
    )
    configuration = document["configuration"]
    for block in configuration["root_module"]["resources"]:
        block["provider_config_key"] = f"aws.{block['name']}"
    role = {"role_arn": {"constant_value": "arn:aws:iam::222222222222:role/deploy"}}
    both = {"constant_value": ["111111111111", "222222222222"]}
    configuration["provider_config"] |= {
        "aws.assumed": {"name": "aws", "expressions": {"assume_role": [role]}},
        "aws.several": {"name": "aws", "expressions": {"allowed_account_ids": both}},
        "aws.gov": {
            "name": "aws",
            "expressions": {"allowed_account_ids": {"constant_value": ["333333333333"]}},
        },
    }
    found = {p.after.name: p.after for p in read(json.dumps(document).encode()).roles}
    assert found["assumed"].arn == "arn:aws:iam::222222222222:role/assumed"
    assert (found["several"].account, found["several"].arn) == (None, None)
    assert found["gov"].account == "333333333333"


def test_what_aws_said_of_the_account_is_surer_than_the_configuration(plan, change, trust):
    kept = {
        "address": "data.aws_caller_identity.me",
        "mode": "data",
        "type": "aws_caller_identity",
        "name": "me",
        "values": {"account_id": "555555555555"},
    }
    values = {"name": "x", "path": "/", "assume_role_policy": trust({"AWS": ALICE})}
    text = plan(
        change("aws_iam_role.x", "create", after=values, after_unknown={"arn": True}),
        resources={"aws_iam_role.x": {"name": "x"}, "data.aws_caller_identity.me": {}},
        prior_state={"values": {"root_module": {"resources": [kept]}}},
    )
    snapshot = read(text)
    assert the_role(snapshot).after.arn == "arn:aws:iam::555555555555:role/x"
    assert snapshot.account == "555555555555"


def test_the_partition_follows_from_the_region(plan, change, trust):
    document = json.loads(
        plan(
            change(
                "aws_iam_role.x",
                "create",
                after={"name": "x", "path": "/", "assume_role_policy": trust({"AWS": ALICE})},
                after_unknown={"arn": True},
            ),
            resources={"aws_iam_role.x": {"name": "x"}},
        )
    )
    provider = document["configuration"]["provider_config"]["aws"]
    provider["expressions"]["region"] = {"constant_value": "cn-north-1"}
    snapshot = read(json.dumps(document).encode())
    assert snapshot.partition == "aws-cn"
    assert the_role(snapshot).after.arn == "arn:aws-cn:iam::111111111111:role/x"


@pytest.mark.parametrize(
    ("type", "values"),
    [
        ("aws_something_new", {"assume_role_policy": "{}"}),
        ("acme_role", {"trust_policy": "{}"}),
        ("awscc_iam_role", {"role_name": "x"}),
        ("aws_cloudformation_stack", {"template_body": "{}"}),
        ("aws_ssoadmin_account_assignment", {}),
    ],
)
def test_what_may_give_access_and_is_not_read_is_a_note(type, values, plan, change):
    address = f"{type}.x"
    (note,) = read(plan(change(address, "create", after=values))).notes
    assert note.startswith(f"{address} changes and is not read: ")
    assert not read(plan(change(address, "no-op", before=values, after=values))).notes


def test_what_gives_no_access_is_no_note(plan, change):
    after = {"bucket": "x"}
    assert not read(plan(change("aws_s3_bucket.x", "create", after=after))).notes


def test_a_secret_name_is_shown_nowhere(plan, change, trust):
    values = {
        "name": "s3cret-name",
        "path": "/",
        "arn": "arn:aws:iam::111111111111:role/s3cret-name",
        "assume_role_policy": trust({"AWS": ALICE}),
        "max_session_duration": 7200,
    }
    sensitive = {"name": True}
    snapshot = read(
        plan(
            change(
                "aws_iam_role.x",
                "no-op",
                before=values,
                after=values,
                before_sensitive=sensitive,
                after_sensitive=sensitive,
            )
        )
    )
    assert "s3cret" not in repr(snapshot)
    pair = the_role(snapshot)
    assert pair.before == pair.after
    assert pair.after.arn is None
    assert pair.after.max_session_seconds == 7200


def test_a_policy_that_becomes_sensitive_hides_only_what_is_new(plan, change, trust, statement):
    conditions = {"StringEquals": {"sts:ExternalId": "in-clear-until-now"}}
    before = {"name": "x", "assume_role_policy": trust({"AWS": ALICE}, **conditions)}
    after = {"name": "x", "assume_role_policy": trust({"AWS": BOB}, **conditions)}
    sensitive = {"assume_role_policy": True}
    text = plan(
        change("aws_iam_role.x", "update", before=before, after=after, after_sensitive=sensitive)
    )
    found = statement(the_role(read(text)).after.trust)
    assert found["Condition"] == conditions
    assert found["Principal"] == {"AWS": "${sensitive.1}"}


def test_what_a_provider_keeps_to_itself_is_only_compared(plan, change):
    values = {"name": "sso", "saml_metadata_document": "<x/>"}
    sensitive = {"saml_metadata_document": True}
    snapshot = read(
        plan(change("aws_iam_saml_provider.sso", "create", after=values, after_sensitive=sensitive))
    )
    (pair,) = snapshot.saml_providers
    assert pair.after.entity_id is None
    assert pair.after.problem


def test_outputs_and_secret_variables_are_not_read(plan, change, trust):
    secret = "s3cret-of-an-output"
    values = {"name": "x", "assume_role_policy": trust({"AWS": ALICE})}
    text = plan(
        change("aws_iam_role.x", "create", after=values),
        output_changes={"key": {"after": secret}},
        variables={"key": {"value": secret}},
    )
    assert secret not in repr(read(text))


def test_an_open_place_of_a_set_is_filled_only_when_nothing_else_is_possible(plan, change):
    """`dynamic` blocks leave nothing in the plan: the written block may be another one."""

    def document(unknown, *principals):
        planned = {
            "effect": None,
            "actions": ["sts:AssumeRole"],
            "principals": [{"type": kind, "identifiers": [None]} for kind in principals],
        }
        mask = {"principals": [{"identifiers": [True]} for _ in principals], "actions": [False]}
        unknown_role = {"assume_role_policy": True}
        data = {
            "address": "data.aws_iam_policy_document.d",
            "mode": "data",
            "type": "aws_iam_policy_document",
            "name": "d",
            "change": {
                "actions": ["read"],
                "before": None,
                "after": {"statement": [planned]},
                "after_unknown": {"json": True, "statement": [mask]},
            },
        }
        written = {
            "actions": {"constant_value": ["sts:AssumeRole"]},
            "principals": [
                {
                    "type": {"constant_value": "AWS"},
                    "identifiers": {"constant_value": ["${aws_iam_user.u.arn}"]},
                }
            ],
        }
        text = plan(
            change("aws_iam_role.x", "create", after={"name": "x"}, after_unknown=unknown_role),
            change("aws_iam_user.u", "create", after={"name": "u"}, after_unknown={"arn": True}),
            data,
            resources={
                "aws_iam_role.x": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}"},
                "aws_iam_user.u": {"name": "u"},
                "data.aws_iam_policy_document.d": {"statement": [written]},
            },
        )
        trust = the_role(read(text)).after.trust
        assert isinstance(trust, PolicyDocument)
        return trust.statements[0].to_dict()["Principal"]

    assert document(True, "AWS") == {"AWS": "arn:aws:iam::111111111111:user/u"}
    both = document(True, "AWS", "Service")
    assert set(both) == {"AWS", "Service"}
    assert all(text.startswith("${") for text in both.values())
