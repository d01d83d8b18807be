"""The API lab's page: the choice of panels, links, empty states, and each panel's sample on the demo."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground import history
from playground.domain import Secret
from playground.engine import get_engine
from playground.history import Labels
from playground.history.writing import put
from playground.lab import servers
from playground.lab.panels import PANELS, Panel
from playground.ui import names
from playground.ui.api_lab import batch, caching
from playground.ui.shell import pages

ROUTER = Path(__file__).parents[2] / "playground" / "ui" / "shell" / "router.py"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> AppTest:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYGROUND_DATA_DIR", str(tmp_path))
    app = AppTest.from_file(str(ROUTER), default_timeout=60).run()
    app.switch_page(pages.API_LAB).run()
    assert not app.exception
    return app


def opened(page: AppTest, name: str, **query: str) -> AppTest:
    for key, value in {"panel": name, **query}.items():
        page.query_params[key] = value
    page.run()
    assert not page.exception
    return page


def said(page: AppTest) -> str:
    kinds = ("caption", "markdown", "text", "info", "code", "html", "warning", "error")
    return "\n".join(str(getattr(e, "value", "")) for kind in kinds for e in page.get(kind))


def sent(page: AppTest, button: str) -> AppTest:
    """Press it and wait until the run is over."""
    page.button(key=button).click().run()
    for _ in range(100):
        assert not page.exception
        if "Cost" in said(page) and "Answering" not in said(page):
            return page
        time.sleep(0.1)
        page.run()
    pytest.fail("the run did not end")


@pytest.mark.parametrize("panel", PANELS.values(), ids=lambda panel: panel.name)
def test_each_panel_has_a_link_that_opens_it_and_teaches_before_anything_is_sent(
    page: AppTest, panel: Panel
) -> None:
    opened(page, panel.name)
    assert panel.title in [header.value for header in page.header]
    for sentence in panel.look_for:
        assert sentence in said(page)
    for link in panel.documentation:
        assert f"[{link.provider}: {link.label}]({link.url})" in said(page)
    if panel.needs_key:
        assert panel.needs_key in said(page)


def test_a_panel_that_is_chosen_is_in_the_address(page: AppTest) -> None:
    name = list(PANELS)[-1]
    page.button_group(key=f"lab_group_{PANELS[name].group}").set_value(name).run()
    assert PANELS[name].title in [header.value for header in page.header]


def test_one_press_leads_from_each_panel_to_the_next(page: AppTest) -> None:
    seen = []
    for _ in PANELS:
        page.button(key="lab_next").click().run()
        seen.append(page.query_params["panel"])
    assert sorted(seen) == sorted(PANELS)
    assert seen[-1] == next(iter(PANELS))


def test_a_link_to_a_panel_that_is_none_is_said(page: AppTest) -> None:
    opened(page, "no_such_panel")
    assert "The panel of this link is not here" in said(page)


def test_the_wire_of_the_sample_is_shown_and_says_that_it_is_simulated(page: AppTest) -> None:
    opened(page, "wire")
    sent(page, "lab_wire_send")
    assert "simulated" in said(page).lower()
    assert "first text" in said(page)  # the waterfall
    page.button_group(key="lab_wire_view").set_value("Request").run()
    assert "POST http://" in said(page)
    assert "Letter by letter" in said(page)
    page.button_group(key="lab_wire_view").set_value("Headers").run()
    assert "x-playground-simulated: true" in said(page)
    run = page.query_params["run"]
    page.button_group(key="lab_wire_view").set_value("Edit and send again").run()
    (body,) = [area for area in page.text_area if area.label.startswith("Body")]
    body.input(str(body.value).replace("token", "comma")).run()
    sent(page, "lab_wire_again")
    assert page.query_params["run"] != run
    page.button_group(key="lab_wire_view").set_value("Compare two").run()
    assert "Request body" in said(page)
    assert "comma" in said(page)


def test_compare_leads_to_the_wire_of_a_lane(page: AppTest) -> None:
    page.switch_page(pages.COMPARE).run()
    page.button(key="run").click().run()
    for _ in range(100):
        if page.dataframe:
            break
        time.sleep(0.1)
        page.run()
    page.button_group(key="view").set_value("Headers").run()
    links = [link for link in page.get("page_link") if link.proto.label == "Inspect"]
    assert len(links) == len(page.session_state["lanes"])
    query = dict(pair.split("=") for pair in links[1].proto.query_string.split("&"))
    assert query["panel"] == "wire"
    page.switch_page(pages.API_LAB)
    opened(page, "wire", run=query["run"], lane=query["lane"])
    assert page.button_group(key="lab_wire_lane").value == 1


def test_the_sample_of_the_tools_is_answered_hop_by_hop_and_found_again(page: AppTest) -> None:
    opened(page, "tools")
    page.button(key="lab_tools_send").click().run(timeout=90)
    assert not page.exception
    told = said(page)
    assert told.count("**Hop 2**") == 3  # three providers side by side
    assert "calculate(" in told
    assert "2448" in told
    assert "simulated" in told
    assert "loops" in page.query_params
    from playground.lab import hops

    hops._loops.clear()  # as after a restart: the history alone has them
    page.run()
    assert not page.exception
    assert said(page).count("**Hop 2**") == 3
    assert "2448" in said(page)


def test_functions_of_ones_own_that_are_no_json_are_named(page: AppTest) -> None:
    opened(page, "tools")
    page.text_area(key="lab_tools_own").set_value("[{}]").run()
    assert "Function 1 has no name" in said(page)


def test_an_mcp_server_is_connected_and_its_tools_are_called(page: AppTest) -> None:
    import sys

    sample = Path(__file__).parents[1] / "providers" / "mcp_sample.py"
    opened(page, "tools")
    page.text_input(key="lab_tools_mcp").set_value(f"{sys.executable} {sample}").run()
    page.button(key="lab_tools_connect").click().run()
    assert "warehouse_city" in said(page)
    page.text_area(key="lab_tools_prompt").set_value("In which city is the warehouse?").run()
    page.button(key="lab_tools_send").click().run(timeout=90)
    assert not page.exception
    assert "Porto" in said(page)
    page.button(key=f"lab_tools_bye_{sys.executable} {sample}").click().run()
    assert "warehouse_city" not in " ".join(
        m.value for m in page.markdown if "mcp_sample" in m.value
    )


def test_a_servers_token_leaves_its_field_for_memory(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Any] = []
    monkeypatch.setattr(servers, "connect", lambda where, **how: given.append(how["token"]))
    opened(page, "tools")
    page.text_input(key="lab_tools_mcp").set_value("https://mcp.example/mcp")
    page.text_input(key="lab_tools_token").set_value("mcp-canary-1")
    page.button(key="lab_tools_connect").click().run()
    assert not page.exception
    assert page.text_input(key="lab_tools_token").value == ""
    assert given == [Secret("mcp-canary-1")]
    page.text_input(key="lab_tools_token").set_value("no key at all")
    page.button(key="lab_tools_connect").click().run()
    assert page.text_input(key="lab_tools_token").value == ""
    assert "That is not a key" in page.error[0].value
    assert len(given) == 1


def test_a_gateways_key_leaves_its_field_and_goes_to_its_address_alone(page: AppTest) -> None:
    opened(page, "gateway")
    address, key = (names.lab("gateway", field) for field in ("proxy", "key"))
    page.text_input(key=address).set_value("http://localhost:4000/v1").run()
    page.text_input(key=key).set_value("gateway-canary-1").run()
    assert page.text_input(key=key).value == ""
    assert page.text_input(key=key).placeholder == "set · type to replace"
    page.text_input(key=address).set_value("http://localhost:5000/v1").run()
    assert page.text_input(key=key).placeholder == "none"
    page.text_input(key=address).set_value("http://localhost:4000/v1").run()
    page.button(key="lab_gateway_forget").click().run()
    assert page.text_input(key=key).placeholder == "none"


def test_a_schema_is_linted_sent_and_judged(page: AppTest) -> None:
    opened(page, "structured")
    assert "**refused**" in said(page)
    page.toggle(key="lab_structured_common").set_value(True).run()
    sent(page, "lab_structured_send")
    assert said(page).count("2 of 2 valid · failure rate 0%") == 3
    assert "simulated" in said(page)


def test_a_form_makes_a_schema_that_all_take(page: AppTest) -> None:
    opened(page, "structured")
    page.button_group(key="lab_structured_way").set_value("Form").run()
    assert not page.exception
    assert "All three providers take this schema" in "\n".join(s.value for s in page.success)


def test_a_class_that_is_no_python_is_named(page: AppTest) -> None:
    opened(page, "structured")
    page.text_area(key="lab_structured_schema").set_value("class X(BaseModel)").run()
    assert "no Python, line 1" in said(page)


def test_the_doors_stand_side_by_side_and_say_what_they_refuse_before_it_is_sent(
    page: AppTest,
) -> None:
    opened(page, "doors")
    assert "What each door can't do" in [header.value for header in page.subheader]
    page.toggle(key="lab_doors_function").set_value(True).run()
    assert "Responses" in said(page)
    page.button(key="lab_doors_send").click().run()
    for _ in range(100):
        if page.dataframe:
            break
        time.sleep(0.1)
        page.run()
    table = page.dataframe[0].value
    assert len(table) == 7
    assert list(table.loc[table["HTTP"] == 400, "door"]) == ["OpenAI · Chat Completions"]
    for view in ("Events", "Usage", "Answers"):
        page.button_group(key="lab_doors_view").set_value(view).run()
        assert not page.exception
    assert "simulated" in said(page)


def test_a_fault_is_shown_at_each_door_of_each_provider_with_the_code_that_handles_it(
    page: AppTest,
) -> None:
    opened(page, "errors")
    page.selectbox(key="lab_errors_fault").set_value("context").run()
    sent(page, "lab_errors_send")
    for _ in range(100):
        if len(page.subheader) == 7:
            break
        time.sleep(0.1)
        page.run()
    told = said(page)
    assert told.count("Context length") == 7
    assert "context_length_exceeded" in told
    assert told.count("raise SystemExit") == 7
    assert "simulated" in told


def test_a_job_is_done_and_judged(page: AppTest) -> None:
    opened(page, "jobs")
    page.button(key="lab_jobs_send").click().run(timeout=90)
    assert not page.exception
    table = page.dataframe[0].value
    assert [*table["Usable"]] == ["valid"] * 3
    assert "simulated" in said(page)
    page.button_group(key="lab_jobs_job").set_value("sop").run()
    assert "press **Do the job**" in said(page)  # what was done was another job


def test_the_chain_is_run_by_three_mixes(page: AppTest) -> None:
    opened(page, "jobs")
    page.button_group(key="lab_jobs_job").set_value("chain").run()
    page.button(key="lab_jobs_chain").click().run(timeout=90)
    assert not page.exception
    assert [*page.dataframe[0].value["Row written"]] == ["yes"] * 3
    assert said(page).count("plain code ·") == 6


def test_a_link_opens_the_job_that_was_done_and_the_chain_that_was_run(page: AppTest) -> None:
    opened(page, "jobs")
    page.button_group(key="lab_jobs_job").set_value("ticket").run()
    page.button(key="lab_jobs_send").click().run(timeout=90)
    done = str(page.query_params["loops"])
    page.button_group(key="lab_jobs_job").set_value("chain").run()
    page.button(key="lab_jobs_chain").click().run(timeout=90)
    chained = str(page.query_params["loops"])
    assert chained != done
    for group, job in ((done, "ticket"), (chained, "chain")):
        page.session_state["lab_jobs_seen"] = ""  # as in a new tab
        opened(page, "jobs", loops=group)
        assert page.button_group(key="lab_jobs_job").value == job
        assert page.dataframe


def test_the_sample_gateway_is_seen_through(page: AppTest) -> None:
    opened(page, "gateway")
    assert "/heard/" in said(page)
    sent(page, "lab_gateway_send")
    told = said(page)
    assert "+ via: 1.1 sample-gateway" in told
    assert "- store: false" in told
    assert "simulated" in told


def test_openais_options_of_caching_and_its_own_word_on_a_miss(page: AppTest) -> None:
    opened(page, "caching")
    page.text_input(key="lab_caching_key").set_value("mine").run()
    page.toggle(key="lab_caching_marked").set_value(True).run()
    page.toggle(key="lab_caching_why").set_value(True).run()
    page.selectbox(key="lab_caching_change").set_value("key").run()
    page.button(key="lab_caching_send").click().run(timeout=60)
    assert not page.exception
    told = said(page)
    assert "The provider itself says: `prompt_cache_key_changed`" in told
    assert "'mine' → 'mine-2'" in told


@pytest.mark.parametrize(
    ("panel", "field", "button"),
    [
        ("tools", "lab_tools_rounds", "lab_tools_send"),
        ("structured", "lab_structured_times", "lab_structured_send"),
    ],
)
def test_nothing_is_sent_while_a_number_cannot_be_read(
    page: AppTest, panel: str, field: str, button: str
) -> None:
    opened(page, panel)
    assert not page.button(key=button).disabled
    page.text_input(key=field).set_value("2,5").run()
    assert page.button(key=button).disabled
    assert "2,5" in said(page)
    page.text_input(key=field).set_value("3").run()
    assert not page.button(key=button).disabled


def test_lanes_of_a_run_of_the_history_are_compared(page: AppTest) -> None:
    opened(page, "wire")
    page.session_state[names.lab("wire", "models")] = ["openai:gpt-6-luna", "openai:gpt-6.1-sol"]
    sent(page.run(), "lab_wire_send")
    (run_id,) = (
        (page.query_params["run"],)
        if isinstance(page.query_params["run"], str)
        else page.query_params["run"]
    )
    live = get_engine().find(run_id, page.session_state[names.SESSION].id)
    assert live is not None
    put(history.get_store(), replace(live.run(), id="of-old"), Labels())
    opened(page, "wire", run="of-old")
    page.button_group(key="lab_wire_view").set_value("Compare two").run()
    assert "never sent" not in said(page)
    assert "gpt-6-luna" in "".join(one.value for one in page.code)


@pytest.mark.parametrize(
    ("panel", "module", "button"),
    [("caching", caching, "lab_caching_send"), ("batch", batch, "lab_batch_submit")],
)
def test_who_does_not_answer_in_time_is_named(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, panel: str, module: Any, button: str
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.0)
    opened(page, panel)
    page.button(key=button).click().run()
    assert not page.exception
    (late,) = page.error
    assert "OpenAI has not answered within 0 seconds" in late.value


@pytest.mark.parametrize(
    ("panel", "key"),
    [
        ("file_search", names.lab("file_search", "question")),
        ("gateway", names.lab("gateway", "proxy")),
        ("realtime", names.lab("realtime", "question_0_False")),
    ],
)
def test_what_is_typed_is_there_after_another_page(page: AppTest, panel: str, key: str) -> None:
    opened(page, panel)
    (field,) = [one for one in (*page.text_area, *page.text_input) if one.key == key]
    field.set_value("http://typed").run()
    page.switch_page(pages.COMPARE).run()
    page.switch_page(pages.API_LAB)
    opened(page, panel)
    (field,) = [one for one in (*page.text_area, *page.text_input) if one.key == key]
    assert field.value == "http://typed"
