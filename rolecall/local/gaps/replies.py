"""Replies of services that speak JSON."""

import json
from collections.abc import Mapping
from typing import Any

from rolecall.local.api import ApiCall, ApiReply


def json_reply(call: ApiCall, result: Mapping[str, Any], status: int = 200) -> ApiReply:
    """A successful reply; members that are None are left out."""
    kind = "application/json" if call.protocol == "rest-json" else "application/x-amz-json-1.1"
    shown = {name: value for name, value in result.items() if value is not None}
    return ApiReply(status, json.dumps(shown).encode(), (("Content-Type", kind),))
