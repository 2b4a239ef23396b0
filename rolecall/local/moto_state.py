"""What moto's backends hold, as bytes and back.

One pickle of all backends that are in use, so that objects which share others still
share them afterwards. AWS's own managed policies, 1,500 in each account, come from
moto's data and are not written; only what changed of them is.
"""

import io
import logging
import pickle
from collections.abc import Iterator
from typing import Any

_log = logging.getLogger("rolecall.local")
_warned: set[str] = set()

#: service -> account -> region or partition -> backend
State = dict[str, dict[str, dict[str, Any]]]


def capture() -> bytes:
    """Pickle all backends in use; a backend that cannot be pickled is left out, and logged."""
    state = _state()
    try:
        return _pickled(state)
    except Exception as error:
        _log.debug("not everything can be saved: %s", type(error).__name__)
    for service in list(state):
        try:
            _pickled({service: state[service]})
        except Exception as error:
            del state[service]
            if service not in _warned:
                _warned.add(service)
                _log.warning(
                    "The state of %s cannot be kept across a restart (%s).",
                    service,
                    type(error).__name__,
                )
    return _pickled(state)


def restore(content: bytes) -> None:
    """Replace what the backends hold by what `capture` saw."""
    from moto.core.base_backend import BackendDict

    # First: resetting closes every object of S3 that exists, also those just unpickled.
    BackendDict.reset()
    state, bucket_accounts = pickle.loads(content)  # noqa: S301 - authenticated by the caller
    for service, accounts in state.items():
        backends = backend_dict(service)
        for account, regions in accounts.items():
            for region, backend in regions.items():
                backends[account][region] = backend
    if bucket_accounts:
        backend_dict("s3").bucket_accounts = bucket_accounts


def backend_dict(service: str) -> Any:
    """moto's table of the backends of one service."""
    from moto.backends import get_backend

    name: Any = service
    return get_backend(name)


def _state() -> State:
    from moto.core.base_backend import BackendDict

    state: State = {}
    every: list[Any] = BackendDict._instances  # type: ignore[misc]
    for backends in list(every):
        service = backends.service_name
        if backend_dict(service) is not backends:
            continue  # a table that moto would not find again under its name
        for account, regions in backends.items():
            if regions:
                state.setdefault(service, {})[account] = dict(regions.items())
    return state


def _pickled(state: State) -> bytes:
    buffer = io.BytesIO()
    buckets = backend_dict("s3").bucket_accounts if "s3" in state else {}
    _Pickler(buffer, protocol=5).dump((state, dict(buckets)))
    return buffer.getvalue()


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        from moto.core.base_backend import BackendDict
        from moto.iam.models import AWSManagedPolicy, IAMBackend, iam_backends

        kind = type(obj)
        if kind is IAMBackend:
            return (
                _new_iam_backend,
                (obj.region_name, obj.account_id),
                dict(_own_iam_state(obj)),
                None,
                None,
                _set_iam_state,
            )
        if kind is AWSManagedPolicy:
            backend: Any = iam_backends[obj.account_id][obj.partition]
            if backend.managed_policies.get(obj.arn) is obj:
                return _managed_policy, (backend, obj.arn), _changeable(obj), None, None, _update
        if isinstance(obj, BackendDict):
            return backend_dict, (obj.service_name,)
        return NotImplemented


def _own_iam_state(backend: Any) -> Iterator[tuple[str, Any]]:
    from moto.iam.models import AWSManagedPolicy

    for name, value in vars(backend).items():
        if name == "aws_managed_policies":
            continue
        if name == "managed_policies":
            yield (
                name,
                {
                    arn: policy
                    for arn, policy in value.items()
                    # An attached one is written by whoever it is attached to; here those
                    # that changed in other ways.
                    if type(policy) is not AWSManagedPolicy or policy.attachment_count
                },
            )
        else:
            yield name, value


def _changeable(policy: Any) -> dict[str, Any]:
    return {"attachment_count": policy.attachment_count, "tags": policy.tags}


def _new_iam_backend(region: str, account: str) -> Any:
    from moto.iam.models import IAMBackend

    return IAMBackend(region, account)


def _set_iam_state(backend: Any, state: dict[str, Any]) -> None:
    state["managed_policies"] = {**backend.managed_policies, **state["managed_policies"]}
    vars(backend).update(state)


def _managed_policy(backend: Any, arn: str) -> Any:
    # A policy that a newer moto no longer has is gone; the attachment then fails loudly.
    return backend.managed_policies[arn]


def _update(obj: Any, state: dict[str, Any]) -> None:
    vars(obj).update(state)
