"""The record of a primitive, and the registry of all of them.

A primitive is a forward function, one gradient rule an argument, and what a reader wants to know of it. Arrays are
positional, settings (`axis`, `keepdims`) keyword-only. A gradient rule takes `(upstream, out, *arrays, **settings)` and is
one `return` of a plain NumPy expression (or a few assignments and `return dx`): its text is what the page shows and what
the listing prints, so it calls nothing but NumPy.

A rule never thinks about shapes that differ. For DIAGONAL it works in the output's shape and `engine.backward` sums what
was stretched; for REDUCTION `upstream` and `out` arrive with the reduced axes kept as size 1, whatever `keepdims` says.

A setting called `tie` is filled in by the lowering: the share of the upstream that a tied argument takes, 0.5 when
both arguments depend on an input, 0 when the other is made of literals (which take the whole share). Settings that
follow from the shapes (where each joined array starts) are filled in by the record's `derived`.
"""

from __future__ import annotations

import ast
import inspect
import math
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Shape = tuple[int, ...]
Argument = Array | NDArray[np.int64] | NDArray[np.bool_]
Samples = list[tuple[tuple[Argument, ...], dict[str, object]]]
Forward = Callable[..., Array | NDArray[np.bool_] | NDArray[np.int64]]
Rule = Callable[..., Array]


class Hull(Enum):
    """Which gradients are valid at a kink: all mixes of those nearby."""

    SIDES = "between the slopes on its two sides"
    SHARES = "shared in any way among what ties"
    ORDERS = "in any order of what ties"
    BALL = "as long as those nearby at most, in any direction"


@dataclass(frozen=True, slots=True)
class Kink:
    """The corners of a piecewise function.

    Attributes:
        at: `(out, *arrays, **settings) -> mask`: the output's entries that stand on a corner; as in a rule, `out` of a
            REDUCTION arrives with its axes kept as size 1.
        where: what is the case there, such as "its arguments tie".
        valid: which slopes are valid there, as the subject of a sentence: "any slope from 0 to 1".
        hull: the same for a grader.
    """

    at: Callable[..., NDArray[np.bool_]]
    where: str
    valid: str
    hull: Hull


class Structure(Enum):
    """Which entries of a Jacobian can be other than zero; the contract's eight words."""

    SCALAR = "scalar"
    DIAGONAL = "diagonal"
    MATMUL = "matmul"
    REDUCTION = "reduction"
    BROADCAST = "broadcast"
    PERMUTATION = "permutation"
    SELECTION = "selection"
    DENSE = "dense"


