"""Numerical Jacobians, to hold the gradient rules against."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def five_point(function: Callable[[Array], Array], x: Array, h: float = 2e-4) -> Array:
    """Returns the Jacobian of function at x, (out.size, x.size), to about 1e-11.

    Args:
        function: from an array of x's shape to any array.
        x: the point; not changed.
        h: step for entries up to 1; larger entries step in proportion.

    Source: Abramowitz and Stegun, 25.3.6.
    """
    columns = []
    for i in range(x.size):
        step = h * max(1.0, abs(float(x.flat[i])))

        def moved(steps: int, place: int = i, step: float = step) -> Array:
            there = np.array(x)
            there.flat[place] += steps * step
            return np.ravel(function(there))

        columns.append((8 * (moved(1) - moved(-1)) - (moved(2) - moved(-2))) / (12 * step))
    return np.stack(columns, axis=1)


def relative_error(analytic: Array, numerical: Array) -> float:
    """Returns the largest gap, relative to the numbers where they are larger than 1."""
    scale = np.maximum(1.0, np.abs(analytic) + np.abs(numerical))
    return float(np.max(np.abs(analytic - numerical) / scale, initial=0.0))
