"""`make demo`: from nothing to an assumed role, and to the refusals, on the embedded AWS.

Everything is real but the cloud: the CDK for Terraform and Terraform deploy, STS is
called over HTTP with signed requests, and the embedded AWS enforces the trust policy.
"""

import json
import os
import re
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import boto3
from botocore.exceptions import ClientError
from federation_scene import federation
from telling import LOG, ROLECALL, ROOT, assume, done, fail, refusal, run, step

CDKTF = str(ROOT / "node_modules/.bin/cdktf")
BUCKET = "tes-artifacts-demo"
_STARTED = time.monotonic()


def main() -> int:
    """Run the whole story; any step that does not go as told ends it with exit code 1."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("")
    step("The embedded AWS")
    run([ROLECALL, "local", "up"], os.environ)
    identity = account_variables("identity")
    tes = account_variables("tes")
    done(f"answers at {tes['AWS_ENDPOINT_URL']}")

    step("cdktf deploy identity   (the user alice)")
    done(deploy("identity", identity))
    step("cdktf deploy tes        (the roles)")
    done(deploy("tes", tes))
    ensure_bucket(tes)

    with access_key(identity, "alice") as alice, visitor(identity, "mallory") as mallory:
        admitted(alice)
        refused(alice, mallory)
    federation(tes)
    print(
        f"\nDone in {time.monotonic() - _STARTED:.0f} s. "
        "The embedded AWS keeps running; look around with\n"
        '  eval "$(.venv/bin/rolecall local env tes)" && .venv/bin/aws iam list-roles\n'
        "and stop it with\n  .venv/bin/rolecall local down"
    )
    return 0


def admitted(alice: Mapping[str, str]) -> None:
    """Alice becomes tes-deployer and works in the account of tes."""
    step("rolecall assume tes deployer   (as alice)")
    session = assume(alice)
    done(f"expires {session['AWS_CREDENTIAL_EXPIRATION']}")
    step("rolecall whoami   (with the temporary credentials)")
    done(json.loads(run([ROLECALL, "whoami", "--json"], session))["arn"])
    step(f"an S3 call   (s3://{BUCKET})")
    s3 = client("s3", session)
    s3.put_object(Bucket=BUCKET, Key="hello.txt", Body=b"from tes-deployer")
    listed = [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    done(f"written and listed: {', '.join(listed)}")


def refused(alice: Mapping[str, str], mallory: Mapping[str, str]) -> None:
    """Four ways in that must stay shut; each prints what AWS answers, and why."""
    print("\nAnd who is refused:")
    step("alice without the external ID")
    done(refusal([ROLECALL, "assume", "tes", "deployer", "--no-external-id"], alice))
    step("mallory, who may call sts:AssumeRole on everything")
    done(refusal([ROLECALL, "assume", "tes", "deployer"], mallory))
    step("alice for 12 hours")
    done(refusal([ROLECALL, "assume", "tes", "deployer", "--duration", "43200"], alice))
    step("alice's session of 15 minutes, 16 minutes later")
    session = assume(alice, "--duration", "900")
    with clock_advanced(16 * 60):
        try:
            client("s3", session).list_objects_v2(Bucket=BUCKET)
        except ClientError as error:
            done(f"{error.response['Error']['Code']}: {error.response['Error']['Message']}")
        else:
            fail("the expired session was let in")


def deploy(environment: str, variables: Mapping[str, str]) -> str:
    """`cdktf deploy`, as a user would; returns Terraform's summary."""
    output = run([CDKTF, "deploy", environment, "--auto-approve"], variables)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output)
    summaries = re.findall(r"Apply complete! Resources: [^.]*\.|No changes\.", plain)
    if not summaries:
        fail(f"no summary from Terraform; see {LOG}")
    return str(summaries[-1])


def account_variables(environment: str) -> dict[str, str]:
    """The environment after `eval "$(rolecall local env …)"`: the account's administrator."""
    output = run([ROLECALL, "local", "env", environment, "--json"], os.environ)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**clean, **json.loads(output)["export"]}


def ensure_bucket(variables: Mapping[str, str]) -> None:
    """The bucket that the deployer works on belongs to the demo, not to the stack."""
    s3 = client("s3", variables)
    if BUCKET not in {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(
            Bucket=BUCKET,
            CreateBucketConfiguration={"LocationConstraint": variables["AWS_REGION"]},
        )


@contextmanager
def access_key(administrator: Mapping[str, str], user: str) -> Iterator[dict[str, str]]:
    """An access key of an IAM user that lives as long as the block; it is never written down."""
    iam = client("iam", administrator)
    for old in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
    key = iam.create_access_key(UserName=user)["AccessKey"]
    try:
        yield {
            **administrator,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
    finally:
        iam.delete_access_key(UserName=user, AccessKeyId=key["AccessKeyId"])


@contextmanager
def visitor(administrator: Mapping[str, str], name: str) -> Iterator[dict[str, str]]:
    """A user of the identity account whom no role trusts, though his own policy allows all."""
    iam = client("iam", administrator)
    # It exists already where an earlier demo was interrupted.
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_user(UserName=name)
    everything = {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    }
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(everything))
    try:
        with access_key(administrator, name) as key:
            yield key
    finally:
        iam.delete_user_policy(UserName=name, PolicyName="all")
        iam.delete_user(UserName=name)


@contextmanager
def clock_advanced(seconds: int) -> Iterator[None]:
    """Move the embedded AWS's clock, so that nobody has to wait for an expiry."""
    run([ROLECALL, "local", "clock", f"+{seconds}"], os.environ)
    try:
        yield
    finally:
        run([ROLECALL, "local", "clock", "reset"], os.environ)


def client(service: str, variables: Mapping[str, str]) -> "boto3.client":
    """A boto3 client for these variables and no others."""
    return boto3.client(
        service,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=variables.get("AWS_SESSION_TOKEN"),
    )


if __name__ == "__main__":
    sys.exit(main())
