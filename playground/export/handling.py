"""Code that sends a request with the provider's SDK and handles what goes wrong: the snippet of the request, and a reaction around it."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import indent
from typing import NamedTuple

from playground.domain import APIS, Endpoint, Request
from playground.export.snippets import CALLS, arguments_of, commented, describe, key_of, quoted


class Errors(NamedTuple):
    """How one SDK names what goes wrong."""

    imports: str
    status: str
    """An answer with a status that is an error."""
    limited: str
    """The class of a 429, and the condition under which it is one."""
    limited_if: str
    server: str
    broken: str
    """Classes for a connection or stream that breaks off."""
    wait: str
    """Seconds that the answer asks to wait, as an expression of `error`; None or 0 where it says none."""
    finish: str
    """What an event says of how the answer ended, as an expression of `event`; None where it says nothing."""
    in_stream: str = ""
    """What makes an error of an event that tells one, where the SDK raises none."""


_SAME = {
    "status": "{m}.APIStatusError",
    "limited": "{m}.RateLimitError",
    "limited_if": "True",
    "server": "{m}.InternalServerError",
    "broken": "({m}.APIConnectionError, {m}.APIError, httpx2.HTTPError, ValueError)",
    "wait": 'float(error.response.headers.get("retry-after") or 0)',
}


def _named(module: str, finish: str) -> Errors:
    rest = {name: text.format(m=module) for name, text in _SAME.items()}
    return Errors(imports=f"import httpx2\nimport {module}\n", finish=finish, **rest)


_INTERACTIONS = _named(
    "errors", 'event.interaction.status if event.event_type == "interaction.completed" else None'
)._replace(
    imports="import httpx2\n"
    "from google.genai import _interactions_errors as errors  # not public: another version may move it\n",
    wait="0  # Google says it in the message",
    in_stream='if event.event_type == "error":\n    raise ValueError(event.error.message)\n',
)
_GOOGLE = Errors(
    imports="import httpx2\nfrom google.genai import errors\n",
    status="errors.APIError",
    limited="errors.ClientError",
    limited_if="error.code == 429",
    server="errors.ServerError",
    broken="(errors.APIError, httpx2.HTTPError, ValueError)",
    wait="0  # Google says it in the body: details, RetryInfo, retryDelay",
    finish="event.candidates and event.candidates[0].finish_reason",
)
ERRORS: Mapping[str, Errors] = {
    "responses": _named(
        "openai",
        'event.response.status if event.type in ("response.completed", "response.incomplete") else None',
    ),
    "chat": _named("openai", "event.choices and event.choices[0].finish_reason"),
    "compatible": _named("openai", "event.choices and event.choices[0].finish_reason"),
    "messages": _named(
        "anthropic", 'event.delta.stop_reason if event.type == "message_delta" else None'
    ),
    "generate_content": _GOOGLE,
    "interactions": _INTERACTIONS,
}
"""Door → how its SDK names what goes wrong."""

REACTIONS: Mapping[str, str] = {
    "mend": """\
try:
    ask()
except {e.status} as error:
    raise SystemExit(f"Sending it again would not help: {{error}}")
""",
    "wait": """\
for attempt in range(5):
    try:
        ask()
        break
    except {e.limited} as error:
        if not {e.limited_if}:
            raise
        asked_for = {e.wait}
        time.sleep(asked_for or 2**attempt + random.random())
""",
    "retry": """\
for attempt in range(5):
    try:
        ask()
        break
    except {e.server}:
        time.sleep(2**attempt + random.random())  # the longer it lasts, the longer the pause
else:
    raise SystemExit("The provider is still busy: try another model, or later.")
""",
    "broken": """\
try:
    ask()
except {e.broken} as error:
    raise SystemExit(f"The answer broke off. What came is not all, and may be billed: {{error}}")
""",
    "silent": """\
# Give up after 20 s without a byte, not after the SDK's ten minutes.
try:
    ask()
except {e.broken} as error:
    raise SystemExit(f"Nothing came for 20 s: {{error}}")
""",
    "finish": """\
for event in ask():
    print(event, flush=True)
    if finish := ({e.finish}):
        print("It ended so:", finish)  # only a normal end is a whole answer
""",
}
"""Reaction → the code around a call named `ask`."""
PATIENCE = {
    "responses": "client = client.with_options(timeout=20.0)\n",
    "chat": "client = client.with_options(timeout=20.0)\n",
    "compatible": "client = client.with_options(timeout=20.0)\n",
    "messages": "client = client.with_options(timeout=20.0)\n",
}
"""Door → how its client is told to give up early; Google's is told where it is made."""


LOOP = "for event in stream:\n"
"""Where the snippet reads a stream."""


def handling(request: Request, endpoint: Endpoint, reaction: str) -> str:
    """The request as Python with the provider's SDK, and this reaction around it; KeyError for a door without its errors."""
    sent = describe(request, endpoint)
    errors, api = ERRORS[sent.api], APIS[sent.api]
    client = api.sdk.format(key=key_of(sent), base_url=quoted(sent.base_url))
    if reaction == "silent":
        client = client.replace('"timeout": 600_000', '"timeout": 20_000')
        client += PATIENCE.get(sent.api, "")
    call = CALLS.get(sent.api, arguments_of)(f"client.{api.method}", sent)
    if errors.in_stream:
        call = call.replace(LOOP, LOOP + indent(errors.in_stream, "    "))
    if reaction == "finish" and sent.stream:
        call = call.partition(LOOP)[0] + "return stream\n"
    return (
        f"{commented(sent)}import os\nimport random\nimport time\n\n{errors.imports}{client}\n\n"
        f"def ask():\n{indent(call, '    ')}\n\n{REACTIONS[reaction].format(e=errors)}"
    )
