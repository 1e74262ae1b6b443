"""All primitives: importing this package fills REGISTRY."""

from engine.primitives import (  # noqa: F401  (registration)
    activation,
    arithmetic,
    comparison,
    elementwise,
    indexing,
    linear,
    reduction,
    routing,
    shaping,
)
from engine.primitives.primitive import OVERLOADS, REGISTRY, Primitive, Structure

__all__ = ["OVERLOADS", "REGISTRY", "Primitive", "Structure"]
