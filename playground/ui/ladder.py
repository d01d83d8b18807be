"""The ladder on the page: choose a profile, climb it for real, and see what every step added."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

import streamlit as st

from playground.domain import Endpoint, ModelRef, Response
from playground.engine import LiveRun, get_engine
from playground.export import dumps
from playground.export import format as fmt
from playground.export.document import document
from playground.lab import ladder, ladder_profile
from playground.lab.ladder import Counts, Part, Rung
from playground.lab.ladder_profile import Profile, ProfileError, Step
from playground.providers import preview
from playground.ui import chat_charts, keeping
from playground.ui.card import receipt, result_card
from playground.ui.chat import (
    Kept,
    default_model,
    dollars,
    pick_models,
    remember,
    remembered,
    simulated_note,
)
from playground.ui.markdown import plain
from playground.ui.stream import live_run
from playground.ui.words import word_diff

COUNT_SECONDS = 30.0
MOST_CHARACTERS = 400_000
"""Of the prompt: it is sent once a step and model."""
MOST_MODELS = 4
PROFILE, GENERATION = "ladder_profile", "ladder_generation"
PROMPT = (
    "What is a token in a language model API, and why is it not the same thing as an API key?"
    " Answer in about 120 words for someone who has only used ChatGPT."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """One run of the ladder: the requests of every model, and their counts as they come in."""

    profile: Profile
    models: tuple[ModelRef, ...]
    ladders: tuple[tuple[Rung, ...], ...]
    counting: tuple[Future[Counts], ...]
    live: LiveRun

    @property
    def height(self) -> int:
        """Steps, the bare request included."""
        return len(self.ladders[0])

    def responses(self, model: int) -> tuple[Response, ...]:
        """The answers of one model, step by step."""
        start = model * self.height
        return self.live.run().responses[start : start + self.height]

    def counts(self, model: int) -> Counts:
        """The counts of one model; waits for the last of them."""
        return self.counting[model].result(COUNT_SECONDS)

    def parts(self, model: int, step: int) -> tuple[Part, ...]:
        """The input of one step, taken apart."""
        reported = self.responses(model)[step].usage.input_tokens
        return ladder.parts(self.ladders[model], self.counts(model), step, reported)


_climbs: Kept[Climb] = Kept()


def current_climb() -> Climb | None:
    """The ladder that this tab looks at."""
    run = remembered("ladder")
    return _climbs.get(run.id) if run else None


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole section."""
    st.markdown(
        "**One prompt, step by step from a bare API call to something like the product.** Each step is a real request"
        " that holds everything of the steps before it, and shows what it added: text, tokens, money, time."
    )
    st.session_state.setdefault("ladder_prompt", PROMPT)
    prompt = st.text_area("Prompt", key="ladder_prompt", height=80, persist_state="session")
    models = pick_models("ladder_models", where, most=MOST_MODELS, default=[default_model()])
    profile = _profile()
    climb = current_climb()
    with st.container(horizontal=True, vertical_alignment="center"):
        start = st.button(
            "Climb the ladder",
            type="primary",
            icon=":material/stairs:",
            shortcut="Ctrl+Enter",
            key="ladder_go",
        )
        if climb and not climb.live.done:
            st.button(
                "Stop all",
                icon=":material/stop:",
                key="ladder_stop",
                on_click=climb.live.stop,
            )
        steps = len(profile.active) + 1
        st.caption(
            f"{steps} steps × {len(models)} model{'s' if len(models) != 1 else ''} = {steps * len(models)} requests"
        )
    simulated_note(models, where)
    if start:
        problem = _problem(prompt or "", models)
        if problem:
            st.error(problem)
        else:
            started = _start(prompt or "", models, profile, where)
            if started:
                remember("ladder", started.live)
                st.rerun()
    if climb is None:
        _empty()
        return
    if not climb.live.done:
        _running(climb)
        return
    _results(climb, where)


