"""Rows of any other call: service, operation and parameters, and who calls."""

import urllib.request
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.conformance.case import Answer, Case, refusal
from tests.conformance.world import THIRD, World


@dataclass(frozen=True)
class Call(Case):
    """boto3's `operation` of `service`. `@alice` inside of a parameter is that ARN, `{new}`
    a name that nobody has yet. `before` are calls of the account's administrator (operation
    of IAM, parameters) that must succeed."""

    operation: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    caller: str = f"admin-{THIRD}"
    service: str = "iam"
    before: tuple[tuple[str, dict[str, Any]], ...] = ()

    def ask(self, world: World) -> Answer:
        new = world.new_name("thing")
        for operation, params in self.before:
            getattr(world.client("iam", f"admin-{THIRD}"), operation)(**_filled(params, world, new))
        client = world.client(self.service, self.caller)
        try:
            reply = getattr(client, self.operation)(**_filled(self.params, world, new))
        except ClientError as error:
            return refusal(error, caller=world.arns.get(self.caller, ""), new=new)
        return Answer(reply=reply)


@dataclass(frozen=True)
class Raw(Case):
    """A form as it stands, sent to STS: what no SDK would send. `form` are pairs, so that a
    parameter can be given twice; `{role}` is a role that trusts alice, `{external}` one that
    wants her to say x1, `{address}` one that wants the address 203.0.113.7. `caller` None:
    without a signature. `scope`: the service that the signature is for."""

    form: tuple[tuple[str, str], ...] = ()
    caller: str | None = "alice"
    body: str = ""
    scope: str = "sts"
    headers: tuple[tuple[str, str], ...] = ()

    def ask(self, world: World) -> Answer:
        roles = {
            "{role}": world.plain_role,
            "{external}": world.external_role,
            "{address}": world.address_role,
        }
        text = self.body or urlencode(self.form, safe="{}")
        for name, arn in roles.items():
            text = text.replace(name, quote(arn, safe=""))
        role = roles["{external}" if "{external}" in repr(self) else "{role}"]
        body = text.encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", **dict(self.headers)}
        url = world.server.url + "/"
        if self.caller is not None:
            signed = AWSRequest("POST", url, data=body, headers=headers)
            SigV4Auth(_keys(world, self.caller), self.scope, "eu-central-1").add_auth(signed)
            headers = dict(signed.headers.items())
        request = urllib.request.Request(url, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                return Answer(reply=reply.read().decode())
        except HTTPError as error:
            told = {e.tag.rpartition("}")[2]: e.text for e in ElementTree.parse(error).iter()}
            reason = error.headers.get("x-rolecall-reason", "")
            return Answer(
                error.code,
                told.get("Code") or "?",
                told.get("Message") or "",
                reason,
                names={"caller": world.arns.get(self.caller or "", ""), "role": role},
            )


def _keys(world: World, caller: str) -> Credentials:
    found = world.client("sts", caller)._request_signer._credentials.get_frozen_credentials()
    return Credentials(found.access_key, found.secret_key, found.token)


def _filled(value: Any, world: World, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(member, world, new) for key, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, world, new) for member in value]
    if isinstance(value, str):
        for name, arn in world.arns.items():
            value = value.replace(f'"@{name}"', f'"{arn}"')
        return value.replace("{new}", new)
    return value
