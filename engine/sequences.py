"""Lists and turns: what `for` runs over, comprehensions, and lists that grow, with Python's own sharing.

A program's list is a Python list here too, so that two names for one list see the same changes. Where an array in it is
changed in place, the list is changed in place with it (`engine.assignment`).
"""

from __future__ import annotations

import ast
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeGuard

from engine.assume import Restart
from engine.errors import BadCall, NotAllowed, ShapeMismatch
from engine.graph import Kind
from engine.indexing import Indexing
from engine.language import LIST_METHODS, nearest, shown
from engine.primitives.composition import Fields
from engine.scopes import Scope, Stale
from engine.tape import Ref, nested, stale

RUNS = ("enumerate", "zip", "reversed")
"""Python's words for what a loop runs over; `range` makes a list anywhere."""


class Sequences(Indexing):
    """Evaluates lists, and what loops and comprehensions run over."""

    scopes: list[Scope]
    modules: dict[str, int]
    held: list[list[object]]
    written_out: dict[str, ast.expr]

    @abstractmethod
    def assign_turn(self, target: ast.expr, value: object) -> None:
        """Binds what a loop calls its turn."""

    @abstractmethod
    def count_work(self, node: ast.AST) -> None:
        """Counts a statement or a call against the limits."""

    def values(self, nodes: Iterable[ast.expr]) -> list[object]:
        """Returns what expressions stand for, in order; an array that a later one changes is changed here too."""
        parts: list[object] = []
        self.held.append(parts)
        for node in nodes:
            parts.append(self.value(node))
        self.held.pop()
        return parts

    def truth(self, node: ast.expr) -> bool:
        """Returns whether a condition holds that is known before the program runs."""
        return self.holds(self.value(node), node)

    def holds(self, value: object, node: ast.expr) -> bool:
        """Returns whether a value counts as true.

        A condition on labels alone makes them plain numbers, as a size does: the branch they choose is part of the
        circuit.
        """
        if not isinstance(value, Ref):
            return bool(value)
        names = self.sources(value)
        if not names:
            known = self.evaluated(value)
            if known.size != 1:
                raise ShapeMismatch(
                    f"A condition is one truth value; this has {known.size}.",
                    span=self.span(node),
                    hint="Use np.where(condition, a, b).",
                )
            return bool(known.reshape(())[()])
        if names <= set(self.knowledge.labels):
            self.knowledge.static |= names
            raise Restart
        free = sorted(names - set(self.knowledge.labels))[0]
        raise NotAllowed(
            f"The condition depends on the input {shown(free)}, so the branch is known only when the program runs.",
            span=self.span(node),
            hint="Use np.where(condition, a, b).",
        )

    # ---------- what a loop runs over ----------

    def turns_over(self, target: ast.expr, run: ast.expr) -> Iterator[object]:
        """Runs over an iterable: binds the target for each turn, inside a module of its own, and yields the turn."""
        self.modules["for"] = count = self.modules.get("for", 0) + 1
        outer = self.module
        for place, item in enumerate(self.iterator(run)):
            self.count_work(target)
            if isinstance(item, Stale):
                raise stale(item.name, self.span(run))
            name, number = turn_name(target, item, place)
            self.module = (*outer, f"{name}={number}#{count}")
            self.assign_turn(target, item)
            yield item
        self.module = outer

    def iterator(self, node: ast.expr) -> Iterator[object]:
        """Returns Python's iterator over what an expression stands for; a list that changes meanwhile is seen to."""
        call = node if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        name = call.func.id if call is not None and isinstance(call.func, ast.Name) else ""
        if call is None or name not in RUNS or self.is_bound(name):
            return self.entries(self.value(node), node)
        self.count_work(node)
        starts = [k for k in call.keywords if k.arg == "start"] if name == "enumerate" else []
        counts = {"enumerate": (1, 2 - len(starts)), "zip": (1, 99), "reversed": (1, 1)}[name]
        if len(call.keywords) > len(starts) or not counts[0] <= len(call.args) <= counts[1]:
            form = {"enumerate": "enumerate(x)", "zip": "zip(x, y)", "reversed": "reversed(x)"}
            raise BadCall(
                f"{name} cannot be read with these arguments.",
                span=self.span(node),
                hint=f"Write {form[name]}.",
            )
        if name == "enumerate":
            first = [*call.args[1:], *(k.value for k in starts)]
            start = self.whole_number(first[0]) if first else 0
            return (tuple(pair) for pair in enumerate(self.iterator(call.args[0]), start))
        if name == "zip":
            return self.zipped(call.args)
        value = self.value(call.args[0])
        backward: Sequence[object] = value if isinstance(value, list | tuple) else ()
        return reversed(backward) if backward else reversed(list(self.entries(value, node)))

    def zipped(self, nodes: Sequence[ast.expr]) -> Iterator[object]:
        """Returns Python's zip; arrays of assumed lengths are made equally long."""
        nested = [isinstance(node, ast.Call) for node in nodes]
        values = [None if n else self.value(node) for n, node in zip(nested, nodes, strict=True)]
        sizes = [
            self.drafts[v.index].shape[0]
            for v in values
            if isinstance(v, Ref) and self.drafts[v.index].shape
        ]
        for size in sizes[1:]:
            if size != sizes[0] and self.knowledge.equate(sizes[0], size):
                raise Restart
        iterators = [
            self.iterator(node) if n else self.entries(value, node)
            for n, node, value in zip(nested, nodes, values, strict=True)
        ]
        return zip(*iterators, strict=False)  # as Python does: the shortest ends it

    def entries(self, value: object, node: ast.expr) -> Iterator[object]:
        """Returns the entries of a list or a tuple, or the rows of an array."""
        if isinstance(value, list | tuple):
            return self.listed(value, node)
        if isinstance(value, Ref):
            if not self.drafts[value.index].shape:
                self.need_rank(value, 1)
            if self.drafts[value.index].shape:
                return self.rows(value, node)
        raise NotAllowed(
            "A loop runs over range(...), a list or the rows of an array only.",
            span=self.span(node),
            hint="Use for i in range(n).",
        )

    def listed(self, value: Sequence[object], node: ast.expr) -> Iterator[object]:
        """Yields the entries of a list that may change meanwhile, but not in length: it might never end."""
        count = len(value)
        for entry in value:
            yield entry
            if len(value) != count:
                raise NotAllowed(
                    "The loop changes the length of the list that it runs over.",
                    span=self.span(node),
                    hint="Put the new entries into another list.",
                )

    def rows(self, ref: Ref, node: ast.expr) -> Iterator[object]:
        """Yields the rows of an array, each a view as in NumPy."""
        count = self.drafts[ref.index].shape[0]
        self.limits.check("gates", count, "the loop has {found} turns", span=self.span(node))
        for i in range(count):
            yield self.entry(ref, (i,), self.span(node))

    def is_bound(self, name: str) -> bool:
        """Returns whether the program or its inputs bind a name."""
        return name in self.given or any(name in scope for scope in self.scopes[-1].chain())

    # ---------- comprehensions ----------

    def comprehension(self, node: ast.ListComp | ast.GeneratorExp) -> list[object]:
        """Returns the list that a comprehension makes; its names stay inside it."""
        made: list[object] = []
        self.held.append(made)
        self.scopes.append(Scope(self.scopes[-1]))
        self.collect(node.generators, node.elt, made)
        self.scopes.pop()
        self.held.pop()
        return made

    def collect(
        self, generators: Sequence[ast.comprehension], element: ast.expr, made: list[object]
    ) -> None:
        """Appends an element for every turn of nested `for`s whose `if`s hold."""
        first, *rest = generators
        for _ in self.turns_over(first.target, first.iter):
            if not all(self.truth(test) for test in first.ifs):
                continue
            if rest:
                self.collect(rest, element, made)
            else:
                made.append(self.value(element))

    # ---------- lists ----------

    def list_method(self, base: list[object], name: str, node: ast.Call) -> object:
        """Carries out hs.append(h) and its like, for every name of the list."""
        if name not in LIST_METHODS:
            close = nearest(name, LIST_METHODS)
            raise NotAllowed(
                f"The method {shown(name)} of a list is not in the language.",
                span=self.span(node),
                hint=f"Did you mean .{close}?" if close else "Make it an array with np.array(...).",
            )
        values = self.values(node.args)
        if node.keywords or len(values) not in LIST_METHODS[name]:
            raise BadCall(
                f".{name} takes {' or '.join(map(str, LIST_METHODS[name]))} arguments.",
                span=self.span(node),
                hint="Such as hs.append(h).",
            )
        if name == "append":
            base.append(self.kept_in(base, values[0], node))
        elif name == "extend":
            base.extend(
                [self.kept_in(base, v, node) for v in self.entries(values[0], node.args[0])]
            )
        elif name == "insert":
            base.insert(self.whole_number(node.args[0]), self.kept_in(base, values[1], node))
        elif name == "pop":
            last = self.whole_number(node.args[0]) if values else -1
            return base.pop(self.position(base, last, node))
        elif name == "reverse":
            base.reverse()
        else:
            return list(base)
        return None

    def kept_in(self, base: list[object], value: object, node: ast.AST) -> object:
        """Returns a value that may be put into a list: not the list itself, not beyond the limits."""
        self.check_length(len(base) + 1, node)
        if any(entry is base for entry in nested(value)):
            raise NotAllowed(
                "A list cannot hold itself.", span=self.span(node), hint="Put a copy into it."
            )
        return value

    def check_length(self, count: int, node: ast.AST) -> None:
        """Checks the length of a list against the limits."""
        self.limits.check("gates", count, "the list has {found} entries", span=self.span(node))

    def joined(
        self, kind: type[ast.operator], left: object, right: object, node: ast.AST
    ) -> list[object] | tuple[object, ...] | None:
        """Returns what + and * make of lists and tuples in Python, or None where no list is concerned."""
        if isinstance(left, Fields) or isinstance(right, Fields):
            return None
        if kind is ast.Add and isinstance(left, list | tuple) and isinstance(right, list | tuple):
            self.check_length(len(left) + len(right), node)
            if isinstance(left, list) and isinstance(right, list):
                return [*left, *right]
            if isinstance(left, tuple) and isinstance(right, tuple):
                return (*left, *right)
        if kind is ast.Mult and isinstance(right, list | tuple):
            left, right = right, left
        if kind is ast.Mult and isinstance(left, list | tuple) and is_count(right):
            times = max(0, right)
            self.check_length(len(left) * times, node)
            return left * times
        values = (left, right)
        lists = [isinstance(v, list | tuple) for v in values]
        numbers = [isinstance(v, int | float) for v in values]
        other = all(lists) or (any(lists) and any(numbers))
        if other or (kind is ast.Add and any(lists) and any(map(self.is_list, values))):
            raise NotAllowed(
                "Lists are not arrays: + joins them and * repeats them.",
                span=self.span(node),
                hint="Wrap them in np.array(...).",
            )
        return None

    def is_list(self, value: object) -> bool:
        """Returns whether a value is an input that the program writes out as a list: an array here, a list in Python."""
        draft = self.drafts[value.index] if isinstance(value, Ref) else None
        if draft is None or draft.kind is not Kind.INPUT or draft.name is None:
            return False
        return isinstance(self.written_out.get(draft.name), ast.List)


def is_count(value: object) -> TypeGuard[int]:
    """Returns whether a value is a whole number."""
    return isinstance(value, int) and not isinstance(value, bool)


def turn_name(target: ast.expr, item: object, place: int) -> tuple[str, int]:
    """Returns what a turn is called: the loop's first name, with its number or else the turn's place."""
    while isinstance(target, ast.Tuple | ast.List) and target.elts:
        item = item[0] if isinstance(item, list | tuple) and item else None
        target = target.elts[0]
    name = target.id if isinstance(target, ast.Name) else "turn"
    return name, int(item) if isinstance(item, int) else place
