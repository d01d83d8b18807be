"""Prompts × cases × models × repeats, with checks: what is asked, how it is judged, and what the numbers mean."""
