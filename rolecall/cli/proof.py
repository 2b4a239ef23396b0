"""Who asks for a role: the options of `rolecall assume` that say so, as a request to STS."""

import argparse
import getpass
import os
import re
from pathlib import Path

from rolecall.cli.shell import say
from rolecall.policy import Arn, PolicyError
from rolecall.policy.errors import quoted
from rolecall.problems import Problem
from rolecall.session import (
    AssertionFile,
    AssertionFromStdin,
    AssumeRoleRequest,
    GitHubToken,
    Mfa,
    Narrowing,
    RoleRequest,
    SamlRequest,
    TokenFile,
    WebIdentityRequest,
    pod_identity,
)
from rolecall.session.choose import ChosenRole
from rolecall.session.mfa import code_of_process, typed_code
from rolecall.session.pod import ROLE_VARIABLE, SESSION_NAME_VARIABLE, TOKEN_VARIABLE
from rolecall.session.tokens import TokenSource

_LARGEST_POLICY_FILE = 100_000

#: Options that only a signed AssumeRole knows, and where the same is said otherwise.
#: Source: AWS STS API reference, the parameters of the three calls.
_NOT_WITH_A_TOKEN = {
    "external_id": "an external ID is no part of that call; the trust policy tests the token",
    "source_identity": "it stands in the token's claim https://aws.amazon.com/source_identity",
    "tag": "session tags stand in the token's claim https://aws.amazon.com/tags",
    "transitive_tag": "session tags stand in the token's claim https://aws.amazon.com/tags",
    "mfa_serial": "that call has no MFA; the issuer asks for a second factor where it wants one",
    "mfa_process": "that call has no MFA; the issuer asks for a second factor where it wants one",
    "profile": "that call is not signed, so no profile's credentials are used",
}
_NOT_WITH_SAML = {
    **_NOT_WITH_A_TOKEN,
    "external_id": "an external ID is no part of that call; the trust policy tests the response",
    "source_identity": (
        "it stands in the attribute https://aws.amazon.com/SAML/Attributes/SourceIdentity"
    ),
    "tag": (
        "session tags stand in the attributes "
        "https://aws.amazon.com/SAML/Attributes/PrincipalTag:<key>"
    ),
    "transitive_tag": (
        "they stand in the attribute https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"
    ),
    "session_name": (
        "it stands in the attribute https://aws.amazon.com/SAML/Attributes/RoleSessionName"
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    signed = parser.add_argument_group("with AWS credentials (AssumeRole)")
    signed.add_argument("--profile", help="the AWS profile to start from")
    external_id = signed.add_mutually_exclusive_group()
    external_id.add_argument("--external-id", help="default: the environment's")
    external_id.add_argument(
        "--no-external-id", action="store_true", help="send none, not even the environment's"
    )
    signed.add_argument("--source-identity", help="sticks to every session that follows")
    signed.add_argument(
        "--tag",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a session tag; may be given several times",
    )
    signed.add_argument(
        "--transitive-tag",
        action="append",
        default=[],
        metavar="KEY",
        help="a tag that goes on to sessions assumed from this one",
    )
    signed.add_argument("--mfa-serial", metavar="ARN", help="the MFA device; its code is asked for")
    signed.add_argument(
        "--mfa-process", metavar="COMMAND", help="prints the code, instead of being asked for it"
    )

    proofs = parser.add_argument_group("with a proof of somebody else (no AWS credentials)")
    proof = proofs.add_mutually_exclusive_group()
    proof.add_argument(
        "--web-identity-token-file",
        type=Path,
        metavar="FILE",
        help="a file that holds an OpenID Connect token (AssumeRoleWithWebIdentity)",
    )
    proof.add_argument(
        "--github-token",
        action="store_true",
        help="the token of this GitHub Actions job (needs `permissions: id-token: write`)",
    )
    proof.add_argument(
        "--saml-assertion",
        metavar="FILE|-",
        help="a file, or - for stdin, with the SAML response (AssumeRoleWithSAML)",
    )
    proofs.add_argument("--audience", help="of the GitHub token (default sts.amazonaws.com)")
    proofs.add_argument(
        "--saml-provider",
        metavar="NAME|ARN",
        help="default: the one that the response offers with the role",
    )

    limits = parser.add_argument_group("to be allowed less than the role")
    limits.add_argument("--policy", type=Path, metavar="FILE", help="a session policy, as JSON")
    limits.add_argument(
        "--policy-arn",
        action="append",
        default=[],
        metavar="ARN",
        help="a managed policy as session policy; may be given several times",
    )


def request_for(args: argparse.Namespace, chosen: ChosenRole) -> RoleRequest:
    """The request for a role that the options and the environment variables make up.

    Raises `Problem` for options that do not go together, with the reason.
    """
    wanted = chosen.role_arn
    if args.audience is not None and not args.github_token:
        raise Problem("--audience goes with --github-token: other tokens have theirs already.")
    if args.saml_provider is not None and args.saml_assertion is None:
        raise Problem("--saml-provider goes with --saml-assertion.")
    if args.saml_assertion is not None:
        _refuse(args, _NOT_WITH_SAML, "--saml-assertion")
        name = args.saml_assertion
        return SamlRequest(
            role_arn=wanted,
            assertion=AssertionFromStdin() if name == "-" else AssertionFile(Path(name)),
            provider=args.saml_provider,
            duration_seconds=chosen.duration_seconds,
            narrowing=_narrowing(args),
        )
    if args.web_identity_token_file is not None:
        _refuse(args, _NOT_WITH_A_TOKEN, "--web-identity-token-file")
        named = os.environ.get(SESSION_NAME_VARIABLE) or default_session_name()
        return _web_identity(args, chosen, TokenFile(args.web_identity_token_file), named)
    if args.github_token:
        _refuse(args, _NOT_WITH_A_TOKEN, "--github-token")
        token = GitHubToken.of_job(os.environ, args.audience)
        return _web_identity(args, chosen, token, _job_name())
    pod = pod_identity(args.profile)
    if pod is not None and (pod.role_arn is None or _same_role(pod.role_arn, wanted)):
        _refuse(args, _NOT_WITH_A_TOKEN, TOKEN_VARIABLE)
        named = pod.session_name or default_session_name()
        return _web_identity(args, chosen, pod.token, named, pod.role_arn)
    if pod is not None:
        say(
            f"{ROLE_VARIABLE} is {quoted(pod.role_arn)}: becoming that first, and {wanted} from "
            f'there. (The token itself: --web-identity-token-file "${TOKEN_VARIABLE}")'
        )
    return _signed(args, chosen)


def chained_request(args: argparse.Namespace, chosen: ChosenRole) -> AssumeRoleRequest:
    """The request for a role by another role's session; who that is was proved before.

    The source identity stays of itself, and so does having presented a code.
    """
    return _signed(_with(args, source_identity=None, mfa_serial=None, mfa_process=None), chosen)


def first_link(args: argparse.Namespace, environment: str, role: str) -> argparse.Namespace:
    """The arguments for a role on the way: who asks is the same, what is asked for is not."""
    return _with(
        args,
        environment=environment,
        role=role,
        path=None,
        account=None,
        region=None,
        duration=None,
        external_id=None,
        no_external_id=False,
        tag=[],
        transitive_tag=[],
        policy=None,
        policy_arn=[],
        via=[],
    )


def default_session_name() -> str:
    """The login name, in the characters that a role session name may have."""
    try:
        login = getpass.getuser()
    except (OSError, KeyError):
        login = "rolecall"
    return _as_session_name(login)


def parse_tags(words: list[str]) -> dict[str, str]:
    """`KEY=VALUE` words as a mapping; a key that comes twice is refused."""
    tags: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise Problem(f"--tag {word!r} is not KEY=VALUE: write for example --tag team=payments")
        if key.lower() in {known.lower() for known in tags}:
            raise Problem(f"--tag {key!r} is given twice (keys are compared ignoring case)")
        tags[key] = value
    return tags


def _signed(args: argparse.Namespace, chosen: ChosenRole) -> AssumeRoleRequest:
    return AssumeRoleRequest(
        role_arn=chosen.role_arn,
        session_name=default_session_name() if args.session_name is None else args.session_name,
        duration_seconds=chosen.duration_seconds,
        external_id=chosen.external_id,
        source_identity=args.source_identity,
        tags=parse_tags(args.tag),
        transitive_tag_keys=tuple(args.transitive_tag),
        mfa=_mfa(args),
        narrowing=_narrowing(args),
    )


def _web_identity(
    args: argparse.Namespace,
    chosen: ChosenRole,
    token: TokenSource,
    session_name: str,
    stated_arn: str | None = None,
) -> WebIdentityRequest:
    return WebIdentityRequest(
        # As the pod states it: it knows the role's path.
        role_arn=stated_arn or chosen.role_arn,
        session_name=session_name if args.session_name is None else args.session_name,
        token=token,
        duration_seconds=chosen.duration_seconds,
        narrowing=_narrowing(args),
    )


def _with(args: argparse.Namespace, **other: object) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(args), **other})


