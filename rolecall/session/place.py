"""Where a session is kept: in the AWS CLI's folder, in Rolecall's own, or nowhere.

The CLI's folder is shared only where both would keep the very same session under a name:
its names say nothing of the endpoint, or of who asked. Everything else goes into a folder
of ours, whose names are made of all of it.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.home import below_home
from rolecall.session.asker import Asker
from rolecall.session.assume import AssumeRoleRequest
from rolecall.session.assumed_role import DEFAULT_DURATION_SECONDS, RoleRequest
from rolecall.session.aws_cli_cache import cache_key, parameters_of_profile
from rolecall.session.aws_files import AwsFiles
from rolecall.session.saml import SamlRequest
from rolecall.session.web_identity import WebIdentityRequest

#: Regions that every account has. In others, sessions of the global STS endpoint, which
#: other tools may keep in the shared folder, do not work ("Manage AWS STS in an AWS
#: Region", IAM user guide).
_REGIONS_OF_ALL = frozenset(
    {
        *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1"),
        *("ap-southeast-1", "ap-southeast-2", "ca-central-1", "sa-east-1"),
        *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2"),
        *("cn-north-1", "cn-northwest-1", "us-gov-east-1", "us-gov-west-1"),
    }
)
_Candidates = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A file that may hold the session of one request.

    name: of the lock, and of the session as another's source.
    lifetime_seconds: what is asked for.
    of_aws: whether AWS itself is asked; a session of the embedded AWS has no place there.
    newer_than: files that say who asks; a session kept before they changed may be of
        somebody else.
    """

    file: Path
    lock: Path
    role_arn: str
    lifetime_seconds: int
    of_aws: bool = True
    newer_than: tuple[Path, ...] = ()

    @property
    def name(self) -> str:
        """Tells it from every other place."""
        return self.lock.stem


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders: ours, readable by its owner alone, and the AWS CLI's."""

    ours: Path
    shared: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Folders":
        """`$XDG_CACHE_HOME/rolecall`, else `~/.cache/rolecall` (XDG Base Directory
        Specification), and `~/.aws/cli/cache`, which no variable moves."""
        cache = environ.get("XDG_CACHE_HOME", "")
        base = Path(cache) if os.path.isabs(cache) else _at_home("~/.cache")  # noqa: PTH117
        return cls(ours=base / "rolecall", shared=_at_home("~/.aws/cli/cache"))

    @property
    def sessions(self) -> Path:
        """Sessions that are not shared."""
        return self.ours / "sessions"

    @property
    def locks(self) -> Path:
        """Empty files, a lock each."""
        return self.ours / "locks"

    @property
    def ready(self) -> Path:
        """Answers for `credential_process`, as they are printed."""
        return self.ours / "ready"


def _at_home(path: str) -> Path:
    # With a HOME that is relative sessions would be kept in whatever folder this is.
    found = below_home(path)
    return found if found.is_absolute() else Path(os.devnull) / found


def place_of(
    request: RoleRequest,
    asker: Asker,
    folders: Folders,
    files: AwsFiles,
    *,
    region: str,
    name_given: bool = True,
) -> Place | None:
    """Where the session of a request is kept; None where it is not to be kept.

    name_given: whether somebody wants the session to have its name; otherwise one that
        the CLI made up will do.
    """
    if asker.identity is None:
        return None
    lifetime = int(getattr(request, "duration_seconds", DEFAULT_DURATION_SECONDS))
    key = _shared_key(request, asker, region, name_given)
    if key is not None:
        return Place(
            file=folders.shared / f"{key}.json",
            lock=folders.locks / f"aws-cli-{key}.lock",
            role_arn=request.role_arn,
            lifetime_seconds=lifetime,
            newer_than=(files.config, files.credentials),
        )
    parameters = _parameters(request)
    if parameters is None:
        return None
    wish = {
        "operation": request.operation,
        "parameters": parameters,
        "endpoint": asker.endpoint or "aws",
        "asker": asker.identity,
    }
    text = json.dumps(wish, sort_keys=True)
    key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return Place(
        file=folders.sessions / f"{key}.json",
        lock=folders.locks / f"{key}.lock",
        role_arn=request.role_arn,
        lifetime_seconds=lifetime,
        of_aws=asker.endpoint is None,
    )


