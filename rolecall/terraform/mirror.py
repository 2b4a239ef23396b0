"""Finding a copy of the AWS provider that is already on the machine."""

import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from rolecall.home import below_home

PROVIDER = "registry.terraform.io/hashicorp/aws"
#: The same binary under the name that OpenTofu completes `aws` to.
PROVIDER_OF_OPENTOFU = "registry.opentofu.org/hashicorp/aws"
PROVIDER_VERSION = "5.100.0"

#: Where administrators unpack such trees; searched only a few levels deep.
SYSTEM_ROOTS = (
    Path("/opt"),
    Path("/usr/local"),
    Path("/usr/share"),
    Path("/var/lib"),
    Path("/srv"),
)
SEARCH_DEPTH = 3


def find_mirror(
    variables: Mapping[str, str] | None = None,
    home: Path | None = None,
    roots: tuple[Path, ...] = SYSTEM_ROOTS,
) -> Path | None:
    """The folder to name in `filesystem_mirror`, or None where there is no usable copy.

    Looked at in this order: `TF_PLUGIN_MIRROR`, Terraform's implied mirror folders
    (its page "CLI configuration", "Implied local mirror directories"), then a
    `registry.terraform.io/hashicorp/aws` tree below the usual system roots. Only a
    folder that has the very version the bindings were made for, for this platform,
    counts.
    """
    variables = os.environ if variables is None else variables
    for candidate in _candidates(variables, home or below_home("~"), roots):
        if holds_provider(candidate):
            return candidate
    return None


def holds_provider(mirror: Path) -> bool:
    """Whether the mirror has the provider, unpacked or packed, for this platform."""
    provider = mirror / PROVIDER
    target = _platform()
    unpacked = provider / PROVIDER_VERSION / target
    packed = provider / f"terraform-provider-aws_{PROVIDER_VERSION}_{target}.zip"
    try:
        return packed.is_file() or (unpacked.is_dir() and any(unpacked.iterdir()))
    except OSError:
        return False


def link_for_opentofu(mirror: Path, folder: Path) -> None:
    """Make `folder` a mirror of the same provider for OpenTofu, whose registry has another name.

    Each version is linked, unpacked or packed; what the folder held before is left where it
    still is right, and replaced where it is not.
    """
    source, target = (mirror / PROVIDER).absolute(), folder / PROVIDER_OF_OPENTOFU
    links = [
        path.relative_to(source)
        for pattern in (f"{PROVIDER_VERSION}/*", f"*_{PROVIDER_VERSION}_*.zip")
        for path in source.glob(pattern)
    ]
    for name in links:
        link = target / name
        if link.is_symlink():
            if link.readlink() == source / name:
                continue
            link.unlink(missing_ok=True)
        link.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):  # another Rolecall was quicker
            link.symlink_to(source / name)


def _candidates(
    variables: Mapping[str, str], home: Path, roots: tuple[Path, ...]
) -> Iterator[Path]:
    if named := variables.get("TF_PLUGIN_MIRROR"):
        yield Path(named)
    yield Path("terraform.d/plugins").absolute()
    yield home / ".terraform.d/plugins"
    data_home = variables.get("XDG_DATA_HOME") or str(home / ".local/share")
    data_dirs = variables.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for data in (data_home, *data_dirs.split(":")):
        yield Path(data) / "terraform/plugins"
    yield home / "Library/Application Support/io.terraform/plugins"
    for root in roots:
        yield from _trees_below(root, SEARCH_DEPTH)


def _trees_below(folder: Path, depth: int) -> Iterator[Path]:
    if (folder / PROVIDER).is_dir():
        yield folder
    if depth == 0:
        return
    try:
        children = sorted(child for child in folder.iterdir() if child.is_dir())
    except OSError:
        return
    for child in children:
        if not child.is_symlink():
            yield from _trees_below(child, depth - 1)


def _platform() -> str:
    machine = platform.machine().lower()
    architecture = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    return f"{platform.system().lower()}_{architecture}"
