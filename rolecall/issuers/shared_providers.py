"""The issuers that IAM knows to be shared by many customers, and what a trust must evaluate.

Source: "Identity-provider controls for shared OIDC providers", IAM User Guide, its table of
OIDC URLs and required claims. An issuer that is not in it is private to IAM, whatever it is.
"""

from collections.abc import Mapping
from types import MappingProxyType

_SUB = (
    "agent.buildkite.com",
    "app.terraform.io",
    "gitlab.com",
    "oidc-configuration.audit-log.githubusercontent.com",
    "oidc.codefresh.io",
    "oidc.op1.openshiftapps.com/2c51blsaqa9gkjt0o9rt11mle8mmropu",
    "oidc.op1.openshiftapps.com/2f785sojlpb85i7402pk3qogugim5nfb",
    "proidc.upbound.io",
    "rh-oidc.s3.us-east-1.amazonaws.com/22ejnvnnturfmt6km08idd0nt4hekbn7",
    "rh-oidc.s3.us-east-1.amazonaws.com/23e3sd27sju1hoou6ohfs68vbno607tr",
    "rh-oidc.s3.us-east-1.amazonaws.com/23ne21h005qjl3n33d8dui5dlrmv2tmg",
    "rh-oidc.s3.us-east-1.amazonaws.com/24jrf12m5dj7ljlfb4ta2frhrcoadm26",
    "scalr.io",
    "studio.datachain.ai/api",
    "token.actions.githubusercontent.com",
    "tokens.cloud.shisho.dev",
    "vstoken.actions.githubusercontent.com",
)
_AUD = (
    "api.pulumi.com/oidc",
    "cognito-identity.amazonaws.com",
    # Not in the table, which is of the partition aws; the same service elsewhere.
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn",
    "cognito-identity.us-gov-east-1.amazonaws.com",
    "oidc.vercel.com",
    "sandboxes.cloud",
)

REQUIRED_KEYS: Mapping[str, str] = MappingProxyType(
    {host: f"{host}:sub" for host in _SUB}
    | {host: f"{host}:aud" for host in _AUD}
    # Microsoft Sentinel: the tenant is told by the session's name, not by a claim.
    | {"sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d": "sts:RoleSessionName"}
)
"""Host and path of each shared issuer, and the condition key that must be evaluated."""
