"""The wire: one pool, one recorder a call, one guard, one mask."""

from playground.wire.guard import ForbiddenHost, NoAddress, check_endpoint, check_readable
from playground.wire.line import HeadTimeout
from playground.wire.pool import CONNECT_TIMEOUT, Pool, hush, open_pool
from playground.wire.recorder import Recorder
from playground.wire.redact import MASK, Redactor
from playground.wire.sse import Block, SSEParser
from playground.wire.websocket import SocketRecorder

__all__ = [
    "CONNECT_TIMEOUT",
    "MASK",
    "Block",
    "ForbiddenHost",
    "HeadTimeout",
    "NoAddress",
    "Pool",
    "Recorder",
    "Redactor",
    "SSEParser",
    "SocketRecorder",
    "check_endpoint",
    "check_readable",
    "hush",
    "open_pool",
]
