"""Rows of several calls, of which the last one is answered as documented."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.case import Answer, Case, refusal
from tests.conformance.world import World


def _nothing(world: World) -> Any:
    raise NotImplementedError


@dataclass(frozen=True)
class Story(Case):
    """`tell` makes the calls; the first one that is refused is the answer, and a refusal on
    the way there is for `tell` to avoid. It may return names for the expected message."""

    tell: Callable[[World], Any] = _nothing

    def ask(self, world: World) -> Answer:
        try:
            reply = self.tell(world)
        except ClientError as error:
            return refusal(error, **world.spoken_of)
        return Answer(reply=reply)
