"""A process in which the real app draws its first page again and again: prints how often everything was collected meanwhile."""

from __future__ import annotations

import gc
import threading
from typing import Any

import streamlit as st
from starlette.testclient import TestClient, WebSocketTestSession
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from playground.ui.shell.serving import parts

RERUNS = 5
HOST = "localhost:8501"


def rerun(socket: WebSocketTestSession) -> None:
    """Run the page's script once, to its end."""
    asked = BackMsg()
    asked.rerun_script.SetInParent()
    socket.send_bytes(asked.SerializeToString())
    while ForwardMsg.FromString(socket.receive_bytes()).WhichOneof("type") != "script_finished":
        pass


def main() -> None:
    full = []

    def note(phase: str, details: dict[str, Any]) -> None:
        if phase == "start" and details["generation"] == 2:
            full.append(threading.current_thread().name)

    with (
        TestClient(st.App(**parts()), base_url=f"http://{HOST}") as client,
        client.websocket_connect(
            f"ws://{HOST}/_stcore/stream",
            subprotocols=["streamlit"],
            headers={"origin": f"http://{HOST}"},
        ) as socket,
    ):
        rerun(socket)
        for thread in threading.enumerate():
            if thread.name == "warm":
                thread.join()  # it collects everything once, at its end
        gc.callbacks.append(note)
        for _ in range(RERUNS):
            rerun(socket)
    print(len([name for name in full if name.startswith("ScriptRunner")]))


if __name__ == "__main__":
    main()
