"""CreateSession: credentials of a role for the holder of a certificate.

Source: "IAM Roles Anywhere CreateSession API" and "The IAM Roles Anywhere trust model",
user guide. The call is in no service model; AWS's own helper and its SDK plug-ins make it.
"""

import json
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cryptography import x509

from rolecall.local.api import ApiCall, ApiReply, AwsError
from rolecall.local.authorization.parameters import json_body
from rolecall.local.directory import RoleRecord
from rolecall.local.gaps.issued import Issued
from rolecall.local.gaps.service_facts import facts_for_role
from rolecall.local.roles_anywhere import attributes, certificates, signature, tables
from rolecall.local.roles_anywhere.errors import denied, invalid
from rolecall.local.roles_anywhere.tables import Held
from rolecall.local.sts.role_session import MOST_SECONDS, Session, start_session
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.session_tags import SessionTags
from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    LimitError,
    check_role_session_name,
    check_session_tags,
    check_source_identity,
    may_assume,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_PRINCIPAL = "rolesanywhere.amazonaws.com"
_TEXTS = ("profileArn", "roleArn", "trustAnchorArn", "roleSessionName")
_SHORTEST = 900


def create_session(call: ApiCall, cloud: "Cloud") -> ApiReply:
    """Answer CreateSession.

    Raises:
        AwsError: AccessDeniedException for a certificate that is not let in, or
            ValidationException for a call that says nonsense.
    """
    given = _read(call)
    presented = signature.verify(call, cloud.real_now())
    anchor, profile = _enabled(call, cloud, given)
    _check_trusted(cloud, anchor, presented)
    role = cloud.directory.role(given["roleArn"])
    if role is None or role.arn not in profile["roleArns"] or role.account != profile["account"]:
        raise _denied(given["roleArn"], "the profile has no such role")
    session = _session(given, profile, role, presented.certificate)
    _ask_trust_policy(call, cloud, anchor, role, session)
    try:
        issued = Issued.of(start_session(cloud, role, session))
    except AwsError as error:
        raise _denied(role.arn, error.reason or error.message) from None
    return _reply(anchor, role, session, issued, presented.certificate)


def _read(call: ApiCall) -> dict[str, Any]:
    """The parameters; AWS takes them from the query or the body, and so may both be used."""
    body = json_body(call) if call.body.strip() else {}
    if not isinstance(body, dict):
        raise invalid("The body must be a JSON object.")
    given: dict[str, Any] = {}
    for name in _TEXTS:
        values = [value for value in (body.get(name), call.params.get(name)) if value is not None]
        if not all(isinstance(value, str) for value in values) or len(set(values)) > 1:
            raise invalid(f"{name} must be one text.")
        if values:
            given[name] = values[0]
    for name in _TEXTS[:3]:
        if name not in given:
            raise invalid(
                f"Value null at '{name}' failed to satisfy constraint: Member must not be null"
            )
    seconds = body.get("durationSeconds")
    if seconds is not None:
        if isinstance(seconds, bool) or not isinstance(seconds, int):
            raise invalid("durationSeconds must be a number.")
        if not _SHORTEST <= seconds <= MOST_SECONDS:
            raise invalid(f"durationSeconds must be {_SHORTEST} to {MOST_SECONDS}.")
        given["durationSeconds"] = seconds
    given["instanceProperties"] = body.get("instanceProperties")
    return given


def _enabled(call: ApiCall, cloud: "Cloud", given: Mapping[str, Any]) -> tuple[Held, Held]:
    """The trust anchor and the profile: enabled, of one account, in the region of the call."""
    found: list[Held] = []
    for name, table in (
        ("trustAnchorArn", tables.anchors(cloud)),
        ("profileArn", tables.profiles(cloud)),
    ):
        held = table.get(given[name].rpartition("/")[2])
        if held is None or held["arn"] != given[name] or held["region"] != call.region:
            raise denied("Access denied.", f"there is no {given[name]} in {call.region}")
        if not held["enabled"]:
            raise denied("Access denied.", f"{given[name]} is disabled")
        found.append(held)
    anchor, profile = found
    if anchor["account"] != profile["account"]:
        raise denied("Access denied.", "trust anchor and profile are of two accounts")
    if profile["requireInstanceProperties"] and not given["instanceProperties"]:
        raise denied("Access denied.", "the profile requires instance properties")
    return anchor, profile


