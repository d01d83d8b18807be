"""pricing.yaml → prices and plans; usage × price → cost with its receipt."""

from playground.pricing.book import PriceBook
from playground.pricing.loading import load
from playground.pricing.plans import Cap, Plan
from playground.pricing.row import Fee, LongContext, Other, Price, Terms

__all__ = ["Cap", "Fee", "LongContext", "Other", "Plan", "Price", "PriceBook", "Terms", "load"]
