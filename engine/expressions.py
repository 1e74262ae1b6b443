"""Expressions: operators, names, literals and attributes, evaluated to nodes or plain values."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from engine import language
from engine.calls import Calls, Function, parameters_of
from engine.errors import BadInput, NotAllowed, Span, UndefinedName, excerpt
from engine.graph import Kind, Notice, Shape
from engine.inputs import whole
from engine.language import nearest, shown
from engine.plain import ARITHMETIC, COMPARISONS, arithmetic, is_plain
from engine.primitives import OVERLOADS
from engine.primitives.composition import BRACKETED, COMPOSITIONS, Fields
from engine.primitives.shapes import show
from engine.tape import Draft, Ref, Sizes


@dataclass(frozen=True, slots=True)
class Stale:
    """A view whose array was changed in place: NumPy would show the change, a tape cannot."""

    name: str


OPERATOR_SIGNS: dict[type[ast.operator], str] = {
    ast.BitAnd: "& of values that are not masks",
    ast.BitOr: "| of values that are not masks",
    ast.LShift: "<<",
    ast.RShift: ">>",
}


ASSUMED_COUNT = 3
"""What an input that nobody gave stands for where it is used as a size."""


class Expressions(Calls):
    """Evaluates expressions."""

    notices: list[Notice]
    written_out: dict[str, ast.expr]
    assigned: set[str]
    assumed_sizes: set[str]

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
            return self.bracketed(node)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.Tuple):
            return tuple(self.value(entry) for entry in node.elts)
        if isinstance(node, ast.List):
            return [self.value(entry) for entry in node.elts]
        if isinstance(node, ast.Lambda):
            return self.function(
                "", node, (ast.copy_location(ast.Return(value=node.body), node.body),)
            )
        raise NotAllowed(
            "This cannot stand here.", span=self.span(node), hint="Write it another way."
        )

    def bracketed(self, node: ast.Subscript) -> object:
        """Returns entries of a value, or what np.c_[...] and its kind join."""
        join = BRACKETED.get(self.dotted(node.value) or "")
        if join is None:
            return self.subscript(node)
        parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        return self.composed(join, [self.value(part) for part in parts], {}, node)

    def function(
        self, name: str, node: ast.FunctionDef | ast.Lambda, body: tuple[ast.stmt, ...]
    ) -> Function:
        """Returns a def or a lambda, its defaults evaluated where it stands, as in Python."""
        parameters = parameters_of(node.args)
        if parameters is None:
            raise NotAllowed(
                "*args and keyword-only arguments are not in the language.",
                span=self.span(node),
                hint="Use plain arguments.",
            )
        return Function(name, parameters, tuple(self.value(d) for d in node.args.defaults), body)

    def chain(self, node: ast.BinOp) -> object:
        """Evaluates a run of left operands without recursion, so that long sums are no deeper than short ones."""
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        result = self.value(spine[-1].left)
        for part in reversed(spine):
            result = self.binary(type(part.op), result, self.value(part.right), part)
        return result

    def binary(
        self, kind: type[ast.operator], left: object, right: object, node: ast.AST
    ) -> object:
        """Returns an operator's result: a number for two numbers, else a gate."""
        if is_plain(left) and is_plain(right) and kind in ARITHMETIC:
            return arithmetic(kind, left, right)
        if kind is ast.MatMult:
            return self.overloaded(
                "matmul", (self.node(left, node), self.node(right, node)), self.span(node)
            )
        spelling = language.BINARY.get(kind)
        if spelling is None and kind in language.MASKS:
            refs = (self.node(left, node), self.node(right, node))
            if all(self.drafts[r.index].boolean for r in refs):
                spelling = language.MASKS[kind]
        if spelling is None:
            sign = OPERATOR_SIGNS.get(kind, "This operator")
            raise NotAllowed(
                f"{sign} is not in the language.",
                span=self.span(node),
                hint="Use + - * / // % ** or @.",
            )
        if isinstance(left, list | tuple) and isinstance(right, list | tuple):
            raise NotAllowed(
                "Lists are not arrays: + would join them.",
                span=self.span(node),
                hint="Wrap them in np.array(...).",
            )
        primitive = language.SPELLINGS[spelling]
        if kind in (ast.Add, ast.Sub) and self.is_mask(left) and self.is_mask(right):
            raise NotAllowed(
                "Masks are true or false: NumPy does not add or subtract them.",
                span=self.span(node),
                hint="Use | for or, or multiply a mask by 1.0 first.",
            )
        return self.gate(
            primitive, (self.node(left, node), self.node(right, node)), {}, self.span(node)
        )

    def unary(self, node: ast.UnaryOp) -> object:
        """Returns -x, +x, or ~mask."""
        value = self.value(node.operand)
        if is_plain(value) and not isinstance(value, bool):
            return -value if isinstance(node.op, ast.USub) else value
        if isinstance(node.op, ast.Invert | ast.Not):
            ref = self.node(value, node)
            if self.drafts[ref.index].boolean:
                return self.gate(language.SPELLINGS["logical_not"], (ref,), {}, self.span(node))
            raise NotAllowed(
                "~ and not are for masks only.", span=self.span(node), hint="Use - for minus."
            )
        if self.is_mask(value):
            raise NotAllowed("A mask has no minus.", span=self.span(node), hint="Use ~ for not.")
        primitive = language.SPELLINGS[language.UNARY[type(node.op)]]
        return self.gate(primitive, (self.node(value, node),), {}, self.span(node))

    def is_mask(self, value: object) -> bool:
        """Returns whether a value is a node of truth values."""
        return isinstance(value, Ref) and self.drafts[value.index].boolean

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
        return self.gate(
            primitive, (self.node(left, node), self.node(right, node)), {}, self.span(node)
        )

    def constant(self, node: ast.Constant) -> object:
        """Returns a literal: numbers become floats where a circuit uses them."""
        value = node.value
        if value is None or value is Ellipsis or isinstance(value, bool | str):
            return value
        if isinstance(value, int | float):
            number = arithmetic(ast.Add, value, 0)
            if not math.isfinite(number):
                raise NotAllowed(
                    "The number is too large.",
                    span=self.span(node),
                    hint="Use a number below 1e308.",
                )
            return number
        raise NotAllowed(
            "Only real numbers are in the language.",
            span=self.span(node),
            hint="Leave j and b'...' out.",
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
                hint=f"Write {name}(...)."
                if name not in self.aliases
                else f"Write {name}.exp(...), say."
                if self.aliases[name] == "numpy"
                else f"Write {name}.norm(...), say.",
            )
        bound = (n for n in self.globals if n not in self.inputs or n in self.assigned)
        known = [*bound, *self.scopes[-1], *self.given, *self.written_out]
        plain = name.replace("_", "")
        twin = next((k for k in known if k != name and k.replace("_", "") == plain), None)
        if twin is not None:
            raise UndefinedName(
                f"{shown(name)} is not defined, but {shown(twin)} is.",
                span=self.span(node),
                hint=twin,
            )
        if name == "e" and name not in self.inputs:
            self.notices.append(
                Notice(
                    "notice", "info", None, "e is an ordinary name here.", "np.e is the constant."
                )
            )
        return self.free(name, node)

    def free(self, name: str, node: ast.Name) -> object:
        """Returns the input that a free name stands for, or its number where it is used as a size."""
        if name in self.knowledge.static:
            return self.static_number(name)
        shape: Shape = self.given[name].shape if name in self.given else self.knowledge.shape(name)
        ref = self.add_input(name, shape, self.span(node), assigned=False)
        self.globals[name] = ref
        return ref

    def static_number(self, name: str) -> object:
        """Returns the whole number that a given or assumed input used as a size stands for."""
        if name not in self.given:
            self.assumed_sizes.add(name)
            return ASSUMED_COUNT
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
        draft.open = {name: 0} if assumed else {}
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
        if node.attr == "mT":
            return self.composed(COMPOSITIONS["matrix_transpose"], [value], {}, node)
        if isinstance(value, Fields) and node.attr in value.names:
            return value[value.names.index(node.attr)]
        if node.attr in ("shape", "size", "ndim", "T"):
            ref = self.node(value, node)
            shape = self.drafts[ref.index].shape
            if node.attr == "T":
                if len(shape) < 2:
                    return ref
                return self.view(
                    ref, self.gate(language.METHODS["transpose"], (ref,), {}, self.span(node))
                )
            if node.attr == "shape":
                sizes = Sizes(shape)
                sizes.ref = ref
                return sizes
            return len(shape) if node.attr == "ndim" else math.prod(shape)
        close = nearest(node.attr, ["T", "mT", "shape", "size", "ndim", *language.METHODS, "copy"])
        raise NotAllowed(
            f"The attribute {shown(node.attr)} is not in the language.",
            span=self.span(node),
            hint=f"Did you mean .{close}?"
            if close
            else "Use .T, .shape, or a method such as .sum().",
        )
