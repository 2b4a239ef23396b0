"""Plans that Terraform made: what a reviewer is told of them."""

import json

import pytest

from rolecall.policy import PolicyDocument
from rolecall.review.model import Unread
from rolecall.review.read import read_plan
from tests.review.plans import make

ALICE = "arn:aws:iam::999999999999:user/alice"
BOB = "arn:aws:iam::999999999999:user/bob"
ROLE = "arn:aws:iam::111111111111:role"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
AUDIT = "arn:aws:iam::aws:policy/SecurityAudit"
OWN = "arn:aws:iam::111111111111:policy/own/tes-own"


@pytest.mark.parametrize("name", make.names())
def test_every_plan_is_there_and_read_without_a_path_of_a_machine(name, made):
    text = (make.HERE / f"{name}.json").read_text()
    assert not any(place in text for place in ("/tmp/", "/home/", "/root/", "AKIA"))
    snapshot = made(name)
    assert snapshot.roles
    assert (snapshot.account, snapshot.partition) == ("111111111111", "aws")
    assert snapshot.region == "eu-central-1"


def test_first_deploy_shows_every_policy_whole(made):
    snapshot = made("first_deploy_of_tes")
    assert len(snapshot.roles) == 8
    for pair in snapshot.roles:
        assert pair.before is None
        assert isinstance(pair.after.trust, PolicyDocument)
        assert pair.after.arn == f"{ROLE}/{pair.after.name}"
        assert "${" not in pair.after.trust.to_json()
    hosts = {pair.after.host for pair in snapshot.oidc_providers}
    assert "token.actions.githubusercontent.com" in hosts
    (saml,) = snapshot.saml_providers
    assert saml.after.entity_id == "https://sso.acme.example/saml"
    assert len(saml.after.certificates) == 1
    assert not snapshot.notes


def test_first_deploy_shows_what_the_roles_may_do(made, role):
    found = role(made("first_deploy_of_tes"), "aws_iam_role.deployer").after
    assert found.max_session_seconds == 7200
    assert found.permissions.managed == {READ_ONLY}
    assert set(found.permissions.inline) == {"artifacts"}


def test_a_changed_trust_policy_on_both_sides(made, role, statement):
    snapshot = made("changed_trust")
    found = role(snapshot, "aws_iam_role.deployer")
    assert statement(found.before.trust)["Principal"] == {"AWS": ALICE}
    assert statement(found.after.trust)["Principal"] == {"AWS": "arn:aws:iam::999999999999:root"}
    assert (found.before.max_session_seconds, found.after.max_session_seconds) == (3600, 7200)
    assert found.before.unique_id == found.after.unique_id
    assert not found.replaced
    quiet = role(snapshot, "aws_iam_role.quiet")
    assert quiet.before == quiet.after


def test_holes_are_filled_with_arns_that_follow_from_the_account(made, role, statement):
    snapshot = made("provider_and_role")
    trust = statement(role(snapshot, "aws_iam_role.ci").after.trust)
    host = "token.actions.githubusercontent.com"
    assert trust["Principal"] == {"Federated": f"arn:aws:iam::111111111111:oidc-provider/{host}"}
    assert trust["Condition"]["StringEquals"]["aws:PrincipalTag/team"] == "${aws:username}"
    sso = statement(role(snapshot, "aws_iam_role.sso").after.trust)
    assert sso["Principal"] == {"Federated": "arn:aws:iam::111111111111:saml-provider/tes-sso"}
    encoded = statement(role(snapshot, "aws_iam_role.encoded").after.trust)
    assert encoded["Principal"] == {"AWS": f"{ROLE}/ci/tes-ci"}


def test_what_cannot_be_known_keeps_its_name(made, role, statement):
    snapshot = made("provider_and_role")
    trust = statement(role(snapshot, "aws_iam_role.chained").after.trust)
    assert trust["Principal"]["AWS"] == [
        "arn:aws:iam::${local.account}:role/x",
        f"{ROLE}/ci/tes-ci",
        "arn:aws:iam::111111111111:user/staff/carol",
    ]
    values = trust["Condition"]["StringLike"]
    assert values["aws:userid"] == ["${aws_iam_role.ci.unique_id}:job", "${unknown.1}"]
    assert values["aws:PrincipalTag/names"] == "tes-ci/x"
    prefixed = statement(role(snapshot, "aws_iam_role.of_prefixed").after.trust)
    assert prefixed["Principal"] == {"AWS": "${aws_iam_role.prefixed.arn}"}
    assert role(snapshot, "aws_iam_role.prefixed").after.arn is None


def test_a_policy_document_of_terraform_is_put_together(made, role):
    trust = role(made("provider_and_role"), "aws_iam_role.document").after.trust
    assert isinstance(trust, PolicyDocument)
    allow, deny = (each.to_dict() for each in trust.statements)
    assert allow["Principal"] == {"AWS": f"{ROLE}/ci/tes-ci"}
    assert allow["Condition"]["StringEquals"] == {"aws:PrincipalTag/team": "${aws:username}"}
    assert (deny["Effect"], deny["NotPrincipal"], deny["Sid"]) == ("Deny", "*", "Second")


