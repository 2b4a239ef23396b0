"""Documents as they are compiled: once, and to the safe side."""

import json

from rolecall.local.documents import (
    ALLOW_EVERYTHING,
    DENY_EVERYTHING,
    TRUST_NOBODY,
    compiled,
    compiled_trust,
    substitute_principals,
)
from rolecall.policy import Authorizer, CompiledPolicy, IamUser, PolicyDocument, Request
from tests.local.enforcement.conftest import HOME, trust
from tests.local.enforcement.principals.conftest import TEXTS

ALICE = IamUser(account=HOME, name="alice")
BROKEN = "{"
INLINE = TEXTS[0]


def read(text: str) -> PolicyDocument:
    return PolicyDocument.parse(text)


def allowed(policy_: CompiledPolicy, action: str = "s3:GetObject") -> bool:
    resource = f"arn:aws:iam::{HOME}:role/reader"
    request = Request.build(action, resource, ALICE)
    return Authorizer(identity=(policy_,)).decide(request).allowed


def test_what_stands_for_everything_and_nothing() -> None:
    assert allowed(ALLOW_EVERYTHING)
    assert allowed(ALLOW_EVERYTHING, "iam:DeleteRole")
    assert not allowed(DENY_EVERYTHING)
    denied = Authorizer(identity=(ALLOW_EVERYTHING, DENY_EVERYTHING))
    request = Request.build("x:Y", "arn:aws:s3:::b", ALICE)
    assert not denied.decide(request).allowed


def test_a_resource_whose_policy_cannot_be_read_is_closed_to_all() -> None:
    for action in ("sts:AssumeRole", "s3:GetObject"):
        request = Request.build(action, "arn:aws:s3:::b/k", ALICE, resource_account=HOME)
        assert Authorizer(identity=(ALLOW_EVERYTHING,)).decide(request).allowed
        for label in ("resource", "trust"):
            closed = Authorizer(
                identity=(ALLOW_EVERYTHING,), resource=TRUST_NOBODY, resource_label=label
            )
            assert not closed.decide(request).allowed


def test_a_document_is_compiled_once() -> None:
    assert compiled(INLINE).document == read(INLINE)
    assert compiled(INLINE) is compiled(INLINE)
    for text in (BROKEN, "", "[]", '{"Statement": 1}'):
        assert compiled(text) is DENY_EVERYTHING
        assert compiled_trust(text) is TRUST_NOBODY
        assert compiled_trust(text, (("a", "b"),)) is TRUST_NOBODY


def test_principals_are_renamed_wherever_they_stand() -> None:
    statements = [
        trust({"AWS": ["a", "b"], "Service": "a"}),
        {"Effect": "Deny", "NotPrincipal": {"AWS": ["b", "c"]}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"},
    ]
    document = read(json.dumps({"Version": "2012-10-17", "Id": "x", "Statement": statements}))
    renamed = substitute_principals(document, {"a": "AIDA1", "b": "AIDA2"})
    one, two, three = renamed.statements
    assert one.principals is not None
    assert (one.principals.aws, one.principals.service) == (("AIDA1", "AIDA2"), ("a",))
    assert one.not_principals is None
    assert two.not_principals is not None
    assert two.not_principals.aws == ("AIDA2", "c")
    assert two.principals is None
    assert three == document.statements[2]
    back = substitute_principals(renamed, {"AIDA1": "a", "AIDA2": "b"})
    assert back == document
    text = json.dumps({"Version": "2012-10-17", "Statement": statements[0]})
    assert compiled_trust(text).document == read(text)
    trusted = compiled_trust(text, (("a", "AIDA1"),)).document.statements[0].principals
    assert trusted is not None
    assert trusted.aws == ("AIDA1", "b")
