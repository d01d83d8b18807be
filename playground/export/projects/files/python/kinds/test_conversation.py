"""The program on the simulation."""

from __future__ import annotations

import main
from simulation import Simulated


class Program(Simulated):
    def test_every_turn_sends_all_before_it_again(self) -> None:
        answers = list(main.talk(["And why is that so?", "In one word?"]))
        self.assertTrue(all(answer.text for answer in answers))
        given = [line["input_tokens"] for line in self.log()]
        self.assertEqual(len(given), 3)
        self.assertEqual(given, sorted(set(given)))
