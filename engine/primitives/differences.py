"""Differences of neighbours, and what is made of them: slopes and areas of sampled functions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import axes_of, one_axis, show
from engine.primitives.shaping import entries, variants

Array = NDArray[np.float64]
Shape = tuple[int, ...]


def diff_shape(x: Shape, *, axis: int = -1) -> Shape:
    """Returns the shape with one entry less along the axis.

    Raises:
        ShapeMismatch: for a single number, no entries, or an axis that the shape does not have.
    """
    if not x:
        raise ShapeMismatch(
            "A single number has no neighbours to take differences of.",
            hint="Give it a vector.",
            rank=(0, 1),
        )
    along = one_axis(x, axis)
    if x[along] == 0:
        raise ShapeMismatch(
            f"There are no entries along axis {along} of {show(x)} to take differences of.",
            hint="Give it at least one entry.",
        )
    return tuple(n - 1 if i == along else n for i, n in enumerate(x))


def diff_forward(x: Array, *, axis: int = -1) -> Array:
    """Returns each entry's successor minus the entry."""
    return np.diff(x, axis=axis)


def diff_dx(upstream: Array, out: Array, x: Array, *, axis: int) -> Array:
    """∂L/∂x_i = upstream_{i-1} - upstream_i: an entry is added once and subtracted once, but at the ends."""
    return -np.diff(upstream, axis=axis, prepend=0, append=0)


diff_once = register(
    Primitive(
        name="diff",
        symbol="Δ",
        forward=diff_forward,
        vjp={"x": diff_dx},
        shape=diff_shape,
        structure=Structure.DENSE,
        latex=r"\Delta {x}",
        words="Subtracts neighbours: an entry gets the upstream where it was added minus that where it was taken away.",
        samples=lambda rng: entries(
            rng,
            variants(
                ((4,), {}),
                ((2, 3), {}),
                ((3, 2), {"axis": 0}),
                ((2, 3, 2), {"axis": 1}),
                ((2, 2), {"axis": -2}),
            ),
        ),
    )
)


@composition("diff")
def diff(gates: Gates, a: Value, n: Value = 1, axis: Value = -1) -> Value:
    """Takes the differences of neighbours, n times."""
    times = gates.whole(n, "n")
    if times < 0:
        raise BadCall(f"np.diff's n counts differences, not {times}.", hint="np.diff(x, n=1)")
    result = a
    for _ in range(times):
        result = gates.make("diff", result, axis=gates.whole(axis, "axis"))
    return result


# ---------- slopes ----------


def slopes_shape(x: Shape, *, axis: int = 0) -> Shape:
    """Returns the shape itself, which needs two entries along the axis.

    Raises:
        ShapeMismatch: for fewer.
    """
    along = one_axis(x, axis)
    if x[along] < 2:
        raise ShapeMismatch(
            f"np.gradient needs 2 entries along axis {along}; shape {show(x)} has {int(x[along])}.",
            hint="Give it more entries.",
        )
    return x


def gradient_forward(x: Array, *, axis: int = 0) -> Array:
    """Returns half the difference of each entry's neighbours; at the ends, that of the entry and its neighbour."""
    return np.asarray(np.gradient(x, axis=axis))


def gradient_dx(upstream: Array, out: Array, x: Array, *, axis: int) -> Array:
    """Each slope was made of two entries: the later gets its share of the upstream, the earlier minus that."""
    dx = np.zeros_like(x)
    slope = np.moveaxis(upstream, axis, 0)
    entry = np.moveaxis(dx, axis, 0)
    entry[2:] += slope[1:-1] / 2
    entry[:-2] -= slope[1:-1] / 2
    entry[1] += slope[0]
    entry[0] -= slope[0]
    entry[-1] += slope[-1]
    entry[-2] -= slope[-1]
    return dx


