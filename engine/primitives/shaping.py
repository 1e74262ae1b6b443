"""Gates that move entries without changing them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal
from engine.primitives.shapes import Axis, axes_of, broadcast, one_axis, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Variants = tuple[tuple[Shape, dict[str, object]], ...]

PUTS_BACK = "Puts back: every entry's gradient returns to where the entry came from."


def variants(*pairs: tuple[Shape, dict[str, object]]) -> Variants:
    """Returns the pairs of shape and settings, typed."""
    return pairs


def entries(rng: np.random.Generator, pairs: Variants) -> Samples:
    """Returns one array a variant."""
    return [((normal(rng, shape),), settings) for shape, settings in pairs]


def sizes_of(shape: int | Shape) -> Shape:
    """Returns the sizes that a setting names.

    Raises:
        BadCall: for a size that is not a whole number.
    """
    sizes = shape if isinstance(shape, tuple | list) else (shape,)
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, int):
            raise BadCall(f"A shape is made of whole numbers, not {excerpt(size)}.", hint="(2, 3)")
    return tuple(sizes)


# ---------- other axes, the same order of entries ----------


def reshaped(x: Shape, *, shape: int | Shape) -> Shape:
    """Returns the asked-for shape, with -1 worked out.

    Raises:
        ShapeMismatch: where the numbers of entries differ.
    """
    sizes = sizes_of(shape)
    size = math.prod(x)
    known = math.prod(n for n in sizes if n != -1)
    if sizes.count(-1) == 1 and known > 0 and size % known == 0:
        return tuple(size // known if n == -1 else n for n in sizes)
    if known != size or -1 in sizes or min(sizes, default=0) < 0:
        raise ShapeMismatch(
            f"reshape cannot make {show(sizes)} of {show(x)}, which has {size} entries.",
            hint="Keep the number of entries; one size may be -1, which is then worked out.",
        )
    return sizes


def reshape_forward(x: Array, *, shape: int | Shape) -> Array:
    """Returns the same entries, in the same order, in another shape."""
    return np.reshape(x, shape)


def reshape_dx(upstream: Array, out: Array, x: Array, *, shape: int | Shape) -> Array:
    """∂L/∂x is the upstream in the shape of x."""
    return np.reshape(upstream, x.shape)


reshape = register(
    Primitive(
        name="reshape",
        symbol="reshape",
        forward=reshape_forward,
        vjp={"x": reshape_dx},
        shape=reshaped,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{reshape}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((6,), {"shape": (2, 3)}),
                ((2, 3), {"shape": (3, -1)}),
                ((2, 3), {"shape": 6}),
                ((2, 2, 2), {"shape": -1}),
                ((), {"shape": (1, 1)}),
                ((1,), {"shape": ()}),
            ),
        ),
        spellings=("reshape",),
        methods=("reshape",),
        keywords={"newshape": "shape", "shape": "shape"},  # the older name and today's
    )
)


def raveled(x: Shape) -> Shape:
    """Returns the shape (n,) of all n entries."""
    return x if len(x) == 1 else (math.prod(x),)


def ravel_forward(x: Array) -> Array:
    """Returns all entries in one row."""
    return np.ravel(x)


def ravel_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂L/∂x is the upstream in the shape of x."""
    return np.reshape(upstream, x.shape)


ravel = register(
    Primitive(
        name="ravel",
        symbol="ravel",
        forward=ravel_forward,
        vjp={"x": ravel_dx},
        shape=raveled,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{vec}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(rng, variants(((2, 3), {}), ((3,), {}), ((2, 1, 2), {}))),
        spellings=("ravel",),
        methods=("ravel", "flatten"),
    )
)


def squeezed(x: Shape, *, axis: Axis = None) -> Shape:
    """Returns the shape without the named axes, or without all axes of size 1.

    Raises:
        ShapeMismatch: for an axis that is missing, or not of size 1.
    """
    if axis is None:
        return tuple(n for n in x if n != 1)
    gone = axes_of(x, axis)
    for i in gone:
        if x[i] != 1:
            raise ShapeMismatch(
                f"squeeze removes axes of size 1; axis {i} of {show(x)} has size {x[i]}.",
                hint="Name an axis of size 1.",
                sizes=(x[i], 1),
            )
    return tuple(n for i, n in enumerate(x) if i not in gone)


