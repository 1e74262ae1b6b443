"""What a derivation is about: one wire of one gate, an entry of its argument, a row of its outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.backward import vjp
from engine.errors import BadInput
from engine.graph import Array
from engine.limits import Limits
from engine.local import dense, summed
from engine.numbers import say_shape
from engine.primitives import Structure
from engine.trace import Trace, TracedNode, Wire

SPARE = "ijkpqrstuv"
"""Letters for axes that the program has none for."""


@dataclass(frozen=True, slots=True)
class Slices:
    """The derivative of one row of outputs, as a stack: one slice an output, each of the variable's shape.

    Attributes:
        outputs: index of each output.
        slopes: the stack, (outputs, *shape of the variable).
        weights: the upstream of each output.
        collapsed: the slices added, each times its weight: what this row of outputs sends back.
        nonzeros: how many entries are not 0.
    """

    outputs: tuple[tuple[int, ...], ...]
    slopes: Array
    weights: Array
    collapsed: Array
    nonzeros: int


class Scene:
    """One wire of one gate, with what its derivation is about.

    Args:
        trace: the whole pass.
        gate: the gate.
        wire: its wire; gradient flows back on it.
        entry: of the argument, or None for one near the beginning.
        example: the row of outputs.

    Attributes:
        argument: where the wire comes from.
        sources: where all of the gate's arguments come from.
        upstream: what arrived at the gate.
        message: what the wire carries back.
        rows: how many rows of outputs there are.
        is_product: whether the gate is a product of matrices or vectors.
    """

    def __init__(
        self, trace: Trace, gate: TracedNode, wire: Wire, entry: Sequence[int] | None, example: int
    ) -> None:
        assert gate.upstream is not None
        assert wire.downstream is not None
        self.gate, self.wire, self.example = gate, wire, example
        self.upstream: Array = gate.upstream
        self.message: Array = wire.downstream
        self.sources = [trace.nodes[each.source] for each in gate.wires]
        self.argument = trace.nodes[wire.source]
        self.values = [each.value for each in trace.nodes]
        self._width = gate.value.shape[-1] if gate.value.ndim else 1
        self.rows = math.prod(gate.value.shape[:-1])
        if not 0 <= example < self.rows:
            raise BadInput(
                f"{gate.label} has {self.rows} rows of outputs; there is no row {example}.",
                hint=f"Count from 0 to {self.rows - 1}.",
            )
        shape = self.argument.value.shape
        self.entry = tuple(entry) if entry is not None else telling(self.message)
        if len(self.entry) != len(shape) or any(
            not 0 <= at < size for at, size in zip(self.entry, shape, strict=True)
        ):
            raise BadInput(
                f"{self.argument.label} has shape {say_shape(shape)}; it has no entry {list(self.entry)}.",
                hint="Give one index an axis, counted from 0.",
            )
        self.is_product = wire.local.structure is Structure.MATMUL and all(
            each.value.ndim <= 2 for each in self.sources
        )

    def slices(self, limits: Limits) -> Slices | None:
        """Returns the derivative of the row of outputs, or None where it is too large to be written out."""
        shape, size = self.argument.value.shape, self.argument.value.size
        if self._width * size > limits.jacobian_numbers:
            return None
        places = range(self.example * self._width, (self.example + 1) * self._width)
        stack = np.zeros((self._width, *shape))
        for row, place in enumerate(places):
            stack[row] = self.slope(place)
        weights = self.upstream.ravel()[places.start : places.stop]
        with np.errstate(all="ignore"):
            collapsed = np.tensordot(weights, stack, axes=1)
        outputs = tuple(self.output(place) for place in places)
        return Slices(outputs, stack, weights, collapsed, int(np.count_nonzero(stack)))

    def slope(self, place: int) -> Array:
        """Returns d(one output)/d(argument), of the argument's shape."""
        one = np.zeros(self.gate.value.size)
        one[place] = 1.0
        shape = self.argument.value.shape
        with np.errstate(all="ignore"):
            raw = vjp(
                self.gate.node, self.wire.key, one.reshape(self.gate.value.shape), self.values
            )
        return raw if raw.shape == shape else summed(raw, shape)

    def jacobian(self) -> Array | None:
        """Returns the whole Jacobian as a matrix, an output a row, or None where it is too large."""
        whole = dense(self.gate.node, self.wire.key, self.values)
        return None if whole is None else whole.reshape(self.gate.value.size, -1)

    def output(self, place: int) -> tuple[int, ...]:
        """Returns the index of an output at a flat place."""
        return tuple(int(i) for i in np.unravel_index(place, self.gate.value.shape))

    def letters(self, node: TracedNode) -> list[str]:
        """Returns a small letter an axis, the same for axes that the program ties, but two for two of one array."""
        taken = {axis.lower() for each in (self.gate, *self.sources) for axis in each.dims}
        spare = iter(letter for letter in SPARE if letter not in taken)
        found: list[str] = []
        for axis in node.dims:
            known = axis.isalpha() and axis.lower() not in found
            found.append(axis.lower() if known else next(spare))
        return found

    @property
    def line(self) -> str:
        """Returns the line that runs, without what other wires have brought by then."""
        gradient = f"d{self.argument.code} = "
        return self.wire.code.replace(f"{gradient}d{self.argument.code} + ", gradient, 1)

    def note(self, slices: Slices | None) -> str:
        """Returns which names were made, and what was left out."""
        named = {each.code: each for each in (*self.sources, self.gate)}
        made = [
            f"{code} stands for {each.label}."
            for code, each in named.items()
            if each.wires and each.label != code
        ]
        if slices is None:
            entries = self.gate.value.size * self.argument.value.size
            made.append(
                f"The derivative of {self.gate.label} by {self.argument.label} would have "
                f"{entries:,} entries: it is not written out."
            )
        return " ".join(made)


def telling(message: Array) -> tuple[int, ...]:
    """Returns an entry near the beginning whose places differ, so that rows and columns cannot be mixed up.

    Where nothing arrives there, the first entry that something arrives at.
    """
    first = tuple(min(axis, size - 1) for axis, size in enumerate(message.shape))
    if not message.any() or message[first] != 0:
        return first
    return tuple(int(i) for i in np.argwhere(message)[0])
