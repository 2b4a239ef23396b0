"""Bucket policies: what PutBucketPolicy accepts, and whom a saved policy means.

As in trust policies, the ARN of a user or role becomes a unique id when the policy is
saved, so whoever bears the name later is not meant ("AWS JSON policy elements:
Principal"). The ids are kept beside moto's text, in records["bucket_principals"].
"""

from typing import TYPE_CHECKING, Any

from rolecall.local.api import AwsError
from rolecall.local.documents import compiled_trust
from rolecall.policy import CompiledPolicy, PolicyDocument, PolicyError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "bucket_principals"
_LARGEST = 20 * 1024


def policy_of(bucket: Any, cloud: "Cloud") -> CompiledPolicy | None:
    """The policy of moto's bucket, None if it has none; one that cannot be read denies all."""
    text = getattr(bucket, "policy", None)
    if not text:
        return None
    saved = cloud.records.get(_TABLE, {}).get(bucket.name, {})
    gone = tuple(
        (arn, unique_id)
        for arn, unique_id in saved.items()
        if cloud.directory.unique_id(arn) != unique_id
    )
    return compiled_trust(
        text.decode("utf-8", "replace") if isinstance(text, bytes) else text, gone
    )


def accept(body: bytes, bucket: str, cloud: "Cloud") -> None:
    """Check the policy of an authorized PutBucketPolicy, and note whom it means.

    moto would take anything, and a policy that nobody can read locks everybody out.

    Raises:
        AwsError: MalformedPolicy.
    """
    if len(body) > _LARGEST:
        raise AwsError("MalformedPolicy", f"Policy exceeds the maximum allowed size of {_LARGEST}")
    if not body.startswith(b"{"):
        raise _malformed("Policies must be valid JSON and the first byte must be '{'")
    try:
        document = PolicyDocument.parse(body)
    except PolicyError as error:
        raise _malformed("Policy has invalid syntax", str(error)) from None
    named: set[str] = set()
    for statement in document.statements:
        principals = statement.principals or statement.not_principals
        if principals is None:
            raise _malformed("Missing required field Principal")
        if not statement.resources and not statement.not_resources:
            raise _malformed("Missing required field Resource")
        named.update(principals.aws)
    ids: dict[str, str] = {}
    for name in named:
        resource = name.split(":", 5)[-1]
        if name.startswith("arn:") and resource.startswith(("user/", "role/", "assumed-role/")):
            unique_id = cloud.directory.unique_id(name)
            if unique_id is None:
                raise _malformed("Invalid principal in policy", f"{name} does not exist")
            ids[name] = unique_id
    cloud.records.setdefault(_TABLE, {})[bucket] = ids


def _malformed(message: str, reason: str = "") -> AwsError:
    return AwsError("MalformedPolicy", message, 400, reason)
