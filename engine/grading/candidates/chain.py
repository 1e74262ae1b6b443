"""The chain rule half done: the local gradient alone, the upstream alone, slopes added, the own value for the other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.backward import unbroadcast
from engine.grading.mutation import Mutation
from engine.grading.program import Point
from engine.grading.regions import Region, only_switches
from engine.grading.scene import Scene, along, constant, instead
from engine.graph import Array, Node
from engine.primitives import Structure


def chains(scene: Scene) -> Iterator[Mutation]:
    """Yields what the chain rule half done makes."""
    yield from without_upstream(scene)
    for region in scene.regions:
        yield from of_region(scene, region)
    for node, key in scene.along(Structure.DIAGONAL):
        if sum(scene.graph.nodes[a].from_input for a in node.arguments) > 1:
            yield from of_two(scene, node, key)
    for node, key in scene.along(Structure.MATMUL):
        yield from of_product(scene, node, key)
    for node, key in scene.along(Structure.DENSE):
        yield upstream_alone(scene, node, key)
    yield from added_up(scene)


def without_upstream(scene: Scene) -> Iterator[Mutation]:
    """Yields the backward pass begun anew with ones at any node between."""
    for node in scene.nodes():
        upstream = scene.point.upstream[node.index]
        if node.index in (scene.graph.output, scene.place) or upstream is None:
            continue
        if uniform(scene, node.index):
            continue  # a lost constant, told as one
        name = scene.gradient_of(node.index)
        hint = f"This is the local gradient alone: multiply it by the upstream {name}."
        changes = instead(scene.point, node.index, constant(np.ones(node.shape)))
        yield Mutation(("local-not-multiplied",), changes, hint)


def uniform(scene: Scene, place: int) -> bool:
    """Returns whether an upstream is one number in every entry, whatever the inputs."""
    arrived = [np.unique(point.gradient(place)) for point in scene.points]
    return all(a.size == 1 and np.isclose(a[0], arrived[0][0]) for a in arrived)


def of_region(scene: Scene, region: Region) -> Iterator[Mutation]:
    """Yields upstream alone, local alone, and their sum, for an elementwise function of one value."""
    if not scene.curved(region):
        return
    into = scene.called(region.top)
    base = scene.called(region.base)

    def upstream(point: Point) -> Array:
        return point.gradient(region.top)

    def summed(point: Point) -> Array | None:
        slope = region.slope(point)
        return None if slope is None else np.asarray(point.gradient(region.top) + slope)

    yield Mutation(
        ("upstream-not-multiplied",),
        region.changes(upstream),
        f"This is the upstream {scene.gradient_of(region.top)} alone: multiply it by the local gradient of "
        f"{into}, its slope with respect to {base}.",
    )
    yield Mutation(
        ("slopes-added",),
        region.changes(summed),
        f"Upstream and local gradient of {into} are added; slopes along a path multiply.",
    )


def of_two(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields the same for an elementwise gate of several values, and the own value for the other factor."""
    slope = scene.point.slope(node, key)
    if scene.constant_slope(node, key) is not None or only_switches(slope):
        return
    upstream_name, into = scene.gradient_of(node.index), scene.called(node.index)
    source = node.arguments[key]
    shape = scene.graph.nodes[source].shape

    def upstream(point: Point) -> Array:
        return unbroadcast(point.gradient(node.index), shape)[0]

    def local(point: Point) -> Array:
        return unbroadcast(point.slope(node, key), shape)[0]

    def summed(point: Point) -> Array:
        return np.asarray(point.gradient(node.index) + point.slope(node, key))

    others = [a for k, a in enumerate(node.arguments) if k != key]
    single = any(scene.graph.nodes[a].shape == () for a in others)
    scaled = single and scene.graph.nodes[scene.place].shape != ()
    if not scaled:  # a lost factor is told as a constant
        yield Mutation(
            ("upstream-not-multiplied",),
            along(node, key, upstream),
            f"This is the upstream {upstream_name} alone: multiply it by the local gradient of {into}.",
        )
    if not uniform(scene, node.index):
        yield Mutation(
            ("local-not-multiplied",),
            along(node, key, local),
            f"This is the local gradient of {into} alone: multiply it by the upstream {upstream_name}.",
        )
    if shape == node.shape:
        yield Mutation(
            ("slopes-added",),
            along(node, key, summed),
            f"Upstream and local gradient of {into} are added; slopes along a path multiply.",
        )
    if len(others) == 1 and swaps(scene, node):
        own = scene.called(source)

        def unswapped(point: Point) -> Array | None:
            own = np.broadcast_to(point.values[source], node.shape)
            return unbroadcast(point.gradient(node.index) * own, shape)[0]

        yield Mutation(
            ("mul-not-swapped",),
            along(node, key, unswapped),
            f"A product swaps: {own} receives the upstream times {scene.called(others[0])}, "
            "the other factor, not its own value.",
        )


