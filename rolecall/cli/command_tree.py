"""Every command with its arguments, as data: for completions and the page of commands.

Made from the parsers, which takes all of the tool's imports. A shell that starts cannot
wait for them, so the data is kept beside this file (`command_tree.json`), and a test holds
it against the parsers.
"""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rolecall.cli.main import COMMANDS, parser_of, takes_command

KEPT = Path(__file__).with_suffix(".json")
Tree = dict[str, Any]

#: What a value is, by the name of the argument that takes it.
_KINDS = {
    "environment": "environment",
    "names": "environments",
    "left_out": "environments",
    "via": "link",
    "profile": "profile",
    "with_profile": "profile",
    "environments": "folder",
}


def kept() -> Tree:
    """The tree as it was made last."""
    tree: Tree = json.loads(KEPT.read_text(encoding="utf-8"))
    return tree


def as_text(tree: Tree) -> str:
    """The tree as the file has it."""
    return json.dumps(tree, indent=1, ensure_ascii=False) + "\n"


def made() -> Tree:
    """The tree as the parsers say now."""
    return _of(parser_of(COMMANDS), "rolecall")


def walk(tree: Tree, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Tree]]:
    """Every command with the words that lead to it; the tool itself comes first."""
    yield path, tree
    for name, inner in tree["commands"].items():
        yield from walk(inner, (*path, name))


def _of(parser: argparse.ArgumentParser, name: str, summary: str = "") -> Tree:
    tree: Tree = {"summary": summary, "options": [], "places": [], "commands": {}}
    if takes_command(name):
        tree["runs"] = True
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            # Their summaries are not kept with the parsers.
            summaries = {each.dest: each.help or "" for each in action._choices_actions}
            for inner, its_parser in action.choices.items():
                tree["commands"][inner] = _of(its_parser, inner, summaries.get(inner, ""))
        elif action.help is not argparse.SUPPRESS:
            kind = "options" if action.option_strings else "places"
            tree[kind].append(_argument(action))
    return tree


def _argument(action: argparse.Action) -> dict[str, Any]:
    found: dict[str, Any] = {
        "names": list(action.option_strings) or [action.dest],
        "help": " ".join((action.help or "").replace("%%", "%").split()),
    }
    if action.nargs != 0:
        found["takes"] = _kind(action)
        found["metavar"] = action.metavar or action.dest.upper().replace("_", "-")
    if action.choices is not None:
        found["choices"] = [str(choice) for choice in action.choices]
    if isinstance(action, argparse._AppendAction):
        found["often"] = True
    if action.nargs == "?":
        found["optional"] = True
    return found


def _kind(action: argparse.Action) -> str:
    """words, environment, environments, link, profile, folder, file or anything."""
    metavar = str(action.metavar or "")
    if action.choices is not None:
        return "words"
    if action.dest in _KINDS:
        return _KINDS[action.dest]
    if metavar == "DIR":
        return "folder"
    return "file" if action.type is Path or "FILE" in metavar else "anything"
