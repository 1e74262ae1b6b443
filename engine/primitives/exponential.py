"""Exponentials and logarithms to other bases, and those that keep their digits near 0."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import samples
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]


def expm1_forward(x: Array) -> Array:
    """Returns e^x - 1, exact near 0."""
    return np.expm1(x)


def expm1_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(e^x - 1)/∂x = e^x."""
    return upstream * np.exp(x)


expm1 = register(
    Primitive(
        name="expm1",
        symbol="expm1",
        forward=expm1_forward,
        vjp={"x": expm1_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="e^{{{x}}} - 1",
        words="Scales: the input receives the upstream gradient times its exponential.",
        samples=samples.one,
        spellings=("expm1",),
    )
)


def log1p_forward(x: Array) -> Array:
    """Returns log(1 + x), exact near 0."""
    return np.log1p(x)


def log1p_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log(1 + x)/∂x = 1 / (1 + x)."""
    return upstream / (1 + x)


log1p = register(
    Primitive(
        name="log1p",
        symbol="log1p",
        forward=log1p_forward,
        vjp={"x": log1p_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log(1 + {x})",
        words="Divides: the input receives the upstream gradient over one plus itself.",
        samples=samples.one_positive,
        spellings=("log1p",),
        positive=frozenset({"x"}),
    )
)


def exp2_forward(x: Array) -> Array:
    """Returns 2 to the x."""
    return np.exp2(x)


def exp2_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂2^x/∂x = 2^x log(2)."""
    return upstream * out * np.log(2)


exp2 = register(
    Primitive(
        name="exp2",
        symbol="2ˣ",
        forward=exp2_forward,
        vjp={"x": exp2_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="2^{{{x}}}",
        words="Scales by its own output, times the logarithm of 2.",
        samples=samples.one,
        spellings=("exp2",),
    )
)


def log2_forward(x: Array) -> Array:
    """Returns the logarithm of x to base 2."""
    return np.log2(x)


def log2_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log_2(x)/∂x = 1 / (x log(2))."""
    return upstream / (x * np.log(2))


log2 = register(
    Primitive(
        name="log2",
        symbol="log₂",
        forward=log2_forward,
        vjp={"x": log2_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log_2({x})",
        words=(
            "Divides: the input receives the upstream gradient over itself and the logarithm of 2."
        ),
        samples=samples.one_positive,
        spellings=("log2",),
        positive=frozenset({"x"}),
    )
)


def log10_forward(x: Array) -> Array:
    """Returns the logarithm of x to base 10."""
    return np.log10(x)


def log10_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log_10(x)/∂x = 1 / (x log(10))."""
    return upstream / (x * np.log(10))


log10 = register(
    Primitive(
        name="log10",
        symbol="log₁₀",
        forward=log10_forward,
        vjp={"x": log10_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log_{{10}}({x})",
        words=(
            "Divides: the input receives the upstream gradient over itself and the logarithm of 10."
        ),
        samples=samples.one_positive,
        spellings=("log10",),
        positive=frozenset({"x"}),
    )
)


def logaddexp_forward(x: Array, y: Array) -> Array:
    """Returns log(e^x + e^y), without an exponential that overflows."""
    return np.logaddexp(x, y)


def logaddexp_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂log(e^x + e^y)/∂x = e^x / (e^x + e^y) = e^(x - out)."""
    return upstream * np.exp(x - out)


def logaddexp_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂log(e^x + e^y)/∂y = e^y / (e^x + e^y) = e^(y - out)."""
    return upstream * np.exp(y - out)


logaddexp = register(
    Primitive(
        name="logaddexp",
        symbol="logΣeˣ",
        forward=logaddexp_forward,
        vjp={"x": logaddexp_dx, "y": logaddexp_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log\left(e^{{{x}}} + e^{{{y}}}\right)",
        words=(
            "Shares like softmax: each input receives the upstream gradient times its part "
            "of the sum of powers."
        ),
        samples=samples.two,
        spellings=("logaddexp",),
    )
)


def logaddexp2_forward(x: Array, y: Array) -> Array:
    """Returns log_2(2^x + 2^y), without an exponential that overflows."""
    return np.logaddexp2(x, y)


def logaddexp2_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂log_2(2^x + 2^y)/∂x = 2^x / (2^x + 2^y) = 2^(x - out)."""
    return upstream * np.exp2(x - out)


def logaddexp2_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂log_2(2^x + 2^y)/∂y = 2^y / (2^x + 2^y) = 2^(y - out)."""
    return upstream * np.exp2(y - out)


logaddexp2 = register(
    Primitive(
        name="logaddexp2",
        symbol="logΣ2ˣ",
        forward=logaddexp2_forward,
        vjp={"x": logaddexp2_dx, "y": logaddexp2_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log_2\left(2^{{{x}}} + 2^{{{y}}}\right)",
        words=(
            "Shares like softmax: each input receives the upstream gradient times its part "
            "of the sum of powers."
        ),
        samples=samples.two,
        spellings=("logaddexp2",),
    )
)
