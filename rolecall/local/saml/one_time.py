"""Assertions that say of themselves that they may be used once.

Any other may be used again until it ends, as tools do that assume several roles with one.
Of `OneTimeUse` SAML says that the assertion "SHOULD be used immediately and MUST NOT be
retained for future use" (core, 2.5.1.5); AWS's pages say nothing, so it is held to that.
"""

import threading
from datetime import datetime
from typing import TYPE_CHECKING

from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.errors import expired

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "saml_used"
_using = threading.Lock()


def use(assertion: Assertion, cloud: "Cloud") -> None:
    """Note that an assertion is used, if it may be used once only.

    Raises:
        AwsError: ExpiredTokenException, for the second time.
    """
    if not assertion.one_time:
        return
    name, now = f"{assertion.issuer} {assertion.id}", cloud.now()
    with _using:
        used = cloud.records.get(_TABLE, {})
        kept = {key: end for key, end in used.items() if datetime.fromisoformat(end) > now}
        if name in kept:
            raise expired(  # AWS's words for this are not known
                "Response has expired", "the assertion is for one use, and has been used"
            )
        cloud.records[_TABLE] = {**kept, name: assertion.not_on_or_after.isoformat()}
    cloud.mark_changed()
