"""What a pass has to say of itself: assumed inputs, names nothing reaches, and what is wrong with its gradients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.backward import Gradients
from engine.graph import Array, Graph, Notice
from engine.numbers import say_shape


def diagnose(
    graph: Graph,
    values: Sequence[Array],
    gradients: Gradients,
    places: Mapping[str, int | None],
    wanted: Sequence[bool],
) -> list[Notice]:
    """Returns the findings of one pass.

    Args:
        graph: the tape.
        values: one array a node.
        gradients: what backward found.
        places: tape place of every name of wrt; None for an unused input.
        wanted: per tape place, whether it is on a path from wrt to the output.
    """
    found: list[Notice] = []
    for name, given in graph.inputs.items():
        if given.assumed and given.node is not None:
            what = (
                "one number" if given.value.shape == () else f"shape {say_shape(given.value.shape)}"
            )
            found.append(
                Notice(
                    "assumed-input",
                    "info",
                    given.node,
                    f"{name} was not given, so it is assumed: {what}.",
                    "Give it a value.",
                )
            )
    for name, place in places.items():
        if place is None or not wanted[place]:
            found.append(
                Notice(
                    "notice",
                    "info",
                    place,
                    f"Nothing that reaches the output depends on {name}: its gradient is 0.",
                )
            )
    for place in dict.fromkeys(gradients.rescued):
        gate = graph.nodes[place]
        found.append(
            Notice(
                "unselected-branch",
                "warning",
                place,
                f"At {gate.name or gate.primitive} a branch that where or max did not choose has an infinite slope: "
                "0 × Infinity would be NaN, and 0 is taken.",
                "Make the argument safe inside the branch, such as np.where(x > 0, x, 1).",
            )
        )
    for node in graph.nodes:
        value = values[node.index]
        if value.dtype == np.float64 and not np.isfinite(value).all():
            what = "NaN" if np.isnan(value).any() else "an infinity"
            count = int((~np.isfinite(value)).sum())
            found.append(
                Notice(
                    "non-finite",
                    "warning",
                    node.index,
                    f"The first value that is not finite is born at {node.name or node.primitive or 'a constant'}: "
                    f"{what} in {count} of {value.size}.",
                    "Look at what goes into this gate.",
                )
            )
            break
    return found
