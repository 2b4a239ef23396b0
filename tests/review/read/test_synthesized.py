"""What an app synthesized, at two times."""

import json
from pathlib import Path

import pytest

from rolecall.policy import PolicyDocument
from rolecall.problems import Exit, Problem
from rolecall.review.model import Unread
from rolecall.review.read import read_synthesized

ALICE, BOB = "arn:aws:iam::999999999999:user/alice", "arn:aws:iam::999999999999:user/bob"
AWS = {"aws": [{"region": "eu-central-1", "allowed_account_ids": ["111111111111"]}]}


@pytest.fixture
def output(tmp_path):
    """Writes a cdktf.out folder: stack → sections of its cdk.tf.json."""

    def write(name, **stacks):
        folder = tmp_path / name
        manifest = {"version": "0.21.0", "stacks": {}}
        for stack, sections in stacks.items():
            place = folder / "stacks" / stack
            place.mkdir(parents=True)
            document = {"//": {"metadata": {"stackName": stack}}, "provider": AWS, **sections}
            (place / "cdk.tf.json").write_text(json.dumps(document))
            path = f"stacks/{stack}/cdk.tf.json"
            manifest["stacks"][stack] = {"name": stack, "synthesizedStackPath": path}
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return write


def roles(**by_name):
    """The `resource` section of roles: name → attributes."""
    return {
        "aws_iam_role": {
            name: {
                "//": {"metadata": {"path": f"tes/{name}", "uniqueId": name}},
                "name": f"tes-{name}",
                **attributes,
            }
            for name, attributes in by_name.items()
        }
    }


def test_two_outputs_of_one_stack(output, trust, role, statement):
    before = output("a", tes={"resource": roles(x={"assume_role_policy": trust({"AWS": ALICE})})})
    after = output("b", tes={"resource": roles(x={"assume_role_policy": trust({"AWS": BOB})})})
    (snapshot,) = read_synthesized(before, after)
    assert (snapshot.environment, snapshot.account) == ("tes", "111111111111")
    pair = role(snapshot, "aws_iam_role.x")
    assert pair.place.construct == "tes/x"
    assert pair.after.arn == "arn:aws:iam::111111111111:role/tes-x"
    assert pair.after.max_session_seconds == 3600
    assert statement(pair.before.trust)["Principal"] == {"AWS": ALICE}
    assert statement(pair.after.trust)["Principal"] == {"AWS": BOB}
    assert not snapshot.notes


def test_stacks_that_come_and_go(output, trust):
    one = {"resource": roles(x={"assume_role_policy": trust({"AWS": ALICE})})}
    before, after = output("a", old=one, stays=one), output("b", new=one, stays=one)
    found = {s.environment: s.roles[0] for s in read_synthesized(before, after)}
    assert list(found) == ["new", "old", "stays"]
    assert found["new"].before is None
    assert found["old"].after is None
    assert found["stays"].before == found["stays"].after
    assert {s.environment for s in read_synthesized(None, after)} == {"new", "stays"}
    assert all(pair.after is None for s in read_synthesized(before, None) for pair in s.roles)


def test_exclusive_policies_and_locals_are_followed(output, trust, role):
    resource = {
        **roles(x={"assume_role_policy": trust({"AWS": ALICE})}),
        "aws_iam_policy": {"own": {"name": "own", "policy": trust({"AWS": "*"})}},
        "aws_iam_role_policy_attachment": {
            "a": {"role": "${aws_iam_role.x.name}", "policy_arn": "${aws_iam_policy.own.arn}"}
        },
        "aws_iam_role_policy_attachments_exclusive": {
            "all": {
                "for_each": "${local.holders}",
                "role_name": "${each.value.name}",
                "policy_arns": "${each.value.attachments}",
            }
        },
    }
    holders = {
        "tes-x": {
            "name": "${aws_iam_role.x.name}",
            "attachments": ["${aws_iam_role_policy_attachment.a.policy_arn}"],
        }
    }
    after = output("b", tes={"resource": resource, "locals": {"holders": holders}})
    (snapshot,) = read_synthesized(None, after)
    permissions = role(snapshot, "aws_iam_role.x").after.permissions
    assert permissions.managed == {"arn:aws:iam::111111111111:policy/own"}
    assert set(permissions.documents) == permissions.managed


