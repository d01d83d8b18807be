"""Setting up and starting the model in the background: a page looks at how far it is, and can stop it."""

from __future__ import annotations

import threading

from playground.domain.single import Single
from playground.local import setup
from playground.local.server import LocalServer, get_local


class Starting:
    """One start at a time, on a thread of its own."""

    def __init__(self, server: LocalServer) -> None:
        self._server = server
        self._thread: threading.Thread | None = None
        self._stopped = threading.Event()
        self.doing = ""
        """What is being done, in words."""
        self.loaded = (0, 0)
        """Bytes of the package that is being loaded: how many have come, and of how many; zeros where none is."""
        self.problem = ""
        """Why it did not start, or nothing."""

    @property
    def running(self) -> bool:
        """True while it is under way."""
        return self._thread is not None and self._thread.is_alive()

    def begin(self) -> None:
        """Set up what is missing and start the server; does nothing while that is under way."""
        if self.running:
            return
        self._stopped.clear()
        self.doing, self.loaded, self.problem = "Starting …", (0, 0), ""
        self._thread = threading.Thread(target=self._run, name="local model", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it, whether it loads or starts; what was brought whole is kept."""
        self._stopped.set()
        self._server.stop()

    def _run(self) -> None:
        try:
            setup.set_up(self._say, self._has_come, self._stopped)
            self._say("Starting the model …")
            if not self._stopped.is_set():
                self._server.told()
        except (setup.SetupError, RuntimeError, OSError) as error:
            self.problem = "" if self._stopped.is_set() else str(error)

    def _say(self, sentence: str) -> None:
        self.doing, self.loaded = sentence, (0, 0)

    def _has_come(self, done: int, of: int) -> None:
        self.loaded = (done, of)


@Single
def get_starting() -> Starting:
    """The process's one start."""
    return Starting(get_local())
