"""One letter an axis: which axes of a circuit's arrays are the same one, and what lecturers call it.

Two axes are the same where a gate ties them: an elementwise gate its arguments' to its own, a matrix product the two it
sums over, a transpose each to where it goes. Sizes that only happen to be equal tie nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.graph import Array, Graph, Kind, Role, Shape, Whole
from engine.primitives import Structure
from engine.trace import TracedNode, Wire

EXAMPLES, FEATURES, HIDDEN, CLASSES = "N", "D", "H", "C"
MORE = "KMPQRSTUVEFGJ"

Axis = tuple[int, int]
"""A tape place, and the axis counted from the first."""


def axis_letters(graph: Graph, nodes: Sequence[TracedNode]) -> list[tuple[str, ...]]:
    """Returns each node's letters, one an axis; the size itself for an axis of length 1, or where letters run out."""
    if not any(node.shape for node in graph.nodes):
        return [()] * len(graph.nodes)
    roots = tied(nodes)
    order = list(dict.fromkeys(roots[axis] for axis in in_order(graph, nodes)))
    taken = {node.name for node in graph.nodes}
    letters = dict(zip(order, named(graph, order, roots, taken), strict=False))
    return [
        tuple(
            str(size) if size == 1 else letters.get(roots[node.index, axis], str(size))
            for axis, size in enumerate(node.shape)
        )
        for node in graph.nodes
    ]


def named(
    graph: Graph, order: list[Axis], roots: dict[Axis, Axis], taken: set[str | None]
) -> list[str]:
    """Returns letters for the axes in their order: N and D for the data, C for what comes out, H and others between."""
    data = first_data(graph)
    rank = 0 if data is None else sum(size > 1 for size in graph.nodes[data].shape)
    begin = [EXAMPLES, FEATURES] if rank > 1 else [FEATURES] if rank == 1 else []
    rest = len(order) - len(begin)
    square = any(
        len(node.shape) > len({roots[node.index, axis] for axis in range(len(node.shape))})
        for node in graph.nodes
    )
    between = [HIDDEN, *MORE]
    wanted = [*begin, *between[:rest]]
    if rest > 1 or (rest == 1 and not square):
        wanted = [*begin, *between[: rest - 1], CLASSES]
    spare = iter(letter for letter in MORE if letter not in taken and letter not in wanted)
    return [letter if letter not in taken else next(spare, "") for letter in wanted]


def first_data(graph: Graph) -> int | None:
    """Returns the tape place of the first input that is data and has an axis."""
    return next(
        (
            each.node
            for each in graph.inputs.values()
            if each.role is Role.DATA and each.node is not None and graph.nodes[each.node].shape
        ),
        None,
    )


def in_order(graph: Graph, nodes: Sequence[TracedNode]) -> Iterator[Axis]:
    """Yields the axes longer than 1: the first data's, then the others' in the order of the tape, labels last."""
    data = first_data(graph)
    labels = {each.node for each in graph.inputs.values() if each.role is Role.LABEL}
    places = [node.node.index for node in nodes]
    places.sort(key=lambda place: (place != data, place in labels, place))
    for place in places:
        for axis, size in enumerate(graph.nodes[place].shape):
            if size > 1:
                yield place, axis


def tied(nodes: Sequence[TracedNode]) -> dict[Axis, Axis]:
    """Returns for every axis the one that stands for it and all that are tied to it."""
    roots = {
        (each.node.index, axis): (each.node.index, axis)
        for each in nodes
        for axis in range(len(each.node.shape))
    }

    def root(axis: Axis) -> Axis:
        while roots[axis] != axis:
            roots[axis] = roots[roots[axis]]
            axis = roots[axis]
        return axis

    for each in nodes:
        if each.node.kind is not Kind.GATE:
            continue
        for one, other in ties(each, nodes):
            if nodes[one[0]].node.shape[one[1]] == nodes[other[0]].node.shape[other[1]]:
                first, second = sorted((root(one), root(other)))
                roots[second] = first
    return {axis: root(axis) for axis in roots}


