"""Tells customers before they have to ask, and never says two different things."""

__version__ = "0.1.0"
