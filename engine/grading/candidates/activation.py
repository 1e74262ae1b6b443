"""An activation's slope at the wrong place: at the preactivation, at its own output, of another variable."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.backward import vjp
from engine.errors import EngineError
from engine.grading.mutation import Mutation
from engine.grading.program import Point
from engine.grading.regions import Region
from engine.grading.scene import Scene, along, values_of
from engine.graph import Array, Node
from engine.primitives import Structure

MOST_OTHERS = 12
SHORT = 12
"""Letters of a name that a formula repeats."""


@dataclass(frozen=True, slots=True)
class Family:
    """Functions whose slope is a formula of their own value.

    Attributes:
        formula: value -> slope.
        written: the formula, with {h} for the value.
        parts: its factors alone, each with how it is written.
    """

    formula: Callable[[Array], Array]
    written: str
    parts: tuple[tuple[Callable[[Array], Array], str], ...] = ()


FAMILIES = (
    Family(
        lambda h: h * (1 - h),
        "{h} * (1 - {h})",
        ((lambda h: h, "{h}"), (lambda h: 1 - h, "1 - {h}")),
    ),
    Family(lambda h: 1 - h * h, "1 - {h}**2"),
    Family(lambda h: h, "{h}"),
)
"""Sigmoid, tanh, exp: told by their slopes, so that one written out is known too."""


def activations(scene: Scene) -> Iterator[Mutation]:
    """Yields slopes at the wrong place, for every elementwise function of one value; and other values in a product."""
    yield from other_variables(scene)
    for region in scene.regions:
        slope = region.slope(scene.point)
        if slope is None or not scene.curved(region):
            continue
        if len(region.gates) == 1 and region.gates[0].arguments.count(region.base) == 1:
            yield from rule_at_preactivation(scene, region)
        yield from elsewhere(scene, region)
        out = scene.point.values[region.top]
        for family in FAMILIES:
            with np.errstate(all="ignore"):
                fits = np.allclose(family.formula(out), slope, rtol=1e-9, atol=1e-12)
            if fits:
                yield from of_family(scene, region, family)
                break


def other_variables(scene: Scene) -> Iterator[Mutation]:
    """Yields another value of the same shape in the place of the other factor of a product, such as z for h."""
    for node, key in scene.along(Structure.MATMUL):
        other = node.arguments[1 - key]
        shape = scene.graph.nodes[other].shape
        inputs = scene.graph.nodes[other].arguments
        for name, place, gradient in scene.contenders[:MOST_OTHERS]:
            if gradient or place == other or scene.graph.nodes[place].shape != shape:
                continue

            def made(point: Point, n: Node = node, k: int = key, p: int = place) -> Array | None:
                values = list(point.values)
                values[n.arguments[1 - k]] = values_of(point, p, False)
                return vjp(n, k, point.gradient(n.index), values)

            before_it = place in inputs
            yield Mutation(
                (f"activation-slope-{'at-preactivation' if before_it else 'wrong-variable'}",),
                along(node, key, made),
                f"{name} stands where {scene.called(other)} belongs: that is what {scene.called(node.index)} "
                "is made with.",
            )


def of_family(scene: Scene, region: Region, family: Family) -> Iterator[Mutation]:
    """Yields the formula with something else for the function's value, and its factors alone."""
    top, base = scene.called(region.top), scene.called(region.base)
    short = top if len(top) <= SHORT else "s"
    right = family.written.format(h=short) + ("" if short == top else f" with s = {top}")
    for part, written in family.parts:

        def factor(point: Point, part: Callable[[Array], Array] = part) -> Array:
            return np.asarray(point.gradient(region.top) * part(point.values[region.top]))

        yield Mutation(
            ("sigmoid-derivative",),
            region.changes(factor),
            f"The slope here is {written.format(h=short)} alone; the slope of a sigmoid is {right}.",
        )
    for name, place, gradient in scene.contenders[: 2 * MOST_OTHERS]:
        if place == region.top and not gradient:
            continue

        def made(point: Point, place: int = place, gradient: bool = gradient) -> Array:
            other = values_of(point, place, gradient)
            return np.asarray(point.gradient(region.top) * family.formula(other))

        before = place == region.base and not gradient
        yield Mutation(
            (f"activation-slope-{'at-preactivation' if before else 'wrong-variable'}",),
            region.changes(made),
            f"The slope is taken as {family.written.format(h=name)}; the formula {right} is of "
            f"{top}, what comes out of the function, not of {name}.",
        )
    if scene.graph.nodes[region.base].name is None:

        def at_base(point: Point) -> Array:
            x = point.values[region.base]
            return np.asarray(point.gradient(region.top) * family.formula(x))

        yield Mutation(
            ("activation-slope-at-preactivation",),
            region.changes(at_base),
            f"The slope's formula {right} is of {top}, what comes out of the function, not of {base}.",
        )


