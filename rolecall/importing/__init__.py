"""Roles that exist already, as the Python that declares them: read, expressed, proven equal."""
