"""Names of a package that are loaded when they are asked for (PEP 562)."""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module


def names_of(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """The `__getattr__` of a package; `homes` says which of its modules has a name."""

    def find(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f"{package}.{home}")
        # All of the module's names at once: loading it made its own name a name of the
        # package, which would otherwise hide a function that is called like its module.
        for each, of in homes.items():
            if of == home:
                setattr(sys.modules[package], each, getattr(module, each))
        return getattr(module, name)

    return find
