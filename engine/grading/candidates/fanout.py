"""Contributions of several uses: dropped, overwritten, multiplied; statistics of a batch taken for constants."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations

import numpy as np

from engine.grading.mutation import Mutation
from engine.grading.program import Change, Point, Wire, added
from engine.grading.scene import Scene, instead, structure_of
from engine.graph import Array, Kind
from engine.primitives import Structure

ALL_SUBSETS = 5
"""Of so many uses every subset is tried; of more, single ones, all but one, and runs."""
MOST_USES = 40


def fanout(scene: Scene) -> Iterator[Mutation]:
    """Yields what may go wrong where one value is used several times."""
    for node in scene.nodes():
        wires = list(scene.point.arrived.get(node.index, {}))
        if 2 <= len(wires) <= MOST_USES:
            yield from subsets(scene, node.index, wires)
            yield multiplied(scene, node.index, wires)
            if len(wires) == 2:
                yield from symmetric(scene, node.index, wires)
    yield from statistics(scene)


def subsets(scene: Scene, place: int, wires: list[Wire]) -> Iterator[Mutation]:
    """Yields strict subsets of a node's contributions; wires come in the order of the backward pass."""
    uses = len(wires)
    called = scene.called(place)
    node = scene.graph.nodes[place]
    shared = node.kind is Kind.INPUT and alike(scene, wires)
    for kept in chosen(wires):
        codes = ("fanout-overwrite", "path-dropped") if len(kept) == 1 else ("path-dropped",)
        into = ", ".join(dict.fromkeys(scene.called(gate) for gate, _ in kept))
        hint = f"{called} is used {uses} times and its gradients add (+=); only what comes from {into} is here."
        if shared and kept == (wires[0],):
            codes = (*codes, "weight-sharing-last-step")
            hint = f"{called} is the same at all {uses} steps and their gradients add (+=); only the last use is here."

        def made(point: Point, kept: tuple[Wire, ...] = kept) -> Array | None:
            return added([point.arrived[place].get(w) for w in kept])

        yield Mutation(codes, instead(scene.point, place, made), hint)


def chosen(wires: list[Wire]) -> Iterator[tuple[Wire, ...]]:
    """Yields the subsets that are tried."""
    uses = len(wires)
    if uses <= ALL_SUBSETS:
        yield from chain.from_iterable(combinations(wires, count) for count in range(1, uses))
        return
    yield from ((wire,) for wire in wires)
    yield from (tuple(w for w in wires if w != left) for left in wires)
    yield from (tuple(wires[:k]) for k in range(2, uses - 1))
    yield from (tuple(wires[k:]) for k in range(2, uses - 1))


def alike(scene: Scene, wires: list[Wire]) -> bool:
    """Returns whether all uses of a value go into gates of the same kind, as a weight's do."""
    gates = {gate for gate, _ in wires}
    return len(gates) > 1 and len({scene.graph.nodes[gate].primitive for gate in gates}) == 1


def multiplied(scene: Scene, place: int, wires: list[Wire]) -> Mutation:
    """Returns the product of a node's contributions in the place of their sum."""

    def made(point: Point) -> Array:
        product = np.ones(())
        for message in point.arrived[place].values():
            product = np.asarray(product * message)
        return product

    return Mutation(
        ("paths-multiplied",),
        instead(scene.point, place, made),
        f"{scene.called(place)} is used {len(wires)} times: slopes multiply along one path, but paths add.",
    )


def symmetric(scene: Scene, place: int, wires: list[Wire]) -> Iterator[Mutation]:
    """Yields 2Ax in the place of (A + A.T)x, where both uses go into matrix products."""
    nodes = scene.graph.nodes
    if not all(structure_of(nodes[gate], key) is Structure.MATMUL for gate, key in wires):
        return
    for wire in wires:

        def made(point: Point, wire: Wire = wire) -> Array:
            return 2 * point.arrived[place][wire]

        yield Mutation(
            ("quadratic-assumed-symmetric",),
            instead(scene.point, place, made),
            f"Twice one of the two uses of {scene.called(place)}: right only for a symmetric matrix; "
            "in general one use brings A, the other A.T.",
        )


def statistics(scene: Scene) -> Iterator[Mutation]:
    """Yields means, variances and sums that a value also passes by, taken for constants: each alone, and all."""
    found = []
    for node, key in scene.along(Structure.REDUCTION):
        if not passed_by(scene, node.index):
            continue
        source = node.arguments[key]
        zero = np.zeros(scene.graph.nodes[source].shape)

        def made(point: Point, zero: Array = zero) -> Array:
            return zero

        change = Change(source, frozenset({(node.index, key)}), made)
        found.append(change)
        called = scene.called(node.index)
        yield Mutation(
            ("path-dropped",),
            (change,),
            f"{called} is taken for a constant; it depends on {scene.called(source)}, and that path adds too.",
        )
    merged: dict[int, Change] = {}
    for change in found:
        before = merged.get(change.place)
        wires = change.wires if before is None else before.wires | change.wires
        merged[change.place] = Change(change.place, wires, change.made)
    if len(found) > 1:
        yield Mutation(
            ("path-dropped",),
            tuple(merged.values()),
            "The statistics (mean, variance, sum) are taken for constants; they depend on the values "
            "that they are of, and those paths add too.",
        )


def passed_by(scene: Scene, place: int) -> bool:
    """Returns whether a path leads from the asked node to the output that does not go through a place."""
    reached = {scene.place}
    for node in scene.nodes():
        if node.index != place and not reached.isdisjoint(node.arguments):
            reached.add(node.index)
    return scene.graph.output in reached
