"""Reading and writing entries: x[1:3], x[rows, labels], x[mask], and the assignments to them.

An assignment does not change an array: it makes a new one that differs at the index, so that every moment of the program
stays on the tape. `index` is a tuple of integers, slices, None and Ellipsis, known when the circuit is built; index arrays
and masks are arguments without a gradient rule.
"""

from __future__ import annotations

from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from engine.errors import ShapeMismatch
from engine.primitives.primitive import Array, Primitive, Samples, Shape, Structure, register
from engine.primitives.shapes import broadcast, show

Entry = int | slice | EllipsisType | None
Index = tuple[Entry, ...]
Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


def indexed_shape(shape: Shape, index: Index) -> Shape:
    """Returns the shape of `x[index]` for basic indexing, keeping the size objects of whole axes.

    Raises:
        ShapeMismatch: for too many indices (with the rank they need) or one out of range.
    """
    wanted = sum(1 for entry in index if entry is not None and entry is not Ellipsis)
    if wanted > len(shape):
        raise ShapeMismatch(
            f"{wanted} indices are given, but the array has {len(shape)} dimensions: {show(shape)}.",
            hint=f"Use at most {len(shape)} indices.",
            rank=(0, wanted),
        )
    entries = list(index) if any(e is Ellipsis for e in index) else [*index, Ellipsis]
    result: list[int] = []
    axis = 0
    for entry in entries:
        if entry is None:
            result.append(1)
        elif entry is Ellipsis:
            whole = len(shape) - wanted
            result.extend(shape[axis : axis + whole])
            axis += whole
        elif isinstance(entry, slice):
            size = shape[axis]
            length = len(range(*entry.indices(size)))
            result.append(size if length == size else length)
            axis += 1
        elif isinstance(entry, int):
            if not -shape[axis] <= entry < shape[axis]:
                raise ShapeMismatch(
                    f"Index {entry} is outside axis {axis}, which has size {int(shape[axis])}: the first is 0, "
                    f"the last {int(shape[axis]) - 1}.",
                    hint=f"Use an index from 0 to {int(shape[axis]) - 1}.",
                )
            axis += 1
    return tuple(result)


def fits(value: Shape, place: Shape) -> None:
    """Checks that a value stretches to the entries it is assigned to.

    Raises:
        ShapeMismatch: naming both shapes.
    """
    sizes = None
    try:
        fit = broadcast(place, value) == place
    except ShapeMismatch as error:
        fit, sizes = False, error.sizes
    if not fit:
        raise ShapeMismatch(
            f"A value of shape {show(value)} does not fit the entries of shape {show(place)} it is assigned to.",
            hint="Give it that shape, or a single number.",
            sizes=sizes,
        )


def getitem_forward(x: Array, *, index: Index) -> Array:
    """Returns the entries at a basic index."""
    return x[index]


def getitem_dx(upstream: Array, out: Array, x: Array, *, index: Index) -> Array:
    """Puts each entry's upstream back where the entry came from; the others receive 0."""
    dx = np.zeros_like(x)
    dx[index] = upstream
    return dx


def getitem_shape(x: Shape, *, index: Index) -> Shape:
    """Returns the shape of the picked entries."""
    return indexed_shape(x, index)


def getitem_samples(rng: np.random.Generator) -> Samples:
    """Returns rows, entries, slices with steps, new axes and ellipses."""
    x = rng.normal(size=(3, 4))
    return [
        ((x,), {"index": (1,)}),
        ((x,), {"index": (2, -1)}),
        ((x,), {"index": (slice(None), slice(0, 4, 2))}),
        ((x,), {"index": (slice(None, None, -1), None)}),
        ((x,), {"index": (Ellipsis, 0)}),
    ]


getitem = register(
    Primitive(
        name="getitem",
        symbol="[ ]",
        forward=getitem_forward,
        vjp={"x": getitem_dx},
        shape=getitem_shape,
        structure=Structure.SELECTION,
        latex=r"{{{x}}}_{{[\,\cdot\,]}}",
        words="Picks entries: they get the upstream signal back in their places, all others get zero.",
        samples=getitem_samples,
        spellings=(),
        view=True,
    )
)


