"""Runs many Requests at once on one event-loop thread; pages and the CLI only look."""

from playground.engine.engine import Engine, get_engine
from playground.engine.live import Lane, LiveRun

__all__ = ["Engine", "Lane", "LiveRun", "get_engine"]
