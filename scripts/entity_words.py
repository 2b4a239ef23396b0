"""Keep the words below each policy of docs/trusted-entities.md true: who may assume the role.

`python scripts/entity_words.py` writes them, `--check` only says whether they are up to
date (exit code 1 if not).
"""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rolecall.explain import who_can
from rolecall.policy import PolicyDocument

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/trusted-entities.md"
#: Where the roles of the page are.
ACCOUNT = "111111111111"
_POLICY = re.compile(r"(?<=^```json\n)(.*?)(^```\n)(?:\n(?:>[^\n]*\n)+)?", re.MULTILINE | re.DOTALL)
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the words, or check them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    given = parser.parse_args(arguments)
    text = PAGE.read_text(encoding="utf-8")
    wanted = with_words(text)
    if given.check and text != wanted:
        print(f"{PAGE.name} is stale: run `python scripts/entity_words.py`.", file=sys.stderr)
        return 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


def with_words(page: str) -> str:
    """The page with its words made anew."""
    return _POLICY.sub(lambda found: f"{found[1]}{found[2]}\n{words(found[1])}", page)


def words(policy: str) -> str:
    """Who may assume a role with this trust policy, as a quotation in Markdown."""
    sentences = who_can(PolicyDocument.parse(policy), account=ACCOUNT)
    return "\n>\n".join(f"> {_MARKUP.sub(_escaped, each)}" for each in sentences) + "\n"


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found[1]}"


if __name__ == "__main__":
    sys.exit(main())
