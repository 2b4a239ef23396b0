"""Authorization of Amazon S3: the caller's policies and the bucket's together.

Source: "How Amazon S3 authorizes a request" and "Policy actions, resources, and condition
keys for Amazon S3" in the Amazon S3 User Guide.
"""

from typing import TYPE_CHECKING, Any

from moto.s3.models import s3_backends

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.authorization import bucket_policies
from rolecall.local.authorization.bucket_policies import policy_of
from rolecall.local.authorization.context import Context, facts_of_call
from rolecall.local.authorization.decide import decide_with_resource_policy, denied, require
from rolecall.local.authorization.s3_actions import BUCKET, OBJECT, actions_of, versioned
from rolecall.local.authorization.s3_bodies import (
    copy_source,
    elements,
    malformed_xml,
    members,
    read_xml,
    tags_in_body,
    tags_in_header,
)
from rolecall.policy import Anonymous, Authorizer, Request, RootUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_HEADER_KEYS = (
    "x-amz-acl",
    "x-amz-copy-source",
    "x-amz-grant-full-control",
    "x-amz-grant-read",
    "x-amz-grant-read-acp",
    "x-amz-grant-write",
    "x-amz-grant-write-acp",
    "x-amz-metadata-directive",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-content-sha256",
)
_OWN_POLICY = frozenset({"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"})
_NUMBER_OF_DELETES = 1000

Needed = list[tuple[str, str]]


def authorize(call: ApiCall, identity: Identity, cloud: "Cloud") -> None:
    """Raise AccessDenied unless every permission that the call needs is given."""
    facts = facts_of_call(call, identity, cloud)
    needed = needed_for(call)
    for action, resource in needed:
        _require(cloud, identity, call, action, resource, facts)
        if action == "s3:PutReplicationConfiguration" and call.method == "PUT":
            _require_passing(cloud, identity, call, facts)
    _accept_policy(call, needed, cloud)


def _accept_policy(call: ApiCall, needed: Needed, cloud: "Cloud") -> None:
    # Last: a call that is refused must not change whom the present policy means.
    if any(action == "s3:PutBucketPolicy" for action, _ in needed):
        bucket_policies.accept(call.body, bucket_of(call), cloud)


def authorize_anonymous(call: ApiCall, cloud: "Cloud") -> None:
    """An unsigned call: only the bucket policy can let it in."""
    facts = facts_of_call(call, None, cloud)
    needed = needed_for(call)
    for action, resource in needed:
        name = _bucket_in(resource)
        bucket = _bucket(name)
        policy = policy_of(bucket, cloud)
        reason = f"an unsigned call, and no bucket policy of {name or '(no bucket)'} lets it in"
        if policy is not None and not _restricts_public(bucket):
            request = Request.build(
                action,
                resource,
                Anonymous(),
                {**facts, **_s3_facts(call, resource)},
                resource_account=owner_of(name),
            )
            decision = Authorizer(resource=policy).decide(request)
            if decision.allowed:
                continue
            reason = decision.explain()
        raise AwsError("AccessDenied", "Access Denied", 403, reason)
    _accept_policy(call, needed, cloud)


def bucket_of(call: ApiCall) -> str:
    """The bucket that a call is about, or ''."""
    return call.path.lstrip("/").partition("/")[0] if call.path.startswith("/") else ""


def owner_of(bucket: str) -> str | None:
    """The account that owns a bucket; bucket names are global."""
    found = s3_backends.bucket_accounts.get(bucket)
    return found[1] if found is not None else None


def needed_for(call: ApiCall) -> Needed:
    """The (action, resource ARN) pairs that a call needs.

    Raises:
        AwsError: it is no S3 call that is known here.
    """
    if "+" in call.query_string:
        # A plus is a space to some readers; AWS clients write %2B and %20.
        raise AwsError("InvalidURI", "Couldn't parse the specified URI.")
    bucket, _, key = call.path[1:].partition("/")
    if call.path.startswith("/v20180820/"):
        raise _unknown(call, "S3 Control")
    if not bucket:
        if call.method not in ("GET", "HEAD") or key:
            raise _unknown(call, "a call without a bucket")
        return [("s3:ListAllMyBuckets", "*")]
    bucket_arn = f"arn:aws:s3:::{bucket}"
    if not key:
        return _for_bucket(call, bucket_arn)
    return _for_object(call, f"{bucket_arn}/{key}")


