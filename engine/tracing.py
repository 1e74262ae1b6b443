"""A circuit's whole pass, put together step by step; see the contract, section 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from engine import latex
from engine.backward import Gradients, Message, has_rule
from engine.graph import Array, Graph, Kind, Node
from engine.limits import Deadline
from engine.listing import FACTORS, Lines, Writer, face_text
from engine.local import Jacobian, jacobian
from engine.numbers import say
from engine.primitives import REGISTRY, Structure
from engine.source import Text
from engine.trace import Local, Step, TracedNode, Wire
from engine.words import Words, bracketed

LABEL_CHARACTERS = 18


class AddStep(Protocol):
    """How one step is added to the list."""

    def __call__(
        self,
        address: str,
        phase: str,
        kind: str,
        node: Node,
        level: int,
        text: str,
        formula: str,
        wire: str | None = None,
    ) -> None:
        """Adds one step."""


class Pass:
    """One forward and backward pass, as nodes and steps.

    Args:
        graph: the tape.
        text: the program's text, for labels of nameless gates.
        values: one array a node.
        gradients: what backward found.
        seed: the first upstream.
        wanted: per tape place, whether it is on a path from wrt to the output.
        deadline: checked between nodes.
    """

    def __init__(
        self,
        graph: Graph,
        text: Text,
        values: Sequence[Array],
        gradients: Gradients,
        seed: Array,
        wanted: Sequence[bool],
        deadline: Deadline,
    ) -> None:
        self.graph = graph
        self.values = values
        self.gradients = gradients
        self.seed = seed
        self.wanted = wanted
        self.deadline = deadline
        self.writer = Writer(graph)
        self.labels = [
            code if node.index == graph.output and node.name is None else label(node, text, code)
            for node, code in zip(graph.nodes, self.writer.names, strict=True)
        ]
        self.symbols = [
            latex.node_symbol(node, code)
            for node, code in zip(graph.nodes, self.writer.names, strict=True)
        ]
        self.words = Words(graph.nodes, values, self.labels, graph.output)
        self.messages = {(m.node, m.key): m for m in gradients.messages}
        self.arrivals: dict[int, list[Message]] = {}
        for message in gradients.messages:
            self.arrivals.setdefault(graph.nodes[message.node].arguments[message.key], []).append(
                message
            )
        self.loss = self.symbols[graph.output]
        self.nodes = self._nodes()
        self.steps = self._steps()

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
                    face=self._face(node),
                    label=self.labels[node.index],
                    code=self.writer.names[node.index],
                    value=self.values[node.index],
                    upstream=upstream,
                    wires=tuple(wires),
                    latex=latex.formula(node, lambda place: self.symbols[place]),
                )
            )
        return tuple(nodes)

    def _wire(self, node: Node, key: int, name: str) -> Wire:
        source = node.arguments[key]
        shape = jacobian(node, key, self.values)
        message = self.messages.get((node.index, key))
        adds = message is not None and self.arrivals[source][0] is not message
        summed = () if message is None else message.summed_axes
        lines = self.writer.lines(node, key, self.symbols, summed, adds=adds)
        return Wire(
            id=name,
            source=source,
            target=node.index,
            key=key,
            argument=argument_label(node, key),
            local=self._local(node, source, shape, lines),
            downstream=None if message is None else message.downstream,
            summed_axes=summed,
            code="" if message is None else lines.downstream,
            latex="" if message is None else self._chain_rule(node, key, lines.factor_latex, shape),
        )

    def _local(self, node: Node, source: int, shape: Jacobian, lines: Lines) -> Local:
        factor = shape.structure is Structure.SCALAR or shape.structure in FACTORS
        return Local(
            structure=shape.structure,
            shape=shape.shape,
            value=shape.value,
            axes=shape.axes,
            indices=shape.indices,
            other=shape.other,
            side=shape.side,
            code=lines.local,
            latex=lines.local_latex
            if factor
            else latex.partial(self.symbols[node.index], self.symbols[source]),
        )

    def _chain_rule(self, node: Node, key: int, slope: str, shape: Jacobian) -> str:
        """Returns dL/dx = dL/dq · (local), with the product that the shapes call for."""
        source = node.arguments[key]
        end = latex.partial(self.loss, self.symbols[source])
        start = latex.partial(self.loss, self.symbols[node.index])
        if shape.structure is Structure.MATMUL:
            left, right = (start, slope) if key == 0 else (slope, start)
            return rf"{end} = {left}\,{right}"
        if shape.structure is not Structure.SCALAR and shape.structure not in FACTORS:
            mixes = latex.partial(self.symbols[node.index], self.symbols[source])
            return rf"{end} = J^{{\top}} {start},\quad J = {mixes}"
        if slope in ("1", r"\mathbf{1}"):
            return rf"{end} = {start}"
        if slope == r"\left(-1\right)":
            return rf"{end} = -{start}"
        sign = r"\odot" if node.shape != () else r"\cdot"
        return rf"{end} = {start} {sign} {slope}"

    def _face(self, node: Node) -> str:
        """Returns what the gate shows with its scalar literals folded into it."""
        if node.primitive is None:
            return ""
        primitive = REGISTRY[node.primitive]
        literals = [self._literal(a) for a in node.arguments]
        if primitive.face is None or not any(literals) or primitive.variadic:
            return primitive.symbol
        return primitive.face(*literals)

    def _literal(self, place: int) -> str | None:
        node = self.graph.nodes[place]
        if (
            node.kind is not Kind.CONSTANT
            or node.shape != ()
            or node.name is not None
            or node.value is None
        ):
            return None
        return face_text(float(node.value))

    # ------------------------------------------------------------------ steps

    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []

        def add(
            address: str,
            phase: str,
            kind: str,
            node: Node,
            level: int,
            text: str,
            formula: str,
            wire: str | None = None,
        ) -> None:
            steps.append(
                Step(len(steps), address, phase, kind, node.index, wire, level, text, formula)
            )

        gates = [n for n in self.graph.nodes if n.kind is Kind.GATE]
        still = [n for n in self.graph.nodes if n.kind is not Kind.GATE]
        if still:
            add(
                "f:inputs",
                "forward",
                "evaluate",
                still[0],
                1,
                self.words.inputs(),
                self._inputs_latex(still),
            )
        for node in gates:
            add(
                f"f:{self.writer.names[node.index]}.{node.primitive}",
                "forward",
                "evaluate",
                node,
                1,
                self.words.evaluate(node),
                rf"{self.symbols[node.index]} = {self.nodes[node.index].latex}",
            )
        for node in gates:
            wires = self.nodes[node.index].wires
            add(
                f"l:{self.writer.names[node.index]}.{node.primitive}",
                "local",
                "local",
                node,
                2,
                self.words.local(node, wires),
                self._local_latex(node, wires),
            )
        output = self.graph.nodes[self.graph.output]
        add(
            f"b:{self.writer.names[output.index]}.seed",
            "backward",
            "seed",
            output,
            1,
            self.words.seed(self.seed),
            rf"{latex.partial(self.loss, self.loss)} = 1",
        )
        for node in reversed(self.graph.nodes):
            if self.wanted[node.index]:
                self._backward_steps(node, add)
        return tuple(steps)

    def _backward_steps(self, node: Node, add: AddStep) -> None:
        name = self.writer.names[node.index]
        upstream = self.gradients.upstream[node.index]
        if upstream is None:
            return
        arrivals = self.arrivals.get(node.index, [])
        if len(arrivals) > 1:
            contributions = [(self.labels[m.node], m.downstream) for m in arrivals]
            end = latex.partial(self.loss, self.symbols[node.index])
            parts = " + ".join(
                bracketed(say(m.downstream))
                if m.downstream.shape == ()
                else rf"\text{{from }} {self.symbols[m.node]}"
                for m in arrivals
            )
            leaf = node.kind is not Kind.GATE
            add(
                f"b:{name}.sum",
                "backward",
                "accumulate",
                node,
                1 if leaf else 2,
                self.words.accumulate(node, contributions, upstream),
                f"{end} = {parts}",
            )
        sent = [w for w in self.nodes[node.index].wires if w.downstream is not None]
        for wire in sent:
            add(
                f"b:{name}.{node.primitive}.{wire.key}",
                "backward",
                "multiply",
                node,
                1 if wire is sent[-1] else 3,
                self.words.multiply(node, wire, upstream),
                wire.latex,
                wire.id,
            )

    def _inputs_latex(self, still: Sequence[Node]) -> str:
        inputs = [n for n in still if n.kind is Kind.INPUT][:6]
        shown = [
            rf"{self.symbols[n.index]} = {say(self.values[n.index])}"
            for n in inputs
            if self.values[n.index].shape == ()
        ]
        names = [self.symbols[n.index] for n in inputs or still[:6]]
        return r",\quad ".join(shown or names)

    def _local_latex(self, node: Node, wires: Sequence[Wire]) -> str:
        parts = [
            rf"{latex.partial(self.symbols[node.index], self.symbols[w.source])} = {w.local.latex}"
            for w in wires
            if self.graph.nodes[w.source].kind is not Kind.CONSTANT and has_rule(node, w.key)
        ]
        return r",\quad ".join(dict.fromkeys(parts)) or self.nodes[node.index].latex


def label(node: Node, text: Text, code: str) -> str:
    """Returns what people call a node: its name, its literal, its own source text where that is short, else its code."""
    if node.name is not None:
        return code  # the name; of a rebound name's earlier nodes the numbered one
    if node.kind is Kind.CONSTANT and node.shape == ():
        return say(np.asarray(node.value))
    if node.kind is Kind.GATE and node.span is not None and not node.module:
        source = text.slice(node.span).strip()
        if source and len(source) <= LABEL_CHARACTERS and node.span.line == node.span.end_line:
            return source
    return code


def argument_label(node: Node, key: int) -> str:
    """Returns an argument's name; those of a variadic primitive are numbered."""
    primitive = REGISTRY[node.primitive or ""]
    name = primitive.argument_at(key)
    last = len(primitive.arguments) - 1
    return f"{name.rstrip('s')}{key - last}" if primitive.variadic and key >= last else name
