"""What is to be thought of an answer that came to its end: whether it is one, and whether its counts can be."""

from __future__ import annotations

from dataclasses import replace

from playground.domain import Failure, Part, Reasoning, Text
from playground.domain.ending import ended_as
from playground.providers.complaint import Complaint
from playground.providers.draft import Draft, apart
from playground.providers.failures import provider_failure

_NO_ZERO = "The server reports 0 {what} tokens beside this answer, which can't be: they are taken as not reported."


def failed(draft: Draft) -> Failure | None:
    """Why an answer that ended in order is none: the provider's word for its end is an error, or there is nothing in it."""
    word, state = draft.finish_reason, ended_as(draft.finish_reason)
    if state == "failed":
        said = Complaint(
            message=f"The provider ended the answer with {word}.",
            code=_CODES.get(str(word).lower(), word),
        )
        return provider_failure(draft.provider, 200, said, {})
    over = state in ("done", "cut") and word not in _LATER
    if over and not _anything(draft) and not (_counted(draft) and word):
        said = Complaint(message="The answer is empty: nothing was written, called or counted.")
        return provider_failure(draft.provider, 200, said, {})
    return None


def _counted(draft: Draft) -> bool:
    """Whether output is counted, in the answer or in what is billed beside it (a summary of the talk)."""
    usage = draft.usage
    if usage is None:
        return False
    return any(one.output_tokens for one in (usage, *(also for _, also in usage.also_billed)))


_LATER = frozenset({"queued", "in_progress"})
"""The answer is still being made, and is fetched later."""
_CODES = {"insufficient_system_resource": "server_is_overloaded"}
"""Words for an end that mean the same as an error code."""


def tidy(draft: Draft) -> None:
    """Take counts of zero beside an answer as not reported, and say so; send no reasoning back as if it were the answer."""
    if draft.sent_text is not None:
        draft.turn[:] = [told for part in draft.turn for told in _apart(part)]
    usage = draft.usage
    if usage is None or not _written(draft):
        return
    if draft.reasoning_parts and usage.reasoning_output_tokens == 0:
        usage = replace(usage, reasoning_output_tokens=None)
    zero = []
    if usage.input_tokens == 0:
        zero.append("input")
        usage = replace(
            usage,
            input_tokens=None,
            cache_read_input_tokens=None,
            cache_write_input_tokens=None,
            input_tokens_by_modality={},
        )
    if usage.output_tokens == 0:
        zero.append("output")
        usage = replace(
            usage, output_tokens=None, reasoning_output_tokens=None, output_tokens_by_modality={}
        )
    if zero:
        draft.notes.append(_NO_ZERO.format(what=" and ".join(zero)))
    draft.usage = usage


def _apart(part: Part) -> tuple[Part, ...]:
    """A text with reasoning between tags as the two that it is."""
    if not isinstance(part, Text):
        return (part,)
    thought, said = apart(part.text)
    if (thought, said) == ("", part.text):
        return (part,)
    reasoning = (Reasoning(text=thought),) if thought else ()
    return (*reasoning, replace(part, text=said)) if said else reasoning


def _anything(draft: Draft) -> bool:
    return bool(_written(draft) or draft.server_tools or draft.citations)


def _written(draft: Draft) -> bool:
    return bool(
        draft.text_parts
        or draft.reasoning_parts
        or draft.refusal_parts
        or draft.tool_calls
        or draft.files
        or draft.choices
    )
