"""`python -m playground.demo`: runs the demo server on loopback until its parent goes away."""

from __future__ import annotations

import argparse
import gc
import json
import logging
import os
import signal
import socket
import sys

import uvicorn

from playground.demo.child import BACKLOG, end, watch
from playground.demo.server import build
from playground.tokens import load_in_background


class Server(uvicorn.Server):
    """Says where it listens as soon as it does, and ends at once when told to."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, end)
        port = sockets[0].getsockname()[1] if sockets else self.config.port
        print(json.dumps({"port": port}), flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Serve until ended; prints one line of JSON with the port when ready."""
    options = argparse.ArgumentParser(prog="playground.demo", description=__doc__)
    options.add_argument("--port", type=int, default=0, help="0 = chosen by the system")
    options.add_argument("--listener", type=int, help="an open socket to listen on instead")
    options.add_argument(
        "--pace",
        type=float,
        default=float(os.environ.get("PLAYGROUND_DEMO_PACE") or 1),
        help="factor on every delay: 0 = none, 2 = twice as slow",
    )
    options.add_argument("--record", action="store_true", help="keep request bodies in memory")
    chosen = options.parse_args(arguments)
    watch()
    logging.disable()
    load_in_background()
    try:
        listener = (
            socket.create_server(("127.0.0.1", chosen.port), backlog=BACKLOG)
            if chosen.listener is None
            else socket.socket(fileno=chosen.listener)
        )
    except OSError as error:
        sys.exit(f"The demo cannot listen on 127.0.0.1:{chosen.port}: {error.strerror}.")
    config = uvicorn.Config(
        build(max(0.0, chosen.pace), chosen.record),
        log_config=None,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        server_header=False,
        timeout_keep_alive=75,
    )
    gc.freeze()
    Server(config).run([listener])


if __name__ == "__main__":
    main()
