"""Backward code run as plain NumPy: the engine's own reading of a program, statement by statement, each evaluated at once.

A line that cannot be run stops nothing: the gradient that it was to make is taken to be the right one from there on, so
that the lines after it are judged for what they say themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine import language
from engine.assume import Knowledge, Restart
from engine.errors import BadInput, EngineError, TooLarge, UndefinedName, renaming
from engine.grading.program import Point, Program
from engine.graph import Array
from engine.language import nearest, shown
from engine.limits import Deadline
from engine.lower import RESTARTS, Lowering, Request
from engine.source import Text
from engine.tail import added_to, gradient_of, known_names, without_underscores


@dataclass(frozen=True, slots=True)
class Code:
    """Backward code, read.

    Attributes:
        text: the program's text and the code after it, for places.
        statements: its statements.
        offset: lines before the code's own first line.
        targets: gradient name -> tape place of the node that it is of.
    """

    text: Text
    statements: tuple[ast.stmt, ...]
    offset: int
    targets: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Event:
    """What one statement did.

    Attributes:
        statement: the statement.
        values: the gradient names that it made or changed, with their values then; none where it failed.
        error: why it failed, or None.
        now: every gradient name's value after it.
    """

    statement: ast.stmt
    values: Mapping[str, Array]
    error: EngineError | None
    now: Mapping[str, Array]


def targets_of(statements: Sequence[ast.stmt], program: Program) -> dict[str, int]:
    """Returns the gradient names that statements make or change, with the node that each is of."""
    known = set(program.names) | {n for n, i in program.graph.inputs.items() if i.node is not None}
    plain = without_underscores(known)
    found: dict[str, int] = {}
    for statement in statements:
        for name in changed_by(statement):
            target = gradient_of(name, known, plain)
            place = None if target is None else program.place(target)
            if place is not None:
                found[name] = place
    return found


def changed_by(statement: ast.AST) -> list[str]:
    """Returns the names that a statement makes or changes, in order: x = v, x += v, x[i] = v, np.add.at(x, i, v)."""
    stores = []
    for node in ast.walk(statement):
        added = added_to(node) if isinstance(node, ast.Call) else None
        if isinstance(added, ast.Name):
            stores.append(added.id)
        if isinstance(node, ast.Name | ast.Subscript) and isinstance(node.ctx, ast.Store):
            root: ast.expr = node
            while isinstance(root, ast.Subscript):
                root = root.value
            if isinstance(root, ast.Name):
                stores.append(root.id)
    return list(dict.fromkeys(stores))


def play(program: Program, code: Code, point: Point, deadline: Deadline) -> list[Event]:
    """Returns what each statement of backward code did at a point.

    Raises:
        EngineError: where the program before it cannot be run.
    """
    knowledge = Knowledge()
    given = {name: value.astype(np.float64) for name, value in program.inputs.items()}
    given.update({name: value.astype(np.float64) for name, value in point.inputs.items()})
    request = Request(code.text, program.body, given, None, program.limits, deadline)
    for _ in range(RESTARTS):
        knowledge.start()
        try:
            return Player(request, knowledge, code, point).events()
        except Restart:
            deadline.check()
    raise TooLarge("The backward code cannot be worked out.", hint="Write it more plainly.")


class Player(Lowering):
    """One run over a program and its backward code.

    Args:
        request: the program's forward part, with a value for every input.
        knowledge: what earlier runs have taught.
        code: the backward code.
        point: the pass whose gradients stand in for those that fail.
    """

    def __init__(self, request: Request, knowledge: Knowledge, code: Code, point: Point) -> None:
        super().__init__(request, knowledge)
        self._code = code
        self._point = point
        self._ends = {n: k for k, s in enumerate(code.statements) for n in changed_by(s)}
        self._lost: set[str] = set()
        self._known = known_names(request.body) | set(request.given) | WORDS

    def events(self) -> list[Event]:
        """Runs everything and returns what the statements of the backward code did."""
        for statement in self.body:
            self.statement(statement)
        self._known |= set(self.aliases)
        self.written_out = {}
        return [self._event(k, s) for k, s in enumerate(self._code.statements)]

    def _event(self, number: int, statement: ast.stmt) -> Event:
        names = [n for n in changed_by(statement) if n in self._code.targets]
        values: dict[str, Array] = {}
        error: EngineError | None = None
        try:
            self._check_names(number, statement)
            self.statement(statement)
            values = {n: self._value(n) for n in names if n in self.globals}
        except EngineError as found:
            error = found
        except RecursionError:
            error = TooLarge("One expression is nested too deeply.", hint="Give parts of it names.")
        self._known |= set(changed_by(statement))
        self._lost |= {n for n in names if n not in values}
        for name in names:
            wanted = self._point.gradient(self._code.targets[name])
            ended = self._ends[name] == number
            misfit = name not in values or values[name].shape != wanted.shape
            if name not in self.globals or (ended and (misfit or name in self._lost)):
                self.globals[name] = self.array_constant(wanted, None)
        now = {n: self._value(n) for n in self._code.targets if n in self.globals}
        return Event(statement, values, error, now)

    def expression_statement(self, node: ast.Expr) -> None:
        """Evaluates a bare expression; np.add.at, which a program cannot draw, adds here as in NumPy."""
        target = added_to(node.value)
        if not isinstance(node.value, ast.Call) or not isinstance(target, ast.Name):
            super().expression_statement(node)
            return
        _, index, amount = node.value.args
        array = self._array(target).astype(np.float64)
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        try:
            np.add.at(array, tuple(map(self._index, places)), self._array(amount))  # type: ignore[arg-type]  # slices too
        except (IndexError, TypeError, ValueError):
            raise BadInput(
                "np.add.at cannot add here: the index or the shapes do not fit.",
                span=self.span(node),
                hint="Check the index, and that what is added has the shape of what it picks.",
            ) from None
        self.globals[target.id] = self.array_constant(array, self.span(node))

    def _array(self, node: ast.expr) -> NDArray[np.float64]:
        """Returns an expression's value."""
        return self.evaluated(self.node(self.value(node), node))

    def _index(self, node: ast.expr) -> object:
        """Returns an index: whole numbers, truth values, or all of an axis."""
        if isinstance(node, ast.Slice):
            return slice(None)
        array = self._array(node)
        return array if array.dtype == np.bool_ else array.astype(np.int64)

    def _value(self, name: str) -> NDArray[np.float64]:
        """Returns what a name holds now."""
        value = self.evaluated(self.node(self.globals[name], None))
        return np.asarray(value, dtype=np.float64)

    def _check_names(self, number: int, statement: ast.stmt) -> None:
        """Refuses names that nothing has defined yet: a free name is an input in a program, not here."""
        nodes = list(ast.walk(statement))
        called = {id(n.func) for n in nodes if isinstance(n, ast.Call)}
        own = {n.arg for n in nodes if isinstance(n, ast.arg)}
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
            stored = [
                n for c in nodes if isinstance(c, ast.comprehension) for n in ast.walk(c.target)
            ]
        else:
            stored = nodes  # what a loop or a function makes, it may read
        own |= {n.id for n in stored if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        for node in nodes:
            reads = isinstance(node, ast.Name) and (
                isinstance(node.ctx, ast.Load) or isinstance(statement, ast.AugAssign)
            )
            if not reads or not isinstance(node, ast.Name) or id(node) in called:
                continue
            if node.id not in self._known and node.id not in own:
                raise self._undefined(node, number)

    def _undefined(self, node: ast.Name, number: int) -> UndefinedName:
        """Returns the refusal of a name that nothing has defined yet."""
        later = [s for s in self._code.statements[number:] if node.id in changed_by(s)]
        if later:
            line = later[0].lineno - self._code.offset
            when = (
                "on this line itself"
                if later[0].lineno == node.lineno
                else f"on line {line}, after it is used"
            )
            return UndefinedName(
                f"{shown(node.id)} is not defined yet: it is made {when}.",
                span=self.span(node),
                hint="Put the line that makes it first.",
            )
        close = nearest(node.id, sorted(self._known - WORDS))
        found = f", but {shown(close)} is" if close else ""
        return UndefinedName(
            f"{shown(node.id)} is not defined{found}.",
            span=self.span(node),
            hint=close or "",
            fix=renaming(self.span(node), node.id, close),
        )


WORDS = {*language.MODULES, *language.TYPES, *language.PYTHON_WORDS, "pi"}
"""What no statement has to define."""
