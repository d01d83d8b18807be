"""Gemini's log in Google Takeout (My Activity): rows, not conversations, the newest first, as JSON or as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import IO, Any

from playground.chats.nouns import Chat, NotAChat, Step
from playground.chats.reading import fields, listed, text_of
from playground.chats.times import moment

PRODUCT = "Gemini"
NAMES = (
    "Gemini Apps",
    "Gemini-Apps",
    "Gemini アプリ",
    "Gemini 应用",
    "Aplicaciones de Gemini",
    "Bard",
    "Gemini",
)
"""The product's names in Takeout; exactly these, since a search for Gemini is a row of Search."""
PROMPTED = (
    "Prompted", "Branched", "Answered", "Eingegebener Prompt:", "Pokyn", "送信したメッセージ:", "Has dicho:",
    "Hiciste la petición", "Υποβλήθηκε το ερώτημα", "Asked", "Said",
)  # fmt: skip
"""What a row of a turn begins with, by language."""
OTHERS = (
    "Created",
    "Added",
    "Used",
    "Gave",
    "Selected",
    "Cleared",
    "Viewed",
    "Shared",
    "Deleted",
    "Turned",
)
"""What rows begin with that are no turn: Canvas, feedback, drafts."""
CONVERSATION = re.compile(
    r"https://gemini\.google\.com/(?:u/\d+/)?(?:app|gem/[^/]+)/([0-9a-f]{6,})"
)
CELL = "outer-cell"


def fits(record: Mapping[str, Any]) -> bool:
    """Whether the record is a row of My Activity, of whatever product."""
    return "title" in record and "time" in record and ("header" in record or "products" in record)


@dataclass(slots=True)
class Rows:
    """Rows gathered to conversations: by the conversation that a row names; a row without one stands alone."""

    chats: dict[str, list[Step]] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    others: int = 0
    """Rows of other Google products."""
    unlinked: int = 0
    """Turns that name no conversation."""
    steps: int = 0
    """Prompts and answers so far."""

    def add(self, row: Mapping[str, Any]) -> None:
        """Take a row in; NotAChat where it is no turn."""
        owners = {text_of(row.get("header")), *map(str, listed(row.get("products")))}
        if not owners & set(NAMES):
            self.others += 1
            return
        title = text_of(row.get("title")).strip()
        verb = next((verb for verb in PROMPTED if title.startswith(verb)), None)
        if verb is None and title.split(" ", 1)[0] in OTHERS:
            raise NotAChat(f"“{title.split(' ', 1)[0]} …”, an entry of the log that is no turn")
        if verb is None and title:
            self.notes["prompts whose beginning is not known are taken whole"] = None
        answers = [
            plain(text_of(fields(one).get("html"))) for one in listed(row.get("safeHtmlItem"))
        ]
        if row.get("time") and moment(row.get("time")) is None:
            self.notes["times that can't be read"] = None
        files = max(len(listed(row.get("attachedFiles"))), int(bool(row.get("imageFile"))))
        self.turn(
            title.removeprefix(verb or "").strip(),
            "\n".join(filter(None, answers)),
            moment(row.get("time")),
            _named(row),
            files,
        )

    def turn(
        self, prompt: str, answer: str, at: datetime | None, chat: str | None, files: int = 0
    ) -> None:
        """A prompt and, where the log has it, its answer."""
        number = self.steps
        self.steps += 2 if answer else 1
        if chat is None:
            self.unlinked += 1
        steps = self.chats.setdefault(chat or f"row {number}", [])
        steps.append(
            Step(
                id=f"{number} prompt", parent=None, who="user", text=prompt, at=at, uncounted=files
            )
        )
        if answer:
            steps.append(
                Step(
                    id=f"{number} answer",
                    parent=f"{number} prompt",
                    who="assistant",
                    text=answer,
                    at=at,
                )
            )
        else:
            self.notes["prompts whose answer the log does not have"] = None

    def found(self) -> Iterator[Chat]:
        """The conversations, the turns of each from the first to the last."""
        for name, steps in self.chats.items():
            ordered = tuple(_chained(steps))
            yield Chat(
                id=name,
                product=PRODUCT,
                title=ordered[0].text[:80],
                steps=ordered,
                head=ordered[-1].id,
                updated=max((step.at for step in ordered if step.at), default=None),
            )


