"""The lecture's approaches to a smaller loss, on one function: random search, and gradients found in two ways.

Each approach is a generator of moves. What it needs to know it pays for, in passes through the circuit; what is shown of
it besides (the loss after a gradient step, the angle of a random direction) costs it nothing.

Source: CS231n course notes, "Optimization": random search, random local search, following the gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.errors import BadInput, excerpt
from engine.graph import Array
from engine.landscape import RATES, Entry, Landscape
from engine.limits import Limits
from engine.numerical import CENTRAL, FORWARD, Method, difference

RANDOM, LOCAL, NUMERICAL, ANALYTIC = (
    "random-search",
    "random-local-search",
    "numerical",
    "analytic",
)
DIFFERENCES: Mapping[str, Method] = {m.name: m for m in (CENTRAL, FORWARD)}
STREAM = 4
"""Keeps what is drawn here apart from inputs that are filled with the same seed."""
LISTED = 20_000
"""How many numbers a path lists at most."""
TRIALS = 8
"""With so many steps each."""
ENOUGH = 2
"""Rates in a row that lead less low end the search: smaller ones go less far still."""
LENGTH = 0.1
"""Of a random direction where none is given, in units of the start's largest number, or of 1."""
REACH = 2.0
"""How far random points lie from the start, at most, in units of its largest number, or of 1."""


@dataclass(frozen=True, slots=True)
class Move:
    """Where an approach stands after one step.

    Attributes:
        x: the entries.
        loss: the output there.
        tried: the output at the point that was tried; the loss itself for those that do not try.
        kept: whether the point has become the new one.
        cosine: of the angle between a random direction and the gradient; None where there is none.
    """

    x: Array
    loss: float
    tried: float
    kept: bool = True
    cosine: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What every approach is told.

    Attributes:
        rate: length of a random step; what a gradient is multiplied with.
        reach: random points are drawn so far from the start, at most, along each axis.
        formula: of the differences.
        h: their step, or None for the formula's own, in proportion to numbers above 1.
        seed: of what is drawn.
    """

    rate: float
    reach: float
    formula: Method
    h: float | None
    seed: int


@dataclass(frozen=True, slots=True)
class Descent:
    """What one approach found.

    Attributes:
        method: its name.
        entries: what the path lists of every point: all entries, or the first.
        dimensions: how many entries move.
        losses: the output at the start and after every step.
        evaluations: passes through the circuit that the approach has paid for by then.
        path: the listed entries at the start and after every step, (steps + 1, entries).
        tried: the output at each point tried.
        kept: whether it was kept.
        cosines: of the angles between random directions and the gradient, as far as there was one.
        expected_cosine: their mean absolute value for directions drawn evenly, in so many dimensions.
        downhill: how many tries had a smaller loss.
        each: passes that one step takes.
        rate: as it was used.
        reach: likewise.
        end: every input that moved, where the approach ended.
        ended: "steps", "budget", "flat" or "non-finite".
        note: one sentence where something has to be said, else "".
    """

    method: str
    entries: Sequence[Entry]
    dimensions: int
    losses: Array
    evaluations: Sequence[int]
    path: Array
    tried: Array
    kept: Sequence[bool]
    cosines: Array
    expected_cosine: float
    downhill: int
    each: int
    rate: float
    reach: float
    end: Mapping[str, Array]
    ended: str
    note: str


def random_search(land: Landscape, plan: Plan) -> Iterator[Move]:
    """Yields the best of the points drawn so far; each is drawn anew, from a box around the start."""
    rng = np.random.default_rng((STREAM, plan.seed))
    best, loss = land.start, land(land.start)
    yield Move(best, loss, loss)
    while True:
        point = land.start + plan.reach * rng.uniform(-1, 1, size=best.shape)
        tried = land(point)
        if better(tried, loss):
            best, loss = point, tried
            yield Move(best, loss, tried)
        else:
            yield Move(best, loss, tried, kept=False)


def random_local_search(land: Landscape, plan: Plan) -> Iterator[Move]:
    """Yields the point after each random direction of length `rate`: gone if that is better, else not."""
    rng = np.random.default_rng((STREAM, plan.seed))
    x, loss = land.start, land(land.start)
    slopes = land.slopes(x)
    yield Move(x, loss, loss)
    while True:
        direction = unit(rng.normal(size=x.shape))
        angle = cosine(direction, slopes)
        tried = land(x + plan.rate * direction)
        kept = better(tried, loss)
        if kept:
            x, loss = x + plan.rate * direction, tried
            slopes = land.slopes(x)
        yield Move(x, loss, tried, kept, angle)


def numerical(land: Landscape, plan: Plan) -> Iterator[Move]:
    """Yields the point after each step against a gradient found by differences, one entry at a time."""
    return follow(land, plan, lambda x: differences(land, x, plan))


def analytic(land: Landscape, plan: Plan) -> Iterator[Move]:
    """Yields the point after each step against the gradient found by one pass forward and one back."""
    return follow(land, plan, land.gradient)


APPROACHES: Mapping[str, Callable[[Landscape, Plan], Iterator[Move]]] = {
    RANDOM: random_search,
    LOCAL: random_local_search,
    NUMERICAL: numerical,
    ANALYTIC: analytic,
}


def follow(land: Landscape, plan: Plan, gradient: Callable[[Array], Array]) -> Iterator[Move]:
    """Yields the point after each step against a gradient; ends where that is flat or no number."""
    x, loss = land.start, land.seen(land.start)
    yield Move(x, loss, loss)
    while math.isfinite(loss):
        slopes = gradient(x)
        if not slopes.any() or not np.isfinite(slopes).all():
            return
        with np.errstate(all="ignore"):
            x = x - plan.rate * slopes
        loss = land.seen(x)
        yield Move(x, loss, loss)


def differences(land: Landscape, x: Array, plan: Plan) -> Array:
    """Returns the gradient by differences: 2n passes for central ones, n + 1 for forward ones."""
    at_x = land(x) if 0 in plan.formula.steps else 0.0
    slopes = np.zeros(x.shape)
    for k in range(x.size):
        h = plan.formula.h * max(1.0, abs(float(x[k]))) if plan.h is None else plan.h
        line = along(land, x, k)
        slopes[k] = difference(line, at_x, plan.formula, h).slope
    return slopes


def along(land: Landscape, x: Array, k: int) -> Callable[[float], float]:
    """Returns the function of one entry's displacement."""

    def line(t: float) -> float:
        moved = x.copy()
        moved[k] += t
        return land(moved)

    return line