def gather_forward(x: Array, *indices: Whole, lead: int = 0) -> Array:
    """Returns x[i], x[i, j], x[:, i], ... for index arrays that broadcast together, after `lead` whole axes."""
    return x[(np.s_[:],) * lead + indices]


def gather_dx(upstream: Array, out: Array, x: Array, *indices: Whole, lead: int) -> Array:
    """Adds each picked entry's upstream back at its place: an entry picked twice receives both."""
    dx = np.zeros_like(x)
    np.add.at(dx, (np.s_[:],) * lead + indices, upstream)  # type: ignore[arg-type]
    return dx


def gather_shape(x: Shape, *indices: Shape, lead: int = 0) -> Shape:
    """Returns the leading axes, the indices' common shape, then the axes of x that are not indexed."""
    if lead + len(indices) > len(x):
        raise ShapeMismatch(
            f"{lead + len(indices)} indices are given, but the array has {len(x)} dimensions: {show(x)}.",
            hint=f"Use at most {len(x)} indices.",
            rank=(0, lead + len(indices)),
        )
    return x[:lead] + broadcast(*indices) + x[lead + len(indices) :]


def gather_samples(rng: np.random.Generator) -> Samples:
    """Returns label look-ups, repeated rows, columns, and an index array of two axes."""
    x = rng.normal(size=(3, 4))
    rows = np.arange(3)
    return [
        ((x, rows, np.array([1, 0, 3])), {"lead": 0}),
        ((x, np.array([2, 0, 2, 2])), {"lead": 0}),
        ((x, np.array([[3, 1], [1, -1]])), {"lead": 1}),
    ]


gather = register(
    Primitive(
        name="gather",
        symbol="[i]",
        forward=gather_forward,
        vjp={"x": gather_dx},
        shape=gather_shape,
        structure=Structure.SELECTION,
        latex=r"{{{x}}}_{{[i]}}",
        words="Looks entries up by their indices: each entry gets back the sum of the upstream signals of its uses.",
        samples=gather_samples,
        spellings=(),
    )
)


def select_forward(x: Array, mask: Mask, *, count: int) -> Array:
    """Returns the entries of x where the mask is true, in order; `count` of them."""
    return x[mask]


def select_dx(upstream: Array, out: Array, x: Array, mask: Mask, *, count: int) -> Array:
    """Puts the upstream back where the mask is true; the others receive 0."""
    dx = np.zeros_like(x)
    dx[mask] = upstream
    return dx


def select_shape(x: Shape, mask: Shape, *, count: int) -> Shape:
    """Returns `count`, then the axes that the mask does not cover."""
    if x[: len(mask)] != mask:
        differ = [sizes for sizes in zip(x, mask, strict=False) if sizes[0] != sizes[1]]
        raise ShapeMismatch(
            f"A mask of shape {show(mask)} does not fit an array of shape {show(x)}.",
            hint="Make the mask from the array itself, such as x[x > 0].",
            sizes=differ[0] if differ else None,
            rank=None if differ else (0, len(mask)),
        )
    return (count, *x[len(mask) :])


def select_samples(rng: np.random.Generator) -> Samples:
    """Returns a mask of every entry's own and one of rows."""
    x = rng.normal(size=(3, 4))
    rows = np.array([True, False, True])
    return [((x, x > 0), {"count": int((x > 0).sum())}), ((x, rows), {"count": 2})]


select = register(
    Primitive(
        name="select",
        symbol="[m]",
        forward=select_forward,
        vjp={"x": select_dx},
        shape=select_shape,
        structure=Structure.SELECTION,
        latex=r"{{{x}}}_{{[{mask}]}}",
        words="Keeps the entries where the mask is true: they get the upstream signal, all others get zero.",
        samples=select_samples,
        spellings=(),
    )
)