def _for_bucket(call: ApiCall, arn: str) -> Needed:
    if call.method == "POST":
        if "delete" in call.params:
            return _for_deletes(call, arn)
        raise _unknown(call, "a form upload")
    actions = actions_of(BUCKET, call.method, call.params)
    if not actions:
        raise _unknown(call, f"{call.method} on a bucket")
    headers = call.headers
    if "s3:CreateBucket" in actions:
        if _sets_acl(call):
            actions.append("s3:PutBucketAcl")
        if headers.get("x-amz-bucket-object-lock-enabled", "").lower() == "true":
            actions += ["s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"]
        if "x-amz-object-ownership" in headers:
            actions.append("s3:PutBucketOwnershipControls")
    return [(action, arn) for action in actions]


def _for_object(call: ApiCall, arn: str) -> Needed:
    actions = actions_of(OBJECT, call.method, call.params)
    if not actions:
        raise _unknown(call, f"{call.method} on an object")
    headers = call.headers
    needed = [(action, arn) for action in actions]
    if actions[0] in ("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"):
        needed.append((actions[0].removesuffix("Attributes"), arn))
    if call.method == "PUT" and "x-amz-copy-source" in headers and "s3:PutObject" not in actions:
        needed.append(("s3:PutObject", arn))
    if call.method == "POST" or "s3:PutObject" in (action for action, _ in needed):
        if _sets_acl(call):
            needed.append(("s3:PutObjectAcl", arn))
        if "x-amz-tagging" in headers:
            needed.append(("s3:PutObjectTagging", arn))
        if "x-amz-object-lock-legal-hold" in headers:
            needed.append(("s3:PutObjectLegalHold", arn))
        if "x-amz-object-lock-mode" in headers:
            needed.append(("s3:PutObjectRetention", arn))
        needed += _for_copy_source(call, arn)
    if headers.get("x-amz-bypass-governance-retention", "").lower() == "true":
        needed.append(("s3:BypassGovernanceRetention", arn))
    return needed


def _for_copy_source(call: ApiCall, target: str) -> Needed:
    header = call.headers.get("x-amz-copy-source")
    if header is None:
        return []
    if header.lstrip("/").startswith(("arn:", "arn%3")):
        raise _unknown(call, "a copy from an access point")
    bucket, key, version = copy_source(header)
    arn = f"arn:aws:s3:::{bucket}/{key}"
    read = ["GetObject"]
    needed: Needed = []
    if call.headers.get("x-amz-tagging-directive", "").upper() != "REPLACE" and _tags(bucket, key):
        read.append("GetObjectTagging")
        needed.append(("s3:PutObjectTagging", target))
    names = [versioned(action) for action in read] if version else read
    return [*((f"s3:{name}", arn) for name in names), *needed]


def _for_deletes(call: ApiCall, arn: str) -> Needed:
    """DeleteObjects: the permission on each key. One that lacks refuses the whole call.

    AWS deletes what it may and reports the others; refusing all of it errs on the side
    of the policy.
    """
    root = read_xml(call.body)
    if root is None:
        raise malformed_xml()
    needed: Needed = []
    for element in elements(root, "Object"):
        named = members(element)
        action = "s3:DeleteObjectVersion" if named.get("VersionId") else "s3:DeleteObject"
        needed.append((action, f"{arn}/{named.get('Key', '')}"))
    if not needed or len(needed) > _NUMBER_OF_DELETES:
        raise malformed_xml()
    return needed


