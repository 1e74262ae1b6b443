"""Lengths of vectors and sizes of matrices: np.linalg.norm and what it is made of."""

# NumPy's stubs give Any, or a float of any precision, for some of these expressions.
# mypy: disable-error-code="no-any-return, return-value"

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, NotAllowed, ShapeMismatch, excerpt
from engine.primitives import corners
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.reduction import reduced
from engine.primitives.samples import nonzero
from engine.primitives.shapes import Axis, axes_of, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]

VARIANTS: tuple[tuple[Shape, dict[str, object]], ...] = (
    ((), {}),
    ((3,), {}),
    ((1,), {"keepdims": True}),
    ((2, 3), {}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": -1, "keepdims": True}),
    ((2, 3, 2), {"axis": (0, -1)}),
    ((2, 3, 2), {"axis": (2, 0), "keepdims": True}),
    ((2, 3, 2), {}),
)


def norm_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
    """Returns the root of the sum of squares along the axes."""
    return np.linalg.norm(x, axis=axis, keepdims=keepdims)


def norm_dx(upstream: Array, out: Array, x: Array, *, axis: Axis, keepdims: bool) -> Array:
    """∂‖x‖/∂x = x / ‖x‖, and 0 where ‖x‖ is 0. Source: The Matrix Cookbook, (129)."""
    return upstream * x / (out + (out == 0))


norm = register(
    Primitive(
        name="norm",
        symbol="‖x‖",
        forward=norm_forward,
        vjp={"x": norm_dx},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\left\lVert {x} \right\rVert",
        words="Points: the input receives the upstream gradient times its own direction, and zero at zero.",
        samples=lambda rng: [((nonzero(rng, shape),), settings) for shape, settings in VARIANTS],
        kink=corners.POINT_OF_CONE,
    )
)


def norm_of_order_forward(
    x: Array, *, order: float, axis: Axis = None, keepdims: bool = False
) -> Array:
    """Returns the root of the sum of powers along the axes."""
    return np.sum(np.abs(x) ** order, axis=axis, keepdims=keepdims) ** (1 / order)


def norm_of_order_dx(
    upstream: Array, out: Array, x: Array, *, order: float, axis: Axis, keepdims: bool
) -> Array:
    """∂‖x‖_p/∂x_i = sign(x_i) (|x_i| / ‖x‖_p)^(p − 1), and 0 where ‖x‖_p is 0."""
    return upstream * np.sign(x) * (np.abs(x) / (out + (out == 0))) ** (order - 1)


def order_shape(x: Shape, *, order: float, axis: Axis = None, keepdims: bool = False) -> Shape:
    """Returns the shape without the axes of the norm, or with them as size 1."""
    return reduced(x, axis=axis, keepdims=keepdims)


def order_samples(rng: np.random.Generator) -> Samples:
    """Returns vectors and rows of orders above 1."""
    return [
        ((nonzero(rng, shape),), {"order": order, **settings})
        for shape, order, settings in (
            ((3,), 3, {}),
            ((2, 3), 1.5, {"axis": 0}),
            ((2, 3), 4, {"axis": -1, "keepdims": True}),
        )
    ]


norm_of_order = register(
    Primitive(
        name="norm_of_order",
        symbol="‖x‖ₚ",
        forward=norm_of_order_forward,
        vjp={"x": norm_of_order_dx},
        shape=order_shape,
        structure=Structure.REDUCTION,
        latex=r"\left\lVert {x} \right\rVert_{{{order}}}",
        words=(
            "Weighs: each entry receives the upstream gradient times its sign and a power of its share of the norm, "
            "and zero at zero."
        ),
        samples=order_samples,
        kink=corners.POINT_OF_CONE,
    )
)


@composition("linalg.norm", "norm")
def norm_of(
    gates: Gates, x: Value, ord: Value = None, axis: Value = None, keepdims: Value = False
) -> Value:
    """Takes the norm of vectors along one axis, or of matrices along two."""
    keep, order = truth(keepdims), plain_order(gates, ord)
    if order is None and axis is None:
        return gates.make("norm", x, axis=None, keepdims=keep)
    if axis is None:
        shape = gates.at_least(x, 1, "linalg.norm")
        if len(shape) > 2:
            raise ShapeMismatch(
                f"np.linalg.norm with ord takes a vector or a matrix; the shape is {show(shape)}.",
                hint="Name one axis for vectors, two for matrices.",
            )
        axes = tuple(range(len(shape)))
    else:
        axes = named_axes(gates, x, axis)
    if len(axes) == 1:
        return vector(gates, x, 2 if order is None else order, axes[0], keepdims=keep)
    return matrix(gates, x, "fro" if order is None else order, axes, keepdims=keep)


@composition("linalg.vector_norm", "vector_norm")
def vector_norm(
    gates: Gates, x: Value, *, axis: Value = None, keepdims: Value = False, ord: Value = 2
) -> Value:
    """Takes the norm of vectors along the axes named, or of all entries."""
    keep, order = truth(keepdims), plain_order(gates, ord)
    if axis is None:
        return vector(gates, x, order, None, keepdims=keep)
    axes = several_axes(gates, x, axis)
    return vector(gates, x, order, axes if len(axes) > 1 else axes[0], keepdims=keep)


@composition("linalg.matrix_norm", "matrix_norm")
def matrix_norm(gates: Gates, x: Value, *, keepdims: Value = False, ord: Value = "fro") -> Value:
    """Takes the norm of matrices along the last two axes."""
    rank = len(gates.at_least(x, 2, "linalg.matrix_norm"))
    order = plain_order(gates, ord)
    return matrix(gates, x, order, (rank - 2, rank - 1), keepdims=truth(keepdims))


def plain_order(gates: Gates, order: Value) -> Value:
    """Returns an order as text, a number or None; an input that is used as one becomes a plain number."""
    return order if isinstance(order, str | int | float | None) else gates.whole(order, "ord")


def truth(value: Value) -> bool:
    """Returns a truth value.

    Raises:
        BadCall: for anything else.
    """
    if not isinstance(value, bool):
        raise BadCall("keepdims is True or False.", hint="keepdims=True")
    return value


def several_axes(gates: Gates, x: Value, axis: Value) -> tuple[int, ...]:
    """Returns the axes that a setting names, counted from 0; free names are given them."""
    named = axis if isinstance(axis, tuple | list) else (axis,)
    whole = tuple(gates.whole(one, "axis") for one in named)
    least = max((one + 1 if one >= 0 else -one for one in whole), default=0)
    return axes_of(gates.at_least(x, least, "linalg.norm"), whole)


def named_axes(gates: Gates, x: Value, axis: Value) -> tuple[int, ...]:
    """Returns the one or two axes of a norm.

    Raises:
        BadCall: for more.
    """
    axes = several_axes(gates, x, axis)
    if len(axes) not in (1, 2):
        raise BadCall(
            f"np.linalg.norm takes one axis for vectors or two for matrices, not {len(axes)}.",
            hint="np.linalg.vector_norm takes any number.",
        )
    return axes


def vector(gates: Gates, x: Value, order: Value, axis: Value, *, keepdims: bool) -> Value:
    """Returns the norm of vectors along an axis."""
    several = isinstance(axis, tuple) and len(axis) > 2
    if order == 2 and not several:
        return gates.make("norm", x, axis=axis, keepdims=keepdims)
    if isinstance(order, str) or not isinstance(order, int | float):
        raise NotAllowed(
            f"The order {excerpt(order)} of a vector's norm is not in the language.",
            hint="ord is a number from 1, np.inf or -np.inf.",
        )
    if order in (1, math.inf, -math.inf):
        word = {1: "sum", math.inf: "max", -math.inf: "min"}[order]
        return gates.make(word, gates.make("abs", x), axis=axis, keepdims=keepdims)
    if order < 1:
        raise NotAllowed(
            f"The order {order:g} of a norm is not in the language: below 1 it has no gradient at 0.",
            hint="ord is a number from 1, np.inf or -np.inf.",
        )
    return gates.make("norm_of_order", x, order=order, axis=axis, keepdims=keepdims)


def matrix(gates: Gates, x: Value, order: Value, axes: tuple[int, ...], *, keepdims: bool) -> Value:
    """Returns the norm of matrices with rows along the first axis and columns along the second."""
    if order == "fro":
        return gates.make("norm", x, axis=axes, keepdims=keepdims)
    rows, columns = axes
    if order in (1, -1, math.inf, -math.inf):
        inner, outer = (rows, columns) if order in (1, -1) else (columns, rows)
        sums = gates.make("sum", gates.make("abs", x), axis=inner, keepdims=True)
        word = "max" if order in (1, math.inf) else "min"
        made = gates.make(word, sums, axis=outer, keepdims=True)
        return made if keepdims else gates.make("squeeze", made, axis=axes)
    words = {2: "max", -2: "min", "nuc": "sum"}
    if not isinstance(order, int | float | str) or order not in words:
        raise NotAllowed(
            f"The order {excerpt(order)} of a matrix norm is not in the language.",
            hint="ord is 'fro', 'nuc', 1, -1, 2, -2, np.inf or -np.inf.",
        )
    rank = len(gates.shape(x))
    if axes != (rank - 2, rank - 1):
        x = gates.make("moveaxis", x, source=axes, destination=(-2, -1))
    made = gates.make(words[order], gates.make("svdvals", x), axis=-1, keepdims=False)
    return gates.make("expand_dims", made, axis=axes) if keepdims else made
