"""Syntax tree -> tape: loops unrolled, functions inlined, every shape and cost known, no array of the circuit made.

One abstract interpretation. A value on the way is a node of the tape (`Ref`) or something plain: a number, None, text, a
sequence of those, a function. NumPy's in-place changes are kept honest: an assignment to an entry makes a new node, and
every name that shares the array moves with it.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine import language
from engine.assume import Knowledge, Restart, Size, assumed_value
from engine.creation import Maker, is_written_out
from engine.errors import (
    BadCall,
    BadInput,
    EngineError,
    NotAllowed,
    ShapeMismatch,
    ShapeNeeded,
    Span,
    TooLarge,
    UndefinedName,
    excerpt,
)
from engine.graph import Graph, Input, Kind, Node, Notice, Role, Shape
from engine.inputs import whole
from engine.language import nearest, shown
from engine.limits import Deadline, Limits
from engine.primitives import OVERLOADS, REGISTRY, Primitive, Structure
from engine.primitives.shapes import show
from engine.source import Text

Number = int | float
EXACT = 2**53
RESTARTS = 200


@dataclass(frozen=True, slots=True)
class Ref:
    """A node of the tape, as a program's value.

    Attributes:
        index: its draft's place.
        buffer: which array in memory NumPy would use; names that share it change together.
        view: whether NumPy would make it a view of part of the buffer.
    """

    index: int
    buffer: int
    view: bool = False


@dataclass(frozen=True, slots=True)
class Stale:
    """A view whose array was changed in place: NumPy would show the change, a tape cannot."""

    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A def or a lambda of the program."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[ast.expr, ...]
    body: tuple[ast.stmt, ...]


class Sizes(tuple[int, ...]):
    """What `x.shape` gives: its sizes, and the node they came from."""

    ref: Ref


@dataclass(slots=True)
class Draft:
    """A node while it is being made; see `engine.graph.Node`."""

    kind: Kind
    primitive: str | None
    arguments: tuple[int, ...]
    settings: Mapping[str, object]
    shape: Shape
    span: Span | None
    module: tuple[str, ...]
    from_input: bool
    differentiable: bool
    value: NDArray[np.float64] | None = None
    name: str | None = None
    aliases: list[str] = field(default_factory=list)
    open: frozenset[str] = frozenset()
    boolean: bool = False


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
    for _ in range(RESTARTS):
        knowledge.start()
        run = Lowering(request, knowledge)
        try:
            return run.result()
        except Restart:
            request.deadline.check()
        except ShapeMismatch as error:
            guessed = next(iter(run.blamed), None)
            if guessed is None:
                raise
            raise ShapeNeeded(
                f"The program does not say what shape {shown(guessed)} has: {error.detail}",
                span=error.span,
                hint=f"Give {guessed} a value or a shape.",
            ) from None
    raise ShapeNeeded("The shapes of the inputs cannot be worked out.", hint="Give the inputs values or shapes.")


class Returned(Exception):
    """Carries a function's result out of its body."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


