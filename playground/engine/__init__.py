"""Runs many Requests at once on one event-loop thread; pages and the CLI only look."""

from playground.engine.clock import settle
from playground.engine.engine import Engine, get_engine
from playground.engine.journal import Journal
from playground.engine.live import Lane, LiveRun, ended_run
from playground.engine.pace import Pace

__all__ = ["Engine", "Journal", "Lane", "LiveRun", "Pace", "ended_run", "get_engine", "settle"]
