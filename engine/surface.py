"""The output over one or two entries of the inputs, all others held: a slice with its tangent, or a map with its arrow."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.checking import step_of
from engine.errors import BadInput
from engine.graph import Array
from engine.landscape import RATES, Entry, Landscape
from engine.limits import Limits
from engine.numerical import CENTRAL, FORWARD, Difference, difference

AUTO = "auto"
LEVELS = 11
"""How many heights a map's lines are drawn at."""
REACH = 2.0
"""How far an axis goes to each side where that is not said, in units of the entry's size, or of 1."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One entry, and the range it runs over.

    Attributes:
        entry: the number that moves.
        low: where the range begins; None for the default around the point.
        high: where it ends.
        count: how many values it takes, ends included.
    """

    entry: Entry
    low: float | None
    high: float | None
    count: int

    def values(self, at: float) -> Array:
        """Returns the values it takes, around the point where no range is given."""
        reach = REACH * max(1.0, abs(at))
        low = at - reach if self.low is None else self.low
        high = at + reach if self.high is None else self.high
        return np.linspace(low, high, self.count)


@dataclass(frozen=True, slots=True)
class Downhill:
    """One step against the gradient, along the chosen entries alone.

    Attributes:
        rate: what the gradient is multiplied with.
        to: where it leads, one number an axis.
        value: the output there.
        predicted: the output there to first order, value - rate · |gradient|².
    """

    rate: float
    to: Array
    value: float
    predicted: float


@dataclass(frozen=True, slots=True)
class Secant:
    """The line through two points of a slice.

    Attributes:
        formula: "central" or "forward".
        h: its step.
        at: the entry at both points.
        values: the output there.
        slope: of the line.
        error: how far that is from the gradient.
    """

    formula: str
    h: float
    at: tuple[float, float]
    values: tuple[float, float]
    slope: float
    error: float


@dataclass(frozen=True, slots=True)
class Surface:
    """The output over one or two entries.

    Attributes:
        axes: what moves.
        ranges: the values of each.
        at: the point itself, one number an axis.
        values: the output, one entry a value of the first axis, then of the second.
        levels: heights for a map's lines, rising: as much of the map lies between any two.
        value: the output at the point.
        gradient: there, one number an axis.
        tangent: of a slice, the line at the ends of its range; None for a map.
        downhill: the step asked for, or None.
        secants: of a slice, those asked for.
        evaluations: of the function, for the values.
        nonfinite: how many of the values are no finite number.
        note: one sentence where something has to be said, else "".
    """

    axes: Sequence[Axis]
    ranges: Sequence[Array]
    at: Array
    values: Array
    levels: Array
    value: float
    gradient: Array
    tangent: Array | None
    downhill: Downhill | None
    secants: Sequence[Secant]
    evaluations: int
    nonfinite: int
    note: str


def surface(
    land: Landscape,
    axes: Sequence[Axis],
    limits: Limits,
    *,
    rate: float | str | None = None,
    h: float | None = None,
) -> Surface:
    """Returns the output over one or two entries, with the gradient at the point.

    Args:
        land: the function of the inputs that the entries are of.
        axes: one or two different entries.
        limits: `evaluations` says how many values there may be.
        rate: of the step downhill that is wanted; AUTO: the largest whose step keeps what it promises.
        h: of the secants that are wanted, above 0 and at most 1; on a slice alone.

    Raises:
        BadInput: for an entry taken twice, a range that is none, or an h out of range.
        TooLarge: for more values than the limit.
    """
    check_axes(axes)
    limits.check(
        "evaluations",
        math.prod(axis.count for axis in axes),
        "the surface takes {found} evaluations",
    )
    places = [land.position(axis.entry) for axis in axes]
    at = land.start[places]
    ranges = [axis.values(float(x)) for axis, x in zip(axes, at, strict=True)]
    values = grid(land, places, ranges)
    value, gradient = land.seen(land.start), land.slopes(land.start)[places]
    odd = int(np.count_nonzero(~np.isfinite(values)))
    step = step_of(h)
    if isinstance(rate, str):
        rate = fitting_rate(land, places, value, gradient)
    return Surface(
        axes=axes,
        ranges=ranges,
        at=at,
        values=values,
        levels=levels_of(values),
        value=value,
        gradient=gradient,
        tangent=value + gradient[0] * (ranges[0][[0, -1]] - at[0]) if len(axes) == 1 else None,
        downhill=None if rate is None else downhill(land, places, rate, value, gradient),
        secants=()
        if step is None or len(axes) > 1
        else secants(land, places[0], step, value, float(gradient[0])),
        evaluations=land.passes,
        nonfinite=odd,
        note=f"At {odd} of {values.size} points the output is no finite number." if odd else "",
    )


