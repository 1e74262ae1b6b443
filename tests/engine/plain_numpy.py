"""A program's own text, run by Python with NumPy: what the engine's forward values are held against."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LINALG = (
    *("norm", "inv", "det", "solve", "pinv", "slogdet", "svdvals"),
    *("cholesky", "eigh", "eigvalsh"),
)
"""What of np.linalg a program may call by its bare name."""


def words(numpy: Any) -> dict[str, object]:
    """Returns what a program's words mean that are not NumPy's, in terms of a module like NumPy."""

    def sigmoid(x: Array) -> Array:
        return 1 / (1 + numpy.exp(-x))

    def relu(x: Array) -> Array:
        return numpy.maximum(x, 0)

    def softplus(x: Array) -> Array:
        return numpy.log1p(numpy.exp(x))

    def softmax(x: Array, axis: int = -1) -> Array:
        e = numpy.exp(x - numpy.max(x, axis=axis, keepdims=True))
        return e / numpy.sum(e, axis=axis, keepdims=True)

    def log_softmax(x: Array, axis: int = -1) -> Array:
        return numpy.log(softmax(x, axis))

    def largest(*values: Array) -> Array:
        return numpy.max(values[0]) if len(values) == 1 else reduce(numpy.maximum, values)

    def smallest(*values: Array) -> Array:
        return numpy.min(values[0]) if len(values) == 1 else reduce(numpy.minimum, values)

    own = (sigmoid, relu, softplus, softmax, log_softmax)
    bare = {name: getattr(numpy.linalg, name, None) for name in LINALG}
    return {
        **{"np": numpy, "linalg": numpy.linalg, "max": largest, "min": smallest},
        **{f.__name__: f for f in own},
        **bare,
    }


WORDS = words(np)


def run(source: str, values: Mapping[str, Array]) -> dict[str, object]:
    """Returns every name after running the program; the arrays given are not changed."""
    names: dict[str, object] = {
        **WORDS,
        "__name__": "__main__",
        **{n: v.copy()[()] for n, v in values.items()},
    }
    exec(source, names)
    return names
