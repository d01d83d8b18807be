"""Sends what other people's clients send to the simulation: they must run unchanged, as against the real APIs.

    python -m benchmarks.other_clients            all clients, each in an environment of its own below --folder
    python -m benchmarks.other_clients litellm    one of them

Each client answers a question, streams, calls a function that fails at first (two hops) and fills a schema, through
every API that it speaks. The first run installs the clients with pip, and the Vercel AI SDK with npm where there is
one; they are no dependencies of this project, and their newest versions are taken. Ends with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CLIENTS = {
    "litellm": ("litellm",),
    "pydantic_ai": ("pydantic-ai-slim[openai,anthropic,google]",),
    "instructor": ("instructor[anthropic,google-genai]",),
    "langchain": ("langchain-openai", "langchain-anthropic", "langchain-google-genai"),
    "llm": ("llm", "llm-anthropic"),
}
"""Client → what pip installs for it."""
AI_SDK = ("ai@6", "@ai-sdk/openai@3", "@ai-sdk/anthropic@3", "@ai-sdk/google@3", "zod@4")
AI_SDK_SCRIPT = Path(__file__).with_suffix(".mjs")
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
OFFLINE = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
"""litellm fetches a list of prices otherwise."""

Case = tuple[str, Any]
"""A name, and a function without arguments that raises when something is wrong."""


class Weather:
    """A function that fails when it is first called."""

    def __init__(self) -> None:
        self.cities: list[str] = []

    def __call__(self, city: str) -> str:
        self.cities.append(city)
        if len(self.cities) == 1:
            raise RuntimeError("service unavailable, try again")
        return f"18 degrees in {city}"

    def check(self) -> int:
        """How often it was called; AssertionError when nobody tried a second time."""
        assert len(self.cities) > len(set(self.cities)), self.cities
        return len(self.cities)


def person() -> Any:
    """A pydantic model, made here because only the clients' environments are sure to have pydantic."""
    made: Any = importlib.import_module("pydantic").create_model(
        "Person", __doc__="A person.", name=(str, ...), age=(int, ...), city=(str, ...)
    )
    return made


def extracted(found: Any) -> Any:
    """What was found; AssertionError when it is not what the text says."""
    assert (found.name, found.age, found.city) == FOUND, found
    return found


def text(said: str) -> str:
    """The text; AssertionError when it is none."""
    assert said.strip(), "no text"
    return said


def litellm(urls: dict[str, str]) -> Iterator[Case]:
    """Chat Completions in front of four APIs."""
    client = importlib.import_module("litellm")
    model = person()
    doors = {
        "chat": (f"openai/{CHAT}", urls["openai"]),
        "responses": (f"openai/responses/{RESPONSES}", urls["openai"]),
        "messages": (f"anthropic/{CLAUDE}", urls["anthropic"]),
        "generate_content": (f"gemini/{GEMINI}", f"{urls['gemini']}/v1beta"),
    }
    for door, (name, base) in doors.items():

        def ask(prompt: str = ASK, *, name: str = name, base: str = base, **more: Any) -> Any:
            said = [{"role": "user", "content": prompt}]
            return client.completion(
                **{"messages": said, **more}, model=name, api_base=base, api_key="demo"
            )

        def answer(ask: Any = ask, **more: Any) -> str:
            return text(ask(**more).choices[0].message.content)

        def stream(ask: Any = ask) -> str:
            chunks = [
                c for c in ask(stream=True, stream_options={"include_usage": True}) if c.choices
            ]
            return text("".join(c.choices[0].delta.content or "" for c in chunks))

        def tools(ask: Any = ask) -> int:
            weather, said = Weather(), [{"role": "user", "content": WEATHER}]
            for _ in range(MOST_HOPS):
                message = ask(messages=said, tools=[TOOL]).choices[0].message
                if not message.tool_calls:
                    text(message.content)
                    break
                said.append(message.model_dump())
                for call in message.tool_calls:
                    result = told(weather, json.loads(call.function.arguments)["city"])
                    said.append({"role": "tool", "tool_call_id": call.id, "content": result})
            return weather.check()

        def schema(ask: Any = ask) -> Any:
            made = ask(ADA, response_format=model).choices[0].message.content
            return extracted(model.model_validate_json(made))

        yield f"{door} answer", answer
        yield f"{door} effort", lambda answer=answer: answer(reasoning_effort="low")
        yield f"{door} stream", stream
        yield f"{door} tools", tools
        yield f"{door} schema", schema


def told(weather: Weather, city: str) -> str:
    """The result of the function, or its error as JSON."""
    try:
        return weather(city)
    except RuntimeError as error:
        return json.dumps({"error": f"{error}"})