def _chained(steps: list[Step]) -> Iterator[Step]:
    """The turns by their times, each behind the one before; the log has the newest first."""
    turns: list[list[Step]] = []
    for step in steps:
        if step.who == "user":
            turns.append([step])
        else:
            turns[-1].append(step)
    turns.reverse()
    turns.sort(key=lambda turn: turn[0].at or datetime.min.replace(tzinfo=UTC))
    before: str | None = None
    for step in (step for turn in turns for step in turn):
        yield Step(
            id=step.id,
            parent=before,
            who=step.who,
            text=step.text,
            at=step.at,
            uncounted=step.uncounted,
        )
        before = step.id


def _named(row: Mapping[str, Any]) -> str | None:
    """The conversation that the row names; None where it names none or several."""
    places = [
        text_of(row.get("titleUrl")),
        *(text_of(fields(d).get("url")) for d in listed(row.get("details"))),
    ]
    names = {found[1] for place in places if (found := CONVERSATION.match(place))}
    return names.pop() if len(names) == 1 else None


class _Plain(HTMLParser):
    """The text of HTML, a line for each block; scripts and styles have none."""

    HIDDEN = ("script", "style", "head")
    BLOCKS = ("p", "div", "li", "br", "tr", "h1", "h2", "h3", "h4", "pre", "ul", "ol", "table")

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._hidden += tag in self.HIDDEN
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in self.HIDDEN and self._hidden > 0
        if tag in self.BLOCKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.said.append(data)


def plain(html: str) -> str:
    """What a person reads of this HTML."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    lines = (" ".join(line.split()) for line in "".join(parser.said).split("\n"))
    return "\n".join(line for line in lines if line)


class Page(HTMLParser):
    """My Activity as HTML: cells of header, prompt, time and answer; read piece by piece, a cell at a time."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(convert_charrefs=True)
        self.rows = rows
        self.cells = 0
        self.refused: list[str] = []
        """Entries of the log that are no turns, and how they begin."""
        self._depth = 0
        self._cell: dict[str, list[str]] | None = None
        self._part: str | None = None
        self._part_depth = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        names = (told.get("class") or "").split()
        if tag == "div":
            self._depth += 1
            if CELL in names:
                self._end()
                self._cell = {"header": [], "content": []}
                self._links = []
            elif self._cell is not None and self._part is None:
                self._begin(names, self._cell)
        elif tag == "br" or tag in _Plain.BLOCKS:
            self._put("\n")
        elif tag == "a" and self._cell is not None:
            self._links.append(told.get("href") or "")

    def _begin(self, names: list[str], cell: dict[str, list[str]]) -> None:
        if "header-cell" in names:
            self._part = "header"
        elif (
            "content-cell" in names
            and not cell["content"]
            and "mdl-typography--caption" not in names
        ):
            self._part = "content"
        self._part_depth = self._depth

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            if self._part and self._depth == self._part_depth:
                self._part = None
            self._depth -= 1
        elif tag in _Plain.BLOCKS:
            self._put("\n")

    def handle_data(self, data: str) -> None:
        self._put(data)

    def _put(self, text: str) -> None:
        if self._cell is not None and self._part:
            self._cell[self._part].append(text)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        if self._cell is None:
            return
        self.cells += 1
        cell, self._cell, self._part = self._cell, None, None
        header = " ".join("".join(cell["header"]).split())
        lines = [" ".join(line.split()) for line in "".join(cell["content"]).split("\n")]
        try:
            _take(self.rows, header, lines, self._links)
        except NotAChat as problem:
            self.refused.append(str(problem))


def _take(rows: Rows, header: str, lines: list[str], links: list[str]) -> None:
    """A cell's lines: prompt, time, answer. The last time before the answer parts them."""
    title_lines, at, answer = _parted(lines)
    title = " ".join(filter(None, title_lines))
    known = header in NAMES or any(title.startswith(verb) for verb in PROMPTED)
    row = {
        "header": NAMES[0] if known else header,
        "title": title,
        "time": at.isoformat() if at else None,
        "titleUrl": next((link for link in links if CONVERSATION.match(link)), ""),
        "safeHtmlItem": [{"html": "<br>".join(map(_escaped, answer))}] if answer else [],
    }
    rows.add(row)


