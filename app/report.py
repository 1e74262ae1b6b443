"""Answers and problems as plain text for terminals. Numbers to six digits; the JSON has them all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import product

from app.problems import Problem
from app.table import DASH, flat
from app.wire.check import CheckAnswer, CheckedModel
from app.wire.code import CodeAnswer
from app.wire.graph import GraphAnswer, WarningModel
from app.wire.jacobian import JacobianAnswer
from app.wire.tensor import Tensor
from engine.errors import Span

MOST = 6
"""A tensor with more entries is told by its least and greatest."""
GAP = "  "
ROWS, COLUMNS = 64, 16
"""Of the largest matrix that is a table in a terminal."""
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


def check_report(answer: bytes) -> str:
    """Returns one line an input, and one a node where they were asked for; then how it was done."""
    parsed = CheckAnswer.model_validate_json(answer)
    tables = [checked_table("input", parsed.inputs)]
    if parsed.nodes is not None:
        tables.append(checked_table("node", parsed.nodes))
    names: dict[str, list[str]] = {}
    for name, each in [*parsed.inputs.items(), *(parsed.nodes or {}).items()]:
        names.setdefault(each.note, []).append(name)
    notes = [f"note: {', '.join(named)}: {note}\n" for note, named in names.items() if note]
    if parsed.method_note:
        notes.append(f"note: {parsed.method_note}\n")
    done = (
        f"{parsed.verdict}: {parsed.method} differences, h = {number_text(parsed.h)}, "
        f"{parsed.evaluations} evaluations"
    )
    return "\n".join([*tables, *notes, f"{done}\n"])


def checked_table(kind: str, checked: Mapping[str, CheckedModel]) -> str:
    """Returns one line a value that was checked."""
    rows = [
        (
            name,
            tensor_text(each.analytic),
            "sampled" if each.numerical is None else tensor_text(each.numerical),
            f"{float(each.relative_error):.2g}",
            each.verdict,
        )
        for name, each in checked.items()
    ]
    return table((kind, "analytic", "numerical", "relative error", "verdict"), rows, "<>>><")


def code_report(answer: bytes) -> str:
    """Returns the script."""
    return CodeAnswer.model_validate_json(answer).code


def jacobian_report(answer: bytes) -> str:
    """Returns the matrix with the places of its entries, or of a larger one what was asked for."""
    parsed = JacobianAnswer.model_validate_json(answer)
    most = "" if parsed.counted else "at most "
    parts = [
        f"{parsed.rows} by {parsed.columns}, {parsed.structure}; not 0: {most}{parsed.nonzeros}\n"
    ]
    if isinstance(parsed.data, list) and parsed.rows <= ROWS and parsed.columns <= COLUMNS:
        rows = zip(places(parsed.of.shape), parsed.data, strict=True)
        cells = [(place, *map(number_text, flat(line))) for place, line in rows]
        parts.append(table(("", *places(parsed.wrt.shape)), cells, "<" + ">" * parsed.columns))
    else:
        parts.append("note: Too large for a table; --row, --column and --json show its entries.\n")
    for kind, line in (("row", parsed.row), ("column", parsed.column)):
        if line is not None:
            parts.append(f"{kind} {line.index}: {whole_text(line.value)}\n")
    if parsed.product is not None:
        parts.append(f"upstream times it: {whole_text(parsed.product)}\n")
    if parsed.note:
        parts.append(f"note: {parsed.note}\n")
    return "\n".join(parts)


def whole_text(tensor: Tensor) -> str:
    """Returns every number that an answer lists."""
    return tensor_text(tensor) if tensor.data is None else nested_text(tensor.data)


def places(shape: Sequence[int]) -> list[str]:
    """Returns the index of every entry, flat: [0, 0], [0, 1]; of a single number, nothing to index."""
    return [str(list(place)) if place else "()" for place in product(*map(range, shape))]


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
