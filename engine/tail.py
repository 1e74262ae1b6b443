"""The backward part of a pasted program: where it begins, and slips in it that can be seen without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from engine import language
from engine.errors import Span, renaming
from engine.language import nearest, shown
from engine.source import Text
from engine.trace import BackwardCode, Slip


@dataclass(frozen=True, slots=True)
class Names:
    """What one statement does with names.

    Attributes:
        target: the one name it assigns or changes, or None.
        reads: names it reads.
        knows: names that stand in it, called functions and NumPy left out.
        prints: whether it only prints.
        begins: whether it is a plain assignment.
    """

    target: str | None
    reads: frozenset[str]
    knows: frozenset[str]
    prints: bool
    begins: bool


ADDS = ("np.add.at", "numpy.add.at")
"""What adds to entries of an array in place, also where an index comes twice."""


@lru_cache(maxsize=16)
def find_tail(body: tuple[ast.stmt, ...]) -> int | None:
    """Returns where the longest tail of backward code begins, or None (contract, section 3, "Backward code")."""
    names = [names_of(statement) for statement in body]
    known: set[str] = set()
    for start, first in enumerate(names):
        starts = (
            start > 0 and first.begins and first.target is not None and first.target not in known
        )
        if starts and looks_like_gradient(first.target or "") and is_tail(names[start:], known):
            return start
        known |= first.knows
    return None


def is_tail(tail: Sequence[Names], known: set[str]) -> bool:
    """Returns whether statements are backward code for the names known before them."""
    plain = without_underscores(known)
    if gradient_of(tail[0].target or "", known, plain) is None:
        return False
    gradients: set[str] = set()
    last_read: dict[str, int] = {name: place for place, s in enumerate(tail) for name in s.reads}
    for place, statement in enumerate(tail):
        name = statement.target
        if name is None:
            if not statement.prints:
                return False
        elif name in gradients or gradient_of(name, known, plain) is not None:
            gradients.add(name)
        elif name in known:
            if not (statement.reads & gradients):
                return False
        elif last_read.get(name, -1) <= place:
            return False
    return True


def names_of(statement: ast.stmt) -> Names:
    """Returns what a statement does with names."""
    nodes = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
    called = {
        n.func.id
        for n in ast.walk(statement)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    stored = {n.id for n in nodes if isinstance(n.ctx, ast.Store)}
    reads = frozenset(n.id for n in nodes if isinstance(n.ctx, ast.Load))
    knows = frozenset((reads - called - set(language.MODULES)) | stored)
    return Names(
        target_name(statement),
        reads,
        knows,
        isinstance(statement, ast.Expr) and language.is_print(statement.value),
        isinstance(statement, ast.Assign),
    )


def target_name(statement: ast.stmt) -> str | None:
    """Returns the one name that a statement assigns or changes, or None."""
    target: ast.expr | None = None
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
    elif isinstance(statement, ast.AugAssign):
        target = statement.target
    elif isinstance(statement, ast.Expr):
        target = added_to(statement.value)
    if isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def added_to(call: ast.expr) -> ast.expr | None:
    """Returns what np.add.at(x, index, value) adds to, or None for anything else."""
    if not isinstance(call, ast.Call) or len(call.args) != 3 or call.keywords:
        return None
    return call.args[0] if ast.unparse(call.func) in ADDS else None


def looks_like_gradient(name: str) -> bool:
    """Returns whether a name is written like a gradient's, whatever it may be of."""
    return name.startswith(("d", "grad")) or name.endswith("grad")


def without_underscores(known: Iterable[str]) -> dict[str, str]:
    """Returns names by what is left of them without underscores."""
    return {name.replace("_", ""): name for name in sorted(known)}


def gradient_of(name: str, known: Set[str], plain: Mapping[str, str]) -> str | None:
    """Returns the known name that a name is written as the gradient of: dW2, d_W_2, W2_grad, grad_W2, dLdW2 of W_2.

    Args:
        name: the name.
        known: names known before.
        plain: the same by what is left of them without underscores.
    """
    if name in known or not looks_like_gradient(name):
        return None
    word = name.replace("_", "")
    if word.startswith("d") and word[1:] in plain:
        return plain[word[1:]]
    if word.startswith("grad") and word[4:] in plain:
        return plain[word[4:]]
    if word.endswith("grad") and word[:-4] in plain:
        return plain[word[:-4]]
    for k in range(2, len(word) - 1) if word.startswith("d") else range(0):
        if word[k] == "d" and word[1:k] in plain and word[k + 1 :] in plain:
            return plain[word[k + 1 :]]
    return None


def known_names(statements: Sequence[ast.stmt]) -> set[str]:
    """Returns every name that statements read or bind, functions and NumPy left out."""
    return set().union(*(names_of(s).knows for s in statements))


def backward_code(text: Text, tail: Sequence[ast.stmt], known: Iterable[str]) -> BackwardCode:
    """Returns the cut tail with the names in it that nothing defines.

    Args:
        text: the program's text.
        tail: its backward statements.
        known: names that the forward part defines or was given.
    """
    first, last = tail[0].lineno, tail[-1].end_lineno or tail[-1].lineno
    source = "\n".join(text.given_lines[first - 1 : last])
    defined = set(known) | set(language.MODULES) | {"pi", "e", "range", "print", "len"}
    slips: list[Slip] = []
    for statement in tail:
        functions = {id(n.func) for n in ast.walk(statement) if isinstance(n, ast.Call)}
        names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
        for node in sorted(names, key=lambda n: (n.lineno, n.col_offset)):
            callable_name = id(node) in functions and (
                node.id in language.SPELLINGS or node.id in language.BARE
            )
            unknown = (
                isinstance(node.ctx, ast.Load) and node.id not in defined and not callable_name
            )
            if unknown:
                slips.append(undefined(node, text.span(node), defined))
        defined |= {n.id for n in names if isinstance(n.ctx, ast.Store)}
    return BackwardCode(first, source, tuple(slips))


def undefined(node: ast.Name, span: Span | None, defined: Iterable[str]) -> Slip:
    """Returns the slip of a name that nothing defines."""
    close = nearest(node.id, sorted(defined))
    found = f", but {shown(close)} is" if close else ""
    return Slip(
        "undefined-name",
        f"Line {node.lineno}: {shown(node.id)} is not defined{found}.",
        span,
        close or "",
        renaming(span, node.id, close),
    )
