"""`playground local` and its commands; what they do is imported when they are called."""

from __future__ import annotations

import click


@click.group(invoke_without_command=True, short_help="Run a real small model on this computer.")
@click.pass_context
def local(ctx: click.Context) -> int:
    """Set up a small language model on this computer (once, some 127 MB), let it answer, and say how to ask it.

    No key, no network after that, no cost but the processor's time. It is small and often wrong.
    """
    if ctx.invoked_subcommand is not None:
        return 0
    from playground.cli.local import local

    return local()


@local.command(short_help="Serve it for your own scripts.")
def serve() -> int:
    """Serve the model on loopback until Ctrl+C, and say where and with which key."""
    from playground.cli.local import serve

    return serve()


@local.command(short_help="Find other models and servers on this computer.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def find(as_json: bool) -> int:
    """List GGUF files, and whether Ollama, vLLM, LM Studio or llama.cpp runs here, with the command that uses each."""
    from playground.cli.local import find

    return find(as_json)


@local.command(short_help="Choose which model is served.")
@click.argument("file")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def use(file: str, as_json: bool) -> int:
    """Serve FILE, a GGUF file of your own, from now on; `default` is the small model."""
    from playground.cli.local import use

    return use(file, as_json)


@local.command(short_help="Take away what was set up.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def remove(as_json: bool) -> int:
    """Take away model and runtime that set-up has brought; your own GGUF files stay."""
    from playground.cli.local import remove

    return remove(as_json)
