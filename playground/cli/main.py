"""Starts a command and turns everything that can go wrong into one sentence and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from playground.cli import completing
from playground.cli.commands import Context, playground
from playground.cli.say import say
from playground.settings import SettingsError

ANSWERED, FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""


def main(open_app: Callable[[int, bool], None], argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `open_app(port, open_browser)` is what no command at all does."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed (`>&-`), or a window without a terminal
            stream = open(os.devnull, "w")  # noqa: SIM115 - for as long as the process lives
            setattr(sys, name, stream)
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a terminal that cannot show a character shows a ? instead
            reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if argv is None else argv)
    for number, argument in enumerate(arguments, 1):
        if not _is_text(argument):
            return _say(f"Argument {number} is not UTF-8 text: write it in UTF-8.", BAD_USAGE)
    if completing.VARIABLE in os.environ:
        completing.prepare(playground)
    try:
        code = playground.main(
            args=arguments,
            prog_name="playground",
            standalone_mode=False,
            obj=Context(open_app=open_app),
        )
        sys.stdout.flush()  # here, where what is wrong with it can be said
        return code if isinstance(code, int) else ANSWERED
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.format_message(), file=sys.stderr)
        return BAD_USAGE
    except click.ClickException as error:
        return _say(error.format_message(), BAD_USAGE)
    except SettingsError as error:
        return _say(str(error), BAD_USAGE)
    except BrokenPipeError:  # the reader (`| head`) has gone; nothing may be written at exit either
        _write_nothing_more()
        return FAILED
    except Exception as error:
        if os.environ.get("PLAYGROUND_DEBUG"):
            raise
        if isinstance(error, OSError) and error.errno in UNWRITABLE and error.filename is None:
            _write_nothing_more()
            return _say(f"The output can't be written: {error.strerror}.", FAILED)
        return _say(_unexpected(error), FAILED)


UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""What the system says of a full disk, and of an output that is gone."""


def _write_nothing_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _is_text(argument: str) -> bool:
    """False for what the system handed over as bytes that are not UTF-8; Python holds each as half a character."""
    return not any("\ud800" <= sign <= "\udfff" for sign in argument)


def _say(sentence: str, code: int) -> int:
    say(sentence)
    return code


def _unexpected(error: Exception) -> str:
    """Where a bug struck, without its message, which may hold anything."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f" in {Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else ""
    return (
        f"An unexpected {type(error).__name__}{where}: that is a bug in the playground."
        " Set PLAYGROUND_DEBUG=1 to see all of it."
    )
