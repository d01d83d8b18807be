"""Recorded answers: the page."""
