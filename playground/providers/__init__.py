"""The providers' doors, and the one driver that calls through them. The SDKs are imported on first use only."""

from playground.providers.call import Call
from playground.providers.counting import count_input_tokens
from playground.providers.embedding import Embedding, Vector
from playground.providers.failures import ProviderError
from playground.providers.listed import ListedModel
from playground.providers.models import Listing, list_models, read_list, read_model
from playground.providers.session import Session, Turn, called
from playground.providers.warming import preview, warm

__all__ = [
    "Call",
    "Embedding",
    "ListedModel",
    "Listing",
    "ProviderError",
    "Session",
    "Turn",
    "Vector",
    "called",
    "count_input_tokens",
    "list_models",
    "preview",
    "read_list",
    "read_model",
    "warm",
]