def _problem(prompt: str, models: Sequence[ModelRef]) -> str | None:
    if not prompt.strip():
        return "The prompt is empty: type a question first."
    if len(prompt) > MOST_CHARACTERS:
        return f"The prompt has {len(prompt):,} characters; at most {MOST_CHARACTERS:,} can be sent. Shorten it."
    return None if models else "No model is chosen: choose at least one."


def _empty() -> None:
    st.info(
        "Press **Climb the ladder**. You will see how a question of a few tokens grows to hundreds or thousands on its"
        " way to the model, and which of them a chat product would have sent without telling you.",
        icon=":material/lightbulb:",
    )


def _start(
    prompt: str,
    models: tuple[ModelRef, ...],
    profile: Profile,
    where: Mapping[str, Endpoint],
) -> Climb | None:
    """Send all steps; None when a budget or a key in the prompt forbids it, which is then said."""
    now = datetime.now().astimezone()
    ladders = tuple(ladder.climb(ref, prompt, profile, now=now) for ref in models)
    live = keeping.start([r.request for rungs in ladders for r in rungs], where, kind="ladder")
    if live is None:
        return None
    engine = get_engine()
    counting = tuple(
        engine.submit(partial(ladder.count, rungs, where.get(ref.provider)))
        for ref, rungs in zip(models, ladders, strict=True)
    )
    climb = Climb(profile=profile, models=models, ladders=ladders, counting=counting, live=live)
    _climbs.put(live.id, climb)
    return climb


def _running(climb: Climb) -> None:
    titles = [
        f"{ref.model} · {rung.name}"
        for ref, rungs in zip(climb.models, climb.ladders, strict=True)
        for rung in rungs
    ]
    live_run(climb.live, key=f"ladder_live_{climb.live.id}", titles=titles)


# The profile -------------------------------------------------------------------------------------


def _profile() -> Profile:
    """Choose, switch, reorder, edit, load and save the steps."""
    if PROFILE not in st.session_state:
        _take(ladder_profile.shipped()["chat_product"])
    profile: Profile = st.session_state[PROFILE]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.menu_button(
                "Profile",
                [each.name for each in ladder_profile.shipped().values()],
                key="ladder_choice",
                icon=":material/tune:",
                on_click=_choose,
            )
            with st.popover("Load, edit, save", icon=":material/save:"):
                _files(profile)
            with st.popover("Paste a published prompt", icon=":material/content_paste:"):
                _published(profile)
            st.markdown(f"**{plain(profile.name)}**")
            st.badge(profile.label, color="orange")
        for index, step in enumerate(profile.steps):
            _step(profile, index, step)
        if profile.not_imitated:
            with st.expander("What this can't imitate", icon=":material/block:"):
                st.markdown("\n".join(f"- {plain(said)}" for said in profile.not_imitated))
        for title, address in profile.links.items():
            if address.startswith("https://"):
                st.caption(f":material/open_in_new: [{plain(title)}]({address})")
    return profile


def _take(profile: Profile) -> None:
    """Make this the tab's profile; the fields of the steps begin anew."""
    st.session_state[PROFILE] = profile
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def _choose() -> None:
    name = st.session_state.ladder_choice
    for profile in ladder_profile.shipped().values():
        if profile.name == name:
            _take(profile)


def _step(profile: Profile, index: int, step: Step) -> None:
    key = f"step_{st.session_state[GENERATION]}_{index}_{step.name}"
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.toggle(step.name, value=step.on, key=f"{key}_on", on_change=_switch, args=(index, key))
        st.space("stretch")
        with st.popover(
            "",
            icon=":material/edit:",
            type="tertiary",
            help=f"Edit: {step.name}",
            key=f"{key}_edit",
        ):
            st.caption(step.why or "What this step adds.")
            EDITORS[step.kind](profile, index, step, key)
        for by, icon, what in ((-1, "arrow_upward", "earlier"), (1, "arrow_downward", "later")):
            st.button(
                "",
                icon=f":material/{icon}:",
                type="tertiary",
                key=f"{key}_{what}",
                help=f"{step.name}: {what}",
                disabled=not 0 <= index + by < len(profile.steps),
                on_click=_move,
                args=(index, by),
            )


