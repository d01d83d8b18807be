"""The command line: the same engine as the app, for a terminal or a script."""

from playground.cli.main import main

__all__ = ["main"]
