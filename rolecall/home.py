"""Where Rolecall keeps what belongs to a project but not into its repository."""

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
        return Path(named).expanduser().absolute()
    here = (start or Path.cwd()).absolute()
    for folder in (here, *here.parents):
        if (folder / "environments").is_dir():
            return folder / ".rolecall"
    return here / ".rolecall"
