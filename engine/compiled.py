"""A circuit as one straight-line NumPy function: what `value_and_grad` runs from its second call on.

The function is the listing with other names. Its text is that of the gates' rules, with places of the tape for names
(`v3` a value, `d3` its gradient) and every number and setting as an argument (`c0`, `c1`, ...): no name, number or text of
the student's is in it, and its globals hold NumPy alone. It is written after a first pass has run, gate by gate, and
follows what that pass did: which wires carried a gradient, in which order, summed along which axes, and which values are
masks or whole numbers.

Two things are left to the gate-by-gate pass, which then runs again: errors, since it knows their places, and gradients
that are not finite behind a gate that chooses, where 0 times infinity has to be 0 (`engine.backward.Unselected`).
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType, FunctionType

import numpy as np

from engine.backward import Message
from engine.forward import Values
from engine.graph import Array, Graph, Kind, Node, Shape
from engine.listing import SLOT
from engine.naming import literal
from engine.primitives import REGISTRY, Structure
from engine.rules import (
    MARK,
    Site,
    assigns_name,
    evaluation,
    rule,
    site_of,
    slot,
    summed_expression,
)
from engine.simplify import setting_expression

SIMPLE = (-1.0, 1.0, 2.0)
"""Literals that make a rule shorter: x ** (2 - 1) is x. All others are arguments."""

DOT = "dot"
"""NumPy's method: of vectors and matrices it does what @ does, in half the time where they are small."""

MOST_NODES = 50_000
"""Larger circuits stay with the gate-by-gate pass: compiling their text would take seconds."""

Run = Callable[..., tuple[Array, ...]]
OWN_NAMES = re.compile(r"np|[vdct]\d+|s")


