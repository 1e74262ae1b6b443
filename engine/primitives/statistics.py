"""Spread, middle and weighted mean of an array's entries; the rules see the reduced axes kept as size 1."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives import corners, samples
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.reduction import VARIANTS, distinct_entries, reduced, reduced_to_entry
from engine.primitives.shapes import Axis, axes_of, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]

DIVISOR = {"correction": "ddof", "ddof": "ddof"}
"""NumPy's two names for what the divisor is less than the count; the second is the one that is shown."""


def spread_shape(x: Shape, *, axis: Axis = None, ddof: object = 0, keepdims: bool = False) -> Shape:
    """Returns the reduced shape, where every spread needs more entries than `ddof`.

    Raises:
        BadCall: for a ddof that is no number.
        ShapeMismatch: for an axis that the shape does not have, or a divisor that would not be positive.
    """
    if isinstance(ddof, bool) or not isinstance(ddof, int | float):
        raise BadCall(f"ddof is a number, not {excerpt(ddof)}.", hint="Such as ddof=1.")
    count = math.prod(x[k] for k in axes_of(x, axis))
    if count <= ddof:
        raise ShapeMismatch(
            f"The divisor, the number of entries less ddof, is {count} - {ddof}: the shape is {show(x)}.",
            hint="Give it more entries, or a smaller ddof.",
        )
    return reduced(x, axis=axis, keepdims=keepdims)


def spreads(rng: np.random.Generator) -> Samples:
    """Returns one array a variant of the settings with several entries to spread, and some with a ddof."""
    varied: tuple[tuple[Shape, dict[str, object]], ...] = (
        ((3,), {"ddof": 1}),
        ((2, 3), {"axis": 1, "ddof": 2}),
        ((2, 3, 2), {"axis": (0, -1), "ddof": 1, "keepdims": True}),
    )
    several = [v for v in VARIANTS if v[0] != () and v[1].get("axis") != ()]
    return [((samples.distinct(rng, shape),), settings) for shape, settings in (*several, *varied)]


def var_forward(x: Array, *, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """Returns the mean squared distance of the entries from their mean."""
    return np.var(x, axis=axis, ddof=ddof, keepdims=keepdims)


def var_dx(
    upstream: Array, out: Array, x: Array, *, axis: Axis, ddof: float, keepdims: bool
) -> Array:
    """∂(Σ(x_i - m)² / (n - ddof))/∂x_i = 2 (x_i - m) / (n - ddof), for the mean m of n entries."""
    distance = x - np.mean(x, axis=axis, keepdims=True)
    return upstream * 2 * distance / (x.size / out.size - ddof)


variance = register(
    Primitive(
        name="var",
        symbol="var",
        forward=var_forward,
        vjp={"x": var_dx},
        shape=spread_shape,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{var}}({x})",
        words="Pulls apart: every entry receives the upstream gradient in proportion to its distance from the mean.",
        samples=spreads,
        spellings=("var",),
        methods=("var",),
        keywords=DIVISOR,
    )
)


def std_forward(x: Array, *, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Array:
    """Returns the square root of the variance."""
    return np.std(x, axis=axis, ddof=ddof, keepdims=keepdims)


def std_dx(
    upstream: Array, out: Array, x: Array, *, axis: Axis, ddof: float, keepdims: bool
) -> Array:
    """∂s/∂x_i = (x_i - m) / ((n - ddof) s), for the mean m of n entries; 0 where all entries are equal."""
    distance = x - np.mean(x, axis=axis, keepdims=True)
    varies = np.ptp(x, axis=axis, keepdims=True) > 0
    return upstream * varies * distance / ((x.size / out.size - ddof) * (out + (out == 0)))


deviation = register(
    Primitive(
        name="std",
        symbol="std",
        forward=std_forward,
        vjp={"x": std_dx},
        shape=spread_shape,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{std}}({x})",
        words=(
            "Pulls apart: every entry receives the upstream gradient in proportion to its distance "
            "from the mean in deviations, 0 where all are equal."
        ),
        kink=corners.NO_SPREAD,
        samples=spreads,
        spellings=("std",),
        methods=("std",),
        keywords=DIVISOR,
    )
)


