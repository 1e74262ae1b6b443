"""Gates that read, make or keep to diagonals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import nonzero
from engine.primitives.shapes import axes_of, one_axis, show
from engine.primitives.shaping import entries, variants

Array = NDArray[np.float64]
Shape = tuple[int, ...]


FARTHEST = 2**31 - 1


def offset_of(setting: object, name: str) -> int:
    """Returns how far a diagonal lies above the main one.

    Raises:
        BadCall: for anything but a whole number that NumPy can count to.
    """
    if isinstance(setting, bool) or not isinstance(setting, int) or abs(setting) > FARTHEST:
        raise BadCall(f"{name} is a whole number, not {excerpt(setting)}.", hint=f"{name}=1")
    return setting


def length_along(rows: int, columns: int, offset: int) -> int:
    """Returns how many entries a diagonal has; the size itself where it runs along a whole side."""
    down = rows + offset if offset < 0 else rows
    right = columns - offset if offset > 0 else columns
    return max(down if down <= right else right, 0)


# ---------- a diagonal of a matrix ----------


def diagonal_shape(x: Shape, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Shape:
    """Returns the shape without the two axes, and the diagonal's length last.

    Raises:
        ShapeMismatch: where x has no two axes, or they are the same.
    """
    if len(x) < 2:
        raise ShapeMismatch(
            f"A diagonal needs a matrix; shape {show(x)} has {len(x)} "
            f"dimension{'' if len(x) == 1 else 's'}.",
            hint="np.diag(x) makes a matrix of a vector.",
            rank=(0, 2),
        )
    first, second = axes_of(x, (one_axis(x, axis1), one_axis(x, axis2)))
    rest = tuple(n for i, n in enumerate(x) if i not in (first, second))
    length = length_along(x[first], x[second], offset_of(offset, "offset"))
    return (*rest, length)


def diagonal_forward(x: Array, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Array:
    """Returns the entries x[i, i + offset]."""
    return np.diagonal(x, offset=offset, axis1=axis1, axis2=axis2)


def diagonal_dx(
    upstream: Array, out: Array, x: Array, *, offset: int, axis1: int, axis2: int
) -> Array:
    """Puts the upstream back on the diagonal, found by the entries' numbers; the others receive 0."""
    dx = np.zeros_like(x)
    places = np.arange(x.size).reshape(x.shape)
    np.put(dx, np.diagonal(places, offset=offset, axis1=axis1, axis2=axis2), upstream)
    return dx


diagonal = register(
    Primitive(
        name="diagonal",
        symbol="diag",
        forward=diagonal_forward,
        vjp={"x": diagonal_dx},
        shape=diagonal_shape,
        structure=Structure.SELECTION,
        latex=r"\operatorname{{diag}}({x})",
        words="Picks the diagonal: it gets the upstream signal back in its place, all else gets zero.",
        samples=lambda rng: entries(
            rng,
            variants(
                ((3, 3), {}),
                ((2, 3), {}),
                ((2, 3), {"offset": 1}),
                ((3, 2), {"offset": -1}),
                ((2, 3), {"offset": 2}),
                ((2, 3, 2), {}),
                ((2, 3, 2), {"offset": 1, "axis1": 1, "axis2": -1}),
                ((2, 3, 2), {"axis1": 2, "axis2": 0}),
            ),
        ),
        spellings=("diagonal",),
        methods=("diagonal",),
        view=True,
    )
)

# ---------- a matrix of a diagonal ----------


def diag_shape(x: Shape, *, k: int = 0) -> Shape:
    """Returns a square's shape, large enough for x on its k-th diagonal.

    Raises:
        ShapeMismatch: where x is no vector.
    """
    if len(x) != 1:
        raise ShapeMismatch(
            f"np.diag takes a vector or a matrix, not an array of shape {show(x)}.",
            hint="Use np.diagonal(x, axis1=-2, axis2=-1) for a stack of matrices.",
            rank=(0, 1) if not x else None,
        )
    size = x[0] if offset_of(k, "k") == 0 else x[0] + abs(k)
    return (size, size)


