"""Sums of products over chosen axes: tensordot, kron, cross, and products of vectors along an axis."""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal
from engine.primitives.shapes import axes_of, broadcast, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Axes = int | tuple[int | tuple[int, ...], int | tuple[int, ...]]
Pairs = tuple[tuple[int, ...], tuple[int, ...]]


def contraction_cost(out: Shape, x: Shape, y: Shape) -> int:
    """Returns the flops of a product without shared axes that stay: two a term, each size being in two of the three."""
    return 2 * math.isqrt(math.prod(out) * math.prod(x) * math.prod(y))


# ---------- tensordot ----------


def summed_pairs(x: Shape, y: Shape, axes: Axes) -> Pairs:
    """Returns the axes of x and of y that np.tensordot sums together.

    Raises:
        BadCall: for axes that are not a whole number or a pair.
        ShapeMismatch: where they are not there, not as many, or not of the same sizes.
    """
    if isinstance(axes, int) and not isinstance(axes, bool):
        if axes < 0:
            raise BadCall(f"tensordot sums over 0 or more axes, not {axes}.", hint="axes=1")
        for position, shape in enumerate((x, y)):
            if len(shape) < axes:
                raise ShapeMismatch(
                    f"tensordot cannot sum over {axes} axes of shape {show(shape)}.",
                    hint="Name fewer axes.",
                    rank=(position, axes),
                )
        left, right = tuple(range(len(x) - axes, len(x))), tuple(range(axes))
    elif isinstance(axes, tuple) and len(axes) == 2:
        left, right = axes_of(x, axes[0]), axes_of(y, axes[1], argument=1)
    else:
        raise BadCall(
            "The axes of tensordot are a whole number, or a pair: those of the first array, those of the second.",
            hint="axes=1, or axes=([0], [1]).",
        )
    if len(left) != len(right):
        raise ShapeMismatch(
            f"tensordot pairs axes: {len(left)} of the first array, {len(right)} of the second.",
            hint="Name as many on both sides.",
        )
    for i, j in zip(left, right, strict=True):
        if x[i] != y[j]:
            raise ShapeMismatch(
                f"tensordot sums axis {i} of {show(x)} with axis {j} of {show(y)}: {x[i]} and {y[j]} entries.",
                hint="Pair axes of the same size.",
                sizes=(x[i], y[j]),
            )
    return left, right


def rest_of(shape: Shape, gone: Sequence[int]) -> tuple[int, ...]:
    """Returns the axes that are not gone."""
    return tuple(k for k in range(len(shape)) if k not in gone)


def tensordot_shape(x: Shape, y: Shape, *, axes: Axes = 2, **_derived: object) -> Shape:
    """Returns the sizes of x's and y's axes that are not summed."""
    left, right = summed_pairs(x, y, axes)
    return tuple(x[k] for k in rest_of(x, left)) + tuple(y[k] for k in rest_of(y, right))


def dx_axes(x: Shape, y: Shape, *, axes: Axes) -> Pairs:
    """Returns what the gradient of x sums: the upstream's axes that came from y, with those of y."""
    left, right = summed_pairs(x, y, axes)
    kept = len(x) - len(left)
    return tuple(range(kept, kept + len(y) - len(right))), rest_of(y, right)


def dx_order(x: Shape, y: Shape, *, axes: Axes) -> tuple[int, ...]:
    """Returns the order that brings that sum into x's order of axes: x's own come first, then those paired with y's."""
    left, right = summed_pairs(x, y, axes)
    paired = [i for _, i in sorted(zip(right, left, strict=True))]
    found = [*rest_of(x, left), *paired]
    return tuple(found.index(k) for k in range(len(x)))


def dy_axes(x: Shape, y: Shape, *, axes: Axes) -> Pairs:
    """Returns what the gradient of y sums: the axes of x that are not summed, with the upstream's that came from them."""
    left, _ = summed_pairs(x, y, axes)
    return rest_of(x, left), tuple(range(len(x) - len(left)))


