"""altair, with all of pandas there: it takes what it finds in `sys.modules`, where another visitor's thread may be half-way.

The first of two visitors draws a table, which imports pandas; the second draws a chart meanwhile, and altair asked the half
of pandas that was there for its `Timestamp`.
"""

from __future__ import annotations

import pandas  # type: ignore[import-untyped]  # noqa: F401 - before altair looks for it

import altair as alt  # isort: skip

__all__ = ["alt"]
