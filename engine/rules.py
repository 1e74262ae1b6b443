"""A primitive's rule as statements over a circuit's names: its own text, with slots for the names, simplified."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from engine.backward import reduced_axes
from engine.graph import Node, Shape
from engine.primitives import REGISTRY, Primitive, Structure
from engine.simplify import setting_expression, simplified

Names = dict[str, ast.expr]
MARK = "\u01c1"
"""A letter that no keyboard types: marks the slots of a template."""


@dataclass(frozen=True, slots=True)
class Site:
    """All that the lines of one gate's argument depend on, but for names.

    Attributes:
        primitive: the gate's primitive.
        key: the argument.
        literals: each argument's literal, or None where it has a name.
        settings: the gate's settings, hashable.
        axes: for a reduction, the axes it reduces.
        rank: number of axes of the first argument.
        scalar_out: whether the gate's value is one number.
        shape: the argument's shape.
        summed: axes that its gradient is summed over.
        adds: whether an earlier line has begun the same gradient, so that this one adds to it.
        loose: positions of the arguments that hold truth values or whole numbers and are computed with: they are
            written as floats wherever NumPy would compute otherwise.
        flat: whether nothing at the gate has more than two axes, so that `.mT` is what lectures write as `.T`.
    """

    primitive: str
    key: int
    literals: tuple[str | None, ...]
    settings: tuple[tuple[str, object], ...]
    axes: tuple[int, ...]
    rank: int
    scalar_out: bool
    shape: Shape
    summed: tuple[int, ...]
    adds: bool
    loose: frozenset[int] = frozenset()
    flat: bool = False


def site_of(
    nodes: Sequence[Node],
    node: Node,
    key: int,
    literals: tuple[str | None, ...],
    summed: tuple[int, ...] = (),
    *,
    adds: bool = False,
    loose: frozenset[int] = frozenset(),
) -> Site:
    """Returns the site of one gate's argument.

    Args:
        nodes: the tape.
        node: the gate.
        key: the argument.
        literals: each argument's literal, or None where it has a name.
        summed: axes summed since the argument had been stretched.
        adds: whether an earlier line has begun the same gradient.
        loose: see `Site`.
    """
    shapes = [nodes[a].shape for a in node.arguments]
    return Site(
        primitive=node.primitive or "",
        key=key,
        literals=literals,
        settings=tuple((k, frozen(v)) for k, v in node.settings.items()),
        axes=reduced_axes(node, len(shapes[0])) if is_reduction(node) else (),
        rank=len(shapes[0]),
        scalar_out=node.shape == (),
        shape=shapes[key],
        summed=summed,
        adds=adds,
        loose=loose,
        flat=all(len(shape) <= 2 for shape in (node.shape, *shapes)),
    )


def is_reduction(node: Node) -> bool:
    """Returns whether a gate reduces axes."""
    return REGISTRY[node.primitive or ""].structure is Structure.REDUCTION


def slot(key: str) -> ast.Name:
    """Returns a name that `filled` replaces: an argument's position, o(ut), u(pstream) or t(arget)."""
    return ast.Name(f"{MARK}{key}{MARK}", ast.Load())


def frozen(value: object) -> object:
    """Returns a setting in a form that can be looked up; `thawed` undoes it."""
    if isinstance(value, tuple):
        return ("tuple", *(frozen(v) for v in value))
    return ("slice", value.start, value.stop, value.step) if isinstance(value, slice) else value


def thawed(value: object) -> object:
    """Returns a setting as it was before `frozen`."""
    if not isinstance(value, tuple):
        return value
    kind, *rest = value
    return slice(*rest) if kind == "slice" else tuple(thawed(v) for v in rest)


def rule(site: Site, upstream: ast.expr, target: str, *, exact: bool = True) -> list[ast.stmt]:
    """Returns a rule's statements with slots for the circuit's names, simplified.

    Args:
        site: what the lines depend on.
        upstream: what stands for the upstream gradient.
        target: the name of what the statements compute.
        exact: whether 0 times something is kept, for its shape and in case that it is not finite.
    """
    primitive = REGISTRY[site.primitive]
    name = primitive.argument_at(site.key)
    out: ast.expr = slot("o")
    settings = {k: thawed(v) for k, v in site.settings}
    if primitive.structure_of(name) is Structure.REDUCTION and not settings.get("keepdims"):
        upstream, out = kept_expression(site, upstream), kept_expression(site, out)
    table: Names = {"upstream": upstream, "out": out}
    if primitive.variadic:
        table["position"] = ast.Constant(site.key - len(primitive.arguments) + 1)
    statements = [
        Sizes(site.scalar_out, flat=site.flat).visit(s) for s in fresh_rule(primitive, name)
    ]
    return substituted(site, statements, table, target, exact=exact)


