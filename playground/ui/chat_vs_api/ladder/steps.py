"""The steps of the ladder's profile: choose one, switch, reorder and edit its steps, load and save it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from playground.domain.provider import built_in
from playground.files import decoded
from playground.lab import ladder_profile
from playground.lab.ladder_profile import Profile, ProfileError, Step
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.parts.product import terms


def edit_profile() -> Profile:
    """Choose, switch, reorder, edit, load and save the steps."""
    if names.LADDER_PROFILE not in st.session_state:
        take(ladder_profile.shipped()["chat_product"])
    profile: Profile = st.session_state[names.LADDER_PROFILE]
    folded = f"{len(profile.active) + 1} steps · edit"
    with st.expander(folded, icon=":material/stairs:", key="ladder_steps"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.menu_button(
                "Profile",
                [each.name for each in ladder_profile.shipped().values()],
                key=names.LADDER_CHOICE,
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
            st.markdown("**What this can't imitate**")
            st.markdown("\n".join(f"- {plain(said)}" for said in profile.not_imitated))
        for title, address in profile.links.items():
            if address.startswith("https://"):
                st.caption(f":material/open_in_new: [{plain(title)}]({address})")
    return profile


def take(profile: Profile) -> None:
    """Make this the tab's profile; the fields of the steps begin anew."""
    st.session_state[names.LADDER_PROFILE] = profile
    st.session_state[names.LADDER_GENERATION] = _generation() + 1


def _generation() -> int:
    return int(st.session_state.get(names.LADDER_GENERATION, 0))


def _choose() -> None:
    name = st.session_state[names.LADDER_CHOICE]
    for profile in ladder_profile.shipped().values():
        if profile.name == name:
            take(profile)


def _step(profile: Profile, index: int, step: Step) -> None:
    key = names.ladder_step(_generation(), index, step.name)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.toggle(
            step.name,
            value=step.on,
            key=names.ladder_field(key, "on"),
            on_change=_switch,
            args=(index, key),
        )
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
    _change(index, on=st.session_state[names.ladder_field(key, "on")])


def _move(index: int, by: int) -> None:
    take(st.session_state[names.LADDER_PROFILE].moved(index, by))


def _change(index: int, **changes: Any) -> None:
    st.session_state[names.LADDER_PROFILE] = st.session_state[names.LADDER_PROFILE].with_step(
        index, **changes
    )


def _edit_text(profile: Profile, index: int, step: Step, key: str) -> None:
    st.text_area(
        "Added to the system prompt",
        step.text,
        key=names.ladder_field(key, "text"),
        height=260,
        help="{date}, {weekday} and {time} are filled in when it is sent.",
        on_change=lambda: _change(index, text=st.session_state[names.ladder_field(key, "text")]),
    )


def _edit_turns(profile: Profile, index: int, step: Step, key: str) -> None:
    """A table; a row of which only one side is written is no turn yet, and stays in the table."""
    field, held = names.ladder_field(key, "turns"), names.ladder_field(key, "rows")
    if (
        field not in st.session_state
    ):  # a table of its own: what it reports as changed is against these rows
        st.session_state[held] = [
            {"user": user, "assistant": assistant} for user, assistant in step.turns
        ]
    rows = st.session_state[held]

    def keep() -> None:
        turns = (
            (row["user"], row["assistant"]) for row in edited_turns(rows, st.session_state[field])
        )
        _change(index, turns=tuple(turn for turn in turns if all(turn)))

    st.data_editor(
        rows,
        num_rows="dynamic",
        key=field,
        on_change=keep,
        hide_index=True,
    )


def edited_turns(
    before: Sequence[Mapping[str, str]], changes: Mapping[str, Any]
) -> list[dict[str, str]]:
    """The rows after what the table editor reports as changed."""
    rows = [dict(row) for row in before]
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
        key=names.ladder_field(key, "tools"),
        format_func=lambda name: name.replace("_", " "),
        on_change=lambda: _change(
            index, tools=tuple(st.session_state[names.ladder_field(key, "tools")])
        ),
    )
    st.caption("On the real API a search or a code session that the model makes is billed extra.")


def _edit_effort(profile: Profile, index: int, step: Step, key: str) -> None:
    providers = [row.name for row in built_in()]
    for provider in providers:
        field = names.ladder_field(key, provider)

        def keep(provider: str = provider, field: str = field) -> None:
            now: Step = st.session_state[names.LADDER_PROFILE].steps[index]
            levels = {p: now.effort_of(p) or "" for p in providers}
            _change(index, effort={**levels, provider: st.session_state[field] or ""})

        st.selectbox(
            provider,
            ("low", "medium", "high"),
            index=_position(("low", "medium", "high"), step.effort_of(provider)),
            key=field,
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
    generation = _generation()
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
            profile = ladder_profile.read(decoded(upload.getvalue()), upload.name)
        else:
            profile = ladder_profile.read(edited)
    except UnicodeDecodeError:
        st.error("The file is not UTF-8 text.")
    except ProfileError as error:
        st.error(str(error))
    else:
        take(profile)
        st.rerun()


def _published(profile: Profile) -> None:
    """Put a pasted copy of a published system prompt in the place of ours."""
    st.markdown(
        "Anthropic [publishes the core system prompts](https://platform.claude.com/docs/en/release-notes/system-prompts)"
        " of Claude.ai. Copy one from there; it is kept in this tab only. OpenAI and Google publish none, and leaked"
        " texts are not used here."
    )
    terms("Claude.ai", "published")
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
        take(with_published(profile, text, day))
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
