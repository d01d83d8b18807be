"""Files in any number and order: zips, folders, shards; what is missing or unsafe is named."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from playground.chats import importing, sources
from playground.chats.nouns import Said
from tests.chats.making import chatgpt, claude, imported, node, put, said, zipped


def talk(name: str, text: str = "Hi", updated: int = 1_780_000_000) -> dict[str, Any]:
    return chatgpt(node("a", None, "user", text), conversation_id=name, update_time=updated)


@pytest.mark.parametrize("swap", [False, True])
def test_two_shards_in_either_order_are_one_export(tmp_path: Path, swap: bool) -> None:
    files = [
        put(tmp_path, [talk("1")], "conversations-000.json"),
        put(tmp_path, [talk("2")], "conversations-001.json"),
    ]
    found, left = imported(*(reversed(files) if swap else files))
    assert {chat.id for chat in found} == {"1", "2"}
    assert left == []


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    archive = zipped(tmp_path, "export.zip", {
        "conversations-000.json": [talk("1")], "conversations-002.json": [talk("2")],
        "conversation_asset_file_names.json": {"a": "b"}, "user.json": {"email": "x"}, "chat.html": b"<html>",
    })  # fmt: skip
    found, left = imported(archive)
    assert len(found) == 2
    assert [(where[-20:], what) for where, what in left] == [
        ("conversations-001", "a part of the export that is not here")
    ] or left[0][1] == "a part of the export that is not here"


def test_of_two_copies_the_newer_counts_and_that_is_said(tmp_path: Path) -> None:
    old = put(tmp_path, [talk("1", "old")], "old.json")
    new = put(tmp_path, [talk("1", "new", 1_790_000_000)], "new.json")
    for files in ((old, new), (new, old)):
        found, left = imported(*files)
        assert [chat.steps[0].text for chat in found] == ["new"]
        assert left == [
            ("old.json", "conversations that stand elsewhere too, there as new or newer")
        ]


def test_products_are_told_apart_by_what_is_inside(tmp_path: Path) -> None:
    files = {
        "a/conversations.json": [talk("1")],
        "b/conversations.json": [claude(said("human", "Hi"))],
    }
    found, _ = imported(zipped(tmp_path, "both.zip", files))
    assert [chat.product for chat in found] == ["ChatGPT", "Claude"]


def test_a_folder_is_looked_through(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", [talk("1")])
    (tmp_path / "picture.png").write_bytes(b"x")
    assert len(imported(tmp_path)[0]) == 1


def test_what_is_no_conversation_is_called_by_its_name(tmp_path: Path) -> None:
    found, left = imported(zipped(tmp_path, "c.zip", {
        "memories.json": [{"conversations_memory": "x"}], "projects/p.json": {"prompt_template": "", "docs": []},
        "other.json": {"b": 1, "a": 2}, "list.json": [1],
    }))  # fmt: skip
    assert found == []
    assert [what for _, what in sorted(left)] == [
        "not an object: no conversation",
        "Claude's memory: sent with every call, and not linked to a conversation",
        "no conversation of a product that is known (fields: a, b)",
        "a project of Claude: its instructions and documents are not linked to a conversation",
    ]


@pytest.mark.parametrize(
    "name", ["../conversations.json", "/conversations.json", "C:\\conversations.json"]
)
def test_a_name_that_leads_out_of_the_zip_is_not_opened(tmp_path: Path, name: str) -> None:
    found, left = imported(zipped(tmp_path, "bad.zip", {name: [talk("1")]}))
    assert found == []
    assert [what for _, what in left] == ["a name that leads out of the zip: not opened"]


def test_a_bomb_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SMALL", 1 << 20)
    found, left = imported(
        zipped(tmp_path, "bomb.zip", {"conversations.json": b"[" + b" " * (8 << 20)})
    )
    assert found == []
    assert "not opened" in left[0][1]


def test_links_and_locked_files_are_not_opened(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("conversations.json")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert imported(tmp_path / "link.zip") == (
        [],
        [("link.zip: conversations.json", "a link: not followed")],
    )
    file = zipped(tmp_path, "locked.zip", {"conversations.json": [talk("1")]})
    raw = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    file.write_bytes(raw)
    assert imported(file)[1] == [("locked.zip: conversations.json", "encrypted: unpack it first")]


def test_a_zip_that_was_cut_off_is_said(tmp_path: Path) -> None:
    file = zipped(tmp_path, "cut.zip", {"conversations.json": [talk(str(n)) for n in range(50)]})
    file.write_bytes(file.read_bytes()[:-30])
    assert imported(file) == ([], [("cut.zip", "not a whole zip: download it again")])


def test_a_damaged_file_in_a_zip_is_said_and_the_others_read(tmp_path: Path) -> None:
    file = zipped(tmp_path, "hurt.zip", {"a.json": [talk("1")], "b.json": [talk("2")]})
    raw = bytearray(file.read_bytes())
    raw[60] ^= 0xFF
    file.write_bytes(raw)
    found, left = imported(file)
    assert "2" in {chat.id for chat in found}
    assert left[0][0] == "hurt.zip: a.json"


def test_an_entry_that_breaks_its_reader_holds_nothing_up(tmp_path: Path) -> None:
    strange = {
        "uuid": 5,
        "chat_messages": [{"uuid": [], "sender": "human", "content": [{"type": 7}], "text": "x"}],
    }
    found, left = imported(put(tmp_path, [strange, claude(said("human", "Hi"))]))
    assert found[-1].turns == 1
    assert len(found) + len(left) >= 2


def test_an_entry_as_deep_as_no_stack_holds_nothing_up(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    record = {"title": "Deep", "messages": [{"role": "user", "content": deep}]}
    left = Said()
    source = sources.Source("x.json", lambda: (tmp_path / "x.json").open("rb"))
    assert list(importing._File(source, left)._record(1, record, [])) == []
    (one,) = left.found
    assert "Deep" in one.where
    assert "RecursionError" in one.what


@pytest.mark.parametrize("text", ["[" * 100_000, "42", '{"a": 1}'])
def test_a_message_that_is_json_by_chance_is_what_was_written(tmp_path: Path, text: str) -> None:
    odd = claude({**said("human"), "content": text}, uuid="odd")
    found, left = imported(put(tmp_path, [odd, claude(said("human", "Hi"), uuid="next")]))
    assert [chat.id for chat in found] == ["odd", "next"]
    assert found[0].steps[0].text == text
    assert left == []


def test_deepseeks_message_without_words_cuts_no_conversation_in_two(tmp_path: Path) -> None:
    def one(parent: str | None, kind: str, text: str) -> dict[str, Any]:
        return {"parent": parent, "message": {"fragments": [{"type": kind, "content": text}]}}

    talk = {
        "id": "d1",
        "inserted_at": "2026-06-01T10:00:00Z",
        "mapping": {
            "root": {"parent": None, "message": None},
            "1": one("root", "REQUEST", "Find it."),
            "2": one("1", "SEARCH", "no words of its own"),
            "3": one("2", "RESPONSE", "Found."),
        },
    }
    (chat,), _ = imported(put(tmp_path, [talk]))
    assert [(step.id, step.parent) for step in chat.steps] == [("1", None), ("3", "1")]
