"""Arithmetic on the plain numbers of a program: sizes, loop variables, literals."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable
from typing import TypeGuard

Number = int | float
EXACT = 2**53
ARITHMETIC: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda a, b: math.pow(a, b),
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def is_plain(value: object) -> TypeGuard[Number]:
    """Returns whether a value is a plain number."""
    return isinstance(value, int | float)


def arithmetic(kind: type[ast.operator], left: object, right: object) -> Number:
    """Returns Python's arithmetic on plain numbers, in floats as soon as integers grow past exactness."""
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise TypeError
    whole_numbers = (
        isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) <= EXACT
    )
    a, b = (int(left), int(right)) if whole_numbers else (to_float(left), to_float(right))
    try:
        result = ARITHMETIC[kind](a, b)
    except OverflowError:
        return math.inf
    except (ZeroDivisionError, ValueError):
        return math.nan if a == 0 or (kind is ast.Pow and a < 0) else math.copysign(math.inf, a)
    if (
        whole_numbers
        and isinstance(result, float)
        and result == int(result)
        and kind is ast.Pow
        and abs(result) <= EXACT
    ):
        return int(result) if b >= 0 else result
    return result if not isinstance(result, int) or abs(result) <= EXACT else float(result)


def to_float(number: Number) -> float:
    """Returns a number as a float; one too large is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf
