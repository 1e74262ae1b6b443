"""Gates that let no gradient through where they should: saturated, dead, clipped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.diagnose.reading import FEW, Mask, Reading, at_most, several
from engine.graph import Array, Notice
from engine.numbers import say_number
from engine.primitives import Structure
from engine.trace import TracedNode

SATURATED = 0.02
"""A squashing gate is saturated below this slope: a sigmoid beyond 0.98, as in Nielsen's chapter 3,
or a tanh beyond 0.99."""
STARVED = 1e-6
"""And so saturated below this one that hardly anything passes: the lecture's "slope z(1-z) < 1e-6"."""
WRONG = 0.5
"""An output is on the wrong side when its error is more than half of what the gate can span."""
COUNTS = 0.01
"""The loss hangs on a gate when crossing its span would change it by more than this share, to first order."""
HALF = 0.5
WIDE = 16
"""So many entries make a layer; of fewer, half may be saturated by chance."""
DEAD_MARGIN = 8.0
"""A unit is dead when every row is so many typical sizes of its layer below the corner: at He's initialization, where a
typical entry is 0.67 standard deviations, that is 5.4 of them; less happens by chance in layers of a few units."""
BIAS_MARGIN = 3.0
"""Or when its bias is so many times larger than all that the inputs add to it."""
LEAST_DEPTH = 2.0
"""And at least so far below the corner: where little comes in, because the layer before is off, a step may yet wake it."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Squash:
    """A squashing gate with its slopes.

    Attributes:
        node: where it becomes flat.
        slopes: d(node)/d(its argument), one an entry.
        upstream: what arrives.
        span: how far its bounds are apart.
        outward: whether each entry is pushed towards the bound that it is near, or away from it.
    """

    node: TracedNode
    slopes: Array
    upstream: Array
    span: float
    outward: Mask


def squashes(reading: Reading) -> list[Squash]:
    """Returns the smooth squashing gates of which some entry is saturated."""
    found = []
    for node in reading.flattening:
        shape = reading.profile(node.node.index)
        if not shape.squashes or shape.clips or node.upstream is None:
            continue
        slopes = reading.slopes(node.node.index)
        if slopes is None or not np.abs(slopes).min(initial=1.0) < SATURATED:
            continue
        top = max(shape.low, shape.high)
        high = np.abs(node.value - top) < shape.span / 2
        outward = np.where(high, node.upstream < 0, node.upstream > 0)
        found.append(Squash(node, np.abs(slopes), node.upstream, shape.span, outward))
    return found


def saturated_units(reading: Reading) -> list[Notice]:
    """Returns notices about saturated gates that keep the loss from falling.

    Either the loss is a squared error of the gate, which is far from its target: the farther, the flatter. Or almost no
    gradient reaches the gate's argument, although the loss hangs on the gate.
    Source: Michael Nielsen, Neural Networks and Deep Learning, chapter 3.
    """
    found: list[Notice] = []
    for squash in squashes(reading):
        notice = far_from_target(reading, squash) or starved(reading, squash)
        if notice is not None and len(found) < MOST:
            found.append(notice)
    return found


def far_from_target(reading: Reading, squash: Squash) -> Notice | None:
    """Returns the notice where a squared error stands behind a saturated gate that is on the wrong side."""
    error = reading.squared_error(squash.node.node.index)
    if error is None:
        return None
    hit = (squash.slopes < SATURATED) & (np.abs(error) > WRONG * squash.span)
    if hit.sum() < HALF * hit.size:
        return None
    hint = "Use a loss that undoes the squashing, such as cross-entropy, or start with smaller weights."
    why = (
        "The farther from the target, the smaller the gradient: a squared error behind a flat gate."
    )
    return saturated(reading, squash, hit, why, hint)


def starved(reading: Reading, squash: Squash) -> Notice | None:
    """Returns the notice where nothing gets through a gate that the loss hangs on."""
    base = reading.base(squash.node.node.index)
    scale = max(1.0, abs(reading.loss or 0.0))
    if reading.upstream_norms[base] > STARVED * scale:
        return None
    matters = np.abs(squash.upstream) * squash.span > COUNTS * scale
    hit = (squash.slopes < STARVED) & matters & ~squash.outward
    if hit.sum() < HALF * hit.size:
        return None
    hint = "Start with smaller weights or normalise the inputs, so that the argument stays near 0."
    return saturated(reading, squash, hit, "Nothing behind it can learn.", hint)


def saturated(reading: Reading, squash: Squash, hit: Mask, why: str, hint: str) -> Notice:
    """Returns the notice about one saturated gate."""
    place = squash.node.node.index
    count = several(int(hit.sum()), hit.size, "unit" if hit.ndim < 2 else "entry")
    steepest = at_most(float(squash.slopes[hit].max()))
    loss = "" if reading.loss is None else f" while the loss is {say_number(reading.loss)}"
    message = f"{reading.called(place)} is saturated on {count}: its slope is at most {steepest}{loss}. {why}"
    return Notice("saturated", "warning", place, message, hint)


def saturated_layers(reading: Reading) -> list[Notice]:
    """Returns one notice about the layers of which half or more is saturated.

    Source: Xavier Glorot and Yoshua Bengio, Understanding the difficulty of training deep feedforward neural networks
    (2010), section 3.
    """
    shares: list[tuple[TracedNode, float]] = []
    layers = 0
    for node in reading.flattening:
        shape = reading.profile(node.node.index)
        if not shape.squashes or shape.clips or node.value.size < WIDE:
            continue
        if not fed_by_product(reading, reading.base(node.node.index)):
            continue
        layers += 1
        slopes = reading.slopes(node.node.index)
        share = 0.0 if slopes is None else float((np.abs(slopes) < SATURATED).mean())
        if share >= HALF:
            shares.append((node, share))
    if not shares:
        return []
    first, _ = shares[0]
    least, most = min(s for _, s in shares), max(s for _, s in shares)
    range_ = f"{most:.0%}" if f"{least:.0%}" == f"{most:.0%}" else f"{least:.0%} to {most:.0%}"
    message = (
        f"Saturated: {several(len(shares), layers, 'layer')}, the first at {reading.called(first.node.index)}: "
        f"{range_} of the entries have a slope below {SATURATED}, and the gradient is erratic."
    )
    hint = "Start with smaller weights: of standard deviation 1 / sqrt(inputs) (Xavier)."
    return [Notice("saturated", "warning", first.node.index, message, hint)]


def fed_by_product(reading: Reading, place: int) -> bool:
    """Returns whether a node is a matrix product, or one with something added."""
    node = reading.nodes[place]
    if any(w.local.structure is Structure.MATMUL for w in node.wires):
        return True
    return any(
        inner.local.structure is Structure.MATMUL
        for w in node.wires
        for inner in reading.nodes[w.source].wires
    )


# ---------- dead units ----------


def dead_units(reading: Reading) -> list[Notice]:
    """Returns a notice a layer with units that are off on every row, by so much that no small step wakes them.

    A unit that is off on every row of a small batch by chance is healthy, and so is one in a batch of one.
    Source: Andrej Karpathy, Yes you should understand backprop (2016).
    """
    found: list[Notice] = []
    for node in reading.flattening:
        side = reading.profile(node.node.index).flat_side
        if side == 0 or node.value.ndim != 2 or node.upstream is None:
            continue
        notice = dead(reading, node, side)
        if notice is not None and len(found) < MOST:
            found.append(notice)
    return found


def dead(reading: Reading, node: TracedNode, side: int) -> Notice | None:
    """Returns the notice about one layer (rows, units), or (units, rows) where its bias says so."""
    slopes = reading.slopes(node.node.index)
    if slopes is None:
        return None
    base = reading.base(node.node.index)
    axis = 1 - units_axis(reading, base)
    rows = slopes.shape[axis]
    off: Mask = np.logical_not(slopes.any(axis=axis))
    if rows < 2 or not off.any():
        return None
    depth = -side * reading.nodes[base].value  # positive where the unit is on
    bias = bias_of(reading, base, axis)
    deep = off & (depth.max(axis=axis) < -LEAST_DEPTH)
    units = np.flatnonzero(
        deep & (far_below(depth, off, axis) | held_down(depth, bias, side, axis))
    )
    if not units.size:
        return None
    named = ", ".join(map(str, units[:FEW])) + (", ..." if units.size > FEW else "")
    word = "unit" if units.size == 1 else "units"
    at = float(reading.nodes[base].value.take(units[0], axis=axis ^ 1).max())
    pushed = "" if bias is None else f" Its bias is {say_number(float(bias[units[0]]))}."
    message = (
        f"{reading.called(node.node.index)} is dead ({word} {named} of {off.size}) on {rows} of {rows} rows: "
        f"its argument is at most {say_number(at)}, its gradient exactly 0, and nothing behind it can wake it.{pushed}"
    )
    hint = "Start with a smaller bias or a smaller learning rate, or use a leaky relu."
    return Notice("dead-relu", "warning", node.node.index, message, hint)


def far_below(depth: Array, off: Mask, axis: int) -> Mask:
    """Returns the units that are off by many typical sizes of the layer's live units."""
    alive = depth.compress(~off, axis=axis ^ 1)
    moved = depth - depth.mean(axis=axis, keepdims=True)
    typical = float(np.median(np.abs(alive))) if alive.size else float(np.abs(moved).max())
    far: Mask = depth.max(axis=axis) < -DEAD_MARGIN * typical
    return far


