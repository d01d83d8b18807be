"""A link to a run: made by its owner alone, it leads there until it is withdrawn or the run is deleted."""

from __future__ import annotations

from playground.history.deleting import delete_runs
from playground.history.labels import Labels, owner_digest
from playground.history.sharing import BEGINS, all_links, run_shared, share, withdraw
from playground.history.writing import put
from playground.store.store import Store
from tests.history.runs import small_run

ANN, BOB = owner_digest("ann"), owner_digest("bob")


def kept(store: Store, number: int) -> str:
    """A run of Ann's."""
    run = small_run(number, day="2026-11-01")
    put(store, run, Labels(), owner="ann")
    return run.id


def test_a_link_leads_to_its_run_until_it_is_withdrawn(store: Store) -> None:
    first, second = kept(store, 1), kept(store, 2)
    token = share(store, first, owner=ANN) or ""
    assert token.startswith(BEGINS)
    assert len(token) >= len(BEGINS) + 32
    assert share(store, first, owner=ANN) == token, "one run has one link"
    other = share(store, second, owner=ANN) or ""
    assert other != token
    assert (run_shared(store, token), run_shared(store, other)) == (first, second)
    assert {link.token for link in all_links(store, owner=ANN)} == {token, other}
    assert [link.run_id for link in all_links(store, owner=ANN, run_id=first)] == [first]
    withdraw(store, token, owner=ANN)
    assert run_shared(store, token) is None
    assert [link.token for link in all_links(store, owner=ANN)] == [other]
    assert share(store, first, owner=ANN) not in (token, None), "shared again, it has another one"


def test_nobody_else_shares_withdraws_or_sees_it(store: Store) -> None:
    run = kept(store, 1)
    assert share(store, run, owner=BOB) is None
    assert share(store, "no such run", owner=ANN) is None
    token = share(store, run, owner=ANN) or ""
    withdraw(store, token, owner=BOB)
    assert run_shared(store, token) == run
    assert all_links(store, owner=BOB) == []


def test_a_run_that_is_deleted_has_no_link(store: Store) -> None:
    run = kept(store, 1)
    token = share(store, run, owner=ANN) or ""
    delete_runs(store, [run])
    assert run_shared(store, token) is None
    assert all_links(store, owner=ANN) == []


def test_what_is_no_link_leads_nowhere(store: Store) -> None:
    run = kept(store, 1)
    assert [run_shared(store, word) for word in (run, "", BEGINS, f"{BEGINS}%", f"{BEGINS}_")] == [
        None
    ] * 5