def test_roles_that_are_repeated(output, trust, role, statement):
    policy = trust({"AWS": "arn:aws:iam::999999999999:user/${each.value}"})
    many = {"for_each": {"a": "alice", "b": "bob"}, "name": "r-${each.key}"}
    counted = {"count": 2, "name": "c-${count.index}", "assume_role_policy": trust({"AWS": BOB})}
    open_end = {"for_each": "${toset(var.names)}", "assume_role_policy": trust({"AWS": BOB})}
    resource = roles(
        m={**many, "assume_role_policy": policy}, c=counted, o={**open_end, "name": "x"}
    )
    (snapshot,) = read_synthesized(None, output("b", tes={"resource": resource}))
    assert role(snapshot, 'aws_iam_role.m["b"]').after.name == "r-b"
    found = statement(role(snapshot, 'aws_iam_role.m["b"]').after.trust)
    assert found["Principal"] == {"AWS": BOB}
    assert role(snapshot, "aws_iam_role.c[1]").after.name == "c-1"
    assert snapshot.notes == ("aws_iam_role.o is repeated by values that are not known yet.",)


def test_facts_of_the_account_follow_from_the_provider(output, trust, role, statement):
    arn = (
        "arn:${data.aws_partition.p.partition}:iam::${data.aws_caller_identity.me.account_id}:root"
    )
    sections = {
        "data": {"aws_partition": {"p": {}}, "aws_caller_identity": {"me": {}}},
        "resource": roles(x={"assume_role_policy": trust({"AWS": arn})}),
    }
    (snapshot,) = read_synthesized(None, output("b", tes=sections))
    found = statement(role(snapshot, "aws_iam_role.x").after.trust)
    assert found["Principal"] == {"AWS": "arn:aws:iam::111111111111:root"}


def _principals(before, after, role, statement):
    (snapshot,) = read_synthesized(before, after)
    pair = role(snapshot, "aws_iam_role.x")
    return [statement(side.trust)["Principal"]["AWS"] for side in (pair.before, pair.after)]


def test_one_name_for_what_cannot_have_changed(output, trust, role, statement):
    sections = {
        "data": {"aws_iam_role": {"ci": {"name": "ci"}}},
        "resource": roles(x={"assume_role_policy": trust({"AWS": "${data.aws_iam_role.ci.arn}"})}),
    }
    one, other = _principals(output("a", tes=sections), output("b", tes=sections), role, statement)
    assert one == other == "${data.aws_iam_role.ci.arn}"


def test_two_names_where_the_thing_behind_the_name_changed(output, trust, role, statement):
    """The policy's text is the same on both sides, and means somebody else."""

    def sections(name):
        return {
            "data": {"aws_iam_role": {"ci": {"name": name}}},
            "resource": roles(
                x={"assume_role_policy": trust({"AWS": "${data.aws_iam_role.ci.arn}"})}
            ),
        }

    one, other = _principals(
        output("a", tes=sections("ci")), output("b", tes=sections("mallory")), role, statement
    )
    assert (one, other) == (
        "${data.aws_iam_role.ci.arn@before}",
        "${data.aws_iam_role.ci.arn@after}",
    )


def test_two_names_where_what_is_behind_the_thing_changed(output, trust, role, statement):
    def sections(path):
        return {
            "data": {
                "aws_ssm_parameter": {"name": {"name": path}},
                "aws_iam_role": {"ci": {"name": "${data.aws_ssm_parameter.name.value}"}},
            },
            "resource": roles(
                x={"assume_role_policy": trust({"AWS": "${data.aws_iam_role.ci.arn}"})}
            ),
        }

    one, other = _principals(
        output("a", tes=sections("/one")), output("b", tes=sections("/two")), role, statement
    )
    assert one != other


def test_two_names_for_an_expression_over_a_local_that_changed(output, trust, role, statement):
    def sections(who):
        text = trust({"AWS": "${lower(local.who)}"})
        return {"locals": {"who": who}, "resource": roles(x={"assume_role_policy": text})}

    same = _principals(
        output("a", tes=sections("A")), output("b", tes=sections("A")), role, statement
    )
    assert same[0] == same[1]
    changed = _principals(
        output("c", tes=sections("A")), output("d", tes=sections("B")), role, statement
    )
    assert changed[0] != changed[1]


def test_a_file_that_is_read_may_be_another_one(output, role):
    text = '${file("trust.json")}'
    sections = {"resource": roles(x={"assume_role_policy": text})}
    (snapshot,) = read_synthesized(output("a", tes=sections), output("b", tes=sections))
    pair = role(snapshot, "aws_iam_role.x")
    assert isinstance(pair.before.trust, Unread)
    assert isinstance(pair.after.trust, Unread)


