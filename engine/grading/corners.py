"""Gates that stand on a kink, and the gradients that are valid there: every mix of those nearby.

A mix is what stands in the place of a gate's slopes: the weight of one of two sides, the shares of what ties, the order of
what ties, or a direction. What a gate sends is linear in its mix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from engine.backward import has_rule, kept, reduced_axes, vjp
from engine.forward import evaluate, in_arithmetic
from engine.grading.program import Point
from engine.graph import Array, Node
from engine.primitives import REGISTRY, Structure
from engine.primitives.primitive import Hull, Kink

NUDGE = 1e-6
"""How far from a kink its sides are looked at."""
MOST_ORDERED = 1000
"""Longer lanes are not put into another order."""
SLACK = 1e-6
NOTHING = np.zeros(0)

Mask = NDArray[np.bool_]
Rule = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Corner:
    """One gate that stands on a kink.

    Attributes:
        node: the gate.
        kink: which one.
        at: the entries of a mix that may differ.
        shown: the mix that the page shows.
        slopes: what that makes of an upstream of 1, entry by entry.
        usual: other valid mixes that people choose.
        low: the least that entries of a valid mix are.
        high: the most.
        sums: mix -> sums of its entries.
        totals: what those of every valid mix are.
        excess: mix -> by how much it is longer than valid ones, where length is what counts.
        mixed: mix -> argument -> rule.
    """

    node: Node
    kink: Kink
    at: Mask
    shown: Array
    slopes: Array
    usual: Sequence[Array]
    low: Array
    high: Array
    sums: Callable[[Array], Array]
    totals: Array
    mixed: Callable[[Array], Mapping[int, Rule]]
    excess: Callable[[Array], float] | None = None

    @property
    def taken(self) -> float | None:
        """The one slope, or share, that the page shows at the kink; None where there are several."""
        found = np.unique(self.slopes[self.at])
        shares = found[found != 0] if found.size > 1 else found
        return float(shares[0]) if shares.size == 1 else None

    def allows(self, mix: Array) -> bool:
        """Returns whether a mix is valid."""
        if self.excess is not None and self.excess(mix) > SLACK:
            return False
        beyond = np.maximum(self.low - mix, mix - self.high)
        return bool(
            (beyond[self.at] <= SLACK).all()
            and (np.abs(self.sums(mix) - self.totals) <= SLACK).all()
        )


def corners_of(point: Point, between: Sequence[bool]) -> Iterator[Corner]:
    """Yields the gates on the way that stand on a kink where gradient arrives."""
    for node in point.graph.nodes:
        kink = REGISTRY[node.primitive].kink if node.primitive is not None else None
        upstream = point.upstream[node.index]
        if kink is None or upstream is None or not between[node.index]:
            continue
        primitive = REGISTRY[node.primitive or ""]
        arguments = in_arithmetic(primitive, [point.values[a] for a in node.arguments])
        reduces = primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION
        out = point.values[node.index]
        if reduces:
            out, upstream = kept(node, out, arguments[0]), kept(node, upstream, arguments[0])
        at = kink.at(out, *arguments, **node.settings)
        at = np.broadcast_to(at, out.shape) & (upstream != 0)
        if at.any():
            corner = KINDS[kink.hull](point, node, kink, at)
            if corner is not None and corner.at.any():
                yield corner


# ---------- two sides ----------


def two_sided(point: Point, node: Node, kink: Kink, at: Mask) -> Corner:
    """Returns the corner of an elementwise gate: the mix is the weight of the slope on the upper side."""
    moving = next(k for k, a in enumerate(node.arguments) if point.graph.nodes[a].from_input)
    sides = [beside(point, node, moving, sign * at.astype(np.float64)) for sign in (1.0, -1.0)]

    def mixed(mix: Array) -> Mapping[int, Rule]:
        def rule_of(key: int) -> Rule:
            def rule(upstream: Array) -> Array:
                up, down = (vjp(node, key, upstream, side) for side in sides)
                shown = vjp(node, key, upstream, point.values)
                return np.asarray(np.where(at, mix * up + (1 - mix) * down, shown))

            return rule

        return {k: rule_of(k) for k in range(len(node.arguments)) if has_rule(node, k)}

    up, down = (slope_of(node, moving, side) for side in sides)
    gap = np.where(up == down, 1.0, up - down)
    slopes = slope_of(node, moving, point.values)
    shown = np.where(at, (slopes - down) / gap, 0.0)
    return Corner(
        node,
        kink,
        at,
        shown=shown,
        slopes=slopes,
        usual=[np.full(at.shape, number) for number in (0.0, 1.0, 0.5)],
        low=np.zeros(at.shape),
        high=np.ones(at.shape),
        sums=lambda _: NOTHING,
        totals=NOTHING,
        mixed=mixed,
    )


def beside(point: Point, node: Node, key: int, offsets: Array) -> list[Array]:
    """Returns all values with one argument of a gate moved a little, in the gate's own shape."""
    values = list(point.values)
    primitive = REGISTRY[node.primitive or ""]
    given = in_arithmetic(primitive, [point.values[a] for a in node.arguments])
    source = np.broadcast_to(given[key], offsets.shape)
    values[node.arguments[key]] = source + NUDGE * (1 + np.abs(source)) * offsets
    values[node.index] = evaluate(node, primitive, [values[a] for a in node.arguments])
    return values


