"""np.convolve and np.correlate of two vectors: one full convolution, and the part of it that a mode keeps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.samples import normal
from engine.primitives.shapes import show

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def convolve_shape(x: Shape, y: Shape) -> Shape:
    """Returns (n + m - 1,) for vectors of n and m entries.

    Raises:
        ShapeMismatch: for anything but vectors with entries.
    """
    for position, shape in enumerate((x, y)):
        if len(shape) != 1 or shape[0] == 0:
            raise ShapeMismatch(
                f"convolve takes two vectors with entries; argument {position + 1} has shape {show(shape)}.",
                hint="Pick a row, such as X[0], or use x.ravel().",
                rank=(position, 1) if not shape else None,
            )
    return (x[0] + y[0] - 1,)


def convolve_forward(x: Array, y: Array) -> Array:
    """Returns Σ_i x_i y_{k-i}, for every k with a term."""
    return np.convolve(x, y)


def convolve_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂x_i = Σ_k upstream_k y_{k-i}: the upstream correlated with y."""
    return np.correlate(upstream, y, "valid")


def convolve_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂L/∂y_j = Σ_k upstream_k x_{k-j}: the upstream correlated with x."""
    return np.correlate(upstream, x, "valid")


convolve = register(
    Primitive(
        name="convolve",
        symbol="∗",
        forward=convolve_forward,
        vjp={"x": convolve_dx, "y": convolve_dy},
        shape=convolve_shape,
        structure=Structure.DENSE,
        latex=r"{x} * {y}",
        words="Slides back: each vector receives the upstream gradient correlated with the other vector.",
        samples=lambda rng: [
            ((normal(rng, x), normal(rng, y)), {})
            for x, y in (((4,), (3,)), ((2,), (4,)), ((1,), (1,)))
        ],
        cost=lambda out, x, y: 2 * math.prod(x) * math.prod(y),
    )
)

MODES = ("full", "same", "valid")


def windowed(gates: Gates, a: Value, v: Value, mode: Value, start: int, word: str) -> Value:
    """Returns the part of a full convolution that a mode keeps.

    Args:
        gates: the tape.
        a: the one vector.
        v: the other.
        mode: full, same or valid.
        start: where "same" begins.
        word: the function's name.
    """
    if mode not in MODES:
        raise BadCall(
            f"np.{word}: the mode {excerpt(mode)!r} is not known.",
            hint="Use 'full', 'same' or 'valid'.",
        )
    made = gates.make("convolve", a, v)
    n, m = gates.shape(a)[0], gates.shape(v)[0]
    if mode == "full":
        return made
    count = max(n, m) if mode == "same" else max(n, m) - min(n, m) + 1
    begin = start if mode == "same" else min(n, m) - 1
    return gates.make("getitem", made, index=(slice(int(begin), int(begin + count)),))


@composition("convolve")
def convolve_of(gates: Gates, a: Value, v: Value, mode: Value = "full") -> Value:
    """Slides one vector, reversed, over the other."""
    n, m = (gates.at_least(value, 1, "convolve")[0] for value in (a, v))
    return windowed(gates, a, v, mode, (min(n, m) - 1) // 2, "convolve")


@composition("correlate")
def correlate_of(gates: Gates, a: Value, v: Value, mode: Value = "valid") -> Value:
    """Slides one vector over the other."""
    n, m = (gates.at_least(value, 1, "correlate")[0] for value in (a, v))
    turned = gates.make("getitem", v, index=(slice(None, None, -1),))
    start = (min(n, m) - 1) // 2 if n >= m else min(n, m) // 2
    return windowed(gates, a, turned, mode, start, "correlate")