def each_step(method: str, formula: Method, dimensions: int) -> int:
    """Returns how many passes through the circuit one step takes."""
    if method == NUMERICAL:
        return len([s for s in formula.steps if s]) * dimensions + (1 if 0 in formula.steps else 0)
    return 2 if method == ANALYTIC else 1


def first(method: str) -> int:
    """Returns how many passes are made before the first step: the random ones must know what they start from."""
    return 1 if method in (RANDOM, LOCAL) else 0


def descend(
    land: Landscape,
    limits: Limits,
    *,
    method: str,
    steps: int,
    rate: float | None,
    seed: int,
    budget: int | None = None,
    reach: float | None = None,
    formula: str = CENTRAL.name,
    h: float | None = None,
) -> Descent:
    """Returns what one approach finds in so many steps.

    Args:
        land: the function, and where it starts.
        limits: `evaluations` says how many passes it may take.
        method: the approach.
        steps: at most so many.
        rate: length of a random step; what a gradient is multiplied with. None: one that suits the
            function.
        seed: of what is drawn.
        budget: passes that it may take; a step that would take more is not begun.
        reach: half the width of the box that random points are drawn from; default in proportion to the start.
        formula: of the differences, "central" or "forward".
        h: their step.

    Raises:
        BadInput: for an unknown method or formula, or where nothing can move.
        TooLarge: for more evaluations than the limit.
    """
    check_names(method, formula, land)
    size = float(np.max(np.abs(land.start)))
    chosen = fitting(land, method) if rate is None else rate
    plan = Plan(chosen, reach or REACH * max(1.0, size), DIFFERENCES[formula], h, seed)
    each = each_step(method, plan.formula, land.start.size)
    afford = steps if budget is None else max(0, (budget - first(method)) // each)
    wanted = min(steps, afford)
    limits.check(
        "evaluations",
        first(method) + wanted * each,
        f"{wanted:,} steps of {method} take {{found}} evaluations",
    )
    moves, evaluations = [], []
    for move in APPROACHES[method](land, plan):
        moves.append(move)
        evaluations.append(land.passes)
        if len(moves) > wanted:
            break
    ended, note = ending(land, moves, wanted, steps)
    entries = land.entries(max(1, LISTED // len(moves)))
    return Descent(
        method=method,
        entries=entries,
        dimensions=land.start.size,
        losses=np.array([move.loss for move in moves]),
        evaluations=evaluations,
        path=np.array([move.x[: len(entries)] for move in moves]),
        tried=np.array([move.tried for move in moves[1:]]),
        kept=[move.kept for move in moves[1:]],
        cosines=np.array([move.cosine for move in moves[1:] if move.cosine is not None]),
        expected_cosine=mean_cosine(land.start.size),
        downhill=sum(better(now.tried, before.loss) for before, now in pairwise(moves)),
        each=each,
        rate=plan.rate,
        reach=plan.reach,
        end=land.split(moves[-1].x),
        ended=ended,
        note=note,
    )


def fitting(land: Landscape, method: str) -> float:
    """Returns a rate that suits the function: what is tried to find it costs nothing.

    For a gradient it is the one of RATES that leads lowest in a few steps, for a random direction a tenth of the size
    of what moves.
    """
    if method in (RANDOM, LOCAL):
        return float(f"{LENGTH * max(1.0, float(np.max(np.abs(land.start)))):.2g}")
    best, least, worse = RATES[-1], math.inf, 0
    for rate in RATES:
        end = lowest(land, rate)
        if end < least:
            best, least, worse = rate, end, 0
        elif math.isfinite(end):
            worse += 1
        if worse == ENOUGH:
            break
    return best


def lowest(land: Landscape, rate: float) -> float:
    """Returns the output after a few steps against the gradient; infinite where it is no number or has risen."""
    x, loss = land.start, land.seen(land.start)
    for _ in range(TRIALS):
        with np.errstate(all="ignore"):
            x = x - rate * land.slopes(x)
        before, loss = loss, land.seen(x)
        if not loss <= before:
            return math.inf
    return loss if math.isfinite(loss) else math.inf


def check_names(method: str, formula: str, land: Landscape) -> None:
    """Raises BadInput for an approach or a formula that there is not, and where nothing can move."""
    if method not in APPROACHES:
        raise BadInput(
            f"There is no method {excerpt(method)!r}.", hint=f"Use one of {', '.join(APPROACHES)}."
        )
    if formula not in DIFFERENCES:
        raise BadInput(
            f"There is no formula {excerpt(formula)!r}.", hint=f"Use {' or '.join(DIFFERENCES)}."
        )
    if not land.start.size:
        raise BadInput("The program has no input that can move.", hint="Use one, such as x.")


def ending(land: Landscape, moves: Sequence[Move], wanted: int, steps: int) -> tuple[str, str]:
    """Returns why a descent ended, and what has to be said of it."""
    last, taken = moves[-1], len(moves) - 1
    if taken == wanted:
        odd = sum(not math.isfinite(move.tried) for move in moves[1:])
        if odd and math.isfinite(last.loss):
            return (
                "budget" if wanted < steps else "steps",
                f"At {odd} of {taken} points tried the output is no finite number; none of them is kept.",
            )
        if math.isfinite(last.loss):
            return "budget" if wanted < steps else "steps", ""
    where = "At the start" if not taken else f"After step {taken}"
    if not math.isfinite(last.loss):
        if taken and all(now.loss < before.loss for before, now in pairwise(moves[:-1])):
            return (
                "non-finite",
                f"The output falls without end, by step {taken} beyond all numbers: it has no lowest point this way.",
            )
        smaller = " A smaller rate goes less far." if taken else ""
        return (
            "non-finite",
            f"{where} the output is no finite number: {land.odd(last.x)}.{smaller}",
        )
    if np.isfinite(land.slopes(last.x)).all():
        return "flat", f"{where} the gradient is 0: there is no direction to follow."
    return "non-finite", f"{where} the gradient is no finite number."


def better(tried: float, loss: float) -> bool:
    """Returns whether an output is smaller; what is no finite number never is, and anything is against it."""
    return math.isfinite(tried) and not tried >= loss


def unit(direction: Array) -> Array:
    """Returns a direction of length 1."""
    return direction / math.sqrt(float(direction @ direction))


def cosine(direction: Array, slopes: Array) -> float | None:
    """Returns the cosine between a direction of length 1 and the gradient; None where that is 0 or no number."""
    size = float(np.max(np.abs(slopes)))
    if not math.isfinite(size) or not size:
        return None
    scaled = slopes / size
    return float(direction @ scaled) / math.sqrt(float(scaled @ scaled))


def mean_cosine(dimensions: int) -> float:
    """Returns sqrt(2 / (π n)), the mean |cosine| between random directions; for few dimensions a little less than it is.

    Source: one entry of a point drawn evenly from the sphere is nearly normal, with variance 1/n.
    """
    return math.sqrt(2 / (math.pi * dimensions))
