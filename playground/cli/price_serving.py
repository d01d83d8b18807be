"""`playground prices export` and `serve`: the dated price table for others, as a file, over HTTP and MCP."""

from __future__ import annotations

import socket
from pathlib import Path

import click

from playground.cli.say import say
from playground.export import dumps
from playground.price_service import published
from playground.pricing import PriceBook, load


def export(output: str, *, schema: bool, own: bool) -> int:
    """Write the table, or its schema, to a file or to standard output."""
    if schema:
        text = dumps(published.json_schema()) + "\n"
    else:
        book = load(own=own)
        for problem in book.problems:
            say(problem)
        text = published.text(book)
    if output == "-":
        click.echo(text, nl=False)
        return 0
    try:
        Path(output).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}.") from None
    return 0


def serve(host: str, port: int, *, stdio: bool, own: bool) -> int:
    """Answer until Ctrl+C, over HTTP or on standard input and output."""

    def book() -> PriceBook:
        return load(own=own)

    for problem in book().problems:
        say(problem)
    if stdio:
        from playground.price_service.answering import LONGEST
        from playground.price_service.over_mcp import on_stdio

        return on_stdio(book, lambda: say(f"a line is longer than {LONGEST:,} bytes: ended."))
    import uvicorn

    from playground.price_service.over_http import app

    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise click.UsageError(
            f"{host}:{port} can't be used: {error.strerror}. Choose another --port."
        ) from None
    with listening:
        root = f"http://{host}:{listening.getsockname()[1]}"
        click.echo(f"Prices on {root} until Ctrl+C; MCP on {root}/mcp.")
        config = uvicorn.Config(app(book, host), log_level="warning")
        uvicorn.Server(config).run(sockets=[listening])
    return 0