slopes = register(
    Primitive(
        name="gradient",
        symbol="slope",
        forward=gradient_forward,
        vjp={"x": gradient_dx},
        shape=slopes_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{slope}}({x})",
        words="Subtracts neighbours: an entry gets its share of the slopes it was used in, with their signs.",
        samples=lambda rng: entries(
            rng,
            variants(
                ((5,), {}),
                ((2,), {}),
                ((3,), {}),
                ((3, 4), {"axis": 1}),
                ((3, 2), {"axis": 0}),
                ((2, 3, 2), {"axis": -2}),
            ),
        ),
    )
)


@composition("gradient")
def gradient(
    gates: Gates, f: Value, *varargs: Value, axis: Value = None, edge_order: Value = 1
) -> Value:
    """Takes the slopes of sampled values along one axis, or along each."""
    if edge_order != 1:
        raise BadCall(
            f"np.gradient's edge_order is 1 here, not {excerpt(edge_order)}.", hint="Leave it out."
        )
    shape = gates.shape(f)
    if not shape:
        raise ShapeMismatch(
            "A single number has no neighbours to take slopes of.",
            hint="Give it a vector.",
            rank=(0, 1),
        )
    wanted = None if axis is None else gates.setting(axis)
    axes = axes_of(shape, wanted if isinstance(wanted, int | tuple) else None)
    spacings = varargs * len(axes) if len(varargs) == 1 else varargs or (1,) * len(axes)
    if len(spacings) != len(axes):
        raise BadCall(
            f"np.gradient has {len(varargs)} spacings for {len(axes)} axes.",
            hint="Give one spacing, or one an axis.",
        )
    made = [slope_along(gates, f, one, h) for one, h in zip(axes, spacings, strict=True)]
    return tuple(made) if len(made) > 1 else made[0]


def slope_along(gates: Gates, f: Value, axis: int, spacing: Value) -> Value:
    """Returns the slopes along one axis.

    Raises:
        BadCall: where the samples' places are given instead of their distance.
    """
    if gates.shape(spacing):
        raise BadCall(
            "np.gradient takes the samples' distance, one number, not their places.",
            hint="Write np.gradient(f, h).",
        )
    slope = gates.make("gradient", f, axis=axis)
    return slope if spacing == 1 else gates.call("divide", slope, spacing)


# ---------- areas ----------


@composition("trapezoid", "trapz")  # the older name
def trapezoid(gates: Gates, y: Value, x: Value = None, dx: Value = 1.0, axis: Value = -1) -> Value:
    """Adds the areas of the trapezoids between neighbouring samples."""
    shape = gates.shape(y)
    if not shape:
        raise ShapeMismatch(
            "The area under a single number is not there to take.",
            hint="Give it a vector.",
            rank=(0, 1),
        )
    along = one_axis(shape, gates.whole(axis, "axis"))
    before = (slice(None),) * along
    later = gates.make("getitem", y, index=(*before, slice(1, None)))
    earlier = gates.make("getitem", y, index=(*before, slice(None, -1)))
    both = gates.call("add", later, earlier)
    width = dx if x is None else widths(gates, x, shape, along)
    areas = both if width == 1 else gates.call("multiply", width, both)
    return gates.call("divide", gates.call("sum", areas, axis=along), 2)


def widths(gates: Gates, x: Value, shape: Sequence[int], axis: int) -> Value:
    """Returns the distances of the samples' places, as they multiply the samples.

    Raises:
        ShapeMismatch: for places that are neither a vector nor as many-dimensional as the samples.
    """
    places = len(gates.shape(x))
    if places not in (1, len(shape)):
        raise ShapeMismatch(
            f"np.trapezoid's x is a vector or has the shape of y, not {show(gates.shape(x))}.",
            hint="Give one place a sample.",
            rank=(1, 1) if places == 0 else None,
        )
    steps = gates.make("diff", x, axis=axis if places == len(shape) else -1)
    after = len(shape) - 1 - axis
    if places != 1 or after == 0:
        return steps
    return gates.make("expand_dims", steps, axis=tuple(range(1, after + 1)))
