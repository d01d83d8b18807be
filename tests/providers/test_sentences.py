"""Our own sentences about a failure: none names a class of ours or an SDK's, the sidebar, or a page that one's own server has not."""

from __future__ import annotations

import builtins
import re
import ssl
from collections.abc import Iterator
from types import ModuleType

import anthropic
import anyio
import httpcore2
import httpx2
import openai
import pytest
import sqlalchemy.exc
from google.genai import errors as genai
from sqlalchemy import make_url

from playground.domain import PROVIDERS, Endpoint, Failure, ModelRef, Request, Response
from playground.domain.provider import provider_of
from playground.files import PACKAGE
from playground.providers import Call, outcome
from playground.providers.failures import _SENTENCES, failure_of, in_words, no_key, unusable
from playground.store import database
from playground.wire import Pool, Recorder
from tests.loopback import answer, whole
from tests.providers.calling import KEY, Serve

OWN = ("ollama", "vllm", "lmstudio", "mine")
MODULES: tuple[ModuleType, ...] = (
    *(builtins, ssl, anyio, httpcore2, httpx2, openai, anthropic, genai, sqlalchemy.exc),
)


def exceptions() -> frozenset[str]:
    """The names of all exceptions that a call, an SDK or a database may raise, but those that are a plain word."""
    found = {
        name
        for module in MODULES
        for name, value in list(vars(module).items())
        if isinstance(value, type) and issubclass(value, BaseException)
    }
    return frozenset(name for name in found if re.search(r"[a-z][A-Z]", name))


CLASSES = exceptions()
WORD = re.compile(r"\w+")


def classes_in(text: str) -> frozenset[str]:
    """The exception classes that a text names."""
    return CLASSES & set(WORD.findall(text))


def ours(failure: Failure) -> str:
    """What is our own in a failure; the message may be the provider's."""
    return f"{failure.meaning} {failure.next_step}"


def check(text: str) -> None:
    assert classes_in(text) == set()
    assert not re.search(r"\bsidebar\b|\btraceback\b|<class|object at 0x", text, re.IGNORECASE)


def test_the_watch_sees_what_it_looks_for() -> None:
    assert {"ConnectError", "APIConnectionError", "ValueError", "SSLCertVerificationError"} <= (
        CLASSES
    )
    assert classes_in("The call broke with ReadTimeout.") == {"ReadTimeout"}
    with pytest.raises(AssertionError):
        check("Type a key in the sidebar.")


@pytest.mark.parametrize("provider", [*PROVIDERS, "mine"])
def test_no_sentence_of_the_tables_names_one(provider: str) -> None:
    row = provider_of(provider)
    for case in _SENTENCES:
        failure = failure_of(case, provider)
        check(f"{ours(failure)} {ours(in_words(failure, case, row, 'POST x was called.'))}")
    for failure in (no_key(provider), unusable("The base URL has no host.")):
        check(f"{failure.message} {ours(failure)}")


@pytest.mark.parametrize("provider", OWN)
def test_a_server_of_ones_own_is_given_no_status_page(provider: str) -> None:
    for case in _SENTENCES:
        assert "status page" not in ours(failure_of(case, provider))
    assert "status page" in ours(failure_of("server", "openai"))


def broken() -> Iterator[BaseException]:
    """What may break below the SDK, with its own words and without any."""
    for kind, _, _ in outcome._BROKEN:
        for words in ("", "[Errno 111] Connection refused", "all went wrong"):
            yield kind(words)
    for words in ("", "CERTIFICATE_VERIFY_FAILED", "[SSL: WRONG_VERSION_NUMBER] (_ssl.c:1007)"):
        yield httpcore2.ConnectError(words)
    yield from (ValueError(""), KeyError("choices"), RuntimeError("x"), OSError(5, "I/O error"))
    yield from (openai.APIConnectionError(request=httpx2.Request("GET", "http://x")),)


@pytest.mark.parametrize("error", tuple(broken()), ids=repr)
def test_what_breaks_below_is_told_in_words(pool: Pool, error: Exception) -> None:
    recorder = Recorder(pool, base_url="http://127.0.0.1:9/v1", secrets=(KEY,))
    failure = outcome.broken(recorder, "mine", error, silence=5)
    check(f"{failure.message} {ours(failure)}")
    assert not failure.message.rstrip().endswith((":", ": .", ":."))


@pytest.mark.parametrize(
    "status", [301, 400, 401, 402, 403, 404, 408, 413, 429, 500, 502, 503, 529]
)
@pytest.mark.parametrize("provider", OWN)
async def test_statuses_of_a_server_of_ones_own(
    serve: Serve, pool: Pool, provider: str, status: int
) -> None:
    for handler in (answer({"error": {"message": "oh"}}, status=status), whole(status, b"")):
        server = await serve(handler)
        one = Call(
            Request.ask(ModelRef.parse(f"{provider}:m"), "Hi"),
            Endpoint(provider=provider, base_url=server.url, key=None),
            pool=pool,
        )
        await one.run()
        response: Response = one.response()
        assert response.failure is not None
        check(f"{response.failure.message} {ours(response.failure)}")
        assert "status page" not in ours(response.failure)


@pytest.mark.parametrize(
    "error",
    [sqlalchemy.exc.OperationalError("x", {}, Exception("odd")), KeyError("x"), OSError(5, "odd")],
    ids=lambda error: type(error).__name__,
)
def test_a_history_that_fails_is_told_in_words(error: Exception) -> None:
    check(database.sentence(error, make_url("sqlite:////tmp/x.db")))


FLOORS = ("demo", "providers", "cli", "engine", "lab", "budgets", "domain", "pricing", "history")
"""What the terminal shows as well as a page; only ui is a page alone."""


@pytest.mark.parametrize("floor", FLOORS)
def test_no_text_below_the_pages_speaks_of_the_page(floor: str) -> None:
    sources = [*(PACKAGE / floor).rglob("*.py"), *(PACKAGE / floor).rglob("*.md")]
    assert sources
    for source in sources:
        assert not re.search(r"\bsidebar\b|under Keys", source.read_text("utf-8")), source
