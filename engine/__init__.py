"""Chainrule's engine: a student's text in, values and gradients out. NumPy and the standard library only; no IO."""

from engine.building import build
from engine.circuit import Circuit
from engine.errors import EngineError
from engine.limits import Limits
from engine.primitives import REGISTRY
from engine.trace import Trace

__all__ = ["REGISTRY", "Circuit", "EngineError", "Limits", "Trace", "build"]
