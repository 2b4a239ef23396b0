"""Tokens of steps, runs and jobs of Bitbucket, HCP Terraform, CircleCI and Buildkite."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.idp import shapes
from tests.integration.federation.cases.kind import Claims, Kind

REPOSITORY = "1d6b4c8a-3f0e-4b57-8c29-5e7a9d1f2c30"
PRODUCTION = "7b2f9c1e-0d4a-4e6b-a3c5-8f1d2e3a4b5c"
OTHER_UUID = "00000000-0000-4000-8000-000000000000"


def bitbucket(**facts: Any) -> Claims:
    return partial(shapes.bitbucket, **facts)


def hcp(**facts: Any) -> Claims:
    return partial(shapes.hcp_terraform, **facts)


def circleci(**facts: Any) -> Claims:
    return partial(shapes.circleci, **facts)


def circleci_v2(**facts: Any) -> Claims:
    """CIRCLE_OIDC_TOKEN_V2: the origin and the ref stand behind the user."""
    sub = shapes.circleci(**facts)["sub"]
    return circleci(**facts, sub=f"{sub}/vcs-origin/github.com/acme/infra/vcs-ref/refs/heads/main")


def buildkite(**facts: Any) -> Claims:
    return partial(shapes.buildkite, **facts)


def buildkite_tag(tag: str, **facts: Any) -> Claims:
    """A build of a tag: its subject has the tag, `build_branch` what it was started for."""
    made = shapes.buildkite(**facts)
    return buildkite(
        **facts, branch=tag, sub=made["sub"].replace("refs/heads/main", f"refs/tags/{tag}")
    )


PIPELINES: Mapping[str, Kind] = {
    "bitbucket": Kind(
        {"step": bitbucket(), "deployment": bitbucket(environment_uuid=PRODUCTION)},
        {"other-repository": bitbucket(repository_uuid=OTHER_UUID)},
    ),
    "bitbucket-environment": Kind(
        {"deployment": bitbucket(environment_uuid=PRODUCTION)},
        {
            "other-environment": bitbucket(environment_uuid=OTHER_UUID),
            "no-environment": bitbucket(),
            "other-repository": bitbucket(repository_uuid=OTHER_UUID, environment_uuid=PRODUCTION),
        },
    ),
    "bitbucket-any-repository": Kind(
        {"one": bitbucket(), "other": bitbucket(repository_uuid=OTHER_UUID)}, None
    ),
    "hcp-workspace": Kind(
        {"apply": hcp(), "plan": hcp(run_phase="plan")},
        {
            "other-workspace": hcp(workspace="network2"),
            "other-project": hcp(project="sandbox"),
            "other-organization": hcp(organization="acme2"),
            "other-case": hcp(workspace="Network"),
        },
    ),
    "hcp-apply": Kind({"apply": hcp()}, {"plan": hcp(run_phase="plan")}),
    "hcp-any-of-project": Kind(
        {"network": hcp(), "other": hcp(workspace="other")},
        {
            "longer-project": hcp(project="platform2"),
            "other-organization": hcp(organization="acme2"),
        },
    ),
    "hcp-any-of-organization": Kind(
        {"network": hcp(), "other": hcp(project="sandbox", workspace="other")},
        {"longer-organization": hcp(organization="acme2")},
    ),
    "circleci": Kind(
        {"job": circleci(), "other-user": circleci(user=OTHER_UUID), "v2": circleci_v2()},
        {"other-project": circleci(project=OTHER_UUID)},
    ),
    "circleci-user": Kind(
        {"job": circleci(), "v2": circleci_v2()},
        {
            "other-user": circleci(user=OTHER_UUID),
            "other-user-v2": circleci_v2(user=OTHER_UUID),
            "other-project": circleci(project=OTHER_UUID),
        },
    ),
    "circleci-any-project": Kind(
        {"one": circleci(), "other": circleci(project=OTHER_UUID)},
        {"says-another-organization": circleci(sub=f"org/{OTHER_UUID}/project/x/user/y")},
    ),
    "buildkite-branch": Kind(
        {"main": buildkite()},
        {
            "longer-branch": buildkite(branch="main2"),
            "of-a-fork": buildkite(branch="main", build_branch="mallory:main"),
            # Its subject begins like that of a commit of main.
            "branch-that-looks-like-main": buildkite(branch="main:commit:x"),
            "claim-missing": buildkite(build_branch=None),
            "other-pipeline": buildkite(pipeline="infra2"),
            "other-organization": buildkite(organization="acme2"),
            "tag-of-that-name": buildkite_tag("main"),
        },
    ),
    "buildkite-tag": Kind(
        {"tag": buildkite_tag("v1.0")},
        {
            "other-tag": buildkite_tag("v1.0.1"),
            "branch-of-that-name": buildkite(branch="v1.0"),
        },
    ),
    "buildkite-any-branch": Kind(
        {"main": buildkite(), "feature": buildkite(branch="feature/x")},
        {"tag": buildkite_tag("v1.0"), "other-pipeline": buildkite(pipeline="infra2")},
    ),
    "buildkite-any-tag": Kind(
        {"tag": buildkite_tag("v1.0")},
        {"branch": buildkite(), "other-pipeline": buildkite_tag("v1.0", pipeline="infra2")},
    ),
    "buildkite-any-job": Kind(
        {"branch": buildkite(), "tag": buildkite_tag("v1.0")},
        {"other-pipeline": buildkite(pipeline="infra2")},
    ),
    "buildkite-any-pipeline": Kind(
        {"infra": buildkite(), "other": buildkite(pipeline="other")},
        {"longer-organization": buildkite(organization="acme2")},
    ),
}
