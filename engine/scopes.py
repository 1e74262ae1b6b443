"""What names stand for while a program is lowered: scopes, the program's own functions, and views gone stale."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace


class Scope(dict[str, object]):
    """The names of a module, a call or a comprehension, and the scope it was written in.

    Args:
        outer: the scope to look in next, or None for the module's.
    """

    def __init__(self, outer: Scope | None = None) -> None:
        super().__init__()
        self.outer = outer

    def chain(self) -> Iterator[Scope]:
        """Returns this scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


@dataclass(frozen=True, slots=True)
class Function:
    """A def or a lambda of the program.

    Attributes:
        name: its own name; a lambda has none.
        positional: parameters that may be given by place or by name.
        named: parameters that are given by name only.
        defaults: values of parameters that may be left out.
        body: its statements.
        scope: where it was written: its free names are looked up there when it is called.
    """

    name: str
    positional: tuple[str, ...]
    named: tuple[str, ...]
    defaults: dict[str, object]
    body: tuple[ast.stmt, ...]
    scope: Scope = field(repr=False, compare=False)

    def called(self, name: str) -> Function:
        """Returns the function under the name it is called by: a lambda has none of its own."""
        return self if self.name else replace(self, name=name)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Every parameter, in order."""
        return self.positional + self.named


class Returned(Exception):
    """Carries a function's result out of its body."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class NextTurn(Exception):
    """Carries `continue` out of a turn."""


class LastTurn(Exception):
    """Carries `break` out of a loop."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A view whose array was changed in place: NumPy would show the change, a tape cannot.

    Attributes:
        name: the name, or the name of the list, that the view was kept under.
    """

    name: str
