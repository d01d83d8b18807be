"""What a visitor's browser may tell Streamlit: what a page's own elements say, and nothing that is there for developers.

Streamlit empties the caches of everybody for whoever asks, and tells them the server's branch and its files that are not
committed; a page never asks for either. In local mode whoever asks is at home.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from playground import settings

SAID = {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat"}
"""Kinds of messages that pages send."""
OPERATIONS = {"deferred_file", "dataframe_chunk"}
"""What a page asks for beside: a file to save, more rows of a table."""
LONGEST = 25_000_000
"""Bytes; for a longer message Streamlit closes the connection, unread."""


class PageMessagesOnly:
    """ASGI middleware: hosted, what no page says is not heard."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def heard() -> Message:
            while True:
                message = await receive()
                if message["type"] != "websocket.receive" or of_a_page(message.get("bytes")):
                    return message

        visitors = scope["type"] == "websocket" and settings.hosted()
        await self.app(scope, heard if visitors else receive, send)


def of_a_page(data: bytes | None) -> bool:
    """Whether a page may send this. What can't be read passes: Streamlit ends the connection over it."""
    if not data or len(data) > LONGEST:
        return True
    message = BackMsg()
    try:
        message.ParseFromString(data)
    except Exception:  # google.protobuf's own error, from a module that is not public
        return True
    kind = message.WhichOneof("type")
    asked = message.backend_operation_request.WhichOneof("payload")
    return kind in SAID or (kind == "backend_operation_request" and asked in OPERATIONS)