def setitem_forward(x: Array, value: Array, *, index: Index) -> Array:
    """Returns a copy of x with `value` written at a basic index."""
    out = x.copy()
    out[index] = value
    return out


def setitem_dx(upstream: Array, out: Array, x: Array, value: Array, *, index: Index) -> Array:
    """Lets the upstream through except where it was overwritten."""
    dx = upstream.copy()
    dx[index] = 0
    return dx


def setitem_dvalue(upstream: Array, out: Array, x: Array, value: Array, *, index: Index) -> Array:
    """Gives the written value the upstream of the entries it stands in."""
    return upstream[index]


def setitem_shape(x: Shape, value: Shape, *, index: Index) -> Shape:
    """Returns the shape of x; the value must stretch to the entries it is written to."""
    fits(value, indexed_shape(x, index))
    return x


def setitem_samples(rng: np.random.Generator) -> Samples:
    """Returns a row, a column from a scalar, and one entry."""
    x = rng.normal(size=(3, 4))
    return [
        ((x, rng.normal(size=4)), {"index": (1,)}),
        ((x, rng.normal(size=())), {"index": (slice(None), 2)}),
        ((x, rng.normal(size=())), {"index": (0, -1)}),
    ]


setitem = register(
    Primitive(
        name="setitem",
        symbol="[ ]=",
        forward=setitem_forward,
        vjp={"x": setitem_dx, "value": setitem_dvalue},
        shape=setitem_shape,
        structure={"x": Structure.DIAGONAL, "value": Structure.DENSE},
        latex=r"{{{x}}}_{{[\,\cdot\,]}} \leftarrow {value}",
        said="{x} with {value} written in",
        words="Overwrites entries: their upstream signal goes to the new value, the rest passes to the old array.",
        samples=setitem_samples,
        spellings=(),
    )
)


def setmask_forward(x: Array, mask: Mask, value: Array) -> Array:
    """Returns x with `value` where the mask is true."""
    return np.where(mask, value, x)


def setmask_dx(upstream: Array, out: Array, x: Array, mask: Mask, value: Array) -> Array:
    """Lets the upstream through where the mask is false."""
    return upstream * np.where(mask, 0.0, 1.0)


def setmask_dvalue(upstream: Array, out: Array, x: Array, mask: Mask, value: Array) -> Array:
    """Gives the written value the upstream where the mask is true."""
    return upstream * np.where(mask, 1.0, 0.0)


def setmask_shape(x: Shape, mask: Shape, value: Shape) -> Shape:
    """Returns the shape of x, which mask and value must stretch to."""
    if broadcast(x, mask, value) != x:
        raise ShapeMismatch(
            f"A mask of shape {show(mask)} and a value of shape {show(value)} do not fit an array of shape {show(x)}.",
            hint="Make the mask from the array itself, and assign a single number.",
        )
    return x


def setmask_samples(rng: np.random.Generator) -> Samples:
    """Returns the rectifier's mask and a mask with an array written."""
    x = rng.normal(size=(3, 4))
    return [((x, x < 0, rng.normal(size=())), {}), ((x, x > 0, rng.normal(size=(3, 4))), {})]


setmask = register(
    Primitive(
        name="setmask",
        selects=True,
        symbol="[m]=",
        forward=setmask_forward,
        vjp={"x": setmask_dx, "value": setmask_dvalue},
        shape=setmask_shape,
        structure=Structure.DIAGONAL,
        latex=r"{{{x}}}_{{[{mask}]}} \leftarrow {value}",
        said="{x} with {value} where {mask}",
        words="Overwrites the entries where the mask is true: their upstream signal goes to the new value.",
        samples=setmask_samples,
        spellings=(),
    )
)


def put_forward(x: Array, value: Array, *indices: Whole, lead: int = 0) -> Array:
    """Returns a copy of x with `value` written at index arrays; where a place is named twice, the last stays."""
    out = x.copy()
    out[(np.s_[:],) * lead + indices] = value
    return out


