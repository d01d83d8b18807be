"""`playground recorded`: what real services answered, listed and replayed through the real SDKs."""

from __future__ import annotations

import click

from playground.cli.ask import Options, run_simulated
from playground.cli.say import say
from playground.demo import recorded
from playground.demo.recorded import Recording
from playground.export import dumps


def list_(what: str, as_json: bool) -> int:
    """Print the recordings that show this; exit code 1 when none does."""
    rows = [r for r in recorded.recordings() if not what or what.lower() in r.shows]
    if as_json:
        print(dumps([_document(row) for row in rows]))
    else:
        for row in rows:
            print(
                f"{row.id:20} {row.recorded}  {row.asked}\n{'':20} {row.title} ({', '.join(row.shows)})"
            )
    if not rows:
        say(f"No recorded answer shows {what!r}; they show {', '.join(recorded.shows())}.")
    return 0 if rows else 1


def show(id: str, as_json: bool) -> int:
    """Print what one was asked and where it comes from; UsageError where there is none of that name."""
    row = _found(id)
    if as_json:
        turns = [{"role": role, "text": text} for role, text in row.turns]
        more = {"dated_by": row.dated_by, "turns": turns, "note": row.note or None}
        print(dumps({**_document(row), **more}))
        return 0
    print(f"{row.title}\n{row.model.stand_in(True)}, dated by {row.dated_by}")
    print(f"{row.source_url} ({row.licence})")
    for role, text in row.turns:
        print(f"\n{role}: {text}")
    if row.note:
        print(f"\n{row.note}")
    print(f"\nReplay it: playground recorded ask {row.id}")
    return 0


def ask(prompt_or_id: str, *, as_json: bool, no_history: bool) -> int:
    """Replay one by its name, or all that were given to this prompt; exit code as that of `ask`."""
    rows = recorded.of_prompt(prompt_or_id)
    if not rows:
        rows = (_found(prompt_or_id),)
    options = Options(
        prompt=prompt_or_id,
        models=(),
        system=None,
        files=(),
        retries=0,
        timeout=600.0,
        demo=True,
        as_json=as_json,
        settings={},
        no_history=no_history,
    )
    return run_simulated(options, [row.request() for row in rows])


def _found(id: str) -> Recording:
    row = recorded.find(id)
    if row is None:
        raise click.UsageError(
            f"{id!r} is neither the name of a recorded answer nor a prompt that was recorded: see `playground recorded list`."
        )
    return row


def _document(row: Recording) -> dict[str, object]:
    return {
        "id": row.id,
        "title": row.title,
        "shows": list(row.shows),
        "model": str(row.model),
        "recorded": row.recorded,
        "source": row.source_url,
        "licence": row.licence,
        "prompt": row.prompt or None,
    }
