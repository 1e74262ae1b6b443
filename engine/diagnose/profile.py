"""The shape of a function of one number, found by asking it: does it squash, is it flat on one side, does it clip?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.primitives import REGISTRY, Structure

Array = NDArray[np.float64]

ELEMENTWISE = frozenset(
    name
    for name, primitive in REGISTRY.items()
    if all(primitive.structure_of(a) is Structure.DIAGONAL for a in primitive.vjp)
    and (primitive.structure is Structure.DIAGONAL or primitive.vjp)
    and primitive.shape(*[(2,)] * len(primitive.arguments), **primitive.settings) == (2,)
)
"""Primitives that do the same to every entry; of a triangle (np.tril) that depends on the entry's place."""

FAR = 300.0
"""A squashing function has reached its bound here, to the tolerance below; twice this does not overflow in exp."""
STEP = 0.5
MIDDLE = np.arange(-10.0, 10.0 + STEP, STEP)
GRID = np.concatenate([[-FAR, -FAR / 2], MIDDLE, [FAR / 2, FAR]])
GRID.setflags(write=False)
ARRIVED = 2e-3
"""How much of its range a squashing function may still cover beyond FAR / 2: arctan covers
1.1e-3, x / (1 + |x|) 1.7e-3."""
PARTIAL_STEPS = 2
"""Of a clip's piecewise straight graph, so many steps of the grid can hold a corner."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What a function of one number looks like.

    Attributes:
        values: the function on GRID.
        low: its value far to the left.
        high: its value far to the right.
        squashes: whether it runs between two different bounds, as sigmoid, tanh and clip do.
        clips: whether it squashes, and is straight between its corners.
        flat_side: -1 or 1 where it is exactly constant on that side and grows without bound on the other, as relu; else 0.
    """

    values: Array
    low: float
    high: float
    squashes: bool
    clips: bool
    flat_side: int

    @property
    def span(self) -> float:
        """How far apart the two ends are."""
        return abs(self.high - self.low)

    @property
    def special(self) -> bool:
        """Whether the function is flat somewhere far out."""
        return self.squashes or self.flat_side != 0


def profile(values: Array) -> Profile:
    """Returns what a function looks like, from its values on GRID; a condition's truth values have no shape."""
    if values.dtype != np.float64:
        return Profile(values, 0.0, 0.0, False, False, 0)
    low, high = float(values[0]), float(values[-1])
    if not np.isfinite(values[2:-2]).all() or np.isnan(values).any():
        return Profile(values, low, high, False, False, 0)
    steps = np.diff(values[2:-2])
    bounded = np.isfinite(values).all()
    spread = float(values.max() - values.min())
    arrived = (
        bounded
        and max(abs(low - float(values[1])), abs(high - float(values[-2]))) <= ARRIVED * spread
    )
    squashes = bool(arrived) and abs(high - low) > spread / 2 > 0
    moving = steps[np.abs(steps) > 1e-12 * spread]
    usual = float(np.median(moving)) if moving.size else 0.0
    bent = int((~np.isclose(moving, usual, rtol=1e-9)).sum())
    return Profile(
        values, low, high, squashes, squashes and bent <= PARTIAL_STEPS, flat_side(values)
    )


def flat_side(values: Array) -> int:
    """Returns on which side a function is exactly constant while it goes on growing on the other, or 0."""
    left = bool((values[GRID <= -1] == values[0]).all())
    right = bool((values[GRID >= 1] == values[-1]).all())
    if left == right:
        return 0
    end, before = (values[-1], values[-2]) if left else (values[0], values[1])
    grows = abs(end - before) > ARRIVED * abs(before)
    return (-1 if left else 1) if grows else 0


IDENTITY = profile(GRID)
"""Of the argument itself."""


@cache
def alone(name: str) -> Profile | None:
    """Returns what a primitive of one argument looks like, None for others."""
    primitive = REGISTRY[name]
    if name not in ELEMENTWISE or len(primitive.arguments) != 1 or primitive.variadic:
        return None
    return profile(np.asarray(primitive.forward(GRID, **primitive.settings)))
