"""A running embedded AWS with a SAML provider, and what its answers to assertions are."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.etree import ElementTree

from botocore import UNSIGNED
from botocore.config import Config
from lxml import etree

from tests.local.conftest import CloudServer, running_cloud
from tests.local.saml.idp import SIGN_IN, Idp, Said, encoded

HOME, OTHER = "111122223333", "444455556666"
EVERYTHING = ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"]


@dataclass(frozen=True)
class Answer:
    """What came back: '' for `code` where credentials did."""

    status: int
    code: str = ""
    message: str = ""
    reason: str = ""
    reply: dict[str, str] = field(default_factory=dict)

    @property
    def admitted(self) -> bool:
        return self.code == ""


class SamlWorld:
    """`provider` trusts `idp`; `role` trusts the provider for the sign-in endpoint."""

    def __init__(self, server: CloudServer) -> None:
        self.server = server
        self.idp = Idp()
        self.iam = server.client("iam", HOME)
        self.provider: str = self.iam.create_saml_provider(
            Name="acme", SAMLMetadataDocument=self.idp.metadata()
        )["SAMLProviderArn"]
        self._count = 0
        self.role = self.make_role()

    def make_role(self, condition: Any = None, action: Any = None, **more: Any) -> str:
        self._count += 1
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": more.pop("provider", self.provider)},
            "Action": EVERYTHING if action is None else action,
            "Condition": condition or {"StringEquals": {"SAML:aud": SIGN_IN}},
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam = self.server.client("iam", more.pop("account", HOME))
        made = iam.create_role(
            RoleName=more.pop("name", f"saml-role-{self._count}"),
            AssumeRolePolicyDocument=json.dumps(document),
            **more,
        )
        arn: str = made["Role"]["Arn"]
        return arn

    def said(self, **changes: Any) -> Said:
        """A response that is admitted, with changes."""
        given = {"role": self.role, "provider": self.provider, **changes}
        return Said(now=self.server.cloud.now(), **given)

    def ask(self, said: Said | None = None, **params: Any) -> Answer:
        """Call AssumeRoleWithSAML with a response of `idp`."""
        said = self.said() if said is None else said
        return self.send(self.idp.response(said), RoleArn=said.role, **params)

    def send(self, response: etree._Element | str | bytes, **params: Any) -> Answer:
        """Call AssumeRoleWithSAML with a document; a text is the document itself."""
        return self.post(encoded(response), **params)

    def post(self, value: str, **params: Any) -> Answer:
        """Call AssumeRoleWithSAML with a value of SAMLAssertion; None leaves a parameter out."""
        given = {
            "Action": "AssumeRoleWithSAML",
            "Version": "2011-06-15",
            "RoleArn": self.role,
            "PrincipalArn": self.provider,
            "SAMLAssertion": value,
            **params,
        }
        body = urlencode({k: v for k, v in given.items() if v is not None}).encode()
        request = urllib.request.Request(self.server.url, body)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return Answer(reply.status, reply=_leaves(reply.read()))
        except HTTPError as error:
            told = _leaves(error.read())
            reason = error.headers.get("x-rolecall-reason", "")
            return Answer(error.code, told.get("Code", "?"), told.get("Message", ""), reason)

    def session(self, answer: Answer, service: str) -> Any:
        """A client with the credentials of an answer."""
        return self.server.client(service, answer.reply)

    def unsigned(self) -> Any:
        return self.server.client("sts", config=Config(signature_version=UNSIGNED))


@contextmanager
def running_world() -> Iterator[SamlWorld]:
    with running_cloud() as server:
        yield SamlWorld(server)


def _leaves(body: bytes) -> dict[str, str]:
    """The text of each element without children, by its name."""
    root = ElementTree.fromstring(body)
    return {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter() if not len(each)}
