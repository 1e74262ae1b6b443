"""Calls: a program's own functions, NumPy's, Python's few, and methods."""

from __future__ import annotations

import ast
import inspect
import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np

from engine import language
from engine.assume import Size
from engine.errors import BadCall, EngineError, NotAllowed, ShapeMismatch, UndefinedName
from engine.indexing import Indexing
from engine.language import nearest, shown
from engine.plain import Number, is_plain, to_float
from engine.primitives import OVERLOADS, REGISTRY, Primitive, Structure
from engine.primitives.composition import COMPOSED_METHODS, COMPOSITIONS, Composition
from engine.primitives.shapes import show
from engine.tape import Ref


@dataclass(frozen=True, slots=True)
class Function:
    """A def or a lambda of the program."""

    name: str
    parameters: tuple[str, ...]
    defaults: tuple[object, ...]
    body: tuple[ast.stmt, ...]

    def called(self, name: str) -> Function:
        """Returns the function under the name it is called by: a lambda has none of its own."""
        return self if self.name else replace(self, name=name)


class Returned(Exception):
    """Carries a function's result out of its body."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


CONVERSIONS: dict[str, Callable[[Number], Number]] = {"float": to_float, "round": round, "int": int}


LIKES: dict[str, float | None] = {
    "zeros_like": 0.0,
    "ones_like": 1.0,
    "empty_like": 0.0,
    "full_like": None,
}
"""What fills an array made like another; None: the number that is given."""
MOST_EXTREMES = 32
EXTREMES = frozenset(("max", "min"))


class Calls(Indexing):
    """Finds what a call means, and makes its gates."""

    globals: dict[str, object]
    scopes: list[dict[str, object]]
    calls: list[str]
    modules: dict[str, int]
    aliases: dict[str, str]
    inputs: dict[str, Ref]
    work: int

    @abstractmethod
    def statement(self, node: ast.stmt) -> None:
        """Carries out one statement."""

    @abstractmethod
    def binary(
        self, kind: type[ast.operator], left: object, right: object, node: ast.AST
    ) -> object:
        """Returns an operator's result."""

    @abstractmethod
    def attribute(self, node: ast.Attribute) -> object:
        """Returns an attribute of an array."""

    def dotted(self, node: ast.expr) -> str | None:
        """Returns "linalg.norm" for np.linalg.norm or linalg.norm, or None where the root is not NumPy."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or not parts or node.id not in self.aliases:
            return None
        if any(node.id in scope for scope in self.scopes) or node.id in self.given:
            return None
        return ".".join([*self.aliases[node.id].split(".")[1:], *reversed(parts)])

    def call(self, node: ast.Call) -> object:
        """Returns the result of a call: a program's own function, NumPy's, or a method."""
        self.count_work(node)
        for keyword in node.keywords:
            if keyword.arg is None:
                raise NotAllowed(
                    "** in a call is not in the language.",
                    span=self.span(node),
                    hint="Write the arguments out.",
                )
        function = node.func
        if isinstance(function, ast.Name):
            return self.call_by_name(function.id, node)
        dotted = self.dotted(function)
        if dotted is not None:
            return self.call_numpy(dotted, node)
        if isinstance(function, ast.Attribute):
            return self.call_method(function, node)
        if isinstance(function, ast.Lambda):
            raise NotAllowed(
                "Give a lambda a name first.", span=self.span(function), hint="f = lambda a: ..."
            )
        raise NotAllowed(
            "Only functions and methods can be called.",
            span=self.span(function),
            hint="Write * between two factors."
            if isinstance(function, ast.Constant | ast.BinOp)
            else "Call it by its name.",
        )

    def call_by_name(self, name: str, node: ast.Call) -> object:
        """Returns the result of name(...)."""
        for scope in (self.scopes[-1], self.globals):
            value = scope.get(name)
            if isinstance(value, Function):
                return self.inline(value.called(name), node)
        if name == "len" and len(node.args) == 1:
            return self.length(node)
        if name == "range":
            return list(self.turns(node))
        if name in CONVERSIONS and len(node.args) == 1:
            value = self.value(node.args[0])
            if is_plain(value) and (name == "float" or math.isfinite(value)):
                return CONVERSIONS[name](value)
            if name == "float" and isinstance(value, Ref) and self.drafts[value.index].shape == ():
                return value
            if name in language.SPELLINGS and isinstance(value, Ref):
                return self.call_numpy(name, node)
            raise NotAllowed(
                f"{name} of a computed value is not in the language.",
                span=self.span(node),
                hint="Leave it out.",
            )
        if name in language.BARE:
            return self.bare(name, node)
        return self.call_numpy(name, node)

    def bare(self, name: str, node: ast.Call) -> object:
        """Returns Python's own max, min, sum, abs, pow: plain for plain numbers, else the gate."""
        values = [self.value(a) for a in node.args]
        if len(values) == 1 and isinstance(values[0], list | tuple) and not node.keywords:
            parts = list(values[0])
            if name == "sum" and parts:
                total = parts[0]
                for part in parts[1:]:
                    total = self.binary(ast.Add, total, part, node)
                return total
            values = parts if name in EXTREMES and len(parts) > 1 else values
        if name in EXTREMES and len(values) > 1 and not node.keywords:
            return self.extreme(name, values, node)
        if name == "abs" and len(values) == 1 and is_plain(values[0]):
            return abs(values[0])
        if name == "pow" and len(values) == 2:
            return self.binary(ast.Pow, values[0], values[1], node)
        if len(values) > 1 and name in EXTREMES | {"sum"}:
            raise BadCall(
                f"{name} takes one array, or plain values and nothing else.",
                span=self.span(node),
                hint=f"Write np.{name}(x, axis=0) for an axis.",
            )
        return self.apply(language.SPELLINGS[language.BARE[name][0]], values, node)

    def extreme(self, name: str, values: Sequence[object], node: ast.Call) -> object:
        """Returns the elementwise max or min of several values; literals together take the place of one.

        A tie is split evenly among the values that depend on an input, and literals take the whole share: so the
        literals are reduced to their own extreme first, and that meets the rest in one gate.
        """
        plain = [v for v in values if is_plain(v)]
        best = (max if name == "max" else min)(plain) if plain else None
        rest = [self.node(v, node) for v in values if not is_plain(v)]
        if not rest:
            return best
        if len(rest) > MOST_EXTREMES:
            raise BadCall(
                f"{name} of {len(rest)} values is too many; the most is {MOST_EXTREMES}.",
                span=self.span(node),
                hint=f"Put them in one array and use np.{name}(x).",
            )
        _, two, many = language.BARE[name]
        pair = language.SPELLINGS[two]
        if len(values) == 2:
            return self.gate(pair, self.arrays(values, node), {}, self.span(node))
        together = rest[0]
        if len(rest) == 2:
            together = self.gate(pair, (rest[0], rest[1]), {}, self.span(node))
        elif len(rest) > 2:
            together = self.gate(REGISTRY[many], tuple(rest), {}, self.span(node))
        if best is None:
            return together
        return self.gate(pair, (together, self.node(best, node)), {}, self.span(node))

    def turns(self, node: ast.Call) -> Sequence[int]:
        """Returns the numbers of range(...); those that count an assumed axis remember that."""
        bounds = [self.whole_number(argument) for argument in node.args]
        if not 1 <= len(bounds) <= 3 or node.keywords or (len(bounds) == 3 and bounds[2] == 0):
            raise BadCall(
                "range takes 1 to 3 whole numbers.", span=self.span(node), hint="Such as range(5)."
            )
        start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
        count = max(0, -((start - stop) // step))
        self.limits.check("gates", count, "the range has {found} turns", span=self.span(node))
        numbers = range(start, stop, step)
        counts_axis = any(isinstance(bound, Size) for bound in bounds)
        return [Size(n, "turn") for n in numbers] if counts_axis else numbers

    def length(self, node: ast.Call) -> int:
        """Returns len(x)."""
        value = self.value(node.args[0])
        if isinstance(value, list | tuple):
            return len(value)
        ref = self.node(value, node)
        shape = self.drafts[ref.index].shape
        if not shape:
            self.need_rank(ref, 1)
            raise ShapeMismatch(
                "len of a single number.", span=self.span(node), hint="Give it a list."
            )
        return shape[0]

    def call_numpy(self, name: str, node: ast.Call) -> object:
        """Returns the result of np.name(...), written with or without np."""
        if name in self.maker.makers:
            return self.create(name, node)
        if name in LIKES:
            return self.create_like(name, node)
        if name in ("shape", "ndim", "size", "copy") and len(node.args) == 1:
            if name == "copy":
                return self.copied(self.value(node.args[0]), node)
            return self.attribute(
                ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
            )
        if name in OVERLOADS:
            refs = self.arrays([self.value(a) for a in node.args], node)
            if len(refs) != 2 or node.keywords:
                raise BadCall(
                    f"np.{name} takes two arrays.",
                    span=self.span(node),
                    hint=f"Write np.{name}(a, b).",
                )
            return self.overloaded(name, refs, self.span(node))
        composition = COMPOSITIONS.get(name)
        if composition is not None:
            return self.compose(composition, [self.value(a) for a in node.args], node)
        primitive = language.SPELLINGS.get(name)
        if primitive is None:
            raise self.unknown_function(name, node.func)
        return self.apply(primitive, [self.value(a) for a in node.args], node)

    def call_method(self, function: ast.Attribute, node: ast.Call) -> object:
        """Returns x.name(...)."""
        base = self.value(function.value)
        name = function.attr
        if name == "copy" and not node.args:
            return self.copied(base, node)
        if name in OVERLOADS and name in ("dot",) and len(node.args) == 1:
            return self.overloaded(
                name, self.arrays([base, self.value(node.args[0])], node), self.span(node)
            )
        composition = COMPOSED_METHODS.get(name)
        if composition is not None:
            return self.compose(composition, [base, *(self.value(a) for a in node.args)], node)
        primitive = language.METHODS.get(name)
        if primitive is None:
            close = nearest(name, [*language.METHODS, *COMPOSED_METHODS, "copy", "dot"])
            hint = f"Did you mean .{close}?" if close else "Use a function such as np.sum(x)."
            if name in language.SPELLINGS or name in COMPOSITIONS:
                hint = f"Write np.{name}(...)."
            raise UndefinedName(
                f"The method {shown(name)} is not known.", span=self.span(function), hint=hint
            )
        result = self.apply(primitive, [base, *(self.value(a) for a in node.args)], node)
        return self.copied(result, node) if name == "flatten" else result

    def viewed(self, primitive: Primitive, arguments: Sequence[Ref], result: Ref) -> Ref:
        """Returns a gate's value as a view of its first argument where NumPy makes one.

        A single entry that was picked is a number of its own.
        """
        picked = primitive.structure is Structure.SELECTION
        number = picked and self.drafts[result.index].shape == ()
        return self.view(arguments[0], result) if primitive.shares_memory and not number else result

    def create_like(self, name: str, node: ast.Call) -> Ref:
        """Returns a constant of an array's shape, as np.zeros_like and its kind do."""
        given = [*node.args, *(k.value for k in node.keywords if k.arg == "fill_value")]
        strange = [k.arg for k in node.keywords if k.arg not in ("dtype", "fill_value")]
        usual = LIKES[name]
        values = (
            [] if strange or len(given) != 1 + (usual is None) else list(map(self.value, given))
        )
        number = values[-1] if values and usual is None else usual
        if not values or not is_plain(number):
            what = f"does not take {strange[0]}" if strange else "cannot be read like this"
            form = f"np.{name}(x)" if usual is not None else f"np.{name}(x, 1.5)"
            raise BadCall(f"np.{name} {what}.", span=self.span(node), hint=f"Write {form}.")
        shape = self.drafts[self.node(values[0], node).index].shape
        ref = self.array_constant(
            np.full(tuple(map(int, shape)), to_float(number)), self.span(node)
        )
        self.drafts[ref.index].shape = shape  # they may know which axis they stand for
        return ref

    def create(self, name: str, node: ast.Call) -> Ref:
        """Returns a written-out array as a constant."""
        arguments = [self.plain(a, node) for a in node.args]
        keywords = {
            str(k.arg): self.plain(k.value, node) for k in node.keywords if k.arg != "dtype"
        }
        if name in ("array", "asarray") and len(arguments) == 1 and isinstance(arguments[0], Ref):
            return arguments[0] if name == "asarray" else self.copied(arguments[0], node)
        if name in ("array", "asarray") and len(arguments) == 1 and is_mask(arguments[0]):
            return self.mask_constant(arguments[0], self.span(node))
        try:
            made = self.maker.make(name, arguments, keywords)
        except EngineError as error:
            error.span = error.span or self.span(node)
            raise
        ref = self.array_constant(made, self.span(node))
        asked = keywords.get("shape", arguments[0] if arguments else None)
        sizes = asked if isinstance(asked, tuple) else (asked,)
        if all(isinstance(n, int) for n in sizes) and sizes == made.shape:
            self.drafts[ref.index].shape = sizes  # they may know which axis they stand for
        return ref

    def plain(self, node: ast.expr, call: ast.Call) -> object:
        """Returns an argument that must be made of plain numbers; sizes from inputs become plain."""
        value = self.value(node)
        if isinstance(value, Ref) and self.drafts[value.index].shape == ():
            number = self.static_value(value)
            return value if number is None else number
        if isinstance(value, list | tuple):
            flat: list[object] = [value]
            while flat:
                entry = flat.pop()
                if isinstance(entry, list | tuple):
                    flat.extend(entry)
                elif isinstance(entry, Ref):
                    raise NotAllowed(
                        "An array made of computed values is not in the language yet.",
                        span=self.span(call),
                        hint="Write the formula with whole arrays.",
                    )
        return value

    def inline(self, function: Function, node: ast.Call) -> object:
        """Evaluates a program's own function in place, inside a module of its own."""
        if function.name in self.calls:
            raise NotAllowed(
                f"{shown(function.name)} calls itself.",
                span=self.span(node),
                hint="Use a for loop.",
            )
        scope = self.arguments_of(function, node)
        count = self.modules[function.name] = self.modules.get(function.name, 0) + 1
        outer = self.module
        self.module = (*outer, f"{function.name}#{count}")
        self.scopes.append(scope)
        self.calls.append(function.name)
        self.limits.check(
            "bracket_depth",
            len(self.calls),
            "functions call one another {found} deep",
            span=self.span(node),
        )
        result: object = None
        try:
            for statement in function.body:
                self.statement(statement)
        except Returned as returned:
            result = returned.value
        finally:
            self.scopes.pop()
            self.calls.pop()
            self.module = outer
        if result is None:
            raise NotAllowed(
                f"{shown(function.name)} returns nothing.",
                span=self.span(node),
                hint="End it with return.",
            )
        return result

    def arguments_of(self, function: Function, node: ast.Call) -> dict[str, object]:
        """Returns a call's arguments by parameter."""
        scope: dict[str, object] = {}
        for parameter, argument in zip(function.parameters, node.args, strict=False):
            scope[parameter] = self.value(argument)
        for keyword in node.keywords:
            if keyword.arg in function.parameters and keyword.arg not in scope:
                scope[str(keyword.arg)] = self.value(keyword.value)
            else:
                scope = {}
                break
        late = function.parameters[len(function.parameters) - len(function.defaults) :]
        for parameter, default in zip(late, function.defaults, strict=True):
            scope.setdefault(parameter, default)
        if set(scope) != set(function.parameters) or len(node.args) > len(function.parameters):
            wanted = ", ".join(function.parameters) or "nothing"
            raise BadCall(
                f"{shown(function.name)} takes {wanted}.",
                span=self.span(node),
                hint=f"Give it {len(function.parameters)} arguments.",
            )
        return scope

    def unknown_function(self, name: str, node: ast.AST) -> EngineError:
        """Returns the refusal of a function that nothing defines, with the nearest that exists."""
        span = self.span(node)
        if name in self.globals or name in self.given or name in self.inputs:
            return UndefinedName(
                f"{shown(name)} is a value, called here like a function.",
                span=span,
                hint="Write * between two factors.",
            )
        own = [n for n, v in self.globals.items() if isinstance(v, Function)]
        close = nearest(name, [*own, *language.known_functions(), *self.maker.makers])
        hint = close or "GET /api/primitives lists the functions; def makes new ones."
        return UndefinedName(
            f"{shown(name)} is not a function of the language.", span=span, hint=hint
        )

    def apply(self, primitive: Primitive, values: Sequence[object], node: ast.Call) -> Ref:
        """Binds a call's arguments to a primitive's arrays and settings, and makes the gate."""
        names = primitive.arguments
        known = primitive.open_settings
        arrays: dict[str, object] = dict(zip(names, values, strict=False))
        extra = list(values[len(names) :])
        settings: dict[str, object] = {}
        if len(extra) > len(known) and len(known) == 1:
            extra = [tuple(extra)]
        if len(extra) > len(known):
            self.bad_call(primitive, node, f"takes at most {len(names) + len(known)} arguments")
        settings.update(zip(known, extra, strict=False))
        for keyword in node.keywords:
            given = str(keyword.arg)
            name = primitive.keywords.get(given, given)
            if name in known and name not in settings:
                settings[name] = self.value(keyword.value)
            elif name in names and name not in arrays:
                arrays[name] = self.value(keyword.value)
            elif name in ("a", "x", "x1") and names[0] not in arrays:
                arrays[names[0]] = self.value(keyword.value)
            else:
                self.bad_call(primitive, node, f"does not take {shown(given)}")
        if set(arrays) != set(names):
            self.bad_call(
                primitive,
                node,
                f"takes {len(names)} array{'s' if len(names) > 1 else ''}: {', '.join(names)}",
            )
        plain = {
            name: value
            if isinstance(value, str) and name in primitive.text_settings
            else self.setting(value, node)
            for name, value in settings.items()
        }
        missing = [
            s for s in known if primitive.settings[s] is inspect.Parameter.empty and s not in plain
        ]
        if missing:
            self.bad_call(primitive, node, f"needs {missing[0]}")
        refs = tuple(
            self.node(arrays[name], node) for name in names[: -1 if primitive.variadic else None]
        )
        if primitive.variadic:
            refs += self.several(primitive, arrays[names[-1]], node)
        return self.viewed(primitive, refs, self.gate(primitive, refs, plain, self.span(node)))

    def several(self, primitive: Primitive, value: object, node: ast.Call) -> tuple[Ref, ...]:
        """Returns the arrays of a primitive that takes any number of them, written as one list or tuple."""
        if isinstance(value, Ref):
            shape = self.drafts[value.index].shape
            if not shape:
                self.need_rank(value, 1)
                self.bad_call(primitive, node, "takes a list of arrays")
            return tuple(
                self.gate(REGISTRY["getitem"], (value,), {"index": (i,)}, self.span(node))
                for i in range(int(shape[0]))
            )
        if not isinstance(value, list | tuple) or not value:
            self.bad_call(primitive, node, "takes a list of arrays")
        return self.arrays(value, node)

    def compose(self, composition: Composition, values: Sequence[object], node: ast.Call) -> object:
        """Returns what a function made of gates makes of a call's arguments."""
        keywords = {str(k.arg): self.value(k.value) for k in node.keywords}
        try:
            inspect.signature(composition.function).bind(self, *values, **keywords)
        except TypeError as error:
            raise BadCall(
                f"np.{composition.name}: {error}.",
                span=self.span(node),
                hint=f"Write {composition.form}.",
            ) from None
        return self.composed(composition, values, keywords, node)

    def composed(
        self,
        composition: Composition,
        values: Sequence[object],
        keywords: Mapping[str, object],
        node: ast.AST,
    ) -> object:
        """Returns what a function made of gates makes of values; what does not fit teaches about assumed inputs."""
        try:
            return composition.function(Composer(self, node), *values, **keywords)
        except EngineError as error:
            if isinstance(error, ShapeMismatch) and error.span is None:  # its own, not a gate's
                self.learn(error, [v for v in values if isinstance(v, Ref)])
            error.span = error.span or self.span(node)
            raise

    def bad_call(self, primitive: Primitive, node: ast.Call, what: str) -> NoReturn:
        """Refuses a call, saying how it is written."""
        shown_as = {own: theirs for theirs, own in primitive.keywords.items()}
        settings = [f"{shown_as.get(s, s)}=..." for s in primitive.open_settings]
        name = primitive.spellings[0] if primitive.spellings else primitive.name
        arrays = [shown_as.get(a, a) for a in primitive.arguments]
        if primitive.variadic:
            arrays[-1] = f"[{arrays[-1]}]"
        form = f"np.{name}({', '.join([*arrays, *settings])})"
        raise BadCall(f"np.{name} {what}.", span=self.span(node), hint=f"Write {form}.")

    def setting(self, value: object, node: ast.AST) -> object:
        """Returns a setting as plain numbers, truth values or None, in a tuple where there are several."""
        if isinstance(value, Ref):
            number = self.static_value(value)
            if number is None:
                raise NotAllowed(
                    "A setting such as axis must be a plain number.",
                    span=self.span(node),
                    hint="Write the number.",
                )
            return number
        if isinstance(value, list | tuple):
            return tuple(self.setting(entry, node) for entry in value)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value if isinstance(value, Size) else int(value)
        if value is None or isinstance(value, bool):
            return value
        raise NotAllowed(
            "This setting is not in the language.", span=self.span(node), hint="Use a plain number."
        )

    def count_work(self, node: ast.AST) -> None:
        """Counts a statement or a call against the limits, so that work without gates ends too."""
        self.work += 1
        self.limits.check(
            "gates",
            self.work / 50,
            "the program unrolls to {found} statements",
            span=self.span(node),
        )
        if self.work % 64 == 0:
            self.deadline.check()


class Composer:
    """The tape, as a composition sees it: gates at the place of one call.

    Args:
        calls: the lowering.
        node: the call, or what else is made of several gates.
    """

    def __init__(self, calls: Calls, node: ast.AST) -> None:
        self._calls = calls
        self._node = node

    def make(self, primitive: str, *arguments: object, **settings: object) -> Ref:
        """Puts a gate on the tape; plain numbers become constants."""
        refs = self._calls.arrays(arguments, self._node)
        known = {
            name: self._calls.setting(value, self._node) if isinstance(value, Ref) else value
            for name, value in settings.items()
        }
        record = REGISTRY[primitive]
        made = self._calls.gate(record, refs, known, self._calls.span(self._node))
        return self._calls.viewed(record, refs, made)

    def call(self, spelling: str, *arguments: object, **settings: object) -> object:
        """Does what np.spelling(...) does."""
        if spelling in OVERLOADS:
            refs = self._calls.arrays(arguments, self._node)
            return self._calls.overloaded(spelling, refs, self._calls.span(self._node))
        if spelling in COMPOSITIONS:
            return COMPOSITIONS[spelling].function(self, *arguments, **settings)
        return self.make(language.SPELLINGS[spelling].name, *arguments, **settings)

    def shape(self, value: object) -> tuple[int, ...]:
        """Returns a value's shape."""
        if is_plain(value):
            return ()
        return self._calls.drafts[self._calls.node(value, self._node).index].shape

    def need_axes(self, value: object, least: int) -> None:
        """Restarts with more axes for an input that nobody gave."""
        if isinstance(value, Ref):
            self._calls.need_rank(value, least)

    def copy(self, value: object) -> Ref:
        """Returns an array of its own with the same entries."""
        return self._calls.copied(value, self._node)

    def index(self, value: object, choices: int) -> Ref:
        """Returns whole numbers that pick from an axis of so many entries; an input becomes a label."""
        ref = self._calls.node(value, self._node)
        return self._calls.as_index(ref, choices, self._calls.span(self._node))

    def setting(self, value: object) -> object:
        """Returns plain whole numbers, truth values or None, in tuples where there are several."""
        return self._calls.setting(value, self._node)

    def at_least(self, value: object, rank: int, word: str) -> tuple[int, ...]:
        """Returns the shape of a value with that many axes; a free name is given them."""
        shape = self.shape(value)
        if len(shape) < rank:
            if isinstance(value, Ref):
                self._calls.need_rank(value, rank)
            raise ShapeMismatch(
                f"np.{word} needs {rank} dimension{'s' if rank > 1 else ''} here, not shape {show(shape)}.",
                hint="Give it a matrix." if rank == 2 else "Give it more axes.",
            )
        return shape

    def whole(self, value: object, what: str) -> int:
        """Returns a plain whole number."""
        try:
            plain = self._calls.setting(value, self._node)
        except NotAllowed:
            plain = None
        if isinstance(plain, bool) or not isinstance(plain, int):
            raise BadCall(f"{what} is a whole number.", hint=f"Write {what} as a plain number.")
        return plain

    def several(self, value: object) -> Sequence[object]:
        """Returns the arrays of a list, a tuple, or an array's rows."""
        if isinstance(value, list | tuple):
            return value
        ref = self._calls.node(value, self._node)
        shape = self._calls.drafts[ref.index].shape
        if not shape:
            self._calls.need_rank(ref, 1)
            raise BadCall("A list of arrays belongs here.", hint="Write [a, b].")
        return [self.make("getitem", ref, index=(i,)) for i in range(int(shape[0]))]


def is_mask(value: object) -> bool:
    """Returns whether a value is a list of truth values only."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(v, bool) or is_mask(v) for v in value)
    )


def parameters_of(arguments: ast.arguments) -> tuple[str, ...] | None:
    """Returns the names of plain parameters, or None where some are starred or keyword-only."""
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return None
    return tuple(a.arg for a in (*arguments.posonlyargs, *arguments.args))
