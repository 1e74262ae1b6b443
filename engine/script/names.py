"""What scripts of every target need to know of the forward pass: names, literals, and how a product is written."""

from __future__ import annotations

import numpy as np

from engine.graph import Graph, Kind, Node
from engine.naming import code_names, gradient_names
from engine.primitives import REGISTRY
from engine.rules import Site, site_of
from engine.script.lines import plain, scalar
from engine.script.run import Run
from engine.script.templates import LOCAL, Template


class Forward:
    """What scripts of every target need to know of the forward pass.

    Args:
        run: the circuit that has run.
        reserved: names that the script needs for itself.
    """

    def __init__(self, run: Run, reserved: frozenset[str]) -> None:
        self.run = run
        self.nodes = run.graph.nodes
        self.names = code_names(run.graph, reserved)
        self.gradients = gradient_names(self.names, reserved)
        self.taken = {*self.names, *self.gradients, *reserved}
        self.needed = needed(run.graph)
        self.literal = [
            n.kind is Kind.CONSTANT and n.shape == () and n.name is None for n in self.nodes
        ]

    def site(self, node: Node, key: int = 0, summed: tuple[int, ...] = ()) -> Site:
        """Returns what the lines of a gate, or of one argument's gradient, depend on."""
        loose = frozenset(
            k
            for k, a in enumerate(node.arguments)
            if computed_with(node, k)
            and self.run.values[a].dtype != np.float64
            and not self.literal[a]
        )
        return site_of(self.nodes, node, key, self.literals(node), summed, loose=loose)

    def literals(self, node: Node) -> tuple[str | None, ...]:
        """Returns each argument's literal, or None where it has a name.

        NumPy makes whole numbers of whole numbers, and Python refuses to divide by 0: where no array stands beside, a
        literal is written as the float that it is.
        """
        places = node.arguments
        alone = all(self.literal[a] for a in places)
        beside_a_float = any(
            computed_with(node, k) and not self.literal[a] for k, a in enumerate(places)
        )
        texts: list[str | None] = []
        for key, place in enumerate(places):
            if not self.literal[place]:
                texts.append(None)
            elif alone:
                texts.append(scalar(float(self.run.values[place])))
            elif computed_with(node, key) and not beside_a_float:
                texts.append(plain(float(self.run.values[place])))
            else:
                texts.append(self.names[place])
        return tuple(texts)

    def filling(self, node: Node, template: Template, target: str) -> dict[str, str]:
        """Returns what stands in a template's slots."""
        code = {str(k): self.names[a] for k, a in enumerate(node.arguments)}
        code |= {"o": self.names[node.index], "u": self.gradients[node.index], "t": target}
        return code | {f"{LOCAL}{s}": self.fresh(f"{s}_{target}") for s in template.stems}

    def fresh(self, name: str) -> str:
        """Returns a name that nothing else has."""
        while name in self.taken:
            name += "_"
        return name

    def gradient_name(self, name: str, place: int | None) -> str:
        """Returns what the gradient of a name of wrt is called."""
        known = "" if place is None else self.gradients[place]
        if not known:
            known = self.fresh(f"d{name}")
            self.taken.add(known)
        return known

    def dots(self, node: Node) -> bool:
        """Returns whether the lines of a gate may write a product as `dot`: of vectors and matrices, unless it has `@`."""
        ranks = [len(self.nodes[a].shape) for a in node.arguments]
        return max([*ranks, len(node.shape)]) <= 2 and not self.written_with_an_operator(node)

    def written_with_an_operator(self, node: Node) -> bool:
        """Returns whether the student wrote this gate as `a @ b`."""
        depth = 0
        for character in "" if node.span is None else self.run.text.slice(node.span):
            depth += (character in "([{") - (character in ")]}")
            if character == "@" and depth == 0:
                return True
        return False


def computed_with(node: Node, key: int) -> bool:
    """Returns whether a gate's argument counts as numbers, not as a condition or an index."""
    primitive = REGISTRY[node.primitive or ""]
    return primitive.computes_with(primitive.argument_at(key))


def needed(graph: Graph) -> frozenset[int]:
    """Returns the tape places that the output is computed from, and its own."""
    found = {graph.output}
    for node in reversed(graph.nodes):
        if node.index in found:
            found.update(node.arguments)
    return frozenset(found)
