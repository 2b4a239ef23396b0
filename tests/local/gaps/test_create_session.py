"""CreateSession of IAM Roles Anywhere: which certificates get a role, and which do not."""

import http.client
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, refused, trust
from tests.local.gaps.certificates import Authority, Certificate, name, signed_headers, usage
from tests.local.gaps.conftest import REGION, World

SERVICE = {"Service": "rolesanywhere.amazonaws.com"}
ALL = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@dataclass
class Answer:
    """The reply of CreateSession."""

    status: int
    body: dict[str, Any]
    reason: str

    @property
    def code(self) -> str:
        return str(self.body.get("__type", ""))

    @property
    def session(self) -> dict[str, Any]:
        assert self.status == 201, (self.body, self.reason)
        (one,) = self.body["credentialSet"]
        found: dict[str, Any] = one
        return found


@dataclass
class Site:
    """A trust anchor and a profile with the role `workload`."""

    world: World
    authority: Authority
    anchor: str = ""
    profile: str = ""
    role: str = f"arn:aws:iam::{HOME}:role/workload"
    client: Any = field(default=None)

    def wish(self, **more: Any) -> dict[str, Any]:
        return {
            "trustAnchorArn": self.anchor,
            "profileArn": self.profile,
            "roleArn": self.role,
            **more,
        }

    def ask(
        self, certificate: Certificate, *, headers: Any = None, query: Any = None, **more: Any
    ) -> Answer:
        """Call CreateSession. `headers` changes those that were signed."""
        signing = {
            key: more.pop(key)
            for key in ("chain", "moment", "region", "called", "only")
            if key in more
        }
        given = {} if query else self.wish(**more)
        body = json.dumps(given).encode()
        server = self.world.server.server
        host = f"127.0.0.1:{server.port}"
        region = signing.pop("region", REGION)
        sent = signed_headers(host, region, certificate, body, query=query, **signing)
        sent |= headers or {}
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        target = "/sessions"
        if query:
            target += "?" + urlencode(query)
        connection.request("POST", target, body, sent)
        reply = connection.getresponse()
        text = json.loads(reply.read())
        connection.close()
        return Answer(reply.status, text, reply.headers.get("x-rolecall-reason", ""))

    def trusts(self, actions: Any = ALL, condition: Any = None) -> None:
        more = {"Condition": condition} if condition else {}
        self.world.admin("iam").update_assume_role_policy(
            RoleName="workload", PolicyDocument=policy(trust(SERVICE, actions, **more))
        )


@pytest.fixture
def site(world: World) -> Site:
    authority = Authority.shared("one")
    anywhere = world.admin("rolesanywhere")
    role = world.people.role("workload", trust(SERVICE, ALL), allow(["s3:*", "iam:ListUsers"]))
    anchor = anywhere.create_trust_anchor(
        name="site",
        enabled=True,
        source={
            "sourceType": "CERTIFICATE_BUNDLE",
            "sourceData": {"x509CertificateData": authority.pem},
        },
    )["trustAnchor"]
    profile = anywhere.create_profile(name="workloads", roleArns=[role], enabled=True)["profile"]
    return Site(world, authority, anchor["trustAnchorArn"], profile["profileArn"], role, anywhere)


def test_a_workload_gets_the_role(site: Site) -> None:
    certificate, _ = site.authority.issue("web-1")
    session = site.ask(certificate).session
    serial = f"{certificate.x509.serial_number:x}"
    serial = serial if len(serial) % 2 == 0 else f"0{serial}"
    assert site.world.who(session["credentials"]) == (
        f"arn:aws:sts::{HOME}:assumed-role/workload/{serial}"
    )
    assert session["sourceIdentity"] == "web-1"
    assert site.world.session("s3", session["credentials"]).list_buckets()


def test_parameters_in_the_query_and_a_key_of_a_curve(site: Site) -> None:
    """AWS's credential helper puts the ARNs into the query."""
    certificate, _ = site.authority.issue(key=ec.generate_private_key(ec.SECP256R1()))
    assert site.ask(certificate, query=site.wish()).session


