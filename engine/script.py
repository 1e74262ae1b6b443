"""A circuit as a stand-alone NumPy script: forward, then backward, one line a gate, in the student's names.

The lines are made from the text of the functions that run (see `engine.listing`); no text of the student's gets there but
identifiers, numbers, and the letters of settings such as einsum's.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.backward import Gradients, Mask, Message
from engine.graph import Array, Graph, Kind, Node, Shape, Whole
from engine.listing import (
    MARK,
    Site,
    evaluation,
    filled,
    numpy_call,
    rule,
    site_of,
    slot,
    summed_expression,
)
from engine.naming import RESERVED, code_names, gradient_names, literal
from engine.primitives import REGISTRY
from engine.simplify import number_of
from engine.source import Text

FORWARD = "forward"
BACKWARD = "backward"
WIDTH = 96
"""Characters of a line of numbers, about."""
A_LINE = 4
"""Numbers a line, of an array too long for one."""
NEW = ("dot", "sum", "outer", "where")
"""Functions whose result is an array of its own, so that `+=` may change it."""


TESTS = ("is", "logical", "equal", "not_equal", "greater", "less", "any", "all", "signbit")
"""How the names of functions begin that give truth values."""
LOCAL = "local_"
"""Slots of local names begin so."""


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One line of a script.

    Attributes:
        text: the line.
        node: tape place of what it computes, or None for imports, comments and empty lines.
        phase: "forward" or "backward"; "" where node is None.
    """

    text: str
    node: int | None = None
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A program that computes the circuit's output and gradients and prints them.

    Attributes:
        lines: in order.
        gradients: name of wrt -> the script's name of its gradient.
    """

    lines: tuple[ScriptLine, ...]
    gradients: Mapping[str, str]

    @property
    def code(self) -> str:
        """The whole text."""
        return "".join(f"{line.text}\n" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Run:
    """All that a script is made from: a circuit that has run.

    Attributes:
        graph: the tape.
        text: the program's text, to see how a product is written.
        values: one array a node.
        gradients: what the backward pass found.
        seed: the first upstream.
        places: name of wrt -> tape place, or None for an unused input.
        wanted: per tape place, whether it is on a path from wrt to the output.
    """

    graph: Graph
    text: Text
    values: Sequence[Array]
    gradients: Gradients
    seed: Array
    places: Mapping[str, int | None]
    wanted: Sequence[bool]


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


def numpy_script(run: Run) -> Script:
    """Returns the NumPy script of a circuit that has run."""
    return NumpyScript(run).script()


class Forward:
    """What scripts of every target need to know of the forward pass.

    Args:
        run: the circuit that has run.
        reserved: names that the script needs for itself.
    """

    def __init__(self, run: Run, reserved: frozenset[str]) -> None:
        self.run = run
        self.nodes = run.graph.nodes
        self.names = code_names(run.graph, reserved)
        self.gradients = gradient_names(self.names, reserved)
        self.taken = {*self.names, *self.gradients, *reserved}
        self.needed = needed(run.graph)
        self.literal = [
            n.kind is Kind.CONSTANT and n.shape == () and n.name is None for n in self.nodes
        ]

    def site(self, node: Node, key: int = 0, summed: tuple[int, ...] = ()) -> Site:
        """Returns what the lines of a gate, or of one argument's gradient, depend on."""
        loose = frozenset(
            k
            for k, a in enumerate(node.arguments)
            if computed_with(node, k)
            and self.run.values[a].dtype != np.float64
            and not self.literal[a]
        )
        return site_of(self.nodes, node, key, self.literals(node), summed, loose=loose)

    def literals(self, node: Node) -> tuple[str | None, ...]:
        """Returns each argument's literal, or None where it has a name.

        NumPy makes whole numbers of whole numbers, and Python refuses to divide by 0: where no array stands beside, a
        literal is written as the float that it is.
        """
        places = node.arguments
        alone = all(self.literal[a] for a in places)
        beside_a_float = any(
            computed_with(node, k) and not self.literal[a] for k, a in enumerate(places)
        )
        texts: list[str | None] = []
        for key, place in enumerate(places):
            if not self.literal[place]:
                texts.append(None)
            elif alone:
                texts.append(scalar(float(self.run.values[place])))
            elif computed_with(node, key) and not beside_a_float:
                texts.append(plain(float(self.run.values[place])))
            else:
                texts.append(self.names[place])
        return tuple(texts)

    def filling(self, node: Node, template: Template, target: str) -> dict[str, str]:
        """Returns what stands in a template's slots."""
        code = {str(k): self.names[a] for k, a in enumerate(node.arguments)}
        code |= {"o": self.names[node.index], "u": self.gradients[node.index], "t": target}
        return code | {f"{LOCAL}{s}": self.fresh(f"{s}_{target}") for s in template.stems}

    def fresh(self, name: str) -> str:
        """Returns a name that nothing else has."""
        while name in self.taken:
            name += "_"
        return name

    def gradient_name(self, name: str, place: int | None) -> str:
        """Returns what the gradient of a name of wrt is called."""
        known = "" if place is None else self.gradients[place]
        if not known:
            known = self.fresh(f"d{name}")
            self.taken.add(known)
        return known

    def dots(self, node: Node) -> bool:
        """Returns whether the lines of a gate may write a product as `dot`: of vectors and matrices, unless it has `@`."""
        ranks = [len(self.nodes[a].shape) for a in node.arguments]
        return max([*ranks, len(node.shape)]) <= 2 and not self.written_with_an_operator(node)

    def written_with_an_operator(self, node: Node) -> bool:
        """Returns whether the student wrote this gate as `a @ b`."""
        depth = 0
        for character in "" if node.span is None else self.run.text.slice(node.span):
            depth += (character in "([{") - (character in ")]}")
            if character == "@" and depth == 0:
                return True
        return False


