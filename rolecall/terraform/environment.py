"""The environment variables under which `terraform` and `cdktf` find the AWS provider."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

from rolecall.files import read_regular, write_whole
from rolecall.home import rolecall_home
from rolecall.problems import Exit, Problem
from rolecall.terraform.mirror import (
    PROVIDER,
    PROVIDER_OF_OPENTOFU,
    PROVIDER_VERSION,
    find_mirror,
    link_for_opentofu,
)

REGISTRY_PROBE = "https://registry.terraform.io/.well-known/terraform.json"
PROBE_TIMEOUT_SECONDS = 5.0
DECISION_FILE = "terraform.json"
CLI_CONFIG_FILE = "terraform.rc"
OPENTOFU_MIRROR = "opentofu-mirror"


def registry_reachable() -> bool:
    """Whether Terraform's registry answers within five seconds."""
    try:
        with urllib.request.urlopen(REGISTRY_PROBE, timeout=PROBE_TIMEOUT_SECONDS) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def prepare(
    folder: Path,
    *,
    variables: Mapping[str, str] | None = None,
    reachable: Callable[[], bool] = registry_reachable,
    mirror: Callable[[], Path | None] = find_mirror,
) -> dict[str, str]:
    """Decide how the provider is installed, keep the decision in `folder`, return the variables.

    With a registry in reach nothing is changed, except that a `TF_CLI_CONFIG_FILE`
    that names a missing file is replaced by an empty one, because Terraform warns at
    every call otherwise. Without it, a mirror on the machine is used.

    Raises `Problem`: exit 8 when there is neither registry nor mirror, 1 when the folder
    cannot be written to.
    """
    variables = os.environ if variables is None else variables
    try:
        return _prepare(folder, variables, reachable, mirror)
    except OSError as error:
        raise Problem(
            f"{folder} cannot be written to, where the settings for Terraform are kept: "
            f"{error.strerror}.",
            Exit.FAILED,
        ) from None


def _prepare(
    folder: Path,
    variables: Mapping[str, str],
    reachable: Callable[[], bool],
    mirror: Callable[[], Path | None],
) -> dict[str, str]:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder.absolute() / CLI_CONFIG_FILE
    decided: dict[str, str] = {}
    if reachable():
        named = variables.get("TF_CLI_CONFIG_FILE")
        if named and (named == str(config) or not Path(named).is_file()):
            nothing = b"# Nothing to configure: Terraform's registry is in reach.\n"
            write_whole(config, nothing)
            decided["TF_CLI_CONFIG_FILE"] = str(config)
    else:
        found = mirror()
        if found is None:
            raise Problem(
                "Terraform's registry cannot be reached and no copy of the AWS provider "
                f"{PROVIDER_VERSION} is on this machine: go online, or unpack it under "
                f"~/.terraform.d/plugins/{PROVIDER}/{PROVIDER_VERSION}/ or set "
                "TF_PLUGIN_MIRROR to the folder that holds such a tree.",
                Exit.MISSING_COMPONENT,
            )
        linked = folder.absolute() / OPENTOFU_MIRROR
        link_for_opentofu(found, linked)
        write_whole(config, _mirror_configuration(found, linked).encode())
        decided = {
            "TF_CLI_CONFIG_FILE": str(config),
            # A lock for other platforms would need the registry.
            "CDKTF_SKIP_PROVIDER_LOCK": "true",
            # Neither Terraform nor cdktf should wait for their version checks.
            "CHECKPOINT_DISABLE": "1",
        }
    decision = json.dumps(decided, indent=2) + "\n"
    write_whole(folder / DECISION_FILE, decision.encode())
    return decided


def shell_environment(folder: Path | None = None) -> dict[str, str]:
    """The variables to export before `terraform` or `cdktf` runs; empty where none is needed.

    Uses the decision that `make setup` kept in the project's `.rolecall` folder, and
    makes it now if there is none.
    """
    folder = folder or rolecall_home()
    try:
        with read_regular(folder / DECISION_FILE) as file:
            kept = json.loads(file.read())
        if isinstance(kept, dict) and all(isinstance(value, str) for value in kept.values()):
            config = kept.get("TF_CLI_CONFIG_FILE")
            if config is None or Path(config).is_file():
                return dict(kept)
    except (OSError, ValueError, RecursionError):
        pass  # no decision yet, or a damaged one: make it anew
    return prepare(folder)


def _mirror_configuration(mirror: Path, for_opentofu: Path) -> str:
    # HCL's string escapes are JSON's for a path
    places = {PROVIDER: mirror.absolute(), PROVIDER_OF_OPENTOFU: for_opentofu}
    return (
        "# Written by Rolecall: Terraform's registry was out of reach.\n"
        "provider_installation {\n"
        + "".join(
            "  filesystem_mirror {\n"
            f"    path    = {json.dumps(str(path))}\n"
            f'    include = ["{provider}"]\n'
            "  }\n"
            for provider, path in places.items()
        )
        + "  direct {\n"
        f"    exclude = {json.dumps(list(places))}\n"
        "  }\n"
        "}\n"
    )
