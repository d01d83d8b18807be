"""Who won, in one or two sentences: only whole answers compete, bounds never win, and one run proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from playground import figures as fmt
from playground.domain import Response
from playground.domain.model import Source
from playground.figures import Figure
from playground.figures.best import best, competing, whole
from playground.ui.parts.ending import label
from playground.ui.parts.markdown import dollars, plain

SAID = {
    "cost": "cost least",
    "time_to_first_text": "spoke first",
    "duration": "ended first",
}
"""Figure → what is said of the lane with the least of it."""
ONE_RUN = (
    "One run proves little: times and lengths change from run to run. Repeat it before you decide."
)
CAUTIONS: Mapping[Source, str] = {
    "recorded": "Recorded: tokens and cost were real on their day; the times are ours and compete with none.",
    "simulated": "Simulated: the figures are made up, the arithmetic is not.",
    "real": ONE_RUN,
    "local": ONE_RUN,
}
"""Who answered → what a run of such answers does not prove."""
SPEED = fmt.FIGURES["output_tokens_per_second"]
LENGTH = fmt.FIGURES["output_tokens"]


def verdict(names: Sequence[str], responses: Sequence[Response]) -> str:
    """Markdown for the line above the lanes."""
    compete = [i for i, response in enumerate(responses) if whole(response)]
    said = [*_winners(names, responses), *_length(names, responses), *_left_out(names, responses)]
    if len(compete) < 2:
        said.insert(0, _nothing_to_compare(names, responses, compete))
    elif not any(best(responses)):
        said.insert(0, "The lanes can't be compared: too little was reported.")
    return " ".join(said)


def _nothing_to_compare(
    names: Sequence[str], responses: Sequence[Response], compete: Sequence[int]
) -> str:
    if len(responses) == 1:
        return "One lane: add another one to compare." if compete else "No whole answer came."
    if not compete:
        return "No whole answer came: there is nothing to compare."
    return f"Only **{plain(names[compete[0]])}** gave a whole answer: there is nothing to compare."


def _winners(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    """One sentence a winner, with what it won by."""
    for i, won in enumerate(best(responses)):
        parts = [_won(fmt.FIGURES[name], i, responses) for name in SAID if name in won]
        if parts:
            yield f"**{plain(names[i])}** {_and(parts)}."


def _won(figure: Figure, winner: int, responses: Sequence[Response]) -> str:
    here = figure.write(responses[winner])
    others = competing(figure, responses)
    mine = others.pop(winner)
    most = max(others.values())
    times = f", {most / mine:.1f} × less than the most" if mine and most / mine >= 1.05 else ""
    shared = " (with others)" if mine in others.values() else ""
    return dollars(f"{SAID[figure.name]}{shared} ({here}{times if figure.name == 'cost' else ''})")


def _length(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    """The shortest answer ends first: what the first one wrote, and who writes fastest."""
    first = next((i for i, won in enumerate(best(responses)) if "duration" in won), None)
    if first is None:
        return
    lengths = {
        i: length
        for i in competing(fmt.FIGURES["duration"], responses)
        if (length := responses[i].visible_output_tokens) is not None
    }
    if first in lengths and len(lengths) > 1 and lengths[first] == min(lengths.values()):
        rest = ", ".join(f"{fmt.count(n)}" for i, n in lengths.items() if i != first)
        yield f"Its answer is the shortest: {fmt.count(lengths[first])} tokens against {rest}."
    speeds = competing(SPEED, responses)
    if len(speeds) > 1 and (fastest := max(speeds, key=speeds.__getitem__)) != first:
        yield f"**{plain(names[fastest])}** writes fastest ({SPEED.write(responses[fastest])})."


def _left_out(names: Sequence[str], responses: Sequence[Response]) -> Iterator[str]:
    """The lanes that do not compete, and why."""
    if not any(whole(response) for response in responses) or len(responses) == 1:
        return
    out = [
        f"{plain(name)} ({label(response).lower()})"
        for name, response in zip(names, responses, strict=True)
        if not whole(response)
    ]
    if out:
        yield f"Not compared: {', '.join(out)}."


def caution(responses: Sequence[Response]) -> str:
    """What one run does not prove; nothing where nothing was compared."""
    if not any(best(responses)):
        return ""
    sources = {response.source for response in responses}
    said = (words for source, words in CAUTIONS.items() if source in sources)
    return " ".join(dict.fromkeys(said))


def _and(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
