"""Answers and problems as plain text for terminals. Numbers to six digits; the JSON has them all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from app.problems import Problem
from app.schemas import GraphAnswer, Tensor, WarningModel
from app.table import DASH, flat
from engine.errors import Span

MOST = 6
"""A tensor with more entries is told by its least and greatest."""
GAP = "  "
WIDTH = 100
"""Columns of a line of source that are shown."""
BEFORE = 40
"""Columns kept in front of the place, where the line is longer."""

Cells = Sequence[str]


def graph_report(answer: bytes) -> str:
    """Returns one line a node, in evaluation order, and then what is worth knowing."""
    parsed = GraphAnswer.model_validate_json(answer)
    rows = [
        (
            node.label,
            shape_text(node.value),
            tensor_text(node.value),
            DASH if node.upstream is None else tensor_text(node.upstream),
        )
        for node in parsed.nodes
    ]
    return table(("name", "shape", "value", "gradient"), rows, "<<>>") + notices(parsed.warnings)


def notices(warnings: Sequence[WarningModel]) -> str:
    """Returns one paragraph a notice."""
    kinds = {"info": "note", "warning": "warning"}
    lines = [f"{kinds[each.level]}: {each.message} {each.hint}".rstrip() for each in warnings]
    return "".join(f"\n{line}\n" for line in lines)


def table(head: Cells, rows: Sequence[Cells], sides: str) -> str:
    """Returns aligned columns below their names.

    Args:
        head: a name a column.
        rows: a text a column each.
        sides: `<` or `>` a column: which side its texts keep to.
    """
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "".join(
        GAP.join(
            f"{text:{side}{width}}" for text, side, width in zip(line, sides, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def shape_text(tensor: Tensor) -> str:
    """Returns a shape as NumPy writes it."""
    sizes = tensor.shape
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(map(str, sizes))})"


def tensor_text(tensor: Tensor) -> str:
    """Returns a number, a small tensor's numbers, or a larger one's least and greatest."""
    if tensor.summary is not None:
        ends = float(tensor.summary.min), float(tensor.summary.max)
        return ends_text(*ends, tensor.summary.nonfinite)
    numbers = list(flat(tensor.data))
    if len(numbers) <= MOST:
        return nested_text(tensor.data)
    finite = [number for number in numbers if math.isfinite(number)] or [math.nan]
    return ends_text(min(finite), max(finite), sum(not math.isfinite(n) for n in numbers))


def ends_text(least: float, greatest: float, nonfinite: int) -> str:
    """Returns the ends of a range, and how many numbers are not in it."""
    low, high = number_text(least), number_text(greatest)
    text = f"all {low}" if low == high else f"{low} to {high}"
    return f"{text}, {nonfinite} not finite" if nonfinite else text


def nested_text(data: object) -> str:
    """Returns nested lists as Python writes them."""
    if isinstance(data, list):
        return f"[{', '.join(map(nested_text, data))}]"
    return number_text(next(flat(data)))


def number_text(number: float) -> str:
    """Returns six significant digits: -12, 0.731059, 1.23e-07."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    return f"{number:.6g}"


def complaint(problem: Problem, source: str) -> str:
    """Returns what is wrong, where, and the fix."""
    place = "" if problem.span is None else marked(problem.span, source)
    hint = f"  hint: {problem.hint}\n" if problem.hint else ""
    return f"chainrule: {problem.detail}\n{place}{hint}"


def marked(span: Span, source: str) -> str:
    """Returns the place, counted from 1, its line of the source, and carets below it."""
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    end = span.end_column if span.end_line == span.line else len(line)
    first = max(0, span.column - BEFORE) if len(line) > WIDTH else 0
    shown = "".join(c if c.isprintable() else " " for c in line[first : first + WIDTH])
    carets = "^" * max(1, min(end, first + WIDTH) - span.column)
    return (
        f"  line {span.line}, column {span.column + 1}\n"
        f"    {shown.rstrip()}\n"
        f"    {' ' * (span.column - first)}{carets}\n"
    )
