"""Values, sums and prints as lines of code."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.backward import Mask, Message
from engine.graph import Array, Shape, Whole
from engine.naming import literal
from engine.script.run import ScriptLine

WIDTH = 96
"""Characters of a line of numbers, about."""
A_LINE = 4
"""Numbers a line, of an array too long for one."""


def titled(title: str, lines: Sequence[ScriptLine]) -> list[ScriptLine]:
    """Returns lines below a comment, or nothing where there are none."""
    return [ScriptLine(""), ScriptLine(f"# {title}"), *lines] if lines else []


def printed(name: str, shape: Shape) -> str:
    """Returns the line that prints a value in full precision."""
    return f'print("{name} =", {name})' if shape == () else f'print("{name} =", {name}.tolist())'


def cleared(name: str, mask: Mask, message: Message) -> str:
    """Returns the line that puts 0 where an unselected branch met an infinite slope."""
    if np.isfinite(message.downstream).all():
        chosen = f"np.where(np.isfinite({name}), {name}, 0)"
    else:
        chosen = f"np.where(np.array({mask.tolist()}), 0, {name})"
    return f"{name} = {chosen}  # not chosen: 0, not 0 times infinity"


def added(name: str, term: str, new: bool) -> str:
    """Returns the line that adds to a gradient; in place only where nothing else shares its array."""
    if not new:
        return f"{name} = {name} + {term}"
    negative = re.fullmatch(r"-(\w+)", term)
    return f"{name} -= {negative[1]}" if negative else f"{name} += {term}"


def zeros(shape: Shape) -> str:
    """Returns zeros as code."""
    return "np.float64(0.0)" if shape == () else f"np.zeros({shape})"


def scalar(number: float) -> str:
    """Returns one of NumPy's numbers as code."""
    return f"np.float64({plain(number)})"


def plain(number: float) -> str:
    """Returns a float as code, with its point."""
    return repr(number) if math.isfinite(number) else literal(number)


def assigned(name: str, value: Array | Whole | Mask) -> list[str]:
    """Returns the lines that give a name an array, every number in full."""
    if value.shape == ():
        number = value.item()
        kind = {"f": "float64", "i": "int64", "b": "bool_"}[value.dtype.kind]
        return [f"{name} = np.{kind}({plain(number) if kind == 'float64' else number})"]
    short = written_short(value)
    if short:
        return [f"{name} = {short}"]
    whole = numbers(value)
    if len(whole) <= WIDTH:
        return [f"{name} = np.array({whole})"]
    if value.ndim > 1:
        rows = [numbers(row) for row in value]
    else:
        rows = [numbers(value[k : k + A_LINE])[1:-1] for k in range(0, value.size, A_LINE)]
    return [f"{name} = np.array([", *(f"    {row}," for row in rows), "])"]


def written_short(value: Array | Whole | Mask) -> str:
    """Returns an array of equal floats, or of none, as a call; "" for others."""
    if value.size == 0:
        return f"np.zeros({value.shape}, dtype=np.{value.dtype})"
    first = value.flat[0]
    if value.size <= A_LINE or value.dtype != np.float64 or not np.all(value == first):
        return ""
    if first == 0:
        return "" if np.signbit(value).any() else f"np.zeros({value.shape})"
    return (
        f"np.ones({value.shape})"
        if first == 1
        else f"np.full({value.shape}, {plain(float(first))})"
    )


def numbers(value: NDArray[np.generic]) -> str:
    """Returns an array's entries as nested lists."""
    text = str(value.tolist())
    return re.sub(r"\b(nan|inf)\b", r"np.\1", text)
