"""Syntax tree -> tape: loops unrolled, functions inlined, every shape and cost known, no array of the circuit made.

One abstract interpretation. A value on the way is a node of the tape (`Ref`) or something plain: a number, None, text, a
sequence of those, a function. NumPy's in-place changes are kept honest: an assignment to an entry makes a new node, and
every name that shares the array moves with it.

The layers, each a class that knows the ones before it: `tape` (gates), `indexing`, `calls`, `expressions`, and here the
statements and the result.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine import language
from engine.assume import Knowledge, Restart, assumed_value
from engine.calls import Function, Returned
from engine.creation import is_written_out
from engine.errors import NotAllowed, ShapeMismatch, ShapeNeeded, TooLarge, UndefinedName
from engine.expressions import ASSUMED_COUNT, Expressions, Stale
from engine.graph import Graph, Input, Kind, Notice, Role
from engine.inputs import whole
from engine.language import nearest, shown
from engine.limits import Deadline, Limits
from engine.primitives import REGISTRY
from engine.primitives.shapes import show
from engine.source import Text
from engine.tape import Ref, Sizes, finished

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
    """

    graph: Graph
    notices: tuple[Notice, ...]
    names: Mapping[str, int]


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


class Lowering(Expressions):
    """One run over the program, with what earlier runs have taught."""

    def __init__(self, request: Request, knowledge: Knowledge) -> None:
        super().__init__(request.text, request.limits, request.deadline, knowledge)
        self.body = request.body
        self.given = request.given
        self.wanted = request.output
        self.notices = list(request.text.notices)
        self.globals = {}
        self.scopes = [self.globals]
        self.calls = []
        self.modules = {}
        self.aliases = dict(language.MODULES)
        self.inputs = {}
        self.assigned = set()
        self.assumed_sizes = set()
        self.written_out = self.find_written_out()
        self.work = 0
        self.last: object = None

    def result(self) -> Lowered:
        """Lowers every statement and returns the tape."""
        for statement in self.body:
            self.statement(statement)
        output = self.find_output()
        self.mark_positive()
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
        self.knowledge.positive = {n for n, r in self.inputs.items() if r.index in seen}

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
        table = {
            name: self.input_record(name, place[ref.index]) for name, ref in self.inputs.items()
        }
        for name, value in self.given.items():
            if name not in table:
                role = Role.LABEL if name in self.knowledge.static else Role.DATA
                table[name] = Input(name, None, value, False, name in self.written_out, role)
                if role is Role.DATA:
                    self.notices.append(
                        Notice(
                            "notice",
                            "info",
                            None,
                            f"The program does not use the given {shown(name)}.",
                        )
                    )
        for name in sorted(self.assumed_sizes):
            count = np.asarray(float(ASSUMED_COUNT))
            table[name] = Input(name, None, count, True, False, Role.LABEL)
            message = f"{name} was not given, so it is assumed: {ASSUMED_COUNT}, used as a size."
            self.notices.append(Notice("assumed-input", "info", None, message, "Give it a value."))
        names = {
            n: place[v.index]
            for n, v in self.globals.items()
            if isinstance(v, Ref) and v.index in place
        }
        names.update({n: place[r.index] for n, r in self.inputs.items() if n not in names})
        if self.maker.drawn:
            self.notices.append(
                Notice(
                    "notice",
                    "info",
                    None,
                    "Random arrays are drawn from the program's seed: the same every time.",
                )
            )
        return Lowered(Graph(nodes, place[output.index], table), tuple(self.notices), names)

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
        return assumed_value(
            name,
            tuple(int(n) for n in draft.shape),
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
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    used.add(node.id)
                elif isinstance(node, ast.Name):
                    bound[node.id] = bound.get(node.id, 0) + 1
                elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
                    root = node.value
                    if isinstance(root, ast.Name):
                        bound[root.id] = bound.get(root.id, 0) + 1
        return {
            n: v
            for n, v in candidates.items()
            if bound.get(n) == 1 and n not in self.knowledge.static
        }

    def statement(self, node: ast.stmt) -> None:
        """Carries out one statement."""
        self.count_work(node)
        if isinstance(node, ast.Assign):
            self.assign_statement(node)
        elif isinstance(node, ast.AugAssign):
            self.augmented(node)
        elif isinstance(node, ast.Expr):
            self.expression_statement(node)
        elif isinstance(node, ast.For):
            self.loop(node)
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
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports(node)

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        """Accepts NumPy and its linalg, under any name, and nothing else."""
        modules = set(language.MODULES.values())
        if isinstance(node, ast.Import) and all(a.name in modules for a in node.names):
            self.aliases.update({a.asname or a.name: a.name for a in node.names})
            return
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            renamed = {a.asname: f"{node.module}.{a.name}" for a in node.names if a.asname}
            if set(renamed.values()) <= modules:
                self.aliases.update(renamed)
                return
        name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        raise NotAllowed(
            f"import of {shown(name or '')} is not in the language.",
            span=self.span(node),
            hint="Only import numpy as np is read; the functions are here without it.",
        )

    def define(self, node: ast.FunctionDef) -> None:
        """Keeps a def for its calls."""
        if node.decorator_list:
            raise NotAllowed(
                "A decorator is not in the language.",
                span=self.span(node),
                hint="Leave it out.",
            )
        if len(self.scopes) > 1:
            raise NotAllowed(
                "A def inside a def is not in the language.",
                span=self.span(node),
                hint="Move it to the top.",
            )
        self.globals[node.name] = self.function(node.name, node, tuple(node.body))

    def loop(self, node: ast.For) -> None:
        """Unrolls `for i in range(...)`."""
        iterator = node.iter
        if node.orelse or not (
            isinstance(iterator, ast.Call)
            and isinstance(iterator.func, ast.Name)
            and iterator.func.id == "range"
        ):
            raise NotAllowed(
                "A for loop runs over range(...) only.",
                span=self.span(iterator),
                hint="Use for i in range(n).",
            )
        if not isinstance(node.target, ast.Name):
            raise NotAllowed(
                "A loop has one variable.",
                span=self.span(node.target),
                hint="Use for i in range(n).",
            )
        turns = self.turns(iterator)
        name = node.target.id
        count = self.modules["for"] = self.modules.get("for", 0) + 1
        outer = self.module
        for turn in turns:
            self.module = (*outer, f"{name}={turn}#{count}")
            self.scopes[-1][name] = turn
            for statement in node.body:
                self.statement(statement)
        self.module = outer

    def expression_statement(self, node: ast.Expr) -> None:
        """Evaluates a bare expression; docstrings and print are passed over, np.random.seed is obeyed."""
        call = node.value
        if isinstance(call, ast.Constant) and isinstance(call.value, str):
            return
        if isinstance(call, ast.Call):
            if isinstance(call.func, ast.Name) and call.func.id == "print":
                self.notices.append(
                    Notice("notice", "info", None, f"Line {node.lineno}: print is passed over.")
                )
                return
            if self.dotted(call.func) == "random.seed" and len(call.args) == 1:
                self.maker.seed(self.whole_number(call.args[0]) % 2**32)
                return
        value = self.value(call)
        if len(self.scopes) == 1 and value is not None:
            self.last = value

    def assign_statement(self, node: ast.Assign) -> None:
        """Assigns one value to every target."""
        if len(self.scopes) == 1 and self.assign_inputs(node.targets, node.value):
            return
        value = self.value(node.value)
        for target in node.targets:
            given = isinstance(target, ast.Name) and target.id in self.given
            written = given and is_written_out(node.value, self.dotted) and len(self.scopes) == 1
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
            self.last = ref
        return True

    def assign(self, target: ast.expr, value: object) -> None:
        """Binds a target: a name, a tuple of targets, or entries of an array."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = self.unpack(target, value)
            for part, entry in zip(target.elts, parts, strict=True):
                self.assign(part, entry)
        elif isinstance(target, ast.Subscript):
            self.assign_entries(target, value)
        else:
            raise NotAllowed(
                "Only names and entries such as x[0] can be assigned.",
                span=self.span(target),
                hint="Use a plain name.",
            )

    def unpack(self, target: ast.Tuple | ast.List, value: object) -> Sequence[object]:
        """Returns the parts of a value for a tuple of targets."""
        wanted = len(target.elts)
        if isinstance(value, Sizes) and len(value) < wanted:
            self.need_rank(value.ref, wanted)
        if isinstance(value, Ref):
            shape = self.drafts[value.index].shape
            if shape and int(shape[0]) == wanted:
                return [self.entry(value, (i,), self.span(target)) for i in range(wanted)]
            raise ShapeMismatch(
                f"{wanted} names stand on the left, but the value has shape {show(shape)}.",
                span=self.span(target),
                hint="Use as many names as the value has entries.",
            )
        if not isinstance(value, list | tuple) or len(value) != wanted:
            found = len(value) if isinstance(value, list | tuple) else 1
            raise ShapeMismatch(
                f"{wanted} names stand on the left, {found} values on the right.",
                span=self.span(target),
                hint="Use as many names as there are values.",
            )
        return value

    def bind(self, name: str, value: object) -> None:
        """Binds a name in the innermost scope; a node without a name is given it."""
        scope = self.scopes[-1]
        scope[name] = value
        if isinstance(value, Ref):
            draft = self.drafts[value.index]
            if draft.name is None and not (draft.kind is Kind.CONSTANT and draft.shape == ()):
                draft.name = name
            elif draft.name != name and name not in draft.aliases and scope is self.globals:
                draft.aliases.append(name)
        if scope is self.globals and not isinstance(value, Function):
            self.last = value

    def augmented(self, node: ast.AugAssign) -> None:
        """Carries out `x += y`: in place where NumPy would, so that names sharing the array change too."""
        target = node.target
        old = self.value(as_load(target))
        added = self.binary(type(node.op), old, self.value(node.value), node)
        if isinstance(target, ast.Subscript):
            self.assign_entries(target, added)
            return
        if not isinstance(target, ast.Name):
            raise NotAllowed(
                "Only names and entries can be changed.",
                span=self.span(target),
                hint="Use a plain name.",
            )
        if isinstance(old, Ref) and isinstance(added, Ref) and self.drafts[old.index].shape != ():
            before, after = self.drafts[old.index].shape, self.drafts[added.index].shape
            if tuple(map(int, before)) != tuple(map(int, after)):
                raise ShapeMismatch(
                    f"{shown(target.id)} has shape {show(before)} and cannot become {show(after)} in place.",
                    span=self.span(node),
                    hint=f"Write {target.id} = {target.id} + ... instead.",
                )
            self.replace(target, old, added)
            return
        self.bind(target.id, added)

    def assign_entries(self, target: ast.Subscript, value: object) -> None:
        """Carries out `x[index] = value` by making the changed array."""
        root = target.value
        if not isinstance(root, ast.Name):
            raise NotAllowed(
                "Only entries of a named array can be assigned.",
                span=self.span(target),
                hint="Give the array a name first.",
            )
        old = self.value(as_load(root))
        if not isinstance(old, Ref):
            raise NotAllowed(
                f"{shown(root.id)} is not an array.",
                span=self.span(target),
                hint="Make it one with np.array or np.zeros.",
            )
        index = self.index(target.slice, old)
        written = self.node(value, target)
        span = self.span(target)
        if isinstance(index, Ref):
            mask = self.fitted_mask(index, old, span)
            if (
                self.drafts[written.index].shape != ()
                and self.drafts[written.index].shape != self.drafts[old.index].shape
            ):
                raise ShapeNeeded(
                    "What a mask picks is known only when the program runs, so only one number can be assigned to it.",
                    span=span,
                    hint="Use np.where(mask, a, b).",
                )
            changed = self.gate(REGISTRY["setmask"], (old, mask, written), {}, span)
        elif any(isinstance(entry, Ref) for entry in index):
            raise NotAllowed(
                "Assigning through an index array is not in the language yet.",
                span=span,
                hint="Use np.where or a loop.",
            )
        else:
            changed = self.gate(REGISTRY["setitem"], (old, written), {"index": index}, span)
        self.replace(root, old, changed)

    def replace(self, target: ast.Name, old: Ref, new: Ref) -> None:
        """Makes `new` the content of the array that `old` was, for every name that shares it."""
        others = [v for scope in self.scopes for n, v in scope.items() if n != target.id]
        if old.view and any(shares(value, old.buffer) for value in others):
            raise NotAllowed(
                f"{shown(target.id)} is a part of another array: NumPy would change that one too.",
                span=self.span(target),
                hint=f"Make it an array of its own: {target.id} = {target.id}.copy().",
            )
        moved = Ref(new.index, old.buffer)
        for scope in self.scopes:
            for name, value in scope.items():
                scope[name] = changed(value, old, moved, name)
        self.bind(target.id, moved)


def shares(value: object, buffer: int) -> bool:
    """Returns whether a value is an array in that memory, or a list with one in it."""
    if isinstance(value, list | tuple):
        return any(shares(entry, buffer) for entry in value)
    return isinstance(value, Ref) and value.buffer == buffer


def changed(value: object, old: Ref, moved: Ref, name: str) -> object:
    """Returns what a name stands for after the array of `old` became that of `moved`."""
    if isinstance(value, Ref) and value.buffer == old.buffer:
        return Stale(name) if value.view else moved
    if type(value) in (list, tuple) and isinstance(value, list | tuple):
        return type(value)(changed(entry, old, moved, name) for entry in value)
    return value


def as_load(node: ast.expr) -> ast.expr:
    """Returns a target as the expression that reads it."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    if isinstance(node, ast.Subscript):
        return ast.copy_location(ast.Subscript(node.value, node.slice, ast.Load()), node)
    return node


def guessed_role(name: str) -> Role:
    """Returns the role that a name's first letters suggest."""
    return Role.PARAMETER if name.startswith(PARAMETERS) else Role.DATA
