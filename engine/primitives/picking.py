"""Gates that pick entries by their numbers along an axis, as functions: np.take and its kind."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeMismatch
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal
from engine.primitives.shapes import one_axis, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Whole = NDArray[np.int64]
Places = int | tuple[int, ...]

LOOKS_UP = (
    "Looks entries up by their indices: each gets back the sum of the upstream signals of its uses."
)

# ---------- the same indices for every row ----------


def take_shape(
    x: Shape, indices: Shape, *, axis: int = 0, spread: Places = (), front: Places = ()
) -> Shape:
    """Returns the shape with the indices' shape in the place of the axis.

    Raises:
        ShapeMismatch: for an axis that x does not have.
    """
    along = one_axis(x, axis)
    return (*x[:along], *indices, *x[along + 1 :])


def take_spread(x: Shape, indices: Shape, *, axis: int) -> Places:
    """Returns which axes of the result are the indices'."""
    along = one_axis(x, axis)
    return along if len(indices) == 1 else tuple(range(along, along + len(indices)))


def take_front(x: Shape, indices: Shape, *, axis: int) -> Places:
    """Returns as many axes, counted from the first."""
    return 0 if len(indices) == 1 else tuple(range(len(indices)))


def take_forward(
    x: Array, indices: Whole, *, axis: int = 0, spread: Places = (), front: Places = ()
) -> Array:
    """Returns the entries at the indices along an axis."""
    return np.take(x, indices, axis=axis)


def take_dx(
    upstream: Array,
    out: Array,
    x: Array,
    indices: Whole,
    *,
    axis: int,
    spread: Places,
    front: Places,
) -> Array:
    """Adds each picked entry's upstream back at its place: an entry picked twice receives both."""
    dx = np.zeros_like(x)
    np.add.at(
        dx if axis == 0 else np.moveaxis(dx, axis, 0),
        indices,
        upstream if axis == 0 else np.moveaxis(upstream, spread, front),
    )
    return dx


def take_samples(rng: np.random.Generator) -> Samples:
    """Returns columns, repeated ones, tables of them, and single ones."""
    x, y = normal(rng, (2, 3)), normal(rng, (2, 3, 2))
    return [
        ((x, np.array([2, 0])), {"axis": 1}),
        ((x, np.array([1, 1, -1])), {"axis": -1}),
        ((x, np.array([1, 0, 1])), {"axis": 0}),
        ((y, np.array([[0, 2], [1, 2]])), {"axis": 1}),
        ((y, np.array(1)), {"axis": 1}),
        ((normal(rng, (3,)), np.array([[0, 1, 0]])), {}),
    ]


take_along = register(
    Primitive(
        name="take",
        symbol="take",
        forward=take_forward,
        vjp={"x": take_dx},
        shape=take_shape,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{take}}({x})",
        words=LOOKS_UP,
        samples=take_samples,
        derived={"spread": take_spread, "front": take_front},
    )
)


@composition("take", methods=("take",))
def take(gates: Gates, a: Value, indices: Value, axis: Value = None) -> Value:
    """Picks entries by their numbers along an axis, or among all where none is named."""
    shape = gates.shape(a)
    if axis is None:
        source, along = (a if len(shape) == 1 else gates.make("ravel", a)), 0
    else:
        source, along = a, one_axis(shape, gates.whole(axis, "axis"))
    places = gates.index(indices, int(gates.shape(source)[along]))
    return gates.make("take", source, places, axis=along)


# ---------- indices of its own for every row ----------


def along_shape(x: Shape, indices: Shape, *, axis: int = -1) -> Shape:
    """Returns the indices' shape.

    Raises:
        ShapeMismatch: for other ranks, or sizes that differ off the axis.
    """
    if len(x) != len(indices):
        raise ShapeMismatch(
            f"np.take_along_axis needs as many axes in both: {show(x)} and {show(indices)}.",
            hint="Add an axis to the indices, such as y[:, None].",
            rank=(1, len(x)) if len(indices) < len(x) else (0, len(indices)),
        )
    along = one_axis(x, axis)
    for i, (size, own) in enumerate(zip(x, indices, strict=True)):
        if i != along and size != own:
            raise ShapeMismatch(
                f"np.take_along_axis needs equal sizes off axis {along}: {show(x)} and "
                f"{show(indices)} differ on axis {i}.",
                hint="Give every row its own indices.",
                sizes=(size, own),
            )
    return tuple(
        own if i == along else size for i, (size, own) in enumerate(zip(x, indices, strict=True))
    )


def along_forward(x: Array, indices: Whole, *, axis: int = -1) -> Array:
    """Returns the entries at each row's own indices along an axis."""
    return np.take_along_axis(x, indices, axis=axis)


def along_dx(upstream: Array, out: Array, x: Array, indices: Whole, *, axis: int) -> Array:
    """Adds each picked entry's upstream back at its place: an entry picked twice receives both."""
    dx = np.zeros_like(x)
    places = np.indices(indices.shape)
    places[axis] = indices
    np.add.at(dx, (*places,), upstream)
    return dx


def along_samples(rng: np.random.Generator) -> Samples:
    """Returns one column a row, several, and rows of a column."""
    x = normal(rng, (2, 3))
    return [
        ((x, np.array([[2], [0]])), {"axis": 1}),
        ((x, np.array([[2, 2], [0, -1]])), {"axis": -1}),
        ((x, np.array([[1, 0, 0]])), {"axis": 0}),
        ((normal(rng, (3,)), np.array([1, 1])), {"axis": 0}),
        ((normal(rng, (2, 3, 2)), rng.integers(0, 3, size=(2, 1, 2))), {"axis": 1}),
    ]


take_along_axis = register(
    Primitive(
        name="take_along_axis",
        symbol="take",
        forward=along_forward,
        vjp={"x": along_dx},
        shape=along_shape,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{take}}({x})",
        words=LOOKS_UP,
        samples=along_samples,
    )
)


@composition("take_along_axis")
def take_from_rows(gates: Gates, arr: Value, indices: Value, axis: Value = -1) -> Value:
    """Picks entries by numbers along an axis, each row by its own."""
    source = gates.make("ravel", arr) if axis is None else arr
    shape = gates.shape(source)
    along = one_axis(shape, 0 if axis is None else gates.whole(axis, "axis"))
    places = gates.index(indices, int(shape[along]))
    return gates.make("take_along_axis", source, places, axis=along)
