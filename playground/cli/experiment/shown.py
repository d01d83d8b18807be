"""What an experiment found, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from playground import figures as fmt
from playground.cli.show import bare_table, console, fitted, safe
from playground.experiments import kept
from playground.experiments.between import Between
from playground.experiments.comparing import Comparison
from playground.experiments.results import Cause, Costs, ModelResult, Results, judging
from playground.experiments.statistics import Interval

NAMES = {
    "pass_rate": "pass rate",
    "time_to_first_text": "time to first text",
    "duration": "duration",
    "output_tokens_per_second": "tokens/s",
    "cost": "cost a call",
    "cost_per_success": "cost per success",
}
NOTHING = "–"


def show(found: Results, causes: Sequence[Cause]) -> None:
    """Print models, comparisons, failures, and what is left to do."""
    out = console()
    head(out, found)
    out.print(fitted(out, models(found.models)))
    for sentence in remarks(found):
        out.print(Text(safe(sentence)))
    failed(out, causes)


def head(out: Console, found: Results) -> None:
    """What was run, whether anybody was really asked, and how much in which time."""
    experiment = found.experiment
    out.print(Text(safe(f"{experiment.name} · experiment {experiment.id}"), style="bold"))
    if experiment.simulated:
        out.print(Text("Simulated: no model was asked, and nothing was billed.", style="yellow"))
    out.print(Text(_line(found), style="dim"))
    out.print()


def failed(out: Console, causes: Sequence[Cause]) -> None:
    """Why calls failed or answers did not pass, a line a cause."""
    for cause in causes:
        names = ", ".join(f"{count:,} {model}" for model, count in cause.models.items())
        out.print(
            Text(safe(f"✗ {cause.count:,} {cause.cause} ({names}): {cause.example}"), style="red")
        )


def _line(found: Results) -> str:
    rate = found.requests_per_second
    speed = f", {rate:.1f} a second" if rate else ""
    kept_ = found.experiment.spec.exchanges
    exchanges = {
        "none": "no exchange is kept",
        "sampled": f"exchanges are sampled: {found.runs_kept:,} cells' are in the history",
        "all": f"{found.runs_kept:,} cells' exchanges are in the history",
    }[kept_]
    return (
        f"{found.requests:,} requests{speed} in {fmt.seconds(found.experiment.elapsed)},"
        f" {found.failures:,} failed; {exchanges}."
    )


def models(found: Sequence[ModelResult]) -> Table:
    """One row a model."""
    made = table("Model")
    for name in (
        "n",
        "Failed",
        "Passed",
        "95 %",
        "First text p50",
        "p95",
        "Duration p50",
        "p95",
        "Tokens/s",
        "Cost",
        "A call",
        "A success",
    ):
        made.add_column(name, justify="right")
    for model in found:
        made.add_row(Text(safe(model.model)), *_cells(model))
    return made


def table(*words: str) -> Table:
    """A table without lines; these columns are words."""
    made = bare_table()
    for name in words:
        made.add_column(name, overflow="fold")
    return made


def _cells(model: ModelResult) -> list[str]:
    rate, cost = model.pass_rate, model.cost
    return [
        f"{model.n:,}",
        f"{model.failures:,}",
        share(rate.value),
        span(rate.interval),
        _seconds(model.time_to_first_text.p50),
        _seconds(model.time_to_first_text.p95),
        _seconds(model.duration.p50),
        _seconds(model.duration.p95),
        NOTHING
        if model.output_tokens_per_second.p50 is None
        else f"{model.output_tokens_per_second.p50:.0f}",
        *(amount(cost, usd) for usd in (cost.total, cost.per_request, cost.per_success)),
    ]


def amount(cost: Costs, usd: Decimal | None) -> str:
    """One of a model's sums; `≥` where a part of it is not known whole."""
    return NOTHING if usd is None else fmt.total(usd, whole=not cost.bounds)


def share(value: float | None) -> str:
    """`86.7%`."""
    return NOTHING if value is None else f"{value:.1%}"


def _seconds(value: float | None) -> str:
    return NOTHING if value is None else fmt.seconds(value)


def span(interval: Interval | None) -> str:
    """`68% to 91%`."""
    if interval is None or interval.low is None or interval.high is None:
        return NOTHING
    return f"{interval.low:.0%} to {interval.high:.0%}"


