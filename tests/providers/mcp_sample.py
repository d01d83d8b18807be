"""A real MCP server with two tools: over stdio, or over streamable HTTP on the port that is its argument."""

from __future__ import annotations

import sys

from mcp.server import MCPServer

server = MCPServer("stock")


@server.tool()
def stock_level(product: str) -> str:
    """How many pieces of a product are in stock."""
    if product == "anvil":
        raise ValueError("anvils are not counted")
    return f"{len(product) * 7} pieces of {product}"


@server.tool()
def warehouse_city() -> str:
    """In which city the warehouse is."""
    return "Porto"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run()
