"""A pass as the diagnoses read it: sizes of everything in one look, and what each elementwise gate is a function of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.diagnose.profile import ELEMENTWISE, GRID, IDENTITY, Profile, profile
from engine.forward import in_arithmetic
from engine.graph import Array, Graph, Kind, Node
from engine.numbers import say_number
from engine.primitives import REGISTRY, Structure
from engine.trace import TracedNode, Wire

Mask = NDArray[np.bool_]
FEW = 4


class Reading:
    """One pass, and what is found out about it only when a diagnosis asks.

    Args:
        graph: the tape.
        nodes: the traced nodes, in tape order.
        rescued: gates where 0 was taken for 0 times infinity.
    """

    def __init__(self, graph: Graph, nodes: Sequence[TracedNode], rescued: Sequence[int]) -> None:
        self.graph = graph
        self.nodes = nodes
        self.rescued = rescued
        self.output = nodes[graph.output]

    @cached_property
    def loss(self) -> float | None:
        """The output where it is one number, else None."""
        return float(self.output.value) if self.output.value.shape == () else None

    @cached_property
    def value_norms(self) -> list[float]:
        """Norm of every value; not finite where an entry is not."""
        return [norm(node.value) for node in self.nodes]

    @cached_property
    def upstream_norms(self) -> list[float]:
        """Norm of every upstream, 0 off the path; not finite where an entry is not."""
        return [0.0 if n.upstream is None else norm(n.upstream) for n in self.nodes]

    @cached_property
    def consumers(self) -> list[list[Wire]]:
        """Per tape place, the wires that leave it."""
        leaving: list[list[Wire]] = [[] for _ in self.nodes]
        for node in self.nodes:
            for wire in node.wires:
                leaving[wire.source].append(wire)
        return leaving

    @cached_property
    def trained(self) -> list[TracedNode]:
        """The inputs that receive a gradient."""
        return [n for n in self.nodes if n.upstream is not None and is_input(n.node)]

    def gates(self) -> Iterator[TracedNode]:
        """Yields the gates that carry gradient, in tape order."""
        return (n for n in self.nodes if n.upstream is not None and n.wires)

    def called(self, place: int) -> str:
        """Returns what people call a node; a nameless one with the name it goes into."""
        node = self.nodes[place]
        if node.node.name is not None or place == self.graph.output:
            return node.label
        named = self.named_after(place)
        return node.label if named is None else f"{node.label} (on the way to {named})"

    def named_after(self, place: int) -> str | None:
        """Returns the first named node, or the output, that a value goes into along single uses."""
        while True:
            leaving = self.consumers[place]
            if len({w.target for w in leaving}) != 1:
                return None
            place = leaving[0].target
            if self.nodes[place].node.name is not None or place == self.graph.output:
                return self.nodes[place].label

    # ------------------------------------------------------------------ functions of one number

    @cached_property
    def _univariate(self) -> tuple[list[int], list[int]]:
        """Per tape place: the place it is an elementwise function of, itself if of none; and that function's number."""
        bases: list[int] = []
        numbers: list[int] = []
        known: dict[tuple[object, ...], int] = {}
        for traced in self.nodes:
            node = traced.node
            base, key = self._base(node, bases, numbers)
            bases.append(base)
            if base == node.index:
                numbers.append(0)
                continue
            if key not in known:
                known[key] = len(self.profiles)
                self.profiles.append(self._probed(node, base, numbers))
            numbers.append(known[key])
        return bases, numbers

    @cached_property
    def profiles(self) -> list[Profile]:
        """Shape of every function of one number met so far, by its number; 0 is the identity."""
        return [IDENTITY]

    def _base(
        self, node: Node, bases: Sequence[int], numbers: Sequence[int]
    ) -> tuple[int, tuple[object, ...]]:
        """Returns the one place a gate is an elementwise function of, or its own, and what tells the function apart."""
        own: tuple[int, tuple[object, ...]] = (node.index, ())
        if node.primitive is None or not node.from_input or node.primitive not in ELEMENTWISE:
            return own
        base = -1
        key: list[object] = [node.primitive, str(node.settings) if node.settings else ""]
        for argument in node.arguments:
            other = self.graph.nodes[argument]
            if not other.from_input:
                if other.shape != ():
                    return own
                key.append(float(self.nodes[argument].value))
                continue
            if base not in (-1, bases[argument]):
                return own
            base = bases[argument]
            key.append((numbers[argument],))
        if base < 0 or self.graph.nodes[base].shape != node.shape:
            return own
        return base, tuple(key)

    def _probed(self, node: Node, base: int, numbers: Sequence[int]) -> Profile:
        """Returns the shape of a gate as a function of its base."""
        primitive = REGISTRY[node.primitive or ""]
        arguments = [
            self.profiles[numbers[a]].values
            if self.graph.nodes[a].from_input
            else self.nodes[a].value
            for a in node.arguments
        ]
        value = primitive.forward(*in_arithmetic(primitive, arguments), **node.settings)
        return profile(np.broadcast_to(np.asarray(value), GRID.shape))

    def base(self, place: int) -> int:
        """Returns the place that a node is an elementwise function of, or its own."""
        return self._univariate[0][place]

    def profile(self, place: int) -> Profile:
        """Returns the shape of a node as a function of its base."""
        return self.profiles[self._univariate[1][place]]

    @cached_property
    def flattening(self) -> list[TracedNode]:
        """The gates at which a function of one number becomes flat far out, on a gradient's path, in tape order.

        Of 1 / (1 + exp(-z)) that is the division: nothing before it is bounded on both sides.
        """
        numbers = self._univariate[1]
        special = [p.special for p in self.profiles]
        found = []
        for traced in self.gates():
            number = numbers[traced.node.index]
            if not special[number]:
                continue
            here = self.profiles[number]
            before = [self.profiles[numbers[w.source]] for w in traced.wires]
            if not any(p.squashes == here.squashes and p.special for p in before):
                found.append(traced)
        return found

    def slopes(self, place: int) -> Array | None:
        """Returns d(node)/d(base), one an entry, or None where it is not known."""
        start = self.base(place)
        moving = [w for w in self.nodes[place].wires if self.base(w.source) == start]
        if len(moving) == 1 and moving[0].source == start:
            return moving[0].local.value
        found: dict[int, Array] = {start: np.ones(self.nodes[start].value.shape)}
        run = [place]
        for seen in run:
            run += [
                w.source
                for w in self.nodes[seen].wires
                if self.base(w.source) == start and w.source != start and w.source not in run
            ]
        for here in sorted(run):
            total = np.zeros(self.nodes[here].value.shape)
            for wire in self.nodes[here].wires:
                if wire.source in found:
                    if wire.local.value is None:
                        return None
                    total = total + wire.local.value * found[wire.source]
            found[here] = total
        return found[place]

    def squared_error(self, place: int) -> Array | None:
        """Returns the error of which the loss is the square, where this node is its prediction; else None.

        A loss of degree two in e obeys Euler's relation, the sum of e · dL/de is 2 L; e is the node, or the node less
        or plus something.
        Source: Courant and John, Introduction to Calculus and Analysis, volume II, section 1.5 (homogeneous functions).
        """
        if not self.loss or self.loss < 0 or not math.isfinite(self.loss):
            return None
        shifted = [
            w.target
            for w in self.consumers[place]
            if w.local.structure in (Structure.DIAGONAL, Structure.SCALAR)
            and w.local.value is not None
            and (np.abs(w.local.value) == 1).all()
        ]
        for candidate in (place, *shifted):
            node = self.nodes[candidate]
            if node.upstream is None or node.value.shape != self.nodes[place].value.shape:
                continue
            if math.isclose(float(np.vdot(node.value, node.upstream)), 2 * self.loss, rel_tol=1e-9):
                return node.value
        return None


def norm(array: NDArray[np.float64]) -> float:
    """Returns the Euclidean norm of all entries; not finite only where an entry is not (or the norm is no float)."""
    if array.shape == ():
        return abs(float(array))
    floats = array if array.dtype == np.float64 else array.astype(np.float64)
    found = math.sqrt(np.vdot(floats, floats))
    if math.isfinite(found):
        return found
    most = float(np.abs(floats).max())
    return most * float(np.sqrt(np.square(floats / most).sum())) if math.isfinite(most) else most


def several(count: int, of: int, what: str) -> str:
    """Returns "2 of 3 entries"; of a single number just "its one entry" would say less, so "1 of 1 entry"."""
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count:,} of {of:,} {what if of == 1 else plural}"


def at_most(number: float) -> str:
    """Returns a small number rounded for a sentence."""
    return say_number(float(f"{number:.3g}"))


def is_input(node: Node) -> bool:
    """Returns whether a node is an input of the program."""
    return node.kind is Kind.INPUT
