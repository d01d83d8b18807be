"""What is said before anything is sent: who answers, who is billed, about what it costs, what is left out and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from playground import figures as fmt
from playground import pricing, tokens
from playground.budgets.forecast import Forecast, forecast
from playground.domain import Endpoint, Request
from playground.domain.endpoint import bills, nearby, source_of
from playground.domain.model import STOOD_IN
from playground.engine import LiveRun
from playground.providers import acceptance
from playground.ui import names
from playground.ui.compare import lanes, prompt, replay, shown, tour
from playground.ui.compare.lanes import LaneChoice
from playground.ui.compare.prompt import Asked
from playground.ui.compare.settings import said_of
from playground.ui.live.held import held
from playground.ui.live.tab import tab
from playground.ui.parts.markdown import dollars, plain
from playground.ui.session import compose, once
from playground.ui.session.local import note
from playground.ui.shell import first_page, sign_in


def remarks(run: LiveRun | None, where: Mapping[str, Endpoint]) -> None:
    """Who answers and what it may cost; what the fields hold otherwise than the run below; what is left out."""
    if once.waiting(compose.PLACE.name):  # what was typed and Run came together
        st.rerun()
    asked, chosen = prompt.read(), lanes.read_all(where)
    if run and held(run):
        with st.container(key="remarks", gap=None):
            _not_sent(chosen, asked)
            st.caption(
                ":material/visibility_off: Names, figures and times are hidden until you have voted."
            )
            tab("", _given, whose=_whose(), seen=tour.is_seen())
        return
    fine = [lane for lane in chosen if lane.model is not None]
    with st.container(key="remarks", gap=None):
        _not_sent(chosen, asked)
        if fine:
            requests = [lanes.request(lane, asked) for lane in fine if _asks(lane)]
            silent = asked.problem or not requests
            st.caption(_who(fine, asked, where), help=None if silent else _spoken(requests))
            st.caption("" if silent else _estimate(requests, asked))
            if beside := note([lane.model for lane in fine if lane.model]):
                st.caption(beside)
        replay.offer(asked)
        changed = run and _changed(run, chosen, asked)
        if run and changed:
            _since(run, changed)
        notes = _left_out(fine, asked)
        if notes:
            st.caption(":material/info: " + "  \n".join(notes))
        if run and names.DRAFT_BEFORE in st.session_state:
            _draft_before()
        tab(compose.draft(), _given, whose=_whose(), seen=tour.is_seen())


def _whose() -> str:
    return sign_in.user()[:12]


def _not_sent(chosen: Sequence[LaneChoice], asked: Asked) -> None:
    """After Run was pressed in vain: why, as long as it is so."""
    if not st.session_state.get(names.NOT_SENT):
        return
    if problem := lanes.problem(chosen, asked):
        st.error(problem)
    else:
        del st.session_state[names.NOT_SENT]


def _who(fine: Sequence[LaneChoice], asked: Asked, where: Mapping[str, Endpoint]) -> str:
    """Which lanes are simulated or recorded, and who bills how much at most."""
    sources = Counter(source_of(lane.model, where) for lane in fine if lane.model)
    real = [lane for lane in fine if lane.model and bills(lane.model, where)]
    stood_in = [of for of in STOOD_IN if sources[of]]
    which, others = " or ".join(stood_in), sum(sources[of] for of in stood_in)
    subject = f"The other {others} are" if others > 1 else "The other lane is"
    rest = f" {subject} {which}." if others else ""
    if sources["local"] and not real:
        return f":material/memory: **On this computer**: nothing is billed.{rest}"
    if not real:
        lanes_are = "All lanes are" if len(fine) > 1 else "The lane is"
        return f":material/science: **{lanes_are} {which}**: nothing is billed."
    near = [lane for lane in real if lane.model and nearby(where[lane.model.provider])]
    real = [lane for lane in real if lane not in near]
    if near:
        theirs = plain(", ".join(dict.fromkeys(lane.model.provider for lane in near if lane.model)))
        rest = f" **{theirs}** goes to a server on this computer.{rest}"
    if not real:
        return f":material/memory:{rest} What that server bills, if anything, is not known here."
    providers = dict.fromkeys(lane.model.provider for lane in real if lane.model)
    verb = "go to the real APIs and are" if len(providers) > 1 else "goes to the real API and is"
    most = "" if asked.problem else _up_to([lanes.request(lane, asked) for lane in real])
    return f":material/key: **{plain(', '.join(providers))}** {verb} billed{most}.{rest}"


def _asks(lane: LaneChoice) -> bool:
    """Whether the lane asks a model now."""
    return lane.model is not None and lane.model.recorded is None


def _up_to(requests: Sequence[Request]) -> str:
    most = _forecast(_key(requests), id(pricing.load()), requests)[1].high
    return "" if most is None else f": up to {_money(most)}"


def _changed(run: LiveRun, chosen: Sequence[LaneChoice], asked: Asked) -> list[str]:
    requests = [None if lane.model is None else lanes.request(lane, asked) for lane in chosen]
    return shown.differs(run, chosen, requests)


def _since(run: LiveRun, changed: Sequence[str]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="since"):
        st.caption(
            f":material/edit: Changed since this run: {', '.join(changed)}.", width="content"
        )
        st.button("Go back", key="go_back", type="tertiary", on_click=_go_back, args=(run,))


def _given(draft: str) -> None:
    """After a reload the browser gives what the fields held: it is theirs again, or is offered beside a run's."""
    if not draft or draft == compose.draft():
        return
    if st.query_params.get(compose.PLACE.name):
        st.session_state[names.DRAFT_BEFORE] = draft
    else:
        compose.take_draft(draft)
    st.rerun()