def dy_order(x: Shape, y: Shape, *, axes: Axes) -> tuple[int, ...]:
    """Returns the order that brings that sum into y's order of axes: those paired with x's come first, then y's own."""
    left, right = summed_pairs(x, y, axes)
    paired = [j for _, j in sorted(zip(left, right, strict=True))]
    found = [*paired, *rest_of(y, right)]
    return tuple(found.index(k) for k in range(len(y)))


def tensordot_forward(
    x: Array,
    y: Array,
    *,
    axes: Axes = 2,
    dx_axes: Pairs,
    dx_order: tuple[int, ...],
    dy_axes: Pairs,
    dy_order: tuple[int, ...],
) -> Array:
    """Returns the sums of products over the paired axes."""
    return np.tensordot(x, y, axes)


def tensordot_dx(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    axes: Axes,
    dx_axes: Pairs,
    dx_order: tuple[int, ...],
    dy_axes: Pairs,
    dy_order: tuple[int, ...],
) -> Array:
    """∂L/∂x is the upstream summed with y over the axes that came from y."""
    return np.transpose(np.tensordot(upstream, y, dx_axes), dx_order)


def tensordot_dy(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    axes: Axes,
    dx_axes: Pairs,
    dx_order: tuple[int, ...],
    dy_axes: Pairs,
    dy_order: tuple[int, ...],
) -> Array:
    """∂L/∂y is the upstream summed with x over the axes that came from x."""
    return np.transpose(np.tensordot(x, upstream, dy_axes), dy_order)


TENSORDOT_DERIVED = {
    "dx_axes": dx_axes,
    "dx_order": dx_order,
    "dy_axes": dy_axes,
    "dy_order": dy_order,
}


def tensordot_samples(rng: np.random.Generator) -> Samples:
    """Returns pairs of arrays summed over no, one and two axes, named in several ways."""
    pairs: list[tuple[Shape, Shape, Axes]] = [
        ((2, 3), (3, 2), 1),
        ((2, 3, 2), (3, 2, 2), 2),
        ((2,), (3,), 0),
        ((2, 3), (3, 2), ((1, 0), (0, 1))),
        ((2, 3, 4), (4, 2, 3), ((0, 2), (1, 0))),
        ((2, 3, 4), (3, 2), (1, 0)),
        ((3, 2), (2, 3, 2), ((-1,), (-1,))),
    ]
    return [
        (
            (normal(rng, x), normal(rng, y)),
            {"axes": axes},
        )
        for x, y, axes in pairs
    ]


tensordot = register(
    Primitive(
        name="tensordot",
        symbol="tensdot",
        forward=tensordot_forward,
        vjp={"x": tensordot_dx, "y": tensordot_dy},
        shape=tensordot_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{tensordot}}({x}, {y})",
        words=(
            "Swaps: each side receives the upstream gradient times the other side, summed over every axis that came "
            "from the other side."
        ),
        samples=tensordot_samples,
        spellings=("tensordot", "linalg.tensordot"),
        cost=contraction_cost,
        keywords={"a": "x", "b": "y", "x2": "y"},
        derived=TENSORDOT_DERIVED,
    )
)

# ---------- kron ----------


def kron_shape(x: Shape, y: Shape, **_derived: object) -> Shape:
    """Returns the products of the sizes, counted from the last axis."""
    rank = max(len(x), len(y))
    left, right = (1,) * (rank - len(x)) + x, (1,) * (rank - len(y)) + y
    return tuple(n if m == 1 else m if n == 1 else m * n for m, n in zip(left, right, strict=True))


def blocks(x: Shape, y: Shape) -> Shape:
    """Returns the shape in which every axis of x and of y has its own: x's size, then y's, for each axis."""
    axes = range(-max(len(x), len(y)), 0)
    return tuple(shape[k] for k in axes for shape in (x, y) if -k <= len(shape))


