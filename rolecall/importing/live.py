"""A role and its providers as AWS answers for them; whoever asks has the credentials."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from rolecall.importing.existing import ExistingProvider, ExistingRole
from rolecall.importing.sources import role_of, tags_of

#: An operation of IAM and its parameters → the answer.
Ask = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]


def read_role(ask: Ask, name: str) -> ExistingRole:
    """GetRole, and the role's policies. Raises what `ask` raises."""
    role = role_of(ask("get_role", {"RoleName": name})["Role"], name, answer_of="get-role")
    own = {"RoleName": role.name}
    attached = _pages(ask, "list_attached_role_policies", own, "AttachedPolicies")
    inline: dict[str, object] = {}
    for policy in _pages(ask, "list_role_policies", own, "PolicyNames"):
        answer = ask("get_role_policy", {**own, "PolicyName": policy})["PolicyDocument"]
        # boto3 reads the URL-encoded JSON itself, if it is any.
        inline[policy] = json.loads(unquote(answer)) if isinstance(answer, str) else answer
    return replace(
        role,
        managed_policies=tuple(str(each["PolicyArn"]) for each in attached),
        inline_policies=inline,
    )


def read_provider(ask: Ask, arn: str) -> ExistingProvider:
    """What IAM says of an OIDC or a SAML provider. Raises what `ask` raises."""
    if ":saml-provider/" in arn:
        answer = ask("get_saml_provider", {"SAMLProviderArn": arn})
        return ExistingProvider(
            arn=arn,
            metadata=str(answer["SAMLMetadataDocument"]),
            tags=tags_of(answer.get("Tags"), arn),
        )
    answer = ask("get_open_id_connect_provider", {"OpenIDConnectProviderArn": arn})
    return ExistingProvider(
        arn=arn,
        client_ids=tuple(answer.get("ClientIDList") or ()),
        thumbprints=tuple(answer.get("ThumbprintList") or ()),
        tags=tags_of(answer.get("Tags"), arn),
    )


def _pages(ask: Ask, operation: str, own: Mapping[str, Any], member: str) -> Iterator[Any]:
    marker: dict[str, Any] = {}
    while True:
        answer = ask(operation, {**own, **marker})
        yield from answer[member]
        if not answer.get("IsTruncated"):
            return
        marker = {"Marker": answer["Marker"]}
