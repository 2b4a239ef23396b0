"""A running embedded AWS with an OIDC provider, and what its answers to tokens are."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from xml.etree import ElementTree

from rolecall.local.oidc.connections import connect
from tests.local.conftest import CloudServer, running_cloud
from tests.local.oidc.issuer import Issuer

HOME, OTHER = "111122223333", "444455556666"
EVERYTHING = ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"]


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


class OidcWorld:
    """`provider` stands for `issuer`; `role` trusts it for `somebody` with audience `client`."""

    def __init__(self, server: CloudServer, issuer: Issuer) -> None:
        self.server = server
        self.issuer = issuer
        self.iam = server.client("iam", HOME)
        self.connect(issuer)
        self.provider = self.make_provider(issuer.url)
        self.host = issuer.url.removeprefix("https://")
        self._count = 0
        self.role = self.make_role()

    def connect(self, issuer: Issuer) -> None:
        cloud = self.server.cloud
        with cloud.gate.shared():
            connect(cloud, issuer.url, issuer.address, issuer.ca)

    def make_provider(self, url: str, clients: Any = ("client",), account: str = HOME) -> str:
        iam = self.server.client("iam", account)
        made = iam.create_open_id_connect_provider(Url=url, ClientIDList=list(clients))
        arn: str = made["OpenIDConnectProviderArn"]
        return arn

    def make_role(self, condition: Any = None, action: Any = None, **more: Any) -> str:
        """A role that trusts the provider, or `provider`; returns its ARN."""
        self._count += 1
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": more.pop("provider", self.provider)},
            "Action": EVERYTHING if action is None else action,
            "Condition": condition
            or {"StringEquals": {f"{self.host}:aud": "client", f"{self.host}:sub": "somebody"}},
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        iam = self.server.client("iam", more.pop("account", HOME))
        policy = more.pop("policy", None)
        made = iam.create_role(
            RoleName=more.pop("name", f"role-{self._count}"),
            AssumeRolePolicyDocument=json.dumps(document),
            **more,
        )["Role"]
        if policy is not None:
            iam.put_role_policy(
                RoleName=made["RoleName"],
                PolicyName="own",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": policy}),
            )
        arn: str = made["Arn"]
        return arn

    def send(self, token: str | None, **params: Any) -> Answer:
        """Call AssumeRoleWithWebIdentity without a signature; None leaves a parameter out."""
        given = {
            "Action": "AssumeRoleWithWebIdentity",
            "Version": "2011-06-15",
            "RoleArn": self.role,
            "RoleSessionName": "a-session",
            "WebIdentityToken": token,
            **params,
        }
        body = urlencode(
            {k: v for k, v in given.items() if v is not None}, errors="surrogatepass"
        ).encode()
        request = urllib.request.Request(self.server.url, body)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return Answer(reply.status, reply=_leaves(reply.read()))
        except HTTPError as error:
            told = _leaves(error.read())
            reason = error.headers.get("x-rolecall-reason", "")
            return Answer(error.code, told.get("Code", "?"), told.get("Message", ""), reason)

    def ask(self, header: Any = None, key: Any = None, role: str = "", **claims: Any) -> Answer:
        """Send a good token of `issuer`, with changes."""
        token = self.issuer.token(header, key, **claims)
        return self.send(token, **({"RoleArn": role} if role else {}))

    def refuses(self, token: str | None, code: str = "InvalidIdentityToken") -> Answer:
        """The token is refused, in AWS's words and not by accident."""
        answer = self.send(token)
        assert answer.code == code, answer
        assert answer.status == (403 if code == "AccessDenied" else 400)
        assert answer.reason or code == "ValidationError"
        return answer

    def session(self, answer: Answer, service: str) -> Any:
        """A client with the credentials of an answer."""
        return self.server.client(service, answer.reply)


@contextmanager
def running_world(**options: Any) -> Iterator[OidcWorld]:
    with running_cloud(**options) as server:
        issuer = Issuer()
        try:
            yield OidcWorld(server, issuer)
        finally:
            issuer.stop()


def _leaves(body: bytes) -> dict[str, str]:
    """The text of each element without children, by its name."""
    root = ElementTree.fromstring(body)
    return {each.tag.rpartition("}")[2]: each.text or "" for each in root.iter() if not len(each)}
