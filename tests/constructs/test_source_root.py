"""`constructs/` is a source root, never a package."""

from pathlib import Path

import constructs

PROJECT = Path(__file__).parents[2]


def test_constructs_has_no_init() -> None:
    """With one it would shadow the PyPI library that cdktf imports."""
    assert not (PROJECT / "constructs" / "__init__.py").exists()


def test_import_constructs_is_the_library() -> None:
    assert constructs.__file__ is not None
    assert not Path(constructs.__file__).is_relative_to(PROJECT / "constructs")
    assert hasattr(constructs, "Construct")