def _require(
    cloud: "Cloud",
    identity: Identity,
    call: ApiCall,
    action: str,
    resource: str,
    facts: Context,
) -> None:
    name = _bucket_in(resource)
    owner = owner_of(name) if name else None
    # To make a bucket is a matter of one's own account; that the name is taken comes later.
    account = identity.account if action == "s3:CreateBucket" else owner or identity.account
    own = isinstance(identity.caller, RootUser) and owner == identity.account
    if own and action in _OWN_POLICY:
        return  # so that an owner cannot lock himself out ("Bucket policies")
    bucket = _bucket(name)
    request = Request.build(
        action,
        resource,
        identity.caller,
        {
            **facts,
            **_s3_facts(call, resource),
            "aws:ResourceAccount": account,
            "s3:ResourceAccount": account,
        },
        resource_account=account,
    )
    resource_policy = None if action == "s3:CreateBucket" else policy_of(bucket, cloud)
    decision = decide_with_resource_policy(cloud, identity, request, resource_policy)
    if not decision.allowed:
        raise denied(identity, action, resource, decision)
    if action == "s3:CreateBucket" and owner not in (None, identity.account):
        raise AwsError(
            "BucketAlreadyExists",
            "The requested bucket name is not available. The bucket namespace is shared by all "
            "users of the system. Please select a different name and try again.",
            409,
        )


def _require_passing(cloud: "Cloud", identity: Identity, call: ApiCall, facts: Context) -> None:
    """Replication hands a role to S3 ("Required permissions for Amazon S3 API operations")."""
    root = read_xml(call.body)
    if root is None:
        raise malformed_xml()
    passed: Context = {**facts, "iam:PassedToService": "s3.amazonaws.com"}
    for element in elements(root, "Role"):
        require(cloud, identity, "iam:PassRole", (element.text or "").strip(), passed)


def _s3_facts(call: ApiCall, resource: str) -> Context:
    facts: Context = {}
    for name in ("prefix", "delimiter", "max-keys"):
        if name in call.params:
            facts[f"s3:{name}"] = call.params[name]
    if "versionId" in call.params:
        facts["s3:VersionId"] = call.params["versionId"]
    for name in _HEADER_KEYS:
        if name in call.headers:
            facts[f"s3:{name}"] = call.headers[name]
    if call.signed is not None:
        facts["s3:signatureversion"] = "AWS4-HMAC-SHA256"
        facts["s3:authType"] = "REST-QUERY-STRING" if call.signed.presigned else "REST-HEADER"
    tags = tags_in_header(call.headers.get("x-amz-tagging", ""))
    if call.method == "PUT" and "tagging" in call.params:
        tags = tags_in_body(call.body)
    for key, value in tags.items():
        facts[f"s3:RequestObjectTag/{key}"] = value
    if tags:
        facts["s3:RequestObjectTagKeys"] = tuple(tags)
    bucket, _, key = resource.removeprefix("arn:aws:s3:::").partition("/")
    if key:
        for name, value in _tags(bucket, key).items():
            facts[f"s3:ExistingObjectTag/{name}"] = value
    return facts


def _bucket(name: str) -> Any | None:
    found = s3_backends.bucket_accounts.get(name)
    if found is None:
        return None
    partition, account = found
    return s3_backends[account][partition].buckets.get(name)


def _tags(bucket: str, key: str) -> dict[str, str]:
    """The tags of an object that exists."""
    held = _bucket(bucket)
    if held is None or key not in held.keys:
        return {}
    _, account = s3_backends.bucket_accounts[bucket]
    tagger = s3_backends[account]["aws"].tagger
    arn = getattr(held.keys[key], "arn", None)
    if arn is None:
        return {}
    return {tag["Key"]: tag["Value"] for tag in tagger.list_tags_for_resource(arn)["Tags"]}


def _restricts_public(bucket: Any) -> bool:
    block: Any = getattr(bucket, "public_access_block", None)
    return block is not None and bool(block.restrict_public_buckets)


def _bucket_in(resource: str) -> str:
    return resource.removeprefix("arn:aws:s3:::").partition("/")[0] if resource != "*" else ""


def _sets_acl(call: ApiCall) -> bool:
    return any(name == "x-amz-acl" or name.startswith("x-amz-grant-") for name in call.headers)


def _unknown(call: ApiCall, what: str) -> AwsError:
    return AwsError(
        "AccessDenied",
        "Access Denied",
        403,
        f"the embedded AWS does not know which permission {what} needs ({call.method})",
    )
