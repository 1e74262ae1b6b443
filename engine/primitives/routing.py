"""Gates that send the gradient down one way and not the other."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.primitives import corners, samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.shapes import broadcast

Array = NDArray[np.float64]


# ---------- the larger or the smaller of two ----------


def maximum_forward(x: Array, y: Array, *, tie: float = 0.5) -> Array:
    """Returns the larger of x and y, entry by entry."""
    return np.maximum(x, y)


def maximum_dx(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂max(x, y)/∂x = 1 where x is larger, else 0; `tie` where they are equal."""
    return upstream * ((x > y) + tie * (x == y))


def maximum_dy(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂max(x, y)/∂y = 1 where y is larger, else 0; `tie` where they are equal."""
    return upstream * ((y > x) + tie * (x == y))


def maximum_face(x: str | None, y: str | None) -> str:
    """Returns "relu" for the larger of x and 0, and "max 3" for x and 3."""
    literal = x or y or "y"
    return "relu" if literal in {"0", "0.0", "0."} else f"max {literal.replace('-', '−')}"


maximum = register(
    Primitive(
        name="maximum",
        selects=True,
        symbol="max",
        forward=maximum_forward,
        vjp={"x": maximum_dx, "y": maximum_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\max({x},\,{y})",
        words="Routes: the larger input receives the whole upstream gradient, the other 0.",
        kink=corners.TIE_OF_TWO,
        samples=samples.two_apart,
        spellings=("maximum",),
        face=maximum_face,
    )
)


def minimum_forward(x: Array, y: Array, *, tie: float = 0.5) -> Array:
    """Returns the smaller of x and y, entry by entry."""
    return np.minimum(x, y)


def minimum_dx(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂min(x, y)/∂x = 1 where x is smaller, else 0; `tie` where they are equal."""
    return upstream * ((x < y) + tie * (x == y))


def minimum_dy(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂min(x, y)/∂y = 1 where y is smaller, else 0; `tie` where they are equal."""
    return upstream * ((y < x) + tie * (x == y))


def minimum_face(x: str | None, y: str | None) -> str:
    """Returns "min 3" for the smaller of x and 3."""
    return f"min {(x or y or 'y').replace('-', '−')}"


minimum = register(
    Primitive(
        name="minimum",
        selects=True,
        symbol="min",
        forward=minimum_forward,
        vjp={"x": minimum_dx, "y": minimum_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\min({x},\,{y})",
        words="Routes: the smaller input receives the whole upstream gradient, the other 0.",
        kink=corners.TIE_OF_TWO,
        samples=samples.two_apart,
        spellings=("minimum",),
        face=minimum_face,
    )
)


def fmax_forward(x: Array, y: Array, *, tie: float = 0.5) -> Array:
    """Returns the larger of x and y, entry by entry; a number rather than NaN."""
    return np.fmax(x, y)


def fmax_dx(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂max(x, y)/∂x = 1 where x is larger or y is NaN (which differs from itself), else 0; `tie` at a tie."""
    return upstream * ((x > y) + (y != y) + tie * (x == y))


def fmax_dy(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂max(x, y)/∂y = 1 where y is larger or x is NaN (which differs from itself), else 0; `tie` at a tie."""
    return upstream * ((y > x) + (x != x) + tie * (x == y))


fmax = register(
    Primitive(
        name="fmax",
        selects=True,
        symbol="fmax",
        forward=fmax_forward,
        vjp={"x": fmax_dx, "y": fmax_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\max({x},\,{y})",
        words="Routes: the larger input receives the whole upstream gradient, the other 0, and so does NaN.",
        kink=corners.TIE_OF_TWO,
        samples=samples.two_apart,
        spellings=("fmax",),
    )
)


def fmin_forward(x: Array, y: Array, *, tie: float = 0.5) -> Array:
    """Returns the smaller of x and y, entry by entry; a number rather than NaN."""
    return np.fmin(x, y)


def fmin_dx(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂min(x, y)/∂x = 1 where x is smaller or y is NaN (which differs from itself), else 0; `tie` at a tie."""
    return upstream * ((x < y) + (y != y) + tie * (x == y))


def fmin_dy(upstream: Array, out: Array, x: Array, y: Array, *, tie: float) -> Array:
    """∂min(x, y)/∂y = 1 where y is smaller or x is NaN (which differs from itself), else 0; `tie` at a tie."""
    return upstream * ((y < x) + (x != x) + tie * (x == y))


fmin = register(
    Primitive(
        name="fmin",
        selects=True,
        symbol="fmin",
        forward=fmin_forward,
        vjp={"x": fmin_dx, "y": fmin_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\min({x},\,{y})",
        words="Routes: the smaller input receives the whole upstream gradient, the other 0, and so does NaN.",
        kink=corners.TIE_OF_TWO,
        samples=samples.two_apart,
        spellings=("fmin",),
    )
)


# ---------- the largest or the smallest of several ----------


def several_apart(rng: np.random.Generator) -> Samples:
    """Returns three or four arrays that broadcast and never meet in an entry."""
    shapes = (((), (), ()), ((2, 3), (3,), ()), ((2, 1), (1, 3), (3,)))
    return [
        (tuple(samples.distinct(rng, s, shift=0.1 * i) for i, s in enumerate(group)), {})
        for group in shapes
    ]


def maximum_of_forward(*xs: Array) -> Array:
    """Returns the largest of the arrays, entry by entry."""
    return np.max(np.broadcast_arrays(*xs), axis=0)


def maximum_of_dxs(upstream: Array, out: Array, *xs: Array, position: int) -> Array:
    """∂max(x_1, ..., x_n)/∂x_i = 1 where x_i is largest, else 0; shared by those that tie."""
    tied = np.sum(np.equal(np.broadcast_arrays(*xs), out), axis=0)
    return upstream * (xs[position] == out) / tied


maximum_of = register(
    Primitive(
        name="maximum_of",
        selects=True,
        symbol="max",
        forward=maximum_of_forward,
        vjp={"xs": maximum_of_dxs},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\max({xs})",
        words="Routes: the largest input receives the whole upstream gradient, the others 0.",
        kink=corners.TIE_OF_SEVERAL,
        samples=several_apart,
    )
)


def minimum_of_forward(*xs: Array) -> Array:
    """Returns the smallest of the arrays, entry by entry."""
    return np.min(np.broadcast_arrays(*xs), axis=0)


def minimum_of_dxs(upstream: Array, out: Array, *xs: Array, position: int) -> Array:
    """∂min(x_1, ..., x_n)/∂x_i = 1 where x_i is smallest, else 0; shared by those that tie."""
    tied = np.sum(np.equal(np.broadcast_arrays(*xs), out), axis=0)
    return upstream * (xs[position] == out) / tied


minimum_of = register(
    Primitive(
        name="minimum_of",
        selects=True,
        symbol="min",
        forward=minimum_of_forward,
        vjp={"xs": minimum_of_dxs},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\min({xs})",
        words="Routes: the smallest input receives the whole upstream gradient, the others 0.",
        kink=corners.TIE_OF_SEVERAL,
        samples=several_apart,
    )
)


# ---------- by a condition ----------


def where_forward(condition: Array, x: Array, y: Array) -> Array:
    """Returns x where the condition holds, else y."""
    return np.where(condition, x, y)


def where_dx(upstream: Array, out: Array, condition: Array, x: Array, y: Array) -> Array:
    """∂where(c, x, y)/∂x = 1 where c holds, else 0, even where the upstream is not finite."""
    return np.where(condition, upstream, 0)


def where_dy(upstream: Array, out: Array, condition: Array, x: Array, y: Array) -> Array:
    """∂where(c, x, y)/∂y = 0 where c holds, even where the upstream is not finite, else 1."""
    return np.where(condition, 0, upstream)


def where_samples(rng: np.random.Generator) -> Samples:
    """Returns a condition and two branches that broadcast."""
    shapes = (((), (), ()), ((3,), (2, 3), ()), ((2, 1), (3,), (2, 3)), ((2, 3), (), (3,)))
    return [
        ((samples.mask(rng, c), samples.normal(rng, x), samples.normal(rng, y)), {})
        for c, x, y in shapes
    ]


where = register(
    Primitive(
        name="where",
        selects=True,
        symbol="where",
        forward=where_forward,
        vjp={"x": where_dx, "y": where_dy},
        shape=broadcast,
        structure=Structure.DIAGONAL,
        latex=r"\operatorname{{where}}({condition},\,{x},\,{y})",
        words="Routes: the branch taken receives the upstream gradient, the other 0.",
        samples=where_samples,
        spellings=("where",),
    )
)
