"""The program as mathematics, one equation a name: a gate without a name is written inside the one that uses it.

A gate's LaTeX is a template over its arguments; what stands in one goes into brackets where it binds less tightly than
its place there. Which part of an equation is which gate's is kept as places in its text, for whoever lights them up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from engine import latex
from engine.graph import Graph, Kind, Node

MOST_LINES = 40
LONGEST = 160
"""Letters of LaTeX from which on a nameless gate has a line of its own."""

RELATION, SUM, PRODUCT, POWER, ATOM = range(5)
"""How tightly a formula binds."""

PREFIX = re.compile(r"\\(sum|prod|Delta|lnot|exists|forall)\b")
SIGNS = (
    (
        RELATION,
        re.compile(r"[<>=]|\\(ge|le|ne|land|lor|oplus|leftarrow|bmod)\b|\\text"),
    ),
    (SUM, re.compile(r"[-+]")),
    (PRODUCT, re.compile(r"\\(odot|cdot|times|otimes|,)|\*")),
    (POWER, re.compile(r"\^|\\frac|\)$")),
)
OPENING = re.compile(r"\\left\s*\\?\S|\\langle|\\l(floor|ceil)|[{(\[]")
CLOSING = re.compile(r"\\right\s*\\?\S|\\rangle|\\r(floor|ceil)|[})\]]")
BRACKET = re.compile(f"{OPENING.pattern}|{CLOSING.pattern}")
PLACE = re.compile("\x01(\\d+)\x02")
RAISED = re.compile(r"\}?[\^_]")
RAISING = re.compile(r"[\^_]\{?$")
SIGN_OF_PRODUCT = SIGNS[2][1]


@dataclass(frozen=True, slots=True)
class Part:
    """Where in an equation a node is written: from `start` up to `end`."""

    node: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Equation:
    """One line: the node that it gives, its LaTeX, and the parts of it."""

    node: int
    latex: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A formula, how tightly it binds, and which parts of it are whose."""

    text: str
    level: int
    parts: tuple[Part, ...] = ()

    def bracketed(self) -> Written:
        """Returns it in brackets."""
        return Written(rf"\left({self.text}\right)", ATOM, moved(self.parts, len(r"\left(")))


def unbracketed(text: str) -> str:
    """Returns a formula without the brackets around all of it."""
    opening, closing = r"\left(", r"\right)"
    if not text.startswith(opening) or not text.endswith(closing):
        return text
    inner = text[len(opening) : -len(closing)]
    depth = 0
    for bracket in re.finditer(r"\\(left|right)\b", inner):
        depth += 1 if bracket.group(1) == "left" else -1
        if depth < 0:
            return text
    return inner


def moved(parts: Sequence[Part], by: int) -> tuple[Part, ...]:
    """Returns parts of a text that so many letters were put before."""
    return tuple(Part(part.node, part.start + by, part.end + by) for part in parts)


def equations(graph: Graph, symbols: Sequence[str]) -> tuple[Equation, ...]:
    """Returns the program's equations in evaluation order; none where there would be too many to read.

    Args:
        graph: the tape.
        symbols: LaTeX of every node.
    """
    uses = [0] * len(graph.nodes)
    for node in graph.nodes:
        for argument in node.arguments:
            uses[argument] += 1
    written: list[Written] = []
    lines: list[Equation] = []
    for node in graph.nodes:
        symbol = symbols[node.index]
        if node.kind is not Kind.GATE:
            written.append(Written(symbol, SUM if symbol.startswith("-") else ATOM))
            continue
        inside = composed(node, graph, [written[a] for a in node.arguments])
        inside = replace(inside, parts=(Part(node.index, 0, len(inside.text)), *inside.parts))
        alone = node.name is not None or node.index == graph.output or uses[node.index] > 1
        if not alone and len(inside.text) <= LONGEST:
            written.append(inside)
            continue
        lines.append(
            Equation(
                node.index, f"{symbol} = {inside.text}", moved(inside.parts, len(f"{symbol} = "))
            )
        )
        written.append(Written(symbol, ATOM))
        if len(lines) > MOST_LINES:
            return ()
    return tuple(lines)


