"""Why a number that a step shows is not finite, as a clause: "(NaN: 0 × Infinity)". Empty where all is finite."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from engine.graph import Array
from engine.numbers import say_number

Place = tuple[int, ...]


def finite(value: Array) -> bool:
    """Returns whether there is nothing to name; truth values and whole numbers always are finite."""
    if value.shape == ():
        return math.isfinite(value)
    return value.dtype != np.float64 or bool(np.isfinite(value).all())


def worst(value: Array) -> Place:
    """Returns the first entry that is NaN, else the first that is infinite."""
    wrong = np.isnan(value)
    if not wrong.any():
        wrong = np.isinf(value)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), value.shape))


def named(value: Array, place: Place) -> str:
    """Returns "NaN", "Infinity" or "-Infinity"."""
    return say_number(float(value[place]))


def entry(argument: Array, shape: tuple[int, ...], place: Place) -> str | None:
    """Returns an argument's number at an entry of the output it is stretched to, or None where it is not stretched so."""
    if argument.shape == ():
        return say_number(float(argument))
    try:
        stretched = np.broadcast_to(argument, shape)
    except ValueError:
        return None
    return say_number(float(stretched[place]))


def of_value(
    value: Array, arguments: Sequence[Array], applied: Callable[[Sequence[str]], str]
) -> str:
    """Returns the clause of a forward step.

    Args:
        value: what the gate made.
        arguments: of what.
        applied: writes the gate applied to numbers, such as "0 / 0".
    """
    if finite(value):
        return ""
    place = worst(value)
    what = named(value, place)
    met = [entry(a, value.shape, place) for a in arguments]
    numbers = [m for m in met if m is not None]
    made = f": {applied(numbers)}" if len(numbers) == len(met) and value.shape != () else ""
    if all(finite(a) for a in arguments):
        return f" The first {what} is born here{made}."
    if value.shape == () and all(a.shape == () for a in arguments):
        return ""  # the numbers stand in the sentence
    return f" {what}{made or ' since an entry that comes in is not finite'}."


def of_product(upstream: Array, local: Array | None, downstream: Array) -> str:
    """Returns the clause of a backward step: the upstream and local entries that made NaN or an infinity."""
    if finite(downstream):
        return ""
    place = worst(downstream)
    what = named(downstream, place)
    same = local is not None and local.shape == upstream.shape == downstream.shape
    if same and local is not None:
        a, b = float(upstream[place]), float(local[place])
        if np.isfinite(a * b):
            return ""
        if np.isnan(a):
            return " (NaN: what arrives is NaN)" if np.isnan(downstream[place]) else ""
        if np.isnan(b):
            return " (NaN: the local gradient does not exist here)"
        return f" ({what}: {say_number(a)} × {say_number(b)})"
    if np.isnan(upstream).any():
        return f" ({what}: NaN is among what arrives)"
    if not finite(upstream):
        return f" ({what}: Infinity is among what arrives)"
    return f" ({what}: the local gradient is not finite here)"


def of_sum(contributions: Sequence[Array], total: Array) -> str:
    """Returns the clause of a fan-out: NaN arrived, or infinities of both signs cancelled."""
    if not np.isnan(total).any():
        return ""
    arrived = any(np.isnan(c).any() for c in contributions)
    return " (NaN: one of them is NaN)" if arrived else " (NaN: Infinity − Infinity)"


def of_slope(local: Array | None) -> str:
    """Returns the clause of a local gradient that does not exist."""
    return " (NaN: it does not exist here)" if local is not None and np.isnan(local).any() else ""
