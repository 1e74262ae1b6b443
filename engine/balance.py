"""Dimension balancing: every product of the two factors of a matmul's gradient, and what is right about each.

The gradient for one side of `z = x @ w` is a product of the other side and the upstream, each perhaps transposed. Shapes
alone pick it where all sizes differ; where some are equal several products fit, and only values tell them apart.
Vectors stand as NumPy's matmul reads them: on the left a row, on the right a column.

Source: the lecture, "Dimension Balancing", and what it leaves out: equal sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from engine.errors import BadInput
from engine.graph import Array, Shape
from engine.primitives import Structure
from engine.trace import Trace, TracedNode, Wire

STREAM = 5
"""Keeps the made-up numbers apart from whatever else is drawn with small seeds."""
RELATIVE, ABSOLUTE = 1e-6, 1e-9
NUDGE = 1e-3
DISTINCT = (4, 3, 2)
"""Sizes that are all different: rows, those summed over, columns."""
EQUAL = (2, 2, 2)
DIGITS = 4
"""Made-up numbers lie between -DIGITS and DIGITS, and are not 0."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One factor as it is laid down.

    Attributes:
        upstream: whether it is the gate's upstream; else the other factor's value.
        transposed: whether it is turned.
    """

    upstream: bool
    transposed: bool

    def laid(self, level: Factors) -> Array:
        """Returns its numbers."""
        array = level.upstream if self.upstream else level.other
        return array.T if self.transposed else array


@dataclass(frozen=True, slots=True)
class Factors:
    """The numbers of one level, as matrices.

    Attributes:
        other: the value of the gate's other side.
        upstream: what arrived at the gate.
        wanted: the gradient of this side.
    """

    other: Array
    upstream: Array
    wanted: Array


@dataclass(frozen=True, slots=True)
class Laid:
    """Two tiles and a sign.

    Attributes:
        left: the first tile.
        right: the second.
        sign: "@" or "*".
        shape: what the product has, or None where the two cannot be multiplied.
        shape_ok: whether that is the shape of the gradient.
        value: its numbers, where the shape is right.
        value_ok: whether they are the gradient's, to relative 1e-6 and absolute 1e-9.
        general: whether they are so for other numbers of the same shapes, too.
    """

    left: Tile
    right: Tile
    sign: str
    shape: Shape | None
    shape_ok: bool
    value: Array | None
    value_ok: bool
    general: bool

    @property
    def multiplies(self) -> bool:
        """Returns whether the two can be multiplied at all."""
        return self.shape is not None


@dataclass(frozen=True, slots=True)
class Nudged:
    """One entry moved a little, with the change of the product weighted by the upstream.

    Attributes:
        index: of the entry, in the gradient's matrix.
        h: how far, to either side.
        slope: the change a unit.
    """

    index: tuple[int, int]
    h: float
    slope: float


@dataclass(frozen=True, slots=True)
class Level:
    """One puzzle.

    Attributes:
        kind: "own", the program's numbers; "distinct", made-up ones of different sizes; "square", of equal sizes.
        factors: its numbers.
        products: all that can be laid, `@` before `*`.
        check: the entry in which the products of the right shape differ most.
    """

    kind: str
    factors: Factors
    products: tuple[Laid, ...]
    check: Nudged


@dataclass(frozen=True, slots=True)
class Side:
    """One argument of the matmul.

    Attributes:
        wire: from the argument to the gate.
        argument: where it comes from.
        other: the gate's other argument.
        levels: puzzles for its gradient, in the order they are to be solved.
    """

    wire: Wire
    argument: TracedNode
    other: TracedNode
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """The puzzles of one gate.

    Attributes:
        gate: the matmul.
        sides: one an argument that gradient reaches.
        note: what has to be said of how its vectors stand, or "".
    """

    gate: TracedNode
    sides: tuple[Side, ...]
    note: str


def balance(trace: Trace, place: int) -> Balance:
    """Returns the puzzles of one matmul of a circuit.

    Raises:
        BadInput: for a node that is no product of matrices or vectors, or that no gradient reaches.
    """
    gate = trace.nodes[place]
    if not gate.wires or any(w.local.structure is not Structure.MATMUL for w in gate.wires):
        raise BadInput(
            f"{gate.label} is no product of matrices: there is nothing to balance.",
            hint="Choose a gate that is written with @ or np.dot.",
        )
    sources = [trace.nodes[wire.source] for wire in gate.wires]
    if any(len(each.node.shape) > 2 for each in sources):
        raise BadInput(
            f"{gate.label} multiplies stacks of matrices; the puzzle is about two matrices.",
            hint="Choose a product of two matrices: each of the stack balances like it.",
        )
    sides = tuple(side(gate, wire, sources) for wire in gate.wires if wire.downstream is not None)
    if not sides:
        raise BadInput(
            f"No gradient flows back through {gate.label}.",
            hint="Choose a gate on a path from an input to the output.",
        )
    return Balance(gate, sides, note(sources))


def note(sources: Sequence[TracedNode]) -> str:
    """Returns how the vectors among the factors are read."""
    stands = zip(sources, ("row", "column"), strict=True)
    return " ".join(
        f"The vector {each.label} stands as a {word}."
        for each, word in stands
        if len(each.node.shape) == 1
    )


def side(gate: TracedNode, wire: Wire, sources: Sequence[TracedNode]) -> Side:
    """Returns the puzzles for one argument."""
    left, right = standing(sources[0].value, sources[1].value)
    sizes = (left.shape[0], left.shape[1], right.shape[1])
    assert gate.upstream is not None
    assert wire.downstream is not None
    upstream = gate.upstream.reshape(sizes[0], sizes[2])
    mine, other = (left, right) if wire.key == 0 else (right, left)
    own = Factors(other, upstream, wire.downstream.reshape(mine.shape))
    # Axes that a vector does not have stay 1 in every level.
    lacking = [sources[0].value.ndim == 1, False, sources[1].value.ndim == 1]

    def made(wanted: Sequence[int]) -> Factors:
        return made_up(
            [1 if gone else n for n, gone in zip(wanted, lacking, strict=True)], wire.key
        )

    there = [n for n, gone in zip(sizes, lacking, strict=True) if not gone]
    distinct = len(set(there)) == len(there)
    own_level = level("own", own, mine, wire.key)
    levels = [own_level] if distinct else [level("distinct", made(DISTINCT), None, wire.key)]
    levels += [level("square", made(EQUAL), None, wire.key)]
    levels += [] if distinct else [own_level]
    return Side(wire, sources[wire.key], sources[1 - wire.key], tuple(levels))


def standing(left: Array, right: Array) -> tuple[Array, Array]:
    """Returns both factors as matrices: a vector on the left is a row, one on the right a column."""
    return left.reshape(1, -1) if left.ndim == 1 else left, (
        right.reshape(-1, 1) if right.ndim == 1 else right
    )


def true_product(other: Array, upstream: Array, key: int) -> Array:
    """Returns the gradient of one side: dL/dx = dL/dz · yᵀ, dL/dy = xᵀ · dL/dz."""
    return upstream @ other.T if key == 0 else other.T @ upstream


def made_up(sizes: Sequence[int], key: int) -> Factors:
    """Returns small whole numbers for which the products of the right shape all differ that can."""
    rows, inner, columns = sizes
    shapes = ((inner, columns) if key == 0 else (rows, inner)), (rows, columns)
    rng = np.random.default_rng((STREAM, *sizes, key))
    other, upstream = (
        rng.integers(1, DIGITS + 1, shape) * rng.choice([-1.0, 1.0], shape) for shape in shapes
    )
    return Factors(other, upstream, true_product(other, upstream, key))


def generic(factors: Factors, key: int) -> Factors:
    """Returns other numbers of the same shapes, in which nothing is equal by accident."""
    rng = np.random.default_rng((STREAM, key))
    other, upstream = (rng.normal(size=a.shape) for a in (factors.other, factors.upstream))
    return Factors(other, upstream, true_product(other, upstream, key))


def level(kind: str, factors: Factors, mine: Array | None, key: int) -> Level:
    """Returns one puzzle.

    Args:
        kind: see `Level`.
        factors: its numbers.
        mine: the value of the side that the gradient is for; zeros where it is made up.
        key: which side that is.
    """
    elsewhere = {(p.left, p.right, p.sign): p.value_ok for p in laid(generic(factors, key))}
    products = tuple(replace(p, general=elsewhere[p.left, p.right, p.sign]) for p in laid(factors))
    place = telling(factors.wanted, [p.value for p in products if p.value is not None])
    at = np.zeros_like(factors.wanted) if mine is None else mine
    return Level(kind, factors, products, nudged(factors, at, place, key))


def laid(factors: Factors) -> Iterator[Laid]:
    """Yields every way to lay one tile of each factor: 8 products with `@`, then 8 with `*`."""
    for sign, first, turns in product("@*", (False, True), product((False, True), repeat=2)):
        left, right = (
            Tile(upstream == first, turn)
            for upstream, turn in zip((True, False), turns, strict=True)
        )
        yield judged(left, right, sign, factors)


def judged(left: Tile, right: Tile, sign: str, factors: Factors) -> Laid:
    """Returns what is right about one product. It is computed only where its shape is the gradient's."""
    x, y = left.laid(factors), right.laid(factors)
    shape = shape_of(x.shape, y.shape, sign)
    if shape != factors.wanted.shape:
        return Laid(left, right, sign, shape, False, None, False, False)
    with np.errstate(all="ignore"):
        value = x @ y if sign == "@" else x * y
    right_value = bool(
        np.allclose(value, factors.wanted, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True)
    )
    return Laid(left, right, sign, shape, True, value, right_value, right_value)