def evaluation(site: Site, target: str) -> list[ast.stmt]:
    """Returns the statements of a gate's forward function with slots for the circuit's names, simplified.

    Args:
        site: what the lines depend on; its key does not matter.
        target: the name of the gate's value.
    """
    sizes = Sizes(scalar=False, flat=site.flat)
    statements = [sizes.visit(s) for s in fresh_rule(REGISTRY[site.primitive], "")]
    return substituted(site, statements, {}, target, exact=True)


def substituted(
    site: Site, statements: list[ast.stmt], table: Names, target: str, *, exact: bool
) -> list[ast.stmt]:
    """Returns a function's statements over the circuit's names; what they compute is called `target`.

    Args:
        site: what the lines depend on.
        statements: free to be changed; the last is a return.
        table: what stands for parameters that are neither arguments nor settings.
        target: the name of what they compute; other local names get it as an ending.
        exact: see `rule`.
    """
    table = {**table, **argument_expressions(site)}
    table |= {k: setting_expression(thawed(v)) for k, v in site.settings}
    last = statements[-1]
    assert isinstance(last, ast.Return)
    local = last.value.id if isinstance(last.value, ast.Name) else ""
    for statement in statements[:-1]:
        for stored in ast.walk(statement):
            if isinstance(stored, ast.Name) and isinstance(stored.ctx, ast.Store):
                own = target if stored.id == local else f"{stored.id}_{target}"
                table[stored.id] = ast.Name(own, ast.Load())
    if site.loose:
        floats = Floats(loose_parameters(site), frozenset(table))
        statements = [floats.visit(s) for s in statements]
    return [simplified(Substitution(table).visit(s), exact=exact) for s in statements]


def loose_parameters(site: Site) -> frozenset[str]:
    """Returns the parameters that hold truth values or whole numbers; of a variadic one see `argument_expressions`."""
    primitive = REGISTRY[site.primitive]
    single = primitive.arguments[:-1] if primitive.variadic else primitive.arguments
    return frozenset(name for k, name in enumerate(single) if k in site.loose)


class Floats(ast.NodeTransformer):
    """Writes truth values and whole numbers as floats, but for factors and terms beside a float, where NumPy does.

    Args:
        loose: the parameters that are no floats.
        known: all names that have a value; those that are not loose are floats.
    """

    def __init__(self, loose: frozenset[str], known: frozenset[str]) -> None:
        self.loose = loose
        self.known = known

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Leaves a loose factor or term beside a float as it is."""
        beside = isinstance(node.op, ast.Mult | ast.Add)
        left, right = node.left, node.right
        if not (beside and self._is_loose(left) and self._is_float(right)):
            node.left = self.visit(left)
        if not (beside and self._is_loose(right) and self._is_float(left)):
            node.right = self.visit(right)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Writes a loose name as a float."""
        return as_floats(node) if self._is_loose(node) else node

    def _is_loose(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self.loose

    def _is_float(self, node: ast.expr) -> bool:
        if isinstance(node, ast.BinOp):
            return self._is_float(node.left) or self._is_float(node.right)
        return isinstance(node, ast.Name) and node.id in self.known - self.loose


def as_floats(value: ast.expr) -> ast.expr:
    """Returns an array of truth values or whole numbers as floats."""
    kind = ast.Attribute(ast.Name("np", ast.Load()), "float64", ast.Load())
    return ast.Call(ast.Attribute(value, "astype", ast.Load()), [kind], [])


def assigns_name(statement: ast.stmt) -> bool:
    """Returns whether a statement gives one name a value."""
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)


def inlined(before: Sequence[ast.stmt], last: ast.Return) -> ast.Return:
    """Returns a return whose local names are replaced by what was assigned to them."""
    table: Names = {}
    for statement in before:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            table[statement.targets[0].id] = Substitution(table).visit(statement.value)
    result = Substitution(table).visit(last)
    assert isinstance(result, ast.Return)
    return result