@dataclass(frozen=True)
class Primitive:
    r"""A function with a value rule and one gradient rule an argument.

    Attributes:
        name: the registry's key and the contract's `primitive`.
        symbol: what the gate shows, one to six characters.
        forward: `(*arrays, **settings) -> out`; its signature names the arguments and settings.
        vjp: argument name -> rule `(upstream, out, *arrays, **settings) -> dargument`. An argument without a rule
            (a condition, an index) carries no gradient.
        shape: `(*shapes, **settings) -> shape`; raises ShapeMismatch without a span.
        structure: of the arguments' Jacobians, when not both sides are scalars: one for all, or one an argument.
        latex: template over argument names (and settings), such as r"{x} \odot {y}".
        words: one sentence on what the gate does to a gradient: add distributes, mul swaps, max routes.
        said: how a sentence says what it makes where a program writes it as an assignment: a template over the
            arguments' names, such as "{x} with {value} written in".
        samples: `rng -> arguments`, or a list of (arguments, settings); kept away from kinks; should broadcast.
        spellings: the names a program may call it by, without `np.`; none where only syntax makes it.
        methods: names it has as an array's method, such as "sum".
        face: what the gate shows when scalar literals are folded into it: gets each argument's literal text or None,
            in order; default: the symbol with the literal beside it.
        positive: arguments that must be positive to stay finite; assumed inputs that feed them are chosen so.
        selects: whether a local gradient of 0 means that the entry was not chosen (where, max): no gradient is to come
            from behind it, even where the slope there is infinite.
        kink: where the function has corners, if it has any: the slope shown there is one of several.
        cost: `(out_shape, *shapes) -> flops` of the forward pass, with the settings that it names keyword-only;
            default: one an entry of the largest array.
        keywords: NumPy's names for arguments and settings where they are not ours, such as {"a_min": "low"}; the first
            argument may be called a, x or x1 without saying so here.
        derived: setting -> `(*shapes, **settings) -> its value`, for settings that follow from the shapes (where each
            joined array starts) and that a program cannot give; `settings` are those it can.
        spelled: "torch" or "jax" -> its value in that framework's words, an expression over arguments and settings, where
            `forward`'s text does not translate (see `engine.peers`) or theirs is nicer.
        placed: whether an argument's entries stand unchanged at places of the output (a join, a frame of zeros), so that
            its rule picks those places' upstream: one run of it on their numbers finds the whole Jacobian.
        view: whether NumPy's result shares memory with the first argument; default: where entries only change places or
            are stretched.
    """

    name: str
    symbol: str
    forward: Forward
    vjp: Mapping[str, Rule]
    shape: Callable[..., Shape]
    structure: Structure | Mapping[str, Structure]
    latex: str
    words: str
    samples: Callable[[np.random.Generator], Samples]
    spellings: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    said: str = ""
    face: Callable[..., str] | None = None
    positive: frozenset[str] = frozenset()
    cost: Callable[..., int] | None = None
    selects: bool = False
    kink: Kink | None = None
    keywords: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    spelled: Mapping[str, str] = field(default_factory=dict)
    placed: bool = False
    view: bool | None = None
    family: str = field(default="", compare=False)

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the array arguments, in order; the last may be variadic (see `variadic`)."""
        kinds = (
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            inspect.Parameter.POSITIONAL_ONLY,
            inspect.Parameter.VAR_POSITIONAL,
        )
        return tuple(
            p.name for p in inspect.signature(self.forward).parameters.values() if p.kind in kinds
        )

    @cached_property
    def variadic(self) -> bool:
        """Whether the last argument takes any number of arrays (`*xs`); its rule also gets `position`."""
        return any(
            p.kind is inspect.Parameter.VAR_POSITIONAL
            for p in inspect.signature(self.forward).parameters.values()
        )

    @cached_property
    def settings(self) -> dict[str, object]:
        """Keyword-only settings of `forward` with their defaults, in order."""
        return {
            p.name: p.default
            for p in inspect.signature(self.forward).parameters.values()
            if p.kind is inspect.Parameter.KEYWORD_ONLY
        }

    @cached_property
    def open_settings(self) -> tuple[str, ...]:
        """Names of the settings that a program may give, in order: not `tie`, and none that is derived."""
        return tuple(n for n in self.settings if n != "tie" and n not in self.derived)

    @cached_property
    def placed_settings(self) -> tuple[str, ...]:
        """Names of the open settings that NumPy takes by position; the places of keepdims and ddof are dtype and out."""
        named = {"keepdims", "ddof", "correction"}
        return tuple(n for n in self.open_settings if n not in named)

    @cached_property
    def cost_settings(self) -> tuple[str, ...]:
        """Names of the settings that `cost` asks for."""
        parameters = {} if self.cost is None else inspect.signature(self.cost).parameters
        return tuple(n for n, p in parameters.items() if p.kind is inspect.Parameter.KEYWORD_ONLY)

    @cached_property
    def text_settings(self) -> frozenset[str]:
        """Names of the settings that hold text, such as einsum's subscripts; annotated as `str`."""
        parameters = inspect.signature(self.forward).parameters
        return frozenset(n for n in self.settings if "str" in str(parameters[n].annotation))

    @cached_property
    def gives(self) -> str:
        """What a primitive without gradient rules gives: "b" truth values, "i" whole numbers, "f" numbers; else "f"."""
        if self.vjp:
            return "f"
        arrays, settings = self.samples(np.random.default_rng(0))[0]
        complete = self.completed(settings, [np.shape(a) for a in arrays])
        return np.asarray(self.forward(*arrays, **complete)).dtype.kind

    @property
    def moves(self) -> bool:
        """Whether entries only move: what were truth values or whole numbers still are."""
        moving = (Structure.SELECTION, Structure.PERMUTATION, Structure.BROADCAST)
        return bool(self.vjp) and self.structure in moving

    def computes_with(self, argument: str) -> bool:
        """Returns whether truth values given for an argument count as 0 and 1: not for conditions and indices."""
        if self.moves:
            return False
        return argument in self.vjp or (not self.vjp and self.gives != "b")

    @property
    def shares_memory(self) -> bool:
        """Whether NumPy's result is a view of the first argument."""
        if self.view is not None:
            return self.view
        return self.structure in (Structure.PERMUTATION, Structure.BROADCAST)

    def completed(
        self, settings: Mapping[str, object], shapes: Sequence[Shape]
    ) -> dict[str, object]:
        """Returns the settings of a call with their defaults, and with what follows from the arguments' shapes."""
        complete = {**self.settings, **settings}
        chosen = {name: complete[name] for name in self.open_settings}
        return complete | {name: rule(*shapes, **chosen) for name, rule in self.derived.items()}

    def argument_at(self, position: int) -> str:
        """Returns the name of the argument at a position; a variadic one takes all that is left."""
        return self.arguments[min(position, len(self.arguments) - 1)]

    def structure_of(self, argument: str) -> Structure:
        """Returns the structure of one argument's Jacobian."""
        return self.structure if isinstance(self.structure, Structure) else self.structure[argument]

    def flops(self, shape: Shape, shapes: Sequence[Shape], settings: Mapping[str, object]) -> int:
        """Returns the arithmetic of one forward pass, for the shapes of the output and the arguments."""
        if self.cost is not None:
            return self.cost(shape, *shapes, **{k: settings[k] for k in self.cost_settings})
        return max([math.prod(shape), *(math.prod(s) for s in shapes)])

    @cached_property
    def rule_text(self) -> Mapping[str, tuple[ast.stmt, ...]]:
        """The statements of each gradient rule, as written; the last is its return."""
        return {name: rule_statements(rule) for name, rule in self.vjp.items()}

    @cached_property
    def forward_text(self) -> tuple[ast.stmt, ...]:
        """The statements of `forward`, as written; the last is its return."""
        return rule_statements(self.forward)


