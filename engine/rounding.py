"""Numbers as a lecturer writes them: every one rounded before the next is computed from it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.graph import Array

Written = Callable[[Array], Array]
"""What stands on the board for a computed number."""

TIE = 1e-9
"""A half that float64 cannot hold, such as 1.005, is still a half: this much of a last digit is forgiven."""


def exactly(numbers: Array) -> Array:
    """Returns the numbers as they are."""
    return numbers


def to_decimals(digits: int) -> Written:
    """Returns what rounds to so many decimals, halves away from zero as by hand, and leaves whole numbers alone."""
    scale = 10.0**digits

    def rounded(numbers: Array) -> Array:
        if numbers.dtype != np.float64:
            return numbers
        whole = np.floor(np.abs(numbers) * scale + 0.5 + TIE)
        written = np.copysign(whole / scale, numbers)
        return np.asarray(np.where(np.isfinite(written), written, numbers) + 0.0)

    return rounded
