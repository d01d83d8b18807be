"""Prices for others: the dated table as one JSON file, and answers about it over HTTP and MCP."""
