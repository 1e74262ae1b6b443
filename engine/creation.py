"""Arrays that a program writes out: np.array, zeros, arange, random draws... from plain numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from engine.errors import BadCall
from engine.inputs import read_value
from engine.limits import Limits

Made = NDArray[np.float64]
RANDOM = ("random.rand", "random.randn", "random.normal", "random.uniform", "random.random")


def numbers_of(value: object) -> tuple[int, ...]:
    """Returns a shape from a whole number or a sequence of them."""
    sizes = value if isinstance(value, list | tuple) else (value,)
    if not all(is_number(n) and float(n).is_integer() and n >= 0 for n in sizes):
        raise BadCall("a shape is made of whole numbers.", hint="Such as (3, 4).")
    return tuple(int(n) for n in sizes)


class Maker:
    """Makes arrays for one program, within its limits, random ones from the program's seed."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._random = np.random.RandomState(0)
        self.drawn = False
        self.makers: Mapping[str, tuple[Callable[..., Made], tuple[str, ...]]] = {
            "array": (self.array, ("object",)),
            "asarray": (self.array, ("a",)),
            "zeros": (lambda shape: self.full(shape, 0.0), ("shape",)),
            "ones": (lambda shape: self.full(shape, 1.0), ("shape",)),
            "full": (self.full, ("shape", "fill_value")),
            "eye": (self.eye, ("N", "M")),
            "identity": (self.eye, ("n",)),
            "arange": (self.arange, ("start", "stop", "step")),
            "linspace": (self.linspace, ("start", "stop", "num")),
            "random.rand": (lambda *shape: self.draw("uniform", shape), ()),
            "random.randn": (lambda *shape: self.draw("normal", shape), ()),
            "random.random": (lambda size=(): self.draw("uniform", size), ("size",)),
            "random.normal": (self.normal, ("loc", "scale", "size")),
            "random.uniform": (self.uniform, ("low", "high", "size")),
        }

    def make(self, name: str, arguments: Sequence[object], keywords: Mapping[str, object]) -> Made:
        """Returns the array that a call of `name` stands for.

        Raises:
            BadCall: naming the argument that the function does not take.
        """
        maker, parameters = self.makers[name]
        accepted = {k: v for k, v in keywords.items() if k != "dtype"}
        for keyword in accepted:
            if keyword not in parameters:
                known = ", ".join(parameters) or "sizes only"
                raise BadCall(f"np.{name} does not take {keyword} here.", hint=f"It takes {known}.")
        if parameters and len(arguments) + len(accepted) > len(parameters):
            raise BadCall(
                f"np.{name} takes at most {len(parameters)} arguments.",
                hint=f"They are {', '.join(parameters)}.",
            )
        try:
            return maker(*arguments, **accepted)
        except TypeError:
            known = ", ".join(parameters) or "sizes"
            raise BadCall(
                f"np.{name} cannot be read with these arguments.", hint=f"It takes {known}."
            ) from None

    def seed(self, value: int) -> None:
        """Starts the program's random numbers anew, as np.random.seed does."""
        self._random = np.random.RandomState(value)

    def array(self, given: object) -> Made:
        """Returns a nested list as an array."""
        return read_value(given, self._limits)

    def full(self, shape: object, fill_value: object) -> Made:
        """Returns an array of one number."""
        if not isinstance(fill_value, int | float):
            raise TypeError
        return np.full(self._checked(shape), float(fill_value))

    def eye(self, rows: object, columns: object = None) -> Made:
        """Returns ones on the diagonal."""
        sizes = self._checked((rows, rows if columns is None else columns))
        made: Made = np.eye(sizes[0], sizes[1])
        return made

    def arange(self, start: object, stop: object = None, step: object = 1) -> Made:
        """Returns evenly spaced numbers with a step."""
        first, last = (0, start) if stop is None else (start, stop)
        begin, end, by = finite_number(first), finite_number(last), finite_number(step)
        if by == 0:
            raise TypeError
        count = max(0, math.ceil((end - begin) / by))
        self._limits.check("node_numbers", count, "np.arange makes {found} numbers")
        return begin + by * np.arange(count, dtype=np.float64)

    def linspace(self, start: object, stop: object, num: object = 50) -> Made:
        """Returns a count of evenly spaced numbers."""
        (count,) = self._checked(int(finite_number(num)))
        return np.linspace(finite_number(start), finite_number(stop), count)

    def normal(self, loc: object = 0.0, scale: object = 1.0, size: object = ()) -> Made:
        """Returns normally distributed numbers."""
        return finite_number(loc) + finite_number(scale) * self.draw("normal", size)

    def uniform(self, low: object = 0.0, high: object = 1.0, size: object = ()) -> Made:
        """Returns evenly distributed numbers."""
        least, most = finite_number(low), finite_number(high)
        return least + (most - least) * self.draw("uniform", size)

    def draw(self, kind: str, size: object) -> Made:
        """Returns random numbers from the program's seed."""
        shape = self._checked(() if size is None else size)
        self.drawn = True
        drawn = (
            self._random.standard_normal(shape)
            if kind == "normal"
            else self._random.random_sample(shape)
        )
        return np.asarray(drawn, dtype=np.float64)

    def _checked(self, shape: object) -> tuple[int, ...]:
        sizes = numbers_of(shape)
        self._limits.check("dimensions", len(sizes), "the array has {found} dimensions")
        count = 1
        for n in sizes:
            count *= n
        self._limits.check("node_numbers", count, "the array holds {found} numbers")
        return sizes


def is_literal(node: ast.expr) -> bool:
    """Returns whether an expression is a number, or lists of numbers."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        node = node.operand
        return isinstance(node, ast.Constant) and is_number(node.value)
    if isinstance(node, ast.List | ast.Tuple):
        return bool(node.elts) and all(is_literal(entry) for entry in node.elts)
    return isinstance(node, ast.Constant) and is_number(node.value)


def is_number(value: object) -> TypeGuard[int | float]:
    """Returns whether a literal is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def finite_number(value: object) -> float:
    """Returns a setting as a number.

    Raises:
        TypeError: for anything else; `Maker.make` says it in the student's words.
    """
    if not is_number(value) or not math.isfinite(value):
        raise TypeError
    return float(value)


def is_written_out(node: ast.expr, dotted: Callable[[ast.expr], str | None]) -> bool:
    """Returns whether an expression makes an input when a top-level statement assigns it (contract, section 3).

    Args:
        node: the assigned expression.
        dotted: name of a NumPy function from the expression that is called, without `np.`, or None.
    """
    if isinstance(node, ast.Tuple):
        return False
    if is_literal(node):
        return True
    if not isinstance(node, ast.Call):
        return False
    name = dotted(node.func)
    makers = ("array", "zeros", "ones", "full", "eye", "arange", "linspace", *RANDOM)
    arguments = [*node.args, *(k.value for k in node.keywords if k.arg != "dtype")]
    return name in makers and all(is_literal(argument) for argument in arguments)
