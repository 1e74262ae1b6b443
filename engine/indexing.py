"""Brackets: entries, slices, index arrays and masks, read and made into gates."""

from __future__ import annotations

import ast
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.assume import Restart
from engine.errors import NotAllowed, ShapeMismatch, ShapeNeeded, Span, excerpt
from engine.graph import Kind
from engine.inputs import whole
from engine.primitives import REGISTRY
from engine.tape import Ref, Sizes, Tape


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
        index = self.index(node.slice, ref)
        span = self.span(node)
        if isinstance(index, Ref):
            mask = self.fitted_mask(index, ref, span)
            return self.gate(
                REGISTRY["select"], (ref, mask), {"count": self.count_true(mask, span)}, span
            )
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
            if name in self.given:
                numbers = whole(name, self.given[name])
                self.check_range(numbers, choices, f"Input {excerpt(name)}", span)
            return ref
        if draft.value is not None:
            numbers = np.asarray(np.round(draft.value), dtype=np.int64)
            if not np.array_equal(numbers, draft.value):
                raise ShapeMismatch(
                    "An index must hold whole numbers.", span=span, hint="Use whole numbers."
                )
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
        plain_axes = not any(
            isinstance(p, ast.Constant) and (p.value is None or p.value is Ellipsis) for p in parts
        )
        result: list[object] = []
        for axis, part in enumerate(parts):
            size = shape[axis] if plain_axes and axis < len(shape) else 0
            if isinstance(part, ast.Slice):
                bounds = self.slice(part)
                for bound in (bounds.start, bounds.stop):
                    if isinstance(bound, int) and self.knowledge.need(
                        size, max(bound, -bound), exact=False
                    ):
                        raise Restart
                result.append(bounds)
                continue
            value = self.value(part)
            if isinstance(value, float) and value == int(value):
                value = int(value)
            if (
                value is None
                or value is Ellipsis
                or (isinstance(value, int) and not isinstance(value, bool))
            ):
                if isinstance(value, int):
                    literal = isinstance(part, ast.Constant | ast.UnaryOp)
                    if self.knowledge.need(
                        size, value + 1 if value >= 0 else -value, exact=literal
                    ):
                        raise Restart
                    value = int(value)
                result.append(value)
                continue
            ref = self.node(value, part)
            draft = self.drafts[ref.index]
            if draft.boolean:
                if len(parts) > 1:
                    raise NotAllowed(
                        "A mask stands alone in the brackets.",
                        span=self.span(node),
                        hint="Use x[mask].",
                    )
                return ref
            if draft.shape == () and (number := self.static_value(ref)) is not None:
                result.append(number)
                continue
            result.append(ref)
        return tuple(result)

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

    def count_true(self, mask: Ref, span: Span | None) -> int:
        """Refuses: how many entries a computed mask picks is not known before the program runs."""
        draft = self.drafts[mask.index]
        if draft.value is not None:
            return int(draft.value.sum())
        raise ShapeNeeded(
            "How many entries a mask picks is known only when the program runs, so x[mask] has no fixed shape.",
            span=span,
            hint="Use np.where(mask, x, 0), or x * mask.",
        )

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
