"""What the soak's calls go to: two accounts, their roles, buckets, providers and pools.

All of it is made once and stays; what the stories make, they delete again.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from rolecall.local import lifecycle
from rolecall.local.rundir import RunDir
from scripts.hardening.soak_client import REGION, Key
from tests.local.gaps.certificates import Authority, Certificate
from tests.local.saml.idp import SIGN_IN, Idp

HOME, OTHER = "111122223333", "444455556666"
EXTERNAL_ID = "soak-external-id"
GITHUB = "https://token.actions.githubusercontent.com"
SUBJECT = "repo:acme/infra:ref:refs/heads/main"
COGNITO = "cognito-identity.amazonaws.com"
CLUSTER = "soak"
_TWELVE_HOURS = 43_200


def document(*statements: dict[str, Any]) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """A statement of a permission policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, action: Any = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    """A statement of a trust policy."""
    who = principal if isinstance(principal, dict) else {"AWS": principal}
    return {"Effect": "Allow", "Principal": who, "Action": action, **more}


@dataclass
class World:
    """Whom and what there is."""

    run_dir: RunDir
    port: int
    admin: Key = field(init=False)
    other_admin: Key = field(init=False)
    caller: Key = field(init=False)
    #: A session of `deployer` that began before everything, and one that may write nothing.
    session: Key = field(init=False)
    pool: str = field(init=False)
    anchor: str = field(init=False)
    profile: str = field(init=False)
    saml: str = field(init=False)
    cluster_issuer: str = field(init=False)
    association: str = field(init=False)
    idp: Idp = field(default_factory=Idp)
    certificate: Certificate = field(init=False)
    stranger: Certificate = field(init=False)

    @property
    def caller_arn(self) -> str:
        """The user who assumes roles."""
        return f"arn:aws:iam::{HOME}:user/caller"

    def role(self, name: str, account: str = HOME) -> str:
        """The ARN of a role."""
        return f"arn:aws:iam::{account}:role/{name}"

    def client(self, service: str, account: str = HOME) -> Any:
        """boto3 as an account's administrator, for what is made and asked once."""
        key = self.admin if account == HOME else self.other_admin
        return boto3.client(
            service,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=REGION,
            aws_access_key_id=key.key_id,
            aws_secret_access_key=key.secret,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def make(self) -> None:
        """Make everything in a running, empty embedded AWS."""
        control = lifecycle.require(self.run_dir).control
        keys = {
            account: Key(told["access_key_id"], told["secret_access_key"])
            for account in (HOME, OTHER)
            for told in [control.administrator(account)]
        }
        self.admin, self.other_admin = keys[HOME], keys[OTHER]
        self._people()
        self._buckets()
        self._federation(control)
        self._services()
        answer = self._sts(self.caller).assume_role(
            RoleArn=self.role("deployer"),
            RoleSessionName="from-the-start",
            ExternalId=EXTERNAL_ID,
            DurationSeconds=_TWELVE_HOURS,
        )["Credentials"]
        self.session = Key(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])

    def _sts(self, key: Key) -> Any:
        return boto3.client(
            "sts",
            endpoint_url=f"http://127.0.0.1:{self.port}",
            region_name=REGION,
            aws_access_key_id=key.key_id,
            aws_secret_access_key=key.secret,
        )

    def _role(self, name: str, trusts: Any, *own: Any, account: str = HOME) -> None:
        iam = self.client("iam", account)
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=document(trusts),
            MaxSessionDuration=_TWELVE_HOURS,
        )
        if own:
            iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document(*own))

    def _people(self) -> None:
        iam = self.client("iam")
        for name in ("caller", "nobody", "ledger-0", "ledger-1"):
            iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName="caller",
            PolicyName="own",
            PolicyDocument=document(allow(["sts:AssumeRole", "sts:TagSession"])),
        )
        key = iam.create_access_key(UserName="caller")["AccessKey"]
        self.caller = Key(key["AccessKeyId"], key["SecretAccessKey"])
        known = {"Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}}
        own = allow("s3:*", ["arn:aws:s3:::soak-own", "arn:aws:s3:::soak-own/*"])
        foreign = allow("s3:*", ["arn:aws:s3:::soak-other*", "arn:aws:s3:::soak-shared/*"])
        self._role("deployer", trust(self.caller_arn, **known), own, foreign)
        self._role("closed", trust(f"arn:aws:iam::{HOME}:user/nobody"))
        red = {"Condition": {"StringEquals": {"aws:RequestTag/team": "red"}}}
        tagged = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "red"}}}
        self._role(
            "tagged",
            trust(self.caller_arn, ["sts:AssumeRole", "sts:TagSession"], **red),
            allow("s3:ListBucket", "arn:aws:s3:::soak-own", **tagged),
        )
        self._role("chain-a", trust(self.caller_arn), allow("sts:AssumeRole"))
        self._role("chain-b", trust(self.role("chain-a")))
        self._role("chain-c", trust(self.role("chain-b")))
        self._role("abroad", trust(self.caller_arn, **known), account=OTHER)
        self._role("abroad-closed", trust(self.role("deployer")), account=OTHER)

    def _buckets(self) -> None:
        place = {"CreateBucketConfiguration": {"LocationConstraint": REGION}}
        for name, account in (("soak-own", HOME), ("soak-other", OTHER), ("soak-shared", OTHER)):
            s3 = self.client("s3", account)
            s3.create_bucket(Bucket=name, **place)
            s3.put_object(Bucket=name, Key="shared/hello", Body=b"hello")
            s3.put_object(Bucket=name, Key="hidden/hello", Body=b"hidden")
        shared = {
            "Effect": "Allow",
            "Principal": {"AWS": self.role("deployer")},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::soak-shared/shared/*",
        }
        self.client("s3", OTHER).put_bucket_policy(Bucket="soak-shared", Policy=document(shared))

    def _federation(self, control: Any) -> None:
        iam = self.client("iam")
        iam.create_open_id_connect_provider(Url=GITHUB, ClientIDList=["sts.amazonaws.com"])
        host = GITHUB.removeprefix("https://")
        claims = {"StringEquals": {f"{host}:aud": "sts.amazonaws.com", f"{host}:sub": SUBJECT}}
        provider = {"Federated": f"arn:aws:iam::{HOME}:oidc-provider/{host}"}
        self._role("web", trust(provider, "sts:AssumeRoleWithWebIdentity", Condition=claims))
        self.saml = iam.create_saml_provider(Name="soak", SAMLMetadataDocument=self.idp.metadata())[
            "SAMLProviderArn"
        ]
        sign_in = {"StringEquals": {"SAML:aud": SIGN_IN}}
        self._role(
            "saml", trust({"Federated": self.saml}, "sts:AssumeRoleWithSAML", Condition=sign_in)
        )
        control.call("POST", "oidc/token", {"issuer": GITHUB, "subject": SUBJECT})

    def _services(self) -> None:
        both = ["sts:AssumeRole", "sts:TagSession"]
        self._role("pods", trust({"Service": "pods.eks.amazonaws.com"}, both))
        self._role("cluster", trust({"Service": "eks.amazonaws.com"}))
        eks = self.client("eks")
        made = eks.create_cluster(
            name=CLUSTER,
            roleArn=self.role("cluster"),
            resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]},
        )
        self.cluster_issuer = made["cluster"]["identity"]["oidc"]["issuer"]
        self.association = eks.create_pod_identity_association(
            clusterName=CLUSTER, namespace="shop", serviceAccount="web", roleArn=self.role("pods")
        )["association"]["associationArn"]
        service = {"Service": "rolesanywhere.amazonaws.com"}
        self._role("workload", trust(service, [*both, "sts:SetSourceIdentity"]))
        authority = Authority.make("soak")
        self.certificate, _ = authority.issue("web-1")
        self.stranger, _ = Authority.make("stranger").issue("web-1")
        anywhere = self.client("rolesanywhere")
        source = {
            "sourceType": "CERTIFICATE_BUNDLE",
            "sourceData": {"x509CertificateData": authority.pem},
        }
        self.anchor = anywhere.create_trust_anchor(name="soak", enabled=True, source=source)[
            "trustAnchor"
        ]["trustAnchorArn"]
        self.profile = anywhere.create_profile(
            name="soak", roleArns=[self.role("workload")], enabled=True
        )["profile"]["profileArn"]
        cognito = self.client("cognito-identity")
        self.pool = cognito.create_identity_pool(
            IdentityPoolName="soak", AllowUnauthenticatedIdentities=True
        )["IdentityPoolId"]
        guest = {
            "StringEquals": {f"{COGNITO}:aud": self.pool},
            "ForAnyValue:StringLike": {f"{COGNITO}:amr": "unauthenticated"},
        }
        web = "sts:AssumeRoleWithWebIdentity"
        self._role("guest", trust({"Federated": COGNITO}, web, Condition=guest))
        cognito.set_identity_pool_roles(
            IdentityPoolId=self.pool, Roles={"unauthenticated": self.role("guest")}
        )


def world_at(home: Path, port: int) -> World:
    """The world of the embedded AWS with that home (`ROLECALL_HOME`)."""
    return World(RunDir(home / "local"), port)
