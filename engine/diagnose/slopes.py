"""The first gradient that is not finite, in backward order, and slopes that are infinite where nothing was selected."""

from __future__ import annotations

import math

import numpy as np

from engine.diagnose.reading import Reading, several
from engine.graph import Notice
from engine.numbers import say_number
from engine.primitives import REGISTRY
from engine.trace import TracedNode, Wire


def unselected_branches(reading: Reading) -> list[Notice]:
    """Returns one notice a gate where 0 × Infinity was met behind a branch that was not taken."""
    found = []
    rescued = set(reading.rescued)
    for place in dict.fromkeys(reading.rescued):
        if any(use.target in rescued for use in reading.consumers[place]):
            continue  # the gate after it in the same branch says it
        slopes = [w.local.value for w in reading.nodes[place].wires if w.local.value is not None]
        counts = [int((~np.isfinite(s)).sum()) for s in slopes]
        size = reading.nodes[place].value.size
        count = f", {several(max(counts), size, 'entry')}" if any(counts) else ""
        message = (
            f"At {reading.called(place)} a branch that where or max did not select has an infinite slope{count}: an "
            "unselected branch is still differentiated, 0 × Infinity would be NaN, and 0 is taken."
        )
        hint = (
            "Make the argument safe inside the branch, such as np.where(x > 0, x, 1): other libraries "
            "return NaN here."
        )
        found.append(Notice("unselected-branch", "warning", place, message, hint))
    return found


def infinite_slope(reading: Reading) -> list[Notice]:
    """Returns one notice about the first gate, from the output back, that makes a finite upstream not finite."""
    if all(math.isfinite(n) for n in reading.upstream_norms):
        return []
    for traced in reversed(reading.nodes):
        if traced.upstream is None or not np.isfinite(traced.upstream).all():
            continue
        for wire in traced.wires:
            if wire.downstream is None or np.isfinite(wire.downstream).all():
                continue
            values = (traced.value, *(reading.nodes[w.source].value for w in traced.wires))
            if not all(np.isfinite(v).all() for v in values):
                return []  # the first value that is not finite says it
            return [named(reading, traced, wire)]
    return []


def named(reading: Reading, traced: TracedNode, wire: Wire) -> Notice:
    """Returns the notice about a gate whose slope is infinite although all its numbers are finite."""
    assert wire.downstream is not None
    primitive = REGISTRY[traced.node.primitive or ""]
    name = primitive.spellings[0] if primitive.spellings else primitive.symbol
    argument = reading.nodes[wire.source]
    where = ~np.isfinite(wire.downstream)
    at = float(argument.value[where][0]) if argument.value.shape == where.shape else math.nan
    count = several(int(where.sum()), where.size, "entry")
    made = (
        "NaN: 0 × Infinity"
        if np.isnan(wire.downstream).any()
        else say_number(float(wire.downstream[where][0]))
    )
    place = reading.called(traced.node.index)
    if wire.local.value is None or np.isfinite(wire.local.value).all():
        message = (
            f"The first gradient that is not finite leaves {place}: "
            f"upstream × local is too large for a float, {count}."
        )
        return Notice("non-finite", "warning", traced.node.index, message, "Scale the loss down.")
    spot = "" if math.isnan(at) else f" at {say_number(at)}"
    message = (
        f"The slope of {name} is infinite{spot}: the first gradient that is not finite leaves {place} for "
        f"{reading.nodes[wire.source].label}, {made}, {count}."
    )
    hint = "Keep the argument away from there: add a small eps inside, or use np.linalg.norm, whose slope at 0 is 0."
    return Notice("infinite-slope", "warning", traced.node.index, message, hint)
