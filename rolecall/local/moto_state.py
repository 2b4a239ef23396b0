"""What moto's backends hold, as bytes and back.

One pickle a service, so that a service which cannot be kept costs only itself. A
backend is written as the place where it is found, with its state, and read back into
that place; so whatever refers to a backend, of its own or another service, refers to
the living one afterwards. AWS's own managed policies, 1,500 in each account, come from
moto's data and are not written; only what changed of them is.
"""

import io
import logging
import pickle
from collections.abc import Iterator
from typing import Any

from rolecall.local.backend import reset

_log = logging.getLogger("rolecall.local")
_warned: set[str] = set()

#: Services without which a state is worth nothing: if one fails, the snapshot fails.
_ESSENTIAL = frozenset({"iam", "s3"})

Place = tuple[str, str, str]


def capture() -> bytes:
    """Write all backends in use; a service that cannot be written is left out, and logged.

    Raises:
        Exception: IAM or S3 cannot be written.
    """
    places = dict(_places())
    by_service: dict[str, list[Any]] = {}
    for backend, place in places.values():
        by_service.setdefault(place[0], []).append(backend)
    parts: dict[str, bytes] = {}
    for service, backends in by_service.items():
        try:
            parts[service] = _pickled(service, backends, places)
        except Exception as error:
            if service in _ESSENTIAL:
                raise
            _warn(service, error)
    return pickle.dumps(parts)


def restore(content: bytes) -> None:
    """Put the backends back to what `capture` saw; a service that fails is left empty.

    Raises:
        Exception: IAM or S3 cannot be read.
    """
    # Not after reading: this closes every object of S3 that exists.
    reset()
    parts: dict[str, bytes] = pickle.loads(content)  # noqa: S301 - authenticated by the caller
    for service, part in parts.items():
        try:
            _, extra = pickle.loads(part)  # noqa: S301 - as above
            if service == "s3":
                backend_dict("s3").bucket_accounts = extra
        except Exception as error:
            if service in _ESSENTIAL:
                raise
            backend_dict(service).clear()
            _warn(service, error)


def backend_dict(service: str) -> Any:
    """moto's table of the backends of one service."""
    from moto.backends import get_backend

    name: Any = service
    return get_backend(name)


def _warn(service: str, error: Exception) -> None:
    if service not in _warned:
        _warned.add(service)
        kind = type(error).__name__
        _log.warning("The state of %s cannot be kept across a restart (%s).", service, kind)


def _places() -> Iterator[tuple[int, tuple[Any, Place]]]:
    """Every backend in use, by its identity."""
    from moto.core.base_backend import BackendDict

    every: list[Any] = BackendDict._instances  # type: ignore[misc]
    for backends in list(every):
        service = backends.service_name
        try:
            if backend_dict(service) is not backends:
                continue  # a table that moto would not find again under its name
        except (ImportError, AttributeError, KeyError):
            continue
        for account, regions in list(backends.items()):
            for region, backend in list(regions.items()):
                yield id(backend), (backend, (service, account, region))


def _pickled(service: str, backends: list[Any], places: dict[int, tuple[Any, Place]]) -> bytes:
    buffer = io.BytesIO()
    extra = dict(backend_dict("s3").bucket_accounts) if service == "s3" else None
    _Pickler(buffer, service, places).dump((backends, extra))
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def __init__(
        self, buffer: io.BytesIO, service: str, places: dict[int, tuple[Any, Place]]
    ) -> None:
        super().__init__(buffer, protocol=5)
        self._service = service
        self._places = places

    def reducer_override(self, obj: Any) -> Any:
        from moto.core.base_backend import BackendDict
        from moto.iam.models import AWSManagedPolicy, iam_backends
        from moto.s3.utils import _VersionedKeyStore

        known = self._places.get(id(obj))
        if known is not None:
            place = known[1]
            if place[0] != self._service:
                return _backend, place
            state = _iam_state(obj) if place[0] == "iam" else vars(obj)
            return _backend, place, state, None, None, _set_state
        if type(obj) is AWSManagedPolicy:
            backend: Any = iam_backends[obj.account_id][obj.partition]
            if backend.managed_policies.get(obj.arn) is obj:
                changed = {"attachment_count": obj.attachment_count, "tags": obj.tags}
                return _managed_policy, (backend, obj.arn), changed, None, None, _update
        if type(obj) is _VersionedKeyStore:
            # Its `items` shows the newest version alone, and pickle would keep only that.
            return _VersionedKeyStore, (), dict(dict.items(obj)), None, None, _fill
        if isinstance(obj, BackendDict):
            return backend_dict, (obj.service_name,)
        return NotImplemented


def _iam_state(backend: Any) -> dict[str, Any]:
    from moto.iam.models import AWSManagedPolicy

    state = dict(vars(backend))
    del state["aws_managed_policies"]
    state["managed_policies"] = {
        arn: policy
        for arn, policy in backend.managed_policies.items()
        if type(policy) is not AWSManagedPolicy or policy.attachment_count or policy.tags
    }
    return state


def _backend(service: str, account: str, region: str) -> Any:
    return backend_dict(service)[account][region]


def _set_state(backend: Any, state: dict[str, Any]) -> None:
    own = vars(backend)
    if "aws_managed_policies" in own and "managed_policies" in state:
        state = {**state, "managed_policies": own["managed_policies"] | state["managed_policies"]}
    own.update(state)


def _managed_policy(backend: Any, arn: str) -> Any:
    return backend.managed_policies[arn]


def _update(obj: Any, state: dict[str, Any]) -> None:
    vars(obj).update(state)


def _fill(store: Any, versions: dict[str, Any]) -> None:
    for name, value in versions.items():
        dict.__setitem__(store, name, value)
