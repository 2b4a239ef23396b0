"""What changes and may give access, and is not read: each such thing becomes a note.

A note keeps a review from saying that nobody gains access.
"""

from collections.abc import Iterator

from rolecall.review.read import credentials
from rolecall.review.read.instances import Instance
from rolecall.review.read.sides import Sides, linked
from rolecall.review.read.symbols import Secret
from rolecall.review.read.world import World

#: Every type that is read.
READ = frozenset(
    (
        "aws_iam_role",
        "aws_iam_user",
        "aws_iam_group",
        "aws_iam_policy",
        "aws_iam_policy_attachment",
        "aws_iam_group_membership",
        "aws_iam_user_group_membership",
        "aws_iam_openid_connect_provider",
        "aws_iam_saml_provider",
        "aws_iam_instance_profile",
        "aws_eks_pod_identity_association",
        "aws_rolesanywhere_profile",
        "aws_rolesanywhere_trust_anchor",
        "aws_cognito_identity_pool",
        "aws_cognito_identity_pool_roles_attachment",
        *credentials.KINDS,
        *(
            f"aws_iam_{kind}_{what}"
            for kind in ("role", "user", "group")
            for what in (
                "policy",
                "policy_attachment",
                "policies_exclusive",
                "policy_attachments_exclusive",
            )
        ),
    )
)

# What other types do that may let somebody into a role.
_MAY_GIVE_ACCESS = {
    "aws_cloudformation_stack": "its template may hold roles",
    "aws_cloudformation_stack_set": "its template may hold roles",
    "aws_cloudformation_stack_set_instance": "its template may hold roles",
    "aws_cloudformation_stack_instances": "its template may hold roles",
    "aws_cloudcontrolapi_resource": "it may be a role",
    "aws_serverlessapplicationrepository_cloudformation_stack": "its template may hold roles",
    "aws_servicecatalog_provisioned_product": "its template may hold roles",
    "aws_ssoadmin_account_assignment": "it lets people of IAM Identity Center into an account",
    "aws_ssoadmin_permission_set": "it is a role of IAM Identity Center",
    "aws_ssoadmin_managed_policy_attachment": "it changes a role of IAM Identity Center",
    "aws_ssoadmin_customer_managed_policy_attachment": "it changes a role of IAM Identity Center",
    "aws_ssoadmin_permission_set_inline_policy": "it changes a role of IAM Identity Center",
    "aws_identitystore_group_membership": "it lets people of IAM Identity Center into an account",
    "aws_cognito_identity_pool_provider_principal_tag": "it sets tags for trust policies",
    "aws_cognito_user_group": "it may name a role for the users of a group",
    "aws_iam_service_linked_role": "it makes a role that a service of AWS uses",
    "aws_organizations_policy": "a service control policy decides what roles may do",
    "aws_organizations_policy_attachment": "a service control policy decides what roles may do",
    "awscc_iam_role": "it is a role of another provider",
    "awscc_iam_role_policy": "it changes a role by another provider",
    "awscc_iam_oidc_provider": "it is a provider of another provider of Terraform",
    "awscc_iam_saml_provider": "it is a provider of another provider of Terraform",
}
# Whatever else is of these services, now or in a version of the provider to come, may as well.
_OF_IDENTITY = (
    "aws_iam_",
    "aws_rolesanywhere_",
    "aws_cognito_identity_pool",
    "aws_ssoadmin_",
    "aws_identitystore_",
    "awscc_iam_",
    "awscc_rolesanywhere_",
    "awscc_cognito_identity_pool",
    "awscc_sso_",
    "awscc_eks_pod_identity_",
)
_HARMLESS = frozenset(
    (
        "aws_iam_account_alias",
        "aws_iam_account_password_policy",
        "aws_iam_organizations_features",
        "aws_iam_security_token_service_preferences",
        "aws_iam_server_certificate",
        "aws_iam_virtual_mfa_device",
        "aws_identitystore_group",
        "aws_identitystore_user",
        "awscc_iam_server_certificate",
        "awscc_iam_virtual_mfa_device",
    )
)
_TRUST_POLICIES = ("assume_role_policy", "assume_role_policy_document", "trust_policy")
_HOLDERS = {
    f"aws_iam_{kind}_{what}": (kind, attribute)
    for kind in ("role", "user", "group")
    for what, attribute in (
        ("policy", kind),
        ("policy_attachment", kind),
        ("policies_exclusive", f"{kind}_name"),
        ("policy_attachments_exclusive", f"{kind}_name"),
    )
}


def notes(sides: Sides) -> Iterator[str]:
    """One sentence each."""
    for address in sorted(sides.touched):
        instance = sides.after.instances.get(address) or sides.before.instances.get(address)
        if instance is None or instance.key.startswith("data."):
            continue
        if instance.type not in READ:
            yield from _of_others(instance)
    for world in (sides.before, sides.after):
        yield from _of_strangers(sides, world)
    yield from _of_tags(sides)
    for address, instance in sorted(sides.after.instances.items()):
        if (
            instance.type in READ
            and instance.declared is not None
            and "dynamic" in instance.declared.attributes
        ):
            yield f"{address} has dynamic blocks, which are not read."


