"""Certificates of machines, and how they ask for a role."""

import http.client
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cryptography import x509

from tests.integration.federation.deployment import REGION
from tests.local.gaps.certificates import Authority, Certificate, signed_headers

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

UNTRUSTED = "Untrusted signing certificate."
INVALID = "Invalid signature."
NOT_FOR_IT = "Unable to assume role for {role}"


@dataclass(frozen=True)
class Site:
    """The trust anchors by name, and the profile, as they were deployed."""

    deployment: "Deployment"
    anchors: Mapping[str, str]
    profile: str

    def authority(self, name: str) -> Authority:
        return self.deployment.authorities[name]

    def ask(
        self,
        role: str,
        certificate: Certificate,
        anchor: str = "site",
        headers: Callable[[dict[str, str]], dict[str, str]] = dict,
    ) -> tuple[int, dict[str, Any]]:
        """CreateSession, as AWS's credential helper calls it."""
        body = json.dumps(
            {
                "trustAnchorArn": self.anchors[anchor],
                "profileArn": self.profile,
                "roleArn": self.deployment.role(role),
            }
        ).encode()
        address = urlsplit(self.deployment.administrator.variables["AWS_ENDPOINT_URL"])
        sent = headers(signed_headers(address.netloc, REGION, certificate, body))
        connection = http.client.HTTPConnection(address.netloc, timeout=20)
        try:
            connection.request("POST", "/sessions", body, sent)
            reply = connection.getresponse()
            text = reply.read()
            # Without an Authorization nothing says which service is meant: that answer is XML.
            is_json = reply.headers.get_content_type() == "application/json"
            return reply.status, json.loads(text) if is_json else {}
        finally:
            connection.close()


def subject(common_name: str = "web-1", unit: str = "shop") -> dict[str, Any]:
    return {"subject": {"CN": common_name, "OU": unit}}


def uri(text: str) -> dict[str, Any]:
    return {"alternative": [x509.UniformResourceIdentifier(text)]}


#: The certificates that each role is for; the first is the one that is spoiled. Then those
#: of others whom the authority vouches for as well.
MEANT: dict[str, dict[str, dict[str, Any]]] = {
    "anywhere": {"web-1": subject()},
    "anywhere-san": {
        "spiffe": uri("spiffe://rolecall.test/web/1"),
        "another": subject("web-2") | uri("spiffe://rolecall.test/web/2"),
    },
    "anywhere-any": {"web-1": subject(), "db-1": subject("db-1", "data")},
}
OTHERS: dict[str, dict[str, dict[str, Any]]] = {
    "anywhere": {
        "other-name": subject("web-2"),
        "longer-name": subject("web-11"),
        "other-unit": subject("web-1", "data"),
        "no-unit": {"subject": {"CN": "web-1"}},
        "name-in-the-alternative": {
            "subject": {"CN": "web-2", "OU": "shop"},
            "alternative": [x509.DNSName("web-1")],
        },
    },
    "anywhere-san": {
        "other-uri": uri("spiffe://rolecall.test/db/1"),
        "other-domain": uri("spiffe://rolecall.test.evil/web/1"),
        "no-uri": subject(),
        "as-dns": {"alternative": [x509.DNSName("rolecall.test")]},
    },
    "anywhere-any": {},
}


def issued(made: tuple[Certificate, Any]) -> Certificate:
    return made[0]


def right(site: Site, role: str, authority: Authority | None = None, **more: Any) -> Certificate:
    first = next(iter(MEANT[role].values()))
    return issued((authority or site.authority("site")).issue(**first, **more))