def check_axes(axes: Sequence[Axis]) -> None:
    """Raises BadInput for an entry that is taken twice, and for a range that does not rise."""
    if len({axis.entry for axis in axes}) < len(axes):
        raise BadInput("Both axes are the same entry.", hint="Choose another, or one axis alone.")
    for axis in axes:
        if axis.low is not None and axis.high is not None and not axis.low < axis.high:
            raise BadInput(
                f"The range from {axis.low:g} to {axis.high:g} does not rise.",
                hint="Give low below high.",
            )


def grid(land: Landscape, places: Sequence[int], ranges: Sequence[Array]) -> Array:
    """Returns the output at every combination of the axes' values."""
    values = np.zeros([len(r) for r in ranges])
    x = land.start.copy()
    for index in np.ndindex(*values.shape):
        for place, numbers, i in zip(places, ranges, index, strict=True):
            x[place] = numbers[i]
        values[index] = land(x)
    return values


def levels_of(values: Array) -> Array:
    """Returns heights between which there is as much of the map each: near a valley's floor they lie close."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return np.zeros(0)
    found = np.unique(np.quantile(finite, np.linspace(0, 1, LEVELS + 2)[1:-1]))
    return np.asarray(found[(found > finite.min()) & (found < finite.max())])


def downhill(
    land: Landscape, places: Sequence[int], rate: float, value: float, gradient: Array
) -> Downhill:
    """Returns a step against the gradient: where it leads, what it promises, what it keeps."""
    x = land.start.copy()
    with np.errstate(all="ignore"):
        x[places] -= rate * gradient
        return Downhill(
            rate, x[places], land.seen(x), value - rate * float((gradient * gradient).sum())
        )


def fitting_rate(land: Landscape, places: Sequence[int], value: float, gradient: Array) -> float:
    """Returns the largest rate whose step keeps half of what the gradient promises.

    Source: L. Armijo, Minimization of functions having Lipschitz continuous first partial derivatives (1966).
    """
    for rate in RATES:
        step = downhill(land, places, rate, value, gradient)
        if step.value <= (value + step.predicted) / 2:
            return rate
    return RATES[-1]


def secants(
    land: Landscape, place: int, h: float, value: float, slope: float
) -> tuple[Secant, ...]:
    """Returns the lines of both formulas through a slice."""
    x = float(land.start[place])

    def line(t: float) -> float:
        moved = land.start.copy()
        moved[place] = x + t
        return land.seen(moved)

    found: list[Secant] = []
    for formula in (CENTRAL, FORWARD):
        made: Difference = difference(line, value, formula, h)
        left = x - h if formula is CENTRAL else x
        ends = (line(left - x) if formula is CENTRAL else value, line(h))
        found.append(
            Secant(formula.name, h, (left, x + h), ends, made.slope, abs(made.slope - slope))
        )
    return tuple(found)


def inputs_of(axes: Sequence[Axis]) -> Mapping[str, int]:
    """Returns the tape place of each input that the axes' entries are of, by name."""
    return {axis.entry.name: axis.entry.place for axis in axes}