def _escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;")


def _parted(lines: list[str]) -> tuple[list[str], datetime | None, list[str]]:
    """What stands before the line of the time, the time, and what stands after it."""
    for count in (1, 2):  # a time may be broken over two lines
        for number in range(len(lines)):
            line = " ".join(filter(None, lines[number : number + count]))
            if found := when(line):
                return lines[:number], found[0], list(filter(None, lines[number + count :]))
    return lines, None, []


_MONTHS = {name: i for i, names in enumerate(
    ("jan ene led", "feb úno", "mar mär mrz bře", "apr abr dub", "may mai mayo kvě", "jun červen čvn", "jul červenec čvc",
     "aug ago srp", "sep zář", "oct okt oct říj", "nov lis", "dec dez dic pro"), 1) for name in names.split()}  # fmt: skip
_ZONES = {"UTC": 0, "GMT": 0, "Z": 0, "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5,
          "EDT": -4, "BST": 1, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "SEČ": 1, "SELČ": 2,
          "EET": 2, "EEST": 3, "MSK": 3, "IST": 5.5, "HKT": 8, "SGT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11}  # fmt: skip
"""Hours from UTC, of the names that were seen; a name that is not here leaves the time as it stands."""
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?\s*(?P<half>[AP]M)?\s*(?P<zone>[^\d\s]\S{0,11}(?:\s?[+-]\d{1,2}(?::?\d\d)?)?)?$"
_FORMS = tuple(
    re.compile(form + r",?\s*" + _CLOCK, re.IGNORECASE)
    for form in (
        r"^(?P<name>\w{3,9})\.? (?P<day>\d{1,2}), (?P<year>\d{4})",
        r"^(?P<day>\d{1,2})\.\s*(?P<month>\d{1,2})\.\s*(?P<year>\d{4})",
        r"^(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4})",
        r"^(?P<year>\d{4})[年/-](?P<month>\d{1,2})[月/-](?P<day>\d{1,2})日?",
        r"^(?P<day>\d{1,2})\.? (?:de )?(?P<name>[^\W\d]{3,12})\.?(?: de)? (?P<year>\d{4})",
    )
)


def when(line: str) -> tuple[datetime] | None:
    """The time that the whole line is, in UTC where its zone is known; None where the line is none."""
    clean = re.sub(r"[\u202f\u00a0\u200e\u200f]", " ", line).strip()
    if len(clean) > 60:
        return None
    for form in _FORMS:
        if not (found := form.match(clean)):
            continue
        told = found.groupdict()
        month = int(told.get("month") or 0) or _month(told.get("name") or "")
        hour = int(told["hour"])
        if told["half"]:
            hour = hour % 12 + 12 * (told["half"].upper() == "PM")
        try:
            local = datetime(int(told["year"]), month, int(told["day"]), hour, int(told["minute"]),
                             int(told["second"] or 0), tzinfo=UTC)  # fmt: skip
        except ValueError:
            continue
        return (local - timedelta(hours=_offset(told["zone"] or "")),)
    return None


def _month(name: str) -> int:
    low = name.casefold()
    return next(
        (
            i
            for short, i in sorted(_MONTHS.items(), key=lambda m: -len(m[0]))
            if low.startswith(short)
        ),
        0,
    )


def _offset(zone: str) -> float:
    if found := re.match(r"(?:GMT|UTC)?\s?([+-])(\d{1,2})(?::?(\d\d))?$", zone):
        hours = int(found[2]) + int(found[3] or 0) / 60
        return hours if found[1] == "+" else -hours
    return _ZONES.get(zone.upper(), 0)


def read_page(source: IO[bytes], rows: Rows) -> Page:
    """Read an HTML log into rows; a chunk at a time."""
    page = Page(rows)
    for piece in _decoded(source):
        page.feed(piece)
    page.close()
    return page


def _decoded(source: IO[bytes]) -> Iterable[str]:
    import codecs

    decode = codecs.getincrementaldecoder("utf-8-sig")("replace")
    while raw := source.read(1 << 18):
        yield decode.decode(raw)
    yield decode.decode(b"", final=True)
