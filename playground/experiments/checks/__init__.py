"""The checks: one table, a row each."""

from __future__ import annotations

from playground.experiments.checks.asked import Asked, CheckError, Found, Judge
from playground.experiments.checks.table import CHECKS, LEFT_OUT, Kind

__all__ = ["CHECKS", "LEFT_OUT", "Asked", "CheckError", "Found", "Judge", "Kind"]
