"""The option that says where an environment's facts are, the same for every command."""

import argparse
from pathlib import Path


def add_environments(parser: argparse.ArgumentParser) -> None:
    """Declare `--environments DIR`."""
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path("environments"),
        metavar="DIR",
        help="where the environments' files are (default: environments)",
    )
