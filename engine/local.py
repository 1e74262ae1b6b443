"""Local gradients: what each wire's Jacobian is, by structure, from forward values only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backward import reduced_axes, stretched_axes, vjp
from engine.graph import Array, Node, Shape
from engine.primitives import REGISTRY, Structure

DENSE_CAP = 10_000
INDEX_CAP = 100_000


@dataclass(frozen=True, slots=True)
class Jacobian:
    """One argument's Jacobian, by structure; see the table in the contract, section 4."""

    structure: Structure
    shape: Shape
    value: Array | None = None
    axes: tuple[int, ...] | None = None
    indices: NDArray[np.int64] | None = None
    other: int | None = None
    side: str | None = None


def jacobian(node: Node, key: int, values: Sequence[Array]) -> Jacobian:
    """Returns d(out)/d(argument) of one gate; never a dense array where a structure says it."""
    with np.errstate(all="ignore"):
        return structured(node, key, values)


def structured(node: Node, key: int, values: Sequence[Array]) -> Jacobian:
    """Returns the Jacobian in the form its structure has."""
    primitive = REGISTRY[node.primitive or ""]
    name = primitive.argument_at(key)
    out, argument = values[node.index], values[node.arguments[key]]
    shape = out.shape + argument.shape
    structure = structure_of(node, key, shape)
    if name not in primitive.vjp:
        return nothing(node, structure, out, argument)
    if structure is Structure.MATMUL:
        return Jacobian(
            structure, shape, other=node.arguments[1 - key], side=("left", "right")[key]
        )
    if structure is Structure.SCALAR:
        return Jacobian(structure, shape, vjp(node, key, np.ones(()), values).reshape(()))
    ones = np.ones(out.shape)
    if structure is Structure.DIAGONAL:
        return Jacobian(
            structure, shape, np.broadcast_to(vjp(node, key, ones, values), out.shape).copy()
        )
    if structure is Structure.REDUCTION:
        slopes = np.broadcast_to(vjp(node, key, ones, values), argument.shape)
        value = None if (slopes == 1).all() else slopes.copy()
        return Jacobian(structure, shape, value, axes=reduced_axes(node, argument.ndim))
    if structure is Structure.BROADCAST:
        return Jacobian(structure, shape, axes=stretched_axes(out.shape, argument.shape))
    if structure in (Structure.PERMUTATION, Structure.SELECTION):
        return Jacobian(structure, shape, indices=source_places(node, values))
    return Jacobian(Structure.DENSE, shape, dense(node, key, values))


def structure_of(node: Node, key: int, shape: Shape) -> Structure:
    """Returns the structure of one argument's Jacobian, which has this shape.

    Between single numbers it is a number; without a gradient rule zeros, entry by entry where the gate has no axes of
    its own to say.
    """
    primitive = REGISTRY[node.primitive or ""]
    name = primitive.argument_at(key)
    structure = primitive.structure_of(name)
    if shape == () and structure is not Structure.MATMUL:
        return Structure.SCALAR
    stated = name in primitive.vjp or structure in (Structure.REDUCTION, Structure.DENSE)
    return structure if stated else Structure.DIAGONAL


def nothing(node: Node, structure: Structure, out: Array, argument: Array) -> Jacobian:
    """Returns the Jacobian of an argument without a gradient rule: zeros, in the form its structure has."""
    shape = out.shape + argument.shape
    if structure is Structure.REDUCTION:
        axes = reduced_axes(node, argument.ndim)
        return Jacobian(structure, shape, np.zeros(argument.shape), axes=axes)
    if structure is Structure.DENSE:
        return Jacobian(
            structure, shape, np.zeros(shape) if math.prod(shape) <= DENSE_CAP else None
        )
    return Jacobian(structure, shape, np.zeros(out.shape))


def source_places(node: Node, values: Sequence[Array]) -> NDArray[np.int64] | None:
    """Returns the flat place in the first argument that each entry of the output comes from."""
    argument = values[node.arguments[0]]
    if values[node.index].size > INDEX_CAP:
        return None
    places = np.arange(argument.size).reshape(argument.shape)
    others = [values[a] for a in node.arguments[1:]]
    moved = REGISTRY[node.primitive or ""].forward(places, *others, **node.settings)
    return np.asarray(moved, dtype=np.int64).ravel()


def target_places(node: Node, key: int, values: Sequence[Array]) -> NDArray[np.int64]:
    """Returns the flat place in the output where each entry of an argument stands, for a gate that is `placed`."""
    out = values[node.index]
    numbers = np.arange(out.size, dtype=np.float64).reshape(out.shape)
    return vjp(node, key, numbers, values).astype(np.int64).ravel()


def dense(node: Node, key: int, values: Sequence[Array]) -> Array | None:
    """Returns the whole Jacobian, one row an upstream of a single one, or None over the cap."""
    out, argument = values[node.index], values[node.arguments[key]]
    if out.size * argument.size > DENSE_CAP:
        return None
    if REGISTRY[node.primitive or ""].placed:
        ones = np.zeros((out.size, argument.size))
        ones[target_places(node, key, values), np.arange(argument.size)] = 1.0
        return ones.reshape(out.shape + argument.shape)
    rows = np.zeros((out.size, *argument.shape))
    for row in range(out.size):
        upstream = np.zeros(out.size)
        upstream[row] = 1.0
        raw = vjp(node, key, upstream.reshape(out.shape), values)
        rows[row] = raw if raw.shape == argument.shape else summed(raw, argument.shape)
    return rows.reshape(out.shape + argument.shape)


def summed(raw: Array, shape: Shape) -> Array:
    """Returns a stretched row summed to the argument's shape."""
    total: Array = raw.sum(axis=stretched_axes(raw.shape, shape)).reshape(shape)
    return total