def slope_of(node: Node, key: int, values: Sequence[Array]) -> Array:
    """Returns an elementwise gate's slope for one argument."""
    shape = values[node.index].shape
    return np.broadcast_to(vjp(node, key, np.ones(shape), values), shape)


# ---------- weights: of arguments that tie, or of a reduction's entries ----------


class Weights:
    """What a gate multiplies its upstream with: one array, in which a group's entries are the output's one entry.

    Args:
        point: the pass.
        node: an elementwise gate, whose arguments are stacked along the first axis; or a reduction, with its argument.
    """

    def __init__(self, point: Point, node: Node) -> None:
        self._point = point
        self._node = node
        primitive = REGISTRY[node.primitive or ""]
        self.reduces = primitive.structure_of(primitive.arguments[0]) is Structure.REDUCTION
        rank = point.values[node.arguments[0]].ndim
        self.axes = reduced_axes(node, rank) if self.reduces else (0,)
        self.shown = self._at(point.values)

    def _at(self, values: Sequence[Array]) -> Array:
        ones = np.ones(self._node.shape)
        if self.reduces:
            return vjp(self._node, 0, ones, values)
        keys = range(len(self._node.arguments))
        rules = [
            slope_of(self._node, k, values) if has_rule(self._node, k) else 0 * ones for k in keys
        ]
        return np.array(rules)

    def nearby(self, sign: float) -> Array:
        """Returns the weights where nothing ties: every entry moved a little, each farther than the one before."""
        values = list(self._point.values)
        for number, source in enumerate(dict.fromkeys(self._node.arguments)):
            given = np.asarray(values[source], dtype=np.float64)
            steps = number + np.arange(1, given.size + 1).reshape(given.shape) / (given.size + 1)
            values[source] = given + sign * NUDGE * (1 + np.abs(given)) * steps
        arguments = [values[a] for a in self._node.arguments]
        values[self._node.index] = evaluate(
            self._node, REGISTRY[self._node.primitive or ""], arguments
        )
        return self._at(values)

    def mixed(self, mix: Array) -> Mapping[int, Rule]:
        """Returns the gate's rules with other weights."""
        if self.reduces:
            return {0: lambda upstream: np.asarray(kept(self._node, upstream, mix) * mix)}
        keys = (k for k in range(len(self._node.arguments)) if has_rule(self._node, k))
        return {k: partial(np.multiply, mix[k]) for k in keys}


def shared(point: Point, node: Node, kink: Kink, at: Mask) -> Corner:
    """Returns the corner of what ties: the mix is the weights, of which each takes any share."""
    weights = Weights(point, node)
    shown, around = weights.shown, [weights.nearby(sign) for sign in (1.0, -1.0)]
    most = np.max(np.abs(around[0]), axis=weights.axes, keepdims=True)
    if weights.reduces:
        tied = at & (shown != 0)
    else:
        out = point.values[node.index]
        tied = at & np.array(
            [np.broadcast_to(point.values[a] == out, out.shape) for a in node.arguments]
        )
    rising, falling = tied & (shown >= 0), tied & (shown < 0)

    def sums(mix: Array) -> Array:
        both = (np.sum(mix, axis=weights.axes, where=side) for side in (rising, falling))
        return np.concatenate([np.ravel(each) for each in both])

    usual = [np.where(tied, each, shown) for each in around]

    return Corner(
        node,
        kink,
        tied,
        shown=shown,
        slopes=shown,
        usual=usual,
        low=np.where(falling, -most, 0.0),
        high=np.where(rising, most, 0.0),
        sums=sums,
        totals=sums(usual[0]),
        mixed=weights.mixed,
    )


