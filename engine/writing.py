"""What is written about a circuit before any number is known: names, labels, formulas, and the lines of each wire.

It is the same whatever the inputs' values are, so it is written once and kept while they change; see `Circuit.at`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from engine import latex
from engine.composed import Equation, equations
from engine.graph import Graph, Kind, Node
from engine.labels import Labels, bare
from engine.latex import DELTA
from engine.listing import FACTORS, KEPT_LATEX, Lines, Writer
from engine.local import structure_of
from engine.naming import face_text
from engine.primitives import REGISTRY, Structure
from engine.source import Text


@dataclass(frozen=True, slots=True)
class WrittenWire:
    """What is written about one wire.

    Attributes:
        argument: its name in the primitive.
        local: the local gradient as an expression over the names of the listing.
        local_said: the same over the labels of the nodes.
        local_latex: the same, as LaTeX.
        code: the line that computes what the wire carries back.
        said: the same over the labels of the nodes.
        latex: the line as an equation.
    """

    argument: str
    local: str
    local_said: str
    local_latex: str
    code: str
    said: str
    latex: str


class Writing:
    """Writes about one circuit, each thing when it is first asked for.

    Args:
        graph: the tape.
        text: the program's text, for labels of nameless gates.
        places: the names that gradients are for, and where each is on the tape.
    """

    def __init__(self, graph: Graph, text: Text, places: Mapping[str, int | None]) -> None:
        self.graph = graph
        self._text = text
        self._places = places
        self._wires: dict[tuple[int, int, tuple[int, ...], bool], WrittenWire] = {}

    @cached_property
    def form(self) -> str:
        """A digest that two circuits share only where all is alike but the values of inputs."""
        nodes = [
            (n.kind.value, n.primitive, n.arguments, n.shape, n.name) for n in self.graph.nodes
        ]
        whole = (self._text.given, self.graph.output, tuple(self._places.items()), nodes)
        return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]

    @cached_property
    def writer(self) -> Writer:
        """What writes the lines; it has every node's name in code."""
        return Writer(self.graph)

    @cached_property
    def symbols(self) -> list[str]:
        """LaTeX of every node's name."""
        names = self.writer.names
        return [latex.node_symbol(n, code) for n, code in zip(self.graph.nodes, names, strict=True)]

    @cached_property
    def labels(self) -> Labels:
        """What people call each node."""
        return Labels(self.graph, self._text, self.writer.names, self.symbols)

    @cached_property
    def formulas(self) -> list[str]:
        """LaTeX of each gate over its arguments; of what is no gate, its label."""
        symbols = self.labels.symbols
        return [
            latex.formula(node, [symbols[a] for a in node.arguments])
            if node.kind is Kind.GATE
            else symbols[node.index]
            for node in self.graph.nodes
        ]

    @cached_property
    def faces(self) -> list[str]:
        """What each gate shows with its scalar literals folded into it."""
        return [self._face(node) for node in self.graph.nodes]

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The whole function as LaTeX, a line a name; none where there would be too many."""
        return equations(self.graph, self.symbols)

    def wire(self, node: Node, key: int, summed: tuple[int, ...], *, adds: bool) -> WrittenWire:
        """Returns what is written about one wire.

        Args:
            node: the gate.
            key: the argument.
            summed: axes summed since the argument had been stretched.
            adds: whether an earlier line has begun the same gradient.
        """
        place = (node.index, key, summed, adds)
        found = self._wires.get(place)
        if found is None:
            found = self._wires[place] = self._wire(node, key, summed, adds=adds)
        return found

    def _wire(self, node: Node, key: int, summed: tuple[int, ...], *, adds: bool) -> WrittenWire:
        symbols = self.labels.symbols
        source = node.arguments[key]
        template = self.writer.template(node, key, summed, adds=adds)
        lines = self.writer.lines(template, node, key, symbols)
        said = self.writer.said(template, node, key, lines, self.labels.whole)
        return WrittenWire(
            argument=argument_label(node, key),
            local=lines.local,
            local_said=bare(said.local),
            local_latex=lines.local_latex
            if self._is_factor(node, key)
            else latex.partial(symbols[node.index], symbols[source]),
            code=lines.downstream,
            said=said.downstream,
            latex=self._carried(node, key, lines),
        )

    def _is_factor(self, node: Node, key: int) -> bool:
        """Returns whether the upstream is multiplied with the local gradient, entry by entry or as a matrix."""
        structure = self._structure(node, key)
        return structure is Structure.SCALAR or structure in FACTORS

    def _structure(self, node: Node, key: int) -> Structure:
        return structure_of(node, key, node.shape + self.graph.nodes[node.arguments[key]].shape)

    def _carried(self, node: Node, key: int, lines: Lines) -> str:
        """Returns what one wire carries back: upstream times local gradient, in symbols."""
        symbols = self.labels.symbols
        loss = symbols[self.graph.output]
        end = latex.partial(loss, symbols[node.arguments[key]])
        start = latex.partial(loss, symbols[node.index])
        slope = lines.factor_latex
        if self._structure(node, key) is Structure.MATMUL:
            left, right = (DELTA, slope) if key == 0 else (slope, DELTA)
            return rf"{end} = {left}\,{right},\quad {DELTA} = {start}"
        if not self._is_factor(node, key):
            return f"{end} = {self._moved(node, key, start, lines.local_latex)}"
        if slope in ("1", r"\mathbf{1}"):
            return f"{end} = {start}"
        if slope == r"\left(-1\right)":
            return f"{end} = -{start}"
        sign = r"\odot" if node.shape != () else r"\cdot"
        return f"{end} = {start} {sign} {slope}"

    def _moved(self, node: Node, key: int, start: str, rule: str) -> str:
        """Returns the rule of a gate that moves or mixes entries, or the transposed Jacobian where it is long."""
        if self._structure(node, key) is Structure.BROADCAST:
            return start
        if rule not in (KEPT_LATEX, DELTA) and r"\texttt" not in rule and DELTA in rule:
            return rf"{rule},\quad {DELTA} = {start}"
        symbols = self.labels.symbols
        mixes = latex.partial(symbols[node.index], symbols[node.arguments[key]])
        return rf"J^{{\top}} {start},\quad J = {mixes}"

    def _face(self, node: Node) -> str:
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


def argument_label(node: Node, key: int) -> str:
    """Returns an argument's name; those of a variadic primitive are numbered."""
    primitive = REGISTRY[node.primitive or ""]
    name = primitive.argument_at(key)
    last = len(primitive.arguments) - 1
    return f"{name.rstrip('s')}{key - last}" if primitive.variadic and key >= last else name
