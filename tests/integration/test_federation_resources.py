"""Every resource kind of federation through Terraform: applied, planned again, changed, destroyed.

Terraform's provider reads each resource back after every call, and repeats what fails
with a server error for minutes. So an empty second plan says that the embedded AWS shows
what was asked for, and the time of the test that nothing hangs.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.integration.target import EmbeddedAws, Keys

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("federation_resources")]

ISSUER = "https://issuer.example.com"
COGNITO = "cognito-identity.amazonaws.com"
KINDS = (
    "aws_cognito_identity_pool",
    "aws_cognito_identity_pool_roles_attachment",
    "aws_eks_cluster",
    "aws_eks_pod_identity_association",
    "aws_iam_openid_connect_provider",
    "aws_iam_role",
    "aws_iam_saml_provider",
    "aws_rolesanywhere_profile",
    "aws_rolesanywhere_trust_anchor",
)


@dataclass(frozen=True)
class Module:
    """A Terraform module in a folder of its own, against one embedded AWS."""

    folder: Path
    keys: Keys

    def write(self, resources: dict[str, Any]) -> None:
        text = {
            "terraform": {
                "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}
            },
            "provider": {"aws": {}},
            "resource": resources,
        }
        (self.folder / "main.tf.json").write_text(json.dumps(text))

    def terraform(self, *arguments: str, wanted: int = 0) -> str:
        outcome = self.keys.run("terraform", *arguments, "-no-color", cwd=self.folder)
        assert outcome.returncode == wanted, outcome.stdout + outcome.stderr
        return outcome.stdout

    def apply(self) -> None:
        self.terraform("apply", "-auto-approve", "-input=false")

    def assert_nothing_to_do(self) -> None:
        # With -detailed-exitcode 0 is an empty plan, 2 one with changes.
        self.terraform("plan", "-detailed-exitcode", "-input=false")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    aws = EmbeddedAws(tmp_path_factory.mktemp("resources"), "--ephemeral")
    aws.up()
    yield aws
    aws.down()


@pytest.fixture
def module(aws: EmbeddedAws, tmp_path: Path) -> Module:
    variables = dict(aws.administrator("tes").variables)
    # A module of its own wants a memory of its own, not that of the project.
    del variables["TF_DATA_DIR"]
    return Module(tmp_path, Keys(variables))


def test_every_kind_of_resource(module: Module) -> None:
    authority = certificate("Rolecall Test Authority")
    metadata = saml_metadata("https://idp.example.com/metadata")
    module.write(resources(authority, metadata, changed=False))
    module.terraform("init", "-input=false")
    module.apply()
    state = json.loads(module.terraform("show", "-json"))
    found = {each["type"] for each in state["values"]["root_module"]["resources"]}
    assert found == set(KINDS)
    module.assert_nothing_to_do()

    module.write(
        resources(authority, saml_metadata("https://idp.example.com/renewed"), changed=True)
    )
    module.apply()
    module.assert_nothing_to_do()

    module.terraform("destroy", "-auto-approve", "-input=false")
    assert left_over(module.keys) == []


def resources(authority: str, metadata: str, *, changed: bool) -> dict[str, Any]:
    """The module. `changed` is the same one, with something else in every resource."""
    tags = {"team": "identity", **({"stage": "second"} if changed else {})}
    pool = "${aws_cognito_identity_pool.visitors.id}"
    roles = {"authenticated": "${aws_iam_role.member.arn}"}
    if changed:
        roles["unauthenticated"] = "${aws_iam_role.guest.arn}"
    return {
        "aws_iam_openid_connect_provider": {
            "issuer": {
                "url": ISSUER,
                "client_id_list": ["app", "cli"] if changed else ["app", "old"],
                "tags": tags,
            }
        },
        "aws_iam_saml_provider": {
            "partner": {
                "name": "partner",
                "saml_metadata_document": metadata,
                "tags": tags,
            }
        },
        "aws_iam_role": {
            "member": role(cognito_trust("authenticated")),
            "guest": role(cognito_trust("unauthenticated")),
            "cluster": role(service_trust("eks.amazonaws.com", "sts:AssumeRole")),
            "pod": role(
                service_trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession")
            ),
            "other_pod": role(
                service_trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession")
            ),
            "workload": role(
                service_trust(
                    "rolesanywhere.amazonaws.com",
                    "sts:AssumeRole",
                    "sts:TagSession",
                    "sts:SetSourceIdentity",
                )
            ),
        },
        "aws_cognito_identity_pool": {
            "visitors": {
                "identity_pool_name": "visitors",
                "allow_unauthenticated_identities": changed,
                "allow_classic_flow": changed,
                "openid_connect_provider_arns": ["${aws_iam_openid_connect_provider.issuer.arn}"],
                "saml_provider_arns": ["${aws_iam_saml_provider.partner.arn}"],
                "supported_login_providers": {"accounts.google.com": "client"},
                "cognito_identity_providers": [
                    {
                        "provider_name": "cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc",
                        "client_id": "other" if changed else "client",
                        "server_side_token_check": False,
                    }
                ],
                "tags": tags,
            }
        },
        "aws_cognito_identity_pool_roles_attachment": {
            "visitors": {
                "identity_pool_id": pool,
                "roles": roles,
                "role_mapping": [
                    {
                        "identity_provider": "${aws_iam_openid_connect_provider.issuer.arn}",
                        "ambiguous_role_resolution": "AuthenticatedRole" if changed else "Deny",
                        "type": "Rules",
                        "mapping_rule": [
                            {
                                "claim": "team",
                                "match_type": "Equals",
                                "value": "web",
                                "role_arn": "${aws_iam_role.member.arn}",
                            }
                        ],
                    }
                ],
            }
        },
        "aws_eks_cluster": {
            "main": {
                "name": "main",
                "role_arn": "${aws_iam_role.cluster.arn}",
                "vpc_config": {
                    "subnet_ids": ["subnet-11111111111111111", "subnet-22222222222222222"]
                },
                "enabled_cluster_log_types": ["audit"] if changed else ["api"],
                "tags": tags,
            }
        },
        "aws_eks_pod_identity_association": {
            "app": {
                "cluster_name": "${aws_eks_cluster.main.name}",
                "namespace": "shop",
                "service_account": "web",
                "role_arn": f"${{aws_iam_role.{'other_pod' if changed else 'pod'}.arn}}",
                "tags": tags,
            }
        },
        "aws_rolesanywhere_trust_anchor": {
            "site": {
                "name": "site-renamed" if changed else "site",
                "enabled": changed,
                "source": {
                    "source_type": "CERTIFICATE_BUNDLE",
                    "source_data": {"x509_certificate_data": authority},
                },
                "tags": tags,
            }
        },
        "aws_rolesanywhere_profile": {
            "workloads": {
                "name": "workloads-renamed" if changed else "workloads",
                "enabled": changed,
                "role_arns": ["${aws_iam_role.workload.arn}"],
                "duration_seconds": 1800 if changed else 3600,
                "session_policy": json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
                    }
                ),
                "tags": tags,
            }
        },
    }


def role(trust: dict[str, Any]) -> dict[str, Any]:
    return {
        "name_prefix": "federation-",
        "assume_role_policy": json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    }


def cognito_trust(amr: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Federated": COGNITO},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{COGNITO}:aud": "${aws_cognito_identity_pool.visitors.id}"},
            "ForAnyValue:StringLike": {f"{COGNITO}:amr": amr},
        },
    }


def service_trust(host: str, *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"Service": host}, "Action": list(actions)}


def left_over(keys: Keys) -> list[str]:
    """What of the module still exists."""
    eks, anywhere, iam = keys.client("eks"), keys.client("rolesanywhere"), keys.client("iam")
    pools = keys.client("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"]
    roles = [each["RoleName"] for each in iam.list_roles()["Roles"]]
    return [
        *(each["IdentityPoolName"] for each in pools),
        *eks.list_clusters()["clusters"],
        *(each["name"] for each in anywhere.list_trust_anchors()["trustAnchors"]),
        *(each["name"] for each in anywhere.list_profiles()["profiles"]),
        *(name for name in roles if name.startswith("federation-")),
        *(
            each["Arn"]
            for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        ),
        *(each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]),
    ]


def certificate(name: str) -> str:
    """A self-signed certificate of an authority, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    usage = {
        name: name in ("digital_signature", "key_cert_sign", "crl_sign")
        for name in (
            "digital_signature",
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        )
    }
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM).decode()


def saml_metadata(entity_id: str) -> str:
    """Metadata of an identity provider with a signing certificate."""
    body = "".join(certificate("idp.example.com").splitlines()[1:-1])
    return (
        f'<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}">'
        '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#">'
        f"<X509Data><X509Certificate>{body}</X509Certificate></X509Data></KeyInfo>"
        "</KeyDescriptor><SingleSignOnService "
        'Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        'Location="https://idp.example.com/sso"/></IDPSSODescriptor></EntityDescriptor>'
    )
