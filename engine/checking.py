"""The gradient check: analytic slopes held against numerical ones, and corners told from mistakes.

A disagreement is no proof of a mistake: at a corner every slope between two is right, and a step may cross a corner or be
too coarse. So where the two differ, the analytic slope is looked at again: against finer steps, and on both sides nearby.
It is called wrong only where it differs although the function is smooth there.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.errors import BadInput, excerpt
from engine.graph import Array, Graph, Shape
from engine.limits import Deadline, Limits
from engine.numerical import (
    CENTRAL,
    FORWARD,
    METHODS,
    Difference,
    Function,
    Line,
    Method,
    difference,
    flops,
    weighted,
)

OK, KINK, WRONG = "ok", "kink", "wrong"
SEVERITY = (OK, KINK, WRONG)

FLOOR = 1e-8
BANDS = (
    (1e-7, "happy"),
    (1e-4, "okay with kinks"),
    (1e-2, "uncomfortable"),
    (math.inf, "probably wrong"),
)
"""Bounds of the relative error, and what they are called.

Source: CS231n course notes, "Neural Networks Part 3", section "Gradient checks": above 1e-2 the gradient is probably
wrong, down to 1e-4 one should feel uncomfortable, below it is usually okay where there are kinks, and at 1e-7 or less
one should be happy.
"""

LINES = 24
"""Along how many lines a value with too many entries is tried: some of its entries, and random directions."""
DIRECTIONS_IN = 6
"""Of so many lines, one is a random direction."""
SUSPECTS = 10
"""How many entries of one value, at most, are looked at again."""
CLOSE = 1e-5
VAGUE = 1e-2
"""Relative gaps that count as agreement: where the steps agree among themselves, and at most where they do not."""
FINER = tuple(10.0**-k for k in range(3, 11))
NEARBY = 1e-3
ON_CORNER = "The point is on a corner or a jump; beside it the analytic slope is right."
CROSSED = "The step crosses a corner; the analytic slope agrees with finer steps."
NO_SLOPE = "The function has no finite slope exactly here; beside it the analytic slope is right."
COARSE = "The step is too coarse or too fine here; the analytic slope agrees with others."
MISTAKE = "The analytic slope differs from the numerical one although the function is smooth here."
NO_VALUE = "The output is not a finite number here, so there is nothing to compare."
UNUSED = "The program does not use it."
EPSILON = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, slots=True)
class Worst:
    """The entry with the largest relative error, of those that were tried.

    Attributes:
        index: its place, an index an axis.
        analytic: its slope by the backward pass.
        numerical: its slope by the differences.
        right: the numerical slope to the right alone.
        left: likewise to the left; None where the method does not look there.
    """

    index: tuple[int, ...]
    analytic: float
    numerical: float
    right: float
    left: float | None


@dataclass(frozen=True, slots=True)
class Sample:
    """What was tried of a value with too many entries.

    Attributes:
        coordinates: flat places of the entries that were tried.
        analytic: their slopes by the backward pass.
        numerical: their slopes by the differences.
        along_analytic: slopes along random directions, by the backward pass.
        along_numerical: the same by the differences.
    """

    coordinates: tuple[int, ...]
    analytic: Array
    numerical: Array
    along_analytic: Array
    along_numerical: Array


@dataclass(frozen=True, slots=True)
class Checked:
    """One input or node.

    Attributes:
        place: its tape place, or None for an input that the program does not use.
        analytic: its gradient by the backward pass.
        numerical: its gradient by the differences, or None where it was sampled.
        sample: what was tried instead, or None.
        relative_error: largest |a - n| / max(1e-8, |a| + |n|).
        band: what CS231n calls an error of that size, or None where it is no number.
        verdict: "ok", "kink" or "wrong".
        note: one sentence where something has to be said, else "".
        worst: the entry with that error, or None.
        evaluations: of the function, for the differences.
        kink_evaluations: of the function, to tell corners from mistakes.
    """

    place: int | None
    analytic: Array
    numerical: Array | None
    sample: Sample | None
    relative_error: float
    band: str | None
    verdict: str
    note: str
    worst: Worst | None
    evaluations: int
    kink_evaluations: int


@dataclass(frozen=True, slots=True)
class Check:
    """A whole gradient check.

    Attributes:
        method: name of the difference formula.
        h: its step; of numbers above 1 in proportion, unless it was given.
        scaled: whether it was in proportion.
        value: the function at the point.
        inputs: by name of wrt.
        nodes: by tape place, or None where they were not asked for.
        verdict: the worst of all.
        note: how much was tried, where that is not everything, else "".
        evaluations: of the function, for all differences together; one of them at the point itself where the formula
            needs it.
        kink_evaluations: of the function, to tell corners from mistakes.
    """

    method: str
    h: float
    scaled: bool
    value: float
    inputs: Mapping[str, Checked]
    nodes: Mapping[int, Checked] | None
    verdict: str
    note: str
    evaluations: int
    kink_evaluations: int


@dataclass(frozen=True, slots=True)
class Point:
    """Where the check is made: one forward and backward pass.

    Attributes:
        graph: the tape.
        values: one array a node.
        upstream: per tape place, what the backward pass found, or None where nothing arrives.
        seed: the first upstream.
    """

    graph: Graph
    values: Sequence[Array]
    upstream: Sequence[Array | None]
    seed: Array

    def at_x(self) -> float:
        """Returns the function that is checked, at the point."""
        return weighted(self.seed, self.values[self.graph.output])

    def gradient(self, place: int) -> Array:
        """Returns the gradient of one node; zeros where nothing arrives."""
        found = self.upstream[place]
        return np.zeros(self.values[place].shape) if found is None else found

    def rounding(self) -> float:
        """Returns how far rounding moves the function, to first order: every value is rounded to a part of itself.

        Source: Higham, Accuracy and Stability of Numerical Algorithms, section 3.3, running error analysis.
        """
        total = abs(self.at_x())
        with np.errstate(all="ignore"):
            for value, upstream in zip(self.values, self.upstream, strict=True):
                if upstream is not None:
                    moved = float(np.abs(upstream * value).sum())
                    total += moved if math.isfinite(moved) else 0.0
        return EPSILON * total if math.isfinite(total) else 0.0


def gradient_check(
    point: Point,
    places: Mapping[str, int | None],
    unused: Mapping[str, Shape],
    limits: Limits,
    deadline: Deadline,
    *,
    method: str = CENTRAL.name,
    h: float | None = None,
    nodes: Iterable[int] | None = None,
) -> Check:
    """Returns the check of every name, and of every node asked for.

    Args:
        point: where the check is made.
        places: tape place of every name of wrt; None for an input that the program does not use.
        unused: the shapes of those.
        limits: `check_entries` and `check_flops` say when entries are drawn.
        deadline: checked at each evaluation.
        method: name of the difference formula.
        h: its step; default the method's own.
        nodes: tape places whose gradients are checked too.

    Raises:
        BadInput: for an unknown method, or an h that is not above 0 and at most 1.
    """
    formula = formula_of(method)
    step = step_of(h)
    asked = [] if nodes is None else list(nodes)
    used = list(dict.fromkeys([*(p for p in places.values() if p is not None), *asked]))
    checker = Checker(point, formula, step, lines_of(point, used, formula, limits), deadline)
    done = {place: checker.checked(place) for place in used}
    inputs = {
        name: checker.unused(unused[name]) if place is None else done[place]
        for name, place in places.items()
    }
    at_point = 1 if 0 in formula.steps and done else 0
    return Check(
        method=formula.name,
        h=step or formula.h,
        scaled=step is None,
        value=point.at_x(),
        inputs=inputs,
        nodes=None if nodes is None else {place: done[place] for place in asked},
        verdict=most_severe(c.verdict for c in [*inputs.values(), *done.values()]),
        note=method_note(done.values()),
        evaluations=at_point + sum(c.evaluations - at_point for c in done.values()),
        kink_evaluations=sum(c.kink_evaluations for c in done.values()),
    )


def formula_of(method: str) -> Method:
    """Returns a difference formula by its name.

    Raises:
        BadInput: for a name that is none.
    """
    if method not in METHODS:
        raise BadInput(
            f"There is no method {excerpt(method)!r}.", hint=f"Use one of {', '.join(METHODS)}."
        )
    return METHODS[method]


def step_of(h: float | None) -> float | None:
    """Returns the step that was given.

    Raises:
        BadInput: for one that is not above 0 and at most 1.
    """
    if h is not None and not 0 < h <= 1:
        raise BadInput(f"h is {h:g}; it must be above 0 and at most 1.", hint="Such as 1e-5.")
    return None if h is None else float(h)


def lines_of(point: Point, places: Sequence[int], formula: Method, limits: Limits) -> int | None:
    """Returns along how many lines each value is tried, or None where every entry can be tried."""
    evaluations = len([step for step in formula.steps if step])
    entries = sum(int(point.values[place].size) for place in places)
    each = evaluations * flops(point.graph, point.values)
    if entries <= limits.check_entries and entries * each <= limits.check_flops:
        return None
    return min(LINES, max(2, int(limits.check_flops) // (each * len(places))))


class Checker:
    """Checks one value after the other.

    Args:
        point: where the check is made.
        formula: the difference formula.
        h: its step as it was given, or None for its own, in proportion to the numbers.
        lines: along how many lines a value with more entries is tried; None for every entry.
        deadline: checked at each evaluation.
    """

    def __init__(
        self,
        point: Point,
        formula: Method,
        h: float | None,
        lines: int | None,
        deadline: Deadline,
    ) -> None:
        self._lines = lines
        self._deadline = deadline
        self._point = point
        self._formula = formula
        self._h = h
        self._at_x = point.at_x()
        self._rounding = point.rounding()

    def unused(self, shape: Shape) -> Checked:
        """Returns the check of an input that the program does not use: nothing to evaluate."""
        zeros = np.zeros(shape)
        return Checked(None, zeros, zeros, None, 0.0, BANDS[0][1], OK, UNUSED, None, 0, 0)

    def checked(self, place: int) -> Checked:
        """Returns the check of one node's gradient: of every entry, or of a sample."""
        point = self._point
        function = Function(point.graph, point.values, place, point.seed, self._deadline)
        analytic = np.asarray(point.gradient(place), dtype=np.float64)
        sampled = self._lines is not None and function.x.size > self._lines
        places = list(range(function.x.size))
        directions: list[Array] = []
        if self._lines is not None and sampled:
            rng = np.random.default_rng(place)
            count = max(1, self._lines // DIRECTIONS_IN)
            places = some_of(function.x.size, self._lines - count, rng)
            directions = [unit(rng.normal(size=function.x.shape)) for _ in range(count)]
        lines = [
            *(Line(function, entry) for entry in places),
            *(Line(function, direction) for direction in directions),
        ]
        found = [difference(line, self._at_x, self._formula, self._step(line)) for line in lines]
        tried = function.evaluations
        slopes = np.array([line.part(analytic) for line in lines])
        numerical = np.array([d.slope for d in found])
        errors = relative_errors(slopes, numerical)
        verdict, note = self._judge(lines, slopes, found, errors)
        return Checked(
            place=place,
            analytic=analytic,
            numerical=None if sampled else numerical.reshape(function.x.shape),
            sample=sample(places, slopes, numerical) if sampled else None,
            relative_error=float(errors.max()),
            band=band(float(errors.max())),
            verdict=verdict,
            note=note,
            worst=worst(places, function.x.shape, slopes, found, errors),
            evaluations=tried + (1 if 0 in self._formula.steps else 0),
            kink_evaluations=function.evaluations - tried,
        )

    def _step(self, line: Line) -> float:
        return self._formula.h * line.scale if self._h is None else self._h

    def _judge(
        self,
        lines: Sequence[Line],
        slopes: Array,
        found: Sequence[Difference],
        errors: Array,
    ) -> tuple[str, str]:
        """Returns the verdict on one value, and what has to be said of it: the worst of the entries that stand out."""
        if not math.isfinite(self._at_x):
            return KINK, NO_VALUE
        order = np.argsort(-np.nan_to_num(errors, nan=np.inf), kind="stable").tolist()
        apart = [k for k in order if not self._agree(slopes[k], found[k])]
        bent = [k for k in order if k not in set(apart) and self._bent(found[k])]
        told = [
            *(self._told(lines[k], slopes[k], found[k]) for k in apart[:SUSPECTS]),
            *(self._corner(lines[k], found[k].h, 0.0) or (OK, "") for k in bent[:SUSPECTS]),
        ]
        return max(told, key=lambda t: SEVERITY.index(t[0]), default=(OK, ""))

    def _agree(self, analytic: float, found: Difference, spread: float = 0.0) -> bool:
        """Returns whether a slope is the numerical one, as far as its steps and rounding let it be known.

        A step so fine that rounding hides the slope is no excuse: other steps are then asked.

        Args:
            analytic: the slope.
            found: the numerical one.
            spread: how far the numerical slope of the next finer step is from it.
        """
        gap, size = abs(analytic - found.slope), abs(analytic) + abs(found.slope)
        if not math.isfinite(gap):
            return False
        known = CLOSE * size + min(10 * spread, VAGUE * size)
        return gap <= known + 10 * self._rounding / max(found.h, FORWARD.h)

    def _bent(self, found: Difference) -> bool:
        """Returns whether the slopes to the right and to the left differ by more than a smooth function's would."""
        if found.left is None:
            return False
        jump = abs(found.right - found.left)
        return jump > 1e-3 * (abs(found.right) + abs(found.left)) + 10 * self._rounding / found.h

    def _told(self, line: Line, analytic: float, found: Difference) -> tuple[str, str]:
        """Returns whether an entry whose slopes differ is on a corner, beside one, only tried too coarsely, or wrong."""
        if self._right(line, 0.0, analytic):
            corner = self._corner(line, found.h, abs(analytic - found.slope))
            return corner or (OK, COARSE)
        sides = [
            self._right(line, t, slope)
            for t in (NEARBY * line.scale, -NEARBY * line.scale)
            if math.isfinite(line(t))
            for slope in [line.slope(t)]
        ]
        if sides and all(sides):
            return KINK, ON_CORNER if math.isfinite(analytic) else NO_SLOPE
        return WRONG, MISTAKE

    def _corner(self, line: Line, h: float, least: float) -> tuple[str, str] | None:
        """Returns what is to be said of a corner within a step, or None where there is none.

        The analytic slopes of the two ends are compared. Between smooth ends they differ in proportion to the step: by a
        tenth for a tenth of it. Across a corner they differ by as much, or no longer at all.
        """
        jump = self._jump(line, h)
        if not jump > least or 0.03 < self._jump(line, h / 10) / jump < 0.9:
            return None
        return KINK, ON_CORNER if self._jump(line, h / 1000) > 0.9 * jump else CROSSED

    def _jump(self, line: Line, h: float) -> float:
        return abs(line.slope(h) - line.slope(-h))

    def _right(self, line: Line, t: float, slope: float) -> bool:
        """Returns whether an analytic slope is right at the distance t: the finest steps that rounding leaves agree."""
        at_t = line(t)
        found = [
            difference(lambda step: line(t + step), at_t, CENTRAL, h * line.scale) for h in FINER
        ]
        spreads = [abs(a.slope - b.slope) for a, b in pairwise(found)]
        finite = [k for k, spread in enumerate(spreads) if math.isfinite(spread)]
        if not finite:
            return False
        best = min(finite, key=lambda k: spreads[k] + self._rounding / found[k + 1].h)
        return self._agree(slope, found[best], spreads[best])


def relative_errors(analytic: Array, numerical: Array) -> Array:
    """Returns |a - n| / max(1e-8, |a| + |n|), entry by entry.

    Source: CS231n, assignment 1, rel_error: the floor is for the case that both are zero.
    """
    with np.errstate(all="ignore"):
        scale = np.maximum(FLOOR, np.abs(analytic) + np.abs(numerical))
        return np.asarray(np.abs(analytic - numerical) / scale)


def band(error: float) -> str | None:
    """Returns what CS231n calls a relative error, or None where it is no number."""
    return None if math.isnan(error) else next(word for bound, word in BANDS if error <= bound)


def some_of(count: int, wanted: int, rng: np.random.Generator) -> list[int]:
    """Returns so many places of so many, drawn and then sorted; all where there are no more."""
    if count <= wanted:
        return list(range(count))
    return sorted(int(k) for k in rng.choice(count, wanted, replace=False))


def unit(direction: Array) -> Array:
    """Returns a direction of length 1."""
    return direction / math.sqrt(float(np.vdot(direction, direction)))


def sample(places: Sequence[int], slopes: Array, numerical: Array) -> Sample:
    """Returns what was tried: the entries first, then the directions."""
    count = len(places)
    return Sample(
        tuple(places), slopes[:count], numerical[:count], slopes[count:], numerical[count:]
    )


def worst(
    places: Sequence[int],
    shape: Shape,
    slopes: Array,
    found: Sequence[Difference],
    errors: Array,
) -> Worst:
    """Returns the entry with the largest relative error; one that is no number counts as the largest."""
    k = int(np.argmax(np.nan_to_num(errors[: len(places)], nan=np.inf)))
    index = tuple(int(i) for i in np.unravel_index(places[k], shape))
    return Worst(index, float(slopes[k]), found[k].slope, found[k].right, found[k].left)


def most_severe(verdicts: Iterable[str]) -> str:
    """Returns the worst of several verdicts."""
    return max(verdicts, key=SEVERITY.index, default=OK)


def method_note(checked: Iterable[Checked]) -> str:
    """Returns how much was tried, where that is not everything."""
    samples = [(c.analytic.size, c.sample) for c in checked if c.sample is not None]
    if not samples:
        return ""
    entries = sum(size for size, _ in samples)
    one = samples[0][1]
    return (
        f"Trying {entries:,} entries one by one would take too long: of each large value "
        f"{counted(len(one.coordinates), 'entry', 'entries')} and "
        f"{counted(one.along_analytic.size, 'random direction', 'random directions')} were tried, "
        "drawn with a fixed seed."
    )


def counted(count: int, one: str, several: str) -> str:
    """Returns a number with its noun."""
    return f"{count} {one if count == 1 else several}"
