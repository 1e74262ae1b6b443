"""Functions that are written with several gates: np.split is as many slices, np.linalg.slogdet a sign and a logarithm.

A composition takes what stands in the call, bound by its own signature, and puts gates on the tape through `Gates`. Its
parameters have NumPy's names, so that keywords need no table. It may return one value, a tuple of them, or a plain number.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.primitives.primitive import Shape

Value = object
"""A node of the tape (opaque here), a plain number, truth value, text, None, or a list or tuple of those."""


class Gates(Protocol):
    """What a composition may ask of the tape."""

    def make(self, primitive: str, *arguments: Value, **settings: object) -> Value:
        """Puts a gate of the named primitive on the tape; plain numbers become constants."""

    def call(self, spelling: str, *arguments: Value, **settings: object) -> Value:
        """Does what np.spelling(...) does: a primitive, an overload (`matmul`) or another composition."""

    def shape(self, value: Value) -> Shape:
        """Returns a value's shape; () for a plain number."""

    def need_axes(self, value: Value, least: int) -> None:
        """Says that an input which nobody gave has so many axes; of all else it asks nothing."""

    def copy(self, value: Value) -> Value:
        """Returns an array of its own with the same entries: names that share the other do not change it."""

    def index(self, value: Value, choices: int) -> Value:
        """Returns whole numbers that pick from an axis of so many entries; an input becomes a label.

        Raises ShapeMismatch for a number that is out of range, NotAllowed for one that is computed.
        """

    def setting(self, value: Value) -> object:
        """Returns plain whole numbers, truth values or None, in tuples; raises NotAllowed for what is computed."""

    def at_least(self, value: Value, rank: int, word: str) -> Shape:
        """Returns the shape of a value with that many axes; a free name is given them.

        Raises:
            ShapeMismatch: for a value with fewer; `word` names the function.
        """

    def whole(self, value: Value, what: str) -> int:
        """Returns a plain whole number; raises BadCall naming `what` for anything else."""

    def several(self, value: Value) -> Sequence[Value]:
        """Returns the arrays of a list, a tuple, or an array's rows."""


class Fields(tuple[Value, ...]):
    """Several results with names of their own, such as `.sign` and `.logabsdet`."""

    names: tuple[str, ...]

    def __new__(cls, **values: Value) -> Fields:
        """Returns the values in the order given, under their names."""
        made = super().__new__(cls, values.values())
        made.names = tuple(values)
        return made


@dataclass(frozen=True, slots=True)
class Composition:
    """A function made of gates.

    Attributes:
        name: its first spelling.
        function: `(gates, *values, **keywords) -> value`.
        words: one sentence on what it does, for the table of functions.
        spellings: what a program may call it by, without `np.`.
        methods: names it has as an array's method.
    """

    name: str
    function: Callable[..., Value]
    words: str
    spellings: tuple[str, ...]
    methods: tuple[str, ...]

    @property
    def form(self) -> str:
        """How it is written, for a hint."""
        parameters = list(inspect.signature(self.function).parameters.values())[1:]
        shown = []
        for p in parameters:
            name = f"*{p.name}" if p.kind is inspect.Parameter.VAR_POSITIONAL else p.name
            shown.append(name if p.default is inspect.Parameter.empty else f"{name}={p.default!r}")
        arguments = ", ".join(shown)
        brackets = f"[{arguments}]" if self.name in BRACKETED else f"({arguments})"
        return f"np.{self.name}{brackets}"


COMPOSITIONS: dict[str, Composition] = {}
"""By spelling."""

COMPOSED_METHODS: dict[str, Composition] = {}
"""By an array's method."""


BRACKETED: dict[str, Composition] = {}
"""What is written in brackets like an index: np.c_[a, b]."""


def bracketed(name: str) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Registers the decorated `(gates, *values) -> value` for np.name[...]."""

    def keep(function: Callable[..., Value]) -> Callable[..., Value]:
        words = (inspect.getdoc(function) or "").partition("\n")[0]
        BRACKETED[name] = Composition(name, function, words, (name,), ())
        return function

    return keep


def composition(
    *spellings: str, methods: tuple[str, ...] = ()
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Registers the decorated `(gates, ...) -> value` for the spellings; its docstring's first line are its words."""

    def keep(function: Callable[..., Value]) -> Callable[..., Value]:
        words = inspect.getdoc(function) or ""
        made = Composition(spellings[0], function, words.partition("\n")[0], spellings, methods)
        COMPOSITIONS.update(dict.fromkeys(spellings, made))
        COMPOSED_METHODS.update(dict.fromkeys(methods, made))
        return function

    return keep


def compositions() -> list[Composition]:
    """Returns every function made of gates, by name."""
    made = [*COMPOSITIONS.values(), *COMPOSED_METHODS.values(), *BRACKETED.values()]
    return sorted({c.name: c for c in made}.values(), key=lambda c: c.name)
