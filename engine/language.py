"""The language a program is written in: which syntax is read, and what its operators and built-in words stand for.

Whatever is not listed here is refused by name. Function names that stand for one primitive are not here: each
primitive's record lists its own spellings.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable

from engine.errors import NotAllowed, excerpt
from engine.primitives import OVERLOADS, REGISTRY
from engine.primitives.composition import COMPOSITIONS
from engine.source import Text

MODULES = {"np": "numpy", "numpy": "numpy", "linalg": "numpy.linalg"}
"""Modules by the names that stand for them in every program."""

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
    ast.AugAssign,
    ast.For,
    ast.FunctionDef,
    ast.Return,
    ast.Expr,
    ast.Pass,
    ast.Import,
    ast.ImportFrom,
)
EXPRESSIONS = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Attribute, ast.Subscript, ast.Slice, ast.Name, ast.Constant,
    ast.List, ast.Tuple, ast.Lambda,
)  # fmt: skip
PARTS = (
    ast.Module, ast.operator, ast.unaryop, ast.cmpop, ast.expr_context, ast.arguments, ast.arg, ast.keyword, ast.alias,
)  # fmt: skip

REFUSALS: dict[str, tuple[str, str]] = {
    "If": ("an if statement", "Use np.where(condition, a, b)."),
    "IfExp": ("an if expression", "Use np.where(condition, a, b)."),
    "While": ("a while loop", "Use for i in range(n) with a known n."),
    "BoolOp": ("and / or", "Use np.logical_and(a, b), or * of masks."),
    "ListComp": ("a list comprehension", "Use a for loop."),
    "GeneratorExp": ("a generator", "Use a for loop."),
    "Starred": ("a starred argument", "Write the arguments out."),
    "JoinedStr": ("an f-string", "Leave it out."),
    "Dict": ("a dictionary", "Use plain names."),
    "Set": ("a set", "Use a list."),
    "AnnAssign": ("an annotated assignment", "Leave the annotation out."),
    "NamedExpr": (":=", "Assign on a line of its own."),
    "ClassDef": ("a class", "Use plain functions."),
    "Try": ("try", "Leave it out."),
    "With": ("with", "Leave it out."),
    "Raise": ("raise", "Leave it out."),
    "Assert": ("assert", "Leave it out."),
    "Delete": ("del", "Leave it out."),
    "Global": ("global", "Pass the value as an argument."),
    "Break": ("break", "Choose the loop's count instead."),
    "Continue": ("continue", "Use np.where inside the loop."),
    "Await": ("await", "Leave it out."),
}


def check(tree: ast.Module, text: Text) -> None:
    """Raises NotAllowed at the first piece of syntax that is not in the language."""
    for node in ast.walk(tree):
        name = name_in(node)
        if name.startswith("__"):
            raise NotAllowed(
                f"The name {shown(name)} is not in the language.",
                span=text.span(node),
                hint="Use a name without leading underscores.",
            )
        if isinstance(node, STATEMENTS + EXPRESSIONS + PARTS):
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
