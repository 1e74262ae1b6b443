"""A gate's line in a framework's words, from the text of its primitive's `forward` or the record's own."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from engine.peers.frameworks import (
    ARRAYS,
    CONSTANTS,
    ELEMENTWISE,
    JAX,
    JAX_ROWS,
    MATRICES,
    ONE_AXIS,
    OWN_WORDS,
    TORCH,
    TORCH_PEER,
    Peer,
)
from engine.primitives import REGISTRY
from engine.rules import MARK, evaluation, substituted
from engine.script.templates import Finish, Form, Template, template_of
from engine.simplify import number_of


@dataclass(frozen=True, slots=True)
class Shapes:
    """What a spelling depends on beside the site.

    Attributes:
        form: the gate's.
        ranks: of its arguments.
        kinds: of its arguments' numbers: "f", "i" or "b".
    """

    form: Form
    ranks: tuple[int, ...]
    kinds: tuple[str, ...]


class Unspelled(Exception):
    """What a framework has no words for."""


@lru_cache(maxsize=4096)
def spelled(shapes: Shapes, peer: Peer) -> Template:
    """Returns the template of a gate's value in a framework's words.

    Raises:
        Unspelled: naming what the framework does not have.
    """
    site = shapes.form.site
    target = f"{MARK}t{MARK}"
    own = REGISTRY[site.primitive].spelled.get(peer.name)
    if own is None:
        statements = evaluation(site, target)
    else:
        result = ast.Return(ast.parse(own, mode="eval").body)
        statements = substituted(site, [result], {}, target, exact=True)
    if peer is TORCH_PEER:
        return template_of(statements, Torch(shapes))
    finish = Finish(shapes.form, "np.dot")
    return template_of([finish.visit(s) for s in statements], Jax(shapes))


def numpy_name(node: ast.expr) -> str:
    """Returns "linalg.inv" for np.linalg.inv, and "" for what is not NumPy's."""
    match = (
        re.fullmatch(r"np\.([\w.]+)", ast.unparse(node))
        if isinstance(node, ast.Attribute)
        else None
    )
    return match[1] if match else ""


def dotted(name: str) -> ast.expr:
    """Returns a dotted name."""
    return ast.parse(name, mode="eval").body


def place_of(node: ast.expr) -> int | None:
    """Returns the position of the argument that an expression is, or None."""
    text = node.id.strip(MARK) if isinstance(node, ast.Name) else ""
    return int(text) if text.isdecimal() else None


def rank_of(node: ast.expr, shapes: Shapes) -> int | None:
    """Returns the number of axes of an argument; None for other expressions."""
    place = place_of(node)
    return None if place is None else shapes.ranks[place]


