"""What `playground lab doors` does."""

from __future__ import annotations

from playground.cli.lab import asking
from playground.cli.say import say
from playground.cli.show import bare_table, console, not_live, safe
from playground.domain import Run


def compare(prompt: str, function: bool, options: asking.Options) -> int:
    """Send, print, and return the exit code: 0 all answered, 1 any failed, 130 stopped."""
    from playground.lab import doors

    with asking.asked(options) as (refs, endpoints):
        asked = doors.requests(prompt, doors.through_all(refs), function=function)
        for said in doors.warnings(asked):
            say(said)
        done = asking.run(asked, endpoints)
    if not isinstance(done, Run):
        return done
    if options.as_json:
        from playground.domain.nouns import jsonable
        from playground.export import dumps

        rows = [doors.row(response) for response in done.responses]
        told = {(response.model.provider, response.model.api) for response in done.responses}
        cant = [row for row in doors.limits() if tuple(row.door.split("/")) in told]
        print(
            dumps({"simulated": done.simulated, "doors": rows, "limits": jsonable(cant)}),
            flush=True,
        )
    else:
        _print(done)
    return asking.exit_code(done)


def _print(run: Run) -> None:
    from playground.lab import doors

    rows = doors.table(run.responses)
    table = bare_table()
    for name in rows[0]:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(safe(str(value)) for value in row.values()))
    out = console()
    out.print(table)
    for response in run.responses:
        if response.failure:
            out.print(safe(f"{doors.label(response.model)}: {response.failure.told}"))
    not_live(out, run)
