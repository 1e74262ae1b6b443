"""A typed answer: a number, a nested list, or a formula in the program's names, read by the engine's own reader."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from engine import language
from engine.errors import BadInput, EngineError, Span, UndefinedName
from engine.forward import forward
from engine.grading.program import Point, Program
from engine.graph import Array, Role, Whole
from engine.inputs import read_value, whole
from engine.language import check, nearest, shown
from engine.limits import Deadline, Limits
from engine.lower import Lowered, Request, lower
from engine.naming import code_names, gradient_names
from engine.source import clean, parse
from engine.tail import gradient_of, known_names, without_underscores

MOST_TYPED = 10_000
"""An answer of more numbers is not typed by hand, and not rounded."""
NUMBER = re.compile(r"(?<![\w.])(\d+\.?\d*|\.\d+)(?:[eE]([-+]?\d+))?")


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer that can be held against gradients.

    Attributes:
        value: what it is at the request's inputs.
        at: what it is at another point; raises EngineError where it cannot be computed.
        decimals: how many decimals its numbers were typed with, or None for a formula.
        formula: whether it is one.
        spoken: tape place -> what the student calls its gradient.
    """

    value: Array
    at: Callable[[Point], Array]
    decimals: int | None
    formula: bool
    spoken: Mapping[int, str] = field(default_factory=dict)


def given_value(answer: object, limits: Limits) -> Typed:
    """Returns an answer that was given as a number or a nested list.

    Raises:
        EngineError: where it is neither.
    """
    value = read_value(answer, limits)
    numbers = value.ravel().tolist() if value.size <= MOST_TYPED else []
    written = [repr(number) for number in numbers if not number.is_integer()]
    return Typed(value, lambda _: value, typed_decimals(written, value), False)


def typed_decimals(written: Iterable[str], value: Array) -> int | None:
    """Returns the most decimals that any number was typed with; None for whole numbers and for zeros, which are exact."""
    most = max((decimals(w) for w in written), default=0)
    return most if most > 0 and np.any(value) else None


def decimals(written: str) -> int:
    """Returns how many decimals a number is written with: 2 for 0.20, 7 for 1.5e-6."""
    try:
        exponent = Decimal(written).as_tuple().exponent
    except ArithmeticError:
        return 0
    return max(-exponent, 0) if isinstance(exponent, int) else 0


class Formula:
    """A formula that has been read in the program's names.

    Args:
        text: what the student typed.
        program: whose names it may use.
        asked: the asked node, whose own gradient it may not use.
        deadline: when it must be read.

    Raises:
        EngineError: where it cannot be read, or its shapes do not fit.
    """

    def __init__(self, text: str, program: Program, asked: int | None, deadline: Deadline) -> None:
        self.program = program
        self.deadline = deadline
        self._typed = clean(text.strip())
        tree = parse(self._typed, program.limits)
        check(tree.body, self._typed)
        self.literal = all(isinstance(n, LITERAL) for n in ast.walk(tree))
        self._used = used(tree, program, asked)
        self._offset = len(program.text.read_lines)
        self._lowered = self._lower(ast.increment_lineno(tree, self._offset))

    def _lower(self, tree: ast.Module) -> Lowered:
        """Returns the program's tape with the formula on it, its gradient names as inputs."""
        own = self.program
        point = Point(own.graph, own.inputs, own.seed, self.deadline)
        given: dict[str, NDArray[np.float64]] = {
            name: value.astype(np.float64) for name, value in own.inputs.items()
        }
        given.update({name: use.at(point) for name, use in self._used.items()})
        text = clean(f"{own.text.given}\n{self._typed.given}")
        body = (*own.body, *tree.body)
        if isinstance(tree.body[-1], ast.Assign):  # "dW = X.T @ dz": what is assigned counts
            body = (*body[:-1], ast.copy_location(ast.Expr(tree.body[-1].value), tree.body[-1]))
        limits = (
            replace(  # the program is within them; the formula may cost as much again, and more
                own.limits,
                flops=3 * own.limits.flops,
                gates=2 * own.limits.gates,
                total_numbers=3 * own.limits.total_numbers,
            )
        )
        lowered = lower(Request(text, body, given, None, limits, self.deadline))
        invented = [n for n, i in lowered.graph.inputs.items() if i.assumed]
        if invented:
            raise unknown(invented[0], own, None)
        return lowered

    def typed(self, point: Point) -> Typed:
        """Returns the formula as an answer."""
        value = self.at(point)
        written = [m.group() for m in NUMBER.finditer(self._typed.read)] if self.literal else []
        exact = typed_decimals(written, value) if self.literal else None
        spoken = {use.place: name for name, use in self._used.items() if use.gradient}
        return Typed(value, self.at, exact, not self.literal, spoken)

    def at(self, point: Point) -> Array:
        """Returns the formula's value at a point.

        Raises:
            EngineError: where it has none there.
        """
        inputs: dict[str, Array | Whole] = {}
        for name, found in self._lowered.graph.inputs.items():
            if found.node is not None:
                use = self._used.get(name)
                floats = (point.inputs[name] if use is None else use.at(point)).astype(np.float64)
                inputs[name] = whole(name, floats) if found.role is Role.LABEL else floats
        values = forward(self._lowered.graph, inputs, self.deadline)
        return np.asarray(values[self._lowered.graph.output], dtype=np.float64)


