"""A conversation with up to four models at once, with what every turn resends and costs beside it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any, get_args

import streamlit as st

from playground import pricing
from playground.domain import Endpoint, Message, ModelRef, Request, Response
from playground.engine import get_engine
from playground.export import format as fmt
from playground.lab import conversation as lab
from playground.lab import conversation_growth as growth
from playground.lab.breakeven import HIDDEN
from playground.lab.conversation import Conversation, Policy, Rules, Turn
from playground.lab.ladder import Count, count_one
from playground.lab.ladder_profile import shipped
from playground.ui import chat_charts, keeping
from playground.ui.card import receipt
from playground.ui.chat import (
    Kept,
    default_model,
    dollars,
    pick_models,
    simulated_note,
    today,
)
from playground.ui.chat_charts import HIDDEN as SYSTEM
from playground.ui.chat_charts import MEASURED, NEW, RESENT
from playground.ui.markdown import answer, plain
from playground.ui.session import lane_names, owner
from playground.ui.stream import live_run
from playground.wire import Pool

COUNT_SECONDS = 30.0
ANSWER_HEIGHT = 260
MOST_CHARACTERS = 400_000
COLUMNS = (1, 2, 3, 2)
"""Cards side by side for one to four models."""
SHOWN = 3
"""Turns in full view; the earlier ones fold away."""
FARTHEST = 100
"""Turns of the projection."""
EXAMPLE = (
    "What is a token in a language model API?",
    "And what is the difference between a token and an API key?",
    "Why do output tokens cost more than input tokens?",
    "What is prompt caching and when does it pay off?",
    "Why does my bill grow when a conversation gets long?",
    "Does my chat subscription include API use?",
    "What is a rate limit?",
    "What does streaming change for me?",
    "How much does reasoning cost?",
    "What is the difference between chat and the API, in three points?",
)
"""Ten short questions that the simulation has texts for."""
SYSTEMS = ("none", "like a chat product (our words)", "my own")


@dataclass(frozen=True, slots=True)
class Split:
    """Counts of one lane's request without its history."""

    question: Count
    with_system: Count


@dataclass(slots=True)
class Talk:
    """A conversation with the counts that are still coming in."""

    conversation: Conversation
    splits: dict[tuple[int, int], Future[Split]] = field(default_factory=dict)
    """Turn and lane → what of the input is new and what is the system prompt."""
    wraps: dict[tuple[int, int], Future[Count]] = field(default_factory=dict)
    """Turn and lane → the input if the first question were asked next."""


_talks: Kept[Talk] = Kept()


def current_talk() -> Talk | None:
    """The conversation that this tab looks at; after a reload the one that the address names."""
    name = st.session_state.get("conversation") or st.query_params.get("conversation")
    talk = _talks.get(f"{owner()}:{name}") if name else None
    st.session_state["conversation"] = talk.conversation.id if talk else None
    return talk


