"""Ways into roles besides trust policies: by associations, profiles and identity pools."""

import json
from collections.abc import Iterator

from rolecall.policy import PolicyDocument
from rolecall.review.model import EntrySide, Pair
from rolecall.review.read import credentials
from rolecall.review.read.instances import Instance
from rolecall.review.read.policies import digest, policy
from rolecall.review.read.sides import Sides, linked
from rolecall.review.read.symbols import Hole, Secret
from rolecall.review.read.world import World, spread_secret

KINDS = {
    "aws_eks_pod_identity_association": "EKS Pod Identity association",
    "aws_rolesanywhere_profile": "Roles Anywhere profile",
    "aws_rolesanywhere_trust_anchor": "Roles Anywhere trust anchor",
    "aws_cognito_identity_pool": "identity pool",
    "aws_cognito_identity_pool_roles_attachment": "identity pool roles",
    "aws_iam_instance_profile": "instance profile",
    **credentials.KINDS,
}


def entries(sides: Sides) -> tuple[Pair[EntrySide], ...]:
    """All of them, of both sides."""

    def read(world: World, instance: Instance) -> EntrySide:
        kind = KINDS[instance.type]
        if instance.type in credentials.KINDS:
            return EntrySide(
                kind, credentials.words(world, instance), (), credentials.stopped(world, instance)
            )
        words, roles = _READ[instance.type](world, instance)
        stopped = instance.type in _STOPPABLE and world.get(instance, "enabled") is False
        return EntrySide(kind, words, tuple(dict.fromkeys(roles)), stopped)

    return sides.pairs(read, *KINDS, same=lambda side: side)


_STOPPABLE = ("aws_rolesanywhere_profile", "aws_rolesanywhere_trust_anchor")


def _pods(world: World, instance: Instance) -> tuple[str, list[str]]:
    cluster, namespace, account = (
        world.text(instance, name) for name in ("cluster_name", "namespace", "service_account")
    )
    roles = [linked(world, instance, name) for name in ("role_arn", "target_role_arn")]
    words = f"service account {namespace}/{account} of cluster {cluster}"
    if world.get(instance, "disable_session_tags") is True:
        words += ", without session tags"
    return words, [role for role in roles if role]


def _profile(world: World, instance: Instance) -> tuple[str, list[str]]:
    words = f"profile {world.text(instance, 'name')}"
    seconds = world.text(instance, "duration_seconds")
    words += f", sessions of {seconds} s" if seconds else ""
    limits = sorted(world.texts(world.get(instance, "managed_policy_arns")))
    words += f", limited by {', '.join(limits)}" if limits else ""
    if written := world.get(instance, "session_policy"):
        words += f", limited by {_session_policy(world, written)}"
    if world.get(instance, "require_instance_properties") is True:
        words += ", callers say of what instance they are"
    if world.get(instance, "accept_role_session_name") is True:
        words += ", callers name their sessions"
    return words, sorted(world.texts(world.get(instance, "role_arns")))


def _anchor(world: World, instance: Instance) -> tuple[str, list[str]]:
    found: list[str] = []
    for source in _objects(world.get(instance, "source")):
        for data in _objects(source.get("source_data")):
            found += _authorities(world, data.get("x509_certificate_data"))
            found += world.texts(data.get("acm_pca_arn"))
    words = f"anchor {world.text(instance, 'name')}, certificates of "
    return words + (", ".join(sorted(found)) or "an authority not known yet"), []


def _session_policy(world: World, written: object) -> str:
    """Named by its digest: another text is another limit."""
    found = None if isinstance(written, Secret) else policy(world.without_secrets(written))
    if isinstance(found, PolicyDocument):
        text = json.dumps(found.to_dict(), sort_keys=True)
        return f"the session policy with SHA-256 {digest(text)}"
    return (
        f"the session policy {world.shown(written)}"
        if not isinstance(written, str)
        else (f"a session policy that cannot be read (SHA-256 {digest(written)})")
    )


