"""Other products of the same factors: untransposed, swapped, `*` for `@`, an inner product where an outer belongs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import numpy as np

from engine.grading.mutation import Mutation
from engine.grading.program import Point
from engine.grading.scene import Scene, along
from engine.graph import Array, Node
from engine.primitives import Structure

MOST_ROWS = 100
"""Of larger values entry by entry, no matrix products are tried."""
Make = Callable[[Array, Array], Array]


def products(scene: Scene) -> Iterator[Mutation]:
    """Yields the wrong products at every matrix product."""
    for node, key in scene.along(Structure.MATMUL):
        other = scene.graph.nodes[node.arguments[1 - key]]
        ranks = (len(node.shape), len(other.shape))
        if min(ranks) >= 2:
            yield from of_matrices(scene, node, key)
        elif ranks == (1, 1):
            yield from of_vectors(scene, node, key)
        elif ranks == (1, 2):
            yield from of_matrix_and_vector(scene, node, key)
    for node, key in scene.along(Structure.PERMUTATION):
        yield unturned(scene, node, key)
    for node, key in scene.along(Structure.DIAGONAL):
        if len(node.shape) == 2 and max(node.shape) <= MOST_ROWS:
            yield from of_slopes(scene, node, key)


def of_matrices(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields the other seven products of upstream and the other factor, and their elementwise ones."""
    upstream, other = names(scene, node, key)
    balance = f"Balance the sizes: {sizes(scene, node, key)}; {right_side(key)}."
    for first, of_upstream, of_other in product((True, False), repeat=3):
        same_order = first == (key == 0)
        if same_order and not of_upstream and of_other:
            continue  # the right one
        codes = codes_of(same_order, swapped=of_upstream != of_other)
        turn = (of_upstream, of_other) if first else (of_other, of_upstream)
        written = turned(upstream, other, first=first, turn=turn)
        words = "a transpose is missing or misplaced" if same_order else "the order is swapped"
        make = product_of(first, of_upstream, of_other)
        yield wrong(scene, node, key, codes, make, f"This is {written}: {words}. {balance}")
    for of_upstream, of_other in product((False, True), repeat=2):
        yield wrong(
            scene,
            node,
            key,
            ("hadamard-vs-matmul",),
            entry_by_entry(of_upstream, of_other),
            f"This multiplies {upstream} and {other} entry by entry (*); a matrix product goes back "
            "through a matrix product (@), with one side transposed.",
        )


def codes_of(same_order: bool, *, swapped: bool) -> tuple[str, ...]:
    """Returns what one of the eight products is called; `swapped`: one factor is transposed, as in the right one."""
    if same_order:
        return ("missing-transpose",)
    return ("wrong-order",) if swapped else ("missing-transpose", "wrong-order")


def product_of(first: bool, of_upstream: bool, of_other: bool) -> Make:
    """Returns a product of two matrices: whether the upstream is first, and which of the two are transposed."""
    return lambda u, o: multiplied(u, o, first, of_upstream, of_other)


def entry_by_entry(of_upstream: bool, of_other: bool) -> Make:
    """Returns an elementwise product of two matrices, and which of them are transposed."""
    return lambda u, o: (mt(u) if of_upstream else u) * (mt(o) if of_other else o)


