"""Syntax tree -> tape: loops unrolled, functions inlined, every shape and cost known, no array of the circuit made.

One abstract interpretation. A value on the way is a node of the tape (`Ref`) or something plain: a number, None, text, a
sequence of those, a function. NumPy's in-place changes are kept honest: an assignment to an entry makes a new node, and
every name that shares the array moves with it.

The layers, each a class that knows the ones before it: `tape` (gates), `indexing`, `sequences`, `functions`, `calls`,
`expressions`, `assignment`, and here the statements and the result.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine import elsewhere, language
from engine.assignment import Assignment
from engine.assume import Knowledge, Restart, assumed_value
from engine.creation import is_written_out
from engine.errors import NotAllowed, ShapeMismatch, ShapeNeeded, TooLarge, UndefinedName
from engine.graph import Graph, Input, Kind, Notice, Role, Shape, remark
from engine.inputs import whole
from engine.language import nearest, shown
from engine.limits import Deadline, Limits
from engine.primitives import REGISTRY
from engine.scopes import Function, LastTurn, NextTurn, Returned, Scope
from engine.source import Text
from engine.tape import Ref, finished

RESTARTS = 200
RESTARTS_A_NAME = 8
PARAMETERS = ("W", "w", "b", "U", "V", "theta", "beta", "gamma", "Theta")


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be lowered.

    Attributes:
        text: the program's text.
        body: its statements (the backward tail already cut).
        given: values by name.
        output: the name asked for, or None.
        limits: what it may cost.
        deadline: when it must be done.
    """

    text: Text
    body: tuple[ast.stmt, ...]
    given: Mapping[str, NDArray[np.float64]]
    output: str | None
    limits: Limits
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class Lowered:
    """A program as a tape.

    Attributes:
        graph: the tape.
        notices: what was assumed, drawn or tolerated.
        names: every name the program binds to a node at top level -> tape place (its last).
        steady: whether it is the same for all values of the inputs that have the shapes of these.
    """

    graph: Graph
    notices: tuple[Notice, ...]
    names: Mapping[str, int]
    steady: bool


def lower(request: Request) -> Lowered:
    """Returns the tape of a program.

    Raises:
        EngineError: one of its subclasses, with the place and the fix.
    """
    knowledge = Knowledge()
    for turn in count():
        if turn > RESTARTS + RESTARTS_A_NAME * len(knowledge.guesses):
            break
        knowledge.start()
        run = Lowering(request, knowledge)
        try:
            return run.result()
        except Restart:
            request.deadline.check()
        except RecursionError:
            raise TooLarge(
                "One expression is nested too deeply.",
                hint="Give parts of it names, one a line.",
                limit="bracket_depth",
            ) from None
        except ShapeMismatch as error:
            guessed = next(iter(run.blamed), None)
            if guessed is None:
                raise
            raise ShapeNeeded(
                f"The program does not say what shape {shown(guessed)} has: {error.detail}",
                span=error.span,
                hint=f"Give {guessed} a value or a shape.",
            ) from None
    raise ShapeNeeded(
        "The shapes of the inputs cannot be worked out.", hint="Give the inputs values or shapes."
    )