def ties(gate: TracedNode, nodes: Sequence[TracedNode]) -> Iterator[tuple[Axis, Axis]]:
    """Yields pairs of axes that a gate says are the same."""
    shapes = [nodes[wire.source].node.shape for wire in gate.wires]
    if gate.wires and gate.wires[0].local.structure is Structure.MATMUL:
        yield from tied_by_product(gate, shapes)
        return
    for wire, shape in zip(gate.wires, shapes, strict=True):
        for axis, own in kept(gate, wire, shape):
            yield (wire.source, axis), (gate.node.index, own)
    if len(gate.wires) > 1 and gate.wires[0].local.structure is Structure.SELECTION:
        yield from tied_by_index(gate, nodes)


def kept(gate: TracedNode, wire: Wire, shape: Shape) -> Iterator[tuple[int, int]]:
    """Yields each axis of an argument that lives on in the gate's own value, and where."""
    out = gate.node.shape
    structure, local = wire.local.structure, wire.local
    if structure is Structure.REDUCTION:
        gone = {axis % len(shape) for axis in local.axes or ()} if shape else set()
        rest = [axis for axis in range(len(shape)) if axis not in gone]
        places = rest if len(out) == len(shape) else range(len(rest))
        yield from zip(rest, places, strict=False)
    elif structure in (Structure.DIAGONAL, Structure.BROADCAST):
        shift = len(out) - len(shape)
        yield from ((axis, axis + shift) for axis in range(len(shape)) if axis + shift >= 0)
    elif structure in (Structure.PERMUTATION, Structure.SELECTION) and local.indices is not None:
        yield from moved(local.indices.reshape(out), shape)
    elif structure is Structure.DENSE and shape == out:
        yield from ((axis, axis) for axis in range(len(shape)))
    elif structure is Structure.DENSE and local.value is not None:
        yield from unmixed(local.value, out, shape)


def moved(places: Whole, shape: Shape) -> Iterator[tuple[int, int]]:
    """Yields the axes along which an output walks through the whole of one axis of its argument, step by step."""
    strides = {
        int(np.prod(shape[axis + 1 :])): axis for axis in range(len(shape)) if shape[axis] > 1
    }
    for own, size in enumerate(places.shape):
        steps = np.diff(places, axis=own)
        if steps.size == 0 or not (steps == steps.flat[0]).all():
            continue
        axis = strides.get(int(steps.flat[0]))
        if axis is not None and shape[axis] == size:
            yield axis, own


def unmixed(jacobian: Array, out: Shape, shape: Shape) -> Iterator[tuple[int, int]]:
    """Yields the axes along which each entry of the argument reaches the output's entry of the same place alone."""
    for own, size in enumerate(out):
        for axis, other in enumerate(shape):
            if size != other or size == 1:
                continue
            paired = np.moveaxis(jacobian, (own, len(out) + axis), (0, 1))
            if paired.any() and not paired[~np.eye(size, dtype=bool)].any():
                yield axis, own


def tied_by_product(gate: TracedNode, shapes: Sequence[Shape]) -> Iterator[tuple[Axis, Axis]]:
    """Yields the ties of a product of matrices or vectors: the axis summed over, and those that are left."""
    left, right = (wire.source for wire in gate.wires[:2])
    rows, columns = len(shapes[0]), len(shapes[1])
    out = len(gate.node.shape)
    inner = max(0, columns - 2)
    yield (left, rows - 1), (right, inner)
    yield from (((left, i), (gate.node.index, i)) for i in range(rows - 1) if i < out)
    if columns > 1 and out:
        yield (right, columns - 1), (gate.node.index, out - 1)


def tied_by_index(gate: TracedNode, nodes: Sequence[TracedNode]) -> Iterator[tuple[Axis, Axis]]:
    """Yields the ties of index arrays: to the entries they pick, and of np.arange(n) to the axis that it walks along."""
    whole, *indices = gate.wires
    for axis, wire in enumerate(indices):
        index = nodes[wire.source]
        if index.node.shape != gate.node.shape:
            continue
        for each in range(len(index.node.shape)):
            yield (wire.source, each), (gate.node.index, each)
        size = nodes[whole.source].node.shape[axis : axis + 1]
        if size == index.node.shape and np.array_equal(index.value, np.arange(size[0])):
            yield (wire.source, 0), (whole.source, axis)
