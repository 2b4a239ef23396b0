"""Trust policies in sentences: who may assume a role, under which conditions, for how long."""

from rolecall.explain.entity import Entity, entities
from rolecall.explain.sentences import NOBODY, who_can

__all__ = ["NOBODY", "Entity", "entities", "who_can"]
