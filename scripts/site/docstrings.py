"""Docstrings as the project writes them, for the API reference.

`name: what it is.` at the beginning of a line is an argument or field; here it becomes a
list, which Markdown would otherwise run together into one paragraph.
"""

import re
from typing import Any

from griffe import Extension

_ITEM = re.compile(r"^(?P<names>`?[a-z_*][\w*]*`?(?:, `?[a-z_*][\w*]*`?)*): +(?=\S)")


class ListsOfArguments(Extension):
    """Named arguments of docstrings as lists."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Called for every object that griffe has read."""
        if not obj.is_alias and obj.docstring is not None:
            obj.docstring.value = with_lists(obj.docstring.value)


def with_lists(text: str) -> str:
    """The text with its named arguments as a list of Markdown."""
    made: list[str] = []
    inside = False
    for line in text.splitlines():
        item = _ITEM.match(line)
        if item:
            if made and made[-1] and not inside:
                made.append("")
            names = re.sub(r"([A-Za-z_*]\w*)", r"`\1`", item["names"].replace("`", ""))
            made.append(f"- {names}: {line[item.end() :]}")
            inside = True
        elif inside and line.startswith(" "):
            made.append(f"  {line.strip()}")
        else:
            if inside and line:
                made.append("")
            made.append(line)
            inside = False
    return "\n".join(made)
