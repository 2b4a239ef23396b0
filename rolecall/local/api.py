"""What the parts of the embedded AWS say to each other about one API call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from rolecall.policy import Caller


@dataclass(frozen=True, slots=True)
class SignedWith:
    """The signature of a call as it was sent, not yet verified (AWS Signature Version 4)."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    session_token: str | None
    presigned: bool = False
    #: The date in the credential scope (YYYYMMDD); `date` is the moment of signing.
    scope_date: str = ""
    #: How long a presigned request is valid, in seconds as written; '' where not stated.
    expires: str = ""


@dataclass(frozen=True)
class ApiCall:
    """One HTTP request, parsed as far as every AWS protocol allows.

    `service` is the signing name (`sts`, `iam`, `s3`). `action` is the operation's
    name where the protocol states it (`CreateRole`; query and JSON protocols) and ''
    for REST protocols, where `method` and `path` say it. `params` are the decoded
    parameters of the query protocol, or the query string's for REST (of a parameter
    given twice the first; those of a presigned signature left out). `path` is decoded,
    and for S3 always path style (`/bucket/key`), also when the bucket was in the host.
    Header names are lower case.
    """

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    service: str
    region: str
    action: str
    params: Mapping[str, str]
    signed: SignedWith | None
    source_ip: str
    environ: Mapping[str, object] = field(repr=False)
    #: How the call is encoded and its reply must be: query, ec2, json, rest-json, rest-xml.
    protocol: str = "query"


@dataclass(frozen=True, slots=True)
class ApiReply:
    """What goes back: a rendered HTTP reply."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class AwsError(Exception):
    """A refusal or fault that AWS would answer with; rendered in the call's protocol.

    `reason` says in words why, for the `x-rolecall-reason` header; AWS itself tells
    callers no more than code and message, and neither does the body.
    """

    def __init__(self, code: str, message: str, status: int = 400, reason: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionGrant:
    """What temporary credentials stand for; sealed into the session token.

    `kind` is 'assumed-role', 'session-token' (GetSessionToken) or 'federated-user'.
    `session_policies` are inline documents, `session_policy_arns` managed ones; both
    None means that no session policy was passed. `mfa_at` is when MFA was given.
    `federation` are condition keys of the identity provider that last as long as the
    session (`accounts.google.com:sub`, `saml:sub`, `aws:FederatedProvider`).
    """

    kind: str
    account: str
    partition: str = "aws"
    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    issued_at: datetime
    expires_at: datetime
    role_arn: str = ""
    role_id: str = ""
    session_name: str = ""
    user_name: str = ""
    user_id: str = ""
    session_policies: tuple[str, ...] | None = None
    session_policy_arns: tuple[str, ...] | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    mfa_at: datetime | None = None
    chained: bool = False
    federation: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemporaryCredentials:
    """The credentials of one session, as STS hands them out."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str = field(repr=False)
    expiration: datetime


@dataclass(frozen=True, slots=True)
class LongLivedKey:
    """An access key of an IAM user or of the administrator of an account."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    account: str
    user_name: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed a call, after the signature was verified."""

    caller: Caller
    access_key_id: str
    session: SessionGrant | None = None

    @property
    def account(self) -> str:
        """The account whose resources the call reaches."""
        return self.caller.account
