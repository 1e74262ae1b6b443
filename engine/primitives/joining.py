"""Gates that put arrays together, and the functions that take them apart again."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, ShapeMismatch, excerpt
from engine.primitives.composition import Gates, Value, bracketed, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.samples import normal
from engine.primitives.shapes import one_axis, show

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Part = tuple[slice, ...]

CUTS = "Cuts apart: every joined array receives its own part of the upstream signal."


def groups(
    rng: np.random.Generator, *pairs: tuple[tuple[Shape, ...], dict[str, object]]
) -> Samples:
    """Returns a group of arrays a pair of shapes and settings."""
    return [(tuple(normal(rng, s) for s in shapes), settings) for shapes, settings in pairs]


# ---------- along an axis that is there ----------


def joined(*xs: Shape, axis: int | None = 0, parts: tuple[Part, ...] = ()) -> Shape:
    """Returns the shape of arrays put one after another; None flattens them first.

    Raises:
        ShapeMismatch: for a single number, for ranks that differ, or sizes that differ elsewhere.
    """
    if axis is None:
        return (sum(math.prod(x) for x in xs),)
    first = xs[0]
    for place, x in enumerate(xs):
        if not x:
            raise ShapeMismatch(
                "concatenate joins arrays along an axis; a single number has none.",
                hint="Use np.stack, or np.hstack.",
                rank=(place, 1),
            )
        if len(x) != len(first):
            lower = place if len(x) < len(first) else 0
            raise ShapeMismatch(
                f"Joined arrays have the same number of dimensions, not {show(first)} and {show(x)}.",
                hint="Add the missing axis with x[None] or x[:, None].",
                rank=(lower, max(len(x), len(first))),
            )
    along = one_axis(first, axis)
    for x in xs[1:]:
        for i, (size, own) in enumerate(zip(first, x, strict=True)):
            if i != along and size != own:
                raise ShapeMismatch(
                    f"Shapes {show(first)} and {show(x)} do not join along axis {along}: axis {i} has "
                    f"sizes {int(size)} and {int(own)}.",
                    hint="All other axes must have the same size.",
                    sizes=(size, own),
                )
    length = first[along] if len(xs) == 1 else sum(x[along] for x in xs)
    return (*first[:along], length, *first[along + 1 :])


def joined_parts(*xs: Shape, axis: int | None) -> tuple[Part, ...]:
    """Returns where in the result each array stands, as an index."""
    joined(*xs, axis=axis)
    along = 0 if axis is None else one_axis(xs[0], axis)
    start = 0
    parts: list[Part] = []
    for x in xs:
        stop = start + int(math.prod(x) if axis is None else x[along])
        parts.append((*[slice(None)] * along, slice(start or None, stop)))
        start = stop
    return tuple(parts)


def concatenate_forward(*xs: Array, axis: int | None = 0, parts: tuple[Part, ...] = ()) -> Array:
    """Returns the arrays one after another along an axis."""
    return np.concatenate(xs, axis)


def concatenate_dxs(
    upstream: Array,
    out: Array,
    *xs: Array,
    axis: int | None,
    parts: tuple[Part, ...],
    position: int,
) -> Array:
    """∂L/∂x_i is the part of the upstream where x_i stands in the result."""
    return (
        upstream[parts[position]]
        if axis is not None
        else np.reshape(upstream[parts[position]], xs[position].shape)
    )


concatenate = register(
    Primitive(
        name="concatenate",
        symbol="concat",
        forward=concatenate_forward,
        vjp={"xs": concatenate_dxs},
        shape=joined,
        structure=Structure.DENSE,
        latex=r"\left[{xs}\right]",
        words=CUTS,
        samples=lambda rng: groups(
            rng,
            (((2,), (3,)), {}),
            (((3,),), {}),
            (((2, 3), (1, 3), (2, 3)), {}),
            (((2, 3), (2, 1)), {"axis": 1}),
            (((2, 3), (2, 2)), {"axis": -1}),
            (((2, 1, 2), (2, 2, 2)), {"axis": -2}),
            (((2, 2), (), (3,)), {"axis": None}),
        ),
        spellings=("concatenate", "concat"),
        keywords={"arrays": "xs"},
        derived={"parts": joined_parts},
        placed=True,
    )
)


# ---------- along a new axis ----------


def stacked(*xs: Shape, axis: int = 0, before: Part = ()) -> Shape:
    """Returns the shape of equal arrays laid along a new axis, which counts in the result.

    Raises:
        ShapeMismatch: where the shapes differ, or there is no such place for the axis.
    """
    first = xs[0]
    for x in xs[1:]:
        if len(x) != len(first):
            lower = xs.index(x) if len(x) < len(first) else 0
            raise ShapeMismatch(
                f"Stacked arrays have the same shape, not {show(first)} and {show(x)}.",
                hint="Use np.concatenate for arrays that differ along one axis.",
                rank=(lower, max(len(x), len(first))),
            )
        for size, own in zip(first, x, strict=True):
            if size != own:
                raise ShapeMismatch(
                    f"Stacked arrays have the same shape, not {show(first)} and {show(x)}.",
                    hint="Use np.concatenate for arrays that differ along one axis.",
                    sizes=(size, own),
                )
    new = one_axis((1, *first), axis)
    return (*first[:new], len(xs), *first[new:])


def stack_before(*xs: Shape, axis: int) -> Part:
    """Returns the axes before the new one, as the beginning of an index."""
    new = one_axis((1, *xs[0]), axis)
    return (slice(None),) * new


def stack_forward(*xs: Array, axis: int = 0, before: Part = ()) -> Array:
    """Returns equal arrays laid along a new axis."""
    return np.stack(xs, axis=axis)


def stack_dxs(
    upstream: Array, out: Array, *xs: Array, axis: int, before: Part, position: int
) -> Array:
    """∂L/∂x_i is the i-th entry of the upstream along the new axis."""
    return upstream[(*before, position)]  # type: ignore[arg-type]


stack = register(
    Primitive(
        name="stack",
        symbol="stack",
        forward=stack_forward,
        vjp={"xs": stack_dxs},
        shape=stacked,
        structure={
            "xs": Structure.DENSE
        },  # by argument: `axis` counts the result's axes, not theirs
        latex=r"\left[{xs}\right]",
        words=CUTS,
        samples=lambda rng: groups(
            rng,
            (((), ()), {}),
            (((),), {}),
            (((3,), (3,)), {}),
            (((3,), (3,), (3,)), {"axis": 1}),
            (((2, 3), (2, 3)), {"axis": -1}),
            (((2, 3), (2, 3)), {"axis": -3}),
            (((2, 3), (2, 3)), {"axis": 1}),
        ),
        spellings=("stack",),
        keywords={"arrays": "xs"},
        derived={"before": stack_before},
        placed=True,
    )
)


# ---------- with axes added where they are missing ----------


def widened(gates: Gates, value: Value, rank: int) -> Value:
    """Returns an array with at least `rank` axes, new ones added as NumPy's atleast_nd adds them."""
    have = len(gates.shape(value))
    if have >= rank:
        return value
    new = {1: (0,), 2: (0, 1)[: 2 - have], 3: ((0, 1, 2), (0, 2), (2,))[min(have, 2)]}[rank]
    return gates.make("expand_dims", value, axis=new if len(new) > 1 else new[0])


