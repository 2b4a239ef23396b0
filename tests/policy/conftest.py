"""Hypothesis on a machine that does other things as well: an example may take its time."""

from hypothesis import settings

settings.register_profile("policy", deadline=None)
settings.load_profile("policy")
