"""An experiment as a file: JUnit XML for CI pipelines, and a report in HTML that works offline."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from playground.experiments import kept
from playground.experiments.jobs import Jobs
from playground.experiments.results import Results, causes, matrix
from playground.experiments.statistics import Interval
from playground.export.html_report import POLICY, STYLE
from playground.figures import seconds, total
from playground.store.store import Store

MOST_ROWS = 2_000
"""Cases that stand in the report's matrix."""


def junit(store: Store, found: Results) -> str:
    """A suite a model, a test a cell."""
    jobs = Jobs(found.experiment.spec, salt=found.experiment.id)
    suites = ET.Element("testsuites", name=_xml(found.experiment.name))
    columns = (
        "cell",
        "model",
        "prompt",
        "case",
        "repeat",
        "warm_up",
        "state",
        "duration",
        "started_at",
    )
    rows = kept.table(
        store,
        found.experiment.seq,
        *columns,
        "failure",
        "message",
        "passed",
        "reason",
        "error",
        "text",
    )
    measured = [row for row in rows if not row.warm_up]
    for model in found.experiment.in_order(row.model for row in measured):
        mine = [row for row in measured if row.model == model]
        suite = ET.SubElement(suites, "testsuite", name=_xml(model), tests=str(len(mine)))
        kinds = [_test(suite, row, jobs) for row in mine]
        for name, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            suite.set(name, str(kinds.count(kind)))
        if found.experiment.simulated:
            properties = ET.SubElement(suite, "properties")
            ET.SubElement(properties, "property", name="simulated", value="true")
    return ET.tostring(suites, encoding="unicode", xml_declaration=True) + "\n"


def _test(suite: ET.Element, row: Any, jobs: Jobs) -> str:
    """One test; which kind of no success it is, empty for one."""
    name = f"{case_name(jobs, row.case)} · {jobs.cells.prompt_names[row.prompt]} · {row.repeat + 1}"
    test = ET.SubElement(suite, "testcase", classname=_xml(row.model), name=_xml(name))
    if row.duration is not None:
        test.set("time", f"{row.duration:.3f}")
    kind, why = _kind(row)
    if kind:
        element = ET.SubElement(test, kind, message=_xml(why)[:500])
        element.text = _xml("\n".join(filter(None, (why, row.text))))
    return kind


def _kind(row: Any) -> tuple[str, str]:
    if row.state not in (kept.DONE, kept.FAILED):
        return "skipped", "It was not asked, or nobody knows what came of it."
    if row.failure:
        return "error", row.message or row.failure
    if row.error:
        return "error", row.error
    return ("failure", row.reason or "It did not pass.") if row.passed is False else ("", "")


def case_name(jobs: Jobs, number: int) -> str:
    """What a case is called: its description, else its variables, else its number."""
    case = jobs.cells.cases[number]
    values = ", ".join(f"{name}={str(value)[:40]!r}" for name, value in list(case.vars.items())[:3])
    return case.description or values or f"case {number + 1}"


def _xml(text: str) -> str:
    """The text without what XML can't hold."""
    return "".join(
        c
        for c in text
        if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\ufffe\uffff")
    )


def html_report(store: Store, found: Results) -> str:
    """One file: figures, comparisons, failures, the matrix."""
    name = html.escape(found.experiment.name)
    body = "".join(
        (
            *_head(found),
            *_models(found),
            *_comparisons(found),
            *_causes(store, found),
            *_matrix(store, found),
        )
    )
    return (
        (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{name} · AI API playground</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            f"<style>{STYLE}</style></head><body>{body}</body></html>\n"
        )
        .encode("utf-8", "replace")
        .decode("utf-8")
    )


def _head(found: Results) -> Iterator[str]:
    experiment = found.experiment
    yield f'<h1 dir="auto">{html.escape(experiment.name)}</h1>'
    yield f'<p class="dim">{html.escape(experiment.created_at)} · experiment {experiment.id} · AI API playground</p>'
    if experiment.simulated:
        yield '<p class="simulated">Simulated: no model was asked, and nothing was billed.</p>'
    yield f"<p>{found.requests:,} requests, {found.failures:,} failed, in {html.escape(seconds(experiment.elapsed))}.</p>"
    if experiment.note:
        yield f'<p class="stopped">{html.escape(experiment.note)}</p>'


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = "".join(
        "<tr>" + "".join(f'<td dir="auto">{html.escape(cell)}</td>' for cell in row) + "</tr>"
        for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{top}</tr></thead><tbody>{lines}</tbody></table></div>'


def _models(found: Results) -> Iterator[str]:
    yield "<h2>Models</h2>"
    head = (
        "Model",
        "n",
        "Failed",
        "Passed",
        "95 %",
        "First text p50",
        "p95",
        "Duration p50",
        "p95",
        "Cost",
        "A call",
        "A success",
    )
    yield _table(
        head,
        [
            (
                m.model,
                f"{m.n:,}",
                f"{m.failures:,}",
                _share(m.pass_rate.value),
                _interval(m.pass_rate.interval),
                *(
                    "–" if value is None else seconds(value)
                    for value in (
                        m.time_to_first_text.p50,
                        m.time_to_first_text.p95,
                        m.duration.p50,
                        m.duration.p95,
                    )
                ),
                *(
                    "–" if amount is None else total(amount, whole=not m.cost.bounds)
                    for amount in (m.cost.total, m.cost.per_request, m.cost.per_success)
                ),
            )
            for m in found.models
        ],
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return " to ".join(
        "?" if bound is None else f"{bound:.0%}" for bound in (interval.low, interval.high)
    )


def _comparisons(found: Results) -> Iterator[str]:
    if not found.comparisons:
        return
    yield '<h2>Comparisons</h2><p class="dim">At 5 %, all of them together (Holm).</p>'
    yield _table(
        ("a", "b", "Figure", "a − b", "Test", "p", "Significant"),
        [
            (
                c.a,
                c.b,
                c.metric.replace("_", " "),
                "–" if c.difference is None else f"{c.difference:.4g}",
                c.test,
                "–" if c.adjusted is None else f"{c.adjusted:.3f}",
                {True: "yes", False: "no", None: "not tested"}[c.significant],
            )
            for c in found.comparisons
        ],
    )


def _causes(store: Store, found: Results) -> Iterator[str]:
    made = causes(store, found.experiment)
    if made:
        yield "<h2>Why not</h2>"
        yield _table(
            ("Cause", "Cells", "Models", "Example"),
            [
                (
                    c.cause,
                    f"{c.count:,}",
                    ", ".join(f"{n} {m}" for m, n in c.models.items()),
                    c.example,
                )
                for c in made
            ],
        )


def _matrix(store: Store, found: Results) -> Iterator[str]:
    jobs = Jobs(found.experiment.spec, salt=found.experiment.id)
    scores = matrix(store, found.experiment)
    names = [m.model for m in found.models]
    yield "<h2>Cases</h2>"
    if len(scores) > MOST_ROWS:
        yield f'<p class="dim">The first {MOST_ROWS:,} of {len(scores):,}.</p>'
    rows = []
    for (prompt, case), by_model in list(scores.items())[:MOST_ROWS]:
        fields = [by_model.get(name) for name in names]
        rows.append(
            (
                case_name(jobs, case),
                jobs.cells.prompt_names[prompt],
                *("" if f is None else f"{f.passed} of {f.of}" for f in fields),
            )
        )
    yield _table(("Case", "Prompt", *names), rows)