def alike(gates: Gates, values: Sequence[Value], most: int) -> bool:
    """Returns whether arrays all have one shape, of `most` axes or fewer."""
    shapes = {tuple(map(int, gates.shape(value))) for value in values}
    return len(shapes) == 1 and len(shapes.pop()) <= most


def listed(gates: Gates, function: str, value: Value) -> Sequence[Value]:
    """Returns the arrays of a list, of which there is at least one.

    Raises:
        BadCall: for none.
    """
    values = gates.several(value)
    if not values:
        raise BadCall(
            f"np.{function} takes a list of arrays.", hint=f"Write np.{function}([a, b])."
        )
    return among_arrays(gates, values)


def among_arrays(gates: Gates, values: Sequence[Value]) -> Sequence[Value]:
    """Returns values; beside arrays, an input that nobody gave is an array too, though NumPy would take a number."""
    if any(gates.shape(value) for value in values):
        for value in values:
            if not gates.shape(value):
                gates.need_axes(value, 1)
    return values


@composition("hstack")
def hstack(gates: Gates, tup: Value) -> Value:
    """Joins along the second axis, or along the first where there is only one."""
    values = listed(gates, "hstack", tup)
    if alike(gates, values, 0):
        return gates.make("stack", *values)
    wide = [widened(gates, value, 1) for value in values]
    return gates.make("concatenate", *wide, axis=0 if len(gates.shape(wide[0])) == 1 else 1)


