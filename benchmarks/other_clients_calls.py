"""What each Python client sends to the simulation: a table of calls, run in the client's own environment.

    python other_clients_calls.py CLIENT URL      started by other_clients.py; ends with 1 if a call failed

Every call goes through every API that the client speaks, but for what that API refuses.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

CHAT, RESPONSES, CLAUDE, GEMINI = (
    "gpt-5.1",
    "gpt-6.1-sol",
    "claude-sonnet-5-5",
    "gemini-3.8-flash",
)
FORCED_CLAUDE = "claude-sonnet-4-6"
"""Claude 5.5 refuses to be forced to call a function."""
ASK = "What is the Gemini API?"
WEATHER = "What is the weather in Paris and in Rome?"
ADA = "Ada Lovelace is 36 years old and lives in London. Extract the person."
FOUND = ("Ada Lovelace", 36, "London")
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
MOST_HOPS = 6
Urls = Mapping[str, str]
Call = Callable[[Any], Any]
"""Takes what stands for one API in this client; raises when something is wrong."""
Case = tuple[str, Callable[[], Any]]


class Weather:
    """A function that fails when it is first called."""

    def __init__(self) -> None:
        self.cities: list[str] = []

    def __call__(self, city: str) -> str:
        self.cities.append(city)
        if len(self.cities) == 1:
            raise RuntimeError("service unavailable, try again")
        return f"18 degrees in {city}"

    def told(self, city: str) -> str:
        """The result of the function, or its error as JSON."""
        try:
            return self(city)
        except RuntimeError as error:
            return json.dumps({"error": f"{error}"})

    def check(self) -> int:
        """How often it was called; AssertionError when nobody tried a second time."""
        assert len(self.cities) > len(set(self.cities)), self.cities
        return len(self.cities)

    def function(self) -> Callable[[str], str]:
        """It as a plain function, as clients want to read one."""

        def get_weather(city: str) -> str:
            """The weather of a city."""
            return self(city)

        return get_weather


def use(module: str) -> Any:
    """A module that only the client's environment has."""
    return importlib.import_module(module)


def person() -> Any:
    """A pydantic model."""
    return use("pydantic").create_model(
        "Person", __doc__="A person.", name=(str, ...), age=(int, ...), city=(str, ...)
    )


def extracted(found: Any) -> Any:
    """What was found; AssertionError when it is not what the text says."""
    assert (found.name, found.age, found.city) == FOUND, found
    return found


def text(said: str) -> str:
    """The text; AssertionError when it is none."""
    assert said.strip(), "no text"
    return said


def asked(prompt: str) -> list[dict[str, Any]]:
    """One message of the user."""
    return [{"role": "user", "content": prompt}]


def each(
    doors: Mapping[str, Any], calls: Mapping[str, Call], without: tuple[tuple[str, str], ...] = ()
) -> Iterator[Case]:
    """Every call through every API, but for the pairs that are left out."""
    for door, at in doors.items():
        for name, call in calls.items():
            if (door, name) not in without:
                yield f"{door} {name}", partial(call, at)


def litellm(urls: Urls) -> Iterator[Case]:
    """Chat Completions in front of four APIs."""
    rows = {
        "chat": (f"openai/{CHAT}", urls["openai"]),
        "responses": (f"openai/responses/{RESPONSES}", urls["openai"]),
        "messages": (f"anthropic/{CLAUDE}", urls["anthropic"]),
        "generate_content": (f"gemini/{GEMINI}", f"{urls['gemini']}/v1beta"),
    }
    complete = partial(use("litellm").completion, api_key="demo")
    doors = {
        door: partial(complete, model=name, api_base=base) for door, (name, base) in rows.items()
    }
    return each(doors, LITELLM)


def _completed(ask: Any, **more: Any) -> str:
    return text(ask(messages=asked(ASK), **more).choices[0].message.content)


def _completed_in_parts(ask: Any) -> str:
    chunks = ask(messages=asked(ASK), stream=True, stream_options={"include_usage": True})
    return text("".join(c.choices[0].delta.content or "" for c in chunks if c.choices))


def _completed_with_tools(ask: Any) -> int:
    weather, said = Weather(), asked(WEATHER)
    for _ in range(MOST_HOPS):
        message = ask(messages=said, tools=[TOOL]).choices[0].message
        if not message.tool_calls:
            text(message.content)
            break
        said.append(message.model_dump())
        for call in message.tool_calls:
            result = weather.told(json.loads(call.function.arguments)["city"])
            said.append({"role": "tool", "tool_call_id": call.id, "content": result})
    return weather.check()


def _completed_as_schema(ask: Any) -> Any:
    model = person()
    made = ask(messages=asked(ADA), response_format=model).choices[0].message.content
    return extracted(model.model_validate_json(made))


