"""Gates that make one number of many; their rules see the reduced axes kept as size 1."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeMismatch
from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import Axis, axes_of, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]

VARIANTS: tuple[tuple[Shape, dict[str, object]], ...] = (
    ((), {}),
    ((3,), {}),
    ((3,), {"keepdims": True}),
    ((2, 3), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1}),
    ((2, 3), {"axis": 1, "keepdims": True}),
    ((2, 3), {"axis": ()}),
    ((2, 3, 2), {"axis": (0, -1)}),
    ((2, 3, 2), {"axis": (2, 0), "keepdims": True}),
)


def reduced(x: Shape, *, axis: Axis = None, keepdims: bool = False) -> Shape:
    """Returns the shape without the reduced axes, or with them as size 1.

    Raises:
        ShapeMismatch: for an axis that the shape does not have, or one named twice.
    """
    gone = axes_of(x, axis)
    if keepdims:
        return tuple(1 if i in gone else n for i, n in enumerate(x))
    return tuple(n for i, n in enumerate(x) if i not in gone)


def reduced_to_entry(x: Shape, *, axis: Axis = None, keepdims: bool = False) -> Shape:
    """Returns the reduced shape, where every reduction needs an entry to choose.

    Raises:
        ShapeMismatch: as `reduced`, and for a reduction over no entries.
    """
    result = reduced(x, axis=axis, keepdims=keepdims)
    if 0 in [x[i] for i in axes_of(x, axis)] and 0 not in result:
        raise ShapeMismatch(
            f"The largest or smallest entry of shape {show(x)} does not exist: it has no entries.",
            hint="Give it at least one entry.",
        )
    return result


def reduced_from_entries(x: Shape, *, axis: Axis = None, keepdims: bool = False) -> Shape:
    """Returns the reduced shape, where a mean needs an entry to average.

    Raises:
        ShapeMismatch: as `reduced`, and for a mean of no entries.
    """
    if 0 in [x[i] for i in axes_of(x, axis)]:
        raise ShapeMismatch(
            f"The mean of no entries does not exist: the shape is {show(x)}.",
            hint="Give it at least one entry.",
        )
    return reduced(x, axis=axis, keepdims=keepdims)


def any_entries(rng: np.random.Generator) -> Samples:
    """Returns one array a variant of the settings."""
    return [((samples.normal(rng, shape),), settings) for shape, settings in VARIANTS]


def distinct_entries(rng: np.random.Generator) -> Samples:
    """Returns one array without ties a variant of the settings."""
    return [((samples.distinct(rng, shape),), settings) for shape, settings in VARIANTS]


def sum_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the sum of the entries along the axes."""
    return np.sum(x, axis=axis, keepdims=keepdims)


def sum_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂(x_1 + ... + x_n)/∂x_i = 1."""
    return upstream * np.ones_like(x)


total = register(
    Primitive(
        name="sum",
        symbol="Σ",
        forward=sum_forward,
        vjp={"x": sum_dx},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\sum {x}",
        words="Distributes: every entry that was added receives the same upstream gradient.",
        samples=any_entries,
        spellings=("sum",),
        methods=("sum",),
    )
)


def mean_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the mean of the entries along the axes."""
    return np.mean(x, axis=axis, keepdims=keepdims)


def mean_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂((x_1 + ... + x_n) / n)/∂x_i = 1 / n, where n entries of x make one of the output."""
    return upstream * np.ones_like(x) * out.size / x.size


mean = register(
    Primitive(
        name="mean",
        symbol="mean",
        forward=mean_forward,
        vjp={"x": mean_dx},
        shape=reduced_from_entries,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{mean}}({x})",
        words="Shares: each of the n averaged entries receives one n-th of the upstream gradient.",
        samples=any_entries,
        spellings=("mean",),
        methods=("mean",),
    )
)


def max_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the largest entry along the axes."""
    return np.max(x, axis=axis, keepdims=keepdims)


