"""Running sums and products, and sorting: arrays whose every entry depends on several along one axis."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import axes_of

Array = NDArray[np.float64]
Shape = tuple[int, ...]

# np.sort and np.argsort get their axis by position: `axis=None` is left out of shown code as NumPy's default, but theirs
# is the last axis.

VARIANTS: tuple[tuple[Shape, dict[str, object]], ...] = (
    ((3,), {}),
    ((4,), {"axis": 0}),
    ((3,), {"axis": None}),
    ((2, 3), {"axis": None}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1}),
    ((2, 3, 2), {"axis": 1}),
    ((2, 3, 2), {"axis": -3}),
)


def scanned_shape(x: Shape, *, axis: object = None) -> Shape:
    """Returns the same shape, or the flattened one where no axis is named.

    Raises:
        BadCall: for an axis that is not one whole number or None.
        ShapeMismatch: for a single number, and for an axis that the shape does not have.
    """
    if x == ():
        raise ShapeMismatch(
            "A single number has no order to run along.",
            hint="Give it a list of numbers.",
            rank=(0, 1),
        )
    if axis is None:
        return x if len(x) == 1 else (math.prod(x),)
    if not isinstance(axis, int):
        raise BadCall(f"This runs along one axis, not {excerpt(axis)}.", hint="axis=0")
    axes_of(x, axis)
    return x


def sorted_shape(x: Shape, *, axis: object = -1) -> Shape:
    """Returns the shape as `scanned_shape`; the last axis is the default."""
    return scanned_shape(x, axis=axis)


def along_one_axis(rng: np.random.Generator) -> Samples:
    """Returns one array without ties a variant of the axis."""
    return [((samples.distinct(rng, shape, shift=0.1),), settings) for shape, settings in VARIANTS]


def with_zeros(rng: np.random.Generator) -> Samples:
    """Returns one array a variant of the axis, and arrays with one, two or only entries that are 0."""
    rows = np.array([[0.5, 0.0, 2.0, -3.0], [0.0, 1.5, 0.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
    zeros: tuple[dict[str, object], ...] = ({}, {"axis": 0}, {"axis": 1})
    return [*along_one_axis(rng), *(((rows,), settings) for settings in zeros)]


def cumsum_forward(x: Array, *, axis: int | None = None) -> Array:
    """Returns the running sums along the axis, or of all entries in order."""
    return np.cumsum(x, axis=axis)


def cumsum_dx(upstream: Array, out: Array, x: Array, *, axis: int | None) -> Array:
    """∂L/∂x_i = upstream_i + upstream_(i+1) + ...: x_i is in every sum from its own on."""
    later = np.flip(np.cumsum(np.flip(upstream, axis=axis), axis=axis), axis=axis)
    return np.reshape(later, np.shape(x))


cumsum = register(
    Primitive(
        name="cumsum",
        symbol="cumsum",
        forward=cumsum_forward,
        vjp={"x": cumsum_dx},
        shape=scanned_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{cumsum}}({x})",
        words="Collects: every entry receives the upstream gradients of its own sum and all later ones.",
        samples=along_one_axis,
        spellings=("cumsum",),
        methods=("cumsum",),
    )
)


def cumprod_forward(x: Array, *, axis: int | None = None) -> Array:
    """Returns the running products along the axis, or of all entries in order."""
    return np.cumprod(x, axis=axis)  # type: ignore[return-value]  # NumPy's stub: some float


def cumprod_dx(upstream: Array, out: Array, x: Array, *, axis: int | None) -> Array:
    """∂L/∂x_i = Σ upstream_k · the product of the entries up to k but x_i, for k from i on.

    The products leave out what is 0, and count only where no other entry than x_i was.
    """
    factors = np.where(x == 0, 1, x)
    zeros = np.cumsum(x == 0, axis=axis)
    terms = upstream * np.cumprod(factors, axis=axis)
    clear = np.flip(np.cumsum(np.flip(terms * (zeros == 0), axis=axis), axis=axis), axis=axis)
    once = np.flip(np.cumsum(np.flip(terms * (zeros == 1), axis=axis), axis=axis), axis=axis)
    shape = np.shape(x)
    return np.where(x == 0, np.reshape(once, shape), np.reshape(clear, shape) / factors)


cumprod = register(
    Primitive(
        name="cumprod",
        symbol="cumprod",
        forward=cumprod_forward,
        vjp={"x": cumprod_dx},
        shape=scanned_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{cumprod}}({x})",
        words=(
            "Collects: every entry receives the upstream gradients of its own product and all "
            "later ones, each times the other factors."
        ),
        samples=with_zeros,
        spellings=("cumprod",),
        methods=("cumprod",),
    )
)


def sort_forward(x: Array, *, axis: int | None = -1) -> Array:
    """Returns the entries from the smallest to the largest along the axis, or all in one row."""
    return np.sort(x, axis)


def sort_dx(upstream: Array, out: Array, x: Array, *, axis: int | None) -> Array:
    """∂L/∂x_i = the upstream of the place that x_i went to; entries that tie share theirs evenly."""
    lanes = np.reshape(x, (1, -1)) if axis is None else np.moveaxis(x, axis, -1)
    arriving = np.reshape(upstream, (1, -1)) if axis is None else np.moveaxis(upstream, axis, -1)
    order = np.argsort(lanes, axis=-1)
    ordered = np.take_along_axis(lanes, order, axis=-1)
    ties = np.cumsum(np.diff(ordered, axis=-1, prepend=np.nan) != 0) - 1
    shares = np.bincount(ties, weights=np.ravel(arriving)) / np.bincount(ties)
    back = np.take_along_axis(
        np.reshape(shares[ties], np.shape(lanes)), np.argsort(order, axis=-1), axis=-1
    )
    return np.reshape(back, np.shape(x)) if axis is None else np.moveaxis(back, -1, axis)


ordered = register(
    Primitive(
        name="sort",
        symbol="sort",
        forward=sort_forward,
        vjp={"x": sort_dx},
        shape=sorted_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{sort}}({x})",
        words="Routes: every entry receives the upstream gradient of its new place, shared by those that tie.",
        kink=corners.TIE_OF_NEIGHBOURS,
        samples=along_one_axis,
        spellings=("sort",),
    )
)
