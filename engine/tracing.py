"""A circuit's whole pass, put together step by step; see the contract, section 4."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from engine.axes import axis_letters
from engine.backward import Gradients, Message
from engine.equations import Equations
from engine.graph import Array, Graph, Kind, Node
from engine.limits import Deadline
from engine.local import Jacobian, structured
from engine.primitives import REGISTRY
from engine.rounding import Written, exactly
from engine.trace import Local, Step, TracedNode, Wire
from engine.words import Words
from engine.writing import Writing, WrittenWire

PHASES = {
    "evaluate": "forward",
    "local": "local",
    "seed": "backward",
    "accumulate": "backward",
    "multiply": "backward",
}


Telling = Callable[[], tuple[str, str]]
"""Writes a step's sentence and its equation."""


class Steps:
    """The list of steps while it is written; each gets its number.

    Args:
        names: every node's name in code, for addresses.
        told: the numbers of those that are wanted; None: all.
    """

    def __init__(self, names: Sequence[str], told: Collection[int] | None) -> None:
        self.names = names
        self.told = told
        self.made: list[Step] = []
        self._count = 0

    def add(
        self,
        kind: str,
        node: Node,
        level: int,
        telling: Telling,
        *,
        last: str | None = None,
        wire: str | None = None,
    ) -> None:
        """Adds one step; its address is the phase, the node's name, and `last` or the gate's primitive."""
        phase = PHASES[kind]
        ending = node.primitive if last is None else last
        address = f"{phase[0]}:{self.names[node.index]}.{ending}"
        self._append(address, phase, kind, node, level, telling, wire)

    def inputs(self, first: Node, telling: Telling) -> None:
        """Adds the one step of all inputs and constants."""
        self._append("f:inputs", "forward", "evaluate", first, 1, telling, None)

    def _append(
        self,
        address: str,
        phase: str,
        kind: str,
        node: Node,
        level: int,
        telling: Telling,
        wire: str | None,
    ) -> None:
        index = self._count
        self._count += 1
        if self.told is None or index in self.told:
            self.made.append(Step(index, address, phase, kind, node.index, wire, level, *telling()))