PERCENTILES = ("p50", "p90", "p95", "p99", "mean", "spread")
FIGURES = ("time_to_first_text", "duration", "output_tokens_per_second")


def details(found: Results) -> None:
    """Print every percentile, what a success costs with its interval, and every comparison."""
    out = console()
    for made in (_percentiles(found.models), _per_success(found.models), _all(found.comparisons)):
        if made.row_count:
            out.print()
            out.print(fitted(out, made))


def _table(*columns: str, left: int = 1) -> Table:
    table = bare_table()
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < left else "right", overflow="fold")
    return table


def _percentiles(found: Sequence[ModelResult]) -> Table:
    table = _table("Model", "", *PERCENTILES, left=2)
    for model in found:
        for figure in FIGURES:
            values = getattr(model, figure)
            if values.n:
                cells = [_value(figure, getattr(values, name)) for name in PERCENTILES]
                table.add_row(*(Text(safe(c)) for c in (model.model, NAMES[figure], *cells)))
    return table


def _per_success(found: Sequence[ModelResult]) -> Table:
    table = _table("Model", "A success costs", "95 %")
    for model in found:
        interval = model.cost.per_success_interval
        if model.cost.per_success is not None:
            ends = interval and [
                "without limit" if end is None else fmt.money(Decimal(str(end)))
                for end in (interval.low, interval.high)
            ]
            table.add_row(
                Text(safe(model.model)),
                amount(model.cost, model.cost.per_success),
                " to ".join(ends) if ends else NOTHING,
            )
    return table


def _all(found: Sequence[Comparison]) -> Table:
    table = _table("a", "b", "Figure", "a − b", "95 %", "p", "", "Test", left=3)
    for c in found:
        row = (c.a, c.b, NAMES.get(c.metric, c.metric), *_difference(c), c.test)
        table.add_row(*(Text(safe(cell)) for cell in row))
    return table


def _difference(c: Comparison) -> tuple[str, str, str, str]:
    """The difference, its interval, p after Holm, and whether that is significant."""
    ends = [] if c.interval is None else [c.interval.low, c.interval.high]
    known = [_amount(c.metric, end) for end in ends if end is not None]
    return (
        NOTHING if c.difference is None else _amount(c.metric, c.difference),
        " to ".join(known) if len(known) == 2 else NOTHING,
        NOTHING if c.adjusted is None else f"{c.adjusted:.3f}",
        {True: "significant", False: "", None: "not tested"}[c.significant],
    )


def both(found: Between) -> Table:
    """One row a model and figure: its value in A and in B, and what is between them."""
    table = _table("Model", "Figure", "A", "B", "A − B", "95 %", "p", "", "Test", left=2)
    mine, theirs = ({m.model: m for m in each.models} for each in (found.a, found.b))
    for model, c in found.made:
        row = (
            model,
            NAMES.get(c.metric, c.metric),
            *(_typical(c.metric, each[model]) for each in (mine, theirs)),
            *_difference(c),
            c.test,
        )
        table.add_row(*(Text(safe(cell)) for cell in row))
    return table


def changed(model: str, c: Comparison) -> str:
    """`haiku: pass rate 12 points lower in B (McNemar exact, p = 0.003).`."""
    way = "lower" if (c.difference or 0) > 0 else "higher"
    name = NAMES.get(c.metric, c.metric)
    return f"{model}: {name} {_amount(c.metric, abs(c.difference or 0))} {way} in B ({c.test}, {_p(c)})."


def _typical(metric: str, model: ModelResult) -> str:
    """A model's figure where two are compared: the mean, as the test has it."""
    if metric == "pass_rate":
        return share(model.pass_rate.value)
    if metric.startswith("cost"):
        cost = model.cost
        return amount(cost, cost.per_request if metric == "cost" else cost.per_success)
    return _value(metric, getattr(model, metric).mean)


