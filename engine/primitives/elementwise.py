"""Functions of one number, applied to every entry."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]


def exp_forward(x: Array) -> Array:
    """Returns e to the x."""
    return np.exp(x)


def exp_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂exp(x)/∂x = exp(x), the output itself."""
    return upstream * out


exp = register(
    Primitive(
        name="exp",
        symbol="exp",
        forward=exp_forward,
        vjp={"x": exp_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="e^{{{x}}}",
        words="Scales by its own output: the exponential is its own derivative.",
        samples=samples.one,
        spellings=("exp",),
    )
)


def log_forward(x: Array) -> Array:
    """Returns the natural logarithm of x."""
    return np.log(x)


def log_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂log(x)/∂x = 1 / x."""
    return upstream / x


log = register(
    Primitive(
        name="log",
        symbol="log",
        forward=log_forward,
        vjp={"x": log_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\log({x})",
        words="Divides: the input receives the upstream gradient over itself.",
        samples=samples.one_positive,
        spellings=("log",),
        positive=frozenset({"x"}),
    )
)


def sqrt_forward(x: Array) -> Array:
    """Returns the square root of x."""
    return np.sqrt(x)


def sqrt_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂sqrt(x)/∂x = 1 / (2 sqrt(x)); Infinity at 0."""
    return upstream / (2 * out)


sqrt = register(
    Primitive(
        name="sqrt",
        symbol="√",
        forward=sqrt_forward,
        vjp={"x": sqrt_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sqrt{{{x}}}",
        words="Divides: the input receives the upstream gradient over twice the root.",
        samples=samples.one_positive,
        spellings=("sqrt",),
        positive=frozenset({"x"}),
    )
)


def abs_forward(x: Array) -> Array:
    """Returns the absolute value of x."""
    return np.abs(x)


def abs_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂|x|/∂x = sign(x); 0 at the corner."""
    return upstream * np.sign(x)


absolute = register(
    Primitive(
        name="abs",
        symbol="|x|",
        forward=abs_forward,
        vjp={"x": abs_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\left|{x}\right|",
        words="Keeps or flips the sign: the upstream gradient times the sign of the input, 0 at 0.",
        kink=corners.AT_ZERO,
        samples=samples.one,
        spellings=("abs", "absolute", "fabs"),
    )
)


def tanh_forward(x: Array) -> Array:
    """Returns the hyperbolic tangent of x."""
    return np.tanh(x)


def tanh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂tanh(x)/∂x = 1 - tanh(x)^2."""
    return upstream * (1 - out**2)


tanh = register(
    Primitive(
        name="tanh",
        symbol="tanh",
        forward=tanh_forward,
        vjp={"x": tanh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\tanh({x})",
        words="Squashes: the gradient passes near 0, and vanishes where the output saturates.",
        samples=samples.one,
        spellings=("tanh",),
    )
)


def sin_forward(x: Array) -> Array:
    """Returns the sine of x."""
    return np.sin(x)


def sin_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂sin(x)/∂x = cos(x)."""
    return upstream * np.cos(x)


sin = register(
    Primitive(
        name="sin",
        symbol="sin",
        forward=sin_forward,
        vjp={"x": sin_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sin({x})",
        words="Scales: the input receives the upstream gradient times its cosine.",
        samples=samples.one,
        spellings=("sin",),
    )
)


def cos_forward(x: Array) -> Array:
    """Returns the cosine of x."""
    return np.cos(x)


def cos_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂cos(x)/∂x = -sin(x)."""
    return -upstream * np.sin(x)


cos = register(
    Primitive(
        name="cos",
        symbol="cos",
        forward=cos_forward,
        vjp={"x": cos_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\cos({x})",
        words="Scales: the input receives minus the upstream gradient times its sine.",
        samples=samples.one,
        spellings=("cos",),
    )
)


def reciprocal_forward(x: Array) -> Array:
    """Returns 1 / x."""
    return np.reciprocal(x)


def reciprocal_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(1/x)/∂x = -1 / x^2, minus the output squared."""
    return -upstream * out**2


reciprocal = register(
    Primitive(
        name="reciprocal",
        symbol="1/x",
        forward=reciprocal_forward,
        vjp={"x": reciprocal_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\frac{{1}}{{{x}}}",
        words="Scales: the input receives minus the upstream gradient times the squared output.",
        samples=samples.one,
        spellings=("reciprocal",),
        positive=frozenset({"x"}),
    )
)


def cbrt_forward(x: Array) -> Array:
    """Returns the cube root of x, of negative numbers too."""
    return np.cbrt(x)


def cbrt_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂cbrt(x)/∂x = 1 / (3 cbrt(x)^2); Infinity at 0."""
    return upstream / (3 * out**2)


cbrt = register(
    Primitive(
        name="cbrt",
        symbol="∛",
        forward=cbrt_forward,
        vjp={"x": cbrt_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sqrt[3]{{{x}}}",
        words=(
            "Divides: the input receives the upstream gradient over three times the squared root."
        ),
        samples=samples.one,
        spellings=("cbrt",),
    )
)
