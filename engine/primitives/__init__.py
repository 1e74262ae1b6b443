"""All primitives: importing this package fills REGISTRY."""

from engine.primitives import (  # noqa: F401  (registration)
    activation,
    arithmetic,
    clipping,
    comparison,
    copying,
    diagonals,
    differences,
    elementwise,
    exponential,
    indexing,
    joining,
    linear,
    picking,
    reduction,
    rounding,
    routing,
    scan,
    searching,
    shaping,
    statistics,
    trigonometry,
    turning,
)
from engine.primitives.primitive import OVERLOADS, REGISTRY, Primitive, Structure

__all__ = ["OVERLOADS", "REGISTRY", "Primitive", "Structure"]
