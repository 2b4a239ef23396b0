"""Principals put straight into the backend, and the directory that reads them there."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.iam.models import iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id

from rolecall.local.api import SessionGrant
from rolecall.local.directory import Directory
from tests.local.conftest import nothing_in_it
from tests.local.enforcement.conftest import HOME, OTHER

NOBODY = "777788889999"
NOW = datetime(2026, 11, 24, 16, tzinfo=UTC)
#: Documents that differ, and mean nothing to these tests.
TEXTS = [
    json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": f"s3:{name}",
                                                       "Resource": "*"}})
    for name in ("GetObject", "PutObject", "DeleteObject", "ListBucket", "GetBucketAcl")
]  # fmt: skip


class Principals:
    """Users, roles and policies of two accounts."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.directory = Directory(self.records)

    def backend(self, account: str = HOME) -> Any:
        return iam_backends[account]["aws"]

    def user(self, name: str = "alice", account: str = HOME, **more: Any) -> Any:
        tags = [{"Key": key, "Value": value} for key, value in more.pop("tags", {}).items()]
        user = self.backend(account).create_user("us-east-1", name, tags=tags, **more)
        user.id = generate_access_key_id_from_account_id(account, "AIDA", 21)
        return user

    def key(self, user: Any, account: str = HOME) -> Any:
        return self.backend(account).create_access_key(user.name)

    def role(self, name: str = "reader", account: str = HOME, **more: Any) -> Any:
        tags = [{"Key": key, "Value": value} for key, value in more.pop("tags", {}).items()]
        return self.backend(account).create_role(
            name,
            more.pop("trust", "{}"),
            more.pop("path", "/"),
            more.pop("boundary", None),
            "",
            tags,
            more.pop("max_session", None),
        )

    def policy(self, name: str, text: str, account: str = HOME) -> str:
        return str(self.backend(account).create_policy("", "/", text, name, []).arn)

    def grant(self, **changes: Any) -> SessionGrant:
        grant = SessionGrant(
            kind="session-token",
            account=HOME,
            issued_at=NOW,
            expires_at=NOW + timedelta(hours=1),
            session_name="work",
        )
        return replace(grant, **changes)

    def session_of(self, role: Any, account: str = HOME, **changes: Any) -> SessionGrant:
        facts = {"account": account, "role_arn": role.arn, "role_id": role.id}
        return self.grant(kind="assumed-role", **{**facts, **changes})

    def token_of(self, user: Any, kind: str = "session-token", **changes: Any) -> SessionGrant:
        return self.grant(kind=kind, **{"user_name": user.name, "user_id": user.id, **changes})

    def renamed(self, user: Any, name: str) -> None:
        users, tagger = self.backend().users, self.backend().tagger
        tags = tagger.list_tags_for_resource(user.arn)["Tags"]
        users[name] = users.pop(user.name)
        user.name = name
        tagger.tag_resource(user.arn, tags)


@pytest.fixture
def there() -> Iterator[Principals]:
    with nothing_in_it():
        yield Principals()


__all__ = ["HOME", "NOBODY", "OTHER", "TEXTS", "Principals"]