@composition("vstack", "row_stack")  # the older name
def vstack(gates: Gates, tup: Value) -> Value:
    """Joins along the first axis; vectors are rows."""
    values = listed(gates, "vstack", tup)
    if alike(gates, values, 1) and gates.shape(values[0]):
        return gates.make("stack", *values)
    return gates.make("concatenate", *(widened(gates, value, 2) for value in values))


@composition("dstack")
def dstack(gates: Gates, tup: Value) -> Value:
    """Joins along the third axis; vectors and matrices get one."""
    values = [widened(gates, value, 3) for value in listed(gates, "dstack", tup)]
    return gates.make("concatenate", *values, axis=2)


@composition("column_stack")
def column_stack(gates: Gates, tup: Value) -> Value:
    """Joins along the second axis; vectors are columns."""
    values = listed(gates, "column_stack", tup)
    if alike(gates, values, 1) and gates.shape(values[0]):
        return gates.make("stack", *values, axis=1)
    columns = [
        gates.make("expand_dims", value, axis=1)
        if len(gates.shape(value)) == 1
        else widened(gates, value, 2)
        for value in values
    ]
    return gates.make("concatenate", *columns, axis=1)


@bracketed("c_")
def columns(gates: Gates, *parts: Value) -> Value:
    """Joins along the last axis; vectors are columns."""
    most = max(len(gates.shape(part)) for part in among_arrays(gates, parts))
    if most > 2:
        raise BadCall("np.c_ joins vectors and matrices.", hint="Use np.concatenate.")
    return column_stack(gates, parts)


@bracketed("r_")
def rows(gates: Gates, *parts: Value) -> Value:
    """Joins along the first axis; single numbers are entries."""
    wide = [widened(gates, part, 1) for part in among_arrays(gates, parts)]
    return gates.make("concatenate", *wide)


@composition("append")
def append(gates: Gates, arr: Value, values: Value, axis: Value = None) -> Value:
    """Joins values to the end of an array, both flattened unless an axis is named."""
    along = None if axis is None else gates.whole(axis, "axis")
    return gates.make("concatenate", arr, values, axis=along)


@composition("block")
def block(gates: Gates, arrays: Value) -> Value:
    """Joins a table of blocks: innermost lists along the last axis, the lists around them along the axis before."""
    depth = list_depth(arrays)
    leaves = list(blocks(arrays))
    if not leaves:
        raise BadCall("np.block takes lists of arrays.", hint="Write np.block([[a, b], [c, d]]).")
    rank = max(depth, *(len(gates.shape(leaf)) for leaf in leaves))
    return assembled(gates, arrays, depth, rank)


def list_depth(value: Value) -> int:
    """Returns how many lists deep a table of blocks is."""
    if not isinstance(value, list | tuple):
        return 0
    return 1 + max(map(list_depth, value), default=0)


def blocks(value: Value) -> Iterator[Value]:
    """Yields every block of a table."""
    if isinstance(value, list | tuple):
        for entry in value:
            yield from blocks(entry)
    else:
        yield value


def assembled(gates: Gates, value: Value, depth: int, rank: int) -> Value:
    """Returns a table of blocks joined, every block with `rank` axes.

    Raises:
        BadCall: for lists that are not all as deep.
    """
    if (depth > 0) != isinstance(value, list | tuple):
        raise BadCall(
            "The lists of np.block are not all as deep.", hint="Write np.block([[a, b], [c, d]])."
        )
    if isinstance(value, list | tuple):
        parts = [assembled(gates, entry, depth - 1, rank) for entry in value]
        return gates.make("concatenate", *parts, axis=rank - depth)
    missing = rank - len(gates.shape(value))
    new = tuple(range(missing))
    return gates.make("expand_dims", value, axis=new) if new else value


# ---------- apart again ----------


def cut(
    gates: Gates, array: Value, ends: Iterable[int | None], axis: int, start: int | None = None
) -> list[Value]:
    """Returns the parts of an array between ends along an axis; the last one ends where the array does."""
    before = (slice(None),) * axis
    parts: list[Value] = []
    for end in ends:
        parts.append(gates.make("getitem", array, index=(*before, slice(start, end))))
        start = end
    return parts


