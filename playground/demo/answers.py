"""Which text answers which question: chosen by keywords, in a voice of its own for each vendor."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from playground.demo.ask import Ask

NOTE = "*Simulated answer: no model was asked.*"
VOICES = ("openai", "anthropic", "gemini", "compatible")
LENGTH = re.compile(r"\b(\d[\d,.]*)\s*[- ]?(words?|tokens?)\b")
MOST_WORDS = 6000


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject that the demo knows something about."""

    name: str
    keywords: tuple[tuple[str, int], ...]
    """Word stem or phrase, and what finding it is worth."""
    voices: dict[str, str]
    """Vendor → Markdown."""
    thought: str
    """What a model thinks before it answers."""


@cache
def topics() -> tuple[Topic, ...]:
    """The topics of answers.md, in order."""
    source = (files("playground.demo") / "answers.md").read_text(encoding="utf-8")
    return tuple(_topic(block) for block in source.split("\n# ")[1:])


def _topic(block: str) -> Topic:
    name, _, rest = block.partition("\n")
    head, *voices = rest.split("\n## ")
    lines = dict(line.split(":", 1) for line in head.strip().splitlines() if ":" in line)
    keywords = []
    for word in lines["keywords"].split(","):
        stem, _, weight = word.strip().partition("=")
        keywords.append((stem, int(weight or 1)))
    texts = {}
    for voice in voices:
        title, _, text = voice.partition("\n")
        texts[title.strip()] = text.strip()
    return Topic(name.strip(), tuple(keywords), texts, lines["thought"].strip())


def pick(prompt: str) -> Topic | None:
    """The topic whose keywords weigh most in the prompt; None when none is worth 2."""
    plain = " ".join(prompt.lower().split())
    scored = [(sum(w for k, w in topic.keywords if _found(k, plain)), topic) for topic in topics()]
    best, topic = max(scored, key=lambda row: row[0], default=(0, None))
    return topic if best >= 2 else None


def _found(keyword: str, text: str) -> bool:
    return re.search(rf"\b{re.escape(keyword)}", text) is not None


def text(ask: Ask, tokens: int, choice: int = 0) -> str:
    """The answer in Markdown; `tokens` is the counted input, `choice` the number of the alternative."""
    topic = pick(ask.prompt)
    vendors = [v for v in VOICES if topic and v in topic.voices]
    if topic is None or not vendors:
        answer = unknown(ask, tokens)
    else:
        first = vendors.index(ask.model.vendor) if ask.model.vendor in vendors else 0
        answer = topic.voices[vendors[(first + choice) % len(vendors)]]
    if ask.model.brief and topic:
        answer = shorten(answer)
    answer = resize(answer, ask.prompt, topic)
    return f"{answer}\n\n{acknowledged(ask)}{NOTE}"


def shorten(answer: str) -> str:
    """What a small model makes of it: without the last paragraph, where there are more than two."""
    blocks = answer.split("\n\n")
    return "\n\n".join(blocks[:-1]) if len(blocks) > 2 else answer