def _refuse(args: argparse.Namespace, reasons: dict[str, str], proof: str) -> None:
    for option, reason in reasons.items():
        if getattr(args, option) not in (None, []):
            raise Problem(
                f"--{option.replace('_', '-')} does not go with {proof}: {reason}. Leave it out."
            )


def _same_role(stated: str, wanted: str) -> bool:
    """Whether both are one role. Its path does not count: names are unique in an account."""
    try:
        one, other = Arn.parse(stated), Arn.parse(wanted)
    except PolicyError:
        return False
    same_name = one.resource.rpartition("/")[2] == other.resource.rpartition("/")[2]
    is_role = one.service == "iam" and one.resource.startswith("role/")
    return (
        is_role and same_name and (one.partition, one.account) == (other.partition, other.account)
    )


def _mfa(args: argparse.Namespace) -> Mfa | None:
    if args.mfa_serial is None:
        if args.mfa_process is not None:
            raise Problem("--mfa-process needs --mfa-serial: which device the code is of.")
        return None
    process = args.mfa_process
    ask = typed_code(args.mfa_serial) if process is None else code_of_process(process)
    return Mfa(args.mfa_serial, ask)


def _narrowing(args: argparse.Namespace) -> Narrowing:
    if args.policy is None:
        return Narrowing(policy_arns=tuple(args.policy_arn))
    try:
        with args.policy.open("rb") as file:
            text = file.read(_LARGEST_POLICY_FILE).decode("utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is no text file in UTF-8"
        raise Problem(f"--policy {str(args.policy)!r} cannot be read: {reason}.") from None
    return Narrowing(policy=text.strip(), policy_arns=tuple(args.policy_arn))


def _job_name() -> str:
    """The run of a GitHub Actions job, so that CloudTrail leads to its log."""
    return _as_session_name(f"GitHubActions-{os.environ.get('GITHUB_RUN_ID', '')}".rstrip("-"))


def _as_session_name(text: str) -> str:
    name = re.sub(r"[^\w+=,.@-]", "-", text, flags=re.ASCII)[:64]
    return name if len(name) >= 2 else "rolecall"
