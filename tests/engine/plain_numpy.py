"""A program's own text, run by Python with NumPy: what the engine's forward values are held against."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    """Returns 1 / (1 + e^-x)."""
    return 1 / (1 + np.exp(-x))


def relu(x: Array) -> Array:
    """Returns x where it is positive, else 0."""
    return np.maximum(x, 0)


def softplus(x: Array) -> Array:
    """Returns log(1 + e^x)."""
    return np.log1p(np.exp(x))


def softmax(x: Array, axis: int = -1) -> Array:
    """Returns e^x over its sum along the axis."""
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


def log_softmax(x: Array, axis: int = -1) -> Array:
    """Returns the logarithm of softmax."""
    return np.log(softmax(x, axis))


def largest(*values: Array) -> Array:
    """Returns what a program's bare max means: of one array its largest entry, of several the largest in each place."""
    return np.max(values[0]) if len(values) == 1 else reduce(np.maximum, values)


def smallest(*values: Array) -> Array:
    """Returns what a program's bare min means."""
    return np.min(values[0]) if len(values) == 1 else reduce(np.minimum, values)


WORDS = {
    "np": np,
    "max": largest,
    "min": smallest,
    **{f.__name__: f for f in (sigmoid, relu, softplus, softmax, log_softmax)},
}


def run(source: str, values: Mapping[str, Array]) -> dict[str, object]:
    """Returns every name after running the program; the arrays given are not changed."""
    names: dict[str, object] = {**WORDS, **{n: v.copy()[()] for n, v in values.items()}}
    exec(source, names)
    return names