def places(x: Shape, y: Shape) -> Pairs:
    """Returns which of those axes are x's and which are y's."""
    axes = range(-max(len(x), len(y)), 0)
    owners = [own for k in axes for own, shape in enumerate((x, y)) if -k <= len(shape)]
    mine, theirs = (tuple(i for i, k in enumerate(owners) if k == own) for own in (0, 1))
    return mine, theirs


def x_places(x: Shape, y: Shape) -> Pairs:
    """Returns x's axes among the blocks', and in x."""
    return places(x, y)[0], tuple(range(len(x)))


def y_places(x: Shape, y: Shape) -> Pairs:
    """Returns y's axes among the blocks', and in y."""
    return places(x, y)[1], tuple(range(len(y)))


def kron_forward(x: Array, y: Array, *, blocks: Shape, x_places: Pairs, y_places: Pairs) -> Array:
    """Returns the array of blocks x_ij y."""
    return np.kron(x, y)


def kron_dx(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    blocks: Shape,
    x_places: Pairs,
    y_places: Pairs,
) -> Array:
    """∂L/∂x_ij is the sum of the upstream of block ij times y."""
    return np.tensordot(np.reshape(upstream, blocks), y, y_places)


def kron_dy(
    upstream: Array,
    out: Array,
    x: Array,
    y: Array,
    *,
    blocks: Shape,
    x_places: Pairs,
    y_places: Pairs,
) -> Array:
    """∂L/∂y is the sum of the blocks of the upstream, each times its x_ij."""
    return np.tensordot(np.reshape(upstream, blocks), x, x_places)


KRON_DERIVED = {"blocks": blocks, "x_places": x_places, "y_places": y_places}


def kron_samples(rng: np.random.Generator) -> Samples:
    """Returns vectors, matrices, and arrays of different ranks."""
    pairs: list[tuple[Shape, Shape]] = [
        ((2,), (3,)),
        ((2, 2), (2, 3)),
        ((2,), (2, 3)),
        ((2, 1, 2), (3,)),
        ((), (2, 2)),
        ((3,), ()),
    ]
    return [((normal(rng, x), normal(rng, y)), {}) for x, y in pairs]


kron = register(
    Primitive(
        name="kron",
        symbol="⊗",
        forward=kron_forward,
        vjp={"x": kron_dx, "y": kron_dy},
        shape=kron_shape,
        structure=Structure.DENSE,
        latex=r"{x} \otimes {y}",
        words=(
            "Swaps in blocks: an entry of the first array receives the sum of its block's upstream gradient times the "
            "second array, the second the sum of all blocks, each times its entry."
        ),
        samples=kron_samples,
        spellings=("kron",),
        keywords={"a": "x", "b": "y"},
        derived=KRON_DERIVED,
    )
)

# ---------- cross ----------


def cross_shape(x: Shape, y: Shape) -> Shape:
    """Returns the broadcast shape; both have 3 entries along the last axis.

    Raises:
        ShapeMismatch: for vectors that have not 3 entries.
    """
    for position, shape in enumerate((x, y)):
        if not shape:
            raise ShapeMismatch(
                "cross takes vectors, not single numbers.",
                hint="Give it 3 entries.",
                rank=(position, 1),
            )
        if shape[-1] != 3:
            raise ShapeMismatch(
                f"cross takes vectors of 3 entries along the last axis; shape {show(shape)} has {shape[-1]}.",
                hint="Add a third entry 0: NumPy 2 has no cross product of two-dimensional vectors.",
                sizes=(shape[-1], 3),
            )
    return (*broadcast(x[:-1], y[:-1]), x[-1])


def cross_forward(x: Array, y: Array) -> Array:
    """Returns x × y along the last axis."""
    return np.cross(x, y)