def pointed(point: Point, node: Node, kink: Kink, at: Mask) -> Corner:
    """Returns the corner at the point of a cone: the mix is a direction, as long as the slopes nearby at most.

    Of a norm of order p the length is that of order p / (p - 1). Where all slopes nearby sum to 0, so does the mix.
    """
    weights = Weights(point, node)
    order = node.settings.get("order", 2)
    assert isinstance(order, int | float)
    dual = order / (order - 1)

    def length(array: Array) -> Array:
        powers = np.sum(np.abs(array) ** dual, axis=weights.axes, keepdims=True)
        return np.asarray(powers ** (1 / dual))

    around = weights.nearby(1.0)
    radius = length(around)
    level = np.abs(np.sum(around, axis=weights.axes, keepdims=True)) < NUDGE * radius
    here = np.broadcast_to(at, weights.shown.shape)

    def sums(mix: Array) -> Array:
        added = np.sum(mix, axis=weights.axes, keepdims=True, where=here)
        return np.ravel(np.where(level, added, 0.0))

    def excess(mix: Array) -> float:
        return float(
            np.max(
                length(mix) - radius,
                where=np.any(here, axis=weights.axes, keepdims=True),
                initial=0.0,
            )
        )

    return Corner(
        node,
        kink,
        here,
        shown=weights.shown,
        slopes=weights.shown,
        usual=(),
        low=np.broadcast_to(-radius, here.shape),
        high=np.broadcast_to(radius, here.shape),
        sums=sums,
        totals=sums(weights.shown),
        mixed=weights.mixed,
        excess=excess,
    )


# ---------- an order ----------


def reordered(point: Point, node: Node, kink: Kink, at: Mask) -> Corner | None:
    """Returns the corner of a sort: the mix says how much of each entry went to each place, lane by lane."""
    axis = node.settings.get("axis")
    assert axis is None or isinstance(axis, int)
    source = np.asarray(point.values[node.arguments[0]], dtype=np.float64)
    if source.shape and source.shape[-1 if axis is None else axis] > MOST_ORDERED:
        return None

    def in_lanes(array: Array) -> Array:
        return np.reshape(array, (1, -1)) if axis is None else np.moveaxis(array, axis, -1)

    given, places = in_lanes(source), in_lanes(point.values[node.index])
    alike = given[..., :, None] == places[..., None, :]
    shown = alike / np.sum(alike, axis=-1, keepdims=True)
    tied = alike & (shown < 1)

    def sums(mix: Array) -> Array:
        return np.concatenate([np.ravel(np.sum(mix, axis=a, where=tied)) for a in (-1, -2)])

    def mixed(mix: Array) -> Mapping[int, Rule]:
        def rule(upstream: Array) -> Array:
            back = np.matmul(mix, in_lanes(upstream)[..., None])[..., 0]
            return np.reshape(back, source.shape) if axis is None else np.moveaxis(back, -1, axis)

        return {0: rule}

    return Corner(
        node,
        kink,
        tied,
        shown=shown,
        slopes=shown,
        usual=[permutation(given, turned=turned) for turned in (False, True)],
        low=np.zeros(tied.shape),
        high=np.ones(tied.shape),
        sums=sums,
        totals=sums(shown),
        mixed=mixed,
    )


def permutation(lanes: Array, *, turned: bool) -> Array:
    """Returns where a sort puts the entries that tie: in the order in which they stand, or turned around."""
    flipped = lanes[..., ::-1] if turned else lanes
    order = np.argsort(flipped, axis=-1, kind="stable")
    order = lanes.shape[-1] - 1 - order if turned else order
    return np.asarray(order[..., None, :] == np.arange(lanes.shape[-1])[:, None], dtype=np.float64)


KINDS: Mapping[Hull, Callable[[Point, Node, Kink, Mask], Corner | None]] = {
    Hull.SIDES: two_sided,
    Hull.SHARES: shared,
    Hull.BALL: pointed,
    Hull.ORDERS: reordered,
}
