"""The tape while it is being written: gates with their shapes and costs, and what a misfit says of assumed inputs."""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.assume import Knowledge, Restart, Size
from engine.creation import Maker
from engine.errors import BadCall, BadInput, EngineError, NotAllowed, ShapeMismatch, Span, excerpt
from engine.forward import in_arithmetic
from engine.graph import Kind, Node, Shape
from engine.limits import Deadline, Limits
from engine.primitives import OVERLOADS, REGISTRY, Primitive, Structure
from engine.primitives.composition import Fields
from engine.primitives.shapes import show
from engine.scopes import Stale
from engine.source import Text


@dataclass(frozen=True, slots=True)
class Ref:
    """A node of the tape, as a program's value.

    Attributes:
        index: its draft's place.
        buffer: which array in memory NumPy would use; names that share it change together.
        view: whether NumPy would make it a view of part of the buffer.
    """

    index: int
    buffer: int
    view: bool = False


class Sizes(tuple[int, ...]):
    """What `x.shape` gives: its sizes, and the node they came from."""

    ref: Ref


class Turns(list[object]):
    """What `range(n)` gives, with the size it counts: an array of it has that size, wherever it came from."""

    size: int


@dataclass(slots=True)
class Draft:
    """A node while it is being made; see `engine.graph.Node`."""

    kind: Kind
    primitive: str | None
    arguments: tuple[int, ...]
    settings: Mapping[str, object]
    shape: Shape
    span: Span | None
    module: tuple[str, ...]
    from_input: bool
    differentiable: bool
    value: NDArray[np.float64] | None = None
    name: str | None = None
    aliases: list[str] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    boolean: bool = False


