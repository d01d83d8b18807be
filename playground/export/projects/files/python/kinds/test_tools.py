"""The program on the simulation."""

from __future__ import annotations

import main
from answer import Call, given
from functions import FUNCTIONS
from simulation import Simulated


class Program(Simulated):
    def test_functions_run_until_the_model_has_answered(self) -> None:
        answer = main.answer()
        self.assertEqual(answer.calls, [])
        self.assertTrue(answer.text)
        self.assertGreater(len(self.log()), 1)

    def test_a_function_that_fails_or_is_not_there_is_told_to_the_model(self) -> None:
        self.assertIn("error", main.perform(Call("1", "no_such_function", {})))

    def test_arguments_that_were_cut_off_are_told_to_the_model(self) -> None:
        name = next(iter(FUNCTIONS))
        self.assertIn("no JSON", main.perform(Call("1", name, given('{"city": "Lis'))))
