"""Lessons for a class or a newcomer: their texts, the figures in them, what is asked and how it is judged, and a glossary."""
