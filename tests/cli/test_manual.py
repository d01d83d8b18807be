"""The manual's pages, completion in a shell, and colours that stay off where they should."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from playground.catalog import current
from playground.cli import completing, manual
from playground.cli.commands import playground
from playground.domain.provider import built_in
from tests.cli.conftest import Invoke
from tests.offline.environment import bare

ROOT = Path(__file__).parents[2]
WHOLE = (
    f"import sys; sys.path.insert(0, {str(ROOT)!r}); from playground.__main__ import main; main()"
)


def test_every_command_has_a_page_with_a_sentence() -> None:
    pages = list(manual.pages(playground))
    assert len(pages) > 60
    assert len({page.name for page in pages}) == len(pages)
    assert [page.name for page in pages if not (page.short and page.paragraphs)] == []


def test_a_page_has_all_that_help_says_and_more(invoke: Invoke) -> None:
    page = invoke("help", "prices", "export").out
    titles = [line for line in page.splitlines() if line[:1].isupper()]
    assert titles == ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "ENVIRONMENT"]
    assert "    playground prices export -o prices.json\n" in page  # in its own line
    assert "-o, --output FILE" in page
    assert "-h, --help" in page
    assert max(map(len, page.splitlines())) <= 80
    assert "COMMANDS" in invoke("help").out


def test_a_command_that_is_none_is_bad_usage(invoke: Invoke) -> None:
    result = invoke("help", "prices", "sing")
    assert (result.code, "'prices sing'" in result.err) == (2, True)


def test_every_variable_that_the_code_reads_is_in_the_manual() -> None:
    told = set(re.findall(r"[A-Z][A-Z_]+", " ".join(manual.ENVIRONMENT)))
    read = {
        name
        for file in (ROOT / "playground").rglob("*.py")
        for name in re.findall(r"\bPLAYGROUND_[A-Z_]+", file.read_text("utf-8"))
    }
    assert read <= told
    for row in built_in():
        assert {row.base_url_variable, row.key_variables[0]} <= told


@pytest.mark.parametrize("shell", completing.SHELLS)
def test_each_shell_gets_its_lines(invoke: Invoke, shell: str) -> None:
    lines = invoke("completion", shell).out
    assert completing.VARIABLE in lines
    assert "playground" in lines


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("bill", "files"),
        ("tokens", "file"),
        ("experiment run", "file"),
        ("experiment run", "junit"),
        ("experiment import", "out"),
    ],
)
def test_what_is_a_file_is_completed_as_one(words: str, name: str) -> None:
    command: Any = copy.deepcopy(playground)
    completing.prepare(command)
    for word in words.split():
        command = command.commands[word]
    (kind,) = (param.type for param in command.params if param.name == name)
    assert isinstance(kind, click.Path)


def groups(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    if isinstance(command, click.Group):
        yield path
        for name, inside in command.commands.items():
            yield from groups(inside, *path, name)


@pytest.mark.parametrize("path", list(groups(playground)), ids=" ".join)
def test_behind_each_group_of_commands_all_of_them_are_offered(path: tuple[str, ...]) -> None:
    group: Any = playground
    for name in path:
        group = group.commands[name]
    ask = ShellComplete(playground, {}, "playground", completing.VARIABLE)
    offered = {item.value for item in ask.get_completions(list(path), "")}
    assert set(group.commands) <= offered


def test_options_of_a_command_that_may_be_left_out_are_offered_too() -> None:
    ask = ShellComplete(playground, {}, "playground", completing.VARIABLE)
    for words in (["prices"], ["prices", "sonnet"], ["prices", "list"]):
        found = [item.value for item in ask.get_completions(words, "--")]
        assert "--json" in found
        assert len(found) == len(set(found))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_options_and_models(home: Path) -> None:
    program = home / "playground"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "$CODE" "$@"\n')
    program.chmod(0o755)
    ask = """
eval "$(playground completion bash)"
for words in "playground exp" "playground ask hi --dem" "playground ask hi -m openai:gpt-6.1-"; do
  read -r -a COMP_WORDS <<< "$words"; COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
  _playground_completion playground; echo "${COMPREPLY[@]}"
done
"""
    path = f"{home}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", ask],
        env=bare(HOME=str(home), PATH=path, CODE=WHOLE),
        capture_output=True,
        text=True,
    )
    command, option, models = done.stdout.splitlines()
    assert command == "experiment", done.stderr
    assert option == "--demo"
    expected = [str(ref) for ref in current() if str(ref).startswith("openai:gpt-6.1-")]
    assert models.split() == expected
    assert len(expected) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminal there")
@pytest.mark.parametrize(
    ("variables", "colours"),
    [({"TERM": "xterm-256color"}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_are_off_where_they_should_be(
    home: Path, variables: dict[str, str], colours: bool
) -> None:
    """`models` marks nothing with a colour of its own; a failed lane's panel does."""
    import pty

    told = {"TERM": "xterm-256color", "PLAYGROUND_DEMO_PACE": "0", "HOME": str(home)} | variables
    command = ["ask", "Hi", "-m", "openai:gpt-6.1-sol~401", "-m", "openai:gpt-6.1-sol", "--demo"]
    leader, follower = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", WHOLE, *command, "--no-history"],
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=subprocess.DEVNULL,
        env=bare(**told),
    ):
        os.close(follower)
        shown = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
    os.close(leader)
    assert b"gpt-6.1-sol" in shown
    assert bool(re.search(rb"\x1b\[[0-9;]*3[0-7]m", shown)) is colours


def test_what_goes_into_a_file_holds_no_escape(invoke: Invoke) -> None:
    for command in (
        ["prices"],
        ["models"],
        ["ask", "Hi", "-m", "openai:gpt-6.1-sol~401", "--demo"],
    ):
        result = invoke(*command)
        assert "\x1b" not in result.out + result.err, command
