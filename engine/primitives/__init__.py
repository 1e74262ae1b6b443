"""All primitives: importing this package fills REGISTRY."""

from engine.primitives import (  # noqa: F401  (registration)
    activation,
    arithmetic,
    clipping,
    comparison,
    elementwise,
    exponential,
    indexing,
    linear,
    reduction,
    rounding,
    routing,
    scan,
    searching,
    shaping,
    statistics,
    trigonometry,
)
from engine.primitives.primitive import OVERLOADS, REGISTRY, Primitive, Structure

__all__ = ["OVERLOADS", "REGISTRY", "Primitive", "Structure"]
