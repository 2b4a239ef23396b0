"""Whom the author of an entity for OpenID Connect means, kind by kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from rolecall import issuers
from rolecall.issuers import OidcIssuer, oidc_context
from rolecall.policy import AssumeRoleAttempt, WebIdentity
from rolecall.trust import (
    AnyBranchOf,
    AnyGoogleAccount,
    AnyJobOf,
    AnyPipelineOf,
    AnyProjectOf,
    AnyProjectOfOrganization,
    AnyRepositoryOf,
    AnyRepositoryOfWorkspace,
    AnyServiceAccountIn,
    AnySubjectOf,
    AnyTagOf,
    AnyWorkspaceOf,
    Auth0,
    BitbucketPipelines,
    Buildkite,
    CircleCi,
    CognitoIdentityPool,
    EksServiceAccount,
    GitHubActions,
    GitLab,
    Google,
    HcpTerraform,
    Keycloak,
    OidcSubjects,
    UnauthenticatedOf,
)
from tests.trust.intent import OWN, ROLE, Asked, Written, misses_of, mixed

Claims = Mapping[str, Any]
ACTION = "sts:AssumeRoleWithWebIdentity"
UUID = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
OTHER_UUID = "7cd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f61"
GITHUB = issuers.GITHUB_ACTIONS
EKS = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
AUTH0 = issuers.auth0("acme.eu.auth0.com")
KEYCLOAK = issuers.keycloak("https://id.example.com", "staff")
PRIVATE = issuers.oidc_issuer("https://id.example.com/oidc")
OTHERS = [
    GITHUB,
    issuers.github_enterprise("acme"),
    issuers.GITLAB_COM,
    issuers.gitlab("https://gitlab.example.com"),
    issuers.BUILDKITE,
    issuers.HCP_TERRAFORM,
    issuers.BITBUCKET("acme-evil", UUID),
    issuers.CIRCLECI(OTHER_UUID),
    issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLF"),
    issuers.keycloak("https://id.example.com", "staff2"),
    issuers.GOOGLE,
    issuers.COGNITO,
]


@dataclass(frozen=True)
class Provider:
    """A provider of the account, as the constructs hand it over."""

    issuer: OidcIssuer
    client_ids: tuple[str, ...]


@dataclass(frozen=True)
class Token:
    issuer: OidcIssuer
    claims: Claims


def presented(issuer: OidcIssuer, claims: Claims) -> Asked:
    attempt = AssumeRoleAttempt(
        caller=WebIdentity(issuer.principal(OWN)),
        role_arn=ROLE,
        session_name="job",
        context=oidc_context(issuer, claims),
    )
    return Asked(attempt, ACTION, Token(issuer, claims))


def meant_for(claims: Claims) -> object:
    """For whom the token is, as AWS documents it: azp before aud, one value."""
    party = claims.get("azp")
    if party not in (None, ""):
        return party
    audience = claims.get("aud")
    if isinstance(audience, list):
        real = [each for each in audience if isinstance(each, str) and each]
        return real[0] if len(real) == 1 else None
    return audience


def written(
    entity: Any,
    issuer: OidcIssuer,
    audience: str,
    insider: Claims,
    whose: Callable[[Claims], bool],
    others: Sequence[str] = (),
) -> Written:
    """`others` are further subjects that the issuer writes."""

    def intended(asked: Asked) -> bool:
        token: Token = asked.facts
        return (
            token.issuer.url == issuer.url
            and meant_for(token.claims) == audience
            and whose(token.claims)
        )

    claims = {"aud": audience, **insider}
    return Written(
        entity,
        intended,
        presented(issuer, claims),
        st.builds(presented, st.sampled_from([issuer, issuer, GITHUB]), mixed(claims, others)),
        [
            *(presented(issuer, each) for each in misses_of(claims)),
            *(presented(issuer, {**claims, "sub": each}) for each in others),
            *(presented(other, claims) for other in OTHERS),
        ],
    )


def parts(claims: Claims) -> list[str]:
    """The subject between its colons."""
    sub = claims.get("sub")
    return sub.split(":") if isinstance(sub, str) else [""]


# No two of these differ in case alone, so that changing the case is leaving.
owners = st.sampled_from(["acme", "Acme-Corp", "a", "acme_emu"])
names = st.sampled_from(["infra", "web.site", "_x", "infra-2"])
branches = st.sampled_from(["main", "release/1.2", "a/b/c", "fix-1", "déjà", "x@y"])
folders = st.sampled_from(["release", "a/b"])
slugs = st.sampled_from(["acme", "acme-2", "a"])
audiences = st.sampled_from([None, "sts.amazonaws.com", "https://github.com/acme"])


def providers(issuer: OidcIssuer) -> st.SearchStrategy[Any]:
    """The issuer itself, or a provider for its usual audience and another."""
    usual = issuer.audience or "app"
    return st.sampled_from([issuer, Provider(issuer, ()), Provider(issuer, (usual, "other"))])


def ref_is(claims: Claims, place: int, wanted: list[str], folder: str) -> bool:
    """Whether the rest of a subject is one of these names below refs/<folder>/."""
    rest = ":".join(parts(claims)[place:])
    for name in wanted:
        if name.endswith("/*"):
            if rest.startswith(folder + name[:-1]):
                return True
        elif rest == folder + name:
            return True
    return False


@st.composite
def github(draw: st.DrawFn, how: str) -> Written:
    issuer = draw(st.sampled_from([GITHUB, issuers.github_enterprise("acme")]))
    repository = f"{draw(owners)}/{draw(names)}"
    ids = draw(st.sampled_from([None, (123, "456")]))
    numbered = repository
    if ids:
        owner, own = repository.split("/")
        numbered = f"{owner}@123/{own}@456"
    job = "acme/ci/.github/workflows/deploy.yml@refs/heads/main"
    options: dict[str, Any] = {"immutable_ids": ids}
    insider: dict[str, Any] = {"repository": repository, "job_workflow_ref": job}
    names_ = draw(st.lists(branches, min_size=1, max_size=2, unique=True))
    if how in ("branch", "tag"):
        folder = "refs/heads/" if how == "branch" else "refs/tags/"
        below = draw(st.none() | folders)
        if below is not None:
            names_ = [name for name in names_ if not name.startswith(below + "/")]
            names_.append(f"{below}/*")
        options[how] = names_
        rest = f"ref:{folder}{names_[-1].replace('*', 'x')}"

        def told(claims: Claims) -> bool:
            return parts(claims)[2:3] == ["ref"] and ref_is(claims, 3, names_, folder)

    elif how == "environment":
        environment = draw(st.sampled_from(["production", "Prod:V1", "a b", "x/y"]))
        options[how] = environment
        rest = "environment:" + environment.replace(":", "%3A")

        def told(claims: Claims) -> bool:
            ends = parts(claims)[2:]
            return ends[:1] == ["environment"] and [
                each.replace("%3A", ":") for each in ends[1:]
            ] == [environment]

    elif how == "pull_request":
        options[how] = True
        rest = "pull_request"

        def told(claims: Claims) -> bool:
            return parts(claims)[2:] == ["pull_request"]

    else:
        options[how] = job
        rest = "ref:refs/heads/anything"

        def told(claims: Claims) -> bool:
            return len(parts(claims)) > 2 and claims.get("job_workflow_ref") == job

    if draw(st.booleans()):
        options["repository_id"] = 4711
        insider["repository_id"] = "4711"
    if how != "job" and draw(st.booleans()):
        options["job_workflow_ref"] = job
    audience = draw(audiences)

    def whose(claims: Claims) -> bool:
        if parts(claims)[:2] != ["repo", numbered]:
            return False
        if "repository_id" in options and str(claims.get("repository_id")) != "4711":
            return False
        if "job_workflow_ref" in options and claims.get("job_workflow_ref") != job:
            return False
        return told(claims)

    entity = GitHubActions(issuer, repository, audience=audience, **options)
    insider["sub"] = f"repo:{numbered}:{rest}"
    rests = ["pull_request", "ref:refs/heads/main", "ref:refs/tags/main", "environment:main"]
    rests += ["environment:production", "ref:refs/heads/release", "ref:refs/heads/release/"]
    others = [f"repo:{who}:{rest}" for who in (numbered, "acme/x", "acme@1/x@2") for rest in rests]
    return written(entity, issuer, audience or "sts.amazonaws.com", insider, whose, others)


@st.composite
def any_repository(draw: st.DrawFn) -> Written:
    owner = draw(owners)
    immutable = draw(st.booleans())
    begin = f"{owner}@9/" if immutable else f"{owner}/"
    entity = AnyRepositoryOf(
        draw(providers(GITHUB)), owner, owner_id=9 if immutable else None, immutable=immutable
    )
    number = "9" if immutable else None
    insider = {"sub": f"repo:{begin}infra:pull_request", "repository_owner_id": "9"}

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        owned = number is None or str(claims.get("repository_owner_id")) == number
        return owned and ends[0] == "repo" and ":".join(ends[1:]).startswith(begin)

    return written(entity, GITHUB, "sts.amazonaws.com", insider, whose)


def any_of(kind: Any, github_end: str, gitlab_end: str, buildkite_end: str) -> Any:
    @st.composite
    def strategy(draw: st.DrawFn) -> Written:
        issuer, stem, end, name = draw(
            st.sampled_from(
                [
                    (GITHUB, "repo:acme/infra", github_end, "acme/infra"),
                    (issuers.GITLAB_COM, "project_path:acme/a/b", gitlab_end, "acme/a/b"),
                    (
                        issuers.BUILDKITE,
                        "organization:acme:pipeline:infra",
                        buildkite_end,
                        "acme/infra",
                    ),
                ]
            )
        )
        audience = issuer.audience or ""
        head = stem.split(":")
        tail = end.split(":")[1:]

        def whose(claims: Claims) -> bool:
            ends = parts(claims)
            rest = ends[len(head) :]
            return (
                ends[: len(head)] == head
                and len(rest) >= len(tail)
                and rest[: len(tail) - 1] == tail[:-1]
                and rest[len(tail) - 1].startswith(tail[-1])
            )

        return written(
            kind(draw(providers(issuer)), name),
            issuer,
            audience,
            {"sub": f"{stem}{end}main"},
            whose,
        )

    return strategy()


@st.composite
def gitlab(draw: st.DrawFn) -> Written:
    issuer = draw(st.sampled_from([issuers.GITLAB_COM, issuers.gitlab("https://gitlab.acme.io")]))
    project = f"{draw(owners)}/{draw(names)}"
    how = draw(st.sampled_from(["branch", "tag"]))
    wanted = [draw(branches)]
    if draw(st.booleans()):
        wanted = ["release/*"]
    options: dict[str, Any] = {how: wanted}
    insider: dict[str, Any] = {"ref_protected": "true", "project_id": "5"}
    if issuer is issuers.GITLAB_COM:
        options |= {
            "protected": draw(st.booleans()),
            "project_id": draw(st.sampled_from([None, 5])),
        }

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        if options.get("protected") and str(claims.get("ref_protected")).lower() != "true":
            return False
        if options.get("project_id") and str(claims.get("project_id")) != "5":
            return False
        return ends[:5] == ["project_path", project, "ref_type", how, "ref"] and ref_is(
            claims, 5, wanted, ""
        )

    sub = f"project_path:{project}:ref_type:{how}:ref:{wanted[0].replace('*', 'x')}"
    entity = GitLab(draw(providers(issuer)), project, **options)
    others = [
        f"project_path:{who}:ref_type:{what}:ref:{name}"
        for who in (project, "acme/x")
        for what in ("branch", "tag")
        for name in ("main", "release", "release/", "release/x")
    ]
    return written(entity, issuer, issuer.url, {"sub": sub, **insider}, whose, others)


@st.composite
def any_project(draw: st.DrawFn) -> Written:
    group = draw(st.sampled_from(["acme", "acme/platform"]))

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        return ends[0] == "project_path" and ":".join(ends[1:]).startswith(group + "/")

    sub = f"project_path:{group}/infra:ref_type:branch:ref:main"
    issuer = issuers.GITLAB_COM
    return written(AnyProjectOf(issuer, group), issuer, issuer.url, {"sub": sub}, whose)


@st.composite
def bitbucket(draw: st.DrawFn) -> Written:
    issuer = issuers.BITBUCKET("acme", UUID)
    environment = draw(st.sampled_from([None, OTHER_UUID]))
    repository = draw(st.sampled_from([UUID, "{" + UUID + "}"]))
    wanted = ["{" + UUID + "}"] + (["{" + OTHER_UUID + "}"] if environment else [])

    def whose(claims: Claims) -> bool:
        return parts(claims)[: len(wanted)] == wanted and len(parts(claims)) > len(wanted)

    entity = BitbucketPipelines(draw(providers(issuer)), repository, environment=environment)
    sub = ":".join([*wanted, "{" + OTHER_UUID + "}"])
    return written(entity, issuer, issuer.audience or "", {"sub": sub}, whose)


@st.composite
def any_bitbucket(draw: st.DrawFn) -> Written:
    issuer = issuers.BITBUCKET("acme", UUID)
    entity = AnyRepositoryOfWorkspace(draw(providers(issuer)))
    return written(entity, issuer, issuer.audience or "", {"sub": "{a}:{b}"}, lambda _: True)


@st.composite
def hcp(draw: st.DrawFn) -> Written:
    issuer = draw(st.sampled_from([issuers.HCP_TERRAFORM, issuers.hcp_terraform("tfe.acme.io")]))
    organization, project = draw(slugs), draw(st.sampled_from(["Default Project", "infra"]))
    workspaces = draw(st.lists(names.filter(lambda n: "." not in n), min_size=1, unique=True))
    phase = draw(st.sampled_from([None, "plan", "apply"]))
    phases = [phase] if phase else ["plan", "apply"]

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        return (
            len(ends) == 8
            and ends[::2] == ["organization", "project", "workspace", "run_phase"]
            and ends[1:5:2] == [organization, project]
            and ends[5] in workspaces
            and ends[7] in phases
        )

    entity = HcpTerraform(
        draw(providers(issuer)), organization, project, workspaces, run_phase=phase
    )
    sub = (
        f"organization:{organization}:project:{project}:workspace:{workspaces[0]}"
        f":run_phase:{phases[0]}"
    )
    others = [sub.rpartition(":")[0] + end for end in (":plan", ":apply", ":destroy")]
    return written(entity, issuer, "aws.workload.identity", {"sub": sub}, whose, others)


@st.composite
def any_workspace(draw: st.DrawFn) -> Written:
    project = draw(st.sampled_from([None, "Default Project"]))
    wanted = ["organization", "acme"] + (["project", project] if project else [])

    def whose(claims: Claims) -> bool:
        return parts(claims)[: len(wanted)] == wanted and len(parts(claims)) > len(wanted)

    issuer = issuers.HCP_TERRAFORM
    sub = "organization:acme:project:Default Project:workspace:w:run_phase:plan"
    entity = AnyWorkspaceOf(draw(providers(issuer)), "acme", project)
    return written(entity, issuer, "aws.workload.identity", {"sub": sub}, whose)


@st.composite
def circleci(draw: st.DrawFn) -> Written:
    issuer = issuers.CIRCLECI(UUID)
    user = draw(st.sampled_from([None, OTHER_UUID]))
    newer = draw(st.sampled_from(["", "/vcs-origin/github.com/acme/infra/vcs-ref/refs/heads/main"]))

    def whose(claims: Claims) -> bool:
        ends = str(claims.get("sub")).split("/")
        same = ends[:5] == ["org", UUID, "project", OTHER_UUID, "user"]
        return same and (len(ends) > 5 if user is None else ends[5:6] == [user])

    entity = CircleCi(draw(providers(issuer)), OTHER_UUID, user=user)
    sub = f"org/{UUID}/project/{OTHER_UUID}/user/{OTHER_UUID}{newer}"
    return written(entity, issuer, UUID, {"sub": sub}, whose)


@st.composite
def any_circleci(draw: st.DrawFn) -> Written:
    issuer = issuers.CIRCLECI(UUID)

    def whose(claims: Claims) -> bool:
        return str(claims.get("sub")).split("/")[:2] == ["org", UUID]

    entity = AnyProjectOfOrganization(draw(providers(issuer)))
    sub = f"org/{UUID}/project/{OTHER_UUID}/user/{UUID}"
    return written(entity, issuer, UUID, {"sub": sub}, whose)


@st.composite
def buildkite(draw: st.DrawFn) -> Written:
    issuer = issuers.BUILDKITE
    organization, pipeline, name = draw(slugs), draw(slugs), draw(branches)
    how = draw(st.sampled_from(["branch", "tag"]))
    folder = "heads" if how == "branch" else "tags"

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        wanted = ["organization", organization, "pipeline", pipeline, "ref"]
        if how == "branch" and claims.get("build_branch") != name:
            return False
        return ends[:6] == [*wanted, f"refs/{folder}/{name}"] and len(ends) > 6

    entity = Buildkite(draw(providers(issuer)), organization, pipeline, **{how: name})
    insider = {
        "sub": f"organization:{organization}:pipeline:{pipeline}:ref:refs/{folder}/{name}"
        ":commit:9f3182061f1e2cca4702c368cbc039b7dc9d4485:step:deploy",
        "build_branch": name,
    }
    return written(entity, issuer, "sts.amazonaws.com", insider, whose)


@st.composite
def any_pipeline(draw: st.DrawFn) -> Written:
    organization = draw(slugs)

    def whose(claims: Claims) -> bool:
        return parts(claims)[:2] == ["organization", organization] and len(parts(claims)) > 2

    issuer = issuers.BUILDKITE
    sub = f"organization:{organization}:pipeline:infra:ref:refs/heads/main:commit:a:step:b"
    entity = AnyPipelineOf(draw(providers(issuer)), organization)
    return written(entity, issuer, "sts.amazonaws.com", {"sub": sub}, whose)


@st.composite
def eks(draw: st.DrawFn) -> Written:
    namespace = draw(st.sampled_from(["ci", "kube-system"]))
    accounts = draw(st.lists(st.sampled_from(["builder", "a.b", "build"]), min_size=1, unique=True))

    def whose(claims: Claims) -> bool:
        ends = parts(claims)
        return ends[:3] == ["system", "serviceaccount", namespace] and (
            len(ends) == 4 and ends[3] in accounts
        )

    entity = EksServiceAccount(draw(providers(EKS)), namespace, accounts)
    sub = f"system:serviceaccount:{namespace}:{accounts[0]}"
    return written(entity, EKS, "sts.amazonaws.com", {"sub": sub}, whose)


@st.composite
def any_account(draw: st.DrawFn) -> Written:
    def whose(claims: Claims) -> bool:
        return parts(claims)[:3] == ["system", "serviceaccount", "ci"] and len(parts(claims)) > 3

    entity = AnyServiceAccountIn(draw(providers(EKS)), "ci")
    insider = {"sub": "system:serviceaccount:ci:builder"}
    return written(entity, EKS, "sts.amazonaws.com", insider, whose)


def by_subject(kind: Any, issuer: OidcIssuer, wanted: list[str]) -> Any:
    @st.composite
    def strategy(draw: st.DrawFn) -> Written:
        subjects = draw(st.lists(st.sampled_from(wanted), min_size=1, unique=True))
        own = draw(st.sampled_from([issuer, Provider(issuer, ("app",))]))
        audience = None if isinstance(own, Provider) else "app"

        def whose(claims: Claims) -> bool:
            sub = claims.get("sub")
            return any(
                sub == each or (each.endswith("*") and str(sub).startswith(each[:-1]))
                for each in subjects
            )

        party = draw(st.sampled_from([{}, {"azp": "app"}]))
        insider = {"sub": subjects[0].replace("*", "x"), **party}
        return written(kind(own, subjects, audience=audience), issuer, "app", insider, whose)

    return strategy()


@st.composite
def any_subject(draw: st.DrawFn) -> Written:
    issuer = draw(st.sampled_from([PRIVATE, KEYCLOAK, AUTH0]))
    entity = AnySubjectOf(issuer, audience="app")
    return written(entity, issuer, "app", {"sub": "anyone"}, lambda _: True)


CLIENT = "1-a.apps.googleusercontent.com"


@st.composite
def google(draw: st.DrawFn) -> Written:
    subjects = draw(st.lists(st.sampled_from(["110", "1101", "42"]), min_size=1, unique=True))
    oaud = draw(st.sampled_from([None, "web"]))
    hybrid = draw(st.booleans()) or oaud is not None

    def whose(claims: Claims) -> bool:
        audience = claims.get("aud")
        alone = [audience] if isinstance(audience, str) else audience
        real = (
            [each for each in alone or [] if isinstance(each, str) and each]
            if isinstance(alone, list)
            else []
        )
        return claims.get("sub") in subjects and (oaud is None or real == [oaud])

    entity = Google(audience=CLIENT, subject=subjects, oaud=oaud)
    insider = {"sub": subjects[0]} | ({"azp": CLIENT, "aud": oaud or "web"} if hybrid else {})
    return written(entity, issuers.GOOGLE, CLIENT, insider, whose)


def any_google() -> st.SearchStrategy[Written]:
    entity = AnyGoogleAccount(audience=CLIENT)
    return st.just(written(entity, issuers.GOOGLE, CLIENT, {"sub": "1"}, lambda _: True))


POOL = f"eu-central-1:{UUID}"


@dataclass(frozen=True)
class Pool:
    pool_id: str


def cognito(kind: Any, method: str) -> Any:
    @st.composite
    def strategy(draw: st.DrawFn) -> Written:
        pool = draw(st.sampled_from([POOL, Pool(POOL)]))
        options: dict[str, Any] = {}
        identity = f"eu-central-1:{OTHER_UUID}"
        if kind is CognitoIdentityPool and draw(st.booleans()):
            options["identity_ids"] = [identity]

        def whose(claims: Claims) -> bool:
            methods = claims.get("amr")
            signed_in = methods if isinstance(methods, list) else [methods]
            return method in signed_in and (not options or claims.get("sub") == identity)

        insider = {"sub": identity, "amr": [method, "graph.facebook.com"]}
        return written(kind(pool, **options), issuers.COGNITO, POOL, insider, whose)

    return strategy()


KINDS: dict[type, st.SearchStrategy[Written] | list[st.SearchStrategy[Written]]] = {
    GitHubActions: [github(how) for how in ("branch", "tag", "environment", "pull_request", "job")],
    AnyRepositoryOf: any_repository(),
    AnyBranchOf: any_of(
        AnyBranchOf, ":ref:refs/heads/", ":ref_type:branch:ref:", ":ref:refs/heads/"
    ),
    AnyTagOf: any_of(AnyTagOf, ":ref:refs/tags/", ":ref_type:tag:ref:", ":ref:refs/tags/"),
    AnyJobOf: any_of(AnyJobOf, ":", ":", ":"),
    GitLab: gitlab(),
    AnyProjectOf: any_project(),
    BitbucketPipelines: bitbucket(),
    AnyRepositoryOfWorkspace: any_bitbucket(),
    HcpTerraform: hcp(),
    AnyWorkspaceOf: any_workspace(),
    CircleCi: circleci(),
    AnyProjectOfOrganization: any_circleci(),
    Buildkite: buildkite(),
    AnyPipelineOf: any_pipeline(),
    EksServiceAccount: eks(),
    AnyServiceAccountIn: any_account(),
    Auth0: by_subject(Auth0, AUTH0, ["auth0|5f7c", "abc@clients"]),
    Keycloak: by_subject(Keycloak, KEYCLOAK, [UUID, OTHER_UUID]),
    OidcSubjects: by_subject(OidcSubjects, PRIVATE, ["alice", "team:blue/*", "dept/7", "svc:*"]),
    AnySubjectOf: any_subject(),
    Google: google(),
    AnyGoogleAccount: any_google(),
    CognitoIdentityPool: cognito(CognitoIdentityPool, "authenticated"),
    UnauthenticatedOf: cognito(UnauthenticatedOf, "unauthenticated"),
}
