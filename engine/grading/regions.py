"""Stretches of elementwise gates that are a function of one value: an activation, as one gate or written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from engine.backward import has_rule, vjp
from engine.errors import EngineError
from engine.forward import evaluate
from engine.grading.program import Change, Made, Point
from engine.graph import Array, Graph, Node
from engine.primitives import REGISTRY, Structure

MOST_GATES = 16
"""A longer stretch is no activation written out."""
MOST_SLOPES = 3
"""A function with more different slopes at all points together is not one that switches."""


@dataclass(frozen=True, slots=True)
class Region:
    """Gates that make `top` of `base`, entry by entry, and of nothing else that changes it.

    Attributes:
        base: tape place of what goes in.
        top: tape place of what comes out.
        gates: the gates, in tape order.
    """

    base: int
    top: int
    gates: tuple[Node, ...]

    def changes(self, made: Made) -> tuple[Change, ...]:
        """Returns the change of all that the region sends to its base."""
        wires = frozenset(
            (gate.index, key)
            for gate in self.gates
            for key, source in enumerate(gate.arguments)
            if source == self.base and has_rule(gate, key)
        )
        return (Change(self.base, wires, made),)

    def slope(self, point: Point, at: Array | None = None) -> Array | None:
        """Returns d(top)/d(base), an entry an entry, at the point's own base or at another array of its shape."""
        if at is not None:
            values = self.values(point, at)
            return None if values is None else self._slope(values)
        if (self.base, self.top) not in point.stretches:
            point.stretches[self.base, self.top] = self._slope(point.values)
        return point.stretches[self.base, self.top]

    def _slope(self, values: Sequence[Array]) -> Array | None:
        upstream: dict[int, Array] = {self.top: np.ones(values[self.top].shape)}
        try:
            with np.errstate(all="ignore"):
                for gate in reversed(self.gates):
                    here = upstream.get(gate.index)
                    for key, source in enumerate(gate.arguments):
                        if here is None or not self._carries(gate, key):
                            continue
                        sent = np.broadcast_to(vjp(gate, key, here, values), here.shape)
                        before = upstream.get(source)
                        upstream[source] = sent if before is None else before + sent
        except (ArithmeticError, ValueError, EngineError):
            return None
        return upstream.get(self.base)

    def values(self, point: Point, at: Array) -> list[Array] | None:
        """Returns the values of the pass with another array for the base; of other nodes as they are."""
        if at.shape != point.values[self.base].shape:
            return None
        values = list(point.values)
        values[self.base] = at
        try:
            with np.errstate(all="ignore"):
                for gate in self.gates:
                    arguments = [values[a] for a in gate.arguments]
                    values[gate.index] = evaluate(gate, REGISTRY[gate.primitive or ""], arguments)
        except (ArithmeticError, ValueError, EngineError):
            return None
        return values

    def _carries(self, gate: Node, key: int) -> bool:
        inside = {self.base, *(g.index for g in self.gates)}
        return gate.arguments[key] in inside and has_rule(gate, key)


def regions_of(graph: Graph, nodes: Sequence[Node]) -> Iterator[Region]:
    """Yields the regions among nodes: each gate of one changing value, then those of several gates.

    One of several gates begins at a name or where several values meet, and ends at a name or where it is used otherwise.
    """
    bases, users = bases_of(graph), used_by(graph)
    among = {n.index for n in nodes}
    for node in nodes:
        root = bases[node.index]
        if root == node.index:
            continue
        direct = {a for a in node.arguments if graph.nodes[a].from_input}
        if len(direct) == 1 and direct <= among:
            yield Region(min(direct), node.index, (node,))
        elsewhere = any(bases[u] != root for u in users[node.index])
        if node.name is None and not elsewhere and node.index != graph.output:
            continue
        chain = inside(graph, bases, root, node.index)
        starts = [g.index for g in chain[:-1] if g.name is not None]
        if len(chain) < MOST_GATES:
            starts.insert(0, root)
        for base in starts:
            gates = chain if base == root else leading(graph, chain, base)
            if len(gates) > 1 and base in among and closed(users, gates):
                yield Region(base, node.index, gates)


def leading(graph: Graph, chain: Sequence[Node], base: int) -> tuple[Node, ...]:
    """Returns the gates of a chain that are made of a place in it; () where its top is made of others, too."""
    made = {base}
    gates = []
    for gate in chain:
        moving = {a for a in gate.arguments if graph.nodes[a].from_input}
        if gate.index > base and moving and moving <= made:
            made.add(gate.index)
            gates.append(gate)
    return tuple(gates) if chain[-1].index in made else ()


def closed(users: Sequence[Sequence[int]], gates: Sequence[Node]) -> bool:
    """Returns whether nothing but the last of some gates is used outside them."""
    inner = {g.index for g in gates}
    return all(inner.issuperset(users[g.index]) for g in gates[:-1])


def region_constant(region: Region, points: Sequence[Point]) -> bool:
    """Returns whether a region's slope is one number whatever the inputs."""
    slopes = [region.slope(point) for point in points]
    first = slopes[0]
    return first is None or all(s is not None and np.allclose(s, first.flat[0]) for s in slopes)


def only_switches(slope: Array) -> bool:
    """Returns whether every slope is 0 or 1, as where a gate routes."""
    return bool(np.isin(slope, (0.0, 1.0)).all())


def switches(region: Region, points: Sequence[Point], slope: Array) -> bool:
    """Returns whether a function of one value is made of a few straight pieces, one of them of slope 1."""
    slopes = [region.slope(point) for point in points]
    known = np.unique(np.concatenate([np.ravel(s) for s in slopes if s is not None]))
    more = slope.size > MOST_SLOPES or len(known) <= 2
    return 1 < known.size <= MOST_SLOPES and bool((known == 1.0).any()) and more


def curved(region: Region, points: Sequence[Point]) -> bool:
    """Returns whether a region is neither straight nor made of straight pieces."""
    slope = region.slope(points[0])
    if slope is None or region_constant(region, points):
        return False
    return not only_switches(slope) and not switches(region, points, slope)


def bases_of(graph: Graph) -> list[int]:
    """Returns, per tape place, the place that it is an elementwise function of; its own where of none or several."""
    bases: list[int] = []
    for node in graph.nodes:
        bases.append(node.index)
        if node.primitive is None or not node.from_input or not elementwise(node):
            continue
        moving = {bases[a] for a in node.arguments if graph.nodes[a].from_input}
        base = moving.pop()
        if not moving and graph.nodes[base].shape == node.shape:
            bases[node.index] = base
    return bases


def elementwise(node: Node) -> bool:
    """Returns whether a gate works entry by entry; a comparison does, though it has no gradient rule."""
    return REGISTRY[node.primitive or ""].structure is Structure.DIAGONAL


def inside(graph: Graph, bases: Sequence[int], base: int, top: int) -> tuple[Node, ...]:
    """Returns the gates between a base and a top, in tape order; of very many, those nearest to the top."""
    found: set[int] = set()
    queue = [-top]
    while queue and len(found) < MOST_GATES:
        place = -heappop(queue)
        if place != base and place not in found and bases[place] == base:
            found.add(place)
            for argument in graph.nodes[place].arguments:
                heappush(queue, -argument)
    return tuple(graph.nodes[place] for place in sorted(found))


def used_by(graph: Graph) -> list[list[int]]:
    """Returns, per tape place, the gates that take it."""
    users: list[list[int]] = [[] for _ in graph.nodes]
    for node in graph.nodes:
        for source in node.arguments:
            users[source].append(node.index)
    return users
