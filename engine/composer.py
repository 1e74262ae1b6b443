"""The tape, as a composition sees it (`engine.primitives.composition.Gates`)."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine import language
from engine.errors import BadCall, NotAllowed, ShapeMismatch
from engine.plain import is_plain
from engine.primitives import OVERLOADS, REGISTRY
from engine.primitives.composition import COMPOSITIONS
from engine.primitives.shapes import show
from engine.tape import Ref

if TYPE_CHECKING:
    from engine.calls import Calls


class Composer:
    """The tape, as a composition sees it: gates at the place of one call.

    Args:
        calls: the lowering.
        node: the call, or what else is made of several gates.
    """

    def __init__(self, calls: Calls, node: ast.AST) -> None:
        self._calls = calls
        self._node = node

    def make(self, primitive: str, *arguments: object, **settings: object) -> Ref:
        """Puts a gate on the tape; plain numbers become constants."""
        refs = self._calls.arrays(arguments, self._node)
        known = {
            name: self._calls.setting(value, self._node) if isinstance(value, Ref) else value
            for name, value in settings.items()
        }
        record = REGISTRY[primitive]
        made = self._calls.gate(record, refs, known, self._calls.span(self._node))
        return self._calls.viewed(record, refs, made)

    def call(self, spelling: str, *arguments: object, **settings: object) -> object:
        """Does what np.spelling(...) does."""
        if spelling in OVERLOADS:
            refs = self._calls.arrays(arguments, self._node)
            return self._calls.overloaded(spelling, refs, self._calls.span(self._node))
        if spelling in COMPOSITIONS:
            return COMPOSITIONS[spelling].function(self, *arguments, **settings)
        return self.make(language.SPELLINGS[spelling].name, *arguments, **settings)

    def shape(self, value: object) -> tuple[int, ...]:
        """Returns a value's shape."""
        if is_plain(value):
            return ()
        return self._calls.drafts[self._calls.node(value, self._node).index].shape

    def need_axes(self, value: object, least: int) -> None:
        """Restarts with more axes for an input that nobody gave."""
        if isinstance(value, Ref):
            self._calls.need_rank(value, least)

    def copy(self, value: object) -> Ref:
        """Returns an array of its own with the same entries."""
        return self._calls.copied(value, self._node)

    def index(self, value: object, choices: int) -> Ref:
        """Returns whole numbers that pick from an axis of so many entries; an input becomes a label."""
        ref = self._calls.node(value, self._node)
        return self._calls.as_index(ref, choices, self._calls.span(self._node))

    def setting(self, value: object) -> object:
        """Returns plain whole numbers, truth values or None, in tuples where there are several."""
        return self._calls.setting(value, self._node)

    def at_least(self, value: object, rank: int, word: str) -> tuple[int, ...]:
        """Returns the shape of a value with that many axes; a free name is given them."""
        shape = self.shape(value)
        if len(shape) < rank:
            if isinstance(value, Ref):
                self._calls.need_rank(value, rank)
            raise ShapeMismatch(
                f"np.{word} needs {rank} dimension{'s' if rank > 1 else ''} here, not shape {show(shape)}.",
                hint="Give it a matrix." if rank == 2 else "Give it more axes.",
            )
        return shape

    def whole(self, value: object, what: str) -> int:
        """Returns a plain whole number."""
        try:
            plain = self._calls.setting(value, self._node)
        except NotAllowed:
            plain = None
        if isinstance(plain, bool) or not isinstance(plain, int):
            raise BadCall(f"{what} is a whole number.", hint=f"Write {what} as a plain number.")
        return plain

    def several(self, value: object) -> Sequence[object]:
        """Returns the arrays of a list, a tuple, or an array's rows."""
        if isinstance(value, list | tuple):
            return value
        ref = self._calls.node(value, self._node)
        shape = self._calls.drafts[ref.index].shape
        if not shape:
            self._calls.need_rank(ref, 1)
            raise BadCall("A list of arrays belongs here.", hint="Write [a, b].")
        return [self.make("getitem", ref, index=(i,)) for i in range(int(shape[0]))]
