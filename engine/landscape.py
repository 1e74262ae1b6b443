"""The output as a function of all entries of some inputs, laid out in one row: what a descent walks on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.backward import backward, on_path
from engine.errors import BadInput, ShapeMismatch, UndefinedName
from engine.forward import Values, evaluate
from engine.graph import Array, Graph, Role
from engine.language import nearest, shown
from engine.limits import Deadline
from engine.numbers import say_number
from engine.numerical import after, weighted
from engine.primitives import REGISTRY

RATES = (1.0, *(float(f"{digit}e-{power}") for power in range(1, 7) for digit in (5, 2, 1)))
"""Rates that are tried where none is given: 1, 0.5, 0.2, 0.1, ..."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One number of one input.

    Attributes:
        name: the input's.
        index: an index an axis; () for a single number.
        place: the input's tape place.
        flat: which of the input's entries it is, in C order.
    """

    name: str
    index: tuple[int, ...]
    place: int
    flat: int


class Landscape:
    """The output (its sum weighted with the seed) as a function of the entries of some inputs, input after input.

    Only what comes after those inputs runs again.

    Args:
        graph: the tape.
        values: one array a node, where it starts.
        places: tape place of each input that moves, by name.
        seed: dL/d(output), the output's shape.
        deadline: checked at each pass.

    Attributes:
        start: the entries as they are given.
        passes: how many passes, forward and backward, have been asked for by those who pay for them.
    """

    def __init__(
        self,
        graph: Graph,
        values: Sequence[Array],
        places: Mapping[str, int],
        seed: Array,
        deadline: Deadline,
    ) -> None:
        self._graph = graph
        self._values = values
        self._places = places
        self._seed = seed
        self._deadline = deadline
        self._after = after(graph, places.values())
        self._wanted = on_path(graph, places.values())
        parts = [np.asarray(values[place], dtype=np.float64).ravel() for place in places.values()]
        self.start: Array = np.concatenate(parts) if parts else np.zeros(0)
        self.passes = 0

    def __call__(self, x: Array) -> float:
        """Returns the output at other entries, which counts as one pass; NaN where the circuit does not take them."""
        self.passes += 1
        return self.seen(x)

    def gradient(self, x: Array) -> Array:
        """Returns the analytic gradient at other entries: one pass forward and one back."""
        self.passes += 2
        return self.slopes(x)

    def seen(self, x: Array) -> float:
        """Returns the output as one who looks on: nothing is counted."""
        values = self._values_at(x)
        if values is None:
            return float("nan")
        return weighted(self._seed, values[self._graph.output])

    def slopes(self, x: Array) -> Array:
        """Returns the gradient as one who looks on."""
        values = self._values_at(x)
        if values is None:
            return np.full(x.shape, np.nan)
        gradients = backward(self._graph, values, self._seed, self._wanted, self._deadline)
        return np.concatenate(
            [
                np.zeros(values[place].size) if found is None else found.ravel()
                for place in self._places.values()
                for found in [gradients.upstream[place] if self._wanted[place] else None]
            ]
        )

    def split(self, x: Array) -> dict[str, Array]:
        """Returns entries in a row as one array an input."""
        arrays, at = {}, 0
        for name, place in self._places.items():
            shape, size = self._values[place].shape, self._values[place].size
            arrays[name] = x[at : at + size].reshape(shape)
            at += size
        return arrays

    def entries(self, most: int) -> list[Entry]:
        """Returns what stands in the row, up to so many."""
        found: list[Entry] = []
        for name, place in self._places.items():
            shape, size = self._values[place].shape, self._values[place].size
            for flat in range(min(size, most - len(found))):
                index = tuple(int(i) for i in np.unravel_index(flat, shape))
                found.append(Entry(name, index, place, flat))
        return found

    def position(self, entry: Entry) -> int:
        """Returns where an entry stands in the row."""
        at = 0
        for name, place in self._places.items():
            if name == entry.name:
                return at + entry.flat
            at += self._values[place].size
        raise KeyError(entry.name)

    def odd(self, x: Array) -> str:
        """Returns the first value that is not finite there, such as "exp is Infinity"; "" where all are."""
        values = self._values_at(x)
        if values is None:
            return "the circuit cannot be computed with these values"
        for node in self._graph.nodes:
            value = values[node.index]
            if value.dtype != np.float64 or np.isfinite(value).all():
                continue
            worst = value.flat[int(np.argmax(~np.isfinite(value)))]
            return f"{node.name or node.primitive} is {say_number(float(worst))}"
        return ""

    def _values_at(self, x: Array) -> Values | None:
        self._deadline.check()
        values = list(self._values)
        for name, array in self.split(x).items():
            values[self._places[name]] = array
        try:
            with np.errstate(all="ignore"):
                for node in self._after:
                    arguments = [values[a] for a in node.arguments]
                    values[node.index] = evaluate(node, REGISTRY[node.primitive or ""], arguments)
        except (BadInput, ShapeMismatch):  # such as a mask that now picks another number of entries
            return None
        return values


def input_place(graph: Graph, name: str, field: str) -> int:
    """Returns the tape place of an input that can move.

    Args:
        graph: the tape.
        name: as it was asked for.
        field: what the request calls it.

    Raises:
        UndefinedName: for a name that is no input.
        BadInput: for a label, and for an input that the program does not use.
    """
    if name not in graph.inputs:
        close = nearest(name, graph.inputs)
        raise UndefinedName(
            f"{field} names {shown(name)}, which is no input of the program.",
            hint=close or "Choose one of its inputs; what the program computes cannot be set.",
        )
    found = graph.inputs[name]
    if found.role is Role.LABEL:
        raise BadInput(
            f"{shown(name)} is used as an index or a size: it cannot move a little.",
            hint="Choose an input that holds real numbers.",
        )
    if found.node is None:
        raise BadInput(
            f"The program does not use {shown(name)}.", hint="Choose an input that it uses."
        )
    return found.node


def entry_at(graph: Graph, name: str, index: Sequence[int], field: str) -> Entry:
    """Returns one number of one input.

    Raises:
        UndefinedName: for a name that is no input.
        BadInput: for an index that does not fit its shape.
    """
    place = input_place(graph, name, field)
    shape = graph.nodes[place].shape
    inside = len(index) == len(shape) and all(0 <= i < n for i, n in zip(index, shape, strict=True))
    if not inside:
        raise BadInput(
            f"{field} asks for entry {list(index)} of {shown(name)}, whose shape is {list(shape)}.",
            hint="Give one index an axis, counted from 0; [] for a single number.",
        )
    flat = int(np.ravel_multi_index(tuple(index), shape)) if shape else 0
    return Entry(name, tuple(index), place, flat)
