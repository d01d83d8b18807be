"""What `playground lab caching --conversation` does: a kept conversation, turn by turn, and why its cache missed."""

from __future__ import annotations

import click

from playground import figures as fmt
from playground.cli.history import kept_run, opened
from playground.cli.show import safe
from playground.domain.nouns import NotARun
from playground.engine import ended_run
from playground.export import dumps
from playground.history.queries import in_context
from playground.history.reading import read_run
from playground.lab import conversation_cache
from playground.lab.conversation import CONVERSATION, Conversation, conversation_of
from playground.lab.conversation_cache import Kept


def explain(run_id: str, *, as_json: bool) -> int:
    """Print each turn up to this one, and return the exit code 0; ClickException where the run is no conversation's."""
    talk = _conversation(run_id)
    turns = conversation_cache.along(talk.path())
    if as_json:
        print(dumps({"turns": [conversation_cache.document(turn) for turn in turns]}))
        return 0
    for turn in turns:
        _print(turn)
    return 0


def _conversation(run_id: str) -> Conversation:
    """The conversation that the run is a turn of, seen up to it."""
    store = opened()
    stored = kept_run(store, run_id)
    held = str(stored.context.get(CONVERSATION) or "")
    kept = [read_run(store, each) for each in in_context(store, CONVERSATION, held)]
    runs = sorted((each for each in kept if each), key=lambda each: each.run.created_at)
    try:
        talk = conversation_of([ended_run(each.run, "", each.context) for each in runs])
    except NotARun as error:
        raise click.ClickException(str(error)) from None
    talk.head = stored.run.id
    return talk


def _print(kept: Kept) -> None:
    usage = kept.response.usage
    print(safe(f"turn {kept.turn}, {kept.model}: {fmt.count(usage.input_tokens)} in, "), end="")
    print(f"{fmt.count(usage.cache_read_input_tokens)} read from the cache")
    if kept.told is None:
        return
    for reason in kept.told.reasons:
        print(safe(f"  {'' if reason.certain else 'perhaps: '}{reason.said}"))
    if kept.told.again_cost is not None:
        again = fmt.count(kept.told.again_tokens)
        print(f"  billed again: {again} tokens, {fmt.money(kept.told.again_cost)}")
