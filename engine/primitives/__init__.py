"""All primitives: importing this package fills REGISTRY."""

from engine.primitives import (  # noqa: F401  (registration)
    activation,
    arithmetic,
    clipping,
    comparison,
    contraction,
    convolution,
    copying,
    decomposition,
    diagonals,
    differences,
    einsum,
    elementwise,
    exponential,
    indexing,
    inverse,
    joining,
    linear,
    norms,
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
