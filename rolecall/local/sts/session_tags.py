"""Session tags and transitive tags of AssumeRole.

Source: "Pass session tags in AWS STS"; messages as recorded from AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.local.api import AwsError, SessionGrant
from rolecall.local.sts.parameters import Parameters
from rolecall.policy.limits import TAG_CHARACTER, is_tag_text

_KEY_CHARACTERS = f"{TAG_CHARACTER}+"
_VALUE_CHARACTERS = f"{TAG_CHARACTER}*"


@dataclass(frozen=True, slots=True)
class SessionTags:
    """`all` are the tags of the new session: the requested and the inherited ones."""

    all: Mapping[str, str]
    transitive: tuple[str, ...]


def read(parameters: Parameters) -> tuple[list[tuple[str, str]], list[str]]:
    """The tags and transitive keys of a call, with violations noted in `parameters`."""
    tags = parameters.pairs("Tags", "Key", "Value")
    if len(tags) > 50:
        parameters.violated(
            f"[{len(tags)} tags]", "tags", "Member must have length less than or equal to 50"
        )
    for index, (key, value) in enumerate(tags, 1):
        where = f"tags.{index}.member"
        parameters.check(key, f"{where}.key", low=1, high=128)
        parameters.check(value, f"{where}.value", high=256)
        if not is_tag_text(key):
            parameters.violated(key, f"{where}.key", _pattern(_KEY_CHARACTERS))
        if not is_tag_text(value):
            parameters.violated(value, f"{where}.value", _pattern(_VALUE_CHARACTERS))
    transitive = parameters.members("TransitiveTagKeys")
    if len(transitive) > 50:
        parameters.violated(
            f"[{len(transitive)} keys]",
            "transitiveTagKeys",
            "Member must have length less than or equal to 50",
        )
    for index, key in enumerate(transitive, 1):
        parameters.check(key, f"transitiveTagKeys.{index}.member", low=1, high=128)
    return tags, transitive


def combine(
    tags: list[tuple[str, str]], transitive: list[str], calling: SessionGrant | None
) -> SessionTags:
    """The tags of the new session: what was asked for, and what the calling session hands on.

    Raises:
        AwsError: InvalidParameterValue for a key given twice, a transitive key that is
            no tag, or an attempt to set a tag that the calling session hands on.
    """
    lower = [key.lower() for key, _ in tags]
    if len(set(lower)) != len(lower):
        raise AwsError(
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    for key in lower:
        if key.startswith("aws:"):
            raise AwsError(
                "InvalidParameterValue", "Tag keys that start with aws: are reserved for AWS."
            )
    if any(key.lower() not in lower for key in transitive):
        raise AwsError(
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        )
    inherited: dict[str, str] = {}
    if calling is not None:
        handed_on = {key.lower() for key in calling.transitive_tag_keys}
        inherited = {k: v for k, v in calling.tags.items() if k.lower() in handed_on}
    if any(key.lower() in lower for key in inherited):
        raise AwsError(
            "InvalidParameterValue",
            "One of the specified transitive tag keys can't be set because it conflicts with a "
            "transitive tag key from the calling session.",
        )
    wanted = {key.lower() for key in transitive}
    return SessionTags(
        all={**inherited, **dict(tags)},
        transitive=(*inherited, *(key for key, _ in tags if key.lower() in wanted)),
    )


def _pattern(pattern: str) -> str:
    return f"Member must satisfy regular expression pattern: {pattern}"
