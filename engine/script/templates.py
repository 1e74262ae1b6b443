"""A gate's lines with slots for names, made from the text of the functions that run; made once for gates alike."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from engine.rules import MARK, Site, evaluation, numpy_call, rule, slot, summed_expression
from engine.script.lines import scalar
from engine.simplify import number_of

NEW = ("dot", "sum", "outer", "where")
"""Functions whose result is an array of its own, so that `+=` may change it."""
TESTS = ("is", "logical", "equal", "not_equal", "greater", "less", "any", "all", "signbit")
"""How the names of functions begin that give truth values."""
LOCAL = "local_"
"""Slots of local names begin so."""


@dataclass(frozen=True, slots=True)
class Form:
    """A site, and how its lines are to look.

    Attributes:
        site: what the lines depend on.
        dots: whether a product of vectors and matrices is written with `dot`.
        flat: whether the gate's value is one number, which NumPy hands out without a place to write to.
    """

    site: Site
    dots: bool
    flat: bool


@dataclass(frozen=True, slots=True)
class Template:
    """Lines with slots for names.

    Attributes:
        before: statements that prepare.
        last: the expression that is the result; "" where the statements have computed it.
        new: whether the result is an array that nothing else shares.
        stems: local names of the statements, which become slots.
    """

    before: tuple[str, ...]
    last: str
    new: bool
    stems: tuple[str, ...]


@lru_cache(maxsize=4096)
def evaluated(form: Form) -> Template:
    """Returns the template of a gate's value."""
    statements = evaluation(form.site, f"{MARK}t{MARK}")
    return template_of(statements, Finish(form, "np.dot"))


@lru_cache(maxsize=4096)
def sent(form: Form, *, seeded: bool) -> Template | None:
    """Returns the template of what one argument receives.

    Args:
        form: the argument's.
        seeded: whether the upstream is the 1 of the seed, which is then left out.

    Returns:
        None where the 1 cannot be left out.
    """
    upstream = ast.Constant(1.0) if seeded else slot("u")
    statements = rule(form.site, upstream, f"{MARK}t{MARK}")
    last = statements[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    if seeded and not all(stays_a_float(s) for s in statements):
        return None
    if seeded and (form.site.loose or has_a_literal_in_a_call(form.site, statements)):
        return None
    last.value = summed_expression(form.site, last.value)
    return template_of(statements, Finish(form, ".dot"))


def stays_a_float(statement: ast.stmt) -> bool:
    """Returns whether a statement with 1 for the upstream computes what it would with an array there."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Compare) or is_test(node):
            return False
        if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Constant):
            return False
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.Mult | ast.Add | ast.Sub):
            names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            if not names - {"np"}:
                return False
    return True


def has_a_literal_in_a_call(site: Site, statements: Sequence[ast.stmt]) -> bool:
    """Returns whether a function may be given a whole number instead of a float."""
    return any(site.literals) and any(
        isinstance(node, ast.Call) for statement in statements for node in ast.walk(statement)
    )


def is_test(node: ast.AST) -> bool:
    """Returns whether an expression is a call of NumPy's that gives truth values."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr.startswith(TESTS)
    )


def template_of(statements: Sequence[ast.stmt], finish: ast.NodeTransformer) -> Template:
    """Returns statements with slots as lines."""
    target = f"{MARK}t{MARK}"
    finished = [finish.visit(s) for s in statements]
    stems: dict[str, str] = {}
    for statement in finished:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and node.id.endswith(f"_{target}"):
                stem = node.id.removesuffix(f"_{target}")
                stems[stem] = node.id = f"{MARK}{LOCAL}{stem}{MARK}"
    *before, last = finished
    assert isinstance(last, ast.Return)
    assert last.value is not None
    whole = last.value
    computed = isinstance(whole, ast.Name) and whole.id == target
    constant = number_of(whole)
    text = ast.unparse(whole) if constant is None else scalar(float(constant))
    return Template(
        tuple(ast.unparse(s) for s in before),
        "" if computed else text,
        computed or makes_new(whole),
        tuple(stems),
    )


def makes_new(value: ast.expr) -> bool:
    """Returns whether an expression's result is an array that nothing else shares."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        return value.func.attr in NEW
    return isinstance(value, ast.BinOp | ast.UnaryOp)


class Finish(ast.NodeTransformer):
    """Gives a gate's statements their looks: dot for @, methods of numbers, a place to write to.

    Args:
        form: the gate's.
        dot: "np.dot" or ".dot".
    """

    def __init__(self, form: Form, dot: str) -> None:
        self.form = form
        self.dot = dot

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Writes a product of vectors or matrices as a dot."""
        self.generic_visit(node)
        if not (self.form.dots and isinstance(node.op, ast.MatMult)):
            return node
        if not (is_argument(node.left) and is_argument(node.right)):
            return node
        if self.dot == "np.dot":
            return numpy_call("dot", [node.left, node.right])
        return ast.Call(ast.Attribute(node.left, "dot", ast.Load()), [node.right], [])

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Makes a literal whose attribute is asked for one of NumPy's numbers."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Constant | ast.UnaryOp):
            node.value = numpy_call("float64", [node.value])
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Copies a single number into an array, which can be written to."""
        self.generic_visit(node)
        if self.form.flat and isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
            return numpy_call("array", [node.func.value])
        return node


def is_argument(node: ast.expr) -> bool:
    """Returns whether an expression is an argument, the upstream or the output, perhaps transposed or negated."""
    if isinstance(node, ast.Attribute) and node.attr == "T":
        return is_argument(node.value)
    if isinstance(node, ast.UnaryOp):
        return is_argument(node.operand)
    return isinstance(node, ast.Name) and node.id.startswith(MARK)
