"""The embedded AWS, run through the command line, as a company's administrator sets it up."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.integration.target import EmbeddedAws, Keys

ACCOUNT = "111111111111"


class Company:
    """One account (that of tes) of an embedded AWS, with its providers and roles."""

    def __init__(self, embedded: EmbeddedAws, folder: Path) -> None:
        self._embedded = embedded
        self._folder = folder
        self._administrator = embedded.administrator("tes")
        self._connected: set[str] = set()
        self._roles = 0
        self.iam = self._administrator.client("iam")
        #: Nobody's: AssumeRoleWithWebIdentity and AssumeRoleWithSAML are not signed.
        self.sts = boto3.client(
            "sts",
            region_name=self._administrator.variables["AWS_REGION"],
            endpoint_url=self._administrator.variables["AWS_ENDPOINT_URL"],
            config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
        )

    def connect(self, issuer: str, address: str, ca: str) -> None:
        """Say where an issuer listens; each issuer once."""
        if issuer not in self._connected:
            file = self._folder / "authority.pem"
            file.write_text(ca)
            self._embedded.rolecall(
                "local", "issuer", "connect", issuer, address, "--ca", str(file)
            )
            self._connected.add(issuer)

    def role(
        self,
        principal: Mapping[str, Any],
        action: str,
        conditions: Mapping[str, Any],
        *further_actions: str,
    ) -> str:
        """A role with this trust policy; its ARN."""
        self._roles += 1
        statement = {
            "Effect": "Allow",
            "Principal": principal,
            "Action": [action, *further_actions],
            "Condition": conditions,
        }
        made = self.iam.create_role(
            RoleName=f"federated-{self._roles}",
            AssumeRolePolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [statement]}
            ),
            MaxSessionDuration=7200,
        )
        return str(made["Role"]["Arn"])

    def oidc_provider(self, issuer: str, client_ids: Iterable[str]) -> str:
        """The OIDC provider of an issuer, made at the first call; its ARN."""
        arn = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer.removeprefix('https://')}"
        held = self.iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        if arn not in {provider["Arn"] for provider in held}:
            made = self.iam.create_open_id_connect_provider(
                Url=issuer, ClientIDList=list(client_ids)
            )
            assert made["OpenIDConnectProviderArn"] == arn
        return arn

    def saml_provider(self, name: str, metadata: str) -> str:
        """A SAML provider, made at the first call; its ARN."""
        arn = f"arn:aws:iam::{ACCOUNT}:saml-provider/{name}"
        held = self.iam.list_saml_providers()["SAMLProviderList"]
        if arn not in {provider["Arn"] for provider in held}:
            made = self.iam.create_saml_provider(Name=name, SAMLMetadataDocument=metadata)
            assert made["SAMLProviderArn"] == arn
        return arn

    def whoami(self, credentials: Mapping[str, Any]) -> str:
        """The ARN behind the credentials of an STS answer."""
        keys: Keys = self._administrator.with_session(credentials)
        return str(keys.client("sts").get_caller_identity()["Arn"])
