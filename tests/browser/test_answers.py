"""What a model wrote is what Streamlit shows: its own meanings of signs are away, Markdown and mathematics are not."""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, free_port
from tests.offline.environment import bare

AS_WRITTEN = [
    "Use git checkout -- file to undo, --flag, a--b and -----.",
    "A -> B -> C, a <- b, c <-> d; x:-> y, -> at the start, at the end ->",
    "Rule: x >= 3 and y <= 4, about ~= 5, ~= and ~= twice.",
    "The key is user:key:value, the ratio 1:100:2, tenant:id:a, then :x: marks it, :+1: and :-1: too.",
    "Time 12:30:45, 12:30[note], 7:8{x}, urn:isbn:12, café:naïve:x and 日本:語[本]",
    "b:red[0], color:red; x:blue-badge[ok] :help[x] :small[y] :color[a]{foreground=red}",
    ":material/check: and :material_check: and :streamlit: and half_a :white_check_mark: now",
    "std::vector<int> and a::b:c",
    "::note[x] at line start",
    ":::warn",
    "It costs $5 and $10, US$5, A$6, 100$ or $7; $HOME/$USER and $PATH:$X, between $$ and $$$.",
    "see http://localhost:8501/a and https://a.example/c:id:x now, www.a.example/~b--c",
    "10~20 or 30~40, a ~ b ~ c, footnote [^1] here, [a -> b] and {b:c}",
    "5 > 3 <b>bold</b> & <script>alert(1)</script> <img src=https://evil.example/0.png>",
]
MARKDOWN = {
    "**-> bold** :x: *-- it* [l -> :x: k](https://x.example/) `-> :x: $5` end": "-> bold :x: -- it l -> :x: k -> :x: $5 end",
    "- item -> :x:\n- two $5\n\n> quote -- :x:": "item -> :x: two $5 quote -- :x:",
    "| a -> b | :x: |\n|---|---|\n| $1 to $2 | y \\| :id: z |": "a -> b :x: $1 to $2 y | :id: z",
    "# H :x: -> y": "H :x: -> y",
    "&#58;x&#58; &#45;&gt; \\:x\\: \\->": ":x: -> :x: ->",
    "```python\na -> b :x: $5 ![x](https://evil.example/a.png)\nicon=':material/x:'\n```": "a -> b :x: $5 ![x](https://evil.example/a.png) icon=':material/x:'",
    "    indented -> :x: $5 :red[x]\n\ntext": "indented -> :x: $5 :red[x] text",
    "1. x\n\n   ~~~~\n   odd ``` -> :x:\n   ~~~~": "x odd ``` -> :x:",
    "```mermaid\nflowchart TD\n A --> B\n```": "flowchart TD A --> B",
    "user\u202egnp.exe": "user⟦RLO⟧gnp.exe",
}
"""Source → its text on the page."""
HOSTILE = [
    "![x -> :x:](https://evil.example/1.png) ![y][r]\n\n[r]: https://evil.example/2.png",
    "[^1]: ![x](https://evil.example/3.png)\n\n    ![y](https://evil.example/4.png)\n\nsee [^1]",
    '```mermaid\nflowchart TD\n A@{ img: "https://evil.example/5.png" }\n```',
    "$a ![x](https://evil.example/6.png) b$ and $a\n![x](https://evil.example/7.png)$",
    "$$\n![x](https://evil.example/8.png)\n$$",
    ":::x\n![x](https://evil.example/9.png)\n:::\n\n:x[![x](https://evil.example/10.png)]",
    "![![in](https://evil.example/11.png)](https://evil.example/12.png)",
    "[![in](https://evil.example/13.png)](https://a.example/)",
    "![a\nb](https://evil.example/14.png) tail",
    ">" * 120 + " ![x](https://evil.example/15.png)",
    "[" * 60 + "![x](https://evil.example/16.png)" + "]" * 60,
    "|a|\n|-|\n|![x](https://evil.example/17.png)|",
    "<div>\n\n![x](https://evil.example/18.png)\n\n</div>",
    "    ![x](https://evil.example/19.png)\nnot code, as the blanks before it are taken away",
    "&#33;[x](https://evil.example/20.png) \\![x](https://evil.example/21.png)",
    "<img src=https://evil.example/22.png>",
]
FORMULAS = {
    "A formula: $x^2 + y$ ends.": 1,
    "Sum: $$\\int_0^1 x\\,dx$$ and the $n$th, $5 \\cdot 3$.": 3,
    "$$\nE = mc^2\n$$\n\ndone, for $5 or $6": 1,
}
"""Source → how many formulas are set."""