def resize(answer: str, prompt: str, topic: Topic | None) -> str:
    """Longer or shorter where the prompt names a number of words or tokens (`in 2,000 tokens`)."""
    asked = LENGTH.search(prompt.lower())
    if not asked or (topic is None and "write" not in prompt.lower()):
        return answer
    number = int(re.sub(r"\D", "", asked[1]) or 0)
    words = min(MOST_WORDS, int(number * 0.75) if asked[2].startswith("token") else number)
    if words < 20 or (words <= len(answer.split()) <= words * 1.3):
        return answer
    others = [t for t in topics() if t is not topic]
    for number in range(200):
        if len(answer.split()) >= words:
            break
        other = others[number % len(others)]
        voice = VOICES[number // len(others) % len(VOICES)]
        answer += "\n\n" + other.voices.get(voice, next(iter(other.voices.values())))
    return cut_words(answer, words)


def cut_words(answer: str, words: int) -> str:
    """The first so many words, to the end of the sentence where one ends soon."""
    kept = re.match(rf"(?:\s*\S+){{1,{words}}}", answer)
    return (kept[0] if kept else answer).rstrip(" ,;:")


def acknowledged(ask: Ask) -> str:
    """One sentence about the system prompt, where there is one."""
    words = " ".join("".join(p.text for p in ask.system).split())
    if not words:
        return ""
    start = words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " …"
    return f"*The system prompt was received (“{start}”).* "


def unknown(ask: Ask, tokens: int) -> str:
    """An honest answer to a question that the demo has no text for: what arrived, counted."""
    rows = [
        ("Messages", f"{len(ask.turns)}"),
        ("System prompt", "yes" if ask.system else "no"),
        ("Input tokens, as counted for this model", f"{tokens:,}"),
        ("Tools offered", ", ".join(t.name for t in ask.tools) or "none"),
        (
            "Attachments",
            f"{sum(p.kind in ('image', 'document', 'audio') for t in ask.turns for p in t.parts)}",
        ),
    ]
    table = "\n".join(f"| {name} | {value} |" for name, value in rows)
    quoted = " ".join(ask.prompt.split())
    quoted = quoted if len(quoted) <= 120 else quoted[:117] + "…"
    opening = OPENINGS[ask.model.vendor].format(label=ask.model.label, prompt=quoted or "(no text)")
    return (
        f"{opening}\n\n| What arrived | |\n| --- | --- |\n{table}\n\n{CLOSINGS[ask.model.vendor]}"
    )


OPENINGS = {
    "openai": "This is the built-in simulation of {label}, so there is no real answer to “{prompt}”. Here is what reached the server:",
    "anthropic": "I should be plain with you: this is the built-in simulation, and nobody thought about “{prompt}”. What I can tell you truthfully is what arrived:",
    "gemini": "**No model was asked.** The built-in simulation of {label} received “{prompt}” and measured it:",
    "compatible": "Simulation of {label}: no model runs behind this endpoint. Received “{prompt}”:",
}
CLOSINGS = {
    "openai": "Type a key in the sidebar to send the same request to the real model, or ask about tokens, caching, rate limits, streaming or cost: the simulation has texts about those.",
    "anthropic": "The counts, the pace and the cost arithmetic are worth looking at all the same: they follow the rules of the real service. With a key, the identical request goes to the real model.",
    "gemini": "Next steps:\n- ask about tokens, keys, caching or reasoning for a written answer\n- add a key for a real one",
    "compatible": "Point a custom endpoint at a local server such as Ollama or vLLM for real answers.",
}

THOUGHTS = {
    "openai": "**Reading the request**\n\nThe user wants this: {thought} I need to decide how much detail helps.\n\n**Choosing a form**\n\nA short opening, then the points that carry numbers, then one consequence.",
    "anthropic": "Let me think about what is really being asked. {thought} The honest answer has a number in it, so I should give one. I will keep it concrete and avoid overclaiming.",
    "gemini": "**Analyzing the question**\n\nMy reading is: {thought}\n\n\n**Structuring the response**\n\nI'll lead with the key fact and follow with a compact list so that it can be scanned.\n\n\n",
    "compatible": "Okay, so the user is asking something. {thought} I'll answer directly and keep it short.",
}
MORE_THOUGHTS = (
    "I check the arithmetic once more, since a wrong factor would mislead.",
    "A counter-example comes to mind; it changes the emphasis but not the conclusion.",
    "Is there a shorter way to say this? Probably, if I drop the history.",
    "The reader may not know the term, so I define it in passing.",
    "I compare two ways to put it and keep the one with the example.",
    "One more caveat: figures differ by provider, so I name the provider each time.",
)


def reasoning(ask: Ask, tokens: int, dice: random.Random) -> str:
    """What the model is shown to think: about as long as a summary of so many tokens would be."""
    topic = pick(ask.prompt)
    thought = (
        topic.thought if topic else "an answer to a question that this simulation has no text for."
    )
    text = THOUGHTS[ask.model.vendor].format(thought=thought)
    wanted = min(tokens, 400) * 3 // 4
    while len(text.split()) < wanted:
        text = text.rstrip() + "\n\n" + " ".join(dice.sample(MORE_THOUGHTS, 3))
    return cut_words(text, max(wanted, 4)) if wanted < len(text.split()) else text


def after_tool(ask: Ask) -> str:
    """An answer that uses the results of tools."""
    results = [p.text for p in ask.turns[-1].parts if p.kind == "tool_result"]
    told = "\n".join(f"- `{' '.join(r.split())[:300]}`" for r in results)
    return f"{AFTER_TOOL[ask.model.vendor]}\n\n{told}\n\n{NOTE}"


AFTER_TOOL = {
    "openai": "Your function has answered. Going by its result:",
    "anthropic": "Thank you, the tool's result is what I needed. It says:",
    "gemini": "**Result of the function call:**",
    "compatible": "Tool output received:",
}
REFUSALS = {
    "openai": "I'm sorry, but I can't help with that request.",
    "anthropic": "I can't help with this one.",
    "gemini": "I can't help with that.",
    "compatible": "I'm sorry, I can't help with that.",
}
