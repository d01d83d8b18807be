"""Which text answers which question: chosen by keywords, in a voice of its own for each vendor."""

from __future__ import annotations

import random
import re
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from playground.demo import office, stated, talk, tasks
from playground.demo.ask import Ask
from playground.demo.used import Used

NOTE = "*Simulated answer: no model was asked.*"
VOICES = ("openai", "anthropic", "gemini", "compatible")
LENGTH = re.compile(r"(?<![\w,.])(\d[\d,.]{0,12})\s?[- ]?(words?|tokens?)\b")
LEAST_WORDS = 20
SHORT_ENOUGH, LONG_ENOUGH = 0.7, 1.25
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
    general: bool
    """True for prose, which may be opened, closed and shortened by the model; False for code and greetings."""


@cache
def topics() -> tuple[Topic, ...]:
    """The topics of answers.md, in order."""
    source = (files("playground.demo") / "answers.md").read_text(encoding="utf-8")
    source = stated.filled(source)
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
    return Topic(
        name.strip(), tuple(keywords), texts, lines["thought"].strip(), "whole" not in lines
    )


def pick(prompt: str) -> Topic | None:
    """The topic that the prompt asks about; None when it asks for something else, or names a subject of another field."""
    asked = " ".join(tasks.order(prompt).lower().split())
    if GREETING.fullmatch(asked):
        return next(topic for topic in topics() if topic.name == "hello")
    if not ASKS.search(asked) or OTHER_FIELDS.search(asked):
        return None
    scored = [(sum(w for k, w in topic.keywords if _found(k, asked)), topic) for topic in topics()]
    best, topic = max(scored, key=lambda row: row[0], default=(0, None))
    enough = LEAST if DOMAIN.search(asked) else LEAST_ELSEWHERE
    return topic if topic is not None and (best >= enough or _whole(topic, asked, best)) else None


def _whole(topic: Topic, asked: str, score: int) -> bool:
    """Code, greetings and the sky are no part of the field: their words are enough."""
    return not topic.general and score >= LEAST


LEAST, LEAST_ELSEWHERE = 2, 4
GREETING = re.compile(
    r"\W*(hi|hello|hey|good (morning|afternoon|evening|day))\b( (there|all|again|you|claude|gemini|gpt|chatgpt))?\W*"
    r"((can|could) you help( me)?|how are you( doing)?( today)?)?\W*"
)
"""A prompt that only greets; in a longer one the greeting is not what is asked about."""
ASKS = re.compile(
    r"\?|\b(what|why|how|explain|describe|define|compare)\b|^\W*(what|why|how|when|which|who|where|is|are|can|could|do|does|did|should|will|explain|describe|tell"
    r"|compare|define|give|list|show|write|help|hello|hi|hey|good|plan|teach|talk)\b|\bmerge"
)
"""How a prompt begins that asks for something; a statement that only mentions a word does not."""
DOMAIN = re.compile(
    r"\b(apis?|llms?|language models?|gpt|chatgpt|claude|gemini|openai|anthropic|prompts?|tokens?|ai|models?"
    r"|context window|json|agents?|inference)\b"
)
OTHER_FIELDS = re.compile(
    r"\b(cpu|browser|dns|music|movie|film|video|netflix|spotify|car|house|door|lock|phone|gym|magazine|museum|school"
    r"|football|appreciation|gift|wedding|piano|casino|arcade|bread|cookies?|fashion|train set|rolex|ski|climate|economy|tax(es)?|river"
    r"|stock market|bitcoin|crypto|piano keys?|keyboard)\b"
)
"""Words that say that `cache`, `key`, `stream`, `model` or `token` mean something else."""


def _found(keyword: str, text: str) -> bool:
    return keyword in text and re.search(rf"\b{re.escape(keyword)}", text) is not None