def _switch(index: int, key: str) -> None:
    _change(index, on=st.session_state[f"{key}_on"])


def _move(index: int, by: int) -> None:
    _take(st.session_state[PROFILE].moved(index, by))


def _change(index: int, **changes: Any) -> None:
    st.session_state[PROFILE] = st.session_state[PROFILE].with_step(index, **changes)


def _edit_text(profile: Profile, index: int, step: Step, key: str) -> None:
    st.text_area(
        "Added to the system prompt",
        step.text,
        key=f"{key}_text",
        height=260,
        help="{date}, {weekday} and {time} are filled in when it is sent.",
        on_change=lambda: _change(index, text=st.session_state[f"{key}_text"]),
    )


def _edit_turns(profile: Profile, index: int, step: Step, key: str) -> None:
    def keep() -> None:
        rows = st.session_state[f"{key}_turns"]
        turns = [(row["user"], row["assistant"]) for row in edited_turns(step, rows)]
        kept = tuple(turn for turn in turns if turn[0] and turn[1])
        _take(st.session_state[PROFILE].with_step(index, turns=kept))  # or the edits apply twice

    st.data_editor(
        [{"user": user, "assistant": assistant} for user, assistant in step.turns],
        num_rows="dynamic",
        key=f"{key}_turns",
        on_change=keep,
        hide_index=True,
    )


