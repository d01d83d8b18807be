"""The path that a ChatGPT plan pays for: what it refuses of a request, as OpenAI documents it for local tools.

An access token of "Sign in with ChatGPT" is told here by a word in it. Which fields it refuses is written down once, in
lab/wallets.yaml, with sources and dates.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.demo.ask import Refused

WALLETS = Path(__file__).parents[1] / "lab" / "wallets.yaml"
PLAN = "plan-token"
"""In a key: it stands for the access token of a plan."""
USED_UP = "used-up"
"""In such a token: the plan's allowance is spent."""
UNSUPPORTED = "subscription_sharing_unsupported_capability"
SPENT = "subscription_sharing_usage_limit_exceeded"
DOOR = "openai_responses"
"""The only one that the path opens."""
NEEDED: Mapping[str, Any] = {"store": False, "stream": True}


def pays(key: str) -> bool:
    """Whether a plan would pay for a request with this key."""
    return PLAN in key


@functools.cache
def rules() -> dict[str, str]:
    """Field or tool → `refused`, `needed` or `missing`."""
    import yaml

    loaded = yaml.load(WALLETS.read_text("utf-8"), Loader=yaml.CSafeLoader)
    rows = next(wallet["rules"] for wallet in loaded["wallets"] if wallet["name"] == "chatgpt")
    return {row.get("field", row["what"]): row["effect"] for row in rows}


def check(door: str, body: Mapping[str, Any], action: str) -> None:
    """Raise Refused for the first thing that this path does not take."""
    if door != DOOR or action == "count":
        raise _unsupported("Only POST /v1/responses is available with this token.", None)
    for name, effect in rules().items():
        if effect == "refused" and body.get(name) is not None:
            raise _unsupported(f"'{name}' is not supported with a ChatGPT plan.", name)
        if effect == "needed" and name in NEEDED and body.get(name) is not NEEDED[name]:
            said = str(NEEDED[name]).lower()
            raise _unsupported(f"'{name}' must be {said} with a ChatGPT plan.", name)
    given = body.get("input")
    if not isinstance(given, list):
        raise _unsupported("'input' must be an array with a ChatGPT plan.", "input")
    if any(isinstance(item, Mapping) and item.get("role") == "system" for item in given):
        raise _unsupported("Messages with the role 'system' are not supported.", "input")
    for tool in body.get("tools") or ():
        kind = str(tool.get("type")) if isinstance(tool, Mapping) else ""
        if rules().get(kind) == "missing":
            raise _unsupported(f"The tool '{kind}' is not available.", "tools")


def spent(key: str) -> None:
    """Raise Refused where the plan has nothing left."""
    if USED_UP in key:
        raise Refused("429", "The usage limit of this plan has been reached.", None, SPENT)


def _unsupported(message: str, param: str | None) -> Refused:
    return Refused("invalid", message, param, UNSUPPORTED)
