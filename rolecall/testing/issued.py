"""Factories of callers with a token: one a kind of `rolecall.trust`."""

from collections.abc import Mapping, Sequence
from typing import Any
from typing import Unpack as _Unpack

from rolecall import issuers
from rolecall.issuers import OidcIssuer
from rolecall.problems import Problem
from rolecall.testing.signed import Circumstances, common
from rolecall.testing.subjects import Subject, read_subject, whole
from rolecall.testing.tokens import Token

_UUID = "11111111-2222-4333-8444-555555555555"
_COMMIT = "9f3182061f1e2cca4702c368cbc039b7dc9d4485"


class TokenCircumstances(Circumstances, total=False):
    """What every token may have besides: `claims` over the usual ones, an `audience`."""

    audience: str | Sequence[str]
    claims: Mapping[str, Any]


def oidc_token(
    issuer: OidcIssuer | str, claims: Mapping[str, Any], **given: _Unpack[Circumstances]
) -> Token:
    """A token of any issuer, by its claims; without `aud` it has the issuer's usual one."""
    known = issuers.oidc_issuer(issuer) if isinstance(issuer, str) else issuer
    sub = claims.get("sub")
    if not isinstance(sub, str):
        raise Problem('oidc_token: a token has a subject; write {"sub": "…"}.')
    rest = {name: value for name, value in claims.items() if name != "sub"}
    return _token(known, read_subject(known.family, sub), {**given, "claims": rest})


