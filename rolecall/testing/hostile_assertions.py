"""Assertions that are like one that is meant: other providers, endpoints, attributes."""

from collections.abc import Iterator

from rolecall.issuers.saml_sign_in import sign_in_endpoint
from rolecall.testing.assertions import Assertion
from rolecall.testing.callers import Caller
from rolecall.testing.insiders import STRANGE_ACCOUNT
from rolecall.testing.near import near
from rolecall.testing.roles import TestedRole


def of_assertion(
    caller: Assertion, role: TestedRole, keys: frozenset[str]
) -> Iterator[tuple[str, Caller]]:
    """Another provider, endpoint, issuer, user or attribute."""
    for name in near(caller.provider):
        if not set("*?") & set(name):
            yield "another SAML provider", caller.but(provider=name)
    yield "a provider of another account", caller.but(provider_account=STRANGE_ACCOUNT)
    other = "aws-cn" if role.partition != "aws-cn" else "aws"
    usual = caller.recipient or sign_in_endpoint(role.partition)
    for endpoint in (sign_in_endpoint(other), f"{usual}/acs/evil", "https://evil.example.com/saml"):
        yield "another sign-in endpoint", caller.but(recipient=endpoint)
    if "issuer" in caller.told:
        for issuer in (f"{caller.issuer}-evil", "https://evil.example.com/saml2/idp"):
            yield "another issuer", caller.but(issuer=issuer)
    if "subject" in caller.told:
        for subject in near(caller.subject):
            yield "another NameID", caller.but(subject=subject)
        if "saml:sub_type" in keys:
            yield "another form of NameID", caller.but(subject_format="transient")
    for name, values in caller.attributes.items():
        if f"attribute {name}" not in caller.told:
            continue
        rest = {key: each for key, each in caller.attributes.items() if key != name}
        yield f"without {name}", caller.but(attributes=rest)
        for value in near(values[0]):
            yield f"another {name}", caller.but(attributes={**rest, name: (value,)})