def composed(node: Node, graph: Graph, arguments: Sequence[Written]) -> Written:
    """Returns a gate's formula with its arguments, and their parts, written into it."""
    template = latex.formula(node, [f"\x01{position}\x02" for position in range(len(arguments))])
    if any(graph.nodes[a].shape == () for a in node.arguments):
        template = template.replace(r"\odot", r"\cdot")
    form = form_of(template)
    text = ""
    parts: list[Part] = []
    for place in form.places:
        argument = arguments[place.position]
        if argument.level != ATOM and loose(argument, form, place):
            argument = argument.bracketed()
        text += place.before
        if argument.parts:
            parts += moved(argument.parts, len(text))
        text += argument.text
    return Written(text + form.end, form.level, tuple(parts))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a template takes an argument.

    Attributes:
        before: what is written since the place before.
        position: which argument stands here.
        raised: whether it gets an exponent or an index.
        enclosed: whether it stands in brackets of the template's.
        signed: whether a minus or a sum's sign stands before it.
        first: whether nothing does.
    """

    before: str
    position: int
    raised: bool
    enclosed: bool
    signed: bool
    first: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A template: how tightly it binds, its places, what ends it, and the sign of a product."""

    level: int
    places: tuple[Place, ...]
    end: str
    sign: str


@lru_cache(maxsize=4096)
def form_of(template: str) -> Form:
    """Returns what there is to know of a template before its arguments are."""
    places = []
    end = 0
    for place in PLACE.finditer(template):
        before, after = template[: place.start()], template[place.end() :]
        brackets = (b.group() for b in BRACKET.finditer(before))
        places.append(
            Place(
                before=before[end:],
                position=int(place.group(1)),
                raised=bool(RAISED.match(after)) and not RAISING.search(before),
                enclosed=sum(1 if OPENING.fullmatch(b) else -1 for b in brackets) > 0,
                signed=bool(PREFIX.match(before.strip())) or before.rstrip().endswith("-"),
                first=not before,
            )
        )
        end = place.end()
    plain = PLACE.sub("x", template)
    return Form(level(plain), tuple(places), template[end:], product_sign(plain))


def level(template: str) -> int:
    """Returns how tightly a formula binds, by the signs that stand in no brackets."""
    outside = "".join(letters for letters, depth in pieces(template) if depth == 0)
    if PREFIX.match(outside):
        return SUM
    return next((rank for rank, sign in SIGNS if sign.search(outside)), ATOM)


def pieces(template: str) -> Iterator[tuple[str, int]]:
    r"""Yields a formula piece by piece with the number of brackets around each; a bracket counts as outside itself.

    What a power or an index has in its braces belongs to what it stands at.
    """
    depth = at = 0
    while at < len(template):
        opening = OPENING.match(template, at)
        closing = CLOSING.match(template, at)
        bracket = opening or closing
        if bracket is None:
            yield template[at], depth
            at += 1
            continue
        depth -= closing is not None
        yield bracket.group()[-1], depth
        depth += opening is not None
        at = bracket.end()


def loose(argument: Written, form: Form, place: Place) -> bool:
    """Returns whether an argument that is no atom needs brackets at its place in a template."""
    if place.raised:
        return True
    if place.enclosed:
        return False
    if place.signed:
        return argument.level < PRODUCT
    if form.level == PRODUCT and argument.level == PRODUCT:
        return product_sign(argument.text) != form.sign
    if form.level == SUM and place.first and PREFIX.match(argument.text):
        return True
    return argument.level < form.level or (form.level == RELATION and argument.level == RELATION)


def product_sign(text: str) -> str:
    """Returns the sign of a product, the first that stands in no brackets."""
    outside = "".join(letters for letters, depth in pieces(text) if depth == 0)
    found = SIGN_OF_PRODUCT.search(outside)
    return found.group() if found else ""
