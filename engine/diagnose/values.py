"""The first value that is not finite, in forward order, and what made it."""

from __future__ import annotations

import math

import numpy as np

from engine.diagnose.profile import ELEMENTWISE
from engine.diagnose.reading import FEW, Mask, Reading, several
from engine.forward import in_arithmetic
from engine.graph import Array, Notice
from engine.labels import INFIX
from engine.numbers import say_number
from engine.primitives import REGISTRY
from engine.trace import TracedNode

LARGE = 2.0
"""A result overflows because of an argument beyond this; within it, an infinity is a pole, such as 1 / 0."""


def first_non_finite(reading: Reading) -> list[Notice]:
    """Returns one notice about the first gate that makes NaN or an infinity of finite numbers.

    Where everything that is asked for is finite after all, since the entry was not selected, `unselected-branch` says it.
    """
    if all(math.isfinite(n) for n in reading.value_norms):
        return []
    birth = next((n for n in reading.nodes if n.wires and born(reading, n)), None)
    if birth is None or (reading.rescued and all_finite_in_the_end(reading)):
        return []
    where = ~np.isfinite(birth.value)
    code, what, hint = cause(reading, birth, where)
    count = several(int(where.sum()), birth.value.size, "entry")
    message = (
        f"The first non-finite value is born at {reading.called(birth.node.index)}, in {count}: {what}."
        f"{consequence(reading, birth)}"
    )
    return [Notice(code, "warning", birth.node.index, message, hint)]


def born(reading: Reading, traced: TracedNode) -> bool:
    """Returns whether a gate's value is not finite although its arguments are, or NaN although no argument is NaN."""
    if math.isfinite(reading.value_norms[traced.node.index]) or np.isfinite(traced.value).all():
        return False
    arguments = [reading.nodes[w.source].value for w in traced.wires]
    if all(np.isfinite(a).all() for a in arguments):
        return True
    return bool(np.isnan(traced.value).any()) and not any(np.isnan(a).any() for a in arguments)


def all_finite_in_the_end(reading: Reading) -> bool:
    """Returns whether the output and every gradient that is shown are finite."""
    shown = [reading.output.value, *(n.upstream for n in reading.nodes if not n.wires)]
    return all(a is None or np.isfinite(a).all() for a in shown)


def cause(reading: Reading, birth: TracedNode, where: Mask) -> tuple[str, str, str]:
    """Returns code, what happened in words, and the fix."""
    primitive = REGISTRY[birth.node.primitive or ""]
    arguments = in_arithmetic(primitive, [reading.nodes[w.source].value for w in birth.wires])
    made = birth.value[where]
    name = primitive.spellings[0] if primitive.spellings else primitive.symbol
    told = say_number(float(made[0]))
    met = entries(birth, arguments, where)
    if met is None:
        return overflow_or_not(reading, birth, arguments, f"{name} gives {told}", name)
    said = [say_number(float(a[0])) for a in met]
    if len(met) == 2 and np.isnan(made).any() and all((a[np.isnan(made)] == 0).all() for a in met):
        return zero_over_zero(reading, birth, where)
    sign = INFIX.get(primitive.symbol)
    shown = f" {sign} ".join(said) if sign and len(said) == 2 else f"{name}({', '.join(said)})"
    if len(met) == 1 and met[0][0] == 0 and made[0] == -math.inf:
        source = reading.nodes[birth.wires[0].source].label
        return (
            "log-of-zero",
            f"{shown} = {told}: {source} is 0 there, or too small for a float",
            "Take the logarithm of the whole formula (log-sum-exp, log_softmax) instead of a value that "
            "underflows to 0.",
        )
    return overflow_or_not(reading, birth, arguments, f"{shown} = {told}", name, met)


def entries(birth: TracedNode, arguments: list[Array], where: Mask) -> list[Array] | None:
    """Returns each argument's entries where the output is not finite, or None where entries do not correspond."""
    if birth.node.primitive not in ELEMENTWISE:
        return None
    return [np.broadcast_to(a, where.shape)[where] for a in arguments]