def _draft_before() -> None:
    st.button(
        "Take back what you had typed before the reload",
        icon=":material/undo:",
        type="tertiary",
        key="draft_back",
        on_click=_take_back,
    )


def _take_back() -> None:
    compose.take_draft(st.session_state.pop(names.DRAFT_BEFORE))
    st.rerun()


def _go_back(run: LiveRun) -> None:
    """Put what the run had into the fields again."""
    compose.fill([lane.request for lane in run.lanes])
    st.rerun()


def _left_out(fine: Sequence[LaneChoice], asked: Asked) -> list[str]:
    return [
        f"**{plain(str(lane.model))}** · {said_of(note, wanted)}"
        for lane in fine
        if _asks(lane)
        for wanted in (lanes.wanted_of(lane, asked),)
        for note in acceptance.check(wanted)
        if note.action not in ("sent", "renamed")
    ]


@st.cache_data(max_entries=20, ttl=300, show_spinner=False)
def _forecast(
    asked: str, book: int, _requests: Sequence[Request]
) -> tuple[tuple[int, int], Forecast]:
    """Input tokens of the least and the largest lane, and the sums: once for what is asked at the prices of this book.

    Counting a long prompt and looking in the history take time.
    """
    first_page.wait_until_drawn()
    asks = {(request.messages[-1].text, request.system or "") for request in _requests}
    counted = [tokens.count(text) + tokens.count(system) for text, system in asks]
    return (min(counted), max(counted)), forecast(_requests)


def _key(requests: Sequence[Request]) -> str:
    """What the estimate hangs on; of files only how many there are, since their tokens can't be counted here."""
    return repr([_weighed(request) for request in requests])


def _weighed(request: Request) -> tuple[Any, ...]:
    last = request.messages[-1]
    said = (str(request.model), last.text, request.system, len(last.parts))
    return (*said, request.settings, request.tools, request.server_tools)


def _estimate(requests: Sequence[Request], asked: Asked) -> str:
    """How many tokens the prompts have and what sending them will likely cost, in one line."""
    ends, sums = _forecast(_key(requests), id(pricing.load()), requests)
    files = len(asked.files)
    more = "" if not files else f" + {files} {'file' if files == 1 else 'files'}, not estimated"
    cost = _likely(sums)
    counted = " to ".join(dict.fromkeys(map(fmt.count, ends)))
    return f"About {counted} input tokens a lane (estimate){more}{cost}"


def _likely(sums: Forecast) -> str:
    if sums.unpriced and not sums.likely:
        return " · no price is known"
    least = "at least" if sums.unpriced or sums.files else "likely"
    return f" · {least} {_money(sums.likely)}"


def _spoken(requests: Sequence[Request]) -> str:
    _, sums = _forecast(_key(requests), id(pricing.load()), requests)
    return dollars(f"All lanes together: {sums}")


def _money(amount: Decimal) -> str:
    return dollars(fmt.money(amount))