def test_the_trust_policy_decides(site: Site) -> None:
    certificate, _ = site.authority.issue(
        "web-1", alternative=[x509.DNSName("web-1.example.com"), x509.DNSName("other")]
    )
    right = {
        "aws:PrincipalTag/x509Subject/CN": "web-1",
        "aws:PrincipalTag/x509Subject/OU": "shop",
        "aws:PrincipalTag/x509Issuer/CN": "one",
        "aws:PrincipalTag/x509SAN/DNS": "web-1.example.com",
        "aws:RequestTag/x509Subject/CN": "web-1",
        "aws:SourceAccount": HOME,
        "aws:SourceArn": site.anchor,
        "sts:SourceIdentity": "web-1",
    }
    site.trusts(condition={"StringEquals": right})
    assert site.ask(certificate).session
    for key in right:
        site.trusts(condition={"StringEquals": {**right, key: "another"}})
        answer = site.ask(certificate)
        assert (answer.status, answer.code) == (403, "AccessDeniedException"), key
    for missing in ALL:
        site.trusts([action for action in ALL if action != missing])
        answer = site.ask(certificate)
        assert answer.code == "AccessDeniedException"
        assert missing in answer.reason


def test_the_tags_are_those_of_the_session_and_follow_the_mappings(site: Site) -> None:
    certificate, _ = site.authority.issue("web-1")
    tag = {"StringEquals": {"aws:PrincipalTag/x509Subject/OU": "shop"}}
    site.world.admin("iam").put_role_policy(
        RoleName="workload",
        PolicyName="own",
        PolicyDocument=policy(allow("s3:ListAllMyBuckets", Condition=tag)),
    )
    session = site.ask(certificate).session
    assert site.world.session("s3", session["credentials"]).list_buckets()
    site.client.put_attribute_mapping(
        profileId=site.profile.rpartition("/")[2],
        certificateField="x509Subject",
        mappingRules=[{"specifier": "CN"}],
    )
    session = site.ask(certificate).session
    answer = refused(site.world.session("s3", session["credentials"]).list_buckets)
    assert answer.code == "AccessDenied"


def test_the_profile_limits_the_session(site: Site) -> None:
    number = site.profile.rpartition("/")[2]
    site.client.update_profile(
        profileId=number, sessionPolicy=policy(allow("s3:*")), durationSeconds=900
    )
    certificate, _ = site.authority.issue()
    session = site.ask(certificate, durationSeconds=3600).session
    assert refused(site.world.session("iam", session["credentials"]).list_users)
    until = datetime.fromisoformat(session["credentials"]["expiration"].replace("Z", "+00:00"))
    assert until - datetime.now(UTC) <= timedelta(seconds=900)


def test_who_is_disabled_gives_no_sessions(site: Site) -> None:
    certificate, _ = site.authority.issue()
    anchor, profile = (arn.rpartition("/")[2] for arn in (site.anchor, site.profile))
    site.client.disable_trust_anchor(trustAnchorId=anchor)
    assert site.ask(certificate).code == "AccessDeniedException"
    site.client.enable_trust_anchor(trustAnchorId=anchor)
    site.client.disable_profile(profileId=profile)
    assert site.ask(certificate).code == "AccessDeniedException"
    site.client.enable_profile(profileId=profile)
    assert site.ask(certificate).session


def test_only_roles_and_names_that_the_profile_allows(site: Site) -> None:
    certificate, _ = site.authority.issue()
    other = site.world.people.role("other", trust(SERVICE, ALL))
    assert site.ask(certificate, roleArn=other).code == "AccessDeniedException"
    answer = site.ask(certificate, roleSessionName="me")
    assert answer.body["message"] == "Not authorized to set roleSessionName."
    site.client.update_profile(
        profileId=site.profile.rpartition("/")[2], acceptRoleSessionName=True
    )
    session = site.ask(certificate, roleSessionName="me").session
    assert site.world.who(session["credentials"]).endswith("assumed-role/workload/me")


def test_a_chain_to_the_anchor(site: Site) -> None:
    between = Authority.make("between", site.authority)
    certificate, _ = between.issue()
    assert site.ask(certificate, chain=[between]).session
    assert site.ask(certificate).code == "AccessDeniedException"
    stranger = Authority.make("between")
    assert site.ask(certificate, chain=[stranger]).code == "AccessDeniedException"
    short = Authority.make("short", site.authority, path_length=0)
    below = Authority.make("below", short)
    too_deep, _ = below.issue()
    assert site.ask(too_deep, chain=[below, short]).code == "AccessDeniedException"


