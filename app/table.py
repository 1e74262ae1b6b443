"""The table of all values as text, for the page before its script runs and for readers without it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import TypedDict

from app.wire.graph import GraphAnswer
from app.wire.tensor import Tensor

DASH = "\u2013"
MINUS = "\u2212"
FEW = 2
"""A tensor with more entries is told by its least and greatest."""


class Row(TypedDict):
    """One row; all text."""

    name: str
    kind: str
    shape: str
    value: str
    gradient: str


def rows(answer: GraphAnswer) -> list[Row]:
    """Returns one row a node, in tape order."""
    return [
        {
            "name": node.label,
            "kind": node.kind,
            "shape": f"({', '.join(map(str, node.value.shape))})",
            "value": tensor_text(node.value),
            "gradient": DASH if node.upstream is None else tensor_text(node.upstream),
        }
        for node in answer.nodes
    ]


def tensor_text(tensor: Tensor) -> str:
    """Returns a number, a short vector, or the least and greatest entry."""
    if tensor.summary is not None:
        return f"{short_text(float(tensor.summary.min))}…{short_text(float(tensor.summary.max))}"
    numbers = list(flat(tensor.data))
    if not tensor.shape:
        return number_text(numbers[0])
    if len(numbers) <= FEW:
        return f"[{', '.join(map(short_text, numbers))}]"
    return f"{short_text(min(numbers))}…{short_text(max(numbers))}"


def flat(data: object) -> Iterator[float]:
    """Yields the numbers of a tensor's data."""
    if isinstance(data, list):
        for entry in data:
            yield from flat(entry)
    elif isinstance(data, int | float | str):
        yield float(data)


def number_text(number: float) -> str:
    """Returns three significant digits, as `static/js/format.js` writes them: 3.00, −12.00, 0.731, 1.23e7."""
    if math.isnan(number):
        return "NaN"
    size = abs(number)
    return (MINUS if number < 0 else "") + magnitude_text(size)


def magnitude_text(size: float) -> str:
    """Returns a number that is not negative."""
    if math.isinf(size):
        return "∞"
    if size == 0:
        return "0.00"
    rounded = float(f"{size:.3g}")
    if rounded < 1e-3 or rounded >= 1e5:
        mantissa, exponent = f"{size:.2e}".split("e")
        power = int(exponent)
        sign = MINUS if power < 0 else ""
        return f"{mantissa.rstrip('0').rstrip('.')}e{sign}{abs(power)}"
    if size.is_integer() and size < 100:
        return f"{size:.2f}"
    if rounded >= 100:
        return f"{size:.0f}"
    return format(Decimal(f"{size:.2e}"), "f")


def short_text(number: float) -> str:
    """Returns the same without zeros that say nothing: 3, −12, 31.7, 0.5."""
    text = number_text(number)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
