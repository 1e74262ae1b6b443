"""The equation of each step as LaTeX: in symbols, then with the numbers; a gradient has the shape of what it is for.

Where the circuit's numbers are single ones, every equation ends in them: `f = q z = 3 (-4) = -12`. A matrix product's
gradient is a product with the other factor transposed, and the error signal that arrives is written as delta.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from engine import latex
from engine.backward import Message, has_rule
from engine.composed import unbracketed
from engine.graph import Array, Graph, Kind, Node
from engine.labels import Labels
from engine.latex import figure
from engine.primitives import Structure
from engine.trace import Wire

MOST_INPUTS = 6
NEGATIVE = r"\\left\((-[^{}()]*)\\right\)"
ALONE = re.compile(rf"(?<=\{{){NEGATIVE}(?=\}})|(?<=\(){NEGATIVE}(?=\)|,)")
"""A negative number that has all of a brace's or a call's brackets to itself, or an argument's place in them."""
BEGINNING = re.compile(rf"{NEGATIVE}(?!\^|_)")


class Equations:
    """Writes the equations of one pass.

    Args:
        graph: the tape.
        values: one array a node.
        labels: what people call each node.
    """

    def __init__(self, graph: Graph, values: Sequence[Array], labels: Labels) -> None:
        self.graph = graph
        self.values = values
        self.labels = labels
        self.symbols = symbols = labels.symbols
        self.numbers = [
            figure(float(value)) if value.shape == () else symbol
            for value, symbol in zip(values, symbols, strict=True)
        ]
        self.loss = symbols[graph.output]

    def inputs(self, still: Sequence[Node]) -> str:
        """Returns the first step: the inputs with their numbers."""
        inputs = [n for n in still if n.kind is Kind.INPUT][:MOST_INPUTS] or still[:MOST_INPUTS]
        parts = []
        for node in inputs:
            symbol, value = self.symbols[node.index], self.values[node.index]
            if value.shape != ():
                sizes = r" \times ".join(map(str, value.shape))
                parts.append(rf"{symbol} \in \mathbb{{R}}^{{{sizes}}}")
            elif node.kind is Kind.INPUT:
                parts.append(f"{symbol} = {bare(self.numbers[node.index])}")
            else:
                parts.append(symbol)
        return r",\quad ".join(parts)

    def evaluate(self, node: Node) -> str:
        """Returns a forward step: the gate's formula, and the same with the numbers."""
        named = [self.symbols[node.index]] if self.labels.is_named(node) else []
        formula = self.labels.formulas[node.index]
        if not self._single(node):
            return equal(*named, formula)
        numbers = latex.formula(node, [self.numbers[a] for a in node.arguments])
        numbers = numbers.replace(r"\odot", r"\cdot")
        return equal(*named, formula, bare(numbers), bare(self.numbers[node.index]))

    def local(self, node: Node, wires: Sequence[Wire]) -> str:
        """Returns a local step: one partial derivative an argument that carries gradient."""
        parts = []
        for wire in wires:
            if self.graph.nodes[wire.source].kind is Kind.CONSTANT or not has_rule(node, wire.key):
                continue
            slope = latex.partial(self.symbols[node.index], self.symbols[wire.source])
            value = wire.local.value
            if wire.local.latex == slope:
                parts.append(slope)
            elif wire.local.structure is Structure.SCALAR and value is not None:
                rule = unbracketed(bare(wire.local.latex))
                parts.append(equal(slope, rule, bare(figure(float(value)))))
            else:
                parts.append(f"{slope} = {unbracketed(wire.local.latex)}")
        return r",\quad ".join(dict.fromkeys(parts)) or self.evaluate(node)

    def seed(self, seed: Array) -> str:
        """Returns the first backward step."""
        start = latex.partial(self.loss, self.loss)
        if seed.shape == ():
            return f"{start} = {bare(figure(float(seed)))}"
        return rf"{start} = \text{{the upstream given}}"

    def accumulate(self, node: Node, arrivals: Sequence[Message], total: Array) -> str:
        """Returns the sum at a fan-out."""
        end = latex.partial(self.loss, self.symbols[node.index])
        if total.shape == ():
            terms = [figure(float(m.downstream)) for m in arrivals]
            return equal(end, bare(" + ".join(terms)), bare(figure(float(total))))
        parts = [rf"\text{{from }} {self.symbols[m.node]}" for m in arrivals]
        return f"{end} = {' + '.join(parts)}"

    def carried(self, wire: Wire, message: Message, upstream: Array) -> str:
        """Returns the equation of a multiply step: the wire's, then the sum over copies or the numbers."""
        end, _, product = wire.latex.partition(" = ")
        if message.summed_axes:
            axes = ",".join(map(str, message.summed_axes))
            several = any(sign in product for sign in (r"\odot", r"\cdot", " + ", " - "))
            inner = rf"\left({product}\right)" if several else product
            return rf"{end} = \textstyle\sum_{{\text{{axis }}{axes}}} {inner}"
        local = wire.local.value
        if wire.local.structure is not Structure.SCALAR or local is None:
            return wire.latex
        numbers = rf"{figure(float(upstream))} \cdot {figure(float(local))}"
        return equal(wire.latex, bare(numbers), bare(figure(float(message.downstream))))

    def _single(self, node: Node) -> bool:
        """Returns whether a gate takes and gives single numbers."""
        places = (node.index, *node.arguments)
        return all(self.values[a].shape == () for a in places)


def bare(text: str) -> str:
    """Returns numbers without the brackets they do not need: at the start, in braces, as a function's argument."""
    if r"\left(-" not in text:
        return text
    text = ALONE.sub(lambda number: number[1] or number[2], text)
    whole = BEGINNING.match(text)
    return text if whole is None else whole.group(1) + text[whole.end() :]


def equal(*parts: str) -> str:
    """Returns parts joined by equals signs, each repeated one once."""
    kept = [p for k, p in enumerate(parts) if k == 0 or p != parts[k - 1]]
    return " = ".join(kept)
