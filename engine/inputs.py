"""Given values: a number, a full nested list, an array, or a shape with a fill."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadInput, EngineError, excerpt
from engine.limits import Limits

MOST_WHOLE = 2.0**53
FILLS = ("normal", "uniform", "zeros", "ones", "linspace")


def read_inputs(inputs: Mapping[str, object], limits: Limits) -> dict[str, NDArray[np.float64]]:
    """Returns every given value as a float64 array of its own.

    Raises:
        BadInput: naming the input, what was found, and what it may be.
        TooLarge: for more inputs or larger ones than the limits allow.
    """
    limits.check("inputs", len(inputs), "{found} inputs are given")
    values = {}
    for name, given in inputs.items():
        if type(name) is not str or not name.isidentifier():
            raise BadInput(f"{excerpt(name)!r} is not a name.", hint="Use a name from the program.")
        limits.check("name_characters", len(name), "a name has {found} characters")
        try:
            values[unicodedata.normalize("NFKC", name)] = read_value(
                given, limits
            )  # as Python does
        except EngineError as error:
            error.detail = f"Input {excerpt(name)}: {error.detail}"
            raise
    total = sum(v.size for v in values.values())
    limits.check("total_numbers", total, "the inputs hold {found} numbers")
    return values


def read_value(given: object, limits: Limits) -> NDArray[np.float64]:
    """Returns one given value as a float64 array."""
    if isinstance(given, Mapping):
        return filled(given, limits)
    if isinstance(given, bool | int | float | np.number | np.bool_):
        return finite(np.asarray(to_float(given)))
    if isinstance(given, np.ndarray):
        if given.dtype.kind not in "fiub":
            raise BadInput(f"an array of {given.dtype} is not numeric.", hint="Give numbers.")
        limits.check("node_numbers", given.size, "it holds {found} numbers")
        limits.check("dimensions", given.ndim, "it has {found} dimensions")
        return finite(np.array(given, dtype=np.float64))
    if isinstance(given, list | tuple):
        numbers: list[float] = []
        shape = flatten(given, numbers, limits)
        return finite(np.array(numbers, dtype=np.float64).reshape(shape))
    found = (
        "nothing"
        if given is None
        else f"text ({excerpt(given)!r})"
        if isinstance(given, str)
        else "something else"
    )
    raise BadInput(
        f"{found} was found where a number belongs.", hint="Give a number or a list of numbers."
    )


def to_float(number: bool | int | float | np.number | np.bool_) -> float:
    """Returns a Python or NumPy number as a float; one too large for a float is not finite."""
    try:
        return float(number)
    except OverflowError:
        return float("inf")


def flatten(
    given: list[object] | tuple[object, ...], numbers: list[float], limits: Limits
) -> tuple[int, ...]:
    """Appends the numbers of a nested list in order and returns its shape.

    Raises:
        BadInput: when rows differ in length or something is not a number.
    """
    level: list[object] = [given]
    shape: list[int] = []
    while level and isinstance(level[0], list | tuple):
        limits.check("dimensions", len(shape) + 1, "it has {found} dimensions")
        lengths = {len(row) if isinstance(row, list | tuple) else -1 for row in level}
        if len(lengths) > 1:
            sizes = sorted(lengths)
            what = (
                "numbers and lists are mixed"
                if sizes[0] == -1
                else (f"the rows have different lengths: {sizes[0]} and {sizes[1]}")
            )
            raise BadInput(f"{what}.", hint="Make every row the same length.")
        shape.append(lengths.pop())
        level = [entry for row in level if isinstance(row, list | tuple) for entry in row]
        limits.check("node_numbers", len(level), "it holds {found} numbers")
    for entry in level:
        if not isinstance(entry, bool | int | float | np.number | np.bool_):
            mixed = isinstance(entry, list | tuple)
            found = (
                "numbers and lists are mixed" if mixed else f"{excerpt(entry)!r} is not a number"
            )
            raise BadInput(f"{found}.", hint="Make every row the same length, of numbers only.")
        numbers.append(to_float(entry))
    if 0 in shape:
        raise BadInput("the list is empty.", hint="Give at least one number.")
    return tuple(shape)


def filled(given: Mapping[object, object], limits: Limits) -> NDArray[np.float64]:
    """Returns an array from {"shape", "fill", "seed", "scale"}."""
    unknown = [str(k) for k in given if k not in ("shape", "fill", "seed", "scale")]
    if unknown:
        raise BadInput(
            f"{excerpt(unknown[0])!r} is not one of shape, fill, seed, scale.", hint="Leave it out."
        )
    sizes = given.get("shape")
    if not isinstance(sizes, list | tuple) or not all(type(n) is int and n > 0 for n in sizes):
        raise BadInput(
            "shape must be a list of whole numbers above 0.", hint='Such as {"shape": [3, 4]}.'
        )
    limits.check("dimensions", len(sizes), "it has {found} dimensions")
    shape = tuple(int(n) for n in sizes if isinstance(n, int))
    count = 1
    for n in shape:
        count *= n
    limits.check("node_numbers", count, "it holds {found} numbers")
    fill, seed, scale = given.get("fill", "normal"), given.get("seed", 0), given.get("scale", 1.0)
    if fill not in FILLS:
        raise BadInput(
            f"fill {excerpt(fill)!r} is not known.", hint=f"Use one of {', '.join(FILLS)}."
        )
    if type(seed) is not int or not 0 <= seed < 2**32:
        raise BadInput("seed must be a whole number from 0 to 4294967295.", hint="Such as 0.")
    if isinstance(scale, bool) or not isinstance(scale, int | float):
        raise BadInput("scale must be a number.", hint="Such as 1.0.")
    rng = np.random.default_rng(seed)
    if fill == "normal":
        base = rng.normal(size=shape)
    elif fill == "uniform":
        base = rng.uniform(size=shape)
    elif fill == "linspace":
        base = np.linspace(0.0, 1.0, count).reshape(shape)
    else:
        base = np.full(shape, 1.0 if fill == "ones" else 0.0)
    return finite(base * to_float(scale))


def finite(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the array, or refuses it for a NaN or an infinity."""
    if not np.isfinite(array).all():
        raise BadInput("it holds a value that is not a finite number.", hint="Use finite numbers.")
    return array


def whole(name: str, array: NDArray[np.float64]) -> NDArray[np.int64]:
    """Returns an input that is used as an index or a size as integers.

    Raises:
        BadInput: when a number of it is not whole.
    """
    rounded = np.round(array)
    if np.abs(array).max(initial=0.0) > MOST_WHOLE:
        raise BadInput(
            f"Input {excerpt(name)} is used as an index or a size, but is far too large.",
            hint="Give small whole numbers.",
        )
    if not np.array_equal(rounded, array):
        raise BadInput(
            f"Input {excerpt(name)} is used as an index or a size, but holds "
            f"{float(array[rounded != array].flat[0]):g}.",
            hint="Give whole numbers.",
        )
    return rounded.astype(np.int64)
