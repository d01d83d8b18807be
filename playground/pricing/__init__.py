"""pricing.yaml → prices and plans; usage × price → cost with its receipt."""

from playground.pricing.book import PriceBook
from playground.pricing.loading import load
from playground.pricing.row import LongContext, Plan, Price, Terms

__all__ = ["LongContext", "Plan", "Price", "PriceBook", "Terms", "load"]
