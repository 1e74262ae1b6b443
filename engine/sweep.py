"""The error of the difference formulas against their step: a V, falling with h until rounding takes over."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.checking import Point, counted, relative_errors, some_of
from engine.graph import Array
from engine.limits import Deadline, Limits
from engine.numerical import CENTRAL, FORWARD, Function, Line, flops

STEPS = tuple(10.0 ** (-k / 2) for k in range(2, 27))
"""1e-1 to 1e-13, two a decade; one where the circuit is large."""
ENTRIES = 20


@dataclass(frozen=True, slots=True)
class Curve:
    """One formula's errors, one a step.

    Attributes:
        absolute: largest |a - n| over the entries tried.
        relative: largest |a - n| / max(1e-8, |a| + |n|).
        best: the step with the least absolute error, or None where none is finite.
    """

    absolute: Array
    relative: Array
    best: float | None


@dataclass(frozen=True, slots=True)
class Swept:
    """The curves of one input.

    Attributes:
        place: its tape place.
        coordinates: flat places of the entries that were tried.
        curves: by name of the formula.
        evaluations: of the function; both formulas share them, and its value at the point.
    """

    place: int
    coordinates: tuple[int, ...]
    curves: Mapping[str, Curve]
    evaluations: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """A whole sweep.

    Attributes:
        steps: the values of h, falling; taken as they are, whatever the numbers' size.
        inputs: by name of wrt, without those that the program does not use.
        evaluations: of the function, the one at the point among them.
        note: how much was tried, where that is not everything, else "".
    """

    steps: Sequence[float]
    inputs: Mapping[str, Swept]
    evaluations: int
    note: str


def sweep(
    point: Point, places: Mapping[str, int | None], limits: Limits, deadline: Deadline
) -> Sweep:
    """Returns the error of each formula at each step, for every name of wrt.

    Args:
        point: where it is made, and the pass whose gradients are taken for true.
        places: tape place of every name; names without one are left out.
        limits: `check_flops` says how many entries of each are tried.
        deadline: checked at each evaluation.
    """
    used = [place for place in places.values() if place is not None]
    once = 2 * flops(point.graph, point.values) * max(1, len(used))
    affordable = int(limits.check_flops) // (once * len(STEPS))
    steps = STEPS if affordable else STEPS[::2]
    most = max(1, min(ENTRIES, affordable))
    inputs = {
        name: swept(
            Function(point.graph, point.values, place, point.seed, deadline),
            place,
            point.gradient(place),
            point.at_x(),
            most,
            steps,
        )
        for name, place in places.items()
        if place is not None
    }
    large = any(len(s.coordinates) < point.values[s.place].size for s in inputs.values())
    tried = counted(most, "entry was", "entries were")
    return Sweep(
        steps=steps,
        inputs=inputs,
        evaluations=1 + sum(s.evaluations - 1 for s in inputs.values()) if inputs else 0,
        note=f"Of each large value {tried} tried, drawn with a fixed seed." if large else "",
    )


def swept(
    function: Function,
    place: int,
    analytic: Array,
    at_x: float,
    most: int,
    steps: Sequence[float],
) -> Swept:
    """Returns the curves of one input, over so many of its entries at most."""
    places = some_of(function.x.size, most, np.random.default_rng(place))
    slopes = np.array([float(analytic.flat[k]) for k in places])
    ends = np.array(
        [[[line(h), line(-h)] for h in steps] for line in (Line(function, k) for k in places)]
    )
    widths = np.array(steps)
    with np.errstate(all="ignore"):
        numerical = {
            CENTRAL.name: (ends[:, :, 0] - ends[:, :, 1]) / (2 * widths),
            FORWARD.name: (ends[:, :, 0] - at_x) / widths,
        }
    return Swept(
        place,
        tuple(places),
        {name: curve(slopes[:, None], found, steps) for name, found in numerical.items()},
        1 + function.evaluations,
    )


def curve(analytic: Array, numerical: Array, steps: Sequence[float]) -> Curve:
    """Returns the errors of one formula, (entries, 1) against (entries, steps)."""
    with np.errstate(all="ignore"):
        absolute = np.abs(analytic - numerical).max(axis=0)
    known = np.where(np.isnan(absolute), math.inf, absolute)
    best = int(np.argmin(known))
    return Curve(
        absolute,
        relative_errors(analytic, numerical).max(axis=0),
        steps[best] if math.isfinite(known[best]) else None,
    )
