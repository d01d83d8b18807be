"""The program on the simulation."""

from __future__ import annotations

import calling
import main
from answer import Answer, Usage
from simulation import Simulated


class Program(Simulated):
    def test_the_answer_holds_to_the_schema(self) -> None:
        self.assertIsNotNone(main.answer())

    def test_other_json_and_no_json_are_not_taken(self) -> None:
        self.addCleanup(setattr, main, "ask", calling.ask)
        for text in ("[[[]]]", "Sorry, I can't."):
            main.ask = lambda body, text=text: Answer(text, "completed", Usage(), [])
            with self.assertRaises(main.NotByTheSchema):
                main.answer()