class NumpyScript(Forward):
    """Writes one NumPy script.

    Args:
        run: the circuit that has run.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run, frozenset(RESERVED))
        self.begun: dict[int, bool] = {}
        self.inline = self._seed_is_inline()

    def script(self) -> Script:
        """Returns the script."""
        used = [node for node in self.nodes if node.index in self.needed]
        names = {name: self.gradient_name(name, place) for name, place in self.run.places.items()}
        given = [line for node in used for line in self._given(node)]
        forward = titled("forward", [line for node in used for line in self._evaluated(node)])
        backward = titled("backward", [*self._seeded(), *self._sent(), *self._zeros(names)])
        computed = [*forward, *backward]
        if self._plain_numbers_do(given, computed):
            given, computed = as_plain_numbers(given), as_plain_numbers(computed)
        lines = [
            ScriptLine("import numpy as np"),
            *([ScriptLine(""), *given] if given else []),
            *computed,
            ScriptLine(""),
            *self._printed(names),
        ]
        return Script(tuple(lines), names)

    def _plain_numbers_do(
        self, given: Sequence[ScriptLine], computed: Sequence[ScriptLine]
    ) -> bool:
        """Returns whether Python's numbers would give the same wherever NumPy's stand."""
        scalars = [line for line in given if WRAPPED.fullmatch(line.text)]
        values = {
            name: float(value)
            for name, value in zip(self.names, self.run.values, strict=True)
            if value.shape == ()
        }
        return plain_numbers_do([*scalars, *computed], values)

    def _given(self, node: Node) -> Iterable[ScriptLine]:
        """Yields the lines that give an input or a constant its value."""
        if node.kind is Kind.GATE or self.literal[node.index]:
            return
        for text in assigned(self.names[node.index], self.run.values[node.index]):
            yield ScriptLine(text, node.index, FORWARD)

    def _evaluated(self, node: Node) -> Iterable[ScriptLine]:
        """Yields the lines that compute a gate's value."""
        if node.kind is not Kind.GATE:
            return
        template = evaluated(Form(self.site(node), self.dots(node), node.shape == ()))
        name = self.names[node.index]
        code = self.filling(node, template, name)
        for text in template.before:
            yield ScriptLine(filled(text, code), node.index, FORWARD)
        if template.last:
            yield ScriptLine(f"{name} = {filled(template.last, code)}", node.index, FORWARD)

    # ------------------------------------------------------------------ backward

    def _form(self, message: Message, summed: tuple[int, ...]) -> Form:
        node = self.nodes[message.node]
        return Form(self.site(node, message.key, summed), self.dots(node), node.shape == ())

    def _seed_is_inline(self) -> bool:
        """Returns whether the seed 1 can be left out of every line that it would stand in."""
        run = self.run
        output = run.graph.output
        one = run.seed.shape == () and float(run.seed) == 1
        if not one or output in run.places.values() or run.gradients.cleared:
            return False
        return all(
            sent(self._form(m, m.summed_axes), seeded=True) is not None
            for m in run.gradients.messages
            if m.node == output
        )

    def _seeded(self) -> Iterable[ScriptLine]:
        """Yields the lines of the seed, where anything needs it."""
        output = self.run.graph.output
        if not self.inline and self.run.wanted[output]:
            for text in assigned(self.gradients[output], self.run.seed):
                yield ScriptLine(text, output, BACKWARD)

    def _sent(self) -> Iterable[ScriptLine]:
        """Yields the lines of every message, in the order they are sent."""
        for message in self.run.gradients.messages:
            node = self.nodes[message.node]
            source = node.arguments[message.key]
            for text in self._message(message, node, source):
                yield ScriptLine(text, node.index, BACKWARD)

    def _message(self, message: Message, node: Node, source: int) -> Iterable[str]:
        """Yields the lines that compute what one wire carries back, and add it to what is there."""
        target = self.gradients[source]
        mask = self.run.gradients.cleared.get((node.index, message.key))
        form = self._form(message, () if mask is not None else message.summed_axes)
        template = sent(form, seeded=self.inline and node.index == self.run.graph.output)
        assert template is not None
        first = source not in self.begun
        part = target if first and mask is None else self.fresh(f"{target}_part")
        code = self.filling(node, template, part)
        for text in template.before:
            yield filled(text, code)
        result, new = filled(template.last, code) or part, template.new
        if mask is not None:
            if result != part:
                yield f"{part} = {result}"
            yield cleared(part, mask, message)
            total = replace(form.site, summed=message.summed_axes)
            result, new = ast.unparse(summed_expression(total, ast.Name(part, ast.Load()))), True
        if first:
            self.begun[source] = new
            if result != target:
                yield f"{target} = {result}"
        else:
            yield added(target, result, self.begun[source])
            self.begun[source] = True

    def _zeros(self, names: Mapping[str, str]) -> Iterable[ScriptLine]:
        """Yields the lines of gradients that nothing reaches."""
        for name, place in self.run.places.items():
            if place is None or not self._arrives(place):
                yield ScriptLine(
                    f"{names[name]} = {zeros(self._shape(name, place))}", place, BACKWARD
                )

    def _arrives(self, place: int) -> bool:
        return self.run.wanted[place] and self.run.gradients.upstream[place] is not None

    def _shape(self, name: str, place: int | None) -> Shape:
        if place is not None:
            return self.nodes[place].shape
        return self.run.graph.inputs[name].value.shape

    def _printed(self, names: Mapping[str, str]) -> Iterable[ScriptLine]:
        """Yields the lines that print the output and the gradients."""
        output = self.run.graph.output
        yield ScriptLine(printed(self._output_name(), self.nodes[output].shape), output, FORWARD)
        for name, place in self.run.places.items():
            text = printed(names[name], self._shape(name, place))
            yield ScriptLine(text, place, BACKWARD)

    def _output_name(self) -> str:
        return self.names[self.run.graph.output]