class Lowering:
    """One run over the program, with what earlier runs have taught."""

    def __init__(self, request: Request, knowledge: Knowledge) -> None:
        self.text = request.text
        self.body = request.body
        self.given = request.given
        self.limits = request.limits
        self.deadline = request.deadline
        self.wanted = request.output
        self.knowledge = knowledge
        self.maker = Maker(request.limits)
        self.drafts: list[Draft] = []
        self.notices: list[Notice] = list(request.text.notices)
        self.globals: dict[str, object] = {}
        self.scopes: list[dict[str, object]] = [self.globals]
        self.calls: list[str] = []
        self.module: tuple[str, ...] = ()
        self.modules: dict[str, int] = {}
        self.aliases = set(language.MODULES)
        self.inputs: dict[str, Ref] = {}
        self.assigned: set[str] = set()
        self.written_out = self.find_written_out()
        self.buffers = self.work = self.numbers = self.flops = 0
        self.last: object = None
        self.blamed: list[str] = []

    # ------------------------------------------------------------------ result

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
                raise NotAllowed("The program computes nothing.", hint="End it with an expression or an assignment.")
            return self.node(self.last, None)
        value = self.globals.get(self.wanted)
        if value is None and self.wanted in self.given and self.wanted in self.inputs:
            value = self.inputs[self.wanted]
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
        """Returns the tape: inputs first, in the order of the program, then the rest as made."""
        first = [r.index for r in self.inputs.values()]
        inputs = set(first)
        order = first + [i for i in range(len(self.drafts)) if i not in inputs]
        place = {old: new for new, old in enumerate(order)}
        nodes = tuple(finished(self.drafts[old], new, place) for new, old in enumerate(order))
        table = {name: self.input_record(name, place[ref.index]) for name, ref in self.inputs.items()}
        for name, value in self.given.items():
            if name not in table:
                role = Role.LABEL if name in self.knowledge.static else Role.DATA
                table[name] = Input(name, None, value, False, name in self.written_out, role)
                if role is Role.DATA:
                    self.notices.append(
                        Notice("notice", "info", None, f"The program does not use the given {shown(name)}.")
                    )
        names = {n: place[v.index] for n, v in self.globals.items() if isinstance(v, Ref)}
        names.update({n: place[r.index] for n, r in self.inputs.items() if n not in names})
        if self.maker.drawn:
            self.notices.append(
                Notice("notice", "info", None, "Random arrays are drawn from the program's seed: the same every time.")
            )
        return Lowered(Graph(nodes, place[output.index], table), tuple(self.notices), names)

    def input_record(self, name: str, index: int) -> Input:
        """Returns what is known of one used input."""
        draft = self.drafts[self.inputs[name].index]
        assumed = name not in self.given and name not in self.assigned
        if name in self.given:
            value = self.given[name]
        elif name in self.assigned and draft.value is not None:
            value = draft.value
        else:
            positive = name in self.knowledge.positive
            value = assumed_value(
                name, tuple(int(n) for n in draft.shape), positive=positive, choices=self.knowledge.labels.get(name)
            )
        if name in self.knowledge.labels:
            return Input(name, index, whole(name, value), assumed, name in self.assigned, Role.LABEL)
        return Input(name, index, value, assumed, name in self.assigned, guessed_role(name))

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
                if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
                    unpacked.extend(zip(target.elts, value.elts, strict=True))
                else:
                    unpacked.append((target, value))
            for target, value in unpacked:
                if isinstance(target, ast.Name) and target.id not in used and is_written_out(value, self.dotted):
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
            n: v for n, v in candidates.items() if bound.get(n) == 1 and n not in self.knowledge.static
        }

    # ------------------------------------------------------------------ statements

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
                raise NotAllowed("return stands outside a function.", span=self.span(node), hint="Leave return out.")
            raise Returned(None if node.value is None else self.value(node.value))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            self.imports(node)

    def count_work(self, node: ast.AST) -> None:
        """Counts a statement or a call against the limits, so that work without gates ends too."""
        self.work += 1
        self.limits.check("gates", self.work / 50, "the program unrolls to {found} statements", span=self.span(node))
        if self.work % 64 == 0:
            self.deadline.check()

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        """Accepts NumPy, under any name, and nothing else."""
        if isinstance(node, ast.Import) and all(a.name == "numpy" for a in node.names):
            self.aliases.update(a.asname or a.name for a in node.names)
            return
        if isinstance(node, ast.ImportFrom) and node.module == "numpy" and not any(a.asname for a in node.names):
            return
        name = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        raise NotAllowed(
            f"import of {shown(name or '')} is not in the language.",
            span=self.span(node),
            hint="Only import numpy as np is read; the functions are here without it.",
        )

    def define(self, node: ast.FunctionDef) -> None:
        """Keeps a def for its calls."""
        arguments = node.args
        if node.decorator_list or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
            raise NotAllowed(
                "Decorators, *args and keyword-only arguments are not in the language.",
                span=self.span(node),
                hint="Write def name(a, b): with plain arguments.",
            )
        if len(self.scopes) > 1:
            raise NotAllowed("A def inside a def is not in the language.", span=self.span(node), hint="Move it to the top.")
        parameters = tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
        self.globals[node.name] = Function(node.name, parameters, tuple(arguments.defaults), tuple(node.body))

    def loop(self, node: ast.For) -> None:
        """Unrolls `for i in range(...)`."""
        iterator = node.iter
        if node.orelse or not (
            isinstance(iterator, ast.Call) and isinstance(iterator.func, ast.Name) and iterator.func.id == "range"
        ):
            raise NotAllowed(
                "A for loop runs over range(...) only.", span=self.span(iterator), hint="Use for i in range(n)."
            )
        if not isinstance(node.target, ast.Name):
            raise NotAllowed("A loop has one variable.", span=self.span(node.target), hint="Use for i in range(n).")
        bounds = [self.whole_number(argument) for argument in iterator.args]
        if not 1 <= len(bounds) <= 3 or iterator.keywords or (len(bounds) == 3 and bounds[2] == 0):
            raise BadCall("range takes 1 to 3 whole numbers.", span=self.span(iterator), hint="Such as range(5).")
        turns = range(*bounds)
        self.limits.check("gates", len(turns), "the loop has {found} turns", span=self.span(iterator))
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
                self.notices.append(Notice("notice", "info", None, f"Line {node.lineno}: print is passed over."))
                return
            if self.dotted(call.func) == "random.seed" and len(call.args) == 1:
                self.maker.seed(self.whole_number(call.args[0]) % 2**32)
                return
        value = self.value(call)
        if len(self.scopes) == 1 and value is not None:
            self.last = value

    def assign_statement(self, node: ast.Assign) -> None:
        """Assigns one value to every target."""
        if len(self.scopes) == 1 and len(node.targets) == 1 and self.assign_inputs(node.targets[0], node.value):
            return
        value = self.value(node.value)
        for target in node.targets:
            self.assign(target, value)

    def assign_inputs(self, target: ast.expr, value: ast.expr) -> bool:
        """Makes inputs of a target that writes its value out; returns whether it did."""
        targets, values = [target], [value]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            targets, values = target.elts, value.elts
        names = [t.id for t in targets if isinstance(t, ast.Name)]
        if len(names) != len(targets) or len(values) != len(targets) or not all(n in self.written_out for n in names):
            return False
        for name, expression, place in zip(names, values, targets, strict=True):
            made = self.node(self.value(expression), expression)
            written = self.drafts.pop(made.index).value
            self.numbers -= 0 if written is None else written.size
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
                "Only names and entries such as x[0] can be assigned.", span=self.span(target), hint="Use a plain name."
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
        if name.startswith("__"):
            raise NotAllowed(f"The name {shown(name)} is not in the language.", hint="Use another name.")
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
            raise NotAllowed("Only names and entries can be changed.", span=self.span(target), hint="Use a plain name.")
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
                "Only entries of a named array can be assigned.", span=self.span(target), hint="Give the array a name first."
            )
        old = self.value(as_load(root))
        if not isinstance(old, Ref):
            raise NotAllowed(
                f"{shown(root.id)} is not an array.", span=self.span(target), hint="Make it one with np.array or np.zeros."
            )
        index = self.index(target.slice, old)
        written = self.node(value, target)
        span = self.span(target)
        if isinstance(index, Ref):
            mask = self.fitted_mask(index, old, span)
            if self.drafts[written.index].shape != () and self.drafts[written.index].shape != self.drafts[old.index].shape:
                raise ShapeNeeded(
                    "What a mask picks is known only when the program runs, so only one number can be assigned to it.",
                    span=span,
                    hint="Use np.where(mask, a, b).",
                )
            changed = self.gate(REGISTRY["setmask"], (old, mask, written), {}, span)
        elif any(isinstance(entry, Ref) for entry in index):
            raise NotAllowed(
                "Assigning through an index array is not in the language yet.", span=span, hint="Use np.where or a loop."
            )
        else:
            changed = self.gate(REGISTRY["setitem"], (old, written), {"index": index}, span)
        self.replace(root, old, changed)

    def replace(self, target: ast.Name, old: Ref, new: Ref) -> None:
        """Makes `new` the content of the array that `old` was, for every name that shares it."""
        if old.view:
            raise NotAllowed(
                f"{shown(target.id)} is a part of another array: NumPy would change that one too.",
                span=self.span(target),
                hint=f"Make it an array of its own: {target.id} = {target.id}.copy().",
            )
        moved = Ref(new.index, old.buffer)
        for scope in self.scopes:
            for name, value in scope.items():
                if isinstance(value, Ref) and value.buffer == old.buffer:
                    scope[name] = Stale(name) if value.view else moved
        self.bind(target.id, moved)

    # ------------------------------------------------------------------ expressions

    def value(self, node: ast.expr) -> object:
        """Returns what an expression stands for."""
        if isinstance(node, ast.BinOp):
            return self.chain(node)
        if isinstance(node, ast.Name):
            return self.load(node)
        if isinstance(node, ast.Constant):
            return self.constant(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.Tuple):
            return tuple(self.value(entry) for entry in node.elts)
        if isinstance(node, ast.List):
            return [self.value(entry) for entry in node.elts]
        if isinstance(node, ast.Lambda):
            parameters = tuple(a.arg for a in node.args.args)
            body = ast.copy_location(ast.Return(value=node.body), node.body)
            return Function("lambda", parameters, tuple(node.args.defaults), (body,))
        raise NotAllowed("This cannot stand here.", span=self.span(node), hint="Write it another way.")

    def chain(self, node: ast.BinOp) -> object:
        """Evaluates a run of left operands without recursion, so that long sums are no deeper than short ones."""
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        result = self.value(spine[-1].left)
        for part in reversed(spine):
            result = self.binary(type(part.op), result, self.value(part.right), part)
        return result

    def binary(self, kind: type[ast.operator], left: object, right: object, node: ast.AST) -> object:
        """Returns an operator's result: a number for two numbers, else a gate."""
        if is_plain(left) and is_plain(right) and kind in ARITHMETIC:
            return arithmetic(kind, left, right)
        if kind is ast.MatMult:
            return self.overloaded("matmul", (self.node(left, node), self.node(right, node)), self.span(node))
        spelling = language.BINARY.get(kind)
        if spelling is None and kind in language.MASKS:
            refs = (self.node(left, node), self.node(right, node))
            if all(self.drafts[r.index].boolean for r in refs):
                spelling = language.MASKS[kind]
        if spelling is None:
            sign = OPERATOR_SIGNS.get(kind, "This operator")
            raise NotAllowed(
                f"{sign} is not in the language.", span=self.span(node), hint="Use + - * / ** or @."
            )
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            raise NotAllowed(
                "Lists are not arrays: + would join them.", span=self.span(node), hint="Wrap them in np.array(...)."
            )
        primitive = language.SPELLINGS[spelling]
        return self.gate(primitive, (self.node(left, node), self.node(right, node)), {}, self.span(node))

    def unary(self, node: ast.UnaryOp) -> object:
        """Returns -x, +x, or ~mask."""
        value = self.value(node.operand)
        if is_plain(value) and not isinstance(value, bool):
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node.op, ast.Invert | ast.Not):
            ref = self.node(value, node)
            if self.drafts[ref.index].boolean:
                return self.gate(language.SPELLINGS["logical_not"], (ref,), {}, self.span(node))
            raise NotAllowed("~ and not are for masks only.", span=self.span(node), hint="Use - for minus.")
        primitive = language.SPELLINGS[language.UNARY[type(node.op)]]
        return self.gate(primitive, (self.node(value, node),), {}, self.span(node))

    def compare(self, node: ast.Compare) -> object:
        """Returns a mask, or a bool for two numbers."""
        kind = type(node.ops[0])
        if len(node.ops) > 1 or kind not in language.COMPARE:
            raise NotAllowed(
                "Only one comparison at a time is in the language, and not in / is.",
                span=self.span(node),
                hint="Use np.logical_and(a < b, b < c).",
            )
        left, right = self.value(node.left), self.value(node.comparators[0])
        if is_plain(left) and is_plain(right):
            return bool(COMPARISONS[kind](left, right))
        primitive = language.SPELLINGS[language.COMPARE[kind]]
        return self.gate(primitive, (self.node(left, node), self.node(right, node)), {}, self.span(node))

    def constant(self, node: ast.Constant) -> object:
        """Returns a literal: numbers become floats where a circuit uses them."""
        value = node.value
        if value is None or value is Ellipsis or isinstance(value, bool | str):
            return value
        if isinstance(value, int | float):
            number = arithmetic(ast.Add, value, 0)
            if not math.isfinite(number):
                raise NotAllowed("The number is too large.", span=self.span(node), hint="Use a number below 1e308.")
            return number
        raise NotAllowed(
            "Only real numbers are in the language.", span=self.span(node), hint="Leave j and b'...' out."
        )

    def load(self, node: ast.Name) -> object:
        """Returns what a name stands for; a free name becomes an input."""
        name = node.id
        for scope in (self.scopes[-1], self.globals):
            if name in scope:
                value = scope[name]
                if isinstance(value, Stale):
                    raise NotAllowed(
                        f"{shown(name)} is a part of an array that was changed since: NumPy would show the change.",
                        span=self.span(node),
                        hint=f"Take it as {name}.copy() first.",
                    )
                return value
        if name in self.given:
            return self.free(name, node)
        if name == "pi":
            return math.pi
        if name in self.aliases or name in language.SPELLINGS or name in OVERLOADS:
            raise UndefinedName(
                f"{shown(name)} is a function, used here like a value.",
                span=self.span(node),
                hint=f"Write {name}(...)." if name not in self.aliases else f"Write {name}.exp(...), say.",
            )
        if name.startswith("__"):
            raise NotAllowed(
                f"The name {shown(name)} is not in the language.", span=self.span(node), hint="Use another name."
            )
        known = [*self.globals, *self.scopes[-1], *self.given, *self.written_out]
        plain = name.replace("_", "")
        twin = next((k for k in known if k != name and k.replace("_", "") == plain), None)
        if twin is not None:
            raise UndefinedName(
                f"{shown(name)} is not defined, but {shown(twin)} is.", span=self.span(node), hint=twin
            )
        if name == "e":
            self.notices.append(Notice("notice", "info", None, "e is an ordinary name here.", "np.e is the constant."))
        return self.free(name, node)

    def free(self, name: str, node: ast.Name) -> object:
        """Returns the input that a free name stands for, or its number where it is used as a size."""
        if name in self.knowledge.static:
            return self.static_number(name)
        if name in self.inputs:
            return self.inputs[name]
        shape: Shape = self.given[name].shape if name in self.given else self.knowledge.shape(name)
        return self.add_input(name, shape, self.span(node), assigned=False)

    def static_number(self, name: str) -> object:
        """Returns the whole number that a given or assumed input used as a size stands for."""
        if name not in self.given:
            return 3
        numbers = whole(name, self.given[name])
        if numbers.shape != ():
            raise BadInput(
                f"Input {excerpt(name)} is used as a size, but has shape {show(numbers.shape)}.",
                hint="Give one whole number.",
            )
        return int(numbers)

    def add_input(self, name: str, shape: Shape, span: Span | None, *, assigned: bool) -> Ref:
        """Puts an input on the tape."""
        label = name in self.knowledge.labels
        assumed = name not in self.given and not assigned
        draft = Draft(Kind.INPUT, None, (), {}, shape, span, (), True, not label)
        draft.name = name
        draft.open = frozenset((name,)) if assumed else frozenset()
        if assigned:
            self.assigned.add(name)
        ref = self.add(draft)
        self.inputs[name] = ref
        self.limits.check("inputs", len(self.inputs), "the program has {found} inputs", span=span)
        return ref

    def attribute(self, node: ast.Attribute) -> object:
        """Returns x.T, x.shape, x.size, x.ndim, np.pi, np.e; methods are read where they are called."""
        dotted = self.dotted(node)
        if dotted is not None:
            constants = {"pi": math.pi, "e": math.e, "inf": math.inf, "newaxis": None}
            if dotted in constants:
                return constants[dotted]
            raise self.unknown_function(dotted, node)
        value = self.value(node.value)
        if node.attr in ("shape", "size", "ndim", "T"):
            ref = self.node(value, node)
            shape = self.drafts[ref.index].shape
            if node.attr == "T":
                if len(shape) < 2:
                    return ref
                return self.view(ref, self.gate(language.METHODS["transpose"], (ref,), {}, self.span(node)))
            if node.attr == "shape":
                sizes = Sizes(shape)
                sizes.ref = ref
                return sizes
            return len(shape) if node.attr == "ndim" else math.prod(shape)
        close = nearest(node.attr, ["T", "shape", "size", "ndim", *language.METHODS, "copy"])
        raise NotAllowed(
            f"The attribute {shown(node.attr)} is not in the language.",
            span=self.span(node),
            hint=f"Did you mean .{close}?" if close else "Use .T, .shape, or a method such as .sum().",
        )

    # ------------------------------------------------------------------ indexing

    def subscript(self, node: ast.Subscript) -> object:
        """Returns entries of an array, or of a plain sequence."""
        base = self.value(node.value)
        if isinstance(base, list | tuple):
            return self.sequence_entry(base, node)
        ref = self.node(base, node)
        index = self.index(node.slice, ref)
        span = self.span(node)
        if isinstance(index, Ref):
            mask = self.fitted_mask(index, ref, span)
            return self.gate(REGISTRY["select"], (ref, mask), {"count": self.count_true(mask, span)}, span)
        if any(isinstance(entry, Ref) for entry in index):
            return self.gathered(ref, index, span)
        return self.entry(ref, index, span)

    def sequence_entry(self, base: Sequence[object], node: ast.Subscript) -> object:
        """Returns an entry or a slice of a list, a tuple or a shape."""
        if isinstance(node.slice, ast.Slice):
            return base[self.slice(node.slice)]
        position = self.whole_number(node.slice)
        if isinstance(base, Sizes) and not -len(base) <= position < len(base):
            self.need_rank(base.ref, position + 1 if position >= 0 else -position)
        if not -len(base) <= position < len(base):
            raise ShapeMismatch(
                f"Index {position} is outside a sequence of {len(base)}.", span=self.span(node), hint="Use a smaller index."
            )
        return base[position]

    def entry(self, ref: Ref, index: tuple[object, ...], span: Span | None) -> Ref:
        """Returns x[index] for a basic index."""
        gate = self.gate(REGISTRY["getitem"], (ref,), {"index": index}, span)
        return self.view(ref, gate) if self.drafts[gate.index].shape != () else gate

    def gathered(self, ref: Ref, index: Sequence[object], span: Span | None) -> Ref:
        """Returns x[rows, columns] for index arrays, single numbers among them allowed."""
        if any(entry is None or entry is Ellipsis or isinstance(entry, slice) for entry in index):
            raise NotAllowed(
                "Slices beside index arrays are not in the language yet.", span=span, hint="Index all the first axes with arrays."
            )
        shape = self.drafts[ref.index].shape
        if len(shape) < len(index):
            self.need_rank(ref, len(index))
        refs = [
            entry if isinstance(entry, Ref) else self.whole_constant(np.asarray(entry), span) for entry in index
        ]
        full = max((self.drafts[r.index].shape for r in refs), key=len)
        whole_refs = []
        for axis, entry in enumerate(refs):
            for name in self.drafts[entry.index].open:
                if self.knowledge.take_shape(name, full):
                    raise Restart
            whole_refs.append(self.as_index(entry, int(shape[axis]) if axis < len(shape) else 0, span))
        return self.gate(REGISTRY["gather"], (ref, *whole_refs), {}, span)

    def as_index(self, ref: Ref, choices: int, span: Span | None) -> Ref:
        """Returns a node that holds whole numbers; an input becomes a label."""
        draft = self.drafts[ref.index]
        if draft.kind is Kind.INPUT and draft.name is not None:
            name = draft.name
            known = self.knowledge.labels.get(name)
            if known is None or choices < known:
                self.knowledge.labels[name] = choices if known is None else min(known, choices)
                raise Restart
            if name in self.given:
                numbers = whole(name, self.given[name])
                self.check_range(numbers, choices, f"Input {excerpt(name)}", span)
            return ref
        if draft.value is not None:
            numbers = np.asarray(np.round(draft.value), dtype=np.int64)
            if not np.array_equal(numbers, draft.value):
                raise ShapeMismatch("An index must hold whole numbers.", span=span, hint="Use whole numbers.")
            self.check_range(numbers, choices, "The index", span)
            return self.whole_constant(numbers, span)
        raise NotAllowed(
            "An index must be known before the program runs: here it is computed.",
            span=span,
            hint="Index with an input, np.arange or a number.",
        )

    def check_range(self, numbers: NDArray[np.int64], choices: int, what: str, span: Span | None) -> None:
        """Refuses an index outside its axis."""
        if numbers.size and (numbers.max() >= choices or numbers.min() < -choices):
            worst = int(numbers.max()) if numbers.max() >= choices else int(numbers.min())
            raise ShapeMismatch(
                f"{what} holds {worst}, but the axis has {choices} entries: 0 to {choices - 1}.",
                span=span,
                hint=f"Use whole numbers from 0 to {choices - 1}.",
            )

    def whole_constant(self, numbers: NDArray[np.int64], span: Span | None) -> Ref:
        """Puts an index array on the tape, as integers."""
        draft = Draft(Kind.CONSTANT, None, (), {}, numbers.shape, span, self.module, False, False)
        draft.value = numbers.astype(np.int64)
        return self.add(draft)

    def index(self, node: ast.expr, base: Ref) -> tuple[object, ...] | Ref:
        """Returns a basic index as a tuple, a mask as a Ref, or a tuple with Refs for index arrays."""
        shape = self.drafts[base.index].shape
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        plain_axes = not any(
            isinstance(p, ast.Constant) and (p.value is None or p.value is Ellipsis) for p in parts
        )
        result: list[object] = []
        for axis, part in enumerate(parts):
            size = shape[axis] if plain_axes and axis < len(shape) else 0
            if isinstance(part, ast.Slice):
                bounds = self.slice(part)
                for bound in (bounds.start, bounds.stop):
                    if isinstance(bound, int) and self.knowledge.need(size, max(bound, -bound), exact=False):
                        raise Restart
                result.append(bounds)
                continue
            value = self.value(part)
            if isinstance(value, float) and value == int(value):
                value = int(value)
            if value is None or value is Ellipsis or (isinstance(value, int) and not isinstance(value, bool)):
                if isinstance(value, int):
                    literal = isinstance(part, ast.Constant | ast.UnaryOp)
                    if self.knowledge.need(size, value + 1 if value >= 0 else -value, exact=literal):
                        raise Restart
                    value = int(value)
                result.append(value)
                continue
            ref = self.node(value, part)
            draft = self.drafts[ref.index]
            if draft.boolean:
                if len(parts) > 1:
                    raise NotAllowed("A mask stands alone in the brackets.", span=self.span(node), hint="Use x[mask].")
                return ref
            if draft.shape == () and (number := self.static_value(ref)) is not None:
                result.append(number)
                continue
            result.append(ref)
        return tuple(result)

    def slice(self, node: ast.Slice) -> slice:
        """Returns a slice of whole numbers."""
        bounds = [None if part is None else self.whole_number(part) for part in (node.lower, node.upper, node.step)]
        if bounds[2] == 0:
            raise NotAllowed("A slice's step cannot be 0.", span=self.span(node), hint="Use 1 or -1.")
        return slice(*bounds)

    def fitted_mask(self, mask: Ref, ref: Ref, span: Span | None) -> Ref:
        """Returns a mask with as many axes as the array it is for (x[rows] picks whole rows)."""
        missing = len(self.drafts[ref.index].shape) - len(self.drafts[mask.index].shape)
        if missing <= 0:
            return mask
        index = (Ellipsis, *[None] * missing)
        return self.gate(REGISTRY["getitem"], (mask,), {"index": index}, span)

    def count_true(self, mask: Ref, span: Span | None) -> int:
        """Refuses: how many entries a computed mask picks is not known before the program runs."""
        draft = self.drafts[mask.index]
        if draft.value is not None:
            return int(draft.value.sum())
        raise ShapeNeeded(
            "How many entries a mask picks is known only when the program runs, so x[mask] has no fixed shape.",
            span=span,
            hint="Use np.where(mask, x, 0), or x * mask.",
        )

    # ------------------------------------------------------------------ calls

    def dotted(self, node: ast.expr) -> str | None:
        """Returns "linalg.norm" for np.linalg.norm, or None where the root is not NumPy."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or not parts or node.id not in self.aliases:
            return None
        if any(node.id in scope for scope in self.scopes) or node.id in self.given:
            return None
        return ".".join(reversed(parts))

    def call(self, node: ast.Call) -> object:
        """Returns the result of a call: a program's own function, NumPy's, or a method."""
        self.count_work(node)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise NotAllowed("** in a call is not in the language.", span=self.span(node), hint="Write the arguments out.")
        function = node.func
        if isinstance(function, ast.Name):
            return self.call_by_name(function.id, node)
        dotted = self.dotted(function)
        if dotted is not None:
            return self.call_numpy(dotted, node)
        if isinstance(function, ast.Attribute):
            return self.call_method(function, node)
        if isinstance(function, ast.Lambda):
            raise NotAllowed("Give a lambda a name first.", span=self.span(function), hint="f = lambda a: ...")
        raise NotAllowed(
            "Only functions and methods can be called.",
            span=self.span(function),
            hint="Write * between two factors." if isinstance(function, ast.Constant | ast.BinOp) else "Call it by its name.",
        )

    def call_by_name(self, name: str, node: ast.Call) -> object:
        """Returns the result of name(...)."""
        for scope in (self.scopes[-1], self.globals):
            value = scope.get(name)
            if isinstance(value, Function):
                return self.inline(value if value.name != "lambda" else Function(name, value.parameters, value.defaults, value.body), node)
        if name == "len" and len(node.args) == 1:
            return self.length(node)
        if name in ("float", "round", "int") and len(node.args) == 1:
            value = self.value(node.args[0])
            if is_plain(value):
                return {"float": float, "round": round, "int": int}[name](value)
            if name == "float" and isinstance(value, Ref) and self.drafts[value.index].shape == ():
                return value
            raise NotAllowed(f"{name} of a computed value is not in the language.", span=self.span(node), hint="Leave it out.")
        if name in language.BARE:
            return self.bare(name, node)
        return self.call_numpy(name, node)

    def bare(self, name: str, node: ast.Call) -> object:
        """Returns Python's own max, min, sum, abs, pow: plain for plain numbers, else the gate."""
        values = [self.value(a) for a in node.args]
        if len(values) == 1 and isinstance(values[0], list | tuple) and name != "abs":
            parts = list(values[0])
            if name == "sum" and parts:
                total = parts[0]
                for part in parts[1:]:
                    total = self.binary(ast.Add, total, part, node)
                return total
            if len(parts) > 1:
                values = parts
        if values and all(is_plain(v) for v in values) and (len(values) > 1 or name == "abs"):
            plain = [float(v) if isinstance(v, float) else v for v in values if isinstance(v, int | float)]
            if name == "pow":
                return arithmetic(ast.Pow, plain[0], plain[1])
            return {"max": max, "min": min}[name](plain) if name != "abs" else abs(plain[0])
        spellings = language.BARE[name]
        if name in ("max", "min") and len(values) > 1 and not node.keywords:
            refs = tuple(self.node(v, node) for v in values)
            if len(refs) == 2:
                return self.gate(language.SPELLINGS[spellings[1]], refs, {}, self.span(node))
            return self.gate(REGISTRY[spellings[2]], refs, {}, self.span(node))
        return self.apply(language.SPELLINGS[spellings[0]], values, node)

    def length(self, node: ast.Call) -> int:
        """Returns len(x)."""
        value = self.value(node.args[0])
        if isinstance(value, list | tuple):
            return len(value)
        ref = self.node(value, node)
        shape = self.drafts[ref.index].shape
        if not shape:
            self.need_rank(ref, 1)
            raise ShapeMismatch("len of a single number.", span=self.span(node), hint="Give it a list.")
        return shape[0]

    def call_numpy(self, name: str, node: ast.Call) -> object:
        """Returns the result of np.name(...), written with or without np."""
        if name in self.maker.makers:
            return self.create(name, node)
        if name in ("zeros_like", "ones_like") and len(node.args) == 1:
            ref = self.node(self.value(node.args[0]), node)
            shape = tuple(int(n) for n in self.drafts[ref.index].shape)
            return self.array_constant(np.full(shape, 1.0 if name == "ones_like" else 0.0), self.span(node))
        if name in ("shape", "ndim", "size", "copy") and len(node.args) == 1:
            if name == "copy":
                return self.copied(self.value(node.args[0]), node)
            return self.attribute(ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node))
        if name in OVERLOADS:
            refs = self.arrays([self.value(a) for a in node.args], node)
            if len(refs) != 2 or node.keywords:
                raise BadCall(f"np.{name} takes two arrays.", span=self.span(node), hint=f"Write np.{name}(a, b).")
            return self.overloaded(name, refs, self.span(node))
        primitive = language.SPELLINGS.get(name)
        if primitive is None:
            raise self.unknown_function(name, node.func)
        result = self.apply(primitive, [self.value(a) for a in node.args], node)
        return self.viewed(primitive, node.args[:1], result)

    def call_method(self, function: ast.Attribute, node: ast.Call) -> object:
        """Returns x.name(...)."""
        base = self.value(function.value)
        name = function.attr
        if name == "copy" and not node.args:
            return self.copied(base, node)
        if name in OVERLOADS and name in ("dot",) and len(node.args) == 1:
            return self.overloaded(name, self.arrays([base, self.value(node.args[0])], node), self.span(node))
        primitive = language.METHODS.get(name)
        if primitive is None:
            close = nearest(name, [*language.METHODS, "copy", "dot"])
            hint = f"Did you mean .{close}?" if close else "Use a function such as np.sum(x)."
            if name in language.SPELLINGS:
                hint = f"Write np.{name}(...)."
            raise UndefinedName(f"The method {shown(name)} is not known.", span=self.span(function), hint=hint)
        result = self.apply(primitive, [base, *(self.value(a) for a in node.args)], node)
        return result if name == "flatten" else self.viewed(primitive, [function.value], result, base)

    def copied(self, value: object, node: ast.AST) -> Ref:
        """Returns an array of its own with the same content: no gate, since values never change."""
        ref = self.node(value, node)
        self.buffers += 1
        return Ref(ref.index, self.buffers)

    def viewed(self, primitive: Primitive, arguments: Sequence[ast.expr], result: object, base: object = None) -> object:
        """Returns a reshaped array as a view of its source, as NumPy does."""
        if base is None and len(arguments) == 1 and isinstance(arguments[0], ast.Name):
            base = self.scopes[-1].get(arguments[0].id, self.globals.get(arguments[0].id))
        moved = primitive.structure in (Structure.PERMUTATION, Structure.BROADCAST)
        if isinstance(result, Ref) and isinstance(base, Ref) and moved:
            return self.view(base, result)
        return result

    def view(self, base: Ref, result: Ref) -> Ref:
        """Returns `result` marked as a view of `base`."""
        return Ref(result.index, base.buffer, True)

    def create(self, name: str, node: ast.Call) -> Ref:
        """Returns a written-out array as a constant."""
        arguments = [self.plain(a, node) for a in node.args]
        keywords = {str(k.arg): self.plain(k.value, node) for k in node.keywords if k.arg != "dtype"}
        if name in ("array", "asarray") and len(arguments) == 1 and isinstance(arguments[0], Ref):
            return self.copied(arguments[0], node)
        try:
            made = self.maker.make(name, arguments, keywords)
        except EngineError as error:
            error.span = error.span or self.span(node)
            raise
        return self.array_constant(made, self.span(node))

    def plain(self, node: ast.expr, call: ast.Call) -> object:
        """Returns an argument that must be made of plain numbers; sizes from inputs become plain."""
        value = self.value(node)
        if isinstance(value, Ref) and self.drafts[value.index].shape == ():
            number = self.static_value(value)
            return value if number is None else number
        if isinstance(value, list | tuple):
            flat: list[object] = [value]
            while flat:
                entry = flat.pop()
                if isinstance(entry, list | tuple):
                    flat.extend(entry)
                elif isinstance(entry, Ref):
                    raise NotAllowed(
                        "An array made of computed values is not in the language yet.",
                        span=self.span(call),
                        hint="Write the formula with whole arrays.",
                    )
        return value

    def inline(self, function: Function, node: ast.Call) -> object:
        """Evaluates a program's own function in place, inside a module of its own."""
        if function.name in self.calls:
            raise NotAllowed(
                f"{shown(function.name)} calls itself.", span=self.span(node), hint="Use a for loop."
            )
        scope = self.arguments_of(function, node)
        count = self.modules[function.name] = self.modules.get(function.name, 0) + 1
        outer = self.module
        self.module = (*outer, f"{function.name}#{count}")
        self.scopes.append(scope)
        self.calls.append(function.name)
        self.limits.check("bracket_depth", len(self.calls), "functions call one another {found} deep", span=self.span(node))
        result: object = None
        try:
            for statement in function.body:
                self.statement(statement)
        except Returned as returned:
            result = returned.value
        finally:
            self.scopes.pop()
            self.calls.pop()
            self.module = outer
        if result is None:
            raise NotAllowed(
                f"{shown(function.name)} returns nothing.", span=self.span(node), hint="End it with return."
            )
        return result

    def arguments_of(self, function: Function, node: ast.Call) -> dict[str, object]:
        """Returns a call's arguments by parameter."""
        scope: dict[str, object] = {}
        for parameter, argument in zip(function.parameters, node.args, strict=False):
            scope[parameter] = self.value(argument)
        for keyword in node.keywords:
            if keyword.arg in function.parameters and keyword.arg not in scope:
                scope[str(keyword.arg)] = self.value(keyword.value)
            else:
                scope = {}
                break
        late = function.parameters[len(function.parameters) - len(function.defaults) :]
        for parameter, default in zip(late, function.defaults, strict=True):
            if parameter not in scope:
                scope[parameter] = self.value(default)
        if set(scope) != set(function.parameters) or len(node.args) > len(function.parameters):
            wanted = ", ".join(function.parameters) or "nothing"
            raise BadCall(
                f"{shown(function.name)} takes {wanted}.", span=self.span(node), hint=f"Give it {len(function.parameters)} arguments."
            )
        return scope

    def unknown_function(self, name: str, node: ast.AST) -> EngineError:
        """Returns the refusal of a function that nothing defines, with the nearest that exists."""
        span = self.span(node)
        if name in self.globals or name in self.given or name in self.inputs:
            return UndefinedName(
                f"{shown(name)} is a value, called here like a function.", span=span, hint="Write * between two factors."
            )
        own = [n for n, v in self.globals.items() if isinstance(v, Function)]
        close = nearest(name, [*own, *language.known_functions(), *self.maker.makers])
        hint = close or "GET /api/primitives lists the functions; def makes new ones."
        return UndefinedName(f"{shown(name)} is not a function of the language.", span=span, hint=hint)

    def arrays(self, values: Sequence[object], node: ast.AST) -> tuple[Ref, ...]:
        """Returns values as nodes."""
        return tuple(self.node(v, node) for v in values)

    def apply(self, primitive: Primitive, values: Sequence[object], node: ast.Call) -> Ref:
        """Binds a call's arguments to a primitive's arrays and settings, and makes the gate."""
        names = primitive.arguments
        arrays: dict[str, object] = dict(zip(names, values, strict=False))
        extra = list(values[len(names) :])
        settings: dict[str, object] = {}
        known = [s for s in primitive.settings if s != "tie"]
        if len(extra) > len(known) and len(known) == 1:
            extra = [tuple(extra)]
        if len(extra) > len(known):
            self.bad_call(primitive, node, f"takes at most {len(names) + len(known)} arguments")
        settings.update(zip(known, extra, strict=False))
        for keyword in node.keywords:
            name = str(keyword.arg)
            if name in known and name not in settings:
                settings[name] = self.value(keyword.value)
            elif name in names and name not in arrays:
                arrays[name] = self.value(keyword.value)
            elif name in ("a", "x", "x1") and names[0] not in arrays:
                arrays[names[0]] = self.value(keyword.value)
            else:
                self.bad_call(primitive, node, f"does not take {shown(name)}")
        if set(arrays) != set(names):
            self.bad_call(primitive, node, f"takes {len(names)} array{'s' if len(names) > 1 else ''}: {', '.join(names)}")
        plain = {name: self.setting(value, node) for name, value in settings.items()}
        missing = [s for s, default in primitive.settings.items() if default is inspect.Parameter.empty and s not in plain]
        if missing:
            self.bad_call(primitive, node, f"needs {missing[0]}")
        refs = tuple(self.node(arrays[name], node) for name in names)
        return self.gate(primitive, refs, plain, self.span(node))

    def bad_call(self, primitive: Primitive, node: ast.Call, what: str) -> None:
        """Refuses a call, saying how it is written."""
        settings = [f"{s}=..." for s in primitive.settings if s != "tie"]
        name = primitive.spellings[0] if primitive.spellings else primitive.name
        form = f"np.{name}({', '.join([*primitive.arguments, *settings])})"
        raise BadCall(f"np.{name} {what}.", span=self.span(node), hint=f"Write {form}.")

    def setting(self, value: object, node: ast.AST) -> object:
        """Returns a setting as plain numbers, truth values or None, in a tuple where there are several."""
        if isinstance(value, Ref):
            number = self.static_value(value)
            if number is None:
                raise NotAllowed(
                    "A setting such as axis must be a plain number.", span=self.span(node), hint="Write the number."
                )
            return number
        if isinstance(value, list | tuple):
            return tuple(self.setting(entry, node) for entry in value)
        if isinstance(value, float) and value == int(value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if isinstance(value, Size) else int(value)
        if value is None or isinstance(value, bool):
            return value
        raise NotAllowed("This setting is not in the language.", span=self.span(node), hint="Use a plain number.")

    # ------------------------------------------------------------------ nodes

    def whole_number(self, node: ast.expr) -> int:
        """Returns a size, a bound or an index as a plain whole number; an input used so stops being a wire."""
        value = self.value(node)
        if isinstance(value, Ref):
            value = self.static_value(value)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise NotAllowed(
            "A whole number known before the program runs belongs here.",
            span=self.span(node),
            hint="Use a number, len(x) or x.shape[0].",
        )

    def static_value(self, ref: Ref) -> int | None:
        """Makes the inputs behind a scalar plain numbers and restarts; None where that cannot be."""
        draft = self.drafts[ref.index]
        if draft.kind is Kind.CONSTANT and draft.shape == () and draft.value is not None:
            number = float(draft.value)
            return int(number) if number == int(number) else None
        names: set[str] = set()
        queue = [ref.index]
        while queue:
            current = self.drafts[queue.pop()]
            if current.shape != ():
                return None
            if current.kind is Kind.INPUT and current.name is not None:
                names.add(current.name)
            queue.extend(current.arguments)
        if not names:
            return None
        self.knowledge.static |= names
        raise Restart

    def need_rank(self, ref: Ref, rank: int) -> None:
        """Restarts with more axes for the assumed inputs behind a node, where there are any."""
        for name in self.drafts[ref.index].open:
            if self.knowledge.raise_rank(name, rank, pin=True):
                raise Restart

    def node(self, value: object, where: ast.AST | None) -> Ref:
        """Returns a value as a node; numbers and lists of numbers become constants."""
        if isinstance(value, Ref):
            return value
        span = None if where is None else self.span(where)
        if isinstance(value, bool | int | float):
            return self.array_constant(np.asarray(float(value)), span)
        if isinstance(value, list | tuple) and value:
            if any(isinstance(v, Ref) for v in value):
                raise NotAllowed(
                    "An array made of computed values is not in the language yet.",
                    span=span,
                    hint="Write the formula with whole arrays.",
                )
            try:
                return self.array_constant(self.maker.array(value), span)
            except EngineError as error:
                error.span = error.span or span
                raise
        what = "a function" if isinstance(value, Function) else "nothing" if value is None else "text"
        raise NotAllowed(f"{what} was found where a number belongs.".capitalize(), span=span, hint="Use a number or an array.")

    def array_constant(self, array: NDArray[np.float64], span: Span | None) -> Ref:
        """Puts a constant on the tape."""
        draft = Draft(Kind.CONSTANT, None, (), {}, array.shape, span, self.module, False, False)
        draft.value = array
        return self.add(draft)

    def overloaded(self, spelling: str, refs: tuple[Ref, ...], span: Span | None) -> Ref:
        """Makes the gate that a product's ranks choose; free names get the ranks their letters suggest."""
        for ref in refs:
            draft = self.drafts[ref.index]
            if draft.open and not any(self.knowledge.guesses[n].pinned for n in draft.open):
                name = min(draft.open, key=lambda n: (n.startswith("b"), not n[0].isupper(), n))
                changed = self.knowledge.raise_rank(name, 2 if name[0].isupper() else 1, pin=True)
                if changed:
                    raise Restart
        try:
            primitive = REGISTRY[OVERLOADS[spelling](tuple(len(self.drafts[r.index].shape) for r in refs))]
        except ShapeMismatch as error:
            self.learn(error, refs)
            raise self.located(error, refs, span) from None
        return self.gate(primitive, refs, {}, span)

    def gate(self, primitive: Primitive, refs: tuple[Ref, ...], settings: Mapping[str, object], span: Span | None) -> Ref:
        """Puts a gate on the tape; its shape and cost are checked first."""
        drafts = [self.drafts[r.index] for r in refs]
        self.adapt(primitive, drafts)
        complete = {**primitive.settings, **settings}
        if "tie" in complete:
            complete["tie"] = 0.5 if all(d.from_input for d in drafts) else 0.0
        complete = {k: normal_axis(v, drafts[0].shape) if k == "axis" else v for k, v in complete.items()}
        shapes = [d.shape for d in drafts]
        try:
            shape = primitive.shape(*shapes, **complete)
        except ShapeMismatch as error:
            self.learn(error, refs)
            raise self.located(error, refs, span) from None
        self.charge(primitive, shape, shapes, span)
        draft = Draft(
            Kind.GATE,
            primitive.name,
            tuple(r.index for r in refs),
            {k: plain_setting(v) for k, v in complete.items()},
            shape,
            span,
            self.module,
            any(d.from_input for d in drafts),
            any(
                d.differentiable and argument_name(primitive, k) in primitive.vjp for k, d in enumerate(drafts)
            ),
        )
        if primitive.structure is Structure.DIAGONAL:
            draft.open = frozenset().union(*(d.open for d in drafts))
        moves = primitive.structure in (Structure.SELECTION, Structure.PERMUTATION, Structure.BROADCAST)
        draft.boolean = not primitive.vjp or (moves and drafts[0].boolean)
        return self.add(draft)

    def adapt(self, primitive: Primitive, drafts: Sequence[Draft]) -> None:
        """Gives free names the shape of an elementwise partner, and reductions something to reduce."""
        if not self.knowledge.guesses:
            return
        if primitive.structure is Structure.DIAGONAL and len(drafts) > 1:
            full = max((d.shape for d in drafts), key=len)
            for draft in drafts:
                if draft.open and len(draft.shape) < len(full):
                    changed = [self.knowledge.take_shape(name, full) for name in sorted(draft.open)]
                    if any(changed):
                        raise Restart
        if primitive.structure is Structure.REDUCTION and drafts[0].open and drafts[0].shape == ():
            name = min(drafts[0].open, key=lambda n: (n.startswith("b"), n))
            if self.knowledge.raise_rank(name, 1, pin=False):
                raise Restart

    def learn(self, error: ShapeMismatch, refs: Sequence[Ref]) -> None:
        """Restarts when a mismatch says something about an assumed input; else notes whom to blame."""
        if not self.knowledge.guesses:
            return
        if error.sizes is not None and self.knowledge.equate(*error.sizes):
            raise Restart
        if error.rank is not None and error.rank[0] < len(refs):
            self.need_rank(refs[error.rank[0]], error.rank[1])
        self.blamed = [n for r in refs for n in sorted(self.drafts[r.index].open)]

    def located(self, error: ShapeMismatch, refs: Sequence[Ref], span: Span | None) -> ShapeMismatch:
        """Returns a mismatch with the gate's place and its arguments' names."""
        names = [self.drafts[r.index].name for r in refs]
        if len(refs) > 1 and all(names):
            parts = " and ".join(f"{excerpt(n)} {show(self.drafts[r.index].shape)}" for n, r in zip(names, refs, strict=True))
            error.detail = f"{error.detail} Here: {parts}."
        error.span = error.span or span
        return error

    def charge(self, primitive: Primitive, shape: Shape, shapes: Sequence[Shape], span: Span | None) -> None:
        """Adds a gate's cost to the bill and checks it against the limits."""
        size = math.prod(shape)
        self.limits.check("dimensions", len(shape), "this value would have {found} dimensions", span=span)
        self.limits.check("node_numbers", size, "this value would hold {found} numbers", span=span)
        cost = max([size, *(math.prod(s) for s in shapes)]) if primitive.cost is None else primitive.cost(shape, *shapes)
        self.flops += cost
        self.limits.check("flops", self.flops, "the program would cost {found} operations", span=span)

    def add(self, draft: Draft) -> Ref:
        """Puts a draft on the tape."""
        self.numbers += math.prod(draft.shape)
        self.limits.check("total_numbers", self.numbers, "the circuit would hold {found} numbers", span=draft.span)
        self.limits.check("gates", len(self.drafts), "the circuit would have {found} nodes", span=draft.span)
        self.drafts.append(draft)
        if len(self.drafts) % 256 == 0:
            self.deadline.check()
        self.buffers += 1
        return Ref(len(self.drafts) - 1, self.buffers)

    def span(self, node: ast.AST) -> Span | None:
        """Returns where a piece of syntax stands."""
        return self.text.span(node)


ARITHMETIC: dict[type[ast.operator], Callable[[Number, Number], Number]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: lambda a, b: math.pow(a, b),
}
COMPARISONS: dict[type[ast.cmpop], Callable[[Number, Number], bool]] = {
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
OPERATOR_SIGNS: dict[type[ast.operator], str] = {
    ast.Mod: "%",
    ast.FloorDiv: "//",
    ast.BitAnd: "& of values that are not masks",
    ast.BitOr: "| of values that are not masks",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
PARAMETERS = ("W", "w", "b", "U", "V", "theta", "beta", "gamma", "Theta")


def is_plain(value: object) -> bool:
    """Returns whether a value is a plain number."""
    return isinstance(value, int | float)


def arithmetic(kind: type[ast.operator], left: object, right: object) -> Number:
    """Returns Python's arithmetic on plain numbers, in floats as soon as integers grow past exactness."""
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise TypeError
    whole_numbers = isinstance(left, int) and isinstance(right, int) and max(abs(left), abs(right)) <= EXACT
    a, b = (int(left), int(right)) if whole_numbers else (to_float(left), to_float(right))
    try:
        result = ARITHMETIC[kind](a, b)
    except OverflowError:
        return math.inf
    except (ZeroDivisionError, ValueError):
        return math.nan if a == 0 or kind is ast.Pow and a < 0 else math.copysign(math.inf, a)
    if whole_numbers and isinstance(result, float) and result == int(result) and kind is ast.Pow and abs(result) <= EXACT:
        return int(result) if b >= 0 else result
    return result if not isinstance(result, int) or abs(result) <= EXACT else float(result)


def to_float(number: Number) -> float:
    """Returns a number as a float; one too large is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf


def as_load(node: ast.expr) -> ast.expr:
    """Returns a target as the expression that reads it."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    if isinstance(node, ast.Subscript):
        return ast.copy_location(ast.Subscript(node.value, node.slice, ast.Load()), node)
    return node


def argument_name(primitive: Primitive, position: int) -> str:
    """Returns the name of the argument at a position; a variadic one takes all that is left."""
    return primitive.arguments[min(position, len(primitive.arguments) - 1)]


def normal_axis(axis: object, shape: Shape) -> object:
    """Returns an axis setting counted from the front; one that is out of range is left for the shape rule to refuse."""
    if isinstance(axis, tuple):
        return tuple(normal_axis(a, shape) for a in axis)
    if isinstance(axis, int) and not isinstance(axis, bool) and -len(shape) <= axis < 0:
        return axis + len(shape)
    return axis


def plain_setting(value: object) -> object:
    """Returns a setting without the history of its sizes."""
    if isinstance(value, tuple):
        return tuple(plain_setting(v) for v in value)
    return int(value) if isinstance(value, Size) else value


def guessed_role(name: str) -> Role:
    """Returns the role that a name's first letters suggest."""
    return Role.PARAMETER if name.startswith(PARAMETERS) else Role.DATA


def finished(draft: Draft, index: int, place: Mapping[int, int]) -> Node:
    """Returns a draft as a node of the tape."""
    return Node(
        index,
        draft.kind,
        draft.primitive,
        tuple(place[a] for a in draft.arguments),
        draft.settings,
        tuple(int(n) for n in draft.shape),
        draft.name or None,
        tuple(draft.aliases),
        draft.span,
        draft.module,
        draft.value,
        draft.from_input,
        draft.differentiable,
    )
