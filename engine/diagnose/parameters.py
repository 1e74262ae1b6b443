"""Parameters whose gradient is useless: units that stay equal, biases that cancel, weights of unscaled inputs."""

from __future__ import annotations

import math

import numpy as np

from engine.diagnose.reading import Reading, at_most, is_input, norm
from engine.graph import Array, Notice, Role
from engine.numbers import say_number
from engine.primitives import Structure
from engine.trace import TracedNode, Wire

CANCELS = 1e-10
"""A sum is zero but for rounding when it is this much smaller than what was added."""
UNSCALED = 100.0
"""Typical size of an input's entries from which on it is worth normalising."""
LOPSIDED = 1000.0
"""And by how much it is larger than its weight: gradients then differ by as much."""


def symmetric_units(reading: Reading) -> list[Notice]:
    """Returns a notice a weight that makes hidden units equal: equal columns that receive equal gradients.

    Source: CS231n course notes, Neural Networks Part 2, Weight initialization, pitfall: all zero initialization.
    """
    found = []
    for weight in reading.trained:
        if not any(symmetric(weight, axis) for axis in (0, 1)):
            continue
        for wire in reading.consumers[weight.node.index]:
            if wire.local.structure is not Structure.MATMUL or wire.downstream is None:
                continue
            if is_parameter(reading, wire.local.other) and not is_parameter(reading, wire.source):
                continue  # equal examples are no units
            if symmetric(weight, wire.key) and feeds_product(reading, wire.target):
                found.append(told_symmetric(reading, weight, wire))
                break
    return found


def symmetric(weight: TracedNode, axis: int) -> bool:
    """Returns whether all units along an axis of a weight have the same weights and the same gradients."""
    if weight.upstream is None or weight.value.ndim != 2 or not weight.value.size:
        return False
    if weight.value.shape[axis] < 2:
        return False
    units = weight.value.T if axis == 1 else weight.value
    if not (units[0] == units[1]).all():
        return False
    slopes = weight.upstream.T if axis == 1 else weight.upstream
    return bool((units == units[:1]).all() and np.isclose(slopes, slopes[:1], rtol=1e-9).all())


def told_symmetric(reading: Reading, weight: TracedNode, wire: Wire) -> Notice:
    """Returns the notice about one weight."""
    assert weight.upstream is not None
    count = weight.value.shape[wire.key]
    zero = " All weights start at 0." if not weight.value.any() else ""
    gradient = "0" if not weight.upstream.any() else "the same"
    message = (
        f"Hidden units 0..{count - 1} of {reading.called(wire.target)} are identical: equal weights in {weight.label}, "
        f"and their gradients are {gradient}, so the symmetry never breaks.{zero}"
    )
    return Notice(
        "symmetric-units", "warning", weight.node.index, message, "Start with small random weights."
    )


def is_parameter(reading: Reading, place: int | None) -> bool:
    """Returns whether a place is an input whose name is a parameter's."""
    name = None if place is None else reading.nodes[place].node.name
    given = reading.graph.inputs.get(name or "")
    return given is not None and given.node == place and given.role is Role.PARAMETER


def feeds_product(reading: Reading, place: int) -> bool:
    """Returns whether a layer goes on, entry by entry, into another product that a gradient passes: it is hidden."""
    seen = {place}
    waiting = [place]
    while waiting:
        for wire in reading.consumers[waiting.pop()]:
            if wire.downstream is None or wire.target in seen:
                continue
            if wire.local.structure is Structure.MATMUL:
                return True
            if wire.local.structure is Structure.DIAGONAL:
                seen.add(wire.target)
                waiting.append(wire.target)
    return False


def bias_without_effect(reading: Reading) -> list[Notice]:
    """Returns a notice a bias whose gradients cancel, since a mean over the same axis is taken off after it.

    Source: Sergey Ioffe and Christian Szegedy, Batch Normalization (2015), section 3.2.
    """
    found = []
    for bias in reading.trained:
        for wire in reading.consumers[bias.node.index]:
            if not wire.summed_axes or wire.downstream is None:
                continue
            arrives, left = reading.upstream_norms[wire.target], norm(wire.downstream)
            if left > CANCELS * arrives or arrives == 0 or not mean_taken(reading, wire):
                continue
            message = (
                f"The bias {bias.label} has no effect: a mean is subtracted after it is added, so its gradient cancels "
                f"to {at_most(left)}, while a gradient of norm {at_most(arrives)} arrives."
            )
            hint = "Leave it out: the shift after the normalisation (beta) does its work."
            found.append(Notice("bias-without-effect", "warning", bias.node.index, message, hint))
            break
    return found


def mean_taken(reading: Reading, wire: Wire) -> bool:
    """Returns whether a sum with a bias is also reduced over the axis along which the bias was stretched."""
    return any(
        use.local.structure is Structure.REDUCTION
        and use.downstream is not None
        and set(wire.summed_axes) <= set(use.local.axes or ())
        for use in reading.consumers[wire.target]
    )


def data_scale(reading: Reading) -> list[Notice]:
    """Returns a notice a weight whose gradient is huge only because its input is.

    Source: CS231n course notes, Neural Networks Part 2, Data preprocessing.
    """
    found: list[Notice] = []
    if max(reading.value_norms) < UNSCALED:
        return found
    for weight in reading.trained:
        for wire in reading.consumers[weight.node.index]:
            notice = scaled_by_data(reading, weight, wire)
            if notice is not None:
                found.append(notice)
                break
    return found


def scaled_by_data(reading: Reading, weight: TracedNode, wire: Wire) -> Notice | None:
    """Returns the notice about one use of a weight, or None."""
    partners = [w for w in reading.nodes[wire.target].wires if w.key != wire.key]
    if len(partners) != 1 or wire.downstream is None:
        return None
    if typical(reading, reading.nodes[partners[0].source]) < UNSCALED:
        return None
    data = reading.nodes[partners[0].source]
    if not is_input(reading.nodes[reading.base(data.node.index)].node):
        return None  # what the program makes of its inputs is not theirs to scale
    size, own = typical(reading, data), typical(reading, weight)
    if size < LOPSIDED * own or not multiplies(wire, data):
        return None
    reached = largest(wire.downstream)
    if reached < UNSCALED:
        return None
    sizes = f"{say_number(largest(data.value))} beside {say_number(largest(weight.value))}"
    message = (
        f"The gradient on {weight.label} scales with {data.label}: it reaches {say_number(reached)}, since the entries "
        f"of {data.label} do ({sizes})."
    )
    hint = f"Normalise {data.label}: subtract its mean, divide by its standard deviation."
    return Notice("data-scale", "warning", weight.node.index, message, hint)


def multiplies(wire: Wire, data: TracedNode) -> bool:
    """Returns whether an argument is multiplied with these data."""
    if wire.local.structure is Structure.MATMUL:
        return True
    slope = wire.local.value
    return (
        slope is not None and slope.shape == data.value.shape and bool((slope == data.value).all())
    )


def typical(reading: Reading, node: TracedNode) -> float:
    """Returns the root of the mean square of a value's entries."""
    return reading.value_norms[node.node.index] / math.sqrt(max(node.value.size, 1))


def largest(value: Array) -> float:
    """Returns the largest size of an entry."""
    return float(np.abs(value).max(initial=0.0))
