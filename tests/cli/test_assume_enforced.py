"""`rolecall assume` with proofs that are really verified, against the embedded AWS."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rolecall.cli.main import main
from rolecall.cli.shell import STALE
from rolecall.local import accounts, backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.oidc import stand_in as oidc
from rolecall.local.saml import stand_in as saml
from rolecall.local.saml.stand_in_key import stand_in_for
from rolecall.local.server import Server
from rolecall.problems import Exit

ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tes-reader"
ISSUER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
HOST = ISSUER.removeprefix("https://")
ENTITY = "https://sso.acme.example/saml"
PROJECT = Path(__file__).resolve().parents[2]
SUBJECT = "system:serviceaccount:app:reader"

Output = pytest.CaptureFixture[str]

#: One embedded AWS for all of them.
pytestmark = pytest.mark.xdist_group("assume-enforced")


class Company:
    """An account whose role `tes-reader` admits one pod, and whoever signs on with SAML."""

    def __init__(self, server: Server, cloud: Cloud) -> None:
        self.url, self.cloud = server.url, cloud
        with cloud.gate.shared():
            key = accounts.administrator(cloud, ACCOUNT)
        iam = boto3.client(
            "iam",
            endpoint_url=server.url,
            region_name="us-east-1",
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
        )
        oidc_provider = iam.create_open_id_connect_provider(
            Url=ISSUER, ClientIDList=["sts.amazonaws.com"]
        )["OpenIDConnectProviderArn"]
        metadata = (PROJECT / "environments/saml/acme.xml").read_text()
        self.provider = iam.create_saml_provider(SAMLMetadataDocument=metadata, Name="acme")[
            "SAMLProviderArn"
        ]
        with cloud.gate.shared():
            stand_in_for(self.provider, ENTITY, cloud)
        statements = [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": oidc_provider},
                "Condition": {
                    "StringEquals": {f"{HOST}:aud": "sts.amazonaws.com", f"{HOST}:sub": SUBJECT}
                },
            },
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRoleWithSAML",
                "Principal": {"Federated": self.provider},
                "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
            },
        ]
        iam.create_role(
            RoleName="tes-reader",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
        )

    def token(
        self, subject: str = SUBJECT, audience: str = "sts.amazonaws.com", **more: Any
    ) -> str:
        with self.cloud.gate.shared():
            return oidc.mint(ISSUER, {"sub": subject, "aud": audience, **more}, self.cloud)

    def response(self, role: str = ROLE) -> str:
        wanted = saml.Wanted(
            role_arn=role, provider_arn=self.provider, session_name="ann", subject="ann"
        )
        with self.cloud.gate.shared():
            return saml.mint(wanted, ENTITY, self.cloud)


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, "control-token-of-the-tests"))
    thread = server.start()
    yield Company(server, cloud)
    server.stop()
    thread.join(10)
    backend.reset()


@pytest.fixture
def project(company: Company, bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (bare_environment / "environments").mkdir()
    (bare_environment / "environments/tes.yaml").write_text(
        f'account_id: "{ACCOUNT}"\nregion: eu-central-1\n'
    )
    monkeypatch.chdir(bare_environment)
    monkeypatch.setenv("AWS_ENDPOINT_URL", company.url)
    return bare_environment


def whoami(json_of_assume: str, monkeypatch: pytest.MonkeyPatch, capsys: Output) -> str:
    """Use what `assume --json` printed, and ask whose credentials those are."""
    printed = json.loads(json_of_assume)
    for name in STALE:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", printed["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", printed["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", printed["SessionToken"])
    assert main(["whoami", "--json"]) == Exit.OK
    return str(json.loads(capsys.readouterr().out)["arn"])


def test_a_pod_becomes_its_role(
    company: Company, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (project / "token").write_text(company.token())
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(project / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "the-pod")
    assert main(["whoami"]) == Exit.OK
    assert "assumed-role/tes-reader/the-pod" in capsys.readouterr().out
    assert main(["assume", "tes", "reader", "--json"]) == Exit.OK
    out = capsys.readouterr().out
    assert whoami(out, monkeypatch, capsys).endswith("assumed-role/tes-reader/the-pod")


def test_a_response_becomes_a_session(
    company: Company, project: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    (project / "response").write_text(company.response())
    assert main(["assume", "tes", "reader", "--saml-assertion", "response", "--json"]) == Exit.OK
    out = capsys.readouterr().out
    assert whoami(out, monkeypatch, capsys).endswith("assumed-role/tes-reader/ann")


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"subject": "system:serviceaccount:app:other"}, "AccessDenied"),
        ({"audience": "somebody-else"}, "InvalidIdentityToken"),
        ({"exp": 1_000_000_000}, "ExpiredTokenException"),
        ({"iss": "https://issuer.example.com"}, "InvalidIdentityToken"),
    ],
)
def test_a_token_of_somebody_else_is_refused_in_words(
    company: Company, project: Path, capsys: Output, claims: dict[str, Any], code: str
) -> None:
    token = company.token(**claims)
    (project / "token").write_text(token)
    assert main(["assume", "tes", "reader", "--web-identity-token-file", "token"]) == Exit.DENIED
    out, err = capsys.readouterr()
    assert code in err
    assert out == ""
    assert not any(part in err for part in token.split("."))


def test_an_altered_response_is_refused_in_words(
    company: Company, project: Path, capsys: Output
) -> None:
    xml = base64.b64decode(company.response()).decode()
    assert ">ann<" in xml
    altered = base64.b64encode(xml.replace(">ann<", ">eve<").encode()).decode()
    (project / "response").write_text(altered)
    assert main(["assume", "tes", "reader", "--saml-assertion", "response"]) == Exit.DENIED
    out, err = capsys.readouterr()
    assert "InvalidIdentityToken" in err
    assert "sign in again" in err
    assert out == ""
    assert altered[:60] not in err