LITELLM: Mapping[str, Call] = {
    "answer": _completed,
    "effort": partial(_completed, reasoning_effort="low"),
    "stream": _completed_in_parts,
    "tools": _completed_with_tools,
    "schema": _completed_as_schema,
}


def pydantic_ai(urls: Urls) -> Iterator[Case]:
    """Agents, with the three ways of asking for a schema."""

    def made(module: str, vendor: str, kind: str, provider: str, name: str) -> Any:
        home = use(f"pydantic_ai.providers.{module}")
        at = getattr(home, f"{provider}Provider")(base_url=urls[vendor], api_key="demo")
        model = getattr(use(f"pydantic_ai.models.{module}"), kind)(name, provider=at)
        return partial(use("pydantic_ai").Agent, model)

    doors = {
        "chat": made("openai", "openai", "OpenAIChatModel", "OpenAI", CHAT),
        "responses": made("openai", "openai", "OpenAIResponsesModel", "OpenAI", RESPONSES),
        "messages": made("anthropic", "anthropic", "AnthropicModel", "Anthropic", CLAUDE),
        "generate_content": made("google", "gemini", "GoogleModel", "Google", GEMINI),
    }
    return each(doors, PYDANTIC_AI)


def _agent(agent: Any, **more: Any) -> str:
    return text(agent(**more).run_sync(ASK).output)


def _agent_in_parts(agent: Any) -> str:
    async def go() -> str:
        async with agent().run_stream(ASK) as running:
            return "".join([piece async for piece in running.stream_text(delta=True)])

    return text(asyncio.run(go()))


def _agent_with_tools(agent: Any) -> int:
    client, weather = use("pydantic_ai"), Weather()

    def get_weather(city: str) -> str:
        """The weather of a city."""
        try:
            return weather(city)
        except RuntimeError as error:
            raise client.ModelRetry(f"{error}") from None

    with_tool = agent(tools=[client.Tool(get_weather, max_retries=3)])
    text(with_tool.run_sync(WEATHER).output)
    return weather.check()


def _agent_as_schema(agent: Any, way: str) -> Any:
    form = getattr(use("pydantic_ai"), way)(person())
    return extracted(agent(output_type=form).run_sync(ADA).output)


PYDANTIC_AI: Mapping[str, Call] = {
    "answer": _agent,
    "thinking": partial(_agent, model_settings={"thinking": "low"}),
    "stream": _agent_in_parts,
    "tools": _agent_with_tools,
    **{
        f"schema {way}": partial(_agent_as_schema, way=way)
        for way in ("ToolOutput", "NativeOutput", "PromptedOutput")
    },
}


def instructor(urls: Urls) -> Iterator[Case]:
    """Schemas by functions, by the API's own field and by words, whole and in parts."""
    client = use("instructor")
    openai = use("openai").OpenAI(base_url=urls["openai"], api_key="demo")
    anthropic = use("anthropic").Anthropic(base_url=urls["anthropic"], api_key="demo")
    options = {"base_url": urls["gemini"]}
    google = use("google.genai").Client(api_key="demo", http_options=options)
    chat = ("TOOLS", "TOOLS_STRICT", "JSON", "JSON_SCHEMA", "MD_JSON")
    rows: tuple[tuple[Any, Any, str, str, dict[str, Any]], ...] = (
        *((client.from_openai, openai, mode, CHAT, {}) for mode in chat),
        (client.from_openai, openai, "RESPONSES_TOOLS", RESPONSES, {}),
        (client.from_anthropic, anthropic, "ANTHROPIC_TOOLS", FORCED_CLAUDE, ENOUGH),
        (client.from_anthropic, anthropic, "ANTHROPIC_JSON", CLAUDE, ENOUGH),
        (client.from_genai, google, "GENAI_TOOLS", GEMINI, {}),
        (client.from_genai, google, "GENAI_STRUCTURED_OUTPUTS", GEMINI, {}),
    )
    doors = {
        mode: (partial(wrap, sdk, mode=client.Mode[mode]), {"model": name, **more})
        for wrap, sdk, mode, name, more in rows
    }
    return each(doors, INSTRUCTOR)


ENOUGH = {"max_tokens": 4000}


def _filled(at: Any, method: str) -> Any:
    wrapped, request = at
    sent = {**request, "response_model": person(), "messages": asked(ADA), "max_retries": 1}
    made = getattr(wrapped().chat.completions, method)(**sent)
    return extracted([*made][-1] if method == "create_partial" else made)


INSTRUCTOR: Mapping[str, Call] = {
    "whole": partial(_filled, method="create"),
    "in parts": partial(_filled, method="create_partial"),
}


