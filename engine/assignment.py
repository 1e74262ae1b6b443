"""Assignment: names, parts of tuples, entries of lists and arrays, and in-place changes that stay honest.

A value on the tape never changes. Where NumPy would change an array in place, a new node takes its place for every name
and every list that shares the array; a view of it goes stale, and a view itself cannot be changed.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from engine.errors import NotAllowed, ShapeMismatch, Span
from engine.expressions import Expressions
from engine.graph import Kind
from engine.indexing import Entry
from engine.language import shown
from engine.primitives import REGISTRY
from engine.primitives.shapes import show
from engine.scopes import Function, Scope, Stale
from engine.tape import Ref, Sizes

EVERYTHING = slice(None)


class Assignment(Expressions):
    """Binds and changes."""

    last: object

    def assign(self, target: ast.expr, value: object) -> None:
        """Binds a target: a name, a tuple of targets, or entries of an array."""
        if isinstance(target, ast.Name):
            self.bind(target.id, value)
        elif isinstance(target, ast.Tuple | ast.List):
            parts = self.unpack(target, value)
            for part, entry in zip(target.elts, parts, strict=True):
                last = self.last
                self.assign(part, entry)
                if isinstance(part, ast.Name) and isinstance(entry, list | tuple):
                    self.last = last  # a cache beside an array is no result
        elif isinstance(target, ast.Subscript):
            self.assign_entries(target, value)
        else:
            raise NotAllowed(
                "Only names and entries such as x[0] can be assigned.",
                span=self.span(target),
                hint="Use a plain name.",
            )

    def unpack(self, target: ast.Tuple | ast.List, value: object) -> Sequence[object]:
        """Returns the parts of a value for a tuple of targets."""
        wanted = len(target.elts)
        if isinstance(value, Sizes) and len(value) < wanted:
            self.need_rank(value.ref, wanted)
        if isinstance(value, Ref):
            shape = self.drafts[value.index].shape
            if shape and int(shape[0]) == wanted:
                return [self.entry(value, (i,), self.span(target)) for i in range(wanted)]
            raise ShapeMismatch(
                f"{wanted} names stand on the left, but the value has shape {show(shape)}.",
                span=self.span(target),
                hint="Use as many names as the value has entries.",
            )
        if not isinstance(value, list | tuple) or len(value) != wanted:
            found = len(value) if isinstance(value, list | tuple) else 1
            raise ShapeMismatch(
                f"{wanted} names stand on the left, {found} values on the right.",
                span=self.span(target),
                hint="Use as many names as there are values.",
            )
        return value

    def bind(self, name: str, value: object) -> None:
        """Binds a name in the innermost scope; a node without a name is given it."""
        scope = self.scopes[-1]
        scope[name] = value
        if isinstance(value, Ref):
            draft = self.drafts[value.index]
            if draft.name is None and not (draft.kind is Kind.CONSTANT and draft.shape == ()):
                draft.name = name
            elif draft.name != name and name not in draft.aliases and scope is self.globals:
                draft.aliases.append(name)
        if scope is self.globals:
            self.note_last(value)

    def note_last(self, value: object) -> None:
        """Notes a value as the program's last, unless it is nothing, text or a flag."""
        if isinstance(value, Ref | int | float | list | tuple) and not isinstance(value, bool):
            self.last = value

    def assign_turn(self, target: ast.expr, value: object) -> None:
        """Binds what a loop calls its turn, which is no result of the program."""
        last = self.last
        self.assign(target, value)
        self.last = last

    def augmented(self, node: ast.AugAssign) -> None:
        """Carries out `x += y`: in place where NumPy would, so that names sharing the array change too."""
        target = node.target
        if not isinstance(target, ast.Name | ast.Subscript):
            raise NotAllowed(
                "Only names and entries can be changed.",
                span=self.span(target),
                hint="Use a plain name.",
            )
        old, given = self.values([as_load(target), node.value])
        if isinstance(old, list):
            self.extend_in_place(node, old, given)
            return
        added = self.binary(type(node.op), old, given, node)
        if isinstance(target, ast.Subscript) and isinstance(self.value(as_load(target.value)), Ref):
            self.assign_entries(target, added)
        elif isinstance(old, Ref) and isinstance(added, Ref) and self.drafts[old.index].shape != ():
            self.change(target, old, added, node)
        else:
            self.assign(target, added)

    def extend_in_place(self, node: ast.AugAssign, old: list[object], given: object) -> None:
        """Carries out `hs += [h]`, which changes the list for every name it has."""
        if not isinstance(node.op, ast.Add) or not isinstance(given, list | tuple):
            raise NotAllowed(
                "A list grows by another list only.",
                span=self.span(node),
                hint="Use hs.append(h), or np.array(...) for arithmetic.",
            )
        old.extend([self.kept_in(old, entry, node) for entry in given])

    def change(self, target: ast.Name | ast.Subscript, old: Ref, added: Ref, node: ast.AST) -> None:
        """Makes a computed array the content of the array it was computed from."""
        before, after = self.drafts[old.index].shape, self.drafts[added.index].shape
        name = target.id if isinstance(target, ast.Name) else "the entry"
        if tuple(map(int, before)) != tuple(map(int, after)):
            raise ShapeMismatch(
                f"{shown(name)} has shape {show(before)} and cannot become {show(after)} in place.",
                span=self.span(node),
                hint=f"Write {name} = {name} + ... instead.",
            )
        self.assign(target, self.replace(target, name, old, added))

    def assign_entries(self, target: ast.Subscript, value: object) -> None:
        """Carries out `x[index] = value`: a list changes, an array is replaced by the changed one."""
        root = target.value
        (old, value) = self.kept_together(root, value)
        if isinstance(old, list):
            if isinstance(target.slice, ast.Slice):
                raise NotAllowed(
                    "A part of a list cannot be assigned.",
                    span=self.span(target),
                    hint="Assign its entries one by one.",
                )
            place = self.position(old, self.whole_number(target.slice), target)
            old[place] = self.kept_in(old, value, target)
            return
        if not isinstance(old, Ref):
            found = shown(root.id) if isinstance(root, ast.Name) else "This"
            raise NotAllowed(
                f"{found} is not an array.",
                span=self.span(target),
                hint="Make it one with np.array or np.zeros.",
            )
        name = root.id if isinstance(root, ast.Name) else "the array"
        index = self.index(target.slice, old)
        changed = self.written(old, index, self.node(value, target), self.span(target))
        moved = self.replace(root if isinstance(root, ast.Name) else target, name, old, changed)
        if isinstance(root, ast.Name):
            self.bind(root.id, moved)

    def kept_together(self, root: ast.expr, value: object) -> tuple[object, object]:
        """Returns what a target's array is, and the value, which evaluating the target may have changed."""
        held = [value]
        self.held.append(held)
        old = self.value(as_load(root))
        self.held.pop()
        return old, held[0]

    def written(self, old: Ref, index: tuple[Entry, ...], value: Ref, span: Span | None) -> Ref:
        """Returns an array with a value written at an index, by the kind of index it is."""
        picks = [entry for entry in index if isinstance(entry, Ref)]
        if not picks:
            return self.gate(REGISTRY["setitem"], (old, value), {"index": index}, span)
        if any(self.drafts[pick.index].boolean for pick in picks):
            return self.written_where(old, index, value, span)
        plan = self.plan(old, index, span)
        if None in plan.basic:
            raise NotAllowed(
                "A new axis beside an index array cannot be assigned.",
                span=span,
                hint="Leave None out.",
            )
        if not all(entry == EVERYTHING for entry in plan.basic):
            part = self.basic(old, plan.basic, span)
            rest = (plan.order, plan.lead, plan.picks)
            changed = self.put(part, rest, value, span)
            return self.gate(REGISTRY["setitem"], (old, changed), {"index": plan.basic}, span)
        return self.put(old, (plan.order, plan.lead, plan.picks), value, span)

    def put(
        self,
        old: Ref,
        where: tuple[tuple[int, ...], int, tuple[Ref, ...]],
        value: Ref,
        span: Span | None,
    ) -> Ref:
        """Returns an array with a value written at index arrays, whole axes beside them."""
        order, lead, picks = where
        base = self.moved(old, order, span)
        refs = self.index_arrays(base, lead, picks, span)
        changed = self.gate(REGISTRY["put"], (base, value, *refs), {"lead": lead}, span)
        back = tuple(order.index(axis) for axis in range(len(order)))
        return self.moved(changed, back, span)

    def written_where(
        self, old: Ref, index: tuple[Entry, ...], value: Ref, span: Span | None
    ) -> Ref:
        """Returns an array with a value written where a mask is true."""
        shape = self.drafts[old.index].shape
        entries = self.spelled_out(old, index, span)
        (mask, *more) = [entry for entry in entries if isinstance(entry, Ref)]
        if more or not all(isinstance(e, Ref) or e == EVERYTHING for e in entries):
            raise NotAllowed(
                "A mask in an assignment stands alone, or beside whole axes (:).",
                span=span,
                hint="Use np.where(mask, a, b).",
            )
        before = entries.index(mask)
        if self.drafts[value.index].shape == ():
            fitted = self.fitted_mask(mask, before, len(shape), span)
            return self.gate(REGISTRY["setmask"], (old, fitted, value), {}, span)
        if before:
            raise NotAllowed(
                "Only one number can be assigned where a mask picks columns.",
                span=span,
                hint="Use np.where(mask, a, b).",
            )
        counted = {"count": self.count_true(mask)}
        return self.gate(REGISTRY["fill"], (old, mask, value), counted, span)

    def replace(self, target: ast.expr, name: str, old: Ref, new: Ref) -> Ref:
        """Makes `new` the content of the array that `old` was, for every name and list that shares it."""
        if old.view and self.shared(old.buffer, target):
            raise NotAllowed(
                f"{shown(name)} is a part of another array: NumPy would change that one too.",
                span=self.span(target),
                hint=f"Make it an array of its own: {name} = {name}.copy()."
                if isinstance(target, ast.Name)
                else "Put all indices in one pair of brackets, as x[0, 1], or copy it first.",
            )
        change = Change(old, Ref(new.index, old.buffer))
        for scope in self.scopes:
            change.in_scope(scope)
        for function in self.calls:
            change.in_scope(function.scope)
        for parts in self.held:
            change.in_list(parts, name)
        return change.new

    def shared(self, buffer: int, target: ast.expr) -> bool:
        """Returns whether anything but a name itself holds an array in that memory."""
        name = target.id if isinstance(target, ast.Name) else ""
        owner = next((scope for scope in self.scopes[-1].chain() if name in scope), None)
        queue: list[object] = [*self.scopes, *self.calls, *self.held]
        seen: set[int] = set()
        while queue:
            value = queue.pop()
            if isinstance(value, Ref) and value.buffer == buffer:
                return True
            if id(value) in seen:
                continue
            seen.add(id(value))
            if isinstance(value, Scope):
                queue.append(value.outer)
                queue.extend(v for n, v in value.items() if value is not owner or n != name)
            elif isinstance(value, Function):
                queue.extend([value.scope, *value.defaults.values()])
            elif isinstance(value, list | tuple):
                queue.extend(value)
        return False


