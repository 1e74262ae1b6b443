"""LaTeX in the lecture's notation: names, formulas of gates, and expressions made from the listing's code."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import lru_cache

from engine.graph import Graph, Kind, Node
from engine.numbers import say_number
from engine.primitives import REGISTRY

GREEK = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "rho",
    "sigma",
    "tau",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Phi",
    "Psi",
    "Omega",
]
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde", "dot": r"\dot"}
FUNCTIONS = {
    **{
        n: rf"\{n}"
        for n in ("log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "det")
    },
    **{n: rf"\{n}" for n in ("arcsin", "arccos", "arctan")},
    "sum": r"\textstyle\sum",
    "prod": r"\textstyle\prod",
    "maximum": r"\max",
    "minimum": r"\min",
    "trace": r"\operatorname{tr}",
    "eigvalsh": r"\lambda",
    "ravel": r"\operatorname{vec}",
    **{n: rf"\operatorname{{{n}}}" for n in ("sign", "mean", "triu", "tril", "diag")},
    **{n: rf"\operatorname{{{n}}}" for n in ("flip", "roll", "reshape", "swapaxes", "moveaxis")},
    "diff": r"\Delta",
    "rot90": r"\operatorname{rot}_{90}",
    "rint": r"\operatorname{round}",
}
CONSTANTS = {"pi": r"\pi", "e": "e", "inf": r"\infty", "nan": r"\text{NaN}"}
RELATIONS: dict[type[ast.cmpop], str] = {
    **{ast.Gt: ">", ast.Lt: "<", ast.Eq: "="},
    **{ast.NotEq: r"\ne", ast.GtE: r"\ge", ast.LtE: r"\le"},
}
FORMS = {
    "exp": "e^{{{0}}}",
    "exp2": "2^{{{0}}}",
    "sqrt": r"\sqrt{{{0}}}",
    "abs": r"\left|{0}\right|",
    "floor": r"\left\lfloor {0} \right\rfloor",
    "ceil": r"\left\lceil {0} \right\rceil",
    "floor_divide": r"\left\lfloor \frac{{{0}}}{{{1}}} \right\rfloor",
    "isnan": r"\mathbf{{1}}[{0} \text{{ is NaN}}]",
    "isfinite": r"\mathbf{{1}}[\left|{0}\right| < \infty]",
    "equal": r"\mathbf{{1}}[{0} = {1}]",
    "broadcast_arrays": "{0}",
    "ones_like": r"\mathbf{{1}}",
}
"""Calls that have a notation of their own, over their arguments."""
INDICATOR = re.compile(r"\\mathbf\{1\}\[([^\[\]]*)\]")
PARTS = {"U": "U", "Vh": r"V^{\top}", "eigenvectors": "V"}
"""What decompositions give, as every textbook names it."""

DELTA = r"\delta"
"""The error signal that arrives at a gate."""


def symbol(name: str) -> str:
    """Returns a name as LaTeX: W_1 as W_{1}, y_hat with its hat, greek names as letters."""
    base, *rest = [p for p in name.split("_") if p] or ["x"]
    match = re.fullmatch(r"([A-Za-z]+)(\d+)", base)
    if match is not None:
        base, rest = match.group(1), [match.group(2), *rest]
    letter = (
        rf"\{base}" if base in GREEK else base if len(base) == 1 else rf"\mathrm{{{escape(base)}}}"
    )
    below: list[str] = []
    for part in rest:
        if part in ACCENTS:
            letter = rf"{ACCENTS[part]}{{{letter}}}"
        else:
            below.append(
                part if len(part) == 1 or part.isdigit() else rf"\mathrm{{{escape(part)}}}"
            )
    return f"{letter}_{{{','.join(below)}}}" if below else letter


def escape(text: str) -> str:
    """Returns text safe to stand in a formula."""
    return re.sub(
        r"([#$%&_{}])",
        r"\\\1",
        text.replace("\\", r"\backslash ").replace("^", r"\hat{}").replace("~", ""),
    )


def formula(node: Node, arguments: Sequence[str]) -> str:
    """Returns a gate's formula.

    Args:
        node: the gate.
        arguments: LaTeX of each argument.
    """
    primitive = REGISTRY[node.primitive or ""]
    table = {**node.settings, **dict(zip(primitive.arguments, arguments, strict=False))}
    if primitive.variadic:
        table[primitive.arguments[-1]] = r",\,".join(arguments[len(primitive.arguments) - 1 :])
    return primitive.latex.format_map(table)


def node_symbol(node: Node, code: str) -> str:
    """Returns a node as it stands in another node's formula."""
    if node.kind is Kind.CONSTANT and node.shape == ():
        return code.replace("np.", "")
    return symbol(code)


@lru_cache(maxsize=4096)
def figure(number: float) -> str:
    """Returns a number as LaTeX with four significant digits; a negative one in brackets."""
    text = say_number(number)
    if text == "NaN":
        return r"\text{NaN}"
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if digits == "Infinity":
        digits = r"\infty"
    elif "e" in digits:
        mantissa, _, power = digits.partition("e")
        digits = rf"{mantissa} \times 10^{{{int(power)}}}"
    return rf"\left({sign}{digits}\right)" if sign else digits


