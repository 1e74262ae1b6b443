"""Lines of NumPy for each gate, forward and backward, in the student's names: made from the text of the rules that run."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from engine import latex
from engine.graph import Graph, Kind, Node
from engine.naming import code_names, gradient_names
from engine.primitives import REGISTRY, Structure
from engine.rules import (
    MARK,
    Site,
    assigns_name,
    inlined,
    is_local_name,
    rule,
    site_of,
    slot,
    summed_expression,
)

KEPT_LATEX = r"\mathbf{1}[\text{kept}]"
FACTORS = (Structure.DIAGONAL, Structure.MATMUL, Structure.REDUCTION)
DOUBLED = re.compile(r"(?<=\w\()\(([^()]*)\)(?=\))")
"""Brackets around all that stands in a call's own."""
SLOT = re.compile(f"{MARK}(\\w+?){MARK}")


class Lines(NamedTuple):
    """What is written about one wire.

    Attributes:
        local: the local gradient as an expression.
        local_latex: the same as LaTeX.
        factor_latex: the same, in brackets where a product needs them.
        downstream: the line that computes what the wire carries back, such as "dq = df * z".
    """

    local: str
    local_latex: str
    factor_latex: str
    downstream: str


class Writer:
    """Writes the lines of one circuit.

    Args:
        graph: the tape.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.names = code_names(graph)
        self.gradients = gradient_names(self.names)
        self._literal = [
            n.kind is Kind.CONSTANT and n.shape == () and n.name is None for n in graph.nodes
        ]

    def template(self, node: Node, key: int, summed: tuple[int, ...], *, adds: bool) -> Lines:
        """Returns what is written about one wire, with slots for names.

        Args:
            node: the gate.
            key: the argument.
            summed: axes summed since the argument had been stretched.
            adds: whether an earlier line has begun the same gradient.
        """
        literals = tuple(self.names[a] if self._literal[a] else None for a in node.arguments)
        return written(site_of(self.graph.nodes, node, key, literals, summed, adds=adds))

    def lines(self, template: Lines, node: Node, key: int, symbols: Sequence[str]) -> Lines:
        """Returns what is written about one wire.

        Args:
            template: the same with slots.
            node: the gate.
            key: the argument.
            symbols: LaTeX of every node.
        """
        places = node.arguments
        code = {str(k): self.names[a] for k, a in enumerate(places)}
        code |= {
            "o": self.names[node.index],
            "u": self.gradients[node.index],
            "t": self.gradients[places[key]],
        }
        latex_names = {str(k): symbols[a] for k, a in enumerate(places)}
        latex_names |= {"o": symbols[node.index], "u": latex.DELTA, "t": ""}
        return Lines(
            filled(template.local, code),
            filled(template.local_latex, latex_names),
            filled(template.factor_latex, latex_names),
            filled(template.downstream, code),
        )

    def said(
        self, template: Lines, node: Node, key: int, lines: Lines, labels: Sequence[str]
    ) -> Said:
        """Returns what is said about one wire.

        Args:
            template: what is written about it, with slots for names.
            node: the gate.
            key: the argument.
            lines: what is written about it.
            labels: what people call each node, fit to stand in a formula.
        """
        label = labels[node.index]
        if all(labels[a] == self.names[a] for a in (node.index, *node.arguments)):
            return Said(lines.local, lines.downstream)
        names = {str(k): labels[a] for k, a in enumerate(node.arguments)}
        upstream = self.gradients[node.index] if label.isidentifier() else "upstream"
        names |= {"o": label, "u": upstream, "t": self.gradients[node.arguments[key]]}
        local, downstream = (
            DOUBLED.sub(r"\1", filled(line, names))
            for line in (template.local, template.downstream)
        )
        return Said(local, downstream)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about one wire, in words that people call nodes by.

    Attributes:
        local: the local gradient as an expression.
        downstream: the line that computes what the wire carries back.
    """

    local: str
    downstream: str


def filled(template: str, names: Mapping[str, str]) -> str:
    """Returns a template with its slots replaced."""
    text, keys = slotted(template)
    return text % tuple([names[key] for key in keys])


@lru_cache(maxsize=4096)
def slotted(template: str) -> tuple[str, list[str]]:
    """Returns a template as a format, and what stands in its places."""
    return SLOT.sub("%s", template.replace("%", "%%")), SLOT.findall(template)


@lru_cache(maxsize=4096)
def written(site: Site) -> Lines:
    """Returns the lines of one gate's argument, with slots for names: the rule's text, substituted and simplified."""
    names = {
        f"{MARK}{key}{MARK}": f"{MARK}{key}{MARK}"
        for key in ("o", "u", "t", *map(str, range(len(site.literals))))
    }
    local = local_expression(site)
    if local is None:
        code = line(
            rule(
                site,
                ast.parse(f"np.ones_like({MARK}o{MARK})", mode="eval").body,
                "local",
                exact=False,
            )
        )
        return Lines(code, KEPT_LATEX, KEPT_LATEX, downstream_line(site))
    return Lines(
        ast.unparse(local),
        latex.expression(local, names),
        latex.wrapped(local, names),
        downstream_line(site),
    )


def line(statements: Sequence[ast.stmt]) -> str:
    """Returns assignments as one line, without the return."""
    return "; ".join(ast.unparse(s) for s in statements if not isinstance(s, ast.Return))


def downstream_line(site: Site) -> str:
    """Returns the line that computes what a wire carries back."""
    primitive = REGISTRY[site.primitive]
    if primitive.argument_at(site.key) not in primitive.vjp:
        return ""
    target = f"{MARK}t{MARK}"
    *before, last = rule(site, slot("u"), f"{target}_part" if site.adds else target)
    assert isinstance(last, ast.Return)
    assert last.value is not None
    expression = ast.unparse(summed_expression(site, last.value))
    parts = [ast.unparse(s) for s in before]
    if expression != target:
        parts.append(
            f"{target} = {target} + {expression}" if site.adds else f"{target} = {expression}"
        )
    return "; ".join(parts)


def local_expression(site: Site) -> ast.expr | None:
    """Returns the local gradient as an expression.

    Where the structure is a factor (an elementwise slope, a transposed matrix) it is the rule with the upstream taken as
    1; where entries only move or mix it is the rule itself. None where a factor takes several statements.
    """
    primitive = REGISTRY[site.primitive]
    name = primitive.argument_at(site.key)
    if name not in primitive.vjp:
        return ast.Constant(0)
    factor = (site.scalar_out and site.shape == ()) or primitive.structure_of(name) in FACTORS
    *before, last = rule(site, ast.Constant(1) if factor else slot("u"), "d", exact=False)
    if before and factor and not all(assigns_name(s) for s in before):
        return None
    if isinstance(last, ast.Return) and all(assigns_name(s) for s in before):
        last = inlined(before, last)
    if (
        isinstance(last, ast.Return)
        and last.value is not None
        and not is_local_name(last.value, "d")
    ):
        return last.value
    return slot("u")
