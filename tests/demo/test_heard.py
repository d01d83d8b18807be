"""What arrives under a token is told byte by byte, keys masked, and no further back than is kept."""

from __future__ import annotations

import httpx2

from playground.demo.heard import MASK, MAX_BYTES, MAX_EXCHANGES
from playground.demo.process import DemoServer, heard_url

TOKEN = "token-of-the-test-1"


def post(http: httpx2.Client, token: str, body: bytes) -> httpx2.Response:
    return http.post(
        f"/heard/{token}/openai/v1/chat/completions",
        content=body,
        headers={"authorization": "Bearer my-secret-key"},
    )


def test_what_came_and_what_went_is_told_byte_by_byte_with_the_key_masked(
    demo: DemoServer, http: httpx2.Client
) -> None:
    sent = '{ "model":"gpt-6.1-sol",  "messages":[{"role":"user","content":"Grüße 🙂"}]}'.encode()
    answer = post(http, TOKEN, sent)
    assert answer.status_code == 200
    (told,) = demo.heard(TOKEN)
    assert told["method"] == "POST"
    assert told["target"] == "/openai/v1/chat/completions"
    assert told["body"].encode() == sent
    assert told["status"] == 200
    assert told["response_body"].encode() == answer.content
    headers = dict(told["headers"])
    assert headers["authorization"] == MASK
    assert "my-secret-key" not in str(told)
    assert dict(told["response_headers"])["x-request-id"] == answer.headers["x-request-id"]


def test_a_query_is_part_of_what_was_asked(demo: DemoServer, http: httpx2.Client) -> None:
    token = "token-of-the-test-2"
    http.get(f"/heard/{token}/gemini/v1beta/models?pageSize=3", headers={"x-goog-api-key": "k"})
    assert demo.heard(token)[0]["target"] == "/gemini/v1beta/models?pageSize=3"


def test_of_a_token_the_newest_are_kept_and_of_a_large_body_the_beginning(
    demo: DemoServer, http: httpx2.Client
) -> None:
    token = "token-of-the-test-3"
    for number in range(MAX_EXCHANGES + 2):
        post(http, token, b"%d" % number)
    told = demo.heard(token)
    assert [one["body"] for one in told] == [str(n) for n in range(2, MAX_EXCHANGES + 2)]
    post(http, token, b"x" * (MAX_BYTES + 1))
    assert demo.heard(token)[-1]["cut"] == ["body"]
    assert len(demo.heard(token)[-1]["body"]) == MAX_BYTES


def test_another_token_hears_nothing_of_it_and_a_short_one_is_none(
    demo: DemoServer, http: httpx2.Client
) -> None:
    assert demo.heard("token-of-nobody-at-all") == []
    assert http.post("/heard/short/openai/v1/chat/completions", json={}).status_code == 404
    assert heard_url("http://127.0.0.1:9/openai/v1", TOKEN) == (
        f"http://127.0.0.1:9/heard/{TOKEN}/openai/v1"
    )
