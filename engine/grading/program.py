"""What is graded against: a built program, and one pass of it at one set of inputs in which single rules can be changed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.backward import Message, backward, has_rule, on_path, unbroadcast, vjp
from engine.errors import EngineError
from engine.forward import forward
from engine.graph import Array, Graph, Node, Whole
from engine.limits import Deadline, Limits
from engine.primitives import REGISTRY, Structure
from engine.source import Text

Wire = tuple[int, int]
"""Tape place of a gate, and the argument: what one message came along."""


@dataclass(frozen=True, slots=True)
class Program:
    """A built program, as grading reads it.

    Attributes:
        text: the program's text.
        body: the statements of its forward part.
        output: the name asked for, or None.
        graph: the tape.
        names: every name bound at top level -> tape place.
        inputs: the value of every input, on the tape or not.
        seed: dL/d(output).
        limits: what it may cost.
    """

    text: Text
    body: tuple[ast.stmt, ...]
    output: str | None
    graph: Graph
    names: Mapping[str, int]
    inputs: Mapping[str, Array | Whole]
    seed: Array
    limits: Limits

    def place(self, name: str) -> int | None:
        """Returns the tape place that a name's gradient is of: the input where there is one, else its last value."""
        found = self.graph.inputs.get(name)
        return found.node if found is not None and found.node is not None else self.names.get(name)


Made = Callable[["Point"], Array | None]
"""What a changed rule makes at a point; None where it makes nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One rule of the backward pass changed: some wires' messages to a node replaced by one array.

    Attributes:
        place: the node that receives.
        wires: whose messages are replaced.
        made: what is received instead.
    """

    place: int
    wires: frozenset[Wire]
    made: Made


