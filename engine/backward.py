"""Values -> gradients: the tape walked from the output to the inputs. Broadcasting is undone here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.forward import in_arithmetic, unsolvable
from engine.graph import Array, Graph, Node, Shape
from engine.limits import Deadline
from engine.primitives import REGISTRY, Structure
from engine.rounding import Written, exactly

Mask = NDArray[np.bool_]
Entry = TypeVar("Entry", np.float64, np.bool_)

MOVES = (Structure.BROADCAST, Structure.PERMUTATION, Structure.SELECTION)
"""Structures of gates that only move entries: every slope is 0 or 1."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one wire carried back.

    Attributes:
        node: the gate it left.
        key: the argument it went to.
        downstream: upstream combined with the local gradient, the argument's shape.
        summed_axes: axes summed since the argument had been stretched along them.
        raw: shape before that sum.
    """

    node: int
    key: int
    downstream: Array
    summed_axes: tuple[int, ...]
    raw: Shape


@dataclass(frozen=True, slots=True)
class Gradients:
    """One backward pass.

    Attributes:
        upstream: per tape place, dL/d(value) with all contributions added, or None off the path.
        messages: in the order they were sent.
        rescued: gates where an unselected branch met an infinite slope: 0 was taken for 0 times infinity.
        cleared: (gate, argument) -> the entries of the rule's answer that were set to 0 there.
    """

    upstream: list[Array | None]
    messages: list[Message]
    rescued: list[int]
    cleared: Mapping[tuple[int, int], Mask]


def on_path(graph: Graph, wrt: Iterable[int]) -> list[bool]:
    """Returns, per tape place, whether it lies on a differentiable path from `wrt` to the output."""
    depends = [False] * len(graph.nodes)
    for place in wrt:
        depends[place] = True
    for node in graph.nodes:
        if not depends[node.index]:
            depends[node.index] = any(
                depends[a] for k, a in enumerate(node.arguments) if has_rule(node, k)
            )
    reaches = [False] * len(graph.nodes)
    reaches[graph.output] = True
    for node in reversed(graph.nodes):
        if reaches[node.index]:
            for key, argument in enumerate(node.arguments):
                if has_rule(node, key):
                    reaches[argument] = True
    return [a and b for a, b in zip(depends, reaches, strict=True)]


def has_rule(node: Node, key: int) -> bool:
    """Returns whether a gate's argument has a gradient rule."""
    if node.primitive is None:
        return False
    primitive = REGISTRY[node.primitive]
    return primitive.argument_at(key) in primitive.vjp


def backward(
    graph: Graph,
    values: Sequence[Array],
    seed: Array,
    wanted: Sequence[bool],
    deadline: Deadline,
    silent: Mask | None = None,
    written: Written = exactly,
) -> Gradients:
    """Returns what every node received and every wire carried.

    Args:
        graph: the tape.
        values: one array a node, as `forward` returned them.
        seed: dL/d(output), the shape of the output's value; 1 for a scalar loss.
        wanted: per tape place, whether its gradient is wanted; see `on_path`.
        deadline: checked between gates.
        silent: entries of the output that are not asked about; no gradient is to come from them, as from entries that
            a gate such as `where` did not choose.
        written: what each local gradient, each product and each sum becomes before it is used.
    """
    upstream: list[Array | None] = [None] * len(graph.nodes)
    upstream[graph.output] = seed
    messages: list[Message] = []
    unselected = Unselected(graph, silent)
    with np.errstate(all="ignore"):
        for node in reversed(graph.nodes):
            arriving = upstream[node.index]
            if arriving is None or not wanted[node.index]:
                continue
            for key, source in enumerate(node.arguments):
                if not wanted[source] or not has_rule(node, key):
                    continue
                product = vjp(node, key, arriving, values)
                if written is not exactly:
                    product = by_hand(node, key, arriving, values, product, written)
                raw = unselected.cleared(node, key, product, values)
                downstream, axes = unbroadcast(raw, values[source].shape)
                if axes:
                    downstream = written(downstream)
                before = upstream[source]
                upstream[source] = (
                    downstream if before is None else written(np.asarray(before + downstream))
                )  # they add
                messages.append(Message(node.index, key, downstream, axes, raw.shape))
            deadline.check()
    return Gradients(upstream, messages, unselected.rescued, unselected.rescued_entries)


def by_hand(
    node: Node,
    key: int,
    upstream: Array,
    values: Sequence[Array],
    product: Array,
    written: Written,
) -> Array:
    """Returns the product that is written: where there is one slope an entry, upstream times the slope as it is written."""
    primitive = REGISTRY[node.primitive or ""]
    if primitive.structure_of(primitive.argument_at(key)) is Structure.DIAGONAL:
        slope = vjp(node, key, np.ones(values[node.index].shape), values)
        product = np.asarray(upstream * written(np.broadcast_to(slope, product.shape)))
    return written(product)


