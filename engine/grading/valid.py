"""Gradients at a kink: every mix of those nearby is right, whichever one the page shows.

The gradient of what comes before is linear in each gate's mix, so mixes that make an answer are found by least squares
within the bounds of valid ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import numpy as np

from engine.backward import has_rule, unbroadcast
from engine.grading.corners import Corner, Rule, corners_of
from engine.grading.program import Point, Wire
from engine.graph import Array

MOST_CORNERS = 48
"""Of more entries on kinks, only usual mixes are tried."""
MOST_NUMBERS = 2_000_000
"""Numbers that all mixes of one turn may touch."""
TURNS = 8
FIRM = 1e4
"""How much more sums and bounds of a mix count than the answer, which may be rounded."""
ROUNDING = 1e-12

Close = Callable[[Array, Array], bool]
Gradient = Callable[[Sequence[Array]], Array]


def chosen_at_kinks(
    point: Point, place: int, between: Sequence[bool], answer: Array, close: Close
) -> Sequence[Corner]:
    """Returns the corners on the way, if an answer is a gradient of the node for some valid mixes there; else none.

    Args:
        point: the pass.
        place: the asked node.
        between: per tape place, whether it lies on a path from the node to the output.
        answer: of the node's shape.
        close: whether an answer counts as a gradient.
    """
    with np.errstate(all="ignore"):
        corners = list(corners_of(point, between))
        gradient = partial(pulled, point, place, between, corners)
        numbers = sum(v.size for v, b in zip(point.values, between, strict=True) if b)
        for mixes in tried(corners, gradient, answer, numbers):
            allowed = all(c.allows(m) for c, m in zip(corners, mixes, strict=True))
            if allowed and close(answer, gradient(mixes)):
                return corners
    return ()


def tried(
    corners: Sequence[Corner], gradient: Gradient, answer: Array, numbers: int
) -> Iterator[Sequence[Array]]:
    """Yields mixes that people choose, and then those that come nearest to an answer, where that is not too much work.

    Args:
        corners: the gates on kinks.
        gradient: mixes -> the gradient.
        answer: which is to be made.
        numbers: how many numbers one gradient touches.
    """
    for turn in range(max((len(c.usual) for c in corners), default=0)):
        yield [c.usual[turn] if turn < len(c.usual) else c.shown for c in corners]
    count = sum(int(c.at.sum()) for c in corners)
    if not 0 < count <= MOST_CORNERS or count * numbers > MOST_NUMBERS:
        return
    mixes: Sequence[Array] = [np.where(c.at, (c.low + c.high) / 2, c.shown) for c in corners]
    for _ in range(TURNS if len(corners) > 1 else 1):
        mixes = improved(gradient, corners, mixes, answer)
        yield mixes


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
    gradient: Gradient,
    corners: Sequence[Corner],
    mixes: Sequence[Array],
    answer: Array,
) -> list[Array]:
    """Returns mixes that come nearer to the answer: one step of least squares.

    Within bounds, but where a length counts: there the shortest step is taken.
    """

    def seen(mixes: Sequence[Array]) -> Array:
        sums = [FIRM * c.sums(m) for c, m in zip(corners, mixes, strict=True)]
        return np.concatenate([np.ravel(gradient(mixes)), *sums])

    base = seen(mixes)
    places = [(n, k) for n, c in enumerate(corners) for k in np.flatnonzero(c.at).tolist()]
    columns = []
    for number, entry in places:
        moved = [m.copy() for m in mixes]
        moved[number].flat[entry] += 1.0
        columns.append(seen(moved) - base)
    wanted = np.concatenate([np.ravel(answer), *(FIRM * c.totals for c in corners)])
    matrix, missing = np.array(columns).T, wanted - base
    if any(c.excess is not None for c in corners):
        steps = least_squares(matrix, missing)
    else:
        now, low, high = (
            np.array([arrays[n].flat[k] for n, k in places])
            for arrays in (mixes, [c.low for c in corners], [c.high for c in corners])
        )
        steps = within(matrix, missing, low - now, high - now)
    found = [m.copy() for m in mixes]
    for (number, entry), step in zip(places, steps, strict=True):
        found[number].flat[entry] += step
    return found


def within(matrix: Array, wanted: Array, low: Array, high: Array) -> Array:
    """Returns what makes matrix @ x nearest to what is wanted, with every entry of x within its bounds."""
    count = len(low)
    firm = FIRM * np.eye(count)  # x - low and what is left to high add to high - low
    bounded = np.block([[matrix, np.zeros((len(wanted), count))], [firm, firm]])
    found = nonnegative(bounded, np.concatenate([wanted - matrix @ low, FIRM * (high - low)]))
    return found[:count] + low


def nonnegative(matrix: Array, wanted: Array) -> Array:
    """Returns what makes matrix @ x nearest to what is wanted, with no entry of x below 0.

    Source: Lawson and Hanson, Solving Least Squares Problems (1974), chapter 23.
    """
    count = matrix.shape[1]
    x, free = np.zeros(count), np.zeros(count, dtype=bool)
    for _ in range(3 * count):
        pull = np.where(free, -np.inf, matrix.T @ (wanted - matrix @ x))
        if pull.max() <= ROUNDING:
            break
        free[np.argmax(pull)] = True
        while True:
            target = np.zeros(count)
            target[free] = least_squares(matrix[:, free], wanted)
            falling = free & (target <= 0)
            if not falling.any():
                break
            x = x + np.min(x[falling] / (x[falling] - target[falling])) * (target - x)
            free &= x > ROUNDING
        x = target
    return x


def least_squares(matrix: Array, wanted: Array) -> Array:
    """Returns the shortest of what makes matrix @ x nearest to what is wanted; zeros where that cannot be found."""
    try:
        return np.asarray(np.linalg.lstsq(matrix, wanted, rcond=None)[0])
    except np.linalg.LinAlgError:
        return np.zeros(matrix.shape[1])