def _value(figure: str, value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"{value:.1f}" if figure == "output_tokens_per_second" else fmt.seconds(value)


def remarks(found: Results) -> list[str]:
    """Sentences: what differs, what can't be told apart yet, what is odd about the figures, and what to do next."""
    return differences(found) + oddities(found)


def differences(found: Results) -> list[str]:
    """Sentences on comparisons that found something, and on what it would take for the others."""
    said = [comparison(c) for c in found.comparisons if c.significant]
    quiet = [c for c in found.comparisons if not c.significant and not c.same]
    if quiet:
        said.append(
            f"{len(quiet)} other comparisons found no difference that chance does not make."
        )
        said += [
            more for c in quiet if c.metric in ("pass_rate", "duration") and (more := needs(c))
        ]
    return said


def oddities(found: Results) -> list[str]:
    """Sentences: what is odd about the figures, and what to do next."""
    said = []
    for turn in found.turned:
        sure = "" if turn.significant else " (not significant)"
        said.append(f"{turn.cheaper} is cheaper a call, but {turn.dearer} a success{sure}.")
    for model in found.models:
        said += _odd(model)
    return said + _to_do(found)


def comparison(c: Comparison) -> str:
    """`a: pass rate 12 points above b (5 to 19; McNemar exact, p = 0.003).`."""
    way = "above" if (c.difference or 0) > 0 else "below"
    spans = c.interval and [
        None if v is None else _amount(c.metric, v) for v in (c.interval.low, c.interval.high)
    ]
    between = f"{spans[0]} to {spans[1]}; " if spans and all(spans) else ""
    name = NAMES.get(c.metric, c.metric)
    return f"{c.a}: {name} {_amount(c.metric, abs(c.difference or 0))} {way} {c.b} ({between}{c.test}, {_p(c)})."


def _p(c: Comparison) -> str:
    return f"p = {c.adjusted:.3f}" if c.adjusted and c.adjusted >= 0.001 else "p < 0.001"


def _amount(metric: str, value: float) -> str:
    if metric == "pass_rate":
        return f"{100 * value:.0f} points"
    if metric.startswith("cost"):
        return f"${value:.6f}"
    return f"{value:.1f}" if metric == "output_tokens_per_second" else f"{value:.3f} s"


def figure(metric: str, value: float | None, *, sign: bool = False) -> str:
    """A value in the figure's own unit; a dash where it is not known."""
    if value is None:
        return NOTHING
    minus = "−" if value < 0 else "+" if sign else ""
    return f"{minus}{_amount(metric, abs(value))}"


def span_of(metric: str, interval: Interval | None) -> str:
    """`0.412 to 0.618 s`; a dash where nothing bounds it."""
    if interval is None or interval.low is None or interval.high is None:
        return NOTHING
    low, high = figure(metric, interval.low), figure(metric, interval.high)
    unit = low.partition(" ")[2]
    return f"{low.removesuffix(f' {unit}')} to {high}"


def needs(c: Comparison) -> str:
    """How much more it takes to find a difference of a tenth; empty where it is not known, or enough was asked."""
    what = f"{c.a} and {c.b}, {NAMES.get(c.metric, c.metric)}"
    if c.more_repeats:
        return (
            f"{what}: needs about {c.more_repeats:,} more repeats to tell a difference of a tenth."
        )
    if c.more_repeats is None and c.more_cases:
        return f"{what}: needs about {c.more_cases:,} more cases to tell a difference of a tenth."
    return ""


def _odd(model: ModelResult) -> list[str]:
    """What should be known of a model's figures."""
    said = []
    if model.cached:
        said.append(
            f"{model.model}: {model.cached:,} of {model.n:,} prompts came from a cache in part; `fresh_prefix` prevents it."
        )
    if model.busy > model.n / 2:
        said.append(
            f"{model.model}: this computer was too busy to measure well ({model.busy:,} calls)."
        )
    if model.cost.unpriced:
        said.append(f"{model.model}: the cost of {model.cost.unpriced:,} calls is not known.")
    if model.cost.bounds:
        said.append(
            f"{model.model}: the cost of {model.cost.bounds:,} calls is an estimate or a bound."
        )
    if model.errors:
        said.append(f"{model.model}: {model.errors:,} answers could not be judged.")
    if judges := judging(model.cost.judges, model.cost.judges_unpriced):
        said.append(f"{model.model}: {judges}")
    return said


def _to_do(found: Results) -> list[str]:
    waiting, experiment = found.states.get(kept.WAITING, 0), found.experiment
    said = [experiment.note] if experiment.note else []
    if (waiting or found.uncertain or found.unjudged) and not experiment.alive:
        more = f", {found.uncertain:,} uncertain" if found.uncertain else ""
        more += f", {found.unjudged:,} answers are not judged yet" if found.unjudged else ""
        said.append(
            f"{waiting:,} cells wait{more}. Go on: playground experiment run --resume {experiment.id}"
        )
    return said
