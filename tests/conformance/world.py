"""A small world in an embedded AWS: users, roles, sessions, an issuer and an identity
provider that the rows speak of."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pyotp
from botocore import UNSIGNED
from botocore.config import Config

from rolecall.local.oidc.keys import forget_keys
from tests.conformance.documents import allow, deny, given, policy, trusts
from tests.local.conftest import CloudServer, running_cloud
from tests.local.oidc.issuer import Issuer
from tests.local.oidc.world import OidcWorld
from tests.local.saml.world import SamlWorld

HOME, OTHER = "111122223333", "444455556666"
#: An account in which rows make what no other row must meet: providers, users.
THIRD = "777788889999"
ADMINISTRATOR = "arn:aws:iam::{}:user/rolecall-administrator"
#: Patterns and maximums are checked by the server, so the client must not.
UNCHECKED = Config(parameter_validation=False)


class World:
    """`HOME` has users and roles of its own, `OTHER` is another account.

    Callers: alice (a department, `sts:*`), bob (nothing), carol (`sts:AssumeRole`), dave
    (bounded to S3), erin (denied by her own policy), frank (`sts:*`); red, tagged, named,
    limited (sessions of the role red), alice-token, alice-mfa (GetSessionToken),
    federated (GetFederationToken), admin-<account>, nobody (unsigned).
    """

    def __init__(self, server: CloudServer) -> None:
        self.server = server
        self.iam = {account: server.client("iam", account) for account in (HOME, OTHER)}
        self._credentials: dict[str, Any] = {}
        self._clients: dict[tuple[str, str], Any] = {}
        self._count = 0
        self.arns: dict[str, str] = {}
        #: Names that an expected message may speak of, set by a row that tells a story.
        self.spoken_of: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._issuer: Issuer | None = None
        self._oidc: OidcWorld | None = None
        self._saml: SamlWorld | None = None
        self._people()
        self._sessions()

    @property
    def oidc(self) -> OidcWorld:
        """An issuer that does everything right, and a provider that stands for it."""
        if self._oidc is None:
            self._issuer = Issuer()
            self._oidc = OidcWorld(self.server, self._issuer)
        self._oidc.issuer.restore()
        forget_keys(self.server.cloud, self._oidc.issuer.url)
        return self._oidc

    @property
    def saml(self) -> SamlWorld:
        """A SAML identity provider."""
        if self._saml is None:
            self._saml = SamlWorld(self.server)
        return self._saml

    def forget(self, name: str) -> None:
        """Forget the clients of a caller whose credentials are others now."""
        for key in [key for key in self._clients if key[1] == name]:
            del self._clients[key]

    @property
    def plain_role(self) -> str:
        """The ARN of a role that trusts alice, tags and source identity included."""
        return self._standing("plain")

    @property
    def external_role(self) -> str:
        """The ARN of a role that wants the external ID x1 of alice."""
        return self._standing("external", given("StringEquals", sts__ExternalId="x1"))

    @property
    def address_role(self) -> str:
        """The ARN of a role that wants alice to call from an address that is not ours."""
        return self._standing("address", given("IpAddress", aws__SourceIp="203.0.113.7"))

    def _standing(self, name: str, condition: Any = None) -> str:
        if f"role-{name}" not in self.arns:
            trust = trusts("@alice", "sts:*", **(condition or {}))
            self.arns[f"role-{name}"] = self.role(HOME, trust, name=name)["Arn"]
        return self.arns[f"role-{name}"]

    def managed_policy(self, document: str) -> str:
        """The ARN of a managed policy of HOME; one for a document."""
        key = f"policy {document}"
        if key not in self._made:
            made = self.iam[HOME].create_policy(
                PolicyName=self.new_name("policy"), PolicyDocument=document
            )
            self._made[key] = made["Policy"]["Arn"]
        arn: str = self._made[key]
        return arn

    def federating(self, statements: tuple[dict[str, Any], ...]) -> Any:
        """STS as a user with these statements; one user for the same ones."""
        key = f"user {json.dumps(statements)}"
        if key not in self._made:
            self._made[key] = self.new_name("user")
            self.user(self._made[key], *statements)
        return self.sts(self._made[key])

    def stop(self) -> None:
        if self._issuer is not None:
            self._issuer.stop()

    def sts(self, caller: str) -> Any:
        return self.client("sts", caller)

    def new_name(self, kind: str) -> str:
        """A name that nobody has yet."""
        self._count += 1
        return f"{kind}-{self._count}"

    def client(self, service: str, caller: str) -> Any:
        key = (service, caller)
        if key not in self._clients:
            config = (
                UNCHECKED.merge(Config(signature_version=UNSIGNED))
                if caller == "nobody"
                else UNCHECKED
            )
            self._clients[key] = self.server.client(
                service, self._credentials.get(caller), config=config
            )
        return self._clients[key]

    def role(self, account: str, trust: Any, **more: Any) -> dict[str, Any]:
        """Make a role that trusts by `trust`: a statement, or several."""
        self._count += 1
        statements = trust if isinstance(trust, list) else [trust]
        attached = more.pop("policies", None)
        document = {"Version": more.pop("version", "2012-10-17"), "Statement": statements}
        if document["Version"] is None:
            del document["Version"]
        role: dict[str, Any] = self.iam[account].create_role(
            RoleName=more.pop("name", f"case-{self._count}"),
            AssumeRolePolicyDocument=self.filled(json.dumps(document)),
            **more,
        )["Role"]
        if attached is not None:
            self.iam[account].put_role_policy(
                RoleName=role["RoleName"], PolicyName="own", PolicyDocument=policy(*attached)
            )
        return role

    def user(self, name: str, *statements: dict[str, Any], **more: Any) -> None:
        iam = self.iam[HOME]
        made = iam.create_user(UserName=name, **more)["User"]
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy(*statements))
        key = iam.create_access_key(UserName=name)["AccessKey"]
        self._credentials[name] = {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
        self.arns[name] = made["Arn"]
        self.arns[f"id-{name}"] = made["UserId"]

    def device(self, name: str) -> tuple[str, pyotp.TOTP]:
        """Enable a virtual MFA device for a user; two old codes do that."""
        iam = self.iam[HOME]
        self._count += 1
        made = iam.create_virtual_mfa_device(VirtualMFADeviceName=f"{name}-{self._count}")
        made = made["VirtualMFADevice"]
        totp = pyotp.TOTP(made["Base32StringSeed"].decode())
        now = time.time()
        iam.enable_mfa_device(
            UserName=name,
            SerialNumber=made["SerialNumber"],
            AuthenticationCode1=totp.at(int(now) - 180),
            AuthenticationCode2=totp.at(int(now) - 150),
        )
        return made["SerialNumber"], totp

    def take(self, name: str, credentials: Any, arn: str) -> None:
        self._credentials[name] = credentials
        self.arns[name] = arn

    def filled(self, text: str) -> str:
        """`"@alice"` in a document is alice's ARN."""
        for name, arn in self.arns.items():
            text = text.replace(f'"@{name}"', json.dumps(arn))
        return text

    def _people(self) -> None:
        everything = self.iam[HOME].create_policy(
            PolicyName="s3-only", PolicyDocument=policy(allow("s3:*"))
        )["Policy"]["Arn"]
        self.user("alice", allow("sts:*"), Tags=[{"Key": "department", "Value": "red"}])
        self.user("bob")
        self.user("carol", allow("sts:AssumeRole"))
        self.user("dave", allow("sts:*"), PermissionsBoundary=everything)
        self.user("erin", allow("sts:*"), deny("sts:AssumeRole"))
        self.user("frank", allow("sts:*"))
        both = self.iam[HOME].create_policy(
            PolicyName="s3-and-sts", PolicyDocument=policy(allow(["s3:*", "sts:*"]))
        )["Policy"]["Arn"]
        self.user("gina", allow("sts:*"), PermissionsBoundary=both)
        self.user("henry", allow("sts:*", f"arn:aws:iam::{OTHER}:role/for-henry*"))
        self.user("ivan", allow("sts:*", f"arn:aws:iam::{HOME}:role/*"))
        self.user("judy", allow("sts:*", **given("StringEquals", sts__ExternalId="x1")))
        self.user("mike", allow("sts:*", **given("Bool", aws__MultiFactorAuthPresent="true")))
        self.user("star", allow("sts:*"), Tags=[{"Key": "p", "Value": "@"}])
        self.user("strong", allow("*"))
        self.user(
            "federating-only",
            allow("sts:GetFederationToken", f"arn:aws:sts::{HOME}:federated-user/guest"),
        )
        made = self.iam[OTHER].create_user(UserName="bob")["User"]
        self.arns["other-bob"] = made["Arn"]
        for account in (HOME, OTHER, THIRD):
            self.take(f"admin-{account}", self.server.admin(account), ADMINISTRATOR.format(account))

    def _sessions(self) -> None:
        trust = {
            "Effect": "Allow",
            "Principal": {"AWS": "@alice"},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        }
        red = self.role(HOME, trust, name="red", policies=[allow("sts:*")])
        self.arns["role-red"] = red["Arn"]
        self.arns["id-red"] = red["RoleId"]
        for name, more in (
            ("red", {}),
            (
                "tagged",
                {
                    "Tags": [
                        {"Key": "team", "Value": "blue"},
                        {"Key": "shift", "Value": "night"},
                    ],
                    "TransitiveTagKeys": ["team"],
                },
            ),
            ("named", {"SourceIdentity": "alice"}),
            ("limited", {"Policy": policy(allow("s3:*"))}),
            ("sessions", {"Policy": policy(allow("sts:*"))}),
        ):
            made = self.sts("alice").assume_role(
                RoleArn=red["Arn"], RoleSessionName=f"{name}-session", **more
            )
            self.take(name, made["Credentials"], made["AssumedRoleUser"]["Arn"])
        poor = self.role(HOME, trust, name="poor")
        self.arns["role-poor"] = poor["Arn"]
        made = self.sts("alice").assume_role(RoleArn=poor["Arn"], RoleSessionName="poor-session")
        self.take("poor", made["Credentials"], made["AssumedRoleUser"]["Arn"])
        token = self.sts("alice").get_session_token()["Credentials"]
        self.take("alice-token", token, self.arns["alice"])
        token = self.sts("strong").get_session_token()["Credentials"]
        self.take("strong-token", token, self.arns["strong"])
        serial, totp = self.device("alice")
        token = self.sts("alice").get_session_token(SerialNumber=serial, TokenCode=totp.now())[
            "Credentials"
        ]
        self.take("alice-mfa", token, self.arns["alice"])
        fed = self.sts("alice").get_federation_token(Name="fed", Policy=policy(allow("*")))
        self.take("federated", fed["Credentials"], fed["FederatedUser"]["Arn"])


@contextmanager
def running_world() -> Iterator[World]:
    """The only embedded AWS of this process, with a world in it."""
    with running_cloud() as server:
        world = World(server)
        try:
            yield world
        finally:
            world.stop()
