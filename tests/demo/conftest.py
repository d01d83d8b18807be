"""One demo server without delays for all tests of this folder, and the official SDKs pointed at it."""

from collections.abc import Iterator

import httpx2
import pytest
from anthropic import Anthropic
from google import genai
from google.genai.types import HttpOptions
from openai import OpenAI

from playground.demo.process import DemoServer


@pytest.fixture(scope="session")
def demo() -> Iterator[DemoServer]:
    with DemoServer(pace=0, record=True) as server:
        yield server


@pytest.fixture(scope="session")
def urls(demo: DemoServer) -> dict[str, str]:
    return demo.base_urls()


@pytest.fixture(scope="session")
def http(demo: DemoServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=demo.base_url, trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture(scope="session")
def openai(urls: dict[str, str]) -> Iterator[OpenAI]:
    with OpenAI(base_url=urls["openai"], api_key="demo", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def compatible(urls: dict[str, str]) -> Iterator[OpenAI]:
    with OpenAI(base_url=urls["compatible"], api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def anthropic(urls: dict[str, str]) -> Iterator[Anthropic]:
    with Anthropic(base_url=urls["anthropic"], api_key="demo", max_retries=0) as client:
        yield client


@pytest.fixture(scope="session")
def gemini(urls: dict[str, str]) -> Iterator[genai.Client]:
    options = HttpOptions(base_url=urls["gemini"], timeout=20_000)
    with genai.Client(api_key="demo", http_options=options) as client:
        yield client
