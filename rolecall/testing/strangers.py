"""Callers whom hardly any role means: what a far too wide policy lets in."""

from collections.abc import Iterator

from rolecall.issuers import GITHUB_ACTIONS, GITLAB_COM, OidcIssuer
from rolecall.policy import IamUser, RoleSession
from rolecall.testing.callers import Caller, Service, Signed
from rolecall.testing.insiders import STRANGE_ACCOUNT
from rolecall.testing.roles import TestedRole
from rolecall.testing.subjects import read_subject
from rolecall.testing.tokens import Token

STRANGER = "a stranger"


def strangers(role: TestedRole) -> Iterator[tuple[str, Caller]]:
    """A user and a workload of an unknown account, and jobs of somebody else's repository."""
    partition = role.partition
    told = frozenset({"account", "name"})
    mallory = IamUser(STRANGE_ACCOUNT, "mallory", partition=partition)
    yield STRANGER, Signed(who=mallory, told=told)
    yield STRANGER, Signed(who=mallory, mfa=True, told=told)
    session = RoleSession(STRANGE_ACCOUNT, "mallory", "session", partition=partition)
    yield STRANGER, Signed(who=session, told=told)
    yield (
        STRANGER,
        Service(host="cloudformation.amazonaws.com", source_account=STRANGE_ACCOUNT),
    )
    yield STRANGER, _job(GITHUB_ACTIONS, "repo:mallory/mallory:ref:refs/heads/main")
    yield STRANGER, _job(GITHUB_ACTIONS, "repo:mallory/mallory:environment:production")
    yield STRANGER, _job(GITLAB_COM, "project_path:mallory/mallory:ref_type:branch:ref:main")


def _job(issuer: OidcIssuer, sub: str) -> Token:
    return Token(
        issuer=issuer,
        subject=read_subject(issuer.family, sub),
        claims={"aud": issuer.audience},
        told=frozenset({"owner", "repository", "branch"}),
    )
