"""Roles out of JSON: a trust policy, or what the AWS command line answers.

`aws iam get-role`, `list-roles` and `get-account-authorization-details` are told by their
members; everything else must be a trust policy.
"""

import json
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from rolecall.importing.existing import ExistingRole
from rolecall.policy import Arn, PolicyDocument, PolicyError, check_path
from rolecall.policy.errors import quoted
from rolecall.policy.reading import read_json
from rolecall.problems import Problem


def roles_of(text: str, where: str) -> tuple[ExistingRole, ...]:
    """The roles of a JSON text. Raises `Problem`, with the place in it."""
    try:
        value = read_json(text.removeprefix("\ufeff"))
    except PolicyError as error:
        raise Problem(f"{where}: {error.problem}; {error.remedy}.") from None
    if not isinstance(value, Mapping):
        raise Problem(
            f"{where} holds no JSON object; write a trust policy, or what `aws iam get-role`, "
            "`list-roles` or `get-account-authorization-details` answers."
        )
    found = tuple(_roles(value, where))
    if not found:
        raise Problem(f"{where} holds no role.")
    if value.get("IsTruncated") is True:
        raise Problem(
            f"{where} is one page of several (IsTruncated); ask for all of them: the AWS command "
            "line does so without --no-paginate and --max-items."
        )
    return found


def _roles(value: Mapping[str, object], where: str) -> Iterator[ExistingRole]:
    if "Role" in value:
        yield role_of(value["Role"], where, answer_of="get-role")
    elif "Roles" in value or "RoleDetailList" in value:
        name = "Roles" if "Roles" in value else "RoleDetailList"
        listed = value[name]
        if not isinstance(listed, list):
            raise Problem(f"{where}: {name} is no list.")
        for number, each in enumerate(listed):
            answer = "list-roles" if name == "Roles" else "details"
            yield role_of(each, f"{where}: {name}[{number}]", answer_of=answer)
    elif "AssumeRolePolicyDocument" in value:
        yield role_of(value, where, answer_of="get-role")
    else:
        try:
            yield ExistingRole(trust=PolicyDocument.parse(value), text=json.dumps(value))
        except PolicyError as error:
            raise Problem(f"{where}: {error}") from None


def role_of(value: object, where: str, *, answer_of: str) -> ExistingRole:
    """A role as one of IAM's answers has it; `answer_of` says what it leaves out.

    Source: "Role" and "RoleDetail", IAM API Reference. ListRoles tells neither tags nor
    the boundary, GetAccountAuthorizationDetails neither description nor session length.
    """
    if not isinstance(value, Mapping):
        raise Problem(f"{where} is no role.")
    text = _document(value.get("AssumeRolePolicyDocument"), where)
    try:
        trust = PolicyDocument.parse(text)
    except PolicyError as error:
        raise Problem(f"{where}: the trust policy: {error}") from None
    arn = Arn.parse(_text(value, "Arn", where))
    name = _text(value, "RoleName", where)
    path = _text(value, "Path", where) if "Path" in value else "/"
    check_path(path)
    if arn.resource != f"role{path}{name}" or arn.service != "iam":
        raise Problem(f"{where}: the ARN {quoted(str(value['Arn']), 200)} is not that of {name}.")
    details, listed = answer_of == "details", answer_of == "list-roles"
    return ExistingRole(
        trust=trust,
        text=text,
        arn=str(value["Arn"]),
        name=name,
        account_id=arn.account,
        partition=arn.partition,
        path=path,
        description=_text(value, "Description", where) if "Description" in value else None,
        max_session_seconds=_seconds(value.get("MaxSessionDuration"), where),
        tags=None if listed and "Tags" not in value else tags_of(value.get("Tags"), where),
        boundary=_boundary(value.get("PermissionsBoundary"), where),
        boundary_known=not listed or "PermissionsBoundary" in value,
        managed_policies=_attached(value, where) if details else None,
        inline_policies=_inline(value, where) if details else None,
    )


def tags_of(value: object, where: str) -> dict[str, str]:
    """`[{"Key": …, "Value": …}]` as a mapping."""
    return {_text(each, "Key", where): _text(each, "Value", where) for each in _each(value, where)}


def _boundary(value: object, where: str) -> str | None:
    if value is None:
        return None
    return _text(_member(value, where), "PermissionsBoundaryArn", where)


def _attached(value: Mapping[str, object], where: str) -> tuple[str, ...]:
    listed = _each(value.get("AttachedManagedPolicies"), where)
    return tuple(_text(each, "PolicyArn", where) for each in listed)


def _inline(value: Mapping[str, object], where: str) -> dict[str, object]:
    found: dict[str, object] = {}
    for each in _each(value.get("RolePolicyList"), where):
        text = _document(each.get("PolicyDocument"), where)
        found[_text(each, "PolicyName", where)] = json.loads(text)
    return found


def _document(value: object, where: str) -> str:
    """A policy as JSON text: an object, a text, or a URL-encoded text."""
    if isinstance(value, Mapping):
        return json.dumps(value)
    if isinstance(value, str):
        return value if value.lstrip().startswith("{") else unquote(value)
    raise Problem(f"{where} has no policy document where one should be.")


def _seconds(value: object, where: str) -> int | None:
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError:
        raise Problem(f"{where}: MaxSessionDuration is no number.") from None


def _each(value: object, where: str) -> list[Mapping[str, object]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Problem(f"{where}: a list is missing where one should be.")
    return [_member(each, where) for each in value]


def _member(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Problem(f"{where}: an object is missing where one should be.")
    return value


def _text(value: Mapping[str, object], name: str, where: str) -> str:
    found = value.get(name)
    if not isinstance(found, str):
        raise Problem(f"{where} has no {name}.")
    return str(found)