@dataclass(frozen=True, slots=True)
class Template:
    """The lines of one gate, or of one of its wires, with slots for everything that is not NumPy's.

    Attributes:
        lines: the statements before the last expression, joined by newlines, or "".
        expression: the last expression.
        constants: what the slots k0, k1, ... stand for.
        fresh: whether the expression always makes an array that nothing else shares.
    """

    lines: str
    expression: str
    constants: tuple[object, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Straight:
    """One circuit's function, ready to run.

    Attributes:
        text: its source.
        constants: its last arguments.
        fresh: of each answer, whether it is always an array that nothing else shares.
        chooses: whether the circuit has a gate that chooses, so that a gradient that is not finite is left to the
            gate-by-gate pass.
    """

    text: str
    constants: tuple[object, ...]
    fresh: tuple[bool, ...]
    chooses: bool
    run: Run

    def __call__(self, arrays: Sequence[object], seed: object) -> list[Array] | None:
        """Returns the output's value and then the gradients, or None where the gate-by-gate pass must run.

        Args:
            arrays: the inputs' values in the order of the graph; single numbers as NumPy scalars.
            seed: the first upstream, likewise.
        """
        try:
            with np.errstate(all="ignore"):
                found = self.run(*arrays, seed, *self.constants)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
            return None
        if self.chooses and not all(map(finite, found[1:])):
            return None
        owned: list[Array] = []
        for value, fresh in zip(found, self.fresh, strict=True):
            array = np.asarray(value)
            if array is value and not fresh:
                shared = any(array is other for other in (*arrays, seed, *self.constants, *owned))
                array = array.copy() if shared or array.base is not None else array
            owned.append(array)
        return owned


def finite(array: Array) -> bool:
    """Returns whether all entries of an array are finite, or False where their squares overflow; the fastest test."""
    return math.isfinite(np.vdot(array, array))


@dataclass(frozen=True, slots=True)
class Ran:
    """What is remembered of a first pass, for its circuit's function.

    Attributes:
        types: of every value.
        still: the values that no input reaches, by tape place.
        sent: (gate, argument, summed axes) of every message, in order.
    """

    types: tuple[np.dtype[np.generic], ...]
    still: Mapping[int, Array]
    sent: tuple[tuple[int, int, tuple[int, ...]], ...]


def remembered(graph: Graph, values: Values, messages: Sequence[Message]) -> Ran:
    """Returns what has to be known of a pass that has run."""
    return Ran(
        tuple(value.dtype for value in values),
        {n.index: values[n.index] for n in graph.nodes if not n.from_input},
        tuple((m.node, m.key, m.summed_axes) for m in messages),
    )


def straight(graph: Graph, ran: Ran, wanted: Iterable[int]) -> Straight:
    """Returns a circuit's function, written after what one pass did.

    Args:
        graph: the tape.
        ran: what the pass did.
        wanted: tape places whose gradients the function returns; each has received a message, or is the output.
    """
    writer = Writer(graph, ran)
    writer.forward()
    for gate, key, summed in ran.sent:
        writer.backward(graph.nodes[gate], key, summed)
    places = list(wanted)
    text = writer.text(places)
    chooses = any(n.primitive is not None and REGISTRY[n.primitive].selects for n in graph.nodes)
    return Straight(text, tuple(writer.constants), writer.fresh(places), chooses, compiled(text))


def compiled(text: str) -> Run:
    """Returns the one function that a text defines; its globals hold NumPy and nothing else.

    The only place where text becomes code: the text is `Writer.text`, made of the rules in `engine/primitives/` with
    identifiers of its own.

    Raises:
        ValueError: for a text with any other name in it, or with text of its own.
    """
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not OWN_NAMES.fullmatch(node.id):
            raise ValueError(f"{node.id!r} is not a name of a straight-line function")
        if isinstance(node, ast.Constant):
            raise ValueError(f"{node.value!r} is not an argument of a straight-line function")
    module = compile(tree, "<circuit>", "exec")
    code = next(c for c in module.co_consts if isinstance(c, CodeType))
    return FunctionType(code, {"__builtins__": {}, "np": np})


class Writer:
    """Writes a circuit's function line by line.

    Args:
        graph: the tape.
        ran: what a first pass did.
    """

    def __init__(self, graph: Graph, ran: Ran) -> None:
        self.graph = graph
        self.ran = ran
        self.lines: list[str] = []
        self.constants: list[object] = []
        self._places: dict[object, str] = {}
        self._needed = reaching(graph)
        self._names = [self._named(node) for node in graph.nodes]
        self._gradients: dict[int, str] = {graph.output: "s"}
        self._owned: set[int] = set()

    def forward(self) -> None:
        """Writes every gate that the output depends on and an input reaches."""
        for node in self.graph.nodes:
            if node.kind is not Kind.GATE or not self._needed[node.index] or not node.from_input:
                continue
            site = replace(self._site(node, 0, ()), literals=(None,) * len(node.arguments))
            shape = node.shape if self._picks(node) else None
            template = forward_template(site, self._converted(node), shape)
            self._line(f"v{node.index}", template, node, "=")

    def backward(self, node: Node, key: int, summed: tuple[int, ...]) -> None:
        """Writes what one wire carries back, added to what its source has received so far."""
        source = node.arguments[key]
        template = backward_template(self._site(node, key, summed), self._converted(node))
        name = f"d{source}"
        before = self._gradients.get(source)
        if before is None and not template.lines and template.expression == f"{MARK}u{MARK}":
            self._gradients[source] = self._gradients[node.index]  # the same array, unchanged
            return
        if before is None:
            self._line(name, template, node, "=")
        elif source in self._owned:
            self._line(name, template, node, "+=")
        else:
            self._line(name, template, node, f"= {before} +")
        self._gradients[source] = name
        if before is not None or template.fresh:
            self._owned.add(source)

    def text(self, wanted: Sequence[int]) -> str:
        """Returns the function: inputs, seed and constants in, the output's value and these gradients out."""
        inputs = [f"v{i.node}" for i in self.graph.inputs.values() if i.node is not None]
        parameters = [*inputs, "s", *(f"c{k}" for k in range(len(self.constants)))]
        out = [self._names[self.graph.output], *(self._gradients[p] for p in wanted)]
        body = "\n ".join([*self.lines, f"return ({', '.join(out)},)"])
        return f"def straight({', '.join(parameters)}):\n {body}\n"

    def fresh(self, wanted: Sequence[int]) -> tuple[bool, ...]:
        """Returns, for the output's value and these gradients, whether nothing else can share their arrays."""
        names = [self._gradients[p] for p in wanted]
        own = [
            p in self._owned and self._gradients[p] == f"d{p}" and names.count(f"d{p}") == 1
            for p in wanted
        ]
        return (False, *own)

    def _named(self, node: Node) -> str:
        """Returns the name of a value; one that no input reaches is a constant."""
        if node.from_input:
            return f"v{node.index}"
        value = self.ran.still[node.index]
        if value.shape == () and value.dtype == np.float64:
            return self._constant(float(value))
        return self._constant(value[()])

    def _constant(self, value: object) -> str:
        """Returns the argument that stands for a value; equal numbers and settings share one."""
        key = (type(value), repr(value)) if not isinstance(value, np.ndarray) else id(value)
        if key not in self._places:
            self._places[key] = f"c{len(self.constants)}"
            self.constants.append(value)
        return self._places[key]

    def _line(self, name: str, template: Template, node: Node, sign: str) -> None:
        """Writes one template, its slots filled for one gate."""
        table = {str(k): self._names[a] for k, a in enumerate(node.arguments)}
        table |= {"o": self._names[node.index], "u": self._gradients.get(node.index, "")}
        table |= {f"k{k}": self._constant(value) for k, value in enumerate(template.constants)}

        def fill(match: re.Match[str]) -> str:
            return table[match.group(1)]

        if template.lines:
            self.lines.extend(SLOT.sub(fill, template.lines).split("\n"))
        expression = SLOT.sub(fill, template.expression)
        self.lines.append(f"{name} {sign} {f'({expression})' if '+' in sign else expression}")

    def _converted(self, node: Node) -> frozenset[int]:
        """Returns the arguments that hold truth values or whole numbers and are computed with as floats."""
        primitive = REGISTRY[node.primitive or ""]
        return frozenset(
            k
            for k, a in enumerate(node.arguments)
            if self.ran.types[a] != np.float64 and primitive.computes_with(primitive.argument_at(k))
        )

    def _picks(self, node: Node) -> bool:
        """Returns whether the shape of a gate's value depends on a mask."""
        primitive = REGISTRY[node.primitive or ""]
        return primitive.structure is Structure.SELECTION and any(
            self.ran.types[a].kind == "b" and primitive.argument_at(k) not in primitive.vjp
            for k, a in enumerate(node.arguments)
        )

    def _site(self, node: Node, key: int, summed: tuple[int, ...]) -> Site:
        literals = tuple(self._simple(self.graph.nodes[a]) for a in node.arguments)
        return site_of(self.graph.nodes, node, key, literals, summed)

    def _simple(self, node: Node) -> str | None:
        """Returns the literal of a constant that makes a rule shorter, else None."""
        if node.kind is not Kind.CONSTANT or node.shape != () or node.value is None:
            return None
        number = float(node.value)
        return literal(number) if number in SIMPLE else None


def reaching(graph: Graph) -> list[bool]:
    """Returns, per tape place, whether the output depends on it."""
    needed = [False] * len(graph.nodes)
    needed[graph.output] = True
    for node in reversed(graph.nodes):
        if needed[node.index]:
            for argument in node.arguments:
                needed[argument] = True
    return needed


# ---------- one gate's lines ----------


@lru_cache(maxsize=4096)
def forward_template(site: Site, converted: frozenset[int], shape: Shape | None) -> Template:
    """Returns a gate's value.

    Args:
        site: the gate.
        converted: positions of the arguments that have to be made floating-point.
        shape: what the value's must be, where a mask decides.
    """
    statements = evaluation(site, "t")
    if shape is not None:
        reshape = ast.Attribute(returned(statements), "reshape", ast.Load())
        statements[-1] = ast.Return(ast.Call(reshape, [setting_expression(shape)], []))
    return template(statements, converted, flat=site.flat)


@lru_cache(maxsize=4096)
def backward_template(site: Site, converted: frozenset[int]) -> Template:
    """Returns what one wire of a gate carries back; a reduction's kept axes are a reshape."""
    statements = rule(site, slot("u"), "t")
    if site.axes:
        statements = [KeptAxes(site).visit(s) for s in statements]
    statements[-1] = ast.Return(summed_expression(site, returned(statements)))
    return template(statements, converted, flat=site.flat)


def template(statements: Sequence[ast.stmt], converted: frozenset[int], *, flat: bool) -> Template:
    """Returns statements as a template: constants and own names taken out, arguments made floating-point."""
    plain = all(isinstance(s, ast.Return) or assigns_name(s) for s in statements)
    finish = Finish(converted, stored_names(statements), arrays=not plain, flat=flat)
    finished = [finish.statement(s) for s in statements]
    expression = returned(finished)
    return Template(
        "\n".join(ast.unparse(s) for s in finished[:-1]),
        ast.unparse(expression),
        tuple(finish.constants),
        isinstance(expression, ast.BinOp | ast.UnaryOp) or is_dot(expression),
    )


def is_dot(node: ast.expr) -> bool:
    """Returns whether an expression is a product of matrices written with dot."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == DOT
    )


def returned(statements: Sequence[ast.stmt]) -> ast.expr:
    """Returns what the last statement of a rule returns."""
    last = statements[-1]
    assert isinstance(last, ast.Return)
    assert last.value is not None
    return last.value


def stored_names(statements: Sequence[ast.stmt]) -> dict[str, str]:
    """Returns the names that statements bind, each with the one it gets."""
    names = [
        node.id
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    return {name: f"t{k}" for k, name in enumerate(dict.fromkeys(names))}


class KeptAxes(ast.NodeTransformer):
    """Writes a reduction's result with its axes kept as a reshape, which is several times faster than expand_dims.

    Args:
        site: the reduction; its first argument is the only one.
    """

    def __init__(self, site: Site) -> None:
        self.shape = tuple(1 if k in site.axes else n for k, n in enumerate(site.shape))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Replaces np.expand_dims of the upstream or the output."""
        self.generic_visit(node)
        function, inner = node.func, node.args[0] if node.args else None
        if not isinstance(function, ast.Attribute) or not isinstance(inner, ast.Name):
            return node
        if function.attr != "expand_dims" or inner.id not in (f"{MARK}u{MARK}", f"{MARK}o{MARK}"):
            return node
        reshape = ast.Attribute(inner, "reshape", ast.Load())
        return ast.Call(reshape, [setting_expression(self.shape)], [])


class Finish(ast.NodeTransformer):
    """Takes numbers, settings and names of its own out of a rule.

    Args:
        converted: positions of the arguments that have to be made floating-point.
        own: the names that the rule binds, each with the one it gets.
        arrays: whether the rule changes entries, so that single numbers must be arrays too.
        flat: whether nothing has more than two axes, so that a product may be written with dot, which is faster.

    Attributes:
        constants: what the slots k0, k1, ... stand for.
    """

    def __init__(
        self, converted: frozenset[int], own: Mapping[str, str], *, arrays: bool, flat: bool
    ) -> None:
        self.own = own
        self.flat = flat
        self.arrays = arrays
        self.constants: list[object] = []
        self.converted = {f"{MARK}{k}{MARK}" for k in converted}

    def statement(self, node: ast.stmt) -> ast.stmt:
        """Returns one statement, finished."""
        result = self.visit(node)
        assert isinstance(result, ast.stmt)
        return result

    def visit(self, node: ast.AST) -> ast.AST:
        """Replaces the largest parts that are written out by slots."""
        if isinstance(node, ast.Constant | ast.Tuple | ast.UnaryOp | ast.Slice) and written_out(
            node
        ):
            self.constants.append(constant_value(node))
            return slot(f"k{len(self.constants) - 1}")
        result: ast.AST = super().visit(node)
        return result

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Writes a product of matrices with dot."""
        self.generic_visit(node)
        if not (self.flat and isinstance(node.op, ast.MatMult)):
            return node
        return ast.Call(ast.Attribute(node.left, DOT, ast.Load()), [node.right], [])

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Renames a name of the rule's; makes an argument what it is computed with as."""
        if node.id in self.own:
            return ast.Name(self.own[node.id], node.ctx)
        numpy = ast.Name("np", ast.Load())
        if node.id in self.converted:
            float64 = ast.Attribute(numpy, "float64", ast.Load())
            return ast.Call(ast.Attribute(node, "astype", ast.Load()), [float64], [])
        if self.arrays and SLOT.fullmatch(node.id):
            return ast.Call(ast.Attribute(numpy, "asarray", ast.Load()), [node], [])
        return node


def written_out(node: ast.AST | None) -> bool:
    """Returns whether a piece of code is made of literals alone."""
    match node:
        case None | ast.Constant():
            return True
        case ast.Tuple(elts=entries):
            return all(written_out(entry) for entry in entries)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Slice(lower=lower, upper=upper, step=step):
            return all(written_out(part) for part in (lower, upper, step))
    return False


def constant_value(node: ast.AST | None) -> object:
    """Returns what literals stand for."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=entries):
            return tuple(constant_value(entry) for entry in entries)
        case ast.UnaryOp(operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(constant_value(part) for part in (lower, upper, step)))
    return None
