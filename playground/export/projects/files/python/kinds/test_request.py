"""The program on the simulation."""

from __future__ import annotations

import main
from simulation import Simulated


class Program(Simulated):
    def test_it_prints_the_answer_and_says_how_it_ended(self) -> None:
        answer = main.answer()
        self.assertTrue(answer.text or answer.calls)
        self.assertTrue(answer.finish)
