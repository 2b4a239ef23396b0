"""Loading the AWS provider bindings in less than a second instead of about fifteen.

Three cuts, each of which falls back to the stock way when the bindings or jsii change their
layout (a debug-level note says so):

1. Python: the body of the bindings' `__init__.py` imports 1,500 modules. It is
   registered with its real spec and path but not executed; a submodule is imported when
   somebody asks for it (PEP 562).
2. Node: `_lazy_modules.cjs` makes jsii's Node process take the provider's lazy index, and
   leave cdktf's zip library until it is needed. That process does not read the certificates
   of `NODE_EXTRA_CA_CERTS` either (50 ms): it writes files. What it starts gets the variable.
3. jsii: `_one_node.py` spares the Node process between Python and that one, which loads its
   half of the bindings while Python loads the other.

`ROLECALL_STOCK_IMPORT=1` switches all of them off; the benchmark compares the two. Beside them,
jsii keeps unpacked packages in a cache of its own (`JSII_RUNTIME_PACKAGE_CACHE`, on by
default), so only the first run on a machine unpacks the provider's 34 MB.
"""

import importlib
import importlib.machinery
import importlib.util
import logging
import os
import pkgutil
import sys
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from rolecall_cdktf._assemblies import assemblies
from rolecall_cdktf._node_process import ahead

STOCK = "ROLECALL_STOCK_IMPORT"
_CERTIFICATES = "NODE_EXTRA_CA_CERTS"
_KEPT_CERTIFICATES = f"ROLECALL_{_CERTIFICATES}"
_NODE_HOOK = Path(__file__).with_name("_lazy_modules.cjs")
# What a submodule must do for itself when the package's body does not run.
_LOADS_ITS_ASSEMBLY = "from .._jsii import *"
_PROBE = "iam_role"
log = logging.getLogger(__name__)


def stock(environ: MutableMapping[str, str]) -> bool:
    """Whether the stock import was asked for."""
    return environ.get(STOCK) == "1"


def prepare(provider: str, environ: MutableMapping[str, str] = os.environ) -> None:
    """Take the first cut, and silence jsii's banner about Node's end of life."""
    # jsii before 1.130 takes any value, later ones a list of major versions.
    environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "1,18,19,20,21,22,23,24")
    if stock(environ):
        return
    if fault := skip_package_body(provider):
        log.debug("The stock import of %s is used: %s", provider, fault)


def start_node(packages: Sequence[str], environ: MutableMapping[str, str] = os.environ) -> None:
    """Take the second and the third cut: Node loads what the packages will ask for.

    To be called before the packages are imported. Where jsii is loaded already, or differs
    from what is known, Node is started when jsii asks for it.
    """
    if stock(environ):
        return
    node = None
    if "jsii" not in sys.modules:
        try:
            with node_hook(environ):
                node = ahead(tuple(assemblies(packages)))
        except OSError as error:
            log.debug("Node is started when it is needed: %s", error)
    try:
        from rolecall_cdktf._one_node import use_one_node

        use_one_node(node)
    except (ImportError, AttributeError) as error:
        log.debug("jsii's two Node processes are used: %s", error)
        if node is not None:
            node.end()


def skip_package_body(name: str) -> str | None:
    """Register a package without running its body; the reason where that is not safe."""
    if name in sys.modules:
        return "it is imported already"
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None or not spec.submodule_search_locations:
        return "it is not an installed package"
    probe = Path(spec.origin).with_name(_PROBE) / "__init__.py"
    try:
        with probe.open(encoding="utf-8") as file:
            head = file.read(16_384)
    except OSError:
        return f"it has no {_PROBE} package"
    if _LOADS_ITS_ASSEMBLY not in head:
        return "its submodules rely on the body of the package"
    module = importlib.util.module_from_spec(spec)
    _import_on_demand(module, name)
    sys.modules[name] = module
    return None


def restore_package_body(name: str) -> bool:
    """Undo the first cut, so that the next import is the stock one; False if it was not made."""
    module = sys.modules.get(name)
    if module is None or not hasattr(module, "__rolecall_on_demand__"):
        return False
    for loaded in [key for key in sys.modules if key == name or key.startswith(name + ".")]:
        del sys.modules[loaded]
    return True


def _import_on_demand(module: ModuleType, name: str) -> None:
    def __getattr__(attribute: str) -> ModuleType:  # noqa: N807
        full = f"{name}.{attribute}"
        if attribute.startswith("__") or importlib.util.find_spec(full) is None:
            raise AttributeError(f"module {name!r} has no attribute {attribute!r}")
        return importlib.import_module(full)

    def __dir__() -> list[str]:  # noqa: N807
        return sorted(
            {*vars(module), *(found.name for found in pkgutil.iter_modules(module.__path__))}
        )

    vars(module).update(__getattr__=__getattr__, __dir__=__dir__, __rolecall_on_demand__=True)


@contextmanager
def node_hook(environ: MutableMapping[str, str] = os.environ) -> Iterator[None]:
    """Take the second cut for the Node process that starts inside this block.

    The variables are put back afterwards: other Node programs that the app starts have no
    use for the hook.
    """
    before = environ.get("NODE_OPTIONS")
    certificates = environ.get(_CERTIFICATES)
    if stock(environ) or not _NODE_HOOK.is_file():
        if not stock(environ):
            log.debug("The provider's eager index is used: %s is missing", _NODE_HOOK.name)
        yield
        return
    # NODE_OPTIONS is split at spaces; in double quotes a backslash escapes.
    quoted = str(_NODE_HOOK).replace("\\", "\\\\").replace('"', '\\"')
    environ["NODE_OPTIONS"] = (
        f'{before} --require "{quoted}"'.strip() if before else (f'--require "{quoted}"')
    )
    if certificates:
        # The hook gives it back to those that Node starts.
        environ[_KEPT_CERTIFICATES] = environ.pop(_CERTIFICATES)
    try:
        yield
    finally:
        if certificates:
            environ[_CERTIFICATES] = environ.pop(_KEPT_CERTIFICATES, certificates)
        if before is None:
            environ.pop("NODE_OPTIONS", None)
        else:
            environ["NODE_OPTIONS"] = before
