"""Sets of lanes are kept under a name, each owner's own."""

from __future__ import annotations

import pytest

from playground import lane_sets
from playground.store.store import Store


def test_a_set_is_kept_replaced_under_its_name_and_deleted(store: Store) -> None:
    assert lane_sets.save(store, " My  three ", "[1]", owner="") is False
    assert lane_sets.save(store, "Another", "[2]", owner="") is False
    assert lane_sets.save(store, "My three", "[3]", owner="") is True
    another, mine = lane_sets.all_sets(store, owner="")
    assert (another.name, mine.name, mine.lanes) == ("Another", "My three", "[3]")
    lane_sets.delete(store, another.id, owner="")
    assert lane_sets.all_sets(store, owner="") == [mine]


def test_nobody_sees_replaces_or_deletes_anothers_set(store: Store) -> None:
    lane_sets.save(store, "Mine", "[1]", owner="a")
    assert lane_sets.save(store, "Mine", "[2]", owner="b") is False
    (of_a,) = lane_sets.all_sets(store, owner="a")
    (of_b,) = lane_sets.all_sets(store, owner="b")
    lane_sets.delete(store, of_a.id, owner="b")
    assert (of_a.lanes, of_b.lanes) == ("[1]", "[2]")
    assert lane_sets.all_sets(store, owner="a") == [of_a]
    assert lane_sets.all_sets(store, owner="") == []


@pytest.mark.parametrize("name", ["", "  \n", "x" * (lane_sets.LONGEST_NAME + 1)])
def test_a_set_needs_a_name(store: Store, name: str) -> None:
    with pytest.raises(lane_sets.LaneSetError, match="needs a name"):
        lane_sets.save(store, name, "[]", owner="")
    assert lane_sets.all_sets(store, owner="") == []
