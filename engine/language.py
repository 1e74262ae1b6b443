"""The language a program is written in: which syntax is read, and what its operators and built-in words stand for.

Whatever is not listed here is refused by name. Function names that stand for one primitive are not here: each
primitive's record lists its own spellings.
"""

from __future__ import annotations

import ast
import difflib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

from engine.errors import NotAllowed, excerpt
from engine.primitives import OVERLOADS, REGISTRY
from engine.primitives.composition import COMPOSITIONS
from engine.source import Text

MODULES = {"np": "numpy", "numpy": "numpy", "linalg": "numpy.linalg", "math": "math"}
"""Modules by the names that stand for them in every program."""
TYPES = {
    "float": "float", "float64": "float", "double": "float", "np.float64": "float",
    "int": "int", "int64": "int", "int32": "int", "intp": "int", "bool": "bool", "bool_": "bool",
}  # fmt: skip
OTHER_TYPES = (
    "float32",
    "float16",
    "longdouble",
    "complex",
    "complex64",
    "complex128",
    "int8",
    "int16",
    "uint8",
    "object",
)
PYTHON_WORDS = (
    *("float", "int", "bool", "str", "len", "range", "list", "tuple"),
    *("enumerate", "zip", "reversed", "print"),
)
SETTINGS_CALLS = ("set_printoptions", "seterr")
"""NumPy's functions that change nothing that is drawn: a statement of them is passed over."""
LIST_METHODS = {
    "append": (1,), "extend": (1,), "insert": (2,), "pop": (0, 1), "reverse": (0,), "copy": (0,),
}  # fmt: skip
"""Methods of lists, with the counts of arguments they take."""
GROWING = ("append", "extend", "insert", "pop", "reverse")

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.Pow: "power",
    ast.Mod: "mod",
    ast.FloorDiv: "floor_divide",
    ast.MatMult: "matmul",
}
UNARY: dict[type[ast.unaryop], str] = {ast.USub: "negative", ast.UAdd: "positive"}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}
MASKS: dict[type[ast.operator], str] = {ast.BitAnd: "logical_and", ast.BitOr: "logical_or"}
BARE = {
    "max": ("max", "maximum", "maximum_of"),
    "min": ("min", "minimum", "minimum_of"),
    "sum": ("sum",),
    "abs": ("abs",),
    "pow": ("power",),
}
"""Python's own words: with one argument, with two, with more."""

SPELLINGS = {spelling: p for p in REGISTRY.values() for spelling in p.spellings}
METHODS = {method: p for p in REGISTRY.values() for method in p.methods}

STATEMENTS = (
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.For,
    ast.If,
    ast.FunctionDef,
    ast.Return,
    ast.Expr,
    ast.Pass,
    ast.Break,
    ast.Continue,
    ast.Import,
    ast.ImportFrom,
)
EXPRESSIONS = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Attribute, ast.Subscript, ast.Slice, ast.Name, ast.Constant,
    ast.List, ast.Tuple, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.IfExp, ast.BoolOp,
)  # fmt: skip
PARTS = (
    ast.Module, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context, ast.arguments, ast.arg, ast.keyword, ast.alias,
    ast.comprehension, ast.boolop,
)  # fmt: skip

ALLOWED = STATEMENTS + EXPRESSIONS + PARTS

REFUSALS: dict[str, tuple[str, str]] = {
    "While": ("a while loop", "Use for i in range(n) with a known n."),
    "Starred": ("a starred argument", "Write the arguments out."),
    "JoinedStr": ("an f-string", "Leave it out."),
    "Dict": ("a dictionary", "Use plain names, or a list."),
    "DictComp": ("a dictionary", "Use plain names, or a list."),
    "Set": ("a set", "Use a list."),
    "SetComp": ("a set", "Use a list."),
    "NamedExpr": (":=", "Assign on a line of its own."),
    "ClassDef": ("a class", "Use plain functions."),
    "Try": ("try", "Leave it out."),
    "With": ("with", "Leave it out."),
    "Raise": ("raise", "Leave it out."),
    "Assert": ("assert", "Leave it out."),
    "Delete": ("del", "Leave it out."),
    "Global": ("global", "Pass the value as an argument."),
    "Nonlocal": ("nonlocal", "Pass the value as an argument."),
    "Yield": ("yield", "Append to a list and return it."),
    "Await": ("await", "Leave it out."),
    "Match": ("match", "Use if."),
}