def langchain(urls: Urls) -> Iterator[Case]:
    """Chat models, with the ways of asking for a schema."""
    openai = use("langchain_openai").ChatOpenAI
    anthropic = use("langchain_anthropic").ChatAnthropic
    google = use("langchain_google_genai").ChatGoogleGenerativeAI
    at = {vendor: {"base_url": url, "api_key": "demo"} for vendor, url in urls.items()}
    doors = {
        "chat": openai(model=CHAT, **at["openai"]),
        "responses": openai(model=RESPONSES, use_responses_api=True, **at["openai"]),
        "messages": anthropic(model=CLAUDE, **at["anthropic"]),
        "messages, forced": anthropic(model=FORCED_CLAUDE, **at["anthropic"]),
        "generate_content": google(model=GEMINI, **at["gemini"]),
    }
    return each(doors, LANGCHAIN, LANGCHAIN_REFUSED)


TALK = [("system", "Be brief."), ("human", "Hi"), ("ai", "Hello!"), ("human", ASK)]


def _invoked_with_tools(model: Any) -> int:
    messages, weather = use("langchain_core.messages"), Weather()
    function = use("langchain_core.tools").tool(weather.function())
    bound, said = model.bind_tools([function]), [messages.HumanMessage(WEATHER)]
    for _ in range(MOST_HOPS):
        said.append(bound.invoke(said))
        for call in said[-1].tool_calls:
            try:
                said.append(function.invoke(call))
            except RuntimeError as error:
                failed = {"tool_call_id": call["id"], "status": "error"}
                said.append(messages.ToolMessage(f"{error}", **failed))
        if said[-1].type == "ai":
            break
    text(said[-1].text)
    return weather.check()


def _invoked_as_schema(model: Any, way: str) -> Any:
    wanted = f"{ADA} Answer as JSON with name, age and city."
    return extracted(model.with_structured_output(person(), method=way).invoke(wanted))


LANGCHAIN: Mapping[str, Call] = {
    "talk": lambda model: text(model.invoke(TALK).text),
    "stream": lambda model: text("".join(chunk.text for chunk in model.stream(ASK))),
    "tools": _invoked_with_tools,
    **{
        f"schema {way}": partial(_invoked_as_schema, way=way)
        for way in ("json_schema", "function_calling", "json_mode")
    },
}
LANGCHAIN_REFUSED = (
    ("messages", "schema function_calling"),
    ("messages", "schema json_mode"),
    ("messages, forced", "schema json_mode"),
)


def llm(urls: Urls) -> Iterator[Case]:
    """Simon Willison's llm as a library; its Gemini plugin takes no other address."""
    rows = {
        "chat": ("gpt-4.1", "api_base", urls["openai"]),
        "responses": ("gpt-5.6-sol", "api_base", urls["openai"]),
        "messages": ("anthropic/claude-sonnet-4-6", "base_url", urls["anthropic"]),
    }
    doors = {}
    for door, (name, field, url) in rows.items():
        doors[door] = model = use("llm").get_model(name)
        model.key = "demo"
        setattr(model, field, url)
    return each(doors, LLM)


def _prompted_with_tools(model: Any) -> int:
    weather = Weather()
    text(model.chain(WEATHER, tools=[weather.function()]).text())
    return weather.check()


def _prompted_twice(model: Any) -> str:
    conversation = model.conversation()
    conversation.prompt("Hi").text()
    return text(conversation.prompt(ASK).text())


def _prompted_as_schema(model: Any) -> Any:
    kind = person()
    return extracted(kind.model_validate_json(model.prompt(ADA, schema=kind).text()))


LLM: Mapping[str, Call] = {
    "answer": lambda model: text(model.prompt(ASK, stream=False).text()),
    "stream": lambda model: text("".join(model.prompt(ASK))),
    "talk": _prompted_twice,
    "tools": _prompted_with_tools,
    "schema": _prompted_as_schema,
}
CLIENTS: Mapping[str, Callable[[Urls], Iterator[Case]]] = {
    "litellm": litellm,
    "pydantic_ai": pydantic_ai,
    "instructor": instructor,
    "langchain": langchain,
    "llm": llm,
}


def main(client: str, base: str) -> int:
    """Every call of one client; 1 if one failed."""
    vendors = {"openai": "openai/v1", "anthropic": "anthropic", "gemini": "gemini"}
    failed = 0
    for name, call in CLIENTS[client]({v: f"{base}/{path}" for v, path in vendors.items()}):
        try:
            call()
        except Exception as error:
            failed += 1
            print(f"FAILED {client} {name}: {type(error).__name__}: {f'{error}'[:600]}")
        else:
            print(f"ok     {client} {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
