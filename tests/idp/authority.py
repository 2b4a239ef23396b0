"""A private certificate authority, as a company has one for its own hosts."""

from functools import cached_property

import trustme


class Authority:
    """Makes TLS certificates for hosts that exist in tests only."""

    def __init__(self) -> None:
        self._ca = trustme.CA(organization_name="Rolecall's tests")

    @cached_property
    def pem(self) -> str:
        """The authority's own certificate."""
        return self._ca.cert_pem.bytes().decode()

    def certificate(self, *hosts: str) -> tuple[str, str]:
        """Private key and certificate chain for these hosts, PEM."""
        made = self._ca.issue_cert(*hosts)
        chain = "".join(part.bytes().decode() for part in made.cert_chain_pems)
        return made.private_key_pem.bytes().decode(), chain
