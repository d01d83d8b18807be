"""The program on the simulation."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import batch
import calling
import main
import wire
from errors import Broken, Problem, Refused
from simulation import PROJECT, Simulated


class Program(Simulated):
    def setUp(self) -> None:
        super().setUp()
        folder = TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        main.KEPT, main.RESULTS = Path(folder.name) / "batch.json", Path(folder.name) / "results"

    def test_every_line_is_answered_under_its_name(self) -> None:
        main.submit()
        while not main.status().over:
            time.sleep(0.3)
        found = main.results()
        self.assertEqual([one["id"] for one in found], [line["id"] for line in main.lines()])
        self.assertTrue(all(one["text"] and one["error"] is None for one in found))
        with self.assertRaises(Problem):
            main.submit()

    def test_a_wrong_key_submits_nothing(self) -> None:
        variable = PROJECT["key_variable"]
        self.addCleanup(os.environ.__setitem__, variable, os.environ[variable])
        os.environ[variable] = "a-wrong-key"
        forget = getattr(getattr(wire, "client", None), "cache_clear", lambda: None)
        self.addCleanup(forget)
        forget()
        with self.assertRaises(Refused) as caught:
            main.submit()
        self.assertTrue(caught.exception.wrong_key)
        self.assertFalse(main.KEPT.exists())

    def test_a_rate_limit_is_waited_for_and_a_broken_connection_makes_no_second_batch(self) -> None:
        self.addCleanup(setattr, batch, "submit", batch.submit)
        ends = iter([Refused(429, {"retry-after": "7"}, "{}"), Broken("It broke off.")])

        def submit(lines: object) -> str:
            raise next(ends)

        batch.submit = submit
        with self.assertRaises(Broken):
            calling.tried(lambda: batch.submit([]))
        self.assertEqual(self.waited, [7.0])
