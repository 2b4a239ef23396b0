"""The rooms that mutation testing knows: what is changed, and which tests should notice."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """Files to mutate (globs below the project), and the tests that are run against them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


#: What every call to the embedded AWS passes, and what keeps its state.
_FRONT = (
    "access_keys",
    "authenticate",
    "control",
    "directory",
    "documents",
    "front",
    "gate",
    "http_call",
    "moto_guard",
    "session_token",
    "sigv4",
    "snapshots",
)
_CERTIFICATES = ("attributes", "certificates", "create_session", "signature")
#: Sessions in files, and whoever reads, renews or checks them.
_KEEPING = (
    "cache",
    "clock",
    "guard",
    "ini_lines",
    "kept",
    "kept_files",
    "lock",
    "refreshing",
    "renew",
    "secret_files",
    "verify",
    "warm",
)

ROOMS = {
    "policy": Room(
        ("rolecall/policy/*.py", "rolecall/policy/compare/*.py"),
        ("tests/policy", "tests/conformance/evaluator"),
    ),
    "local": Room(
        (
            *(f"rolecall/local/{name}.py" for name in _FRONT),
            "rolecall/local/authorization/*.py",
            "rolecall/local/sts/*.py",
            "rolecall/local/oidc/*.py",
            "rolecall/local/saml/*.py",
            *(f"rolecall/local/roles_anywhere/{name}.py" for name in _CERTIFICATES),
            "rolecall/local/eks/auth.py",
            "rolecall/local/cognito/*.py",
            "rolecall/local/iam/*.py",
        ),
        (
            "tests/local",
            "tests/security",
            "tests/conformance/test_documented_behaviour.py",
            "tests/conformance/test_same_over_http.py",
            "tests/issuers",
        ),
    ),
    "cache": Room(
        tuple(f"rolecall/session/{name}.py" for name in _KEEPING),
        (
            "tests/session/cache",
            "tests/session/handover",
            "tests/session/choosing",
            "tests/session/test_secret_files.py",
        ),
    ),
}
