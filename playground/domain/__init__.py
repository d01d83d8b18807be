"""The nouns. Everything above speaks in these; nothing here imports anything but the standard library."""

from playground.domain.cost import Cost, CostLine, PriceSource
from playground.domain.endpoint import Endpoint
from playground.domain.exchange import Event, Events, Exchange, RawEvent
from playground.domain.failure import FAILURE_TYPES, RETRYABLE, STOPPED, Failure, FailureType
from playground.domain.model import ModelRef, lane_names
from playground.domain.provider import APIS, PROVIDERS, Api, Provider
from playground.domain.request import (
    File,
    Message,
    Part,
    Reasoning,
    Request,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    media_type,
)
from playground.domain.response import Attempt, Response
from playground.domain.run import Run
from playground.domain.secret import Secret
from playground.domain.setting import Settings
from playground.domain.timing import Timing, Trust
from playground.domain.usage import Usage

__all__ = [
    "APIS",
    "Api",
    "Attempt",
    "Cost",
    "CostLine",
    "Endpoint",
    "Event",
    "Events",
    "Exchange",
    "FAILURE_TYPES",
    "Failure",
    "FailureType",
    "File",
    "Message",
    "ModelRef",
    "PROVIDERS",
    "Part",
    "PriceSource",
    "Provider",
    "RETRYABLE",
    "RawEvent",
    "Reasoning",
    "Request",
    "Response",
    "Run",
    "STOPPED",
    "Secret",
    "Settings",
    "Text",
    "Timing",
    "Tool",
    "ToolCall",
    "ToolResult",
    "Trust",
    "Usage",
    "lane_names",
    "media_type",
]
