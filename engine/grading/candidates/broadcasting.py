"""A stretched argument's gradient left unsummed, summed over other axes, or averaged."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from engine.backward import stretched_axes, vjp
from engine.grading.mutation import Mutation
from engine.grading.program import Point
from engine.grading.scene import Scene, along, structure_of
from engine.graph import Array, Node
from engine.primitives import Structure
from engine.primitives.shapes import show

MOST_AXES = 3
"""Of a larger rank, no other axes are tried."""


def broadcasting(scene: Scene) -> Iterator[Mutation]:
    """Yields what may go wrong where an argument was stretched."""
    for node, key in scene.wires():
        source = scene.graph.nodes[node.arguments[key]]
        if structure_of(node, key) not in (Structure.DIAGONAL, Structure.BROADCAST):
            continue
        axes = stretched_axes(node.shape, source.shape)
        if not axes or all(node.shape[a] == 1 for a in axes):
            continue
        called, made_by = scene.called(source.index), scene.called(node.index)
        small, full = scene.shown.nodes[source.index].shape, scene.shown.nodes[node.index].shape
        where = f"{called} {show(small)} was stretched to {show(full)} in {made_by}"
        summed = f"the copies' gradients add: sum over {axis_words(axes)}"

        def unsummed(p: Point, n: Node = node, k: int = key) -> Array:
            return raw(p, n, k)

        yield Mutation(
            ("broadcast-not-summed",),
            along(node, key, unsummed),
            f"Not summed: {where}, and {summed}.",
        )
        for others in wrong_axes(node.shape, axes):
            for keepdims in (False, True):

                def across(
                    p: Point,
                    n: Node = node,
                    k: int = key,
                    o: tuple[int, ...] = others,
                    d: bool = keepdims,
                ) -> Array:
                    return np.asarray(raw(p, n, k).sum(axis=o, keepdims=d))

                yield Mutation(
                    ("broadcast-wrong-axis",),
                    along(node, key, across),
                    f"Summed over {axis_words(others)}: {where}, and {summed}.",
                )

        def averaged(p: Point, n: Node = node, k: int = key) -> Array:
            shape = p.values[n.arguments[k]].shape
            full = raw(p, n, k)
            return np.asarray(full.mean(axis=stretched_axes(full.shape, shape)).reshape(shape))

        yield Mutation(
            ("broadcast-averaged",), along(node, key, averaged), f"Averaged: {where}, and {summed}."
        )


def raw(point: Point, node: Node, key: int) -> Array:
    """Returns what a rule makes before the sum over the stretched axes, in the output's shape."""
    upstream = point.gradient(node.index)
    if structure_of(node, key) is Structure.BROADCAST:
        return upstream
    with np.errstate(all="ignore"):
        return np.broadcast_to(vjp(node, key, upstream, point.values), node.shape)


def wrong_axes(shape: tuple[int, ...], right: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yields the sets of axes that are not the right one."""
    if len(shape) > MOST_AXES:
        return
    for count in range(1, len(shape) + 1):
        yield from (axes for axes in combinations(range(len(shape)), count) if axes != right)


def axis_words(axes: tuple[int, ...]) -> str:
    """Returns axes as words."""
    return f"axis {axes[0]}" if len(axes) == 1 else f"axes {axes}"
