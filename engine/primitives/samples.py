"""Arguments to try primitives with: seeded, of several shapes, kept away from kinks."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.primitives.primitive import Samples

Array = NDArray[np.float64]
Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((), (3,), (2, 3), (2, 1, 2))

PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), ()),
    ((), (2, 2)),
    ((2, 1), (1, 3)),
    ((2, 1, 3), (2, 1)),
)


def normal(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns standard normal entries."""
    return np.array(rng.normal(size=shape))


def positive(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns entries between 0.5 and 2."""
    return np.array(rng.uniform(0.5, 2.0, size=shape))


def nonzero(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns entries of either sign, at least 0.5 away from 0."""
    return positive(rng, shape) * np.where(rng.random(size=shape) < 0.5, -1.0, 1.0)


def distinct(rng: np.random.Generator, shape: Shape, shift: float = 0.0) -> Array:
    """Returns entries that differ by 0.3 or more; arrays whose shifts differ by 0.1 share none."""
    size = math.prod(shape)
    return rng.permutation(np.arange(size) * 0.3 - 0.15 * size + shift).reshape(shape)


def mask(rng: np.random.Generator, shape: Shape) -> NDArray[np.bool_]:
    """Returns a mask with both values likely."""
    return np.array(rng.random(size=shape) < 0.5)


def one(rng: np.random.Generator) -> Samples:
    """Returns single arrays of either sign."""
    return [((nonzero(rng, shape),), {}) for shape in SHAPES]


def one_positive(rng: np.random.Generator) -> Samples:
    """Returns single positive arrays."""
    return [((positive(rng, shape),), {}) for shape in SHAPES]


def one_inside(rng: np.random.Generator) -> Samples:
    """Returns single arrays of either sign, between -0.9 and 0.9."""
    return [((np.array(rng.uniform(-0.9, 0.9, size=shape)),), {}) for shape in SHAPES]


def one_above_one(rng: np.random.Generator) -> Samples:
    """Returns single arrays between 1.5 and 3."""
    return [((1 + positive(rng, shape),), {}) for shape in SHAPES]


def one_mask(rng: np.random.Generator) -> Samples:
    """Returns single masks."""
    return [((mask(rng, shape),), {}) for shape in SHAPES]


def two(rng: np.random.Generator) -> Samples:
    """Returns pairs that broadcast, of either sign."""
    return [((normal(rng, x), nonzero(rng, y)), {}) for x, y in PAIRS]


def two_positive(rng: np.random.Generator) -> Samples:
    """Returns pairs that broadcast, both positive."""
    return [((positive(rng, x), positive(rng, y)), {}) for x, y in PAIRS]


def two_apart(rng: np.random.Generator) -> Samples:
    """Returns pairs that broadcast and never meet in an entry."""
    return [((distinct(rng, x), distinct(rng, y, shift=0.1)), {}) for x, y in PAIRS]


def two_masks(rng: np.random.Generator) -> Samples:
    """Returns pairs of masks that broadcast."""
    return [((mask(rng, x), mask(rng, y)), {}) for x, y in PAIRS]