def overflow_or_not(
    reading: Reading,
    birth: TracedNode,
    arguments: list[Array],
    what: str,
    name: str,
    met: list[Array] | None = None,
) -> tuple[str, str, str]:
    """Returns the cause where a number grew too large for a float, or whatever else it was."""
    if overflows(birth, arguments):
        source = reading.nodes[birth.wires[0].source].label
        alone = len(arguments) == 1 and met is not None
        told = f"{name}({largest_said(met)}) overflows" if alone and met else f"{name} overflows"
        return (
            "overflow",
            f"{told} to {what.rpartition(' ')[2]}" + ("; subtract the max first" if alone else ""),
            f"Subtract the max of {source}, or write the formula so that only negative numbers are "
            "exponentiated: a float ends at 1.8e308."
            if alone
            else "Keep the factors smaller: normalise, or add logarithms instead of multiplying.",
        )
    if met is not None and len(met) == 2 and (met[1] == 0).any():
        return (
            "non-finite",
            f"{what}, a division by 0",
            "Keep the divisor away from 0: add a small eps.",
        )
    why = "which is no real number" if np.isnan(birth.value).any() else "a pole"
    return "non-finite", f"{what}, {why}", "Keep the argument inside the function's domain."


def largest_said(met: list[Array]) -> str:
    """Returns the entry of the largest size, in words."""
    return say_number(float(met[0][np.argmax(np.abs(met[0]))]))


def overflows(birth: TracedNode, arguments: list[Array]) -> bool:
    """Returns whether the value is finite once the arguments are brought near 0, so that size alone was the trouble.

    sign(a) log(1 + |a|) keeps 0 at 0, and is at most 710 for any float: what is still not finite there is a pole.
    """
    if (
        not any(np.abs(a).max(initial=0.0) > LARGE for a in arguments)
        or np.isnan(birth.value).any()
    ):
        return False
    small = [np.sign(a) * np.log1p(np.abs(a)) for a in arguments]
    primitive = REGISTRY[birth.node.primitive or ""]
    return bool(np.isfinite(primitive.forward(*small, **birth.node.settings)).all())


def zero_over_zero(reading: Reading, birth: TracedNode, where: Mask) -> tuple[str, str, str]:
    """Returns the cause 0/0; a whole column of it is a feature that never changes."""
    divisor = reading.nodes[birth.wires[1].source].label
    hint = f"Add a small eps to {divisor}, inside the square root where there is one."
    columns = whole_columns(where)
    if not columns:
        return "zero-over-zero", f"0/0 = NaN, since {divisor} is 0 there", hint
    named = ", ".join(map(str, columns[:FEW])) + (", ..." if len(columns) > FEW else "")
    plural = "feature" if len(columns) == 1 else "features"
    constant = f"{plural} {named} constant (its column never changes, so its spread is 0)"
    return "zero-over-zero", f"0/0 = NaN: {constant}", hint


def whole_columns(where: Mask) -> list[int]:
    """Returns the columns of a batch that are hit on every row, unless all are."""
    if where.ndim != 2 or where.shape[0] < 2:
        return []
    hit = where.all(axis=0)
    return [int(c) for c in np.flatnonzero(hit)] if (where.any(axis=0) == hit).all() else []


def consequence(reading: Reading, birth: TracedNode) -> str:
    """Returns what became of it: the first NaN after an infinity, or a gradient that is lost though the value survives."""
    after = reading.nodes[birth.node.index + 1 :]
    if not np.isnan(birth.value).any():
        nan = next((n for n in after if n.wires and np.isnan(n.value).any()), None)
        if nan is not None:
            return f" The first NaN after it is at {reading.called(nan.node.index)}."
    if np.isfinite(reading.output.value).all() and not all_finite_in_the_end(reading):
        return " The value survives, but backward Infinity meets 0: the gradient is NaN."
    return ""
