"""Gradients at a kink: every value of the subdifferential is right, whichever one the page shows.

At a corner of an elementwise gate the slope is any mix of those on its two sides; where entries tie for a maximum, its
gradient is shared among them in any way. The gradient of what comes before is linear in each gate's mix, so a mix that
makes the answer is found by least squares and then held against its bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backward import has_rule, kept, unbroadcast, vjp
from engine.forward import evaluate, in_arithmetic
from engine.grading.program import Point, Wire
from engine.graph import Array, Node
from engine.primitives import REGISTRY, Structure

NUDGE = 1e-6
MOST_CORNERS = 48
"""Of more entries on corners, only mixes that are the same at all of them are tried."""
MOST_NUMBERS = 2_000_000
"""Numbers that all mixes of one turn may touch."""
TURNS = 4
SLACK = 1e-6

Rule = Callable[[Array], Array]
Close = Callable[[Array, Array], bool]


@dataclass(frozen=True, slots=True)
class Corner:
    """One gate that stands on corners.

    Attributes:
        node: the gate.
        at: the entries: of its value, or of a reduction's argument those that tie.
        mixed: mix (one number an entry of `at`'s shape) -> argument -> rule.
        shown: the mix that the page shows.
        shares: whether the mix is shares of a reduction, which sum to 1.
    """

    node: Node
    at: NDArray[np.bool_]
    mixed: Callable[[Array], Mapping[int, Rule]]
    shown: Array
    shares: bool


def valid_at_a_kink(
    point: Point, place: int, between: Sequence[bool], answer: Array, close: Close
) -> bool:
    """Returns whether an answer is a gradient of the node for some valid slopes at the corners on the way.

    Args:
        point: the pass.
        place: the asked node.
        between: per tape place, whether it lies on a path from the node to the output.
        answer: of the node's shape.
        close: whether an answer counts as a gradient.
    """
    corners = list(corners_of(point, between))
    if not corners:
        return False

    def gradient(mixes: Sequence[Array]) -> Array:
        return pulled(point, place, between, corners, mixes)

    for number in (0.0, 1.0, 0.5):
        uniform = [c.shown if c.shares else np.full(c.at.shape, number) for c in corners]
        if close(answer, gradient(uniform)):
            return True
    count = sum(int(c.at.sum()) for c in corners)
    numbers = sum(v.size for v, b in zip(point.values, between, strict=True) if b)
    if count > MOST_CORNERS or count * numbers > MOST_NUMBERS:
        return False
    mixes = [c.shown.copy() for c in corners]
    for _ in range(TURNS):
        mixes = improved(gradient, corners, mixes, answer)
        if close(answer, gradient(mixes)):
            return all(within(c, m) for c, m in zip(corners, mixes, strict=True))
        mixes = [np.clip(m, 0.0, 1.0) for m in mixes]
    return False


def corners_of(point: Point, between: Sequence[bool]) -> Iterator[Corner]:
    """Yields the gates on the way that stand on corners, with entries where gradient arrives."""
    for node in point.graph.nodes:
        kink = REGISTRY[node.primitive].kink if node.primitive is not None else None
        upstream = point.upstream[node.index]
        if kink is None or upstream is None or not between[node.index]:
            continue
        primitive = REGISTRY[node.primitive or ""]
        arguments = in_arithmetic(primitive, [point.values[a] for a in node.arguments])
        out = point.values[node.index]
        structure = primitive.structure_of(primitive.arguments[0])
        if structure is Structure.DIAGONAL:
            at = np.broadcast_to(kink.at(out, *arguments, **node.settings), out.shape)
            if (at & (upstream != 0)).any():
                yield elementwise(point, node, at)
        elif structure is Structure.REDUCTION:
            slopes = vjp(node, 0, np.ones(out.shape), point.values)
            at = kink.at(kept(node, out, arguments[0]), *arguments, **node.settings) & (slopes > 0)
            if at.any() and np.allclose(slopes.sum(), out.size):
                yield shared(node, at, slopes)


def elementwise(point: Point, node: Node, at: NDArray[np.bool_]) -> Corner:
    """Returns the corner of an elementwise gate: the mix is the share of the slope on the upper side."""
    primitive = REGISTRY[node.primitive or ""]
    shape = point.values[node.index].shape
    sides: list[list[Array]] = []
    moving = next(k for k, a in enumerate(node.arguments) if point.graph.nodes[a].from_input)
    for sign in (1.0, -1.0):
        values = list(point.values)
        given = in_arithmetic(primitive, [point.values[a] for a in node.arguments])
        source = np.broadcast_to(given[moving], shape)
        values[node.arguments[moving]] = source + sign * NUDGE * (1 + np.abs(source)) * at
        values[node.index] = evaluate(node, primitive, [values[a] for a in node.arguments])
        sides.append(values)

    def mixed(mix: Array) -> Mapping[int, Rule]:
        def rule_of(key: int) -> Rule:
            def rule(upstream: Array) -> Array:
                up, down = (vjp(node, key, upstream, side) for side in sides)
                shown = vjp(node, key, upstream, point.values)
                return np.asarray(np.where(at, mix * up + (1 - mix) * down, shown))

            return rule

        return {k: rule_of(k) for k in range(len(node.arguments)) if has_rule(node, k)}

    return Corner(node, at, mixed, np.where(at, 0.5, 0.0), False)


def shared(node: Node, at: NDArray[np.bool_], slopes: Array) -> Corner:
    """Returns the corner of a reduction: the mix is each tied entry's share."""

    def mixed(mix: Array) -> Mapping[int, Rule]:
        def rule(upstream: Array) -> Array:
            weights = np.where(at, mix, slopes)
            return np.asarray(kept(node, upstream, weights) * weights)

        return {0: rule}

    return Corner(node, at, mixed, slopes, True)


def pulled(
    point: Point,
    place: int,
    between: Sequence[bool],
    corners: Sequence[Corner],
    mixes: Sequence[Array],
) -> Array:
    """Returns the gradient of a node with these mixes at the corners."""
    rules: dict[Wire, Rule] = {
        (corner.node.index, key): rule
        for corner, mix in zip(corners, mixes, strict=True)
        for key, rule in corner.mixed(mix).items()
    }
    upstream: dict[int, Array] = {point.graph.output: point.seed}
    for node in reversed(point.graph.nodes[place:]):
        here = point.pins.get(node.index, upstream.get(node.index))
        if here is None or node.index == place:
            continue
        for key, source in enumerate(node.arguments):
            if not between[source] or not has_rule(node, key):
                continue
            rule = rules.get((node.index, key))
            shape = point.values[source].shape
            sent = unbroadcast(rule(here), shape)[0] if rule else point.sent(node, key, here)
            if sent is not None:
                upstream[source] = upstream[source] + sent if source in upstream else sent
    return upstream.get(place, np.zeros(point.graph.nodes[place].shape))


def improved(
    gradient: Callable[[Sequence[Array]], Array],
    corners: Sequence[Corner],
    mixes: Sequence[Array],
    answer: Array,
) -> list[Array]:
    """Returns mixes that come nearer to the answer: one step of least squares."""
    base = gradient(mixes)
    columns, where = [], []
    for number, corner in enumerate(corners):
        for entry in np.flatnonzero(corner.at).tolist():
            moved = [m.copy() for m in mixes]
            moved[number].flat[entry] += 1.0
            columns.append(np.ravel(gradient(moved) - base))
            where.append((number, entry))
    try:
        steps = np.linalg.lstsq(np.array(columns).T, np.ravel(answer - base), rcond=None)[0]
    except np.linalg.LinAlgError:
        return list(mixes)
    found = [m.copy() for m in mixes]
    for (number, entry), step in zip(where, steps, strict=True):
        found[number].flat[entry] += step
    return found


def within(corner: Corner, mix: Array) -> bool:
    """Returns whether a mix is one that the corner allows."""
    chosen = mix[corner.at]
    if bool((chosen < -SLACK).any() or (chosen > 1 + SLACK).any()):
        return False
    if not corner.shares:
        return True
    sums = np.where(corner.at, mix, 0.0).sum()
    groups = np.where(corner.at, corner.shown, 0.0).sum()
    return bool(abs(sums - groups) <= SLACK * max(1.0, groups))
