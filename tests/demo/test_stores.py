"""The official SDKs make stores on the demo server, put files in, ask, see what was found, and delete it all."""

from __future__ import annotations

import io
import time
from typing import Any

import pytest
from anthropic import Anthropic, BadRequestError
from google import genai
from google.genai import types
from openai import BadRequestError as OpenAIBadRequest
from openai import NotFoundError, OpenAI

from playground.demo import filtering

TEXT = b"Jackets can be returned within 30 days.\n\nGift cards are valid for three years."
QUESTION = "How long are gift cards valid?"


@pytest.fixture
def gemini_beta(urls: dict[str, str]) -> genai.Client:
    options = types.HttpOptions(base_url=urls["gemini"], api_version="v1beta", timeout=20_000)
    return genai.Client(api_key="demo", http_options=options)


def test_a_vector_store_from_its_making_to_its_end(openai: OpenAI) -> None:
    file = openai.files.create(file=("rules.txt", TEXT, "text/plain"), purpose="assistants")
    store = openai.vector_stores.create(name="rules", file_ids=[file.id])
    while (store := openai.vector_stores.retrieve(store.id)).status != "completed":
        time.sleep(0.1)
    assert store.file_counts.completed == store.file_counts.total == 1
    assert store.usage_bytes > len(TEXT)
    inside = openai.vector_stores.files.list(store.id).data
    assert [(one.id, one.status) for one in inside] == [(file.id, "completed")]
    found = openai.vector_stores.search(store.id, query=QUESTION).data
    assert "Gift cards" in found[0].content[0].text
    tool: Any = {"type": "file_search", "vector_store_ids": [store.id], "max_num_results": 1}
    answer = openai.responses.create(
        model="gpt-6.1-sol",
        input=QUESTION,
        tools=[tool],
        include=["file_search_call.results"],
    )
    call: Any = next(item for item in answer.output if item.type == "file_search_call")
    assert [(r.file_id, r.filename) for r in call.results] == [(file.id, "rules.txt")]
    assert "three years" in answer.output_text
    message: Any = answer.output[-1]
    assert message.content[0].annotations[0].file_id == file.id
    assert openai.vector_stores.files.delete(file.id, vector_store_id=store.id).deleted
    assert openai.vector_stores.delete(store.id).deleted
    with pytest.raises(NotFoundError):
        openai.vector_stores.retrieve(store.id)
    assert openai.files.retrieve(file.id).id == file.id


def test_a_file_search_store_from_its_making_to_its_end(gemini_beta: genai.Client) -> None:
    stores = gemini_beta.file_search_stores
    store = stores.create(config={"display_name": "rules"})
    assert store.name
    operation = stores.upload_to_file_search_store(
        file_search_store_name=store.name,
        file=io.BytesIO(TEXT),
        config={"display_name": "rules.txt", "mime_type": "text/plain"},
    )
    while not operation.done:
        time.sleep(0.1)
        operation = gemini_beta.operations.get(operation)
    found = stores.get(name=store.name)
    assert int(found.active_documents_count or 0) == 1
    tool = types.Tool(file_search=types.FileSearch(file_search_store_names=[store.name], top_k=1))
    answer = gemini_beta.models.generate_content(
        model="gemini-3.8-flash",
        contents=QUESTION,
        config=types.GenerateContentConfig(tools=[tool]),
    )
    assert answer.candidates
    grounding: Any = answer.candidates[0].grounding_metadata
    (chunk,) = grounding.grounding_chunks
    assert chunk.retrieved_context.title == "rules.txt"
    assert "three years" in chunk.retrieved_context.text
    assert grounding.grounding_supports[0].grounding_chunk_indices == [0]
    usage: Any = answer.usage_metadata
    assert usage.tool_use_prompt_token_count > 0
    with pytest.raises(genai.errors.ClientError, match="non-empty"):
        stores.delete(name=store.name)
    stores.delete(name=store.name, config={"force": True})
    with pytest.raises(genai.errors.ClientError):
        stores.get(name=store.name)


def test_files_are_sent_by_their_ids_and_counted_as_if_inline(
    openai: OpenAI, anthropic: Anthropic, gemini_beta: genai.Client
) -> None:
    pdf = b"%PDF-1.4\n1 0 obj << /Type /Page >> endobj\n"
    one = openai.files.create(file=("a.pdf", pdf, "application/pdf"), purpose="user_data")
    content: Any = [{"type": "input_file", "file_id": one.id}, {"type": "input_text", "text": "Hi"}]
    counted = openai.responses.input_tokens.count(
        model="gpt-6.1-sol", input=[{"role": "user", "content": content}]
    )
    assert counted.input_tokens > 500
    two = anthropic.files.upload(file=("a.pdf", pdf, "application/pdf"))
    assert two.downloadable is False
    block: Any = {"type": "document", "source": {"type": "file", "file_id": two.id}}
    told: Any = [{"role": "user", "content": [block, {"type": "text", "text": "Hi"}]}]
    assert (
        anthropic.messages.count_tokens(model="claude-sonnet-5-5", messages=told).input_tokens > 500
    )
    with pytest.raises(BadRequestError, match="not downloadable"):
        anthropic.files.download(two.id)
    assert anthropic.files.delete(two.id).type == "file_deleted"
    three = gemini_beta.files.upload(
        file=io.BytesIO(pdf), config={"mime_type": "application/pdf", "display_name": "a.pdf"}
    )
    assert three.mime_type == "application/pdf"
    contents: Any = [three, "Hi"]
    total = gemini_beta.models.count_tokens(model="gemini-3.8-flash", contents=contents)
    assert (total.total_tokens or 0) > 500


def test_openai_refuses_chunks_out_of_bounds_and_filters_that_are_none(openai: OpenAI) -> None:
    file = openai.files.create(file=("rules.txt", TEXT, "text/plain"), purpose="assistants")
    store = openai.vector_stores.create(name="rules")
    for size, overlap in ((99, 0), (200, 101)):
        static: Any = {"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap}
        with pytest.raises(OpenAIBadRequest, match="chunk"):
            openai.vector_stores.files.create(
                store.id, file_id=file.id, chunking_strategy={"type": "static", "static": static}
            )
    tool: Any = {"type": "file_search", "vector_store_ids": [store.id], "filters": {"type": "like"}}
    with pytest.raises(OpenAIBadRequest, match="Invalid filter"):
        openai.responses.create(model="gpt-6.1-sol", input=QUESTION, tools=[tool])
    openai.vector_stores.delete(store.id)


def test_either_of_two_is_let_through_at_both(openai: OpenAI, gemini_beta: genai.Client) -> None:
    either: Any = {
        "type": "or",
        "filters": [
            {"type": "in", "key": "kind", "value": ["a", "b"]},
            {"type": "gt", "key": "year", "value": 2025},
        ],
    }
    kept = filtering.keeps({"type": "file_search", "filters": either})
    same = filtering.keeps(
        {"fileSearch": {"metadataFilter": 'kind = "a" OR year > 2025 AND year < 2030'}}
    )
    for keeps in (kept, same):
        assert keeps({"kind": "a"})
        assert keeps({"year": 2026})
        assert not keeps({"year": 2025})
        assert not keeps({"year": "2026"})
        assert not keeps({})
    tool = types.Tool(
        file_search=types.FileSearch(file_search_store_names=["x"], metadata_filter="kind like a")
    )
    with pytest.raises(genai.errors.ClientError, match="metadata_filter"):
        gemini_beta.models.generate_content(
            model="gemini-3.8-flash",
            contents=QUESTION,
            config=types.GenerateContentConfig(tools=[tool]),
        )
