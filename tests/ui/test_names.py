"""Session-state names stand in one place: no file writes another file's keys, by text or by pattern."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from playground.ui import names

ROOT = Path(__file__).parents[2]
NAMES = ROOT / "playground" / "ui" / "names.py"
READERS = {"get", "pop", "setdefault"}


def sources() -> Mapping[str, ast.Module]:
    """Every file of the screen but the one with the names."""
    files = [*(ROOT / "playground" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
    return {
        str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8"))
        for file in files
        if file != NAMES
    }


def pattern(node: ast.AST | None) -> str | None:
    """A text as it is, an f-string with `{}` for what is filled in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return None


def state_uses(tree: ast.Module) -> Iterator[tuple[int, ast.AST | None]]:
    """Line and name of each use of the session's state; None where it is used in a way that hides its names."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Attribute) and node.attr == "session_state"):
            continue
        parent, name = parents[node], None
        if isinstance(parent, ast.Subscript):
            name = parent.slice
        elif isinstance(parent, ast.Compare):
            name = parent.left
        elif isinstance(parent, ast.Attribute) and parent.attr in READERS:
            call = parents[parent]
            name = call.args[0] if isinstance(call, ast.Call) else None
        yield node.lineno, name


def from_names(node: ast.AST | None) -> bool:
    """Whether a name comes from `names`: a constant, or a call that makes one."""
    if isinstance(node, ast.Call):
        node = node.func
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "names"
    )


def assigned(tree: ast.Module) -> dict[str, list[ast.AST]]:
    """Variable → what the file gives it, wherever it does."""
    found: dict[str, list[ast.AST]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def trespasses(tree: ast.Module) -> list[int]:
    """Lines on which the session's state is used under a name that is written there."""
    given = assigned(tree)
    wrong = []
    for line, name in state_uses(tree):
        if isinstance(
            name, ast.Name
        ):  # a variable: of a parameter, a loop, or given a name of `names`
            known = given.get(name.id, [])
            fine = all(pattern(value) is None for value in known)
        else:
            fine = from_names(name)
        if not fine:
            wrong.append(line)
    return wrong


def widget_keys(tree: ast.Module) -> set[str]:
    """The keys that are written at widgets of this file."""
    return {
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "key" and (text := pattern(keyword.value)) is not None
    }


def shared_names() -> set[str]:
    """All constants of `names`, and what its functions make, with `{}` for what is filled in."""
    tree = ast.parse(NAMES.read_text("utf-8"))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Return)]
    return {text for value in values if (text := pattern(value)) is not None}


def test_the_sessions_state_is_used_under_names_from_one_place_only() -> None:
    found = {file: lines for file, tree in sources().items() if (lines := trespasses(tree))}
    assert found == {}


def test_no_two_files_write_the_same_key_and_none_writes_a_shared_one() -> None:
    written: dict[str, list[str]] = {}
    for file, tree in sources().items():
        for key in widget_keys(tree):
            written.setdefault(key, []).append(file)
    shared = shared_names()
    whole = {key: files for key, files in written.items() if not key.startswith("{}")}
    twice = {key: files for key, files in whole.items() if len(files) > 1}
    assert twice == {}
    assert {key: files for key, files in whole.items() if key in shared} == {}


def test_no_two_names_are_the_same() -> None:
    constants = [value for name, value in vars(names).items() if name.isupper()]
    assert len(constants) == len(set(constants))


@pytest.mark.parametrize(
    "code",
    [
        'st.session_state["prompt"]',
        "st.session_state.prompt = 1",
        'st.session_state.get("prompt")',
        'st.session_state.pop(f"model_{lane}", None)',
        '"prompt" in st.session_state',
        "state = st.session_state",
        "st.session_state.update(values)",
        'KEY = "prompt"\nst.session_state[KEY]',
        'def f(lane):\n    key = f"model_{lane}"\n    return st.session_state[key]',
    ],
)
def test_a_name_that_is_written_elsewhere_is_found(code: str) -> None:
    assert trespasses(ast.parse(code)) != []


@pytest.mark.parametrize(
    "code",
    [
        "st.session_state[names.PROMPT]",
        "st.session_state.setdefault(names.lane_model(lane), 1)",
        "names.PROMPT not in st.session_state",
        "key = names.lane_model(lane)\nst.session_state[key]",
        "def f(key):\n    return st.session_state[key]",
    ],
)
def test_a_name_from_the_one_place_is_not(code: str) -> None:
    assert trespasses(ast.parse(code)) == []
