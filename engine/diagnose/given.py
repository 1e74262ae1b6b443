"""What was assumed, and what the output does not depend on: information, not warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.graph import Graph, Notice
from engine.numbers import say_shape


def assumed_inputs(graph: Graph) -> list[Notice]:
    """Returns one notice an input whose value the engine chose."""
    found = []
    for name, given in graph.inputs.items():
        if given.assumed and given.node is not None:
            shape = given.value.shape
            what = "one number" if shape == () else f"shape {say_shape(shape)}"
            message = f"{name} was not given, so it is assumed: {what}."
            found.append(Notice("assumed-input", "info", given.node, message, "Give it a value."))
    return found


def unreached_names(places: Mapping[str, int | None], wanted: Sequence[bool]) -> list[Notice]:
    """Returns one notice a name of wrt that no path leads from to the output.

    Args:
        places: tape place of every name of wrt; None for an unused input.
        wanted: per tape place, whether it is on a path from wrt to the output.
    """
    return [
        Notice(
            "notice",
            "info",
            place,
            f"Nothing that reaches the output depends on {name}: its gradient is 0.",
        )
        for name, place in places.items()
        if place is None or not wanted[place]
    ]
