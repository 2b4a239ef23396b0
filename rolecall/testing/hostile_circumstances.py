"""Attempts in other circumstances: without the external ID, without MFA, with more tags."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from rolecall.policy import IamUser
from rolecall.testing.callers import Caller, Service, Signed
from rolecall.testing.near import near

#: Longer than any session with MFA lasts (GetSessionToken: 36 hours).
_OLD = 37 * 3600
_ELSEWHERE = ("198.51.100.9", "192.0.2.9", "2001:db8:ffff::9")
_AGES = timedelta(days=3653)


def of_circumstances(caller: Caller, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    """One thing is missing, or is another one."""
    if isinstance(caller, Signed):
        yield from _proofs(caller)
    if caller.source_identity is not None and not isinstance(caller, Service):
        if "sts:sourceidentity" in keys:
            yield "without the source identity", caller.but(source_identity=None)
        for other in _writable(near(caller.source_identity)):
            yield "another source identity", caller.but(source_identity=other)
    if caller.brings_tags:
        yield from _tags(caller)
    if "session name" in caller.told:
        for name in _writable(near(caller.session_name)):
            yield "another session name", caller.but(session_name=name)
    if "ip" in caller.told:
        for address in _ELSEWHERE:
            if address != caller.ip:
                yield "from another address", caller.but(ip=address)
    if "time" in caller.told:
        moment = caller.time or datetime.now(UTC)
        yield "at another time", caller.but(time=moment + _AGES)
        yield "at another time", caller.but(time=moment - _AGES)
    for key, value in caller.context.items():
        rest = {name: each for name, each in caller.context.items() if name != key}
        yield f"without {key}", caller.but(context=rest)
        if isinstance(value, str):
            for other in near(value):
                yield f"another {key}", caller.but(context={**rest, key: other})


def _proofs(caller: Signed) -> Iterator[tuple[str, Caller]]:
    if caller.external_id is not None:
        yield "without the external ID", caller.but(external_id=None)
        for other in near(caller.external_id):
            yield "another external ID", caller.but(external_id=other)
    if caller.mfa and isinstance(caller.who, IamUser):
        yield "without MFA", caller.but(mfa=None, mfa_age=0)
        yield "without MFA", caller.but(mfa=False, mfa_age=0)
    if "mfa_age" in caller.told:
        yield "with an old MFA", caller.but(mfa=True, mfa_age=_OLD)


def _tags(caller: Caller) -> Iterator[tuple[str, Caller]]:
    extra = {**caller.tags, "rolecall-extra": "1"}
    yield "further session tags", caller.but(tags=extra)
    for key, value in caller.tags.items():
        rest = {name: each for name, each in caller.tags.items() if name != key}
        yield f"without the session tag {key}", caller.but(tags=rest)
        for other in near(value):
            yield f"another session tag {key}", caller.but(tags={**rest, key: other})


def _writable(texts: Iterator[str]) -> Iterator[str]:
    """Names that STS takes: 2 to 64 letters, digits and some signs."""
    return (text for text in texts if 2 <= len(text) <= 64 and not set("*?") & set(text))
