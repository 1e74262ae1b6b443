"""Tape -> one value a node."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, ShapeMismatch
from engine.graph import Array, Graph, Kind, Node, Whole
from engine.limits import Deadline
from engine.primitives import REGISTRY, Primitive
from engine.primitives.shapes import show

Values = list[NDArray[np.float64]]


def forward(graph: Graph, inputs: Mapping[str, Array | Whole], deadline: Deadline) -> Values:
    """Returns every node's value, in tape order.

    Args:
        graph: the tape.
        inputs: an array for every input on the tape, of its shape.
        deadline: checked between gates.
    """
    values: Values = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            if node.kind is Kind.GATE and node.primitive is not None:
                arguments = [values[a] for a in node.arguments]
                values.append(evaluate(node, REGISTRY[node.primitive], arguments))
                if node.index % 64 == 0:
                    deadline.check()
            elif node.kind is Kind.INPUT and node.name is not None:
                values.append(inputs[node.name])  # type: ignore[arg-type]  # a label's integers only index
            elif node.value is not None:
                values.append(node.value)
    return values


def in_arithmetic(primitive: Primitive, arguments: list[Array]) -> list[Array]:
    """Returns a gate's arguments with truth values and whole numbers as floats wherever they are computed with."""
    if all(a.dtype == np.float64 for a in arguments):
        return arguments
    return [
        a.astype(np.float64) if primitive.computes_with(primitive.argument_at(key)) else a
        for key, a in enumerate(arguments)
    ]


def evaluate(node: Node, primitive: Primitive, arguments: list[Array]) -> Array:
    """Returns one gate's value; truth values that enter arithmetic count as 0 and 1, in full precision."""
    arguments = in_arithmetic(primitive, arguments)
    try:
        value: Array = np.asarray(primitive.forward(*arguments, **node.settings))
    except (IndexError, OverflowError, TypeError, ValueError) as error:
        raise BadInput(
            f"{primitive.name} cannot be computed with these values.",
            span=node.span,
            hint="Check indices and shapes.",
        ) from error
    if value.shape != node.shape:
        raise ShapeMismatch(
            f"{primitive.name} now has shape {show(value.shape)}; when the circuit was built it had {show(node.shape)}.",
            span=node.span,
            hint="Build the circuit again for these inputs.",
        )
    return value
