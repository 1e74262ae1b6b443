"""Whether Python computes the same with numbers of its own as with NumPy's."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from engine.script.run import ScriptLine

WRAPPED = re.compile(r"(\w+ = )np\.float64\((-?[\w.+-]+)\)")
"""A line that gives a name one of NumPy's numbers."""
SMALL, LARGE = 1e-30, 1e30
"""Between these, small powers of a number neither overflow nor vanish."""
PARTS = (ast.Tuple, ast.List, ast.Slice, ast.Starred, ast.keyword)
"""What an expression is made of without being a number."""


class NotPlain(Exception):
    """A line does with a number what only NumPy's numbers do."""


def as_plain_numbers(lines: Sequence[ScriptLine]) -> list[ScriptLine]:
    """Returns the lines with `x = -2.0` for `x = np.float64(-2.0)`."""
    return [replace(line, text=WRAPPED.sub(r"\1\2", line.text)) for line in lines]


def plain_numbers_do(lines: Sequence[ScriptLine], values: Mapping[str, float]) -> bool:
    """Returns whether Python computes the same with numbers of its own as with NumPy's.

    Its floats have no methods and no axes, and refuse to divide by 0 or to overflow in a power.

    Args:
        lines: of a script, without the arrays that it is given.
        values: what is known of its scalars.
    """
    plain: set[str] = set()
    try:
        for statement in ast.parse("\n".join(line.text for line in lines)).body:
            note_plain(statement, plain, values)
    except NotPlain:
        return False
    return True


def note_plain(statement: ast.stmt, plain: set[str], values: Mapping[str, float]) -> None:
    """Notes whether a statement's target would be a number of Python's.

    Raises:
        NotPlain: where Python's numbers would not do.
    """
    if isinstance(statement, ast.Expr):
        is_plain(statement.value, plain, values)
    if not isinstance(statement, ast.Assign | ast.AugAssign):
        return
    target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
    given = isinstance(statement, ast.Assign) and WRAPPED.fullmatch(ast.unparse(statement))
    number = bool(given) or is_plain(statement.value, plain, values)
    if not isinstance(target, ast.Name):
        is_plain(target, plain, values)
    elif number and (isinstance(statement, ast.Assign) or target.id in plain):
        plain.add(target.id)
    else:
        plain.discard(target.id)


def is_plain(node: ast.AST, plain: Set[str], values: Mapping[str, float]) -> bool:
    """Returns whether an expression would be a number of Python's.

    Raises:
        NotPlain: where Python's numbers would not do.
    """
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id in plain
    kinds = [
        is_plain(part, plain, values)
        for part in ast.iter_child_nodes(node)
        if isinstance(part, ast.expr | ast.keyword)
    ]
    if isinstance(node, ast.BinOp):
        fine = isinstance(node.op, ast.Add | ast.Sub | ast.Mult) or (
            isinstance(node.op, ast.Div) and is_nonzero(node.right, values)
        )
        if all(kinds) and not (fine or is_nonzero(node, values)):
            raise NotPlain
        return all(kinds)
    if isinstance(node, ast.Compare) or (
        isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Invert)
    ):
        return all(kinds)
    from_numpy = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    entry = isinstance(node, ast.Attribute | ast.Subscript) and not kinds[0]
    if not (from_numpy or entry or isinstance(node, PARTS)):
        raise NotPlain
    return False


def is_nonzero(node: ast.expr, values: Mapping[str, float]) -> bool:
    """Returns whether a number is known to be other than 0, and that Python computes it."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Name):
        return SMALL < abs(values.get(node.id, 0.0)) < LARGE
    if isinstance(node, ast.UnaryOp):
        return is_nonzero(node.operand, values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return is_nonzero(node.left, values) and is_nonzero(node.right, values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        few = isinstance(node.right, ast.Constant) and node.right.value in (1, 2, 3, 4)
        return few and isinstance(node.left, ast.Name) and is_nonzero(node.left, values)
    return False
