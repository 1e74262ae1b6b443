"""Forward mode: a tangent pushed from one node to another through each gate's local gradient, a Jacobian's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backward import MOVES, Entry, Mask, has_rule, vjp
from engine.forward import in_arithmetic
from engine.graph import Array, Graph, Node, Shape
from engine.limits import Deadline
from engine.local import Jacobian, jacobian, summed, target_places
from engine.primitives import REGISTRY, Structure


@dataclass(frozen=True, slots=True)
class Tangent:
    """How one value changes as the start moves.

    Attributes:
        change: the derivative of the value along the move, its shape.
        reached: entries that the move can reach; at all others the change is exactly 0, whatever slopes stand behind.
    """

    change: Array
    reached: Mask


class Tangents:
    """The circuit's derivative along moves of one node; local gradients are found once for all moves.

    Args:
        graph: the tape; the tangents are pushed to its output.
        values: one array a node.
        start: tape place of the node that moves; `spread` moves others, too.
        wanted: per tape place, whether it lies on a path from the start to the output; see `on_path`.
        deadline: checked between gates.
    """

    def __init__(
        self,
        graph: Graph,
        values: Sequence[Array],
        start: int,
        wanted: Sequence[bool],
        deadline: Deadline,
    ) -> None:
        self._graph = graph
        self._values = values
        self._start = start
        self._wanted = wanted
        self._deadline = deadline
        self._locals: dict[tuple[int, int], Jacobian] = {}

    def pushed(self, move: Array) -> Array:
        """Returns the derivative of the output's value along a move of the start: Jacobian times move.

        Args:
            move: of the start's shape. Entries that are exactly 0 do not move.
        """
        tangents = self.spread({self._start: move})
        end = self._graph.output
        return tangents[end].change if end in tangents else np.zeros(self._graph.nodes[end].shape)

    def spread(self, moves: Mapping[int, Array]) -> dict[int, Tangent]:
        """Returns how every value changes, by tape place, as some nodes move together.

        Args:
            moves: by tape place, each of its node's shape. Entries that are exactly 0 do not move.
        """
        tangents = {place: Tangent(move, move != 0) for place, move in moves.items()}
        with np.errstate(all="ignore"):
            for node in self._graph.nodes:
                if not self._wanted[node.index] or node.index in moves:
                    continue
                if node.index % 64 == 0:
                    self._deadline.check()
                arrived = [
                    self._through(node, key, tangents[source])
                    for key, source in enumerate(node.arguments)
                    if source in tangents and has_rule(node, key)
                ]
                if arrived:
                    tangents[node.index] = total(arrived)
        return tangents

    def _through(self, node: Node, key: int, tangent: Tangent) -> Tangent:
        """Returns what one wire makes of a tangent: the gate's local gradient times it."""
        local = self._local(node, key)
        shape = self._values[node.index].shape
        primitive = REGISTRY[node.primitive or ""]
        if local.structure in MOVES:
            return Tangent(
                self._in_place(node, key, tangent.change),
                self._in_place(node, key, tangent.reached.astype(np.float64)) != 0,
            )
        if primitive.placed:
            places = target_places(node, key, self._values)
            return Tangent(
                scattered(tangent.change, places, shape),
                scattered(tangent.reached, places, shape) != 0,
            )
        if local.structure is Structure.MATMUL:
            change = self._in_place(node, key, tangent.change)
        elif local.structure is Structure.DENSE:
            change = self._dense(node, key, local, tangent.change)
        else:
            slopes = np.ones(()) if local.value is None else local.value
            still = ~tangent.reached | (slopes == 0 if primitive.selects else np.False_)
            product = np.where(still, 0.0, slopes * tangent.change)
            if local.structure is not Structure.REDUCTION:
                return Tangent(
                    np.broadcast_to(product, shape), np.broadcast_to(tangent.reached, shape)
                )
            return Tangent(
                product.sum(axis=local.axes).reshape(shape),
                np.asarray(tangent.reached.any(axis=local.axes)).reshape(shape),
            )
        return Tangent(change, np.broadcast_to(tangent.reached.any(), shape))

    def _local(self, node: Node, key: int) -> Jacobian:
        if (node.index, key) not in self._locals:
            self._locals[node.index, key] = jacobian(node, key, self._values)
        return self._locals[node.index, key]

    def _in_place(self, node: Node, key: int, change: Array) -> Array:
        """Returns a gate's value with the change in one argument's place, in which the gate is linear."""
        primitive = REGISTRY[node.primitive or ""]
        arguments = in_arithmetic(primitive, [self._values[a] for a in node.arguments])
        arguments[key] = change
        return np.asarray(primitive.forward(*arguments, **node.settings), dtype=np.float64)

    def _dense(self, node: Node, key: int, local: Jacobian, change: Array) -> Array:
        """Returns a dense local gradient times a change; over its cap row by row, none of them kept."""
        out = self._values[node.index]
        if local.value is not None:
            flat: Array = local.value.reshape(out.size, change.size) @ change.ravel()
            return flat.reshape(out.shape)
        entries = np.zeros(out.size)
        upstream = np.zeros(out.size)
        for row in range(out.size):
            self._deadline.check()
            upstream[row] = 1.0
            slopes = vjp(node, key, upstream.reshape(out.shape), self._values)
            entries[row] = np.vdot(summed(slopes, change.shape), change)
            upstream[row] = 0.0
        return entries.reshape(out.shape)


def total(arrived: Sequence[Tangent]) -> Tangent:
    """Returns the sum of what a gate's wires bring."""
    change, reached = arrived[0].change, arrived[0].reached
    for tangent in arrived[1:]:
        change, reached = change + tangent.change, reached | tangent.reached
    return Tangent(change, reached)


def scattered(entries: NDArray[Entry], places: NDArray[np.int64], shape: Shape) -> Array:
    """Returns zeros of a shape, with entries at flat places."""
    array = np.zeros(shape)
    array.flat[places] = entries.ravel()
    return array