def test_certificates_that_are_not_trusted(site: Site) -> None:
    same_name = Authority.make("one")
    issue = site.authority.issue
    constraints = x509.NameConstraints([x509.DNSName("example.com")], None)
    wrong = {
        "another authority of that name": same_name.issue(),
        "not yet valid": issue(days=(1, 30)),
        "expired": issue(days=(-30, -1)),
        "no digital signature": issue(extensions=[(usage("key_encipherment"), True)]),
        "no key usage": issue(extensions=[(x509.BasicConstraints(False, None), True)]),
        "no basic constraints": issue(leaf=False),
        "an authority itself": issue(
            extensions=[
                (x509.BasicConstraints(True, None), True),
                (usage("digital_signature"), True),
            ]
        ),
        "name constraints": issue(
            extensions=[(usage("digital_signature"), True), (constraints, True)]
        ),
        "unknown critical extension": issue(
            extensions=[
                (usage("digital_signature"), True),
                (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),
            ]
        ),
        "no CN": issue(subject={"OU": "shop"}),
        "a CN that is no source identity": issue("web 1"),
        "a CN that is no tag": issue("web,1"),
        "an attribute twice": issue(name=x509.Name([*name(CN="web-1", OU="a"), *name(OU="b")])),
        "issued by a workload": _issued_by_a_workload(site),
    }
    for why, (certificate, _) in wrong.items():
        answer = site.ask(certificate)
        assert (answer.status, answer.code) == (403, "AccessDeniedException"), why


def _issued_by_a_workload(site: Site) -> tuple[Certificate, Any]:
    workload, key = site.authority.issue("web-1")
    return Authority(workload.x509, key).issue("web-2")


def test_signatures_that_are_not_good(site: Site) -> None:
    certificate, _ = site.authority.issue()
    other, _ = site.authority.issue("other", key=ec.generate_private_key(ec.SECP256R1()))
    thief = Certificate(certificate.x509, other.key)
    late = datetime.now(UTC) - timedelta(minutes=20)
    answers = {
        "stolen certificate": site.ask(thief),
        "another certificate": site.ask(certificate, headers={"x-amz-x509": other.header}),
        "old": site.ask(certificate, moment=late),
        "another date": site.ask(certificate, headers={"x-amz-date": "20200101T000000Z"}),
        "another host": site.ask(certificate, headers={"host": "localhost:1"}),
        "unsigned chain": site.ask(certificate, headers={"x-amz-x509-chain": other.header}),
        "no certificate": site.ask(certificate, headers={"x-amz-x509": "none"}),
        "another region": site.ask(certificate, region="us-east-1"),
    }
    for why, answer in answers.items():
        assert (answer.status, answer.code) == (403, "AccessDeniedException"), why


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=["P-256", "P-384"])
def test_a_key_of_a_curve_is_held_to_its_signature(site: Site, curve: ec.EllipticCurve) -> None:
    certificate, _ = site.authority.issue(key=ec.generate_private_key(curve))
    assert site.ask(certificate).session
    thief = Certificate(certificate.x509, ec.generate_private_key(curve))
    assert site.ask(thief).code == "AccessDeniedException"
    assert site.ask(certificate, headers={"content-type": "text/plain"}).status == 403


def test_a_signature_is_of_the_kind_that_it_names(site: Site) -> None:
    certificate, _ = site.authority.issue()
    curved, _ = site.authority.issue(key=ec.generate_private_key(ec.SECP256R1()))
    for one, called in ((certificate, "ECDSA"), (curved, "RSA")):
        answer = site.ask(one, called=called)
        assert (answer.status, answer.code) == (403, "AccessDeniedException")
        assert "a key of another kind" in answer.reason


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Credential=", "Credential=1"),
        ("content-type;host;", "host;content-type;"),
        ("content-type;host;", "content-type;host;host;"),
        ("content-type;host;", "content-type;"),
        ("x-amz-date;", ""),
        (";x-amz-x509,", ","),
        (";x-amz-x509,", ";x-amz-x509;x-other,"),
        ("Signature=", "Signature=0"),
        ("Signature=", "Signature=00"),
    ],
)
def test_what_was_signed_is_said_exactly(site: Site, old: str, new: str) -> None:
    certificate, _ = site.authority.issue()
    server = site.world.server.server
    body = json.dumps(site.wish()).encode()
    headers = signed_headers(f"127.0.0.1:{server.port}", REGION, certificate, body)
    assert old in headers["authorization"]
    changed = headers["authorization"].replace(old, new, 1)
    answer = site.ask(certificate, headers={"authorization": changed})
    assert (answer.status, answer.code) == (403, "AccessDeniedException")


@pytest.mark.parametrize(
    ("only", "status"),
    [
        (("content-type", "host", "x-amz-date", "x-amz-x509"), 201),
        (("host", "x-amz-date", "x-amz-x509"), 201),
        (("x-amz-date", "x-amz-x509"), 403),
        (("content-type", "host", "x-amz-x509"), 403),
        (("content-type", "host", "x-amz-date"), 403),
        (("host", "content-type", "x-amz-date", "x-amz-x509"), 403),
        (("host", "host", "x-amz-date", "x-amz-x509"), 403),
    ],
)
def test_host_time_and_certificate_are_signed(
    site: Site, only: tuple[str, ...], status: int
) -> None:
    certificate, _ = site.authority.issue()
    assert site.ask(certificate, only=only).status == status


