"""Tape -> one value a node."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, ShapeMismatch, excerpt
from engine.graph import Array, Graph, Kind, Node, Whole
from engine.limits import Deadline
from engine.primitives import REGISTRY, Primitive
from engine.primitives.shapes import show
from engine.rounding import Written, exactly

Values = list[NDArray[np.float64]]


def forward(
    graph: Graph,
    inputs: Mapping[str, Array | Whole],
    deadline: Deadline,
    written: Written = exactly,
) -> Values:
    """Returns every node's value, in tape order.

    Args:
        graph: the tape.
        inputs: an array for every input on the tape, of its shape.
        deadline: checked between gates.
        written: what each input and each gate's value becomes before it is used.
    """
    values: Values = []
    with np.errstate(all="ignore"):
        for node in graph.nodes:
            if node.kind is Kind.GATE and node.primitive is not None:
                arguments = [values[a] for a in node.arguments]
                values.append(written(evaluate(node, REGISTRY[node.primitive], arguments)))
                deadline.check()
            elif node.kind is Kind.INPUT and node.name is not None:
                values.append(written(inputs[node.name]))  # type: ignore[arg-type]  # a label's integers only index
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
    except np.linalg.LinAlgError as error:
        raise unsolvable(node, error) from error
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


UNSOLVABLE = (
    (
        "singular",
        "the matrix is singular, it has no inverse",
        "Add a small multiple of the identity, such as A + 1e-3 * np.eye(n), or use np.linalg.pinv.",
    ),
    (
        "positive definite",
        "the matrix is not positive definite, not all its eigenvalues are above 0",
        "Give a symmetric matrix such as A @ A.T + np.eye(n).",
    ),
    (
        "converge",
        "the algorithm does not come to an end with these values",
        "Look for entries that are not finite or far too large.",
    ),
)
"""What NumPy's message says, what we say, and the fix."""


def unsolvable(node: Node, error: np.linalg.LinAlgError, what: str = "") -> BadInput:
    """Returns the refusal of a gate whose matrix cannot be inverted or decomposed.

    Args:
        node: the gate.
        error: what NumPy says.
        what: what could not be computed there, where it is not the value.
    """
    said = str(error).lower()
    cause, hint = "its matrix does not allow it", "Give another matrix."
    for word, known, fix in UNSOLVABLE:
        if word in said:
            cause, hint = known, fix
    name = excerpt(node.name or node.primitive)
    return BadInput(f"{what}{name} cannot be computed: {cause}.", span=node.span, hint=hint)
