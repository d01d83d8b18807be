"""A sign-in under way: the callback's place on 127.0.0.1, what came there, and what this installation is called."""

from __future__ import annotations

import json
import os
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playground.engine import Engine
from playground.providers import plan_sign_in
from playground.providers.plan_sign_in import CALLBACK, FIRST, ISSUER, Account, Attempt, NotSignedIn

PATIENCE = 600.0
"""Seconds that a person has in the browser."""
FILE = "chatgpt-sign-in.json"
PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><p>{title} You can close this tab and go'
    " back to the playground."
)


class Installation:
    """What an issuer knows this installation by: its own id and the client ids that it was given. Nothing of it is secret.

    OpenAI asks that both are kept: the id before the first sign-in, each client id before its code is redeemed. Without a
    file they last as long as the process.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        held = _read(file)
        self.host = str(held.get("host") or uuid.uuid4())
        self.client = str(held.get("client") or FIRST)
        self._write()

    def keep(self, client: str) -> None:
        """Remember the client id that was given."""
        self.client = client
        self._write()

    def _write(self) -> None:
        if self._file is None:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(json.dumps({"host": self.host, "client": self.client}), "utf-8")
            os.chmod(self._file, 0o600)
        except OSError:
            self._file = None  # a folder that can't be written: they last as long as the process


def _read(file: Path | None) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8")) if file else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


class SignIn:
    """One attempt: listens until the browser comes back, then redeems what it brought."""

    def __init__(self, engine: Engine, installation: Installation, *, issuer: str = ISSUER) -> None:
        self._engine = engine
        self._installation = installation
        self._account: Future[Account] = Future()
        # A browser opens connections ahead and says nothing on them: one after the other it would wait behind itself.
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._came))
        self.attempt: Attempt = plan_sign_in.begin(
            self._server.server_address[1],
            installation.host,
            client=installation.client,
            issuer=issuer,
        )
        self._timer = threading.Timer(PATIENCE, self.stop)
        self._timer.daemon = True
        threading.Thread(target=self._serve, name="sign-in", daemon=True).start()
        self._timer.start()

    @property
    def url(self) -> str:
        """What the browser opens."""
        return self.attempt.url

    @property
    def over(self) -> bool:
        """Whether it has worked or failed."""
        return self._account.done()

    def account(self, patience: float = 0.0) -> Account:
        """Who signed in; NotSignedIn where nobody did, TimeoutError where that is not known yet."""
        return self._account.result(patience)

    def stop(self) -> None:
        """Stop listening; an attempt that is under way has failed."""
        self._end(NotSignedIn("Nobody came back from the browser in time: begin again."))

    def _serve(self) -> None:
        with self._server:
            self._server.serve_forever(poll_interval=0.2)

    def _came(self, query: dict[str, str]) -> bool:
        """What the browser brought; True where it belongs to this attempt."""
        try:
            code, client = plan_sign_in.called_back(self.attempt, query)
        except NotSignedIn as error:
            mine = query.get("state") == self.attempt.state
            if mine:
                self._end(error)
            return mine
        self._installation.keep(client)
        try:
            work = self._engine.submit(
                lambda pool: plan_sign_in.redeem(self.attempt, code, client, pool=pool)
            )
            self._end(work.result(plan_sign_in.PATIENCE * 4))
        except NotSignedIn as error:
            self._end(error)
        except TimeoutError:
            self._end(NotSignedIn("The issuer did not answer in time: begin again."))
        return True

    def _end(self, found: Account | NotSignedIn) -> None:
        self._timer.cancel()
        if not self._account.done():
            if isinstance(found, Account):
                self._account.set_result(found)
            else:
                self._account.set_exception(found)
            threading.Thread(target=self._server.shutdown, daemon=True).start()


def _handler(came: Callable[[dict[str, str]], bool]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            host = self.headers.get("host", "").partition(":")[0]
            right = asked.path == CALLBACK and host == "127.0.0.1"
            known = right and came(dict(parse_qsl(asked.query)))
            body = PAGE.format(title="Done." if known else "This is nothing of this sign-in.")
            self.send_response(200 if known else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", "default-src 'none'")
            self.send_header("referrer-policy", "no-referrer")
            self.send_header("cache-control", "no-store")
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the address holds the code."""

    return Handler