def computed_with(node: Node, key: int) -> bool:
    """Returns whether a gate's argument counts as numbers, not as a condition or an index."""
    primitive = REGISTRY[node.primitive or ""]
    return primitive.computes_with(primitive.argument_at(key))


def needed(graph: Graph) -> frozenset[int]:
    """Returns the tape places that the output is computed from, and its own."""
    found = {graph.output}
    for node in reversed(graph.nodes):
        if node.index in found:
            found.update(node.arguments)
    return frozenset(found)


# ---------------------------------------------------------------------- templates


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


# ---------------------------------------------------------------------- lines


def titled(title: str, lines: Sequence[ScriptLine]) -> list[ScriptLine]:
    """Returns lines below a comment, or nothing where there are none."""
    return [ScriptLine(""), ScriptLine(f"# {title}"), *lines] if lines else []


def printed(name: str, shape: Shape) -> str:
    """Returns the line that prints a value in full precision."""
    return f'print("{name} =", {name})' if shape == () else f'print("{name} =", {name}.tolist())'


def cleared(name: str, mask: Mask, message: Message) -> str:
    """Returns the line that puts 0 where an unselected branch met an infinite slope."""
    if np.isfinite(message.downstream).all():
        chosen = f"np.where(np.isfinite({name}), {name}, 0)"
    else:
        chosen = f"np.where(np.array({mask.tolist()}), 0, {name})"
    return f"{name} = {chosen}  # not chosen: 0, not 0 times infinity"