class Lowering(Assignment):
    """One run over the program, with what earlier runs have taught."""

    def __init__(self, request: Request, knowledge: Knowledge) -> None:
        super().__init__(request.text, request.limits, request.deadline, knowledge)
        self.body = request.body
        self.given = request.given
        self.wanted = request.output
        self.notices = list(request.text.notices)
        self.globals = Scope()
        self.scopes = [self.globals]
        self.held = []
        self.calls = []
        self.modules = {}
        self.aliases = dict(language.MODULES)
        self.inputs = {}
        self.assigned = set()
        self.assumed_sizes = {}
        self.written_out = self.find_written_out()
        self.work = 0
        self.last = None
        self.passed_over: dict[str, list[int]] = {}

    def result(self) -> Lowered:
        """Lowers every statement and returns the tape."""
        for statement in self.body:
            self.statement(statement)
        output = self.find_output()
        self.mark_positive()
        self.say_what_was_passed_over()
        return self.freeze(output)

    def find_output(self) -> Ref:
        """Returns the node of the wanted name, or of the last assignment or expression."""
        if self.wanted is None:
            if self.last is None:
                raise NotAllowed(
                    "The program computes nothing.",
                    hint="End it with an expression or an assignment.",
                )
            return self.node(self.last, None)
        value = self.globals.get(self.wanted)
        if value is None or isinstance(value, Function):
            known = [n for n, v in self.globals.items() if isinstance(v, Ref)]
            close = nearest(self.wanted, known)
            raise UndefinedName(
                f"The output {shown(self.wanted)} is not a name of the program.",
                hint=close or f"Use one of {', '.join(known[:5])}.",
            )
        return self.node(value, None)

    def mark_positive(self) -> None:
        """Notes which assumed inputs feed a logarithm, a root or a divisor."""
        if not self.knowledge.guesses:
            return
        seeds = [
            d.arguments[k]
            for d in self.drafts
            if d.primitive is not None
            for k, argument in enumerate(REGISTRY[d.primitive].arguments[: len(d.arguments)])
            if argument in REGISTRY[d.primitive].positive
        ]
        seen: set[int] = set()
        while seeds:
            index = seeds.pop()
            if index in seen:
                continue
            seen.add(index)
            seeds.extend(self.drafts[index].arguments)
        positive = {n for n, r in self.inputs.items() if r.index in seen}
        if self.known and positive != self.knowledge.positive:
            self.knowledge.positive = positive
            raise Restart  # what was computed while lowering was computed of other values
        self.knowledge.positive = positive

    def say_what_was_passed_over(self) -> None:
        """Adds a notice for each kind of statement that draws nothing and was left out."""
        for what, lines in self.passed_over.items():
            numbers = ", ".join(map(str, lines[:5])) + (", ..." if len(lines) > 5 else "")
            where = f"Line{'s' if len(lines) > 1 else ''} {numbers}"
            self.notices.append(remark(f"{where}: {what} is passed over."))

    def freeze(self, output: Ref) -> Lowered:
        """Returns the tape: inputs first, in the order of the program, then the rest as made.

        A constant without a name that no gate takes (a size, an index already read) is left out.
        """
        first = [r.index for r in self.inputs.values()]
        drawn = {a for d in self.drafts for a in d.arguments} | {output.index}
        idle = {
            i
            for i, d in enumerate(self.drafts)
            if d.kind is Kind.CONSTANT and d.name is None and i not in drawn
        }
        inputs = set(first)
        order = first + [i for i in range(len(self.drafts)) if i not in inputs and i not in idle]
        place = {old: new for new, old in enumerate(order)}
        nodes = tuple(finished(self.drafts[old], new, place) for new, old in enumerate(order))
        table = self.input_table(place)
        names = {
            n: place[v.index]
            for n, v in self.globals.items()
            if isinstance(v, Ref) and v.index in place
        }
        names.update({n: place[r.index] for n, r in self.inputs.items() if n not in names})
        if self.maker.drawn:
            words = "Random arrays are drawn from the program's seed: the same every time."
            self.notices.append(remark(words))
        knowledge = self.knowledge
        steady = not (knowledge.read or knowledge.static or knowledge.labels)
        return Lowered(Graph(nodes, place[output.index], table), tuple(self.notices), names, steady)

    def input_table(self, place: Mapping[int, int]) -> dict[str, Input]:
        """Returns what is known of every input; what is not on the tape, or was assumed, is told.

        Args:
            place: number of a draft -> tape place.
        """
        table = {
            name: self.input_record(name, place[ref.index]) for name, ref in self.inputs.items()
        }
        for name, value in self.given.items():
            if name not in table:
                role = Role.LABEL if name in self.knowledge.static else Role.DATA
                table[name] = Input(name, None, value, False, name in self.written_out, role)
                if role is Role.DATA:
                    words = f"The program does not use the given {shown(name)}."
                    self.notices.append(remark(words))
        for name, value in sorted(self.assumed_sizes.items()):
            table[name] = Input(name, None, value, True, False, Role.LABEL)
            use = "used as a size" if value.shape == () else "its numbers choose branches"
            shown_value = f"{value.tolist()}".replace(".0", "")
            message = f"{name} was not given, so it is assumed: {shown_value}, {use}."
            self.notices.append(Notice("assumed-input", "info", None, message, "Give it a value."))
        return table

    def input_record(self, name: str, index: int) -> Input:
        """Returns what is known of one used input."""
        assumed = name not in self.given and name not in self.assigned
        value = self.input_value(name)
        if name in self.knowledge.labels:
            return Input(
                name, index, whole(name, value), assumed, name in self.assigned, Role.LABEL
            )
        return Input(name, index, value, assumed, name in self.assigned, guessed_role(name))

    def input_value(self, name: str) -> NDArray[np.float64]:
        """Returns an input's value: given, written out, or assumed."""
        draft = self.drafts[self.inputs[name].index]
        if name in self.given:
            return self.given[name]
        if draft.value is not None:
            return draft.value
        return self.assumed(name, draft.shape)

    def assumed(self, name: str, shape: Shape) -> NDArray[np.float64]:
        """Returns the value chosen for an input that nobody gave."""
        return assumed_value(
            name,
            tuple(int(n) for n in shape),
            positive=name in self.knowledge.positive,
            choices=self.knowledge.labels.get(name),
        )

    def find_written_out(self) -> dict[str, ast.expr]:
        """Returns the names whose one top-level assignment writes an input out, with what it assigns."""
        candidates: dict[str, ast.expr] = {}
        bound: dict[str, int] = {}
        used: set[str] = set()
        for statement in self.body:
            pairs: list[tuple[ast.expr, ast.expr]] = []
            if isinstance(statement, ast.Assign):
                pairs = [(t, statement.value) for t in statement.targets]
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                pairs = [(statement.target, statement.value)]
            unpacked: list[tuple[ast.expr, ast.expr]] = []
            for target, value in pairs:
                if (
                    isinstance(target, ast.Tuple)
                    and isinstance(value, ast.Tuple)
                    and len(target.elts) == len(value.elts)
                ):
                    unpacked.extend(zip(target.elts, value.elts, strict=True))
                else:
                    unpacked.append((target, value))
            for target, value in unpacked:
                if (
                    isinstance(target, ast.Name)
                    and target.id not in used
                    and is_written_out(value, self.dotted)
                ):
                    candidates[target.id] = value
            for node in language.parts(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    used.add(node.id)
                elif isinstance(node, ast.Name):
                    bound[node.id] = bound.get(node.id, 0) + 1
                else:
                    for name in changed_by(node):
                        bound[name] = bound.get(name, 0) + 1
        return {
            n: v
            for n, v in candidates.items()
            if bound.get(n) == 1 and n not in self.knowledge.static
        }

    def statement(self, node: ast.stmt) -> None:
        """Carries out one statement."""
        self.count_work(node)
        if isinstance(node, ast.Assign):
            self.assign_statement(node.targets, node.value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self.assign_statement([node.target], node.value)
        elif isinstance(node, ast.AugAssign):
            self.augmented(node)
        elif isinstance(node, ast.Expr):
            self.expression_statement(node)
        elif isinstance(node, ast.For):
            self.loop(node)
        elif isinstance(node, ast.If):
            for statement in node.body if self.truth(node.test) else node.orelse:
                self.statement(statement)
        elif isinstance(node, ast.FunctionDef):
            self.define(node)
        elif isinstance(node, ast.Return):
            if not self.calls:
                raise NotAllowed(
                    "return stands outside a function.",
                    span=self.span(node),
                    hint="Leave return out.",
                )
            raise Returned(None if node.value is None else self.value(node.value))
        elif isinstance(node, ast.Break):
            raise LastTurn
        elif isinstance(node, ast.Continue):
            raise NextTurn
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports(node)

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        """Accepts NumPy, its linalg and math, under any name, and nothing else."""
        modules = set(language.MODULES.values())
        if isinstance(node, ast.Import) and all(a.name in modules for a in node.names):
            self.aliases.update({a.asname or a.name: a.name for a in node.names})
            return
        if isinstance(node, ast.ImportFrom):
            renamed = {a.asname: f"{node.module}.{a.name}" for a in node.names if a.asname}
            if node.module in modules and set(renamed.values()) <= modules:
                self.aliases.update(renamed)
                return
            name = node.module or "."
            advice = elsewhere.function(name, node.names[0].name)
        else:
            name = next(a.name for a in node.names if a.name not in modules)
            advice = elsewhere.module(name)
        raise NotAllowed(
            f"import of {shown(name)} is not in the language.",
            span=self.span(node),
            hint=advice
            or "Only import numpy as np and import math are read; the functions are here without them.",
        )

    def define(self, node: ast.FunctionDef) -> None:
        """Keeps a def for its calls."""
        if node.decorator_list:
            raise NotAllowed(
                "A decorator is not in the language.",
                span=self.span(node.decorator_list[0]),
                hint="Leave it out.",
            )
        self.bind(node.name, self.function(node.name, node, tuple(node.body)))

    def loop(self, node: ast.For) -> None:
        """Unrolls a for loop over range(...), a list, the rows of an array, enumerate or zip."""
        outer = self.module
        for _ in self.turns_over(node.target, node.iter):
            try:
                for statement in node.body:
                    self.statement(statement)
            except NextTurn:
                continue
            except LastTurn:
                break
        self.module = outer

    def expression_statement(self, node: ast.Expr) -> None:
        """Evaluates a bare expression; docstrings and print are passed over, np.random.seed is obeyed."""
        call = node.value
        if language.is_text(call):
            return
        if language.is_print(call):
            self.pass_over("print", node)
            return
        if isinstance(call, ast.Call):
            dotted = self.dotted(call.func)
            if dotted in language.SETTINGS_CALLS:
                self.pass_over(f"np.{dotted}", node)
                return
            if dotted == "random.seed" and len(call.args) == 1:
                self.maker.seed(self.whole_number(call.args[0]) % 2**32)
                return
        own = None
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name):
            own = self.own_function(call.func.id)
        value = self.value(call) if own is None else self.inline(own, call)  # type: ignore[arg-type]
        if len(self.scopes) == 1:
            self.note_last(value)

    def pass_over(self, what: str, node: ast.stmt) -> None:
        """Notes a statement that draws nothing."""
        lines = self.passed_over.setdefault(what, [])
        if node.lineno not in lines:
            lines.append(node.lineno)

    def assign_statement(self, targets: Sequence[ast.expr], expression: ast.expr) -> None:
        """Assigns one value to every target."""
        top = len(self.scopes) == 1
        if top and self.assign_inputs(targets, expression):
            return
        value = self.value(expression)
        for target in targets:
            given = top and isinstance(target, ast.Name) and target.id in self.given
            written = given and is_written_out(expression, self.dotted)
            if isinstance(target, ast.Name) and written and target.id in self.knowledge.static:
                self.bind(target.id, self.static_number(target.id))  # a given value wins
            else:
                self.assign(target, value)

    def assign_inputs(self, given_targets: Sequence[ast.expr], value: ast.expr) -> bool:
        """Makes inputs of targets that have their values written out; returns whether it did."""
        targets: list[ast.expr] = list(given_targets)
        values = [value] * len(targets)
        if len(targets) == 1 and isinstance(targets[0], ast.Tuple) and isinstance(value, ast.Tuple):
            targets, values = targets[0].elts, value.elts
        names = [t.id for t in targets if isinstance(t, ast.Name)]
        if (
            len(names) != len(targets)
            or len(values) != len(targets)
            or not all(n in self.written_out for n in names)
        ):
            return False
        for name, expression, place in zip(names, values, targets, strict=True):
            made = self.node(self.value(expression), expression)
            written = self.drafts.pop(made.index).value
            if written is None:
                return False
            self.numbers -= written.size
            shape = self.given[name].shape if name in self.given else written.shape
            ref = self.add_input(name, shape, self.span(place), assigned=True)
            self.drafts[ref.index].value = written
            self.globals[name] = ref
            self.note_last(ref)
        return True


def changed_by(node: ast.AST) -> list[str]:
    """Returns the name whose entries a piece of syntax changes: x[0] = v, x.append(v)."""
    stores = isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    grows = isinstance(node, ast.Attribute) and node.attr in language.GROWING
    root: ast.AST = node
    while (stores or grows) and isinstance(root, ast.Subscript | ast.Attribute):
        root = root.value
    return [root.id] if (stores or grows) and isinstance(root, ast.Name) else []


def guessed_role(name: str) -> Role:
    """Returns the role that a name's first letters suggest."""
    return Role.PARAMETER if name.startswith(PARAMETERS) else Role.DATA