def test_a_policy_that_is_one_unknown_is_never_an_empty_one(made, role):
    trust = role(made("provider_and_role"), "aws_iam_role.whole").after.trust
    assert isinstance(trust, Unread)
    assert "data.aws_iam_policy_document.trust.json" in trust.why


def test_an_unknown_policy_of_hcl_names_what_it_refers_to(made, role, statement):
    snapshot = made("hcl_unknown")
    ci = role(snapshot, "aws_iam_role.ci").after
    assert isinstance(ci.trust, Unread)
    assert "data.aws_iam_policy_document.ci.json" in ci.trust.why
    assert "HCL" in ci.trust.why
    assert ci.permissions.managed == {"arn:aws:iam::111111111111:policy/tes-reading"}
    assert set(ci.permissions.documents) == ci.permissions.managed
    known = statement(role(snapshot, "aws_iam_role.known").after.trust)
    assert known["Condition"]["StringEquals"] == {"aws:PrincipalTag/team": "${aws:username}"}


def test_a_sensitive_value_is_a_name_and_the_rest_is_in_clear(made, role, statement):
    snapshot = made("sensitive")
    vendor = role(snapshot, "aws_iam_role.vendor")
    before, after = statement(vendor.before.trust), statement(vendor.after.trust)
    assert before["Condition"] == after["Condition"]
    assert after["Condition"]["StringEquals"] == {
        "aws:PrincipalOrgID": "o-abcdefghij",
        "sts:ExternalId": "${sensitive.1}",
    }
    assert after["Condition"]["StringLike"] == {"sts:RoleSessionName": "job-${sensitive.1}-*"}
    assert before["Principal"] == {"AWS": "arn:aws:iam::222222222222:role/vendor"}
    assert "arn:aws:iam::333333333333:root" in after["Principal"]["AWS"]
    late = statement(role(snapshot, "aws_iam_role.late").after.trust)
    assert late["Condition"]["StringEquals"]["gitlab.com:aud"] == "${sensitive.1}"


def test_of_hcl_everything_that_may_be_the_secret_is_hidden(made, role, statement):
    vendor = role(made("sensitive_hcl"), "aws_iam_role.vendor")
    before, after = statement(vendor.before.trust), statement(vendor.after.trust)
    assert before["Condition"] == after["Condition"]
    # The same text has the same name, so what stayed is seen to stay.
    assert before["Principal"]["AWS"] in after["Principal"]["AWS"]
    assert len(after["Principal"]["AWS"]) == 2
    assert "Sid" not in after
    assert before["Action"] == "sts:AssumeRole"


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("sensitive", "hush-5c2d9e7f"),
        ("sensitive_hcl", "HUSH-5C2D9E7F"),
        ("modules", "the other_key"),
        ("modules", "the other_secret"),
    ],
)
def test_no_secret_is_in_anything_that_is_read(name, secret, made):
    assert secret in (make.HERE / f"{name}.json").read_text()
    assert secret not in repr(made(name))


def test_a_replaced_role_is_one_pair_if_it_keeps_its_name(made, role, statement):
    snapshot = made("replaced")
    ci = role(snapshot, "aws_iam_role.ci")
    assert ci.replaced
    assert (ci.before.arn, ci.after.arn) == (f"{ROLE}/tes-ci", f"{ROLE}/ci/tes-ci")
    assert ci.before.unique_id
    assert ci.after.unique_id is None
    chained = role(snapshot, "aws_iam_role.chained")
    assert statement(chained.before.trust)["Principal"] == {"AWS": f"{ROLE}/tes-ci"}
    assert statement(chained.after.trust)["Principal"] == {"AWS": f"{ROLE}/ci/tes-ci"}


def test_a_role_replaced_under_another_name_is_one_gone_and_one_new(made):
    found = [p for p in made("replaced").roles if p.place.address == "aws_iam_role.early"]
    assert [(p.before and p.before.name, p.after and p.after.name) for p in found] == [
        ("tes-early", None),
        (None, "tes-early-2"),
    ]


def test_deleted_roles_and_one_that_gets_another_address(made, role):
    snapshot = made("deleted")
    assert role(snapshot, "aws_iam_role.gone").after is None
    same = role(snapshot, "aws_iam_role.new")
    assert same.replaced
    assert same.before.name == same.after.name == "tes-same"
    assert "aws_iam_role.old" not in {pair.place.address for pair in snapshot.roles}
    stays = role(snapshot, "aws_iam_role.stays")
    assert stays.before.permissions.managed == {READ_ONLY, AUDIT}
    assert stays.after.permissions.managed == {READ_ONLY}


def test_moved_imported_and_forgotten_roles(made, role, statement):
    snapshot = made("moved")
    moved = role(snapshot, "aws_iam_role.new")
    assert statement(moved.before.trust)["Principal"] == {"AWS": ALICE}
    assert statement(moved.after.trust)["Principal"] == {"AWS": BOB}
    assert not moved.replaced
    imported = role(snapshot, "aws_iam_role.imported")
    assert statement(imported.before.trust)["Principal"] == {"AWS": ALICE}
    # Terraform lets go of it; in AWS it goes on as it is.
    forgotten = role(snapshot, "aws_iam_role.forgotten")
    assert forgotten.before == forgotten.after


