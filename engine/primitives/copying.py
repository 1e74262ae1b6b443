"""Gates that repeat entries, and gates that put a frame around an array."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.joining import with_axes
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import one_axis, show
from engine.primitives.shaping import entries, variants

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Width = tuple[tuple[int, int], ...]

ADDS_COPIES = "Copies: the gradients of all copies of an entry add up."


def counted(setting: object, what: str, least: int = 0) -> int:
    """Returns a setting that says how often.

    Raises:
        BadCall: for anything but a whole number from `least`.
    """
    if isinstance(setting, bool) or not isinstance(setting, int) or setting < least:
        raise BadCall(
            f"{what} is a whole number from {least}, not {excerpt(setting)}.", hint="Such as 2."
        )
    return setting


# ---------- the whole array again ----------

Reps = int | tuple[int, ...]


def tiles(x: Shape, reps: Reps) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns the repetitions and the sizes along every axis of the result, the shorter filled up with 1 in front.

    Raises:
        BadCall: for repetitions that are not whole numbers from 1.
    """
    asked = reps if isinstance(reps, tuple) else (reps,)
    counts = tuple(counted(one, "A repetition", 1) for one in asked)
    rank = max(len(counts), len(x))
    return (1,) * (rank - len(counts)) + counts, (1,) * (rank - len(x)) + x


def tiled(x: Shape, *, reps: Reps, folded: Shape = (), copies: tuple[int, ...] = ()) -> Shape:
    """Returns every size times its repetitions; a size that stays is kept."""
    counts, sizes = tiles(x, reps)
    return tuple(n if r == 1 else r * n for r, n in zip(counts, sizes, strict=True))


def tile_folded(x: Shape, *, reps: Reps) -> Shape:
    """Returns the result's shape with an axis of its own for each axis' copies."""
    counts, sizes = tiles(x, reps)
    new = len(sizes) - len(x)
    pairs = zip(counts[new:], sizes[new:], strict=True)
    return counts[:new] + tuple(int(n) for pair in pairs for n in pair)


def tile_copies(x: Shape, *, reps: Reps) -> tuple[int, ...]:
    """Returns which axes of `tile_folded` hold copies."""
    new = len(tiles(x, reps)[0]) - len(x)
    return tuple(range(new)) + tuple(new + 2 * i for i in range(len(x)))


def tile_forward(
    x: Array, *, reps: Reps, folded: Shape = (), copies: tuple[int, ...] = ()
) -> Array:
    """Returns the array laid beside itself."""
    return np.tile(x, reps)


def tile_dx(
    upstream: Array, out: Array, x: Array, *, reps: Reps, folded: Shape, copies: tuple[int, ...]
) -> Array:
    """∂L/∂x adds the upstreams of all copies, which have axes of their own in the folded shape."""
    return np.sum(np.reshape(upstream, folded), axis=copies)


tile = register(
    Primitive(
        name="tile",
        symbol="tile",
        forward=tile_forward,
        vjp={"x": tile_dx},
        shape=tiled,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{tile}}({x})",
        words=ADDS_COPIES,
        samples=lambda rng: entries(
            rng,
            variants(
                ((), {"reps": 3}),
                ((3,), {"reps": 2}),
                ((3,), {"reps": (2, 2)}),
                ((2, 3), {"reps": 2}),
                ((2, 3), {"reps": (2, 1)}),
                ((2, 3), {"reps": (2, 1, 2)}),
                ((2, 1, 2), {"reps": (3, 1)}),
            ),
        ),
        spellings=("tile",),
        keywords={"A": "x"},
        derived={"folded": tile_folded, "copies": tile_copies},
    )
)

# ---------- every entry several times ----------


def repeated(
    x: Shape, *, repeats: int, axis: int | None = None, folded: Shape = (), copies: int = 0
) -> Shape:
    """Returns the shape with one axis longer; flattened if none is named.

    Raises:
        BadCall: for repeats that are not a whole number from 0.
        ShapeMismatch: for an axis that the shape does not have.
    """
    count = counted(repeats, "A repetition")
    if axis is None:
        return (x[0] if len(x) == 1 and count == 1 else math.prod(x) * count,)
    along = one_axis(x, axis)
    return tuple(n * count if i == along and count != 1 else n for i, n in enumerate(x))


def repeat_copies(x: Shape, *, repeats: int, axis: int | None) -> int:
    """Returns the axis of `repeat_folded` that holds the copies: the one after the repeated axis."""
    return len(x) if axis is None else one_axis(x, axis) + 1


def repeat_folded(x: Shape, *, repeats: int, axis: int | None) -> Shape:
    """Returns the result's shape with an axis of its own for the copies."""
    repeated(x, repeats=repeats, axis=axis)
    place = repeat_copies(x, repeats=repeats, axis=axis)
    sizes = tuple(map(int, x))
    return (*sizes[:place], repeats, *sizes[place:])


