"""AI API playground: one prompt, several providers, exact tokens, latency and cost side by side."""

__version__ = "0.1.0"
