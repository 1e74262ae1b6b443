"""The Jacobian between any two nodes: what its structure says, and its entries as far as they are asked for.

Numerator layout: one row an entry of the value that is differentiated, one column an entry of what it is differentiated
for. (`engine.local` has the Jacobians of single gates.) The backward pass uses none of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.backward import backward, has_rule, on_path
from engine.errors import BadInput
from engine.graph import Array, Graph, Node, Shape
from engine.limits import Deadline, Limits
from engine.primitives import REGISTRY, Structure
from engine.tangents import Tangents


@dataclass(frozen=True, slots=True)
class Line:
    """One row or one column.

    Attributes:
        index: its place, counted from 0.
        entries: of a row, d(entry)/d(wrt), the shape of wrt; of a column, d(of)/d(entry), the shape of of.
    """

    index: int
    entries: Array


@dataclass(frozen=True, slots=True)
class Between:
    """The Jacobian d(of)/d(wrt), (size of of × size of wrt).

    Attributes:
        of: tape place of the value that is differentiated.
        wrt: tape place of what it is differentiated for.
        of_shape: shape of the one.
        wrt_shape: shape of the other.
        rows: entries of the one.
        columns: entries of the other.
        structure: which entries can be other than zero; DENSE where no word says more.
        paths: how many differentiable paths lead from wrt to of, wire by wire; none: every entry is 0.
        nonzeros: how many entries are not 0.
        counted: whether they were counted; else the structure says that there are no more.
        matrix: all entries, up to the limit, else None.
        diagonal: for DIAGONAL, the one slope of each row, the shape of of: row i has it in the column that i came from.
        row: the row asked for, or None.
        column: the column asked for, or None.
        product: an upstream times the Jacobian, the shape of wrt, or None where none was given.
        note: one sentence where something has to be said, else "".
    """

    of: int
    wrt: int
    of_shape: Shape
    wrt_shape: Shape
    rows: int
    columns: int
    structure: Structure
    paths: int
    nonzeros: int
    counted: bool
    matrix: Array | None
    diagonal: Array | None
    row: Line | None
    column: Line | None
    product: Array | None
    note: str


class Derivative:
    """Rows, columns and structure of d(of)/d(wrt), each found when it is asked for.

    Args:
        graph: the tape.
        values: one array a node.
        of: tape place of the value that is differentiated.
        wrt: tape place of what it is differentiated for.
        deadline: checked between gates.
    """

    def __init__(
        self, graph: Graph, values: Sequence[Array], of: int, wrt: int, deadline: Deadline
    ) -> None:
        self._graph = replace(graph, output=of)
        self._values = values
        self._wanted = on_path(self._graph, [wrt])
        self._deadline = deadline
        self._tangents = Tangents(self._graph, values, wrt, self._wanted, deadline)
        self.of = of
        self.wrt = wrt
        self.of_shape = values[of].shape
        self.wrt_shape = values[wrt].shape
        self.rows = values[of].size
        self.columns = values[wrt].size
        self.wires = [
            (node, key)
            for node in graph.nodes
            if self._wanted[node.index]
            for key, source in enumerate(node.arguments)
            if self._wanted[source] and has_rule(node, key)
        ]

    def pulled(self, upstream: Array) -> Array:
        """Returns an upstream times the Jacobian, the shape of wrt; entries that are exactly 0 are not asked about."""
        silent = upstream == 0
        seed = np.asarray(upstream, dtype=np.float64)
        gradients = backward(
            self._graph,
            self._values,
            seed,
            self._wanted,
            self._deadline,
            silent if silent.any() else None,
        )
        found = gradients.upstream[self.wrt] if self._wanted[self.wrt] else None
        return np.zeros(self.wrt_shape) if found is None else found

    def row(self, index: int) -> Array:
        """Returns one row, the shape of wrt."""
        self._deadline.check()
        return self.pulled(one_hot(index, self.of_shape))

    def column(self, index: int) -> Array:
        """Returns one column, the shape of of."""
        self._deadline.check()
        return self._tangents.pushed(one_hot(index, self.wrt_shape))

    def paths(self) -> int:
        """Returns how many paths lead from wrt to of."""
        counts = {self.wrt: 1}
        for node, key in self.wires:
            source = node.arguments[key]
            counts[node.index] = counts.get(node.index, 0) + counts.get(source, 0)
        return counts.get(self.of, 0)

    def structure(self) -> Structure:
        """Returns a single gate's own word, DIAGONAL where all gates on the paths are elementwise, else DENSE."""
        if self.of_shape == self.wrt_shape == ():
            return Structure.SCALAR
        if len(self.wires) == 1:
            return structure_of(*self.wires[0])
        elementwise = all(self._elementwise(node, key) for node, key in self.wires)
        if elementwise and (self.wires or self.of == self.wrt):
            return Structure.DIAGONAL
        return Structure.DENSE

    def _elementwise(self, node: Node, key: int) -> bool:
        scalars = node.shape == self._values[node.arguments[key]].shape == ()
        return scalars or structure_of(node, key) is Structure.DIAGONAL

    def diagonal(self) -> Array:
        """Returns the one slope of each row, where the structure is DIAGONAL: elementwise gates keep entries apart."""
        return self._tangents.pushed(np.ones(self.wrt_shape))

    def matrix(self) -> Array:
        """Returns all entries, by rows or by columns, whichever are fewer."""
        if not self.paths():
            return np.zeros((self.rows, self.columns))
        if self.rows <= self.columns:
            rows = [self.row(i).ravel() for i in range(self.rows)]
            return np.array(rows).reshape(self.rows, self.columns)
        columns = [self.column(j).ravel() for j in range(self.columns)]
        return np.array(columns).reshape(self.columns, self.rows).T

    def most_nonzeros(self, structure: Structure) -> int:
        """Returns how many entries can be other than 0, by the structure of a single gate."""
        placed = len(self.wires) == 1 and REGISTRY[self.wires[0][0].primitive or ""].placed
        if structure is Structure.REDUCTION or placed:
            return self.columns
        if structure is Structure.DENSE:
            return self.rows * self.columns
        if structure is Structure.MATMUL:
            # An entry of the product is a sum along the left factor's last axis, with one entry of each factor a term.
            left = self.wires[0][0].arguments[0]
            return self.rows * int(self._values[left].shape[-1])
        return self.rows


