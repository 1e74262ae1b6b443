"""Gates exactly on a corner of their function, where several slopes are valid and one is shown."""

from __future__ import annotations

import numpy as np

from engine.backward import kept
from engine.diagnose.reading import Mask, Reading, several
from engine.graph import Notice
from engine.numbers import say_number
from engine.primitives import REGISTRY, Structure
from engine.trace import TracedNode

MOST = 4
"""A program that starts at zero sits on a corner at every turn of its loop: the first few gates are enough."""


def kinks(reading: Reading) -> list[Notice]:
    """Returns one notice a gate that stands on a corner while gradient arrives; of many, the first few."""
    found: list[Notice] = []
    more = 0
    for traced in reading.gates():
        notice = on_corner(reading, traced)
        if notice is not None and len(found) < MOST:
            found.append(notice)
        else:
            more += notice is not None
    if more:
        last = found[-1]
        message = f"{last.message} So do {more} later gates."
        found[-1] = Notice(last.code, last.level, last.node, message, last.hint)
    return found


def on_corner(reading: Reading, traced: TracedNode) -> Notice | None:
    """Returns the notice about one gate, or None."""
    node = traced.node
    primitive = REGISTRY[node.primitive or ""]
    if primitive.kink is None or traced.upstream is None:
        return None
    sources = [reading.nodes[w.source] for w in traced.wires]
    sent = [w for w in traced.wires if w.downstream is not None]
    if not sent or (len(sources) > 1 and len({s.node.index for s in sources}) == 1):
        return None  # max(x, x) is smooth
    arguments = [s.value for s in sources]
    out, upstream = traced.value, traced.upstream
    if primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION:
        out, upstream = kept(node, out, arguments[0]), kept(node, upstream, arguments[0])
    at = primitive.kink.at(out, *arguments, **node.settings)
    if not at.any():
        return None
    at = np.broadcast_to(at, out.shape) & (upstream != 0) & np.isfinite(upstream)
    if not at.any():
        return None
    count = several(int(at.sum()), at.size, "entry")
    shown = shown_slope(traced, at)
    message = (
        f"{reading.called(node.index)} is exactly on a corner (kink): {primitive.kink.where}, {count}. "
        f"{primitive.kink.valid[0].upper()}{primitive.kink.valid[1:]} is valid{shown}."
    )
    hint = "Any of them is right; a tiny change of the input leaves the corner."
    return Notice("kink", "warning", node.index, message, hint)


def shown_slope(traced: TracedNode, at: Mask) -> str:
    """Returns which slope is shown there, where it is one number; of entries that share, what each takes."""
    for wire in traced.wires:
        local = wire.local.value
        if wire.downstream is None or local is None or local.ndim != at.ndim:
            continue
        slopes = np.unique(local[np.broadcast_to(at, local.shape)])
        shares = slopes[slopes != 0] if slopes.size > 1 else slopes
        if shares.size == 1:
            return f"; shown: {say_number(float(shares[0]))}"
    return ""
