"""Expressions: operators, names, literals and attributes, evaluated to nodes or plain values."""

from __future__ import annotations

import ast
import math
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from engine import elsewhere, language
from engine.calls import Calls
from engine.errors import NotAllowed, Span, UndefinedName, renaming
from engine.graph import Kind, Notice, Shape, remark
from engine.inputs import whole
from engine.language import nearest, shown
from engine.plain import ARITHMETIC, COMPARISONS, arithmetic, is_plain
from engine.primitives import OVERLOADS, Primitive
from engine.primitives.composition import BRACKETED, COMPOSITIONS, Fields
from engine.scopes import Function, Stale
from engine.tape import Draft, Ref, Sizes, stale

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
    assigned: set[str]
    assumed_sizes: dict[str, NDArray[np.float64]]

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
            return tuple(self.values(node.elts))
        if isinstance(node, ast.List):
            return self.values(node.elts)
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            return self.comprehension(node)
        if isinstance(node, ast.IfExp):
            return self.value(node.body if self.truth(node.test) else node.orelse)
        if isinstance(node, ast.BoolOp):
            return self.first_that_decides(node)
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
        return self.composed(join, self.values(parts), {}, node)

    def chain(self, node: ast.BinOp) -> object:
        """Evaluates a run of left operands without recursion, so that long sums are no deeper than short ones."""
        spine = [node]
        while isinstance(spine[-1].left, ast.BinOp):
            spine.append(spine[-1].left)
        held = [self.value(spine[-1].left)]
        self.held.append(held)  # what stands on the right may change it in place
        for part in reversed(spine):
            right = self.value(part.right)
            held[0] = self.binary(type(part.op), held[0], right, part)
        self.held.pop()
        return held[0]

    def binary(
        self, kind: type[ast.operator], left: object, right: object, node: ast.AST
    ) -> object:
        """Returns an operator's result: a number for two numbers, else a gate."""
        if is_plain(left) and is_plain(right) and kind in ARITHMETIC:
            return arithmetic(kind, left, right)
        lists = self.joined(kind, left, right, node)
        if lists is not None:
            return lists
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

    @abstractmethod
    def assumed(self, name: str, shape: Shape) -> NDArray[np.float64]:
        """Returns the value chosen for an input that nobody gave."""

    def unary(self, node: ast.UnaryOp) -> object:
        """Returns -x, +x, or ~mask."""
        value = self.value(node.operand)
        if isinstance(node.op, ast.Not) and not self.is_mask(value):
            return not self.holds(value, node.operand)
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

    def first_that_decides(self, node: ast.BoolOp) -> object:
        """Returns what `and` and `or` give in Python: the first operand that decides, and no more are evaluated."""
        stops = isinstance(node.op, ast.Or)
        value: object = None
        for operand in node.values:
            value = self.value(operand)
            if isinstance(value, Ref) and (
                self.is_mask(value) or self.drafts[value.index].from_input
            ):
                raise NotAllowed(
                    "and / or take truth values that are known before the program runs.",
                    span=self.span(node),
                    hint=f"Use np.logical_{'or' if stops else 'and'}(a, b).",
                )
            if self.holds(value, operand) is stops:
                break
        return value

    def compare(self, node: ast.Compare) -> object:
        """Returns a mask, or a bool for plain values; a < b < c is a < b and b < c."""
        values = self.values([node.left, *node.comparators])
        result: object = True
        for kind, left, right in zip(map(type, node.ops), values, values[1:], strict=False):
            one = self.comparison(kind, left, right, node)
            if isinstance(one, bool) and not one:
                return False
            if isinstance(one, Ref) and isinstance(result, Ref):
                both = language.SPELLINGS[language.MASKS[ast.BitAnd]]
                result = self.gate(both, (result, one), {}, self.span(node))
            elif isinstance(one, Ref):
                result = one
        return result

    def comparison(
        self, kind: type[ast.cmpop], left: object, right: object, node: ast.Compare
    ) -> object:
        """Returns one comparison: a mask, or a bool for plain numbers, for text and for None."""
        if is_plain(left) and is_plain(right) and kind in COMPARISONS:
            return bool(COMPARISONS[kind](left, right))
        if kind in (ast.Is, ast.IsNot) and (left is None or right is None):
            return (left is right) is (kind is ast.Is)
        words = [v is None or isinstance(v, str) for v in (left, right)]
        if kind in (ast.Eq, ast.NotEq) and any(words):
            return (left == right) is (kind is ast.Eq)
        if kind not in language.COMPARE:
            raise NotAllowed(
                "in and is are not in the language, but for x is None.",
                span=self.span(node),
                hint="Compare with == or <.",
            )
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
        bound, value = self.lookup(name)
        if isinstance(value, Stale):
            raise stale(name, self.span(node))
        if bound:
            return value
        if name in self.given:
            return self.free(name, node)
        if name == "pi":
            return math.pi
        if name in language.PYTHON_WORDS:
            raise UndefinedName(
                f"{shown(name)} is Python's own word, used here like a value.",
                span=self.span(node),
                hint="Give the value another name.",
            )
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
        own = (n for n in self.globals if n not in self.inputs or n in self.assigned)
        inner = (n for scope in self.scopes[-1].chain() if scope.outer is not None for n in scope)
        known = [*own, *inner, *self.given, *self.written_out]
        plain = name.replace("_", "")
        twin = next((k for k in known if k != name and k.replace("_", "") == plain), None)
        if twin is not None:
            raise UndefinedName(
                f"{shown(name)} is not defined, but {shown(twin)} is.",
                span=self.span(node),
                hint=twin,
                fix=renaming(self.span(node), name, twin),
            )
        if name == "e" and name not in self.inputs:
            self.notices.append(remark("e is an ordinary name here.", "np.e is the constant."))
        return self.free(name, node)

    def free(self, name: str, node: ast.Name) -> object:
        """Returns the input that a free name stands for, or its number where it is used as a size."""
        if name in self.knowledge.static:
            self.globals[name] = number = self.static_number(name)
            return number
        shape: Shape = self.given[name].shape if name in self.given else self.knowledge.shape(name)
        ref = self.add_input(name, shape, self.span(node), assigned=False)
        self.globals[name] = ref
        return ref

    def static_number(self, name: str) -> object:
        """Returns the whole numbers that an input stands for which is a size, or which chooses a branch."""
        if name in self.given:
            numbers = whole(name, self.given[name])
        elif self.knowledge.shape(name) == ():
            most = self.knowledge.most.get(name, 0) or ASSUMED_COUNT + 1
            numbers = np.asarray(min(ASSUMED_COUNT, most - 1))
            self.assumed_sizes[name] = numbers.astype(np.float64)
        else:
            self.assumed_sizes[name] = self.assumed(name, self.knowledge.shape(name))
            numbers = whole(name, self.assumed_sizes[name])
        return int(numbers) if numbers.shape == () else self.whole_constant(numbers, None)

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

    def numpy_function(self, primitive: Primitive, node: ast.Attribute) -> Function:
        """Returns np.tanh without its brackets as a function, to be given a name or handed to another."""
        names = primitive.arguments
        arguments: list[ast.expr] = [
            ast.copy_location(ast.Name(n, ast.Load()), node) for n in names
        ]
        call = ast.copy_location(ast.Call(node, arguments, []), node)
        body = ast.copy_location(ast.Return(call), node)
        return Function("", names, (), {}, (body,), self.globals)

    def attribute(self, node: ast.Attribute) -> object:
        """Returns x.T, x.shape, x.size, x.ndim, np.pi, np.e; methods are read where they are called."""
        dotted = self.dotted(node)
        if dotted is not None:
            constants = {"pi": math.pi, "e": math.e, "inf": math.inf, "newaxis": None}
            if dotted in constants:
                return constants[dotted]
            if dotted in language.SPELLINGS:
                return self.numpy_function(language.SPELLINGS[dotted], node)
            raise self.unknown_function(dotted, node)
        foreign = self.foreign(node)
        if foreign is not None:
            raise foreign
        value = self.value(node.value)
        if isinstance(value, list):
            raise NotAllowed(
                f"A list has no {shown(node.attr)}.",
                span=self.span(node),
                hint="Make it an array with np.array(...), or use len(x).",
            )
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
            hint=elsewhere.method(node.attr)
            or (
                f"Did you mean .{close}?"
                if close
                else "Use .T, .shape, or a method such as .sum()."
            ),
        )