class Jax(ast.NodeTransformer):
    """Puts statements into JAX's words.

    Args:
        shapes: ranks of what the slots stand for.
    """

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Looks a name of NumPy's up."""
        name = numpy_name(node)
        if name:
            if name not in JAX:
                raise Unspelled(f"it has no np.{name}")
            return dotted(f"jnp.{name}")
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Stacks arrays that NumPy would take as a list."""
        name = numpy_name(node.func)
        if name in MATRICES and rank_of(node.args[0], self.shapes) in (0, 1):
            raise Unspelled(f"its {name} takes matrices")
        if name == "repeat" and isinstance(node.args[1], ast.Tuple):
            node.args[1] = ast.Call(dotted("np.array"), [node.args[1]], [])
        if name == "broadcast_arrays":
            stacked = ast.Call(dotted("jnp.broadcast_arrays"), node.args, [])
            self.generic_visit(stacked)
            return ast.Call(dotted("jnp.stack"), [stacked], [])
        for pattern, expression in JAX_ROWS:
            if pattern.startswith(f"{name}("):
                bound = bindings(pattern, node)
                if bound is not None:
                    table = {k: self.visit(v) for k, v in bound.items()}
                    return Filling(table).visit(dotted(expression))  # type: ignore[no-any-return]
        self.generic_visit(node)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.stmt:
        """Makes a new array where NumPy would write into one."""
        self.generic_visit(node)
        return replaced(node.targets[0], "set", node.value) or node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.stmt:
        """The same for an addition."""
        self.generic_visit(node)
        if isinstance(node.target, ast.Name):
            return node
        changed = replaced(node.target, "add", node.value) if isinstance(node.op, ast.Add) else None
        if changed is None:
            raise Unspelled("it changes no array in place")
        return changed


def replaced(target: ast.expr, method: str, value: ast.expr) -> ast.stmt | None:
    """Returns `x = x.at[index].set(value)` for `x[index] = value`; None for a plain name."""
    if isinstance(target, ast.Name):
        return None
    if not isinstance(target, ast.Subscript) or not isinstance(target.value, ast.Name):
        raise Unspelled("it changes no array in place")
    name = target.value.id
    place = ast.Subscript(
        ast.Attribute(ast.Name(name, ast.Load()), "at", ast.Load()), target.slice, ast.Load()
    )
    call = ast.Call(ast.Attribute(place, method, ast.Load()), [value], [])
    return ast.fix_missing_locations(ast.Assign([ast.Name(name, ast.Store())], call))


class Torch(ast.NodeTransformer):
    """Puts statements into PyTorch's words.

    Args:
        shapes: ranks and kinds of what the slots stand for.
    """

    METHODS: Mapping[str, str] = {
        "copy": "clone",
        "reshape": "reshape",
        "astype": "to",
        "ravel": "ravel",
    }

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Puts constants of NumPy's and what arrays know of themselves into words."""
        name = numpy_name(node)
        if name:
            if name not in CONSTANTS and name != "float64":
                raise Unspelled(f"it has no np.{name}")
            return dotted(f"torch.{name}")
        value: ast.expr = self.visit(node.value)
        if node.attr == "sign":
            raise Unspelled("it passes no gradient through a sign")
        if node.attr == "T":
            return self.reversed_axes(value)
        if node.attr == "size":
            return ast.Call(ast.Attribute(value, "numel", ast.Load()), [], [])
        return ast.Attribute(value, node.attr, node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Looks a function or a method up."""
        name = numpy_name(node.func)
        if not name and isinstance(node.func, ast.Attribute):
            return self.method(node, node.func)
        if not name:
            self.generic_visit(node)
            return node
        if name in ELEMENTWISE and not node.keywords:
            arguments = [as_tensor(self.visit(a)) for a in node.args]
            return ast.Call(dotted(f"torch.{name}"), arguments, [])
        return self.looked_up(name, node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Flips axes that are read backwards, since PyTorch has no negative steps."""
        self.generic_visit(node)
        entries = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if not any(backwards(e) for e in entries):
            return node
        whole = all(ast.unparse(e) in (":", "::-1") for e in entries)
        if not whole or not isinstance(node.ctx, ast.Load):
            raise Unspelled("it has no slices with negative steps")
        axes = [ast.Constant(k) for k, e in enumerate(entries) if backwards(e)]
        return ast.Call(dotted("torch.flip"), [node.value, ast.Tuple(list(axes), ast.Load())], [])

    def method(self, node: ast.Call, function: ast.Attribute) -> ast.expr:
        """Returns a method's call; a framework's own function is left as it is."""
        if ast.unparse(function).startswith(("torch.", "(torch.")):
            node.args = [self.visit(a) for a in node.args]
            return node
        if function.attr not in self.METHODS:
            raise Unspelled(f"its tensors have no method {function.attr}")
        value: ast.expr = self.visit(function.value)
        arguments = [self.visit(a) for a in node.args]
        return ast.Call(
            ast.Attribute(value, self.METHODS[function.attr], ast.Load()), arguments, []
        )

    def looked_up(self, name: str, node: ast.Call) -> ast.expr:
        """Returns what the table makes of a call."""
        for pattern, expression in TORCH:
            if pattern.partition("(")[0] != name:
                continue
            bound = bindings(pattern, node)
            if bound is not None:
                return self.filled(name, bound, expression)
        raise Unspelled(f"it has no np.{name} with these settings")

    def filled(self, name: str, bound: Mapping[str, ast.expr], expression: str) -> ast.expr:
        """Returns a row's right side with what its left side is bound to."""
        table = {k: self.visit(v) for k, v in bound.items()}
        table |= {k: tensors(v) for k, v in table.items() if k in ARRAYS}
        axis = table.get("axis")
        if isinstance(axis, ast.Tuple):
            if not axis.elts:
                raise Unspelled(f"its {name} cannot reduce no axis")
            if len(axis.elts) == 1:
                table["axis"] = axis.elts[0]
            elif name in ONE_AXIS:
                raise Unspelled(f"its {name} takes one axis")
        if name in ONE_AXIS and isinstance(axis, ast.Constant) and axis.value is None:
            raise Unspelled(f"its {name} takes an axis")
        if name in MATRICES and rank_of(table["a"], self.shapes) in (0, 1):
            raise Unspelled(f"its {name} takes matrices")
        if name == "roll" and axis is not None:
            shifts, axes = tuple_entries(table["shift"]), tuple_entries(table["axis"])
            table["shift"] = ast.Tuple(shifts * (len(axes) if len(shifts) == 1 else 1), ast.Load())
            table["axis"] = ast.Tuple(axes * (len(shifts) if len(axes) == 1 else 1), ast.Load())
        if name == "cross" and rank_of(table["a"], self.shapes) != rank_of(table["b"], self.shapes):
            raise Unspelled("its cross product takes arrays of as many axes")
        if name == "where" and not self.is_mask(table["c"]):
            table["c"] = ast.Compare(as_tensor(table["c"]), [ast.NotEq()], [ast.Constant(0)])
        return TorchFilling(table, self).visit(dotted(expression))  # type: ignore[no-any-return]

    def is_mask(self, node: ast.expr) -> bool:
        """Returns whether an expression is known to hold truth values."""
        place = place_of(node)
        return isinstance(node, ast.Compare | ast.Call) or (
            place is not None and self.shapes.kinds[place] == "b"
        )

    def reversed_axes(self, value: ast.expr) -> ast.expr:
        """Returns x.T, which PyTorch has for matrices only."""
        known = rank_of(value, self.shapes)
        rank = 2 if known is None else known
        if rank < 2:
            return value
        if rank == 2:
            return ast.Attribute(value, "T", ast.Load())
        order: list[ast.expr] = [ast.Constant(k) for k in reversed(range(rank))]
        return ast.Call(dotted("torch.permute"), [value, ast.Tuple(order, ast.Load())], [])

    def unsqueezed(self, value: ast.expr, axis: ast.expr) -> ast.expr:
        """Returns np.expand_dims(x, axis), one new axis at a time."""
        rank = rank_of(value, self.shapes)
        wanted = axis.elts if isinstance(axis, ast.Tuple) else [axis]
        numbers = [int(n) for n in map(number_of, wanted) if n is not None]
        if len(numbers) > 1 and min(numbers) < 0:
            if rank is None:
                raise Unspelled("it has no np.expand_dims with these settings")
            numbers = [n % (rank + len(numbers)) for n in numbers]
        for number in sorted(numbers):
            entry = ast.parse(str(number), mode="eval").body
            value = ast.Call(dotted("torch.unsqueeze"), [value, entry], [])
        return value


class Filling(ast.NodeTransformer):
    """Fills a row's right side.

    Args:
        table: name -> what is bound to it.
    """

    def __init__(self, table: Mapping[str, ast.expr]) -> None:
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replaces a name that is bound."""
        return self.table.get(node.id, node)


class TorchFilling(Filling):
    """Fills a row of PyTorch's, and does what it asks for in words that are none of PyTorch's.

    Args:
        table: name -> what is bound to it.
        torch: what knows ranks.
    """

    def __init__(self, table: Mapping[str, ast.expr], torch: Torch) -> None:
        super().__init__(table)
        self.torch = torch

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Leaves out settings that the call does not give."""
        node.keywords = [
            k
            for k in node.keywords
            if not isinstance(k.value, ast.Name) or k.value.id in self.table
        ]
        if any(isinstance(a, ast.Starred) for a in node.args):
            node.args = [as_tensor(a) for a in tuple_entries(self.table["arrays"])]
            return ast.Call(dotted("torch.stack"), [node], [])
        self.generic_visit(node)
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        return self.shaped(name, node.args) if name in OWN_WORDS else node

    def shaped(self, word: str, arguments: Sequence[ast.expr]) -> ast.expr:
        """Returns what one of our own words stands for."""
        first = arguments[0]
        if word == "tuple_of":
            return ast.Tuple(tuple_entries(first), ast.Load())
        if word == "pairs_of":
            pairs = [ast.Tuple(tuple_entries(e), ast.Load()) for e in tuple_entries(first)]
            return ast.Tuple(list(pairs), ast.Load()) if isinstance(first, ast.Tuple) else first
        if word == "tensor_of":
            return as_tensor(first)
        if word == "unsqueezed":
            return self.torch.unsqueezed(first, arguments[1])
        if word == "counts_of" and isinstance(first, ast.Tuple):
            return ast.Call(dotted("torch.tensor"), [first], [])
        return self.torch.reversed_axes(first) if word == "reversed_axes" else first


def tuple_entries(node: ast.expr) -> list[ast.expr]:
    """Returns the entries of a tuple or list; of anything else itself."""
    return node.elts if isinstance(node, ast.Tuple | ast.List) else [node]


@cache
def signature(pattern: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Returns the names that a row needs, those that may lack, and whether it takes any number of arrays."""
    call = ast.parse(pattern, mode="eval").body
    assert isinstance(call, ast.Call)
    needed = tuple(ast.unparse(a).lstrip("*") for a in call.args)
    return needed, tuple(k.arg or "" for k in call.keywords), "*" in pattern


def bindings(pattern: str, call: ast.Call) -> dict[str, ast.expr] | None:
    """Returns what a row's names stand for in a call, or None where the row is for other calls."""
    needed, optional, many = signature(pattern)
    if many:
        return {needed[0]: ast.Tuple(call.args, ast.Load())}
    names = (*needed, *optional)
    if len(call.args) > len(names) or any(k.arg not in names for k in call.keywords):
        return None
    bound = dict(zip(names, call.args, strict=False))
    bound |= {k.arg: k.value for k in call.keywords if k.arg is not None}
    return bound if set(needed) <= set(bound) else None


def as_tensor(node: ast.expr) -> ast.expr:
    """Returns a literal as a tensor, which PyTorch's functions ask for."""
    number = number_of(node)
    if number is None:
        return node
    return ast.Call(dotted("torch.tensor"), [ast.parse(repr(float(number)), mode="eval").body], [])


def tensors(node: ast.expr) -> ast.expr:
    """Returns a literal as a tensor, and those of a tuple of arrays."""
    if isinstance(node, ast.Tuple):
        return ast.Tuple([as_tensor(entry) for entry in node.elts], ast.Load())
    return as_tensor(node)


def backwards(entry: ast.expr) -> bool:
    """Returns whether an index walks an axis from its end."""
    step = entry.step if isinstance(entry, ast.Slice) else None
    number = None if step is None else number_of(step)
    return number is not None and number < 0
