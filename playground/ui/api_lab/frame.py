"""What stands above every panel: the choice of panels, and of the open one what to look for and where to read on."""

from __future__ import annotations

import streamlit as st

from playground.lab.panels import GROUPS, PANELS, Group, Panel
from playground.ui import names
from playground.ui.parts.markdown import plain
from playground.ui.session import address

PANEL = address.Spot("panel", "panel")
FIRST = next(iter(PANELS))


def chosen() -> Panel:
    """Draw the choice and return the open panel: the one that the address names, or that was chosen last."""
    address.say(PANEL)
    _follow()
    now = st.session_state.setdefault(names.LAB_PANEL, FIRST)
    for group in GROUPS:
        here = [panel.name for panel in PANELS.values() if panel.group == group]
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
    return PANELS[now]


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
    """Open another panel; what the address named of the one before goes."""
    name = st.session_state[names.lab_group(group)]
    if name is None:  # the open one was pressed again
        return
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
