"""A batch as each vendor writes it: its object, and its lines' answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playground.demo.batches import Answered, Batch, File, Phase, iso
from playground.demo.door import dumps

DAY = 86_400
NO_USAGE = {
    "input_tokens": 0,
    "output_tokens": 0,
    "total_tokens": 0,
    "input_tokens_details": {"cached_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}
OPENAI_WORDS = {
    "waiting": "validating",
    "running": "in_progress",
    "stopping": "cancelling",
    "done": "completed",
    "stopped": "cancelled",
    "refused": "failed",
}
OPENAI_MOMENTS = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling")


def openai_file(file: File) -> dict[str, Any]:
    """OpenAI's object of a file."""
    return {
        "object": "file",
        "id": file.id,
        "purpose": file.purpose,
        "filename": file.name,
        "bytes": len(file.data),
        "created_at": int(file.created),
        "expires_at": int(file.created) + 30 * DAY if file.purpose.startswith("batch") else None,
        "status": "processed",
        "status_details": None,
    }


def openai(batch: Batch, phase: Phase) -> dict[str, Any]:
    """OpenAI's object; its usage is zeros until the end."""
    counts = batch.counts()
    known = phase not in ("waiting", "refused") and not (phase == "stopped" and not batch.answers)
    word = OPENAI_WORDS[phase]
    if phase == "done" and batch.expired:
        word = "expired"
    created = int(batch.created)
    moments = {f"{name}_at": None for name in OPENAI_MOMENTS}
    ended = {f"{word}_at": created + 1} if word not in ("validating", "cancelled") else {}
    started = {"in_progress_at": created + 1} if known else {}
    return {
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.more["endpoint"],
        "model": batch.model if known else None,
        "errors": {"object": "list", "data": batch.errors} if batch.errors else None,
        "input_file_id": batch.more["input_file_id"],
        "completion_window": batch.more["completion_window"],
        "status": word,
        "output_file_id": batch.files.get("output"),
        "error_file_id": batch.files.get("error"),
        "created_at": created,
        "expires_at": created + DAY,
        **moments,
        "cancelled_at": created + 1 if word == "cancelled" else None,
        **started,
        **ended,
        "request_counts": {
            "total": len(batch.lines) if known else 0,
            "completed": counts["succeeded"],
            "failed": counts["errored"] + counts["expired"],
        },
        "usage": _used(batch) if phase == "done" else NO_USAGE,
        "metadata": batch.more.get("metadata"),
    }


def _used(batch: Batch) -> dict[str, Any]:
    """All answers' tokens; Chat's names are others."""
    found = [a.body.get("usage") or {} for a in batch.answers or () if a.status == 200]
    given = sum(u.get("input_tokens", u.get("prompt_tokens", 0)) for u in found)
    made = sum(u.get("output_tokens", u.get("completion_tokens", 0)) for u in found)
    read = sum(
        (u.get("input_tokens_details") or u.get("prompt_tokens_details") or {}).get(
            "cached_tokens", 0
        )
        for u in found
    )
    thought = sum(
        (u.get("output_tokens_details") or u.get("completion_tokens_details") or {}).get(
            "reasoning_tokens", 0
        )
        for u in found
    )
    return {
        "input_tokens": given,
        "output_tokens": made,
        "total_tokens": given + made,
        "input_tokens_details": {"cached_tokens": read},
        "output_tokens_details": {"reasoning_tokens": thought},
    }


def openai_files(batch: Batch) -> dict[str, bytes]:
    """The file of answers and that of lines without one."""
    found: dict[str, list[bytes]] = {"output": [], "error": []}
    for number, answer in enumerate(batch.answers or ()):
        id = f"batch_req_{batch.id[6:30]}{number:04d}"
        row: dict[str, Any] = {"id": id, "custom_id": answer.key, "response": None, "error": None}
        if answer.status is None:
            said = "This request could not be executed before the completion window expired."
            row["error"] = {"code": "batch_expired", "message": said}
        else:
            row["response"] = {"status_code": answer.status, "request_id": id, "body": answer.body}
        found["output" if answer.status == 200 else "error"].append(dumps(row) + b"\n")
    return {kind: b"".join(lines) for kind, lines in found.items() if lines}