def partial(output: str, node: str) -> str:
    """Returns the derivative of the output with respect to a node."""
    return rf"\frac{{\partial {output}}}{{\partial {node}}}"


def expression(node: ast.expr, names: dict[str, str]) -> str:
    """Returns a line's expression as LaTeX.

    Args:
        node: an expression of the listing.
        names: LaTeX by code name; unknown names are written as `symbol` writes them.
    """
    if isinstance(node, ast.Name):
        return names.get(node.id, symbol(node.id))
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.UnaryOp):
        return (
            f"-{wrapped(node.operand, names)}"
            if isinstance(node.op, ast.USub)
            else expression(node.operand, names)
        )
    if isinstance(node, ast.BinOp):
        return binary(node, names)
    if isinstance(node, ast.Starred):
        return expression(node.value, names)
    if isinstance(node, ast.Tuple):
        inner = r",\,".join(expression(entry, names) for entry in node.elts)
        numbers = all(isinstance(entry, ast.Constant) for entry in node.elts)
        return rf"\left({inner}\right)" if numbers else inner
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return transposed(node.value, names)
    if isinstance(node, ast.Attribute) and node.attr in PARTS:
        return PARTS[node.attr]
    if isinstance(node, ast.Attribute) and node.attr == "size":
        return rf"\operatorname{{size}}({expression(node.value, names)})"
    if isinstance(node, ast.Attribute) and node.attr == "shape":
        return rf"\mathrm{{shape}}\left({expression(node.value, names)}\right)"
    if isinstance(node, ast.Attribute) and node.attr in CONSTANTS:
        return CONSTANTS[node.attr]
    if isinstance(node, ast.Compare):
        left, right = expression(node.left, names), expression(node.comparators[0], names)
        sign = RELATIONS[type(node.ops[0])]
        if left == right and isinstance(node.ops[0], ast.NotEq):  # only NaN differs from itself
            return FORMS["isnan"].format(left)
        return rf"\mathbf{{1}}[{left} {sign} {right}]"
    if isinstance(node, ast.Call):
        return call(node, names)
    if isinstance(node, ast.Subscript) and only_adds_axes(node.slice):
        return with_axes(node, names)
    if isinstance(node, ast.Subscript) and not any(
        isinstance(part, ast.Name) for part in ast.walk(node.slice)
    ):
        index = ast.unparse(ast.Subscript(ast.Name("x"), node.slice)).removeprefix("x")
        return rf"{wrapped(node.value, names)}_{{{index}}}"
    return rf"\texttt{{{escape(ast.unparse(node))}}}"


def condition(node: ast.expr, names: dict[str, str]) -> str:
    """Returns what a condition says, without the indicator that makes it 1 or 0."""
    text = expression(node, names)
    indicator = INDICATOR.fullmatch(text)
    return text if indicator is None else indicator.group(1)


def binary(node: ast.BinOp, names: dict[str, str]) -> str:
    """Returns a two-sided operation."""
    if isinstance(node.op, ast.Div):
        return rf"\frac{{{expression(node.left, names)}}}{{{expression(node.right, names)}}}"
    if isinstance(node.op, ast.Pow):
        inner = expression(node.left, names)
        loose = isinstance(node.left, ast.BinOp | ast.UnaryOp) or "^" in inner
        base = rf"\left({inner}\right)" if loose else inner
        return rf"{base}^{{{expression(node.right, names)}}}"
    if isinstance(node.op, ast.MatMult):
        return rf"{factor(node.left, names)}\,{factor(node.right, names)}"
    if isinstance(node.op, ast.FloorDiv):
        return FORMS["floor_divide"].format(
            expression(node.left, names), expression(node.right, names)
        )
    if isinstance(node.op, ast.Mult | ast.BitAnd):  # of indicators, "and" is the product
        return rf"{term(node.left, names)} \cdot {term(node.right, names)}"
    sign = "+" if isinstance(node.op, ast.Add) else "-"
    right = wrapped(node.right, names) if sign == "-" else expression(node.right, names)
    return f"{expression(node.left, names)} {sign} {right}"


def wrapped(node: ast.expr, names: dict[str, str]) -> str:
    """Returns an expression in brackets where it needs them."""
    inner = expression(node, names)
    loose = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub)
    return rf"\left({inner}\right)" if loose or isinstance(node, ast.UnaryOp) else inner


def factor(node: ast.expr, names: dict[str, str]) -> str:
    """Returns a factor of a matrix product: an elementwise product stands in brackets."""
    inner = wrapped(node, names)
    elementwise = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    return rf"\left({inner}\right)" if elementwise else inner


def term(node: ast.expr, names: dict[str, str]) -> str:
    """Returns a factor of an elementwise product: a matrix product stands in brackets."""
    inner = wrapped(node, names)
    mixes = isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult)
    return rf"\left({inner}\right)" if mixes else inner


