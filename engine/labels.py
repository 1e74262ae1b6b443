"""What people call each node: its name, its literal, or what the program writes for it, shortened where that is long.

A gate without a name is called by its own text, `x + y`; by its formula where a def or a loop repeats that text for
other values; and with an ellipsis for what is long in it, `1 + exp(…)`. Code has names of its own: `engine/naming.py`.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import cached_property

import numpy as np

from engine.composed import ATOM, Written, composed
from engine.graph import Graph, Kind, Node
from engine.numbers import say
from engine.primitives import REGISTRY
from engine.source import Text

LONGEST = 24
"""Characters of a label; what is more is an ellipsis."""
SOURCE_CHARACTERS = 40
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
DOTS = Written(r"\ldots", ATOM)

INFIX = {
    "+": "+",
    "−": "-",
    "×": "×",
    "÷": "/",
    "@": "@",
    "⊗": "⊗",
    "xʸ": "**",
    "%": "%",
    "//": "//",
    ">": ">",
    "<": "<",
    "≥": "≥",
    "≤": "≤",
    "=": "==",
    "≠": "≠",
}
PREFIX = {"−x": "-", "−": "-"}


class Labels:
    """Labels of one circuit's nodes, and the same as LaTeX.

    Args:
        graph: the tape.
        text: the program's text.
        codes: every node's name in code.
        symbols: LaTeX of those names.

    Attributes:
        texts: one label a node.
        sources: what the program writes where each node comes from, or "" where that is more than a few words.
        symbols: one formula a node, in brackets where it is none by itself.
        whole: each label fit to stand in a formula.
    """

    def __init__(
        self, graph: Graph, text: Text, codes: Sequence[str], symbols: Sequence[str]
    ) -> None:
        self.graph = graph
        self.codes = codes
        self.texts: list[str] = []
        self.sources = [source(node, text) for node in graph.nodes]
        self.symbols: list[str] = []
        self._formulas: list[Written] = []
        self._short: set[int] = set()
        for node in graph.nodes:
            label, left_out = self._label(node)
            if left_out:
                self._short.add(node.index)
            self.texts.append(label)
            if self.is_named(node) or node.kind is not Kind.GATE:
                self._formulas.append(Written(symbols[node.index], ATOM))
            else:
                self._formulas.append(self._composed(node, left_out))
            written = self._formulas[-1]
            self.symbols.append(written.text if written.level == ATOM else written.bracketed().text)
        self.whole = [whole(text) for text in self.texts]

    @cached_property
    def formulas(self) -> list[str]:
        """Each gate's formula as LaTeX, its arguments as they are called; of what is no gate, its name."""
        return [
            self._composed(node).text
            if node.kind is Kind.GATE and (self.is_named(node) or node.index in self._short)
            else self._formulas[node.index].text
            for node in self.graph.nodes
        ]

    @cached_property
    def applied(self) -> list[str]:
        """Each gate applied to its arguments, as a sentence says it; of what is no gate, its label."""
        return [
            applied(node, [self.whole[a] for a in node.arguments], self.sources[node.index])
            if node.kind is Kind.GATE
            else self.whole[node.index]
            for node in self.graph.nodes
        ]

    def _composed(self, node: Node, left_out: Set[int] = frozenset()) -> Written:
        arguments = [DOTS if a in left_out else self._formulas[a] for a in node.arguments]
        return composed(node, self.graph, arguments)

    def is_named(self, node: Node) -> bool:
        """Returns whether a node is called by a name, its own or a generated one."""
        return self.texts[node.index] == self.codes[node.index]

    def _label(self, node: Node) -> tuple[str, set[int]]:
        """Returns what people call a node, and the arguments that are left out of it."""
        code = self.codes[node.index]
        if node.name is not None:
            return code, set()  # of a rebound name's earlier nodes the numbered one
        if node.kind is Kind.CONSTANT and node.shape == ():
            return say(np.asarray(node.value)), set()
        if node.kind is not Kind.GATE or node.index == self.graph.output:
            return code, set()
        written = "" if node.module else self.sources[node.index]
        if written and len(written) <= LONGEST:
            return written, set()
        return self._shortened(node)

    def _shortened(self, node: Node) -> tuple[str, set[int]]:
        """Returns a gate's formula, with as many of its arguments left out as make it short."""
        nameless = [
            a
            for a in node.arguments
            if self.graph.nodes[a].kind is Kind.GATE and self.graph.nodes[a].name is None
        ]
        longest_first = sorted(set(nameless), key=lambda a: -len(self.texts[a]))
        for count in range(len(longest_first) + 1):
            left_out = set(longest_first[:count])
            arguments = [
                ELLIPSIS if a in left_out else whole(self.texts[a]) for a in node.arguments
            ]
            label = applied(node, arguments, self.sources[node.index])
            if len(label) <= LONGEST:
                return label, left_out
        return f"{label[: LONGEST - 1]}{ELLIPSIS}", left_out


def source(node: Node, text: Text) -> str:
    """Returns what the program writes where a node comes from, or "" where that is more than a few words."""
    if node.span is None or node.span.line != node.span.end_line:
        return ""
    written = text.slice(node.span).strip()
    return written if len(written) <= SOURCE_CHARACTERS else ""


def applied(node: Node, arguments: Sequence[str], written: str) -> str:
    """Returns a gate applied to arguments: in infix, as its function, or as the program's own syntax has it.

    Args:
        node: the gate.
        arguments: what stands for each.
        written: what the program writes for the gate, or "".
    """
    primitive = REGISTRY[node.primitive or ""]
    if len(arguments) == 2 and primitive.symbol in INFIX:
        left, right = (bracketed(a) for a in arguments)
        return f"{left} {INFIX[primitive.symbol]} {right}"
    if len(arguments) == 1 and primitive.symbol in PREFIX:
        return f"{PREFIX[primitive.symbol]}{bracketed(arguments[0])}"
    if primitive.said:
        return primitive.said.format(**dict(zip(primitive.arguments, arguments, strict=False)))
    if not primitive.spellings and written:
        return written
    return f"{primitive.name.replace('_', ' ')}({', '.join(map(bare, arguments))})"


def whole(label: str) -> str:
    """Returns a label that can stand in a formula: an expression gets brackets."""
    closed = label.isidentifier() or label.replace(".", "").isalnum() or closes_itself(label)
    return label if closed else f"({label})"


def bare(text: str) -> str:
    """Returns a text without the brackets around all of it."""
    return text[1:-1] if text.startswith("(") and closes_itself(text) else text


def closes_itself(text: str) -> bool:
    """Returns whether a text is one bracketed group, or one call."""
    start = text.find("(")
    if (
        start < 0
        or not text.endswith(")")
        or (not text[:start].replace(".", "").replace("_", "").isalnum() and start > 0)
    ):
        return False
    depth = 0
    for place, character in enumerate(text):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth == 0 and place >= start and place < len(text) - 1:
            return False
    return True


def bracketed(text: str) -> str:
    """Returns a negative number in brackets, so that signs do not meet operators."""
    return f"({text})" if text.startswith("-") else text