def put_dx(
    upstream: Array, out: Array, x: Array, value: Array, *indices: Whole, lead: int
) -> Array:
    """Lets the upstream through except where it was overwritten."""
    dx = upstream.copy()
    dx[(np.s_[:],) * lead + indices] = 0
    return dx


def put_dvalue(
    upstream: Array, out: Array, x: Array, value: Array, *indices: Whole, lead: int
) -> Array:
    """Gives each written entry the upstream of its place, if it is the last that was written there."""
    arriving = upstream[(np.s_[:],) * lead + indices]
    turn = np.arange(arriving.size).reshape(arriving.shape)
    last = np.zeros(out.shape)
    last[(np.s_[:],) * lead + indices] = turn
    return arriving * np.equal(last[(np.s_[:],) * lead + indices], turn)


def put_shape(x: Shape, value: Shape, *indices: Shape, lead: int = 0) -> Shape:
    """Returns the shape of x; the value must stretch to the entries it is written to."""
    place = gather_shape(x, *indices, lead=lead)
    fits(value, place)
    return x


def put_samples(rng: np.random.Generator) -> Samples:
    """Returns one entry a row, rows of which one is named twice, and columns from a scalar."""
    x = rng.normal(size=(3, 4))
    rows = np.arange(3)
    return [
        ((x, rng.normal(size=3), rows, np.array([1, 0, 3])), {"lead": 0}),
        ((x, rng.normal(size=(3, 4)), np.array([2, 0, 2])), {"lead": 0}),
        ((x, rng.normal(size=()), np.array([3, 1])), {"lead": 1}),
    ]


put = register(
    Primitive(
        name="put",
        symbol="[i]=",
        forward=put_forward,
        vjp={"x": put_dx, "value": put_dvalue},
        shape=put_shape,
        structure={
            "x": Structure.DIAGONAL,
            "value": Structure.DENSE,
            "indices": Structure.DIAGONAL,
        },
        latex=r"{{{x}}}_{{[i]}} \leftarrow {value}",
        said="{x} with {value} written in",
        words="Overwrites the indexed entries: their upstream signal goes to the value last written there.",
        samples=put_samples,
        spellings=(),
    )
)


def fill_forward(x: Array, mask: Mask, value: Array, *, count: int) -> Array:
    """Returns a copy of x with the `count` entries where the mask is true taken from `value`, in order."""
    out = x.copy()
    out[mask] = value
    return out


def fill_dx(
    upstream: Array, out: Array, x: Array, mask: Mask, value: Array, *, count: int
) -> Array:
    """Lets the upstream through where the mask is false."""
    dx = upstream.copy()
    dx[mask] = 0
    return dx


def fill_dvalue(
    upstream: Array, out: Array, x: Array, mask: Mask, value: Array, *, count: int
) -> Array:
    """Gives each written entry the upstream of its place."""
    return upstream[mask]


def fill_shape(x: Shape, mask: Shape, value: Shape, *, count: int) -> Shape:
    """Returns the shape of x; the value must stretch to the entries that the mask picks."""
    fits(value, select_shape(x, mask, count=count))
    return x


def fill_samples(rng: np.random.Generator) -> Samples:
    """Returns a mask of every entry's own and one of rows."""
    x = rng.normal(size=(3, 4))
    count = int((x > 0).sum())
    rows = np.array([True, False, True])
    return [
        ((x, x > 0, rng.normal(size=count)), {"count": count}),
        ((x, rows, rng.normal(size=(2, 4))), {"count": 2}),
    ]


fill = register(
    Primitive(
        name="fill",
        symbol="[m]=",
        forward=fill_forward,
        vjp={"x": fill_dx, "value": fill_dvalue},
        shape=fill_shape,
        structure={
            "x": Structure.DIAGONAL,
            "mask": Structure.DIAGONAL,
            "value": Structure.DENSE,
        },
        latex=r"{{{x}}}_{{[{mask}]}} \leftarrow {value}",
        said="{x} with {value} where {mask}",
        words="Overwrites the entries where the mask is true, one by one: each new entry gets its place's upstream.",
        samples=fill_samples,
        spellings=(),
    )
)