@dataclass
class Rendered:
    """A page of Streamlit's own, and what the browser asked for while it showed it."""

    page: Page
    asked: list[str] = field(default_factory=list)

    def text(self, key: str) -> str:
        return " ".join(self.page.locator(f".st-key-{key}").inner_text().split())


@pytest.fixture(scope="module")
def rendered(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rendered]:
    """All of them, without the headers by which our app keeps foreign content out as well."""
    folder = tmp_path_factory.mktemp("answers")
    everything = [*AS_WRITTEN, *MARKDOWN, *HOSTILE, *FORMULAS]
    (folder / "page.py").write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import streamlit as st\n"
        "from playground.ui.parts.markdown import answer, plain\n"
        f"for number, text in enumerate({everything!r}):\n"
        "    with st.container(key=f'a{number}'):\n        answer(text)\n"
        f"for number, text in enumerate({AS_WRITTEN!r}):\n"
        "    with st.container(key=f'p{number}'):\n        st.markdown(plain(text))\n"
        "st.text('that is all')\n",
        encoding="utf-8",
    )
    with _streamlit(folder) as url:
        found = Rendered(browser.new_page())
        found.page.on("request", lambda request: found.asked.append(request.url))
        found.page.goto(url)
        found.page.get_by_text("that is all").wait_for(timeout=60_000)
        found.page.locator(".katex").nth(sum(FORMULAS.values()) - 1).wait_for()
        found.page.wait_for_load_state("networkidle")
        yield found
        found.page.close()


@contextmanager
def _streamlit(folder: Path) -> Iterator[str]:
    port = free_port()
    options = ["--server.headless=true", "--browser.gatherUsageStats=false"]
    options += ["--server.address=127.0.0.1", "--browser.serverAddress=127.0.0.1"]
    options += ["--server.enableCORS=false", "--server.enableXsrfProtection=false"]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "page.py", "--server.port", str(port), *options],
        cwd=folder,
        env=bare(HOME=str(folder)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                break
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("number", range(len(AS_WRITTEN)))
def test_text_is_shown_as_it_was_written(rendered: Rendered, number: int) -> None:
    assert rendered.text(f"a{number}") == AS_WRITTEN[number]
    assert rendered.text(f"p{number}") == AS_WRITTEN[number]


@pytest.mark.parametrize(("number", "source"), list(enumerate(MARKDOWN, len(AS_WRITTEN))))
def test_markdown_is_rendered_and_its_text_left_alone(
    rendered: Rendered, number: int, source: str
) -> None:
    assert rendered.text(f"a{number}") == MARKDOWN[source]


def test_nothing_is_loaded_from_elsewhere(rendered: Rendered) -> None:
    local = ("http://127.0.0.1:", "data:", "blob:")
    assert [url for url in rendered.asked if not url.startswith(local)] == []
    assert (
        rendered.page.locator(".stMarkdown img, .stMarkdown iframe, script:text('alert')").count()
        == 0
    )


@pytest.mark.parametrize(
    ("number", "source"), list(enumerate(FORMULAS, len(AS_WRITTEN) + len(MARKDOWN) + len(HOSTILE)))
)
def test_formulas_are_set_and_amounts_are_not(rendered: Rendered, number: int, source: str) -> None:
    assert rendered.page.locator(f".st-key-a{number} .katex").count() == FORMULAS[source]
