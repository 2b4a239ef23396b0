"""Saving soon after a change, in the background."""

import logging
import threading

from rolecall.local import persistence
from rolecall.local.cloud import Cloud
from rolecall.local.persistence import StateDirectory

_log = logging.getLogger("rolecall.local")

#: How long a change waits for more changes before all are saved, in seconds. What `kill -9`
#: loses is no older than this, the waiting for calls in progress, and the time of writing
#: twice: once for the snapshot before, during which the change was made.
DELAY = 0.25


class Snapshots:
    """Keeps a state directory up to date with a cloud. Thread safe."""

    def __init__(self, cloud: Cloud, directory: StateDirectory, *, delay: float = DELAY) -> None:
        self._cloud = cloud
        self._directory = directory
        self._delay = delay
        self._changes = 0
        self._saved = 0
        self._condition = threading.Condition()
        self._saving = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="snapshots", daemon=True)
        cloud.on_change = self._changed

    def start(self) -> None:
        """Begin saving in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Save what is not saved yet, and end.

        Raises:
            OSError: the last snapshot could not be written.
        """
        self._stopped.set()
        with self._condition:
            self._condition.notify_all()
        if self._thread.is_alive():
            self._thread.join()
        self.save()

    def save(self) -> None:
        """Save now, unless nothing changed. Not to be called inside the cloud's gate.

        Raises:
            OSError: the snapshot could not be written; the one before it stays.
        """
        with self._saving:
            with self._condition:
                changes = self._changes
            if changes == self._saved:
                return
            with self._cloud.gate.exclusive():
                # Whatever changes after the gate opens counts as a new change.
                with self._condition:
                    changes = self._changes
                content = persistence.encode(self._cloud.records)
            self._directory.save(content)
            self._saved = changes

    def _changed(self) -> None:
        with self._condition:
            self._changes += 1
            self._condition.notify_all()

    def _run(self) -> None:
        while not self._stopped.is_set():
            with self._condition:
                while self._changes == self._saved and not self._stopped.is_set():
                    self._condition.wait()
            # More changes often follow at once (a deployment): save them together.
            if self._stopped.wait(self._delay):
                return
            try:
                self.save()
            except Exception as error:
                # Whatever it is, the next change must be saved again. Only the kind is
                # logged: the message of a failed pickle may quote what was pickled.
                _log.error("The state could not be saved (%s); trying again.", type(error).__name__)
                self._stopped.wait(5.0)
