"""Where an identity provider sends its SAML assertions: AWS's sign-in endpoints, as data.

An assertion names its endpoint as `Recipient`, and AWS hands that to trust policies as
`saml:aud`. Source: "AWS Sign-In endpoints and quotas" (AWS General Reference), which
says that the one without a region stands in the partition's first region and is no
global one; "Configure SAML assertions for the authentication response" (IAM User Guide)
for the form with a provider's identifier.
"""

import re

from rolecall.policy import PARTITIONS, partition_of_region
from rolecall.problems import Problem

_HOSTS = {
    "aws": "signin.aws.amazon.com",
    # No page lists China's endpoints; the first is that of the China user guides, the
    # regional form that of AWS's own endpoint rules for the sign-in service.
    "aws-cn": "signin.amazonaws.cn",
    "aws-us-gov": "signin.amazonaws-us-gov.com",
}
_FIRST_REGIONS = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_PROVIDER_ID = re.compile(r"SAMLSP[A-Z0-9]{4,122}", re.ASCII)
_ENDPOINT = re.compile(
    r"https://(?:(?P<region>[a-z0-9-]{1,32})\.)?(?P<host>[a-z0-9.-]{1,64})/saml"
    r"(?:/acs/(?P<provider>[A-Za-z0-9]{1,128}))?",
    re.ASCII,
)


def sign_in_endpoint(
    partition: str, region: str | None = None, *, provider_id: str | None = None
) -> str:
    """The sign-in endpoint of a region, or the partition's without one.

    provider_id: the identifier (`SAMLSP…`) that AWS gave a SAML provider; a provider
        that encrypts its assertions must send them to the endpoint with it.

    Raises `Problem`: an unknown partition, a region of another one, no such identifier.
    """
    host = _HOSTS.get(partition)
    if host is None:
        raise Problem(
            f"{partition!r} is not a partition with SAML sign-in; write one of "
            f"{', '.join(PARTITIONS)}."
        )
    if region is not None:
        found = partition_of_region(region)
        if found != partition:
            raise Problem(
                f"{region!r} is {'no region' if found is None else f'a region of {found}'}, so "
                f"{partition} has no sign-in endpoint there; write one such as "
                f"{_FIRST_REGIONS[partition]!r}."
            )
        if region != _FIRST_REGIONS[partition]:
            host = f"{region}.{host}"
    if provider_id is None:
        return f"https://{host}/saml"
    if not _PROVIDER_ID.fullmatch(provider_id):
        raise Problem(
            f"{provider_id!r} is not the identifier of a SAML provider; it looks like "
            "'SAMLSPABCDEFGHIJ' and stands on the provider's page in the IAM console."
        )
    return f"https://{host}/saml/acs/{provider_id}"


def saml_audiences(partition: str, region: str | None = None) -> tuple[str, ...]:
    """The values of `saml:aud` for a role: the partition's endpoint, and a region's besides.

    Two of them let users sign in while one region is down ("How to use regional SAML
    endpoints for failover", AWS Security Blog). Raises `Problem`, as `sign_in_endpoint`.
    """
    own = sign_in_endpoint(partition)
    if region is None:
        return (own,)
    # Once each: in the first region both are one.
    return tuple(dict.fromkeys((own, sign_in_endpoint(partition, region))))


def is_sign_in_endpoint(url: str, partition: str, *, provider_id: str | None = None) -> bool:
    """Whether AWS takes an assertion with this `Recipient` in a partition.

    With an identifier of a provider its own endpoints are taken as well; those of other
    providers never are.
    """
    found = _ENDPOINT.fullmatch(url)
    if found is None:
        return False
    given = found["provider"]
    if given is not None and given != provider_id:
        return False
    host, region = found["host"], found["region"]
    base = _HOSTS.get(partition)
    if region is not None and base == f"{region}.{host}":
        region, host = None, base
    if host != base:
        return False
    if region is None:
        return True
    # The first region has no endpoint of its own name in AWS's list.
    return partition_of_region(region) == partition and region != _FIRST_REGIONS[partition]