def answered(talk: Talk | None) -> list[Turn]:
    """The turns of the branch that is shown whose lanes have all ended."""
    return [turn for turn in talk.conversation.path() if turn.live.done] if talk else []


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole section."""
    st.markdown(
        "**A model remembers nothing.** With every question, everything said before is sent again, and billed again."
        " Watch the orange part of the bars grow."
    )
    talk = current_talk()
    if talk and "conversation_models" not in st.session_state:
        st.session_state.conversation_models = [str(ref) for ref in talk.conversation.rules.models]
    rules = _rules(where)
    if talk and not _same(talk.conversation.rules.models, rules.models):
        st.caption(
            "Other models than in the conversation so far: the next question begins a new one."
        )
        talk = None
    if talk:
        talk.conversation.rules = rules
        _go_on(talk, where)
    _actions(talk, rules, where)
    _full(talk, rules, where)
    names = lane_names(rules.models)
    path = talk.conversation.path() if talk else []
    if talk and any(turn.live.done for turn in path):
        _figures(talk, names, where)
    with st.container():  # inside a container the field stays here and does not cover the figures
        said = st.chat_input("Ask all models…", key="conversation_input", max_chars=MOST_CHARACTERS)
    asked = bool(said and said.strip() and rules.models)
    if asked and _ask(talk or _begin(rules), where, said or "", parent=-1):
        st.rerun()
    if not talk or not path:
        st.info(
            "Press **Play ten turns** and watch, or ask something of your own. Then edit an earlier question,"
            " switch caching on, or let the provider keep the conversation, and compare the bills.",
            icon=":material/lightbulb:",
        )
        return
    st.subheader("The conversation, newest turn first", anchor=False)
    for turn in reversed(path[-SHOWN:]):
        _turn(talk, turn, names, where)
    earlier = path[:-SHOWN]
    if earlier:
        label = f"{len(earlier)} earlier turns: look at them, edit them, branch from them"
        with st.expander(label, on_change="rerun", key="conversation_earlier") as box:
            if box.open:
                for turn in reversed(earlier):
                    _turn(talk, turn, names, where)


# How it is sent ----------------------------------------------------------------------------------


def _rules(where: Mapping[str, Endpoint]) -> Rules:
    refs = pick_models(
        "conversation_models", where, most=lab.MOST_MODELS, default=[default_model()]
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shared = st.segmented_control(
            "History",
            ("separate", "shared"),
            default="separate",
            key="conversation_history",
            required=True,
            help="Separate: each model reads its own answers. Shared: all read the answers of the first model.",
            persist_state="session",
        )
        system = _system()
        cache = st.toggle(
            "Prompt caching",
            key="conversation_cache",
            help="Claude caches only when asked to, with this switch. OpenAI and Gemini cache by themselves.",
            persist_state="session",
        )
        kept = st.toggle(
            "Let the provider keep the conversation",
            key="conversation_kept",
            help="previous_response_id (OpenAI Responses) and previous_interaction_id (Gemini Interactions).",
            persist_state="session",
        )
        policy, room = _window()
    if kept:
        refs = tuple(_keeping(ref) for ref in refs)
        _announce(refs)
    simulated_note(refs, where)
    return Rules(
        models=refs,
        system=system,
        shared=shared == "shared",
        kept=kept,
        cache=cache,
        policy=policy,
        window=room,
    )


def _same(before: Sequence[ModelRef], now: Sequence[ModelRef]) -> bool:
    """True when the same models are asked, through whichever doors."""
    return [(r.provider, r.model) for r in before] == [(r.provider, r.model) for r in now]


def _keeping(ref: ModelRef) -> ModelRef:
    """Gemini keeps conversations behind its Interactions door only."""
    return ModelRef("gemini", "interactions", ref.model) if ref.provider == "gemini" else ref


def _announce(refs: Sequence[ModelRef]) -> None:
    """Say clearly what is stored where."""
    told = [lab.STORAGE[ref.api] for ref in refs if lab.keeps(ref)]
    without = [ref.model for ref in refs if not lab.keeps(ref)]
    lines = [*dict.fromkeys(told)]
    if without:
        lines.append(f"{', '.join(without)}: this door keeps nothing; everything is resent.")
    lines.append(
        "Only the new question is sent, but all earlier tokens are billed as input all the same."
    )
    st.warning(
        "  \n".join(lines), title="Stored on the provider's servers", icon=":material/cloud_upload:"
    )


def _system() -> str | None:
    with st.popover("System prompt", icon=":material/tune:"):
        chosen = st.radio(
            "Sent in front of every turn",
            SYSTEMS,
            key="conversation_system",
            persist_state="session",
        )
        own = st.text_area(
            "My own",
            key="conversation_system_text",
            disabled=chosen != SYSTEMS[2],
            height=160,
            persist_state="session",
        )
    if chosen == SYSTEMS[1]:
        steps = shipped()["chat_product"].steps
        return "\n\n".join(step.text.strip() for step in steps if step.kind == "system")
    return (own or "").strip() or None if chosen == SYSTEMS[2] else None


def _window() -> tuple[Policy, int | None]:
    with st.popover("When the window is full", icon=":material/width_full:"):
        policy = st.radio(
            "Then",
            get_args(Policy)[::-1],
            key="conversation_policy",
            captions=(
                "Say so and wait for your choice.",
                "Let the model write a summary (a call of its own, billed), and go on from it.",
                "Leave out the first questions and answers; the model no longer knows them.",
            ),
            persist_state="session",
        )
        room = st.number_input(
            "Window in tokens",
            min_value=200,
            max_value=10_000_000,
            value=None,
            step=1000,
            key="conversation_window",
            placeholder="the model's own",
            help="Set a small one to see what happens when a conversation outgrows it.",
            persist_state="session",
        )
    return policy, room


# Asking ------------------------------------------------------------------------------------------


def _begin(rules: Rules) -> Talk:
    talk = Talk(Conversation(id=secrets.token_hex(16), rules=rules))
    _talks.put(f"{owner()}:{talk.conversation.id}", talk)
    st.session_state["conversation"] = talk.conversation.id
    st.query_params["conversation"] = talk.conversation.id
    return talk


def _ask(talk: Talk, where: Mapping[str, Endpoint], question: str, *, parent: int | None) -> bool:
    """Send the question to all models behind the turn `parent` (-1 = the last one shown).

    False when it may not be sent, which has then been said.
    """
    conversation = talk.conversation
    rules = conversation.rules
    at = conversation.head if parent == -1 else parent
    path = conversation.path(at)
    lanes = range(len(rules.models))
    full = [lane for lane in lanes if not lab.fits(rules, lane, path, question)]
    if full and rules.policy == "stop":
        st.session_state["conversation_full"] = (question, at)
        conversation.queue.clear()
        return True
    if full and rules.policy == "summarise" and path and not path[-1].summary:
        conversation.queue.insert(0, question)
        return _send(talk, where, lab.SUMMARISE, at, summary=True)
    return _send(talk, where, question, at, full=bool(full))


def _send(
    talk: Talk,
    where: Mapping[str, Endpoint],
    question: str,
    parent: int | None,
    *,
    summary: bool = False,
    full: bool = False,
) -> bool:
    conversation = talk.conversation
    rules, path = conversation.rules, conversation.path(parent)
    requests: list[Request] = []
    dropped: dict[int, int] = {}
    for lane in range(len(rules.models)):
        if full and not lab.fits(rules, lane, path, question):
            wanted, gone = lab.shortened(rules, lane, path, question)
            dropped[lane] = gone
        else:
            wanted = lab.request(rules, lane, path, question)
        requests.append(wanted)
    live = keeping.start(requests, where, kind="chat")
    if live is None:
        conversation.queue.clear()
        return False
    engine = get_engine()
    turn = conversation.add(question, live, parent=parent, summary=summary, dropped=dropped)
    for lane, sent in enumerate(requests):
        endpoint = where.get(sent.model.provider)
        talk.splits[turn.id, lane] = engine.submit(partial(_split, sent, endpoint))
    return True


async def _split(sent: Request, endpoint: Endpoint | None, pool: Pool) -> Split:
    """Count the question alone, and the question with the system prompt."""
    question: tuple[Message, ...] = sent.messages[-1:]
    bare = replace(sent, messages=question, system=None, previous_response_id=None)
    alone = await count_one(bare, endpoint, pool)
    if not sent.system:
        return Split(alone, alone)
    return Split(alone, await count_one(replace(bare, system=sent.system), endpoint, pool))


def _go_on(talk: Talk, where: Mapping[str, Endpoint]) -> None:
    """Ask the next question of the queue once the last turn has been answered."""
    conversation = talk.conversation
    path = conversation.path()
    if not conversation.queue or (path and not path[-1].live.done):
        return
    if path and not any(lane.response and lane.response.ok for lane in path[-1].live.lanes):
        conversation.queue.clear()
        return
    _ask(talk, where, conversation.queue.pop(0), parent=-1)


def play_example() -> None:
    """Start the ten turns anew, for buttons."""
    st.session_state["conversation_play"] = True


def _actions(talk: Talk | None, rules: Rules, where: Mapping[str, Endpoint]) -> None:
    running = bool(talk and talk.conversation.path() and not talk.conversation.path()[-1].live.done)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Play ten turns",
            type="primary",
            icon=":material/play_arrow:",
            key="conversation_example",
            on_click=play_example,
            disabled=running or not rules.models,
            help="Ten short questions, one after the other.",
        )
        if talk and running:
            st.button(
                "Stop",
                icon=":material/stop:",
                key="conversation_stop",
                on_click=_stop,
                args=(talk,),
            )
        if talk and talk.conversation.turns and not running:
            st.button(
                "Regenerate the last answer",
                icon=":material/refresh:",
                key="conversation_again",
                on_click=_again,
                args=(talk, where),
            )
            st.button(
                "Start over", icon=":material/delete:", key="conversation_new", on_click=_forget
            )
    if st.session_state.pop("conversation_play", False) and rules.models:
        fresh = _begin(rules)
        fresh.conversation.queue = list(EXAMPLE)
        _go_on(fresh, where)
        if fresh.conversation.turns:
            st.rerun()


def _stop(talk: Talk) -> None:
    talk.conversation.queue.clear()
    for turn in talk.conversation.path():
        if not turn.live.done:
            turn.live.stop()


def _again(talk: Talk, where: Mapping[str, Endpoint]) -> None:
    last = talk.conversation.path()[-1]
    _ask(talk, where, last.question, parent=last.parent)


def _forget() -> None:
    st.session_state["conversation"] = None
    if "conversation" in st.query_params:
        del st.query_params["conversation"]


def _full(talk: Talk | None, rules: Rules, where: Mapping[str, Endpoint]) -> None:
    """The conversation has outgrown the window: what now?"""
    waiting = st.session_state.get("conversation_full")
    if not waiting or talk is None:
        return
    question, parent = waiting
    st.warning(
        f"The next turn would no longer fit the context window. Your question “{plain(question[:120])}” was not sent.",
        title="The window is full",
        icon=":material/width_full:",
    )

    def choose(policy: Policy | None) -> None:
        st.session_state["conversation_full"] = None
        if policy:
            talk.conversation.rules = replace(rules, policy=policy)
            _ask(talk, where, question, parent=parent)

    with st.container(horizontal=True):
        for label, policy in (
            ("Drop the oldest turns", "drop the oldest"),
            ("Summarise and go on", "summarise"),
            ("Stop here", None),
        ):
            st.button(label, key=f"full_{policy}", on_click=choose, args=(policy,))


# What is shown -----------------------------------------------------------------------------------


def _turn(talk: Talk, turn: Turn, names: Sequence[str], where: Mapping[str, Endpoint]) -> None:
    key = f"turn_{talk.conversation.id}_{turn.id}"
    with st.chat_message("user"):
        if turn.summary:
            st.caption(
                ":material/compress: The window was full: the models were asked for a summary."
            )
        st.markdown(plain(turn.question[:2000]))
        _controls(talk, turn, key, where)
    columns = COLUMNS[len(names) - 1]
    with st.grid(columns=columns, min_column_width=270, gap="small") as grid:
        for lane, name in enumerate(names):
            with grid.cell():
                _lane(talk, turn, lane, name, key, alone=len(names) == 1)


def _controls(talk: Talk, turn: Turn, key: str, where: Mapping[str, Endpoint]) -> None:
    versions = talk.conversation.siblings(turn)
    if not turn.live.done:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if len(versions) > 1:
            at = versions.index(turn)
            for by, icon in ((-1, "chevron_left"), (1, "chevron_right")):
                there = at + by
                st.button(
                    "",
                    icon=f":material/{icon}:",
                    type="tertiary",
                    key=f"{key}_{icon}",
                    help="Another version of this turn",
                    disabled=not 0 <= there < len(versions),
                    on_click=lambda there=there: talk.conversation.show(versions[there]),
                )
            st.caption(f"version {at + 1} of {len(versions)}")
        if not turn.summary:
            with st.popover("Edit", icon=":material/edit:", type="tertiary", key=f"{key}_edit"):
                edited = st.text_area("Ask this instead", turn.question, key=f"{key}_text")
                st.caption("A new branch begins here; the old one stays.")
                asked = st.button("Ask", key=f"{key}_ask", type="primary")
                words = (edited or "").strip()
                if asked and words and _ask(talk, where, words, parent=turn.parent):
                    st.rerun()


def _lane(talk: Talk, turn: Turn, lane: int, name: str, key: str, *, alone: bool) -> None:
    if turn.live.lanes[lane].response is None:
        live_run(
            turn.live, key=f"{key}_live_{lane}", titles=[name] * len(turn.live.lanes), lanes=[lane]
        )
        return
    response = turn.response(lane)
    with st.container(border=True, gap="xsmall"):
        if alone:
            left, right = st.columns([3, 2])
        else:
            left, right = st.container(), st.container()
        with left:
            st.caption(f"**{plain(name)}**")
            with st.container(height=ANSWER_HEIGHT, border=False):
                _said(response)
        with right:
            _beside(talk, turn, lane, response, key)


def _said(response: Response) -> None:
    if response.failure:
        st.error(f"{response.failure.meaning} {response.failure.next_step}")
    if response.refusal:
        st.warning(response.refusal)
    answer(response.text)


def _beside(talk: Talk, turn: Turn, lane: int, response: Response, key: str) -> None:
    """What this turn resent, took and cost, and what the conversation has cost so far."""
    path = talk.conversation.path(turn.id)
    number = len(path)
    so_far = [each.response(lane) for each in path]
    usage = response.usage
    split = split_of(talk, turn, lane)
    rows = [("Input", fmt.count(usage.input_tokens), _sum(r.usage.input_tokens for r in so_far))]
    if split and usage.input_tokens is not None:
        resent = usage.input_tokens - split.with_system.tokens
        rows += [
            ("· new", f"{_mark(split.question)}{split.question.tokens:,}", ""),
            ("· resent", f"{_mark(split.with_system)}{resent:,}", ""),
        ]
        if split.with_system.tokens != split.question.tokens:
            told = split.with_system.tokens - split.question.tokens
            rows.append(("· system", f"{_mark(split.with_system)}{told:,}", ""))
    rows += [
        ("· cached", _share(usage.cache_read_input_tokens, usage.input_tokens), ""),
        (
            "Output",
            fmt.count(usage.output_tokens),
            _sum(r.usage.output_tokens for r in so_far),
        ),
        ("Cost", fmt.cost_of(response), _money(so_far)),
    ]
    table = f"| turn {number} | this turn | in total |\n|:--|--:|--:|\n"
    st.markdown(dollars(table + "\n".join(f"| {a} | {b} | {c} |" for a, b, c in rows)))
    request = turn.request(lane)
    how = (
        f"Sent: 1 message; the rest is kept by the provider ({lab.KEEPS[request.model.api]})."
        if request.previous_response_id
        else f"Sent: {_messages(len(request.messages))}."
    )
    gone = turn.dropped.get(lane, 0)
    st.caption(how + (f" {gone} older messages were dropped." if gone else ""))
    if response.cost:
        with st.popover("Receipt", icon=":material/receipt_long:", key=f"{key}_receipt_{lane}"):
            st.markdown(receipt(response.cost))


def _messages(number: int) -> str:
    return f"{number} message{'s' if number != 1 else ''}"


def split_of(talk: Talk, turn: Turn, lane: int) -> Split | None:
    """The counts of one lane of one turn; None when they could not be had in time."""
    future = talk.splits.get((turn.id, lane))
    try:
        return future.result(COUNT_SECONDS) if future else None
    except Exception:
        return None


def _mark(count: Count) -> str:
    return "≈ " if count.estimate else ""


def _sum(values: Any) -> str:
    known = list(values)
    return fmt.NOT_REPORTED if None in known else f"{sum(known):,}"


def _money(responses: Sequence[Response]) -> str:
    costs = [response.cost for response in responses]
    known = [cost.total for cost in costs if cost]
    if not known:
        return fmt.NO_PRICE
    mark = "" if len(known) == len(costs) else "≥ "
    return mark + fmt.money(sum(known, Decimal(0)))


def _share(part: int | None, whole: int | None) -> str:
    if part is None or not whole:
        return fmt.NOT_REPORTED
    return f"{part:,} ({part / whole:.0%})"


# Figures -----------------------------------------------------------------------------------------


def _figures(talk: Talk, names: Sequence[str], where: Mapping[str, Endpoint]) -> None:
    """The meter, the bars of the turns, and the running totals with their projection."""
    lane = 0
    if len(names) > 1:
        chosen = st.segmented_control(
            "Model", names, default=names[0], key="conversation_lane", required=True
        )
        lane = list(names).index(chosen) if chosen in names else 0
    path = answered(talk)
    turns = growth.measured([turn.response(lane) for turn in path])
    if not turns:
        st.caption("No turn has reported its usage yet.")
        return
    _meter(talk, lane, path)
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{_first_sentence(turns)}**")
        st.altair_chart(
            chat_charts.turn_bars(bar_rows(talk, path[: len(turns)], lane), height=300),
            alt="Input tokens of each turn: new question, what was said before, system prompt",
        )
    with right:
        _projection(talk, lane, path[: len(turns)], turns, where)


def _first_sentence(turns: Sequence[growth.Turn]) -> str:
    first, last = turns[0].input_tokens, turns[-1].input_tokens
    if len(turns) == 1:
        return f"Turn 1 sent {first:,} tokens. Ask again and see what turn 2 sends."
    return f"Turn {len(turns)} sent {last:,} tokens, {last / first:,.0f} × turn 1 ({first:,}). The new question is the green bit."


def bar_rows(talk: Talk, path: Sequence[Turn], lane: int) -> list[dict[str, Any]]:
    """What every turn's input was made of."""
    rows: list[dict[str, Any]] = []
    for number, turn in enumerate(path, 1):
        total = turn.response(lane).usage.input_tokens
        split = split_of(talk, turn, lane)
        if total is None:
            continue
        new = split.question.tokens if split else 0
        system = split.with_system.tokens - new if split else 0
        for part, tokens in ((SYSTEM, system), (RESENT, total - new - system), (NEW, new)):
            if tokens > 0:
                rows.append({"turn": number, "part": part, "tokens": tokens})
    return rows


