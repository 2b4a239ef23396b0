"""docs/handing-over.md says what there is."""

import argparse
import re
from pathlib import Path

import pytest

from rolecall.cli import assume, console, exec, profile, serve
from rolecall.session.console import SITES
from rolecall.session.execute import _PASSED_ON

PAGE = (Path(__file__).parents[3] / "docs/handing-over.md").read_text()


def test_every_format_and_every_partition_is_named() -> None:
    for form in assume._FORMATS:
        assert f"`{form}`" in PAGE
    for partition, site in SITES.items():
        assert f"| {partition} | `{site.endpoint}` |" in PAGE


def test_every_signal_is_named() -> None:
    for number in _PASSED_ON:
        assert number.name.removeprefix("SIG") in PAGE


@pytest.mark.parametrize("command", [assume, console, exec, profile, serve])
def test_every_option_of_its_own_is_named(command: object) -> None:
    from rolecall.cli.becoming import add_role_arguments

    shared, whole = argparse.ArgumentParser(), argparse.ArgumentParser()
    add_role_arguments(shared)
    command.configure(whole)  # type: ignore[attr-defined]
    known = {option for action in shared._actions for option in action.option_strings}
    for action in whole._actions:
        own = [option for option in action.option_strings if option not in known]
        if own and action.help is not argparse.SUPPRESS and own != ["--json"]:
            assert re.search(rf"`[^`]*{own[-1]}\b", PAGE), own
