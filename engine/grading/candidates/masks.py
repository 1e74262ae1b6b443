"""Gates that switch: a mask left out, taken from another's sign, a clip as identity, both branches of a max served."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine.backward import kept, vjp
from engine.grading.mutation import Mutation
from engine.grading.program import Point
from engine.grading.regions import Region, only_switches, switches
from engine.grading.scene import Scene, along, values_of
from engine.graph import Array, Node
from engine.primitives import REGISTRY, Structure


def masks(scene: Scene) -> Iterator[Mutation]:
    """Yields what may go wrong at gates that switch."""
    for region in scene.regions:
        slope = region.slope(scene.point)
        if slope is not None and switches(region, scene.points, slope):
            yield from of_mask(scene, region, slope)
    for node, key in scene.along(Structure.DIAGONAL):
        moving = [a for a in node.arguments if scene.graph.nodes[a].from_input]
        chooses = REGISTRY[node.primitive or ""].selects and len(moving) > 1
        if chooses and only_switches(scene.point.slope(node, key)):
            yield from of_choice(scene, node, key)
    for node, key in scene.along(Structure.REDUCTION):
        ones = np.ones(node.shape)
        slopes = vjp(node, key, ones, scene.point.values)
        shape = scene.graph.nodes[node.arguments[key]].shape
        if REGISTRY[node.primitive or ""].kink is not None and np.isin(slopes, (0, 1)).all():
            yield routed_to_all(scene, node, key, shape)


def of_mask(scene: Scene, region: Region, slope: Array) -> Iterator[Mutation]:
    """Yields a missing mask and one of another's sign."""
    top, base = scene.called(region.top), scene.called(region.base)
    upstream = scene.gradient_of(region.top)
    x, out = scene.point.values[region.base], scene.point.values[region.top]
    relu = np.allclose(out, x * slope)
    missing = "relu-mask-missing" if relu else "clip-mask-missing"
    turned = "relu-mask-wrong-variable" if relu else "clip-mask-missing"
    look = f"{upstream} passes only where {base} is {'positive' if relu else 'within the bounds'}"

    def unmasked(point: Point) -> Array:
        return point.gradient(region.top)

    words = f"The mask of {top} is missing: {look}, elsewhere the slope is 0."
    yield Mutation((missing,), region.changes(unmasked), words)

    def inverted(point: Point) -> Array | None:
        found = region.slope(point)
        return None if found is None else np.asarray(point.gradient(region.top) * (1 - found))

    words = f"The mask of {top} is turned round: {look}."
    yield Mutation((turned,), region.changes(inverted), words)
    if relu:
        yield from of_another_sign(scene, region, look)


def of_another_sign(scene: Scene, region: Region, look: str) -> Iterator[Mutation]:
    """Yields masks taken from another value, and values in the place of a mask."""
    codes = ("relu-mask-wrong-variable",)
    top, base = scene.called(region.top), scene.called(region.base)
    upstream = scene.gradient_of(region.top)
    own = [(top, region.top, False), (base, region.base, False), (upstream, region.top, True)]
    for name, place, gradient in [*own, *scene.contenders]:

        def signed(point: Point, place: int = place, gradient: bool = gradient) -> Array:
            other = values_of(point, place, gradient)
            return np.asarray(point.gradient(region.top) * (other > 0))

        def valued(point: Point, place: int = place, gradient: bool = gradient) -> Array:
            return np.asarray(point.gradient(region.top) * values_of(point, place, gradient))

        if gradient or place not in (region.top, region.base):
            words = f"The mask is taken from the sign of {name}; take it from {base}: {look}."
            yield Mutation(codes, region.changes(signed), words)
        if not gradient:
            words = f"The upstream is multiplied by {name} itself; the slope is 1 or 0: {look}."
            yield Mutation(codes, region.changes(valued), words)


def of_choice(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields a branch served though it was not chosen."""
    top = scene.called(node.index)
    look = f"{top} is one of its arguments, and only the chosen one receives the upstream"

    def both(point: Point) -> Array:
        return point.gradient(node.index)

    def loser(point: Point) -> Array:
        return np.asarray(point.gradient(node.index) * (1 - point.slope(node, key)))

    yield Mutation(("max-not-routed",), along(node, key, both), f"Both are served: {look}.")
    yield Mutation(
        ("max-not-routed",), along(node, key, loser), f"The wrong one is served: {look}."
    )


def routed_to_all(scene: Scene, node: Node, key: int, shape: tuple[int, ...]) -> Mutation:
    """Returns the upstream of a largest entry handed to every entry."""

    def made(point: Point) -> Array:
        argument = point.values[node.arguments[key]]
        return np.broadcast_to(kept(node, point.gradient(node.index), argument), shape)

    return Mutation(
        ("max-not-routed",),
        along(node, key, made),
        f"All entries are served: {scene.called(node.index)} is one entry of "
        f"{scene.called(node.arguments[key])}, and only that one receives the upstream.",
    )
