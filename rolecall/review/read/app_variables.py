"""Which environment variables the app of another revision does not get."""

import re

# To make the stacks no app needs a credential, and a revision may be a stranger's.
_SECRET_NAME = re.compile(
    r"^(?:AWS|TF_VAR|TF_TOKEN|VAULT|ACTIONS|PULUMI|DOCKER|KUBE|GPG|SSH|GIT)_"
    r"|^GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$|^KUBECONFIG$|^NETRC$"
    r"|TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|PRIVATE|COOKIE|JWT|_AUTH|AUTH_"
    r"|(?:^|_)(?:API|ACCESS|SIGNING|ENCRYPTION|DEPLOY)?_?KEY(?:_|$)|APIKEY|(?:^|_)(?:PAT|PASS|PWD|DSN)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"://[^/\s:@]*:[^/\s@]+@|(?:AKIA|ASIA)[A-Z2-7]{16}|gh[a-z]_[A-Za-z0-9]{20}|github_pat_|glpat-"
    r"|-----BEGIN|eyJ[\w-]+\.eyJ"
)
_HARMLESS_VARIABLES = frozenset(("AWS_REGION", "AWS_DEFAULT_REGION", "PWD", "OLDPWD"))


def is_secret(name: str, value: str) -> bool:
    """Whether a variable may be a credential, or may steer the steps of a job that come after."""
    if name in _HARMLESS_VARIABLES:
        return False
    return bool(_SECRET_NAME.search(name) or _SECRET_VALUE.search(value))
