"""What stands above every panel: the menu of panels in one row, and of the open one what to look for and where to read on."""

from __future__ import annotations

import streamlit as st

from playground.lab.panels import GROUPS, PANELS, Group, Panel
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.session import address

PANEL = address.Spot("panel", "panel")
FIRST = next(iter(PANELS))


def chosen() -> Panel:
    """Draw the page's title with the menu of panels; the open one is the one that the address names, or the one chosen last."""
    address.say(PANEL)
    _follow()
    now = st.session_state.setdefault(names.LAB_PANEL, FIRST)
    with st.container(horizontal=True, vertical_alignment="center", key="lab_head"):
        st.title("API lab", anchor=False, width="content")
        with (  # a choice closes it in the browser: live/guard.js
            st.popover(f"All {len(PANELS)} panels", icon=":material/apps:"),
            st.container(key="choice_of_panels"),
        ):
            _menu(now)
        after = _after(now)
        st.button(
            f"Next: {after.title}",
            icon=":material/arrow_forward:",
            type="tertiary",
            key="lab_next",
            on_click=_open,
            args=(after.name,),
        )
    return PANELS[now]


def _menu(now: str) -> None:
    """All panels by their groups; in the page even while it is closed, so that no choice is lost with it."""
    st.caption("What the APIs can do that a chat product does not show, each at work on the wire.")
    for group in GROUPS:
        here = [panel.name for panel in _ordered() if panel.group == group]
        if not here:
            continue
        st.session_state[names.lab_group(group)] = now if now in here else None
        st.pills(
            group,
            here,
            format_func=lambda name: PANELS[name].title,
            key=names.lab_group(group),
            on_change=_choose,
            args=(group,),
        )


def _ordered() -> list[Panel]:
    """The panels as the menu has them, group by group."""
    return sorted(PANELS.values(), key=lambda panel: GROUPS.index(panel.group))


def _after(name: str) -> Panel:
    """The panel behind this one; behind the last comes the first."""
    ordered = _ordered()
    return ordered[(ordered.index(PANELS[name]) + 1) % len(ordered)]


def _follow() -> None:
    """Open what the address names."""
    named = address.asked(PANEL)
    if named is None:
        return
    if named and named not in PANELS:
        address.gone(PANEL)
        return
    st.session_state[names.LAB_PANEL] = named or FIRST


def _choose(group: Group) -> None:
    """Open the panel that was pressed."""
    name = st.session_state[names.lab_group(group)]
    if name is not None:  # not the open one
        _open(name)


def _open(name: str) -> None:
    """Open another panel; what the address named of the one before goes."""
    st.session_state[names.LAB_PANEL] = name
    st.query_params.clear()
    address.write(PANEL, name)


def head(panel: Panel) -> None:
    """Its title, what to look for, the providers' own pages, and what needs a key."""
    st.header(panel.title, anchor=False)
    st.markdown(" ".join(panel.look_for))
    links = [f"[{link.provider}: {plain(link.label)}]({link.url})" for link in panel.documentation]
    st.caption(f"Documentation: {' · '.join(links)}")
    if panel.needs_key:
        st.caption(f":material/key: {panel.needs_key}")