def rule_at_preactivation(scene: Scene, region: Region) -> Iterator[Mutation]:
    """Yields a gate's own rule with what goes in where it reads what comes out."""
    gate = region.gates[0]
    key = gate.arguments.index(region.base)

    def made(point: Point) -> Array | None:
        values = list(point.values)
        values[gate.index] = point.values[region.base]
        try:
            with np.errstate(all="ignore"):
                return vjp(gate, key, point.gradient(gate.index), values)
        except (ArithmeticError, ValueError, EngineError):
            return None

    top, base = scene.called(region.top), scene.called(region.base)
    yield Mutation(
        ("activation-slope-at-preactivation",),
        region.changes(made),
        f"{base} stands where {top} belongs: this slope is a formula of what comes out of the function.",
    )


def elsewhere(scene: Scene, region: Region) -> Iterator[Mutation]:
    """Yields f' at another value than the one that goes into f."""
    top, base = scene.called(region.top), scene.called(region.base)
    shape = scene.graph.nodes[region.base].shape
    origins = before(scene, region.base)
    for name, place, gradient in places(scene, region):
        if scene.graph.nodes[place].shape != shape:
            continue

        def made(point: Point, place: int = place, gradient: bool = gradient) -> Array | None:
            slope = region.slope(point, values_of(point, place, gradient))
            return None if slope is None else np.asarray(point.gradient(region.top) * slope)

        free = place not in origins or activated(scene, region, place)
        layered = not gradient and place != region.top and free
        code = "activation-slope-wrong-variable" if layered else "evaluated-at-wrong-point"
        yield Mutation(
            (code,),
            region.changes(made),
            f"The slope of {top} is taken at {name}; take it at {base}, which goes into the function.",
        )


def places(scene: Scene, region: Region) -> Iterator[tuple[str, int, bool]]:
    """Yields the function's own output, its gradient, what goes into its base, and other named values."""
    yield scene.called(region.top), region.top, False
    yield scene.gradient_of(region.top), region.top, True
    seen = {region.top, region.base}
    for place in scene.graph.nodes[region.base].arguments:
        if place not in seen and scene.graph.nodes[place].from_input:
            seen.add(place)
            yield scene.called(place), place, False
    for name, place, gradient in scene.contenders[:MOST_OTHERS]:
        if place not in seen and not gradient:
            yield name, place, False


def activated(scene: Scene, region: Region, place: int) -> bool:
    """Returns whether a value goes into the same function elsewhere."""
    kind = region.gates[0].primitive
    return any(scene.graph.nodes[user].primitive == kind for user in scene.users[place])


def before(scene: Scene, place: int) -> set[int]:
    """Returns the places that a value is made of."""
    found: set[int] = set()
    queue = list(scene.graph.nodes[place].arguments)
    while queue:
        here = queue.pop()
        if here not in found:
            found.add(here)
            queue.extend(scene.graph.nodes[here].arguments)
    return found