def test_a_secret_variable_has_a_name_and_its_default_is_shown_nowhere(
    output, trust, role, statement
):
    variable = {"key": {"type": "string", "sensitive": True, "default": "s3cret-key"}}
    text = trust({"AWS": ALICE}, StringEquals={"sts:ExternalId": "${var.key}"})
    sections = {"variable": variable, "resource": roles(x={"assume_role_policy": text})}
    (snapshot,) = read_synthesized(output("a", tes=sections), output("b", tes=sections))
    pair = role(snapshot, "aws_iam_role.x")
    assert pair.before == pair.after
    found = statement(pair.after.trust)
    assert found["Condition"] == {"StringEquals": {"sts:ExternalId": "${sensitive.1}"}}
    assert "s3cret" not in repr(snapshot)


def test_a_role_under_another_path_is_replaced(output, trust, role):
    one = {"resource": roles(x={"assume_role_policy": trust({"AWS": ALICE})})}
    other = {"resource": roles(x={"assume_role_policy": trust({"AWS": ALICE}), "path": "/p/"})}
    (snapshot,) = read_synthesized(output("a", tes=one), output("b", tes=other))
    pair = role(snapshot, "aws_iam_role.x")
    assert pair.replaced
    assert pair.after.arn == "arn:aws:iam::111111111111:role/p/tes-x"


def test_a_role_that_gets_another_id_is_replaced(output, trust):
    one = {"resource": roles(x={"name": "r", "assume_role_policy": trust({"AWS": ALICE})})}
    other = {"resource": roles(y={"name": "r", "assume_role_policy": trust({"AWS": ALICE})})}
    (snapshot,) = read_synthesized(output("a", tes=one), output("b", tes=other))
    (pair,) = snapshot.roles
    assert pair.replaced
    assert pair.place.address == "aws_iam_role.y"


def test_modules_are_not_looked_into(output):
    def sections(source, version):
        return {"module": {"roles": {"source": source, "version": version}}}

    far = "terraform-aws-modules/iam/aws"
    same = read_synthesized(
        output("a", tes=sections(far, "1.0")), output("b", tes=sections(far, "1.0"))
    )
    assert not same[0].notes
    changed = read_synthesized(
        output("c", tes=sections(far, "1.0")), output("d", tes=sections(far, "2.0"))
    )
    assert "module.roles is not looked into" in changed[0].notes[0]
    local = read_synthesized(
        output("e", tes=sections("./m", "")), output("f", tes=sections("./m", ""))
    )
    assert local[0].notes


def test_blocks_that_are_made_from_values_are_a_note(output, trust):
    block = {"inline_policy": {"for_each": ["a"], "content": {"name": "x", "policy": "{}"}}}
    attributes = {"assume_role_policy": trust({"AWS": ALICE}), "dynamic": block}
    (snapshot,) = read_synthesized(None, output("b", tes={"resource": roles(x=attributes)}))
    assert snapshot.notes == ("aws_iam_role.x has dynamic blocks, which are not read.",)


def test_a_single_stack_file_is_enough(tmp_path, trust):
    file = tmp_path / "cdk.tf.json"
    resource = roles(x={"assume_role_policy": trust({"AWS": ALICE})})
    metadata = {"//": {"metadata": {"stackName": "tes"}}}
    file.write_text(json.dumps({**metadata, "resource": resource, "provider": AWS}))
    (snapshot,) = read_synthesized(None, file)
    assert snapshot.environment == "tes"


def test_what_is_no_output_is_refused_in_one_sentence(tmp_path, output):
    with pytest.raises(Problem, match="no output of cdktf") as caught:
        read_synthesized(None, tmp_path)
    assert caught.value.exit_code == Exit.BAD_INPUT
    folder = output("a", tes={})
    (folder / "stacks/tes/cdk.tf.json").unlink()
    with pytest.raises(Problem, match="is missing"):
        read_synthesized(folder, None)
    manifest = {"stacks": {"x": {"synthesizedStackPath": "../../etc/passwd"}}}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(Problem, match="does not say where"):
        read_synthesized(folder, None)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(Problem, match="ends in the middle"):
        read_synthesized(folder, None)


def test_synthesized_output_and_plan_say_the_same(made):
    """The configuration of a made plan, read without the plan."""
    case = Path(__file__).parents[1] / "plans/cases/provider_and_role/after/main.tf.json"
    (snapshot,) = read_synthesized(None, case)
    planned = {pair.place.address: pair.after for pair in made("provider_and_role").roles}
    for pair in snapshot.roles:
        there = planned[pair.place.address]
        assert (pair.after.name, pair.after.arn) == (there.name, there.arn)
        if "${local." not in repr(there.trust) and "unknown" not in repr(there.trust):
            assert isinstance(pair.after.trust, PolicyDocument) == isinstance(
                there.trust, PolicyDocument
            )
            if isinstance(there.trust, PolicyDocument):
                assert pair.after.trust == there.trust