def rule_statements(function: Forward) -> tuple[ast.stmt, ...]:
    """Returns what a rule does, without its docstring: assignments, then one return.

    Raises:
        TypeError: when the body holds anything else, since its text is shown to students.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{function.__name__} must be a def")
    body = tuple(
        s for s in tree.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
    )
    *before, last = body
    plain = all(isinstance(s, ast.Assign | ast.AugAssign | ast.Expr) for s in before)
    if not plain or not isinstance(last, ast.Return) or last.value is None:
        raise TypeError(f"{function.__name__} must be assignments and one return")
    return body


REGISTRY: dict[str, Primitive] = {}


def register(primitive: Primitive) -> Primitive:
    """Adds a primitive to REGISTRY, with its family (the module it stands in).

    Raises:
        ValueError: for a second primitive of the same name, or a rule for an argument that does not exist.
    """
    if primitive.name in REGISTRY:
        raise ValueError(f"{primitive.name!r} is registered twice")
    unknown = set(primitive.vjp) - set(primitive.arguments)
    if unknown:
        raise ValueError(f"{primitive.name!r} has rules for unknown arguments {sorted(unknown)}")
    object.__setattr__(primitive, "family", primitive.forward.__module__.rsplit(".", 1)[-1])
    REGISTRY[primitive.name] = primitive
    return primitive


Choose = Callable[[tuple[int, ...]], str]

OVERLOADS: dict[str, Choose] = {}
"""Spellings that stand for several primitives (`dot`, `matmul`): the arguments' numbers of dimensions choose one."""


def overload(*spellings: str) -> Callable[[Choose], Choose]:
    """Registers the decorated `ranks -> primitive name` for the spellings; it raises ShapeMismatch where none fits."""

    def keep(choose: Choose) -> Choose:
        OVERLOADS.update(dict.fromkeys(spellings, choose))
        return choose

    return keep