def diag_forward(x: Array, *, k: int = 0) -> Array:
    """Returns a matrix with x on its k-th diagonal and zeros elsewhere."""
    return np.diag(x, k=k)


def diag_dx(upstream: Array, out: Array, x: Array, *, k: int) -> Array:
    """∂L/∂x is the k-th diagonal of the upstream."""
    return np.diag(upstream, k=k)


diag_of_vector = register(
    Primitive(
        name="diag",
        symbol="diag",
        forward=diag_forward,
        vjp={"x": diag_dx},
        shape=diag_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{diag}}({x})",
        words="Keeps the diagonal: an entry gets the upstream signal of its place, that of the zeros is dropped.",
        samples=lambda rng: entries(
            rng,
            variants(((3,), {}), ((1,), {}), ((3,), {"k": 1}), ((2,), {"k": -2})),
        ),
        placed=True,
    )
)


@composition("diag")
def diag(gates: Gates, v: Value, k: Value = 0) -> Value:
    """Makes a diagonal matrix of a vector, or reads the diagonal of a matrix."""
    offset = gates.whole(k, "k")
    if len(gates.shape(v)) == 2:
        return gates.make("diagonal", v, offset=offset)
    return gates.make("diag", v, k=offset)


@composition("diagflat")
def diagflat(gates: Gates, v: Value, k: Value = 0) -> Value:
    """Makes a diagonal matrix of all entries."""
    flat = v if len(gates.shape(v)) == 1 else gates.make("ravel", v)
    return gates.make("diag", flat, k=gates.whole(k, "k"))


# ---------- above or below a diagonal ----------


def triangle_shape(x: Shape, *, k: int = 0) -> Shape:
    """Returns the shape; a vector becomes a square whose rows it is.

    Raises:
        ShapeMismatch: for a single number.
    """
    offset_of(k, "k")
    if not x:
        raise ShapeMismatch(
            "np.triu and np.tril take a matrix, not a single number.",
            hint="Give it two dimensions.",
            rank=(0, 2),
        )
    return x * 2 if len(x) == 1 else x


def triangles(rng: np.random.Generator) -> Samples:
    """Returns matrices, stacks and a vector, cut at several diagonals."""
    shapes = variants(
        ((3, 3), {}),
        ((2, 3), {"k": 1}),
        ((3, 2), {"k": -1}),
        ((2, 2, 3), {}),
        ((3,), {}),
        ((3, 3), {"k": 4}),
    )
    return [((nonzero(rng, shape),), settings) for shape, settings in shapes]


def triu_forward(x: Array, *, k: int = 0) -> Array:
    """Returns x with zeros below its k-th diagonal."""
    return np.triu(x, k=k)


def triu_dx(upstream: Array, out: Array, x: Array, *, k: int) -> Array:
    """∂triu(x)/∂x = 1 from the k-th diagonal upwards, else 0."""
    return upstream * np.triu(np.ones_like(x), k=k)


triu = register(
    Primitive(
        name="triu",
        selects=True,
        symbol="triu",
        forward=triu_forward,
        vjp={"x": triu_dx},
        shape=triangle_shape,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{triu}}({x})",
        words="Gates: what is kept passes its upstream gradient, what was set to 0 passes none.",
        samples=triangles,
        spellings=("triu",),
        keywords={"m": "x"},
    )
)


def tril_forward(x: Array, *, k: int = 0) -> Array:
    """Returns x with zeros above its k-th diagonal."""
    return np.tril(x, k=k)


def tril_dx(upstream: Array, out: Array, x: Array, *, k: int) -> Array:
    """∂tril(x)/∂x = 1 from the k-th diagonal downwards, else 0."""
    return upstream * np.tril(np.ones_like(x), k=k)


tril = register(
    Primitive(
        name="tril",
        selects=True,
        symbol="tril",
        forward=tril_forward,
        vjp={"x": tril_dx},
        shape=triangle_shape,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{tril}}({x})",
        words="Gates: what is kept passes its upstream gradient, what was set to 0 passes none.",
        samples=triangles,
        spellings=("tril",),
        keywords={"m": "x"},
    )
)