class Tape(ABC):
    """The drafts of one lowering, within its limits.

    Args:
        text: the program's text, for places.
        limits: what the circuit may cost.
        deadline: when it must be done.
        knowledge: what earlier lowerings have taught about assumed inputs.
    """

    def __init__(
        self, text: Text, limits: Limits, deadline: Deadline, knowledge: Knowledge
    ) -> None:
        self.text = text
        self.limits = limits
        self.deadline = deadline
        self.knowledge = knowledge
        self.maker = Maker(limits)
        self.drafts: list[Draft] = []
        self.module: tuple[str, ...] = ()
        self.blamed: list[str] = []
        self.known: dict[int, NDArray[np.float64]] = {}
        self.buffers = self.numbers = self.flops = self.gates = 0

    @abstractmethod
    def input_value(self, name: str) -> NDArray[np.float64]:
        """Returns an input's value."""

    def view(self, base: Ref, result: Ref) -> Ref:
        """Returns `result` marked as a view of `base`."""
        return Ref(result.index, base.buffer, True)

    def copied(self, value: object, node: ast.AST) -> Ref:
        """Returns an array of its own with the same content: no gate, since values never change."""
        ref = self.node(value, node)
        self.buffers += 1
        return Ref(ref.index, self.buffers)

    def static_value(self, ref: Ref) -> int | None:
        """Makes the inputs behind a scalar plain numbers and restarts; None where that cannot be."""
        draft = self.drafts[ref.index]
        if draft.shape == () and not draft.from_input:
            number = float(self.evaluated(ref))
            return int(number) if number.is_integer() else None
        names: set[str] = set()
        queue = [ref.index]
        while queue:
            current = self.drafts[queue.pop()]
            if current.shape != ():
                return None
            if current.kind is Kind.INPUT and current.name is not None:
                names.add(current.name)
            queue.extend(current.arguments)
        if not names:
            return None
        self.knowledge.static |= names
        raise Restart

    def evaluated(self, ref: Ref) -> NDArray[np.float64]:
        """Returns a node's value at the inputs of this build.

        How many entries a mask picks is a shape, so it has to be known now; so has the branch that an `if` takes. These
        are the only things that are computed while lowering.
        """
        self.knowledge.read |= self.drafts[ref.index].from_input
        needed: set[int] = set()
        queue = [ref.index]
        while queue:
            place = queue.pop()
            if place not in needed and place not in self.known:
                needed.add(place)
                queue.extend(self.drafts[place].arguments)
        with np.errstate(all="ignore"):
            for place in sorted(needed):
                draft = self.drafts[place]
                if draft.primitive is not None:
                    self.known[place] = self.evaluated_gate(REGISTRY[draft.primitive], draft)
                    self.deadline.check()
                elif draft.kind is Kind.INPUT and draft.name is not None:
                    value = self.input_value(draft.name)
                    label = draft.name in self.knowledge.labels
                    self.known[place] = value.astype(np.int64) if label else value
                elif draft.value is not None:
                    self.known[place] = draft.value
        return self.known[ref.index]

    def evaluated_gate(self, primitive: Primitive, draft: Draft) -> NDArray[np.float64]:
        """Returns a gate's value, its arguments' being known."""
        arguments = in_arithmetic(primitive, [self.known[a] for a in draft.arguments])
        try:
            return np.asarray(primitive.forward(*arguments, **draft.settings))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            raise BadInput(
                f"{primitive.name} cannot be computed with these values, which a mask or a branch needs now.",
                span=draft.span,
                hint="Give other values.",
            ) from None

    def sources(self, ref: Ref) -> set[str]:
        """Returns the names of the inputs that a node is computed from."""
        seen: set[int] = set()
        queue = [ref.index]
        while queue:
            place = queue.pop()
            if place not in seen:
                seen.add(place)
                queue.extend(self.drafts[place].arguments)
        drafts = (self.drafts[place] for place in seen)
        return {d.name for d in drafts if d.kind is Kind.INPUT and d.name is not None}

    def need_rank(self, ref: Ref, rank: int, *, pin: bool = True) -> None:
        """Restarts with more axes for the assumed inputs behind a node, where there are any.

        Args:
            ref: the node.
            rank: how many axes it needs.
            pin: whether that settles it; a size that is asked for says only that there are so many axes at least.
        """
        self.limits.check("dimensions", rank, "this needs {found} dimensions")
        for name, lost in self.drafts[ref.index].open.items():
            if self.knowledge.raise_rank(name, rank + lost, pin=pin):
                raise Restart

    def node(self, value: object, where: ast.AST | None) -> Ref:
        """Returns a value as a node; numbers and lists of numbers become constants, a list of nodes is stacked."""
        if isinstance(value, Ref):
            return value
        span = None if where is None else self.span(where)
        if isinstance(value, Stale):
            raise stale(value.name, span)
        if isinstance(value, bool | int | float):
            return self.array_constant(np.asarray(float(value)), span)
        if isinstance(value, Fields):
            names = ", ".join(value.names)
            raise NotAllowed(
                f"This has {len(value)} results, and one belongs here.",
                span=span,
                hint=f"Take them apart: {names} = ...",
            )
        if isinstance(value, list | tuple) and value:
            if holds_nodes(value):
                return self.stacked(value, where)
            try:
                array = self.maker.array(value)
            except EngineError as error:
                error.span = error.span or span
                raise
            if is_mask(value):
                return self.mask_constant(array != 0, span)
            made = self.array_constant(array, span)
            if isinstance(value, Turns) and len(value) == value.size:
                self.drafts[made.index].shape = (value.size,)
            return made
        what = "a function"
        if value is None or isinstance(value, str | list | tuple):
            what = (
                "nothing"
                if value is None
                else "text"
                if isinstance(value, str)
                else "an empty list"
            )
        raise NotAllowed(
            f"{what} was found where a number belongs.".capitalize(),
            span=span,
            hint="Use a number or an array.",
        )

    def stacked(self, values: Sequence[object], where: ast.AST | None) -> Ref:
        """Returns a list of computed values as one array, as np.array does; rows in it are stacked first."""
        refs = tuple(self.node(value, where) for value in values)
        span = None if where is None else self.span(where)
        return self.gate(REGISTRY["stack"], refs, {"axis": 0}, span)

    def array_constant(self, array: NDArray[np.float64], span: Span | None) -> Ref:
        """Puts a constant on the tape."""
        draft = Draft(Kind.CONSTANT, None, (), {}, array.shape, span, self.module, False, False)
        draft.value = array
        return self.add(draft)

    def whole_constant(self, numbers: NDArray[np.int64], span: Span | None) -> Ref:
        """Puts an index array on the tape, as integers."""
        draft = Draft(Kind.CONSTANT, None, (), {}, numbers.shape, span, self.module, False, False)
        draft.value = numbers.astype(np.int64)
        return self.add(draft)

    def mask_constant(self, mask: NDArray[np.bool_], span: Span | None) -> Ref:
        """Puts a written-out mask on the tape."""
        draft = Draft(Kind.CONSTANT, None, (), {}, mask.shape, span, self.module, False, False)
        draft.value = mask  # type: ignore[assignment]  # truth values, as a comparison gives
        draft.boolean = True
        return self.add(draft)

    def arrays(self, values: Sequence[object], node: ast.AST) -> tuple[Ref, ...]:
        """Returns values as nodes."""
        return tuple(self.node(v, node) for v in values)

    def overloaded(self, spelling: str, refs: tuple[Ref, ...], span: Span | None) -> Ref:
        """Makes the gate that a product's ranks choose; free names get the ranks their letters suggest."""
        for ref in refs:
            draft = self.drafts[ref.index]
            if not draft.open:
                continue
            name = min(draft.open, key=lambda n: (n.startswith("b"), not n[0].isupper(), n))
            lost = draft.open[name]
            pinned = any(self.knowledge.guesses[n].pinned for n in draft.open)
            if pinned and (draft.shape != () or lost == 0):
                continue
            rank = lost + (2 if name[0].isupper() and lost == 0 else 1)
            if self.knowledge.raise_rank(name, rank, pin=True):
                raise Restart
        try:
            primitive = REGISTRY[
                OVERLOADS[spelling](tuple(len(self.drafts[r.index].shape) for r in refs))
            ]
        except ShapeMismatch as error:
            self.learn(error, refs)
            raise self.located(error, refs, span) from None
        return self.gate(primitive, refs, {}, span)

    def gate(
        self,
        primitive: Primitive,
        refs: tuple[Ref, ...],
        settings: Mapping[str, object],
        span: Span | None,
    ) -> Ref:
        """Puts a gate on the tape; its shape and cost are checked first."""
        drafts = [self.drafts[r.index] for r in refs]
        self.adapt(primitive, drafts)
        complete = {**primitive.settings, **settings}
        if "tie" in complete:
            complete["tie"] = 0.5 if all(d.from_input for d in drafts) else 0.0
        if "axis" in complete and primitive.structure in (Structure.REDUCTION, Structure.DENSE):
            complete["axis"] = normal_axis(complete["axis"], drafts[0].shape)
        shapes = [d.shape for d in drafts]
        try:
            if primitive.derived:
                complete = primitive.completed(complete, shapes)
            shape = primitive.shape(*shapes, **complete)
        except ShapeMismatch as error:
            self.learn(error, refs)
            raise self.located(error, refs, span) from None
        except BadCall as error:
            error.span = error.span or span
            raise
        self.charge(primitive, shape, shapes, complete, span)
        draft = Draft(
            Kind.GATE,
            primitive.name,
            tuple(r.index for r in refs),
            {k: plain_setting(v) for k, v in complete.items()},
            shape,
            span,
            self.module,
            any(d.from_input for d in drafts),
            any(
                d.differentiable and primitive.argument_at(k) in primitive.vjp
                for k, d in enumerate(drafts)
            ),
        )
        if primitive.structure is Structure.DIAGONAL:
            draft.open = {name: lost for d in drafts for name, lost in d.open.items()}
        elif "index" in complete:
            dropped = len(drafts[0].shape) - len(shape)
            draft.open = {name: lost + dropped for name, lost in drafts[0].open.items()}
        draft.boolean = primitive.gives == "b" or (primitive.moves and drafts[0].boolean)
        return self.add(draft)

    def adapt(self, primitive: Primitive, drafts: Sequence[Draft]) -> None:
        """Gives free names the shape of an elementwise partner, and reductions something to reduce."""
        if not self.knowledge.guesses:
            return
        if primitive.structure is Structure.DIAGONAL and len(drafts) > 1:
            full = max((d.shape for d in drafts), key=len)
            for draft in drafts:
                if draft.open and len(draft.shape) < len(full):
                    changed = [
                        self.knowledge.take_shape(name, full)
                        if lost == 0
                        else self.knowledge.raise_rank(name, len(full) + lost, pin=False)
                        for name, lost in sorted(draft.open.items())
                    ]
                    if any(changed):
                        raise Restart
        if primitive.structure is Structure.REDUCTION and drafts[0].open and drafts[0].shape == ():
            name = min(drafts[0].open, key=lambda n: (n.startswith("b"), n))
            if self.knowledge.raise_rank(name, 1 + drafts[0].open[name], pin=False):
                raise Restart

    def learn(self, error: ShapeMismatch, refs: Sequence[Ref]) -> None:
        """Restarts when a mismatch says something about an assumed input; else notes whom to blame."""
        if not self.knowledge.guesses:
            return
        if error.sizes is not None and self.knowledge.equate(*error.sizes):
            raise Restart
        if error.rank is not None and error.rank[0] < len(refs):
            self.need_rank(refs[error.rank[0]], error.rank[1])
        self.blamed = [n for r in refs for n in sorted(self.drafts[r.index].open)]

    def located(
        self, error: ShapeMismatch, refs: Sequence[Ref], span: Span | None
    ) -> ShapeMismatch:
        """Returns a mismatch with the gate's place and its arguments' names."""
        names = [self.drafts[r.index].name for r in refs]
        if len(refs) > 1 and all(names):
            parts = " and ".join(
                f"{excerpt(n)} {show(self.drafts[r.index].shape)}"
                for n, r in zip(names, refs, strict=True)
            )
            error.detail = f"{error.detail} Here: {parts}."
        error.span = error.span or span
        return error

    def charge(
        self,
        primitive: Primitive,
        shape: Shape,
        shapes: Sequence[Shape],
        settings: Mapping[str, object],
        span: Span | None,
    ) -> None:
        """Adds a gate's cost to the bill and checks it against the limits."""
        size = math.prod(shape)
        self.limits.check(
            "dimensions", len(shape), "this value would have {found} dimensions", span=span
        )
        self.limits.check("node_numbers", size, "this value would hold {found} numbers", span=span)
        self.flops += primitive.flops(shape, shapes, settings)
        self.limits.check(
            "flops", self.flops, "the program would cost {found} operations", span=span
        )

    def add(self, draft: Draft) -> Ref:
        """Puts a draft on the tape."""
        self.numbers += math.prod(draft.shape)
        self.limits.check(
            "total_numbers", self.numbers, "the circuit would hold {found} numbers", span=draft.span
        )
        if draft.kind is Kind.GATE:
            self.gates += 1
            self.limits.check(
                "gates", self.gates, "the circuit would have {found} gates", span=draft.span
            )
        self.drafts.append(draft)
        if len(self.drafts) % 256 == 0:
            self.deadline.check()
        self.buffers += 1
        return Ref(len(self.drafts) - 1, self.buffers)

    def span(self, node: ast.AST) -> Span | None:
        """Returns where a piece of syntax stands."""
        return self.text.span(node)


