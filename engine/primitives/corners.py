"""Where piecewise functions have their corners: masks over the output's entries, for a record's `kink`."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives.primitive import Hull, Kink
from engine.primitives.shapes import Axis

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


def zero(out: Array, x: Array, **_settings: object) -> Mask:
    """Returns where the argument is 0."""
    return x == 0


def equal(out: Array, x: Array, y: Array, **_settings: object) -> Mask:
    """Returns where two arguments are equal."""
    return x == y


def at_either(out: Array, x: Array, low: Array, high: Array, **_settings: object) -> Mask:
    """Returns where the argument is at one of its bounds."""
    return (x == low) | (x == high)


def several_equal(out: Array, *xs: Array, **_settings: object) -> Mask:
    """Returns where two or more arguments are the chosen one."""
    return np.sum(np.equal(np.broadcast_arrays(*xs), out), axis=0) > 1


def several_entries(out: Array, x: Array, *, axis: Axis = None, **_settings: object) -> Mask:
    """Returns where two or more entries of a reduction are the chosen one."""
    return np.sum(x == out, axis=axis, keepdims=True) > 1


def ends(out: Array, x: Array, *, axis: Axis = None, **_settings: object) -> Mask:
    """Returns where the largest or the smallest entry of a reduction ties with another."""
    high = x == np.max(x, axis=axis, keepdims=True)
    low = x == np.min(x, axis=axis, keepdims=True)
    return (np.sum(high, axis=axis, keepdims=True) > 1) | (
        np.sum(low, axis=axis, keepdims=True) > 1
    )


def middle(out: Array, x: Array, *, axis: Axis = None, **_settings: object) -> Mask:
    """Returns where more entries equal the median than make it: one of an odd count, two of an even one."""
    count = x.size // max(out.size, 1)
    return np.sum(x == out, axis=axis, keepdims=True) > 2 - count % 2


def neighbours(out: Array, x: Array, *, axis: int | None = -1, **_settings: object) -> Mask:
    """Returns where an entry of a sorted array equals one beside it."""
    along = -1 if axis is None else axis
    same = np.diff(np.moveaxis(out, along, -1), axis=-1) == 0
    edge = np.zeros((*same.shape[:-1], 1), dtype=bool)
    tied = np.concatenate([same, edge], axis=-1) | np.concatenate([edge, same], axis=-1)
    return np.moveaxis(tied, -1, along)


def vanishing(out: Array, *_arrays: Array, **_settings: object) -> Mask:
    """Returns where a length is 0: the point of a cone."""
    return out == 0


def constant(out: Array, x: Array, *, axis: Axis = None, **_settings: object) -> Mask:
    """Returns where all entries of a reduction are equal: a spread's point of a cone, whatever rounding leaves of it."""
    return np.ptp(x, axis=axis, keepdims=True) == 0


TIE = "its arguments tie"
ENTRIES = "its chosen entries tie"
SHARES = "any share from 0 to 1"
SLOPES = "any slope from 0 to 1"

AT_ZERO = Kink(zero, "its argument is 0", "any slope from -1 to 1", Hull.SIDES)
AT_ZERO_FROM_FLAT = Kink(zero, "its argument is 0", SLOPES, Hull.SIDES)
AT_A_BOUND = Kink(equal, "its argument is at the bound", SLOPES, Hull.SIDES)
AT_EITHER_BOUND = Kink(at_either, "its argument is at a bound", SLOPES, Hull.SIDES)
TIE_OF_TWO = Kink(equal, TIE, SHARES, Hull.SHARES)
TIE_OF_SEVERAL = Kink(several_equal, TIE, SHARES, Hull.SHARES)
TIE_OF_ENTRIES = Kink(several_entries, ENTRIES, SHARES, Hull.SHARES)
TIE_AT_THE_ENDS = Kink(ends, ENTRIES, SHARES, Hull.SHARES)
TIE_IN_THE_MIDDLE = Kink(middle, ENTRIES, SHARES, Hull.SHARES)
TIE_OF_NEIGHBOURS = Kink(neighbours, "entries tie", SHARES, Hull.ORDERS)
POINT_OF_CONE = Kink(vanishing, "it is 0", "any gradient of length up to 1", Hull.BALL)
NO_SPREAD = Kink(
    constant, "all entries are equal", "any gradient as long as those nearby", Hull.BALL
)