def written(ask: Ask, tokens: int, choice: int = 0) -> str:
    """The answer in Markdown; `tokens` is the counted input, `choice` the number of the alternative."""
    task = tasks.find(ask.prompt)
    said = talk.follow(ask.prompt, ask.turns, pick) if task is None else None
    topic = pick(said.about if said else ask.prompt)
    if task is not None and topic is not None and topic.general:
        topic = None  # a task that mentions a subject does not ask about it
    other = talk.elsewhere(ask.prompt) if task is None and said is None else None
    answer = (
        office.from_document(ask)
        or (task[1] if task else None)
        or (said.text if said else "")
        or other
        or ""
    )
    if not answer and topic:
        answer = voiced(topic, ask.model.vendor, choice + (1 if said else 0))
        if topic.general:
            answer = shorten(answer) if ask.model.feel.brief else rounded(answer, ask.model.id)
    answer = answer or unknown(ask, tokens)
    answer = resize(answer, ask.prompt, topic)
    return f"{answer}\n\n{acknowledged(ask)}{NOTE}"


def voiced(topic: Topic, vendor: str, choice: int) -> str:
    """The topic's text in the vendor's voice; another voice for every further choice."""
    vendors = [v for v in VOICES if v in topic.voices]
    first = vendors.index(vendor) if vendor in vendors else 0
    return topic.voices[vendors[(first + choice) % len(vendors)]]


