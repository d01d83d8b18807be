"""Where the text of a Markdown document stands, by a CommonMark parser: it alone is changed, all else stays as written.

markdown-it-py says which lines a paragraph has, but not where in them its text is; so its rules are watched while they
read. GFM's tables and strikethrough are read as well, and formulas between dollars, as Streamlit sets them.
"""

from __future__ import annotations

import functools
import html
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

DEEPEST = 30
"""Levels of nesting beyond which a document is not read; people write ten."""
MOST_BRACKETS = 5_000
"""Beyond these a document is not read: the parser looks for the end of each link, as far as it is nested."""
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""What a backslash takes its meaning from."""
HOLE = "\ufffc"
"""Stands in a run of text for what is not text and ends it: code, the ends of a link, an image, HTML, a formula."""
DOLLARS = re.compile(r"\$+")
BLANK = "\u200b"
"""Keeps a line from being empty, which would end its paragraph."""


class TooOdd(Exception):
    """The document is nested too deeply, or its text can't be told from its markup."""


class Edit(NamedTuple):
    """These places of a text are to read like this."""

    start: int
    end: int
    text: str


class Span(NamedTuple):
    """What one rule of the parser took, and the token that it made, if any."""

    rule: str
    start: int
    end: int
    token: Token | None
    label_end: int = 0
    """Of a link: where its text ends."""


class Changes(NamedTuple):
    """What becomes of the parts of a document."""

    text: Callable[[str], Iterable[Edit]]
    """Edits of a run of text as it is read: escapes and references undone, HOLE where it is interrupted."""
    image: Callable[[str], str]
    """What stands in place of an image that is described like this."""
    code: Callable[[str], str]
    """A line of code, or inline code."""
    html: Callable[[str], str] = str
    """A line of HTML, or a tag."""


def rewritten(source: str, changes: Changes) -> str:
    """The document with these changes; TooOdd where it can't be read."""
    if source.count("[") > MOST_BRACKETS:
        raise TooOdd
    source = re.sub(r"\r\n?", "\n", source).replace("\0", "\ufffd")
    document = _Lines(source.split("\n"))
    env: dict[str, Any] = {}
    try:
        parent: Token | None = None
        for token in _parser().parse(source, env):
            if token.level > DEEPEST:
                raise TooOdd
            if token.type == "inline" and parent:
                content, places = document.find(parent, token)
                document.change(places, _edits(content, env, changes))
            elif token.type in ("fence", "code_block"):
                document.change_code(token, changes.code)
            elif token.type == "html_block":
                document.change_lines(token, changes.html)
            parent = token
    except RecursionError:
        raise TooOdd from None
    return document.joined()


def blocks_of_code(source: str) -> Iterator[tuple[int, int, str, str]]:
    """Each block of code that stands in nothing else: its first line, the line behind it, its language, the code."""
    for token in _parser().parse(source):
        if token.type in ("fence", "code_block") and token.level == 0 and token.map:
            language = html.unescape(token.info).strip().partition(" ")[0]
            yield token.map[0], token.map[1], language, token.content


def unmarked(source: str) -> str:
    """The words of a document without its markup, a block a line and code as it is; as written where it can't be read."""
    if source.count("[") > MOST_BRACKETS:
        return source
    found: list[str] = []
    env: dict[str, Any] = {}
    try:
        for token in _parser().parse(source, env):
            if token.level > DEEPEST:
                return source
            if token.type == "inline":
                pieces: list[Token] = []
                _parser().inline.parse(token.content, _parser(), env, pieces)
                found.append("".join(map(_words, pieces)))
            elif token.type in ("fence", "code_block"):
                found.append(token.content.rstrip("\n"))
    except RecursionError:
        return source
    return "\n".join(found)


