"""Checks of what was measured and reported with an answer."""

from __future__ import annotations

import math

from playground.experiments.checks.asked import Asked, CheckError, Found


def cost(asked: Asked) -> Found:
    bound = asked.bound("US dollars")
    if asked.answer.cost is None:
        raise CheckError(f"`{asked.check.type}`: the cost of this answer is not known")
    paid = float(asked.answer.cost)
    return asked.yes(paid <= bound, f"${paid:g}, threshold ${bound:g}")


def _milliseconds(asked: Asked, seconds: float | None, what: str) -> Found:
    bound = asked.bound("milliseconds")
    if seconds is None:
        raise CheckError(f"`{asked.check.type}`: no {what} was measured for this answer")
    took = round(seconds * 1000, 6)
    return asked.yes(took <= bound, f"{took:g} ms, threshold {bound:g} ms")


def latency(asked: Asked) -> Found:
    return _milliseconds(asked, asked.answer.duration, "duration")


def time_to_first_text(asked: Asked) -> Found:
    return _milliseconds(asked, asked.answer.time_to_first_text, "time to first text")


def _tokens(asked: Asked, counted: int | None, what: str) -> Found:
    bound = asked.bound("tokens")
    if counted is None:
        raise CheckError(f"`{asked.check.type}`: the provider did not report {what}")
    return asked.yes(counted <= bound, f"{counted} {what}, threshold {bound:g}")


def input_tokens(asked: Asked) -> Found:
    return _tokens(asked, asked.answer.input_tokens, "input tokens")


def output_tokens(asked: Asked) -> Found:
    return _tokens(asked, asked.answer.output_tokens, "output tokens")


def _mean_log_prob(asked: Asked) -> float:
    log_probs = asked.answer.log_probs
    if not log_probs:
        raise CheckError(f"`{asked.check.type}`: the provider did not report log probabilities")
    total = 0.0
    for log_prob in log_probs:
        total += log_prob
    return total / len(log_probs)


def perplexity(asked: Asked) -> Found:
    found, bound = math.exp(-_mean_log_prob(asked)), asked.check.threshold
    if bound is None:
        return Found(True, 1.0, f"perplexity {found:.4g}")
    return asked.yes(found <= bound, f"perplexity {found:.4g}, threshold {bound:g}")


def perplexity_score(asked: Asked) -> Found:
    found, bound = 1 / (1 + math.exp(-_mean_log_prob(asked))), asked.check.threshold
    score = 1 - found if asked.inverse else found
    if bound is None:
        return Found(True, score, f"perplexity score {found:.4g}")
    reason = f"perplexity score {found:.4g}, threshold {bound:g}"
    return Found((found >= bound) is not asked.inverse, score, reason)


def finish_reason(asked: Asked) -> Found:
    wanted, reported = asked.needed_text(), asked.answer.finish_reason
    if not reported:
        return asked.yes(False, "the provider did not report a finish reason")
    return asked.yes(wanted.lower() == reported.lower(), f"finish reason {reported}")


def guardrails(asked: Asked) -> Found:
    reported = asked.answer.guardrails or {}
    if not reported.get("flagged"):
        return asked.yes(True, "nothing was flagged")
    part = (
        "prompt"
        if reported.get("flaggedInput")
        else "answer"
        if reported.get("flaggedOutput")
        else "content"
    )
    return asked.yes(False, str(reported.get("reason") or f"the {part} was flagged"))
