"""`playground history`: the same runs, filters and sums as the page."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import click

from playground import figures as fmt
from playground import history
from playground.budgets.ledger import not_in_history
from playground.cli.say import say
from playground.cli.show import console, safe, whole
from playground.cli.tables import print_table
from playground.domain.nouns import NotARun, jsonable
from playground.export import dumps
from playground.export.formats import FORMATS
from playground.files import decoded
from playground.history import Row, Stored
from playground.history.deleting import delete_runs
from playground.history.documents import import_text, labelled, stored_document
from playground.history.interrupted import find_interrupted
from playground.history.pivot import pivot
from playground.history.queries import Filter, find, ids, one, options
from playground.history.reading import each, read_run
from playground.history.search import not_read, unsearchable
from playground.store.database import HistoryError
from playground.store.store import Store


def opened() -> Store:
    """The history; ClickException says why it can't be opened."""
    try:
        store = history.get_store()
        find_interrupted(store)
    except HistoryError as error:
        raise click.ClickException(str(error)) from None
    return store


PATIENCE = 10.0
"""Seconds for which texts are read where the index can't answer: nobody waits for a page here."""


def list_(wanted: Filter, limit: int, as_json: bool) -> int:
    """Print runs, the newest first; exit code 1 when none matches."""
    store = opened()
    found = find(store, wanted, count=limit, patience=PATIENCE)
    if as_json:
        print(dumps([jsonable(row) for row in found.rows]))
    elif found.rows:
        print_table(HEADERS, [_row(row) for row in found.rows], left=set(HEADERS) - {"cost"})
        if found.total > len(found.rows):
            of = f"more than {len(found.rows):,}" if found.more else f"{found.total:,}"
            print(f"{len(found.rows):,} of {of} runs; more with --limit.")
    else:
        say(unsearchable(wanted.search) or "No run matches." + _kinds(store, wanted))
    if found.since:
        say(not_read(found.since))
    return 0 if found.rows else 1


def _kinds(store: Store, wanted: Filter) -> str:
    """What there is, where a kind was asked for that there is not."""
    known = options(store).kinds
    if not wanted.kind or wanted.kind in known:
        return ""
    return (
        f" Nothing is of the kind {wanted.kind!r}; there is {', '.join(known) or 'no run at all'}."
    )


HEADERS = ("id", "when", "models", "cost", "state", "prompt or title")


def _row(row: Row) -> list[str]:
    return [
        row.id,
        fmt.when(row.created_at, None),
        row.models,
        "" if row.cost is None else fmt.total(row.cost, whole=not (row.unpriced or row.bounds)),
        row.ending + (f", {row.stand_in}" if row.stand_in else ""),
        ("★ " if row.starred else "") + row.name[:60],
    ]


def show(run_id: str, as_json: bool) -> int:
    """Print one run as `ask` did."""
    stored = kept_run(opened(), run_id)
    if as_json:
        print(dumps(stored_document(stored)))
        return 0
    labels = stored.labels
    words = [fmt.when(stored.run.created_at, None), labels.kind, stored.ending]
    words += [f"#{tag}" for tag in labels.tags]
    out = console()
    out.print(safe(f"{stored.run.id}  {' · '.join(words)}"))
    for text in (labels.title, labels.note):
        if text:
            out.print(safe(text))
    out.print()
    whole(stored.run)
    return 0


def export(run_ids: Sequence[str], wanted: Filter, format_: str, output: str | None) -> int:
    """Write runs in a format to standard output or a file."""
    store = opened()
    chosen = [_id(store, run_id) for run_id in run_ids] or ids(store, wanted)
    if not chosen:
        say("No run matches.")
        return 1
    made = [labelled(stored) for stored in each(store, chosen)]
    if output is None:
        text = FORMATS[format_].write(made)
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return 0
    try:
        Path(output).write_bytes(FORMATS[format_].data(made))
    except OSError as error:
        raise click.ClickException(f"{output} can't be written: {error.strerror}.") from None
    print(f"{_runs(len(chosen))} in {output}")
    return 0


