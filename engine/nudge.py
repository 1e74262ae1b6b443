"""Inputs moved a little: what the gradient promised, what the output did, and how much each gate stretched on the way.

Slopes multiply: between two nodes that every path passes, the change is stretched by a ratio, and the product of all
these ratios is that of the whole, whatever lies between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.backward import has_rule, on_path
from engine.checking import Point
from engine.forward import Values
from engine.graph import Array
from engine.limits import Deadline
from engine.numerical import weighted
from engine.tangents import Tangent, Tangents


@dataclass(frozen=True, slots=True)
class Moved:
    """One input that has moved.

    Attributes:
        place: its tape place.
        to: its new value.
        change: by how much.
        gradient: of the output for it, before the move.
        predicted: gradient times change, summed over the entries.
    """

    place: int
    to: Array
    change: Array
    gradient: Array
    predicted: float


@dataclass(frozen=True, slots=True)
class Stage:
    """From one node that every path passes to the next.

    Attributes:
        start: tape place of the node at its beginning; None where several inputs move.
        end: tape place of the node at its end.
        between: gates that only some of the paths pass, in tape order.
        paths: how many paths lead from the one to the other.
        before: the value at its end, before the move.
        after: likewise after it.
        arrived: how large the change at the beginning is, with its sign where that is one number.
        left: likewise at the end.
        ratio: left / arrived, what really happened; None where nothing arrived.
        slope: the same by the local gradients, for a move that is ever so small; None likewise.
    """

    start: int | None
    end: int
    between: tuple[int, ...]
    paths: int
    before: Array
    after: Array
    arrived: float
    left: float
    ratio: float | None
    slope: float | None


@dataclass(frozen=True, slots=True)
class Nudge:
    """A move of some inputs, and what came of it.

    Attributes:
        before: the output.
        after: the output then.
        change: after - before.
        predicted: gradient times change, over all that moved: right to first order.
        rest: change - predicted, what the curve adds.
        inputs: what moved, by name.
        stages: from the inputs to the output; none where nothing moved or no path leads there.
        ratio: the product of the stages' ratios: how much the whole stretched the move; None where one is.
        slope: likewise of their slopes.
        signed: whether sizes have a sign: all that lies between stages is one number each.
    """

    before: float
    after: float
    change: float
    predicted: float
    rest: float
    inputs: Mapping[str, Moved]
    stages: Sequence[Stage]
    ratio: float | None
    slope: float | None
    signed: bool


def nudge(
    point: Point,
    after: Values,
    places: Mapping[str, int],
    deadline: Deadline,
) -> Nudge:
    """Returns what a move of some inputs does.

    Args:
        point: the pass before it.
        after: every node's value after it.
        places: tape place of every input that may have moved, by name.
        deadline: checked between gates.
    """
    inputs = {
        name: moved(point, after, place)
        for name, place in places.items()
        if not np.array_equal(point.values[place], after[place])
    }
    before, then = point.at_x(), weighted(point.seed, after[point.graph.output])
    predicted = sum(m.predicted for m in inputs.values())
    stages, signed = Walk(point, after, inputs, deadline).stages()
    with np.errstate(all="ignore"):
        change = float(np.subtract(then, before))
        rest = float(np.subtract(change, predicted))
    return Nudge(
        before=before,
        after=then,
        change=change,
        predicted=predicted,
        rest=rest,
        inputs=inputs,
        stages=stages,
        ratio=product([s.ratio for s in stages]),
        slope=product([s.slope for s in stages]),
        signed=signed,
    )


def risen(point: Point, places: Mapping[str, int], step: float) -> dict[str, Array]:
    """Returns the inputs after a step of so many times their gradients."""
    with np.errstate(all="ignore"):
        return {n: point.values[p] + step * point.gradient(p) for n, p in places.items()}


def moved(point: Point, after: Values, place: int) -> Moved:
    """Returns what one input's move promises."""
    gradient = point.gradient(place)
    with np.errstate(all="ignore"):
        change = np.asarray(after[place] - point.values[place])
        predicted = float(np.where(change == 0, 0.0, gradient * change).sum())
    return Moved(place, np.asarray(after[place]), change, gradient, predicted)


