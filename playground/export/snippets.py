"""Code that sends the same request again: the JSON body is the one that the app sends, keys are environment variables."""

from __future__ import annotations

import base64
import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from playground import settings
from playground.domain import APIS, Endpoint, File, Request
from playground.domain.model import Source
from playground.domain.provider import SESSIONS, provider_of
from playground.export.document import dumps
from playground.figures import size

LARGE_FILE = 60_000
"""Bytes: a larger attachment is left out of the code and named, so that the code can still be read."""
STOOD_IN: Mapping[Source, str] = {
    "simulated": "The simulated provider answered in the app; this asks the real one.",
    "recorded": "A recorded answer was replayed in the app; this asks the real model.",
}
"""Who answered → what is said of it in code that asks the real API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One request as it goes over the wire, with a key's name in place of the key."""

    url: str
    base_url: str
    headers: Mapping[str, str]
    """Values hold `{key}` where the key goes."""
    body: Mapping[str, Any]
    key_variable: str | None
    api: str
    model: str
    stream: bool
    extra: frozenset[str]
    """Body fields for which the SDK has no argument."""
    notes: tuple[str, ...]
    """Sentences for a comment at the top."""


def snippets(request: Request, endpoint: Endpoint) -> dict[str, str]:
    """The request as code, by the names of SNIPPETS; each prints what comes back. A session has none but Python's."""
    if request.model.api in SESSIONS:
        return {"python-sdk": session_code(request, endpoint)}
    sent = describe(request, endpoint)
    return {name: write(sent) for name, write in SNIPPETS.items()}


def describe(request: Request, endpoint: Endpoint) -> Sent:
    """What every snippet says, whatever its language."""
    from playground.providers import preview

    source = request.model.source(endpoint.simulated and provider_of(endpoint.provider).built_in)
    request = replace(request, model=request.model.live)
    body, left_out = _without_large_files(preview(request), request)
    api, model = APIS[request.model.api], request.model.model
    provider = provider_of(endpoint.provider)
    real = endpoint.simulated and provider.built_in
    base_url = provider.base_url if real else endpoint.base_url
    base_url += provider.compatible_path if api.name == "compatible" else ""
    path = api.request_path(stream=request.stream).format(model=quote(model, safe="/:@"))
    variable = _key_variable(endpoint)
    return Sent(
        url=_url(base_url, path),
        base_url=base_url,
        headers={**(dict([api.key_header]) if variable else {}), **api.headers},
        body=body,
        key_variable=variable,
        api=api.name,
        model=model,
        stream=request.stream,
        extra=frozenset(request.settings.extra) | api.without_argument,
        notes=(*([STOOD_IN[source]] if source in STOOD_IN else []), *left_out),
    )


def _url(base_url: str, path: str) -> str:
    """Where the SDK sends it: a version that stands in the base URL takes the place of the path's own."""
    stem, _, version = base_url.rpartition("/")
    if path.startswith("/v1/") and version in ("v1", "v1beta", "v1alpha"):
        return f"{stem}/{version}{path.removeprefix('/v1')}"
    return base_url + path


def session_code(request: Request, endpoint: Endpoint) -> str:
    """Python with the provider's own SDK that holds a session of one turn."""
    from playground.providers import preview

    api, provider = SESSIONS[request.model.api], provider_of(endpoint.provider)
    real = endpoint.simulated and provider.built_in
    base_url = provider.base_url if real else endpoint.base_url
    variable = _key_variable(endpoint) or "API_KEY"
    client = api.sdk.format(key=f'os.environ["{variable}"]', base_url=json.dumps(base_url))
    turn = SESSION_TURNS[api.name].format(
        method=api.method,
        model=quoted(request.model.model),
        configuration=literal(preview(request)),
        text=json.dumps(request.messages[-1].text, ensure_ascii=False),
    )
    return f"import asyncio\nimport os\n\n{client}\n\n{turn}\n\nasyncio.run(main())\n"


