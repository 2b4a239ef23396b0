"""Credentials that a user gets: whoever holds them is that user, to every role that trusts him.

The values themselves (keys, passwords) are never looked at.
"""

import hashlib

from rolecall.review.read.instances import Instance
from rolecall.review.read.sides import linked
from rolecall.review.read.world import World

KINDS = {
    "aws_iam_access_key": "access key",
    "aws_iam_user_login_profile": "password",
    "aws_iam_service_specific_credential": "service credential",
    "aws_iam_signing_certificate": "signing certificate",
    "aws_iam_user_ssh_key": "SSH key",
}
_USER = {"aws_iam_service_specific_credential": "user_name", "aws_iam_user_ssh_key": "username"}
_USER["aws_iam_signing_certificate"] = "user_name"
# Whom it is for: another one is somebody else's.
_FOR = ("pgp_key", "certificate_body", "public_key", "service_name")


def words(world: World, instance: Instance) -> str:
    """Whom it lets in."""
    user = linked(world, instance, _USER.get(instance.type, "user"))
    found = f"whoever holds the {KINDS[instance.type]} of the user {user}"
    for name in _FOR:
        value = world.get(instance, name)
        if value is None or value == "":
            continue
        if name == "service_name":
            found += f", for {world.shown(value)}"
        elif isinstance(value, str):
            digest = hashlib.sha256(value.strip().encode("utf-8", "surrogatepass")).hexdigest()
            found += f", {name.replace('_', ' ')} SHA-256 {digest[:16]}"
        else:
            found += f", {name.replace('_', ' ')} {world.shown(value)}"
    return found


def stopped(world: World, instance: Instance) -> bool:
    """Whether it is there and nobody can use it."""
    return world.get(instance, "status") == "Inactive"
