"""`python -m playground`, the same as the `playground` script."""

from __future__ import annotations

import gc
import sys

START_OBJECTS = 200_000
"""New objects between two collections of garbage: what is imported stays, and looking through it again and again is a
third of a short command's time. About 30 MB."""


def open_app(port: int, open_browser: bool) -> None:
    """Serve the app until it is stopped."""
    from playground.ui.shell.serving import serve

    serve(port, open_browser=open_browser)


def main() -> None:
    """Run the command line and exit with its code."""
    gc.set_threshold(START_OBJECTS, *gc.get_threshold()[1:])
    from playground import cli  # now, when it is quick

    code = cli.main(open_app)
    gc.freeze()  # the process ends: its memory goes with it, and need not be looked through once more
    sys.exit(code)


if __name__ == "__main__":
    main()
