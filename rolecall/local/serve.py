"""The server process: `python -m rolecall.local.serve`, started by `rolecall local up`."""

import json
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rolecall.files import write_private
from rolecall.local.rundir import RunDir
from rolecall.local.server_log import ServerLog
from rolecall.problems import Exit, Problem

_log = logging.getLogger("rolecall.local")


def serve(
    run_dir: RunDir,
    listener: socket.socket,
    state: Path | None,
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGTERM, SIGINT or the control endpoint says stop; then save.

    Runs in the main thread. The lock of the run directory is held by the caller.

    Raises:
        Problem: the state cannot be used.
        OSError: the last snapshot cannot be written.
    """
    # Here, so that starting a command never pays for moto.
    from rolecall.local import backend, persistence
    from rolecall.local.cloud import Cloud
    from rolecall.local.control import Control
    from rolecall.local.server import Server
    from rolecall.local.snapshots import Snapshots

    backend.configure()
    records: dict[str, dict[str, Any]] = {}
    sealing_key, directory = None, None
    if state is not None:
        directory = persistence.StateDirectory.open(state)
        sealing_key = directory.sealing_key
        warning = directory.load(lambda content: records.update(persistence.decode(content)))
        if warning:
            _log.warning("%s", warning)
    cloud = Cloud(sealing_key=sealing_key, records=records)
    snapshots = Snapshots(cloud, directory) if directory else None
    port = listener.getsockname()[1]
    facts = {
        "pid": os.getpid(),
        "port": port,
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "state": None if state is None else str(state),
    }
    control = Control(
        cloud,
        token=secrets.token_urlsafe(32),
        instance=secrets.token_hex(8),
        facts=facts,
        save=snapshots.save if snapshots else lambda: None,
        stop=lambda: server.stop(),
    )
    server = Server(listener, cloud, control)
    server.warm()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.stop())
    if snapshots:
        snapshots.start()
    secret_facts = {**facts, "instance": control.instance, "control_token": control.token}
    write_private(run_dir.server_file, json.dumps(secret_facts).encode())
    try:
        _log.info("ready on %s", server.url)
        ready(server.url)
        # Whose run directory was deleted can no longer be found, stopped or saved.
        server.run(wanted=run_dir.server_file.exists)
        if not run_dir.server_file.exists():
            _log.warning("the run directory is gone; stopping")
    finally:
        run_dir.server_file.unlink(missing_ok=True)
        if snapshots:
            snapshots.stop()
    _log.info("stopped")


def log_to_stderr(file: Path | None = None) -> None:
    """Log with time and level; `file` is what stderr is when started in the background."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        handlers=[ServerLog(file) if file else logging.StreamHandler()],
    )
    # Their debug logs would hold canonical requests, tokens and assertions.
    for name in ("botocore", "boto3", "urllib3", "werkzeug", "moto", "signxml"):
        logging.getLogger(name).setLevel(logging.WARNING)


def main() -> int:
    """Run the server with the descriptors that the starting process handed over."""
    arguments = json.loads(sys.argv[1])
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    run_dir = RunDir(Path(arguments["local"]))
    log_to_stderr(run_dir.log_file)
    # The lock stays open, and with it locked, until this process ends.
    for name in ("lock", "listener", "ready"):
        os.set_inheritable(int(arguments[name]), False)
    listener = socket.socket(fileno=int(arguments["listener"]))
    state = None if arguments["state"] is None else Path(arguments["state"])
    pipe = int(arguments["ready"])

    def report(**facts: object) -> None:
        nonlocal pipe
        if pipe >= 0:
            try:
                os.write(pipe, json.dumps(facts).encode() + b"\n")
            except BrokenPipeError:
                _log.warning("whoever started the server is gone")
            os.close(pipe)
            pipe = -1

    try:
        serve(run_dir, listener, state, lambda url: report(ready=url))
    except Problem as problem:
        _log.error("%s", problem)
        report(problem=str(problem), exit_code=int(problem.exit_code))
        return int(problem.exit_code)
    except OSError as error:
        _log.error("the last changes could not be saved: %s", error.strerror)
        return int(Exit.FAILED)
    return int(Exit.OK)


if __name__ == "__main__":
    sys.exit(main())
