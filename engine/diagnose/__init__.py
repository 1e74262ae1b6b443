"""What a pass has to say of itself: assumed inputs, names nothing reaches, and what is wrong with its gradients.

Each file holds one idea and returns notices: the node, the count, the number, one cause, one fix. Nothing here names a
primitive: what a gate does is read from its record, or asked of the gate itself (`profile.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from engine.backward import Gradients
from engine.diagnose.chains import long_chains, shrinking_signal
from engine.diagnose.given import assumed_inputs, unreached_names
from engine.diagnose.kinks import kinks
from engine.diagnose.parameters import bias_without_effect, data_scale, symmetric_units
from engine.diagnose.reading import Reading
from engine.diagnose.slopes import infinite_slope, unselected_branches
from engine.diagnose.units import dead_units, flat_clips, saturated_layers, saturated_units
from engine.diagnose.values import first_non_finite
from engine.graph import Graph, Notice
from engine.limits import Deadline
from engine.trace import TracedNode


def diagnose(
    graph: Graph,
    nodes: Sequence[TracedNode],
    gradients: Gradients,
    places: Mapping[str, int | None],
    wanted: Sequence[bool],
    deadline: Deadline,
) -> list[Notice]:
    """Returns the findings of one pass.

    Args:
        graph: the tape.
        nodes: the traced nodes, in tape order.
        gradients: what backward found.
        places: tape place of every name of wrt; None for an unused input.
        wanted: per tape place, whether it is on a path from wrt to the output.
        deadline: checked between findings.
    """
    found = [*assumed_inputs(graph), *unreached_names(places, wanted)]
    with np.errstate(all="ignore"):
        reading = Reading(graph, nodes, gradients.rescued)
        for finding in findings(reading):
            found += finding
            deadline.check()
    return found


def findings(reading: Reading) -> Iterable[list[Notice]]:
    """Yields what each of the diagnoses finds; after the first value that is not finite the rest would only repeat it."""
    yield unselected_branches(reading)
    broken = [*first_non_finite(reading), *infinite_slope(reading)]
    yield broken
    yield kinks(reading)
    if broken:
        return
    yield saturated_units(reading)
    yield saturated_layers(reading)
    yield dead_units(reading)
    yield flat_clips(reading)
    yield long_chains(reading)
    yield shrinking_signal(reading)
    yield symmetric_units(reading)
    yield bias_without_effect(reading)
    yield data_scale(reading)
