"""Blind votes on an experiment's answers: drawn from all, each case once, counted beside what the checks say."""

from __future__ import annotations

from playground.experiments import kept, votes
from playground.experiments.votes import Spot
from playground.store.store import Store
from tests.experiments.many import MODELS, filled, many_spec


def test_every_case_with_two_answers_comes_once_in_an_order_of_its_own(file_store: Store) -> None:
    experiment = filled(file_store, many_spec(30), quality=1.0)
    seen: list[Spot] = []
    while ballot := votes.next_ballot(file_store, experiment):
        assert len(ballot.candidates) >= votes.FEWEST
        seen.append(ballot.spot)
        votes.vote(file_store, experiment, ballot.spot, "tie")
    assert len(seen) == len(set(seen)) == 30
    assert [spot.case for spot in seen] != sorted(spot.case for spot in seen)


def test_the_order_of_answers_says_nothing_of_their_models(file_store: Store) -> None:
    experiment = filled(file_store, many_spec(60), quality=1.0)
    ballots = [votes.ballot(file_store, experiment, Spot(0, case, 0)) for case in range(60)]
    first = {ballot.candidates[0].model for ballot in ballots}
    assert first == set(MODELS)
    again = votes.ballot(file_store, experiment, Spot(0, 7, 0))
    assert again == ballots[7]  # drawn again it is the same one


def test_votes_are_counted_beside_the_verdicts_on_the_same_answers(file_store: Store) -> None:
    experiment = filled(file_store, many_spec(12), quality=1.0)
    winner = MODELS[1]
    for case in range(8):
        votes.vote(file_store, experiment, Spot(0, case, 0), "best", winner)
    votes.vote(file_store, experiment, Spot(0, 8, 0), "none")
    votes.vote(file_store, experiment, Spot(0, 9, 0), "tie")
    found = votes.opinions(file_store, experiment)
    assert found.votes == 10
    best = found.models[0]
    answers = {
        case: {
            c.model: c.passed
            for c in votes.ballot(file_store, experiment, Spot(0, case, 0)).candidates
        }
        for case in range(10)
    }
    with_it = [case for case in range(10) if winner in answers[case]]
    assert best.model == winner
    assert (best.won.count, best.won.of) == (
        sum(case < 8 for case in with_it),
        len(with_it),
    )
    assert best.passed.count == sum(answers[case][winner] is True for case in with_it)
    assert (best.tied, best.none) == (int(9 in with_it), int(8 in with_it))
    assert found.none_passed.of == 1


def test_a_vote_is_replaced_and_taken_back_and_goes_with_its_experiment(file_store: Store) -> None:
    experiment, spot = filled(file_store, many_spec(3), quality=1.0), Spot(0, 1, 0)
    votes.vote(file_store, experiment, spot, "none")
    votes.vote(file_store, experiment, spot, "tie")
    assert votes.opinions(file_store, experiment).votes == 1
    votes.take_back(file_store, experiment, spot)
    assert votes.opinions(file_store, experiment).votes == 0
    votes.vote(file_store, experiment, spot, "tie")
    kept.delete(file_store, experiment.seq)
    assert votes.opinions(file_store, experiment).votes == 0
