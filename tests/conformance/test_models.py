"""Recorded models endpoints: our list, page by page, is the recorded one, with its limits; a failure is read as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from playground.lab.models import compare
from playground.providers import read_list, read_model
from playground.providers.models import Listing
from playground.wire import Pool
from tests.conformance.sequences import Replay, Serve, endpoint, load, sequences

PATHS = sequences("models")


def works(sequence: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """Each piece of work and its steps: the pages of one list are one piece."""
    found: list[tuple[str, list[int]]] = []
    more = False
    for number, (op, facts) in enumerate(
        zip(sequence["expected"]["ops"], sequence["expected"]["steps"], strict=True)
    ):
        if op == "models.list" and more:
            found[-1][1].append(number)
        else:
            found.append((op, [number]))
        more = bool(facts.get("has_more") or facts.get("next_page_token"))
    return found


@pytest.mark.skipif(not PATHS, reason="needs the recorded sequences beside the repository")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
async def test_a_models_endpoint_as_recorded(path: Path, serve: Serve, pool: Pool) -> None:
    sequence = load(path)
    replay = Replay(sequence["steps"])
    where = await endpoint(serve, sequence["provider"], replay)
    for op, steps in works(sequence):
        facts = [sequence["expected"]["steps"][number] for number in steps]
        if op == "models.list":
            listing = await read_list(where, pool=pool)
        else:
            name = sequence["steps"][steps[0]]["request"]["url"].partition("?")[0]
            listing = await read_model(where, name.rpartition("/models/")[2], pool=pool)
        check(listing, facts)
    assert replay.left == []


def check(listing: Listing, facts: list[dict[str, Any]]) -> None:
    if "error" in facts[-1]:
        error = facts[-1]["error"]
        assert listing.failure is not None
        assert listing.failure.status == error["http_status"]
        assert error["message"] in listing.failure.message
        return
    assert listing.failure is None
    assert not listing.cut
    assert listing.nameless == ()
    ids = [id for one in facts for id in one.get("ids") or [one.get("id") or one["name"]]]
    assert [model.id for model in listing.models] == [id.removeprefix("models/") for id in ids]
    limits = {id: pair for one in facts for id, pair in (one.get("limits") or {}).items()}
    for model in listing.models:
        given = limits.get(model.id) or limits.get(f"models/{model.id}")
        if given:
            assert [model.context, model.max_output] == given
        assert set(model.row) >= {path.partition(".")[0] for path in model.unread}
        for name, value in model.told.items():
            assert value is not None, name
    against(listing, limits)


def against(listing: Listing, limits: dict[str, list[int]]) -> None:
    """Every model is in one place of the comparison, and a limit that differs is the recorded one."""
    found = compare(listing)
    differ = {one.model for one in found.differences}
    places = (*differ, *found.only_there, *found.other_kinds)
    assert len(set(places)) == len(places)
    assert len(places) + found.same == len(listing.models)
    for one in found.differences:
        assert one.there != one.here
        recorded = limits.get(one.model) or limits.get(f"models/{one.model}")
        if recorded and one.what in ("window", "most output"):
            assert one.there == recorded[one.what == "most output"]