def rounded(answer: str, model: str) -> str:
    """The answer with an opening and a closing sentence of the model's own, so that two of one vendor differ."""
    seed = zlib.crc32(model.encode())
    first, last = FIRST_WORDS[seed % len(FIRST_WORDS)], LAST_WORDS[seed // 7 % len(LAST_WORDS)]
    return "\n\n".join(filter(None, (first, answer, last)))


FIRST_WORDS = (
    "",
    "The short version first, the details after it.",
    "",
    "Here is how I would explain it to a colleague.",
    "A plain answer, with numbers where they help.",
)
LAST_WORDS = (
    "You can check this here: send the same prompt twice and compare the two receipts.",
    "",
    "Details differ from one provider to the next, so look it up for the one that you use.",
    "If only one thing sticks, let it be the first paragraph.",
    "None of this needs to be believed: every number is in the usage of the response.",
)


def shorten(answer: str) -> str:
    """What a small model makes of it: without the last paragraph, where there are more than two."""
    blocks = answer.split("\n\n")
    return "\n\n".join(blocks[:-1]) if len(blocks) > 2 else answer


def resize(answer: str, prompt: str, topic: Topic | None) -> str:
    """About as long as the prompt asks (`in 2,000 tokens`): whole paragraphs, of other topics too where needed."""
    words = wanted_words(prompt)
    if words is None or topic is None:
        return answer
    blocks = answer.split("\n\n")
    others = [t for t in topics() if t is not topic]
    number = 0
    while len(" ".join(blocks).split()) < words * SHORT_ENOUGH:
        other = others[number % len(others)]
        blocks += voiced(other, VOICES[0], number // len(others)).split("\n\n")
        number += 1
    while len(blocks) > 1 and len(" ".join(blocks).split()) > words * LONG_ENOUGH:
        blocks.pop()
    return "\n\n".join(blocks)


def wanted_words(prompt: str) -> int | None:
    """The length that the prompt asks for in words; None when it names none between 20 and 6,000."""
    asked = LENGTH.search(prompt.lower())
    if asked is None:
        return None
    number = int(re.sub(r"\D", "", asked[1]) or 0)
    words = int(number * WORDS_A_TOKEN) if asked[2].startswith("token") else number
    return min(words, MOST_WORDS) if words >= LEAST_WORDS else None


def cut_words(answer: str, words: int) -> str:
    """The first so many words, to the end of the sentence where one ends soon."""
    kept = re.match(rf"(?:\s*\S+){{1,{words}}}", answer)
    return (kept[0] if kept else answer).rstrip(" ,;:")


def acknowledged(ask: Ask) -> str:
    """One sentence about the system prompt, where there is one."""
    words = " ".join(system_text(ask).split())
    if not words:
        return ""
    start = words if len(words) <= 60 else words[:57].rsplit(" ", 1)[0] + " …"
    return f"*The system prompt was received (“{start}”).* "


def system_text(ask: Ask) -> str:
    """The system prompt, wherever the door puts it."""
    told = [*ask.system, *(p for t in ask.turns if t.role == "system" for p in t.parts)]
    return "".join(part.text for part in told)


def unknown(ask: Ask, tokens: int) -> str:
    """One honest line about what the simulation cannot answer."""
    quoted = " ".join(ask.prompt.split())
    quoted = quoted if len(quoted) <= 80 else quoted[:77] + "…"
    return (
        f"The simulation of {ask.model.row.label} has no real answer to “{quoted or '(no text)'}” "
        f"({tokens:,} tokens of input): with a key, the same request goes to the real model; without one there are "
        f"recorded answers (`playground recorded`) and a small real model on your own computer (`playground local`)."
    )


THOUGHTS = {
    "openai": "**Reading the request**\n\n{thought} I need to decide how much detail helps.\n\n**Choosing a form**\n\nA short opening, then the points that carry numbers, then one consequence.",
    "anthropic": "Let me think about what is really being asked. {thought} The honest answer has a number in it, so I should give one, keep it concrete and avoid overclaiming.",
    "gemini": "**Analyzing the question**\n\n{thought}\n\n\n**Structuring the response**\n\nI'll lead with the key fact and follow with a compact list or table that can be scanned.\n\n\n",
    "compatible": "Okay, let me see. {thought} I'll answer directly and keep it short.",
}
NO_TOPIC = (
    "This is a question that the simulation has no text for, so I can only describe what arrived."
)
MORE_THOUGHTS = (
    "I check the arithmetic once more, since a wrong factor would mislead.",
    "A counter-example comes to mind; it changes the emphasis but not the conclusion.",
    "Is there a shorter way to say this? Probably, if I drop the history.",
    "The reader may not know the term, so I define it in passing.",
    "I compare two ways to put it and keep the one with the example.",
    "One more caveat: figures differ by provider, so I should say whose they are.",
    "I could start with a definition, but the consequence is what the reader will remember.",
    "A table would show this at a glance; a sentence has to say why it matters.",
)
WORDS_A_TOKEN = 0.75


def reasoning(ask: Ask, tokens: int, dice: random.Random) -> str:
    """What the model is shown to think: a summary, never longer than so many tokens of thought would be."""
    topic = pick(ask.prompt)
    text = THOUGHTS[ask.model.vendor].format(thought=topic.thought if topic else NO_TOPIC)
    most = max(4, int(tokens * WORDS_A_TOKEN))
    for more in dice.sample(MORE_THOUGHTS, min(len(MORE_THOUGHTS), 1 + tokens // 150)):
        if len(text.split()) + len(more.split()) > most:
            break
        text = f"{text.rstrip()}\n\n{more}"
    return text if len(text.split()) <= most else cut_words(text, most)


def out_of_files(used: tuple[Used, ...]) -> str:
    """An answer that quotes what was found in files that somebody uploaded; empty where nothing was."""
    pages = [page for one in used for page in one.pages if page.file_id]
    told = "\n".join(f"> {' '.join(page.text.split())}" for page in pages[:1])
    return f"Your files say:\n\n{told}\n\n{NOTE}" if told else ""


def after_tool(ask: Ask) -> str:
    """An answer that uses the results of tools."""
    told = "\n".join(f"- `{' '.join(result.text.split())[:300]}`" for result in ask.results)
    return f"{AFTER_TOOL[ask.model.vendor]}\n\n{told}\n\n{NOTE}"


AFTER_TOOL = {
    "openai": "Your function has answered. Going by its result:",
    "anthropic": "Thank you, the tool's result is what I needed. It says:",
    "gemini": "**Result of the function call:**",
    "compatible": "Tool output received:",
}
BEFORE_CALL = {"anthropic": "I'll look that up."}
"""What a model says before it calls a function; most say nothing."""
REFUSALS = {
    "openai": "I'm sorry, but I can't help with that request.",
    "anthropic": "I can't help with this one.",
    "gemini": "I can't help with that.",
    "compatible": "I'm sorry, I can't help with that.",
}