SESSION_TURNS = {
    "realtime": """async def main():
    async with client.{method}(model={model}) as connection:
        await connection.session.update(session={configuration})
        content = [{{"type": "input_text", "text": {text}}}]
        await connection.conversation.item.create(item={{"type": "message", "role": "user", "content": content}})
        await connection.response.create()
        async for event in connection:
            print(event.type, getattr(event, "delta", ""))
            if event.type == "response.done":
                break
""",
    "live": """async def main():
    async with client.{method}(model={model}, config={configuration}) as session:
        turn = {{"role": "user", "parts": [{{"text": {text}}}]}}
        await session.send_client_content(turns=turn, turn_complete=True)
        async for message in session.receive():
            print(message)
""",
}
"""The door of a session → Python that holds one turn of it."""


def curl(sent: Sent) -> str:
    """A shell command; the body is a quoted here-document, in which the shell changes nothing."""
    headers = {"content-type": "application/json", **sent.headers}
    lines = [f"curl -sS --no-buffer {shlex.quote(sent.url)}"]
    for name, value in headers.items():
        lines.append(f'-H "{name}: {value.format(key=f"${sent.key_variable}")}"')
    lines.append("--data-binary @- <<'JSON'")
    command = " \\\n  ".join(lines)
    return f"{_comment('#', sent)}{command}\n{dumps(sent.body)}\nJSON\n"


def python_http(sent: Sent) -> str:
    """Python with nothing but its standard library."""
    headers = {"content-type": "application/json", "user-agent": "python", **sent.headers}
    rows = "".join(f"        {n!r}: {_python_header(v, sent)},\n" for n, v in headers.items())
    return (
        f"{_comment('#', sent)}import json\n{_import_os(sent)}import urllib.request\n\n"
        f"body = {literal(sent.body)}\n"
        f"request = urllib.request.Request(\n    {quoted(sent.url)},\n"
        f"    data=json.dumps(body).encode(),\n    headers={{\n{rows}    }},\n)\n"
        "with urllib.request.urlopen(request, timeout=600) as response:\n"
        '    for line in response:\n        print(line.decode(), end="", flush=True)\n'
    )


def python_sdk(sent: Sent) -> str:
    """Python with the provider's own SDK."""
    api = APIS[sent.api]
    client = api.sdk.format(key=key_of(sent), base_url=quoted(sent.base_url))
    call = CALLS.get(sent.api, arguments_of)
    return f"{_comment('#', sent)}{_import_os(sent)}\n{client}{call(f'client.{api.method}', sent)}"


def javascript(sent: Sent) -> str:
    """JavaScript for Node 18 and newer, as a module (`.mjs`)."""
    headers = {"content-type": "application/json", **sent.headers}
    rows = "".join(
        f"    {json.dumps(n)}: `{v.format(key=f'${{process.env.{sent.key_variable}}}')}`,\n"
        for n, v in headers.items()
    )
    return (
        f"{_comment('//', sent)}const body = {dumps(sent.body)};\n"
        f"const response = await fetch({json.dumps(sent.url)}, {{\n"
        f'  method: "POST",\n  headers: {{\n{rows}  }},\n  body: JSON.stringify(body),\n}});\n'
        "for await (const chunk of response.body) process.stdout.write(chunk);\n"
    )


SNIPPETS: dict[str, Callable[[Sent], str]] = {
    "curl": curl,
    "python-sdk": python_sdk,
    "python-http": python_http,
    "javascript": javascript,
}


def _generate_content(method: str, sent: Sent) -> str:
    """The body in the SDK's three arguments; what streams is a method of its own."""
    body = dict(sent.body)
    contents = body.pop("contents", [])
    extra = {name: body.pop(name) for name in sent.extra if name in body}
    config = {**body.pop("generationConfig", {}), **body}
    if extra:
        config["http_options"] = {"extra_body": extra}
    arguments = {"model": sent.model, "contents": contents, "config": config}
    return _shown(f"{method}_stream" if sent.stream else method, arguments, sent.stream)


