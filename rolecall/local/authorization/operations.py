"""Which operation a REST call is, from the service models that botocore brings.

Query and JSON protocols state their operation; REST protocols only have method and path.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import botocore.session
from botocore.exceptions import DataNotFoundError, UnknownServiceError

from rolecall.local.api import ApiCall
from rolecall.local.authorization.signing_names import MODELS
from rolecall.local.http_call import raw_path_of

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
_LABEL = re.compile(r"\{([A-Za-z0-9_]+)(\+?)\}")
#: Stands for a slash that was sent encoded; no path that was let in holds it.
_SLASH = "\0"


@dataclass(frozen=True, slots=True)
class _Route:
    """One operation's place: literal characters decide which of several is meant."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation and the labels that its path held."""

    name: str
    labels: dict[str, str]


def operations_of(call: ApiCall) -> list[Operation]:
    """The operation of a call; several if the models cannot tell them apart, [] if unknown."""
    if call.action:
        known = _operation_names(call.service)
        if call.action in known or (not known and _NAME.fullmatch(call.action)):
            return [Operation(call.action, {})]
        # moto would take `delete_queue` for DeleteQueue; no policy would.
        return []
    if call.service != "s3" and _is_signed_otherwise(raw_path_of(call.environ)):
        return []
    flagged: list[tuple[int, Operation]] = []
    plain: list[tuple[int, Operation]] = []
    path = _marked_path(call)
    for model in MODELS.get(call.service, (call.service,)):
        for route in _routes(model):
            if route.method != call.method or not all(q in call.params for q in route.query):
                continue
            match = route.path.fullmatch(path)
            if match is not None:
                labels = {
                    name: value.replace(_SLASH, "/") for name, value in match.groupdict().items()
                }
                found = flagged if route.query else plain
                found.append((route.weight, Operation(route.operation, labels)))
    # Whether the backend looks at the query, and at a value in it, nobody knows: with
    # `?find=anything` moto lists all layers, and with `?find=LayerVersion` it gets one.
    return [*_heaviest(flagged), *_heaviest(plain)]


def _heaviest(found: list[tuple[int, Operation]]) -> list[Operation]:
    weights = [weight for weight, _ in found]
    return [operation for weight, operation in found if weight == max(weights)]


def _is_signed_otherwise(raw_path: str) -> bool:
    """Whether a signature covers another path than this: all but S3 sign it normalized.

    So `/a/../b` and `//b` have the signature of `/b`, and labels that take slashes would
    hold what nobody signed ("Create a signed AWS API request": the canonical URI).
    """
    parts = raw_path.split("/")[1:]
    return "" in parts[:-1] or "." in parts or ".." in parts


def _marked_path(call: ApiCall) -> str:
    """The decoded path, in which a slash inside a label (`%2F` in an ARN) separates nothing.

    moto looks at the path as it was sent as well.
    """
    raw = raw_path_of(call.environ)
    if "%2f" not in raw.lower():
        return call.path
    return "/".join(unquote(part).replace("/", _SLASH) for part in raw.split("/"))


@lru_cache(maxsize=256)
def _operation_names(service: str) -> frozenset[str]:
    """Every operation of a service, by its signing name; empty if it is not known."""
    found: set[str] = set()
    for model in MODELS.get(service, (service,)):
        try:
            found.update(_session().get_service_model(model).operation_names)
        except (UnknownServiceError, DataNotFoundError):
            continue
    return frozenset(found)


@lru_cache(maxsize=256)
def is_signing_name(service: str) -> bool:
    """Whether AWS has a service that signs with this name, written exactly so."""
    for model in MODELS.get(service, (service,)):
        try:
            metadata = _session().get_service_model(model).metadata
        except (UnknownServiceError, DataNotFoundError):
            continue
        if service == (metadata.get("signingName") or metadata["endpointPrefix"]):
            return True
    return False


@lru_cache(maxsize=256)
def protocols_of(service: str) -> frozenset[str]:
    """The protocols that a service speaks, by its signing name; none if it is not known."""
    found: set[str] = set()
    for model in MODELS.get(service, (service,)):
        try:
            metadata = _session().get_service_model(model).metadata
        except (UnknownServiceError, DataNotFoundError):
            continue
        found.update(metadata.get("protocols") or [metadata["protocol"]])
    return frozenset(found)


@lru_cache(maxsize=64)
def _routes(model: str) -> tuple[_Route, ...]:
    try:
        service = _session().get_service_model(model)
    except (UnknownServiceError, DataNotFoundError):
        return ()
    routes = []
    for name in service.operation_names:
        http = service.operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        flags = tuple(part.partition("=")[0] for part in query.split("&") if part)
        routes.append(
            _Route(
                operation=name,
                method=http["method"],
                path=_pattern(path),
                query=flags,
                weight=len(_LABEL.sub("", path)),
            )
        )
    return tuple(routes)


def _pattern(path: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for label in _LABEL.finditer(path):
        parts.append(re.escape(path[end : label.start()]))
        one = "(?P<" + label[1] + ">"
        parts.append(one + (".+)" if label[2] else "[^/]+)"))
        end = label.end()
    parts.append(re.escape(path[end:]))
    return re.compile("".join(parts).rstrip("/") + "/?")


@lru_cache(maxsize=1)
def _session() -> botocore.session.Session:
    return botocore.session.Session()