def _words(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content


class Place(NamedTuple):
    """Where a line of a piece of text stands."""

    start: int
    """In the piece."""
    length: int
    line: int
    """In the document."""
    column: int


class _Lines:
    """The lines of a document and what is changed in them."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.edits: defaultdict[int, list[Edit]] = defaultdict(list)
        self.read: defaultdict[int, int] = defaultdict(int)
        """Line → up to where its cells have been found."""

    def find(self, parent: Token, token: Token) -> tuple[str, list[Place]]:
        """The text of a paragraph, a heading or a cell as it is written, and where its lines stand."""
        places: list[Place] = []
        written: list[str] = []
        start = 0
        for number, line in enumerate(token.content.split("\n"), (token.map or [0])[0]):
            text, column = self._find(parent, number, line.strip())
            places.append(Place(start, len(text), number, column))
            written.append(text)
            start += len(text) + 1
        return "\n".join(written), places

    def _find(self, parent: Token, number: int, text: str) -> tuple[str, int]:
        """The text with the blanks after it, which may break a line, and the column where it begins."""
        line = self.lines[number]
        if parent.type in ("th_open", "td_open"):
            spelled = re.escape(text).replace(
                r"\|", r"\\?\|"
            )  # the parser takes the backslash of a \| away
            match = re.compile(spelled).search(line, self.read[number])
            if match is None:
                raise TooOdd
            self.read[number] = match.end()
            return match[0], match.start()
        if parent.markup.startswith("#"):
            column = line.find(text, line.index(parent.markup) + len(parent.markup))
            rest = text
        else:
            column = len(line.rstrip()) - len(text)
            rest = line[max(0, column) :]
        if column < 0 or not line.startswith(text, column):
            raise TooOdd
        return rest, column

    def change(self, places: list[Place], edits: Iterable[Edit]) -> None:
        """Note edits of a piece of text that stands in these places; what one is to read stands on its first line."""
        starts = [place.start for place in places]
        for edit in edits:
            for place in places[bisect_right(starts, edit.start) - 1 :]:
                if place.start >= edit.end:
                    break
                start = max(edit.start - place.start, 0)
                end = min(edit.end - place.start, place.length)
                text = edit.text if edit.start >= place.start else ""
                self.edits[place.line].append(Edit(place.column + start, place.column + end, text))

    def change_code(self, token: Token, change: Callable[[str], str]) -> None:
        """Change the lines of a block of code, and take away the name of a language that Streamlit draws a picture of."""
        first, last = token.map or [0, 0]
        if token.type == "fence":
            info = html.unescape(token.info.replace("\\", "")).lower()
            if "mermaid" in info:
                at = self.lines[first].index(token.markup) + len(token.markup)
                self.edits[first] = [Edit(at, len(self.lines[first]), "")]
            first += 1
        self._change(range(first, last), change)

    def change_lines(self, token: Token, change: Callable[[str], str]) -> None:
        """Change all lines of a block."""
        self._change(range(*(token.map or (0, 0))), change)

    def _change(self, numbers: Iterable[int], change: Callable[[str], str]) -> None:
        for number in numbers:
            line = self.lines[number]
            if (changed := change(line)) != line:
                self.edits[number] = [Edit(0, len(line), changed)]

    def joined(self) -> str:
        for number, edits in self.edits.items():
            line = self.lines[number]
            for edit in sorted(edits, reverse=True):
                line = line[: edit.start] + edit.text + line[edit.end :]
            self.lines[number] = line if line.strip() else line + BLANK
        return "\n".join(self.lines)


def _edits(content: str, env: dict[str, Any], changes: Changes) -> Iterator[Edit]:
    """What changes in the text of a paragraph, a heading or a cell."""
    spans: list[Span] = []
    env["watched"] = (content, spans)
    _parser().inline.parse(content, _parser(), env, [])
    for span in spans:
        if span.rule == "image" and span.token:
            yield Edit(span.start, span.end, changes.image(_description(span.token)))
        elif span.rule == "backticks" and span.token:
            code = content[span.start : span.end]
            if (changed := changes.code(code)) != code:
                yield Edit(span.start, span.end, changed)
        elif span.rule == "html_inline":
            tag = content[span.start : span.end]
            if (changed := changes.html(tag)) != tag:
                yield Edit(span.start, span.end, changed)
        elif span.rule == "dollars" and not span.token:
            yield Edit(span.start, span.end, r"\$" * (span.end - span.start))
    run = list(_run(content, spans))
    for edit in changes.text("".join(character for character, _, _ in run)):
        yield Edit(run[edit.start][1], run[edit.end - 1][2], edit.text)


def _description(image: Token) -> str:
    """An image's own words."""
    return "".join(
        _description(token) if token.type == "image" else token.content or " "
        for token in image.children or ()
    )


def _run(content: str, spans: list[Span]) -> Iterator[tuple[str, int, int]]:
    """Each character of the text as it is read, and the places in which it is written."""
    taken: dict[int, tuple[str, int]] = {}
    for span in spans:
        if span.rule == "link" and content[span.label_end : span.end] in ("]", "][]"):
            taken[span.start] = (HOLE, span.end)  # its text names its definition
        elif span.rule == "link":
            taken[span.start] = (HOLE, span.start + 1)
            taken[span.label_end] = (HOLE, span.end)
        elif span.rule == "escape" and content[span.start + 1] in PUNCTUATION:
            taken[span.start] = (content[span.start + 1], span.end)
        elif span.rule == "entity":
            character = html.unescape(content[span.start : span.end])
            taken[span.start] = (character if len(character) == 1 else HOLE, span.end)
        elif span.token or span.rule in ("autolink", "html_inline"):
            taken[span.start] = (HOLE, span.end)
    place = 0
    while place < len(content):
        character, end = taken.get(place, (content[place], place + 1))
        yield character, place, end
        place = end


def warm() -> None:
    """Make the parser, so that the first answer need not wait for it."""
    _parser()


@functools.cache
def _parser() -> MarkdownIt:
    """CommonMark with tables, strikethrough and formulas, whose inline rules tell what they took."""
    from markdown_it import MarkdownIt  # not at start: no page begins with an answer

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST + 10})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.disable("inline")
    parser.inline.ruler.before("escape", "dollars", dollars)
    for rule in parser.inline.ruler.__rules__:
        parser.inline.ruler.at(rule.name, _watched(rule.name, rule.fn))
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    parser.block.ruler.before("fence", "dollars", _block_of_dollars, {"alt": interrupts})
    definition = next(r.fn for r in parser.block.ruler.__rules__ if r.name == "reference")
    parser.block.ruler.at("reference", functools.partial(_definition, definition))
    return parser


