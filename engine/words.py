"""The sentence of each step: plain words with the numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from engine import nonfinite
from engine.backward import has_rule
from engine.graph import Array, Kind, Node
from engine.labels import INFIX, Labels, applied, bracketed, closes_itself
from engine.numbers import say, say_shape
from engine.primitives import REGISTRY, Structure
from engine.trace import Local, Wire

SLOPE_NUMBERS = 4
MOVES = {
    Structure.PERMUTATION: "1 for every entry, moved to its new place",
    Structure.SELECTION: "1 for every picked entry, 0 elsewhere",
    Structure.BROADCAST: "1 for every copy",
}
PLACED = "1 for every entry at its place, 0 elsewhere"
FEW = 6


class Words:
    """Writes the sentences of one pass.

    Args:
        nodes: the tape.
        values: one array a node.
        labels: what people call each node, and what the program writes for it.
        output: tape place of the loss.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        values: Sequence[Array],
        labels: Labels,
        output: int,
    ) -> None:
        self.nodes = nodes
        self.values = values
        self.sources = labels.sources
        self.named = [labels.is_named(node) for node in nodes]
        self.labels = labels.whole
        self.formulas = labels.applied
        self.loss = self.labels[output]

    def inputs(self) -> str:
        """Returns the sentence of the first step."""
        given = [n for n in self.nodes if n.kind is Kind.INPUT]
        if not given:
            return "The constants are known before anything runs."
        shown = [f"{self.labels[n.index]} = {say(self.values[n.index])}" for n in given[:8]]
        more = f" and {len(given) - 8} more" if len(given) > 8 else ""
        return f"The inputs: {', '.join(shown)}{more}."

    def evaluate(self, node: Node) -> str:
        """Returns a forward step: "q = x + y = -2 + 5 = 3"."""
        name, value = self.labels[node.index], self.values[node.index]
        parts = [name] if self.named[node.index] else []
        parts.append(self.formulas[node.index])
        scalars = all(self.values[a].shape == () for a in node.arguments)
        if scalars:
            numbers = self.applied(node, [say(self.values[a]) for a in node.arguments])
            parts.append(numbers)
        parts.append(say(value))
        parts = [p for k, p in enumerate(parts) if k == 0 or p != parts[k - 1]]
        sentence = " = ".join(parts) + "."
        arguments = [self.values[a] for a in node.arguments]
        return sentence + nonfinite.of_value(value, arguments, lambda n: self.applied(node, n))

    def applied(self, node: Node, arguments: Sequence[str]) -> str:
        """Returns a gate applied to arguments."""
        return applied(node, arguments, self.sources[node.index])

    def local(self, node: Node, wires: Sequence[Wire]) -> str:
        """Returns a local step: the gate's habit, then one slope an argument that carries gradient."""
        parts = []
        for wire in wires:
            if self.nodes[wire.source].kind is Kind.CONSTANT or not has_rule(node, wire.key):
                continue
            placed = REGISTRY[node.primitive or ""].placed
            slope = PLACED if placed else self.slope(wire.local)
            parts.append(f"∂{self.labels[node.index]}/∂{self.labels[wire.source]} = {slope}")
        tail = f" Here {', '.join(dict.fromkeys(parts))}." if parts else ""
        return f"{REGISTRY[node.primitive or ''].words}{tail}"

    def slope(self, local: Local) -> str:
        """Returns a local gradient in words: its formula and number, or what its structure does."""
        if local.structure is Structure.DENSE:
            return f"a Jacobian of {math.prod(local.shape):,} entries"
        if local.structure in MOVES:
            return MOVES[local.structure]
        small = (
            local.value is not None and local.value.size <= SLOPE_NUMBERS and local.value.ndim <= 1
        )
        if local.value is None or not small or local.said == say(local.value):
            return local.said + nonfinite.of_slope(local.value)
        return f"{local.said} = {say(local.value)}{nonfinite.of_slope(local.value)}"

    def seed(self, seed: Array) -> str:
        """Returns the first backward step."""
        if seed.shape == ():
            if float(seed) == 1.0:
                return (
                    f"∂{self.loss}/∂{self.loss} = 1: the output changes exactly as much as itself."
                )
            return f"The upstream gradient given for {self.loss} is {say(seed)}."
        return (
            f"The upstream gradient given for {self.loss} has its shape, {say_shape(seed.shape)}."
        )

    def accumulate(
        self, node: Node, contributions: Sequence[tuple[str, Array]], total: Array
    ) -> str:
        """Returns the sum at a fan-out: from whom, how much, the total."""
        name = self.labels[node.index]
        count = len(contributions)
        note = nonfinite.of_sum([part for _, part in contributions], total)
        if total.shape == ():
            numbers = " + ".join(bracketed(say(c)) for _, c in contributions)
            sums = f"{numbers} = {say(total)}"
        else:
            sums = " + ".join(f"the part from {who}" for who, _ in contributions)
        return f"{name} is used {count} times, so its {count} gradients add: ∂{self.loss}/∂{name} = {sums}{note}."

    def multiply(self, node: Node, wire: Wire, upstream: Array) -> str:
        """Returns a backward step along one wire: what the gate does, and upstream × local = downstream."""
        downstream = wire.downstream
        if downstream is None:
            return ""
        source = self.labels[wire.source]
        if (
            wire.local.structure is Structure.MATMUL
            and downstream.ndim == 2
            and wire.local.other is not None
        ):
            return self.matrix_product(wire, source)
        note = nonfinite.of_product(upstream, wire.local.value, downstream)
        does = f"{self.face(node)} {habit(node)}: {source} receives"
        if wire.local.structure is Structure.SCALAR and wire.local.value is not None:
            numbers = f"{bracketed(say(upstream))} × {bracketed(say(wire.local.value))}"
            named = "" if is_number(wire.local.said) else f"{bracket_sum(wire.local.said)} = "
            factor = f"upstream × {named}" if named else "upstream × local = "
            return f"{does} {factor}{numbers} = {say(downstream)}{note}."
        line = received(wire)
        tail = f" = {say(downstream)}" if downstream.size <= FEW and downstream.ndim <= 1 else ""
        axes = ", ".join(map(str, wire.summed_axes))
        added = (
            f" {source} was stretched along axis {axes}, so its copies' gradients are summed."
            if axes
            else ""
        )
        shape = "one number" if downstream.shape == () else say_shape(downstream.shape)
        return f"{does} {line}{tail}{note}; the shape is that of {source}, {shape}.{added}"

    def matrix_product(self, wire: Wire, source: str) -> str:
        """Returns the backward step of a matrix product, found by balancing shapes."""
        assert wire.local.other is not None
        assert wire.downstream is not None
        other = self.labels[wire.local.other]
        sides = ("left", "right") if wire.local.side == "left" else ("right", "left")
        placed = f"the upstream on the {sides[0]}, {other} transposed on the {sides[1]}"
        shape = say_shape(wire.downstream.shape)
        sizes = {*wire.downstream.shape, *self.values[wire.local.other].shape}
        if len(sizes) == 3:
            return f"Only one product has the shape of {source}, {shape}: {placed}."
        return f"T{placed[1:]}: {shape}, the shape of {source}; with equal sizes the shape alone would not tell."

    def face(self, node: Node) -> str:
        """Returns a gate's sign as a sentence begins with it."""
        primitive = REGISTRY[node.primitive or ""]
        named = primitive.spellings and primitive.symbol not in INFIX
        return primitive.name.replace("_", " ") if named else primitive.symbol


def received(wire: Wire) -> str:
    """Returns what a wire brings, as its line computes it without what had arrived before; in words where that is long."""
    if "; " in wire.said:
        moves = wire.local.structure in (Structure.SELECTION, Structure.PERMUTATION)
        return "its entries' upstream" if moves else "the upstream through its Jacobian"
    target, _, line = wire.said.partition(" = ")
    return line.removeprefix(f"{target} + ")


def habit(node: Node) -> str:
    """Returns the one word for what a gate does to a gradient, such as "swaps"."""
    return REGISTRY[node.primitive or ""].words.split(" ")[0].rstrip(":,").lower()


def is_number(code: str) -> bool:
    """Returns whether a piece of code is just a number."""
    return code.replace(".", "").replace("-", "").isdigit()


def bracket_sum(code: str) -> str:
    """Returns code that can follow a multiplication sign."""
    loose = any(sign in code for sign in (" + ", " - ", " > ", " < ", " / ")) or code.startswith(
        "-"
    )
    return f"({code})" if loose and not closes_itself(code) else code