def argument_expressions(site: Site) -> Names:
    """Returns the slots or literals of a gate's arguments by parameter."""
    primitive = REGISTRY[site.primitive]
    places = [
        slot(str(k)) if text is None else ast.parse(text, mode="eval").body
        for k, text in enumerate(site.literals)
    ]
    table: Names = {}
    for position, argument in enumerate(primitive.arguments):
        if primitive.variadic and position == len(primitive.arguments) - 1:
            entries = [
                as_floats(place) if k in site.loose else place
                for k, place in enumerate(places[position:], start=position)
            ]
            table[argument] = ast.Tuple(entries, ast.Load())
        else:
            table[argument] = places[position]
    return table


def kept_expression(site: Site, reduced: ast.expr) -> ast.expr:
    """Returns a reduction's result with its axes kept as size 1."""
    if len(site.axes) == site.rank or isinstance(reduced, ast.Constant):
        return reduced
    axis = ast.Constant(site.axes[0]) if len(site.axes) == 1 else setting_expression(site.axes)
    return numpy_call("expand_dims", [reduced, axis])


def summed_expression(site: Site, value: ast.expr) -> ast.expr:
    """Returns an expression summed to the argument's shape."""
    if not site.summed:
        return value
    if site.shape == ():
        return numpy_call("sum", [value])
    axis = (
        ast.Constant(site.summed[0]) if len(site.summed) == 1 else setting_expression(site.summed)
    )
    total = numpy_call("sum", [value], {"axis": axis})
    if 1 not in site.shape:
        return total
    method = ast.Attribute(total, "reshape", ast.Load())
    return ast.Call(method, [ast.Constant(n) for n in site.shape], [])


def is_local_name(value: ast.expr, name: str) -> bool:
    """Returns whether an expression is just that name."""
    return isinstance(value, ast.Name) and value.id == name


def numpy_call(
    name: str, arguments: list[ast.expr], keywords: Mapping[str, ast.expr] | None = None
) -> ast.Call:
    """Returns np.name(...)."""
    function = ast.Attribute(ast.Name("np", ast.Load()), name, ast.Load())
    return ast.Call(function, arguments, [ast.keyword(k, v) for k, v in (keywords or {}).items()])


class Substitution(ast.NodeTransformer):
    """Replaces a rule's names by the circuit's."""

    def __init__(self, table: Names) -> None:
        self.table = table

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Replaces one name; a target of an assignment keeps its context."""
        found = self.table.get(node.id)
        if found is None:
            return node
        return ast.Name(found.id, node.ctx) if isinstance(found, ast.Name) else found


def fresh_rule(primitive: Primitive, argument: str) -> list[ast.stmt]:
    """Returns a rule's statements as a tree of their own, free to be changed; of "" the forward function's."""
    tree = ast.parse(rule_source(primitive.name, argument)).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree.body


@cache
def rule_source(name: str, argument: str) -> str:
    """Returns what `fresh_rule` reads, in a function of its own: parsing is faster than copying a tree."""
    primitive = REGISTRY[name]
    statements = primitive.rule_text[argument] if argument else primitive.forward_text
    lines = [f"    {ast.unparse(s)}" for s in statements]
    return "\n".join(["def rule():", *lines])


class Sizes(ast.NodeTransformer):
    """Writes what is known of shapes: `out.size` is 1 for a single number, which needs no axes to be stretched along.

    Keeping reduced axes does not change a size.

    Args:
        scalar: whether the gate's value is one number.
        flat: whether nothing at the gate has more than two axes.
    """

    def __init__(self, scalar: bool, *, flat: bool) -> None:
        self.scalar = scalar
        self.flat = flat

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Leaves new axes of a single number out."""
        self.generic_visit(node)
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        return node.value if self.scalar and names <= {"upstream", "out"} else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """Replaces `out.size`, and `.mT` of a matrix."""
        if node.attr == "mT" and self.flat:
            node.attr = "T"
        if node.attr == "size" and isinstance(node.value, ast.Name) and node.value.id == "out":
            return ast.Constant(1) if self.scalar else ast.Attribute(slot("o"), "size", ast.Load())
        self.generic_visit(node)
        return node
