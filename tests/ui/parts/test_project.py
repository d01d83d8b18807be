"""The button for a project: what it offers of a request, and that nothing is offered where there is nothing."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest


def shown(spelling: str, **more: Any) -> AppTest:
    def script(spelling: str, more: dict) -> None:  # type: ignore[type-arg]  # its source runs alone
        from playground.domain import Endpoint, ModelRef, Request, Secret, Settings
        from playground.ui.parts.project import take_away

        ref = ModelRef.parse(spelling)
        settings = Settings(response_schema=more.get("schema"), extra=more.get("extra", {}))
        request = Request.ask(ref, "Hi", settings=settings)
        endpoint = Endpoint(provider=ref.provider, base_url="http://x/v1", key=Secret("canary"))
        take_away([request] * 2, endpoint, "here", kind=more.get("kind", "request"))

    return AppTest.from_function(script, kwargs={"spelling": spelling, "more": more}).run()


def test_it_offers_the_kinds_that_the_request_makes() -> None:
    app = shown("openai:gpt-6.1-sol", schema={"type": "object"}, kind="schema")
    kinds = app.selectbox(key="here_project_kind")
    assert kinds.options == ["Request", "Schema", "Conversation", "Batch"]
    assert kinds.value == "schema"
    assert len(app.get("download_button")) == 1


def test_a_realtime_session_makes_none() -> None:
    app = shown("openai/realtime:gpt-realtime-2.1")
    assert not app.exception
    assert not app.get("download_button")
    assert not app.selectbox


def test_what_one_way_can_not_do_is_said() -> None:
    app = shown("gemini:gemini-3.8-flash", extra={"x": 1}, kind="batch")
    assert "plain HTTP" in app.warning[0].value
    assert not app.get("download_button")