def ptp_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the largest entry less the smallest along the axes."""
    return np.ptp(x, axis=axis, keepdims=keepdims)


def ptp_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂(max - min)/∂x_i = 1 for the largest entry, -1 for the smallest, else 0; shared by those that tie."""
    high = x == np.max(x, axis=axis, keepdims=True)
    low = x == np.min(x, axis=axis, keepdims=True)
    gain = high / np.sum(high, axis=axis, keepdims=True)
    return upstream * (gain - low / np.sum(low, axis=axis, keepdims=True))


peak_to_peak = register(
    Primitive(
        name="ptp",
        symbol="max−min",
        forward=ptp_forward,
        vjp={"x": ptp_dx},
        shape=reduced_to_entry,
        structure=Structure.REDUCTION,
        latex=r"\max({x}) - \min({x})",
        words=(
            "Routes: the largest entry receives the upstream gradient, "
            "the smallest its negative, the others 0."
        ),
        kink=corners.TIE_AT_THE_ENDS,
        samples=distinct_entries,
        spellings=("ptp",),
    )
)


def median_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the middle entry along the axes, or the mean of the two in the middle."""
    return np.median(x, axis=axis, keepdims=keepdims)


def median_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂median/∂x_i = 1 for the middle entry, 1/2 for each of two, else 0; shared by those that tie."""
    low = x == np.max(np.where(x <= out, x, -np.inf), axis=axis, keepdims=True)
    high = x == np.min(np.where(x >= out, x, np.inf), axis=axis, keepdims=True)
    share = low / np.sum(low, axis=axis, keepdims=True)
    return upstream * (share + high / np.sum(high, axis=axis, keepdims=True)) / 2


middle = register(
    Primitive(
        name="median",
        symbol="median",
        forward=median_forward,
        vjp={"x": median_dx},
        shape=reduced_to_entry,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{median}}({x})",
        words="Routes: the middle entry receives the whole upstream gradient, or the two in the middle half each.",
        kink=corners.TIE_IN_THE_MIDDLE,
        samples=distinct_entries,
        spellings=("median",),
    )
)


@composition("average")
def average(
    gates: Gates,
    a: Value,
    axis: Axis = None,
    weights: Value = None,
    *,
    keepdims: Value = False,
) -> Value:
    """Returns the mean, each entry counted as often as its weight says."""
    axis = axis if axis is None or isinstance(axis, tuple) else gates.whole(axis, "axis")
    if weights is None:
        return gates.make("mean", a, axis=axis, keepdims=keepdims)
    fitted = fitted_weights(gates, a, weights, axis)
    total = gates.make("sum", fitted, axis=axis, keepdims=keepdims)
    weighted = gates.make("sum", gates.make("mul", a, fitted), axis=axis, keepdims=keepdims)
    return gates.make("div", weighted, total)


def fitted_weights(gates: Gates, a: Value, weights: Value, axis: Axis) -> Value:
    """Returns weights with as many axes as `a`: one a entry, or one a place along the axes that are averaged.

    Raises:
        BadCall: for weights of another shape than `a` without an axis.
        ShapeMismatch: for weights that have neither the shape of `a` nor that of its averaged axes.
    """
    shape, own = gates.shape(a), gates.shape(weights)
    if own == ():
        gates.make("mul", a, weights)  # a name that nobody gave takes the shape of what it weighs
    if own == shape:
        return weights
    if axis is None:
        raise BadCall(
            f"np.average needs an axis: the weights have shape {show(own)}, the array {show(shape)}.",
            hint="Write np.average(a, axis=0, weights=w).",
        )
    axes = axes_of(shape, axis)
    wanted = tuple(shape[k] for k in axes)
    if own != wanted:
        raise ShapeMismatch(
            f"The weights have shape {show(own)}; the averaged axes have {show(wanted)}.",
            hint="Give one weight a place along the axis.",
        )
    order = tuple(sorted(range(len(axes)), key=axes.__getitem__))
    turned = gates.make("transpose", weights, axes=order) if len(order) > 1 else weights
    full = tuple(n if k in axes else 1 for k, n in enumerate(shape))
    return gates.make("reshape", turned, shape=full)