class Change:
    """One array's new content, brought to everything that shares the array.

    Args:
        old: a node of the array before.
        new: the node after.
    """

    def __init__(self, old: Ref, new: Ref) -> None:
        self.old = old
        self.new = new
        self._seen: set[int] = set()
        self._tuples: dict[int, tuple[object, object]] = {}

    def in_scope(self, scope: Scope) -> None:
        """Changes what a scope's names stand for, and those of the scopes around it."""
        for one in scope.chain():
            if id(one) not in self._seen:
                self._seen.add(id(one))
                for name, value in one.items():
                    one[name] = self.seen_by(value, name)

    def in_list(self, entries: list[object], name: str) -> None:
        """Changes a list where it is, so that all its names see it."""
        if id(entries) not in self._seen:
            self._seen.add(id(entries))
            entries[:] = [self.seen_by(entry, name) for entry in entries]

    def seen_by(self, value: object, name: str) -> object:
        """Returns what a value is after the change."""
        if isinstance(value, Ref):
            if value.buffer != self.old.buffer:
                return value
            return Stale(name) if value.view else self.new
        if isinstance(value, list):
            self.in_list(value, name)
        elif type(value) is tuple:
            if id(value) not in self._tuples:
                changed = tuple(self.seen_by(entry, name) for entry in value)
                self._tuples[id(value)] = (value, changed)
            return self._tuples[id(value)][1]
        elif isinstance(value, Function):
            self.in_scope(value.scope)
            self.in_defaults(value)
        return value

    def in_defaults(self, function: Function) -> None:
        """Changes the arrays that a function keeps as defaults."""
        if id(function.defaults) not in self._seen:
            self._seen.add(id(function.defaults))
            for name, value in function.defaults.items():
                function.defaults[name] = self.seen_by(value, name)


def as_load(node: ast.expr) -> ast.expr:
    """Returns a target as the expression that reads it."""
    if isinstance(node, ast.Name):
        return ast.copy_location(ast.Name(node.id, ast.Load()), node)
    if isinstance(node, ast.Subscript):
        return ast.copy_location(ast.Subscript(node.value, node.slice, ast.Load()), node)
    return node
