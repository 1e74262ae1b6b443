"""Where an answer is looked at: the asked node, the gates between it and the output, and how they are called in a hint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice

import numpy as np

from engine.backward import has_rule, on_path
from engine.grading.program import Change, Made, Point, Wire
from engine.grading.regions import Region, curved, regions_of, used_by
from engine.graph import Array, Graph, Kind, Node
from engine.naming import code_names, gradient_names
from engine.primitives import REGISTRY, Structure
from engine.source import Text

MOST_GATES = 300
"""Of more gates between the asked node and the output, mistakes at the nearest are looked for."""
SNIPPET = 32
"""Characters of source that a hint repeats."""


class Scene:
    """The asked node and what lies between it and the output.

    Args:
        text: the program's text.
        place: the asked node.
        points: passes at several inputs; the first is the request's own.
        shown: the tape that hints speak of, where the points are of a twin with other sizes.
        spoken: tape place -> what the student calls its gradient.
    """

    def __init__(
        self,
        text: Text,
        place: int,
        points: Sequence[Point],
        shown: Graph | None = None,
        spoken: Mapping[int, str] | None = None,
    ) -> None:
        self.text = text
        self.place = place
        self.points = points
        self.point = points[0]
        self.graph: Graph = self.point.graph
        self.shown = shown or self.graph
        self.between = on_path(self.graph, [place])
        self._names = code_names(self.graph)
        self._gradients = gradient_names(self._names)
        self._spoken = spoken or {}

    @cached_property
    def _near(self) -> list[Node]:
        between = (n for n in self.graph.nodes[self.place :] if self.between[n.index])
        return list(islice(between, MOST_GATES))

    def nodes(self) -> Iterator[Node]:
        """Yields the nodes between, the asked one first; of very many, those nearest to it."""
        for node in self._near:
            self.point.deadline.check()
            yield node

    @cached_property
    def paths(self) -> dict[int, tuple[int, int]]:
        """Per node between, how many paths lead to it from the asked one, and from it to the output."""
        near = self._near
        onward: dict[int, int] = {self.graph.output: 1}
        for node in reversed(near):
            for key, source in enumerate(node.arguments):
                if self.between[source] and has_rule(node, key):
                    onward[source] = onward.get(source, 0) + onward.get(node.index, 0)
        coming: dict[int, int] = {self.place: 1}
        for node in near:
            for key, source in enumerate(node.arguments):
                if self.between[source] and has_rule(node, key):
                    coming[node.index] = coming.get(node.index, 0) + coming.get(source, 0)
        return {n.index: (coming.get(n.index, 0), onward.get(n.index, 0)) for n in near}

    def on_every_path(self, node: Node, key: int) -> bool:
        """Returns whether all gradient of the asked node comes along one wire."""
        through = self.paths[node.arguments[key]][0] * self.paths[node.index][1]
        return through == self.paths[self.place][1]

    def wires(self) -> Iterator[tuple[Node, int]]:
        """Yields every wire that carries gradient towards the asked node, those nearest to it first."""
        for node in self.nodes():
            for key, source in enumerate(node.arguments):
                carries = self.point.upstream[node.index] is not None
                if carries and self.between[source] and has_rule(node, key):
                    yield node, key

    def along(self, structure: Structure) -> Iterator[tuple[Node, int]]:
        """Yields those wires whose local gradient has a structure."""
        return ((n, k) for n, k in self.wires() if structure_of(n, k) is structure)

    def constant_slope(self, node: Node, key: int) -> float | None:
        """Returns the slope of an elementwise gate where it is one number, the same for all inputs; else None."""
        slopes = [np.unique(point.slope(node, key)) for point in self.points]
        same = all(s.size == 1 and s[0] == slopes[0][0] for s in slopes)
        moving = [a for a in node.arguments if self.graph.nodes[a].from_input]
        return float(slopes[0][0]) if same and len(moving) <= len(set(moving)) else None

    @cached_property
    def users(self) -> list[list[int]]:
        """Per tape place, the gates that take it."""
        return used_by(self.graph)

    @cached_property
    def regions(self) -> list[Region]:
        """The stretches of elementwise gates between, those nearest to the asked node first."""
        return list(regions_of(self.graph, self._near))

    def curved(self, region: Region) -> bool:
        """Returns whether a region is neither straight nor made of straight pieces."""
        return curved(region, self.points)

    @cached_property
    def contenders(self) -> list[tuple[str, int, bool]]:
        """Named values and their gradients that an answer may use in a wrong place: (name, tape place, is a gradient)."""
        named = [
            n for n in self.graph.nodes if n.name is not None and self.point.values[n.index].size
        ]
        values = [(self.called(n.index), n.index, False) for n in named]
        gradients = [
            (self.gradient_of(n.index), n.index, True)
            for n in named
            if self.point.upstream[n.index] is not None and n.index > self.place
        ]
        return values + gradients

    def called(self, place: int) -> str:
        """Returns what a hint calls a value: its name, its number, or its piece of the program."""
        node = self.graph.nodes[place]
        if node.name is not None or node.kind is not Kind.GATE:
            return self._names[place]
        if node.span is not None:
            snippet = self.text.slice(node.span).strip()
            if snippet and len(snippet) <= SNIPPET and node.span.line == node.span.end_line:
                return snippet
        return "the output" if place == self.graph.output else self._names[place]

    def gradient_of(self, place: int) -> str:
        """Returns what a hint calls a gradient: its name, or "the gradient of" its piece of the program."""
        if place in self._spoken:
            return self._spoken[place]
        node = self.graph.nodes[place]
        named = node.name is not None or node.kind is not Kind.GATE
        return self._gradients[place] if named else f"the gradient of {self.called(place)}"


def structure_of(node: Node, key: int) -> Structure:
    """Returns the structure of one wire's local gradient; a scalar's is told as the gate's own."""
    primitive = REGISTRY[node.primitive or ""]
    return primitive.structure_of(primitive.argument_at(key))


def along(node: Node, key: int, made: Made) -> tuple[Change, ...]:
    """Returns the change of what one wire carries."""
    return (Change(node.arguments[key], frozenset({(node.index, key)}), made),)


def instead(point: Point, place: int, made: Made) -> tuple[Change, ...]:
    """Returns the change of all that a node receives."""
    wires: frozenset[Wire] = frozenset(point.arrived.get(place, {}))
    return (Change(place, wires, made),)


def constant(array: Array) -> Made:
    """Returns what makes the same array at every point."""
    return lambda _: array


def values_of(point: Point, place: int, gradient: bool) -> Array:
    """Returns a node's gradient, or its value as floats."""
    return point.gradient(place) if gradient else point.values[place].astype(np.float64)
