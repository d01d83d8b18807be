"""The panel's name, and what a tab keeps of it."""

from __future__ import annotations

from playground.ui import names

PANEL = "models"
LISTINGS = names.lab(PANEL, "listings")
"""Provider → what its models endpoint answered in this tab."""
