"""What goes wrong with a call, and what becomes of it: `python -m unittest` with the simulation running."""

from __future__ import annotations

import unittest

import calling
import errors
import settings
from answer import Answer, OnText
from simulation import KEY, PROJECT, Simulated, named, unseen


class Calls(Simulated):
    def ask(self, fault: str, on_text: OnText | None = None, *, mended: bool = False) -> Answer:
        """The request with a fault, which the first wait ends where it is `mended`."""
        body = named(unseen(settings.request()), PROJECT["model"] + fault)

        def pause(seconds: float) -> None:
            self.waited.append(seconds)
            if mended:
                body.update(named(body, PROJECT["model"]))

        calling.pause = pause
        return calling.ask(body, on_text)

    def test_a_rate_limit_is_waited_for_as_long_as_the_provider_asks(self) -> None:
        self.ask("~429", mended=True)
        self.assertEqual(self.waited, [2.0])
        self.assertEqual([line["status"] for line in self.log()], [429, 200])

    def test_a_rate_limit_that_lasts_ends_in_a_sentence(self) -> None:
        with self.assertRaises(errors.Refused) as caught:
            self.ask("~429")
        self.assertEqual(len(self.log()), settings.TRIES)
        self.assertIn("Try again later", str(caught.exception))

    def test_a_wrong_key_is_said_at_once_and_not_tried_again(self) -> None:
        with self.assertRaises(errors.Refused) as caught:
            self.ask("~401")
        self.assertTrue(caught.exception.wrong_key)
        self.assertEqual(self.waited, [])
        self.assertEqual(len(self.log()), 1)

    @unittest.skipUnless(PROJECT["stream"], "nothing streams")
    def test_a_stream_that_was_cut_is_asked_again(self) -> None:
        self.ask("~cut", mended=True)
        self.assertEqual([line["ended"] == "broken" for line in self.log()], [True, False])

    @unittest.skipUnless(PROJECT["stream"], "nothing streams")
    def test_what_was_shown_of_a_cut_stream_is_not_shown_twice(self) -> None:
        shown: list[str] = []
        try:
            self.ask("~cut", shown.append, mended=True)
        except errors.Broken:
            self.assertTrue(shown)
            self.assertEqual(self.waited, [])
        else:  # it was cut before the first word
            self.assertEqual(len(self.log()), 2)

    @unittest.skipIf(PROJECT["spending_limit_usd"] == "none", "no price is known")
    def test_over_the_spending_limit_nothing_is_sent(self) -> None:
        self.addCleanup(setattr, settings, "SPENDING_LIMIT_USD", settings.SPENDING_LIMIT_USD)
        settings.SPENDING_LIMIT_USD = "0"
        with self.assertRaises(errors.OverLimit):
            self.ask("")
        self.assertEqual(self.log(), [])

    def test_the_log_has_figures_and_no_secret(self) -> None:
        self.ask("")
        (line,) = self.log()
        self.assertGreater(line["input_tokens"], 0)
        self.assertGreater(line["output_tokens"], 0)
        self.assertNotIn(KEY, settings.LOG.read_text())