def pydantic_ai(urls: dict[str, str]) -> Iterator[Case]:
    """Agents, with the three ways of asking for a schema."""
    client = importlib.import_module("pydantic_ai")
    asyncio = importlib.import_module("asyncio")

    def made(module: str, kind: str, provider: str, name: str) -> Any:
        home = importlib.import_module(f"pydantic_ai.providers.{module}")
        at = getattr(home, f"{provider}Provider")(base_url=urls[VENDOR[module]], api_key="demo")
        return getattr(importlib.import_module(f"pydantic_ai.models.{module}"), kind)(
            name, provider=at
        )

    model = person()
    doors = {
        "chat": made("openai", "OpenAIChatModel", "OpenAI", CHAT),
        "responses": made("openai", "OpenAIResponsesModel", "OpenAI", RESPONSES),
        "messages": made("anthropic", "AnthropicModel", "Anthropic", CLAUDE),
        "generate_content": made("google", "GoogleModel", "Google", GEMINI),
    }
    for door, door_model in doors.items():

        def agent(door_model: Any = door_model, **more: Any) -> Any:
            return client.Agent(door_model, **more)

        def stream(agent: Any = agent) -> str:
            async def go() -> str:
                async with agent().run_stream(ASK) as running:
                    return "".join([t async for t in running.stream_text(delta=True)])

            return text(asyncio.run(go()))

        def tools(agent: Any = agent) -> int:
            weather = Weather()

            def get_weather(city: str) -> str:
                """The weather of a city."""
                try:
                    return weather(city)
                except RuntimeError as error:
                    raise client.ModelRetry(f"{error}") from None

            with_tool = agent(tools=[client.Tool(get_weather, max_retries=3)])
            text(with_tool.run_sync(WEATHER).output)
            return weather.check()

        yield f"{door} answer", lambda agent=agent: text(agent().run_sync(ASK).output)
        yield (
            f"{door} thinking",
            lambda agent=agent: text(
                agent(model_settings={"thinking": "low"}).run_sync(ASK).output
            ),
        )
        yield f"{door} stream", stream
        yield f"{door} tools", tools
        for way in ("ToolOutput", "NativeOutput", "PromptedOutput"):
            form = getattr(client, way)(model)
            yield (
                f"{door} schema {way}",
                lambda agent=agent, form=form: extracted(
                    agent(output_type=form).run_sync(ADA).output
                ),
            )


VENDOR = {"openai": "openai", "anthropic": "anthropic", "google": "gemini"}


def instructor(urls: dict[str, str]) -> Iterator[Case]:
    """Schemas by functions, by the API's own field and by words, whole and in parts."""
    client = importlib.import_module("instructor")
    openai = importlib.import_module("openai").OpenAI(base_url=urls["openai"], api_key="demo")
    anthropic = importlib.import_module("anthropic").Anthropic(
        base_url=urls["anthropic"], api_key="demo"
    )
    google = importlib.import_module("google.genai").Client(
        api_key="demo", http_options={"base_url": urls["gemini"]}
    )
    modes = (
        *((client.from_openai, openai, mode, CHAT) for mode in ("TOOLS", "TOOLS_STRICT", "JSON")),
        *((client.from_openai, openai, mode, CHAT) for mode in ("JSON_SCHEMA", "MD_JSON")),
        (client.from_openai, openai, "RESPONSES_TOOLS", RESPONSES),
        (client.from_anthropic, anthropic, "ANTHROPIC_TOOLS", FORCED_CLAUDE),
        (client.from_anthropic, anthropic, "ANTHROPIC_JSON", CLAUDE),
        (client.from_genai, google, "GENAI_TOOLS", GEMINI),
        (client.from_genai, google, "GENAI_STRUCTURED_OUTPUTS", GEMINI),
    )
    for wrap, sdk, mode, name in modes:
        more: dict[str, Any] = {"max_tokens": 4000} if sdk is anthropic else {}
        request = {
            "model": name,
            "response_model": person(),
            "messages": [{"role": "user", "content": ADA}],
            "max_retries": 1,
            **more,
        }

        def completions(wrap: Any = wrap, sdk: Any = sdk, mode: str = mode) -> Any:
            return wrap(sdk, mode=client.Mode[mode]).chat.completions

        yield (
            f"{mode} whole",
            lambda made=completions, request=request: extracted(made().create(**request)),
        )
        yield (
            f"{mode} in parts",
            lambda made=completions, request=request: extracted(
                [*made().create_partial(**request)][-1]
            ),
        )


