"""What every model and every number on the wire has in common."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict
from typing_extensions import TypeAliasType

Json = dict[str, object]
Numeric = float | Literal["NaN", "Infinity", "-Infinity"]
Nested = TypeAliasType("Nested", "Numeric | list[Nested]")
Structures = Literal[
    "scalar",
    "diagonal",
    "matmul",
    "reduction",
    "broadcast",
    "permutation",
    "selection",
    "dense",
]

MOST_EXACT = 2**53
"""Beyond it, whole numbers are no longer exact in a reader that has 64-bit floats alone, such as JavaScript."""
MOST_BITS = 1024


class Exact(BaseModel):
    """Types as they are written, no unknown fields."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def scalar_json(number: float) -> float | str:
    """Returns a number, or the name of one that JSON does not have."""
    if math.isfinite(number):
        return number
    if math.isnan(number):
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def optional_json(number: float | None) -> float | str | None:
    """Returns a number that may be missing."""
    return None if number is None else scalar_json(number)


def count_json(count: int) -> int | float | str:
    """Returns a count, rounded where JSON readers would lose its last digits anyway."""
    if count <= MOST_EXACT:
        return count
    return float(count) if count.bit_length() < MOST_BITS else "Infinity"