def _check_trusted(cloud: "Cloud", anchor: Held, presented: signature.Presented) -> None:
    source = anchor["source"]
    if source["sourceType"] != "CERTIFICATE_BUNDLE":
        raise denied("Untrusted signing certificate.", "the embedded AWS has no Private CA")
    trusted = certificates.authorities(source["sourceData"]["x509CertificateData"])
    try:
        certificates.check_chain(presented.certificate, presented.chain, trusted, cloud.now())
    except certificates.Untrusted as error:
        raise denied("Untrusted signing certificate.", str(error)) from None


def _session(
    given: Mapping[str, Any], profile: Held, role: RoleRecord, certificate: x509.Certificate
) -> Session:
    name = given.get("roleSessionName")
    if name is not None and not profile["acceptRoleSessionName"]:
        raise denied("Not authorized to set roleSessionName.", "the profile does not accept it")
    try:
        tags = attributes.tags_of(certificate, profile["mappings"])
        source_identity = attributes.common_name(certificate)
        if source_identity is None:
            raise attributes.Unmapped("the certificate's subject has no CN")
        check_session_tags(tags)
        check_source_identity(source_identity)
        if name is not None:
            check_role_session_name(name)
    except (attributes.Unmapped, LimitError) as error:
        # What a session cannot have is not left out: a condition may rely on it.
        raise _denied(role.arn, str(error)) from None
    policy = profile.get("sessionPolicy")
    asked = given.get("durationSeconds", profile["durationSeconds"])
    return Session(
        name=name or _serial(certificate),
        # Whichever is the shortest: what was asked for, the profile's, the role's.
        seconds=min(asked, profile["durationSeconds"], role.max_session),
        policies=SessionPolicies(
            inline=(policy,) if policy else None,
            arns=tuple(profile["managedPolicyArns"]) or None,
        ),
        tags=SessionTags(all=tags, transitive=()),
        source_identity=source_identity,
    )


def _ask_trust_policy(
    call: ApiCall, cloud: "Cloud", anchor: Held, role: RoleRecord, session: Session
) -> None:
    # The user guide's trust policies test the tags as those of the principal.
    principal = {f"aws:PrincipalTag/{key}": value for key, value in session.tags.all.items()}
    decision = may_assume(
        AssumeRoleAttempt(
            caller=AwsService(
                _PRINCIPAL, source_account=anchor["account"], source_arn=anchor["arn"]
            ),
            role_arn=role.arn,
            source_identity=session.source_identity,
            tags=session.tags.all,
            session_name=session.name,
            context={**facts_for_role(call, cloud, role), **principal},
        ),
        trust=cloud.directory.trust_of(role),
    )
    if not decision.allowed:
        raise _denied(role.arn, decision.explain())


def _reply(
    anchor: Held,
    role: RoleRecord,
    session: Session,
    issued: Issued,
    certificate: x509.Certificate,
) -> ApiReply:
    who = f"{certificate.issuer.rfc4514_string()}/{certificate.subject.rfc4514_string()}"
    where = f"{anchor['region']}:{anchor['account']}"
    credentials = {
        "accessKeyId": issued.access_key_id,
        "secretAccessKey": issued.secret_access_key,
        "sessionToken": issued.session_token,
        "expiration": issued.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    one = {
        "assumedRoleUser": {"arn": issued.arn, "assumedRoleId": issued.role_id},
        "credentials": credentials,
        "packedPolicySize": issued.packed_size,
        "roleArn": role.arn,
        "sourceIdentity": session.source_identity,
    }
    subject = f"arn:aws:rolesanywhere:{where}:subject/{uuid.uuid5(uuid.NAMESPACE_X500, who)}"
    body = json.dumps({"credentialSet": [one], "subjectArn": subject}).encode()
    return ApiReply(201, body, (("Content-Type", "application/json"),))


def _serial(certificate: x509.Certificate) -> str:
    """The session name: the serial number in hexadecimal, whole bytes."""
    digits = f"{certificate.serial_number:x}"
    return digits if len(digits) % 2 == 0 else f"0{digits}"


def _denied(role_arn: str, reason: str) -> AwsError:
    return denied(f"Unable to assume role for {role_arn}", reason)
