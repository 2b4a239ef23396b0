"""The app of `app/` deployed to an embedded AWS that trusts the tests' identity providers."""

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from rolecall.local.lifecycle import Running, require
from rolecall.local.rundir import RunDir
from tests.idp.oidc import OidcIdp
from tests.idp.saml import SamlIdp
from tests.idp.shaped import ShapedIssuers
from tests.integration.target import ROOT, EmbeddedAws, Keys, Project
from tests.local.gaps.certificates import Authority

ACCOUNT = "111111111111"
REGION = "eu-central-1"
COGNITO = "https://cognito-identity.amazonaws.com"
APP = Path(__file__).with_name("app")
#: Who vouches for machines: `site` and `lab` are trust anchors, `forger` only has the name.
AUTHORITIES = {"site": "Site", "lab": "Lab"}


@dataclass
class Deployment:
    """The running embedded AWS with the stacks `central` and `team` of the app.

    partner_pool, partner_identity: an identity pool that no stack made, and an identity.
    """

    embedded: EmbeddedAws
    project: Project
    issuers: ShapedIssuers
    oidc: OidcIdp
    saml: SamlIdp
    administrator: Keys
    authorities: Mapping[str, Authority]
    partner_pool: str
    partner_identity: str
    _connected: set[str] = field(default_factory=set)

    @cached_property
    def sts(self) -> Any:
        """Nobody's client: a token or an assertion is all that its calls carry."""
        return self.stranger("sts")

    def stranger(self, service: str) -> Any:
        """A client without credentials."""
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.administrator.variables["AWS_ENDPOINT_URL"],
            config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
        )

    @cached_property
    def running(self) -> Running:
        """The server, for its control endpoints."""
        return require(RunDir(self.embedded.home / "local"))

    def role(self, name: str) -> str:
        """The ARN of a role: `github-branch` of central, `team-…`, or an ARN."""
        if name.startswith("arn:"):
            return name
        stack = "" if name.startswith("team-") else "central-"
        return f"arn:aws:iam::{ACCOUNT}:role/{stack}{name}"

    def oidc_provider(self, issuer: str) -> str:
        """The ARN of the account's provider for an issuer."""
        return f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.removeprefix('https://')}"

    def saml_provider(self, name: str) -> str:
        """The ARN of a SAML provider of central."""
        return f"arn:aws:iam::{ACCOUNT}:saml-provider/central-{name}"

    def token(self, claims: Mapping[str, Any], **options: Any) -> str:
        """The token of the issuer that `iss` names, of which the embedded AWS knows the place."""
        issuer = claims["iss"]
        # An issuer is made with its first token.
        token = self.issuers.token(claims, **options)
        if issuer not in self._connected and issuer != COGNITO:
            found = self.issuers(issuer)
            given = {"issuer": issuer, "address": found.address, "ca": found.ca}
            self.running.control.call("POST", "oidc/connect", given)
            self._connected.add(issuer)
        return token

    def assume(self, role: str, token: str, session_name: str = "matrix") -> dict[str, Any]:
        """AssumeRoleWithWebIdentity."""
        return dict(
            self.sts.assume_role_with_web_identity(
                RoleArn=self.role(role), RoleSessionName=session_name, WebIdentityToken=token
            )
        )

    def refusal(self, role: str, token: str) -> tuple[str, str]:
        """Code and message of AssumeRoleWithWebIdentity's refusal."""
        return refusal(lambda: self.assume(role, token))

    def whoami(self, credentials: Mapping[str, Any]) -> str:
        """The ARN behind credentials, however the service calls their parts."""
        named = {name[:1].upper() + name[1:]: value for name, value in credentials.items()}
        named.setdefault("SecretAccessKey", named.get("SecretKey"))
        return str(
            self.administrator.with_session(named).client("sts").get_caller_identity()["Arn"]
        )


def refusal(call: Any) -> tuple[str, str]:
    """Code and message of the error that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def deploy(
    embedded: EmbeddedAws, folder: Path, issuers: ShapedIssuers, oidc: OidcIdp, saml: SamlIdp
) -> Deployment:
    """Copy the app, give it what it needs, and deploy it with `cdktf deploy`."""
    project = _copy(folder)
    authorities = {key: Authority.make(name) for key, name in AUTHORITIES.items()}
    given = folder / "given"
    given.mkdir()
    for key, authority in authorities.items():
        (given / f"{key}.pem").write_text(authority.pem)
    for key, metadata in _metadata(saml).items():
        (given / f"{key}.xml").write_text(metadata)
    administrator = embedded.administrator("central", cwd=folder)
    for account in ("central", "every"):
        make_cluster(embedded.administrator(account, cwd=folder))
    pool, identity = _partner_pool(administrator)
    facts = {"partner_pool": pool, "partner_identity": identity}
    (given / "facts.json").write_text(json.dumps(facts))
    deployment = Deployment(
        embedded, project, issuers, oidc, saml, administrator, authorities, pool, identity
    )
    ca = folder / "authority.pem"
    ca.write_text(oidc.ca)
    embedded.rolecall("local", "issuer", "connect", oidc.issuer, oidc.address, "--ca", str(ca))
    outcome = project.cdktf(administrator, "deploy", "central", "team", "--auto-approve")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return deployment


def _copy(folder: Path) -> Project:
    shutil.copytree(APP, folder, dirs_exist_ok=True)
    shutil.copy(ROOT / "cdktf.json", folder / "cdktf.json")
    for name in (".venv", "node_modules"):
        (folder / name).symlink_to(ROOT / name)
    return Project(folder)


def _metadata(saml: SamlIdp) -> Mapping[str, str]:
    """The directory's metadata; its name with another's key; and another company's."""
    own = saml.metadata
    other, _ = Authority.make("impostor").issue("impostor")
    body = "".join(other.pem.strip().splitlines()[1:-1])
    certificate = r"(<ds:X509Certificate>)[^<]+(</ds:X509Certificate>)"
    impostor, changed = re.subn(certificate, rf"\g<1>{body}\g<2>", own)
    assert changed, "the metadata holds no certificate"
    partner = own.replace(saml.entity_id, "https://sso.partner.test/saml2/idp")
    return {"sso": own, "impostor": impostor, "partner": partner}


def make_cluster(administrator: Keys, names: Iterable[str] = ("main", "second")) -> None:
    """Clusters are made by others than Rolecall."""
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "eks.amazonaws.com"},
            "Action": "sts:AssumeRole",
        },
    }
    made = administrator.client("iam").create_role(
        RoleName="cluster", AssumeRolePolicyDocument=json.dumps(trust)
    )
    for name in names:
        administrator.client("eks").create_cluster(
            name=name,
            roleArn=made["Role"]["Arn"],
            resourcesVpcConfig={"subnetIds": ["subnet-1", "subnet-2"]},
        )


def _partner_pool(administrator: Keys) -> tuple[str, str]:
    cognito = administrator.client("cognito-identity")
    pool = cognito.create_identity_pool(
        IdentityPoolName="partner",
        AllowUnauthenticatedIdentities=True,
        AllowClassicFlow=True,
        DeveloperProviderName="login.partner",
    )["IdentityPoolId"]
    made = cognito.get_open_id_token_for_developer_identity(
        IdentityPoolId=pool, Logins={"login.partner": "alice"}
    )
    return str(pool), str(made["IdentityId"])
