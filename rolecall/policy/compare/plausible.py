"""Texts that a person takes for real: tried first, so that a witness can be read.

Whatever is tried here counts only if the evaluator says of it what is wanted; a proof never
depends on it.
"""

from rolecall.policy.template import Token, Wild

_BRANCH = "ref:refs/heads/main"
_TEXTS: dict[str, tuple[str, ...]] = {
    "sts:externalid": ("tes-4f1c", "other-id"),
    "sts:rolesessionname": ("review", "alice"),
    "sts:sourceidentity": ("alice", "mallory"),
    "aws:tagkeys": ("Project", "Team"),
    "aws:principalorgid": ("o-a1b2c3d4e5", "o-z9y8x7w6v5"),
    "aws:useragent": ("aws-cli/2.17.0",),
    "aws:sourceaccount": ("444455556666", "111122223333"),
    "aws:sourcearn": ("arn:aws:lambda:eu-central-1:444455556666:function:report",),
    "aws:requestedregion": ("eu-central-1",),
    "aws:sourcevpc": ("vpc-0a1b2c3d",),
    "aws:sourcevpce": ("vpce-0a1b2c3d",),
}
_CLAIMS: dict[str, tuple[str, ...]] = {
    "aud": ("sts.amazonaws.com", "another-audience"),
    "sub": (
        f"repo:acme/infra:{_BRANCH}",
        f"repo:evil/infra:{_BRANCH}",
        "system:serviceaccount:default:app",
    ),
    "email": ("alice@example.com",),
}
_SAML: dict[str, tuple[str, ...]] = {
    "aud": ("https://signin.aws.amazon.com/saml",),
    "iss": ("https://idp.example.com/metadata",),
    "sub": ("alice@example.com",),
    "namequalifier": ("SbdGOnUkh1i4+EXAMPLExL/jEvs=",),
}
_ACCOUNTS = ("444455556666", "777788889999", "111122223333")


def texts_for(key: str) -> tuple[str, ...]:
    """Values that a key (in lower case) may well have."""
    found = _TEXTS.get(key)
    if found is not None:
        return found
    prefix, _, name = key.rpartition(":")
    if prefix == "saml":
        return _SAML.get(name, ())
    if "." in prefix and not key.startswith("aws:"):
        return _CLAIMS.get(name, ())
    return ("red", "blue") if "tag/" in key else ()


def arns_for(kind: str, account: str | None, partition: str) -> tuple[str, ...]:
    """ARNs of users or roles that an account may well have."""
    names = ("alice", "ops/bob") if kind == "user" else ("deployer", "ops/ci")
    return tuple(
        f"arn:{partition}:iam::{number}:{kind}/{name}"
        for number in ((account,) if account else _ACCOUNTS)
        for name in names
    )


def filled_in(tokens: tuple[Token, ...]) -> str:
    """A pattern with something likely in place of its wildcards."""
    text = ""
    for number, token in enumerate(tokens):
        if isinstance(token, str):
            text += token
        elif token is Wild.ANY:
            text += _likely(text, last=number == len(tokens) - 1)
        else:
            text += "x"
    return text


def _likely(before: str, *, last: bool) -> str:
    if before.startswith("repo:"):
        return _of_repository(before, last)
    if before.startswith("system:serviceaccount:"):
        inside = before.count(":") == 2
        return ("default:app" if last else "default") if inside else "app"
    if before.startswith("arn:"):
        return _of_arn(before)
    return "main" if before.endswith(("/", ":", "-")) else "-x" if before else "x"


def _of_repository(before: str, last: bool) -> str:
    if before.endswith("refs/heads/"):
        return "main"
    if before.endswith(":ref:"):
        return "refs/heads/main"
    if before.endswith(":environment:"):
        return "prd"
    if before.count(":") > 1:
        return _BRANCH if before.endswith(":") else "main"
    name = "infra" if before.endswith("/") else "-evil" if "/" in before else "-evil/infra"
    if before == "repo:":
        name = "evil/infra"
    return f"{name}:{_BRANCH}" if last else name


def _of_arn(before: str) -> str:
    colons = before.count(":")
    if colons == 4:
        return "444455556666" if before.endswith(":") else "x"
    if before.endswith("user/"):
        return "alice"
    return "deployer" if before.endswith(("role/", "/")) else "-x"
