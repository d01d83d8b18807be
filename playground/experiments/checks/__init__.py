"""The checks: one table, a row each."""

from __future__ import annotations

from playground.experiments.checks.asked import Asked, CheckError, Found, Judge
from playground.experiments.checks.table import CHECKS, LEFT_OUT, LEFT_OUT_STARTS, Kind

__all__ = ["CHECKS", "LEFT_OUT", "LEFT_OUT_STARTS", "Asked", "CheckError", "Found", "Judge", "Kind"]
