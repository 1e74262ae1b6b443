"""Steps and remainders: what jumps from one constant piece to the next, where the slope is 0 or stays what it was."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, excerpt
from engine.primitives import samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import Shape, broadcast

Array = NDArray[np.float64]

WORDS = "Blocks: the result only jumps from one step to the next, so no gradient passes."


def between_steps(rng: np.random.Generator, shape: Shape) -> Array:
    """Returns entries of either sign, at least 0.1 away from every multiple of 0.5."""
    return rng.integers(-4, 4, size=shape) * 0.5 + rng.uniform(0.1, 0.4, size=shape)


def one_between_steps(rng: np.random.Generator) -> Samples:
    """Returns single arrays whose entries are not near a step."""
    return [((between_steps(rng, shape),), {}) for shape in samples.SHAPES]


def two_between_steps(rng: np.random.Generator) -> Samples:
    """Returns numbers and divisors that broadcast, of either sign, no quotient near a whole number."""
    divisors = (1.0, -1.0, 0.5)
    return [((between_steps(rng, x), rng.choice(divisors, size=y)), {}) for x, y in samples.PAIRS]


# ---------- steps ----------


def sign_forward(x: Array) -> Array:
    """Returns -1, 0 or 1, as x is negative, 0 or positive."""
    return np.sign(x)


sign = register(
    Primitive(
        name="sign",
        symbol="sign",
        forward=sign_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{sign}}({x})",
        words=WORDS,
        samples=one_between_steps,
        spellings=("sign",),
    )
)


def floor_forward(x: Array) -> Array:
    """Returns the whole number at or below x."""
    return np.floor(x)


floor = register(
    Primitive(
        name="floor",
        symbol="⌊x⌋",
        forward=floor_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\lfloor {x} \rfloor",
        words=WORDS,
        samples=one_between_steps,
        spellings=("floor",),
    )
)


def ceil_forward(x: Array) -> Array:
    """Returns the whole number at or above x."""
    return np.ceil(x)


ceil = register(
    Primitive(
        name="ceil",
        symbol="⌈x⌉",
        forward=ceil_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\lceil {x} \rceil",
        words=WORDS,
        samples=one_between_steps,
        spellings=("ceil",),
    )
)


def trunc_forward(x: Array) -> Array:
    """Returns the whole number next to x on the side of 0."""
    return np.trunc(x)


trunc = register(
    Primitive(
        name="trunc",
        symbol="trunc",
        forward=trunc_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{trunc}}({x})",
        words=WORDS,
        samples=one_between_steps,
        spellings=("trunc", "fix"),
    )
)


def rint_forward(x: Array) -> Array:
    """Returns the whole number nearest to x, the even one of two."""
    return np.rint(x)


rint = register(
    Primitive(
        name="rint",
        symbol="rint",
        forward=rint_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{round}}({x})",
        words=WORDS,
        samples=one_between_steps,
        spellings=("rint",),
    )
)


def rounded_variants(rng: np.random.Generator) -> Samples:
    """Returns single arrays with and without decimals."""
    settings: tuple[dict[str, object], ...] = (
        {},
        {"decimals": 1},
        {"decimals": -1},
        {"decimals": 0},
    )
    return [
        ((between_steps(rng, shape) + 0.013,), chosen)
        for shape, chosen in zip(samples.SHAPES, settings, strict=True)
    ]


def decimals_kept(x: Shape, *, decimals: object = 0) -> Shape:
    """Returns the same shape.

    Raises:
        BadCall: for decimals that are not a whole number.
    """
    if isinstance(decimals, bool) or not isinstance(decimals, int):
        raise BadCall(
            f"decimals is a whole number, not {excerpt(decimals)}.", hint="Such as np.round(x, 2)."
        )
    return x


def round_forward(x: Array, *, decimals: int = 0) -> Array:
    """Returns x to so many decimals, the even digit of two."""
    return np.round(x, decimals=decimals)


rounded = register(
    Primitive(
        name="round",
        symbol="round",
        forward=round_forward,
        vjp={},
        shape=decimals_kept,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{round}}({x})",
        words=WORDS,
        samples=rounded_variants,
        spellings=("round", "around"),
        methods=("round",),
    )
)


# ---------- signs ----------


def copysign_forward(x: Array, y: Array) -> Array:
    """Returns the size of x with the sign of y."""
    return np.copysign(x, y)


def copysign_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(|x| sign(y))/∂x = sign(x) sign(y), the second the output's sign; 0 at the corner."""
    return upstream * np.sign(x) * np.sign(out)


copysign = register(
    Primitive(
        name="copysign",
        symbol="copysign",
        forward=copysign_forward,
        vjp={"x": copysign_dx},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\left|{x}\right| \odot \operatorname{{sign}}({y})",
        words=(
            "Keeps or flips the sign: the size receives the upstream gradient, "
            "negative where a sign changed, and the sign nothing."
        ),
        samples=samples.two,
        spellings=("copysign",),
    )
)


# ---------- quotients and remainders ----------


def floor_divide_forward(x: Array, y: Array) -> Array:
    """Returns the whole number at or below x / y."""
    return np.floor_divide(x, y)


floor_divide = register(
    Primitive(
        name="floor_divide",
        symbol="//",
        forward=floor_divide_forward,
        vjp={},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\left\lfloor \frac{{{x}}}{{{y}}} \right\rfloor",
        words=WORDS,
        samples=two_between_steps,
        spellings=("floor_divide",),
        positive=frozenset({"y"}),
    )
)


def mod_forward(x: Array, y: Array) -> Array:
    """Returns what is left of x after whole y's, with the sign of y."""
    return np.mod(x, y)


def mod_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y floor(x / y))/∂x = 1."""
    return upstream


def mod_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y floor(x / y))/∂y = -floor(x / y)."""
    return -upstream * np.floor_divide(x, y)


mod = register(
    Primitive(
        name="mod",
        symbol="%",
        forward=mod_forward,
        vjp={"x": mod_dx, "y": mod_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"{x} \bmod {y}",
        words=(
            "Wraps: the number receives the upstream gradient unchanged, "
            "the divisor minus that times the whole quotient."
        ),
        samples=two_between_steps,
        spellings=("mod", "remainder"),
        positive=frozenset({"y"}),
    )
)


def fmod_forward(x: Array, y: Array) -> Array:
    """Returns what is left of x after whole y's, with the sign of x."""
    return np.fmod(x, y)


def fmod_dx(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y trunc(x / y))/∂x = 1."""
    return upstream


def fmod_dy(upstream: Array, out: Array, x: Array, y: Array) -> Array:
    """∂(x - y trunc(x / y))/∂y = -trunc(x / y), which is (out - x) / y to the nearest whole number."""
    return upstream * np.rint((out - x) / y)


fmod = register(
    Primitive(
        name="fmod",
        symbol="fmod",
        forward=fmod_forward,
        vjp={"x": fmod_dx, "y": fmod_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{fmod}}({x},\,{y})",
        words=(
            "Wraps: the number receives the upstream gradient unchanged, "
            "the divisor minus that times the whole quotient."
        ),
        samples=two_between_steps,
        spellings=("fmod",),
        positive=frozenset({"y"}),
    )
)