def arguments_of(method: str, sent: Sent) -> str:
    """A call with the body's fields as arguments, those without an argument of their own in `extra_body`."""
    own = {n: v for n, v in sent.body.items() if n.isidentifier() and n not in sent.extra}
    rest = {n: v for n, v in sent.body.items() if n not in own}
    return _shown(method, own | ({"extra_body": rest} if rest else {}), sent.stream)


CALLS: dict[str, Callable[[str, Sent], str]] = {"generate_content": _generate_content}
"""Door → how its SDK is called, where the body's fields are not the arguments."""


def _shown(function: str, arguments: Mapping[str, Any], stream: bool) -> str:
    rows = "".join(f"    {name}={literal(value, 1)},\n" for name, value in arguments.items())
    if stream:
        return (
            f"stream = {function}(\n{rows})\nfor event in stream:\n    print(event, flush=True)\n"
        )
    return f"response = {function}(\n{rows})\nprint(response)\n"


def literal(value: Any, depth: int = 0) -> str:
    """JSON data as Python source, indented by 4, short objects on one line."""
    if not isinstance(value, dict | list) or not value:
        return quoted(value) if isinstance(value, str) else repr(value)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, dict):
        rows = [f"{quoted(key)}: {literal(item, depth + 1)}" for key, item in value.items()]
    else:
        rows = [literal(item, depth + 1) for item in value]
    line = f"{opening}{', '.join(rows)}{closing}"
    if len(line) + 4 * depth <= 80 and "\n" not in line:
        return line
    pad = "    " * depth
    return f"{opening}\n" + "".join(f"{pad}    {row},\n" for row in rows) + f"{pad}{closing}"


def quoted(text: str) -> str:
    """Text as a Python literal, in double quotes where that needs no more escapes."""
    plain = repr(text)
    if plain.startswith("'") and '"' not in text and "\\'" not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def key_of(sent: Sent) -> str:
    """Where the key is, as a Python expression."""
    return f'os.environ["{sent.key_variable}"]' if sent.key_variable else '"none"'


def _import_os(sent: Sent) -> str:
    return "import os\n" if sent.key_variable else ""


def _python_header(value: str, sent: Sent) -> str:
    prefix, named, _ = value.partition("{key}")
    if not named:
        return quoted(value)
    return f"{quoted(prefix)} + {key_of(sent)}" if prefix else key_of(sent)


def commented(sent: Sent) -> str:
    """The notes as Python's comments."""
    return _comment("#", sent)


def _comment(mark: str, sent: Sent) -> str:
    return "".join(f"{mark} {note}\n" for note in sent.notes)


def _key_variable(endpoint: Endpoint) -> str | None:
    """The environment variable to name: the provider's own, or one made of the endpoint's name when it has a key."""
    named = settings.key_variables(endpoint.provider)
    if named:
        return named[0]
    if endpoint.key is None:
        return None
    name = re.sub(r"\W", "_", endpoint.provider, flags=re.ASCII).upper()
    return f"{'_' if name[:1].isdigit() else ''}{name}_API_KEY"


def _without_large_files(
    body: Mapping[str, Any], request: Request
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The body with large attachments replaced by a mark, and a sentence for each."""
    large = [
        part
        for message in request.messages
        for part in message.parts
        if isinstance(part, File) and len(part.data) > LARGE_FILE
    ]
    marks: dict[str, str] = {}
    notes = []
    for number, file in enumerate(large, 1):
        mark = f"<base64 of attachment {number}>"
        name = "".join(c if c.isprintable() else "?" for c in file.name)
        notes.append(
            f"Attachment {number} ({name}, {size(len(file.data))}) is left out: put its base64 in place of {mark}."
        )
        encoded = base64.b64encode(file.data).decode("ascii")
        marks |= {encoded: mark, encoded.replace("+", "-").replace("/", "_"): mark}
    replaced: dict[str, Any] = _replace(dict(body), marks) if marks else dict(body)
    return replaced, tuple(notes)


def _replace(value: Any, marks: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replace(item, marks) for key, item in value.items()}
    if isinstance(value, list):
        return [_replace(item, marks) for item in value]
    if isinstance(value, str):
        for encoded, mark in marks.items():
            value = value.replace(encoded, mark)
    return value
