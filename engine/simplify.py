"""The arithmetic of literals that substitution leaves in a rule, done: 2 * x ** (2 - 1) becomes 2 * x."""

from __future__ import annotations

import ast
import math

from engine.naming import literal


def setting_expression(value: object) -> ast.expr:
    """Returns a setting as code."""
    if isinstance(value, tuple):
        return ast.Tuple([setting_expression(v) for v in value], ast.Load())
    if isinstance(value, slice):
        parts = [
            None if p is None else setting_expression(p)
            for p in (value.start, value.stop, value.step)
        ]
        return ast.Slice(*parts)
    if isinstance(value, float) and not math.isfinite(value):
        return ast.parse(literal(value), mode="eval").body
    if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    if value is None or value is Ellipsis or isinstance(value, bool | int | float | str):
        return ast.Constant(value)
    raise TypeError(f"a setting of type {type(value).__name__} cannot be written as code")


def simplified(statement: ast.stmt, *, exact: bool = True) -> ast.stmt:
    """Returns a statement with its constant arithmetic done: 2 * x ** (2 - 1) becomes 2 * x."""
    result = Simplifier(exact).visit(statement)
    assert isinstance(result, ast.stmt)
    return result


class Simplifier(ast.NodeTransformer):
    """Does the arithmetic of literals that substitution leaves behind.

    Args:
        exact: whether 0 times an array is kept: it has a shape, and may be NaN.
    """

    def __init__(self, exact: bool) -> None:
        self.exact = exact

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Drops neutral elements and computes what is constant."""
        self.generic_visit(node)
        left, right, kind = number_of(node.left), number_of(node.right), type(node.op)
        if left is not None and right is not None:
            folded = fold(kind, left, right)
            if folded is not None:
                return folded
        if isinstance(node.left, ast.Tuple):
            return joined(node)
        if kind is ast.MatMult:
            return node.right if left == 1 else node.left if right == 1 else node
        if kind is ast.Mult:
            if (left == 0 and self._vanishes(node.right)) or (
                right == 0 and self._vanishes(node.left)
            ):
                return ast.Constant(0)
            if left == 1:
                return node.right
            if left == -1:
                return ast.UnaryOp(ast.USub(), node.right)
            return node.left if right == 1 else node
        if kind in (ast.Add, ast.Sub) and right == 0:
            return node.left
        if kind is ast.Add and left == 0:
            return node.right
        if kind in (ast.Div, ast.Pow) and right == 1:
            return node.left
        return node

    def _vanishes(self, factor: ast.expr) -> bool:
        """Returns whether 0 may be written for 0 times a factor."""
        return not self.exact or isinstance(factor, ast.Compare) or number_of(factor) is not None

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """Decides a comparison of two literals."""
        self.generic_visit(node)
        left, right = number_of(node.left), number_of(node.comparators[0])
        if left is None or right is None or len(node.ops) != 1:
            return node
        if isinstance(node.ops[0], ast.Eq):
            return ast.Constant(int(left == right))
        if isinstance(node.ops[0], ast.NotEq):
            return ast.Constant(int(left != right))
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        """Takes the branch that a setting chooses."""
        test = node.test
        if isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Is | ast.IsNot):
            known = isinstance(test.left, ast.Constant | ast.Tuple)
            if known:
                is_none = isinstance(test.left, ast.Constant) and test.left.value is None
                taken = is_none if isinstance(test.ops[0], ast.Is) else not is_none
                chosen = self.visit(node.body if taken else node.orelse)
                assert isinstance(chosen, ast.expr)
                return chosen
        self.generic_visit(node)
        decided = number_of(node.test)
        return node if decided is None else node.body if decided else node.orelse

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Picks an entry of a written-out tuple; a tuple of one index loses its comma."""
        self.generic_visit(node)
        if isinstance(node.slice, ast.Tuple):
            node.slice.elts = [ast.Slice() if is_everything(e) else e for e in node.slice.elts]
        place = number_of(node.slice)
        if number_of(node.value) == 1:  # an upstream of 1 needs no axes
            return node.value
        if isinstance(node.value, ast.Tuple) and place is not None and place == int(place):
            return node.value.elts[int(place)]
        if isinstance(node.slice, ast.Tuple) and len(node.slice.elts) == 1:
            node.slice = node.slice.elts[0]
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.expr:
        """Writes a tuple's entries out where it stands starred in another."""
        self.generic_visit(node)
        entries: list[ast.expr] = []
        for entry in node.elts:
            if isinstance(entry, ast.Starred) and isinstance(entry.value, ast.Tuple):
                entries.extend(entry.value.elts)
            else:
                entries.append(entry)
        return ast.Tuple(entries, node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Leaves out settings that say what NumPy does anyway; an outer product with 1 is a row or a column."""
        self.generic_visit(node)
        node.args = [entry for argument in node.args for entry in unpacked(argument)]
        node.keywords = [k for k in node.keywords if not is_default(k)]
        if isinstance(node.func, ast.Attribute) and node.func.attr == "outer":
            if number_of(node.args[0]) == 1:
                return ast.parse(f"np.atleast_2d({ast.unparse(node.args[1])})", mode="eval").body
            if number_of(node.args[1]) == 1:
                return ast.parse(f"{ast.unparse(node.args[0])}.reshape(-1, 1)", mode="eval").body
        return neutral(node)


def neutral(node: ast.Call) -> ast.expr:
    """Returns what a call leaves to do: axes in their order need no transposing, a product with 1 is the other factor."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name == "transpose" and len(node.args) == 2 and isinstance(node.args[1], ast.Tuple):
        order = [number_of(entry) for entry in node.args[1].elts]
        return node.args[0] if order == list(range(len(order))) else node
    if name in ("matvec", "vecmat") and 1 in map(number_of, node.args):
        return node.args[0] if number_of(node.args[1]) == 1 else node.args[1]
    return node


def joined(node: ast.BinOp) -> ast.expr:
    """Returns two written-out tuples as one, and one repeated as often as it says."""
    assert isinstance(node.left, ast.Tuple)
    times = number_of(node.right)
    if isinstance(node.op, ast.Mult) and times is not None:
        return ast.Tuple(node.left.elts * int(times), ast.Load())
    if isinstance(node.op, ast.Add) and isinstance(node.right, ast.Tuple):
        return ast.Tuple(node.left.elts + node.right.elts, ast.Load())
    return node


def is_everything(entry: ast.expr) -> bool:
    """Returns whether an entry of an index is written `np.s_[:]`, which stands for a whole axis."""
    return (
        isinstance(entry, ast.Subscript)
        and isinstance(entry.value, ast.Attribute)
        and entry.value.attr == "s_"
        and isinstance(entry.slice, ast.Slice)
        and entry.slice.lower is entry.slice.upper is entry.slice.step is None
    )


def unpacked(argument: ast.expr) -> list[ast.expr]:
    """Returns the arguments that a written-out starred tuple stands for."""
    if isinstance(argument, ast.Starred) and isinstance(argument.value, ast.Tuple):
        return argument.value.elts
    return [argument]


def is_default(keyword: ast.keyword) -> bool:
    """Returns whether a setting says what NumPy does anyway."""
    value = keyword.value
    return isinstance(value, ast.Constant) and (keyword.arg, value.value) in (
        ("axis", None),
        ("keepdims", False),
        ("k", 0),
        ("offset", 0),
        ("axis1", 0),
        ("axis2", 1),
    )


def number_of(node: ast.expr) -> float | None:
    """Returns the number an expression writes out, or None."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inner = number_of(node.operand)
        return None if inner is None else -inner
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    ):
        return node.value
    return None


def fold(kind: type[ast.operator], left: float, right: float) -> ast.expr | None:
    """Returns the result of literal arithmetic as a literal, where it is short and exact."""
    if kind is ast.Add:
        result = left + right
    elif kind is ast.Sub:
        result = left - right
    elif kind is ast.Mult:
        result = left * right
    else:
        return None
    return setting_expression(int(result)) if result == int(result) else None
