"""Arrays that a program makes: np.array, zeros, linspace, ..., and what dtype and astype ask for."""

from __future__ import annotations

import ast
import math
from abc import abstractmethod
from collections.abc import Callable

import numpy as np

from engine import language
from engine.errors import BadCall, EngineError, NotAllowed
from engine.functions import Functions
from engine.graph import Kind
from engine.indexing import LABELLED
from engine.language import shown
from engine.plain import Number, is_plain, to_float
from engine.primitives import REGISTRY
from engine.tape import Ref, holds_nodes, is_mask

CONVERSIONS: dict[str, Callable[[Number], Number]] = {
    "float": to_float,
    "round": round,
    "int": int,
    "bool": bool,
}


WHOLE = ("array", "asarray", "arange")
"""What makes whole numbers in NumPy too, so that dtype=int says nothing new."""

LIKES: dict[str, float | None] = {
    "zeros_like": 0.0,
    "ones_like": 1.0,
    "empty_like": 0.0,
    "full_like": None,
}
"""What fills an array made like another; None: the number that is given."""
SIZE_WORDS = {"shape", "size", "N", "M", "n", "num"}
"""Parameters of what makes arrays that are sizes; the others are numbers."""


class Making(Functions):
    """Makes arrays and converts them."""

    @abstractmethod
    def dotted(self, node: ast.expr) -> str | None:
        """Returns "linalg.norm" for np.linalg.norm, or None where the root is not NumPy."""

    def create(self, name: str, node: ast.Call) -> Ref:
        """Returns a written-out array as a constant; one with computed entries is a stack of them."""
        given = list(node.args)
        words = [k.value for k in node.keywords if k.arg == "dtype"]
        if len(given) == 2 and name in ("array", "asarray", "zeros", "ones") and not words:
            words = [given.pop()] if self.type_word(given[1]) else []
        named = [k for k in node.keywords if k.arg != "dtype"]
        values = self.values([*given, *(k.value for k in named)])
        kind = self.type_word(words[0]) if words else "float"
        if name in ("array", "asarray") and len(values) == 1 and not named:
            if holds_nodes(values[0]):
                return self.array_of(name, values[0], kind, node)
            if is_mask(values[0]) and not words:
                return self.node(values[0], node)
        fill = 1 if len(given) > 1 or not named else len(values) - 1
        if name == "full" and len(values) == 2 and self.is_number(values[fill]):
            ones = self.create("ones", ast.copy_location(ast.Call(node.func, given[:1], []), node))
            return self.node_of("multiply", ones, values[fill], node)
        known = self.maker.makers[name][1]
        parameters = [*known[: len(given)], *["size"] * (len(given) - len(known))]
        parameters += [str(k.arg) for k in named]
        places = [*given, *(k.value for k in named)]
        plain = [
            self.sized(value, place)
            if parameter in SIZE_WORDS or name == "arange"
            else self.numbers_of(value, place)
            for parameter, value, place in zip(parameters, values, places, strict=True)
        ]
        arguments = plain[: len(given)]
        keywords = dict(zip(parameters[len(given) :], plain[len(given) :], strict=True))
        try:
            made = self.maker.make(name, arguments, keywords)
        except EngineError as error:
            error.span = error.span or self.span(node)
            raise
        if kind == "bool":
            return self.mask_constant(made != 0, self.span(node))
        if kind is None or (kind == "int" and (name not in WHOLE or (made % 1 != 0).any())):
            raise NotAllowed(
                "This dtype is not in the language: numbers are float64.",
                span=self.span(words[0]),
                hint="Leave dtype out.",
            )
        ref = self.array_constant(made, self.span(node))
        asked = keywords.get("shape", arguments[0] if arguments else None)
        sizes = asked if isinstance(asked, tuple) else (asked,)
        if all(isinstance(n, int) for n in sizes) and sizes == made.shape:
            self.drafts[ref.index].shape = sizes  # they may know which axis they stand for
        return ref

    def create_like(self, name: str, node: ast.Call) -> Ref:
        """Returns an array of another's shape, as np.zeros_like and its kind do."""
        given = [*node.args, *(k.value for k in node.keywords if k.arg == "fill_value")]
        strange = [k.arg for k in node.keywords if k.arg != "fill_value"]
        usual = LIKES[name]
        fits = not strange and len(given) == 1 + (usual is None)
        values = self.values(given) if fits else [None]
        number = values[-1] if usual is None else usual
        if not fits or not (is_plain(number) or self.is_number(number)):
            what = f"does not take {strange[0]}" if strange else "cannot be read like this"
            form = f"np.{name}(x)" if usual is not None else f"np.{name}(x, 1.5)"
            raise BadCall(f"np.{name} {what}.", span=self.span(node), hint=f"Write {form}.")
        shape = self.drafts[self.node(values[0], node).index].shape
        fill = to_float(number) if is_plain(number) else 1.0
        ref = self.array_constant(np.full(tuple(map(int, shape)), fill), self.span(node))
        self.drafts[ref.index].shape = shape  # they may know which axis they stand for
        return ref if is_plain(number) else self.node_of("multiply", ref, number, node)

    def is_number(self, value: object) -> bool:
        """Returns whether a value is one computed number."""
        return isinstance(value, Ref) and self.drafts[value.index].shape == ()

    def array_of(self, name: str, value: object, kind: str | None, node: ast.Call) -> Ref:
        """Returns np.array or np.asarray of an array, or of a list with computed entries."""
        ref = self.node(value, node)
        if kind != "float":
            return self.node(self.converted(ref, kind or "int", node), node)
        return self.copied(ref, node) if name == "array" else ref

    def sized(self, value: object, node: ast.AST) -> object:
        """Returns a size of a new array, with what comes from inputs as plain numbers."""
        if isinstance(value, list | tuple) and holds_nodes(value):
            return tuple(self.sized(entry, node) for entry in value)
        number = value
        if isinstance(value, Ref):
            number = self.static_value(value) if self.drafts[value.index].shape == () else None
            if number is None:
                raise NotAllowed(
                    "The size of a new array must be plain.",
                    span=self.span(node),
                    hint="Use a number, len(x) or x.shape[0].",
                )
        return number

    def numbers_of(self, value: object, node: ast.AST) -> object:
        """Returns what a new array is made of, which a computed value cannot be: its gradient would be lost."""
        if holds_nodes(value):
            raise NotAllowed(
                "A new array is made of plain numbers.",
                span=self.span(node),
                hint="Scale and shift it instead, such as np.linspace(0, 1, 5) * x.",
            )
        return value

    def type_word(self, node: ast.expr) -> str | None:
        """Returns "float", "int" or "bool" for the name of a type, or None for anything else.

        Raises:
            NotAllowed: for types of other precision.
        """
        name = node.value if isinstance(node, ast.Constant) else self.dotted(node)
        if isinstance(node, ast.Name) and not self.is_bound(node.id):
            name = node.id
        if name in language.OTHER_TYPES:
            raise NotAllowed(
                f"The type {shown(str(name))} is not in the language: numbers have 64 bits.",
                span=self.span(node),
                hint="Write np.float64.",
            )
        return language.TYPES.get(str(name))

    def without_dtype(self, node: ast.Call) -> ast.Call:
        """Returns a call without a dtype that changes nothing: numbers are float64 here."""
        kept = [k for k in node.keywords if k.arg != "dtype"]
        if len(kept) == len(node.keywords):
            return node
        (given,) = [k for k in node.keywords if k.arg == "dtype"]
        if self.type_word(given.value) != "float":
            raise NotAllowed(
                "This dtype is not in the language: numbers are float64.",
                span=self.span(given),
                hint="Leave dtype out.",
            )
        return ast.copy_location(ast.Call(node.func, node.args, kept), node)

    def converted(self, value: object, kind: str, node: ast.Call) -> object:
        """Returns x.astype(kind): truth values become 0 and 1; only what is whole already becomes whole."""
        if is_plain(value) and math.isfinite(value):
            return CONVERSIONS[kind](value)
        ref = self.node(value, node)
        draft = self.drafts[ref.index]
        if kind == "bool":
            return self.node_of("not_equal", ref, 0, node) if not draft.boolean else ref
        if draft.boolean:
            return self.node_of("multiply", ref, 1, node)
        if kind == "int" and not self.is_whole(ref, node):
            raise NotAllowed(
                "Whole numbers of a computed value would lose its gradient.",
                span=self.span(node),
                hint="Leave the conversion out.",
            )
        return self.copied(ref, node) if draft.shape else ref

    def is_whole(self, ref: Ref, node: ast.Call) -> bool:
        """Returns whether a node holds whole numbers by what it is; an input is made a label."""
        draft = self.drafts[ref.index]
        if draft.kind is Kind.INPUT and draft.name is not None:
            if draft.name not in self.knowledge.labels:
                self.label(draft.name, LABELLED)
            return True
        if not draft.from_input:
            return bool((self.evaluated(ref) % 1 == 0).all())
        return draft.primitive is not None and REGISTRY[draft.primitive].gives == "i"

    def node_of(self, spelling: str, ref: Ref, number: object, node: ast.Call) -> Ref:
        """Returns the gate of an array and a number."""
        return self.gate(
            language.SPELLINGS[spelling], (ref, self.node(number, node)), {}, self.span(node)
        )
