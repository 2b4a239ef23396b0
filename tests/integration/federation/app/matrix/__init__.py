"""The stacks of the matrix."""

from matrix.central import CentralStack
from matrix.every_resource import EveryResourceStack
from matrix.given import Given
from matrix.team import TeamStack

__all__ = ["CentralStack", "EveryResourceStack", "Given", "TeamStack"]
