"""What Python's arithmetic operators do, entry by entry."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import samples
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]

SUPERSCRIPTS = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def printed(literal: str) -> str:
    """Returns a literal with the minus sign of print."""
    return literal.replace("-", "−")


# ---------- sums ----------


def add_forward(x: Array, y: Array) -> Array:
    """Returns x + y."""
    return x + y


def add_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x + y)/∂x = 1."""
    return upstream


def add_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x + y)/∂y = 1."""
    return upstream


def add_face(x: str | None, y: str | None) -> str:
    """Returns "+1" for x + 1 and for 1 + x."""
    literal = printed(x or y or "y")
    return literal if literal.startswith("−") else f"+{literal}"


add = register(
    Primitive(
        name="add",
        symbol="+",
        forward=add_forward,
        vjp={"x": add_dx, "y": add_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x} + {y}",
        words="Distributes: each input receives the upstream gradient unchanged.",
        samples=samples.two,
        spellings=("add",),
        face=add_face,
    )
)


def sub_forward(x: Array, y: Array) -> Array:
    """Returns x - y."""
    return x - y


def sub_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y)/∂x = 1."""
    return upstream


def sub_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y)/∂y = -1."""
    return -upstream


def sub_face(x: str | None, y: str | None) -> str:
    """Returns "−1" for x - 1 and "1−x" for 1 - x."""
    if x is not None:
        return f"{printed(x)}−x"
    literal = printed(y or "y")
    return f"+{literal[1:]}" if literal.startswith("−") else f"−{literal}"


sub = register(
    Primitive(
        name="sub",
        symbol="−",
        forward=sub_forward,
        vjp={"x": sub_dx, "y": sub_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x} - {y}",
        words=(
            "Distributes: the first input receives the upstream gradient, the second its negative."
        ),
        samples=samples.two,
        spellings=("subtract",),
        face=sub_face,
    )
)


def neg_forward(x: Array) -> Array:
    """Returns -x."""
    return -x


def neg_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(-x)/∂x = -1."""
    return -upstream


neg = register(
    Primitive(
        name="neg",
        symbol="−",
        forward=neg_forward,
        vjp={"x": neg_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="-{x}",
        words="Flips the sign: the input receives minus the upstream gradient.",
        samples=samples.one,
        spellings=("negative",),
    )
)


def pos_forward(x: Array) -> Array:
    """Returns +x, a copy of x."""
    return +x


def pos_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(+x)/∂x = 1."""
    return upstream


pos = register(
    Primitive(
        name="pos",
        symbol="+x",
        forward=pos_forward,
        vjp={"x": pos_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="+{x}",
        words="Passes on: the input receives the upstream gradient unchanged.",
        samples=samples.one,
        spellings=("positive",),
    )
)


# ---------- products ----------


def mul_forward(x: Array, y: Array) -> Array:
    """Returns x * y."""
    return x * y


def mul_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x y)/∂x = y."""
    return upstream * y


def mul_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x y)/∂y = x."""
    return upstream * x


def mul_face(x: str | None, y: str | None) -> str:
    """Returns "×2" for 2 * x and for x * 2."""
    return f"×{printed(x or y or 'y')}"


mul = register(
    Primitive(
        name="mul",
        symbol="×",
        forward=mul_forward,
        vjp={"x": mul_dx, "y": mul_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \odot {y}",
        words="Swaps: each input receives the upstream gradient times the other input.",
        samples=samples.two,
        spellings=("multiply",),
        face=mul_face,
    )
)


def div_forward(x: Array, y: Array) -> Array:
    """Returns x / y."""
    return x / y


def div_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x / y)/∂x = 1 / y."""
    return upstream / y


def div_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x / y)/∂y = -x / y^2."""
    return -upstream * x / y**2


def div_face(x: str | None, y: str | None) -> str:
    """Returns "÷2" for x / 2 and "1/x" for 1 / x."""
    return f"÷{printed(y or 'y')}" if x is None else f"{printed(x)}/x"


div = register(
    Primitive(
        name="div",
        symbol="÷",
        forward=div_forward,
        vjp={"x": div_dx, "y": div_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\frac{{{x}}}{{{y}}}",
        words=(
            "Scales: the numerator receives the upstream gradient over the denominator, "
            "the denominator minus that times the quotient."
        ),
        samples=samples.two,
        spellings=("divide", "true_divide"),
        face=div_face,
        positive=frozenset({"y"}),
    )
)


# ---------- powers ----------


def pow_forward(x: Array, y: Array) -> Array:
    """Returns x ** y."""
    return x**y


def pow_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x^y)/∂x = y x^(y - 1); where y is 0 its power stays 0, so that 0 gives 0, not 0 × ∞."""
    return upstream * y * x ** (y - (y != 0))


def pow_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x^y)/∂y = x^y log x; where x is 0 the log is of 1, so that 0 gives 0, not 0 × ∞."""
    return upstream * out * np.log(x + (x == 0))


def pow_face(x: str | None, y: str | None) -> str:
    """Returns "x²" for x ** 2, "x^0.5" for x ** 0.5 and "2ˣ" for 2 ** x."""
    if y is None:
        return f"{printed(x or 'x')}ˣ"
    digits = y.removesuffix(".0")
    plain = digits.lstrip("-−").isdecimal()
    return f"x{digits.translate(SUPERSCRIPTS)}" if plain else f"x^{printed(y)}"


power = register(
    Primitive(
        name="pow",
        symbol="xʸ",
        forward=pow_forward,
        vjp={"x": pow_dx, "y": pow_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x}^{{{y}}}",
        words=(
            "Scales: the base receives the upstream gradient times the exponent "
            "times the base to one power less."
        ),
        samples=samples.two_positive,
        spellings=("power", "pow", "float_power"),
        face=pow_face,
    )
)


def square_forward(x: Array) -> Array:
    """Returns the square of x."""
    return np.square(x)


def square_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(x^2)/∂x = 2 x."""
    return upstream * 2 * x


square = register(
    Primitive(
        name="square",
        symbol="x²",
        forward=square_forward,
        vjp={"x": square_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex="{x}^2",
        words="Scales: the input receives the upstream gradient times twice itself.",
        samples=samples.one,
        spellings=("square",),
    )
)