def shape_of(x: Shape, y: Shape, sign: str) -> Shape | None:
    """Returns the shape of a product, or None where there is none."""
    if sign == "@":
        return (x[0], y[1]) if x[1] == y[0] else None
    try:
        return np.broadcast_shapes(x, y)
    except ValueError:
        return None


def telling(wanted: Array, values: Sequence[Array]) -> tuple[int, int]:
    """Returns the entry in which most products of the right shape are not what is wanted; the largest of those."""
    with np.errstate(all="ignore"):
        differ = sum((~np.isclose(v, wanted) for v in values), np.zeros(wanted.shape, dtype=int))
    most = np.where(differ == differ.max(), np.nan_to_num(np.abs(wanted)), -1.0)
    row, column = np.unravel_index(int(most.argmax()), wanted.shape)
    return int(row), int(column)


def nudged(factors: Factors, mine: Array, place: tuple[int, int], key: int) -> Nudged:
    """Returns the slope of (upstream · product) for one entry of a side, by a central difference."""
    weighed = []
    for step in (NUDGE, -NUDGE):
        moved = mine.copy()
        moved[place] += step
        out = moved @ factors.other if key == 0 else factors.other @ moved
        weighed.append(float((factors.upstream * out).sum()))
    return Nudged(place, NUDGE, (weighed[0] - weighed[1]) / (2 * NUDGE))
