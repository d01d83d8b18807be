"""The providers' doors, and the one driver that calls through them. The SDKs are imported on first use only."""

from playground.providers.call import Call
from playground.providers.failures import ProviderError

__all__ = ["Call", "ProviderError"]