def of_vectors(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields what stands in the place of an outer product of two vectors."""
    upstream, other = names(scene, node, key)
    matrix = scene.called(node.arguments[key])
    outer = f"np.outer({upstream}, {other})" if key == 0 else f"np.outer({other}, {upstream})"
    shape = scene.shown.nodes[node.arguments[key]].shape
    inner = f"Every entry of {matrix} needs its own number, {shape}: look at {outer}."
    swapped: Make = (lambda u, o: np.outer(o, u)) if key == 0 else (lambda u, o: np.outer(u, o))
    yield wrong(
        scene, node, key, ("wrong-order",), swapped,
        f"The outer product of {upstream} and {other} is in the wrong order: rows of {matrix} "
        f"go with {'the upstream gradient' if key == 0 else other}.",
    )  # fmt: skip
    yield wrong(
        scene, node, key, ("missing-outer",), lambda u, o: u * o,
        f"{upstream} and {other} are multiplied entry by entry where an outer product belongs. {inner}",
    )  # fmt: skip
    yield wrong(
        scene, node, key, ("missing-outer",), lambda u, o: np.asarray(u @ o),
        f"This is the inner product of {upstream} and {other}, one number. {inner}",
    )  # fmt: skip


def of_matrix_and_vector(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields what stands in the place of a transposed matrix times the upstream vector."""
    upstream, other = names(scene, node, key)
    untransposed: Make = (lambda u, o: o @ u) if key == 1 else (lambda u, o: u @ o)
    yield wrong(
        scene, node, key, ("missing-transpose",), untransposed,
        f"{other} is not transposed: going back, its rows and columns change places.",
    )  # fmt: skip
    for make in (lambda u, o: u * o, lambda u, o: u * o.T, lambda u, o: u[:, None] * o):
        yield wrong(
            scene, node, key, ("hadamard-vs-matmul",), make,
            f"This multiplies {upstream} and {other} entry by entry (*) where a product (@) adds up: "
            "each entry collects from all that it went into.",
        )  # fmt: skip


def unturned(scene: Scene, node: Node, key: int) -> Mutation:
    """Returns the gradient of a transposed value in the place of the value's own."""
    return Mutation(
        ("missing-transpose",),
        along(node, key, lambda point: point.gradient(node.index)),
        f"This is the gradient of {scene.called(node.index)}; that of {scene.called(node.arguments[key])} "
        "is it transposed back.",
    )


def of_slopes(scene: Scene, node: Node, key: int) -> Iterator[Mutation]:
    """Yields matrix products where upstream and local gradient are multiplied entry by entry."""
    upstream = scene.gradient_of(node.index)
    if scene.constant_slope(node, key) is not None:
        return
    for first, a, b in product((True, False), repeat=3):

        def made(
            point: Point,
            first: bool = first,
            a: bool = a,
            b: bool = b,
            n: Node = node,
            k: int = key,
        ) -> Array:
            return multiplied(point.gradient(n.index), point.slope(n, k), first, a, b)

        yield Mutation(
            ("hadamard-vs-matmul",),
            along(node, key, made),
            f"This is a matrix product (@); {scene.called(node.index)} is made entry by entry, so "
            f"{upstream} and the local gradient are multiplied entry by entry (*).",
        )


def wrong(
    scene: Scene, node: Node, key: int, codes: tuple[str, ...], make: Make, hint: str
) -> Mutation:
    """Returns the mistake of another product at one wire."""
    other = node.arguments[1 - key]

    def made(point: Point) -> Array | None:
        try:
            return np.asarray(make(point.gradient(node.index), point.values[other]))
        except ValueError:
            return None

    return Mutation(codes, along(node, key, made), hint)


def multiplied(upstream: Array, other: Array, first: bool, a: bool, b: bool) -> Array:
    """Returns a product of two matrices: which is first, and which are transposed."""
    left, right = (mt(upstream) if a else upstream), (mt(other) if b else other)
    return np.asarray(left @ right if first else right @ left)


def mt(array: Array) -> Array:
    """Returns a matrix, or each matrix of a stack, transposed."""
    return np.swapaxes(array, -1, -2)


def names(scene: Scene, node: Node, key: int) -> tuple[str, str]:
    """Returns what the upstream and the other factor are called."""
    return scene.gradient_of(node.index), scene.called(node.arguments[1 - key])


def turned(upstream: str, other: str, *, first: bool, turn: tuple[bool, bool]) -> str:
    """Returns a product as it is written."""
    left, right = (upstream, other) if first else (other, upstream)
    written = [f"({w})" if " " in w else w for w in (left, right)]
    return " @ ".join(w + (".T" if t else "") for w, t in zip(written, turn, strict=True))


def sizes(scene: Scene, node: Node, key: int) -> str:
    """Returns the shapes that are to be balanced."""
    asked, upstream, other = (
        "×".join(map(str, scene.shown.nodes[place].shape))
        for place in (node.arguments[key], node.index, node.arguments[1 - key])
    )
    return f"{asked} of {upstream} and {other}"


def right_side(key: int) -> str:
    """Returns on which side the other factor stands, transposed."""
    return "the other factor goes in transposed, on the side where it stood: " + (
        "the right" if key == 0 else "the left"
    )