def structure_of(node: Node, key: int) -> Structure:
    """Returns the structure of one wire's local gradient."""
    primitive = REGISTRY[node.primitive or ""]
    return primitive.structure_of(primitive.argument_at(key))


def one_hot(index: int, shape: Shape) -> Array:
    """Returns zeros of a shape, with 1 at one flat place."""
    array = np.zeros(shape)
    array.flat[index] = 1.0
    return array


def scattered(diagonal: Array, columns: Shape) -> Array:
    """Returns the matrix of a DIAGONAL structure: each row's slope in the column that its entry came from."""
    places = np.arange(int(np.prod(columns))).reshape(columns)
    matrix = np.zeros((diagonal.size, places.size))
    matrix[np.arange(diagonal.size), np.broadcast_to(places, diagonal.shape).ravel()] = (
        diagonal.ravel()
    )
    return matrix


def between(
    derivative: Derivative,
    limits: Limits,
    *,
    row: int | None = None,
    column: int | None = None,
    upstream: Array | None = None,
) -> Between:
    """Returns the Jacobian's structure and size, its entries up to the limit, and the row and column asked for.

    Args:
        derivative: which two nodes.
        limits: `jacobian_numbers` says how many entries are written out.
        row: place of the row that is wanted in any case.
        column: place of the column likewise.
        upstream: of the first node's shape; its product with the Jacobian is wanted.

    Raises:
        BadInput: for a row or a column that the Jacobian does not have.
    """
    rows, columns = derivative.rows, derivative.columns
    check_index("row", row, rows)
    check_index("column", column, columns)
    structure, paths = derivative.structure(), derivative.paths()
    diagonal = derivative.diagonal() if structure is Structure.DIAGONAL else None
    matrix = None
    if rows * columns <= limits.jacobian_numbers:
        matrix = (
            derivative.matrix() if diagonal is None else scattered(diagonal, derivative.wrt_shape)
        )
    known = matrix if diagonal is None else diagonal
    if not paths:
        nonzeros, counted = 0, True
    elif known is not None:
        nonzeros, counted = int(np.count_nonzero(known)), True
    else:
        nonzeros, counted = derivative.most_nonzeros(structure), False
    return Between(
        of=derivative.of,
        wrt=derivative.wrt,
        of_shape=derivative.of_shape,
        wrt_shape=derivative.wrt_shape,
        rows=rows,
        columns=columns,
        structure=structure,
        paths=paths,
        nonzeros=nonzeros,
        counted=counted,
        matrix=matrix,
        diagonal=diagonal,
        row=None if row is None else Line(row, derivative.row(row)),
        column=None if column is None else Line(column, derivative.column(column)),
        product=None if upstream is None else derivative.pulled(upstream),
        note=note(paths, rows, columns, matrix is None),
    )


def check_index(word: str, index: int | None, count: int) -> None:
    """Raises BadInput for a row or column that is not there."""
    if index is not None and not 0 <= index < count:
        raise BadInput(
            f"{word} is {index}, but the Jacobian has {count:,} {word}s.",
            hint=f"Count from 0 to {count - 1}.",
        )


def note(paths: int, rows: int, columns: int, too_large: bool) -> str:
    """Returns what has to be said of a Jacobian: that it is all zeros, or not written out."""
    if not paths:
        return "No differentiable path leads from the one to the other: every entry is 0."
    if too_large:
        return (
            f"The matrix would have {rows:,} × {columns:,} = {rows * columns:,} entries; "
            "ask for one row or one column."
        )
    return ""
