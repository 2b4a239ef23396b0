"""CreateSession of IAM Roles Anywhere without a server: each check, and the whole session."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from moto.iam.models import iam_backends

from rolecall.local.roles_anywhere.certificates import Untrusted, check_chain, check_end_entity
from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, trust
from tests.local.gaps.anywhere_here import ALL, ANCHOR, CURVE, ROLE, ROOT, SERVICE, WEB, WISH, Site
from tests.local.gaps.certificates import Authority, name, usage
from tests.local.gaps.conftest import REGION


def test_the_whole_of_a_session(anywhere: Site) -> None:
    told = anywhere.session()
    (one,) = told["credentialSet"]
    serial = f"{WEB.x509.serial_number:x}"
    serial = f"{'0' * (len(serial) % 2)}{serial}"
    keys = one.pop("credentials")
    role_id = next(iter(anywhere.home.roles))
    assert one.pop("packedPolicySize") >= 0
    assert one == {
        "assumedRoleUser": {
            "arn": f"arn:aws:sts::{HOME}:assumed-role/workload/{serial}",
            "assumedRoleId": f"{role_id}:{serial}",
        },
        "roleArn": ROLE,
        "sourceIdentity": "web-1",
    }
    grant = anywhere.cloud.sealer.open(keys["sessionToken"])
    assert grant is not None
    until = anywhere.now + timedelta(hours=1)
    assert keys == {
        "accessKeyId": grant.access_key_id,
        "secretAccessKey": grant.secret_access_key,
        "sessionToken": keys["sessionToken"],
        "expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    assert (grant.session_name, grant.source_identity, grant.chained) == (serial, "web-1", False)
    assert (grant.session_policies, grant.session_policy_arns) == (None, None)
    assert grant.transitive_tag_keys == ()
    assert grant.tags == {
        "x509Subject/CN": "web-1",
        "x509Subject/OU": "shop",
        "x509Issuer/CN": "root of sessions",
        "x509Issuer/O": "Rolecall Tests",
        "x509SAN/DNS": "one",
    }
    prefix = f"arn:aws:rolesanywhere:{REGION}:{HOME}:subject/"
    assert told["subjectArn"].startswith(prefix)
    assert anywhere.session()["subjectArn"] == told["subjectArn"]
    other, _ = ROOT.issue("web-2", key=CURVE)
    assert anywhere.session(other)["subjectArn"] != told["subjectArn"]


def test_a_serial_number_of_whole_bytes(anywhere: Site) -> None:
    seen = set()
    for _ in range(40):
        certificate, _key = ROOT.issue("web-1", key=CURVE)
        digits = f"{certificate.x509.serial_number:x}"
        if len(digits) % 2 in seen:
            continue
        seen.add(len(digits) % 2)
        assert int(anywhere.grant(certificate).session_name, 16) == certificate.x509.serial_number
        assert len(anywhere.grant(certificate).session_name) % 2 == 0
        if len(seen) == 2:
            break


def test_parameters_in_query_and_body(anywhere: Site) -> None:
    assert anywhere.grant(WEB, b"", query=WISH).role_arn == ROLE
    assert anywhere.grant(WEB, {"roleArn": ROLE}, query=WISH).role_arn == ROLE
    assert "roleArn must be one text" in anywhere.invalid({"roleArn": f"{ROLE}x"}, query=WISH)
    assert "roleArn must be one text" in anywhere.invalid({**WISH, "roleArn": 7})
    assert anywhere.invalid(b"[]") == "The body must be a JSON object."
    assert anywhere.invalid(b"x") == "The body must be a JSON object."
    for missing in WISH:
        given = {key: value for key, value in WISH.items() if key != missing}
        assert f"Value null at '{missing}'" in anywhere.invalid(given)
        assert f"Value null at '{missing}'" in anywhere.invalid({**WISH, missing: None})


def test_how_long_a_session_is(anywhere: Site) -> None:
    for asked, of_profile, seconds in (
        (900, 3600, 900),
        (3600, 1800, 1800),
        (None, 1800, 1800),
        (43200, 43200, 43200),
        (7200, 3600, 3600),
    ):
        anywhere.profile["durationSeconds"] = of_profile
        grant = anywhere.grant(WEB, {**WISH, "durationSeconds": asked})
        assert grant.expires_at - grant.issued_at == timedelta(seconds=seconds)
    role = next(iter(anywhere.home.roles.values()))
    role.max_session_duration = "1000"
    grant = anywhere.grant(WEB, {**WISH, "durationSeconds": 1200})
    assert grant.expires_at - grant.issued_at == timedelta(seconds=1000)
    for number in (899, 43201, -900):
        assert "must be 900 to 43200" in anywhere.invalid({**WISH, "durationSeconds": number})
    others: list[Any] = [True, "900", 900.0, []]
    for wrong in others:
        assert "must be a number" in anywhere.invalid({**WISH, "durationSeconds": wrong})


def test_anchor_and_profile_are_there_and_enabled(anywhere: Site) -> None:
    for name_of, held in (("trustAnchorArn", anywhere.anchor), ("profileArn", anywhere.profile)):
        arn = WISH[name_of]
        for wrong in (f"{arn}x", f"x{arn}", arn.replace(HOME, OTHER)):
            assert f"there is no {wrong}" in anywhere.denied(WEB, {**WISH, name_of: wrong})
        held["region"] = "us-east-1"
        assert f"there is no {arn}" in anywhere.denied()
        held["region"] = REGION
        held["enabled"] = False
        assert anywhere.denied() == f"{arn} is disabled"
        held["enabled"] = True
        held["account"] = OTHER
        assert "of two accounts" in anywhere.denied()
        held["account"] = HOME
    assert anywhere.session()


def test_instance_properties_where_they_are_required(anywhere: Site) -> None:
    given = {**WISH, "instanceProperties": {"a": "b"}}
    assert anywhere.session(WEB, given)
    anywhere.profile["requireInstanceProperties"] = True
    for nothing in (WISH, {**WISH, "instanceProperties": {}}):
        assert "requires instance properties" in anywhere.denied(WEB, nothing)
    assert anywhere.session(WEB, given)


def test_the_roles_of_the_profile(anywhere: Site) -> None:
    other = f"arn:aws:iam::{HOME}:role/other"
    assert "no such role" in anywhere.denied(WEB, {**WISH, "roleArn": other})
    anywhere.home.create_role("other", policy(trust(SERVICE, ALL)), "/", None, "", [], "3600")
    assert "no such role" in anywhere.denied(WEB, {**WISH, "roleArn": other})
    anywhere.profile["roleArns"] = [other]
    assert anywhere.grant(WEB, {**WISH, "roleArn": other}).role_arn == other
    elsewhere: Any = iam_backends[OTHER]["aws"]
    elsewhere.create_role("workload", policy(trust(SERVICE, ALL)), "/", None, "", [], "3600")
    foreign = ROLE.replace(HOME, OTHER)
    anywhere.profile["roleArns"] = [foreign]
    assert "no such role" in anywhere.denied(WEB, {**WISH, "roleArn": foreign})


def test_a_name_where_the_profile_takes_one(anywhere: Site) -> None:
    given = {**WISH, "roleSessionName": "me"}
    error = anywhere.refused(WEB, given)
    assert error.message == "Not authorized to set roleSessionName."
    anywhere.profile["acceptRoleSessionName"] = True
    assert anywhere.grant(WEB, given).session_name == "me"
    assert anywhere.grant().session_name != "me"
    for wrong in ("x", "x" * 65, "a b"):
        assert anywhere.denied(WEB, {**WISH, "roleSessionName": wrong})


def test_policies_of_the_profile(anywhere: Site) -> None:
    made = anywhere.home.create_policy("", "/", policy(allow("s3:*")), "limit", [])
    anywhere.profile["managedPolicyArns"] = [made.arn]
    anywhere.profile["sessionPolicy"] = policy(allow("s3:*"))
    grant = anywhere.grant()
    assert (grant.session_policies, grant.session_policy_arns) == (
        (policy(allow("s3:*")),),
        (made.arn,),
    )
    anywhere.profile["managedPolicyArns"] = [f"{made.arn}x"]
    assert anywhere.refused().message == f"Unable to assume role for {ROLE}"


def test_names_that_make_no_session(anywhere: Site) -> None:
    nameless, _ = ROOT.issue(subject={"OU": "shop"}, key=CURVE)
    assert anywhere.denied(nameless) == "the certificate's subject has no CN"
    twice, _ = ROOT.issue(name=x509.Name([*name(CN="a", OU="x"), *name(OU="y")]), key=CURVE)
    assert "has OU more than once" in anywhere.denied(twice)
    for wrong in ("x", "a b"):
        odd, _ = ROOT.issue(wrong, key=CURVE)
        assert anywhere.refused(odd).message == f"Unable to assume role for {ROLE}"


def test_what_the_trust_policy_is_asked(anywhere: Site) -> None:
    right = {
        "aws:PrincipalTag/x509Subject/CN": "web-1",
        "aws:RequestTag/x509SAN/DNS": "one",
        "aws:SourceAccount": HOME,
        "aws:SourceArn": ANCHOR,
        "sts:SourceIdentity": "web-1",
        "aws:ResourceAccount": HOME,
    }
    anywhere.trusts(StringEquals=right)
    assert anywhere.session()
    for key in right:
        anywhere.trusts(StringEquals={**right, key: "another"})
        assert anywhere.refused().message == f"Unable to assume role for {ROLE}", key
    for missing in ALL:
        anywhere.trusts([each for each in ALL if each != missing])
        assert missing in anywhere.denied()
    anywhere.trusts(IpAddress={"aws:SourceIp": "203.0.113.0/24"})
    assert anywhere.denied()


def test_who_vouches_for_the_certificate(anywhere: Site) -> None:
    same_name = Authority.make("root of sessions")
    stranger, _ = same_name.issue("web-1", key=CURVE)
    error = anywhere.refused(stranger)
    assert (error.message, error.reason) == (
        "Untrusted signing certificate.",
        "no valid chain leads from the certificate to the trust anchor",
    )
    between = Authority.make("between", ROOT)
    below, _ = between.issue("web-1", key=CURVE)
    assert anywhere.session(below, chain=[between])
    assert anywhere.denied(below)
    # Certificates go by the embedded AWS's clock, signatures by the real one.
    anywhere.cloud.advance(31 * 24 * 3600)
    assert "not valid now" in anywhere.denied()
    anywhere.cloud.reset_clock()
    anywhere.anchor["source"] = {"sourceType": "AWS_ACM_PCA", "sourceData": {}}
    assert "Private CA" in anywhere.denied()


def test_a_workloads_certificate_says_what_it_is() -> None:
    now = datetime.now(UTC)
    signs, leaf = (usage("digital_signature"), True), (x509.BasicConstraints(False, None), True)
    check_end_entity(ROOT.issue(key=CURVE, extensions=[leaf, signs])[0].x509, now)
    silent, _ = ROOT.issue(key=CURVE, leaf=False)
    authority, _ = ROOT.issue(
        key=CURVE, extensions=[(x509.BasicConstraints(True, None), True), signs]
    )
    for wrong in (silent, authority):
        with pytest.raises(Untrusted, match="do not say that it is no authority"):
            check_end_entity(wrong.x509, now)
    useless, _ = ROOT.issue(key=CURVE, extensions=[leaf])
    other, _ = ROOT.issue(key=CURVE, extensions=[leaf, (usage("key_agreement"), True)])
    for wrong in (useless, other):
        with pytest.raises(Untrusted, match="does not include Digital Signature"):
            check_end_entity(wrong.x509, now)


def test_a_certificate_of_version_3() -> None:
    """Older ones cannot say what they are for."""

    class Old:
        version = x509.Version.v1

        def __getattr__(self, other: str) -> Any:
            return getattr(WEB.x509, other)

    now = datetime.now(UTC)
    check_end_entity(WEB.x509, now)
    old: Any = Old()
    with pytest.raises(Untrusted, match="of version 3"):
        check_end_entity(old, now)
    with pytest.raises(Untrusted, match="of version 3"):
        check_chain(old, [], [ROOT.x509], now)
