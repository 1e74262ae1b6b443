"""Numerical slopes: the output as a function of one node's value, and the difference formulas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.backward import backward, on_path
from engine.errors import BadInput, ShapeMismatch
from engine.forward import Values, evaluate
from engine.graph import Array, Graph, Kind, Node
from engine.limits import Deadline
from engine.primitives import REGISTRY

GATE_FLOPS = 20_000
"""What calling a gate costs, in the arithmetic that a product of matrices could do meanwhile; measured, about 2 µs."""
ENTRY_FLOPS = 10
"""What writing an entry costs, likewise; measured, about 1 ns."""


@dataclass(frozen=True, slots=True)
class Method:
    """A difference formula: the sum of weights times f(x + steps · h), over divisor times h.

    Attributes:
        name: what the API calls it.
        steps: where the function is evaluated, in units of h.
        weights: one a step.
        divisor: what the sum is divided by, in units of h.
        h: the step where none is given, for numbers up to 1; larger ones step in proportion.
    """

    name: str
    steps: tuple[int, ...]
    weights: tuple[float, ...]
    divisor: float
    h: float


FORWARD = Method("forward", (1, 0), (1.0, -1.0), 1.0, 1e-8)
CENTRAL = Method("central", (1, -1), (1.0, -1.0), 2.0, 1e-5)
FIVE_POINT = Method("five-point", (1, -1, 2, -2), (8.0, -8.0, -1.0, 1.0), 12.0, 2e-4)
METHODS: Mapping[str, Method] = {m.name: m for m in (CENTRAL, FORWARD, FIVE_POINT)}
"""Errors h, h², h⁴. Source: Abramowitz and Stegun, 25.3.1, 25.3.4 (first form) and 25.3.6."""


class Function:
    """The output (its sum weighted with the seed) as a function of one node's value.

    Only what comes after the node runs again.

    Args:
        graph: the tape.
        values: one array a node.
        place: the node whose value varies.
        seed: dL/d(output), the output's shape.
        deadline: checked at each evaluation.

    Attributes:
        x: the node's value.
        evaluations: how often the function has been evaluated.
    """

    def __init__(
        self,
        graph: Graph,
        values: Sequence[Array],
        place: int,
        seed: Array,
        deadline: Deadline,
    ) -> None:
        self._graph = graph
        self._values = values
        self._place = place
        self._seed = seed
        self._deadline = deadline
        self._after = after(graph, [place])
        self.x = np.asarray(values[place], dtype=np.float64)
        self.evaluations = 0

    def __call__(self, x: Array) -> float:
        """Returns the output for another value of the node; NaN where the circuit does not take it."""
        self.evaluations += 1
        try:
            values = self._values_at(x)
        except (BadInput, ShapeMismatch):  # such as a mask that now picks another number of entries
            return float("nan")
        return weighted(self._seed, values[self._graph.output])

    def gradient(self, x: Array) -> Array:
        """Returns the analytic gradient for another value of the node; NaN where the circuit does not take it."""
        self.evaluations += 1
        try:
            values = self._values_at(x)
        except (BadInput, ShapeMismatch):
            return np.full(x.shape, np.nan)
        wanted = on_path(self._graph, [self._place])
        gradients = backward(self._graph, values, self._seed, wanted, self._deadline)
        found = gradients.upstream[self._place] if wanted[self._place] else None
        return np.zeros(x.shape) if found is None else found

    def _values_at(self, x: Array) -> Values:
        self._deadline.check()
        values = list(self._values)
        values[self._place] = x
        with np.errstate(all="ignore"):
            for node in self._after:
                arguments = [values[a] for a in node.arguments]
                values[node.index] = evaluate(node, REGISTRY[node.primitive or ""], arguments)
        return values


def flops(graph: Graph, values: Sequence[Array]) -> int:
    """Returns the arithmetic of one evaluation of the whole circuit, with what calls and memory cost."""
    return GATE_FLOPS + sum(
        max(
            GATE_FLOPS,
            ENTRY_FLOPS * values[n.index].size,
            REGISTRY[n.primitive].flops(
                n.shape, [values[a].shape for a in n.arguments], n.settings
            ),
        )
        for n in graph.nodes
        if n.primitive is not None
    )


def after(graph: Graph, places: Iterable[int]) -> list[Node]:
    """Returns the gates between some nodes and the output, in tape order: those that their values can change."""
    reaches = {graph.output}
    for node in reversed(graph.nodes):
        if node.index in reaches:
            reaches.update(node.arguments)
    starts = frozenset(places)
    moved = set(starts)
    gates = []
    for node in graph.nodes:
        if (
            node.kind is Kind.GATE
            and node.index in reaches
            and node.index not in starts
            and not moved.isdisjoint(node.arguments)
        ):
            moved.add(node.index)
            gates.append(node)
    return gates


def weighted(seed: Array, output: Array) -> float:
    """Returns the function that is checked: the output itself, or its inner product with the upstream given."""
    with np.errstate(all="ignore"):
        return float((seed * output).sum())


class Line:
    """The function along a line through the node's value: one entry moves, or all of them in one direction.

    Args:
        function: the function.
        direction: the flat place of the entry, or a direction of the value's shape.

    Attributes:
        scale: the size of what moves, 1 at least: steps are taken in proportion to it.
    """

    def __init__(self, function: Function, direction: int | Array) -> None:
        self._function = function
        self._direction = direction
        moved = function.x.flat[direction] if isinstance(direction, int) else function.x
        self.scale = max(1.0, float(np.max(np.abs(moved))))

    def __call__(self, t: float) -> float:
        """Returns the function's value at the distance t."""
        return self._function(self.at(t))

    def slope(self, t: float) -> float:
        """Returns the analytic slope along the line at the distance t."""
        return self.part(self._function.gradient(self.at(t)))

    def part(self, gradient: Array) -> float:
        """Returns what a gradient says of the slope along the line."""
        if isinstance(self._direction, int):
            return float(gradient.flat[self._direction])
        return float(np.vdot(gradient, self._direction))

    def at(self, t: float) -> Array:
        """Returns the node's value at the distance t."""
        if not isinstance(self._direction, int):
            return self._function.x + t * self._direction
        moved = np.array(self._function.x)
        moved.flat[self._direction] += t
        return moved


@dataclass(frozen=True, slots=True)
class Difference:
    """One numerical slope, and what it was made of.

    Attributes:
        slope: by the method's formula.
        h: the step it took.
        right: the slope to the right alone, over one step.
        left: likewise to the left; None where the method does not look there.
    """

    slope: float
    h: float
    right: float
    left: float | None


def difference(line: Callable[[float], float], at_x: float, method: Method, h: float) -> Difference:
    """Returns the numerical slope of a line at 0.

    Args:
        line: distance -> the function's value there.
        at_x: its value at 0, which is not evaluated again.
        method: the formula.
        h: the step.
    """
    found = {step: at_x if step == 0 else line(step * h) for step in method.steps}
    terms = [w * found[s] for w, s in zip(method.weights, method.steps, strict=True)]
    with np.errstate(all="ignore"):
        return Difference(
            slope=float(np.sum(terms)) / (method.divisor * h),
            h=h,
            right=(found[1] - at_x) / h,
            left=(at_x - found[-1]) / h if -1 in found else None,
        )