def _meter(talk: Talk, lane: int, path: Sequence[Turn]) -> None:
    rules = talk.conversation.rules
    room = lab.window(rules, lane)
    last = path[-1].response(lane)
    used = (last.usage.input_tokens or 0) + (last.visible_output_tokens or 0)
    if room is None:
        st.caption("Context window: not known for this model.")
        return
    whose = "your limit" if rules.window else "the model's window"
    st.progress(
        min(1.0, used / room),
        text=f"Context: {used:,} of {room:,} tokens ({used / room:.1%} of {whose}). When it is full: {rules.policy}.",
    )


def grown(
    talk: Talk,
    lane: int,
    path: Sequence[Turn],
    turns: tuple[growth.Turn, ...],
    where: Mapping[str, Endpoint],
) -> growth.Growth:
    """The measured turns with the step to a next round, counted by the provider."""
    key = (path[-1].id, lane)
    if key not in talk.wraps:
        rules = replace(talk.conversation.rules, kept=False)
        again = lab.request(rules, lane, path, path[0].question)
        talk.wraps[key] = get_engine().submit(
            partial(count_one, again, where.get(again.model.provider))
        )
    try:
        counted = talk.wraps[key].result(COUNT_SECONDS)
    except Exception:
        return growth.Growth(turns=turns, wrap_estimate=True)
    return growth.Growth(
        turns=turns,
        wrap=counted.tokens - turns[-1].input_tokens,
        wrap_estimate=counted.estimate,
    )


