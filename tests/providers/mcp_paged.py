"""A real MCP server over stdio that tells its five tools two at a time."""

from __future__ import annotations

import asyncio
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import ListToolsResult, PaginatedRequestParams, Tool

NAMES = ("one", "two", "three", "four", "five")
SIZE = 2


async def listed(context: Any, params: PaginatedRequestParams | None) -> ListToolsResult:
    first = int(params.cursor or 0) if params else 0
    tools = [Tool(name=name, input_schema={"type": "object"}) for name in NAMES[first:][:SIZE]]
    more = first + SIZE < len(NAMES)
    return ListToolsResult(tools=tools, next_cursor=f"{first + SIZE}" if more else None)


async def main() -> None:
    server: Server[Any] = Server("paged", on_list_tools=listed)
    async with stdio_server() as (given, told):
        await server.run(given, told, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main())