class Unselected:
    """Entries that no gradient can come from, since a gate such as `where` did not choose what they lead to.

    Behind them an infinite slope must not turn the 0 that arrives into NaN. Only programs with such a gate are followed
    (or all, when some of the output's entries are not asked about), entry by entry through elementwise gates,
    reductions, and gates that move entries; elsewhere a NaN is a NaN.

    Args:
        graph: the tape.
        silent: entries of the output that are not asked about.

    Attributes:
        rescued: gates where that happened.
        rescued_entries: (gate, argument) -> the entries that were set to 0 there.
    """

    def __init__(self, graph: Graph, silent: Mask | None = None) -> None:
        self.rescued: list[int] = []
        self.rescued_entries: dict[tuple[int, int], Mask] = {}
        self._follows = silent is not None or any(
            n.primitive is not None and REGISTRY[n.primitive].selects for n in graph.nodes
        )
        self._entries: dict[int, Mask | None] = {} if silent is None else {graph.output: silent}

    def cleared(self, node: Node, key: int, raw: Array, values: Sequence[Array]) -> Array:
        """Returns a rule's answer with 0 at the entries that were not selected, and notes them for the source."""
        if not self._follows:
            return raw
        primitive = REGISTRY[node.primitive or ""]
        structure = primitive.structure_of(primitive.argument_at(key))
        source = node.arguments[key]
        blocked = self._entries.get(node.index)
        mask: Mask | None = None
        if structure is Structure.DIAGONAL:
            mask = None if blocked is None else np.broadcast_to(blocked, raw.shape)
            if primitive.selects:
                unchosen = vjp(node, key, np.ones(values[node.index].shape), values) == 0
                mask = unchosen if mask is None else mask | unchosen
        elif structure is Structure.REDUCTION and blocked is not None:
            mask = np.broadcast_to(kept(node, blocked, values[source]), raw.shape)
        elif (structure in MOVES or primitive.placed) and blocked is not None:
            mask = (
                vjp(node, key, (~blocked).astype(np.float64), values) == 0
            )  # no use is asked about
        elif blocked is not None and blocked.all():
            mask = np.ones(raw.shape, dtype=bool)
        if mask is not None and mask.any():
            if not np.isfinite(raw[mask]).all():
                self.rescued.append(node.index)
                self.rescued_entries[node.index, key] = mask
            raw = np.where(mask, 0.0, raw)
        self._note(source, mask, values[source].shape)
        return raw

    def _note(self, source: int, mask: Mask | None, shape: Shape) -> None:
        """Remembers the entries of a source that every one of its uses leaves unselected."""
        if mask is not None and mask.shape != shape:
            mask = mask.all(axis=stretched_axes(mask.shape, shape)).reshape(shape)
        first = source not in self._entries
        before = self._entries.get(source)
        both = mask if first or mask is None or before is None else before & mask
        self._entries[source] = both if first or before is not None else None


def vjp(node: Node, key: int, upstream: Array, values: Sequence[Array]) -> Array:
    """Returns what a gate's rule makes of an upstream, before broadcasting is undone."""
    assert node.primitive is not None
    primitive = REGISTRY[node.primitive]
    name = primitive.argument_at(key)
    arguments = in_arithmetic(primitive, [values[a] for a in node.arguments])
    out = values[node.index]
    if primitive.structure_of(name) is Structure.REDUCTION:
        upstream, out = kept(node, upstream, arguments[0]), kept(node, out, arguments[0])
    settings = dict(node.settings)
    if primitive.variadic and key >= len(primitive.arguments) - 1:
        settings["position"] = key - len(primitive.arguments) + 1
    try:
        return np.asarray(primitive.vjp[name](upstream, out, *arguments, **settings))
    except np.linalg.LinAlgError as error:
        raise unsolvable(node, error, "The gradient behind ") from error


def kept(node: Node, reduced: NDArray[Entry], argument: Array) -> NDArray[Entry]:
    """Returns a reduction's result with the reduced axes kept as size 1."""
    shape = tuple(
        1 if k in reduced_axes(node, argument.ndim) else n for k, n in enumerate(argument.shape)
    )
    return reduced.reshape(shape)


def reduced_axes(node: Node, rank: int) -> tuple[int, ...]:
    """Returns the axes a reduction sums over, counted from the front."""
    axis = node.settings.get("axis")
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(sorted(int(a) % rank for a in axes if isinstance(a, int)))


def unbroadcast(gradient: Array, shape: Shape) -> tuple[Array, tuple[int, ...]]:
    """Returns the gradient summed to `shape`, and the axes that were summed.

    An argument that NumPy stretched was copied along the new axes, and a copy's gradients add.
    Source: NumPy manual, "Broadcasting".
    """
    if gradient.shape == shape:
        return gradient, ()
    axes = stretched_axes(gradient.shape, shape)
    return gradient.sum(axis=axes).reshape(shape), axes


def stretched_axes(full: Shape, shape: Shape) -> tuple[int, ...]:
    """Returns the axes of `full` along which an array of `shape` was stretched to it."""
    extra = len(full) - len(shape)
    return tuple(k for k, n in enumerate(full) if k < extra or (shape[k - extra] == 1 and n != 1))