def _projection(
    talk: Talk,
    lane: int,
    path: Sequence[Turn],
    turns: tuple[growth.Turn, ...],
    where: Mapping[str, Endpoint],
) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        unit = st.segmented_control(
            "Running total of",
            ("input tokens", "USD"),
            default="input tokens",
            key="conversation_unit",
            required=True,
        )
        until = st.number_input(
            "Turns", 2, FARTHEST, value=max(10, len(turns)), key="conversation_until", width=130
        )
        hidden = st.number_input(
            "Hidden prompt, tokens",
            0,
            200_000,
            value=HIDDEN,
            key="conversation_hidden",
            width=180,
            help=(
                "A chat product puts a system prompt in front of every turn. 4,427 is the size of the one that Anthropic"
                " published for Claude.ai with Opus 5 (2026-07-24), counted with o200k_base. 0 = none."
            ),
        )
    found = grown(talk, lane, path, turns, where)
    ref = talk.conversation.rules.models[lane]
    simulated = path[-1].response(lane).simulated
    money = unit == "USD"
    series = projections(
        found, int(until), int(hidden), growth.minimum_prefix(ref.provider, simulated=simulated)
    )
    rows = [
        {"turn": i, "series": MEASURED, "value": value}
        for i, value in enumerate(_measured_totals(path, lane, turns, money), 1)
    ]
    for name, projected in series.items():
        for i, value in enumerate(_totals(projected, ref, money), 1):
            rows.append({"turn": i, "series": name, "value": value})
    if money and len(rows) == len(turns):
        st.caption("This model has no price, so there is nothing to draw in USD.")
        return
    title = "USD in total" if money else "input tokens in total"
    st.altair_chart(
        chat_charts.growth_lines(rows, [MEASURED, *series], unit=title, money=money),
        alt="Running total against turns: measured, projected, with and without caching and a hidden prompt",
    )
    _how_projected(found, int(until), money)