def squeeze_forward(x: Array, *, axis: Axis = None) -> Array:
    """Returns the same entries without axes of size 1."""
    return np.squeeze(x, axis=axis)


def squeeze_dx(upstream: Array, out: Array, x: Array, *, axis: Axis) -> Array:
    """∂L/∂x is the upstream in the shape of x."""
    return np.reshape(upstream, x.shape)


squeeze = register(
    Primitive(
        name="squeeze",
        symbol="squeeze",
        forward=squeeze_forward,
        vjp={"x": squeeze_dx},
        shape=squeezed,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{squeeze}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((1, 3, 1), {}),
                ((1, 3, 1), {"axis": 0}),
                ((1, 3, 1), {"axis": (0, -1)}),
                ((2, 3), {}),
            ),
        ),
        spellings=("squeeze",),
        methods=("squeeze",),
    )
)


def expanded(x: Shape, *, axis: int | tuple[int, ...]) -> Shape:
    """Returns the shape with a new axis of size 1 at each place named, counted in the result.

    Raises:
        ShapeMismatch: for a place outside the result.
    """
    count = len(axis) if isinstance(axis, tuple | list) else 1
    new = axes_of((1,) * (len(x) + count), axis)
    old = iter(x)
    return tuple(1 if i in new else next(old) for i in range(len(x) + count))


def expand_dims_forward(x: Array, *, axis: int | tuple[int, ...]) -> Array:
    """Returns the same entries with new axes of size 1."""
    return np.expand_dims(x, axis)


def expand_dims_dx(upstream: Array, out: Array, x: Array, *, axis: int | tuple[int, ...]) -> Array:
    """∂L/∂x is the upstream in the shape of x."""
    return np.reshape(upstream, x.shape)


expand_dims = register(
    Primitive(
        name="expand_dims",
        symbol="expand",
        forward=expand_dims_forward,
        vjp={"x": expand_dims_dx},
        shape=expanded,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{expand}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((3,), {"axis": 0}),
                ((2, 3), {"axis": -1}),
                ((), {"axis": 0}),
                ((3,), {"axis": (0, -1)}),
            ),
        ),
        spellings=("expand_dims",),
    )
)


# ---------- the same axes in another order ----------


def transposed(x: Shape, *, axes: tuple[int, ...] | None = None) -> Shape:
    """Returns the shape with its axes in the order named, or reversed.

    Raises:
        ShapeMismatch: where the axes are not each of x's once.
    """
    if axes is None:
        return x[::-1]
    order = axes_of(x, axes)
    if len(order) != len(x):
        raise ShapeMismatch(
            f"transpose needs each axis of {show(x)} once; it has {len(x)}, not {len(order)}.",
            hint="Name every axis, or none to reverse them.",
            rank=(0, len(order)) if len(order) > len(x) else None,
        )
    return tuple(x[i] for i in order)


def transpose_forward(x: Array, *, axes: tuple[int, ...] | None = None) -> Array:
    """Returns x with its axes in another order; reversed if none is named."""
    return x.T if axes is None else np.transpose(x, axes)


def transpose_dx(upstream: Array, out: Array, x: Array, *, axes: tuple[int, ...] | None) -> Array:
    """∂L/∂x is the upstream with every axis back in its place."""
    return upstream.T if axes is None else np.moveaxis(upstream, np.arange(x.ndim), axes)


transpose = register(
    Primitive(
        name="transpose",
        symbol="xᵀ",
        forward=transpose_forward,
        vjp={"x": transpose_dx},
        shape=transposed,
        structure=Structure.PERMUTATION,
        latex=r"{x}^\top",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((2, 3), {}),
                ((3,), {}),
                ((2, 1, 3), {}),
                ((2, 1, 3), {"axes": (2, 0, 1)}),
                ((2, 3), {"axes": (-1, 0)}),
                ((3,), {"axes": (0,)}),
            ),
        ),
        spellings=("transpose", "permute_dims"),
        methods=("transpose",),
    )
)


def swapped(x: Shape, *, axis1: int, axis2: int) -> Shape:
    """Returns the shape with two axes exchanged.

    Raises:
        ShapeMismatch: for an axis that the shape does not have.
    """
    first, second = one_axis(x, axis1), one_axis(x, axis2)
    order = {first: second, second: first}
    return tuple(x[order.get(i, i)] for i in range(len(x)))


def swapaxes_forward(x: Array, *, axis1: int, axis2: int) -> Array:
    """Returns x with two axes exchanged."""
    return np.swapaxes(x, axis1, axis2)


