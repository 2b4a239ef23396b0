"""Providers whose tokens and assertions an account believes."""

from functools import lru_cache

from rolecall.issuers.saml_metadata import read_saml_metadata
from rolecall.problems import Problem
from rolecall.review.model import OidcProviderSide, Pair, SamlProviderSide
from rolecall.review.read.instances import Instance
from rolecall.review.read.policies import digest
from rolecall.review.read.sides import Sides, account
from rolecall.review.read.symbols import Hole, Secret
from rolecall.review.read.world import World


def oidc_providers(sides: Sides) -> tuple[Pair[OidcProviderSide], ...]:
    """The OIDC providers of both sides."""

    def read(world: World, instance: Instance) -> OidcProviderSide:
        thumbprints = world.get(instance, "thumbprint_list")
        if isinstance(thumbprints, Hole) and world.declaration(instance, "thumbprint_list") is None:
            # AWS fetches them itself when none are written.
            thumbprints = None
        return OidcProviderSide(
            host=(world.text(instance, "url") or instance.address).removeprefix("https://"),
            account=account(world, instance),
            client_ids=frozenset(world.texts(world.get(instance, "client_id_list"))),
            thumbprints=frozenset(each.lower() for each in world.texts(thumbprints)),
        )

    return sides.pairs(
        read, "aws_iam_openid_connect_provider", same=lambda side: (side.account, side.host)
    )


def saml_providers(sides: Sides) -> tuple[Pair[SamlProviderSide], ...]:
    """The SAML providers of both sides."""

    def read(world: World, instance: Instance) -> SamlProviderSide:
        name = world.text(instance, "name") or instance.address
        entity_id, certificates, problem = _metadata(world, instance)
        what = ""
        if problem is not None:
            value = world.get(instance, "saml_metadata_document")
            what = digest(value) if isinstance(value, str) else world.shown(value) or ""
        where = account(world, instance)
        return SamlProviderSide(name, where, entity_id, certificates, problem, what)

    return sides.pairs(
        read, "aws_iam_saml_provider", same=lambda side: (side.account, side.name.casefold())
    )


def _metadata(world: World, instance: Instance) -> tuple[str | None, frozenset[str], str | None]:
    value = world.get(instance, "saml_metadata_document")
    secret = isinstance(value, Secret)
    if isinstance(value, Secret):
        value = value.value
    if not isinstance(value, str) or value.startswith("${"):
        return None, frozenset(), "Its metadata is not known before apply."
    entity_id, certificates, problem = _read(value)
    if secret:
        # Fingerprints of public certificates tell nothing else of what was marked.
        return None, certificates, "Its metadata is marked sensitive." if problem else None
    return entity_id, certificates, problem


@lru_cache(maxsize=64)
def _read(text: str) -> tuple[str | None, frozenset[str], str | None]:
    from cryptography.hazmat.primitives.hashes import SHA256

    try:
        found = read_saml_metadata(text.encode("utf-8", "surrogatepass"))
    except Problem as problem:
        return None, frozenset(), str(problem)
    prints = frozenset(each.fingerprint(SHA256()).hex() for each in found.signing_certificates)
    return found.entity_id, prints, None
