"""Faults planted on purpose: the oracle of each target has to see its own, by the kept inputs.

An oracle that sees nothing passes every run.
"""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def _nothing(*_arguments: Any, **_options: Any) -> None:
    return None


def _always(*_arguments: Any, **_options: Any) -> bool:
    return True


def _without_denies(authorizer: Any, request: Any) -> Any:
    from rolecall.policy import Decision, Reason, Verdict

    allowed = authorizer._refusal(request) is None
    verdict = Verdict.ALLOW if allowed else Verdict.IMPLICIT_DENY
    return Decision(verdict, lambda _request, _verdict: Reason("none", note="planted"), request)


def _unverified(message: Any, _metadata: Any) -> Any:
    return message.assertion


def _empty_comparison(*_arguments: Any, **_options: Any) -> Any:
    from rolecall.policy.compare import Comparison

    return Comparison((), (), ())


#: target -> what is broken: module, name inside of it, what stands there instead.
FAULTS: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "policies": ("rolecall.policy.evaluate", "Authorizer.decide", _without_denies),
    "tokens": ("rolecall.local.oidc.identity", "check_signature", _nothing),
    "token_claims": ("rolecall.local.oidc.identity", "check_times", _nothing),
    "key_sets": ("rolecall.local.oidc.jwks", "SigningKey.signed", _always),
    "assertions": ("rolecall.local.saml.verify", "_signed", _unverified),
    "metadata": ("rolecall.issuers.saml_metadata", "_signing_certificates", lambda _role: ()),
    "http_calls": ("rolecall.local.sigv4", "verify", _nothing),
    "trust_reference": (
        "rolecall.policy.compiled_condition", "_for_all", lambda _key, _one: _always
    ),
    "comparisons": (
        "scripts.hardening.fuzz_targets.comparisons", "compare", _empty_comparison
    ),
    "matching": ("rolecall.policy.value_tests", "glob", lambda _tokens: _always),
    "profiles": ("rolecall.session.profile", "Profile.__post_init__", _nothing),
    "plans": (
        "scripts.hardening.fuzz_targets.plans", "to_text", lambda _report: "\x1b[31m"
    ),
    "sealed": ("rolecall.local.streaming", "_compare", _nothing),
    "texts": ("rolecall.policy.arn", "Arn.__str__", lambda _arn: "arn"),
}  # fmt: skip

#: Where something else would catch the first one.
ALSO: dict[str, tuple[str, str, Callable[..., Any]]] = {
    "profiles": ("rolecall.session.profile", "_Side._check_result", _nothing)
}


@contextmanager
def planted(module: str, path: str, fault: Callable[..., Any]) -> Iterator[None]:
    """The fault is there, for a while."""
    holder: Any = importlib.import_module(module)
    *way, name = path.split(".")
    for step in way:
        holder = getattr(holder, step)
    before = vars(holder)[name]
    setattr(holder, name, fault)
    try:
        yield
    finally:
        setattr(holder, name, before)


def blind(targets: Iterable[str], folders: Sequence[Path]) -> list[str]:
    """Those of the targets that none of the inputs makes see their fault."""
    found = []
    for name in targets:
        target = importlib.import_module(f"scripts.hardening.fuzz_targets.{name}")
        target.check(b"")
        paths = [path for folder in folders for path in sorted((folder / name).glob("*"))]
        with planted(*FAULTS[name]), planted(*ALSO.get(name, FAULTS[name])):
            if not any(_raises(target, path.read_bytes()) for path in paths):
                found.append(name)
    return found


def _raises(target: Any, data: bytes) -> bool:
    try:
        target.check(data)
    except Exception:
        return True
    return False