def anthropic(batch: Batch, phase: Phase, address: str) -> dict[str, Any]:
    """Anthropic's object; all lines count as processing until it has ended."""
    over = phase in ("done", "stopped")
    counts = batch.counts() if over else dict.fromkeys(batch.counts(), 0)
    word = {"stopping": "canceling"}.get(phase, "ended" if over else "in_progress")
    return {
        "id": batch.id,
        "type": "message_batch",
        "processing_status": word,
        "request_counts": {"processing": 0 if over else len(batch.lines), **counts},
        "ended_at": iso(batch.created + 1) if over else None,
        "created_at": iso(batch.created),
        "expires_at": iso(batch.created + DAY),
        "archived_at": None,
        "cancel_initiated_at": iso(batch.created) if batch.cancelled is not None else None,
        "results_url": f"{address}/{batch.id}/results" if over else None,
    }


def anthropic_lines(batch: Batch) -> bytes:
    """The results as JSON Lines."""
    found = {answer.key: answer for answer in batch.answers or ()}
    rows = ({"custom_id": k, "result": _result(found.get(k))} for k, _ in batch.lines)
    return b"".join(dumps(row) + b"\n" for row in rows)


def _result(answer: Answered | None) -> dict[str, Any]:
    if answer is None:
        return {"type": "canceled"}
    if answer.status is None:
        return {"type": "expired"}
    if answer.status != 200:
        return {"type": "errored", "error": answer.body}
    usage = {**answer.body.get("usage", {}), "service_tier": "batch"}
    return {"type": "succeeded", "message": {**answer.body, "usage": usage}}


GEMINI_WORDS = {
    "waiting": "PENDING",
    "running": "RUNNING",
    "stopping": "RUNNING",
    "done": "SUCCEEDED",
    "stopped": "CANCELLED",
    "refused": "FAILED",
}
TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch"
CODES = {400: 3, 401: 16, 403: 7, 404: 5, 429: 8, 500: 13, 503: 14, 504: 4}


def gemini(batch: Batch, phase: Phase) -> dict[str, Any]:
    """Google's operation; counts are text, and what is not counted yet is left out."""
    counts = batch.counts()
    over = phase in ("done", "stopped", "refused")
    stats = {"requestCount": f"{len(batch.lines)}"}
    if not over:
        stats["pendingRequestCount"] = f"{len(batch.lines)}"
    if phase == "done":
        wrong = counts["errored"] + counts["expired"]
        seen = {"successfulRequestCount": counts["succeeded"], "failedRequestCount": wrong}
        stats |= {name: f"{count}" for name, count in seen.items() if count}
    moment = iso(batch.created)
    told: dict[str, Any] = {
        "@type": TYPE,
        "model": f"models/{batch.model}",
        "displayName": batch.title,
        "inputConfig": batch.more.get("inputConfig", {}),
        "createTime": moment,
        "updateTime": moment,
        "batchStats": stats,
        "state": f"BATCH_STATE_{GEMINI_WORDS[phase]}",
        "name": batch.id,
    }
    found: dict[str, Any] = {"name": batch.id, "metadata": told}
    if over:
        told["endTime"] = iso(batch.created + 1)
        found["done"] = True
    if phase == "done":
        output = _gemini_output(batch)
        told["output"] = output
        found["response"] = {"@type": f"{TYPE}Output", **output}
    return found


def _gemini_output(batch: Batch) -> dict[str, Any]:
    if "output" in batch.files:
        return {"responsesFile": batch.files["output"]}
    rows = [{**_gemini_row(a), "metadata": {"key": a.key}} for a in batch.answers or ()]
    return {"inlinedResponses": {"inlinedResponses": rows}}


def _gemini_row(answer: Answered) -> dict[str, Any]:
    if answer.status == 200:
        return {"response": answer.body}
    status = 504 if answer.status is None else answer.status
    said = (answer.body.get("error") or {}).get("message") or "Deadline expired before operation."
    return {"error": {"code": CODES.get(status, 2), "message": said}}


def gemini_lines(batch: Batch) -> bytes:
    """The answers as JSON Lines, for a batch whose requests came in a file."""
    rows = ({"key": a.key, **_gemini_row(a)} for a in batch.answers or ())
    return b"".join(dumps(row) + b"\n" for row in rows)


FILES: dict[str, Callable[[Batch], dict[str, bytes]]] = {
    "openai": openai_files,
    "anthropic": lambda batch: {},
    "gemini": lambda batch: {"output": gemini_lines(batch)} if batch.more.get("in_file") else {},
}
"""What a batch that is over leaves as files."""