def _of_others(instance: Instance) -> Iterator[str]:
    if instance.type in _MAY_GIVE_ACCESS:
        yield f"{instance.address} changes and is not read: {_MAY_GIVE_ACCESS[instance.type]}."
        return
    declared = instance.declared.attributes if instance.declared else {}
    for name in _TRUST_POLICIES:
        if name in instance.values or name in instance.unknown or name in declared:
            yield f"{instance.address} changes and is not read: it has a trust policy ({name})."
            return
    if instance.type.startswith(_OF_IDENTITY) and instance.type not in _HARMLESS:
        yield f"{instance.address} changes and is not read: it may let somebody into a role."


def _of_strangers(sides: Sides, world: World) -> Iterator[str]:
    """Policies for holders that are not in this stack."""
    names: dict[str, set[str]] = {}
    for kind in ("role", "user", "group"):
        found = (world.text(each, "name") for each in world.of_type(f"aws_iam_{kind}"))
        names[kind] = {name.casefold() for name in found if name}
    yield from _of_members(sides, world, names)
    for type, (kind, attribute) in _HOLDERS.items():
        for each in world.of_type(type):
            if each.address not in sides.touched:
                continue
            holder = linked(world, each, attribute)
            if (
                kind != "role"
                and type.endswith("_exclusive")
                and each.address not in sides.before.instances
            ):
                # Of roles the state lists what is attached by hand; of these it does not.
                yield (
                    f"{each.address} takes from the {kind} {holder or 'not yet known'} whatever it "
                    "does not list, and the plan does not show that: it may have denied something."
                )
            if not holder or holder.casefold() not in names[kind]:
                yield (
                    f"{each.address} changes what the {kind} {holder or 'not yet known'} may do, "
                    "which this stack does not make."
                )
    for each in world.of_type("aws_iam_policy_attachment"):
        for kind in ("role", "user", "group"):
            if each.address not in sides.touched:
                continue
            for holder in world.texts(world.get(each, f"{kind}s")):
                if holder.casefold() not in names[kind]:
                    yield (
                        f"{each.address} changes what the {kind} {holder} may do, which this stack "
                        "does not make."
                    )


def _of_members(sides: Sides, world: World, names: dict[str, set[str]]) -> Iterator[str]:
    """Users that are not in this stack, and join or leave a group."""
    for each in world.of_type("aws_iam_user_group_membership"):
        user = linked(world, each, "user")
        if each.address in sides.touched and (user or "").casefold() not in names["user"]:
            yield (
                f"{each.address} changes the groups of the user {user or 'not yet known'}, which "
                "this stack does not make."
            )
    other = sides.after if world is sides.before else sides.before
    for each in world.of_type("aws_iam_group_membership"):
        twin = other.instances.get(each.address)
        there = set(world.texts(world.get(each, "users")))
        known = set() if twin is None else set(other.texts(other.get(twin, "users")))
        for user in sorted(there - known):
            if user.casefold() not in names["user"]:
                what = "leaves" if world is sides.before else "joins"
                yield (
                    f"By {each.address} the user {user} {what} a group, and this stack does not "
                    "make that user."
                )


def _of_tags(sides: Sides) -> Iterator[str]:
    """Tags of roles and users by which a trust policy of this stack tells callers apart."""
    asked = ""
    for after in sides.after.of_type("aws_iam_role", "aws_iam_user"):
        before = sides.before.instances.get(after.address)
        if after.address not in sides.touched or before is None:
            continue
        old, new = _tags(sides.before, before), _tags(sides.after, after)
        changed = sorted(key for key in {*old, *new} if old.get(key) != new.get(key))
        if changed and not asked:
            asked = _trust_policies(sides.after)
        for key in changed:
            # What is not known may be any of them.
            if f"tag/{key}".casefold() in asked or (key == "" and "tag/" in asked):
                yield (
                    f"{after.address} gets another tag{f' {key}' if key else ''}, and a trust "
                    "policy asks for it."
                )


def _tags(world: World, instance: Instance) -> dict[str, str | None]:
    for name in ("tags_all", "tags"):
        found = world.get(instance, name)
        if isinstance(found, dict):
            return {str(key): world.shown(each) for key, each in found.items()}
        if found is not None:
            return {"": world.shown(found)}
    return {}


def _trust_policies(world: World) -> str:
    texts = (world.get(each, "assume_role_policy") for each in world.of_type("aws_iam_role"))
    plain = (text.value if isinstance(text, Secret) else text for text in texts)
    return "\n".join(str(text) for text in plain if text is not None).casefold()
