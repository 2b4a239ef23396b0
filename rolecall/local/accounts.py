"""The administrator of each account, and the bucket of an environment's state.

A fresh AWS account has a root user to begin with; the embedded AWS has an IAM user
with AdministratorAccess, made on demand, so that any account can be worked in at once.
"""

import threading

from rolecall.local.api import LongLivedKey
from rolecall.local.cloud import Cloud, new_key_id, new_secret
from rolecall.policy import is_account_id, partition_of_region
from rolecall.problems import Problem

ADMINISTRATOR = "rolecall-administrator"
_ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
_REGION = "us-east-1"
_making = threading.Lock()


def administrator(cloud: Cloud, account: str) -> LongLivedKey:
    """Return the key of an account's administrator; user and key are made when missing.

    Call it while holding the cloud's gate.

    Raises:
        Problem: `account` is not an AWS account id.
    """
    if not is_account_id(account):
        raise Problem(f"{account!r} is not an AWS account id: write its 12 digits.")
    from moto.iam.models import iam_backends
    from moto.iam.utils import generate_access_key_id_from_account_id

    with _making:
        backend = iam_backends[account]["aws"]
        user = backend.users.get(ADMINISTRATOR)
        if user is None:
            user = backend.create_user(_REGION, ADMINISTRATOR)
            # moto's own ids are not of AWS's shape.
            user.id = generate_access_key_id_from_account_id(account, "AIDA", 21)
            cloud.mark_changed()
        if _ADMINISTRATOR_ACCESS not in user.managed_policies:
            backend.managed_policies[_ADMINISTRATOR_ACCESS].attach_to(user)
            cloud.mark_changed()
        known = cloud.records.setdefault("administrators", {})
        key = next((k for k in user.access_keys if k.access_key_id == known.get(account)), None)
        if key is None or key.status != "Active":
            # Not through IAM's limit of two keys: this user must always have a working one.
            key = user.create_access_key("AKIA")
            key.access_key_id = new_key_id("AKIA", account)
            key.secret_access_key = new_secret()
            backend.access_keys[key.access_key_id] = key
            known[account] = key.access_key_id
            cloud.mark_changed()
        return LongLivedKey(key.access_key_id, key.secret_access_key, account, ADMINISTRATOR)


def state_bucket(cloud: Cloud, account: str, bucket: str, region: str) -> bool:
    """Make the bucket of Terraform's state, versioned, unless it exists; True when made.

    Call it while holding the cloud's gate.

    Raises:
        Problem: the bucket belongs to another account, or its name or region is wrong.
    """
    if not is_account_id(account):
        raise Problem(f"{account!r} is not an AWS account id: write its 12 digits.")
    from moto.core.exceptions import ServiceException
    from moto.s3.models import s3_backends
    from werkzeug.exceptions import HTTPException

    backend = s3_backends[account]["aws"]
    if bucket in backend.buckets:
        return False
    if bucket in s3_backends.bucket_accounts:
        raise Problem(f"The state bucket {bucket} belongs to another account; choose another name.")
    if partition_of_region(region) != "aws":  # moto would take any text
        raise Problem(f"The state bucket {bucket} cannot be made in {region!r}.")
    try:
        backend.create_bucket(bucket, region)
        backend.put_bucket_versioning(bucket, "Enabled")
    except (HTTPException, ServiceException, ValueError) as error:
        raise Problem(f"The state bucket {bucket} cannot be made in {region!r}.") from error
    cloud.mark_changed()
    return True


def in_use(account: str) -> bool:
    """Whether an account holds a user or a role; moto makes empty ones by the way."""
    from moto.iam.models import iam_backends

    backend = iam_backends[account].get("aws") if account in iam_backends else None
    return backend is not None and bool(backend.users or backend.roles)
