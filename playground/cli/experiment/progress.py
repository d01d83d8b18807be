"""How far an experiment is, on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import Any

from playground.cli.say import say
from playground.experiments.kept import Experiment
from playground.experiments.running import Progress
from playground.figures import money

LINE_SECONDS = 10.0
"""Between two lines where there is no terminal."""
BAR_SECONDS = 0.2


class Bar:
    """Shows progress until it is left."""

    def __init__(self, experiment: Experiment, *, quiet: bool = False) -> None:
        self._experiment, self._quiet = experiment, quiet
        self._bar: Any = None
        self._task: Any = None
        self._shown = time.monotonic()

    def __enter__(self) -> Bar:
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.fields[said]}"),
            )
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._experiment.name, total=None, said="")
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def say(self, sentence: str) -> None:
        """A remark between."""
        say(sentence)

    def show(self, made: Progress) -> None:
        """Show it, if it is time to."""
        now = time.monotonic()
        if now - self._shown < (LINE_SECONDS if self._bar is None else BAR_SECONDS):
            return
        self._shown = now
        if self._bar is not None:
            self._bar.update(self._task, total=made.cells, completed=made.ended, said=told(made))
        elif not self._quiet:
            say(f"{self._experiment.name}: {told(made)}")


def told(made: Progress) -> str:
    """`120 of 3,000 · 2 failed · 8 under way · $0.12 · 3 min left`."""
    parts = [f"{made.ended:,} of {made.cells:,}"]
    if made.failed:
        parts.append(f"{made.failed:,} failed")
    parts.append(f"{made.under_way} under way")
    if made.spent:
        more = made.to_spend
        parts.append(f"{money(made.spent)}{f', about {money(more)} to come' if more else ''}")
    parts += [
        f"{ref} waits {seconds:.0f} s for its rate limit"
        for ref, seconds in made.held_up.items()
        if seconds >= 1
    ]
    if made.left is not None:
        parts.append(f"{_span(made.left)} left")
    return " · ".join(parts)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