def opened(body: Iterable[ast.stmt]) -> tuple[ast.stmt, ...]:
    """Returns a program's statements with those under `if __name__ == "__main__":` in its place."""
    result: list[ast.stmt] = []
    for statement in body:
        result.extend(statement.body if is_main(statement) else [statement])
    return tuple(result)


def is_main(statement: ast.stmt) -> TypeGuard[ast.If]:
    """Returns whether a statement is `if __name__ == "__main__":` without an else."""
    test = statement.test if isinstance(statement, ast.If) and not statement.orelse else None
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
        and isinstance(test.ops[0], ast.Eq)
        and isinstance(test.comparators[0], ast.Constant)
        and test.comparators[0].value == "__main__"
    )


def root_of(node: ast.expr) -> str:
    """Returns the name that x[0], x(1) and x.a begin with, or "" where they begin with no name."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def is_text(node: ast.expr) -> bool:
    """Returns whether an expression is text alone, such as a docstring."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def is_print(node: ast.expr) -> bool:
    """Returns whether an expression is a call of print, whatever it prints."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    )


def parts(node: ast.AST) -> Iterator[ast.AST]:
    """Returns a program's syntax, outermost first, without what print statements print: that is never read."""
    queue = deque([node])
    while queue:
        part = queue.popleft()
        yield part
        if not (isinstance(part, ast.Expr) and is_print(part.value)):
            queue.extend(ast.iter_child_nodes(part))


MISPLACED: dict[type[ast.AST], tuple[str, str]] = {
    ast.Break: ("break stands outside a loop.", "Leave it out."),
    ast.Continue: ("continue stands outside a loop.", "Leave it out."),
    ast.GeneratorExp: (
        "A generator stands in a call only, such as sum(...).",
        "Write square brackets around it.",
    ),
}


def in_place(nodes: Iterable[ast.AST]) -> set[int]:
    """Returns the ids of what stands where it may: break and continue in loops, generators as arguments."""
    found: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.For):
            found |= {id(part) for statement in node.body for part in parts(statement)}
        elif isinstance(node, ast.FunctionDef):
            found -= {id(part) for statement in node.body for part in parts(statement)}
        elif isinstance(node, ast.Call):
            found |= {id(argument) for argument in node.args}
    return found


def check(body: Sequence[ast.stmt], text: Text) -> None:
    """Raises NotAllowed at the first piece of syntax that is not in the language."""
    nodes = [part for statement in body for part in parts(statement)]
    placed = in_place(nodes)
    for node in nodes:
        misplaced = MISPLACED.get(type(node))
        if misplaced is not None and id(node) not in placed:
            detail, fix = misplaced
            raise NotAllowed(detail, span=text.span(node), hint=fix)
        name = name_in(node)
        if name.startswith("__"):
            raise NotAllowed(
                f"The name {shown(name)} is not in the language.",
                span=text.span(node),
                hint="Use a name without leading underscores.",
            )
        if isinstance(node, ast.For) and node.orelse:
            raise NotAllowed(
                "else after a loop is not in the language.",
                span=text.span(node.orelse[0]),
                hint="Write it after the loop, without else.",
            )
        if isinstance(node, ALLOWED):
            continue
        kind = type(node).__name__
        words, fix = REFUSALS.get(
            kind, (f"this ({kind})", "Write it with assignments, operators and NumPy functions.")
        )
        raise NotAllowed(f"{words} is not in the language.", span=text.span(node), hint=fix)


def name_in(node: ast.AST) -> str:
    """Returns the name that a piece of syntax introduces or asks for, or ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.FunctionDef):
        return node.name
    return node.arg if isinstance(node, ast.arg) else ""


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Returns the choice that the word was probably meant to be: equal but for underscores and case, else near."""
    pool = list(dict.fromkeys(choices))
    plain = word.replace("_", "").lower()
    for choice in pool:
        if choice != word and choice.replace("_", "").lower() == plain:
            return choice
    close = difflib.get_close_matches(word, pool, n=1, cutoff=0.7)
    return close[0] if close else None


def known_functions() -> list[str]:
    """Returns every spelling of a function, for suggestions."""
    return sorted({*SPELLINGS, *OVERLOADS, *COMPOSITIONS, *BARE})


def shown(name: str) -> str:
    """Returns a student's name for a message, in quotes."""
    return f"'{excerpt(name)}'"
