"""The same request by key and by a ChatGPT plan on the simulation: plain, and with each thing that the plan's path refuses."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from playground.domain import Endpoint, Failure, ModelRef, Request, Response, Secret, Settings
from playground.lab.wallets import Wallet, wallets
from playground.providers import Call
from playground.providers.plan_sign_in import Account, models, renewed
from playground.wire import Pool

TOKEN = Secret("demo-plan-token")
"""Stands for the access token of "Sign in with ChatGPT"; only the simulation knows it."""
PROMPT = "What is a token?"
PLAIN = "nothing: the plain request"
EXAMPLES: Mapping[str, Any] = {
    "max_output_tokens": 200,
    "temperature": 0.5,
    "top_p": 0.9,
    "top_logprobs": 1,
    "previous_response_id": "resp_1",
    "conversation": "conv_1",
    "background": False,
    "max_tool_calls": 3,
    "metadata": {"team": "docs"},
    "moderation": {"model": "omni-moderation-latest"},
    "multi_agent": {"enabled": False},
    "prompt": {"id": "pmpt_1"},
    "prompt_cache_retention": "24h",
    "safety_identifier": "user-1",
    "truncation": "auto",
    "user": "user-1",
}
"""Field → a value that the field may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one request with something in it came to, by both ways to pay."""

    what: str
    by_key: str
    by_plan: str
    """`answered`, or the refusal in the provider's words."""
    refused: bool
    """Whether the plan's path refused it."""


def requests(model: ModelRef, wallet: Wallet) -> Iterator[tuple[str, Request]]:
    """The plain request, then one with each field that the path refuses."""
    plain = Request.ask(model, PROMPT)
    yield PLAIN, plain
    for rule in wallet.rules:
        name = rule.field or rule.what
        if rule.effect == "refused" and name in EXAMPLES:
            yield name, replace(plain, settings=Settings(extra={name: EXAMPLES[name]}))


async def trial(model: ModelRef, endpoint: Endpoint, *, pool: Pool) -> list[Outcome]:
    """Every request by both ways; never raises. The endpoint must be the simulation's."""
    by_plan = replace(endpoint, key=TOKEN)
    chatgpt = next(wallet for wallet in wallets() if wallet.name == "chatgpt")
    found = []
    for what, request in requests(model, chatgpt):
        key, plan = await asyncio.gather(
            _asked(request, endpoint, pool), _asked(request, by_plan, pool)
        )
        found.append(
            Outcome(what=what, by_key=_said(key), by_plan=_said(plan), refused=plan is not None)
        )
    return found


async def _asked(request: Request, endpoint: Endpoint, pool: Pool) -> Failure | None:
    call = Call(request, endpoint, pool=pool)
    await call.run()
    return call.response().failure


def _said(failure: Failure | None) -> str:
    if failure is None:
        return "answered"
    code = f" ({failure.code})" if failure.code else ""
    return f"{failure.status}: {failure.message}{code}"


async def by_plan(
    account: Account, model: ModelRef, endpoint: Endpoint, *, pool: Pool
) -> tuple[Account, Response]:
    """The plain request paid by this account's plan, and the account with the token that is valid now.

    NotSignedIn where its token has ended. A plan that is used up is a failure of the response: no key is tried instead.
    """
    account = await renewed(account, pool=pool)
    call = Call(Request.ask(model, PROMPT), replace(endpoint, key=account.access), pool=pool)
    await call.run()
    return account, call.response()


async def models_of(
    account: Account, endpoint: Endpoint, *, pool: Pool
) -> tuple[Account, list[ModelRef]]:
    """The account with the token that is valid now, and the models that its plan may use; NotSignedIn where it does not say."""
    account = await renewed(account, pool=pool)
    found = await models(account, endpoint.base_url, pool=pool)
    return account, [ModelRef.parse(f"openai:{name}") for name in found]
