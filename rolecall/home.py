"""Where Rolecall keeps what belongs to a project but not into its repository, and a user's home."""

import os
from collections.abc import Mapping
from pathlib import Path

#: The environment variable that names the folder.
HOME_VARIABLE = "ROLECALL_HOME"


def rolecall_home(start: Path | None = None, environ: Mapping[str, str] | None = None) -> Path:
    """The folder of run files, state and decisions; absolute, and nothing is created.

    `$ROLECALL_HOME`, else `.rolecall` beside the nearest `environments/` folder at or
    above `start` (the working directory where none is given), else `.rolecall` in it.
    """
    named = (os.environ if environ is None else environ).get(HOME_VARIABLE)
    if named:
        return below_home(named).absolute()
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / "environments").is_dir():
            return folder / ".rolecall"
    return here / ".rolecall"


def below_home(path: str) -> Path:
    """A path that may begin with `~/`.

    Where nobody knows the home folder (a container whose user has no name), it is one at which
    nothing is, and nothing can be made: a folder named `~` would be made in the project.
    """
    whole = os.path.expanduser(path)  # noqa: PTH111 - Path's own raises
    return Path(os.devnull) / whole if whole.startswith("~") else Path(whole)