def import_(names: Sequence[str], as_json: bool) -> int:
    """Keep the runs of JSON and JSONL exports."""
    store, files = opened(), []
    for name in names:
        try:
            text = decoded(sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes())
            new, known = import_text(store, text)
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise click.ClickException(f"{name} can't be read: {reason}.") from None
        except (NotARun, HistoryError) as error:
            raise click.ClickException(f"{name}: {error}") from None
        files.append({"file": name, "imported": new, "already_here": known})
        if not as_json:
            print(f"{name}: {_runs(new)} imported" + (f", {known:,} already here" if known else ""))
    if as_json:
        print(dumps({"files": files}))
    return 0


def delete(
    run_ids: Sequence[str], wanted: Filter, everything: bool, sure: bool, as_json: bool
) -> int:
    """Delete runs for good, after asking."""
    store = opened()
    if not run_ids and wanted == Filter() and not everything:
        raise click.UsageError("Say which runs: their ids, filters, or --all.")
    chosen = [_id(store, run_id) for run_id in run_ids] or ids(store, wanted)
    if not chosen:
        say("No run matches.")
        return 1
    if not sure:
        click.confirm(f"Delete {_runs(len(chosen))} for good?", abort=True, err=True)
    try:
        deleted = delete_runs(store, chosen)
    except HistoryError as error:
        raise click.ClickException(str(error)) from None
    print(dumps({"deleted": deleted}) if as_json else f"{_runs(deleted)} deleted")
    return 0


def cost(by: str, wanted: Filter, as_json: bool) -> int:
    """Print what was spent, grouped; simulated answers are left out unless asked for."""
    wanted = wanted if wanted.simulated is not None else replace(wanted, simulated=False)
    store = opened()
    rows = pivot(store, by, wanted)
    elsewhere = None if wanted.simulated else not_in_history(store, wanted)
    total = sum((row.cost for row in rows), start=0 * rows[0].cost) if rows else None
    if as_json:
        print(
            dumps(
                {
                    "by": by,
                    "rows": [jsonable(asdict(row)) for row in rows],
                    "total": jsonable(total),
                    "not_in_history": jsonable(elsewhere),
                }
            )
        )
        return 0
    if elsewhere:
        say(
            f"Not in these sums: {fmt.money(elsewhere)} for answers of runs that were not kept or are deleted."
            " The budgets count it."
        )
    if not rows or total is None:
        say("No billed answer matches; --simulated sums up what simulated ones would have cost.")
        return 1
    lines = [
        [
            row.group or "(none)",
            fmt.count(row.answers),
            fmt.count(row.input_tokens),
            fmt.count(row.output_tokens),
            fmt.money(row.cost),
            _note(row.unpriced, row.bounds, row.stopped),
        ]
        for row in rows
    ]
    answers = sum(row.answers for row in rows)
    lines.append(["total", fmt.count(answers), "", "", fmt.money(total), ""])
    summed = (figure.label.lower() for figure in fmt.named("input_tokens", "output_tokens", "cost"))
    group = f"{by} (UTC)" if by in ("day", "month") else by
    print_table((group, "answers", *summed, "note"), lines, left={group, "note"})
    if wanted.simulated:
        print("Simulated: nothing was billed.")
    return 0


def _note(unpriced: int, bounds: int, stopped: int) -> str:
    notes = [
        f"{unpriced:,} without a cost" if unpriced else "",
        f"{bounds:,} estimated" if bounds else "",
        f"{stopped:,} stopped" if stopped else "",
    ]
    return ", ".join(note for note in notes if note)


def _runs(count: int) -> str:
    return f"{count:,} run" + ("" if count == 1 else "s")


def _id(store: Store, beginning: str) -> str:
    found = one(store, beginning)
    if found is None:
        raise click.ClickException(
            f"No run, or more than one, has an id that starts with {beginning!r}: see `playground history list`."
        )
    return found


def kept_run(store: Store, beginning: str) -> Stored:
    """The run whose id begins so; ClickException where there is none, or more than one."""
    stored = read_run(store, _id(store, beginning))
    if stored is None:
        raise click.ClickException(f"The run {beginning!r} has just been deleted.")
    return stored
