"""One gate's gradient from first principles, with the circuit's own numbers: element, pattern, vectorized.

Every line is evaluated and held against what the backward pass computed. A gradient has the shape of its variable; a
derivative of several outputs is a stack with a slice an output, each slice of the variable's shape.

Source: the lecture, "Matrix Calculus Primer" and "Vector-by-Matrix Gradients".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.derivation.line import Line
from engine.derivation.others import other_lines
from engine.derivation.products import Share, product_lines, share
from engine.derivation.scene import Scene, Slices
from engine.errors import BadInput
from engine.limits import Limits
from engine.trace import Trace, TracedNode, Wire

__all__ = ["Derivation", "Line", "Share", "Slices", "derivation"]

WORDS = ("scalar", "vector", "matrix")


@dataclass(frozen=True, slots=True)
class Derivation:
    """How one gate sends a gradient to one of its arguments.

    Attributes:
        gate: the gate.
        wire: from the argument to the gate.
        argument: where it comes from.
        case: what is differentiated by what, such as "vector by matrix"; of a matrix, its rows are.
        entry: the entry of the argument that the element lines are about.
        example: the row of outputs that is looked at, counted from 0.
        examples: how many rows there are.
        lines: in order.
        slices: the derivative of that row, or None where it is too large.
        share: for the right side of a product with a row an example: what that row contributes.
        note: sentences where something is left out or called by a made name, else "".
    """

    gate: TracedNode
    wire: Wire
    argument: TracedNode
    case: str
    entry: tuple[int, ...]
    example: int
    examples: int
    lines: tuple[Line, ...]
    slices: Slices | None
    share: Share | None
    note: str


def derivation(
    trace: Trace,
    place: int,
    key: int,
    limits: Limits,
    *,
    entry: Sequence[int] | None = None,
    example: int = 0,
) -> Derivation:
    """Returns how one gate sends a gradient to one of its arguments.

    Args:
        trace: the whole pass.
        place: tape place of the gate.
        key: position of the argument.
        limits: `jacobian_numbers` bounds what is written out.
        entry: of the argument, that the element lines are about; default one near the beginning.
        example: the row of outputs that is looked at.

    Raises:
        BadInput: for a node that is no gate, an argument that no gradient reaches, or an entry or row that is not there.
    """
    gate = trace.nodes[place]
    if not 0 <= key < len(gate.wires):
        raise BadInput(
            f"{gate.label} has {len(gate.wires)} arguments; there is no argument {key}.",
            hint="Choose a gate, and count its arguments from 0.",
        )
    wire = gate.wires[key]
    if wire.downstream is None or gate.upstream is None:
        raise BadInput(
            f"No gradient flows from {gate.label} back to {trace.nodes[wire.source].label}.",
            hint="Choose a wire on a path from an input to the output.",
        )
    scene = Scene(trace, gate, wire, entry, example)
    slices = scene.slices(limits)
    lines = product_lines(scene) if scene.is_product else other_lines(scene)
    return Derivation(
        gate,
        wire,
        scene.argument,
        f"{WORDS[min(1, gate.value.ndim)]} by {WORDS[min(2, scene.argument.value.ndim)]}",
        scene.entry,
        example,
        scene.rows,
        tuple(lines),
        slices,
        share(scene) if scene.is_product else None,
        scene.note(slices),
    )
