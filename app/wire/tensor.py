"""Arrays on the wire: in full, or summed up where an answer would grow too long."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import Field

from app.wire.exact import Exact, Json, Nested, Numeric, scalar_json
from engine.errors import TooLarge

PREVIEW = 8
"""Entries of a preview along each axis; of axes before the last two, one."""
ALWAYS = 8
"""Tensors of so few numbers are listed, whatever the caps say."""
OPTIONS = orjson.OPT_SERIALIZE_NUMPY
SMALLER = 8
"""By how much the caps shrink while an answer is too long."""
Numbers = NDArray[np.float64] | NDArray[np.int64] | NDArray[np.bool_]


class Summary(Exact):
    """What stands for a tensor too large to be listed; of its finite numbers."""

    min: Numeric
    max: Numeric
    mean: Numeric
    std: Numeric
    norm: Numeric = Field(description="Square root of the sum of squares.")
    zeros: int
    nonfinite: int = Field(description="How many are NaN or infinite.")


class Tensor(Exact):
    """An array: shape and nested lists at full precision; a scalar is one number."""

    shape: list[int]
    data: Nested | None = Field(description="null over the picture's caps; then see summary.")
    summary: Summary | None = None
    preview: Nested | None = Field(
        default=None, description="With summary: the first corner, at most 8 along an axis."
    )


@dataclass(frozen=True, slots=True)
class Picture:
    """How much of a trace is listed.

    Attributes:
        node_numbers: a larger tensor is summarised.
        total_numbers: after so many numbers, tensors are summarised.
        answer_bytes: an answer that is longer gets smaller caps.
    """

    node_numbers: int = 10_000
    total_numbers: int = 200_000
    answer_bytes: int = 8_000_000


def fitted(write: Callable[[Writer], Json], picture: Picture) -> bytes:
    """Returns an answer, written with smaller caps until it is short enough.

    Raises:
        TooLarge: when it is too long with every tensor summarised.
    """
    node_numbers, total_numbers = picture.node_numbers, picture.total_numbers
    while True:
        answer = orjson.dumps(write(Writer(node_numbers, total_numbers)), option=OPTIONS)
        if len(answer) <= picture.answer_bytes:
            return answer
        if total_numbers == 0:
            raise TooLarge(
                f"The answer would have {len(answer):,} bytes; "
                f"the limit answer_bytes is {picture.answer_bytes:,}.",
                hint="Use fewer gates.",
                limit="answer_bytes",
            )
        node_numbers, total_numbers = node_numbers // SMALLER, total_numbers // SMALLER


class Writer:
    """Writes one answer, counting the numbers it lists.

    Args:
        node_numbers: the most that one tensor may list.
        total_numbers: the most that all tensors may list; the gradients first, then in node order.
    """

    def __init__(self, node_numbers: int, total_numbers: int) -> None:
        self._node_numbers = node_numbers
        self._left = total_numbers
        self._summaries: dict[int, Json] = {}

    def tensor(self, array: Numbers) -> Json:
        """Returns an array in full, or its summary where the caps are passed."""
        if not array.shape:
            self.take(1)
            return {"shape": (), "data": scalar_json(float(array))}
        if self.take(array.size):
            return {"shape": array.shape, "data": array_json(array)}
        # Gates that hand a gradient on share one array; the trace keeps it alive, so its id is its own.
        if id(array) not in self._summaries:
            corner = tuple(
                slice(PREVIEW if axis >= array.ndim - 2 else 1) for axis in range(array.ndim)
            )
            self._summaries[id(array)] = {
                "shape": array.shape,
                "data": None,
                "summary": summary_json(array),
                "preview": array_json(array[corner]),
            }
        return self._summaries[id(array)]

    def optional(self, array: Numbers | None) -> Json | None:
        """Returns an array that may be missing."""
        return None if array is None else self.tensor(array)

    def take(self, count: int) -> bool:
        """Returns whether so many numbers may be listed, and counts them."""
        if count > ALWAYS and (count > self._node_numbers or count > self._left):
            return False
        self._left = max(0, self._left - count)
        return True


def array_json(array: Numbers) -> object:
    """Returns what orjson writes as nested lists; it would write NaN and infinities as null."""
    numbers = np.ascontiguousarray(array, dtype=np.float64)
    if np.isfinite(numbers).all():
        return numbers
    return named(numbers.tolist())


def named(numbers: object) -> object:
    """Returns nested lists with the non-finite numbers named."""
    if isinstance(numbers, list):
        return [named(entry) for entry in numbers]
    assert isinstance(numbers, float)
    return scalar_json(numbers)


def summary_json(array: Numbers) -> Json:
    """Returns what stands for a large tensor: of its finite numbers, and how many are not."""
    numbers = np.asarray(array, dtype=np.float64).reshape(-1)
    finite = numbers if np.isfinite(numbers).all() else numbers[np.isfinite(numbers)]
    found = statistics(finite) if finite.size else [math.nan] * 5
    names = ("min", "max", "mean", "std", "norm")
    return {
        **{name: scalar_json(number) for name, number in zip(names, found, strict=True)},
        "zeros": int(numbers.size - np.count_nonzero(numbers)),
        "nonfinite": int(numbers.size - finite.size),
    }


def statistics(numbers: NDArray[np.float64]) -> list[float]:
    """Returns least, greatest, mean, standard deviation and norm, in few passes."""
    with np.errstate(all="ignore"):
        mean = float(numbers.mean())
        centered = numbers - mean
        return [
            float(numbers.min()),
            float(numbers.max()),
            mean,
            math.sqrt(float(centered @ centered) / numbers.size),
            math.sqrt(float(numbers @ numbers)),
        ]
