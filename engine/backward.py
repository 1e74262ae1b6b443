"""Values -> gradients: the tape walked from the output to the inputs. Broadcasting is undone here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.graph import Array, Graph, Node, Shape
from engine.limits import Deadline
from engine.primitives import REGISTRY, Structure


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
    """

    upstream: list[Array | None]
    messages: list[Message]


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
    return (
        node.primitive is not None
        and REGISTRY[node.primitive].argument_at(key) in REGISTRY[node.primitive].vjp
    )


def backward(
    graph: Graph, values: Sequence[Array], seed: Array, wanted: Sequence[bool], deadline: Deadline
) -> Gradients:
    """Returns what every node received and every wire carried.

    Args:
        graph: the tape.
        values: one array a node, as `forward` returned them.
        seed: dL/d(output), the shape of the output's value; 1 for a scalar loss.
        wanted: per tape place, whether its gradient is wanted; see `on_path`.
        deadline: checked between gates.
    """
    upstream: list[Array | None] = [None] * len(graph.nodes)
    upstream[graph.output] = seed
    messages: list[Message] = []
    with np.errstate(all="ignore"):
        for node in reversed(graph.nodes):
            arriving = upstream[node.index]
            if arriving is None or not wanted[node.index]:
                continue
            for key, source in enumerate(node.arguments):
                if not wanted[source] or not has_rule(node, key):
                    continue
                raw = vjp(node, key, arriving, values)
                downstream, axes = unbroadcast(raw, values[source].shape)
                before = upstream[source]
                upstream[source] = (
                    downstream if before is None else before + downstream
                )  # fan-out adds
                messages.append(Message(node.index, key, downstream, axes, raw.shape))
            if node.index % 64 == 0:
                deadline.check()
    return Gradients(upstream, messages)


def vjp(node: Node, key: int, upstream: Array, values: Sequence[Array]) -> Array:
    """Returns what a gate's rule makes of an upstream, before broadcasting is undone."""
    assert node.primitive is not None
    primitive = REGISTRY[node.primitive]
    name = primitive.argument_at(key)
    arguments = [values[a] for a in node.arguments]
    out = values[node.index]
    if primitive.structure_of(name) is Structure.REDUCTION:
        upstream, out = kept(node, upstream, arguments[0]), kept(node, out, arguments[0])
    settings = dict(node.settings)
    if primitive.variadic and key >= len(primitive.arguments) - 1:
        settings["position"] = key - len(primitive.arguments) + 1
    return np.asarray(primitive.vjp[name](upstream, out, *arguments, **settings))


def kept(node: Node, reduced: Array, argument: Array) -> Array:
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
