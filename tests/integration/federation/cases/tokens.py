"""All roles for web identities, by name, with the tokens that they are for and others.

The shapes are those that the issuers document (`tests/idp/shapes`); the roles are in `app/`.
"""

from collections.abc import Mapping

from tests.integration.federation.cases.kind import Kind
from tests.integration.federation.cases.people import PEOPLE, WORKLOADS
from tests.integration.federation.cases.pipelines import PIPELINES
from tests.integration.federation.cases.repositories import GITHUB, GITLAB, github, gitlab

_SEVERAL = {
    "two-issuers": Kind(
        {"github": github(environment="prd"), "gitlab": gitlab()},
        {
            "other-environment-of-github": github(environment="stg"),
            "not-protected-on-gitlab": gitlab(protected=False),
            "gitlab-says-githubs-subject": gitlab(sub="repo:acme/infra:environment:prd"),
            "github-says-gitlabs-subject": github(
                sub="project_path:acme/infra:ref_type:branch:ref:main"
            ),
        },
    ),
    "team-deployer": Kind(
        {"main": github(repository="acme/shop")}, {"of-centrals-repository": github()}
    ),
    "team-everywhere": Kind(
        {
            "github": github(repository="acme/shop", ids_in_subject=True, repository_id="91"),
            "gitlab": gitlab(project="acme/shop"),
        },
        {
            "recreated": github(repository="acme/shop", ids_in_subject=True, repository_id="92"),
            "without-ids": github(repository="acme/shop"),
            "other-project": gitlab(),
        },
    ),
}

KINDS: Mapping[str, Kind] = {
    **GITHUB,
    **GITLAB,
    **PIPELINES,
    **WORKLOADS,
    **PEOPLE,
    **_SEVERAL,
}
