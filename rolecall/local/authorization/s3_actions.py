"""Which IAM action each S3 REST call needs.

Source: "Required permissions for Amazon S3 API operations" and "Actions, resources, and
condition keys for Amazon S3" in the Service Authorization Reference.
"""

from collections.abc import Mapping

BUCKET: Mapping[str, Mapping[str, str]] = {
    "GET": {
        "accelerate": "GetAccelerateConfiguration",
        "acl": "GetBucketAcl",
        "analytics": "GetAnalyticsConfiguration",
        "cors": "GetBucketCORS",
        "encryption": "GetEncryptionConfiguration",
        "intelligent-tiering": "GetIntelligentTieringConfiguration",
        "inventory": "GetInventoryConfiguration",
        "lifecycle": "GetLifecycleConfiguration",
        "location": "GetBucketLocation",
        "logging": "GetBucketLogging",
        "metrics": "GetMetricsConfiguration",
        "notification": "GetBucketNotification",
        "object-lock": "GetBucketObjectLockConfiguration",
        "ownershipControls": "GetBucketOwnershipControls",
        "policy": "GetBucketPolicy",
        "policyStatus": "GetBucketPolicyStatus",
        "publicAccessBlock": "GetBucketPublicAccessBlock",
        "replication": "GetReplicationConfiguration",
        "requestPayment": "GetBucketRequestPayment",
        "tagging": "GetBucketTagging",
        "uploads": "ListBucketMultipartUploads",
        "versioning": "GetBucketVersioning",
        "versions": "ListBucketVersions",
        "website": "GetBucketWebsite",
        "": "ListBucket",
    },
    "HEAD": {"": "ListBucket"},
    "PUT": {
        "accelerate": "PutAccelerateConfiguration",
        "acl": "PutBucketAcl",
        "analytics": "PutAnalyticsConfiguration",
        "cors": "PutBucketCORS",
        "encryption": "PutEncryptionConfiguration",
        "intelligent-tiering": "PutIntelligentTieringConfiguration",
        "inventory": "PutInventoryConfiguration",
        "lifecycle": "PutLifecycleConfiguration",
        "logging": "PutBucketLogging",
        "metrics": "PutMetricsConfiguration",
        "notification": "PutBucketNotification",
        "object-lock": "PutBucketObjectLockConfiguration",
        "ownershipControls": "PutBucketOwnershipControls",
        "policy": "PutBucketPolicy",
        "publicAccessBlock": "PutBucketPublicAccessBlock",
        "replication": "PutReplicationConfiguration",
        "requestPayment": "PutBucketRequestPayment",
        "tagging": "PutBucketTagging",
        "versioning": "PutBucketVersioning",
        "website": "PutBucketWebsite",
        "": "CreateBucket",
    },
    "DELETE": {
        "analytics": "PutAnalyticsConfiguration",
        "cors": "PutBucketCORS",
        "encryption": "PutEncryptionConfiguration",
        "intelligent-tiering": "PutIntelligentTieringConfiguration",
        "inventory": "PutInventoryConfiguration",
        "lifecycle": "PutLifecycleConfiguration",
        "metrics": "PutMetricsConfiguration",
        "ownershipControls": "PutBucketOwnershipControls",
        "policy": "DeleteBucketPolicy",
        "publicAccessBlock": "PutBucketPublicAccessBlock",
        "replication": "PutReplicationConfiguration",
        "tagging": "PutBucketTagging",
        "website": "DeleteBucketWebsite",
        "": "DeleteBucket",
    },
}
OBJECT: Mapping[str, Mapping[str, str]] = {
    "GET": {
        "acl": "GetObjectAcl",
        "attributes": "GetObjectAttributes",
        "legal-hold": "GetObjectLegalHold",
        "retention": "GetObjectRetention",
        "tagging": "GetObjectTagging",
        "torrent": "GetObjectTorrent",
        "uploadId": "ListMultipartUploadParts",
        "": "GetObject",
    },
    "HEAD": {"": "GetObject"},
    "PUT": {
        "acl": "PutObjectAcl",
        "legal-hold": "PutObjectLegalHold",
        "retention": "PutObjectRetention",
        "tagging": "PutObjectTagging",
        "uploadId": "PutObject",
        "partNumber": "PutObject",
        "": "PutObject",
    },
    "POST": {
        "restore": "RestoreObject",
        "select": "GetObject",
        "uploadId": "PutObject",
        "uploads": "PutObject",
    },
    "DELETE": {
        "tagging": "DeleteObjectTagging",
        "uploadId": "AbortMultipartUpload",
        "": "DeleteObject",
    },
}
#: Actions that are another one when a version is named.
VERSIONED = frozenset(
    {
        "DeleteObject",
        "DeleteObjectTagging",
        "GetObject",
        "GetObjectAcl",
        "GetObjectAttributes",
        "GetObjectTagging",
        "GetObjectTorrent",
        "PutObjectAcl",
        "PutObjectTagging",
    }
)


#: Subresources that moto does not look at: it does what the call means without them.
_FALLS_THROUGH = {
    "GET": frozenset(
        {
            "analytics",
            "intelligent-tiering",
            "metrics",
            "requestPayment",
            "retention",
            "torrent",
        }
    ),
    "PUT": frozenset({"analytics", "intelligent-tiering", "metrics", "requestPayment"}),
    "DELETE": frozenset({"analytics", "intelligent-tiering", "inventory", "metrics"}),
}


def actions_of(
    table: Mapping[str, Mapping[str, str]], method: str, params: Mapping[str, str]
) -> list[str]:
    """Every action that a call could mean; empty if it is none that is known.

    A call that names several subresources needs the permission for each of them, so it
    does not matter which one the backend looks at first. One that the backend does not
    look at, or that is empty where it wants a value, needs the permission of the plain
    call as well, because that is what will be done.
    """
    meanings = table.get(method, {})
    named = [action for sub, action in meanings.items() if sub in params]
    through = _FALLS_THROUGH.get(method, frozenset())
    seen = {sub for sub in meanings if sub in params and sub not in through}
    if params.get("uploadId") == "":
        seen.discard("uploadId")
    if "" in meanings and not seen:
        named.append(meanings[""])
    if "versionId" in params:
        named = [versioned(action) for action in named]
    return [f"s3:{action}" for action in dict.fromkeys(named)]


def versioned(action: str) -> str:
    """`GetObject` with a version is `GetObjectVersion`, `GetObjectTagging` …VersionTagging."""
    if action not in VERSIONED:
        return action
    head, _, tail = action.partition("Object")
    return f"{head}ObjectVersion{tail}"
