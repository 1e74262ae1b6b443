"""Lines of a derivation, and how their letters and numbers are written: as NumPy indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.graph import Array
from engine.numbers import say_number

RELATIVE, ABSOLUTE = 1e-9, 1e-12
TERMS = 4
"""Terms of a sum that are written out; of more the first ones, an ellipsis, and the last."""
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True, slots=True)
class Line:
    """One equation of a derivation.

    Attributes:
        stage: "element", "pattern" or "vectorized".
        words: what it says.
        formula: the equation in letters.
        numbers: the same for the entry looked at, or "" where it is about whole arrays.
        holds: whether both sides are equal, to relative 1e-9.
    """

    stage: str
    words: str
    formula: str
    numbers: str
    holds: bool


def close(found: Array | float, wanted: Array | float) -> bool:
    """Returns whether two sides of a line are equal; what is not finite is equal to itself."""
    return bool(np.allclose(found, wanted, rtol=RELATIVE, atol=ABSOLUTE, equal_nan=True))


def index(*letters: str | int) -> str:
    """Returns letters or places in brackets; axes that are not there, "", are left out."""
    there = [str(each) for each in letters if each != ""]
    return f"[{', '.join(there)}]" if there else ""


def factor(number: float) -> str:
    """Returns a number that can stand beside a sign."""
    text = say_number(float(number))
    return f"({text})" if text.startswith("-") else text


def products(pairs: Sequence[tuple[float, float]]) -> str:
    """Returns a sum of products, in full up to four terms."""
    terms = [f"{factor(a)} · {factor(b)}" for a, b in pairs]
    if len(terms) > TERMS:
        terms = [*terms[: TERMS - 2], ELLIPSIS, terms[-1]]
    return " + ".join(terms) or "0"


def total(pairs: Sequence[tuple[float, float]]) -> float:
    """Returns its value; 0 times anything that is not finite says so."""
    with np.errstate(all="ignore"):
        return float(sum((np.float64(a) * np.float64(b) for a, b in pairs), np.float64(0)))
