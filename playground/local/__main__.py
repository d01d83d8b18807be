"""`python -m playground.local`: serves a GGUF file on loopback until its parent goes away.

llama.cpp's own server answers, nothing of ours in between. It would let any web page ask it: a key, made here and told
to the parent alone, keeps them out.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playground.demo.child import end, watch
from playground.local.weights import RUNTIME_MODULE

CONTEXT = 8192
"""Most tokens of all lanes together; a model's own window may be smaller."""
LANES = 4
"""Requests that are answered at once; more wait."""
CACHE_MIB = 256
"""Memory for prompts that were seen before."""
ERRORS_ONLY = 1


def main(arguments: list[str] | None = None) -> None:
    """Serve until ended; prints one line of JSON with port and key when ready."""
    options = argparse.ArgumentParser(prog="playground.local", description=__doc__)
    options.add_argument("--model", type=Path, required=True, help="the GGUF file")
    options.add_argument("--id", required=True, help="the model's name")
    options.add_argument("--template", type=Path, help="a chat template instead of the file's own")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--port", type=int, default=0, help="0 = chosen by the system")
    chosen = options.parse_args(arguments)
    watch()
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever the runtime prints is no answer to the parent
    try:
        server, key = serve(chosen)
    except ImportError as error:
        sys.exit(f"the runtime can't be imported ({error})")
    except RuntimeError as error:
        sys.exit(f"{chosen.model.name} can't be served ({error})")
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    print(json.dumps({"port": urlsplit(server.listening_address).port, "key": key}), file=told)
    told.flush()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)  # nobody reads the pipe any more: a full one would stop the server
    threading.Event().wait()


def serve(chosen: argparse.Namespace) -> tuple[Any, str]:
    """The running server and its key."""
    xllamacpp: Any = importlib.import_module(RUNTIME_MODULE)
    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path = str(chosen.model)
    params.model_alias = {chosen.id}
    params.hostnames = ["127.0.0.1"]
    params.port = chosen.port
    params.api_keys = [key]
    params.cors_origins = "null"
    params.ui = params.endpoint_slots = False
    params.offline = True
    params.verbosity = ERRORS_ONLY
    params.n_ctx, params.n_parallel, params.kv_unified = CONTEXT, LANES, True
    params.cache_ram_mib = CACHE_MIB
    for pool in (params.cpuparams, params.cpuparams_batch):
        pool.n_threads = chosen.threads
        pool.poll = (
            0  # waiting threads sleep: on two busy cores spinning ones made it 30 times slower
        )
    if chosen.template:
        params.chat_template = chosen.template.read_text(encoding="utf-8")
    return xllamacpp.Server(params), key


if __name__ == "__main__":
    main()
