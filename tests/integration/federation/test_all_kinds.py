"""The matrix is whole: every kind of trusted entity is deployed, and every role has its cases."""

import inspect
import json
import re
from typing import TYPE_CHECKING, Any

from rolecall import trust
from tests.integration.federation.cases import (
    application,
    directory,
    machines,
    pods,
    signed_in,
    tokens,
)

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

#: Entities of AWS's own principals; tests/integration/test_who_may_assume.py has them.
WITHOUT_FEDERATION = {
    "AnyCallerOfService",
    "AnyPrincipalOf",
    "AwsService",
    "IamRoles",
    "IamUsers",
    "RawStatement",  # whatever kind it says, to the letter
    "WholeAccount",
}
IN_THE_MATRIX = {
    *tokens.KINDS,
    *signed_in.TABLE,
    *directory.TABLE,
    *pods.ASSOCIATED,
    *machines.MEANT,
    *application.TABLE,
}


def kinds() -> set[str]:
    """The classes that render to statements."""
    found = {name: getattr(trust, name) for name in trust.__all__}
    return {
        name
        for name, each in found.items()
        if inspect.isclass(each) and hasattr(each, "statements") and name != "TrustedEntity"
    }


def statements(deployment: "Deployment") -> dict[str, list[dict[str, Any]]]:
    """The trust policies of the roles of both stacks, by role."""
    found = {}
    pages = deployment.administrator.client("iam").get_paginator("list_roles").paginate()
    for page in pages:
        for role in page["Roles"]:
            stack, _, name = role["RoleName"].partition("-")
            if stack in ("central", "team"):
                key = name if stack == "central" else f"team-{name}"
                statement = role["AssumeRolePolicyDocument"]["Statement"]
                found[key] = statement if isinstance(statement, list) else [statement]
    return found


def test_every_kind_is_deployed(deployment: "Deployment") -> None:
    sids = [each["Sid"] for found in statements(deployment).values() for each in found]
    # A Sid begins with the kind, and may go on with a provider's name, Like, Tags or a number.
    known = sorted(kinds(), key=len, reverse=True)
    deployed = {next(kind for kind in known if sid.startswith(kind)) for sid in sids}
    assert kinds() - deployed == WITHOUT_FEDERATION


def test_every_role_is_in_the_matrix(deployment: "Deployment") -> None:
    assert set(statements(deployment)) == IN_THE_MATRIX


def test_every_provider_is_needed(deployment: "Deployment") -> None:
    """… but those whom no role may believe."""
    iam = deployment.administrator.client("iam")
    made = {
        *(
            each["Arn"]
            for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        ),
        *(each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]),
    }
    text = json.dumps(statements(deployment))
    named = set(re.findall(r'"(arn:aws:iam::\d+:(?:oidc|saml)-provider/[^"]+)"', text))
    assert named <= made
    unused = {each.rpartition("/")[2] for each in made - named}
    assert unused == {
        "rival.rolecall.test",
        "central-impostor",
        "EXAMPLE2C8F14B7A9D03E6615EXAMPLE",
    }
