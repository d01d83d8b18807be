"""Where the files are that belong to the app but are no code: prices, pages, configuration."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CARRIED = PACKAGE / "_data"
"""Where the build puts them: only an installed package has this folder."""


def checkout() -> Path | None:
    """The repository that this code runs from; None where it was installed."""
    return None if CARRIED.is_dir() else PACKAGE.parent


def shipped(name: str) -> Path:
    """`pricing.yaml`, `pages` or `.streamlit/config.toml`: the repository's own, else the one that was installed."""
    return (checkout() or CARRIED) / name


def project() -> Path:
    """The folder whose `.streamlit/secrets.toml` counts: the repository, else the current folder."""
    return checkout() or Path.cwd()