def max_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂max(x_1, ..., x_n)/∂x_i = 1 for the largest entry, else 0; shared by those that tie."""
    return upstream * (x == out) / np.sum(x == out, axis=axis, keepdims=True)


largest = register(
    Primitive(
        name="max",
        symbol="max",
        forward=max_forward,
        vjp={"x": max_dx},
        shape=reduced_to_entry,
        structure=Structure.REDUCTION,
        latex=r"\max({x})",
        words="Routes: the largest entry receives the whole upstream gradient, the others 0.",
        kink=corners.TIE_OF_ENTRIES,
        samples=distinct_entries,
        spellings=("max", "amax"),
        methods=("max",),
    )
)


def min_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the smallest entry along the axes."""
    return np.min(x, axis=axis, keepdims=keepdims)


def min_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂min(x_1, ..., x_n)/∂x_i = 1 for the smallest entry, else 0; shared by those that tie."""
    return upstream * (x == out) / np.sum(x == out, axis=axis, keepdims=True)


smallest = register(
    Primitive(
        name="min",
        symbol="min",
        forward=min_forward,
        vjp={"x": min_dx},
        shape=reduced_to_entry,
        structure=Structure.REDUCTION,
        latex=r"\min({x})",
        words="Routes: the smallest entry receives the whole upstream gradient, the others 0.",
        kink=corners.TIE_OF_ENTRIES,
        samples=distinct_entries,
        spellings=("min", "amin"),
        methods=("min",),
    )
)


# ---------- products ----------


def entries_with_zeros(rng: np.random.Generator) -> Samples:
    """Returns one array a variant of the settings, and rows with no, one, two and only entries that are 0."""
    rows = np.array([[0.5, -1.5, 2.0], [0.5, 0.0, 2.0], [0.0, 1.5, 0.0], [0.0, 0.0, 0.0]])
    zeros: tuple[dict[str, object], ...] = ({}, {"axis": 0}, {"axis": 1}, {"axis": (0, 1)})
    several = [((samples.nonzero(rng, shape),), settings) for shape, settings in VARIANTS]
    return [*several, *(((rows,), settings) for settings in zeros)]


def prod_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the product of the entries along the axes."""
    return np.prod(x, axis=axis, keepdims=keepdims)


def prod_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂(x_1 · ... · x_n)/∂x_i = the product of the others: 0 where one of them is 0, never 0/0."""
    factors = np.where(x == 0, 1, x)
    others = np.prod(factors, axis=axis, keepdims=True) / factors
    return upstream * others * (np.sum(x == 0, axis=axis, keepdims=True) == (x == 0))


product = register(
    Primitive(
        name="prod",
        symbol="Π",
        forward=prod_forward,
        vjp={"x": prod_dx},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\prod {x}",
        words="Swaps: every factor receives the upstream gradient times the product of the others.",
        samples=entries_with_zeros,
        spellings=("prod",),
        methods=("prod",),
    )
)


# ---------- past what is no number ----------


def nansum_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the sum of the entries along the axes that are numbers."""
    return np.nansum(x, axis=axis, keepdims=keepdims)


def nansum_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂(x_1 + ... + x_n)/∂x_i = 1 where x_i is a number, else 0."""
    return np.where(np.isnan(x), 0, upstream)


total_of_numbers = register(
    Primitive(
        name="nansum",
        symbol="nansum",
        forward=nansum_forward,
        vjp={"x": nansum_dx},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\sum {x}",
        words="Distributes: every entry that is a number receives the same upstream gradient, NaN 0.",
        samples=any_entries,
        spellings=("nansum",),
    )
)


def nanmean_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the mean of the entries along the axes that are numbers."""
    return np.nanmean(x, axis=axis, keepdims=keepdims)


def nanmean_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂((x_1 + ... + x_n) / n)/∂x_i = 1 / n where x_i is one of the n numbers, else 0."""
    count = x.size / out.size - np.sum(np.isnan(x), axis=axis, keepdims=True)
    return np.where(np.isnan(x), 0, upstream) / count


mean_of_numbers = register(
    Primitive(
        name="nanmean",
        symbol="nanmean",
        forward=nanmean_forward,
        vjp={"x": nanmean_dx},
        shape=reduced_from_entries,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{mean}}({x})",
        words="Shares: each of the n entries that are numbers receives one n-th of the upstream gradient.",
        samples=any_entries,
        spellings=("nanmean",),
    )
)
