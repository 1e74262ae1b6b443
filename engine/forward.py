"""Tape -> one value a node."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.graph import Array, Graph, Kind, Whole
from engine.limits import Deadline
from engine.primitives import REGISTRY

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
                values.append(
                    np.asarray(REGISTRY[node.primitive].forward(*arguments, **node.settings))
                )
                if node.index % 64 == 0:
                    deadline.check()
            elif node.kind is Kind.INPUT and node.name is not None:
                values.append(inputs[node.name])  # type: ignore[arg-type]  # a label's integers only index
            elif node.value is not None:
                values.append(node.value)
    return values
