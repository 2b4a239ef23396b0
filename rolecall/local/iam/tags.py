"""Tags of users and roles: keys ignore case, so that one key has one value.

"Tag key–value pairs are not case sensitive, but case is preserved. This means that you
cannot have separate Department and department tag keys" ("Tags for IAM resources").
moto keeps both, and then `aws:PrincipalTag/department` would have two values.
"""

from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, cast

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.iam.parameters import (
    limit_exceeded,
    no_such_entity,
    required,
    tag_keys_of,
    validation_error,
)
from rolecall.policy.limits import TAG_CHARACTER, is_tag_text

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: "Tags that can be attached to" anything of IAM ("IAM and AWS STS quotas").
_MOST = 50
_CHARACTERS = f"Member must satisfy regular expression pattern: {TAG_CHARACTER}"


def check_tags(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:  # noqa: ARG001
    """The tags of a call: keys once, of legal length, none of AWS's."""
    _keys(call)


def check_number(tags: int) -> None:
    """Raise LimitExceeded for more tags than a thing may have together."""
    if tags > _MOST:
        raise limit_exceeded(f"Cannot exceed quota for TagsPerResource: {_MOST}")


def tag(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """TagUser, TagRole: a key in another case is replaced."""
    lower = _keys(call)
    held = _held(call, identity, cloud)
    kept = [key for key in held if key.lower() not in lower]
    check_number(len(kept) + len(lower))
    _drop(call, identity, cloud, [key for key in held if key.lower() in lower])


def untag(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """UntagUser, UntagRole: the keys as they are spelled where they stand."""
    held = _held(call, identity, cloud)
    lower = {key.lower() for key in tag_keys_of(call.params)}
    _drop(call, identity, cloud, [key for key in held if key.lower() in lower])


def _keys(call: ApiCall) -> set[str]:
    found: set[str] = set()
    for index in range(1, _MOST + 2):
        key = call.params.get(f"Tags.member.{index}.Key")
        value = call.params.get(f"Tags.member.{index}.Value")
        if key is None and value is None:
            break
        if key is None or value is None:
            # moto would keep the tag without a value as one whose value is None.
            raise validation_error(
                f"1 validation error detected: Value null at 'tags.{index}.member."
                f"{'key' if key is None else 'value'}' failed to satisfy constraint: Member must "
                "not be null"
            )
        if index > _MOST:
            raise validation_error(
                "1 validation error detected: Value at 'tags' failed to satisfy constraint: "
                f"Member must have length less than or equal to {_MOST}"
            )
        if not 1 <= len(key) <= 128 or len(value) > 256:
            raise validation_error(
                f"1 validation error detected: Value at 'tags.{index}.member' failed to satisfy "
                "constraint: Member must have a key of 1 to 128 and a value of up to 256 characters"
            )
        for name, text in (("key", key), ("value", value)):
            if not is_tag_text(text):
                raise validation_error(
                    f"1 validation error detected: Value '{text}' at 'tags.{index}.member.{name}' "
                    f"failed to satisfy constraint: {_CHARACTERS}{'+' if name == 'key' else '*'}"
                )
        if key.lower().startswith("aws:"):
            raise AwsError("InvalidInput", "Tag keys that start with aws: are reserved for AWS.")
        if key.lower() in found:
            raise AwsError(
                "InvalidInput",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            )
        found.add(key.lower())
    return found


def _subject(call: ApiCall, identity: Identity, cloud: "Cloud") -> Any:
    if call.action.endswith("Role"):
        name = required(call.params, "RoleName")
        role = cloud.directory.moto_role(identity.account, name)
        if role is None:
            raise no_such_entity(f"The role with name {name} cannot be found.")
        return role
    name = required(call.params, "UserName")
    user = iam_backends[identity.account]["aws"].users.get(name)
    if user is None:
        raise no_such_entity(f"The user with name {name} cannot be found.")
    return user


def _held(call: ApiCall, identity: Identity, cloud: "Cloud") -> list[str]:
    subject = _subject(call, identity, cloud)
    if call.action.endswith("Role"):
        return [tag["Key"] for tag in subject.tags or ()]
    tagger = iam_backends[identity.account]["aws"].tagger
    return [tag["Key"] for tag in tagger.list_tags_for_resource(subject.arn)["Tags"]]


def _drop(call: ApiCall, identity: Identity, cloud: "Cloud", keys: list[str]) -> None:
    """Let moto's own tagging remove, or not keep, these spellings."""
    subject = _subject(call, identity, cloud)
    if call.action in ("UntagUser", "UntagRole"):
        params = cast("MutableMapping[str, str]", call.params)
        spelled = {key.lower(): key for key in keys}
        for index, key in enumerate(tag_keys_of(call.params), 1):
            params[f"TagKeys.member.{index}"] = spelled.get(key.lower(), key)
    elif call.action == "TagRole":
        subject.tags = [tag for tag in subject.tags or () if tag["Key"] not in keys]
    else:
        backend: Any = iam_backends[identity.account]["aws"]
        backend.tagger.untag_resource_using_names(subject.arn, keys)
