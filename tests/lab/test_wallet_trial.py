"""By key and by a ChatGPT plan on the simulation: the real SDK, and the refusals that OpenAI documents for the plan's path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from playground.domain import Endpoint, Message, ModelRef, Request, Secret, Settings, Text
from playground.engine import Engine
from playground.lab import wallet_trial
from playground.lab.wallets import wallets
from playground.providers import Call

SOL = ModelRef.parse("openai:gpt-6.1-sol")


def test_the_plain_request_is_answered_by_both_and_each_refused_field_by_the_key_at_most(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    work = engine.submit(lambda pool: wallet_trial.trial(SOL, where["openai"], pool=pool))
    plain, *others = work.result(60)
    assert (plain.by_key, plain.by_plan, plain.refused) == ("answered", "answered", False)
    fields = {rule.field or rule.what for rule in wallets()[1].rules if rule.effect == "refused"}
    assert {one.what for one in others} == fields - {"system"}
    for one in others:
        assert "subscription_sharing_unsupported_capability" in one.by_plan, one.what
        assert f"'{one.what}'" in one.by_plan
        assert "subscription_sharing" not in one.by_key
    assert next(one for one in others if one.what == "max_output_tokens").by_key == "answered"


def asked(engine: Engine, request: Request, endpoint: Endpoint) -> str | None:
    """The provider's code of the refusal; None where it was answered."""

    async def run(pool: object) -> str | None:
        call = Call(request, endpoint, pool=pool)  # type: ignore[arg-type]
        await call.run()
        failure = call.response().failure
        return failure.code if failure else None

    return engine.submit(run).result(30)


PLAIN = Request.ask(SOL, "Hi")
UNSUPPORTED = "subscription_sharing_unsupported_capability"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (PLAIN, None),
        (replace(PLAIN, system="Be short."), None),  # instructions, not a message
        (replace(PLAIN, stream=False), UNSUPPORTED),
        (replace(PLAIN, settings=Settings(extra={"store": True})), UNSUPPORTED),
        (replace(PLAIN, server_tools=("code_execution",)), UNSUPPORTED),
        (replace(PLAIN, model=ModelRef.parse("openai/chat:gpt-6.1-sol")), UNSUPPORTED),
        (
            replace(
                PLAIN,
                settings=Settings(extra={"input": [{"role": "system", "content": "x"}]}),
            ),
            UNSUPPORTED,
        ),
    ],
)
def test_what_the_plans_path_needs_and_lacks(
    engine: Engine, where: Mapping[str, Endpoint], request_: Request, code: str | None
) -> None:
    assert asked(engine, request_, replace(where["openai"], key=wallet_trial.TOKEN)) == code
    assert isinstance(request_.messages[0], Message)
    assert isinstance(request_.messages[0].parts[0], Text)


def test_a_plan_that_is_used_up_is_no_reason_to_use_the_key(
    engine: Engine, where: Mapping[str, Endpoint]
) -> None:
    spent = replace(where["openai"], key=Secret("demo-plan-token-used-up"))
    assert asked(engine, PLAIN, spent) == "subscription_sharing_usage_limit_exceeded"
