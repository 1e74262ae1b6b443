"""Calls: a program's own functions, NumPy's, Python's few, and methods."""

from __future__ import annotations

import ast
import inspect
import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import NoReturn

from engine import elsewhere, language
from engine.assume import Size
from engine.composer import Composer
from engine.errors import BadCall, EngineError, NotAllowed, ShapeMismatch, UndefinedName, renaming
from engine.language import nearest, shown
from engine.making import CONVERSIONS, LIKES, Making
from engine.plain import is_plain
from engine.primitives import OVERLOADS, REGISTRY, Primitive, Structure
from engine.primitives.composition import COMPOSED_METHODS, COMPOSITIONS, Composition
from engine.scopes import Function
from engine.sequences import RUNS
from engine.tape import Ref, Turns

MOST_EXTREMES = 32
EXTREMES = frozenset(("max", "min"))


class Calls(Making):
    """Finds what a call means, and makes its gates."""

    aliases: dict[str, str]
    inputs: dict[str, Ref]
    work: int

    @abstractmethod
    def binary(
        self, kind: type[ast.operator], left: object, right: object, node: ast.AST
    ) -> object:
        """Returns an operator's result."""

    @abstractmethod
    def attribute(self, node: ast.Attribute) -> object:
        """Returns an attribute of an array."""

    def dotted(self, node: ast.expr) -> str | None:
        """Returns "linalg.norm" for np.linalg.norm or linalg.norm, or None where the root is not NumPy.

        The names of Python's math are NumPy's.
        """
        root, parts = path_of(node)
        if root not in self.aliases or not parts or self.is_bound(root):
            return None
        return ".".join([*self.aliases[root].split(".")[1:], *parts])

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
            own = self.own_function(function.id)
            return (
                self.call_by_name(function.id, node) if own is None else self.result_of(own, node)
            )
        dotted = self.dotted(function)
        if dotted is not None:
            return self.call_numpy(dotted, node)
        if isinstance(function, ast.Attribute):
            return self.call_method(function, node)
        if isinstance(function, ast.Subscript | ast.Call):
            value = self.value(function)
            if isinstance(value, Function):
                return self.result_of(value.called(language.root_of(function) or "f"), node)
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
        """Returns the result of name(...), where the program defines no function of that name."""
        if name == "len" and len(node.args) == 1:
            return self.length(node)
        if name == "range":
            return self.turns(node)
        if name in ("list", "tuple") and len(node.args) <= 1 and not node.keywords:
            entries = list(self.iterator(node.args[0])) if node.args else []
            return entries if name == "list" else tuple(entries)
        if name in RUNS:
            raise NotAllowed(
                f"{name} stands in a for loop or a comprehension only.",
                span=self.span(node),
                hint=f"Write for ... in {name}(...).",
            )
        if name in CONVERSIONS and len(node.args) == 1:
            return self.converted_number(name, node)
        if name in language.BARE:
            return self.bare(name, node)
        return self.call_numpy(name, node)

    def converted_number(self, name: str, node: ast.Call) -> object:
        """Returns float(x), int(x) or round(x) of a plain number; float(x) of one computed number is that number."""
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

    def bare(self, name: str, node: ast.Call) -> object:
        """Returns Python's own max, min, sum, abs, pow: plain for plain numbers, else the gate."""
        values = self.values(node.args)
        if len(values) == 1 and isinstance(values[0], list | tuple) and not node.keywords:
            parts = list(values[0])
            if name == "sum":
                return self.total(parts, node)
            values = parts if name in EXTREMES and len(parts) > 1 else values
        if name in EXTREMES and len(values) > 1 and not node.keywords:
            return self.extreme(name, values, node)
        if name == "sum" and len(values) == 2 and isinstance(values[0], list | tuple):
            return self.total([values[1], *values[0]], node)
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

    def total(self, parts: Sequence[object], node: ast.Call) -> object:
        """Returns the sum of a list, added up from the left as Python does; of an empty one 0."""
        total: object = parts[0] if parts else 0
        for part in parts[1:]:
            total = self.binary(ast.Add, total, part, node)
        return total

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

    def turns(self, node: ast.Call) -> Turns:
        """Returns the numbers of range(...); those that count an assumed axis remember that."""
        bounds = [self.whole_number(argument) for argument in node.args]
        if not 1 <= len(bounds) <= 3 or node.keywords or (len(bounds) == 3 and bounds[2] == 0):
            raise BadCall(
                "range takes 1 to 3 whole numbers.", span=self.span(node), hint="Such as range(5)."
            )
        start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
        count = max(0, -((start - stop) // step))
        self.limits.check("gates", count, "the range has {found} turns", span=self.span(node))
        counts_axis = any(isinstance(bound, Size) for bound in bounds)
        turns = Turns(
            Size(n, "turn") if counts_axis else n for n in range(int(start), int(stop), int(step))
        )
        turns.size = stop if (start, step) == (0, 1) else count
        return turns

    def length(self, node: ast.Call) -> int:
        """Returns len(x)."""
        value = self.value(node.args[0])
        if isinstance(value, list | tuple):
            return len(value)
        ref = self.node(value, node)
        shape = self.drafts[ref.index].shape
        if not shape:
            self.need_rank(ref, 1, pin=False)
            raise ShapeMismatch(
                "len of a single number.", span=self.span(node), hint="Give it a list."
            )
        return shape[0]

    def call_numpy(self, name: str, node: ast.Call) -> object:
        """Returns the result of np.name(...), written with or without np."""
        if name in language.TYPES and len(node.args) == 1 and not node.keywords:
            return self.converted(self.value(node.args[0]), language.TYPES[name], node)
        if name in self.maker.makers:
            return self.create(name, node)
        node = self.without_dtype(node)
        if name in LIKES:
            return self.create_like(name, node)
        if name in ("shape", "ndim", "size", "copy") and len(node.args) == 1:
            if name == "copy":
                return self.copied(self.value(node.args[0]), node)
            return self.attribute(
                ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
            )
        if name in OVERLOADS:
            refs = self.arrays(self.values(node.args), node)
            if len(refs) != 2 or node.keywords:
                raise BadCall(
                    f"np.{name} takes two arrays.",
                    span=self.span(node),
                    hint=f"Write np.{name}(a, b).",
                )
            return self.overloaded(name, refs, self.span(node))
        composition = COMPOSITIONS.get(name)
        if composition is not None:
            return self.compose(composition, self.values(node.args), node)
        primitive = language.SPELLINGS.get(name)
        if primitive is None:
            raise self.unknown_function(name, node.func)
        return self.apply(primitive, self.values(node.args), node)

    def call_method(self, function: ast.Attribute, node: ast.Call) -> object:
        """Returns x.name(...)."""
        foreign = self.foreign(function)
        if foreign is not None:
            raise foreign
        name = function.attr
        if name == "astype" and len(node.args) == 1:
            kind = self.type_word(node.args[0])
            if kind is not None:
                return self.converted(self.value(function.value), kind, node)
        node = self.without_dtype(node)
        base, *values = self.values([function.value, *node.args])
        if isinstance(base, list):
            return self.list_method(base, name, node)
        if name == "copy" and not node.args:
            return self.copied(base, node)
        if name in OVERLOADS and name in ("dot",) and len(node.args) == 1:
            return self.overloaded(name, self.arrays([base, *values], node), self.span(node))
        composition = COMPOSED_METHODS.get(name)
        if composition is not None:
            return self.compose(composition, [base, *values], node)
        primitive = language.METHODS.get(name)
        if primitive is None:
            raise self.unknown_method(function)
        result = self.apply(primitive, [base, *values], node)
        return self.copied(result, node) if name == "flatten" else result

    def unknown_method(self, function: ast.Attribute) -> EngineError:
        """Returns the refusal of a method that arrays do not have here, with the nearest that they have."""
        name = function.attr
        advice = elsewhere.method(name)
        span = self.span(function)
        close = nearest(name, [*language.METHODS, *COMPOSED_METHODS, "copy", "dot"])
        hint = f"Did you mean .{close}?" if close else "Use a function such as np.sum(x)."
        if name in language.SPELLINGS or name in COMPOSITIONS:
            close, hint = None, f"Write np.{name}(...)."
        return UndefinedName(
            f"The method {shown(name)} is not known.",
            span=span,
            hint=advice or hint,
            fix=renaming(span, name, None if advice else close),
        )

    def foreign(self, node: ast.Attribute) -> EngineError | None:
        """Returns the refusal of another library's name, such as torch.relu, or None for what may be an array's."""
        root, parts = path_of(node)
        own = {"T", "copy", "dot", *language.METHODS, *COMPOSED_METHODS}
        if not parts or self.is_bound(root) or (root in elsewhere.INITIALS and own & set(parts)):
            return None
        advice = elsewhere.function(root, ".".join(parts))
        if advice is None:
            return None
        name = ".".join((root, *parts))
        return UndefinedName(
            f"{shown(name)} is not in the language.", span=self.span(node), hint=advice
        )

    def viewed(self, primitive: Primitive, arguments: Sequence[Ref], result: Ref) -> Ref:
        """Returns a gate's value as a view of its first argument where NumPy makes one.

        A single entry that was picked is a number of its own.
        """
        picked = primitive.structure is Structure.SELECTION
        number = picked and self.drafts[result.index].shape == ()
        return self.view(arguments[0], result) if primitive.shares_memory and not number else result

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
        advice = elsewhere.function("np", name)
        hint = advice or close or "GET /api/primitives lists the functions; def makes new ones."
        return UndefinedName(
            f"{shown(name)} is not a function of the language.",
            span=span,
            hint=hint,
            fix=renaming(span, name, None if advice else close),
        )

    def apply(self, primitive: Primitive, values: Sequence[object], node: ast.Call) -> Ref:
        """Binds a call's arguments to a primitive's arrays and settings, and makes the gate."""
        names = primitive.arguments
        known = primitive.open_settings
        arrays: dict[str, object] = dict(zip(names, values, strict=False))
        extra = list(values[len(names) :])
        settings: dict[str, object] = {}
        placed = primitive.placed_settings
        if len(extra) > len(placed) and len(placed) == len(known) == 1:
            extra = [tuple(extra)]
        if len(extra) > len(placed):
            most = len(names) + len(placed)
            self.bad_call(primitive, node, f"takes at most {most} arguments by position")
        settings.update(zip(placed, extra, strict=False))
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
        self.count_work(node)
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


def path_of(node: ast.expr) -> tuple[str, tuple[str, ...]]:
    """Returns the root name of a.b.c and the attributes asked of it; an empty root where it is no name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return (node.id if isinstance(node, ast.Name) else "", tuple(reversed(parts)))