def axis_with(gates: Gates, array: Value, axis: Value) -> tuple[int, int]:
    """Returns an axis counted from the front, and its size.

    Raises:
        ShapeMismatch: for an axis that the array does not have.
    """
    shape = gates.shape(array)
    along = one_axis(shape, gates.whole(axis, "axis"))
    return along, shape[along]


def ends_of(gates: Gates, indices_or_sections: Value) -> list[int | None] | int:
    """Returns where an array is cut, or into how many parts.

    Raises:
        BadCall: for anything but a positive whole number, or a list of whole numbers.
    """
    plain = gates.setting(indices_or_sections)
    if isinstance(plain, tuple) and all(is_whole(end) for end in plain):
        return [*(end for end in plain if isinstance(end, int)), None]
    if isinstance(plain, int) and is_whole(plain) and plain > 0:
        return plain
    raise BadCall(
        f"An array is cut into a number of parts, or at a list of places, not {excerpt(plain)}.",
        hint="Write np.split(x, 3) or np.split(x, [2, 5]).",
    )


def is_whole(value: object) -> bool:
    """Returns whether a setting is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


@composition("split")
def split(gates: Gates, ary: Value, indices_or_sections: Value, axis: Value = 0) -> Value:
    """Cuts an array into equal parts, or at the places named."""
    along, size = axis_with(gates, ary, axis)
    ends = ends_of(gates, indices_or_sections)
    if isinstance(ends, int) and size % ends:
        raise ShapeMismatch(
            f"An axis of size {int(size)} cannot be cut into {ends} equal parts.",
            hint="Use np.array_split, or a number that divides the size.",
            sizes=(size, ends * (size // ends + 1)),
        )
    return parted(gates, ary, ends, along, size)


@composition("array_split")
def array_split(gates: Gates, ary: Value, indices_or_sections: Value, axis: Value = 0) -> Value:
    """Cuts an array into parts as equal as can be, the longer ones first, or at the places named."""
    along, size = axis_with(gates, ary, axis)
    return parted(gates, ary, ends_of(gates, indices_or_sections), along, size)


def parted(
    gates: Gates, array: Value, ends: list[int | None] | int, axis: int, size: int
) -> list[Value]:
    """Returns an array's parts: a number of them, the longer ones first, or between the ends."""
    if not isinstance(ends, int):
        return cut(gates, array, ends, axis)
    length, longer = divmod(int(size), ends)
    return cut(gates, array, (length * i + min(i, longer) for i in range(1, ends + 1)), axis)


@composition("hsplit")
def hsplit(gates: Gates, ary: Value, indices_or_sections: Value) -> Value:
    """Cuts along the second axis, or along the first where there is only one."""
    axis = 1 if len(gates.shape(ary)) > 1 else 0
    return split(gates, ary, indices_or_sections, axis)


@composition("vsplit")
def vsplit(gates: Gates, ary: Value, indices_or_sections: Value) -> Value:
    """Cuts along the first axis of a matrix."""
    with_axes(gates, ary, 2, "vsplit")
    return split(gates, ary, indices_or_sections, 0)


@composition("dsplit")
def dsplit(gates: Gates, ary: Value, indices_or_sections: Value) -> Value:
    """Cuts along the third axis."""
    with_axes(gates, ary, 3, "dsplit")
    return split(gates, ary, indices_or_sections, 2)


def with_axes(gates: Gates, array: Value, least: int, function: str) -> None:
    """Refuses an array with too few axes.

    Raises:
        ShapeMismatch: with the number of axes that are needed.
    """
    shape = gates.shape(array)
    if len(shape) < least:
        plural = "" if least == 1 else "s"
        raise ShapeMismatch(
            f"np.{function} needs {least} dimension{plural}; shape {show(shape)} has {len(shape)}.",
            hint=f"Add an axis first: np.atleast_{least}d(x).",
            rank=(0, least),
        )


@composition("unstack")
def unstack(gates: Gates, x: Value, axis: Value = 0) -> Value:
    """Takes an array apart into its entries along an axis."""
    along, size = axis_with(gates, x, axis)
    before = (slice(None),) * along
    return tuple(gates.make("getitem", x, index=(*before, i)) for i in range(int(size)))