def swapaxes_dx(upstream: Array, out: Array, x: Array, *, axis1: int, axis2: int) -> Array:
    """∂L/∂x is the upstream with the two axes exchanged again."""
    return np.swapaxes(upstream, axis1, axis2)


swapaxes = register(
    Primitive(
        name="swapaxes",
        symbol="swapaxes",
        forward=swapaxes_forward,
        vjp={"x": swapaxes_dx},
        shape=swapped,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{swapaxes}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((2, 3), {"axis1": 0, "axis2": 1}),
                ((2, 1, 3), {"axis1": 0, "axis2": -1}),
                ((2, 3), {"axis1": 1, "axis2": 1}),
            ),
        ),
        spellings=("swapaxes",),
        methods=("swapaxes",),
    )
)


def moved(x: Shape, *, source: int | tuple[int, ...], destination: int | tuple[int, ...]) -> Shape:
    """Returns the shape with axes moved to other places; the others keep their order.

    Raises:
        ShapeMismatch: for an axis that the shape does not have, or places that are not as many.
    """
    places = dict(zip(axes_of(x, destination), axes_of(x, source), strict=False))
    if not len(places) == len(axes_of(x, source)) == len(axes_of(x, destination)):
        raise ShapeMismatch(
            "moveaxis needs as many destinations as sources.", hint="Name one place an axis."
        )
    staying = iter([i for i in range(len(x)) if i not in places.values()])
    return tuple(x[places[i] if i in places else next(staying)] for i in range(len(x)))


def moveaxis_forward(
    x: Array, *, source: int | tuple[int, ...], destination: int | tuple[int, ...]
) -> Array:
    """Returns x with axes moved to other places."""
    return np.moveaxis(x, source, destination)


def moveaxis_dx(
    upstream: Array,
    out: Array,
    x: Array,
    *,
    source: int | tuple[int, ...],
    destination: int | tuple[int, ...],
) -> Array:
    """∂L/∂x is the upstream with the axes moved back."""
    return np.moveaxis(upstream, destination, source)


moveaxis = register(
    Primitive(
        name="moveaxis",
        symbol="moveaxis",
        forward=moveaxis_forward,
        vjp={"x": moveaxis_dx},
        shape=moved,
        structure=Structure.PERMUTATION,
        latex=r"\operatorname{{moveaxis}}({x})",
        words=PUTS_BACK,
        samples=lambda rng: entries(
            rng,
            variants(
                ((2, 1, 3), {"source": 0, "destination": -1}),
                ((2, 1, 3), {"source": (0, 1), "destination": (-1, 0)}),
                ((2, 3), {"source": 1, "destination": 0}),
            ),
        ),
        spellings=("moveaxis",),
    )
)


# ---------- more of the same ----------


def stretched(x: Shape, *, shape: int | Shape) -> Shape:
    """Returns the asked-for shape.

    Raises:
        ShapeMismatch: where x does not stretch to it.
    """
    sizes = sizes_of(shape)
    if min(sizes, default=0) < 0 or len(x) > len(sizes) or broadcast(sizes, x) != sizes:
        raise ShapeMismatch(
            f"{show(x)} does not stretch to {show(sizes)}.",
            hint="Only axes of size 1, or new ones in front, can be stretched.",
        )
    return sizes


def broadcast_to_forward(x: Array, *, shape: int | Shape) -> Array:
    """Returns x repeated to fill the shape."""
    return np.broadcast_to(x, shape)


def broadcast_to_dx(upstream: Array, out: Array, x: Array, *, shape: int | Shape) -> Array:
    """Every copy sends its upstream back; the engine adds them along the stretched axes."""
    return upstream


broadcast_to = register(
    Primitive(
        name="broadcast_to",
        symbol="stretch",
        forward=broadcast_to_forward,
        vjp={"x": broadcast_to_dx},
        shape=stretched,
        structure=Structure.BROADCAST,
        latex=r"\operatorname{{stretch}}({x})",
        words="Copies: the gradients of all copies of an entry add up.",
        samples=lambda rng: entries(
            rng,
            variants(
                ((), {"shape": (2, 3)}),
                ((3,), {"shape": (2, 3)}),
                ((2, 1), {"shape": (2, 2, 3)}),
                ((3,), {"shape": 3}),
            ),
        ),
        spellings=("broadcast_to",),
    )
)
