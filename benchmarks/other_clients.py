"""Sends what other people's clients send to the simulation: they must run unchanged, as against the real APIs.

    python -m benchmarks.other_clients            all clients, each in an environment of its own below --folder
    python -m benchmarks.other_clients litellm    one of them

Each client answers a question and fills a schema through every API that it speaks; all but promptfoo also stream and
call a function that fails at first (two hops). The first run installs the clients with pip, and those for Node with
npm where there is one (promptfoo takes two minutes and 1.4 GB); they are no dependencies of this project, and their
newest versions are taken. Ends with 1 if anything failed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__)
CALLS = HERE.with_name("other_clients_calls.py")
AI_SDK = HERE.with_suffix(".mjs")
ADA = "Ada Lovelace is 36 years old and lives in London. Extract the person."
PERSON = {
    "type": "object",
    "properties": {
        "name": {"const": "Ada Lovelace"},
        "age": {"const": 36},
        "city": {"const": "London"},
    },
    "required": ["name", "age", "city"],
}
"""What the schema's answer has to be."""
ASKED_SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "city": {"type": "string"},
    },
    "required": ["name", "age", "city"],
    "additionalProperties": False,
}
PROMPTFOO = {
    "openai:chat:gpt-5.1": "openai/v1",
    "openai:responses:gpt-5.5": "openai/v1",
    "anthropic:messages:claude-sonnet-5-5": "anthropic",
    "google:gemini-3.8-flash": "gemini",
}
"""promptfoo's provider → where the simulation stands for it."""


class Client(NamedTuple):
    """One client."""

    packages: tuple[str, ...]
    """What pip, or npm, installs for it."""
    run: Callable[[str, Path, str], int]
    """From the client's name, its folder and the simulation's address to an exit code."""
    node: bool = False
    """True for a client that npm installs."""


def python(client: str, home: Path, base: str) -> int:
    """The exit code of the client's calls, in its own Python."""
    own = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (home / "filled").exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        packages = CLIENTS[client].packages
        subprocess.run([str(own), "-m", "pip", "install", "-q", *packages], check=True)
        (home / "filled").touch()
    offline = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # it fetches prices otherwise
    return subprocess.run([str(own), str(CALLS), client, base], cwd=home, env=offline).returncode


def node_modules(client: str, home: Path) -> Path:
    """The folder of the client's programs, filled by npm when it is not there."""
    if not (home / "filled").exists():
        npm = shutil.which("npm") or "npm"
        packages = CLIENTS[client].packages
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home)]
        subprocess.run([*command, *packages], check=True)
        (home / "filled").touch()
    return home / "node_modules" / ".bin"


def ai_sdk(client: str, home: Path, base: str) -> int:
    """The exit code of the Vercel AI SDK's calls."""
    node_modules(client, home)
    script = shutil.copy(AI_SDK, home)
    return subprocess.run([shutil.which("node") or "node", script, base]).returncode


def promptfoo(client: str, home: Path, base: str) -> int:
    """1 unless every provider passed every test, with its tokens counted."""
    program = node_modules(client, home) / "promptfoo"
    config, results = home / "promptfooconfig.json", home / "results.json"
    config.write_text(json.dumps(configured(base)), encoding="utf-8")
    results.unlink(missing_ok=True)
    quiet = ("--no-cache", "--no-progress-bar", "--no-table", "--no-write")
    command = [str(program), "eval", "-c", str(config), "-o", str(results), *quiet]
    alone = {
        "PROMPTFOO_CONFIG_DIR": str(home / "home"),
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    }
    ended = subprocess.run(command, cwd=home, env={**os.environ, **alone}, capture_output=True)
    if not results.exists():
        print(f"FAILED promptfoo: {ended.stdout.decode()[-600:]}{ended.stderr.decode()[-600:]}")
        return 1
    rows = json.loads(results.read_text(encoding="utf-8"))["results"]["results"]
    wrong = [*filter(None, map(fault, rows))]
    print(*wrong, f"ok     promptfoo {len(rows) - len(wrong)} of {len(rows)}", sep="\n")
    expected = len(PROMPTFOO) * len(configured(base)["tests"])
    return 1 if wrong or len(rows) != expected else 0


def configured(base: str) -> dict[str, Any]:
    """promptfoo's configuration: a question and a schema, for every provider."""
    form = {"name": "person", "strict": True, "schema": ASKED_SCHEMA}
    schema = {
        "response_format": {"type": "json_schema", "json_schema": form},
        "output_format": {"type": "json_schema", "schema": ASKED_SCHEMA},
        "generationConfig": {
            "responseMimeType": "application/json",
            "responseJsonSchema": ASKED_SCHEMA,
        },
    }
    return {
        "prompts": ["{{question}}"],
        "providers": [
            {
                "id": id,
                "config": {"apiBaseUrl": f"{base}/{path}", "apiKey": "demo", "max_tokens": 4000},
            }
            for id, path in PROMPTFOO.items()
        ],
        "tests": [
            {
                "vars": {"question": "What is the Gemini API?"},
                "assert": [{"type": "icontains", "value": "API"}],
            },
            {
                "vars": {"question": ADA},
                "assert": [{"type": "is-json", "value": PERSON}],
                "options": schema,
            },
        ],
    }


def fault(row: dict[str, Any]) -> str:
    """What is wrong with one of promptfoo's results; empty when nothing is."""
    counted = (row.get("response") or {}).get("tokenUsage") or {}
    wrong = "" if row["success"] else str(row.get("error"))[:600]
    if not wrong and not (counted.get("prompt") and counted.get("completion")):
        wrong = f"tokens were not counted: {counted}"
    return wrong and f"FAILED promptfoo {row['provider']['id']}: {wrong}"


CLIENTS: Mapping[str, Client] = {
    "litellm": Client(("litellm",), python),
    "pydantic_ai": Client(("pydantic-ai-slim[openai,anthropic,google]",), python),
    "instructor": Client(("instructor[anthropic,google-genai]",), python),
    "langchain": Client(
        ("langchain-openai", "langchain-anthropic", "langchain-google-genai"), python
    ),
    "llm": Client(("llm", "llm-anthropic"), python),
    "ai_sdk": Client(
        ("ai@6", "@ai-sdk/openai@3", "@ai-sdk/anthropic@3", "@ai-sdk/google@3", "zod@4"),
        ai_sdk,
        node=True,
    ),
    "promptfoo": Client(("promptfoo",), promptfoo, node=True),
}


def main() -> None:
    """The clients named, or all."""
    from playground.demo.process import DemoServer

    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("clients", nargs="*", choices=[[], *CLIENTS])
    options.add_argument(
        "--folder", type=Path, default=Path(tempfile.gettempdir()) / "playground-other-clients"
    )
    chosen = options.parse_args()
    failed = []
    with DemoServer(pace=0) as server:
        for name in chosen.clients or CLIENTS:
            client = CLIENTS[name]
            if client.node and not (shutil.which("npm") and shutil.which("node")):
                print(f"npm is not installed: {name} was left out")
                continue
            home = chosen.folder / name
            home.mkdir(parents=True, exist_ok=True)
            failed += [name] if client.run(name, home, server.base_url) else []
    print(f"failed: {', '.join(failed)}" if failed else "all run unchanged")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