def github_token(
    repository: str,
    *,
    branch: str | None = None,
    tag: str | None = None,
    environment: str | None = None,
    pull_request: bool = False,
    immutable_ids: tuple[str | int, str | int] | None = None,
    issuer: OidcIssuer = issuers.GITHUB_ACTIONS,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A job of GitHub Actions: `github_token("acme/infra", environment="tes")`.

    Without branch, tag, environment and pull_request any job of the repository is meant.
    immutable_ids: as of `rolecall.trust.GitHubActions`. `branch="release/*"`: any below.
    """
    owner, _, name = repository.partition("/")
    if not name:
        raise Problem(f'github_token: {repository!r} is no repository; write "acme/infra".')
    if immutable_ids:
        owner, name = f"{owner}@{immutable_ids[0]}", f"{name}@{immutable_ids[1]}"
    ends = {"branch": ":ref:refs/heads/", "tag": ":ref:refs/tags/", "environment": ":environment:"}
    refs = {"branch": branch, "tag": tag, "environment": environment}
    stated = [key for key, value in refs.items() if value is not None]
    if len(stated) + pull_request > 1:
        raise Problem("github_token: branch, tag, environment and pull_request exclude each other.")
    stem = "repo:{owner}/{repository}"
    parts = {"owner": owner, "repository": name}
    if pull_request:
        subject = Subject(stem + ":pull_request", parts)
    else:
        key = stated[0] if stated else "branch"
        parts[key] = (refs[key] or "*").replace(":", "%3A") if stated else "*"
        subject = Subject(f"{stem}{ends[key]}{{{key}}}", parts, open=not stated)
    return _token(issuer, subject, given)


def gitlab_token(
    project: str,
    *,
    branch: str | None = None,
    tag: str | None = None,
    issuer: OidcIssuer = issuers.GITLAB_COM,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A job of GitLab CI/CD; without branch and tag, any of the project."""
    group, _, name = project.rpartition("/")
    kind = "tag" if tag is not None else "branch"
    ref = tag if tag is not None else branch
    template = f"project_path:{{group}}/{{project}}:ref_type:{kind}:ref:{{{kind}}}"
    parts = {"group": group, "project": name, kind: ref or "*"}
    return _token(issuer, Subject(template, parts, open=ref is None), given)


def bitbucket_token(
    issuer: OidcIssuer,
    repository: str,
    *,
    environment: str | None = None,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A step of Bitbucket Pipelines, by the UUIDs of repository and environment."""
    parts = {"repository": repository.strip("{}"), "step": _UUID}
    template = "{{{repository}}}:{{{step}}}"
    if environment is not None:
        parts["environment"] = environment.strip("{}")
        template = "{{{repository}}}:{{{environment}}}:{{{step}}}"
    return _token(issuer, Subject(template, parts, open=environment is None), given)


def hcp_terraform_token(
    organization: str,
    project: str,
    workspace: str | None = None,
    *,
    run_phase: str | None = None,
    issuer: OidcIssuer = issuers.HCP_TERRAFORM,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A run of HCP Terraform; without a workspace, any of the project."""
    template = (
        "organization:{organization}:project:{project}:workspace:{workspace}:run_phase:{run_phase}"
    )
    parts = {"organization": organization, "project": project, "workspace": workspace or "*"}
    subject = Subject(template, parts | {"run_phase": run_phase or "*"}, open=workspace is None)
    return _token(issuer, _usual(subject, "run_phase", "apply"), given, run_phase is not None)


def circleci_token(
    issuer: OidcIssuer,
    project: str,
    *,
    user: str | None = None,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A job of CircleCI, by the UUIDs of the project and of the user who triggered it."""
    parts = {"organization": issuer.url.rpartition("/")[2], "project": project}
    template = "org/{organization}/project/{project}/user/{user}"
    subject = Subject(template, parts | {"user": user or "*"}, open=user is None)
    return _token(issuer, _usual(subject, "user", _UUID), given, user is not None)


def buildkite_token(
    organization: str,
    pipeline: str,
    *,
    branch: str | None = None,
    tag: str | None = None,
    issuer: OidcIssuer = issuers.BUILDKITE,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A job of Buildkite; without branch and tag, any of the pipeline."""
    kind, folder = ("tag", "tags") if tag is not None else ("branch", "heads")
    ref = tag if tag is not None else branch
    template = (
        f"organization:{{organization}}:pipeline:{{pipeline}}:ref:refs/{folder}/{{{kind}}}"
        ":commit:{commit}:step:{step}"
    )
    parts = {"organization": organization, "pipeline": pipeline, kind: ref or "*"}
    parts |= {"commit": _COMMIT, "step": "deploy"}
    return _token(issuer, Subject(template, parts, open=ref is None), given)


def eks_token(
    issuer: OidcIssuer | str,
    namespace: str,
    service_account: str | None = None,
    **given: _Unpack[TokenCircumstances],
) -> Token:
    """A pod of an EKS cluster (IRSA), by its service account; without one, any of the namespace."""
    known = issuers.oidc_issuer(issuer) if isinstance(issuer, str) else issuer
    parts = {"namespace": namespace, "service account": service_account or "*"}
    template = "system:serviceaccount:{namespace}:{service account}"
    return _token(known, Subject(template, parts, open=service_account is None), given)


def google_token(
    subject: str | None = None,
    *,
    audience: str,
    oaud: str | None = None,
    **given: _Unpack[Circumstances],
) -> Token:
    """A Google account by its number, signed in to the client `audience`.

    oaud: the token's `aud`, where it is not the client (then `azp` is).
    """
    claims = {"aud": audience} if oaud is None else {"aud": oaud, "azp": audience}
    who = whole(subject) if subject is not None else whole("*")
    who = _usual(who, "subject", "110169484474386276334")
    return _token(issuers.GOOGLE, who, {**given, "claims": claims}, subject is not None)


def cognito_token(
    pool_id: str,
    identity_id: str | None = None,
    *,
    authenticated: bool = True,
    login: str = "graph.facebook.com",
    issuer: OidcIssuer = issuers.COGNITO,
    **given: _Unpack[Circumstances],
) -> Token:
    """An identity of a Cognito identity pool, signed in or a guest."""
    methods = ["authenticated", login, f"{login}:{pool_id}:somebody"]
    claims = {"aud": pool_id, "amr": methods if authenticated else ["unauthenticated"]}
    region = pool_id.partition(":")[0] if "${" not in pool_id else "eu-central-1"
    who = whole(identity_id) if identity_id is not None else whole("*")
    who = _usual(who, "subject", f"{region}:{_UUID}")
    return _token(issuer, who, {**given, "claims": claims}, identity_id is not None)


def _usual(subject: Subject, part: str, text: str) -> Subject:
    """What nobody stated has the form that the issuer gives it."""
    return subject.with_part(part, text) if subject.parts.get(part) == "*" else subject


def _token(
    issuer: OidcIssuer,
    subject: Subject,
    given: "TokenCircumstances | dict[str, Any]",
    *told_last: bool,
) -> Token:
    claims = dict(given.get("claims", {}))
    audience = given.get("audience")
    if audience is not None:
        claims["aud"] = audience if isinstance(audience, str) else list(audience)
    elif "aud" not in claims:
        if issuer.audience is None:
            raise Problem(f"The tokens of {issuer.name} have no usual audience; write audience=….")
        claims["aud"] = issuer.audience
    told = set(subject.told())
    if told_last == (False,):
        # A usual value was filled in for what nobody stated: the last part.
        told.discard(list(subject.parts)[-1])
    stated = [f"claim {name}" for name in claims if name not in ("aud", "azp", "iss")]
    return Token(
        issuer=issuer,
        subject=subject,
        claims=claims,
        **common(given, *told, *stated),  # type: ignore[arg-type]
    )