def _parameters(request: RoleRequest) -> dict[str, Any] | None:
    """What is asked for, without the proofs: reading those may wait for a person."""
    if isinstance(request, AssumeRoleRequest):
        parameters: dict[str, Any] = {
            "RoleArn": request.role_arn,
            "RoleSessionName": request.session_name,
            "DurationSeconds": request.duration_seconds,
            "ExternalId": request.external_id,
            "SourceIdentity": request.source_identity,
            "Tags": dict(request.tags),
            "TransitiveTagKeys": sorted(request.transitive_tag_keys),
            "SerialNumber": None if request.mfa is None else request.mfa.serial,
        }
    elif isinstance(request, WebIdentityRequest):
        parameters = {
            "RoleArn": request.role_arn,
            "RoleSessionName": request.session_name,
            "DurationSeconds": request.duration_seconds,
        }
    elif isinstance(request, SamlRequest):
        parameters = {"RoleArn": request.role_arn, "DurationSeconds": request.duration_seconds}
    else:
        return None
    return {**parameters, **request.narrowing.parameters()}


def _shared_key(request: RoleRequest, asker: Asker, region: str, name_given: bool) -> str | None:
    """The file's name in the CLI's folder, if a profile leads the CLI to the same session."""
    if asker.endpoint is not None or not asker.usual_files or region not in _REGIONS_OF_ALL:
        return None
    for parameters in _candidates(request, name_given):
        key = cache_key(parameters)
        alike = [
            profile
            for profile in asker.profiles.values()
            if (own := parameters_of_profile(profile)) is not None and cache_key(own) == key
        ]
        if alike:
            return key if all(_same_asker(profile, asker) for profile in alike) else None
    return None


def _candidates(request: RoleRequest, name_given: bool) -> _Candidates:
    """What the CLI would ask for and mean the same; nothing where it has no words for it.

    A profile with fewer settings is the more usual one.
    """
    seconds = int(getattr(request, "duration_seconds", 0))
    name = getattr(request, "session_name", None)
    usual = seconds == DEFAULT_DURATION_SECONDS
    parameters: dict[str, Any] = {"RoleArn": request.role_arn}
    if isinstance(request, AssumeRoleRequest):
        if request.tags or request.source_identity or request.transitive_tag_keys:
            return []
        if request.narrowing.parameters():
            return []
        if request.external_id is not None:
            parameters["ExternalId"] = request.external_id
        if request.mfa is not None:
            parameters["SerialNumber"] = request.mfa.serial
        lengths: _Candidates = [{}, {"DurationSeconds": seconds}] if usual else []
        lengths = lengths or [{"DurationSeconds": seconds}]
    elif isinstance(request, WebIdentityRequest):
        if not usual or request.narrowing.parameters():
            return []
        lengths = [{}]
    else:
        return []
    names: _Candidates = [{"RoleSessionName": name}]
    if not name_given:
        names.insert(0, {})
    return [{**parameters, **one, **length} for one in names for length in lengths]


def _same_asker(profile: Mapping[str, Any], asker: Asker) -> bool:
    """Whether a profile starts from the very credentials that ask, at AWS's own endpoint.

    `credential_source` never does: the keys of an environment variable, for one, are
    anybody's.
    """
    if "endpoint_url" in profile or "services" in profile:
        return False
    token = profile.get("web_identity_token_file")
    if token is not None:
        return asker.token_file is not None and Path(str(token)) == asker.token_file
    return (
        asker.profile is not None
        and profile.get("source_profile") == asker.profile
        and "credential_source" not in profile
    )