def stale(name: str, span: Span | None) -> NotAllowed:
    """Returns the refusal of a view whose array was changed since."""
    return NotAllowed(
        f"'{excerpt(name)}' is a part of an array that was changed since: NumPy would show the change.",
        span=span,
        hint=f"Take it as {excerpt(name)}.copy() first.",
    )


def nested(value: object) -> Iterator[object]:
    """Returns a value and, of lists and tuples, everything in them, each list once."""
    seen: set[int] = set()
    queue = [value]
    while queue:
        entry = queue.pop()
        if isinstance(entry, list | tuple):
            if id(entry) in seen:
                continue
            seen.add(id(entry))
            queue.extend(entry)
        yield entry


def holds_nodes(value: object) -> bool:
    """Returns whether a value is a node, or a list with one in it."""
    return any(isinstance(entry, Ref | Stale) for entry in nested(value))


def is_mask(value: object) -> bool:
    """Returns whether a value is a list of truth values only."""
    leaves = [entry for entry in nested(value) if not isinstance(entry, list | tuple)]
    whole = isinstance(value, list | tuple) and bool(leaves)
    return whole and all(isinstance(leaf, bool) for leaf in leaves)


def normal_axis(axis: object, shape: Shape) -> object:
    """Returns an axis setting counted from the front; one that is out of range is left for the shape rule to refuse."""
    if isinstance(axis, tuple):
        return tuple(normal_axis(a, shape) for a in axis)
    if isinstance(axis, int) and not isinstance(axis, bool) and -len(shape) <= axis < 0:
        return axis + len(shape)
    return axis


def plain_setting(value: object) -> object:
    """Returns a setting without the history of its sizes."""
    if isinstance(value, tuple):
        return tuple(plain_setting(v) for v in value)
    return int(value) if isinstance(value, Size) else value


def finished(draft: Draft, index: int, place: Mapping[int, int]) -> Node:
    """Returns a draft as a node of the tape."""
    return Node(
        index,
        draft.kind,
        draft.primitive,
        tuple(place[a] for a in draft.arguments),
        draft.settings,
        tuple(int(n) for n in draft.shape),
        draft.name or None,
        tuple(draft.aliases),
        draft.span,
        draft.module,
        draft.value,
        draft.from_input,
        draft.differentiable,
    )
