"""Brackets: entries, slices, index arrays and masks, read and made into gates."""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import EllipsisType

import numpy as np
from numpy.typing import NDArray

from engine.assume import Restart, Size
from engine.errors import BadInput, NotAllowed, ShapeMismatch, Span, excerpt
from engine.graph import Kind
from engine.inputs import whole
from engine.primitives import REGISTRY
from engine.primitives.shapes import show
from engine.scopes import Stale
from engine.tape import Ref, Sizes, Tape, stale

Entry = int | slice | EllipsisType | Ref | None
EVERYTHING = slice(None)
LABELLED = 3
"""How many classes an assumed input has that is made whole but indexes nothing."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How NumPy reads an index that mixes arrays or a mask with slices.

    Attributes:
        basic: the slices, new axes and dropped numbers, applied first; arrays are whole axes there.
        order: the axes of what that leaves, the looked-up ones first (or where they are, when they stand together).
        lead: how many axes stand before the looked-up ones.
        picks: index arrays, one a looked-up axis, or one mask.
    """

    basic: tuple[Entry, ...]
    order: tuple[int, ...]
    lead: int
    picks: tuple[Ref, ...]


class Indexing(Tape, ABC):
    """Reads what stands in brackets."""

    given: Mapping[str, NDArray[np.float64]]

    @abstractmethod
    def value(self, node: ast.expr) -> object:
        """Returns what an expression stands for."""

    def subscript(self, node: ast.Subscript) -> object:
        """Returns entries of an array, or of a plain sequence."""
        base = self.value(node.value)
        if isinstance(base, list | tuple):
            return self.sequence_entry(base, node)
        ref = self.node(base, node)
        return self.read(ref, self.index(node.slice, ref), self.span(node))

    def read(self, ref: Ref, index: tuple[Entry, ...], span: Span | None) -> Ref:
        """Returns x[index], by the kind of index it is."""
        picks = [entry for entry in index if isinstance(entry, Ref)]
        if not picks:
            return self.entry(ref, index, span)
        if len(index) == 1 and self.drafts[picks[0].index].boolean:
            self.need_rank(ref, max(1, len(self.drafts[picks[0].index].shape)))
            counted = {"count": self.count_true(picks[0])}
            return self.gate(REGISTRY["select"], (ref, picks[0]), counted, span)
        plan = self.plan(ref, index, span)
        base = self.moved(self.basic(ref, plan.basic, span), plan.order, span)
        if self.drafts[plan.picks[0].index].boolean:
            counted = {"count": self.count_true(plan.picks[0])}
            picked = self.gate(REGISTRY["select"], (base, plan.picks[0]), counted, span)
            return self.moved(
                picked, returned(len(self.drafts[picked.index].shape), plan.lead, 1), span
            )
        refs = self.index_arrays(base, plan.lead, plan.picks, span)
        return self.gate(REGISTRY["gather"], (base, *refs), {"lead": plan.lead}, span)

    def basic(self, ref: Ref, index: tuple[Entry, ...], span: Span | None) -> Ref:
        """Returns x[index] for a basic index, or x itself where the index takes all of it."""
        if all(entry == EVERYTHING for entry in index):
            return ref
        return self.gate(REGISTRY["getitem"], (ref,), {"index": index}, span)

    def moved(self, ref: Ref, order: tuple[int, ...], span: Span | None) -> Ref:
        """Returns an array with its axes in another order, or itself where that is the order."""
        if order == tuple(range(len(order))):
            return ref
        return self.gate(REGISTRY["transpose"], (ref,), {"axes": order}, span)

    def plan(self, ref: Ref, index: tuple[Entry, ...], span: Span | None) -> Plan:
        """Returns how an index of arrays, or of a mask, and slices is carried out.

        Looked-up axes that stand together stay in their place, others come first. Source: NumPy manual, "Combining
        advanced and basic indexing".
        """
        entries = self.spelled_out(ref, index, span)
        masks = [e for e in entries if isinstance(e, Ref) and self.drafts[e.index].boolean]
        places = [k for k, e in enumerate(entries) if isinstance(e, Ref | int)]
        together = places == list(range(places[0], places[-1] + 1))
        if masks and (
            len([e for e in entries if isinstance(e, Ref)]) > 1
            or not (together or len(places) == 1)
        ):
            raise NotAllowed(
                "A mask stands beside slices and numbers only, with no slice between.",
                span=span,
                hint="Pick with the mask first, such as x[mask][:, 0].",
            )
        basic: list[Entry] = []
        looked_up: list[int] = []
        picks: list[Ref] = []
        axis = 0
        for entry in entries:
            if isinstance(entry, Ref):
                width = max(1, len(self.drafts[entry.index].shape)) if masks else 1
                basic.extend([EVERYTHING] * width)
                looked_up.extend(range(axis, axis + width))
                picks.append(entry)
                axis += width
            elif isinstance(entry, int) and not masks:
                basic.append(EVERYTHING)
                looked_up.append(axis)
                picks.append(self.whole_constant(np.asarray(entry), span))
                axis += 1
            else:
                basic.append(entry)
                axis += not isinstance(entry, int)
        rest = [k for k in range(axis) if k not in looked_up]
        lead = sum(1 for k in rest if k < looked_up[0]) if together else 0
        if masks or not together:
            return Plan(tuple(basic), (*looked_up, *rest), lead, tuple(picks))
        return Plan(tuple(basic), tuple(range(axis)), lead, tuple(picks))

    def spelled_out(self, ref: Ref, index: tuple[Entry, ...], span: Span | None) -> list[Entry]:
        """Returns an index with one entry an axis: no Ellipsis, and whole axes at the end."""
        wanted = sum(self.width(e) for e in index)
        rank = len(self.drafts[ref.index].shape)
        if wanted > rank:
            self.need_rank(ref, wanted)
            raise ShapeMismatch(
                f"{wanted} indices are given, but the array has {rank} dimensions: "
                f"{show(self.drafts[ref.index].shape)}.",
                span=span,
                hint=f"Use at most {rank} indices.",
            )
        whole_axes: list[Entry] = [EVERYTHING] * (rank - wanted)
        at = next((k for k, e in enumerate(index) if e is Ellipsis), None)
        if at is None:
            return [*index, *whole_axes]
        return [*index[:at], *whole_axes, *index[at + 1 :]]

    def width(self, entry: Entry) -> int:
        """Returns how many axes an entry of an index stands for."""
        if entry is None or entry is Ellipsis:
            return 0
        masked = isinstance(entry, Ref) and self.drafts[entry.index].boolean
        return len(self.drafts[entry.index].shape) if masked and isinstance(entry, Ref) else 1

    def index_arrays(
        self, base: Ref, lead: int, picks: Sequence[Ref], span: Span | None
    ) -> tuple[Ref, ...]:
        """Returns index arrays as nodes that hold whole numbers within their axes, `lead` of the array before them."""
        shape = self.drafts[base.index].shape
        full = max((self.drafts[r.index].shape for r in picks), key=len)
        refs = []
        for axis, pick in enumerate(picks, start=lead):
            for name in self.drafts[pick.index].open:
                if self.knowledge.take_shape(name, full):
                    raise Restart
            self.reach(pick, shape[axis])
            refs.append(self.as_index(pick, int(shape[axis]), span))
        return tuple(refs)

    def reach(self, pick: Ref, size: int) -> None:
        """Restarts with a longer axis where known indices of an assumed input ask for one."""
        draft = self.drafts[pick.index]
        numbers = self.given.get(draft.name or "") if draft.kind is Kind.INPUT else None
        if not draft.from_input:
            numbers = self.evaluated(pick)
        if numbers is not None and numbers.size and small(numbers):
            least = max(int(numbers.max()) + 1, -int(numbers.min()))
            if self.knowledge.need(size, least, exact=False):
                raise Restart

    def sequence_entry(self, base: Sequence[object], node: ast.Subscript) -> object:
        """Returns an entry or a slice of a list, a tuple or a shape."""
        if isinstance(node.slice, ast.Slice):
            return base[self.slice(node.slice)]
        position = self.whole_number(node.slice)
        if isinstance(base, Sizes) and not -len(base) <= position < len(base):
            self.need_rank(base.ref, position + 1 if position >= 0 else -position, pin=False)
        entry = base[self.position(base, position, node)]
        if isinstance(entry, Stale):
            raise stale(entry.name, self.span(node))
        return entry

    def position(self, base: Sequence[object], position: int, node: ast.AST) -> int:
        """Returns a position that a sequence has."""
        if not -len(base) <= position < len(base):
            raise ShapeMismatch(
                f"Index {position} is outside a sequence of {len(base)}.",
                span=self.span(node),
                hint="Use a smaller index." if base else "Put something in first, with append.",
            )
        return position

    def entry(self, ref: Ref, index: tuple[object, ...], span: Span | None) -> Ref:
        """Returns x[index] for a basic index."""
        gate = self.gate(REGISTRY["getitem"], (ref,), {"index": index}, span)
        return self.view(ref, gate) if self.drafts[gate.index].shape != () else gate

    def as_index(self, ref: Ref, choices: int, span: Span | None) -> Ref:
        """Returns a node that holds whole numbers; an input becomes a label.

        Args:
            ref: the index.
            choices: how many entries the axis has.
            span: where it stands.
        """
        draft = self.drafts[ref.index]
        if draft.kind is Kind.INPUT and draft.name is not None:
            self.label(draft.name, choices)
            known_value = self.given.get(draft.name, draft.value)
            if known_value is not None:
                try:
                    numbers = whole(draft.name, known_value)
                except BadInput as error:
                    error.span = span
                    raise
                self.check_range(numbers, choices, f"Input {excerpt(draft.name)}", span)
            return ref
        if not draft.from_input:
            value = self.evaluated(ref)
            if not np.array_equal(np.round(value), value) or not small(value):
                raise ShapeMismatch(
                    "An index must hold whole numbers.", span=span, hint="Use whole numbers."
                )
            numbers = value.astype(np.int64)
            self.check_range(numbers, choices, "The index", span)
            return self.whole_constant(numbers, span)
        if draft.primitive is not None:
            primitive = REGISTRY[draft.primitive]
            if primitive.gives == "i":
                return ref
            if primitive.moves:
                self.as_index(Ref(draft.arguments[0], ref.buffer), choices, span)
                return ref
        raise NotAllowed(
            "An index must be known before the program runs: here it is computed.",
            span=span,
            hint="Index with an input, np.arange or a number.",
        )

    def label(self, name: str, choices: int) -> None:
        """Makes an input a label, with so many classes at most, and restarts where that is news."""
        known = self.knowledge.labels.get(name)
        if known is None or choices < known:
            self.knowledge.labels[name] = choices
            raise Restart

    def check_range(
        self, numbers: NDArray[np.int64], choices: int, what: str, span: Span | None
    ) -> None:
        """Refuses an index outside its axis."""
        if numbers.size and (numbers.max() >= choices or numbers.min() < -choices):
            worst = int(numbers.max()) if numbers.max() >= choices else int(numbers.min())
            raise ShapeMismatch(
                f"{what} holds {worst}, but the axis has {choices} entries: 0 to {choices - 1}.",
                span=span,
                hint=f"Use whole numbers from 0 to {choices - 1}.",
            )

    def index(self, node: ast.expr, base: Ref) -> tuple[Entry, ...]:
        """Returns what stands in brackets: numbers, slices, None and Ellipsis, and nodes for index arrays and masks."""
        shape = self.drafts[base.index].shape
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        entries = [self.index_entry(part) for part in parts]
        refs = [e for e in entries if isinstance(e, Ref)]
        if all(self.drafts[r.index].shape == () for r in refs):
            sizes = [*shape[: len(entries)], *[0] * (len(entries) - len(shape))]
            entries = [
                self.known_entry(entry, size) if isinstance(entry, Ref) else entry
                for entry, size in zip(entries, sizes, strict=True)
            ]
        if sum(1 for e in entries if e is Ellipsis) > 1:
            raise NotAllowed(
                "Two ... stand in one index.", span=self.span(node), hint="Leave one out."
            )
        if None not in entries and Ellipsis not in entries:
            for entry, size in zip(entries, shape, strict=False):
                self.lengthen(entry, size)
        return tuple(entries)

    def index_entry(self, part: ast.expr) -> Entry:
        """Returns one entry of an index: a slice, a whole number, None, Ellipsis, or a node."""
        if isinstance(part, ast.Slice):
            return self.slice(part)
        value = self.value(part)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is None or isinstance(value, EllipsisType):
            return value
        if isinstance(value, list) and any(isinstance(entry, Ref) for entry in value):
            value = [self.listed_index(entry) for entry in value]
        return self.node(value, part)

    def listed_index(self, entry: object) -> object:
        """Returns an entry of a list used as an index: one number of an input becomes plain, as a size does."""
        if not isinstance(entry, Ref) or self.drafts[entry.index].shape != ():
            return entry
        number = self.static_value(entry)
        return entry if number is None else number

    def known_entry(self, ref: Ref, size: int) -> Entry:
        """Returns a scalar entry as a whole number where its inputs can be made plain, else as it is.

        Args:
            ref: the entry.
            size: of the axis that it most likely stands for; 0 where there is none.
        """
        draft = self.drafts[ref.index]
        if draft.boolean:
            return ref
        if draft.name is not None and size and not isinstance(size, Size):
            most = self.knowledge.most
            most[draft.name] = min(size, most.get(draft.name, size))
        number = self.static_value(ref)
        return ref if number is None else number

    def lengthen(self, entry: object, size: int) -> None:
        """Restarts with a longer axis where an index of an assumed input asks for one.

        An index that itself counts an assumed axis (`for t in range(X.shape[0])`) says nothing of how long that is.
        """
        if isinstance(entry, slice):
            bounds = [b for b in (entry.start, entry.stop) if isinstance(b, int)]
            changed = [self.knowledge.need(size, max(b, -b), exact=False) for b in bounds]
        elif isinstance(entry, int):
            least = entry + 1 if entry >= 0 else -entry
            changed = [self.knowledge.need(size, least, exact=not isinstance(entry, Size))]
        else:
            changed = []
        if any(changed):
            raise Restart

    def slice(self, node: ast.Slice) -> slice:
        """Returns a slice of whole numbers."""
        bounds = [
            None if part is None else self.whole_number(part)
            for part in (node.lower, node.upper, node.step)
        ]
        if bounds[2] == 0:
            raise NotAllowed(
                "A slice's step cannot be 0.", span=self.span(node), hint="Use 1 or -1."
            )
        return slice(*bounds)

    def fitted_mask(self, mask: Ref, before: int, rank: int, span: Span | None) -> Ref:
        """Returns a mask with as many axes as the array it is for (x[rows] picks whole rows).

        Args:
            mask: the mask.
            before: how many axes of the array stand before the mask's.
            rank: of the array.
            span: where it stands.
        """
        missing = rank - before - len(self.drafts[mask.index].shape)
        if missing <= 0:
            return mask
        index = (Ellipsis, *[None] * missing)
        return self.gate(REGISTRY["getitem"], (mask,), {"index": index}, span)

    def count_true(self, mask: Ref) -> int:
        """Returns how many entries a mask picks, at the inputs of this build."""
        return int(self.evaluated(mask).sum())

    def whole_number(self, node: ast.expr) -> int:
        """Returns a size, a bound or an index as a plain whole number; an input used so stops being a wire."""
        value = self.value(node)
        if isinstance(value, Ref):
            value = self.static_value(value)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise NotAllowed(
            "A whole number known before the program runs belongs here.",
            span=self.span(node),
            hint="Use a number, len(x) or x.shape[0].",
        )


def returned(rank: int, lead: int, width: int) -> tuple[int, ...]:
    """Returns the order that puts the first `width` axes of `rank` back behind `lead` others."""
    return (*range(width, width + lead), *range(width), *range(width + lead, rank))


def small(numbers: NDArray[np.float64]) -> bool:
    """Returns whether numbers can be indices at all: finite, and whole in 64 bits."""
    return bool((np.abs(numbers) < 2.0**53).all())
