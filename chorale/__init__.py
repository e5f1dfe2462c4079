"""Compose four-part chorales in the manner of Bach."""

__version__ = "0.1.0"
