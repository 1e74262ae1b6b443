"""What the engine refuses, one class a cause. Each error names the place and the fix.

A message is one sentence or two: the thing, what was found, what was wanted. The hint is the fix alone.
Text of the student's appears in a message only through `excerpt`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Span:
    """A range of the source text: 1-based lines, 0-based columns, as in Python's `ast`."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in the source text: `text` takes the place of what stands at `span`."""

    span: Span
    text: str


def renaming(span: Span | None, name: str, better: str | None) -> tuple[Edit, ...]:
    """Returns the fix that writes a better name where a span ends with `name`; none without a better one."""
    if span is None or not better:
        return ()
    start = max(span.end_column - len(name), 0)
    return (Edit(Span(span.end_line, start, span.end_line, span.end_column), better),)


def excerpt(text: object, limit: int = 40) -> str:
    """Returns the student's own text, made fit for a message: short, without control characters."""
    clean = "".join(c for c in str(text) if unicodedata.category(c)[0] != "C")
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


class EngineError(Exception):
    """A program or its inputs cannot be used as they are.

    Attributes:
        code: stable name of the cause, part of the API.
        title: the cause in two or three words.
        detail: what was found and what was wanted.
        span: where in the source, or None.
        hint: the fix, or "".
        limit: the name of the limit that was passed, or None.
        fix: replacements in the source that mend it, made together; () where the student must decide.
    """

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "Cannot be drawn"

    def __init__(
        self,
        detail: str,
        *,
        span: Span | None = None,
        hint: str = "",
        limit: str | None = None,
        fix: Sequence[Edit] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.span = span
        self.hint = hint
        self.limit = limit
        self.fix = tuple(fix)


class Syntax(EngineError):
    """The text is not Python."""

    code = "syntax"
    title = "Not readable"


class NotAllowed(EngineError):
    """Python, but outside the language of Chainrule."""

    code = "not-allowed"
    title = "Not in the language"


class UndefinedName(EngineError):
    """A name or a function that nothing defines."""

    code = "undefined-name"
    title = "Unknown name"


class BadCall(EngineError):
    """A known function with arguments that it does not take."""

    code = "bad-call"
    title = "Wrong arguments"


class ShapeMismatch(EngineError):
    """Shapes that do not fit.

    Attributes:
        sizes: the two sizes that should have been equal, when exactly two disagree; `engine.assume` makes them equal
            where one of them was its own choice.
        rank: (position of the argument, least number of dimensions it needs), when that is what is wrong.
    """

    code = "shape-mismatch"
    title = "Shapes do not fit"

    def __init__(
        self,
        detail: str,
        *,
        span: Span | None = None,
        hint: str = "",
        sizes: tuple[int, int] | None = None,
        rank: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(detail, span=span, hint=hint)
        self.sizes = sizes
        self.rank = rank


class ShapeNeeded(EngineError):
    """A free name whose shape the program leaves open."""

    code = "shape-needed"
    title = "Shape needed"


class NotScalar(EngineError):
    """A gradient was asked of an output that is not one number."""

    code = "not-scalar"
    title = "Not one number"


class BadInput(EngineError):
    """A given value that is not a number, a full nested list, or a known fill."""

    code = "bad-input"
    title = "Input not usable"


class NotSpelled(EngineError):
    """A gate that a framework has no words for."""

    code = "not-spelled"
    title = "No words for it"


class TooLarge(EngineError):
    """A named limit was passed."""

    code = "too-large"
    title = "Too large"


class Timeout(EngineError):
    """The work took longer than its limit."""

    code = "timeout"
    title = "Took too long"