def langchain(urls: dict[str, str]) -> Iterator[Case]:
    """Chat models, with the ways of asking for a schema."""
    openai = importlib.import_module("langchain_openai").ChatOpenAI
    anthropic = importlib.import_module("langchain_anthropic").ChatAnthropic
    google = importlib.import_module("langchain_google_genai").ChatGoogleGenerativeAI
    messages = importlib.import_module("langchain_core.messages")
    tool = importlib.import_module("langchain_core.tools").tool
    at = {vendor: {"base_url": url, "api_key": "demo"} for vendor, url in urls.items()}
    doors = {
        "chat": openai(model=CHAT, **at["openai"]),
        "responses": openai(model=RESPONSES, use_responses_api=True, **at["openai"]),
        "messages": anthropic(model=CLAUDE, **at["anthropic"]),
        "messages, forced": anthropic(model=FORCED_CLAUDE, **at["anthropic"]),
        "generate_content": google(model=GEMINI, **at["gemini"]),
    }
    refused = {("messages", "function_calling"), ("messages", "json_mode")}
    refused.add(("messages, forced", "json_mode"))
    for door, model in doors.items():

        def tools(model: Any = model) -> int:
            weather = Weather()

            def get_weather(city: str) -> str:
                """The weather of a city."""
                return weather(city)

            function = tool(get_weather)
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

        def stream(model: Any = model) -> str:
            return text("".join(chunk.text for chunk in model.stream(ASK)))

        talk = [("system", "Be brief."), ("human", "Hi"), ("ai", "Hello!"), ("human", ASK)]
        yield f"{door} talk", lambda model=model, talk=talk: text(model.invoke(talk).text)
        yield f"{door} stream", stream
        yield f"{door} tools", tools
        for way in ("json_schema", "function_calling", "json_mode"):
            if (door, way) in refused:
                continue
            asked = f"{ADA} Answer as JSON with name, age and city."
            yield (
                f"{door} schema {way}",
                lambda model=model, way=way, asked=asked: extracted(
                    model.with_structured_output(person(), method=way).invoke(asked)
                ),
            )


def llm(urls: dict[str, str]) -> Iterator[Case]:
    """Simon Willison's llm as a library; its Gemini plugin takes no other address."""
    client = importlib.import_module("llm")
    doors = {
        "chat": ("gpt-4.1", "api_base", urls["openai"]),
        "responses": ("gpt-5.6-sol", "api_base", urls["openai"]),
        "messages": ("anthropic/claude-sonnet-4-6", "base_url", urls["anthropic"]),
    }
    for door, (name, field, url) in doors.items():
        model = client.get_model(name)
        model.key = "demo"
        setattr(model, field, url)

        def tools(model: Any = model) -> int:
            weather = Weather()

            def get_weather(city: str) -> str:
                """The weather of a city."""
                return weather(city)

            text(model.chain(WEATHER, tools=[get_weather]).text())
            return weather.check()

        def talk(model: Any = model) -> str:
            conversation = model.conversation()
            conversation.prompt("Hi").text()
            return text(conversation.prompt(ASK).text())

        def schema(model: Any = model) -> Any:
            kind = person()
            return extracted(kind.model_validate_json(model.prompt(ADA, schema=kind).text()))

        yield f"{door} answer", lambda model=model: text(model.prompt(ASK, stream=False).text())
        yield f"{door} stream", lambda model=model: text("".join(model.prompt(ASK)))
        yield f"{door} talk", talk
        yield f"{door} tools", tools
        yield f"{door} schema", schema


def run(client: str, base: str) -> int:
    """Every case of one client, in its own environment; the number that failed."""
    urls = {
        "openai": f"{base}/openai/v1",
        "anthropic": f"{base}/anthropic",
        "gemini": f"{base}/gemini",
    }
    failed = 0
    cases: Iterator[Case] = globals()[client](urls)
    for name, case in cases:
        try:
            case()
        except Exception as error:
            failed += 1
            print(f"FAILED {client} {name}: {type(error).__name__}: {f'{error}'[:600]}")
        else:
            print(f"ok     {client} {name}")
    return failed


@contextmanager
def demo() -> Iterator[str]:
    """A running simulation without delays, and where it listens."""
    from playground.demo.process import DemoServer

    with DemoServer(pace=0) as server:
        yield server.base_url


def environment(folder: Path, client: str) -> Path:
    """The Python of the client's environment, made and filled when it is not there."""
    home = folder / client
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "filled").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *CLIENTS[client]], check=True)
        (home / "filled").touch()
    return python


def ai_sdk(folder: Path, base: str) -> int:
    """The Vercel AI SDK's exit code; 0 with a word where there is no npm."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        print("npm is not installed: the AI SDK was left out")
        return 0
    home = folder / "ai_sdk"
    home.mkdir(exist_ok=True)
    script = home / AI_SDK_SCRIPT.name
    shutil.copy(AI_SDK_SCRIPT, script)
    if not (home / "node_modules").exists():
        subprocess.run([npm, "install", "--silent", "--prefix", str(home), *AI_SDK], check=True)
    return subprocess.run([node, str(script), base]).returncode


def main() -> None:
    """The clients named, or all."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("clients", nargs="*", choices=[[], *CLIENTS, "ai_sdk"])
    options.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "playground-other-clients"
    )
    options.add_argument("--inside", metavar="URL", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.inside:
        sys.exit(1 if run(chosen.clients[0], chosen.inside) else 0)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    failed = []
    with demo() as base:
        for client in chosen.clients or [*CLIENTS, "ai_sdk"]:
            if client == "ai_sdk":
                code = ai_sdk(chosen.folder, base)
            else:
                python = environment(chosen.folder, client)
                command = [str(python), __file__, client, "--inside", base]
                code = subprocess.run(command, cwd=chosen.folder, env=OFFLINE).returncode
            failed += [client] if code else []
    print(f"failed: {', '.join(failed)}" if failed else "all run unchanged")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