def repeat_forward(
    x: Array, *, repeats: int, axis: int | None = None, folded: Shape = (), copies: int = 0
) -> Array:
    """Returns every entry several times, one copy after the other."""
    return np.repeat(x, repeats, axis=axis)


def repeat_dx(
    upstream: Array,
    out: Array,
    x: Array,
    *,
    repeats: int,
    axis: int | None,
    folded: Shape,
    copies: int,
) -> Array:
    """∂L/∂x adds the upstreams of all copies, which have an axis of their own in the folded shape."""
    return np.sum(np.reshape(upstream, folded), axis=copies)


repeat_evenly = register(
    Primitive(
        name="repeat",
        symbol="repeat",
        forward=repeat_forward,
        vjp={"x": repeat_dx},
        shape=repeated,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{repeat}}({x})",
        words=ADDS_COPIES,
        samples=lambda rng: entries(
            rng,
            variants(
                ((), {"repeats": 3}),
                ((3,), {"repeats": 2}),
                ((2, 3), {"repeats": 2}),
                ((2, 3), {"repeats": 2, "axis": 0}),
                ((2, 3), {"repeats": 3, "axis": -1}),
                ((2, 3, 2), {"repeats": 2, "axis": 1}),
                ((2, 3), {"repeats": 1, "axis": 1}),
            ),
        ),
        derived={"folded": repeat_folded, "copies": repeat_copies},
    )
)


Counts = tuple[int, ...]


def repeated_each(x: Shape, *, repeats: Counts, axis: int = 0) -> Shape:
    """Returns the shape with the axis as long as the sum of its entries' repetitions.

    Raises:
        BadCall: for repeats that are not whole numbers from 0.
        ShapeMismatch: for an axis that the shape does not have, or not one number an entry.
    """
    along = one_axis(x, axis)
    length = sum(counted(one, "A repetition") for one in repeats)
    if len(repeats) != x[along]:
        raise ShapeMismatch(
            f"repeat has {len(repeats)} numbers for an axis of size {int(x[along])}.",
            hint="Give one number, or one an entry.",
            sizes=(x[along], len(repeats)),
        )
    return (*x[:along], length, *x[along + 1 :])


def repeat_each_forward(x: Array, *, repeats: Counts, axis: int = 0) -> Array:
    """Returns every entry along the axis as often as its own number says."""
    return np.repeat(x, repeats, axis=axis)


def repeat_each_dx(upstream: Array, out: Array, x: Array, *, repeats: Counts, axis: int) -> Array:
    """∂L/∂x adds the upstreams of all copies: the entries' numbers, repeated, say whose copy stands where."""
    dx = np.zeros_like(x)
    places = np.repeat(np.arange(x.shape[axis]), repeats)
    np.add.at(np.moveaxis(dx, axis, 0), places, np.moveaxis(upstream, axis, 0))
    return dx


repeat_each = register(
    Primitive(
        name="repeat_each",
        symbol="repeat",
        forward=repeat_each_forward,
        vjp={"x": repeat_each_dx},
        shape=repeated_each,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{repeat}}({x})",
        words=ADDS_COPIES,
        samples=lambda rng: entries(
            rng,
            variants(
                ((3,), {"repeats": (2, 0, 1)}),
                ((2, 3), {"repeats": (1, 3)}),
                ((2, 3), {"repeats": (1, 0, 2), "axis": 1}),
                ((2, 2, 2), {"repeats": (2, 1), "axis": -1}),
            ),
        ),
    )
)


@composition("repeat", methods=("repeat",))
def repeat(gates: Gates, a: Value, repeats: Value, axis: Value = None) -> Value:
    """Repeats every entry: all as often, or each by a number of its own."""
    counts = gates.setting(repeats)
    along = None if axis is None else gates.whole(axis, "axis")
    if isinstance(counts, tuple) and len(counts) == 1:
        counts = counts[0]
    if not isinstance(counts, tuple):
        return gates.make("repeat", a, repeats=counts, axis=along)
    source = gates.make("ravel", a) if along is None else a
    return gates.make("repeat_each", source, repeats=counts, axis=along or 0)


# ---------- a frame around ----------

MODES = ("constant", "edge", "reflect", "symmetric", "wrap")


def framed(x: Shape, *, width: Width, **_settings: object) -> Shape:
    """Returns the sizes with what is added before and after."""
    return tuple(
        n if before == after == 0 else n + before + after
        for n, (before, after) in zip(x, width, strict=True)
    )


def frame_inside(x: Shape, *, width: Width, value: object = 0) -> tuple[slice, ...]:
    """Returns where in the result the array itself stands, as an index."""
    return tuple(slice(before, before + int(n)) for n, (before, _) in zip(x, width, strict=True))


def pad_forward(
    x: Array, *, width: Width, value: float = 0, inside: tuple[slice, ...] = ()
) -> Array:
    """Returns the array with a frame of one number around it."""
    return np.pad(x, width, constant_values=value)


