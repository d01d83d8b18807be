"""The Tools panel: functions, the choice among them, MCP servers, and the loop at each model hop by hop."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

import streamlit as st

from playground import catalog, settings
from playground.domain import Endpoint
from playground.lab import servers
from playground.lab import tools as lab
from playground.lab.functions import BUILT_IN, Function, distinct, of_server
from playground.providers import acceptance
from playground.ui import names
from playground.ui.api_lab import asking
from playground.ui.parts import hops as parts
from playground.ui.parts import markdown
from playground.ui.parts.number_field import number_field
from playground.ui.parts.project import take_away
from playground.ui.session import loops
from playground.ui.session.state import owner

PANEL = "tools"
MOST = 4
TOKEN = names.lab(PANEL, "token")
SAID = names.lab(PANEL, "said")
"""Why no MCP server could be connected."""
CHOICES: Mapping[lab.Choice, str] = {
    "auto": "The model decides",
    "any": "Some function",
    "none": "No function",
    "one": "One function",
}
SAMPLE_OWN = json.dumps(
    [
        {
            "name": "weather",
            "description": "The weather in a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string"}},
                "required": ["city"],
            },
            "result": "21 degrees, clear sky",
        }
    ],
    indent=2,
)


def view(where: Mapping[str, Endpoint]) -> None:
    """The whole panel."""
    under_way, found = loops.looked_at(PANEL)
    question = asking.prompt_field(PANEL, lab.QUESTION)
    models = asking.models_field(PANEL, where, most=MOST, default=catalog.defaults())
    functions = _functions()
    asked, readable = _asked(models, question, functions)
    for note in lab.notes(asked):
        st.caption(f":material/info: {markdown.plain(note)}")
    _dialects(asked)
    ready = bool(models and question.strip() and functions) and readable
    if st.button(
        "Run the loop",
        type="primary",
        icon=":material/send:",
        key="lab_tools_send",
        disabled=not ready or any(not loop.done for loop in under_way),
    ):
        group = uuid.uuid4().hex
        lab.begin(asked, loops.sending(where, group))
        loops.look_at(PANEL, group)
        st.rerun()
    if ready:
        first = models[0]
        request = acceptance.fit(lab.request(asked, first))
        take_away([request], where.get(first.provider), "lab_tools", kind="tools")
    if any(not loop.done for loop in under_way):
        loops.follow(under_way, parts.lanes, "lab_tools")
    elif found:
        parts.lanes(found)
        parts.totals(found)
        parts.wire(found, "lab_tools_wire")
        st.download_button(
            "JSON",
            json.dumps(lab.document(found), indent=2, ensure_ascii=False),
            file_name="tools.json",
            icon=":material/download:",
            on_click="ignore",
            key="lab_tools_json",
        )
    else:
        asking.empty(
            PANEL,
            "a loop: press **Run the loop** and see each model ask for functions, your code run them, and the answer that"
            " uses their results, with what each hop cost.",
        )


def _functions() -> tuple[Function, ...]:
    """What is offered: built-in functions, those of one's own, and the tools of connected MCP servers."""
    known = {function.tool.name: function for function in BUILT_IN}
    chosen = st.pills(
        "Functions",
        [*known],
        selection_mode="multi",
        default=[*known],
        key=names.lab(PANEL, "functions"),
        persist_state="session",
    )
    with st.expander("Functions of your own, with mock results", icon=":material/function:"):
        text = st.text_area(
            "A JSON list of name, description, parameters and the result that each always gives",
            key=names.lab(PANEL, "own"),
            placeholder=SAMPLE_OWN,
            height=180,
            persist_state="session",
        )
        try:
            own = lab.own_functions(text or "")
        except lab.BadFunctions as error:
            st.error(markdown.safe(str(error)))
            own = ()
    return distinct([*(known[name] for name in chosen), *own, *_mcp()])


def _mcp() -> tuple[Function, ...]:
    """A place to connect an MCP server, and the tools of those that are."""
    found: list[Function] = []
    with st.expander("MCP servers", icon=":material/hub:"):
        st.caption(
            "The tools of a server are offered to every provider in the same loop; our client asks it, so that it may also"
            " be on this computer."
            + (" Here only addresses: no program is started." if settings.hosted() else "")
        )
        st.text_input(
            "Address, or the command that starts one",
            key=names.lab(PANEL, "mcp"),
            placeholder="https://example.com/mcp"
            if settings.hosted()
            else "https://example.com/mcp, or: python my_server.py",
            persist_state="session",
        )
        st.text_input(
            "Access token, where the server wants one",
            type="password",
            key=TOKEN,
            autocomplete="off",
        )
        st.button("Connect", icon=":material/cable:", key="lab_tools_connect", on_click=_connect)
        if problem := st.session_state.get(SAID):
            st.error(markdown.safe(problem))
        for server in servers.connected(owner()):
            tools = of_server(server)
            found += tools
            listed = ", ".join(markdown.code(function.tool.name) for function in tools)
            st.markdown(f"**{markdown.plain(server.where)}**: {listed}")
            st.button(
                "Disconnect",
                key=f"lab_tools_bye_{server.where}",
                on_click=servers.disconnect,
                args=(server.where,),
                kwargs={"owner": owner()},
            )
    return tuple(found)


def _connect() -> None:
    """Take the token out of its field, so that the page never sends it back to the browser, and connect the server by it."""
    where = st.session_state[names.lab(PANEL, "mcp")]
    typed, st.session_state[TOKEN] = st.session_state[TOKEN], ""
    st.session_state.pop(SAID, None)
    if not where:
        return
    try:
        token = settings.check_key(typed) if typed.strip() else None
        servers.connect(where, owner=owner(), hosted=settings.hosted(), token=token)
    except (servers.McpError, settings.SettingsError) as error:
        st.session_state[SAID] = str(error)


def _asked(
    models: tuple[lab.ModelRef, ...], question: str, functions: tuple[Function, ...]
) -> tuple[lab.Asked, bool]:
    """What is asked, and whether every field can be read."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        choice = st.selectbox(
            "Must call",
            lab.CHOICES,
            format_func=CHOICES.__getitem__,
            key=names.lab(PANEL, "choice"),
            persist_state="session",
            width=220,
        )
        only = ""
        if choice == "one" and functions:
            offered = [function.tool.name for function in functions]
            only = st.selectbox("Which", offered, key=names.lab(PANEL, "only"), width=220)
        rounds = number_field(
            "Rounds at most",
            names.lab(PANEL, "rounds"),
            first=6,
            least=1,
            most=lab.MOST_ROUNDS,
            width=160,
        )
        parallel = st.toggle(
            "Several calls at once",
            value=True,
            key=names.lab(PANEL, "parallel"),
            persist_state="session",
        )
    asked = lab.Asked(
        models=models,
        question=question,
        functions=functions,
        choice=choice,
        only=only,
        parallel=parallel,
        rounds=int(rounds.value or 1),
    )
    return asked, not rounds.wrong


def _dialects(asked: lab.Asked) -> None:
    """How each chosen door spells the choice."""
    doors = dict.fromkeys(ref.api for ref in asked.models)
    if doors:
        spelled = " · ".join(
            f"{door}: {markdown.code(lab.dialect(door, asked.choice))}" for door in doors
        )
        st.caption(f"In each provider's dialect: {spelled}")