def edited_turns(step: Step, changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows after what the table editor reports as changed."""
    rows = [{"user": user, "assistant": assistant} for user, assistant in step.turns]
    for at, values in changes["edited_rows"].items():
        rows[int(at)] |= values
    kept = [row for at, row in enumerate(rows) if at not in changes["deleted_rows"]]
    added = [{"user": "", "assistant": "", **row} for row in changes["added_rows"]]
    return [*kept, *added]


def _edit_tools(profile: Profile, index: int, step: Step, key: str) -> None:
    st.pills(
        "Tools that the provider may run",
        ladder_profile.TOOLS,
        default=list(step.tools),
        selection_mode="multi",
        key=f"{key}_tools",
        format_func=lambda name: name.replace("_", " "),
        on_change=lambda: _change(index, tools=tuple(st.session_state[f"{key}_tools"])),
    )
    st.caption("On the real API a search or a code session that the model makes is billed extra.")


def _edit_effort(profile: Profile, index: int, step: Step, key: str) -> None:
    for provider in ("openai", "anthropic", "gemini"):
        name = f"{key}_{provider}"

        def keep(provider: str = provider, name: str = name) -> None:
            now: Step = st.session_state[PROFILE].steps[index]
            levels = {p: now.effort_of(p) or "" for p in ("openai", "anthropic", "gemini")}
            _change(index, effort={**levels, provider: st.session_state[name] or ""})

        st.selectbox(
            provider,
            ("low", "medium", "high"),
            index=_position(("low", "medium", "high"), step.effort_of(provider)),
            key=name,
            placeholder="the model's default",
            on_change=keep,
        )


def _position(options: Sequence[str], value: str | None) -> int | None:
    return options.index(value) if value in options else None


EDITORS = {
    "system": _edit_text,
    "history": _edit_turns,
    "tools": _edit_tools,
    "effort": _edit_effort,
}
"""Kind of step → the fields to edit it with."""


def _files(profile: Profile) -> None:
    """The whole profile as YAML: edit, load from a file, download."""
    generation = st.session_state[GENERATION]
    text = ladder_profile.dump(profile)
    edited = st.text_area("The profile as YAML", text, height=320, key=f"ladder_yaml_{generation}")
    upload = st.file_uploader(
        "Or a file", type=["yaml", "yml"], key=f"ladder_file_{generation}", max_upload_size=1
    )
    with st.container(horizontal=True):
        if st.button("Use it", key="ladder_use", type="primary"):
            _use(upload, edited or "")
        st.download_button(
            "Download",
            text,
            file_name="profile.yaml",
            mime="application/yaml",
            icon=":material/download:",
            on_click="ignore",
            key="ladder_download",
        )


def _use(upload: Any, edited: str) -> None:
    try:
        if upload is not None:
            profile = ladder_profile.read(upload.getvalue().decode("utf-8-sig"), upload.name)
        else:
            profile = ladder_profile.read(edited)
    except UnicodeDecodeError:
        st.error("The file is not UTF-8 text.")
    except ProfileError as error:
        st.error(str(error))
    else:
        _take(profile)
        st.rerun()


def _published(profile: Profile) -> None:
    """Put a pasted copy of a published system prompt in the place of ours."""
    st.markdown(
        "Anthropic [publishes the core system prompts](https://platform.claude.com/docs/en/release-notes/system-prompts)"
        " of Claude.ai. Copy one from there; it is kept in this tab only. OpenAI and Google publish none, and leaked"
        " texts are not used here."
    )
    text = st.text_area("The published prompt", key="published_text", height=200)
    day = st.date_input("Published on", key="published_day", format="YYYY-MM-DD")
    if st.button("Put it in place of ours", key="published_use"):
        if not (text or "").strip():
            st.error("Nothing was pasted: copy the prompt from Anthropic's page first.")
            return
        if len(text) > ladder_profile.LONGEST:
            st.error(
                f"{len(text):,} characters are too long for a system prompt here: at most {ladder_profile.LONGEST:,}."
            )
            return
        _take(with_published(profile, text, day))
        st.rerun()


def with_published(profile: Profile, text: str, day: Any) -> Profile:
    """The profile with a pasted prompt as its first system step."""
    name = f"Published system prompt of {day} (pasted)"
    fresh = Step(
        name=name,
        kind="system",
        text=text,
        why="The published core only: tool definitions, memory, styles, reminders, date and preferences come on top.",
    )
    first = next((i for i, step in enumerate(profile.steps) if step.kind == "system"), None)
    rest = [step for i, step in enumerate(profile.steps) if i != first]
    at = first or 0
    return replace(
        profile,
        steps=(*rest[:at], fresh, *rest[at:]),
        label=f"published prompt of {day}, pasted by you; the rest our approximation",
        as_of=day if isinstance(day, date) else profile.as_of,
    )


# Results -----------------------------------------------------------------------------------------


def _results(climb: Climb, where: Mapping[str, Endpoint]) -> None:
    shown = 0
    if len(climb.models) > 1:
        names = [str(ref) for ref in climb.models]
        chosen = st.segmented_control(
            "Model", names, default=names[0], key=f"ladder_model_{climb.live.id}", required=True
        )
        shown = names.index(chosen) if chosen else 0
    responses = climb.responses(shown)
    parts = [climb.parts(shown, step) for step in range(climb.height)]
    if responses[0].simulated:
        st.badge("simulated", icon=":material/science:", color="violet")
    _headline(climb, responses, parts)
    _chart(climb, shown, parts)
    _table(climb, shown, responses, parts)
    for step in range(climb.height):
        _details(climb, shown, step, where)
    st.download_button(
        "JSON",
        partial(_json, climb),
        file_name="ladder.json",
        mime="application/json",
        icon=":material/download:",
        on_click="ignore",
        key="ladder_json",
    )


def _headline(climb: Climb, responses: Sequence[Response], parts: Sequence[Sequence[Part]]) -> None:
    first, last = responses[0], responses[-1]
    before, after = first.usage.input_tokens, last.usage.input_tokens
    if not before or not after:
        st.warning("A step failed, so there is nothing to compare. Its row says why.")
        return
    words = (
        f"### Your prompt is {parts[0][0].tokens:,} tokens. Dressed like a chat product, it is {after:,}: "
        f"{after / before:,.0f} × the input of the bare call."
    )
    st.markdown(words)
    if first.cost and last.cost:
        st.caption(
            dollars(
                f"One answer: {fmt.cost(first.cost)} bare, {fmt.cost(last.cost)} with everything."
                " In a product you pay none of it by the piece, and see none of it."
            )
        )


def _chart(climb: Climb, model: int, parts: Sequence[Sequence[Part]]) -> None:
    steps = [f"{i}. {rung.name}" for i, rung in enumerate(climb.ladders[model])]
    guessed = {part.name for part in parts[-1] if part.estimate}
    names = [_marked(part.name, guessed) for part in parts[-1]]
    rows = [
        {
            "step": steps[i],
            "part": _marked(part.name, guessed),
            "tokens": part.tokens,
            "kind": "estimate" if part.estimate else "the provider",
        }
        for i, row in enumerate(parts)
        for part in row
        if part.tokens
    ]
    st.altair_chart(
        chat_charts.ladder_bars(steps, rows, names),
        alt="Input tokens of every step of the ladder, split by what they are for",
    )
    st.html(chat_charts.legend(names))
    if guessed:
        st.caption(
            ":material/info: Parts marked ≈ are estimates; the others are counted by the provider."
        )


def _marked(name: str, guessed: set[str]) -> str:
    return f"{name} (≈ estimate)" if name in guessed else name


def _table(
    climb: Climb,
    model: int,
    responses: Sequence[Response],
    parts: Sequence[Sequence[Part]],
) -> None:
    rungs = climb.ladders[model]
    own = [row[-1] if i else row[0] for i, row in enumerate(parts)]
    framing = [next(p for p in row if p.name == ladder.FRAMING) for row in parts]
    st.dataframe(
        {
            "step": [f"{i}. {rung.name}" for i, rung in enumerate(rungs)],
            "adds": [f"{'≈ ' if part.estimate else ''}{part.tokens:+,}" for part in own],
            "framing": [part.tokens for part in framing],
            "input": [r.usage.input_tokens for r in responses],
            "output": [r.usage.output_tokens for r in responses],
            "reasoning": [r.usage.reasoning_output_tokens for r in responses],
            "cost": [float(r.cost.total) if r.cost else None for r in responses],
            "first": [r.timing.time_to_first_text for r in responses],
        },
        column_config={
            "step": st.column_config.TextColumn("Step", pinned=True),
            "adds": st.column_config.TextColumn("Adds", help="Input tokens of this step alone"),
            "framing": st.column_config.NumberColumn(
                "Provider framing",
                format="localized",
                help="What the provider reported beyond all counted parts",
            ),
            "input": st.column_config.NumberColumn(
                "Input, reported", format="localized", help="The sum of all parts of the step"
            ),
            "output": st.column_config.NumberColumn("Output", format="localized"),
            "reasoning": st.column_config.NumberColumn("Reasoning", format="localized"),
            "cost": st.column_config.NumberColumn("Cost", format="$%.6f"),
            "first": st.column_config.NumberColumn("First text", format="%.2f s"),
        },
        hide_index=True,
        placeholder="not reported",
        alt="Every step with what it added",
    )


def _details(climb: Climb, model: int, step: int, where: Mapping[str, Endpoint]) -> None:
    rung = climb.ladders[model][step]
    responses = climb.responses(model)
    response = responses[step]
    label = f"{step}. {plain(rung.name)} · {_delta(responses, step)}"
    with st.expander(
        dollars(label), on_change="rerun", key=f"ladder_{climb.live.id}_{model}_{step}"
    ) as box:
        if not box.open:
            return
        for said in rung.left_out:
            st.caption(f":material/info: {plain(said)}")
        tabs = st.tabs(["Added to the request", "Changed in the answer", "Tokens", "Cost", "All"])
        with tabs[0]:
            _body(climb, model, step)
        with tabs[1]:
            _answers(climb, model, step)
        with tabs[2]:
            _parts(climb.parts(model, step), response)
        with tabs[3]:
            st.markdown(
                receipt(response.cost)
                if response.cost
                else "No price is known for this model, or nothing was reported."
            )
        with tabs[4]:
            result_card(
                str(rung.request.model),
                rung.request,
                response,
                where.get(rung.request.model.provider),
                key=f"ladder_card_{climb.live.id}_{model}_{step}",
            )


def _delta(responses: Sequence[Response], step: int) -> str:
    """What the step changed against the one before, in figures."""
    here = responses[step]
    if not here.ok:
        return "failed"
    tokens = fmt.count(here.usage.input_tokens)
    first = fmt.seconds(here.timing.time_to_first_text)
    if step == 0:
        return f"{tokens} input tokens · {fmt.cost_of(here)} · first text {first}"
    before = responses[step - 1]
    pair = (before.usage.input_tokens, here.usage.input_tokens)
    added = "?" if None in pair else f"{pair[1] - pair[0]:+,}"  # type: ignore[operator]
    money = fmt.money(here.cost.total - before.cost.total) if here.cost and before.cost else "?"
    sign = "" if money.startswith("-") else "+"
    return f"{added} input tokens · {sign}{money} · first text {first}"


def _body(climb: Climb, model: int, step: int) -> None:
    """The exact difference of the two request bodies, as they went on the wire."""
    here = _sent(climb, model, step)
    if step == 0:
        st.caption("The whole body of the bare request.")
        st.code(json.dumps(here, indent=2, ensure_ascii=False), language="json", wrap_lines=True)
        return
    lines = list(ladder.body_difference(_sent(climb, model, step - 1), here))
    if not lines:
        st.caption("The body is the same: this model takes nothing of this step.")
        return
    st.caption("The body of this request against that of the step before: + is new, − is gone.")
    st.code("\n".join(lines), language="diff", wrap_lines=True)


def _sent(climb: Climb, model: int, step: int) -> Any:
    exchange = climb.responses(model)[step].exchange
    if exchange is not None:
        return exchange.request_body
    return preview(climb.ladders[model][step].request)


def _answers(climb: Climb, model: int, step: int) -> None:
    responses = climb.responses(model)
    if step == 0:
        st.caption("The answer that all others are compared with.")
        st.code(responses[0].text or " ", language=None, wrap_lines=True)
        return
    rungs = climb.ladders[model]
    word_diff(
        responses[step - 1].text,
        responses[step].text,
        left_name=rungs[step - 1].name,
        right_name=rungs[step].name,
    )


def _parts(parts: Sequence[Part], response: Response) -> None:
    """The parts of one step with where each number comes from; they add up to what was reported."""
    lines = ["| part | tokens | where it comes from |", "|:--|--:|:--|"]
    for part in parts:
        mark = "≈ " if part.estimate else ""
        lines.append(f"| {plain(part.name)} | {mark}{part.tokens:,} | {plain(part.how)} |")
    total = sum(part.tokens for part in parts)
    told = fmt.count(response.usage.input_tokens)
    lines.append(f"| **sum** | **{total:,}** | reported by the provider: {told} |")
    st.markdown("\n".join(lines))


def _json(climb: Climb) -> str:
    """The same document as `playground ladder --json`."""
    whole = document(climb.live.run())
    rows = whole.pop("responses")
    split = [rows[i * climb.height : (i + 1) * climb.height] for i in range(len(climb.models))]
    models = range(len(climb.models))
    whole["steps"] = ladder.steps_document(
        climb.ladders,
        [climb.counts(i) for i in models],
        [climb.responses(i) for i in models],
        split,
    )
    return dumps(whole)
