"""`playground questions`: what people ask about chat products and APIs, found in their own words."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text

from playground.cli.breakeven import of_run
from playground.cli.say import say
from playground.cli.show import console, safe
from playground.domain import clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The options of the command, as typed."""

    words: tuple[str, ...]
    run: str | None
    as_json: bool


def questions(options: Options) -> int:
    """Print the questions that fit with their answers; exit code 1 when none does."""
    from playground import pricing
    from playground.lab import breakeven
    from playground.lab.questions import Own, row, search

    conversation = (
        of_run(options.run, None) if options.run else breakeven.HABITS["medium"].conversation()
    )
    own = Own(
        conversation=conversation,
        book=pricing.load(),
        on=clock.today(),
        mine=options.run is not None,
    )
    rows = [row(question, own) for question in search(" ".join(options.words))]
    if options.as_json:
        from playground.export import dumps

        print(dumps(rows), flush=True)
    elif not rows:
        say("No question has these words: `playground questions` lists all of them.")
    else:
        out = console()
        for found in rows:
            out.print(Text(safe(found["question"]), style="bold"))
            out.print(safe(found["answer"]))
            out.print(Text(f"{found['label']}: {safe(found['link'])}", style="dim"))
            out.print()
        out.print(Text(f"The figures: {safe(conversation.source)}.", style="dim"))
    return 0 if rows else 1
