"""Names in code: of values, of their gradients, and how a number is written."""

from __future__ import annotations

import keyword
import math
from collections.abc import Sequence, Set

from engine.graph import Graph, Kind
from engine.numbers import say_number

RESERVED = {"np", "numpy", "print", *keyword.kwlist}
"""Names that code needs for itself: a student's value of that name is numbered."""


def code_names(graph: Graph, reserved: Set[str] = RESERVED) -> tuple[str, ...]:
    """Returns a unique name for every node; a scalar constant's is its literal.

    The last node of a rebound name keeps it, earlier ones are numbered (`y_1`, `y_2`); nameless gates are `t1`, `t2`,
    a nameless output `f`.

    Args:
        graph: the tape.
        reserved: names that the code around needs for itself.
    """
    owners = {
        node.name: node.index
        for node in graph.nodes
        if node.name is not None and node.name not in reserved
    }
    taken = set(owners) | reserved
    whole = "f" if "f" not in taken else "out" if "out" not in taken else "result"
    counts: dict[str, int] = {}
    names: list[str] = []
    for node in graph.nodes:
        if (
            node.kind is Kind.CONSTANT
            and node.shape == ()
            and node.name is None
            and node.value is not None
        ):
            names.append(literal(float(node.value)))
        elif node.name is not None and owners.get(node.name) == node.index:
            names.append(node.name)
        elif (
            node.name is None
            and node.index == graph.output
            and node.kind is Kind.GATE
            and whole not in taken
        ):
            names.append(whole)
            taken.add(whole)
        else:
            stem = (
                f"{node.name}_"
                if node.name is not None
                else ("c" if node.kind is Kind.CONSTANT else "t")
            )
            while True:
                counts[stem] = counts.get(stem, 0) + 1
                name = f"{stem}{counts[stem]}"
                if name not in taken:
                    break
            taken.add(name)
            names.append(name)
    return tuple(names)


def gradient_names(names: Sequence[str], reserved: Set[str] = RESERVED) -> tuple[str, ...]:
    """Returns the name of every node's gradient: d and the name, or grad_ and the name where that is taken."""
    taken = set(names) | reserved
    result = []
    for name in names:
        if not name.isidentifier():  # a literal has no gradient to name
            result.append("")
            continue
        chosen = f"d{name}"
        while chosen in taken:
            chosen = f"grad_{name}" if chosen == f"d{name}" else f"grad_{chosen}"
        taken.add(chosen)
        result.append(chosen)
    return tuple(result)


def literal(number: float) -> str:
    """Returns a number as code: whole numbers without a point, but for the negative zero."""
    if number == 0 and math.copysign(1, number) < 0:
        return "-0.0"
    if (
        number == int(number) and abs(number) < 1e15
        if abs(number) != float("inf") and number == number
        else False
    ):
        return str(int(number))
    if number != number or abs(number) == float("inf"):
        return "np.nan" if number != number else "np.inf" if number > 0 else "-np.inf"
    return repr(number)


def face_text(number: float) -> str:
    """Returns a folded literal as a gate's face shows it."""
    return say_number(number).replace("-", "\N{MINUS SIGN}")