class Point:
    """One pass at one set of inputs.

    Args:
        graph: the tape.
        inputs: a value for every input on the tape.
        seed: dL/d(output).
        deadline: checked between gates.
        pins: tape place -> what a student has for its gradient; what comes before is made from that.
    """

    def __init__(
        self,
        graph: Graph,
        inputs: Mapping[str, Array | Whole],
        seed: Array,
        deadline: Deadline,
        pins: Mapping[int, Array] | None = None,
    ) -> None:
        self.graph = graph
        self.inputs = inputs
        self.seed = seed
        self.deadline = deadline
        self.values = forward(graph, inputs, deadline)
        self.wanted = on_path(graph, [n.index for n in graph.nodes if n.from_input])
        found = backward(graph, self.values, seed, self.wanted, deadline)
        self.cleared = found.cleared
        self._received: dict[int, Array] = {}
        self.pins = pins or {}
        self.upstream = found.upstream
        self.arrived = by_source(graph, found.messages)
        if pins:
            self.upstream, self.arrived = self._pinned(pins)

    def _pinned(
        self, pins: Mapping[int, Array]
    ) -> tuple[list[Array | None], dict[int, dict[Wire, Array]]]:
        """Returns upstreams and messages of a pass in which some gradients are given."""
        upstream: list[Array | None] = [None] * len(self.graph.nodes)
        arrived: dict[int, dict[Wire, Array]] = {}
        for node in reversed(self.graph.nodes):
            here = pins.get(node.index)
            if here is None:
                here = self.seed if node.index == self.graph.output else total(arrived, node.index)
            if here is None or not self.wanted[node.index]:
                continue
            upstream[node.index] = here
            for key, source in enumerate(node.arguments):
                if self.wanted[source] and has_rule(node, key):
                    sent = self.sent(node, key, here)
                    if sent is not None:
                        arrived.setdefault(source, {})[node.index, key] = sent
        return upstream, arrived

    @cached_property
    def slopes(self) -> dict[Wire, Array]:
        """Slopes of gates already asked for; see `slope`."""
        return {}

    @cached_property
    def stretches(self) -> dict[tuple[int, int], Array | None]:
        """Slopes of several gates already asked for, by what goes in and what comes out."""
        return {}

    def gradient(self, place: int) -> Array:
        """Returns the gradient of a node; zeros where nothing reaches it."""
        found = self.upstream[place]
        return np.zeros(self.graph.nodes[place].shape) if found is None else found

    def received(self, place: int) -> Array:
        """Returns the sum of the messages to a node, whatever a student has for it."""
        if place == self.graph.output:
            return self.seed
        if place not in self._received:
            found = total(self.arrived, place)
            zeros = np.zeros(self.graph.nodes[place].shape)
            self._received[place] = zeros if found is None else found
        return self._received[place]

    def slope(self, node: Node, key: int) -> Array:
        """Returns an elementwise gate's slope for one argument, one an entry of the output."""
        if (node.index, key) not in self.slopes:
            ones = np.ones(self.values[node.index].shape)
            with np.errstate(all="ignore"):
                found = vjp(node, key, ones, self.values)
            self.slopes[node.index, key] = np.broadcast_to(found, ones.shape)
        return self.slopes[node.index, key]

    def sent(self, node: Node, key: int, upstream: Array) -> Array | None:
        """Returns what a wire carries for any upstream, also one of a wrong shape; None where nothing can be made."""
        shape = self.values[node.arguments[key]].shape
        try:
            with np.errstate(all="ignore"):
                raw = self._raw(node, key, upstream)
                mask = self.cleared.get((node.index, key))
                if mask is not None and mask.shape == raw.shape:
                    raw = np.where(mask, 0.0, raw)
                if upstream.shape != node.shape and raw.ndim < len(shape):
                    return raw
                return unbroadcast(raw, shape)[0]
        except (ArithmeticError, IndexError, TypeError, ValueError, EngineError):
            return None

    def _raw(self, node: Node, key: int, upstream: Array) -> Array:
        """Returns a rule's answer; of an upstream of another shape what elementwise NumPy code would make."""
        if upstream.shape == self.values[node.index].shape:
            return vjp(node, key, upstream, self.values)
        primitive = REGISTRY[node.primitive or ""]
        structure = primitive.structure_of(primitive.argument_at(key))
        if structure is Structure.DIAGONAL:
            return np.asarray(upstream * self.slope(node, key))
        if structure is Structure.REDUCTION:
            ones = np.ones(self.values[node.index].shape)
            argument = self.values[node.arguments[key]]
            return np.asarray(
                upstream * np.broadcast_to(vjp(node, key, ones, self.values), argument.shape)
            )
        return vjp(node, key, upstream, self.values)

    def changed(
        self, place: int, changes: Sequence[Change], between: Sequence[bool]
    ) -> Array | None:
        """Returns the gradient of a node after a backward pass with some rules changed.

        Args:
            place: the node.
            changes: what is changed.
            between: per tape place, whether it lies on a path from the node to the output.

        Returns:
            The array, of whatever shape it comes out; None where the changes do not reach the node or nothing is made.
        """
        by_place = {change.place: change for change in changes}
        fresh: dict[int, dict[Wire, Array | None]] = {}
        for index in range(max(by_place), place - 1, -1):
            change, sent = by_place.get(index), fresh.get(index)
            cut = index in self.pins and index != place
            if cut or (change is None and sent is None):
                continue
            here = self._sum(index, change, sent or {})
            if here is None or index == place:
                return here
            node = self.graph.nodes[index]
            for key, source in enumerate(node.arguments):
                if between[source] and has_rule(node, key):
                    fresh.setdefault(source, {})[index, key] = self.sent(node, key, here)
        return None

    def _sum(
        self, place: int, change: Change | None, fresh: Mapping[Wire, Array | None]
    ) -> Array | None:
        """Returns what a node receives: its messages, some of them new, some replaced."""
        before = self.arrived.get(place, {})
        if change is None and len(before) > 2 * len(fresh):
            return self._moved(place, before, fresh)
        replaced = frozenset() if change is None else change.wires
        parts = [
            fresh.get(wire, message) for wire, message in before.items() if wire not in replaced
        ]
        if change is not None:
            parts.append(change.made(self))
        try:
            return added(parts)
        except ValueError:
            return None

    def _moved(
        self, place: int, before: Mapping[Wire, Array], fresh: Mapping[Wire, Array | None]
    ) -> Array | None:
        """Returns what a node receives when a few of its many messages are new."""
        result = self.received(place)
        for wire, message in fresh.items():
            if message is None:
                return None
            result = np.asarray(result + (message - before[wire]))
        return result


def by_source(graph: Graph, messages: Iterable[Message]) -> dict[int, dict[Wire, Array]]:
    """Returns, per node, the messages that it received, in the order they came."""
    arrived: dict[int, dict[Wire, Array]] = {}
    for message in messages:
        source = graph.nodes[message.node].arguments[message.key]
        arrived.setdefault(source, {})[message.node, message.key] = message.downstream
    return arrived


def total(arrived: Mapping[int, Mapping[Wire, Array]], place: int) -> Array | None:
    """Returns the sum of the messages to a node, or None where there is none."""
    return added(list(arrived.get(place, {}).values()))


def added(parts: Sequence[Array | None]) -> Array | None:
    """Returns a sum; None where a part is missing or there is none."""
    result: Array | None = None
    for part in parts:
        if part is None:
            return None
        result = part if result is None else np.asarray(result + part)
    return result
