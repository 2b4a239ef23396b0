"""Which part of Rolecall needs which packages, and what is said where one is not installed."""

from collections.abc import Mapping
from importlib.util import find_spec
from types import MappingProxyType

from rolecall.problems import Exit, Problem

#: Extra → the modules that its packages bring, as far as Rolecall imports them.
EXTRAS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        # Of several that bring a module, the last is named: cdktf where only jsii is missing.
        "cdktn": ("cdktn", "cdktn_provider_aws", "constructs", "jsii"),
        "cdktf": ("cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii"),
        "keyring": ("keyring",),
        "local": (
            *("boto3", "botocore", "joserfc", "moto", "pyotp", "signxml", "trustme"),
            *("urllib3", "waitress", "werkzeug"),
        ),
        "review": ("jinja2", "markupsafe"),
        "session": ("boto3", "botocore"),
        "testing": ("pytest",),
    }
)
_ALWAYS = ("cryptography", "lxml", "yaml")


class MissingPackage(Problem, ModuleNotFoundError):
    """A package is not installed, and which command installs it. Also a ModuleNotFoundError,
    so that whoever tries whether a part is there (`pytest.importorskip`) sees what he expects.
    """

    def __init__(self, module: str, extra: str | None) -> None:
        wanted = f"'rolecall[{extra}]'" if extra else "rolecall"
        super().__init__(
            f"{module} is not installed, and this needs it: pip install {wanted}.",
            Exit.MISSING_COMPONENT,
        )
        self.name = module


def missing_package(error: ModuleNotFoundError, extra: str | None = None) -> MissingPackage | None:
    """What to say of a failed import; None where the module is none of a part's.

    extra: the one that is meant where several bring the module.
    """
    # `moto.new` where moto is there is another fault: the wrong version.
    module = error.name or ""
    if module in _ALWAYS:
        return MissingPackage(module, None)
    bringing = [name for name, modules in EXTRAS.items() if module in modules]
    if not bringing:
        return None
    # "session" is the smallest that brings boto3.
    return MissingPackage(module, extra if extra in bringing else bringing[-1])


def need(extra: str) -> None:
    """Raise `MissingPackage` unless the packages of a part are there; loads none of them."""
    for module in EXTRAS[extra]:
        if find_spec(module) is None:
            raise MissingPackage(module, extra)