def pad_dx(
    upstream: Array,
    out: Array,
    x: Array,
    *,
    width: Width,
    value: float,
    inside: tuple[slice, ...],
) -> Array:
    """∂L/∂x is the upstream without the frame."""
    return upstream[inside]


pad_constant = register(
    Primitive(
        name="pad",
        symbol="pad",
        forward=pad_forward,
        vjp={"x": pad_dx},
        shape=framed,
        structure=Structure.DENSE,
        latex=r"\operatorname{{pad}}({x})",
        words="Crops: the upstream signal inside the frame passes, that of the frame is dropped.",
        samples=lambda rng: entries(
            rng,
            variants(
                ((3,), {"width": ((1, 2),)}),
                ((3,), {"width": ((0, 1),), "value": 1.5}),
                ((2, 3), {"width": ((1, 1), (0, 2))}),
                ((2, 1, 2), {"width": ((0, 0), (1, 2), (1, 0))}),
            ),
        ),
        derived={"inside": frame_inside},
        placed=True,
    )
)


def border_forward(x: Array, *, width: Width, mode: str) -> Array:
    """Returns the array with a frame of its own entries around it."""
    return np.pad(x, width, mode=mode)  # type: ignore[call-overload]


def border_dx(upstream: Array, out: Array, x: Array, *, width: Width, mode: str) -> Array:
    """∂L/∂x adds the upstreams of all copies: the entries' numbers, framed, say whose copy stands where."""
    places = np.pad(np.arange(x.size).reshape(x.shape), width, mode=mode)  # type: ignore[call-overload]
    return np.bincount(places.ravel(), upstream.ravel(), x.size).reshape(x.shape)  # type: ignore[return-value]


border = register(
    Primitive(
        name="border",
        symbol="pad",
        forward=border_forward,
        vjp={"x": border_dx},
        shape=framed,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{pad}}({x})",
        words=ADDS_COPIES,
        samples=lambda rng: entries(
            rng,
            variants(
                ((3,), {"width": ((1, 2),), "mode": "edge"}),
                ((3,), {"width": ((2, 5),), "mode": "reflect"}),
                ((2, 3), {"width": ((1, 1), (0, 2)), "mode": "symmetric"}),
                ((2, 3), {"width": ((1, 3), (2, 0)), "mode": "wrap"}),
                ((2, 1, 2), {"width": ((0, 0), (1, 2), (1, 0)), "mode": "edge"}),
            ),
        ),
    )
)


@composition("pad")
def pad(
    gates: Gates,
    array: Value,
    pad_width: Value,
    mode: Value = "constant",
    constant_values: Value = 0,
) -> Value:
    """Puts a frame around an array, of one number or of its own entries."""
    with_axes(gates, array, 1, "pad")
    width = frame_width(gates.setting(pad_width), gates.shape(array))
    if mode not in MODES:
        raise BadCall(
            f"np.pad's mode is one of {', '.join(MODES)}, not {excerpt(mode)}.",
            hint="Write np.pad(x, 1) for a frame of zeros.",
        )
    if isinstance(constant_values, bool) or not isinstance(constant_values, int | float):
        raise BadCall(
            "np.pad's constant_values is one plain number.", hint="Write constant_values=0."
        )
    if mode == "constant":
        return gates.make("pad", array, width=width, value=constant_values)
    shape = gates.shape(array)
    if any(n == 0 and max(ends) > 0 for n, ends in zip(shape, width, strict=True)):
        raise ShapeMismatch(
            f"There are no entries to copy along an empty axis of {show(shape)}.",
            hint="Use mode='constant'.",
        )
    return gates.make("border", array, width=width, mode=mode)


def frame_width(given: object, shape: Shape) -> Width:
    """Returns how much is added before and after each axis, in any of NumPy's forms.

    Raises:
        BadCall: for what is none of them, or a negative width.
        ShapeMismatch: for more pairs than axes.
    Source: NumPy manual, `numpy.pad`: an int, (before, after), ((before, after),), or a pair an axis.
    """
    rows = given if isinstance(given, tuple) else (given,)
    if rows and not any(isinstance(row, tuple) for row in rows):
        rows = (rows,)
    pairs = [row * 2 if isinstance(row, tuple) and len(row) == 1 else row for row in rows]
    if len(pairs) == 1:
        pairs = pairs * len(shape)
    if len(pairs) > len(shape):
        raise ShapeMismatch(
            f"np.pad has widths for {len(pairs)} axes, but the shape is {show(shape)}.",
            hint="Give one pair an axis.",
            rank=(0, len(pairs)),
        )
    if len(pairs) < len(shape) or not all(isinstance(p, tuple) and len(p) == 2 for p in pairs):
        raise BadCall(
            f"{excerpt(given)} does not say how much to add to each axis of {show(shape)}.",
            hint="Write one number, (before, after), or such a pair for every axis.",
        )
    ends = [[int(counted(end, "A width")) for end in pair] for pair in pairs]
    return tuple((before, after) for before, after in ends)
