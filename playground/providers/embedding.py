"""One call for the embeddings of several texts: what a Call is, with vectors for an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from playground.domain import Endpoint, Failure, Request, Response, Text, Usage
from playground.providers import openai_sdk, outcome
from playground.providers.mapping import read_json
from playground.providers.masking import masked
from playground.providers.sdk import over
from playground.wire import Pool, Recorder
from playground.wire.limits import Endless

Vector = Sequence[float]


class Embedding:
    """Asks an endpoint that speaks OpenAI's `/embeddings`. Each text of the request's messages is one input.

    `told` gets the vectors, in the order of the texts, where the answer holds them.
    """

    def __init__(
        self,
        request: Request,
        endpoint: Endpoint,
        *,
        pool: Pool,
        told: Callable[[list[Vector]], None],
        gate: Callable[[], Awaitable[None]] | None = None,
        queued_at: float | None = None,
        **watching: Any,
    ) -> None:
        self.request, self.endpoint = request, endpoint
        self.failure: Failure | None = None
        self._told, self._hosted = told, pool.hosted
        self._model: str | None = None
        self._usage = Usage()
        pool.allow(endpoint)
        self._recorder = Recorder(
            pool,
            base_url=endpoint.base_url,
            secrets=(endpoint.key,),
            gate=gate,
            queued_at=queued_at,
        )

    async def run(self) -> None:
        """Run to the end. Every failure becomes `failure`; only a cancellation passes, the connection closed."""
        recorder, provider = self._recorder, self.request.model.provider
        try:
            self.failure = outcome.refused_here(self.endpoint, hosted=self._hosted)
            if self.failure is None:
                await self._send()
                self.failure = self._read(provider)
        except Exception as error:
            silence = self.request.timeout
            self.failure = outcome.broken(recorder, provider, error, silence=silence)
        finally:
            await recorder.aclose()
            if self.failure is not None:
                self.failure = outcome.told(recorder, self.endpoint, self.failure)

    async def _send(self) -> None:
        parts = (part for message in self.request.messages for part in message.parts)
        texts = [part.text for part in parts if isinstance(part, Text)]
        try:
            with over(self._recorder):
                await openai_sdk.embed(
                    self.request.model.model, texts, self.endpoint, self.request.timeout
                )
        except Exception:
            if self._recorder.error is not None or self._recorder.status is None:
                raise

    def _read(self, provider: str) -> Failure | None:
        recorder = self._recorder
        if recorder.status is None or not 200 <= recorder.status < 300:
            return outcome.of_status(recorder, provider)
        body = recorder.body or b""
        try:
            said = read_json(body)
            rows = sorted(said["data"], key=lambda row: int(row["index"]))
            vectors: list[Vector] = [[float(x) for x in row["embedding"]] for row in rows]
        except (ValueError, KeyError, TypeError, Endless):
            return outcome.unreadable(recorder, provider, body)
        self._model = said.get("model")
        self._usage = openai_sdk.embedded_usage(said.get("usage"))
        self._told(vectors)
        return None

    def response(self, failure: Failure | None = None) -> Response:
        """What came of it, without the vectors; `failure` says why it ends here, when the caller knows better."""
        recorder = self._recorder
        response = Response(
            model=self.request.model,
            response_model=self._model,
            usage=self._usage,
            timing=recorder.timing(),
            failure=failure or self.failure,
            exchange=recorder.exchange(),
            streamed=False,
            simulated=self.endpoint.simulated,
        )
        return masked(response, recorder.redactor)

    end = response
    large = True
    """Its body is numbers: looked through for secrets on another thread than the loop's."""
