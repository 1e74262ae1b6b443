"""Edits that may make an unreadable line readable. The reader offers one only where the text that it makes can be read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.errors import Edit, Span

PAIRS = {"(": ")", "[": "]", "{": "}"}


def applied(lines: Sequence[str], edit: Edit) -> str:
    """Returns the text with one edit made, which lies on one line."""
    span = edit.span
    line = lines[span.line - 1]
    changed = line[: span.column] + edit.text + line[span.end_column :]
    return "\n".join([*lines[: span.line - 1], changed, *lines[span.line :]])


def guesses(message: str, number: int, line: str, column: int) -> Iterator[Edit]:
    """Yields the edits that are worth a try, the likeliest first.

    Args:
        message: Python's complaint.
        number: the line's, from 1.
        line: as the student wrote it.
        column: where reading stopped.
    """

    def edit(start: int, end: int, text: str) -> Edit:
        return Edit(Span(number, start, number, end), text)

    code = line.split("#")[0].rstrip()
    if "never closed" in message:
        yield edit(len(code), len(code), "".join(PAIRS[b] for b in reversed(still_open(code))))
    elif "unmatched" in message:
        yield edit(column, column + 1, "")
    elif "does not match" in message and (opened := still_open(line[:column])):
        yield edit(column, column + 1, PAIRS[opened[-1]])
    elif "decimal literal" in message and (
        glued := re.search(r"(?<![\w.])[\d.]+(?=[^\W\d])", code)
    ):
        yield edit(glued.end(), glued.end(), "*")
    else:
        before = line[:column].rstrip()
        sign = ", " if still_open(before)[-1:] == ["["] else " * "
        yield edit(len(before), column, sign)
        if gap := re.compile(r"(?<=[\w)\]])\s+(?=[\w(])").search(line, column):
            yield edit(gap.start(), gap.end(), sign)


def still_open(text: str) -> list[str]:
    """Returns the brackets that a text leaves open, outermost first."""
    opened: list[str] = []
    for character in text:
        if character in PAIRS:
            opened.append(character)
        elif opened and character == PAIRS[opened[-1]]:
            opened.pop()
    return opened
