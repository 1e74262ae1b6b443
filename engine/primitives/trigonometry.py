"""Angles, circles and their hyperbolic kin."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]


# ---------- circular ----------


def tan_forward(x: Array) -> Array:
    """Returns the tangent of x."""
    return np.tan(x)


def tan_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂tan(x)/∂x = 1 + tan(x)^2."""
    return upstream * (1 + out**2)


tan = register(
    Primitive(
        name="tan",
        symbol="tan",
        forward=tan_forward,
        vjp={"x": tan_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\tan({x})",
        words=(
            "Scales: the input receives the upstream gradient times one plus the squared "
            "output, at least all of it."
        ),
        samples=samples.one,
        spellings=("tan",),
    )
)


def arcsin_forward(x: Array) -> Array:
    """Returns the angle in [-π/2, π/2] whose sine is x."""
    return np.arcsin(x)


def arcsin_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arcsin(x)/∂x = 1 / sqrt(1 - x^2); Infinity at -1 and 1."""
    return upstream / np.sqrt(1 - x**2)


arcsin = register(
    Primitive(
        name="arcsin",
        symbol="sin⁻¹",
        forward=arcsin_forward,
        vjp={"x": arcsin_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\arcsin({x})",
        words=(
            "Divides: the upstream gradient over the cosine of the angle, without bound as "
            "the input nears 1 or -1."
        ),
        samples=samples.one_inside,
        spellings=("arcsin", "asin"),
        positive=frozenset({"x"}),
    )
)


def arccos_forward(x: Array) -> Array:
    """Returns the angle in [0, π] whose cosine is x."""
    return np.arccos(x)


def arccos_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arccos(x)/∂x = -1 / sqrt(1 - x^2); -Infinity at -1 and 1."""
    return -upstream / np.sqrt(1 - x**2)


arccos = register(
    Primitive(
        name="arccos",
        symbol="cos⁻¹",
        forward=arccos_forward,
        vjp={"x": arccos_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\arccos({x})",
        words=(
            "Divides: minus the upstream gradient over the sine of the angle, without "
            "bound as the input nears 1 or -1."
        ),
        samples=samples.one_inside,
        spellings=("arccos", "acos"),
        positive=frozenset({"x"}),
    )
)


def arctan_forward(x: Array) -> Array:
    """Returns the angle in (-π/2, π/2) whose tangent is x."""
    return np.arctan(x)


def arctan_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arctan(x)/∂x = 1 / (1 + x^2)."""
    return upstream / (1 + x**2)


arctan = register(
    Primitive(
        name="arctan",
        symbol="tan⁻¹",
        forward=arctan_forward,
        vjp={"x": arctan_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\arctan({x})",
        words="Squashes: the gradient passes near 0, and fades with the square of the input.",
        samples=samples.one,
        spellings=("arctan", "atan"),
    )
)


def arctan2_forward(y: Array, x: Array) -> Array:
    """Returns the angle in (-π, π] of the point (x, y), seen from the origin."""
    return np.arctan2(y, x)


def arctan2_dy(upstream: Array, out: Array, y: Array, x: Array) -> Array:
    """∂angle/∂y = x / (x^2 + y^2)."""
    return upstream * x / (x**2 + y**2)


def arctan2_dx(upstream: Array, out: Array, y: Array, x: Array) -> Array:
    """∂angle/∂x = -y / (x^2 + y^2)."""
    return -upstream * y / (x**2 + y**2)


arctan2 = register(
    Primitive(
        name="arctan2",
        symbol="atan2",
        forward=arctan2_forward,
        vjp={"y": arctan2_dy, "x": arctan2_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{atan2}}({y},\,{x})",
        words=(
            "Turns: each coordinate receives the upstream gradient times the other over "
            "the squared distance, the second with a minus."
        ),
        samples=samples.two,
        spellings=("arctan2", "atan2"),
    )
)


def hypot_forward(x: Array, y: Array) -> Array:
    """Returns the distance of the point (x, y) from the origin."""
    return np.hypot(x, y)


def hypot_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂sqrt(x^2 + y^2)/∂x = x / sqrt(x^2 + y^2); 0 at the origin."""
    return upstream * x / (out + (out == 0))


def hypot_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂sqrt(x^2 + y^2)/∂y = y / sqrt(x^2 + y^2); 0 at the origin."""
    return upstream * y / (out + (out == 0))


hypot = register(
    Primitive(
        name="hypot",
        symbol="hypot",
        forward=hypot_forward,
        vjp={"x": hypot_dx, "y": hypot_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sqrt{{{x}^2 + {y}^2}}",
        words=(
            "Shares: each side receives the upstream gradient times its own part of the "
            "hypotenuse, and 0 where that is 0."
        ),
        kink=corners.POINT_OF_CONE,
        samples=samples.two,
        spellings=("hypot",),
    )
)


def sinc_forward(x: Array) -> Array:
    """Returns sin(πx) / (πx), and 1 at 0."""
    return np.sinc(x)


def sinc_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂sinc(x)/∂x = (cos(πx) - sinc(x)) / x; near 0, where that loses its digits, its tangent -π^2 x / 3."""
    slope = (np.cos(np.pi * x) - out) / (x + (x == 0))
    return upstream * np.where(np.abs(x) < 1e-4, -(np.pi**2) * x / 3, slope)


sinc = register(
    Primitive(
        name="sinc",
        symbol="sinc",
        forward=sinc_forward,
        vjp={"x": sinc_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{sinc}}({x})",
        words=(
            "Ripples: the input receives the upstream gradient times a slope that swings "
            "and fades, 0 at the peak."
        ),
        samples=samples.one,
        spellings=("sinc",),
    )
)


# ---------- degrees ----------


def deg2rad_forward(x: Array) -> Array:
    """Returns an angle in radians from one in degrees."""
    return np.deg2rad(x)


def deg2rad_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(πx / 180)/∂x = π / 180."""
    return upstream * (np.pi / 180)


deg2rad = register(
    Primitive(
        name="deg2rad",
        symbol="rad",
        forward=deg2rad_forward,
        vjp={"x": deg2rad_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\frac{{\pi}}{{180}}\,{x}",
        words="Scales: the input receives the upstream gradient times π over 180.",
        samples=samples.one,
        spellings=("deg2rad", "radians"),
    )
)


def rad2deg_forward(x: Array) -> Array:
    """Returns an angle in degrees from one in radians."""
    return np.rad2deg(x)


def rad2deg_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂(180 x / π)/∂x = 180 / π."""
    return upstream * (180 / np.pi)


rad2deg = register(
    Primitive(
        name="rad2deg",
        symbol="deg",
        forward=rad2deg_forward,
        vjp={"x": rad2deg_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\frac{{180}}{{\pi}}\,{x}",
        words="Scales: the input receives the upstream gradient times 180 over π.",
        samples=samples.one,
        spellings=("rad2deg", "degrees"),
    )
)


# ---------- hyperbolic ----------


def sinh_forward(x: Array) -> Array:
    """Returns (e^x - e^-x) / 2."""
    return np.sinh(x)


def sinh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂sinh(x)/∂x = cosh(x)."""
    return upstream * np.cosh(x)


sinh = register(
    Primitive(
        name="sinh",
        symbol="sinh",
        forward=sinh_forward,
        vjp={"x": sinh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\sinh({x})",
        words=(
            "Scales: the input receives the upstream gradient times its hyperbolic cosine, "
            "at least all of it."
        ),
        samples=samples.one,
        spellings=("sinh",),
    )
)


def cosh_forward(x: Array) -> Array:
    """Returns (e^x + e^-x) / 2."""
    return np.cosh(x)


def cosh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂cosh(x)/∂x = sinh(x)."""
    return upstream * np.sinh(x)


cosh = register(
    Primitive(
        name="cosh",
        symbol="cosh",
        forward=cosh_forward,
        vjp={"x": cosh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\cosh({x})",
        words="Scales: the input receives the upstream gradient times its hyperbolic sine.",
        samples=samples.one,
        spellings=("cosh",),
    )
)


def arcsinh_forward(x: Array) -> Array:
    """Returns the number whose hyperbolic sine is x."""
    return np.arcsinh(x)


def arcsinh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arcsinh(x)/∂x = 1 / sqrt(x^2 + 1)."""
    return upstream / np.sqrt(x**2 + 1)


arcsinh = register(
    Primitive(
        name="arcsinh",
        symbol="sinh⁻¹",
        forward=arcsinh_forward,
        vjp={"x": arcsinh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{arsinh}}({x})",
        words="Squashes: the gradient passes near 0, and fades as the input grows.",
        samples=samples.one,
        spellings=("arcsinh", "asinh"),
    )
)


def arccosh_forward(x: Array) -> Array:
    """Returns the number from 0 on whose hyperbolic cosine is x."""
    return np.arccosh(x)


def arccosh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arccosh(x)/∂x = 1 / sqrt(x^2 - 1); Infinity at 1."""
    return upstream / np.sqrt(x**2 - 1)


arccosh = register(
    Primitive(
        name="arccosh",
        symbol="cosh⁻¹",
        forward=arccosh_forward,
        vjp={"x": arccosh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{arcosh}}({x})",
        words=(
            "Divides: the gradient grows without bound as the input nears 1, and fades as it grows."
        ),
        samples=samples.one_above_one,
        spellings=("arccosh", "acosh"),
    )
)


def arctanh_forward(x: Array) -> Array:
    """Returns the number whose hyperbolic tangent is x."""
    return np.arctanh(x)


def arctanh_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂arctanh(x)/∂x = 1 / (1 - x^2); Infinity at -1 and 1."""
    return upstream / (1 - x**2)


arctanh = register(
    Primitive(
        name="arctanh",
        symbol="tanh⁻¹",
        forward=arctanh_forward,
        vjp={"x": arctanh_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{artanh}}({x})",
        words=(
            "Divides: the gradient passes near 0, and grows without bound as the input "
            "nears 1 or -1."
        ),
        samples=samples.one_inside,
        spellings=("arctanh", "atanh"),
        positive=frozenset({"x"}),
    )
)
