"""Every recorded sequence of files and stores, its objects read one by one, gives what was recorded as expected."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from playground.domain import Exchange, ModelRef, Response
from playground.domain.exchange import Events
from playground.domain.hosted import Chunking, FileStore, HostedFile, StoredFile
from playground.providers import files, gemini_stores, stores
from playground.wire import SSEParser
from tests.conformance.lab import load, sequences

PATHS = sequences("file_search", "files")


def objects(sequence: dict[str, Any]) -> list[tuple[str, Any, dict[str, Any]]]:
    """Operation, body and expected facts of each step."""
    expected = sequence["expected"]
    found = []
    for step, op, facts in zip(sequence["steps"], expected["ops"], expected["steps"], strict=True):
        text = step["response"]["body"] or ""
        try:
            body = json.loads(text) if text else None
        except ValueError:
            body = text
        found.append((op, body, facts))
    return found


def check_file(found: HostedFile, facts: dict[str, Any]) -> None:
    told = facts.get("file", facts)
    assert found.id == (told.get("id") or told.get("name") or "")
    if told.get("deleted") or told.get("type") == "file_deleted":
        assert found.gone
        return
    size = told.get("bytes", told.get("size_bytes", told.get("sizeBytes")))
    assert found.size == (None if size is None else int(size))
    assert found.name == told.get("filename", told.get("displayName"))
    assert found.media_type == told.get("mime_type", told.get("mimeType"))
    assert found.purpose == told.get("purpose")
    assert found.state == told.get("status", told.get("state"))
    assert found.downloadable == told.get("downloadable")


def check_store(found: FileStore, facts: dict[str, Any]) -> None:
    assert found.id == (facts.get("id") or facts.get("name"))
    if facts.get("deleted"):
        assert found.gone
        return
    assert found.state == facts.get("status")
    if "file_counts" in facts:
        assert found.files == facts["file_counts"]
        assert found.size == facts["usage_bytes"]
        assert found.name == (facts["name"] or "")
        assert found.ready == (facts["status"] == "completed")
    else:
        assert found.name == facts["displayName"]


def check_stored(found: StoredFile, facts: dict[str, Any]) -> None:
    if facts.get("deleted"):
        assert found.gone
    assert found.id in (facts.get("id"), facts.get("name")) or "/documents/" in found.id
    if "usage_bytes" in facts:
        assert (found.state, found.size) == (facts["status"], facts["usage_bytes"])
        assert bool(found.problem) == bool(facts["last_error"])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_objects_are_read_as_recorded(path: Path) -> None:
    sequence = load(path)
    provider = sequence["provider"]
    created: list[str] = []
    for op, body, facts in objects(sequence):
        if not isinstance(body, dict) or facts.get("empty"):
            continue
        if op in ("file.upload", "file", "file.delete"):
            check_file(files.FILES[provider].file(body), facts)
        elif op in ("vector_store.create", "vector_store", "file_search_store.create"):
            check_store(stores.STORES[provider].store(body), facts)
        elif op in ("file_search_store.upload", "vector_store.files.delete") or (
            op == "vector_store.files" and "data" not in body
        ):
            check_stored(stores.STORES[provider].stored(body), facts)
        elif op in ("vector_store.files", "vector_store.file_batches") and "data" in body:
            read = [stores.STORES[provider].stored(one) for one in body["data"]]
            assert [one.id for one in read] == facts["ids"]
        elif op in ("vector_store.delete", "file_search_store.delete"):
            assert stores.STORES[provider].store(body).gone
        if op.endswith(("create", "upload")):
            created.append(str(body.get("id") or body.get("name") or ""))
    wanted = [id for id in sequence["expected"].get("created", []) if not id.startswith("files/")]
    assert set(wanted) <= set(created) or not wanted


def test_metadata_and_chunks_are_as_recorded() -> None:
    said, cut = 0, 0
    for path in PATHS:
        sequence = load(path)
        provider = sequence["provider"]
        for step in sequence["steps"]:
            body = step["request"]["body"]
            recorded = body.get("customMetadata") if isinstance(body, dict) else None
            for row in recorded or ():
                assert gemini_stores.metadata({row["key"]: row["string_value"]}) == [row]
                said += 1
            try:
                answer = json.loads(step["response"]["body"] or "")
            except ValueError:
                continue
            rows = answer.get("data", [answer]) if isinstance(answer, dict) else []
            for row in rows:
                if isinstance(row, dict) and row.get("chunking_strategy"):
                    read = stores.STORES[provider].stored(row)
                    static = row["chunking_strategy"]["static"]
                    assert read.chunking == Chunking(
                        size=static["max_chunk_size_tokens"], overlap=static["chunk_overlap_tokens"]
                    )
                    assert read.attributes == row["attributes"]
                    cut += 1
    assert PATHS == [] or (said and cut)


def response_of(provider: str, body: Any) -> Response:
    """A recorded generation as our Response, its exchange and its citations in it."""
    from playground.providers.doors import DOORS
    from playground.providers.draft import Draft

    api = {"openai": "responses", "gemini": "generate_content", "anthropic": "messages"}[provider]
    draft, events, text = Draft(provider), [], None
    if isinstance(body, str):
        parser = SSEParser()
        events = [
            (0.0, name, data) for name, data in (*parser.feed(body.encode()), *parser.finish())
        ]
        for _, _, data in events:
            DOORS[api].adapter.read_event(draft, json.loads(data))
    else:
        text = json.dumps(body)
        DOORS[api].adapter.read_body(draft, body)
    DOORS[api].adapter.finish(draft)
    assert draft.usage is not None
    return Response(
        model=ModelRef(provider, api, "recorded"),
        text="".join(draft.text_parts),
        citations=tuple(draft.citations),
        usage=draft.usage,
        exchange=Exchange(
            method="POST",
            url="https://example.org",
            request_headers={},
            request_body=None,
            response_body=text,
            events=Events(events, zero=0.0),
        ),
    )


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_answers_from_files_are_read_as_recorded(path: Path) -> None:
    sequence = load(path)
    for op, body, facts in objects(sequence):
        if op != "generate" or "normalized" not in facts:
            continue
        response = response_of(sequence["provider"], body)
        assert response.text == facts["text"]
        assert response.usage.input_tokens == facts["normalized"]["input_total"]
        assert response.usage.output_tokens == facts["normalized"]["output_total"]
        found = stores.chunks(response)
        if "retrieved" in facts:
            assert [(c.file, c.store, len(c.text or "")) for c in found] == [
                (one["title"], one["store"], one["chars"]) for one in facts["retrieved"]
            ]
        searched = [s for s in facts.get("file_searches", []) if s["results"]]
        assert len(found) >= sum(len(s["results"]) for s in searched)
        cited = [c for c in response.citations if c.get("type") == "file_citation"]
        assert [c["filename"] for c in cited] == [
            c["filename"] for c in facts.get("file_citations", [])
        ]