def projections(
    found: growth.Growth, until: int, hidden: int, minimum: int
) -> dict[str, tuple[growth.Turn, ...]]:
    """The projected turns, with and without caching, with and without a hidden system prompt."""
    plain_turns = growth.uncached(found.project(until))
    series = {
        "without caching": plain_turns,
        "with caching": growth.cached(plain_turns, minimum),
    }
    if hidden:
        more = growth.with_hidden(plain_turns, hidden)
        series |= {
            f"hidden prompt of {hidden:,}, without caching": more,
            f"hidden prompt of {hidden:,}, with caching": growth.cached(more, minimum),
        }
    return series


def _measured_totals(
    path: Sequence[Turn], lane: int, turns: Sequence[growth.Turn], money: bool
) -> list[float]:
    if not money:
        return [float(value) for value in growth.cumulative([t.input_tokens for t in turns])]
    totals, total = [], Decimal(0)
    for turn in path:
        cost = turn.response(lane).cost
        if cost is None:
            break
        total += cost.total
        totals.append(float(total))
    return totals


def _totals(turns: Sequence[growth.Turn], ref: ModelRef, money: bool) -> list[float]:
    """Running totals; with caching, tokens are those at the full rate."""
    if not money:
        return [float(value) for value in growth.cumulative([t.full_price for t in turns])]
    receipts = growth.costs(turns, ref, pricing.load(), today())
    totals, total = [], Decimal(0)
    for cost in receipts or ():
        total += cost.total
        totals.append(float(total))
    return totals


def _how_projected(found: growth.Growth, until: int, money: bool) -> None:
    turns = found.project(until)
    projected = sum(1 for turn in turns if not turn.measured)
    total = sum(turn.input_tokens for turn in turns)
    with st.popover("Where these numbers come from", icon=":material/info:"):
        st.markdown(
            f"- Points: {len(turns) - projected} measured turns, as the provider reported them.\n"
            f"- Lines: the measured turns and {projected} projected ones, {total:,} input tokens together. The projection asks"
            " your questions again in the same order and takes the answers to be as long as they were."
            + (" The step to a new round is an estimate.\n" if found.wrap_estimate else "\n")
            + "- With caching: a cache at its best. All that was sent before is read, only what is new is written; tokens"
            " drawn are those at the full rate. Real caches forget after minutes and start at a least length.\n"
            + (
                "- USD: each turn at the price row of the model, see the receipts below.\n"
                if money
                else ""
            )
        )