LITERAL = (
    *(ast.Module, ast.Expr, ast.Constant, ast.List, ast.Tuple, ast.UnaryOp, ast.USub, ast.UAdd),
    ast.Load,
)
"""What a written number or list is made of."""


@dataclass(frozen=True, slots=True)
class Use:
    """What a name of a formula stands for that no statement of the program binds.

    Attributes:
        place: tape place of a node.
        gradient: whether it is the node's gradient, else its value.
    """

    place: int
    gradient: bool

    def at(self, point: Point) -> Array:
        """Returns what it is at a point."""
        if self.gradient:
            return point.gradient(self.place)
        return point.values[self.place].astype(np.float64)


def used(tree: ast.Module, program: Program, asked: int | None) -> dict[str, Use]:
    """Returns the names in a formula that are gradients, or code's names of values without one of their own.

    Raises:
        UndefinedName: for a name that neither the program nor its gradients have, and for the asked gradient itself.
    """
    names = [n for n in ast.walk(tree) if isinstance(n, ast.Name)]
    own = {n.id for n in names if isinstance(n.ctx, ast.Store)}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    known = known_names(program.body) | set(program.inputs) | functions_of(program)
    known |= set(language.MODULES) | set(language.TYPES) | set(language.PYTHON_WORDS) | {"pi"}
    gradients, values = code_table(program)
    found: dict[str, Use] = {}
    for node in names:
        if node.id in known or node.id in own or id(node) in called:
            continue
        if node.id in values:
            found[node.id] = Use(values[node.id], False)
            continue
        place = gradients.get(node.id, named_gradient(node.id, program))
        if place is None:
            raise unknown(node.id, program, node)
        if place == asked:
            raise UndefinedName(
                f"{shown(node.id)} is the gradient that is asked for.",
                hint="Write it with values, and with the gradients that come before it on the way back.",
            )
        found[node.id] = Use(place, True)
    return found


def code_table(program: Program) -> tuple[dict[str, int], dict[str, int]]:
    """Returns the names that /api/code gives to gradients and to values, each with its node."""
    names = code_names(program.graph)
    gradients = {name: place for place, name in enumerate(gradient_names(names)) if name}
    return gradients, {name: place for place, name in enumerate(names) if name.isidentifier()}


def named_gradient(name: str, program: Program) -> int | None:
    """Returns the node that a name is written as the gradient of, underscores ignored: dW1, grad_W_1, dLdz."""
    known = {*program.names, *(n for n, i in program.graph.inputs.items() if i.node is not None)}
    target = gradient_of(name, known, without_underscores(known))
    return None if target is None else program.place(target)


def functions_of(program: Program) -> set[str]:
    """Returns the names of the program's own functions, and what it imports."""
    nodes = [n for s in program.body for n in ast.walk(s)]
    imported = {
        a.asname or a.name
        for n in nodes
        if isinstance(n, ast.Import | ast.ImportFrom)
        for a in n.names
    }
    return imported | {n.name for n in nodes if isinstance(n, ast.FunctionDef)}


def unknown(name: str, program: Program, node: ast.Name | None) -> UndefinedName:
    """Returns the refusal of a name that nothing defines."""
    choices = [*program.names, *program.inputs, *code_table(program)[0]]
    close = nearest(name, choices)
    span = None
    if node is not None:
        span = Span(
            node.lineno, node.col_offset, node.lineno, node.end_col_offset or node.col_offset
        )
    return UndefinedName(
        f"{shown(name)} is not a name of the program, nor a gradient's.",
        span=span,
        hint=close or "Use the program's names; a gradient is d and the name, such as dz for z.",
    )


def moved_back(error: EngineError, lines: int) -> EngineError:
    """Returns an error about a formula with its place in the formula, not in the program before it."""
    if error.span is not None and error.span.line > lines:
        span = error.span
        error.span = replace(span, line=span.line - lines, end_line=span.end_line - lines)
    return error


def check_kind(answer: object) -> None:
    """Refuses what is no answer at all.

    Raises:
        BadInput: for what is neither a number, a list, an array, nor text.
    """
    numbers = isinstance(answer, int | float | list | tuple | np.ndarray | np.generic)
    if isinstance(answer, bool) or not (numbers or isinstance(answer, str)):
        raise BadInput(
            "The answer is neither a number, a list, nor text.",
            hint="Give a number, a nested list, or a NumPy formula as text.",
        )


def said(error: EngineError) -> str:
    """Returns an error as a hint: what was found, and the fix; where that is a name alone, to write it."""
    fix = f"Write {error.hint}." if error.hint.isidentifier() else error.hint
    return f"{error.detail} {fix}".strip()


def read_answer(
    answer: object, program: Program, asked: int | None, point: Point, deadline: Deadline
) -> Typed:
    """Returns an answer.

    Raises:
        EngineError: where it cannot be read or computed.
    """
    if not isinstance(answer, str):
        return given_value(answer, program.limits)
    if not answer.strip():
        raise BadInput("The answer is empty.", hint="Give a number, a list or a formula.")
    return Formula(answer, program, asked, deadline).typed(point)


def inputs_of(program: Program) -> Mapping[str, Array | Whole]:
    """Returns the values of the inputs on the tape."""
    return {n: program.inputs[n] for n, i in program.graph.inputs.items() if i.node is not None}
