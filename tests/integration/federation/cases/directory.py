"""People of a real SAML directory sign in by its page: for which role, how, with which answer."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.idp.saml import AWS_CHINA, MISNAMED, WIKI, aws_attributes
from tests.integration.federation.answers import SAML_DENIED, Answer

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ENDPOINT = "https://signin.aws.amazon.com/saml"
FRANKFURT = "https://eu-central-1.signin.aws.amazon.com/saml"
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
IRELAND = "https://eu-west-1.signin.aws.amazon.com/saml"


def invalid(message: str) -> Answer:
    return "InvalidIdentityToken", message


BAD_SIGNATURE = invalid("Response signature invalid")
WRONG_ISSUER = invalid("Issuer not present in specified provider")
NO_PROVIDER = invalid("Specified provider doesn't exist")
NOT_OFFERED = invalid(
    "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
)
WRONG_AUDIENCE = invalid("Response does not contain the required audience")


@dataclass(frozen=True)
class SignIn:
    """Somebody signs in at the directory, and the response is presented.

    says: what the directory says of him besides AWS's attributes.
    tags: `PrincipalTag:…` attributes. offered: the provider in the `Role` attribute.
    presented: the provider in the call. how: options of `SamlIdp.sign_in`.
    """

    person: str = "alice"
    says: Mapping[str, list[str]] | None = None
    tags: Mapping[str, str] | None = None
    offered: str = "sso"
    presented: str = "sso"
    how: Mapping[str, Any] | None = None
    afterwards: Callable[[str], str] | None = None

    def response(self, deployment: "Deployment", role: str) -> str:
        """What the browser gets, for AWS."""
        attributes = aws_attributes(
            [(deployment.role(role), deployment.saml_provider(self.offered))],
            session_name=self.person,
            tags=self.tags,
        )
        deployment.saml.person(self.person, {**attributes, **(self.says or {})})
        found = deployment.saml.sign_in(self.person, **(self.how or {}))
        return self.afterwards(found) if self.afterwards else found


def present(deployment: "Deployment", role: str, provider: str, response: str) -> dict[str, Any]:
    return dict(
        deployment.sts.assume_role_with_saml(
            RoleArn=deployment.role(role),
            PrincipalArn=deployment.saml_provider(provider),
            SAMLAssertion=response,
        )
    )


def edited(before: str, after: str) -> Callable[[str], str]:
    """The response with something in it replaced, under the signature it has."""

    def edit(response: str) -> str:
        text = base64.b64decode(response).decode()
        assert before in text
        return base64.b64encode(text.replace(before, after).encode()).decode()

    return edit


def cases(meant: SignIn) -> dict[str, tuple[SignIn, Answer | None]]:
    """What holds of every role for this directory; `meant` is somebody it is for."""
    to = {
        name: replace(meant, how=how)
        for name, how in {
            "frankfurt": {"endpoint": FRANKFURT},
            "ireland": {"endpoint": IRELAND},
            "china": {"service_provider": AWS_CHINA},
            "wiki": {"service_provider": WIKI},
            "misnamed": {"service_provider": MISNAMED},
            "unsigned": {"signed": "nothing"},
            "response-only": {"signed": "response"},
            "both": {"signed": "both"},
            "sha1": {"algorithm": "rsa-sha1"},
        }.items()
    }
    return {
        "allowed": (meant, None),
        "allowed:regional-endpoint": (to["frankfurt"], None),
        "allowed:all-signed": (to["both"], None),
        # An endpoint of AWS that the role does not name.
        "wrong-audience:another-region": (to["ireland"], SAML_DENIED),
        "wrong-audience:misnamed": (to["misnamed"], WRONG_AUDIENCE),
        # Which words AWS has for responses to other places is not known.
        "wrong-audience:another-partition": (to["china"], BAD_SIGNATURE),
        "wrong-audience:another-application": (to["wiki"], BAD_SIGNATURE),
        "wrong-audience:altered-recipient": (
            replace(to["wiki"], afterwards=edited("https://wiki.rolecall.test/saml/acs", ENDPOINT)),
            BAD_SIGNATURE,
        ),
        "wrong-issuer:another-company": (replace(meant, presented="partner"), WRONG_ISSUER),
        # The provider's name and another key.
        "wrong-issuer:another-key": (replace(meant, presented="impostor"), BAD_SIGNATURE),
        "wrong-issuer:no-such-provider": (replace(meant, presented="none"), NO_PROVIDER),
        "wrong-issuer:role-of-another-provider": (replace(meant, offered="partner"), NOT_OFFERED),
        "unsigned": (to["unsigned"], BAD_SIGNATURE),
        "unsigned:sha1": (to["sha1"], BAD_SIGNATURE),
        "altered:name": (replace(meant, afterwards=edited(">alice<", ">mallory<")), BAD_SIGNATURE),
        "altered:other-role": (
            replace(meant, afterwards=edited("role/central-saml", "role/central-saml2")),
            BAD_SIGNATURE,
        ),
    }


STAFF = {AFFILIATION: ["member", "staff"]}
STUDENT = {AFFILIATION: ["member", "student"]}
ALICE = SignIn(says=STAFF)
PLATFORM = SignIn(tags={"Department": "platform"})
TABLE: dict[str, dict[str, tuple[SignIn, Answer | None]]] = {
    "saml": {
        **cases(ALICE),
        "allowed:somebody-else-of-the-staff": (SignIn("bob", STAFF), None),
        "wrong-subject:student": (SignIn(says=STUDENT), SAML_DENIED),
        "wrong-subject:says-nothing": (SignIn(), SAML_DENIED),
        # AWS reads attributes by the names that it documents, and by no others.
        "wrong-subject:says-it-under-another-name": (
            SignIn(says={"eduPersonAffiliation": ["staff"]}),
            SAML_DENIED,
        ),
        "wrong-subject:other-case": (
            SignIn(says={AFFILIATION: ["Staff"]}),
            SAML_DENIED,
        ),
        "altered:student-is-staff": (
            SignIn(says=STUDENT, afterwards=edited(">student<", ">staff<")),
            BAD_SIGNATURE,
        ),
    },
    "saml-subject": {
        **cases(ALICE),
        "wrong-subject:bob": (SignIn("bob", STAFF), SAML_DENIED),
        "wrong-subject:other-case": (SignIn("Alice"), SAML_DENIED),
        "wrong-subject:other-format": (replace(ALICE, how={"name_id": "email"}), SAML_DENIED),
        "wrong-subject:transient": (replace(ALICE, how={"name_id": "transient"}), SAML_DENIED),
    },
    "saml-tagged": {
        **cases(PLATFORM),
        "wrong-subject:other-department": (SignIn(tags={"Department": "sales"}), SAML_DENIED),
        "wrong-subject:no-tag": (ALICE, SAML_DENIED),
        "wrong-subject:one-tag-more": (
            SignIn(tags={"Department": "platform", "Level": "9"}),
            SAML_DENIED,
        ),
    },
    "saml-any": {**cases(ALICE), "allowed:anybody": (SignIn("bob", STUDENT), None)},
    # A role of another company's people.
    "saml-partner": {
        "wrong-issuer:by-the-directory": (ALICE, SAML_DENIED),
        "wrong-issuer:as-the-partner": (
            SignIn(offered="partner", presented="partner"),
            WRONG_ISSUER,
        ),
    },
    "two-issuers": {"wrong-issuer:by-the-directory": (ALICE, SAML_DENIED)},
    # Trusts the directory through another stack, besides GitHub and GitLab.
    "team-everywhere": {
        "allowed:faculty": (SignIn(says={AFFILIATION: ["faculty"]}), None),
        "wrong-subject:staff": (ALICE, SAML_DENIED),
    },
}