def added(name: str, term: str, new: bool) -> str:
    """Returns the line that adds to a gradient; in place only where nothing else shares its array."""
    if not new:
        return f"{name} = {name} + {term}"
    negative = re.fullmatch(r"-(\w+)", term)
    return f"{name} -= {negative[1]}" if negative else f"{name} += {term}"


def zeros(shape: Shape) -> str:
    """Returns zeros as code."""
    return "np.float64(0.0)" if shape == () else f"np.zeros({shape})"


def scalar(number: float) -> str:
    """Returns one of NumPy's numbers as code."""
    return f"np.float64({plain(number)})"


def plain(number: float) -> str:
    """Returns a float as code, with its point."""
    return repr(number) if math.isfinite(number) else literal(number)


def assigned(name: str, value: Array | Whole | Mask) -> list[str]:
    """Returns the lines that give a name an array, every number in full."""
    if value.shape == ():
        number = value.item()
        kind = {"f": "float64", "i": "int64", "b": "bool_"}[value.dtype.kind]
        return [f"{name} = np.{kind}({plain(number) if kind == 'float64' else number})"]
    short = written_short(value)
    if short:
        return [f"{name} = {short}"]
    whole = numbers(value)
    if len(whole) <= WIDTH:
        return [f"{name} = np.array({whole})"]
    if value.ndim > 1:
        rows = [numbers(row) for row in value]
    else:
        rows = [numbers(value[k : k + A_LINE])[1:-1] for k in range(0, value.size, A_LINE)]
    return [f"{name} = np.array([", *(f"    {row}," for row in rows), "])"]


def written_short(value: Array | Whole | Mask) -> str:
    """Returns an array of equal floats, or of none, as a call; "" for others."""
    if value.size == 0:
        return f"np.zeros({value.shape}, dtype=np.{value.dtype})"
    first = value.flat[0]
    if value.size <= A_LINE or value.dtype != np.float64 or not np.all(value == first):
        return ""
    if first == 0:
        return "" if np.signbit(value).any() else f"np.zeros({value.shape})"
    return (
        f"np.ones({value.shape})"
        if first == 1
        else f"np.full({value.shape}, {plain(float(first))})"
    )


def numbers(value: NDArray[np.generic]) -> str:
    """Returns an array's entries as nested lists."""
    text = str(value.tolist())
    return re.sub(r"\b(nan|inf)\b", r"np.\1", text)


# ---------------------------------------------------------------------- plain numbers

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
