"""Gates that keep numbers between bounds. At a bound the slope of what is clipped is 0, and the bound takes it all."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall
from engine.primitives import corners, samples
from engine.primitives.composition import Gates, Value, composition
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]


def printed(literal: str | None, name: str) -> str:
    """Returns a bound's literal with the minus sign of print, or the bound's name."""
    return name if literal is None else literal.replace("-", "−")


def bounded(rng: np.random.Generator) -> Samples:
    """Returns numbers and two bounds that broadcast, some numbers below, between and above, none at a bound."""
    shapes = (
        ((), (), ()),
        ((3,), (), (3,)),
        ((2, 3), (3,), ()),
        ((2, 1), (1, 3), ()),
        ((3,), (2, 1), ()),
    )
    return [
        (
            (
                samples.distinct(rng, x) * 2,
                -samples.positive(rng, low) - 0.013,
                samples.positive(rng, high) + 0.017,
            ),
            {},
        )
        for x, low, high in shapes
    ]


def clip_forward(x: Array, low: Array, high: Array) -> Array:
    """Returns x, or the bound that it passes."""
    return np.clip(x, low, high)


def clip_dx(upstream: Array, out: Array, x: Array, low: Array, high: Array) -> Array:
    """∂clip(x)/∂x = 1 strictly between the bounds, else 0."""
    return upstream * ((low < x) & (x < high))


def clip_dlow(upstream: Array, out: Array, x: Array, low: Array, high: Array) -> Array:
    """∂clip(x)/∂low = 1 where x is at the lower bound or below, else 0; bounds that cross give the upper one."""
    return upstream * ((x <= low) & (low < high))


def clip_dhigh(upstream: Array, out: Array, x: Array, low: Array, high: Array) -> Array:
    """∂clip(x)/∂high = 1 where x, or the lower bound, is at the upper bound or above, else 0."""
    return upstream * (np.maximum(x, low) >= high)


def clip_face(x: str | None, low: str | None, high: str | None) -> str:
    """Returns "−1…1" for numbers kept between -1 and 1."""
    return "clip" if low is None or high is None else f"{printed(low, 'a')}…{printed(high, 'b')}"


clip = register(
    Primitive(
        name="clip",
        selects=True,
        symbol="clip",
        forward=clip_forward,
        vjp={"x": clip_dx, "low": clip_dlow, "high": clip_dhigh},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{clip}}({x},\,{low},\,{high})",
        words="Routes: between the bounds the gradient passes, and at a bound or beyond it the bound receives it.",
        kink=corners.AT_EITHER_BOUND,
        samples=bounded,
        spellings=("clip",),
        methods=("clip",),
        face=clip_face,
        keywords={"a_min": "low", "a_max": "high"},
    )
)


def clip_low_forward(x: Array, low: Array) -> Array:
    """Returns x, or the lower bound where x is below it."""
    return np.maximum(x, low)


def clip_low_dx(upstream: Array, out: Array, x: Array, low: Array) -> Array:
    """∂clip(x)/∂x = 1 above the bound, else 0."""
    return upstream * (x > low)


def clip_low_dlow(upstream: Array, out: Array, x: Array, low: Array) -> Array:
    """∂clip(x)/∂low = 1 where x is at the bound or below, else 0."""
    return upstream * (x <= low)


def clip_low_face(x: str | None, low: str | None) -> str:
    """Returns "≥ 3" for numbers kept at 3 or above."""
    return f"≥ {printed(low, 'a')}"


clip_low = register(
    Primitive(
        name="clip_low",
        selects=True,
        symbol="clip",
        forward=clip_low_forward,
        vjp={"x": clip_low_dx, "low": clip_low_dlow},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\max({x},\,{low})",
        words="Routes: above the bound the gradient passes, and at it or below the bound receives it.",
        kink=corners.AT_A_BOUND,
        samples=samples.two_apart,
        face=clip_low_face,
    )
)


def clip_high_forward(x: Array, high: Array) -> Array:
    """Returns x, or the upper bound where x is above it."""
    return np.minimum(x, high)


def clip_high_dx(upstream: Array, out: Array, x: Array, high: Array) -> Array:
    """∂clip(x)/∂x = 1 below the bound, else 0."""
    return upstream * (x < high)


def clip_high_dhigh(upstream: Array, out: Array, x: Array, high: Array) -> Array:
    """∂clip(x)/∂high = 1 where x is at the bound or above, else 0."""
    return upstream * (x >= high)


def clip_high_face(x: str | None, high: str | None) -> str:
    """Returns "≤ 3" for numbers kept at 3 or below."""
    return f"≤ {printed(high, 'b')}"


clip_high = register(
    Primitive(
        name="clip_high",
        selects=True,
        symbol="clip",
        forward=clip_high_forward,
        vjp={"x": clip_high_dx, "high": clip_high_dhigh},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\min({x},\,{high})",
        words="Routes: below the bound the gradient passes, and at it or above the bound receives it.",
        kink=corners.AT_A_BOUND,
        samples=samples.two_apart,
        face=clip_high_face,
    )
)


@composition("clip", methods=("clip",))
def clipped(
    gates: Gates,
    a: Value,
    a_min: Value = None,
    a_max: Value = None,
    *,
    min: Value = None,
    max: Value = None,
) -> Value:
    """Keeps numbers between a lower and an upper bound, either of which may be None."""
    if (a_min is not None and min is not None) or (a_max is not None and max is not None):
        raise BadCall(
            "np.clip is given one bound twice.", hint="Use min and max, or a_min and a_max."
        )
    low, high = min if a_min is None else a_min, max if a_max is None else a_max
    if low is None and high is None:
        return gates.make("pos", a)
    if high is None:
        return gates.make("clip_low", a, low)
    if low is None:
        return gates.make("clip_high", a, high)
    return gates.make("clip", a, low, high)


# ---------- what is no number ----------


def nan_to_num_forward(x: Array) -> Array:
    """Returns x with 0 for NaN, and the largest numbers there are for the infinities."""
    return np.nan_to_num(x)


def nan_to_num_dx(upstream: Array, out: Array, x: Array) -> Array:
    """∂out/∂x = 1 where x is a finite number, else 0."""
    return upstream * np.isfinite(x)


nan_to_num = register(
    Primitive(
        name="nan_to_num",
        selects=True,
        symbol="NaN→0",
        forward=nan_to_num_forward,
        vjp={"x": nan_to_num_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{finite}}({x})",
        words="Routes: the gradient passes where the input is finite, and not where it was replaced.",
        samples=samples.one,
        spellings=("nan_to_num",),
    )
)