class Walk:
    """The way of a move through the circuit.

    Args:
        point: the pass before the move.
        after: every node's value after it.
        inputs: what moved.
        deadline: checked between gates.
    """

    def __init__(
        self, point: Point, after: Values, inputs: Mapping[str, Moved], deadline: Deadline
    ) -> None:
        self._point = point
        self._after = after
        self._moves = {m.place: m.change for m in inputs.values()}
        self._deadline = deadline
        self._wanted = on_path(point.graph, self._moves)

    def stages(self) -> tuple[list[Stage], bool]:
        """Returns the stages, and whether their sizes have signs."""
        graph, starts = self._point.graph, list(self._moves)
        if not starts or not self._wanted[graph.output]:
            return [], False
        tangents = self._tangents()
        gates = self._gates()
        first = one_size(self._changes(starts))
        signed = first is not None and all(graph.nodes[g].shape == () for g in gates)
        place: int | None = starts[0] if len(starts) == 1 else None
        arrived = first if signed and first is not None else joint(self._changes(starts))
        slope_arrived = arrived
        found = []
        for gate in gates:
            change = self._change(gate)
            tangent = tangents[gate].change if gate in tangents else np.zeros(change.shape)
            left, slope_left = (
                (float(change), float(tangent)) if signed else (joint([change]), joint([tangent]))
            )
            found.append(
                Stage(
                    start=place,
                    end=gate,
                    between=self._between(starts if place is None else [place], gate),
                    paths=self._paths(starts if place is None else [place])[gate],
                    before=self._point.values[gate],
                    after=self._after[gate],
                    arrived=arrived,
                    left=left,
                    ratio=over(left, arrived),
                    slope=over(slope_left, slope_arrived),
                )
            )
            place, arrived, slope_arrived = gate, left, slope_left
        return found, signed

    def _tangents(self) -> dict[int, Tangent]:
        graph = self._point.graph
        walk = Tangents(graph, self._point.values, graph.output, self._wanted, self._deadline)
        return walk.spread(self._moves)

    def _gates(self) -> list[int]:
        """Returns the gates that every path from what moved to the output passes, in tape order."""
        graph = self._point.graph
        arriving = self._paths(list(self._moves))
        leaving = {graph.output: 1}
        for node in reversed(graph.nodes):
            if node.index in leaving:
                for key, source in enumerate(node.arguments):
                    if has_rule(node, key) and self._wanted[source]:
                        leaving[source] = leaving.get(source, 0) + leaving[node.index]
        total = arriving[graph.output]
        return [
            place
            for place in arriving
            if place not in self._moves and arriving[place] * leaving.get(place, 0) == total
        ]

    def _paths(self, starts: Sequence[int]) -> dict[int, int]:
        """Returns how many paths lead from some nodes to each that they reach, in tape order."""
        counts = dict.fromkeys(starts, 1)
        for node in self._point.graph.nodes:
            if node.index in counts or not self._wanted[node.index]:
                continue
            arriving = sum(
                counts.get(source, 0)
                for key, source in enumerate(node.arguments)
                if has_rule(node, key)
            )
            if arriving:
                counts[node.index] = arriving
        return counts

    def _between(self, starts: Sequence[int], end: int) -> tuple[int, ...]:
        reached = self._paths(starts)
        return tuple(place for place in reached if place not in starts and place < end)

    def _change(self, place: int) -> Array:
        with np.errstate(all="ignore"):
            return np.asarray(self._after[place] - self._point.values[place])

    def _changes(self, places: Sequence[int]) -> list[Array]:
        return [self._change(place) for place in places]


def one_size(changes: Sequence[Array]) -> float | None:
    """Returns the change of the one entry that has moved, or None where several have."""
    entries = np.concatenate([change.ravel() for change in changes])
    where = np.flatnonzero(entries)
    return float(entries[where[0]]) if where.size == 1 else None


def joint(changes: Sequence[Array]) -> float:
    """Returns how far several values have moved together, as the crow flies."""
    with np.errstate(all="ignore"):
        return math.hypot(*(float(entry) for change in changes for entry in change.flat))


def over(left: float, arrived: float) -> float | None:
    """Returns a ratio, or None where nothing arrived."""
    return None if arrived == 0 else left / arrived


def product(factors: Sequence[float | None]) -> float | None:
    """Returns the product of all factors; None where one is missing or there are none."""
    known = [f for f in factors if f is not None]
    return math.prod(known) if known and len(known) == len(factors) else None
