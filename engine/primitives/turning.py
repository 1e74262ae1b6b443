"""Gates that reverse, roll and turn the entries of an array, and functions that only add, move or swap axes."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.joining import widened, with_axes
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import Axis, axes_of, broadcast, one_axis, show
from engine.primitives.shaping import PUTS_BACK, entries, variants

Array = NDArray[np.float64]
Shape = tuple[int, ...]

# ---------- the same axes, the entries in another order ----------


def flipped(x: Shape, *, axis: Axis = None) -> Shape:
    """Returns the shape itself.

    Raises:
        ShapeMismatch: for an axis that the shape does not have, or one named twice.
    """
    axes_of(x, axis)
    return x


def flip_forward(x: Array, *, axis: Axis = None) -> Array:
    """Returns the entries in reverse order along the axes; along all if none is named."""
    return np.flip(x, axis=axis)


def flip_dx(upstream: Array, out: Array, x: Array, *, axis: Axis) -> Array:
    """∂L/∂x is the upstream reversed again."""
    return np.flip(upstream, axis=axis)


flip = register(
    Primitive(
        name="flip",
        symbol="flip",
        forward=flip_forward,
        vjp={"x": flip_dx},
        shape=flipped,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{flip}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((), {}),
                ((3,), {}),
                ((2, 3), {}),
                ((2, 3), {"axis": 0}),
                ((2, 3), {"axis": -1}),
                ((2, 3, 2), {"axis": (0, -1)}),
            ),
        ),
        spellings=("flip",),
        keywords={"m": "x"},
    )
)


@composition("flipud")
def flipud(gates: Gates, m: Value) -> Value:
    """Reverses the order of the rows."""
    return gates.make("flip", m, axis=0)


@composition("fliplr")
def fliplr(gates: Gates, m: Value) -> Value:
    """Reverses the order of the columns."""
    return gates.make("flip", m, axis=1)


Shift = int | tuple[int, ...]


def rolled(x: Shape, *, shift: Shift, axis: Axis = None, back: Shift = 0) -> Shape:
    """Returns the shape itself.

    Raises:
        BadCall: for a shift that is not made of whole numbers, or not one an axis.
        ShapeMismatch: for an axis that the shape does not have.
    """
    shifts = shift if isinstance(shift, tuple) else (shift,)
    axes = axis if isinstance(axis, tuple) else (axis,)
    for one in shifts:
        if isinstance(one, bool) or not isinstance(one, int):
            raise BadCall(f"A shift is a whole number, not {excerpt(one)}.", hint="np.roll(x, 1)")
    for place in axes:
        axes_of(x, place)
    if len(shifts) != len(axes) and 1 not in (len(shifts), len(axes)):
        raise BadCall(
            f"roll has {len(shifts)} shifts for {len(axes)} axes.", hint="Give one shift an axis."
        )
    return x


def shift_back(x: Shape, *, shift: Shift, axis: Axis) -> Shift:
    """Returns the shift that undoes a shift."""
    rolled(x, shift=shift, axis=axis)
    return tuple(-s for s in shift) if isinstance(shift, tuple) else -shift


def roll_forward(x: Array, *, shift: Shift, axis: Axis = None, back: Shift = 0) -> Array:
    """Returns the entries moved along the axes; what leaves at one end comes in at the other."""
    return np.roll(x, shift, axis=axis)


def roll_dx(
    upstream: Array, out: Array, x: Array, *, shift: Shift, axis: Axis, back: Shift
) -> Array:
    """∂L/∂x is the upstream moved back."""
    return np.roll(upstream, back, axis=axis)


roll = register(
    Primitive(
        name="roll",
        symbol="roll",
        forward=roll_forward,
        vjp={"x": roll_dx},
        shape=rolled,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{roll}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((3,), {"shift": 1}),
                ((3,), {"shift": -4}),
                ((2, 3), {"shift": 1}),
                ((2, 3), {"shift": 1, "axis": 0}),
                ((2, 3), {"shift": 2, "axis": -1}),
                ((2, 3), {"shift": (1, -1), "axis": (0, 1)}),
                ((2, 3, 2), {"shift": 1, "axis": (0, 1)}),
                ((2, 3), {"shift": (1, 1), "axis": -1}),
            ),
        ),
        spellings=("roll",),
        derived={"back": shift_back},
        view=False,
    )
)


def turned(x: Shape, *, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Shape:
    """Returns the shape with the two axes exchanged for an odd number of quarter turns.

    Raises:
        BadCall: where k is not a whole number, or the axes are not two.
        ShapeMismatch: for an axis that the shape does not have.
    """
    if isinstance(k, bool) or not isinstance(k, int):
        raise BadCall(f"k counts quarter turns, not {excerpt(k)}.", hint="np.rot90(x, k=1)")
    plane = axes_of(x, axes)
    if len(plane) != 2:
        raise BadCall(f"rot90 turns in a plane of two axes, not {len(plane)}.", hint="axes=(0, 1)")
    other = dict(zip(plane, plane[::-1], strict=True))
    return tuple(x[other.get(i, i) if k % 2 else i] for i in range(len(x)))


def rot90_forward(x: Array, *, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Array:
    """Returns x after k quarter turns from the first axis of the plane towards the second."""
    return np.rot90(x, k, axes)


def rot90_dx(upstream: Array, out: Array, x: Array, *, k: int, axes: tuple[int, int]) -> Array:
    """∂L/∂x is the upstream turned back."""
    return np.rot90(upstream, -k, axes)


rot90 = register(
    Primitive(
        name="rot90",
        symbol="rot90",
        forward=rot90_forward,
        vjp={"x": rot90_dx},
        shape=turned,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{rot}}_{{90}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((2, 3), {}),
                ((2, 3), {"k": 2}),
                ((2, 3), {"k": -1}),
                ((2, 3), {"k": 4}),
                ((2, 3, 2), {"axes": (1, -1)}),
                ((2, 3, 2), {"k": 3, "axes": (2, 0)}),
            ),
        ),
        spellings=("rot90",),
        keywords={"m": "x"},
    )
)

# ---------- axes added, moved or swapped ----------


@composition("matrix_transpose")
def matrix_transpose(gates: Gates, x: Value) -> Value:
    """Swaps the last two axes: every matrix of a stack is transposed."""
    with_axes(gates, x, 2, "matrix_transpose")
    return gates.make("swapaxes", x, axis1=-2, axis2=-1)


@composition("rollaxis")
def rollaxis(gates: Gates, a: Value, axis: Value, start: Value = 0) -> Value:
    """Moves an axis to stand before another."""
    rank = len(gates.shape(a))
    source = one_axis(gates.shape(a), gates.whole(axis, "axis"))
    before = gates.whole(start, "start")
    if not -rank <= before <= rank:
        raise ShapeMismatch(
            f"There is no place {before} among {rank} axes.", hint=f"start goes from 0 to {rank}."
        )
    place = before + rank if before < 0 else before
    return gates.make("moveaxis", a, source=source, destination=place - (source < place))


@composition("atleast_1d")
def atleast_1d(gates: Gates, *arys: Value) -> Value:
    """Makes an axis where there is none."""
    return each(gates, arys, 1)


@composition("atleast_2d")
def atleast_2d(gates: Gates, *arys: Value) -> Value:
    """Adds axes in front until there are two: a vector becomes a row."""
    return each(gates, arys, 2)


@composition("atleast_3d")
def atleast_3d(gates: Gates, *arys: Value) -> Value:
    """Adds axes until there are three: a matrix gets one at its end."""
    return each(gates, arys, 3)


def each(gates: Gates, arrays: tuple[Value, ...], rank: int) -> Value:
    """Returns one array with its missing axes, or a tuple of several."""
    if not arrays:
        raise BadCall(f"np.atleast_{rank}d takes an array.", hint=f"Write np.atleast_{rank}d(x).")
    wide = tuple(widened(gates, array, rank) for array in arrays)
    return wide if len(wide) > 1 else wide[0]


# ---------- to a common shape ----------


@composition("broadcast_arrays")
def broadcast_arrays(gates: Gates, *args: Value) -> Value:
    """Stretches several arrays to the shape they have together."""
    shapes = [gates.shape(array) for array in args]
    full = broadcast(*shapes)
    return tuple(
        array if shape == full else gates.make("broadcast_to", array, shape=full)
        for array, shape in zip(args, shapes, strict=True)
    )


@composition("meshgrid")
def meshgrid(gates: Gates, *xi: Value, indexing: Value = "xy") -> Value:
    """Makes a table of every combination of coordinates, one array a coordinate."""
    if indexing not in ("xy", "ij"):
        raise BadCall(
            f"np.meshgrid's indexing is 'xy' or 'ij', not {excerpt(indexing)}.",
            hint="indexing='ij'",
        )
    for array in xi:
        if len(gates.shape(array)) > 1:
            raise BadCall(
                f"np.meshgrid takes vectors, not an array of shape {show(gates.shape(array))}.",
                hint="Write np.meshgrid(x, y).",
            )
    count = len(xi)
    axes = list(range(count))
    if indexing == "xy" and count > 1:
        axes[:2] = [1, 0]
    sizes = [math.prod(gates.shape(array)) for array in xi]
    full = tuple(size for _, size in sorted(zip(axes, sizes, strict=True)))
    grids = []
    for array, axis, size in zip(xi, axes, sizes, strict=True):
        line = gates.make(
            "reshape", array, shape=tuple(size if i == axis else 1 for i in range(count))
        )
        grids.append(gates.copy(gates.make("broadcast_to", line, shape=full)))
    return tuple(grids)