def held_down(depth: Array, bias: Array | None, side: int, axis: int) -> Mask:
    """Returns the units whose bias outweighs all that the inputs add to it."""
    if bias is None:
        return np.zeros(depth.shape[axis ^ 1], dtype=bool)
    down = side * bias
    added = np.abs(depth + np.expand_dims(down, axis))
    held: Mask = down > BIAS_MARGIN * np.maximum(added.max(axis=axis), np.median(added))
    return held


def bias_of(reading: Reading, place: int, axis: int) -> Array | None:
    """Returns the vector that is added to every row, or None."""
    for wire in reading.nodes[place].wires:
        value = reading.nodes[wire.source].value
        slope = wire.local.value
        if wire.summed_axes == (axis,) and slope is not None and (slope == 1).all():
            return value.reshape(-1)
    return None


def units_axis(reading: Reading, place: int) -> int:
    """Returns which axis of a layer counts its units: that along which its bias has entries; else the last."""
    return 0 if bias_of(reading, place, 1) is not None else 1


# ---------- clips ----------


def flat_clips(reading: Reading) -> list[Notice]:
    """Returns a notice a clipped error whose square is the loss: the largest errors get no gradient.

    Source: Andrej Karpathy, Yes you should understand backprop (2016), on DQN.
    """
    found = []
    for node in reading.flattening:
        if not reading.profile(node.node.index).clips:
            continue
        slopes = reading.slopes(node.node.index)
        flat = None if slopes is None else slopes == 0
        if flat is None or not flat.any() or reading.squared_error(node.node.index) is None:
            continue
        count = several(int(flat.sum()), flat.size, "entry")
        message = (
            f"{reading.called(node.node.index)} is a clip that is flat on {count}: the biggest errors get no "
            "gradient. Clip the gradient (Huber), not the error."
        )
        hint = "The Huber loss: e**2 / 2 where abs(e) < 1, else abs(e) - 1/2."
        found.append(Notice("flat-clip", "warning", node.node.index, message, hint))
    return found