def _watched(
    name: str, rule: Callable[[StateInline, bool], bool]
) -> Callable[[StateInline, bool], bool]:
    """The rule, which notes what it takes of the text that is looked at."""

    def watching(state: StateInline, silent: bool) -> bool:
        content, spans = state.env.get("watched", ("", None))
        start, made = state.pos, len(state.tokens)
        if silent or state.src is not content:
            return rule(state, silent)
        if not rule(state, silent):
            return False
        label_end = state.md.helpers.parseLinkLabel(state, start, True) if name == "link" else 0
        own = [t for t in state.tokens[made:] if t.type in (name, "code_inline", "math_inline")]
        spans.append(Span(name, start, state.pos, own[0] if own else None, label_end))
        return True

    return watching


def _definition(
    rule: Callable[..., bool], state: StateBlock, start: int, end: int, silent: bool
) -> bool:
    """A link's definition, but not a footnote's: what stands there may be shown."""
    return not _line(state, start).startswith("[^") and rule(state, start, end, silent)


def dollars(state: StateInline, silent: bool) -> bool:
    """A formula between dollars, or nothing but dollars."""
    signs = DOLLARS.match(state.src, state.pos, state.posMax)
    if not signs:
        return False
    same = re.compile(rf"(?<!\$)\${{{len(signs[0])}}}(?!\$)")
    other = same.search(state.src, signs.end(), state.posMax)
    if other and is_formula(state.src, signs.end(), other.start(), len(signs[0])):
        if not silent:
            state.push("math_inline", "", 0)
        state.pos = other.end()
        return True
    if not silent:
        state.append_pending(signs[0])
    state.pos = signs.end()
    return True


def is_formula(text: str, start: int, end: int, dollars: int) -> bool:
    """True where what stands between these dollars is mathematics, not two amounts of money or names of a shell."""
    inside = text[start:end]
    before, after = text[: start - dollars][-1:], text[end + dollars :][:3]
    if dollars > 2 or not re.search(r"[A-Za-z0-9]", inside) or "![" in inside:
        return False
    signs = re.search(r"[\\^_{}=]", inside)
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\\[A-Za-z]+", "", inside))
    if dollars == 2:
        return bool(signs or not words)
    if inside != inside.strip() or "\n" in inside or before.isalnum():
        return False
    if re.match(r"[A-Za-z0-9]", after) and not re.match(r"(?:th|st|nd|rd|s)(?![A-Za-z])", after):
        return False
    if inside[0].isdigit():
        return not words or bool(re.search(r"[\\^]", inside))
    return bool(signs) or len(words) < 2


def _block_of_dollars(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own between lines of dollars."""
    opening = re.fullmatch(r"(\${2,})[^$\n]*", _line(state, start))
    if state.is_code_block(start) or not opening:
        return False
    closing = re.compile(rf"\${{{len(opening[1])},}}\s*")
    empty = True
    for number in range(start + 1, end):
        line = _line(state, number)
        if "![" in line or (line and state.sCount[number] < state.blkIndent):
            return False
        if closing.fullmatch(line):
            if empty:
                return False
            if not silent:
                state.push("math_block", "", 0).map = [start, number + 1]
                state.line = number + 1
            return True
        empty = empty and not line.strip()
    return False


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
