"""Chainrule's server: HTTP around the engine. No mathematics here."""

__version__ = "0.1.0"