def test_headers_that_nobody_would_send(site: Site) -> None:
    port = site.world.server.server.port
    for authorization, status in (
        ("Credential=1/20240101/eu-central-1/rolesanywhere/aws4_request,", 403),
        ("Credential=1/20240101/eu-central-1/s3/aws4_request, x", 400),
        ("nonsense", 400),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        headers = {
            "Authorization": f"AWS4-X509-RSA-SHA256 {authorization}",
            "Content-Type": "application/json",
        }
        connection.request("POST", "/sessions", json.dumps(site.wish()), headers)
        reply = connection.getresponse()
        assert reply.status == status, reply.read()
        connection.close()


def test_a_certificate_opens_create_session_alone(site: Site) -> None:
    certificate, _ = site.authority.issue()
    server = site.world.server.server
    headers = signed_headers(f"127.0.0.1:{server.port}", REGION, certificate, b"")
    for method, path in (("GET", "/trustanchors"), ("POST", "/profiles"), ("GET", "/sessions")):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request(method, path, b"", headers)
        reply = connection.getresponse()
        assert (reply.status, json.loads(reply.read())["__type"]) == (
            403,
            "MissingAuthenticationTokenException",
        )
        connection.close()


def test_what_the_call_must_say(site: Site) -> None:
    certificate, _ = site.authority.issue()
    for wrong in (
        {"roleArn": None},
        {"durationSeconds": 899},
        {"durationSeconds": "long"},
        {"profileArn": 7},
    ):
        answer = site.ask(certificate, **wrong)
        assert (answer.status, answer.code) == (400, "ValidationException")


def test_a_parameter_is_said_once(site: Site) -> None:
    certificate, _ = site.authority.issue()
    other = site.world.people.role("other", trust(SERVICE, ALL))
    body = json.dumps(site.wish()).encode()
    server = site.world.server.server
    host = f"127.0.0.1:{server.port}"
    for role, status in ((site.role, 201), (other, 400)):
        query = {"roleArn": role}
        sent = signed_headers(host, REGION, certificate, body, query=query)
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("POST", "/sessions?" + urlencode(query), body, sent)
        assert connection.getresponse().status == status
        connection.close()
    assert site.ask(certificate, durationSeconds=True).code == "ValidationException"


def test_anchor_and_profile_are_those_of_one_account(site: Site) -> None:
    certificate, _ = site.authority.issue()
    abroad = site.world.admin("rolesanywhere", OTHER)
    theirs = abroad.create_trust_anchor(
        name="theirs",
        enabled=True,
        source={
            "sourceType": "CERTIFICATE_BUNDLE",
            "sourceData": {"x509CertificateData": site.authority.pem},
        },
    )["trustAnchor"]["trustAnchorArn"]
    for changed in (
        {"trustAnchorArn": theirs},
        {"trustAnchorArn": site.anchor.replace(HOME, OTHER)},
        {"profileArn": site.profile.replace(HOME, OTHER)},
        {"profileArn": site.anchor},
        {"roleArn": site.role.replace(HOME, OTHER)},
        {"roleArn": site.role + "-gone"},
    ):
        answer = site.ask(certificate, **changed)
        assert (answer.status, answer.code) == (403, "AccessDeniedException"), changed
    assert site.ask(certificate).session


def test_properties_of_the_machine_can_be_demanded(site: Site) -> None:
    certificate, _ = site.authority.issue()
    number = site.profile.rpartition("/")[2]
    made = site.client.create_profile(
        name="strict", roleArns=[site.role], enabled=True, requireInstanceProperties=True
    )["profile"]["profileArn"]
    assert made.rpartition("/")[2] != number
    assert site.ask(certificate, profileArn=made).code == "AccessDeniedException"
    assert site.ask(certificate, profileArn=made, instanceProperties={"a": "b"}).session
    assert site.ask(certificate).session


def test_a_role_that_is_gone_is_not_given(site: Site) -> None:
    certificate, _ = site.authority.issue()
    iam = site.world.admin("iam")
    iam.delete_role_policy(RoleName="workload", PolicyName="own")
    iam.delete_role(RoleName="workload")
    assert site.ask(certificate).code == "AccessDeniedException"