def base(node: ast.expr, names: dict[str, str]) -> str:
    """Returns what a transpose or an inverse is taken of: a product stands in brackets too."""
    product = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.MatMult | ast.Div)
    product = product or (isinstance(node, ast.Call) and name_of(node) in PRODUCTS)
    return rf"\left({expression(node, names)}\right)" if product else wrapped(node, names)


def transposed(node: ast.expr, names: dict[str, str]) -> str:
    """Returns a transposed expression; of an inverse in one exponent."""
    if isinstance(node, ast.Call) and name_of(node) == "inv":
        return rf"{base(node.args[0], names)}^{{-\top}}"
    return rf"{base(node, names)}^{{\top}}"


def inverted(node: ast.expr, names: dict[str, str]) -> str:
    """Returns an inverse; of a transposed expression in one exponent."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return rf"{base(node.value, names)}^{{-\top}}"
    return rf"{base(node, names)}^{{-1}}"


AXES_ONLY = {
    **{"(..., None, :)": "j", "(..., None)": "i", "(None, :)": r"\top"},
    **dict.fromkeys(("(..., None, None)", "(:, None)", "(..., 0)"), ""),
}
"""Indices of gradient rules that only give an array the axes it needs beside another -> what is written for them."""


def only_adds_axes(index: ast.expr) -> bool:
    """Returns whether an index keeps every entry: [..., None], [:, None], or the [..., 0] that takes an axis away again."""
    return ast.unparse(index) in AXES_ONLY


def with_axes(node: ast.Subscript, names: dict[str, str]) -> str:
    """Returns an array as it stands beside one with more axes: with the index that runs along it, or as a row."""
    mark = AXES_ONLY[ast.unparse(node.slice)]
    if mark == r"\top":
        return transposed(node.value, names)
    inner = wrapped(node.value, names)
    return rf"{{{inner}}}_{{{mark}}}" if mark else inner


def name_of(node: ast.Call) -> str:
    """Returns the last name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


PRODUCTS = ("outer", "cross", "solve")
"""Calls that are written as products."""


def call(node: ast.Call, names: dict[str, str]) -> str:
    """Returns a NumPy call in the notation of a lecture."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    inner = [expression(a, names) for a in node.args]
    if name in FORMS:
        return FORMS[name].format(*inner)
    if name == "where":
        holds = condition(node.args[0], names)
        return rf"\begin{{cases}}{inner[1]} & {holds} \\ {inner[2]} & \text{{else}}\end{{cases}}"
    if name == "expand_dims":
        return inner[0]
    method = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) != "np"
    if name == "reshape" and method and isinstance(node.func, ast.Attribute):
        return wrapped(node.func.value, names)
    if name == "tensordot":
        plain = all(isinstance(factor, ast.Name) for factor in node.args[:2])
        if not plain or not isinstance(node.args[2], ast.Tuple):
            return rf"\texttt{{{escape(ast.unparse(node))}}}"  # too long for a formula
        axes = ast.unparse(node.args[2])
        return rf"\mathrm{{tensordot}}_{{\text{{{axes}}}}}\left({inner[0]}, {inner[1]}\right)"
    if name == "inv":
        return inverted(node.args[0], names)
    if name == "solve":
        return rf"{inverted(node.args[0], names)}\,{factor(node.args[1], names)}"
    if name == "eye":
        shift = next((expression(k.value, names) for k in node.keywords if k.arg == "k"), "")
        return rf"I_{{{shift}}}" if shift else "I"
    if name == "tri":
        return r"\mathbf{1}_{i \ge j}"
    if name == "cross":
        return rf"{wrapped(node.args[0], names)} \times {wrapped(node.args[1], names)}"
    if name == "atleast_2d":
        return rf"{wrapped(node.args[0], names)}^{{\top}}"
    if name == "outer":
        return rf"{factor(node.args[0], names)}\,{transposed(node.args[1], names)}"
    if name in FUNCTIONS:
        return rf"{FUNCTIONS[name]}{below(node)}\left({', '.join(inner)}\right)"
    said = [
        rf"_{{\text{{{text}}}}}" for a, text in zip(node.args, inner, strict=True) if is_text(a)
    ]
    inner = [text for a, text in zip(node.args, inner, strict=True) if not is_text(a)]
    return rf"\mathrm{{{escape(name)}}}{''.join(said)}\left({', '.join(inner)}\right)"


def is_text(node: ast.expr) -> bool:
    """Returns whether an argument is text, such as einsum's subscripts."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def below(node: ast.Call) -> str:
    """Returns the subscript that says along which axes a function works, or at which diagonal, or ""."""
    for keyword in node.keywords:
        if keyword.arg in ("axis", "k"):
            which = ast.unparse(keyword.value).strip("()").replace(" ", "")
            return rf"_{{\text{{axis }}{which}}}" if keyword.arg == "axis" else f"_{{{which}}}"
    return ""


def graph_names(graph: Graph, codes: tuple[str, ...]) -> dict[str, str]:
    """Returns LaTeX by code name, for `expression`."""
    return {code: node_symbol(node, code) for node, code in zip(graph.nodes, codes, strict=True)}
