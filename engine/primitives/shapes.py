"""Shape rules that several primitives share: they take shapes and make no array."""

from __future__ import annotations

from engine.errors import BadCall, ShapeMismatch, excerpt

Shape = tuple[int, ...]
Axis = int | tuple[int, ...] | None


def broadcast(*shapes: Shape, **_settings: object) -> Shape:
    """Returns the shape NumPy broadcasts to.

    Of two equal sizes the first is kept, since it may carry its history.

    Raises:
        ShapeMismatch: naming both shapes and the sizes that disagree.
    Source: NumPy manual, "Broadcasting".
    """
    rank = max((len(s) for s in shapes), default=0)
    result: list[int] = []
    for axis in range(-rank, 0):
        size = 1
        for shape in shapes:
            own = shape[axis] if -axis <= len(shape) else 1
            if own == 1 or own == size:
                continue
            if size != 1:
                words = " and ".join(show(s) for s in shapes)
                raise ShapeMismatch(
                    f"Shapes {words} do not fit: axis {axis} has sizes {size} and {own}.",
                    hint="Make the sizes equal, or one of them 1.",
                    sizes=(size, own),
                )
            size = own
        result.append(size)
    return tuple(result)


def show(shape: Shape) -> str:
    """Returns a shape as NumPy prints it, e.g. (3,)."""
    sizes = ", ".join(str(int(n)) for n in shape)
    return f"({sizes},)" if len(shape) == 1 else f"({sizes})"


def axes_of(shape: Shape, axis: Axis, *, argument: int = 0) -> tuple[int, ...]:
    """Returns the axes that a setting names, counted from 0; None names all of them.

    Args:
        shape: of the array.
        axis: the setting as written; negative axes count from the last.
        argument: position of the array among the gate's arguments, for the error.

    Raises:
        BadCall: for an axis that is not a whole number.
        ShapeMismatch: for an axis that the shape does not have, or one named twice.
    """
    if axis is None:
        return tuple(range(len(shape)))
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    result: list[int] = []
    for one in axes:
        if isinstance(one, bool) or not isinstance(one, int):
            raise BadCall(f"An axis is a whole number, not {excerpt(one)}.", hint="axis=0")
        if not -len(shape) <= one < len(shape):
            plural = "" if len(shape) == 1 else "s"
            raise ShapeMismatch(
                f"There is no axis {one}: shape {show(shape)} has {len(shape)} dimension{plural}.",
                hint=f"The last axis is {len(shape) - 1}." if shape else "Leave the axis out.",
                rank=(argument, one + 1 if one >= 0 else -one),
            )
        result.append(one % len(shape))
    if len(set(result)) < len(result):
        named = ", ".join(str(one) for one in axes)
        raise ShapeMismatch(
            f"Axes {named} of shape {show(shape)} name one twice.", hint="Name it once."
        )
    return tuple(result)


def one_axis(shape: Shape, axis: object, *, argument: int = 0) -> int:
    """Returns the one axis that a setting names, counted from 0.

    Raises:
        BadCall: for an axis that is not a whole number, or several.
        ShapeMismatch: for an axis that the shape does not have.
    """
    if isinstance(axis, bool) or not isinstance(axis, int):
        raise BadCall(f"One axis belongs here, not {excerpt(axis)}.", hint="axis=0")
    return axes_of(shape, axis, argument=argument)[0]
