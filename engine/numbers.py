"""Numbers as a sentence says them."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SHOWN = 4
FEW = 6


def say(value: NDArray[np.float64] | float) -> str:
    """Returns a value in few characters: a number with four significant digits, a short vector, or a shape."""
    array = np.asarray(value)
    if array.shape == ():
        return say_number(float(array))
    if array.ndim == 1 and array.size <= FEW:
        return "[" + ", ".join(say_number(float(v)) for v in array) + "]"
    return f"an array of shape {say_shape(array.shape)}"


@lru_cache(maxsize=4096)
def say_number(number: float) -> str:
    """Returns a number with four significant digits, integers whole, non-finite ones by name."""
    if not math.isfinite(number):
        return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"
    if number == int(number) and abs(number) < 1e6:
        return str(int(number))
    return f"{number:.{SHOWN}g}"


def say_shape(shape: tuple[int, ...]) -> str:
    """Returns a shape as NumPy prints it."""
    return f"({shape[0]},)" if len(shape) == 1 else "(" + ", ".join(map(str, shape)) + ")"
