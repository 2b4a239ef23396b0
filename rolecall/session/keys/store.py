"""The system's own key store: Secret Service, KWallet, macOS Keychain, Windows.

Nothing else is taken for one. The `keyring` library knows backends that keep nothing, fail,
or write plain files, and its settings may name any; those are refused, and there is no file
to fall back on.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rolecall.policy.errors import printable
from rolecall.problems import Exit, Problem

#: The backends of `keyring` that are a system's key store.
_SYSTEMS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
_CHAINER = "keyring.backends.chainer.ChainerBackend"


def system_store() -> Any:
    """The backend of `keyring` that is this system's key store.

    Raises `Problem` with exit 8 where there is none, and how to get one.
    """
    try:
        import keyring
    except ImportError:
        raise Problem(
            "keys in the system's key store need the package keyring: "
            "pip install 'rolecall[keyring]'.",
            Exit.MISSING_COMPONENT,
        ) from None
    try:
        found: Any = keyring.get_keyring()
        # A chain of all that there are: only the system's own of them is asked.
        candidates = list(found.backends) if name_of(found) == _CHAINER else [found]
    except Exception as error:
        # Settings of keyring (PYTHON_KEYRING_BACKEND, keyringrc.cfg) name any code at all.
        raise _none(f"its settings fail ({type(error).__name__})") from None
    for backend in candidates:
        if name_of(backend) in _SYSTEMS:
            return backend
    raise _none(f"what it found is {printable(name_of(found))}")


def name_of(backend: Any) -> str:
    """The backend's class by its whole name."""
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


@contextmanager
def failures_of_the_store() -> Iterator[None]:
    """Turn what a key store raises into a `Problem`. Its texts are not repeated."""
    from keyring.errors import InitError, KeyringLocked

    try:
        yield
    except Problem:
        raise
    except (KeyringLocked, InitError):
        raise Problem(
            "the system's key store is locked, and was not unlocked: unlock it (on a machine "
            "without a screen: gnome-keyring-daemon --unlock) and try again.",
            Exit.FAILED,
        ) from None
    except Exception as error:
        raise Problem(
            f"the system's key store does not do it ({type(error).__name__}): see whether it "
            "runs and is unlocked, and try again.",
            Exit.FAILED,
        ) from None


def _none(found: str) -> Problem:
    if sys.platform == "linux":
        how = (
            "install GNOME Keyring or KWallet (sudo apt-get install gnome-keyring dbus) and work "
            "in a login that has D-Bus (dbus-run-session gives one)"
        )
    elif sys.platform == "darwin":
        how = "unset PYTHON_KEYRING_BACKEND and take default-keyring out of keyringrc.cfg"
    else:
        how = "keys can be kept on Linux (Secret Service, KWallet), macOS and Windows"
    return Problem(
        f"there is no key store of the system, and keys are not kept in files; {found}: {how}.",
        Exit.MISSING_COMPONENT,
    )
