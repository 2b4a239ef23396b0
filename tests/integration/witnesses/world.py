"""An embedded AWS in which a witness of `compare` can really make his call.

While he does, there is nothing in it but what two trust policies and he speak of: their
users, roles, sessions and identity providers, and the role that is asked for.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError
from joserfc.jwk import RSAKey
from moto.iam.models import iam_backends

from rolecall.local.accounts import ADMINISTRATOR
from rolecall.policy import Arn, CompiledPolicy, PolicyDocument, PolicyError
from tests.local.conftest import CloudServer, running_cloud

_UNIQUE_ID = re.compile(r"\bA(?:IDA|ROA)[A-Z0-9]{12,}\b")
_BOUNDARY = "witness-boundary"
_BOUNDARY_ARN = f":policy/{_BOUNDARY}"


class NotReplayable(Exception):
    """The call cannot be made: the reason, in a few words that do not depend on the case."""


@cache
def signing_key() -> str:
    """One key for all stand-in issuers: making one takes longer than a replay."""
    return str(RSAKey.generate_key(2048).as_pem(private=True).decode())


class World:
    """One embedded AWS, for one witness after the other."""

    def __init__(self, server: CloudServer) -> None:
        self.server = server
        self._ids: dict[str, str] = {}
        self._made: dict[tuple[str, str, str], str] = {}
        self._iam: dict[str, Any] = {}

    def empty(self) -> None:
        """Forget everybody but the accounts' administrators, and the keys of issuers.

        A fresh embedded AWS would do as well, but loads AWS's managed policies each time.
        """
        self._ids, self._made = {}, {}
        for accounts in iam_backends.values():
            iam = accounts["aws"]
            administrators = {ADMINISTRATOR}
            for name in iam.users.keys() - administrators:
                del iam.users[name]
            for key in [
                k for k, each in iam.access_keys.items() if each.user_name not in administrators
            ]:
                del iam.access_keys[key]
            for arn in [each for each in iam.managed_policies if each.endswith(_BOUNDARY_ARN)]:
                del iam.managed_policies[arn]
            for table in (
                iam.roles,
                iam.saml_providers,
                iam.open_id_providers,
                iam.virtual_mfa_devices,
                iam.inline_policies,
            ):
                table.clear()
        records = self.server.cloud.records
        for table_name in records.keys() - {"administrators", "oidc_stand_ins"}:
            del records[table_name]

    # -- time

    def set_time(self, moment: datetime) -> None:
        """Let the embedded AWS's clock show a moment, whichever side of now it is on."""
        cloud = self.server.cloud
        offset = (moment - cloud.real_now()).total_seconds()
        cloud.records["clock"] = {"offset_seconds": offset}

    def now(self) -> datetime:
        return self.server.cloud.now().astimezone(UTC)

    # -- who is there

    def iam(self, account: str) -> Any:
        """The administrator's client; one for all, because making them takes its time."""
        if account not in self._iam:
            self._iam[account] = self.server.client("iam", account)
        return self._iam[account]

    def user(
        self,
        account: str,
        name: str,
        path: str = "/",
        *,
        tags: Mapping[str, str] | None = None,
        identity: tuple[CompiledPolicy, ...] = (),
        boundary: CompiledPolicy | None = None,
        unique_id: str = "",
    ) -> None:
        """Make a user. `unique_id`: what the policies call the one that AWS gives him."""
        iam = self.iam(account)
        more = self._boundary(iam, account, boundary)
        made = _told(iam.create_user, UserName=name, Path=path, Tags=_tags(tags), **more)["User"]
        for number, policy in enumerate(identity):
            iam.put_user_policy(
                UserName=name, PolicyName=f"own-{number}", PolicyDocument=policy.document.to_json()
            )
        self._made["user", account, name.lower()] = made["UserId"]
        if unique_id:
            self._ids[unique_id] = made["UserId"]

    def role(
        self,
        account: str,
        name: str,
        path: str = "/",
        *,
        tags: Mapping[str, str] | None = None,
        identity: tuple[CompiledPolicy, ...] = (),
        boundary: CompiledPolicy | None = None,
        unique_id: str = "",
    ) -> None:
        """Make a role that its account's administrator may take in any way."""
        iam = self.iam(account)
        more = self._boundary(iam, account, boundary)
        trust = {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:*"},
        }
        made = _told(
            iam.create_role,
            RoleName=name,
            Path=path,
            Tags=_tags(tags),
            AssumeRolePolicyDocument=json.dumps(trust),
            **more,
        )["Role"]
        for number, policy in enumerate(identity):
            iam.put_role_policy(
                RoleName=name, PolicyName=f"own-{number}", PolicyDocument=policy.document.to_json()
            )
        self._made["role", account, name.lower()] = made["RoleId"]
        if unique_id:
            self._ids[unique_id] = made["RoleId"]

    def _boundary(self, iam: Any, account: str, boundary: CompiledPolicy | None) -> dict[str, str]:
        if boundary is None:
            return {}
        made = iam.create_policy(PolicyName=_BOUNDARY, PolicyDocument=boundary.document.to_json())
        return {"PermissionsBoundary": made["Policy"]["Arn"]}

    def everybody_named(self, *documents: PolicyDocument, account: str) -> None:
        """Make whoever the policies name and is not there yet: AWS refuses a name of nobody."""
        for document in documents:
            for statement in document.statements:
                for who in (statement.principals, statement.not_principals):
                    for name in () if who is None else who.aws:
                        self._named(name, account)

    def _named(self, name: str, account: str) -> None:
        if _UNIQUE_ID.fullmatch(name):
            if name not in self._ids:
                make = self.user if name.startswith("AIDA") else self.role
                make(account, f"holder-of-{name}", unique_id=name)
            return
        try:
            arn = Arn.parse(name)
        except PolicyError:
            return
        kind, _, rest = arn.resource.partition("/")
        path, _, last = rest.rpartition("/")
        if kind == "assumed-role":
            path, last = "", rest.partition("/")[0]
        what = "user" if kind == "user" else "role"
        if kind in ("user", "role", "assumed-role") and (
            (what, arn.account, last.lower()) not in self._made
        ):
            make = self.user if what == "user" else self.role
            make(arn.account, last, f"/{path}/" if path else "/")

    # -- the role

    def text(self, document: PolicyDocument) -> str:
        """The policy with the unique ids that AWS gave."""
        text = document.to_json()
        for placeholder, real in self._ids.items():
            text = text.replace(placeholder, real)
        return text

    def set_trust(self, role_arn: str, document: PolicyDocument) -> None:
        """Give the role this trust policy; it is made when it is not there."""
        arn = Arn.parse(role_arn)
        name = arn.resource.rpartition("/")[2]
        iam, text = self.iam(arn.account), self.text(document)
        try:
            if ("role", arn.account, name.lower()) in self._made:
                iam.update_assume_role_policy(RoleName=name, PolicyDocument=text)
                return
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)
        except ClientError as error:
            raise NotReplayable(f"IAM refuses the policy: {_short(error)}") from None
        self._made["role", arn.account, name.lower()] = ""

    def unsigned_sts(self) -> Any:
        return self.server.client("sts", config=Config(signature_version=UNSIGNED))


def _told(call: Any, **params: Any) -> Any:
    """The answer; what IAM refuses to make cannot call."""
    try:
        return call(**params)
    except ClientError as error:
        raise NotReplayable(f"IAM refuses to make the caller: {_short(error)}") from None


def _short(error: ClientError) -> str:
    told = error.response["Error"]
    return f"{told['Code']} {told['Message'].partition(':')[0][:60]}"


def _tags(tags: Mapping[str, str] | None) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


@contextmanager
def running_world() -> Iterator[World]:
    """An embedded AWS on a free port, in this process."""
    with running_cloud() as server:
        yield World(server)


def ahead(moment: datetime) -> datetime:
    """A little later, so that the second is not over before the call is answered."""
    return moment.replace(microsecond=0) + timedelta(milliseconds=50)
