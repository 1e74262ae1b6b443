"""Comparisons and what combines them: their results are masks, through which no gradient passes."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import samples
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

WORDS = "Blocks: the result only switches between true and false, so no gradient passes."


def greater_forward(x: Array, y: Array) -> Mask:
    """Returns where x is greater than y."""
    return x > y


greater = register(
    Primitive(
        name="greater",
        symbol=">",
        forward=greater_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x} > {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("greater",),
    )
)


def greater_equal_forward(x: Array, y: Array) -> Mask:
    """Returns where x is greater than y or equal."""
    return x >= y


greater_equal = register(
    Primitive(
        name="greater_equal",
        symbol="≥",
        forward=greater_equal_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \ge {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("greater_equal",),
    )
)


def less_forward(x: Array, y: Array) -> Mask:
    """Returns where x is less than y."""
    return x < y


less = register(
    Primitive(
        name="less",
        symbol="<",
        forward=less_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x} < {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("less",),
    )
)


def less_equal_forward(x: Array, y: Array) -> Mask:
    """Returns where x is less than y or equal."""
    return x <= y


less_equal = register(
    Primitive(
        name="less_equal",
        symbol="≤",
        forward=less_equal_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \le {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("less_equal",),
    )
)


def equal_forward(x: Array, y: Array) -> Mask:
    """Returns where x and y are equal."""
    return x == y


equal = register(
    Primitive(
        name="equal",
        symbol="=",
        forward=equal_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x} = {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("equal",),
    )
)


def not_equal_forward(x: Array, y: Array) -> Mask:
    """Returns where x and y differ."""
    return x != y


not_equal = register(
    Primitive(
        name="not_equal",
        symbol="≠",
        forward=not_equal_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \ne {y}",
        words=WORDS,
        samples=samples.two_apart,
        spellings=("not_equal",),
    )
)


def logical_and_forward(x: Array, y: Array) -> Mask:
    """Returns where both hold."""
    return np.logical_and(x, y)


logical_and = register(
    Primitive(
        name="logical_and",
        symbol="and",
        forward=logical_and_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \land {y}",
        words=WORDS,
        samples=samples.two_masks,
        spellings=("logical_and",),
    )
)


def logical_or_forward(x: Array, y: Array) -> Mask:
    """Returns where at least one holds."""
    return np.logical_or(x, y)


logical_or = register(
    Primitive(
        name="logical_or",
        symbol="or",
        forward=logical_or_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \lor {y}",
        words=WORDS,
        samples=samples.two_masks,
        spellings=("logical_or",),
    )
)


def logical_not_forward(x: Array) -> Mask:
    """Returns where it does not hold."""
    return np.logical_not(x)


logical_not = register(
    Primitive(
        name="logical_not",
        symbol="not",
        forward=logical_not_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\lnot {x}",
        words=WORDS,
        samples=samples.one_mask,
        spellings=("logical_not",),
    )
)


def logical_xor_forward(x: Array, y: Array) -> Mask:
    """Returns where exactly one holds."""
    return np.logical_xor(x, y)


logical_xor = register(
    Primitive(
        name="logical_xor",
        symbol="xor",
        forward=logical_xor_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \oplus {y}",
        words=WORDS,
        samples=samples.two_masks,
        spellings=("logical_xor",),
    )
)


def isnan_forward(x: Array) -> Mask:
    """Returns where x is not a number."""
    return np.isnan(x)


isnan = register(
    Primitive(
        name="isnan",
        symbol="NaN?",
        forward=isnan_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \text{{ is NaN}}",
        words=WORDS,
        samples=samples.one,
        spellings=("isnan",),
    )
)


def isfinite_forward(x: Array) -> Mask:
    """Returns where x is neither infinite nor NaN."""
    return np.isfinite(x)


isfinite = register(
    Primitive(
        name="isfinite",
        symbol="finite?",
        forward=isfinite_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\left|{x}\right| < \infty",
        words=WORDS,
        samples=samples.one,
        spellings=("isfinite",),
    )
)


def isinf_forward(x: Array) -> Mask:
    """Returns where x is infinite, of either sign."""
    return np.isinf(x)


isinf = register(
    Primitive(
        name="isinf",
        symbol="∞?",
        forward=isinf_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\left|{x}\right| = \infty",
        words=WORDS,
        samples=samples.one,
        spellings=("isinf",),
    )
)