def upstream_alone(scene: Scene, node: Node, key: int) -> Mutation:
    """Returns the upstream handed on as it is."""
    return Mutation(
        ("upstream-not-multiplied",),
        along(node, key, lambda point: point.gradient(node.index)),
        f"This is the upstream {scene.gradient_of(node.index)} alone: multiply it by the local gradient of "
        f"{scene.called(node.index)} with respect to {scene.called(node.arguments[key])}.",
    )


def of_product(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields upstream or the other factor alone, and the own factor for the other, at a matrix product."""
    other, own = node.arguments[1 - key], node.arguments[key]
    upstream_name, name = scene.gradient_of(node.index), scene.called(other)
    yield upstream_alone(scene, node, key)
    for turn in (False, True):

        def local(point: Point, turn: bool = turn) -> Array:
            return point.values[other].T if turn else point.values[other]

        yield Mutation(
            ("local-not-multiplied",),
            along(node, key, local),
            f"This is the factor {name} alone: multiply it by the upstream {upstream_name}.",
        )

    def unswapped(point: Point) -> Array | None:
        upstream, factor = point.gradient(node.index), point.values[own]
        try:
            if upstream.ndim < 2 or factor.ndim < 2:
                return np.asarray(upstream * factor)
            turned = np.swapaxes(factor, -1, -2)
            return np.asarray(upstream @ turned if key == 0 else turned @ upstream)
        except ValueError:
            return None

    yield Mutation(
        ("mul-not-swapped",),
        along(node, key, unswapped),
        f"A product swaps: {scene.called(own)} receives the upstream times {name}, not its own value.",
    )


def added_up(scene: Scene) -> Iterator[Mutation]:
    """Yields the sum of all local slopes along the one path from the output to the asked node."""
    path = list(scene.wires())
    nodes = scene.graph.nodes
    straight = len(path) > 1 and all(
        len([w for w in path if w[0].arguments[w[1]] == n.index]) == 1
        for n in scene.nodes()
        if n.index != scene.graph.output
    )
    shape = nodes[scene.place].shape
    if not straight or any(n.shape != shape for n, _ in path):
        return

    def made(point: Point) -> Array:
        return np.asarray(sum(point.slope(n, k) for n, k in path))

    yield Mutation(
        ("slopes-added",),
        instead(scene.point, scene.place, made),
        "The slopes along the path are added; slopes multiply.",
    )


def swaps(scene: Scene, node: Node) -> bool:
    """Returns whether a gate multiplies its two arguments: the slope of each is the other."""
    x, y = (scene.point.values[a] for a in node.arguments)
    slopes = scene.point.slope(node, 0), scene.point.slope(node, 1)
    return bool(np.array_equal(slopes[0], np.broadcast_to(y, node.shape))) and bool(
        np.array_equal(slopes[1], np.broadcast_to(x, node.shape))
    )
