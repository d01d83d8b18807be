"""Runs the model's server in a process of its own, as the demo's is run, and says where it listens."""

from __future__ import annotations

import os
from pathlib import Path

from playground.demo.child import Child
from playground.domain import Endpoint, ModelRef, Secret
from playground.domain.single import Single
from playground.local import setup
from playground.local.weights import Chosen, chosen, runtime_folder

NAME = "here"
"""The provider's name."""
PATIENCE = 300.0
"""Seconds that large weights may take to load."""


def threads() -> int:
    """Threads that compute: half the cores, at least one, so that whatever measures beside it has some left."""
    mine = getattr(os, "sched_getaffinity", None)
    cores = len(mine(0)) if mine else os.cpu_count() or 1
    return max(1, cores // 2)


class LocalServer(Child):
    """The model's server as a child process: started by whoever asks first, started again if it has died."""

    def __init__(self) -> None:
        self._serves: Chosen | None = None
        super().__init__(
            "The model on this computer",
            self._command,
            path=lambda: [str(runtime_folder())],
            patience=PATIENCE,
        )

    def _command(self) -> list[str]:
        if not setup.ready():
            raise setup.SetupError("No model is set up here: run `playground local` once.")
        model = self._serves = chosen()
        template = [f"--template={Path(__file__).with_name(model.template)}"]
        return [
            "-m",
            "playground.local",
            f"--model={model.file}",
            f"--id={model.id}",
            f"--threads={threads()}",
            *(template if model.template else []),
        ]

    def endpoint(self) -> Endpoint:
        """Where it is asked, with the key that keeps web pages out; starts it if need be (SetupError, RuntimeError)."""
        told = self.told()
        return Endpoint(
            provider=NAME,
            base_url=f"http://127.0.0.1:{told['port']}/v1",
            key=Secret(told["key"]),
            own=True,
        )

    @property
    def model(self) -> ModelRef:
        """What is served, or would be."""
        model = self._serves if self.running and self._serves else chosen()
        return ModelRef(NAME, "chat", model.id)


@Single
def get_local() -> LocalServer:
    """The process's one model server, started when asked for and stopped at exit."""
    return LocalServer()
