"""Questions about an array: where its largest entry is, how many hold, in which order. The answers carry no gradient."""

# NumPy's stubs give Any for some of these expressions.
# mypy: disable-error-code="no-any-return"

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall, excerpt
from engine.primitives import samples
from engine.primitives.primitive import Primitive, Samples, Structure, register
from engine.primitives.reduction import VARIANTS, reduced, reduced_to_entry
from engine.primitives.scan import along_one_axis, sorted_shape
from engine.primitives.shapes import Axis

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]
Shape = tuple[int, ...]

PLACES = "Blocks: the answer is a place, which only jumps, so no gradient passes."
COUNTS = "Blocks: the answer is a count, which only jumps, so no gradient passes."
TRUTH = "Blocks: the answer only switches between true and false, so no gradient passes."


def placed(x: Shape, *, axis: object = None, keepdims: bool = False) -> Shape:
    """Returns the reduced shape, where one place is found along one axis, or in the flattened array.

    Raises:
        BadCall: for an axis that is not one whole number or None.
        ShapeMismatch: for an axis that the shape does not have, or no entry to find.
    """
    if axis is not None and not isinstance(axis, int):
        raise BadCall(f"A place is found along one axis, not {excerpt(axis)}.", hint="axis=0")
    return reduced_to_entry(x, axis=axis, keepdims=keepdims)


def one_place(rng: np.random.Generator) -> Samples:
    """Returns one array without ties a variant of the settings that name at most one axis."""
    return [
        ((samples.distinct(rng, shape),), settings)
        for shape, settings in VARIANTS
        if not isinstance(settings.get("axis"), tuple)
    ]


def some_zeros(rng: np.random.Generator) -> Samples:
    """Returns one array with entries that are 0 a variant of the settings."""
    return [
        ((np.where(samples.mask(rng, shape), samples.nonzero(rng, shape), 0.0),), settings)
        for shape, settings in VARIANTS
    ]


def argmax_forward(x: Array, *, axis: int | None = None, keepdims: bool = False) -> Whole:
    """Returns the place of the largest entry along the axis, the first of several."""
    return np.argmax(x, axis=axis, keepdims=keepdims)


argmax = register(
    Primitive(
        name="argmax",
        symbol="argmax",
        forward=argmax_forward,
        vjp={},
        shape=placed,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{argmax}}({x})",
        words=PLACES,
        samples=one_place,
        spellings=("argmax",),
        methods=("argmax",),
    )
)


def argmin_forward(x: Array, *, axis: int | None = None, keepdims: bool = False) -> Whole:
    """Returns the place of the smallest entry along the axis, the first of several."""
    return np.argmin(x, axis=axis, keepdims=keepdims)


argmin = register(
    Primitive(
        name="argmin",
        symbol="argmin",
        forward=argmin_forward,
        vjp={},
        shape=placed,
        structure=Structure.REDUCTION,
        latex=r"\operatorname{{argmin}}({x})",
        words=PLACES,
        samples=one_place,
        spellings=("argmin",),
        methods=("argmin",),
    )
)


def argsort_forward(x: Array, *, axis: int | None = -1) -> Whole:
    """Returns the places of the entries along the axis, from the smallest entry to the largest."""
    return np.argsort(x, axis)


argsort = register(
    Primitive(
        name="argsort",
        symbol="argsort",
        forward=argsort_forward,
        vjp={},
        shape=sorted_shape,
        structure=Structure.DENSE,
        latex=r"\operatorname{{argsort}}({x})",
        words=PLACES,
        samples=along_one_axis,
        spellings=("argsort",),
        methods=("argsort",),
    )
)


def count_nonzero_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Whole:
    """Returns how many entries along the axes are not 0."""
    return np.sum(x != 0, axis=axis, keepdims=keepdims)


count_nonzero = register(
    Primitive(
        name="count_nonzero",
        symbol="#≠0",
        forward=count_nonzero_forward,
        vjp={},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\#\left({x} \ne 0\right)",
        words=COUNTS,
        samples=some_zeros,
        spellings=("count_nonzero",),
    )
)


def any_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Mask:
    """Returns whether at least one entry along the axes holds."""
    return np.any(x, axis=axis, keepdims=keepdims)


anywhere = register(
    Primitive(
        name="any",
        symbol="any",
        forward=any_forward,
        vjp={},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\exists\,{x}",
        words=TRUTH,
        samples=some_zeros,
        spellings=("any",),
        methods=("any",),
    )
)


def all_forward(x: Array, *, axis: Axis = None, keepdims: bool = False) -> Mask:
    """Returns whether every entry along the axes holds."""
    return np.all(x, axis=axis, keepdims=keepdims)


everywhere = register(
    Primitive(
        name="all",
        symbol="all",
        forward=all_forward,
        vjp={},
        shape=reduced,
        structure=Structure.REDUCTION,
        latex=r"\forall\,{x}",
        words=TRUTH,
        samples=some_zeros,
        spellings=("all",),
        methods=("all",),
    )
)
