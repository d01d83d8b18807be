"""What was made at providers: listed, and deleted, also after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from playground import created
from playground.created import Created
from playground.domain import Endpoint
from playground.domain.nouns import jsonable
from playground.providers import ProviderError, leftovers
from playground.providers.talking import Talk
from playground.store.store import Store
from playground.wire import Pool

NO_ID = (
    "The provider was asked for it and never answered: if it is there, its own console lists it."
)


async def delete(store: Store, one: Created, endpoints: Mapping[str, Endpoint], pool: Pool) -> str:
    """Delete one thing at its provider and note that it is gone; why it could not be, or nothing."""
    if not one.remote_id:
        await asyncio.to_thread(created.forget, store, one.id)
        return ""
    endpoint = endpoints.get(one.provider)
    if endpoint is None:
        return f"{one.provider} has no endpoint here: add its key first."
    if endpoint.simulated != one.simulated:
        made, now = ("the demo", "the real API") if one.simulated else ("the real API", "the demo")
        if one.simulated:  # the demo forgets when it ends
            await asyncio.to_thread(created.mark_gone, store, one.provider, one.remote_id)
            return ""
        return f"It was made at {made}, and {now} is asked now."
    try:
        await leftovers.delete(Talk(endpoint, pool), one.kind, one.remote_id)
    except ProviderError as error:
        return error.failure.message or error.failure.meaning
    await asyncio.to_thread(created.mark_gone, store, one.provider, one.remote_id)
    return ""


def document(found: list[Created]) -> list[dict[str, Any]]:
    """As JSON values."""
    return [{**jsonable(replace(one)), "note": "" if one.remote_id else NO_ID} for one in found]