class Pass:
    """One forward and backward pass, as nodes and steps.

    Args:
        graph: the tape.
        writing: what is written about it.
        values: one array a node.
        gradients: what backward found.
        seed: the first upstream.
        wanted: per tape place, whether it is on a path from wrt to the output.
        deadline: checked between nodes.
        written: what each local gradient becomes.
        told: the numbers of the steps that are wanted; None: all.
    """

    def __init__(
        self,
        graph: Graph,
        writing: Writing,
        values: Sequence[Array],
        gradients: Gradients,
        seed: Array,
        wanted: Sequence[bool],
        deadline: Deadline,
        written: Written = exactly,
        told: Collection[int] | None = None,
    ) -> None:
        self.rounded = written
        self.graph = graph
        self.writing = writing
        self.values = values
        self.gradients = gradients
        self.seed = seed
        self.wanted = wanted
        self.deadline = deadline
        self.names = writing.writer.names
        self.labels = writing.labels
        self.words = Words(graph.nodes, values, self.labels, graph.output)
        self.messages = {(m.node, m.key): m for m in gradients.messages}
        self.arrivals: dict[int, list[Message]] = {}
        for message in gradients.messages:
            self.arrivals.setdefault(graph.nodes[message.node].arguments[message.key], []).append(
                message
            )
        self.equations = Equations(graph, values, self.labels)
        with np.errstate(all="ignore"):
            self.nodes = self._nodes()
        self.steps = self._steps(Steps(self.names, told))

    def _nodes(self) -> tuple[TracedNode, ...]:
        nodes = []
        edge = 0
        for node in self.graph.nodes:
            if node.index % 16 == 0:
                self.deadline.check()
            wires = []
            for key in range(len(node.arguments)):
                wires.append(self._wire(node, key, f"e{edge}"))
                edge += 1
            primitive = REGISTRY[node.primitive] if node.primitive is not None else None
            upstream = self.gradients.upstream[node.index] if self.wanted[node.index] else None
            nodes.append(
                TracedNode(
                    node=node,
                    family=primitive.family if primitive else None,
                    symbol=primitive.symbol if primitive else "",
                    face=self.writing.faces[node.index],
                    label=self.labels.texts[node.index],
                    code=self.names[node.index],
                    value=self.values[node.index],
                    upstream=upstream,
                    wires=tuple(wires),
                    latex=self.writing.formulas[node.index],
                )
            )
        letters = axis_letters(self.graph, nodes)
        return tuple(
            replace(node, dims=dims) if dims else node
            for node, dims in zip(nodes, letters, strict=True)
        )

    def _wire(self, node: Node, key: int, name: str) -> Wire:
        source = node.arguments[key]
        message = self.messages.get((node.index, key))
        adds = message is not None and self.arrivals[source][0] is not message
        summed = () if message is None else message.summed_axes
        written = self.writing.wire(node, key, summed, adds=adds)
        return Wire(
            id=name,
            source=source,
            target=node.index,
            key=key,
            argument=written.argument,
            local=self._local(structured(node, key, self.values), written),
            downstream=None if message is None else message.downstream,
            summed_axes=summed,
            code="" if message is None else written.code,
            said="" if message is None else written.said,
            latex="" if message is None else written.latex,
        )

    def _local(self, found: Jacobian, written: WrittenWire) -> Local:
        return Local(
            structure=found.structure,
            shape=found.shape,
            value=None if found.value is None else self.rounded(found.value),
            axes=found.axes,
            indices=found.indices,
            other=found.other,
            side=found.side,
            code=written.local,
            said=written.local_said,
            latex=written.local_latex,
        )

    # ------------------------------------------------------------------ steps

    def _steps(self, steps: Steps) -> tuple[Step, ...]:
        gates = [n for n in self.graph.nodes if n.kind is Kind.GATE]
        still = [n for n in self.graph.nodes if n.kind is not Kind.GATE]
        if still:
            steps.inputs(still[0], lambda: (self.words.inputs(), self.equations.inputs(still)))
        for node in gates:
            steps.add("evaluate", node, 1, partial(self._evaluated, node))
        for node in gates:
            steps.add("local", node, 2, partial(self._turned, node))
        output = self.graph.nodes[self.graph.output]
        steps.add("seed", output, 1, self._seeded, last="seed")
        for node in reversed(self.graph.nodes):
            if self.wanted[node.index]:
                self._backward_steps(node, steps)
        return tuple(steps.made)

    def _backward_steps(self, node: Node, steps: Steps) -> None:
        upstream = self.gradients.upstream[node.index]
        if upstream is None:
            return
        arrivals = self.arrivals.get(node.index, [])
        if len(arrivals) > 1:
            level = 2 if node.kind is Kind.GATE else 1
            telling = partial(self._added, node, arrivals, upstream)
            steps.add("accumulate", node, level, telling, last="sum")
        sent = [w for w in self.nodes[node.index].wires if w.downstream is not None]
        for wire in sent:
            level = 1 if wire is sent[-1] else 3
            last = f"{node.primitive}.{wire.key}"
            telling = partial(self._carried, node, wire, upstream)
            steps.add("multiply", node, level, telling, last=last, wire=wire.id)

    def _evaluated(self, node: Node) -> tuple[str, str]:
        return self.words.evaluate(node), self.equations.evaluate(node)

    def _turned(self, node: Node) -> tuple[str, str]:
        wires = self.nodes[node.index].wires
        return self.words.local(node, wires), self.equations.local(node, wires)

    def _seeded(self) -> tuple[str, str]:
        return self.words.seed(self.seed), self.equations.seed(self.seed)

    def _added(self, node: Node, arrivals: Sequence[Message], upstream: Array) -> tuple[str, str]:
        contributions = [(self.labels.texts[m.node], m.downstream) for m in arrivals]
        words = self.words.accumulate(node, contributions, upstream)
        return words, self.equations.accumulate(node, arrivals, upstream)

    def _carried(self, node: Node, wire: Wire, upstream: Array) -> tuple[str, str]:
        message = self.messages[node.index, wire.key]
        words = self.words.multiply(node, wire, upstream)
        return words, self.equations.carried(wire, message, upstream)
