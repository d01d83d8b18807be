"""An MCP server, asked through the official client: its tools are listed and called; nothing else of MCP is used.

A server is a program on this computer (stdio) or an address (streamable HTTP). In hosted mode no program is started,
and an address is called only where the guard allows. The client lives on a thread of its own, so that a slow server
holds up nobody's stream.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import os
import shlex
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from playground.domain import Secret, Tool
from playground.wire import lines, open_pool
from playground.wire.guarded import MOST

CONNECT_SECONDS = 20.0
"""How long a server may take until it has told its tools."""
CALL_SECONDS = 60.0
LONGEST = 100_000
"""Characters of a result that are passed on to the model."""


class McpError(Exception):
    """The server can't be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool of a server gave."""

    text: str
    is_error: bool


class McpServer:
    """One connected server. Every method may be called from any thread; `close` ends it."""

    def __init__(self, where: str, *, hosted: bool = False, token: Secret | None = None) -> None:
        """Connect and list the tools; McpError when that fails. `where` is an address or a command line."""
        self.where = where.strip()
        self.remote = self.where.startswith(("http://", "https://"))
        if not self.where:
            raise McpError("Give the address of an MCP server, or the command that starts one.")
        if hosted and not self.remote:
            raise McpError(
                "Here only MCP servers with an address can be used: strangers may start no programs."
            )
        self.tools: tuple[Tool, ...] = ()
        self._hosted, self._token = hosted, token
        self._problem = ""
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="mcp", daemon=True)
        self._thread.start()
        if not self._ready.wait(CONNECT_SECONDS):
            self.close()
            raise McpError(f"The MCP server {self.where} did not answer in {CONNECT_SECONDS:g} s.")
        if self._problem:
            raise McpError(self._problem)

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Call one tool; what goes wrong is an Answer too, so that the model hears of it."""
        if self._problem:
            return Answer(f"error: {self._problem}", True)
        calling = asyncio.run_coroutine_threadsafe(self._call(name, arguments), self._loop)
        try:
            return calling.result(CALL_SECONDS)
        except concurrent.futures.TimeoutError:
            calling.cancel()
            return Answer(f"error: the tool did not answer in {CALL_SECONDS:g} s", True)
        except Exception as error:
            return Answer(f"error: {self._problem or _why(error)}", True)

    def close(self) -> None:
        """Disconnect, also from a server that has not answered yet, and end a program that was started."""
        loop, living = getattr(self, "_loop", None), getattr(self, "_living", None)
        if loop is not None and living is not None and not loop.is_closed():
            loop.call_soon_threadsafe(living.cancel)
        self._thread.join(10)
        self._token = None

    def _serve(self) -> None:
        try:
            asyncio.run(self._connected())
        except (
            BaseException
        ) as error:  # an ExceptionGroup too: the client runs its streams in task groups
            self._problem = self._problem or self._unusable(_why(error))
        finally:
            self._ready.set()

    def _unusable(self, why: str) -> str:
        return f"The MCP server {self.where} can't be used: {why}"

    def _endless(self) -> None:
        """A line of its program is too long: end it, rather than read on to throw away."""
        self._problem = self._unusable(f"a line of it is longer than {MOST:,} bytes.")
        if self._living is not None:
            self._loop.call_soon(self._living.cancel)

    async def _connected(self) -> None:
        from mcp import Client

        self._living, self._loop = asyncio.current_task(), asyncio.get_running_loop()
        async with AsyncExitStack() as stack:
            client = Client(await self._transport(stack))
            self._client = await stack.enter_async_context(client)
            self.tools = await self._listed()
            self._ready.set()
            await asyncio.Event().wait()  # until it is cancelled

    async def _listed(self) -> tuple[Tool, ...]:
        """Its tools, page by page; it ends where a page is named that was there already."""
        found, asked = list[Tool](), list[str | None]([None])
        while True:
            page = await self._client.list_tools(cursor=asked[-1])
            found += [
                Tool(
                    name=tool.name,
                    description=tool.description or "",
                    parameters=dict(tool.input_schema),
                )
                for tool in page.tools
            ]
            if page.next_cursor is None or page.next_cursor in asked:
                return tuple(found)
            asked.append(page.next_cursor)

    async def _transport(self, stack: AsyncExitStack) -> Any:
        if not self.remote:
            from mcp import StdioServerParameters, stdio_client

            command, *args = _words(self.where)
            encoding = lines.bound(MOST, self._endless)
            given = StdioServerParameters(command=command, args=args, encoding=encoding)
            return stdio_client(given, errlog=stack.enter_context(_nowhere()))
        import httpx2
        from mcp.client.streamable_http import streamable_http_client

        from playground.wire.guarded import Guarded

        pool = open_pool(hosted=self._hosted)
        stack.push_async_callback(pool.aclose)
        headers = {"authorization": f"Bearer {self._token.reveal()}"} if self._token else {}
        http = httpx2.AsyncClient(
            transport=Guarded(pool), headers=headers, timeout=httpx2.Timeout(30, read=CALL_SECONDS)
        )
        await stack.enter_async_context(http)
        return streamable_http_client(self.where, http_client=http)

    async def _call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        result = await self._client.call_tool(name, dict(arguments))
        texts = [text for block in result.content if (text := getattr(block, "text", None))]
        others = [block.type for block in result.content if not hasattr(block, "text")]
        told = "\n".join([*texts, *(f"({kind}: not passed on)" for kind in others)])
        if not told and result.structured_content is not None:
            told = json.dumps(result.structured_content, ensure_ascii=False)
        return Answer(told[:LONGEST], bool(result.is_error))


def _nowhere() -> TextIO:
    """Where a program's own log goes: it may hold anything."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError as error:
        raise McpError(f"The command can't be read: {error}.") from None


def _why(error: BaseException) -> str:
    """The first plain error of a group, in a sentence."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    said = str(error).strip() or type(error).__name__
    return said if said.endswith(".") else f"{said}."