def test_modules_with_count_and_for_each_and_a_second_account(made, role, statement):
    snapshot = made("modules")
    inner = role(snapshot, 'module.team["red.x"].module.inner[0].aws_iam_role.inner["b"]').after
    assert inner.arn == f"{ROLE}/tes-red.x-b"
    trust = statement(inner.trust)
    assert trust["Principal"] == {"AWS": f"{ROLE}/tes-red.x-lead"}
    assert trust["Condition"]["StringEquals"] == {"aws:PrincipalTag/part": "b"}
    user = statement(role(snapshot, 'module.team["blue"].aws_iam_role.user').after.trust)
    assert user["Principal"]["AWS"] == ["${module.team[blue].var.trusted}", f"{ROLE}/tes-blue-a"]
    counted = role(snapshot, "aws_iam_role.counted[1]").after
    assert (counted.name, counted.account) == ("people-1", "999999999999")


def test_permissions_from_every_place(made, role):
    snapshot = made("permissions")
    ci = role(snapshot, "aws_iam_role.ci")
    # What somebody attached by hand is there before, and an exclusive list takes it away.
    assert ci.before.permissions.managed == {READ_ONLY, AUDIT}
    assert ci.after.permissions.managed == {READ_ONLY, OWN}
    assert set(ci.after.permissions.documents) == {OWN}
    assert set(ci.after.permissions.inline) == {"a"}
    loose = role(snapshot, "aws_iam_role.loose")
    assert loose.before.permissions.managed == loose.after.permissions.managed == {AUDIT}
    assert loose.after.permissions.boundary == OWN
    lists = role(snapshot, "aws_iam_role.lists")
    assert lists.after.permissions.managed == {READ_ONLY, OWN}
    assert set(lists.after.permissions.inline) == {"one", "two"}
    two = lists.after.permissions.inline["two"]
    assert two.to_dict()["Statement"]["Resource"] == f"{ROLE}/tes-fresh"
    assert role(snapshot, "aws_iam_role.fresh").after.permissions.managed == {OWN}


def test_users_and_groups_with_what_they_may_do(made):
    callers = {pair.place.address: pair for pair in made("permissions").callers}
    staff = callers["aws_iam_group.staff"]
    assert staff.before.permissions.managed == frozenset()
    assert staff.after.permissions.managed == {OWN, "arn:aws:iam::aws:policy/IAMReadOnlyAccess"}
    carol = callers["aws_iam_user.carol"].after
    assert carol.kind == "user"
    assert carol.groups == {"staff"}
    assert set(carol.permissions.inline) == {"assume"}


def test_a_policy_for_a_role_of_somewhere_else_is_a_note(made):
    (note,) = made("permissions").notes
    assert note.startswith(
        "aws_iam_role_policy.stranger changes what the role tes-elsewhere may do"
    )


def test_other_ways_into_roles(made):
    found = {pair.after.kind: pair.after for pair in made("entries").entries}
    assert found["EKS Pod Identity association"].roles == (f"{ROLE}/tes-pods",)
    assert "orders/api of cluster main" in found["EKS Pod Identity association"].words
    assert found["Roles Anywhere profile"].roles == (f"{ROLE}/tes-machines",)
    assert "acm-pca" in found["Roles Anywhere trust anchor"].words
    assert found["identity pool roles"].roles == (f"{ROLE}/tes-guest",)
    assert "anybody, without signing in" in found["identity pool"].words
    assert found["instance profile"].roles == (f"{ROLE}/tes-web",)


def test_a_targeted_plan_is_not_all(made, role):
    snapshot = made("targeted")
    (note,) = snapshot.notes
    assert "not complete" in note
    # What is not planned stays as it is.
    two = role(snapshot, "aws_iam_role.two")
    assert two.before == two.after


def test_constructs_come_from_the_synthesized_output(tmp_path, made, role):
    resources = {
        "deployer": {"//": {"metadata": {"path": "tes/deployer", "uniqueId": "deployer"}}},
        "quiet": {"//": {"metadata": {"path": "tes/quiet", "uniqueId": "quiet"}}},
    }
    stack = tmp_path / "stacks/tes"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps({"resource": {"aws_iam_role": resources}}))
    manifest = {"stacks": {"tes": {"synthesizedStackPath": "stacks/tes/cdk.tf.json"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    text = (make.HERE / "changed_trust.json").read_bytes()
    for place in (tmp_path, stack / "cdk.tf.json"):
        for environment in ("tes", "another-name"):
            snapshot = read_plan(text, environment=environment, source="p.json", synthesized=place)
            found = role(snapshot, "aws_iam_role.deployer")
            assert found.place.construct == "tes/deployer"
    assert role(made("changed_trust"), "aws_iam_role.deployer").place.construct is None
