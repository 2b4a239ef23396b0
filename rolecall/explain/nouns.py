"""What each condition key is called in a sentence.

Source: "AWS global condition context keys", "IAM and AWS STS condition context keys".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from rolecall.explain.wording import shown
from rolecall.issuers.saml_keys import ATTRIBUTES


@dataclass(frozen=True, slots=True)
class Noun:
    """A key's name in sentences. plural: of a key with several values.

    yes, no: where it is true or false. account: its values are accounts. seconds: they
    are lengths of time. always: every request that can reach a role has it.
    """

    one: str
    plural: str
    yes: str = ""
    no: str = ""
    account: bool = False
    seconds: bool = False
    always: bool = False


def _noun(one: str, plural: str = "", **more: bool) -> Noun:
    return Noun(one, plural or f"the values of {one}", **more)  # type: ignore[arg-type]


_PROTECTED = Noun(
    "whether the ref is protected",
    "the values of ref_protected",
    "the ref is protected",
    "the ref is not protected",
)


def _fact(one: str, yes: str, no: str) -> Noun:
    return Noun(one, f"the values of {one}", yes, no)


_KNOWN: Mapping[str, Noun] = MappingProxyType(
    {
        "sts:externalid": _noun("the external ID"),
        "sts:sourceidentity": _noun("the source identity"),
        "sts:rolesessionname": _noun("the session's name", always=True),
        "sts:durationseconds": _noun("the length asked for", seconds=True),
        "sts:transitivetagkeys": _noun(
            "the transitive session tag", "the keys of transitive session tags"
        ),
        "aws:tagkeys": _noun("the session tag's key", "the keys of the session tags"),
        "aws:sourceip": _noun("the calling address"),
        "aws:vpcsourceip": _noun("the calling address inside its VPC"),
        "aws:sourcevpc": _noun("the VPC that the call comes from"),
        "aws:sourcevpcarn": _noun("the ARN of the VPC that the call comes from"),
        "aws:sourcevpce": _noun("the VPC endpoint that the call comes through"),
        "aws:currenttime": _noun("the time", always=True),
        "aws:epochtime": _noun("the time in seconds since 1970", always=True),
        "aws:tokenissuetime": _noun("the time at which the caller's credentials were made"),
        "aws:multifactorauthage": _noun("the age of the MFA", seconds=True),
        "aws:multifactorauthpresent": _fact(
            "whether MFA was used", "MFA was used", "MFA was not used"
        ),
        "aws:securetransport": _fact(
            "whether the call is encrypted", "the call is encrypted", "the call is not encrypted"
        ),
        "aws:viaawsservice": _fact(
            "whether an AWS service passes the call on",
            "an AWS service passes the call on",
            "no AWS service passes the call on",
        ),
        "aws:principalisawsservice": _fact(
            "whether an AWS service calls", "an AWS service calls", "no AWS service calls"
        ),
        "aws:principalarn": _noun("the caller's ARN"),
        "aws:principalaccount": _noun("the caller's account", account=True),
        "aws:principaltype": _noun("the kind of caller"),
        "aws:principalorgid": _noun("the organization of the caller's account"),
        "aws:principalorgmasteraccountid": _noun(
            "the management account of the caller's organization", account=True
        ),
        "aws:principalorgpaths": _noun(
            "the place of the caller's account in its organization",
            "the places of the caller's account in its organization",
        ),
        "aws:principalservicename": _noun("the name of the calling AWS service"),
        "aws:principalservicenameslist": _noun(
            "the name of the calling AWS service", "the names of the calling AWS service"
        ),
        "aws:username": _noun("the caller's user name"),
        "aws:userid": _noun("the caller's unique ID"),
        "aws:sourceidentity": _noun("the source identity that the caller already has"),
        "aws:federatedprovider": _noun("the identity provider that the caller came through"),
        "aws:sourceaccount": _noun("the account that it acts for", account=True),
        "aws:sourcearn": _noun("the resource that it acts for"),
        "aws:sourceowner": _noun("the owner of the resource that it acts for", account=True),
        "aws:sourceorgid": _noun("the organization of the account that it acts for"),
        "aws:sourceorgpaths": _noun(
            "the place in its organization of the account that it acts for",
            "the places in its organization of the account that it acts for",
        ),
        "aws:requestedregion": _noun("the region that is called"),
        "aws:calledvia": _noun("the service that passes the call on", "the services on the way"),
        "aws:calledviafirst": _noun("the first service that passes the call on"),
        "aws:calledvialast": _noun("the last service that passes the call on"),
        "aws:useragent": _noun("the program's name as it gives it itself"),
        "aws:referer": _noun("the referring page as the caller gives it"),
        "saml:aud": _noun("the sign-in endpoint", always=True),
        "saml:iss": _noun("the assertion's issuer", always=True),
        "saml:sub": _noun("the user's NameID", always=True),
        "saml:sub_type": _noun("the kind of the user's NameID"),
        "saml:doc": _noun("the SAML provider's account and name", always=True),
        "saml:namequalifier": _noun("the assertion's name qualifier", always=True),
    }
)
_CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "aud": "the token's audience",
        "oaud": "the token's audience as its aud claim has it",
        "sub": "the token's subject",
        "amr": "the way of signing in",
        "email": "the e-mail address in the token",
        "actor": "the person who started the job",
        "actor_id": "the number of the person who started the job",
        "enterprise_id": "the enterprise's number",
        "environment": "the job's environment",
        "job_workflow_ref": "the job's workflow file",
        "ref": "the job's ref",
        "repository": "the repository",
        "repository_id": "the repository's number",
        "repository_owner_id": "the number of the repository's owner",
        "workflow": "the workflow's name",
        "namespace_id": "the group's number",
        "pipeline_source": "what started the pipeline",
        "project_id": "the project's number",
        "runner_environment": "the kind of runner",
        "user_access_level": "the access level of the person who started the job",
        "user_email": "the e-mail address of the person who started the job",
        "user_id": "the number of the person who started the job",
        "user_login": "the person who started the job",
        "build_branch": "the build's branch",
        "cluster_id": "the cluster's ID",
        "cluster_name": "the cluster's name",
        "organization_id": "the organization's ID",
        "organization_slug": "the organization",
        "pipeline_id": "the pipeline's ID",
        "pipeline_slug": "the pipeline",
        "oidc.circleci.com/project-id": "the project's ID",
        "google/organization_number": "the number of the Google organization",
    }
)
_ATTRIBUTES = {name.lower(): name for name in ATTRIBUTES.values()}
_PODS = {
    "eks-cluster-arn": "the pod's cluster",
    "eks-cluster-name": "the name of the pod's cluster",
    "kubernetes-namespace": "the pod's namespace",
    "kubernetes-service-account": "the pod's service account",
    "kubernetes-pod-name": "the pod's name",
    "kubernetes-pod-uid": "the pod's UID",
}
_CERTIFICATE = {"x509subject": "subject", "x509issuer": "issuer", "x509san": "alternative name"}


def noun(key: str, *, host: str = "", service: str = "") -> Noun:
    """What a key is called.

    host: of the caller's identity provider, whose claims need no name before them.
    service: the AWS service that calls, if one does.
    """
    lowered = key.lower()
    if lowered == "aws:sourcearn" and service == "rolesanywhere.amazonaws.com":
        return _noun("the trust anchor")
    known = _KNOWN.get(lowered)
    if known is not None:
        return known
    if host and lowered.startswith(f"{host.lower()}:"):
        claim = key[len(host) + 1 :]
        if claim.lower() == "ref_protected":
            return _PROTECTED
        words = _CLAIMS.get(claim.lower(), f"the token's claim {shown(claim)}")
        plural = "the ways of signing in" if claim.lower() == "amr" else ""
        return _noun(words, plural, always=claim.lower() in ("sub", "aud"))
    kind, slash, tag = key.partition("/")
    if slash and kind.lower() == "aws:requesttag":
        if service == "pods.eks.amazonaws.com" and tag in _PODS:
            return _noun(_PODS[tag])
        return _noun(f"the session tag {shown(tag)}")
    if slash and kind.lower() == "aws:principaltag":
        part, slash, name = tag.partition("/")
        if service == "rolesanywhere.amazonaws.com" and slash and part.lower() in _CERTIFICATE:
            return _noun(f"the certificate's {_CERTIFICATE[part.lower()]} {shown(name)}")
        return _noun(f"the caller's tag {shown(tag)}")
    if lowered.startswith("saml:"):
        name = _ATTRIBUTES.get(lowered[5:], key[5:])
        return _noun(f"the user's attribute {shown(name)}")
    return _noun(f"the key {shown(key)}")
