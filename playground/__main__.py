"""`python -m playground`, the same as the `playground` script."""

from __future__ import annotations

import sys

from playground import cli


def open_app(port: int, open_browser: bool) -> None:
    """Serve the app until it is stopped."""
    from playground.ui.shell.serving import serve

    serve(port, open_browser=open_browser)


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(cli.main(open_app))


if __name__ == "__main__":
    main()
