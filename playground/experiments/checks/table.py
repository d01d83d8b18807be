"""What an answer can be checked for: adding a check is adding a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from playground.experiments.checks import (
    calls,
    expression,
    html,
    json_checks,
    judged,
    measures,
    overlap,
    refusal,
    similar,
    texts,
    xml,
)
from playground.experiments.checks.asked import Asked, Found


class Kind(NamedTuple):
    """A row: the type as a spec names it, what it does in a sentence, and what it needs."""

    type: str
    does: str
    value: str
    """What is expected as its value; empty for none."""
    threshold: str
    """What its threshold is, and its default; empty where it has none."""
    find: Callable[[Asked], Found]
    asks: bool = False
    """Whether it asks a model, which costs."""


_TEXT = "a text or a number"
_TEXTS = "a list, or a text with commas"
_SCHEMA = "nothing, or a JSON Schema (draft-07)"
_PATHS = "nothing, or paths that must be there: `a.b, a.c`"
_COUNT = "a number, or `{min, max}`"
_NEEDED = "needed"

CHECKS: Final = (
    Kind("contains", "The text is in the answer.", _TEXT, "", texts.contains),
    Kind("icontains", "The text is in the answer, in small or large letters.", _TEXT, "", texts.icontains),
    Kind("contains-any", "One of the texts is in the answer.", _TEXTS, "", texts.contains_any),
    Kind("icontains-any", "One of the texts is in the answer, in small or large letters.", _TEXTS, "", texts.icontains_any),
    Kind("contains-all", "All of the texts are in the answer.", _TEXTS, "", texts.contains_all),
    Kind("icontains-all", "All of the texts are in the answer, in small or large letters.", _TEXTS, "", texts.icontains_all),
    Kind("equals", "The answer is exactly this; a mapping or list is compared as JSON.", "anything", "", texts.equals),
    Kind("starts-with", "The answer starts with the text.", "a text", "", texts.starts_with),
    Kind("ends-with", "The answer ends with the text.", "a text", "", texts.ends_with),
    Kind("regex", "The pattern is found in the answer, as JavaScript reads it, without flags.", "a pattern", "", texts.matches),
    Kind("is-json", "The whole answer is JSON, and conforms to the schema.", _SCHEMA, "", json_checks.is_json),
    Kind("contains-json", "A JSON object is in the answer, and conforms to the schema.", _SCHEMA, "", json_checks.contains_json),
    Kind("json-path", "The value at `config.path` is this, or is there at all.", "nothing, or a value", "", json_checks.json_path),
    Kind("is-xml", "The whole answer is well-formed XML with these elements.", _PATHS, "", xml.is_xml),
    Kind("contains-xml", "XML with these elements is in the answer.", _PATHS, "", xml.contains_xml),
    Kind("is-html", "The whole answer is HTML.", "", "", html.is_html),
    Kind("contains-html", "There are signs of HTML in the answer.", "", "", html.contains_html),
    Kind("word-count", "The answer has so many words.", _COUNT, "", texts.word_count),
    Kind("length", "The answer has so many characters, counted in UTF-16 units.", _COUNT, "", texts.character_count),
    Kind("language", "The answer is in this language; told by letters and small words.", "codes or English names: `de`, `French`", "", texts.language),
    Kind("levenshtein", "At most so many changes of a character lie between answer and text.", "a text", "changes, 5", texts.levenshtein),
    Kind("similarity", "The answer is written nearly like the text (rapidfuzz's ratio).", "a text", "0 to 1, 0.75", texts.fuzzy),
    Kind("rouge-n", "The share of common words and marks (ROUGE-1, F1).", "a text", "0 to 1, 0.75", overlap.rouge_n),
    Kind("bleu", "The share of the answer's word sequences that a reference has (BLEU-4).", "a text or a list", "0 to 1, 0.5", overlap.bleu),
    Kind("gleu", "The share of common word sequences (Google-BLEU).", "a text or a list", "0 to 1, 0.5", overlap.gleu),
    Kind("cost", "The answer cost at most so much.", "", f"US dollars, {_NEEDED}", measures.cost),
    Kind("latency", "The whole answer took at most so long.", "", f"milliseconds, {_NEEDED}", measures.latency),
    Kind("time-to-first-text", "The first text came after at most so long.", "", f"milliseconds, {_NEEDED}", measures.time_to_first_text),
    Kind("input-tokens", "The prompt has at most so many tokens, as reported.", "", f"tokens, {_NEEDED}", measures.input_tokens),
    Kind("output-tokens", "The answer has at most so many tokens, as reported.", "", f"tokens, {_NEEDED}", measures.output_tokens),
    Kind("perplexity", "The model was at most so unsure of its words, by their log probabilities.", "", "perplexity, none", measures.perplexity),
    Kind("perplexity-score", "The model was at least so sure of its words.", "", "0 to 1, none", measures.perplexity_score),
    Kind("finish-reason", "The answer ended for this reason.", "`stop`, `length`, `tool_calls`, `content_filter` …", "", measures.finish_reason),
    Kind("guardrails", "The provider flagged neither prompt nor answer.", "", "", measures.guardrails),
    Kind("is-refusal", "The answer refuses, by English phrases or as the provider reports it.", "", "", refusal.is_refusal),
    Kind("is-valid-openai-tools-call", "Each tool call names an offered function and conforms to its parameters.", "", "", calls.valid_tools_call),
    Kind("is-valid-openai-function-call", "The function call names an offered function and conforms to its parameters.", "", "", calls.valid_function_call),
    Kind("is-valid-function-call", "The same, for any provider.", "", "", calls.valid_function_call),
    Kind("tool-call", "This function was called, with at least `config.arguments`.", "the function's name", "", calls.called),
    Kind("tool-call-f1", "These functions were called, and no others.", _TEXTS, "0 to 1, 1", calls.tool_call_f1),
    Kind("expression", "A Python expression over `output`, `text`, `vars` and `cost` is true, or is the score.", "an expression", "0 to 1, 1", expression.expression),
    Kind("llm-rubric", "A model finds that the answer satisfies the rubric.", "a rubric", "0 to 1, none", judged.by_model, True),
    Kind("model-graded-closedqa", "A model finds that the answer meets the criterion.", "a criterion", "0 to 1, none", judged.by_model, True),
    Kind("factuality", "A model finds no contradiction to the expert's answer.", "the right answer", "0 to 1, none", judged.by_model, True),
    Kind("model-graded-factuality", "The same as `factuality`.", "the right answer", "0 to 1, none", judged.by_model, True),
    Kind("g-eval", "A model's score by these criteria is high enough.", "criteria", "0 to 1, 0.7", judged.by_model, True),
    Kind("answer-relevance", "A model finds the answer relevant to the variable `query`.", "", "0 to 1, 0", judged.by_model, True),
    Kind("context-faithfulness", "A model finds the answer's statements in the variable `context`.", "", "0 to 1, 0.5", judged.by_model, True),
    Kind("context-recall", "A model finds these statements in the variable `context`.", "statements", "0 to 1, 0.5", judged.by_model, True),
    Kind("context-relevance", "A model finds the variable `context` needed for `query`.", "", "0 to 1, 0.5", judged.by_model, True),
    Kind("similar", "The answer means nearly the same as the text, by embeddings of the model `judge` (usually openai:text-embedding-3-large).", "a text or a list", "cosine, 0.75", similar.similar, True),
    Kind("similar:cosine", "The same as `similar`.", "a text or a list", "cosine, 0.75", similar.similar, True),
    Kind("similar:dot", "The same, by the dot product of the embeddings.", "a text or a list", "product, 0.75", similar.similar, True),
    Kind("similar:euclidean", "The same, by the distance of the embeddings, which is at most the threshold.", "a text or a list", "distance, 0.75", similar.similar, True),
    Kind("conversation-relevance", "A model finds the answer relevant to what was said before.", "the talk", "0 to 1, 0.5", judged.by_model, True),
)  # fmt: skip
KINDS: Final = {kind.type: kind for kind in CHECKS}

_CODE = "is code, and code from a file is never run. Use `contains`, `regex`, `is-json` with a schema or `expression`"
_TRACE = "needs promptfoo's traces, and there are none here. Use `tool-call` or `tool-call-f1`"
_SQL = "has no equal parser here, so that verdicts would differ. Use `contains`, `regex` or a model as judge"

LEFT_OUT: Final = {
    "is-sql": _SQL,
    "contains-sql": _SQL,
    "javascript": _CODE,
    "python": _CODE,
    "ruby": _CODE,
    "webhook": "sends answers to an address, which checks never do",
    "meteor": "throws on every input in promptfoo itself. Use `rouge-n`, `bleu` or `gleu`",
    "rouge-l": "throws in promptfoo itself. Use `rouge-n`",
    "rouge-s": "throws in promptfoo itself. Use `rouge-n`",
    "human": "is for people, and throws in promptfoo itself. Vote on the results page instead",
    "moderation": "needs another provider's moderation. Use `guardrails` or a model as judge",
    "classifier": "needs another provider's classifier. Use a model as judge",
    "pi": "needs another provider's scorer. Use `g-eval`",
    "search-rubric": "needs a judge that searches the web. Use `llm-rubric`",
    "agent-rubric": "needs a judge with tools. Use `llm-rubric`",
    "skill-used": _TRACE,
}
"""Types of promptfoo that are not here → why, and what to use instead."""

LEFT_OUT_STARTS: Final = {
    "similar:": "is no measure here. Use `similar:cosine`, `similar:dot` or `similar:euclidean`",
    "trace-": _TRACE,
    "trajectory:": _TRACE,
    "promptfoo:redteam:": "belongs to promptfoo's red team. Use `llm-rubric`",
}
"""The same, by how the type begins."""


def left_out(type_: str) -> str | None:
    """Why promptfoo's check of this type is not here, and what to use instead; None for any other."""
    starts = (why for start, why in LEFT_OUT_STARTS.items() if type_.startswith(start))
    return LEFT_OUT.get(type_) or next(starts, None)
