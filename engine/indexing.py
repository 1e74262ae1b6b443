"""Brackets: entries, slices, index arrays and masks, read and made into gates."""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.assume import Restart, Size
from engine.errors import NotAllowed, ShapeMismatch, Span, excerpt
from engine.graph import Kind
from engine.inputs import whole
from engine.primitives import REGISTRY
from engine.primitives.shapes import show
from engine.tape import Ref, Sizes, Tape


class Indexing(Tape, ABC):
    """Reads what stands in brackets."""

    given: Mapping[str, NDArray[np.float64]]

    @abstractmethod
    def input_value(self, name: str) -> NDArray[np.float64]:
        """Returns an input's value."""

    @abstractmethod
    def value(self, node: ast.expr) -> object:
        """Returns what an expression stands for."""

    def subscript(self, node: ast.Subscript) -> object:
        """Returns entries of an array, or of a plain sequence."""
        base = self.value(node.value)
        if isinstance(base, list | tuple):
            return self.sequence_entry(base, node)
        ref = self.node(base, node)
        index = self.index(node.slice, ref)
        span = self.span(node)
        if isinstance(index, Ref):
            self.need_rank(ref, 1)
            counted = {"count": self.count_true(index)}
            return self.gate(REGISTRY["select"], (ref, index), counted, span)
        if any(isinstance(entry, Ref) for entry in index):
            return self.gathered(ref, index, span)
        return self.entry(ref, index, span)

    def sequence_entry(self, base: Sequence[object], node: ast.Subscript) -> object:
        """Returns an entry or a slice of a list, a tuple or a shape."""
        if isinstance(node.slice, ast.Slice):
            return base[self.slice(node.slice)]
        position = self.whole_number(node.slice)
        if isinstance(base, Sizes) and not -len(base) <= position < len(base):
            self.need_rank(base.ref, position + 1 if position >= 0 else -position)
        if not -len(base) <= position < len(base):
            raise ShapeMismatch(
                f"Index {position} is outside a sequence of {len(base)}.",
                span=self.span(node),
                hint="Use a smaller index.",
            )
        return base[position]

    def entry(self, ref: Ref, index: tuple[object, ...], span: Span | None) -> Ref:
        """Returns x[index] for a basic index."""
        gate = self.gate(REGISTRY["getitem"], (ref,), {"index": index}, span)
        return self.view(ref, gate) if self.drafts[gate.index].shape != () else gate

    def gathered(self, ref: Ref, index: Sequence[object], span: Span | None) -> Ref:
        """Returns x[rows, columns] for index arrays, single numbers among them allowed."""
        if any(entry is None or entry is Ellipsis or isinstance(entry, slice) for entry in index):
            raise NotAllowed(
                "Slices beside index arrays are not in the language yet.",
                span=span,
                hint="Index all the first axes with arrays.",
            )
        shape = self.drafts[ref.index].shape
        if len(shape) < len(index):
            self.need_rank(ref, len(index))
            raise ShapeMismatch(
                f"{len(index)} indices are given, but the array has {len(shape)} dimensions: {show(shape)}.",
                span=span,
                hint=f"Use at most {len(shape)} indices.",
            )
        refs = [
            entry if isinstance(entry, Ref) else self.whole_constant(np.asarray(entry), span)
            for entry in index
        ]
        full = max((self.drafts[r.index].shape for r in refs), key=len)
        whole_refs = []
        for axis, entry in enumerate(refs):
            for name in self.drafts[entry.index].open:
                if self.knowledge.take_shape(name, full):
                    raise Restart
            whole_refs.append(
                self.as_index(entry, int(shape[axis]) if axis < len(shape) else 0, span)
            )
        return self.gate(REGISTRY["gather"], (ref, *whole_refs), {}, span)

    def as_index(self, ref: Ref, choices: int, span: Span | None) -> Ref:
        """Returns a node that holds whole numbers; an input becomes a label."""
        draft = self.drafts[ref.index]
        if draft.kind is Kind.INPUT and draft.name is not None:
            name = draft.name
            known = self.knowledge.labels.get(name)
            if known is None or choices < known:
                self.knowledge.labels[name] = choices if known is None else min(known, choices)
                raise Restart
            known_value = self.given.get(name, draft.value)
            if known_value is not None:
                numbers = whole(name, known_value)
                self.check_range(numbers, choices, f"Input {excerpt(name)}", span)
            return ref
        if draft.value is not None:
            if not np.array_equal(np.round(draft.value), draft.value) or not small(draft.value):
                raise ShapeMismatch(
                    "An index must hold whole numbers.", span=span, hint="Use whole numbers."
                )
            numbers = draft.value.astype(np.int64)
            self.check_range(numbers, choices, "The index", span)
            return self.whole_constant(numbers, span)
        raise NotAllowed(
            "An index must be known before the program runs: here it is computed.",
            span=span,
            hint="Index with an input, np.arange or a number.",
        )

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

    def index(self, node: ast.expr, base: Ref) -> tuple[object, ...] | Ref:
        """Returns a basic index as a tuple, a mask as a Ref, or a tuple with Refs for index arrays."""
        shape = self.drafts[base.index].shape
        parts = node.elts if isinstance(node, ast.Tuple) else [node]
        entries = [self.index_entry(part) for part in parts]
        refs = [e for e in entries if isinstance(e, Ref)]
        if any(self.drafts[r.index].boolean for r in refs):
            if len(parts) > 1:
                raise NotAllowed(
                    "A mask stands alone in the brackets.",
                    span=self.span(node),
                    hint="Use x[mask].",
                )
            return refs[0]
        if all(self.drafts[r.index].shape == () for r in refs):
            entries = [self.known_entry(e) if isinstance(e, Ref) else e for e in entries]
        if None not in entries and Ellipsis not in entries:
            for entry, size in zip(entries, shape, strict=False):
                self.lengthen(entry, size)
        return tuple(entries)

    def index_entry(self, part: ast.expr) -> object:
        """Returns one entry of an index: a slice, a whole number, None, Ellipsis, or a node."""
        if isinstance(part, ast.Slice):
            return self.slice(part)
        value = self.value(part)
        if isinstance(value, float) and math.isfinite(value) and value == int(value):
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is None or value is Ellipsis:
            return value
        return self.node(value, part)

    def known_entry(self, ref: Ref) -> object:
        """Returns a scalar entry as a whole number where its inputs can be made plain, else as it is."""
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

    def fitted_mask(self, mask: Ref, ref: Ref, span: Span | None) -> Ref:
        """Returns a mask with as many axes as the array it is for (x[rows] picks whole rows)."""
        missing = len(self.drafts[ref.index].shape) - len(self.drafts[mask.index].shape)
        if missing <= 0:
            return mask
        index = (Ellipsis, *[None] * missing)
        return self.gate(REGISTRY["getitem"], (mask,), {"index": index}, span)

    def count_true(self, mask: Ref) -> int:
        """Returns how many entries a mask picks, at the inputs of this build.

        A mask's count is a shape, so it has to be known now: this is the one thing that is computed while lowering.
        """
        needed: set[int] = set()
        queue = [mask.index]
        while queue:
            place = queue.pop()
            if place not in needed:
                needed.add(place)
                queue.extend(self.drafts[place].arguments)
        values: dict[int, NDArray[np.float64]] = {}
        with np.errstate(all="ignore"):
            for place in sorted(needed):
                draft = self.drafts[place]
                if draft.primitive is not None:
                    arguments = [values[a] for a in draft.arguments]
                    forward = REGISTRY[draft.primitive].forward
                    values[place] = np.asarray(forward(*arguments, **draft.settings))
                elif draft.kind is Kind.INPUT and draft.name is not None:
                    values[place] = self.input_value(draft.name)
                elif draft.value is not None:
                    values[place] = draft.value
        return int(values[mask.index].sum())

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


def small(numbers: NDArray[np.float64]) -> bool:
    """Returns whether numbers can be indices at all: finite, and whole in 64 bits."""
    return bool((np.abs(numbers) < 2.0**53).all())
