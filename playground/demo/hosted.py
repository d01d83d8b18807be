"""Tools that a provider runs itself: which of them the simulated model uses, and what comes of it. Nothing is searched."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from fractions import Fraction

from playground.demo import filtering, mcp
from playground.demo.ask import Ask, Offer
from playground.demo.reasoning import GREETING
from playground.demo.used import Page, Used

TOOLS = {
    "web_search": "web_search",
    "google_search": "web_search",
    "googleSearch": "web_search",
    "code_execution": "code_execution",
    "codeExecution": "code_execution",
    "code_interpreter": "code_execution",
    "file_search": "file_search",
    "fileSearch": "file_search",
    "image_generation": "image_generation",
    "shell": "shell",
    "mcp": "mcp",
    "mcp_server": "mcp",
}
"""A vendor's name for a tool → ours."""
ASKED_FOR = {
    "web_search": re.compile(r"\b(search|web|internet|online|news|look up)\b", re.IGNORECASE),
    "code_execution": re.compile(r"\b(run|execute|python|code|calculate|compute)\b", re.IGNORECASE),
    "file_search": re.compile(r"\b(files?|documents?|manual|knowledge base)\b", re.IGNORECASE),
    "image_generation": re.compile(r"\b(images?|pictures?|draw|photo|paint)\b", re.IGNORECASE),
    "shell": re.compile(r"\b(shell|terminal|bash|command|list the files)\b", re.IGNORECASE),
    "mcp": re.compile(""),
}
"""Words of a question that make the simulated model use a tool that it has."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")
MOST_NUMBERS = 20
QUERY = 80
"""Characters of a search query."""
PAGES = 2


def use(ask: Ask, dice: random.Random) -> tuple[Used, ...]:
    """The tools that the question asks for, each once; the first one where a tool must be called and no function is there."""
    if ask.tool_choice == "none" or ask.has_result:
        return ()
    agreed = mcp.agreed(ask, dice)
    if agreed is not None:
        return tuple(agreed)
    there = [(TOOLS[o.name], o) for o in ask.tools if o.hosted and o.name in TOOLS]
    wanted = [(tool, o) for tool, o in there if _is_wanted(tool, ask)]
    if not wanted and ask.tool_choice == "required" and all(o.hosted for o in ask.tools):
        wanted = there[:1]
    found: list[Used] = []
    for tool, offer in wanted:
        if tool == "mcp":
            found += mcp.uses(ask, offer, dice)
        else:
            made = _USE[tool](ask.prompt, f"{dice.getrandbits(96):024x}")
            found.append(_in_files(ask, made, offer) if tool == "file_search" else made)
    return tuple(found)


def _is_wanted(tool: str, ask: Ask) -> bool:
    """Files are searched for any question, where there is nothing else to do it with."""
    alone = tool == "file_search" and len(ask.tools) == 1
    return bool(ASKED_FOR[tool].search(ask.prompt)) or (
        alone and not GREETING.fullmatch(ask.prompt)
    )


def _in_files(ask: Ask, made: Used, offer: Offer) -> Used:
    """What is found in the stores that a file search names; what is made up, where the server has none of them."""
    names = STORES.search(offer.text)
    stores = re.findall(r'"([^"]+)"', names[1]) if names else []
    most = MOST.search(offer.text)
    only = filtering.keeps(filtering.read(offer.text))
    limit = int(most[1]) if most else None
    pages = ask.search(stores, ask.prompt, limit, only) if ask.search else ()
    if pages == () and only is not filtering.everything:
        return replace(made, store=stores[0] if stores else "", pages=())
    store = stores[0] if stores else ""
    return replace(made, store=store, pages=pages or made.pages)


STORES = re.compile(r'"(?:vector_store_ids|file_?[sS]earch_?[sS]tore_?[nN]ames)":\[([^\]]+)\]')
MOST = re.compile(r'"(?:max_num_results|topK|top_k)":(\d+)')


def _search(prompt: str, id: str) -> Used:
    query = " ".join(prompt.split())[:QUERY] or "tokens"
    pages = tuple(
        Page(
            f"Simulated page {n} about {query[:40]}",
            f"https://example.com/simulated/{n}",
            f"This page was not fetched: the simulation made it up for the query {query!r}.",
        )
        for n in range(1, PAGES + 1)
    )
    return Used(id, "web_search", query, pages=pages, opened=bool(OPEN.search(prompt)))


OPEN = re.compile(r"\b(open|read) (it|the (first )?page)", re.IGNORECASE)


def _files(prompt: str, id: str) -> Used:
    query = " ".join(prompt.split())[:QUERY] or "tokens"
    pages = tuple(
        Page(f"simulated-{n}.md", "", f"The simulation made up this passage for {query!r}.")
        for n in range(1, PAGES + 1)
    )
    return Used(id, "file_search", query, pages=pages)


def _draw(prompt: str, id: str) -> Used:
    return Used(id, "image_generation", " ".join(prompt.split())[:QUERY])


def _shell(prompt: str, id: str) -> Used:
    return Used(id, "shell", "ls", output="simulated.txt\n")


def _run(prompt: str, id: str) -> Used:
    numbers = NUMBER.findall(prompt)[:MOST_NUMBERS] or ["1", "2"]
    total = sum(Fraction(number) for number in numbers)
    shown = str(total) if total.denominator == 1 else repr(float(total))
    return Used(id, "code_execution", f"print({' + '.join(numbers)})", output=f"{shown}\n")


_USE = {
    "web_search": _search,
    "code_execution": _run,
    "file_search": _files,
    "image_generation": _draw,
    "shell": _shell,
}
