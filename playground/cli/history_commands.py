"""`playground history …`: the commands and their options; what they do is imported when they are called."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import click

from playground.cli.options import Number

F = TypeVar("F", bound=Callable[..., Any])
DAY = click.DateTime(["%Y-%m-%d"])
MOST = click.IntRange(1, 100_000)
DOLLARS = Number(0)
BY = ("day", "month", "model", "provider", "tag", "department")

IDS = {"ignore_unknown_options": True}
"""An ID may start with a dash."""

FILTERS = (
    click.option("--provider", default="", metavar="NAME", help="Runs that asked this provider."),
    click.option("--model", default="", metavar="ID", help="Runs that asked this model."),
    click.option("--tag", default="", metavar="TAG", help="Runs with this tag."),
    click.option(
        "--department", default="", metavar="NAME", help="Runs of this department or project."
    ),
    click.option("--since", type=DAY, metavar="YYYY-MM-DD", help="First day, UTC."),
    click.option("--until", type=DAY, metavar="YYYY-MM-DD", help="Last day, UTC."),
    click.option("--failure", default="", metavar="TYPE", help="A failure's type, any or none."),
    click.option("--kind", default="", metavar="KIND", help="What made the run, such as ask."),
    click.option("--min-cost", type=DOLLARS, metavar="USD", help="Runs that cost at least this."),
    click.option("--max-cost", type=DOLLARS, metavar="USD", help="Runs that cost at most this."),
    click.option("--starred", is_flag=True, help="Starred runs only."),
    click.option(
        "--simulated/--real", "simulated", default=None, help="Only simulated or only real runs."
    ),
)
"""The options that every command with a filter takes: the page's filters."""
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class FormatName(click.Choice[str]):
    """One of the export formats; their table is read when this command is, so that no other waits for it."""

    def __init__(self) -> None:
        self.case_sensitive = True

    @property
    def choices(self) -> Sequence[str]:  # type: ignore[override]
        from playground.export.formats import FORMATS

        return tuple(FORMATS)


def filtered(command: F) -> F:
    """Give a command the filter's options."""
    for option in reversed(FILTERS):
        command = option(command)
    return command


def _filter(options: dict[str, Any], search: str = "") -> Any:
    """The options as a Filter."""
    from playground.history.queries import Filter

    since, until = (options.pop(name) for name in ("since", "until"))
    if since and until and since > until:
        raise click.UsageError(
            f"--since {since.date()} is after --until {until.date()}: no day is in between."
        )
    least, most = (options.pop(name) for name in ("min_cost", "max_cost"))
    return Filter(
        search=search,
        since=since.date().isoformat() if since else "",
        until=until.date().isoformat() if until else "",
        least_cost=None if least is None else Decimal(str(least)),
        most_cost=None if most is None else Decimal(str(most)),
        **options,
    )


@click.group(short_help="Find, show, export and sum up the runs that were kept.")
def history() -> None:
    """Find, show, export, import, delete and sum up the runs that app and command line have kept."""


@history.command("list")
@filtered
@click.option("--limit", type=MOST, default=20, show_default=True, metavar="N")
@JSON
def list_(limit: int, as_json: bool, **options: Any) -> int:
    """List runs, the newest first."""
    from playground.cli import history

    return history.list_(_filter(options), limit, as_json)


@history.command()
@click.argument("text")
@filtered
@click.option("--limit", type=MOST, default=20, show_default=True, metavar="N")
@JSON
def search(text: str, limit: int, as_json: bool, **options: Any) -> int:
    """List runs with TEXT in their prompt, answers, title or note: words, "a phrase", -without."""
    from playground.cli import history

    return history.list_(_filter(options, text), limit, as_json)


@history.command(context_settings=IDS)
@click.argument("run_id", metavar="ID")
@JSON
def show(run_id: str, as_json: bool) -> int:
    """Show one run; the beginning of its ID is enough."""
    from playground.cli import history

    return history.show(run_id, as_json)


@history.command(context_settings=IDS)
@click.argument("run_ids", metavar="[ID]...", nargs=-1)
@filtered
@click.option("--search", default="", metavar="TEXT", help="Runs with this text.")
@click.option("--format", "format_", type=FormatName(), default="json", show_default=True)
@click.option("-o", "--output", metavar="FILE", help="Write there; otherwise to standard output.")
def export(
    run_ids: tuple[str, ...], search: str, format_: str, output: str | None, **options: Any
) -> int:
    """Export the runs with these IDs, or all that match the filters."""
    from playground.cli import history

    return history.export(run_ids, _filter(options, search), format_, output)


@history.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@JSON
def import_(files: tuple[str, ...], as_json: bool) -> int:
    """Bring in runs from JSON or JSONL exports; - reads standard input. Runs that are here already stay as they are."""
    from playground.cli import history

    return history.import_(files, as_json)


@history.command(context_settings=IDS)
@click.argument("run_ids", metavar="[ID]...", nargs=-1)
@filtered
@click.option("--search", default="", metavar="TEXT", help="Runs with this text.")
@click.option("--all", "everything", is_flag=True, help="All runs.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@JSON
def delete(
    run_ids: tuple[str, ...],
    search: str,
    everything: bool,
    yes: bool,
    as_json: bool,
    **options: Any,
) -> int:
    """Delete runs for good: those with these IDs, all that match the filters, or --all."""
    from playground.cli import history

    return history.delete(run_ids, _filter(options, search), everything, yes, as_json)


@history.command()
@click.option(
    "--by", type=click.Choice(BY), default="day", show_default=True, help="Group by this."
)
@filtered
@JSON
def cost(by: str, as_json: bool, **options: Any) -> int:
    """Sum up what the answers cost; simulated ones only with --simulated."""
    from playground.cli import history

    return history.cost(by, _filter(options), as_json)
