"""Jobs and what was made at providers, in each kind of database."""

from __future__ import annotations

from playground import created, jobs
from playground.store.store import Store


def test_what_is_made_is_written_down_before_it_has_an_id_and_marked_when_it_is_gone(
    store: Store,
) -> None:
    assert jobs.all_jobs(store, owner=None) == []
    assert created.all_created(store, owner=None) == []
    notes = created.Notebook(store, "openai", owner="", simulated=False)
    made = notes.making("cache", "prefix")
    assert [one.remote_id for one in created.all_created(store, owner="")] == [""]
    made("c1", None)
    created.mark_gone(store, "openai", "c1")
    assert created.all_created(store, owner="") == []
    assert [one.remote_id for one in created.all_created(store, owner="", gone=True)] == ["c1"]