def _authorities(world: World, written: object) -> list[str]:
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    pem = written.value if isinstance(written, Secret) else written
    if pem is None or pem == "":
        return []
    if isinstance(pem, str):
        try:
            read = x509.load_pem_x509_certificates(pem.encode())
            return [f"the authority with SHA-256 {e.fingerprint(SHA256()).hex()}" for e in read]
        except ValueError:
            pass
    if isinstance(pem, Hole) or "${" in str(pem):
        return [f"the authority {world.shown(written)}, not known yet"]
    shown = world.shown(written) if isinstance(written, Secret) else f"SHA-256 {digest(str(pem))}"
    return [f"an authority that cannot be read ({shown})"]


def _pool(world: World, instance: Instance) -> tuple[str, list[str]]:
    who = [
        f"users of {world.shown(each.get('provider_name'))} "
        f"by the client {world.shown(each.get('client_id'))}"
        + (", asked at sign-in" if each.get("server_side_token_check") is True else "")
        for each in _objects(world.get(instance, "cognito_identity_providers"))
    ]
    for name in ("openid_connect_provider_arns", "saml_provider_arns"):
        who += (f"users of {each}" for each in world.texts(world.get(instance, name)))
    for each in _objects(world.get(instance, "supported_login_providers")):
        who += (f"users of {host} by {world.shown(client)}" for host, client in each.items())
    developer = world.text(instance, "developer_provider_name")
    who += [f"users of {developer}"] if developer else []
    if world.get(instance, "allow_unauthenticated_identities") is True:
        who.append("anybody, without signing in")
    classic = (
        ", by the classic flow too" if world.get(instance, "allow_classic_flow") is True else ""
    )
    own = world.text(instance, "identity_pool_name")
    return f"pool {own}: {'; '.join(sorted(who)) or 'nobody'}{classic}", []


def _pool_roles(world: World, instance: Instance) -> tuple[str, list[str]]:
    pool = linked(world, instance, "identity_pool_id")
    found: list[tuple[str, str]] = []
    for each in _objects(world.get(instance, "roles")):
        for identities, role in each.items():
            found.append((f"{identities} identities get", world.shown(role) or ""))
    for mapping in _objects(world.get(instance, "role_mapping")):
        provider = world.shown(mapping.get("identity_provider"))
        how = world.shown(mapping.get("type"))
        others = world.shown(mapping.get("ambiguous_role_resolution")) or "Deny"
        found.append((f"{provider} by {how}, else {others}", ""))
        for rule in _objects(mapping.get("mapping_rule")):
            parts = [world.shown(rule.get(name)) for name in ("claim", "match_type", "value")]
            words = f"{provider} with {' '.join(map(str, parts))} get"
            found.append((words, world.shown(rule.get("role_arn")) or ""))
    found.sort()
    said = "; ".join(f"{words} {role}".strip() for words, role in found)
    return f"pool {pool}: {said}", sorted(role for _, role in found if role)


def _instances(world: World, instance: Instance) -> tuple[str, list[str]]:
    role = linked(world, instance, "role")
    name = world.text(instance, "name")
    words = f"EC2 instances with the profile {name}"
    if not role:
        return words, []
    for each in world.of_type("aws_iam_role"):
        if (world.text(each, "name") or "").casefold() == role.casefold():
            return words, [world.text(each, "arn") or role]
    return words, [role]


def _objects(value: object) -> Iterator[dict[str, object]]:
    spread = spread_secret(value)
    for each in spread if isinstance(spread, list) else [spread]:
        found = spread_secret(each)
        if isinstance(found, dict):
            yield found


_READ = {
    "aws_eks_pod_identity_association": _pods,
    "aws_rolesanywhere_profile": _profile,
    "aws_rolesanywhere_trust_anchor": _anchor,
    "aws_cognito_identity_pool": _pool,
    "aws_cognito_identity_pool_roles_attachment": _pool_roles,
    "aws_iam_instance_profile": _instances,
}
