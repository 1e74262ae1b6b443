"""From a program's text to its circuit."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from engine.circuit import Circuit
from engine.graph import Array, Shape, remark
from engine.inputs import read_inputs
from engine.language import check, opened
from engine.limits import Deadline, Limits
from engine.lower import Lowered, Request, lower
from engine.source import Text, clean, parse
from engine.tail import backward_code, find_tail, known_names, target_name
from engine.trace import BackwardCode


def build(
    source: str,
    inputs: Mapping[str, object] | None = None,
    output: str | None = None,
    wrt: Sequence[str] | None = None,
    limits: Limits | None = None,
) -> Circuit:
    """Reads a program and returns its circuit; shapes and cost are known, nothing large is computed.

    Args:
        source: one expression or a small NumPy program.
        inputs: values by name: a number, a nested list, an array, or {"shape", "fill", "seed", "scale"}.
        output: the name to differentiate; default the last assigned name or the last bare expression.
        wrt: names to differentiate with respect to; default every input that is not a label.
        limits: what the program may cost.

    Raises:
        EngineError: one of its subclasses, with the place and the fix.
    """
    limits = limits or Limits()
    deadline = Deadline(limits)
    text, body = read(source, limits)
    given = read_inputs(inputs or {}, limits)
    if wrt is not None:
        limits.check("wrt", len(wrt), "{found} names are asked for")
    shapes = tuple((name, array.shape) for name, array in given.items())
    kept = shelf(source, shapes, output, None if wrt is None else tuple(wrt), limits)
    if kept:
        return kept[0].at(given)
    lowered, code = lower_without_tail(text, body, given, output, limits, deadline)
    head = body if code is None else tuple(s for s in body if s.lineno < code.line)
    circuit = Circuit(text, lowered, wrt, code, limits, head, output)
    if lowered.steady:
        kept.append(circuit)
    return circuit


@lru_cache(maxsize=16)
def shelf(
    source: str,
    shapes: tuple[tuple[str, Shape], ...],
    output: str | None,
    wrt: tuple[str, ...] | None,
    limits: Limits,
) -> list[Circuit]:
    """Returns where the circuit is kept that such a request has been built to, if it is the same for all values."""
    return []


@lru_cache(maxsize=16)
def read(source: str, limits: Limits) -> tuple[Text, tuple[ast.stmt, ...]]:
    """Returns a program's text and its statements, all in the language; read once while its inputs change.

    Nothing changes the statements: lowering walks them.

    Raises:
        EngineError: one of its subclasses, with the place and the fix.
    """
    text = clean(source)
    body = opened(parse(text, limits).body)
    check(body, text)
    return text, body


def lower_without_tail(
    text: Text,
    body: tuple[ast.stmt, ...],
    given: Mapping[str, Array],
    output: str | None,
    limits: Limits,
    deadline: Deadline,
) -> tuple[Lowered, BackwardCode | None]:
    """Returns the tape of the forward part, and the backward part where the program has one."""
    request = Request(text, body, given, output, limits, deadline)
    start = find_tail(body)
    if start is None or output in {target_name(s) for s in body[start:]} - {None}:
        return lower(request), None
    head, tail = body[:start], body[start:]
    lowered = lower(replace(request, body=head))
    if lowered.graph.nodes[lowered.graph.output].shape != ():
        return lower(request), None
    code = backward_code(text, tail, known_names(head) | set(given))
    count = len(code.problems)
    slips = f"; {count} slip{'s' if count > 1 else ''} in it" if count else ""
    notice = remark(
        f"Lines from {code.line} on are backward code: they are not drawn{slips}.",
        "Compare them with the gradients of the circuit.",
    )
    return replace(lowered, notices=(*lowered.notices, notice)), code