def cross_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """δ · (dx × y) = dx · (y × δ): ∂L/∂x = y × δ."""
    return np.cross(y, upstream)


def cross_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """δ · (x × dy) = dy · (δ × x): ∂L/∂y = δ × x."""
    return np.cross(upstream, x)


cross = register(
    Primitive(
        name="cross",
        symbol="x × y",
        forward=cross_forward,
        vjp={"x": cross_dx, "y": cross_dy},
        shape=cross_shape,
        structure=Structure.DENSE,
        latex=r"{x} \times {y}",
        words=(
            "Turns: the first vector receives the second crossed with the upstream gradient, the second the upstream "
            "gradient crossed with the first."
        ),
        samples=lambda rng: [
            ((normal(rng, x), normal(rng, y)), {})
            for x, y in (((3,), (3,)), ((2, 3), (3,)), ((1, 3), (2, 3)), ((2, 1, 3), (2, 3)))
        ],
        cost=lambda out, x, y: 3 * math.prod(out),
    )
)


@composition("cross")
def cross_of(
    gates: Gates,
    a: Value,
    b: Value,
    axisa: Value = -1,
    axisb: Value = -1,
    axisc: Value = -1,
    axis: Value = None,
) -> Value:
    """Crosses vectors of three entries, along the last axis or the ones named."""
    places = [
        gates.whole(axis if axis is not None else own, word)
        for own, word in ((axisa, "axisa"), (axisb, "axisb"), (axisc, "axisc"))
    ]
    x, y = (last(gates, value, place) for value, place in zip((a, b), places, strict=False))
    made = gates.make("cross", x, y)
    rank = len(gates.shape(made))
    (end,) = axes_of(gates.shape(made), places[2])
    return made if end == rank - 1 else gates.make("moveaxis", made, source=-1, destination=end)


def last(gates: Gates, value: Value, axis: int) -> Value:
    """Returns an array with one axis moved to the end."""
    if axis == -1:
        return value
    shape = gates.at_least(value, axis + 1 if axis >= 0 else -axis, "cross")
    (place,) = axes_of(shape, axis)
    if place == len(shape) - 1:
        return value
    return gates.make("moveaxis", value, source=place, destination=-1)


@composition("linalg.cross")
def cross_of_library(gates: Gates, x1: Value, x2: Value, *, axis: Value = -1) -> Value:
    """Crosses vectors of three entries, along the last axis or the one named."""
    return gates.call("cross", x1, x2, axis=axis)


# ---------- products along an axis ----------


@composition("vecdot", "linalg.vecdot")
def vecdot(gates: Gates, x1: Value, x2: Value, *, axis: Value = -1) -> Value:
    """Takes inner products of vectors along an axis."""
    place = gates.whole(axis, "axis")
    least = place + 1 if place >= 0 else -place
    for value in (x1, x2):
        gates.at_least(value, least, "vecdot")
    return gates.call("sum", gates.call("multiply", x1, x2), axis=place)


@composition("matvec")
def matvec_of(gates: Gates, x1: Value, x2: Value) -> Value:
    """Multiplies matrices by vectors, each stack along its leading axes."""
    gates.at_least(x1, 2, "matvec")
    if len(gates.at_least(x2, 1, "matvec")) == 1:
        return gates.call("matmul", x1, x2)
    columns = gates.make("expand_dims", x2, axis=-1)
    return gates.make("squeeze", gates.call("matmul", x1, columns), axis=-1)


@composition("vecmat")
def vecmat_of(gates: Gates, x1: Value, x2: Value) -> Value:
    """Multiplies vectors by matrices, each stack along its leading axes."""
    gates.at_least(x2, 2, "vecmat")
    if len(gates.at_least(x1, 1, "vecmat")) == 1:
        return gates.call("matmul", x1, x2)
    rows = gates.make("expand_dims", x1, axis=-2)
    return gates.make("squeeze", gates.call("matmul", rows, x2), axis=-2)
