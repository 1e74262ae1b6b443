"""Named factors, constants and signs: the n of a power, 1/n of a mean, a written constant, a minus."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.backward import kept, unbroadcast, vjp
from engine.grading.candidates.chain import swaps
from engine.grading.mutation import Mutation
from engine.grading.program import Made, Point
from engine.grading.regions import Region, elementwise
from engine.grading.scene import Scene, along, structure_of
from engine.graph import Array, Node
from engine.numbers import say_number
from engine.primitives import Structure

LEAST_DEGREE = 1.25
"""A root is not called a power: what its slope loses is told as a constant."""


def constants(scene: Scene) -> Iterator[Mutation]:
    """Yields lost and changed factors, at every gate between."""
    for region in scene.regions:
        yield from power(scene, region)
    for node, key in scene.wires():
        yield from mean(scene, node, key)
    for node, key in scene.along(Structure.DIAGONAL):
        yield from factor(scene, node, key)
    for node, key in scene.wires():
        if not scene.on_every_path(node, key):
            yield from scaled(scene, node, key)


def power(scene: Scene, region: Region) -> Iterator[Mutation]:
    """Yields the slope of a power without its exponent."""
    degrees = []
    for point in scene.points:
        slope, x, out = region.slope(point), point.values[region.base], point.values[region.top]
        with np.errstate(all="ignore"):
            degrees.append(None if slope is None else slope * x / out)
    first = degrees[0]
    if first is None or not first.size:
        return
    degree = float(first.flat[0])
    plain = not np.isfinite(degree) or abs(degree) < LEAST_DEGREE
    if plain or any(d is None or not np.allclose(d, degree, rtol=1e-9) for d in degrees):
        return

    def made(point: Point) -> Array | None:
        slope = region.slope(point)
        return None if slope is None else np.asarray(point.gradient(region.top) * slope / degree)

    yield Mutation(
        ("missing-power-factor",),
        region.changes(made),
        f"The exponent {say_number(degree)} of {scene.called(region.top)} is missing as a factor: "
        "the slope of x**n is n * x**(n - 1).",
    )


def mean(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields the mean as a sum."""
    if structure_of(node, key) is not Structure.REDUCTION:
        return
    counts = []
    for point in scene.points:
        slopes = vjp(node, key, np.ones(node.shape), point.values)
        counts.append(None if not np.all(slopes == slopes.flat[0]) else float(slopes.flat[0]))
    count = counts[0]
    if count is None or len(set(counts)) > 1 or not 0 < count < 1:
        return

    def made(point: Point) -> Array:
        argument = point.values[node.arguments[key]]
        return np.broadcast_to(kept(node, point.gradient(node.index), argument), argument.shape)

    yield Mutation(
        ("missing-1-over-n",),
        along(node, key, made),
        f"{scene.called(node.index)} is a mean of {round(1 / count)}: each entry receives 1/{round(1 / count)} "
        "of the upstream.",
    )


def factor(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields a constant factor, or a single number's, left out or turned upside down."""
    slope = scene.constant_slope(node, key)
    source = scene.graph.nodes[node.arguments[key]]
    others = [a for k, a in enumerate(node.arguments) if k != key]
    single = bool(others) and all(scene.graph.nodes[a].shape == () for a in others)
    even = all(np.unique(point.slope(node, key)).size == 1 for point in scene.points)
    by_number = single and even and scene.graph.nodes[scene.place].shape != ()
    if slope is None and not by_number:
        return
    for place in factors(scene, others[0]) if slope is None else ():
        yield Mutation(
            ("missing-constant",),
            along(node, key, without(node, key, place)),
            f"{scene.called(place)} is missing: {scene.called(node.index)} is multiplied by it.",
        )
    if slope in (0.0, 1.0):
        return
    into = scene.called(node.index)
    if slope == -1.0:
        yield Mutation(
            ("sign-error",),
            along(node, key, lambda p: p.gradient(node.index)),
            f"A minus is missing: {scene.called(source.index)} enters {into} with a minus.",
        )
        return
    size = round(1 / slope) if slope else 0
    mean_of = (
        slope is not None and size > 1 and np.isclose(slope * size, 1) and size in sizes(scene)
    )
    code = "missing-1-over-n" if mean_of else "missing-constant"
    words = f"1/{size}" if mean_of else "its constant factor"
    hint = (
        f"{into} has {words}: the gradient of {scene.called(source.index)} is multiplied by it too."
    )
    yield Mutation((code,), along(node, key, lambda p: p.gradient(node.index)), hint)
    yield Mutation(
        ("missing-constant",),
        along(node, key, lambda p: np.asarray(p.gradient(node.index) / p.slope(node, key))),
        f"The constant factor of {into} is turned upside down.",
    )


def factors(scene: Scene, place: int) -> list[int]:
    """Returns the numbers that a number is the product of."""
    node = scene.graph.nodes[place]
    if len(node.arguments) == 2 and node.from_input and elementwise(node) and swaps(scene, node):
        return [place, *(f for a in node.arguments for f in factors(scene, a))]
    return [place]


def without(node: Node, key: int, place: int) -> Made:
    """Returns what a wire carries without one factor of its slope."""

    def made(point: Point) -> Array:
        slope = point.slope(node, key) / float(point.values[place])
        shape = point.values[node.arguments[key]].shape
        return unbroadcast(np.asarray(point.gradient(node.index) * slope), shape)[0]

    return made


def scaled(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields one wire's message with the wrong sign, doubled or halved: where paths meet, one of them alone is wrong."""
    source = scene.called(node.arguments[key])
    into = scene.called(node.index)

    for number, codes, words in (
        (-1.0, ("sign-error",), "has the wrong sign"),
        (2.0, ("missing-constant",), "is twice what it should be"),
        (0.5, ("missing-constant",), "is half of what it should be"),
    ):

        def made(point: Point, number: float = number) -> Array | None:
            message = point.arrived.get(node.arguments[key], {}).get((node.index, key))
            return None if message is None else number * message

        yield Mutation(
            codes, along(node, key, made), f"What {source} receives from {into} {words}."
        )


def sizes(scene: Scene) -> set[int]:
    """Returns the lengths of axes, and the counts of entries, that a mean may be of."""
    return {n for node in scene.graph.nodes for n in (*node.shape, int(np.prod(node.shape)))}
